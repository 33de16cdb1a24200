//! What doorkey, OpenSSH's client and git say about a key that the server has and about one that it does not have. The README
//! tells this in a table.

use std::fs;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::askers;
use crate::support::requirements;
use crate::support::servers::openssh;
use crate::support::servers::{AUTHORISED, STRANGERS};

const README: &str = include_str!("../../README.md");

/// What a program says last, and with which status it ends.
struct Ended {
    status: i32,
    output: String,
    message: String,
}

fn ended(mut command: Command) -> Ended {
    let Output {
        status,
        stdout,
        stderr,
    } = command.stdin(Stdio::null()).output().unwrap();
    Ended {
        status: status.code().unwrap(),
        output: String::from_utf8(stdout).unwrap(),
        message: String::from_utf8(stderr).unwrap(),
    }
}

/// The cells of a row of the README's table.
fn told(row: &str) -> Vec<&'static str> {
    let begin = format!("| {row} | ");
    let line = README.lines().find_map(|line| line.strip_prefix(&begin));
    let line = line.unwrap_or_else(|| panic!("no row {row}"));
    line.trim_end_matches(" |").split(" | ").collect()
}

#[test]
fn only_doorkey_tells_a_known_key_from_an_unknown_one() {
    if !requirements::are_here(&["ssh", "git"]) {
        return;
    }
    let Some(server) = openssh::start(openssh::without_penalties()) else {
        return;
    };
    let directory = TempDir::new().unwrap();
    let ask = |line: &str| {
        let key = directory.path().join("vendor.pub");
        fs::write(&key, line).unwrap();
        let askers = [askers::doorkey, askers::ssh, askers::git];
        askers.map(|command| ended(command(&server, server.port, &key)))
    };
    let known = ask(AUTHORISED[0]);
    let unknown = ask(STRANGERS[0]);
    for (name, ended) in [("known", &known), ("not known", &unknown)] {
        let statuses = ended.each_ref().map(|ended| ended.status.to_string());
        assert_eq!(told(&format!("exit status, key {name}")), statuses);
        let words = told(&format!("last words, key {name}"));
        let [doorkey, ssh, git] = ended;
        for sentence in words[0].split_inclusive(". ") {
            // "Not ready." and the cause stand apart there.
            let sentence = sentence.trim().trim_end_matches('.');
            assert!(doorkey.output.contains(sentence), "{}", doorkey.output);
        }
        assert!(
            ssh.message.trim_end().ends_with(words[1]),
            "{}",
            ssh.message
        );
        assert!(git.message.contains(words[2]), "{}", git.message);
    }
    // It accepts the public key, and ssh finds that it has no private one.
    let (accepts, complains) = ("Server accepts key", "Load key");
    let difference = told("where the difference is")[1];
    assert!(difference.contains(accepts) && difference.contains(complains));
    for (ended, is_known) in [(&known, true), (&unknown, false)] {
        let [_, ssh, git] = ended;
        assert_eq!(ssh.message.contains(accepts), is_known, "{}", ssh.message);
        assert_eq!(ssh.message.contains(complains), is_known, "{}", ssh.message);
        assert_eq!(git.message.contains(complains), is_known, "{}", git.message);
    }
    server.assert_nobody_came_in();
}

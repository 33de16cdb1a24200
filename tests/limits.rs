//! What doorkey says where something is too large, too little or set to nonsense: files beyond what is read, a system that gives no
//! thread or file, a clock outside of all years.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail this way"
)]

#[path = "support/program.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod program;
#[path = "support/requirements.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod requirements;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use program::Program;
use serde_json::Value;
use tempfile::TempDir;

/// Where nothing listens: a test of it ends at once.
const NOBODY: &str = "ssh://git@127.0.0.1:1/acme/analytics.git";

fn key_file() -> String {
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys");
    keys.join("ed25519.pub").to_str().unwrap().to_owned()
}

/// A text of more than so many megabytes, whose last line matters.
fn longer_than(megabytes: usize) -> String {
    let mut text = "# nothing\n".repeat((megabytes << 20) / 10 + 1);
    text += "@revoked * ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDxE3a0h7Wf5cWnJTBXlnXKJkZ5gHzN5bBGuO3S0rJ1L\n";
    text
}

#[test]
fn known_hosts_are_read_whole_or_not_at_all() {
    let key = key_file();
    let check = ["check", NOBODY, "--key", &key];
    let named = [&check[..], &["--known-hosts", "hosts"]].concat();
    let told = Program::new(named).file("hosts", longer_than(8)).run();
    assert_eq!(
        told.only_message(2),
        "doorkey: hosts can't be read: it is larger than 8 MB\n"
    );
    let verify = ["verify", "--all"];
    let rotate = ["rotate", "one", "--plain"];
    for arguments in [&check[..], &verify, &["--plain"], &rotate] {
        let home = TempDir::new().unwrap();
        let line = format!(
            "one,git@ssh.bitbucket.org:acme/one.git,{}",
            fs::read_to_string(&key).unwrap()
        );
        let imported = Program::new(["import", "-"])
            .env("XDG_STATE_HOME", home.path())
            .input(line)
            .run();
        assert_eq!(imported.code(), Some(0));
        let told = Program::new(arguments)
            .env("XDG_STATE_HOME", home.path())
            .file(".ssh/known_hosts", longer_than(8))
            .run()
            .only_message(3);
        assert!(
            told.contains(".ssh/known_hosts can't be read: it is larger than 8 MB"),
            "{told}"
        );
        assert!(told.contains("--known-hosts FILE"), "{told}");
    }
    // Nor is one that can't be read the same as none.
    let folder = Program::new(check)
        .file(".ssh/known_hosts/inside", "")
        .run();
    let told = folder.only_message(3);
    assert!(told.contains("it is a folder, not a file"), "{told}");
}

#[test]
fn other_files_are_read_whole_or_not_at_all() {
    let key = key_file();
    let config = || Program::new(["url", "git@ssh.bitbucket.org:acme/one.git"]);
    let told = config().file(".ssh/config", longer_than(8)).run();
    let told = told.only_message(3);
    assert!(
        told.contains(".ssh/config can't be read: it is larger than 8 MB"),
        "{told}"
    );
    let check = ["check", NOBODY, "--key", &key];
    for (option, limit) in [("--cacert", 16), ("--identity", 1)] {
        let arguments = [&check[..], &[option, "file"]].concat();
        let told = Program::new(arguments)
            .file("file", longer_than(limit))
            .run();
        let words = format!("doorkey: file can't be read: it is larger than {limit} MB\n");
        assert_eq!(told.only_message(2), words);
    }
    let told = Program::new(["key", "-"]).input("x".repeat(70_000)).run();
    assert!(told.only_message(2).contains("longer than 64 KB"));
    // An address behind more spaces than are read is not cut to another one.
    let spaces = " ".repeat((64 << 10) - 40);
    let input = format!("{spaces}git@ssh.bitbucket.org:acme/analytics-platform.git");
    let told = Program::new(["url", "-", "--json"]).input(input).run();
    let told: Value = serde_json::from_str(&told.only_output(2)).unwrap();
    assert_eq!(told["code"], "url.not_an_address");
    assert!(told["detail"].as_str().unwrap().contains("64 KB"), "{told}");
}

/// The commands that need threads and files of their own.
fn commands(key: &str) -> [Vec<&str>; 5] {
    [
        vec!["check", NOBODY, "--key", key],
        vec!["demo", "--auto", "--plain"],
        vec!["simulate"],
        vec!["--plain"],
        vec!["verify", "--all"],
    ]
}

/// A home in which the program runs in a shell that sets a limit first.
struct Limited {
    home: TempDir,
    /// Runs it as nobody, for whom alone some limits hold.
    as_nobody: bool,
}

impl Limited {
    fn new(as_nobody: bool) -> Self {
        let home = TempDir::new().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::copy(key_file(), at("key.pub")).unwrap();
        let line = format!("one,{NOBODY},{}", fs::read_to_string(key_file()).unwrap());
        let imported = Program::new(["import", "-"])
            .env("XDG_STATE_HOME", at("state"))
            .input(line)
            .run();
        assert_eq!(imported.code(), Some(0), "{}", imported.stderr);
        if as_nobody {
            fs::copy(env!("CARGO_BIN_EXE_doorkey"), at("doorkey")).unwrap();
            fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
            let mut chown = Command::new("chown");
            let chown = chown.args(["-R", "65534"]).arg(home.path()).status();
            assert!(chown.unwrap().success());
        }
        Self { home, as_nobody }
    }

    fn run(&self, limit: &str, arguments: &[&str]) -> Output {
        let at = |name: &str| self.home.path().join(name);
        let (mut command, program) = if self.as_nobody {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", "65534", "--clear-groups", "sh"]);
            (command, at("doorkey"))
        } else {
            let program = PathBuf::from(env!("CARGO_BIN_EXE_doorkey"));
            (Command::new("sh"), program)
        };
        command
            .args(["-c", &format!("{limit}; exec \"$0\" \"$@\"")])
            .arg(program)
            .args(arguments)
            .env("HOME", self.home.path())
            .env("XDG_STATE_HOME", at("state"))
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

#[track_caller]
fn assert_told(output: &Output, words: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(
        said.starts_with("doorkey: ") && said.contains(words),
        "{said}"
    );
    assert!(
        !said.contains("something went wrong inside doorkey"),
        "{said}"
    );
    assert!(output.stdout.is_empty(), "{output:?}");
}

#[test]
fn a_system_without_a_file_left_is_told() {
    let limited = Limited::new(false);
    for arguments in commands("key.pub") {
        // At 6 to 8 the runtime has some of its files, and panics at the next.
        for limit in [5, 6, 7, 8, 12] {
            let output = limited.run(&format!("ulimit -n {limit}"), &arguments);
            assert_told(&output, "ulimit -n");
        }
    }
}

#[test]
fn a_system_without_a_thread_left_is_told() {
    let is_root = rustix::process::getuid().is_root();
    if is_root && !requirements::are_here(&["setpriv", "chown"]) {
        return;
    }
    // Not every shell knows the limit.
    let limited = Limited::new(is_root);
    let ulimit = limited.run("ulimit -u 100000 || exit 9", &["allowlist"]);
    if ulimit.status.code() == Some(9) {
        return;
    }
    for arguments in commands("key.pub") {
        for limit in [0, 3] {
            let output = limited.run(&format!("ulimit -u {limit}"), &arguments);
            assert_told(&output, "ulimit -u");
        }
    }
}

/// The library that tells programs another time, if it is installed.
fn other_clock() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten();
    let found = folders
        .map(|folder| folder.path().join("faketime/libfaketime.so.1"))
        .find(|library| library.is_file());
    let missing = found.is_none().then_some("libfaketime");
    requirements::nothing_missing(missing)
        .then_some(found)
        .flatten()
}

#[test]
fn a_clock_outside_of_all_years_breaks_nothing() {
    let Some(library) = other_clock() else {
        return;
    };
    let key = key_file();
    let line = format!("one,{NOBODY},{}", fs::read_to_string(&key).unwrap());
    for (time, told) in [
        ("1960-01-01 00:00:00", "1970-01-01T00:00:00Z"),
        ("+8000y", "9999-12-31T23:59:59Z"),
    ] {
        let state = TempDir::new().unwrap();
        let at_that_time = |arguments: &[&str]| {
            let ended = Program::new(arguments)
                .env("XDG_STATE_HOME", state.path())
                .env("LD_PRELOAD", &library)
                .env("FAKETIME", time)
                .env("DOORKEY_BITBUCKET_TOKEN", "a-token-of-nobody")
                .input(line.clone())
                .run();
            assert!(
                !ended.stderr.contains("something went wrong"),
                "{}",
                ended.stderr
            );
            ended
        };
        assert_eq!(at_that_time(&["import", "-"]).code(), Some(0));
        // REST over TLS, which has a clock of its own.
        let api = ["--api-url", "https://127.0.0.1:1"];
        let log = state.path().join("log");
        let check = [&["check", NOBODY, "--json", "--key", &key], &api[..]].concat();
        let checked: Value = serde_json::from_str(&at_that_time(&check).stdout).unwrap();
        assert_eq!(checked["checked_at"], told);
        assert_ne!(
            at_that_time(&[&["verify", "--all"], &api[..]].concat()).code(),
            Some(2)
        );
        let shown = at_that_time(&["show", "one", "--json"]).only_output(0);
        let shown: Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(shown["last_test"]["at"], told);
        for arguments in [
            &["list"][..],
            &["verify", "--all", "--since-days", "1"],
            &["show", "one", "--report"],
            &["--plain", "--log", log.to_str().unwrap()],
            &["--plain"],
        ] {
            at_that_time(arguments);
        }
        assert!(fs::read_to_string(&log).unwrap().contains(told));
        for arguments in [&["simulate"][..], &["demo", "--auto", "--plain"]] {
            let said = at_that_time(arguments).only_message(3);
            assert!(said.contains("a clock between 1970 and 9999"), "{said}");
        }
    }
}

#[test]
fn a_state_folder_needs_no_home() {
    if !rustix::process::getuid().is_root() || !requirements::are_here(&["setpriv"]) {
        return;
    }
    let folder = TempDir::new().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let program = folder.path().join("doorkey");
    fs::copy(env!("CARGO_BIN_EXE_doorkey"), &program).unwrap();
    let state = folder.path().join("state");
    // A user whom nobody knows has no home directory.
    let run = |state: Option<&Path>, arguments: &[&str]| {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid", "54321", "--clear-groups"])
            .arg(&program)
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        if let Some(state) = state {
            command.env("XDG_STATE_HOME", state);
        }
        command.output().unwrap()
    };
    let list = folder.path().join("list.csv");
    let line = format!("one,{NOBODY},{}", fs::read_to_string(key_file()).unwrap());
    fs::write(&list, line).unwrap();
    let imported = run(Some(&state), &["import", list.to_str().unwrap()]);
    assert_eq!(imported.status.code(), Some(0), "{imported:?}");
    assert!(state.join("doorkey/connections.json").is_file());
    for nowhere in [None, Some(Path::new("relative")), Some(Path::new(""))] {
        let refused = run(nowhere, &["list"]);
        assert_eq!(refused.status.code(), Some(3));
        assert!(String::from_utf8_lossy(&refused.stderr).contains("set HOME or XDG_STATE_HOME"));
    }
}

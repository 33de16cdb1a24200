//! doorkey on a machine that has little: no certificate authorities, nothing that can be written, no name server. Each is a clear
//! sentence about this machine, and no server is blamed for it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

#[allow(dead_code, reason = "not every test needs all of it")]
#[path = "support/program.rs"]
mod program;
#[allow(dead_code, reason = "not every test needs all of it")]
#[path = "support/requirements.rs"]
mod requirements;

use std::process::{Command, Output};

use program::Program;
use rustix::process::geteuid;
use tempfile::TempDir;

const URL: &str = "git@ssh.bitbucket.org:acme/analytics.git";
const KEY: &str = include_str!("fixtures/keys/ed25519.pub");

#[test]
fn without_certificate_authorities_this_computer_is_blamed_and_nothing_is_sent() {
    // Nobody would answer there: the words come before a connection.
    let run = Program::new([
        "check",
        URL,
        "--key",
        "vendor.pub",
        "--connect-to",
        "::127.0.0.1:1",
        "--api-url",
        "https://127.0.0.1:1",
    ])
    .file("vendor.pub", KEY)
    .file("none.pem", "")
    .env("SSL_CERT_FILE", "none.pem")
    .env("DOORKEY_BITBUCKET_TOKEN", "a-token-for-this-test-alone")
    .run();
    let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("This computer has no certificate authorities"),
        "{said}"
    );
    assert!(said.contains("ca-certificates"), "{said}");
    assert!(!said.contains("not trusted"), "{said}");
}

/// Runs doorkey in a mount namespace that this script has prepared, with nothing in its environment but a home. None where
/// that takes more rights than this user has.
fn prepared(script: &str, arguments: &str) -> Option<Output> {
    let is_root = geteuid().is_root();
    if !requirements::are_here(&["unshare", "mount"])
        || !requirements::nothing_missing((!is_root).then_some("the right to mount"))
    {
        return None;
    }
    let home = TempDir::new().unwrap();
    std::fs::write(home.path().join("vendor.pub"), KEY).unwrap();
    let doorkey = env!("CARGO_BIN_EXE_doorkey");
    let mut unshare = Command::new("unshare");
    unshare
        .args(["--mount", "sh", "-ec"])
        .arg(format!(
            "{script}\nexec env -i HOME=\"$PWD\" {doorkey} {arguments}"
        ))
        .current_dir(&home);
    Some(unshare.output().unwrap())
}

#[test]
fn where_nothing_can_be_written_the_file_and_the_reason_are_named() {
    let read_only = "mount --bind . . && mount -o remount,bind,ro . && cd \"$PWD\"";
    let list = "import vendor.csv";
    let script = format!(
        "printf 'name,url,key\\nx,{URL},{}\\n' >vendor.csv\n{read_only}",
        KEY.trim()
    );
    let Some(run) = prepared(&script, list) else {
        return;
    };
    let said = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(3), "{said}");
    assert!(
        said.contains("/.local/state/doorkey can't be made"),
        "{said}"
    );
    assert!(said.contains("Read-only file system"), "{said}");
    // What needs no file works.
    let run = prepared(read_only, "demo --auto --plain --speed 1000").unwrap();
    assert!(run.status.success(), "{run:?}");
}

#[test]
fn without_a_name_server_nobody_can_tell_whether_the_host_exists() {
    let script = "mount --bind /dev/null /etc/resolv.conf";
    let Some(run) = prepared(
        script,
        &format!("check {URL} --key vendor.pub --timeout 5s"),
    ) else {
        return;
    };
    let said = String::from_utf8_lossy(&run.stdout);
    assert_eq!(run.status.code(), Some(3), "{said}");
    assert!(said.contains("This machine may have no network"), "{said}");
}

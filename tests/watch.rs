//! `doorkey check --watch`: tests again by itself until the key is in.

#![allow(clippy::expect_used, reason = "a test may fail this way")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use doorkey::bitbucket::Edition;
use doorkey::simulator::{Options, Simulator};

const KEY: &str = include_str!("fixtures/keys/ed25519.pub");
const KEY_FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/keys/ed25519.pub"
);

fn watch(simulator: &Simulator, url: &str, home: &tempfile::TempDir) -> Child {
    let route = format!("::127.0.0.1:{}", simulator.ssh_address().port());
    Command::new(env!("CARGO_BIN_EXE_doorkey"))
        .args(["check", url, "--key", KEY_FILE, "--watch=1m"])
        .args([
            "--connect-to",
            &route,
            "--host-key",
            &simulator.fingerprint(),
        ])
        .env_clear()
        .env("HOME", home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program")
}

#[test]
fn it_ends_when_the_key_was_added() {
    let home = tempfile::tempdir().expect("a directory");
    let simulator = Simulator::start(Options::new(Edition::Cloud)).expect("a simulation");
    let mut child = watch(
        &simulator,
        "git@ssh.bitbucket.org:acme/analytics-platform.git",
        &home,
    );
    let stderr = child.stderr.take().expect("its standard error");
    let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
    let said = lines.next().expect("a line after the first test");
    assert_eq!(
        said,
        "doorkey: Bitbucket does not know this key; testing again in 5 seconds"
    );
    simulator.add_key(KEY.trim()).expect("the key is added");
    let output = child.wait_with_output().expect("its end");
    assert_eq!(output.status.code(), Some(0));
    let report = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        report.matches("Access key").count(),
        1,
        "one report, the last:\n{report}"
    );
}

#[test]
fn it_does_not_wait_for_what_waiting_cannot_cure() {
    let home = tempfile::tempdir().expect("a directory");
    let simulator = Simulator::start(Options::new(Edition::Cloud)).expect("a simulation");
    let child = watch(
        &simulator,
        "https://bitbucket.org/acme/analytics-platform",
        &home,
    );
    let output = child.wait_with_output().expect("its end");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stderr.is_empty());
}

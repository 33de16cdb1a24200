//! Dropbear.

use std::process::Command;

use doorkey::check::{HostKeyTrust, KnownHosts, Verdict};
use ssh_key::PublicKey;

use crate::support::outcome::{RequestExt as _, run};
use crate::support::requirements;
use crate::support::servers::{AUTHORISED, Home, STRANGERS, Server, Words, key, output, pinning};
use crate::{accepts, does_not_recognise, proves_nothing_without_a_known_host_key};

#[tokio::test]
async fn accepts_authorised_keys_of_every_type() {
    accepts(&AUTHORISED, || start("ed25519")).await;
}

#[tokio::test]
async fn refuses_other_keys_of_every_type() {
    does_not_recognise(&STRANGERS, || start("ed25519")).await;
}

#[tokio::test]
async fn with_an_unknown_host_key_proves_nothing() {
    proves_nothing_without_a_known_host_key(start("ed25519")).await;
}

#[tokio::test]
async fn host_keys_of_any_type_can_be_pinned_by_fingerprint() {
    for kind in ["ed25519", "ecdsa", "rsa"] {
        let Some(server) = start(kind) else {
            return;
        };
        let request = server.as_data_center(key(AUTHORISED[0]));
        let outcome = run(&request.trusting(pinning(&server.host_keys[0]))).await;
        assert_eq!(outcome.verdict(), Verdict::Ready, "{:#?}", outcome.report);
    }
}

#[tokio::test]
async fn is_known_from_what_ssh_keyscan_found() {
    let Some(server) = start("ed25519") else {
        return;
    };
    if !requirements::are_here(&["ssh-keyscan"]) {
        return;
    }
    let port = server.port.to_string();
    // Hashed, as Debian's ssh writes it.
    let found = output(Command::new("ssh-keyscan").args(["-H", "-p", &port, "127.0.0.1"]));
    let trust = HostKeyTrust {
        known_hosts: KnownHosts::parse(&found, "known_hosts"),
        ..HostKeyTrust::default()
    };
    let request = server.as_data_center(key(AUTHORISED[0])).trusting(trust);
    let outcome = run(&request).await;
    assert_eq!(outcome.verdict(), Verdict::Ready, "{:#?}", outcome.report);
}

/// One with a host key of this type. Nothing if it is not installed.
fn start(host_key: &str) -> Option<Server> {
    if !requirements::are_here(&["dropbear", "dropbearkey"]) || !Home::can_be_made() {
        return None;
    }
    let dropbear = requirements::program("dropbear")?;
    let home = Home::new();
    let file = home.path("host_key");
    let told = output(
        Command::new("dropbearkey")
            .args(["-t", host_key, "-f"])
            .arg(&file),
    );
    let mut lines = told.lines();
    let host_key = lines.find_map(|line| PublicKey::from_openssh(line).ok());
    let words = Words {
        connection: "Child connection from 127.0.0.1:",
        end: &["Exit before auth"],
        login: "Pubkey auth succeeded",
    };
    let command = |home: &Home, port: u16| {
        let mut command = home.command(&dropbear);
        command.args(["-F", "-E", "-s", "-p", &format!("127.0.0.1:{port}"), "-r"]);
        command.arg(home.path("host_key"));
        command.arg("-P").arg(home.path("pid"));
        command
    };
    Some(Server::on_a_free_port(
        home,
        vec![host_key.unwrap()],
        words,
        command,
    ))
}

//! `TinySSH`: one process for each connection, Ed25519 alone for both sides.
//!
//! It says that it would take any Ed25519 key at all and looks only at a signed one (its `packet_auth.c`): the very
//! server that the control key is for.

use std::fs;
use std::process::Command;

use doorkey::check::{CheckId, Code, HostKeyTrust, Verdict};
use ssh_key::PublicKey;

use crate::does_not_recognise;
use crate::support::outcome::{RequestExt as _, run};
use crate::support::requirements;
use crate::support::servers::{AUTHORISED, Home, STRANGERS, Server, Words, key, output, pinning};

#[tokio::test]
async fn proves_nothing_since_it_would_accept_any_key() {
    for line in [AUTHORISED[0], STRANGERS[0]] {
        let Some(server) = start() else {
            return;
        };
        let request = server.as_data_center(key(line));
        let outcome = run(&request.trusting(pinning(&server.host_keys[0]))).await;
        let query = outcome.check(CheckId::KeyQuery);
        assert_eq!(query.code, Some(Code::KeyQueryAnyKeyAccepted));
        assert_eq!(outcome.verdict(), Verdict::Inconclusive);
        server.log_of_one_visit();
        server.assert_nobody_came_in();
    }
}

/// Keys of types it does not have are refused, though they are in its user's file.
#[tokio::test]
async fn refuses_keys_of_other_types() {
    does_not_recognise(&AUTHORISED[1..], start).await;
}

#[tokio::test]
async fn with_an_unknown_host_key_is_no_more_genuine_than_others() {
    let Some(server) = start() else {
        return;
    };
    let request = server.as_data_center(key(AUTHORISED[0]));
    let outcome = run(&request.trusting(HostKeyTrust::default())).await;
    let host_key = outcome.check(CheckId::HostKey);
    assert_eq!(host_key.code, Some(Code::HostKeyUnknown));
    assert_eq!(outcome.verdict(), Verdict::Inconclusive);
}

/// Nothing if it is not installed.
fn start() -> Option<Server> {
    let programs = ["tinysshd", "tinysshd-makekey", "tinysshd-printkey"];
    if !requirements::are_here(&programs) || !Home::can_be_made() {
        return None;
    }
    let [tinysshd, make_key, print_key] = programs.map(requirements::program);
    let home = Home::new();
    let keys = home.path("keys");
    output(Command::new(make_key?).arg("-q").arg(&keys));
    let line = output(Command::new(print_key?).arg(&keys));
    let host_key = PublicKey::from_openssh(line.trim_end()).unwrap();
    fs::write(home.path("log"), "").unwrap();
    let words = Words {
        connection: "connection from 127.0.0.1",
        end: &["finished", "fatal"],
        login: "auth: git from",
    };
    let mut command = home.command(&tinysshd?);
    command.arg("-v").arg(keys);
    Some(Server::per_connection(home, vec![host_key], words, command))
}

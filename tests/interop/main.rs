//! The connection test against the SSH servers people run. What is not installed is skipped, unless
//! `DOORKEY_REQUIRE_INTEROP=1`.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

mod asyncssh;
mod clients;
mod comparison;
mod dropbear;
mod openssh;
mod paramiko;
mod python;
#[path = "../support/mod.rs"]
mod support;
mod tinyssh;

use doorkey::check::{CheckId, Code, HostKeyTrust, Status, Verdict};
use ssh_key::HashAlg;

use support::outcome::{RequestExt as _, run};
use support::servers::{AUTHORISED, Server, key};

/// Each of these keys is found accepted, on one connection and without coming in.
async fn accepts(lines: &[&str], start: impl Fn() -> Option<Server>) {
    for line in lines {
        let Some(server) = start() else {
            return;
        };
        let outcome = run(&server.as_data_center(key(line))).await;
        assert_eq!(outcome.verdict(), Verdict::Ready, "{:#?}", outcome.report);
        server.log_of_one_visit();
        server.assert_nobody_came_in();
    }
}

/// Each of these keys is found unknown, on one connection.
async fn does_not_recognise(lines: &[&str], start: impl Fn() -> Option<Server>) {
    for line in lines {
        let Some(server) = start() else {
            return;
        };
        let outcome = run(&server.as_data_center(key(line))).await;
        let query = outcome.check(CheckId::KeyQuery);
        assert_eq!(query.code, Some(Code::KeyQueryNotRecognised), "{query:?}");
        server.log_of_one_visit();
        server.assert_nobody_came_in();
    }
}

/// An accepted key is worth little while nobody knows whose host key that is.
async fn proves_nothing_without_a_known_host_key(server: Option<Server>) {
    let Some(server) = server else {
        return;
    };
    let request = server.as_data_center(key(AUTHORISED[0]));
    let outcome = run(&request.trusting(HostKeyTrust::default())).await;
    assert_eq!(outcome.verdict(), Verdict::Inconclusive);
    let host_key = outcome.check(CheckId::HostKey);
    assert_eq!(host_key.code, Some(Code::HostKeyUnknown));
    let detail = host_key.detail.as_ref().unwrap();
    let fingerprints = server.host_keys.iter();
    let mut fingerprints = fingerprints.map(|key| key.fingerprint(HashAlg::Sha256).to_string());
    assert!(
        fingerprints.any(|known| detail.contains(&known)),
        "{detail}"
    );
    assert_eq!(outcome.check(CheckId::KeyQuery).status, Status::Pass);
}

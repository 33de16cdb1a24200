//! The server of the Paramiko library, in Python.

use doorkey::check::Verdict;

use crate::support::outcome::{RequestExt as _, run};
use crate::support::servers::{AUTHORISED, STRANGERS, Server, key, pinning};
use crate::{accepts, does_not_recognise, proves_nothing_without_a_known_host_key, python};

fn start() -> Option<Server> {
    python::start("paramiko", "paramiko_server.py", &["ed25519"], &[])
}

#[tokio::test]
async fn accepts_authorised_keys_of_every_type() {
    accepts(&AUTHORISED, start).await;
}

#[tokio::test]
async fn refuses_other_keys_of_every_type() {
    does_not_recognise(&STRANGERS, start).await;
}

#[tokio::test]
async fn with_an_unknown_host_key_proves_nothing() {
    proves_nothing_without_a_known_host_key(start()).await;
}

#[tokio::test]
async fn host_keys_of_any_type_can_be_pinned_by_fingerprint() {
    let host_keys = ["ed25519", "ecdsa", "rsa"];
    let server = python::start("paramiko", "paramiko_server.py", &host_keys, &[]);
    let Some(server) = server else {
        return;
    };
    for host_key in &server.host_keys {
        let request = server.as_data_center(key(AUTHORISED[0]));
        let outcome = run(&request.trusting(pinning(host_key))).await;
        assert_eq!(outcome.verdict(), Verdict::Ready, "{:#?}", outcome.report);
    }
}

//! How many round trips a verdict takes: what makes it quick or slow wherever the server is far away. Fewer are better;
//! these numbers are here so that a change of them is noticed.
//!
//! Of the least that the protocol allows, connecting takes one, exchanging identifications and lists of algorithms one,
//! exchanging keys one, and all questions together one. A question more takes one more, since whether the control key is
//! asked about at all depends on the answer about the vendor's; asking for the login service takes one because russh waits
//! for the answer. (A client that guesses the server's method of key exchange could save one; russh does not.)
#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

mod support;

use doorkey::access_key::AccessKey;
use doorkey::check::{Code, HostKeyTrust, Verdict};
use support::outcome::{RequestExt as _, fresh_key, run, to_port};
use support::path::Path;
use support::peer::Peer;
use support::ssh_server::{Connection, HostKey, Manners};

const CONNECTING: usize = 1;
const ALGORITHMS: usize = 1;
const KEYS: usize = 1;
const LOGIN_SERVICE: usize = 1;
const QUESTION: usize = 1;

/// Up to the first question.
const SESSION: usize = CONNECTING + ALGORITHMS + KEYS + LOGIN_SERVICE;

#[tokio::test]
async fn an_accepted_key_takes_six() {
    for key in [fresh_key(), rsa_key()] {
        let server = server_that_knows(&key).await;
        let path = Path::counting(server.port()).await;
        let mut request = to_port(path.port());
        request.key = Ok(key);
        let outcome = run(&request).await;
        assert_eq!(outcome.verdict(), Verdict::Ready, "{:#?}", outcome.report);
        // The vendor's key, then the control key.
        assert_eq!(path.round_trips(), SESSION + 2 * QUESTION);
    }
}

#[tokio::test]
async fn a_refused_key_takes_five() {
    for key in [fresh_key(), rsa_key()] {
        let server = server_that_knows(&fresh_key()).await;
        let path = Path::counting(server.port()).await;
        let mut request = to_port(path.port());
        request.key = Ok(key);
        let outcome = run(&request).await;
        assert_eq!(outcome.cause(), Some(Code::KeyQueryNotRecognised));
        assert_eq!(path.round_trips(), SESSION + QUESTION);
    }
}

#[tokio::test]
async fn another_host_key_than_the_pinned_one_takes_three() {
    let server = server_that_knows(&fresh_key()).await;
    let path = Path::counting(server.port()).await;
    // A whole key: a fingerprint would leave open of which type it is, and a second connection would be worth it.
    let pinned = HostKey::new().public().to_openssh().unwrap();
    let trust = HostKeyTrust {
        pinned: vec![pinned.parse().unwrap()],
        ..HostKeyTrust::default()
    };
    let outcome = run(&to_port(path.port()).trusting(trust)).await;
    assert_eq!(outcome.cause(), Some(Code::HostKeyChanged));
    assert_eq!(path.round_trips(), CONNECTING + ALGORITHMS + KEYS);
}

fn rsa_key() -> AccessKey {
    AccessKey::read(include_str!("fixtures/keys/rsa2048.pub")).unwrap()
}

/// A server that lets in this key, and says that it takes every kind of signature.
async fn server_that_knows(key: &AccessKey) -> Peer {
    let known = key.public_key().to_bytes().unwrap();
    Peer::start(move |stream| {
        let known = known.clone();
        async move {
            let mut connection =
                Connection::open(stream, &Manners::default(), &HostKey::new()).await?;
            connection
                .take_signatures("ssh-ed25519,rsa-sha2-512,rsa-sha2-256")
                .await?;
            loop {
                let query = connection.query().await?;
                if query.key == known {
                    connection.accept(&query).await?;
                } else {
                    connection.refuse("publickey").await?;
                }
            }
        }
    })
    .await
}

//! Any bytes in the place of an SSH server's, up to the point where it would have to show its host key: the greeting, lines before
//! it, and packets before there are keys.
//!
//! The first byte of the input says in what pieces the others come.

use std::cell::RefCell;
use std::time::Duration;

use doorkey::adapters::ssh::{Exchanged, Peer};
use doorkey::bitbucket::Edition;
use doorkey::check::HostKeyTrust;
use doorkey::check::stage::ssh::{HandshakeFailure, failed, greeted};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex, sink, split};
use tokio::runtime::{Builder, Runtime};

use crate::assert_harmless_check;

/// Far longer than it takes: the server hangs up once it has said everything.
const LIMIT: Duration = Duration::from_secs(5);

thread_local! {
    static RUNTIME: RefCell<Runtime> = RefCell::new(Builder::new_current_thread().enable_all().build().expect("a runtime"));
}

pub fn run(data: &[u8]) {
    let Some((size, bytes)) = data.split_first() else {
        return;
    };
    RUNTIME.with_borrow(|runtime| runtime.block_on(meet(usize::from(*size).max(1), bytes)));
}

async fn meet(size: usize, bytes: &[u8]) {
    let (ours, theirs) = duplex(64 * 1024);
    let trust = HostKeyTrust::default();
    let preferred = trust.preferred_algorithms(Edition::Cloud, "ssh.bitbucket.org", 22);
    let judge =
        move |key: &ssh_key::PublicKey| trust.judge(Edition::Cloud, "ssh.bitbucket.org", 22, key);
    let mut peer = Peer::start(ours, preferred, Box::new(judge));
    let (mut heard, mut said) = split(theirs);
    let speak = async move {
        for piece in bytes.chunks(size) {
            if said.write_all(piece).await.is_err() {
                return;
            }
        }
        said.shutdown().await.ok();
    };
    let hear = async move {
        let mut rest = Vec::new();
        heard.read_to_end(&mut rest).await.ok();
        sink().write_all(&rest).await.ok();
    };
    let climb = async {
        match peer.identification(LIMIT).await {
            Ok(identification) => {
                Edition::ALL.iter().for_each(|edition| {
                    assert_harmless_check(&greeted(*edition, 22, &identification))
                });
                match peer.exchange_keys(LIMIT).await {
                    Exchanged::Session(_) => {
                        panic!("no bytes known beforehand make a key exchange")
                    }
                    Exchanged::HostKeyRefused(judged) => assert_harmless_check(&judged.to_check()),
                    Exchanged::Failed(failure) => tell(&failure),
                }
            }
            Err(failure) => tell(&failure),
        }
    };
    tokio::join!(speak, hear, climb);
}

fn tell(failure: &HandshakeFailure) {
    assert!(
        !matches!(failure, HandshakeFailure::NoGreeting(..)),
        "it hung up, and was waited for"
    );
    Edition::ALL
        .iter()
        .for_each(|edition| assert_harmless_check(&failed(*edition, 22, failure)));
}

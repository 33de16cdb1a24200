//! An SSH server that lets one key in and answers every command with bytes under a test's control.

use std::net::Ipv4Addr;
use std::sync::Arc;

use russh::keys::PrivateKey;
use russh::server::{
    Auth, ChannelOpenHandle, Config, Handler, Msg, PublicKeyOffer, Session, VerifiedPublicKey,
    run_stream,
};
use russh::{Channel, ChannelId};
use ssh_key::public::KeyData;
use ssh_key::{Algorithm, HashAlg};
use tokio::net::TcpListener;

/// The server. It ends with the test's runtime.
pub(crate) struct Listing {
    pub(crate) port: u16,
    /// The host key's fingerprint.
    pub(crate) fingerprint: String,
}

impl Listing {
    pub(crate) async fn start(knows: KeyData, answer: Vec<u8>) -> Self {
        let host_key =
            PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).expect("a host key");
        let fingerprint = host_key.fingerprint(HashAlg::Sha256).to_string();
        let config = Arc::new(Config {
            keys: vec![host_key],
            ..Config::default()
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let visitor = Visitor { knows, answer };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (config, visitor) = (Arc::clone(&config), visitor.clone());
                tokio::spawn(async move {
                    if let Ok(session) = run_stream(config, stream, visitor).await {
                        session.await.ok();
                    }
                });
            }
        });
        Self { port, fingerprint }
    }
}

#[derive(Clone)]
struct Visitor {
    knows: KeyData,
    answer: Vec<u8>,
}

impl Visitor {
    fn judge(&self, key: &KeyData) -> Auth {
        if *key == self.knows {
            Auth::Accept
        } else {
            Auth::reject()
        }
    }
}

impl Handler for Visitor {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        _user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        Ok(self.judge(offer.public_key.key_data()))
    }

    async fn auth_publickey(
        &mut self,
        _user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        Ok(self.judge(key.public_key.key_data()))
    }

    async fn channel_open_session(
        &mut self,
        _channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        _command: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(channel)?;
        session.data(channel, self.answer.clone())?;
        session.eof(channel)?;
        session.close(channel)
    }
}

//! SSH servers that exchange keys and then follow a script.

use std::sync::Arc;

use doorkey::access_key::AccessKey;
use doorkey::check::request::TestRequest;

use super::outcome::{DATA_CENTER, RequestExt as _, fresh_key, request};
use super::peer::Peer;
use super::ssh_server::{Connection, HostKey, Manners};

/// An SSH server by hand.
pub(crate) struct Server {
    peer: Peer,
    pub(crate) host_key: Arc<HostKey>,
}

impl Server {
    /// A server that exchanges keys and then follows the script.
    pub(crate) async fn start<S, F>(script: S) -> Self
    where
        S: Fn(Connection) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = std::io::Result<()>> + Send + 'static,
    {
        Self::start_as(Arc::new(HostKey::new()), Manners::default(), script).await
    }

    pub(crate) async fn start_with<S, F>(host_key: Arc<HostKey>, script: S) -> Self
    where
        S: Fn(Connection) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = std::io::Result<()>> + Send + 'static,
    {
        Self::start_as(host_key, Manners::default(), script).await
    }

    pub(crate) async fn with_manners<S, F>(manners: Manners, script: S) -> Self
    where
        S: Fn(Connection) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = std::io::Result<()>> + Send + 'static,
    {
        Self::start_as(Arc::new(HostKey::new()), manners, script).await
    }

    pub(crate) async fn start_as<S, F>(host_key: Arc<HostKey>, manners: Manners, script: S) -> Self
    where
        S: Fn(Connection) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = std::io::Result<()>> + Send + 'static,
    {
        let manners = Arc::new(manners);
        let shown = Arc::clone(&host_key);
        let peer = Peer::start(move |stream| {
            let (manners, shown) = (Arc::clone(&manners), Arc::clone(&shown));
            let script = script.clone();
            async move {
                let connection = Connection::open(stream, &manners, &shown).await?;
                script(connection).await
            }
        })
        .await;
        Self { peer, host_key }
    }

    pub(crate) fn port(&self) -> u16 {
        self.peer.port()
    }

    pub(crate) fn connections(&self) -> usize {
        self.peer.connections()
    }

    /// A request to it as a Data Center.
    pub(crate) fn request(&self) -> TestRequest {
        self.request_with(fresh_key())
    }

    pub(crate) fn request_with(&self, key: AccessKey) -> TestRequest {
        request(DATA_CENTER, key).connected_to(self.peer.port())
    }

    pub(crate) fn request_for(&self, url: &str) -> TestRequest {
        request(url, fresh_key()).connected_to(self.peer.port())
    }
}

pub(crate) async fn refusing_all(mut connection: Connection) -> std::io::Result<()> {
    loop {
        connection.query().await?;
        connection.refuse("publickey").await?;
    }
}

//! Asking the SSH agent, which holds keys and signs with them without giving them away.

use std::path::Path;

use russh::keys::agent::AgentIdentity;
use russh::keys::agent::client::{AgentClient, AgentStream};
use ssh_key::PublicKey;

/// An agent that answers, with the keys it has.
pub(super) struct Agent {
    /// Signs.
    pub(super) client: AgentClient<Box<dyn AgentStream + Send + Unpin>>,
    /// The keys, in the agent's order.
    pub(super) keys: Vec<PublicKey>,
    /// How many certificates it has beside them.
    pub(super) certificates: usize,
}

impl Agent {
    /// The agent that listens on this socket. Fails with why it can't be asked; the words are not safe to print.
    pub(super) async fn ask(socket: &Path) -> Result<Self, String> {
        let mut client = connect(socket).await?;
        let listed = client.request_identities().await;
        let listed = listed.map_err(|error| error.to_string())?;
        let count = listed.len();
        let keys: Vec<PublicKey> = listed
            .into_iter()
            .filter_map(|identity| match identity {
                AgentIdentity::PublicKey { key, .. } => Some(key),
                // Bitbucket knows keys, not authorities that sign them.
                AgentIdentity::Certificate { .. } => None,
            })
            .collect();
        Ok(Self {
            client,
            certificates: count - keys.len(),
            keys,
        })
    }
}

#[cfg(unix)]
async fn connect(
    socket: &Path,
) -> Result<AgentClient<Box<dyn AgentStream + Send + Unpin>>, String> {
    let client = AgentClient::connect_uds(socket).await;
    Ok(client.map_err(|error| error.to_string())?.dynamic())
}

#[cfg(not(unix))]
async fn connect(
    _socket: &Path,
) -> Result<AgentClient<Box<dyn AgentStream + Send + Unpin>>, String> {
    Err("agents are known to doorkey on Unix only; name a key file instead".to_owned())
}

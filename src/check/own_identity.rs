//! The SSH identity of the person at the terminal, which may be used only where they ask for it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use ssh_key::{HashAlg, PrivateKey, PublicKey};

/// Where the identity is.
#[derive(Clone)]
pub enum OwnIdentity {
    /// With the SSH agent that listens on this socket.
    Agent(PathBuf),
    /// Here: unlocked, in memory only, wiped when the last owner lets go of it.
    Key(Arc<PrivateKey>),
}

impl OwnIdentity {
    /// Whether it is known to be the private half of this key. What an agent holds is not known beforehand.
    pub fn is_half_of(&self, key: &PublicKey) -> bool {
        match self {
            OwnIdentity::Agent(_) => false,
            OwnIdentity::Key(own) => own.public_key().key_data() == key.key_data(),
        }
    }
}

/// Why a private key could not be taken from where it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotOpened {
    /// It needs a passphrase.
    Locked,
    /// The passphrase is a wrong one.
    WrongPassphrase,
    /// It can't be used at all; why, as a sentence.
    Unusable(String),
}

/// Shows nothing that is private.
impl fmt::Debug for OwnIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OwnIdentity::Agent(socket) => formatter.debug_tuple("Agent").field(socket).finish(),
            OwnIdentity::Key(key) => {
                let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
                formatter.debug_tuple("Key").field(&fingerprint).finish()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail this way")]

    use ssh_key::Algorithm;

    use super::*;

    #[test]
    fn nothing_private_is_shown() {
        let key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap();
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        let shown = format!("{:?}", OwnIdentity::Key(Arc::new(key)));
        assert!(shown.contains(&fingerprint), "{shown}");
        assert!(shown.len() < fingerprint.len() + 40, "{shown}");
    }
}

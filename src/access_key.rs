//! Taking in a public key: parse, repair, refuse, inspect.

use crate::check::Code;

/// A public key that Bitbucket takes as an access key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    key: ssh_key::PublicKey,
    repairs: Vec<Repair>,
}

/// What was put right while reading a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {}

/// A text that is not a key to use, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The cause.
    pub code: Code,
    /// More about this case, safe to print.
    pub detail: Option<String>,
}

impl AccessKey {
    /// Reads a public key from a paste or a file.
    pub fn read(_text: &str) -> Result<Self, Refusal> {
        todo!()
    }

    /// The algorithm's name in SSH, such as `ssh-ed25519`.
    pub fn algorithm(&self) -> String {
        todo!()
    }

    /// The key's length in bits.
    pub fn bits(&self) -> u32 {
        todo!()
    }

    /// The fingerprint, such as `SHA256:voNIiiVQT0…`.
    pub fn fingerprint(&self) -> String {
        todo!()
    }

    /// The comment, made safe to print; empty if there is none.
    pub fn comment(&self) -> &str {
        todo!()
    }

    /// The key on one clean line, comment included.
    pub fn line(&self) -> String {
        todo!()
    }

    /// What was put right while reading it.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// The key itself.
    pub fn public_key(&self) -> &ssh_key::PublicKey {
        &self.key
    }
}

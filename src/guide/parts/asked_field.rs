//! Fields of a guide, and what each of them takes.

use crate::bitbucket::Edition;
use crate::guide::field::Field;

/// A field to fill in.
pub struct AskedField<'a> {
    /// What it takes.
    pub kind: FieldKind,
    /// What is in it.
    pub field: &'a Field,
    /// Whether letters go into it.
    pub has_focus: bool,
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A public key.
    PublicKey,
    /// The name of a public key's file.
    PublicKeyFile,
    /// Any address of a repository on this Bitbucket.
    Repository(Edition),
    /// An SSH URL.
    SshUrl,
    /// An access token.
    Token,
    /// The e-mail address that goes with a token.
    Email,
    /// The name of a private key's file.
    IdentityFile,
    /// What opens that file.
    Passphrase,
}

impl FieldKind {
    /// What stands in the empty field.
    pub const fn placeholder(self) -> &'static str {
        match self {
            FieldKind::PublicKey => "ssh-ed25519 AAAA… or ssh-rsa AAAA…",
            FieldKind::PublicKeyFile => "~/Downloads/coalesce.pub",
            FieldKind::Repository(Edition::Cloud) => "https://bitbucket.org/workspace/repository",
            FieldKind::Repository(Edition::DataCenter) => {
                "https://git.example.com/projects/KEY/repos/repository"
            }
            FieldKind::SshUrl => "git@ssh.bitbucket.org:workspace/repository.git",
            FieldKind::Token => "paste it here",
            FieldKind::Email => "you@example.com",
            FieldKind::IdentityFile => "~/.ssh/id_ed25519",
            FieldKind::Passphrase => "type it here",
        }
    }

    /// Asks for it, where the step does not.
    pub const fn question(self) -> Option<&'static str> {
        match self {
            FieldKind::PublicKeyFile => Some("Which file holds the public key?"),
            FieldKind::Email => {
                Some("E-mail address of the account, for an API token; empty for an access token")
            }
            FieldKind::IdentityFile => Some("Which file holds your private key?"),
            FieldKind::Passphrase => Some("The passphrase of this key"),
            FieldKind::PublicKey
            | FieldKind::Repository(_)
            | FieldKind::SshUrl
            | FieldKind::Token => None,
        }
    }

    /// Whether nobody may see it.
    pub const fn is_secret(self) -> bool {
        matches!(self, FieldKind::Token | FieldKind::Passphrase)
    }

    /// Whether it takes an address.
    pub const fn is_address(self) -> bool {
        matches!(self, FieldKind::Repository(_) | FieldKind::SshUrl)
    }

    /// Whether a guide goes on without it.
    pub const fn may_be_empty(self) -> bool {
        matches!(self, FieldKind::Repository(_))
    }
}

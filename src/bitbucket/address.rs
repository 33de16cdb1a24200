//! Taking in an address: any form in which people have a repository's address becomes its SSH URL.

use super::{Edition, RepositoryPlace, SshAliases};
use crate::check::Code;

/// The SSH address of one repository, in its canonical parts. The user is always `git`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RepositoryAddress {
    edition: Edition,
    host: String,
    port: u16,
    project: String,
    repository: String,
}

impl RepositoryAddress {
    /// Which Bitbucket it belongs to.
    pub fn edition(&self) -> Edition {
        self.edition
    }

    /// The host name, lower case, or an IP literal without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Cloud: the workspace. Data Center: the project key in lower case, or `~user`.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// The repository's slug, without `.git`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The SSH URL in its canonical form.
    pub fn ssh(&self) -> String {
        todo!()
    }
}

/// An address that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The address to use: canonical, after any repair.
    pub address: RepositoryAddress,
    /// Where the repository is on the web.
    pub place: RepositoryPlace,
    /// What had to be repaired, if anything beyond spaces, case of the host and a missing `.git`.
    pub repair: Option<Repair>,
}

/// What had to be repaired in an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// Why the address can't stay as it was given.
    pub code: Code,
    /// The address just as given, where it could work all the same (the codes that only warn).
    pub as_given: Option<RepositoryAddress>,
    /// Whether host or port of the repaired address are a guess: what was given does not say them.
    pub guessed: bool,
    /// More about this case, safe to print.
    pub detail: Option<String>,
}

/// An address that could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The cause.
    pub code: Code,
    /// More about this case, safe to print.
    pub detail: Option<String>,
}

/// Reads a repository's address from whatever was pasted.
pub fn read_address(_text: &str, _aliases: &SshAliases) -> Result<Reading, Refusal> {
    todo!()
}

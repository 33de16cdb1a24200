//! What Bitbucket's REST interface tells about the repository and the key: is it there, may it only read, was it used?

mod judge;
mod no_answer;

use std::time::Duration;

pub use judge::{Asked, judge, used_by_its_owner};
pub use no_answer::{NoAnswer, Unusable};

/// What was learned about the key and the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// Where the key is, or why Bitbucket did not say.
    pub key: Result<Whereabouts, NoAnswer>,
    /// What else it said about the repository.
    pub details: Details,
    /// How long it took.
    pub elapsed: Duration,
}

/// Where a key is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// On the repository.
    OnRepository(ListedKey),
    /// On the repository's project, which opens the repository too.
    OnProject {
        /// The project's key.
        project: String,
        /// The key.
        key: ListedKey,
    },
    /// On neither.
    Nowhere,
    /// Not on the repository; the list of its project could not be seen, for this reason if one is known.
    ProjectUnseen(Option<NoAnswer>),
}

/// An access key as Bitbucket lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    /// Its number there.
    pub id: u64,
    /// What people called it. Comes from Bitbucket: not safe to print.
    pub label: String,
    /// What its holder may do.
    pub permission: Permission,
    /// When somebody last came in with it.
    pub last_use: LastUse,
}

/// What an access key lets its holder do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Clone and fetch.
    Read,
    /// Push as well.
    ReadWrite,
    /// Something else, by Bitbucket's name for it.
    Other(String),
}

/// When an access key was last used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastUse {
    /// At this time, as Bitbucket writes it.
    At(String),
    /// Never.
    Never,
    /// This Bitbucket does not say.
    NotTold,
}

/// What Bitbucket says about the repository itself. Empty where it said nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The name of the main branch.
    pub main_branch: Option<String>,
    /// The SSH URL.
    pub ssh_url: Option<String>,
    /// The key of the project it is in.
    pub project: Option<String>,
}

//! What Bitbucket's REST interface tells about the repository and the key: is it there, may it only read, was it used?

pub mod change;
mod judge;
mod no_answer;

use std::time::Duration;

pub use judge::{Asked, judge, used_by_its_owner};
pub use no_answer::{NoAnswer, Refused, Unusable};

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
    /// Its id in the list it stands on, if the list gives one. Comes from Bitbucket: not safe to print.
    pub id: Option<String>,
    /// What people called it. Comes from Bitbucket: not safe to print.
    pub label: String,
    /// What its holder may do.
    pub permission: Permission,
    /// When somebody last came in with it.
    pub last_use: LastUse,
    /// When it stops opening anything, if Bitbucket says so.
    pub ending: Option<Ending>,
}

/// The end of an access key that was added for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// When, such as `on 2026-12-28`.
    pub when: String,
    /// Whether that was before the question.
    pub is_past: bool,
}

/// The entry that counts where a key is listed more than once: the one that lets its holder do most.
pub fn strongest(listed: Vec<ListedKey>) -> Option<ListedKey> {
    listed.into_iter().min_by_key(|key| match key.permission {
        Permission::ReadWrite => 0,
        Permission::Other(_) => 1,
        Permission::Read => 2,
    })
}

/// The lists on which a key can stand that opens a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lists {
    /// The key's entries on the repository's list.
    pub repository: Vec<ListedKey>,
    /// Those on its project's.
    pub project: ProjectList,
}

/// What could be seen of the list of a repository's project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProjectList {
    /// It was read.
    Read {
        /// The project's key. Comes from Bitbucket: not safe to print.
        project: String,
        /// The key's entries on it.
        keys: Vec<ListedKey>,
    },
    /// The repository is in no project.
    None,
    /// It could not be seen, for this reason if one is known.
    Unseen(Option<NoAnswer>),
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

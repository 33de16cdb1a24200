//! Judging a session with your own SSH identity: does the address name a repository, and what does that show?
//!
//! Somebody's own identity shows that the *address* is right, and nothing about the vendor's key: its rung stays
//! unknown. Only if both are the same key, as with keys that people manage themselves, the session shows what that key
//! opens.

mod judge;
#[cfg(test)]
mod tests;

pub use judge::{Subject, judge};

use crate::bitbucket::Branches;
use crate::check::{Check, Standing, Status};

/// How many keys are tried. OpenSSH ends a session at the sixth refusal (`MaxAuthTries`), and so does Bitbucket as far
/// as is known.
pub const KEYS_TRIED: usize = 5;

/// What came of a session with your own identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Whether the server let it in.
    pub login: Login,
    /// What came of reading the repository. None if it was not let in.
    pub reading: Option<Reading>,
    /// The repositories that the server says the key opens. None if it was not asked, or did not say.
    pub opened: Option<Vec<String>>,
}

impl Observation {
    /// Whether the server let the vendor's own key in.
    pub fn was_let_in_as_vendor(&self) -> bool {
        matches!(
            self.login,
            Login::In {
                is_vendors: true,
                ..
            }
        )
    }

    /// A session that ended at the login.
    pub fn without(login: Login) -> Self {
        Self {
            login,
            reading: None,
            opened: None,
        }
    }
}

/// Whether the server let an identity in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// It did, with this key.
    In {
        /// The key's SHA256 fingerprint.
        fingerprint: String,
        /// Whether it is the vendor's key.
        is_vendors: bool,
    },
    /// There was no second connection.
    NotConnected,
    /// The agent could not be asked; why.
    NoAgent(String),
    /// There is nothing to log in with.
    NoKeys {
        /// How many certificates the agent has; they are no keys that Bitbucket takes.
        certificates: usize,
        /// How many of the agent's keys could not be read.
        unreadable: usize,
    },
    /// None was let in.
    Refused {
        /// How many keys were tried.
        tried: usize,
        /// How many were not tried.
        left: usize,
        /// How many of them the agent did not sign for.
        unsigned: usize,
        /// How many more keys the agent has that could not be read.
        unreadable: usize,
    },
    /// The session ended before; the server's words, if any.
    Closed(Option<String>),
    /// It took too long.
    TimedOut,
}

/// What came of reading the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// It has these branches.
    Branches(Branches),
    /// The list of branches began, and broke off before its end.
    BrokeOff,
    /// The server said something else instead.
    Said(String),
    /// The session ended without a word.
    Closed,
    /// It took too long.
    TimedOut,
}

/// Which of two judgements of the repository to tell: what Bitbucket's REST interface said about the vendor's key
/// itself counts for more than anything that an identity shows, as long as it said something about it.
#[must_use]
pub fn beside(rest: Check, own: Check) -> Check {
    let rest_knows = rest.standing != Standing::Unknown;
    let own_knows = own.standing != Standing::Unknown;
    let own_is_better = !rest_knows && (own_knows || rest.status == Status::Skip);
    let (told, other) = if own_is_better {
        (own, rest)
    } else {
        (rest, own)
    };
    if other.status == Status::Skip {
        return told;
    }
    let remark = format!("Beside this: {}.", other.summary);
    let detail = match &told.detail {
        Some(detail) => format!("{detail} {remark}"),
        None => remark,
    };
    told.with_detail(detail)
}

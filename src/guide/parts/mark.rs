//! How something stands: one sign on the screen, one word in lines.

use crate::check::{Check, Standing, Status};

/// How something stands, in the sign and the word that the screen and the lines show for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is proven.
    Good,
    /// It is refuted.
    Bad,
    /// A warning: something to look at, but no failure.
    Warn,
    /// It was tested and could not be told.
    Untold,
    /// Nothing is known of it yet.
    Open,
}

impl Mark {
    /// The mark of a rung that stands like this, of which this check tells. Only a refuted rung looks like a failure: a check
    /// that failed without refuting anything, such as one with a token that has expired, leaves its rung unknown.
    pub fn of_rung(standing: Standing, telling: Option<&Check>) -> Self {
        match (standing, telling.map(|check| check.status)) {
            (Standing::Proven, _) => Mark::Good,
            (Standing::Refuted, _) => Mark::Bad,
            (Standing::Unknown, Some(Status::Warn)) => Mark::Warn,
            (Standing::Unknown, Some(Status::Fail)) => Mark::Untold,
            (Standing::Unknown, _) => Mark::Open,
        }
    }

    /// The mark of a cause. One that leaves its rung proven is a warning all the same.
    pub const fn of_cause(standing: Standing, status: Status) -> Self {
        match (standing, status) {
            (Standing::Refuted, _) => Mark::Bad,
            (_, Status::Warn) => Mark::Warn,
            _ => Mark::Untold,
        }
    }

    /// The word for a rung with this mark.
    pub const fn word(self) -> &'static str {
        match self {
            Mark::Good => "proven",
            Mark::Bad => "failed",
            Mark::Warn | Mark::Untold | Mark::Open => "unknown",
        }
    }
}

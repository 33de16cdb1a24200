//! What a ready test comes to, in words.

use super::Wizard;
use super::steps::connection_test::ConnectionTest;
use crate::check::{Rung, Standing};

/// What is proven, and what is left to prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// What is proven.
    pub proven: &'static str,
    /// What is not, and what would prove it.
    pub open: Option<&'static str>,
}

impl ConnectionTest {
    /// What a ready test comes to.
    pub fn conclusion(&self) -> Conclusion {
        let proven = |rung| self.standing(rung) == Standing::Proven;
        if Rung::ALL.into_iter().all(proven) {
            return Conclusion {
                proven: "All is proven: Coalesce Quality is in.",
                open: None,
            };
        }
        if proven(Rung::ThisRepository) {
            let open = (!proven(Rung::UsedByVendor)).then_some(
                "Not proven yet: that Coalesce gets in, through an allowlist too. Press \"Test connection\" in Coalesce Quality.",
            );
            return Conclusion {
                proven: "The key is on this repository.",
                open,
            };
        }
        Conclusion {
            proven: "The key is in: Bitbucket recognises it.",
            open: Some(
                "Not proven from here: which repositories it opens, that it only reads, and that Coalesce gets through an \
                 allowlist. Press \"Test connection\" in Coalesce Quality to prove these, or g to ask Bitbucket with a token.",
            ),
        }
    }
}

impl Wizard {
    /// What the finished setup was saved as, a sentence each.
    pub fn saved_words(&self) -> Vec<String> {
        let Some(saved) = &self.saved else {
            return Vec::new();
        };
        let name = &saved.name;
        let beside = saved.beside.as_ref().map(|other| {
            format!(
                "{other} is the same repository with another key. If Coalesce Quality replaced that key: doorkey rotate {other}"
            )
        });
        let saved = format!("Saved as {name}. To test it again any time: doorkey verify {name}");
        [Some(saved), beside].into_iter().flatten().collect()
    }

    /// What doorkey offers to do in place of the person, where the key has to be added.
    pub fn add_key_words(&self) -> Option<&'static str> {
        match (self.has_token(), &self.demo) {
            (true, _) => Some("Add the key for me, with the token"),
            (false, Some(_)) => Some("Do it for me (demo only)"),
            (false, None) => None,
        }
    }
}

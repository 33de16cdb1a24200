//! What a ready test comes to, with the keys of the wizard.

use super::Wizard;
use super::steps::connection_test::ConnectionTest;
use crate::check::conclusion::{Conclusion, Open};
use crate::check::{FixId, Proof};

impl ConnectionTest {
    /// What a ready test comes to.
    pub fn conclusion(&self) -> Conclusion {
        Conclusion::of(&Proof::from_checks(&self.checks))
    }
}

/// What is not proven, and which key would prove it. A token that was given already has not proven it.
pub fn open_words(open: Open, has_token: bool) -> String {
    let key = FixId::GiveToken.key();
    let which = if has_token { "another" } else { "a" };
    open.words(&format!("{key} to ask Bitbucket with {which} token"))
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

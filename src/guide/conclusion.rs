//! What a ready test comes to, with the keys of the wizard.

use super::connection_test::ConnectionTest;
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

//! What the setup says: one file for each step.

mod access_keys_page;
mod allowlist;
mod prerequisites;
mod public_key;
mod ssh_url;

use super::{StepId, Wizard};
use crate::guide::parts::{Content, Part, test};

impl Wizard {
    /// What the step on the screen says.
    pub(super) fn content_of_step(&self) -> Content<'_> {
        match self.journey.step {
            StepId::Prerequisites => self
                .journey
                .prerequisites
                .content(self.surroundings.as_ref()),
            StepId::Allowlist => self.journey.allowlist.content(self.edition()),
            StepId::PublicKey => public_key::content(&self.public_key),
            StepId::AccessKeysPage => self.content_of_access_keys_page(),
            StepId::SshUrl => self.journey.ssh_url.content(),
            StepId::ConnectionTest => self.content_of_test(),
        }
    }

    fn content_of_test(&self) -> Content<'_> {
        let ask = if self.connection_test().is_good() {
            "Your answer, or Enter to finish:"
        } else {
            Content::ASK
        };
        let test = self
            .shown_test()
            .map(|shown| Part::Test(test::whole(&shown)));
        Content::of_step(Vec::new(), test.into_iter().collect(), ask)
    }
}

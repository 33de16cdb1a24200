//! What the setup says: one file for each step, and what lies over them.

mod access_keys_page;
mod allowlist;
mod identity;
mod prerequisites;
mod public_key;
mod ssh_url;

use super::{StepId, Wizard};
use crate::guide::parts::{Content, Part, overlay, test};
use crate::guide::{Guide, Overlay};

impl Wizard {
    /// What lines begin with.
    pub(super) fn greeting() -> String {
        format!(
            "doorkey lets Coalesce Quality into one Bitbucket repository, read-only, in {} steps.",
            StepId::ALL.len()
        )
    }

    /// What the step on the screen says, or what lies over it.
    pub(super) fn content(&self) -> Content<'_> {
        match self.overlay {
            Some(overlay) => self.content_over(overlay),
            None => self.content_of_step(),
        }
    }

    fn content_over(&self, over: Overlay) -> Content<'_> {
        match over {
            Overlay::Help => overlay::help(&self.beneath_help()),
            Overlay::QuitQuestion => overlay::question([
                Overlay::QUIT_QUESTION,
                "The setup is not finished. What you entered here would be lost.",
            ]),
            Overlay::Values => overlay::values(self),
            Overlay::PlainLines => overlay::plain_lines(self),
            Overlay::QrCode => overlay::qr_code(self),
            Overlay::Token => overlay::token(self),
            Overlay::GrantQuestion => overlay::grant(self.grant_request().as_ref()),
            Overlay::HandOff | Overlay::Report => overlay::text(over, self.shown_text(over)),
            Overlay::Identity => self.content_of_identity(),
            // Only a rotation asks these.
            Overlay::GiveUpQuestion | Overlay::ElsewhereQuestion => Content::default(),
        }
    }

    fn content_of_step(&self) -> Content<'_> {
        match self.step {
            StepId::Prerequisites => self.prerequisites.content(self.surroundings.as_ref()),
            StepId::Allowlist => self.allowlist.content(self.edition()),
            StepId::PublicKey => public_key::content(&self.public_key),
            StepId::AccessKeysPage => self.content_of_access_keys_page(),
            StepId::SshUrl => self.ssh_url.content(),
            StepId::ConnectionTest => self.content_of_test(),
        }
    }

    fn content_of_test(&self) -> Content<'_> {
        let ask = if self.connection_test.is_good() {
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

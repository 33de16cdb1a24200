//! What the keys of a setup do that no other journey has.

use super::{StepId, Wizard};
use crate::bitbucket::RepositoryAddress;
use crate::guide::Effect;
use crate::guide::keys::{Action, Own};
use crate::guide::notices::ADDRESS_CHANGED;

/// Use the repaired address.
pub const USE_SUGGESTION: Action = Action::Own(Own("use the suggestion"));

/// Show what to check if "Repository settings" is missing, or hide it.
pub const TOGGLE_HINTS: Action = Action::Own(Own("settings missing?"));

impl Wizard {
    /// Does what a key is for. None: nothing else than in every journey.
    pub(super) fn act_in_setup(&mut self, action: Action) -> Option<Vec<Effect>> {
        match action {
            Action::Continue => return Some(self.go_on()),
            Action::Fix(fix) => return self.apply_in_setup(fix),
            TOGGLE_HINTS => {
                self.overlays.set_scroll(None);
                let page = &mut self.journey.access_keys_page;
                page.hints = !page.hints;
            }
            USE_SUGGESTION => self.use_suggestion(),
            _ => return None,
        }
        Some(Vec::new())
    }

    pub(super) fn use_suggestion(&mut self) {
        if self.journey.step == StepId::AccessKeysPage {
            return self.use_meant_address();
        }
        let Some(suggestion) = self
            .journey
            .ssh_url
            .suggestion()
            .map(RepositoryAddress::ssh)
        else {
            return;
        };
        self.journey
            .ssh_url
            .set(&suggestion, &self.settings.aliases);
        self.forget_test();
        self.tell(ADDRESS_CHANGED);
    }

    /// Puts the address that may be meant in the place of the one that can't be read.
    fn use_meant_address(&mut self) {
        let Some(meant) = self
            .journey
            .access_keys_page
            .suggestion()
            .map(RepositoryAddress::ssh)
        else {
            return;
        };
        self.journey
            .access_keys_page
            .set(&meant, &self.settings.aliases);
        self.follow_address();
        self.connection_test_mut().forget();
        self.tell(ADDRESS_CHANGED);
    }
}

//! Going from step to step.

use super::{StepId, Wizard};
use crate::guide::Effect;

impl Wizard {
    /// Goes on from the step on the screen, if what it needs is there.
    pub(super) fn go_on(&mut self) -> Vec<Effect> {
        if !self.is_step_done() {
            return Vec::new();
        }
        if std::mem::take(&mut self.journey.came_from_test) {
            let was_tested = self.connection_test().report.is_some();
            let mut effects = self.go_to(StepId::ConnectionTest);
            if was_tested {
                effects.extend(self.test_again());
            }
            return effects;
        }
        match self.journey.step.next() {
            Some(step) => {
                self.journey.touched = true;
                self.journey.reached = self.journey.reached.max(step);
                self.go_to(step)
            }
            None => Vec::new(),
        }
    }

    /// Whether the step on the screen can be left. Says what is missing.
    fn is_step_done(&mut self) -> bool {
        match self.journey.step {
            StepId::Prerequisites => {
                let picked = self.edition();
                self.take_edition_from_address();
                if self.edition() != picked {
                    let named = self.edition().title();
                    self.tell(format!(
                        "It is {named}: the address of the repository says so."
                    ));
                }
            }
            StepId::PublicKey if self.public_key.reading.is_err() => {
                self.set_typing(true);
                self.problem("A public key is needed to go on.");
                return false;
            }
            StepId::AccessKeysPage => {
                let page = &self.journey.access_keys_page;
                if page.reading.is_err() && !page.field.is_empty() {
                    self.set_typing(true);
                    self.problem("No repository can be read from this. Put it right, or clear it to go on without.");
                    return false;
                }
            }
            StepId::SshUrl if !self.journey.ssh_url.can_be_tested() => {
                let fix = if self.journey.ssh_url.suggestion().is_some() {
                    self.set_typing(false);
                    "Press u to use the suggestion, or e to edit the address."
                } else {
                    self.set_typing(true);
                    "An address that can be tested is needed to go on."
                };
                self.problem(fix);
                return false;
            }
            StepId::Allowlist | StepId::PublicKey | StepId::SshUrl => {}
            StepId::ConnectionTest => return false,
        }
        true
    }

    /// Comes to a step, and begins what it begins by itself.
    pub(super) fn go_to(&mut self, step: StepId) -> Vec<Effect> {
        if step > self.journey.reached {
            return Vec::new();
        }
        self.overlays.begin_step();
        let journey = &mut self.journey;
        journey.step = step;
        journey.came_from_test = false;
        match step {
            StepId::Prerequisites => journey.prerequisites.picks.rewind(),
            StepId::Allowlist => journey.allowlist.picks.rewind(),
            StepId::PublicKey => self.public_key.typing = self.public_key.field.is_empty(),
            StepId::AccessKeysPage => {
                journey.access_keys_page.typing = journey.access_keys_page.field.is_empty();
            }
            StepId::SshUrl => journey.ssh_url.typing = journey.ssh_url.field.is_empty(),
            StepId::ConnectionTest => {
                let test = self.connection_test();
                if !test.running && test.report.is_none() {
                    return self.start(super::TEST);
                }
            }
        }
        Vec::new()
    }
}

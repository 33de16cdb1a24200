//! Going from step to step, into a field and out of it, and away.

use super::steps::prerequisites::Prerequisites;
use super::{StepId, Wizard};
use crate::guide::Overlay;
use crate::guide::effect::{Effect, Leaving, Request};
use crate::guide::questions::{Picks, Question};

impl Wizard {
    pub(super) fn show(&mut self, overlay: Overlay) {
        if overlay == Overlay::Help {
            self.help_over = self.overlay;
            self.scroll_beneath_help = self.scroll;
        }
        self.overlay = Some(overlay);
        self.scroll = None;
    }

    /// Closes what lies over the step. What was typed there is forgotten; what the help was asked for over comes back.
    pub(super) fn close_overlay(&mut self) {
        self.scroll = None;
        if self.overlay == Some(Overlay::Help) {
            self.overlay = self.help_over;
            self.scroll = self.scroll_beneath_help;
            return;
        }
        self.overlay = None;
        self.token.wipe();
        self.identity.wipe();
    }

    /// The same without the help that lies over it.
    #[must_use]
    pub fn beneath_help(&self) -> Self {
        let mut beneath = self.clone();
        beneath.overlay = self.help_over;
        beneath
    }

    pub(super) fn set_typing(&mut self, typing: bool) {
        match self.step {
            StepId::PublicKey => self.public_key.typing = typing,
            StepId::AccessKeysPage => self.access_keys_page.typing = typing,
            StepId::SshUrl => self.ssh_url.typing = typing,
            _ => {}
        }
    }

    /// Whether what stands in the step's field is an address.
    pub(super) fn address_reads(&self) -> bool {
        match self.step {
            StepId::AccessKeysPage => self.access_keys_page.reading.is_ok(),
            StepId::SshUrl => self.ssh_url.reading.is_ok(),
            _ => false,
        }
    }

    /// Gives the focus to a field of the page, by its place there, and puts the cursor where it was clicked.
    pub(super) fn focus_field(&mut self, number: usize, at: usize) {
        let field = match (self.overlay, self.step) {
            (Some(Overlay::Token), _) => {
                self.token.in_email = number == 1;
                self.token.focused()
            }
            (Some(Overlay::Identity), _) if self.identity.has_focus(number) => {
                self.identity.focused()
            }
            (None, StepId::PublicKey) => match (&mut self.public_key.file, number) {
                (Some(file), 1) => file,
                // The key waits until the question for a file's name is answered.
                (Some(_), _) => return,
                (None, _) => {
                    self.public_key.typing = true;
                    &mut self.public_key.field
                }
            },
            (None, StepId::AccessKeysPage) => {
                self.access_keys_page.typing = true;
                &mut self.access_keys_page.field
            }
            (None, StepId::SshUrl) => {
                self.ssh_url.typing = true;
                &mut self.ssh_url.field
            }
            _ => return,
        };
        field.place_cursor(at);
    }

    pub(super) fn pick(&mut self, change: impl FnOnce(&mut Picks, &[Question])) {
        self.touched = true;
        match self.step {
            StepId::Prerequisites => {
                let questions = Prerequisites::questions();
                change(&mut self.prerequisites.picks, &questions);
            }
            StepId::Allowlist => {
                let questions = self.allowlist.questions(self.edition());
                change(&mut self.allowlist.picks, &questions);
            }
            _ => {}
        }
    }

    /// Goes to the question before, if the step has one. Says whether it did.
    pub(super) fn goes_to_question_before(&mut self) -> bool {
        match self.step {
            StepId::Prerequisites => self.prerequisites.picks.previous(),
            StepId::Allowlist => self.allowlist.picks.previous(),
            _ => false,
        }
    }

    pub(super) fn go_on(&mut self) -> Vec<Effect> {
        match self.overlay {
            Some(Overlay::Token) => return self.take_token(),
            Some(Overlay::Identity) => return self.enter_identity(),
            _ => {}
        }
        match self.step {
            StepId::Prerequisites => {
                if self.prerequisites.picks.next(&Prerequisites::questions()) {
                    return Vec::new();
                }
                let picked = self.edition();
                self.take_edition_from_address();
                if self.edition() != picked {
                    let named = self.edition().title();
                    self.tell(&format!(
                        "It is {named}: the address of the repository says so."
                    ));
                }
            }
            StepId::Allowlist => {
                let questions = self.allowlist.questions(self.edition());
                if self.allowlist.picks.next(&questions) {
                    return Vec::new();
                }
            }
            StepId::PublicKey => {
                if let Some(file) = &self.public_key.file {
                    return vec![Effect::ask(Request::ReadKeyFile(
                        file.text().trim().to_owned(),
                    ))];
                }
                if self.public_key.reading.is_err() {
                    self.set_typing(true);
                    self.problem("A public key is needed to go on.");
                    return Vec::new();
                }
            }
            StepId::AccessKeysPage => {
                if self.access_keys_page.reading.is_err() && !self.access_keys_page.field.is_empty()
                {
                    self.set_typing(true);
                    self.problem("No repository can be read from this. Put it right, or clear it to go on without.");
                    return Vec::new();
                }
            }
            StepId::SshUrl => {
                if !self.ssh_url.can_be_tested() {
                    let fix = if self.ssh_url.suggestion().is_some() {
                        self.set_typing(false);
                        "Press u to use the suggestion, or e to edit the address."
                    } else {
                        self.set_typing(true);
                        "An address that can be tested is needed to go on."
                    };
                    self.problem(fix);
                    return Vec::new();
                }
            }
            StepId::ConnectionTest => return Vec::new(),
        }
        if std::mem::take(&mut self.came_from_test) {
            let was_tested = self.connection_test.report.is_some();
            let mut effects = self.go_to(StepId::ConnectionTest);
            if was_tested {
                effects.extend(self.test_again());
            }
            return effects;
        }
        match self.step.neighbour(1) {
            Some(step) => {
                self.touched = true;
                self.reached = self.reached.max(step);
                self.go_to(step)
            }
            None => Vec::new(),
        }
    }

    pub(super) fn go_to(&mut self, step: StepId) -> Vec<Effect> {
        if step > self.reached {
            return Vec::new();
        }
        self.step = step;
        self.scroll = None;
        self.came_from_test = false;
        match step {
            StepId::Prerequisites => self.prerequisites.picks.rewind(),
            StepId::Allowlist => self.allowlist.picks.rewind(),
            StepId::PublicKey => self.public_key.typing = self.public_key.field.is_empty(),
            StepId::AccessKeysPage => {
                self.access_keys_page.typing = self.access_keys_page.field.is_empty();
            }
            StepId::SshUrl => self.ssh_url.typing = self.ssh_url.field.is_empty(),
            StepId::ConnectionTest => {
                let test = &self.connection_test;
                if !test.running && test.report.is_none() {
                    return self.start_test();
                }
            }
        }
        Vec::new()
    }

    pub(super) fn quit(&mut self) -> Vec<Effect> {
        if self.overlay != Some(Overlay::QuitQuestion) && self.would_lose_work() {
            self.show(Overlay::QuitQuestion);
            return Vec::new();
        }
        vec![Effect::Quit(Leaving::Quit)]
    }
}

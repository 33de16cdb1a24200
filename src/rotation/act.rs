//! What the keys of a rotation do that no other journey has, and how its steps are gone through.

use std::sync::Arc;

use super::{KeyRotation, OnPage, StepId, Which};
use crate::check::request::TestRequest;
use crate::check::watch::Goal;
use crate::check::{FixId, HostKeyPin, Rung, Standing};
use crate::connections::{RotationChange, Stage, SwitchedBy};
use crate::guide::effect::Request;
use crate::guide::notices::TOKEN_FORGOTTEN;
use crate::guide::questions::Picks;
use crate::guide::{Action, Effect, Overlay};

/// The answer to the question of [`StepId::Switch`] that goes on.
const YES: usize = 1;

impl KeyRotation {
    /// Does what a key is for. None: nothing else than in every journey.
    pub(super) fn act_in_rotation(&mut self, action: Action) -> Option<Vec<Effect>> {
        match action {
            Action::Continue => Some(self.go_on()),
            Action::AddKeyForMe => self.do_it(),
            Action::Cancel => {
                self.journey.on_word = false;
                self.journey.is_last_round = false;
                None
            }
            // What counts there is whether the key was used.
            Action::Watch if self.journey.step == StepId::Switch => {
                Some(self.toggle_watch(Some(Goal::Used)))
            }
            Action::ForgetToken if self.journey.step == StepId::Switch => {
                // Only with a token can be seen whether the key was used.
                self.drop_token();
                self.tests[Which::New as usize].cancel();
                self.tell(TOKEN_FORGOTTEN);
                Some(Vec::new())
            }
            Action::Fix(FixId::TrustHostKey) => Some(self.trust_shown_host_key()),
            Action::Fix(FixId::ConfirmWebHost) => Some(self.confirm_web_host()),
            Action::Confirm(Overlay::GrantQuestion) => {
                self.journey.on_page = OnPage::Asked;
                None
            }
            Action::Confirm(Overlay::GiveUpQuestion) => {
                self.overlays.clear();
                Some(self.save(RotationChange::GiveUp))
            }
            Action::Confirm(Overlay::ElsewhereQuestion) => {
                self.overlays.clear();
                self.journey.on_word = true;
                Some(self.start(Which::New as usize))
            }
            _ => None,
        }
    }

    fn go_on(&mut self) -> Vec<Effect> {
        let stage = self.progress().map(super::Rotation::stage);
        match self.journey.step {
            StepId::NewKey => self.take_new_key(),
            StepId::AddNew if stage == Some(Stage::Add) => self.save(RotationChange::Added),
            StepId::AddNew => self.come_to(StepId::TestNew),
            StepId::TestNew if stage < Some(Stage::Switch) => {
                self.problem("The new key has to be proven before anything else.");
                Vec::new()
            }
            StepId::TestNew => self.come_to(StepId::Switch),
            StepId::Switch if stage > Some(Stage::Switch) => self.come_to(StepId::RemoveOld),
            StepId::Switch if self.journey.picks.answer(0) == YES => {
                self.save(RotationChange::Switched(SwitchedBy::Person))
            }
            StepId::Switch => {
                self.problem(
                    "Then the old key has to stay for now: Coalesce Quality still needs it.",
                );
                Vec::new()
            }
            StepId::RemoveOld if !self.may_remove() => Vec::new(),
            StepId::RemoveOld if stage == Some(Stage::Refuse) => self.come_to(StepId::TestOld),
            StepId::RemoveOld => self.save(RotationChange::Removed),
            StepId::TestOld => Vec::new(),
        }
    }

    fn take_new_key(&mut self) -> Vec<Effect> {
        if self.progress().is_some() {
            return self.come_to(StepId::AddNew);
        }
        if self.public_key.reading.is_err() {
            self.public_key.typing = true;
            self.problem("The new public key is needed to go on.");
            return Vec::new();
        }
        if self.is_same_key() {
            self.problem("That is the key it has already. A rotation takes another one.");
            return Vec::new();
        }
        self.save(RotationChange::Begin)
    }

    /// Comes to a step, and begins what it begins by itself.
    pub(super) fn come_to(&mut self, step: StepId) -> Vec<Effect> {
        self.journey.step = step;
        self.overlays.begin_step();
        self.journey.on_page = OnPage::Nothing;
        self.tests.iter_mut().for_each(|test| test.watch = None);
        let is_tested = self.new_test().running || self.new_test().report.is_some();
        match step {
            StepId::NewKey => {
                self.public_key.typing = self.public_key.field.is_empty();
                Vec::new()
            }
            StepId::AddNew if is_tested => Vec::new(),
            StepId::TestNew if self.reached() > step && self.new_test().is_good() => Vec::new(),
            // Whether Bitbucket knows the key before it is added says what knowing it afterwards is worth.
            StepId::AddNew | StepId::TestNew => self.start(Which::New as usize),
            StepId::Switch => {
                let is_switched = self.reached() > StepId::Switch;
                self.journey.picks = Picks::default();
                self.journey
                    .picks
                    .pick(0, if is_switched { YES } else { 0 });
                if is_switched || !self.has_token() {
                    return Vec::new();
                }
                if is_tested && self.new_test().is_good() {
                    return self.see_use();
                }
                self.start(Which::New as usize)
            }
            // What was proven a while ago need not be so any more, and from here on the old key is at stake.
            StepId::RemoveOld => {
                self.tests[Which::New as usize].forget();
                self.start(Which::New as usize)
            }
            StepId::TestOld => self.start(Which::Old as usize),
        }
    }

    /// Trusts the host key that the last test was shown, from now on.
    fn trust_shown_host_key(&mut self) -> Vec<Effect> {
        let shown = self.tested_here().map(|which| self.test(which as usize));
        let mut checks = shown.into_iter().flat_map(|test| &test.checks);
        let pin = checks
            .find_map(|check| check.fix_value(FixId::TrustHostKey))
            .and_then(|fingerprint| fingerprint.parse::<HostKeyPin>().ok());
        let Some(pin) = pin else {
            return Vec::new();
        };
        let trusted = &mut Arc::make_mut(&mut self.settings.host_keys).trusted;
        trusted.push(pin.clone());
        let mut effects = self.save(RotationChange::Trust(pin));
        effects.extend(self.test_again());
        effects
    }

    /// Takes the web server that doorkey has guessed for the right one, because the person says so.
    fn confirm_web_host(&mut self) -> Vec<Effect> {
        let shown = self.tested_here().map(|which| self.test(which as usize));
        let mut checks = shown.into_iter().flat_map(|test| &test.checks);
        let base = checks
            .find_map(|check| check.fix_value(FixId::ConfirmWebHost))
            .and_then(|base| base.parse().ok());
        self.settings.api.base = base.or(self.settings.api.base.take());
        self.test_again()
    }

    /// Does in place of the person what has to be done on the Access keys page. None: adds the key, as in every journey.
    fn do_it(&mut self) -> Option<Vec<Effect>> {
        let is_about_old = self.journey.step >= StepId::RemoveOld;
        // No token takes a key out here: a person looks at the page and does it.
        let can_remove =
            self.is_demo() && (self.journey.step != StepId::RemoveOld || self.may_remove());
        if is_about_old && !can_remove {
            return Some(Vec::new());
        }
        if is_about_old {
            self.journey.on_page = OnPage::Asked;
            let line = self.journey.old.line();
            return Some(vec![Effect::ask(Request::RemoveKeyForMe(line))]);
        }
        if !self.has_token() {
            self.journey.on_page = OnPage::Asked;
        }
        None
    }

    /// Whether Bitbucket said before this step that the new key is where it is to be added, as far as it tells.
    fn is_new_key_there(&self) -> bool {
        let highest = if self.has_token() {
            Rung::ThisRepository
        } else {
            Rung::Recognised
        };
        self.new_test().standing(highest) == Standing::Proven
    }

    /// What is offered to do in place of the person in this step.
    pub fn do_it_words(&self) -> Option<&'static str> {
        match self.journey.step {
            StepId::AddNew if self.is_new_key_there() => None,
            StepId::AddNew | StepId::TestNew if self.has_token() => {
                Some("Add the key for me, with the token")
            }
            StepId::AddNew | StepId::TestNew if self.demo.is_some() => {
                Some("Add it for me (demo only)")
            }
            StepId::RemoveOld | StepId::TestOld if self.demo.is_some() => {
                Some("Take it out for me (demo only)")
            }
            _ => None,
        }
    }

    /// What a test of one of the keys is asked with.
    pub(super) fn prepare_test(&mut self, which: Which) -> Option<TestRequest> {
        let key = match which {
            Which::New => self.new_key()?.clone(),
            Which::Old => self.journey.old.clone(),
        };
        self.journey.is_last_round = which == Which::New && self.journey.step == StepId::TestOld;
        if which == Which::Old {
            self.journey.on_word = false;
        }
        if self.journey.is_last_round {
            // What was proven before the old key went says nothing about now.
            self.tests[which as usize].forget();
        }
        Some(TestRequest {
            url: self.journey.url.clone(),
            key: Ok(key),
            settings: self.settings.clone(),
        })
    }
}

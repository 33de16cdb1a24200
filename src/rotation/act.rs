//! What each action of the key tables does, and how steps are gone through.

use std::sync::Arc;

use super::{KeyRotation, OnPage, StepId, Which};
use crate::access_key::AccessKey;
use crate::bitbucket::pages;
use crate::check::request::TestRequest;
use crate::check::watch::{self, Goal, Watch};
use crate::check::{FixId, HostKeyPin, Rung, Standing};
use crate::connections::{RotationChange, Stage, SwitchedBy};
use crate::guide::effect::{CopyId, Request};
use crate::guide::field::Field;
use crate::guide::notices::TOKEN_FORGOTTEN;
use crate::guide::questions::Picks;
use crate::guide::token::Entered;
use crate::guide::{Action, Effect, Guide, Leaving, Overlay, open, values};

/// The answer to the question of [`StepId::Switch`] that goes on.
const YES: usize = 1;

/// Does what a key is bound to.
pub(super) fn act(rotation: &mut KeyRotation, action: Action) -> Vec<Effect> {
    if !matches!(action, Action::Scroll(_)) {
        rotation.notice = None;
    }
    if matches!(
        action,
        Action::Up | Action::Down | Action::Edit | Action::OtherField
    ) {
        // What has the focus is brought into sight.
        rotation.scroll = None;
    }
    match action {
        Action::Continue => return rotation.go_on(),
        Action::Back => {
            if let Some(step) = rotation.step.number().checked_sub(2) {
                return rotation.enter(StepId::ALL[step]);
            }
        }
        Action::GoTo(number) => {
            let step = StepId::ALL.get(number.saturating_sub(1));
            if let Some(step) = step.filter(|step| rotation.may_go_to(**step)) {
                return rotation.enter(*step);
            }
        }
        Action::Help => rotation.show(Overlay::Help),
        Action::ShowValues => rotation.show(Overlay::Values),
        Action::ShowQrCode => rotation.show(Overlay::QrCode),
        Action::ShowPlainLines => rotation.show(Overlay::PlainLines),
        Action::WriteFile => return vec![values::write(rotation)],
        Action::Quit | Action::Finish => return vec![Effect::Quit(Leaving::Quit)],
        Action::QuitNow => return vec![Effect::Quit(Leaving::Interrupted)],
        Action::CloseOverlay => rotation.close_overlay(),
        Action::OtherField => rotation.token.in_email = !rotation.token.in_email,
        Action::Scroll(distance) => {
            let line = rotation.scroll.unwrap_or(0);
            let lines = distance.in_lines(rotation.page_rows);
            rotation.scroll = Some(line.saturating_add_signed(lines));
        }
        Action::Up => rotation.picks.up(),
        Action::Down => rotation.picks.down(&KeyRotation::switch_questions()),
        Action::Edit => rotation.public_key.typing = true,
        Action::LeaveField => {
            if rotation.public_key.file.take().is_none() {
                rotation.public_key.typing = false;
            }
        }
        Action::Restore => {
            rotation.public_key.field.restore();
            rotation.public_key.judge();
        }
        Action::PasteClipboard => return vec![Effect::ask(Request::ReadClipboard)],
        Action::ChooseFile => rotation.public_key.file = Some(Field::default()),
        Action::Copy(id) => return rotation.copy(id),
        Action::OpenPage => return rotation.open(Some(&rotation.access_keys_link())),
        Action::Retry => {
            if let Some(which) = rotation.tested_here() {
                rotation.test_mut(which).is_asked_again = true;
            }
            return rotation.test_again();
        }
        Action::Cancel => rotation.cancel_tests(),
        Action::Watch => return rotation.toggle_watch(),
        Action::Fix(fix) => return rotation.apply(fix),
        Action::AddKeyForMe => return rotation.do_it(),
        Action::ConfirmGrant => {
            rotation.overlay = None;
            let request = rotation.grant_request();
            rotation.on_page = OnPage::Asked;
            rotation.tell("Asking Bitbucket to add the key.");
            let request = request.map(|request| Effect::ask(Request::Grant(Box::new(request))));
            return request.into_iter().collect();
        }
        Action::ForgetToken => return rotation.forget_token(),
        Action::GiveUp => rotation.show(Overlay::GiveUpQuestion),
        Action::ConfirmGiveUp => {
            rotation.overlay = None;
            return rotation.save(RotationChange::GiveUp);
        }
        Action::Elsewhere => rotation.show(Overlay::ElsewhereQuestion),
        Action::ConfirmElsewhere => {
            rotation.overlay = None;
            rotation.on_word = true;
            return rotation.start(Which::New);
        }
        // Keys of a setup only, and the last four of a demo, which takes them itself.
        Action::ToggleHints
        | Action::HandOff
        | Action::Report
        | Action::UseAgent
        | Action::NameKeyFile
        | Action::DropIdentity
        | Action::UseSuggestion
        | Action::Notes
        | Action::PausePlay
        | Action::StepPlay
        | Action::StopPlay => {}
    }
    Vec::new()
}

impl KeyRotation {
    fn show(&mut self, overlay: Overlay) {
        if overlay == Overlay::Help {
            self.help_over = self.overlay;
            self.scroll_beneath_help = self.scroll;
        }
        self.overlay = Some(overlay);
        self.scroll = None;
    }

    /// Closes what lies over the step. What was typed there is forgotten; what the help was asked for over comes back.
    fn close_overlay(&mut self) {
        self.scroll = None;
        if self.overlay == Some(Overlay::Help) {
            self.overlay = self.help_over;
            self.scroll = self.scroll_beneath_help;
            return;
        }
        self.overlay = None;
        self.token.wipe();
    }

    /// The same without the help that lies over it.
    #[must_use]
    pub fn beneath_help(&self) -> Self {
        let mut beneath = self.clone();
        beneath.overlay = self.help_over;
        beneath
    }

    fn go_on(&mut self) -> Vec<Effect> {
        if self.overlay == Some(Overlay::Token) {
            return self.take_token();
        }
        let stage = self.progress().map(super::Rotation::stage);
        match self.step {
            StepId::NewKey => self.take_new_key(),
            StepId::AddNew if stage == Some(Stage::Add) => self.save(RotationChange::Added),
            StepId::AddNew => self.enter(StepId::TestNew),
            StepId::TestNew if stage < Some(Stage::Switch) => {
                self.problem("The new key has to be proven before anything else.");
                Vec::new()
            }
            StepId::TestNew => self.enter(StepId::Switch),
            StepId::Switch if stage > Some(Stage::Switch) => self.enter(StepId::RemoveOld),
            StepId::Switch if self.picks.answer(0) == YES => {
                self.save(RotationChange::Switched(SwitchedBy::Person))
            }
            StepId::Switch => {
                self.problem(
                    "Then the old key has to stay for now: Coalesce Quality still needs it.",
                );
                Vec::new()
            }
            StepId::RemoveOld if !self.may_remove() => Vec::new(),
            StepId::RemoveOld if stage == Some(Stage::Refuse) => self.enter(StepId::TestOld),
            StepId::RemoveOld => self.save(RotationChange::Removed),
            StepId::TestOld => Vec::new(),
        }
    }

    fn take_new_key(&mut self) -> Vec<Effect> {
        if self.progress().is_some() {
            return self.enter(StepId::AddNew);
        }
        if let Some(file) = &self.public_key.file {
            return vec![Effect::ask(Request::ReadKeyFile(
                file.text().trim().to_owned(),
            ))];
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
    pub(super) fn enter(&mut self, step: StepId) -> Vec<Effect> {
        self.step = step;
        self.scroll = None;
        self.on_page = OnPage::Nothing;
        self.new_test.watch = None;
        self.old_test.watch = None;
        let is_tested = self.new_test.running || self.new_test.report.is_some();
        match step {
            StepId::NewKey => {
                self.public_key.typing = self.public_key.field.is_empty();
                Vec::new()
            }
            StepId::AddNew if is_tested => Vec::new(),
            StepId::TestNew if self.reached() > step && self.new_test.is_good() => Vec::new(),
            // Whether Bitbucket knows the key before it is added says what knowing it afterwards is worth.
            StepId::AddNew | StepId::TestNew => self.start(Which::New),
            StepId::Switch => {
                let is_switched = self.reached() > StepId::Switch;
                self.picks = Picks::default();
                self.picks.pick(0, if is_switched { YES } else { 0 });
                if is_switched || !self.has_token() {
                    return Vec::new();
                }
                if is_tested && self.new_test.is_good() {
                    return self.see_use();
                }
                self.start(Which::New)
            }
            // What was proven a while ago need not be so any more, and from here on the old key is at stake.
            StepId::RemoveOld => {
                self.new_test.forget();
                self.start(Which::New)
            }
            StepId::TestOld => {
                self.on_word = false;
                self.start(Which::Old)
            }
        }
    }

    fn take_token(&mut self) -> Vec<Effect> {
        match self.token.enter(self.connection.place.edition) {
            Entered::NextField => Vec::new(),
            Entered::Problem(words) => {
                self.problem(words);
                Vec::new()
            }
            Entered::Given(given) => {
                self.settings.api.token = Some(given.token);
                self.settings.api.email = given.email;
                self.overlay = None;
                self.test_again()
            }
        }
    }

    /// Forgets the token, and tests without it.
    fn forget_token(&mut self) -> Vec<Effect> {
        self.settings.api.token = None;
        self.settings.api.email = None;
        if self.step == StepId::Switch {
            // Only with a token can be seen whether the key was used.
            self.new_test.cancel();
            self.tell(TOKEN_FORGOTTEN);
            return Vec::new();
        }
        self.tell(TOKEN_FORGOTTEN);
        self.test_again()
    }

    fn copy(&self, id: CopyId) -> Vec<Effect> {
        let text = values::text_of(self.values(), id);
        let copy = text.map(|text| Effect::ask(Request::Copy(id, text)));
        copy.into_iter().collect()
    }

    /// What the tests of both keys are asked with.
    pub(super) fn request(&self, key: AccessKey) -> TestRequest {
        TestRequest {
            url: self.url.clone(),
            key: Ok(key),
            settings: self.settings.clone(),
        }
    }

    fn test_again(&mut self) -> Vec<Effect> {
        self.on_word = false;
        self.start(self.tested_here().unwrap_or(Which::New))
    }

    fn cancel_tests(&mut self) {
        self.on_word = false;
        self.is_last_round = false;
        self.tell("The test was stopped.");
        self.new_test.cancel();
        self.old_test.cancel();
    }

    fn toggle_watch(&mut self) -> Vec<Effect> {
        let Some(which) = self.tested_here() else {
            return Vec::new();
        };
        if self.test_of(which).watch.is_some() {
            self.test_mut(which).cancel();
            self.tell("Stopped watching.");
            return Vec::new();
        }
        let goal = match (which, self.step) {
            (Which::Old, _) => Goal::Gone,
            (Which::New, StepId::Switch) => Goal::Used,
            (Which::New, _) => Goal::after(self.new_test.report.as_ref()),
        };
        let watch = Watch::new(goal, self.now, watch::USUAL_LIMIT);
        self.test_mut(which).watch = Some(watch);
        self.test_again()
    }

    /// Has a page opened, if there is one.
    fn open(&mut self, page: Option<&str>) -> Vec<Effect> {
        open(page, self.demo.as_ref()).unwrap_or_else(|notice| {
            self.notice = Some(notice);
            Vec::new()
        })
    }

    fn apply(&mut self, fix: FixId) -> Vec<Effect> {
        match fix {
            FixId::CopyKey => self.copy(CopyId::Key),
            FixId::OpenAccessKeys => self.open(Some(&self.access_keys_link())),
            FixId::OpenAccessControls => self.open(pages::access_controls_guide(self.edition())),
            FixId::OpenStatusPage => self.open(pages::status_page(self.edition())),
            FixId::TrustHostKey => self.trust_shown_host_key(),
            FixId::Watch => self.toggle_watch(),
            FixId::Retry => self.test_again(),
            FixId::TryPort443 => {
                self.settings.beside_blocked_port = !self.settings.beside_blocked_port;
                self.test_again()
            }
            FixId::GiveToken => {
                self.token.wipe();
                if let Some(demo) = &self.demo {
                    self.token.token = Field::new(demo.token.as_str());
                }
                self.show(Overlay::Token);
                Vec::new()
            }
            FixId::ConfirmWebHost => self.confirm_web_host(),
            FixId::UseSuggestedUrl
            | FixId::EditUrl
            | FixId::RepasteKey
            | FixId::TryPort7999
            | FixId::HandOff
            | FixId::UseIdentity => Vec::new(),
        }
    }

    /// Trusts the host key that the last test was shown, from now on.
    fn trust_shown_host_key(&mut self) -> Vec<Effect> {
        let shown = self.tested_here().map(|which| self.test_of(which));
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
        let shown = self.tested_here().map(|which| self.test_of(which));
        let mut checks = shown.into_iter().flat_map(|test| &test.checks);
        let base = checks
            .find_map(|check| check.fix_value(FixId::ConfirmWebHost))
            .and_then(|base| base.parse().ok());
        self.settings.api.base = base.or(self.settings.api.base.take());
        self.test_again()
    }

    /// Does in place of the person what has to be done on the Access keys page.
    fn do_it(&mut self) -> Vec<Effect> {
        let is_about_old = self.step >= StepId::RemoveOld;
        if is_about_old {
            // No token takes a key out here: a person looks at the page and does it.
            if self.demo.is_none() || self.step == StepId::RemoveOld && !self.may_remove() {
                return Vec::new();
            }
            self.on_page = OnPage::Asked;
            return vec![Effect::ask(Request::RemoveKeyForMe(self.old.line()))];
        }
        if self.has_token() {
            self.show(Overlay::GrantQuestion);
            return Vec::new();
        }
        let line = self.new_key().map(AccessKey::line);
        self.on_page = OnPage::Asked;
        let add = line.map(|line| Effect::ask(Request::AddKeyForMe(line)));
        add.into_iter().collect()
    }

    /// Whether Bitbucket said before this step that the new key is where it is to be added, as far as it tells.
    fn is_new_key_there(&self) -> bool {
        let highest = if self.has_token() {
            Rung::ThisRepository
        } else {
            Rung::Recognised
        };
        self.new_test.standing(highest) == Standing::Proven
    }

    /// What is offered to do in place of the person in this step.
    pub fn do_it_words(&self) -> Option<&'static str> {
        match self.step {
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
}

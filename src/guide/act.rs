//! What each action of the key tables does.

use super::Guide;
use super::effect::{CopyId, Effect, GrantRequest, IdentitySource, Leaving, Request};
use super::field::Field;
use super::identity::Asks;
use super::input::Input;
use super::journey::Journey;
use super::keys::Action;
use super::notices::{Notice, TOKEN_FORGOTTEN};
use super::overlay::{Overlay, ShownText};
use super::token::Entered;
use super::values;
use crate::access_key::AccessKey;
use crate::bitbucket::pages;
use crate::check::FixId;
use crate::coalesce;

impl<J: Journey> Guide<J> {
    /// Does what a key is bound to.
    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        if !matches!(action, Action::Scroll(_)) {
            self.notice = None;
        }
        if matches!(
            action,
            Action::Up | Action::Down | Action::Edit | Action::OtherField
        ) {
            // What has the focus is brought into sight.
            self.overlays.set_scroll(None);
        }
        self.decide(action)
    }

    /// Does it as the journey does, or else as every journey does.
    fn decide(&mut self, action: Action) -> Vec<Effect> {
        if let Some(effects) = self.take_what_was_entered(action) {
            return effects;
        }
        if let Some(effects) = J::act(self, action) {
            return effects;
        }
        match action {
            Action::Back if self.goes_to_question_before() => {}
            Action::Back => {
                if let Some(before) = self.step().0.checked_sub(1).filter(|before| *before > 0) {
                    return J::enter(self, before);
                }
            }
            Action::GoTo(number) if self.may_go_to(number) => return J::enter(self, number),
            Action::Show(overlay) => self.show(overlay),
            Action::WriteFile => return self.write_file(),
            Action::Quit => return self.quit(),
            Action::Finish => return vec![Effect::Quit(Leaving::Quit)],
            Action::QuitNow => return vec![Effect::Quit(Leaving::Interrupted)],
            Action::CloseOverlay => self.close_overlay(),
            Action::OtherField => self.token.in_email = !self.token.in_email,
            Action::Scroll(distance) => {
                let line = self.scroll().unwrap_or(0);
                let lines = distance.in_lines(self.page_rows);
                self.scroll_to(line.saturating_add_signed(lines));
            }
            Action::Up => self.pick(|picks, _| picks.up()),
            Action::Down => self.pick(super::questions::Picks::down),
            Action::Edit => self.set_typing(true),
            Action::LeaveField => {
                if self.public_key.file.take().is_none() {
                    self.set_typing(false);
                }
            }
            Action::Restore => self.edit(Field::restore),
            Action::PasteClipboard => return vec![Effect::ask(Request::ReadClipboard)],
            Action::ChooseFile => self.public_key.file = Some(Field::default()),
            Action::Copy(id) => return self.copy(id),
            Action::OpenPage => return self.open_page(),
            Action::Retry => return self.retry(),
            Action::Cancel => self.cancel_tests(),
            Action::Watch => return self.toggle_watch(None),
            Action::Fix(fix) => return self.apply(fix),
            Action::AddKeyForMe => return self.add_key_for_me(),
            Action::ForgetToken => return self.forget_token(),
            Action::Confirm(Overlay::GrantQuestion) => return self.grant(),
            Action::UseAgent => return self.take_identity(IdentitySource::Agent),
            Action::NameKeyFile => self.identity.asks = Asks::File,
            Action::DropIdentity => return self.drop_identity(),
            // Those that only some journey or a stage has.
            Action::Continue | Action::GoTo(_) | Action::Confirm(_) | Action::Own(_) => {}
        }
        Vec::new()
    }

    /// Takes in what was typed in a form, or goes on to the next question. None: the step is done.
    fn take_what_was_entered(&mut self, action: Action) -> Option<Vec<Effect>> {
        if action != Action::Continue {
            return None;
        }
        match self.overlay() {
            Some(Overlay::Token) => return Some(self.take_token()),
            Some(Overlay::Identity) => return Some(self.enter_identity()),
            _ => {}
        }
        if let (Input::Key, Some(file)) = (J::input(self), &self.public_key.file) {
            let name = file.text().trim().to_owned();
            return Some(vec![Effect::ask(Request::ReadKeyFile(name))]);
        }
        self.goes_to_next_question().then(Vec::new)
    }

    pub(super) fn may_go_to(&self, number: usize) -> bool {
        let steps = self.steps();
        let step = number.checked_sub(1).and_then(|index| steps.get(index));
        step.is_some_and(|step| step.is_open)
    }

    /// Shows this over the step.
    pub fn show(&mut self, overlay: Overlay) {
        if overlay == Overlay::PlainLines {
            // The same in another form, so it takes its place.
            self.overlays.pop();
        }
        self.overlays.push(overlay);
    }

    /// Closes what lies on top. What was typed there is forgotten.
    fn close_overlay(&mut self) {
        if self.overlays.pop() != Some(Overlay::Help) {
            self.token.wipe();
            self.identity.wipe();
        }
    }

    fn quit(&mut self) -> Vec<Effect> {
        if self.overlay() != Some(Overlay::QuitQuestion) && J::would_lose_work(self) {
            self.show(Overlay::QuitQuestion);
            return Vec::new();
        }
        vec![Effect::Quit(Leaving::Quit)]
    }

    pub(super) fn text_to_copy(&self, id: CopyId) -> Option<String> {
        let shown = match id {
            CopyId::HandOff => self.shown_text(Overlay::HandOff),
            CopyId::Report => self.shown_text(Overlay::Report),
            value => return values::text_of(self.values(), value),
        };
        shown.map(|shown| shown.document.to_markdown())
    }

    /// The text of what lies over the step, if it is one that can be copied and saved.
    pub fn shown_text(&self, overlay: Overlay) -> Option<ShownText> {
        J::text(self, overlay)
    }

    fn copy(&mut self, id: CopyId) -> Vec<Effect> {
        let text = self.text_to_copy(id);
        let copy = text.map(|text| Effect::ask(Request::Copy(id, text)));
        copy.into_iter().collect()
    }

    /// Has what lies over the step written to a file.
    fn write_file(&mut self) -> Vec<Effect> {
        let Some(overlay) = self.overlay() else {
            return Vec::new();
        };
        if overlay == Overlay::Values {
            return vec![values::write(self)];
        }
        let shown = self.shown_text(overlay).into_iter();
        shown
            .map(|shown| Effect::ask(Request::WriteFile(shown.file, shown.document.to_markdown())))
            .collect()
    }

    fn open_page(&mut self) -> Vec<Effect> {
        let link = self.page_link();
        if link.is_none() {
            self.problem("Paste an address of the repository first, then doorkey knows the page.");
        }
        self.open(link.as_deref())
    }

    /// Has a page opened, if there is one. A demo opens only its own: it is said to stay on this computer, and on a stage
    /// there may be no network.
    fn open(&mut self, page: Option<&str>) -> Vec<Effect> {
        let Some(page) = page else {
            return Vec::new();
        };
        if self.demo.as_ref().is_some_and(|demo| demo.page != page) {
            self.notice = Some(Notice::told(format!(
                "In a demo nothing on the web is opened. It would be {page}"
            )));
            return Vec::new();
        }
        vec![Effect::ask(Request::OpenPage(page.to_owned()))]
    }

    /// Applies a fix as every journey does.
    fn apply(&mut self, fix: FixId) -> Vec<Effect> {
        match fix {
            FixId::CopyKey => return self.copy(CopyId::Key),
            FixId::OpenAccessKeys => return self.open_page(),
            FixId::OpenAccessControls => {
                return self.open(pages::access_controls_guide(self.edition()));
            }
            FixId::OpenStatusPage => return self.open(pages::status_page(self.edition())),
            FixId::Watch => return self.decide(Action::Watch),
            FixId::Retry => return self.test_again(),
            FixId::TryPort443 => {
                self.settings.beside_blocked_port = !self.settings.beside_blocked_port;
                return self.test_again();
            }
            FixId::HandOff => self.show(Overlay::HandOff),
            FixId::GiveToken => self.ask_for_token(),
            FixId::UseIdentity => self.ask_for_identity(),
            // Where they lead is the journey's own.
            FixId::UseSuggestedUrl
            | FixId::EditUrl
            | FixId::RepasteKey
            | FixId::TrustHostKey
            | FixId::TryPort7999
            | FixId::ConfirmWebHost => {}
        }
        Vec::new()
    }

    fn ask_for_token(&mut self) {
        self.token.wipe();
        if let Some(demo) = &self.demo {
            self.token.token = Field::new(demo.token.as_str());
        }
        self.show(Overlay::Token);
    }

    /// Takes the token from its form, and tests with it.
    fn take_token(&mut self) -> Vec<Effect> {
        match self.token.enter(self.edition()) {
            Entered::NextField => {}
            Entered::Problem(words) => self.problem(words),
            Entered::Given(given) => {
                self.drop_token();
                self.settings.api.token = Some(given.token);
                self.settings.api.email = given.email;
                self.overlays.clear();
                return self.test_again();
            }
        }
        Vec::new()
    }

    /// Forgets the token, and tests without it.
    fn forget_token(&mut self) -> Vec<Effect> {
        self.drop_token();
        self.tell(TOKEN_FORGOTTEN);
        self.test_again()
    }

    pub(crate) fn drop_token(&mut self) {
        self.token_goes_to = None;
        self.settings.api.token = None;
        self.settings.api.email = None;
    }

    /// Adds the key in place of the person: with a token, after a question; in a demo at once.
    fn add_key_for_me(&mut self) -> Vec<Effect> {
        if self.has_token() {
            self.show(Overlay::GrantQuestion);
            return Vec::new();
        }
        let line = self.subject().key.as_ref().map(AccessKey::line);
        let add = line.map(|line| Effect::ask(Request::AddKeyForMe(line)));
        add.into_iter().collect()
    }

    /// Adds the key with the token.
    fn grant(&mut self) -> Vec<Effect> {
        self.overlays.clear();
        let Some(request) = self.grant_request() else {
            return Vec::new();
        };
        self.tell("Asking Bitbucket to add the key.");
        vec![Effect::ask(Request::Grant(Box::new(request)))]
    }

    /// What would be added where, if all that takes is known.
    pub fn grant_request(&self) -> Option<GrantRequest> {
        self.has_token().then_some(())?;
        let subject = self.subject();
        Some(GrantRequest {
            place: subject.place?,
            key: subject.key?,
            label: coalesce::key_label().to_owned(),
            access: self.settings.api.clone(),
        })
    }
}

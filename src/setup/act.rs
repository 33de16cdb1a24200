//! What each action of the key tables does.

use super::update::edit;
use super::{StepId, Wizard};
use crate::access_key::AccessKey;
use crate::bitbucket::RepositoryAddress;
use crate::guide::effect::{CopyId, Effect, IdentitySource, Leaving, Request};
use crate::guide::field::Field;
use crate::guide::keys::Action;
use crate::guide::notices::ADDRESS_CHANGED;
use crate::guide::ticket::Asking as _;
use crate::guide::{Overlay, values};

/// Does what a key is bound to.
pub(super) fn act(wizard: &mut Wizard, action: Action) -> Vec<Effect> {
    if !matches!(action, Action::Scroll(_)) {
        wizard.notice = None;
    }
    if matches!(
        action,
        Action::Up | Action::Down | Action::Edit | Action::OtherField | Action::ToggleHints
    ) {
        // What has the focus is brought into sight.
        wizard.scroll = None;
    }
    match action {
        Action::Continue => return wizard.go_on(),
        Action::Back if wizard.goes_to_question_before() => {}
        Action::Back => {
            if let Some(step) = wizard.step.neighbour(-1) {
                return wizard.go_to(step);
            }
        }
        Action::GoTo(number) => {
            if let Some(step) = StepId::ALL.get(number.saturating_sub(1)) {
                return wizard.go_to(*step);
            }
        }
        Action::ShowValues => wizard.show(Overlay::Values),
        Action::ShowQrCode => wizard.show(Overlay::QrCode),
        Action::ShowPlainLines => wizard.show(Overlay::PlainLines),
        Action::Help => wizard.show(Overlay::Help),
        Action::HandOff => wizard.show(Overlay::HandOff),
        Action::Report => wizard.show(Overlay::Report),
        Action::WriteFile => return wizard.write_file(),
        Action::Quit => return wizard.quit(),
        Action::Finish => return vec![Effect::Quit(Leaving::Quit)],
        Action::QuitNow => return vec![Effect::Quit(Leaving::Interrupted)],
        Action::CloseOverlay => wizard.close_overlay(),
        Action::OtherField => wizard.token.in_email = !wizard.token.in_email,
        Action::Scroll(distance) => {
            let line = wizard.scroll.unwrap_or(0);
            let lines = distance.in_lines(wizard.page_rows);
            wizard.scroll = Some(line.saturating_add_signed(lines));
        }
        Action::Up => wizard.pick(|picks, _| picks.up()),
        Action::Down => wizard.pick(crate::guide::questions::Picks::down),
        Action::Edit => wizard.set_typing(true),
        Action::LeaveField => {
            if wizard.public_key.file.take().is_none() {
                wizard.set_typing(false);
            }
        }
        Action::Restore => edit(wizard, Field::restore),
        Action::PasteClipboard => return vec![Effect::ask(Request::ReadClipboard)],
        Action::ChooseFile => wizard.public_key.file = Some(Field::default()),
        Action::Copy(id) => return wizard.copy(id),
        Action::OpenPage => return wizard.open_page(),
        Action::ToggleHints => wizard.access_keys_page.hints = !wizard.access_keys_page.hints,
        Action::UseSuggestion => wizard.use_suggestion(),
        Action::Retry => {
            wizard.connection_test.is_asked_again = true;
            return wizard.test_again();
        }
        Action::Cancel => wizard.cancel_test(),
        Action::Watch => return wizard.toggle_watch(),
        Action::Fix(fix) => return wizard.apply(fix),
        Action::AddKeyForMe if wizard.has_token() => wizard.show(Overlay::GrantQuestion),
        Action::AddKeyForMe => {
            let line = wizard.key().map(AccessKey::line);
            let add = line.map(|line| Effect::ask(Request::AddKeyForMe(line)));
            return add.into_iter().collect();
        }
        Action::ForgetToken => return wizard.forget_token(),
        Action::ConfirmGrant => return wizard.grant(),
        Action::UseAgent => return wizard.take_identity(IdentitySource::Agent),
        Action::NameKeyFile => wizard.name_key_file(),
        Action::DropIdentity => return wizard.drop_identity(),
        // Keys of a rotation only, and the last four of a demo, which takes them itself.
        Action::GiveUp
        | Action::ConfirmGiveUp
        | Action::Elsewhere
        | Action::ConfirmElsewhere
        | Action::Notes
        | Action::PausePlay
        | Action::StepPlay
        | Action::StopPlay => {}
    }
    Vec::new()
}

impl Wizard {
    pub(super) fn copy(&mut self, id: CopyId) -> Vec<Effect> {
        let text = self.text_to_copy(id);
        let copy = text.map(|text| Effect::ask(Request::Copy(id, text)));
        copy.into_iter().collect()
    }

    /// Has what lies over the step written to a file.
    fn write_file(&mut self) -> Vec<Effect> {
        if self.overlay == Some(Overlay::Values) {
            return vec![values::write(self)];
        }
        let shown = self.overlay.and_then(|overlay| self.shown_text(overlay));
        shown
            .map(|shown| Effect::ask(Request::WriteFile(shown.file, shown.document.to_markdown())))
            .into_iter()
            .collect()
    }

    pub(super) fn open_page(&mut self) -> Vec<Effect> {
        let link = self.page_link();
        if link.is_none() {
            self.problem("Paste an address of the repository first, then doorkey knows the page.");
        }
        self.open(link.as_deref())
    }

    pub(super) fn use_suggestion(&mut self) {
        if self.step == StepId::AccessKeysPage {
            return self.use_meant_address();
        }
        let Some(suggestion) = self.ssh_url.suggestion().map(RepositoryAddress::ssh) else {
            return;
        };
        self.ssh_url.set(&suggestion, &self.settings.aliases);
        self.forget_test();
        self.tell(ADDRESS_CHANGED);
    }

    /// Puts the address that may be meant in the place of the one that can't be read.
    fn use_meant_address(&mut self) {
        let Some(meant) = self
            .access_keys_page
            .suggestion()
            .map(RepositoryAddress::ssh)
        else {
            return;
        };
        self.access_keys_page.set(&meant, &self.settings.aliases);
        self.follow_address();
        self.connection_test.forget();
        self.tell(ADDRESS_CHANGED);
    }
}

//! Step 4: from any address of the repository to its Access keys page.

use crossterm::event::KeyCode;

use crate::bitbucket::{
    Reading, Refusal, RepositoryAddress, RepositoryPlace, SshAliases, read_address,
};
use crate::check::{Code, FixId};
use crate::guide::Overlay;
use crate::guide::effect::CopyId;
use crate::guide::field::Field;
use crate::guide::keys::{Action, Binding, restore_binding, typing_bindings};
use crate::setup::act::{TOGGLE_HINTS, USE_SUGGESTION};

/// The repository's address as it was given, and where its page is.
#[derive(Clone, Debug)]
pub struct AccessKeysPage {
    /// What was pasted or typed.
    pub field: Field,
    /// What it is.
    pub reading: Result<Reading, Refusal>,
    /// Whether letters go into the field.
    pub typing: bool,
    /// Whether "what if Repository settings is missing" is shown.
    pub hints: bool,
}

impl AccessKeysPage {
    /// The step with what was given beforehand.
    pub fn new(given: &str, aliases: &SshAliases) -> Self {
        Self {
            field: Field::new(given),
            reading: read_address(given, aliases),
            typing: given.is_empty(),
            hints: false,
        }
    }

    /// Puts an address in.
    pub fn set(&mut self, address: &str, aliases: &SshAliases) {
        self.field.replace(address);
        self.reading = read_address(address, aliases);
        self.typing = false;
    }

    /// Where the repository is, once the address says so.
    pub fn place(&self) -> Option<&RepositoryPlace> {
        self.reading.as_ref().ok().map(|reading| &reading.place)
    }

    /// The address that may be meant by one that can't be read.
    pub fn suggestion(&self) -> Option<&RepositoryAddress> {
        self.reading.as_ref().err()?.suggestion.as_ref()
    }

    /// Whether the address is that of a web page.
    pub fn is_given_a_page(&self) -> bool {
        let repair = self
            .reading
            .as_ref()
            .ok()
            .and_then(|reading| reading.repair.as_ref());
        repair.is_some_and(|repair| repair.code == Code::UrlBrowserPage)
    }

    /// The keys of this step.
    pub fn bindings(&self) -> Vec<Binding> {
        if self.typing {
            return typing_bindings();
        }
        let mut bindings = vec![Binding::new(KeyCode::Enter, Action::Continue, "next")];
        if self.place().is_some() {
            bindings.extend([
                Binding::letter('o', Action::OpenPage, FixId::OpenAccessKeys.label()),
                Binding::letter('c', Action::Copy(CopyId::Key), FixId::CopyKey.label()),
                Binding::letter('l', Action::Copy(CopyId::PageLink), "copy link"),
            ]);
        }
        if self.suggestion().is_some() {
            bindings.push(Binding::letter('u', USE_SUGGESTION, "use the suggestion"));
        }
        bindings.extend([
            Binding::letter('e', Action::Edit, "edit"),
            Binding::new(KeyCode::Tab, Action::Edit, "edit").only_in_help(),
            Binding::control('v', Action::PasteClipboard, "paste from the clipboard")
                .only_in_help(),
            Binding::letter('m', TOGGLE_HINTS, "settings missing?"),
            Binding::letter('h', Action::Show(Overlay::HandOff), "ask an administrator")
                .only_in_help(),
        ]);
        bindings.extend(restore_binding(&self.field));
        bindings
    }
}

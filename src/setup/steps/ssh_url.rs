//! Step 5: the SSH URL that stands in Coalesce Quality's form.

use crossterm::event::KeyCode;

use crate::bitbucket::{Reading, Refusal, RepositoryAddress, SshAliases, read_address};
use crate::check::Status;
use crate::guide::effect::CopyId;
use crate::guide::field::Field;
use crate::guide::keys::{Action, Binding, restore_binding, typing_bindings};
use crate::setup::act::USE_SUGGESTION;

/// The SSH URL and how it is judged.
#[derive(Clone, Debug)]
pub struct SshUrl {
    /// What was derived, pasted or typed.
    pub field: Field,
    /// What it is.
    pub reading: Result<Reading, Refusal>,
    /// Whether letters go into the field.
    pub typing: bool,
    /// Whether a person typed it in this step; anything else follows the address of the step before.
    pub by_hand: bool,
    /// Whether host or port was derived from an address that does not say them.
    pub guessed: bool,
}

impl SshUrl {
    /// In front of an address that nobody gave, but may have meant.
    pub const MAY_BE_MEANT: &str = "If you mean this one, use it:";

    /// The step with what was given beforehand.
    pub fn new(given: &str, aliases: &SshAliases) -> Self {
        Self {
            field: Field::new(given),
            reading: read_address(given, aliases),
            typing: given.is_empty(),
            by_hand: false,
            guessed: false,
        }
    }

    /// Puts a derived address in, unless a person has put another there.
    pub fn derive(&mut self, reading: &Reading, aliases: &SshAliases) {
        if !self.by_hand {
            // Nobody typed what was there, so there is nothing to bring back.
            self.field.wipe();
            self.set(&reading.address.ssh(), aliases);
            self.guessed = reading.repair.as_ref().is_some_and(|repair| repair.guessed);
        }
    }

    /// Puts an address in.
    pub fn set(&mut self, url: &str, aliases: &SshAliases) {
        self.field.replace(url);
        self.reading = read_address(url, aliases);
        self.typing = false;
        self.guessed = false;
    }

    /// The repaired address, where what is there needs a repair, or the one that may be meant by it.
    pub fn suggestion(&self) -> Option<&RepositoryAddress> {
        match &self.reading {
            Ok(reading) => reading.repair.as_ref().map(|_| &reading.address),
            Err(refusal) => refusal.suggestion.as_ref(),
        }
    }

    /// Whether it can be tested as it stands.
    pub fn can_be_tested(&self) -> bool {
        self.reading.as_ref().is_ok_and(|reading| {
            let repair = reading.repair.as_ref();
            repair.is_none_or(|repair| repair.code.status() != Status::Fail)
        })
    }

    /// The address as it stands there, if it can be tested.
    pub fn tested(&self) -> Option<&str> {
        self.can_be_tested().then(|| self.field.text().trim())
    }

    /// The keys of this step.
    pub fn bindings(&self) -> Vec<Binding> {
        if self.typing {
            return typing_bindings();
        }
        let mut bindings = vec![Binding::new(KeyCode::Enter, Action::Continue, "next")];
        if self.suggestion().is_some() {
            bindings.push(Binding::letter('u', USE_SUGGESTION, "use the suggestion"));
        }
        if self.can_be_tested() {
            bindings.push(Binding::letter('c', Action::Copy(CopyId::SshUrl), "copy"));
        }
        bindings.extend([
            Binding::letter('e', Action::Edit, "edit"),
            Binding::new(KeyCode::Tab, Action::Edit, "edit").only_in_help(),
            Binding::control('v', Action::PasteClipboard, "paste from the clipboard")
                .only_in_help(),
        ]);
        bindings.extend(restore_binding(&self.field));
        bindings
    }
}

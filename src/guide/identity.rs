//! Using one's own SSH identity, because somebody asked for it: the agent, or a key file with its passphrase. Nothing of
//! it is kept but what the test needs, in memory.

use std::fmt;

use crossterm::event::KeyCode;
use secrecy::SecretString;

use super::Guide;
use super::effect::{Effect, IdentitySource, Request};
use super::field::Field;
use super::journey::Journey;
use super::keys::{Action, Binding};
use super::notices::WORDS_LIMIT;
use super::overlay::Overlay;
use crate::access_key::is_private;
use crate::check::{Check, CheckId, NotOpened, OwnIdentity, Standing};
use crate::text::harmless;

/// What the form asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asks {
    /// Where the identity is.
    #[default]
    Where,
    /// The name of its file.
    File,
    /// The passphrase that opens the file.
    Passphrase,
}

/// The identity while it is being asked for.
#[derive(Clone, Default)]
pub struct IdentityForm {
    /// What is asked for now.
    pub asks: Asks,
    /// The name of the key file.
    pub file: Field,
    /// Its passphrase. Never shown.
    pub passphrase: Field,
    /// Whether it is being taken from where it is.
    pub(crate) is_waiting: bool,
}

impl IdentityForm {
    /// The field that has the focus.
    pub(crate) fn focused(&mut self) -> &mut Field {
        match self.asks {
            Asks::Passphrase => &mut self.passphrase,
            Asks::Where | Asks::File => &mut self.file,
        }
    }

    /// Whether a field of the form, by its place there, is the one that has the focus.
    pub(crate) fn has_focus(&self, number: usize) -> bool {
        match self.asks {
            Asks::Where => false,
            Asks::File => number == 0,
            Asks::Passphrase => number == 1,
        }
    }

    /// Where to take it from, as it was typed. Fails with a sentence.
    pub(crate) fn source(&self) -> Result<IdentitySource, &'static str> {
        let name = self.file.text().trim();
        if name.is_empty() {
            return Err("There is no file name yet. Type it, or press esc to leave it.");
        }
        let passphrase = (self.asks == Asks::Passphrase)
            .then(|| SecretString::from(self.passphrase.text().to_owned()));
        Ok(IdentitySource::File {
            name: name.to_owned(),
            passphrase,
        })
    }

    /// Overwrites all that was typed. What was asked for does not count any more.
    pub(crate) fn wipe(&mut self) {
        self.file.wipe();
        self.passphrase.wipe();
        self.asks = Asks::Where;
        self.is_waiting = false;
    }

    /// The keys while the form is open.
    pub(crate) fn bindings(&self, is_used: bool) -> Vec<Binding> {
        let leave = Binding::new(KeyCode::Esc, Action::CloseOverlay, "leave it");
        let enter = match self.asks {
            Asks::Where => {
                let mut bindings = vec![
                    Binding::letter('a', Action::UseAgent, "ask my SSH agent"),
                    Binding::letter('f', Action::NameKeyFile, "read a key file"),
                ];
                if is_used {
                    let label = "use it no more";
                    bindings.push(Binding::letter('n', Action::DropIdentity, label));
                }
                bindings.push(leave);
                return bindings;
            }
            Asks::File => "read it",
            Asks::Passphrase => "open it",
        };
        vec![
            Binding::new(KeyCode::Enter, Action::Continue, enter),
            Binding::control('v', Action::PasteClipboard, "paste from the clipboard"),
            leave,
        ]
    }
}

impl fmt::Debug for IdentityForm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IdentityForm")
            .field("asks", &self.asks)
            .field("file", &self.file.text())
            .field("passphrase", &"[hidden]")
            .field("is_waiting", &self.is_waiting)
            .finish()
    }
}

impl<J: Journey> Guide<J> {
    /// Whether the person's own identity is used in tests.
    pub fn has_own_identity(&self) -> bool {
        self.settings.own_identity.is_some()
    }

    /// What was found with the person's own identity, where it tells nothing about the vendor's key: then it stands
    /// beside the ladder, not on it. A cause that it found is explained among the others.
    pub fn found_with_own_identity(&self) -> Option<&Check> {
        let test = self.tests.first()?;
        if !self.has_own_identity() || test.running && test.watch.is_none() {
            return None;
        }
        let mut checks = test.checks.iter();
        let found = checks.find(|check| check.id == CheckId::Repository)?;
        (found.code.is_none() && found.standing == Standing::Unknown).then_some(found)
    }

    pub(super) fn ask_for_identity(&mut self) {
        self.identity.wipe();
        self.show(Overlay::Identity);
    }

    /// Has the identity taken from what was typed.
    pub(super) fn enter_identity(&mut self) -> Vec<Effect> {
        if self.identity.is_waiting {
            return Vec::new();
        }
        match self.identity.source() {
            Ok(source) => self.take_identity(source),
            Err(why) => {
                self.problem(why);
                Vec::new()
            }
        }
    }

    pub(super) fn take_identity(&mut self, source: IdentitySource) -> Vec<Effect> {
        let form = &mut self.identity;
        form.passphrase.wipe();
        form.is_waiting = true;
        self.tell("Looking at your identity.");
        vec![Effect::ask(Request::TakeIdentity(source))]
    }

    /// Takes in the identity and tests with it, or says why it can't be had.
    pub(super) fn hear_of_identity(
        &mut self,
        taken: Result<OwnIdentity, NotOpened>,
    ) -> Vec<Effect> {
        let form = &mut self.identity;
        form.is_waiting = false;
        match taken {
            Ok(identity) => {
                form.wipe();
                self.settings.own_identity = Some(identity);
                self.overlays.clear();
                self.notice = None;
                if self.has_token() {
                    self.tell("Your own identity is asked only where Bitbucket does not tell with the token.");
                }
                return self.test_again();
            }
            Err(NotOpened::Locked) => {
                form.asks = Asks::Passphrase;
                self.notice = None;
            }
            Err(NotOpened::WrongPassphrase) => {
                self.problem("That passphrase does not open the key. Try again.");
            }
            Err(NotOpened::Unusable(why)) => {
                if form.asks == Asks::Passphrase {
                    form.asks = Asks::File;
                }
                self.problem(format!("{}.", harmless(&why, WORDS_LIMIT)));
            }
        }
        Vec::new()
    }

    pub(super) fn drop_identity(&mut self) -> Vec<Effect> {
        self.settings.own_identity = None;
        self.overlays.clear();
        self.tell("Your own identity is used no more.");
        self.test_again()
    }

    /// Wipes a private key that came in place of the name of its file.
    pub(super) fn drop_key_in_place_of_its_file(&mut self) {
        let field = self.identity.focused();
        if is_private(field.text()) {
            field.wipe();
            self.problem(
                "That was the private key itself. It was not kept: name the file it is in.",
            );
        }
    }
}

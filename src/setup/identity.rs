//! Using one's own SSH identity in a setup.

use super::Wizard;
use crate::access_key::is_private;
use crate::check::{Check, CheckId, NotOpened, OwnIdentity, Standing};
use crate::guide::Overlay;
use crate::guide::effect::{Effect, IdentitySource, Request};
use crate::guide::identity::Asks;
use crate::guide::notices::WORDS_LIMIT;
use crate::text::harmless;

impl Wizard {
    /// Whether the person's own identity is used in tests.
    pub fn has_own_identity(&self) -> bool {
        self.settings.own_identity.is_some()
    }

    /// What was found with the person's own identity, where it tells nothing about the vendor's key: then it stands
    /// beside the ladder, not on it. A cause that it found is explained among the others.
    pub fn found_with_own_identity(&self) -> Option<&Check> {
        let test = &self.connection_test;
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

    pub(super) fn name_key_file(&mut self) {
        self.identity.asks = Asks::File;
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
                self.overlay = None;
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
                self.problem(&format!("{}.", harmless(&why, WORDS_LIMIT)));
            }
        }
        Vec::new()
    }

    pub(super) fn drop_identity(&mut self) -> Vec<Effect> {
        self.settings.own_identity = None;
        self.overlay = None;
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

//! Using one's own SSH identity, because somebody asked for it: the agent, or a key file with its passphrase. Nothing of
//! it is kept but what the test needs, in memory.

use std::fmt;

use crossterm::event::KeyCode;
use secrecy::SecretString;

use super::effect::IdentitySource;
use super::field::Field;
use super::keys::{Action, Binding};

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

//! Step 3: the public key.

use crossterm::event::KeyCode;

use crate::access_key::{AccessKey, Refusal, is_private};
use crate::check::{Code, FixId};
use crate::guide::effect::CopyId;
use crate::guide::field::{Field, Inserted};
use crate::guide::keys::{Action, Binding, restore_binding, typing_bindings};

/// The key as it was given, and what it is.
#[derive(Clone, Debug)]
pub struct PublicKey {
    /// What was pasted or typed.
    pub field: Field,
    /// What it is.
    pub reading: Result<AccessKey, Refusal>,
    /// Whether letters go into the field.
    pub typing: bool,
    /// The name of a file to read, while it is asked for.
    pub file: Option<Field>,
}

impl PublicKey {
    /// The step with what was given beforehand.
    pub fn new(given: Option<&[u8]>) -> Self {
        let mut step = Self {
            field: Field::default(),
            reading: AccessKey::read(""),
            typing: true,
            file: None,
        };
        if let Some(bytes) = given {
            step.give_file(bytes);
        }
        step
    }

    /// Takes in what was pasted. It takes the place of what is in the field; but what is no key may be a part of one, where
    /// somebody types and there is none yet.
    pub fn give(&mut self, text: &str) -> Inserted {
        let inserted = if self.typing && self.reading.is_err() && !is_key(text) {
            self.field.insert(text)
        } else {
            self.field.replace(text)
        };
        if inserted == Inserted::Whole {
            self.judge();
            if self.reading.is_ok() {
                self.typing = false;
            }
        }
        inserted
    }

    /// Takes in the bytes of a file that was asked for.
    pub fn give_file(&mut self, bytes: &[u8]) {
        self.file = None;
        self.typing = false;
        self.reading = AccessKey::read_bytes(bytes);
        self.field.clear();
        if let Ok(key) = &self.reading {
            self.field.replace(&key.line());
        }
    }

    /// Reads the field again after a change. A private key is wiped at once; only the refusal stays.
    pub fn judge(&mut self) {
        self.reading = AccessKey::read(self.field.text());
        if self.is_private() {
            self.field.wipe();
        }
    }

    /// Whether what was given is a private key.
    fn is_private(&self) -> bool {
        matches!(&self.reading, Err(refusal) if refusal.code == Code::KeyPrivate)
    }

    /// The keys of this step.
    pub fn bindings(&self) -> Vec<Binding> {
        if self.file.is_some() {
            return vec![
                Binding::new(KeyCode::Enter, Action::Continue, "read the file"),
                Binding::new(KeyCode::Esc, Action::LeaveField, "don't"),
            ];
        }
        let clipboard = "paste from the clipboard";
        if self.typing {
            let mut bindings = typing_bindings();
            if self.field.is_empty() {
                // No key that Bitbucket takes begins with v.
                bindings[1] = Binding::letter('v', Action::PasteClipboard, clipboard);
                bindings
                    .push(Binding::control('v', Action::PasteClipboard, clipboard).only_in_help());
            }
            return bindings;
        }
        let mut bindings = vec![
            Binding::new(KeyCode::Enter, Action::Continue, "next"),
            Binding::letter('v', Action::PasteClipboard, clipboard),
            Binding::control('v', Action::PasteClipboard, clipboard).only_in_help(),
            Binding::letter('f', Action::ChooseFile, "read a file"),
            Binding::letter('e', Action::Edit, "edit"),
            Binding::new(KeyCode::Tab, Action::Edit, "edit").only_in_help(),
        ];
        if self.reading.is_ok() {
            bindings.insert(
                1,
                Binding::letter('c', Action::Copy(CopyId::Key), FixId::CopyKey.label()),
            );
        }
        bindings.extend(restore_binding(&self.field));
        bindings
    }
}

/// Whether a text is a key as it stands, if only one that is refused.
pub(crate) fn is_key(text: &str) -> bool {
    is_private(text) || AccessKey::read(text).is_ok()
}

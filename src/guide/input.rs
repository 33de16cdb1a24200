//! What a step takes in: answers, a key or an address. Typing, pasting and picking are the same in every journey.

use zeroize::{Zeroize, Zeroizing};

use super::Guide;
use super::field::{Field, Inserted};
use super::identity::Asks;
use super::journey::Journey;
use super::notices::{EMPTY_CLIPBOARD, Notice, WORDS_LIMIT};
use super::overlay::Overlay;
use super::public_key::is_key;
use super::questions::{Picks, Question};
use crate::access_key::is_private;
use crate::bitbucket::address::without_password;
use crate::bitbucket::{SshAliases, read_address};
use crate::text::harmless;

/// What the step on the screen takes in.
#[derive(Debug)]
pub enum Input<'a> {
    /// Nothing.
    Nothing,
    /// The answers to these questions.
    Questions(Vec<Question>, &'a Picks),
    /// The public key.
    Key,
    /// An address.
    Address {
        /// Whether letters go into its field.
        is_typing: bool,
    },
}

/// The same, to be changed.
#[derive(Debug)]
pub enum InputMut<'a> {
    /// Nothing.
    Nothing,
    /// The answers to questions.
    Questions(&'a mut Picks),
    /// The public key.
    Key,
    /// An address.
    Address {
        /// What stands there.
        field: &'a mut Field,
        /// Whether letters go into it.
        typing: &'a mut bool,
    },
}

impl<J: Journey> Guide<J> {
    /// Whether letters go into a field.
    pub fn is_typing(&self) -> bool {
        match self.overlay() {
            Some(Overlay::Token) => true,
            Some(Overlay::Identity) => self.identity.asks != Asks::Where,
            Some(_) => false,
            None => match J::input(self) {
                Input::Key => self.public_key.typing || self.public_key.file.is_some(),
                Input::Address { is_typing } => is_typing,
                Input::Nothing | Input::Questions(..) => false,
            },
        }
    }

    /// Begins or ends typing in the step's field.
    pub(crate) fn set_typing(&mut self, is_typing: bool) {
        match J::input_mut(self) {
            InputMut::Key => self.public_key.typing = is_typing,
            InputMut::Address { typing, .. } => *typing = is_typing,
            InputMut::Nothing | InputMut::Questions(_) => {}
        }
    }

    /// Changes the field that has the focus, and lets the journey judge what is in it then.
    pub(super) fn edit(&mut self, change: impl FnOnce(&mut Field)) {
        self.overlays.set_scroll(None);
        match self.overlay() {
            Some(Overlay::Token) => {
                self.notice = None;
                return change(self.token.focused());
            }
            Some(Overlay::Identity) => {
                self.notice = None;
                change(self.identity.focused());
                return self.drop_key_in_place_of_its_file();
            }
            _ => {}
        }
        let dropped = match J::input_mut(self) {
            InputMut::Key => {
                let step = &mut self.public_key;
                if let Some(file) = &mut step.file {
                    return change(file);
                }
                if !has_changed(&mut step.field, change) {
                    return;
                }
                step.judge();
                None
            }
            InputMut::Address { field, .. } => {
                if !has_changed(field, change) {
                    return;
                }
                drop_secrets(field)
            }
            InputMut::Nothing | InputMut::Questions(_) => return,
        };
        self.notice = dropped.map(Notice::problem);
        J::changed(self);
    }

    /// Takes letters in that were typed faster than one by one.
    pub(super) fn type_in(&mut self, mut text: String) {
        if self.is_typing() {
            self.put(&text, Field::insert);
        }
        text.zeroize();
    }

    /// A paste goes into the step's obvious field, also when it does not have the focus: then it takes the place of what is there.
    pub(super) fn paste(&mut self, mut text: String) {
        let line = text.trim_matches(['\r', '\n']);
        let is_over = self.overlay().is_some();
        if is_over && !self.is_typing() {
            text.zeroize();
            return self.problem(J::NO_PASTE);
        }
        let mut replaces = false;
        // A key in place of a file's name is still meant as the key, and a private one must not be seen there.
        let may_be_key = self.public_key.file.is_none() || is_key(&text);
        if !is_over {
            match J::input_mut(self) {
                InputMut::Key if may_be_key => return self.give_key(text),
                InputMut::Key => {}
                InputMut::Address { field, typing } => {
                    let was_typing = std::mem::replace(typing, true);
                    let taken = Zeroizing::new(field.text().to_owned());
                    let (before, after) = field.around_cursor();
                    let around = Zeroizing::new([before, line, after].concat());
                    replaces = !was_typing
                        || takes_the_place(line, &taken, &around, &self.settings.aliases);
                }
                InputMut::Nothing | InputMut::Questions(_) => {
                    text.zeroize();
                    return self.problem(J::NO_PASTE);
                }
            }
        }
        let how = if replaces {
            Field::replace
        } else {
            Field::insert
        };
        self.put(line, how);
        text.zeroize();
        // A whole address leaves nothing to type; the keys of the step do something again.
        if replaces && self.holds_address() {
            self.set_typing(false);
        }
    }
    /// Puts a text into the field that has the focus.
    fn put(&mut self, text: &str, how: fn(&mut Field, &str) -> Inserted) {
        let mut inserted = Inserted::Whole;
        self.edit(|field| inserted = how(field, text));
        self.tell_inserted(inserted);
    }

    fn give_key(&mut self, mut text: String) {
        self.public_key.file = None;
        let inserted = self.public_key.give(&text);
        text.zeroize();
        self.notice = None;
        J::changed(self);
        self.tell_inserted(inserted);
    }

    /// Takes in what a file was found to hold.
    pub(super) fn take_key_file(&mut self, read: Result<Zeroizing<Vec<u8>>, String>) {
        match read {
            Ok(bytes) => {
                self.public_key.give_file(&bytes);
                J::changed(self);
            }
            Err(why) => self.problem(harmless(&why, WORDS_LIMIT)),
        }
    }

    /// Takes in what the clipboard holds.
    pub(super) fn take_clipboard(&mut self, read: Result<String, String>) {
        match read {
            Ok(text) if text.trim().is_empty() => self.problem(EMPTY_CLIPBOARD),
            Ok(text) => self.paste(text),
            Err(why) => self.notice = Some(Notice::of_clipboard(&why)),
        }
    }

    /// Whether what stands in the step's field is an address.
    fn holds_address(&mut self) -> bool {
        let text = match J::input_mut(self) {
            InputMut::Address { field, .. } => Zeroizing::new(field.text().to_owned()),
            InputMut::Nothing | InputMut::Questions(_) | InputMut::Key => return false,
        };
        read_address(&text, &self.settings.aliases).is_ok()
    }

    /// Gives the focus to a field of the page, by its place there, and puts the cursor where it was clicked.
    pub(super) fn focus_field(&mut self, number: usize, at: usize) {
        match self.overlay() {
            Some(Overlay::Token) => {
                self.token.in_email = number == 1;
                return self.token.focused().place_cursor(at);
            }
            Some(Overlay::Identity) if self.identity.has_focus(number) => {
                return self.identity.focused().place_cursor(at);
            }
            Some(_) => return,
            None => {}
        }
        match J::input_mut(self) {
            InputMut::Key => match (&mut self.public_key.file, number) {
                (Some(file), 1) => file.place_cursor(at),
                // The key waits until the question for a file's name is answered.
                (Some(_), _) => {}
                (None, _) => {
                    self.public_key.typing = true;
                    self.public_key.field.place_cursor(at);
                }
            },
            InputMut::Address { field, typing } => {
                *typing = true;
                field.place_cursor(at);
            }
            InputMut::Nothing | InputMut::Questions(_) => {}
        }
    }

    /// Changes what is picked of the step's questions.
    pub(super) fn pick(&mut self, change: impl FnOnce(&mut Picks, &[Question])) {
        let Input::Questions(questions, _) = J::input(self) else {
            return;
        };
        if let InputMut::Questions(picks) = J::input_mut(self) {
            change(picks, &questions);
            J::changed(self);
        }
    }

    /// Goes on to the next question, if the step has one. Says whether it did.
    pub(super) fn goes_to_next_question(&mut self) -> bool {
        let Input::Questions(questions, _) = J::input(self) else {
            return false;
        };
        match J::input_mut(self) {
            InputMut::Questions(picks) => picks.next(&questions),
            _ => false,
        }
    }

    /// Goes to the question before, if the step has one. Says whether it did.
    pub(super) fn goes_to_question_before(&mut self) -> bool {
        match J::input_mut(self) {
            InputMut::Questions(picks) => picks.previous(),
            _ => false,
        }
    }
}

/// Changes a field, and says whether another text is in it now.
fn has_changed(field: &mut Field, change: impl FnOnce(&mut Field)) -> bool {
    let before = Zeroizing::new(field.text().to_owned());
    change(field);
    field.text() != *before
}

/// Wipes what must not stand in an address, and says what it was.
fn drop_secrets(field: &mut Field) -> Option<&'static str> {
    if is_private(field.text()) {
        field.wipe();
        return Some(
            "That was a private key. It was not kept: only public keys belong here, and only in step 3.",
        );
    }
    let without = without_password(field.text())?;
    field.wipe();
    *field = Field::new(without);
    Some("The password in the address was dropped: no password is needed here.")
}

/// Whether a text that is pasted where somebody types is another address, and not a part of the one that stands there: it
/// reads as an address, and does not complete what would be none without it.
fn takes_the_place(pasted: &str, taken: &str, completed: &str, aliases: &SshAliases) -> bool {
    let reads = |text: &str| read_address(text, aliases).is_ok();
    reads(pasted) && (reads(taken) || !reads(completed))
}

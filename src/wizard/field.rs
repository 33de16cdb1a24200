//! A text field: what was typed or pasted, and where the cursor stands.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;
use zeroize::Zeroize;

/// The most a field takes: far more than the longest key or address, and little enough to stay quick.
pub const CAPACITY: usize = 64 * 1024;

/// A text with a cursor. The cursor always stands between two characters as people see them (grapheme clusters).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    text: String,
    /// Byte offset of the cursor, on a grapheme boundary.
    cursor: usize,
    /// What was there before it was cleared, for taking the clearing back.
    cleared: Option<String>,
}

/// What became of an insertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// All of it is in the field.
    Whole,
    /// The field was full: nothing was taken, and nothing lost.
    TooLong,
}

impl Field {
    /// A field holding `text`, with the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            cursor: text.len(),
            text,
            cleared: None,
        }
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text before the cursor, and after it.
    pub fn around_cursor(&self) -> (&str, &str) {
        self.text.split_at(self.cursor)
    }

    /// Puts `text` in at the cursor.
    pub fn insert(&mut self, text: &str) -> Inserted {
        if self.text.len() + text.len() > CAPACITY {
            return Inserted::TooLong;
        }
        self.text.insert_str(self.cursor, text);
        self.cursor += text.len();
        // A combining character joins what stands before it: the boundary may have moved.
        self.cursor = self.boundary_from(self.cursor);
        Inserted::Whole
    }

    /// Puts `text` in the place of everything, if it fits.
    pub fn replace(&mut self, text: &str) -> Inserted {
        if text.len() > CAPACITY {
            return Inserted::TooLong;
        }
        self.clear();
        self.insert(text)
    }

    /// Takes everything out, so that it can be brought back once.
    pub fn clear(&mut self) {
        if !self.text.is_empty() {
            self.cleared = Some(std::mem::take(&mut self.text));
        }
        self.cursor = 0;
    }

    /// Brings back what was cleared, if the field is still empty.
    pub fn restore(&mut self) {
        if let (true, Some(text)) = (self.text.is_empty(), self.cleared.take()) {
            self.cursor = text.len();
            self.text = text;
        }
    }

    /// Overwrites everything in memory and forgets it: for a secret that was pasted by mistake.
    pub fn wipe(&mut self) {
        self.text.zeroize();
        self.cleared.zeroize();
        self.cursor = 0;
    }

    /// Handles a key if it is one of editing. Says whether it was.
    pub fn edit(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        match key.code {
            KeyCode::Char('a') if control => self.cursor = 0,
            KeyCode::Char('e') if control => self.cursor = self.text.len(),
            KeyCode::Char('w') if control => self.delete_to(self.word_start()),
            KeyCode::Char('k') if control => self.delete_to(self.text.len()),
            KeyCode::Char('u') if control => self.clear(),
            KeyCode::Char('y') if control => self.restore(),
            KeyCode::Char('b') if alt => self.cursor = self.word_start(),
            KeyCode::Char('f') if alt => self.cursor = self.word_end(),
            KeyCode::Char('d') if alt => self.delete_to(self.word_end()),
            // What some terminals send for backspace.
            KeyCode::Char('h') if control => self.delete_to(self.previous()),
            KeyCode::Char(character) if !control && !alt => {
                self.insert(character.encode_utf8(&mut [0; 4]));
            }
            KeyCode::Left if control || alt => self.cursor = self.word_start(),
            KeyCode::Right if control || alt => self.cursor = self.word_end(),
            KeyCode::Left => self.cursor = self.previous(),
            KeyCode::Right => self.cursor = self.next(),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.text.len(),
            KeyCode::Backspace if control || alt => self.delete_to(self.word_start()),
            KeyCode::Backspace => self.delete_to(self.previous()),
            KeyCode::Delete if control || alt => self.delete_to(self.word_end()),
            KeyCode::Delete => self.delete_to(self.next()),
            _ => return false,
        }
        true
    }

    /// Deletes between the cursor and another position.
    fn delete_to(&mut self, other: usize) {
        let (start, end) = (self.cursor.min(other), self.cursor.max(other));
        self.text.replace_range(start..end, "");
        self.cursor = self.boundary_from(start);
    }

    fn previous(&self) -> usize {
        let before = &self.text[..self.cursor];
        before
            .grapheme_indices(true)
            .next_back()
            .map_or(0, |(start, _)| start)
    }

    fn next(&self) -> usize {
        let after = &self.text[self.cursor..];
        self.cursor + after.graphemes(true).next().map_or(0, str::len)
    }

    fn word_start(&self) -> usize {
        let before = &self.text[..self.cursor];
        before
            .unicode_word_indices()
            .next_back()
            .map_or(0, |(start, _)| start)
    }

    fn word_end(&self) -> usize {
        let after = &self.text[self.cursor..];
        after
            .unicode_word_indices()
            .next()
            .map_or(self.text.len(), |(start, word)| {
                self.cursor + start + word.len()
            })
    }

    /// The grapheme boundary at or after `position`.
    fn boundary_from(&self, position: usize) -> usize {
        self.text
            .grapheme_indices(true)
            .map(|(start, _)| start)
            .find(|start| *start >= position)
            .unwrap_or(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn press(field: &mut Field, code: KeyCode, modifiers: KeyModifiers) {
        field.edit(KeyEvent::new(code, modifiers));
    }

    #[test]
    fn words_can_be_jumped_over_and_deleted() {
        let mut field = Field::new("git@host:acme/web.git");
        press(&mut field, KeyCode::Char('w'), KeyModifiers::CONTROL);
        assert_eq!(field.text(), "git@host:acme/");
        press(&mut field, KeyCode::Home, KeyModifiers::NONE);
        press(&mut field, KeyCode::Right, KeyModifiers::CONTROL);
        assert_eq!(field.around_cursor(), ("git", "@host:acme/"));
    }

    #[test]
    fn every_key_of_editing_does_what_it_does_in_a_shell() {
        const NONE: KeyModifiers = KeyModifiers::NONE;
        const CONTROL: KeyModifiers = KeyModifiers::CONTROL;
        const ALT: KeyModifiers = KeyModifiers::ALT;
        use KeyCode::{Backspace, Char, Delete, End, Home, Left, Right};
        // All from between the words.
        for (code, modifiers, expected) in [
            (Home, NONE, ("", "one two")),
            (Char('a'), CONTROL, ("", "one two")),
            (End, NONE, ("one two", "")),
            (Char('e'), CONTROL, ("one two", "")),
            (Left, NONE, ("one", " two")),
            (Right, NONE, ("one t", "wo")),
            (Left, CONTROL, ("", "one two")),
            (Left, ALT, ("", "one two")),
            (Char('b'), ALT, ("", "one two")),
            (Right, CONTROL, ("one two", "")),
            (Right, ALT, ("one two", "")),
            (Char('f'), ALT, ("one two", "")),
            (Backspace, NONE, ("one", "two")),
            (Char('h'), CONTROL, ("one", "two")),
            (Backspace, CONTROL, ("", "two")),
            (Backspace, ALT, ("", "two")),
            (Char('w'), CONTROL, ("", "two")),
            (Delete, NONE, ("one ", "wo")),
            (Delete, CONTROL, ("one ", "")),
            (Char('d'), ALT, ("one ", "")),
            (Char('k'), CONTROL, ("one ", "")),
            (Char('u'), CONTROL, ("", "")),
        ] {
            let mut field = Field::new("one two");
            for _ in 0..3 {
                press(&mut field, Left, NONE);
            }
            press(&mut field, code, modifiers);
            assert_eq!(field.around_cursor(), expected, "{code:?} {modifiers:?}");
        }
    }

    #[test]
    fn a_clear_can_be_taken_back() {
        let mut field = Field::new("abc");
        press(&mut field, KeyCode::Char('u'), KeyModifiers::CONTROL);
        assert!(field.is_empty());
        press(&mut field, KeyCode::Char('y'), KeyModifiers::CONTROL);
        assert_eq!(field.text(), "abc");
    }

    #[test]
    fn a_wiped_text_cannot_be_brought_back() {
        let mut field = Field::new("secret");
        field.clear();
        field.wipe();
        field.restore();
        assert!(field.is_empty());
    }

    #[test]
    fn more_than_fits_is_not_taken_in_part() {
        let mut field = Field::new("x");
        assert_eq!(field.insert(&"y".repeat(CAPACITY)), Inserted::TooLong);
        assert_eq!(field.text(), "x");
    }

    #[test]
    fn a_text_takes_the_place_of_another_only_whole() {
        let mut field = Field::new("old");
        assert_eq!(field.replace(&"y".repeat(CAPACITY + 1)), Inserted::TooLong);
        assert_eq!(field.text(), "old");
        assert_eq!(field.replace(&"y".repeat(CAPACITY)), Inserted::Whole);
        assert_eq!(field.text().len(), CAPACITY);
        assert_eq!(field.replace("new"), Inserted::Whole);
        assert_eq!(field.around_cursor(), ("new", ""));
    }

    fn any_key() -> impl Strategy<Value = KeyEvent> {
        let code = prop_oneof![
            any::<char>().prop_map(KeyCode::Char),
            prop::sample::select(vec![
                KeyCode::Left,
                KeyCode::Right,
                KeyCode::Home,
                KeyCode::End,
                KeyCode::Backspace,
                KeyCode::Delete,
                KeyCode::Char('w'),
                KeyCode::Char('u'),
                KeyCode::Char('y'),
            ]),
        ];
        let modifiers = prop::sample::select(vec![
            KeyModifiers::NONE,
            KeyModifiers::CONTROL,
            KeyModifiers::ALT,
        ]);
        (code, modifiers).prop_map(|(code, modifiers)| KeyEvent::new(code, modifiers))
    }

    proptest! {
        #[test]
        fn the_cursor_never_leaves_the_text(start in ".{0,20}", keys in prop::collection::vec(any_key(), 0..60)) {
            let mut field = Field::new(start);
            for key in keys {
                field.edit(key);
                let (before, after) = field.around_cursor();
                prop_assert_eq!([before, after].concat(), field.text());
            }
        }
    }
}

//! A text field: what was typed or pasted, and where the cursor stands.

use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};
use zeroize::{Zeroize, Zeroizing};

/// The most a field takes: far more than the longest key or address, and little enough to stay quick.
pub const CAPACITY: usize = 64 * 1024;

/// A text with a cursor. The cursor always stands between two characters as people see them (grapheme clusters).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    text: String,
    /// Byte offset of the cursor, on a grapheme boundary.
    cursor: usize,
    /// What was there before a larger change, for taking that back.
    before: Option<Before>,
    /// Whether the last key deleted more than a character. What the next one deletes goes with it, to be brought back together.
    is_deleting: bool,
}

/// A text as it was, and where the cursor stood.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Before {
    text: Zeroizing<String>,
    cursor: usize,
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
    /// What its keys do, in words.
    pub const KEYS: &str = "In a field: ← → home end move, ctrl-← ctrl-→ move by words, ctrl-w deletes a word, ctrl-k the rest, \
                            ctrl-u all; ctrl-y brings back what was there before. Ctrl-a, ctrl-e, alt-b, alt-f and alt-d work as in a \
                            shell.";

    /// A field holding `text`, with the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            cursor: text.len(),
            text,
            before: None,
            is_deleting: false,
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

    /// Puts the cursor in front of what stands `at` so many bytes, or to the end if there are not so many.
    pub fn place_cursor(&mut self, at: usize) {
        self.is_deleting = false;
        let at = at.min(self.text.len());
        let is_boundary = |place: &usize| self.text.is_char_boundary(*place);
        let boundary = (0..=at).rev().find(is_boundary);
        self.cursor = self.boundary_from(boundary.unwrap_or(0));
    }

    /// Puts `text` in at the cursor.
    pub fn insert(&mut self, text: &str) -> Inserted {
        if self.text.len() + text.len() > CAPACITY {
            return Inserted::TooLong;
        }
        self.is_deleting = false;
        self.make_room(text.len());
        self.text.insert_str(self.cursor, text);
        self.cursor += text.len();
        // A combining character joins what stands before it: the boundary may have moved.
        self.cursor = self.boundary_from(self.cursor);
        Inserted::Whole
    }

    /// Makes room for so many bytes more. A string that grows by itself would leave a copy of a secret in the memory it gave back.
    fn make_room(&mut self, bytes: usize) {
        let needed = self.text.len() + bytes;
        if needed > self.text.capacity() {
            let mut larger = String::with_capacity(needed.next_power_of_two());
            larger.push_str(&self.text);
            std::mem::replace(&mut self.text, larger).zeroize();
        }
    }

    /// Puts `text` in the place of everything, if it fits. What was there can be brought back.
    pub fn replace(&mut self, text: &str) -> Inserted {
        if text.len() > CAPACITY {
            return Inserted::TooLong;
        }
        self.clear();
        self.insert(text)
    }

    /// Takes everything out, so that it can be brought back.
    pub fn clear(&mut self) {
        self.delete_at_once(0..self.text.len(), false);
    }

    /// Whether there is something to bring back.
    pub fn can_restore(&self) -> bool {
        self.before.is_some()
    }

    /// Brings back what was there before the last larger change; once more, and that change is made again.
    pub fn restore(&mut self) {
        self.is_deleting = false;
        if let Some(before) = &mut self.before {
            std::mem::swap(&mut self.text, &mut before.text);
            std::mem::swap(&mut self.cursor, &mut before.cursor);
        }
    }

    /// Overwrites everything in memory and forgets it: for a secret that was pasted by mistake.
    pub fn wipe(&mut self) {
        self.text.zeroize();
        self.cursor = 0;
        // Wiped where it is dropped.
        self.before = None;
        self.is_deleting = false;
    }

    /// Handles a key if it is one of editing. Says whether it was.
    pub fn edit(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let goes_on = std::mem::take(&mut self.is_deleting);
        let (start, here, end) = (0, self.cursor, self.text.len());
        match key.code {
            KeyCode::Char('a') if control => self.cursor = start,
            KeyCode::Char('e') if control => self.cursor = end,
            KeyCode::Char('w') if control => self.delete_at_once(self.word_start()..here, goes_on),
            KeyCode::Char('k') if control => self.delete_at_once(here..end, goes_on),
            KeyCode::Char('u') if control => self.delete_at_once(start..end, goes_on),
            KeyCode::Char('y') if control => self.restore(),
            KeyCode::Char('b') if alt => self.cursor = self.word_start(),
            KeyCode::Char('f') if alt => self.cursor = self.word_end(),
            KeyCode::Char('d') if alt => self.delete_at_once(here..self.word_end(), goes_on),
            // What some terminals send for backspace.
            KeyCode::Char('h') if control => self.delete(self.previous()..here),
            KeyCode::Char(character) if !control && !alt => {
                self.insert(character.encode_utf8(&mut [0; 4]));
            }
            KeyCode::Left if control || alt => self.cursor = self.word_start(),
            KeyCode::Right if control || alt => self.cursor = self.word_end(),
            KeyCode::Left => self.cursor = self.previous(),
            KeyCode::Right => self.cursor = self.next(),
            KeyCode::Home => self.cursor = start,
            KeyCode::End => self.cursor = end,
            KeyCode::Backspace if control || alt => {
                self.delete_at_once(self.word_start()..here, goes_on);
            }
            KeyCode::Backspace => self.delete(self.previous()..here),
            KeyCode::Delete if control || alt => {
                self.delete_at_once(here..self.word_end(), goes_on);
            }
            KeyCode::Delete => self.delete(here..self.next()),
            _ => return false,
        }
        true
    }

    /// Deletes a part.
    fn delete(&mut self, part: Range<usize>) {
        self.cursor = part.start;
        self.text.replace_range(part, "");
        self.cursor = self.boundary_from(self.cursor);
    }

    /// Deletes a part that can be brought back, together with what was deleted so just before if it `goes_on` with that.
    fn delete_at_once(&mut self, part: Range<usize>, goes_on: bool) {
        if part.is_empty() {
            self.is_deleting = goes_on;
            return;
        }
        if !goes_on {
            self.before = Some(Before {
                text: self.text.clone().into(),
                cursor: self.cursor,
            });
        }
        self.delete(part);
        self.is_deleting = true;
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

    /// The grapheme boundary at or after `position`, which is between two `char`s.
    fn boundary_from(&self, position: usize) -> usize {
        let mut cursor = GraphemeCursor::new(position, self.text.len(), true);
        // With the whole text at hand it never asks for more of it.
        if cursor.is_boundary(&self.text, 0) == Ok(true) {
            return position;
        }
        let next = cursor.next_boundary(&self.text, 0).ok().flatten();
        next.unwrap_or(self.text.len())
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
    fn every_larger_change_can_be_taken_back_and_made_again() {
        const CONTROL: KeyModifiers = KeyModifiers::CONTROL;
        const ALT: KeyModifiers = KeyModifiers::ALT;
        use KeyCode::{Backspace, Char, Delete};
        type Change = fn(&mut Field);
        let ways: [Change; 8] = [
            |field| press(field, Char('u'), CONTROL),
            |field| press(field, Char('k'), CONTROL),
            |field| press(field, Char('w'), CONTROL),
            |field| press(field, Backspace, ALT),
            |field| press(field, Char('d'), ALT),
            |field| press(field, Delete, CONTROL),
            |field| assert_eq!(field.replace("another"), Inserted::Whole),
            Field::clear,
        ];
        for (number, change) in ways.into_iter().enumerate() {
            for typed in ["", "x"] {
                let mut field = Field::new("one two");
                for _ in 0..3 {
                    press(&mut field, KeyCode::Left, KeyModifiers::NONE);
                }
                change(&mut field);
                // Also when somebody typed on.
                field.insert(typed);
                let after = field.text().to_owned();
                assert_ne!(after, "one two", "{number}");
                press(&mut field, Char('y'), CONTROL);
                assert_eq!(field.around_cursor(), ("one ", "two"), "{number}");
                press(&mut field, Char('y'), CONTROL);
                assert_eq!(field.text(), after, "{number}");
            }
        }
    }

    #[test]
    fn what_is_deleted_word_by_word_comes_back_together() {
        let word = |field: &mut Field| press(field, KeyCode::Char('w'), KeyModifiers::CONTROL);
        let mut field = Field::new("one two three four");
        word(&mut field);
        field.insert("4");
        word(&mut field);
        word(&mut field);
        assert_eq!(field.text(), "one two ");
        field.restore();
        assert_eq!(field.text(), "one two three 4");
    }

    #[test]
    fn nothing_is_brought_back_where_nothing_was_deleted() {
        let mut field = Field::default();
        for key in ['u', 'k', 'w'] {
            press(&mut field, KeyCode::Char(key), KeyModifiers::CONTROL);
        }
        field.replace("first");
        assert!(!field.can_restore());
        field.restore();
        assert_eq!(field.text(), "first");
    }

    #[test]
    fn a_wiped_text_cannot_be_brought_back() {
        let mut field = Field::new("secret");
        field.clear();
        field.wipe();
        field.restore();
        assert!(field.is_empty());
        assert!(!format!("{field:?}").contains("secret"));
    }

    #[test]
    fn more_than_fits_is_not_taken_in_part() {
        let mut field = Field::new("x");
        assert_eq!(field.insert(&"y".repeat(CAPACITY)), Inserted::TooLong);
        assert_eq!(field.text(), "x");
    }

    #[test]
    fn the_cursor_is_placed_between_characters() {
        let mut field = Field::new("e\u{301}字x");
        for (at, before) in [
            (0, ""),
            (1, "e\u{301}"),
            (2, "e\u{301}"),
            (3, "e\u{301}"),
            (4, "e\u{301}"),
            (6, "e\u{301}字"),
            (7, "e\u{301}字x"),
            (99, "e\u{301}字x"),
        ] {
            field.place_cursor(at);
            assert_eq!(field.around_cursor().0, before, "{at}");
        }
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
                KeyCode::Char('k'),
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

    /// Where a cursor may stand.
    fn boundaries(text: &str) -> impl Iterator<Item = usize> {
        let starts = text.grapheme_indices(true).map(|(start, _)| start);
        starts.chain([text.len()])
    }

    fn is_between_characters(field: &Field) -> bool {
        boundaries(&field.text).any(|place| place == field.cursor)
    }

    /// Texts of parts that join: marks, joiners, flags, syllables, line ends.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a", "e\u{301}", "\u{301}", "\u{200d}", "👩", "👧", "🇩", "🇪", "\u{1100}", "\u{1161}",
            "\r", "\n", "\u{600}", "字", "\u{94d}", "\u{915}",
        ]);
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn the_cursor_never_leaves_the_text(start in ".{0,20}", keys in prop::collection::vec(any_key(), 0..60)) {
            let mut field = Field::new(start);
            for key in keys {
                field.edit(key);
                let (before, after) = field.around_cursor();
                prop_assert_eq!([before, after].concat(), field.text());
                prop_assert!(is_between_characters(&field), "{:?}", field);
            }
        }

        #[test]
        fn the_cursor_comes_to_the_next_boundary(start in pieces(), at in any::<prop::sample::Index>(), inserted in pieces()) {
            let mut field = Field::new(start);
            let places: Vec<usize> = boundaries(&field.text).collect();
            field.cursor = places[at.index(places.len())];
            let end = field.cursor + inserted.len();
            field.insert(&inserted);
            let next = boundaries(&field.text).find(|place| *place >= end);
            prop_assert_eq!(Some(field.cursor), next);
        }

        #[test]
        fn bringing_back_twice_changes_nothing(start in ".{0,20}", keys in prop::collection::vec(any_key(), 0..30)) {
            let mut field = Field::new(start);
            for key in keys {
                field.edit(key);
            }
            let (text, cursor) = (field.text.clone(), field.cursor);
            field.restore();
            field.restore();
            prop_assert_eq!((field.text, field.cursor), (text, cursor));
        }
    }
}

//! The part of a field's text that is seen around its cursor.

use unicode_segmentation::UnicodeSegmentation;

use crate::text::{is_harmful, width};
use crate::wizard::field::Field;

/// In less room than this, the signs at the edges would take too much of it.
const LEAST_WITH_MARKS: usize = 9;

/// A part of a text, and what there is around it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Whether something before it is not seen, which a sign in the first column says.
    pub(super) has_more_before: bool,
    /// What is seen.
    pub(super) text: String,
    /// Whether something after it is not seen, which a sign in the last column says.
    pub(super) has_more_after: bool,
    /// The cursor's column.
    pub(super) cursor: usize,
}

impl Window {
    /// As much around the cursor as fits. What follows the cursor keeps a third of the room: whoever corrects something in
    /// the middle has to see both sides of it.
    pub(super) fn new(field: &Field, room: usize, line_end: &str) -> Self {
        let (before, after) = field.around_cursor();
        let mark = usize::from(room >= LEAST_WITH_MARKS);
        // At the end of the text, one column is for the cursor itself.
        let following = width_up_to(after, room / 3, line_end).max(1);
        let backwards = before.graphemes(true).rev();
        let head_room = room.saturating_sub(following);
        let (mut head, is_all_before) = fitting(backwards, head_room, mark, line_end);
        head.reverse();
        let head = head.concat();
        let has_more_before = !is_all_before && mark > 0;
        let cursor = usize::from(has_more_before) + width(&head);
        let tail_room = room.saturating_sub(cursor);
        let (tail, is_all_after) = fitting(after.graphemes(true), tail_room, mark, line_end);
        Self {
            has_more_before,
            text: head + &tail.concat(),
            has_more_after: !is_all_after && mark > 0,
            cursor,
        }
    }
}

/// The width of a text, but no more than `most`: of a long one only that much is looked at.
fn width_up_to(text: &str, most: usize, line_end: &str) -> usize {
    let mut used = 0;
    for part in text.graphemes(true) {
        used += width(&flatten(part, line_end));
        if used >= most {
            return most;
        }
    }
    used
}

/// As many parts as fit, and whether these are all; if not, a mark fits beside them, too.
fn fitting<'a>(
    parts: impl Iterator<Item = &'a str>,
    room: usize,
    mark: usize,
    line_end: &str,
) -> (Vec<String>, bool) {
    let mut taken: Vec<String> = Vec::new();
    let mut used = 0;
    for part in parts {
        let part = flatten(part, line_end);
        used += width(&part);
        taken.push(part);
        if used > room {
            while used + mark > room
                && let Some(part) = taken.pop()
            {
                used -= width(&part);
            }
            return (taken, false);
        }
    }
    (taken, true)
}

/// Line ends and tabs made visible, so that a field stays one line.
pub(super) fn flatten(text: &str, line_end: &str) -> String {
    text.chars()
        .filter(|character| *character != '\r')
        .map(|character| match character {
            '\n' => line_end.to_owned(),
            harmful if is_harmful(harmful) => " ".to_owned(),
            other => other.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::{KeyCode, KeyEvent};
    use proptest::prelude::*;

    fn field(text: &str, from_end: usize) -> Field {
        let mut field = Field::new(text);
        for _ in 0..from_end {
            field.edit(KeyEvent::from(KeyCode::Left));
        }
        field
    }

    fn shown(window: &Window) -> String {
        let mark = |is_there, mark: &'static str| if is_there { mark } else { "" };
        [
            mark(window.has_more_before, "‹"),
            &window.text,
            mark(window.has_more_after, "›"),
        ]
        .concat()
    }

    #[test]
    fn both_sides_of_the_cursor_are_seen() {
        let text = "abcdefghijklmnopqrst";
        for (from_end, expected, cursor) in [
            (0, "‹klmnopqrst", 11),
            (1, "‹jklmnopqrst", 11),
            (2, "‹jklmnopqrst", 10),
            (4, "‹jklmnopqrst", 8),
            (5, "‹ijklmnopqr›", 8),
            (11, "‹cdefghijkl›", 8),
            (12, "abcdefghijk›", 8),
            (13, "abcdefghijk›", 7),
            (20, "abcdefghijk›", 0),
        ] {
            let window = Window::new(&field(text, from_end), 12, "⏎");
            assert_eq!((&*shown(&window), window.cursor), (expected, cursor));
        }
        assert_eq!(shown(&Window::new(&field("abc", 1), 12, "⏎")), "abc");
    }

    #[test]
    fn line_ends_are_seen_and_stay_on_one_line() {
        let window = Window::new(&field("ssh-rsa\r\nAAAA\tB", 0), 40, "⏎");
        assert_eq!(shown(&window), "ssh-rsa⏎AAAA B");
    }

    proptest! {
        #[test]
        fn the_cursor_and_what_stands_there_are_always_in_sight(
            text in "(.|[字é\u{301}\r\n]){0,200}",
            from_end in 0usize..200,
            room in 2usize..80,
        ) {
            let field = field(&text, from_end);
            let window = Window::new(&field, room, "⏎");
            let shown = shown(&window);
            prop_assert!(width(&shown) <= room);
            prop_assert!(window.cursor < room);
            let all = flatten(field.text(), "⏎");
            prop_assert!(all.contains(&window.text));
            if room >= LEAST_WITH_MARKS {
                let is_marked = window.has_more_before || window.has_more_after;
                prop_assert_eq!(window.text == all, !is_marked);
                let (before, after) = field.around_cursor();
                let (before, after) = (flatten(before, "⏎"), flatten(after, "⏎"));
                prop_assert_eq!(window.has_more_before, !window.text.starts_with(&before));
                prop_assert_eq!(window.has_more_after, !window.text.ends_with(&after));
                if !after.is_empty() {
                    let seen_after = width(&shown).saturating_sub(window.cursor);
                    prop_assert!(seen_after >= width(&after).min(room / 3 - 1), "{}", shown);
                }
            }
        }
    }
}

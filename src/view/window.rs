//! The part of a field's text that is seen around its cursor.

use unicode_segmentation::UnicodeSegmentation;

use crate::guide::field::Field;
use crate::text::{is_harmful, width};

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
    /// For each column, how many bytes of the text stand before what is seen there.
    pub(super) places: Vec<usize>,
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
        let bytes: usize = head.iter().map(|part| part.bytes).sum();
        let start = before.len() - bytes;
        let has_more_before = !is_all_before && mark > 0;
        let cursor = usize::from(has_more_before) + columns_of(&head);
        let tail_room = room.saturating_sub(cursor);
        let (tail, is_all_after) = fitting(after.graphemes(true), tail_room, mark, line_end);
        let has_more_after = !is_all_after && mark > 0;
        let mut places = vec![start; usize::from(has_more_before)];
        let columns = cursor + columns_of(&tail) + usize::from(has_more_after);
        extend_places(&mut places, field.text(), start, columns, line_end);
        Self {
            has_more_before,
            text: head.into_iter().chain(tail).map(|part| part.seen).collect(),
            has_more_after,
            cursor,
            places,
        }
    }
}

/// The same for a text that is shortened in the middle to so many columns.
pub(super) fn places_of_shortened(text: &str, columns: usize, line_end: &str) -> Vec<usize> {
    let mut places = Vec::new();
    extend_places(&mut places, text, 0, columns.div_ceil(2), line_end);
    let mut from_end = Vec::new();
    for (start, part) in text.grapheme_indices(true).rev() {
        if places.len() + from_end.len() >= columns {
            break;
        }
        from_end.extend(vec![start; width(&flatten(part, line_end))]);
    }
    from_end.truncate(columns - places.len());
    places.extend(from_end.into_iter().rev());
    places
}

/// Adds the places of what is seen from `start` on, up to so many columns.
fn extend_places(
    places: &mut Vec<usize>,
    text: &str,
    start: usize,
    columns: usize,
    line_end: &str,
) {
    for (at, part) in text[start..].grapheme_indices(true) {
        if places.len() >= columns {
            break;
        }
        places.extend(vec![start + at; width(&flatten(part, line_end))]);
    }
    // Of a wide character there may be room for the sign only that it is not seen.
    places.truncate(columns);
}

/// What is seen of a character, and how many bytes of the text it is.
struct Part {
    seen: String,
    bytes: usize,
}

/// Each is drawn for itself, so that what they would join to does not count.
fn columns_of(parts: &[Part]) -> usize {
    parts.iter().map(|part| width(&part.seen)).sum()
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
) -> (Vec<Part>, bool) {
    let mut taken: Vec<Part> = Vec::new();
    let mut used = 0;
    for part in parts {
        let seen = flatten(part, line_end);
        used += width(&seen);
        taken.push(Part {
            seen,
            bytes: part.len(),
        });
        if used > room {
            while used + mark > room
                && let Some(part) = taken.pop()
            {
                used -= width(&part.seen);
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
    fn each_column_has_its_place_in_the_text() {
        let places = |text, from_end, room| Window::new(&field(text, from_end), room, "⏎").places;
        assert_eq!(places("a字b", 0, 12), [0, 1, 1, 4]);
        assert_eq!(places("a\r\nb", 1, 12), [0, 1, 3]);
        // With signs at both edges.
        assert_eq!(
            places("abcdefghijklmnopqrst", 5, 12),
            [8, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]
        );
        assert_eq!(
            places_of_shortened("abcdefghij", 7, "⏎"),
            [0, 1, 2, 3, 7, 8, 9]
        );
        assert_eq!(places_of_shortened("abc", 3, "⏎"), [0, 1, 2]);
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
            prop_assert!((window.cursor..=room).contains(&window.places.len()));
            prop_assert!(window.places.is_sorted());
            let here = window.places.get(window.cursor);
            let (before, after) = field.around_cursor();
            let next = flatten(after.graphemes(true).next().unwrap_or_default(), "⏎");
            let is_seen = width(&next) > 0;
            if room >= LEAST_WITH_MARKS && is_seen {
                prop_assert_eq!(here, Some(&before.len()));
            }
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

//! Text as a screen reader should get it.

use std::time::Duration;

use crate::text::{capitalised, in_seconds, is_harmful};

/// A line without signs that a reader would spell out or a terminal would act on. Letters of any script stay: they are
/// the user's own.
pub fn spoken(line: &str) -> String {
    let mut said = String::with_capacity(line.len());
    for character in line.chars() {
        match character {
            '…' => said.push_str("..."),
            '“' | '”' | '„' | '«' | '»' => said.push('"'),
            '‘' | '’' => said.push('\''),
            '–' | '—' | '·' => said.push('-'),
            '→' | '›' => said.push_str("to"),
            // Keys of these names.
            '↑' => said.push_str("up"),
            '↓' => said.push_str("down"),
            '←' => said.push_str("left"),
            '×' => said.push_str("by"),
            harmful if is_harmful(harmful) => {}
            other => said.push(other),
        }
    }
    said
}

/// A text as a sentence: with a capital letter, but for doorkey's own name, and a full stop. After an address or a fingerprint
/// a full stop would be taken for a part of it.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim_end();
    let text = if text.starts_with("doorkey ") {
        text.to_owned()
    } else {
        capitalised(text)
    };
    let last = text.rsplit(' ').next().unwrap_or_default();
    if last.contains(['@', ':', '/']) || text.ends_with(['.', '?', '!', '"']) {
        text
    } else {
        format!("{text}.")
    }
}

/// A time in words, as exact as it says something.
pub(super) fn time_taken(time: Duration) -> String {
    match time.as_millis() {
        1 => "1 millisecond".to_owned(),
        1000.. => in_seconds(time),
        several => format!("{several} milliseconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_moves_a_cursor_or_is_read_as_a_sign() {
        assert_eq!(spoken("a\x1b[31m…b\r\u{202e}"), "a[31m...b");
        assert_eq!(spoken("listed as “Coalesce”"), "listed as \"Coalesce\"");
        assert_eq!(spoken("Grüße"), "Grüße");
    }

    #[test]
    fn a_time_is_said_as_exactly_as_it_says_something() {
        let said = |milliseconds| time_taken(Duration::from_millis(milliseconds));
        assert_eq!(said(1), "1 millisecond");
        assert_eq!(said(999), "999 milliseconds");
        assert_eq!(said(1000), "1 second");
        assert_eq!(said(1449), "1.4 seconds");
        assert_eq!(said(5001), "5 seconds");
    }

    #[test]
    fn a_sentence_ends_once() {
        assert_eq!(sentence("No key yet"), "No key yet.");
        assert_eq!(sentence("Quit now?"), "Quit now?");
        assert_eq!(sentence("quit"), "Quit.");
        assert_eq!(sentence("doorkey asks"), "doorkey asks.");
        assert_eq!(sentence("Use git@host:a/b.git"), "Use git@host:a/b.git");
    }
}

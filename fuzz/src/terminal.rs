//! What comes from a terminal: its answers among the keys, and pastes that nothing marks.

// No one else calls them, so they are private there. They are compiled here once more, as they stand.
#[allow(dead_code, reason = "asking the terminal needs one")]
#[path = "../../src/runtime/background.rs"]
mod background;
#[allow(dead_code, reason = "the loop needs more of it")]
#[path = "../../src/runtime/burst.rs"]
mod burst;

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tokio::time::Instant;

use self::background::{Heard, Listener};
use self::burst::Burst;
use crate::text;

/// As many keys as are looked at.
const MOST: usize = 4096;

pub fn run(data: &[u8]) {
    let keys = keys(&text(data));
    listen(&keys);
    come_together(&keys);
}

/// Text as crossterm gives it out: an escape before a character is Alt, a control character is Ctrl and a letter.
fn keys(text: &str) -> Vec<Event> {
    let mut keys = Vec::new();
    let mut characters = text.chars().take(MOST);
    while let Some(character) = characters.next() {
        let (character, alt) = match character {
            '\u{1b}' => match characters.next() {
                Some(next) => (next, KeyModifiers::ALT),
                None => break,
            },
            other => (other, KeyModifiers::NONE),
        };
        let (code, modifiers) = match character {
            '\r' => (KeyCode::Enter, KeyModifiers::NONE),
            '\t' => (KeyCode::Tab, KeyModifiers::NONE),
            '\u{1b}' => (KeyCode::Esc, KeyModifiers::NONE),
            '\u{1}'..='\u{1a}' => {
                let letter = char::from(b'a' - 1 + character as u8);
                (KeyCode::Char(letter), KeyModifiers::CONTROL)
            }
            other => (KeyCode::Char(other), KeyModifiers::NONE),
        };
        keys.push(Event::Key(KeyEvent::new(code, modifiers | alt)));
    }
    keys
}

/// Only an answer is taken out; every other key is given on, in its place.
fn listen(keys: &[Event]) {
    let mut listener = Listener::default();
    let (mut given, mut answered) = (Vec::new(), 0);
    for (index, key) in keys.iter().enumerate() {
        match listener.hear(key.clone()) {
            Heard::Events(events) => given.extend(events),
            Heard::Held => {}
            Heard::Answer(_) => {
                answered = index + 1;
                given.clear();
            }
        }
    }
    given.extend(listener.release());
    assert!(!listener.is_holding());
    assert_eq!(given, keys[answered..]);
}

/// Nothing that was typed or pasted is lost or changes its place, whatever the pauses between.
fn come_together(keys: &[Event]) {
    for pause in [0, 3, 30] {
        let mut burst = Burst::default();
        let (mut now, mut told) = (Instant::now(), Vec::new());
        for portion in keys.chunks(7) {
            burst.take_in(portion.to_vec(), now);
            now += Duration::from_millis(pause);
            told.extend(if burst.patience() < Duration::from_millis(pause) {
                burst.end()
            } else {
                burst.end_unless_awaited()
            });
        }
        told.extend(burst.end());
        assert_eq!(written(&told), written(keys));
    }
}

/// Events as text, in which a paste is the same as its letters.
fn written(events: &[Event]) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::Paste(paste) => text.push_str(paste),
            Event::Key(KeyEvent {
                code: KeyCode::Char('j'),
                modifiers: KeyModifiers::CONTROL,
                ..
            }) => text.push('\n'),
            Event::Key(KeyEvent {
                code: KeyCode::Char(letter),
                modifiers,
                ..
            }) if !modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
                text.push(*letter);
            }
            Event::Key(KeyEvent {
                code: KeyCode::Enter,
                modifiers: KeyModifiers::NONE,
                ..
            }) => text.push('\r'),
            Event::Key(KeyEvent {
                code: KeyCode::Tab,
                modifiers: KeyModifiers::NONE,
                ..
            }) => text.push('\t'),
            other => text.push_str(&format!("<{other:?}>")),
        }
    }
    text
}

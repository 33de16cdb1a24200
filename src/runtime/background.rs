//! Asking the terminal for its background, and picking its answer out of the keys.
//!
//! The answer comes on the same line as the keys, whenever it comes: over a slow connection long after the first frame.
//! Libraries that ask read that line themselves for a while, throw away what was typed meanwhile, and leave a late answer
//! to be taken for keys. Here nobody else reads: crossterm does not know the answer and gives it out key by key, Alt and `]`
//! first, and what looks like one is held back until it is an answer, or is not.

use std::io::{self, Write};
use std::mem;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use xterm_color::Color;

use crate::view::theme::Background;

/// OSC 11 asks xterm and all its kin for the background. Ended with BEL, as it is understood by the oldest of them.
const QUESTION: &[u8] = b"\x1b]11;?\x07";

/// How long the first frame waits for the answer: a terminal on the same computer takes a few milliseconds, and nobody
/// notices so short a wait. A later answer changes the colours when it comes.
pub(super) const PATIENCE: Duration = Duration::from_millis(15);

/// How long what looks like the beginning of an answer is held back. Terminals send it at once.
pub(super) const HELD_AT_MOST: Duration = Duration::from_millis(100);

/// The longest answer there is, `11;rgba:` and four times four digits, and some more.
const LONGEST: usize = 40;

/// Asks. The terminal must be in raw mode, or the answer would be shown.
pub(super) fn ask(mut terminal: impl Write) -> io::Result<()> {
    terminal.write_all(QUESTION)?;
    terminal.flush()
}

/// What an event means while an answer may come.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// These are no answer, and are given on.
    Events(Vec<Event>),
    /// It may become an answer.
    Held,
    /// It was one.
    Answer(Option<Background>),
}

/// Picks the answer out.
#[derive(Debug, Default)]
pub(super) struct Listener {
    held: Vec<Event>,
    text: String,
}

impl Listener {
    /// Whether something is held back.
    pub(super) fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }

    /// Gives back what is held: it is no answer.
    pub(super) fn release(&mut self) -> Vec<Event> {
        self.text.clear();
        mem::take(&mut self.held)
    }

    /// Takes in the next event.
    pub(super) fn hear(&mut self, event: Event) -> Heard {
        let begins = is_key(&event, KeyModifiers::ALT, ']');
        if !self.is_holding() {
            if !begins {
                return Heard::Events(vec![event]);
            }
            self.held.push(event);
            return Heard::Held;
        }
        let ends =
            is_key(&event, KeyModifiers::ALT, '\\') || is_key(&event, KeyModifiers::CONTROL, 'g');
        if ends && let Some(colour) = self.text.strip_prefix(BEGINNING) {
            let background = background(colour);
            self.release();
            return Heard::Answer(background);
        }
        let part = match event {
            Event::Key(KeyEvent {
                code: KeyCode::Char(part),
                modifiers: KeyModifiers::NONE | KeyModifiers::SHIFT,
                ..
            }) if part.is_ascii() => Some(part),
            _ => None,
        };
        self.held.push(event);
        self.text.extend(part);
        let length = self.text.len().min(BEGINNING.len());
        let goes_on = part.is_some()
            && self.text[..length] == BEGINNING[..length]
            && self.text.len() < LONGEST;
        if goes_on {
            Heard::Held
        } else {
            Heard::Events(self.release())
        }
    }
}

/// What every answer begins with.
const BEGINNING: &str = "11;";

fn is_key(event: &Event, modifiers: KeyModifiers, character: char) -> bool {
    matches!(event, Event::Key(key) if key.code == KeyCode::Char(character) && key.modifiers == modifiers)
}

/// Light if it is nearer to white than to black, for people (the luma of ITU-R BT.709).
fn background(colour: &str) -> Option<Background> {
    let Color {
        red, green, blue, ..
    } = Color::parse(colour.as_bytes()).ok()?;
    let luma = 0.2126 * f32::from(red) + 0.7152 * f32::from(green) + 0.0722 * f32::from(blue);
    Some(if luma > f32::from(u16::MAX) / 2.0 {
        Background::Light
    } else {
        Background::Dark
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(character: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(character), modifiers))
    }

    fn keys(text: &str) -> Vec<Event> {
        text.chars()
            .map(|character| key(character, KeyModifiers::NONE))
            .collect()
    }

    /// An answer as crossterm gives it out.
    fn answer(colour: &str) -> Vec<Event> {
        let mut events = vec![key(']', KeyModifiers::ALT)];
        events.extend(keys(&format!("11;{colour}")));
        events.push(key('\\', KeyModifiers::ALT));
        events
    }

    /// What becomes of some events: those given on, and the answers.
    fn listen(events: Vec<Event>) -> (Vec<Event>, Vec<Option<Background>>) {
        let mut listener = Listener::default();
        let (mut given, mut answers) = (Vec::new(), Vec::new());
        for event in events {
            match listener.hear(event) {
                Heard::Events(events) => given.extend(events),
                Heard::Held => {}
                Heard::Answer(background) => answers.push(background),
            }
        }
        given.extend(listener.release());
        (given, answers)
    }

    #[test]
    fn an_answer_is_picked_out_of_the_keys_around_it() {
        for (colour, expected) in [
            ("rgb:ffff/ffff/ffff", Some(Background::Light)),
            ("rgb:fd/f6/e3", Some(Background::Light)),
            ("rgb:0000/2b2b/3636", Some(Background::Dark)),
            ("rgba:0000/0000/0000/cccc", Some(Background::Dark)),
            ("#eeeeee", Some(Background::Light)),
            ("red", None),
        ] {
            let mut events = keys("ab");
            events.extend(answer(colour));
            events.extend(keys("cd"));
            assert_eq!(listen(events), (keys("abcd"), vec![expected]), "{colour}");
        }
    }

    #[test]
    fn an_answer_may_end_with_bel() {
        let mut events = answer("rgb:0/0/0");
        events.pop();
        events.push(key('g', KeyModifiers::CONTROL));
        assert_eq!(listen(events), (Vec::new(), vec![Some(Background::Dark)]));
    }

    #[test]
    fn a_key_that_only_looks_like_the_beginning_is_not_held_for_long() {
        let mut listener = Listener::default();
        let begin = key(']', KeyModifiers::ALT);
        assert_eq!(listener.hear(begin.clone()), Heard::Held);
        let next = key('q', KeyModifiers::NONE);
        assert_eq!(
            listener.hear(next.clone()),
            Heard::Events(vec![begin.clone(), next])
        );
        assert_eq!(listener.hear(begin.clone()), Heard::Held);
        assert_eq!(listener.release(), [begin]);
    }

    proptest! {
        #[test]
        fn nothing_typed_is_lost(
            typed in prop::collection::vec(("[]\\\\g1;rb:q]", prop::sample::select(vec![
                KeyModifiers::NONE,
                KeyModifiers::ALT,
                KeyModifiers::CONTROL,
            ])), 0..60),
        ) {
            let typed: Vec<Event> = typed
                .into_iter()
                .filter_map(|(text, modifiers)| Some(key(text.chars().next()?, modifiers)))
                .collect();
            let (given, answers) = listen(typed.clone());
            prop_assert!(!answers.is_empty() || given == typed);
        }
    }
}

//! Tells a paste from keys where the terminal does not mark it: its letters come as keys, but together.
//!
//! As keys they would do what each is bound to, an Enter among them would go on, and what comes after a `q` would be the
//! shell's.

use std::mem;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};
use tokio::time::Instant;

use crate::guide::field::CAPACITY;

/// From how many letters on it is a paste. Nobody types eight within [`BETWEEN_LETTERS`] of each other, and a key that is held
/// down comes at most every ten milliseconds; while more than a few words are told from keys that were pressed together.
const LETTERS: usize = 8;

/// How soon the next letter of a paste comes, where they come one by one. The fastest fingers take longer, and nobody notices
/// so short a wait.
const BETWEEN_LETTERS: Duration = Duration::from_millis(5);

/// How long nothing comes once a paste is over. What is left of it must not act as keys.
const QUIET: Duration = Duration::from_millis(20);

/// The same for a paste that does not fit into a terminal's line at once, and comes in portions as there is room again. It is
/// longer than any key or address, and nobody waits for it.
const LONG_QUIET: Duration = Duration::from_millis(200);

/// As much as Linux keeps of what was typed and not yet read (its `N_TTY_BUF_SIZE`), and others keep less.
const PORTION: usize = 4096;

/// What came together from the terminal.
#[derive(Debug, Default)]
pub(super) struct Burst {
    /// What is known not to be a paste, or to be all of one.
    told: Vec<Event>,
    /// The last of it that is text, as keys. Left out once it is a paste.
    keys: Vec<Event>,
    /// The same as text, as far as a field can take it and a little further.
    text: String,
    /// How many letters stand in it; line breaks alone are none.
    letters: usize,
    /// Whether it came right after another letter.
    is_quick: bool,
    /// When the last letter came.
    last_letter: Option<Instant>,
}

impl Burst {
    /// Takes in what came next, `now`.
    pub(super) fn take_in(&mut self, events: Vec<Event>, now: Instant) {
        for event in events {
            self.take_in_one(event, now);
        }
    }

    /// The same for one event.
    pub(super) fn take_in_one(&mut self, event: Event, now: Instant) {
        let Some(character) = character(&event) else {
            // They say nothing about what stands around them.
            let is_between = match &event {
                Event::Resize(..) => true,
                Event::Key(key) => key.kind == KeyEventKind::Release,
                _ => false,
            };
            if !is_between {
                self.end_text();
            }
            self.told.push(event);
            return;
        };
        if !matches!(character, '\r' | '\n' | '\t') {
            if self.letters == 0 {
                let last = self.last_letter;
                self.is_quick = last.is_some_and(|last| now - last < BETWEEN_LETTERS);
            }
            self.letters += 1;
            self.last_letter = Some(now);
        }
        if self.is_paste() {
            self.keys.clear();
            // At once, so that no part of what may be a private key stays behind where the text had no room to grow.
            if self.text.capacity() < CAPACITY {
                self.text.reserve(CAPACITY + LETTERS);
            }
        } else {
            self.keys.push(event);
        }
        // So that it is seen to be too long.
        if without_ends(&self.text).len() <= CAPACITY {
            self.text.push(character);
        }
    }

    /// How long more of it is waited for.
    pub(super) fn patience(&self) -> Duration {
        match self.letters {
            LETTERS.. if self.text.len() > PORTION => LONG_QUIET,
            LETTERS.. => QUIET,
            2.. => BETWEEN_LETTERS,
            1 if self.is_quick => BETWEEN_LETTERS,
            _ => Duration::ZERO,
        }
    }

    /// Gives out what it was, if no more of it is waited for.
    pub(super) fn end_unless_awaited(&mut self) -> Vec<Event> {
        if self.patience().is_zero() {
            self.end()
        } else {
            Vec::new()
        }
    }

    /// Gives out what it was: nothing more came.
    pub(super) fn end(&mut self) -> Vec<Event> {
        self.end_text();
        mem::take(&mut self.told)
    }

    fn is_paste(&self) -> bool {
        self.letters >= LETTERS
    }

    fn end_text(&mut self) {
        let text = mem::take(&mut self.text);
        if self.is_paste() {
            self.told.push(Event::Paste(text));
        }
        self.told.append(&mut self.keys);
        self.letters = 0;
    }
}

fn without_ends(text: &str) -> &str {
    text.trim_end_matches(['\r', '\n'])
}

/// What a key stands for in a text. Terminals send the line breaks of a paste as Enter, and some as they are, which is Ctrl-J.
fn character(event: &Event) -> Option<char> {
    let Event::Key(key) = event else {
        return None;
    };
    if key.kind == KeyEventKind::Release {
        return None;
    }
    if key.code == KeyCode::Char('j') && key.modifiers == KeyModifiers::CONTROL {
        return Some('\n');
    }
    if key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
    {
        return None;
    }
    match key.code {
        KeyCode::Char(character) => Some(character),
        KeyCode::Enter => Some('\r'),
        KeyCode::Tab => Some('\t'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyEvent;

    fn key(code: KeyCode) -> Event {
        Event::Key(KeyEvent::from(code))
    }

    fn control(letter: char) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL))
    }

    fn keys(text: &str) -> Vec<Event> {
        let key_of = |character| match character {
            '\r' => key(KeyCode::Enter),
            '\t' => key(KeyCode::Tab),
            '\n' => control('j'),
            letter => key(KeyCode::Char(letter)),
        };
        text.chars().map(key_of).collect()
    }

    fn paste(text: &str) -> Event {
        Event::Paste(text.to_owned())
    }

    /// A burst of what came at once.
    fn burst(events: Vec<Event>) -> Burst {
        let (mut burst, now) = (Burst::default(), Instant::now());
        burst.take_in(events, now);
        burst
    }

    fn told(events: Vec<Event>) -> Vec<Event> {
        burst(events).end()
    }

    #[test]
    fn letters_that_come_together_are_a_paste_with_its_line_breaks() {
        for text in [
            "ssh-ed25519 AAAA",
            "\rssh-ed25519\r",
            "ssh-ed\r\n\r\n25519",
            "four\tfour",
            "eightfold",
            "acht für",
        ] {
            assert_eq!(told(keys(text)), [paste(text)]);
        }
    }

    #[test]
    fn a_few_letters_and_line_breaks_alone_stay_keys() {
        for text in [
            "seven l",
            "zs",
            "\r\r\r\r\r\r\r\r\r\r",
            "\t\t\t\t\t\t\t\t",
            "q\r",
            "\n",
        ] {
            assert_eq!(told(keys(text)), keys(text), "{text:?}");
        }
    }

    #[test]
    fn keys_that_are_no_text_stay_keys_in_their_order() {
        for code in [KeyCode::Down, KeyCode::Backspace, KeyCode::PageDown] {
            let held_down = vec![key(code); 40];
            assert_eq!(told(held_down.clone()), held_down);
        }
        let mut events = keys("a whole text");
        events.extend([control('c'), key(KeyCode::Esc)]);
        events.extend(keys("few"));
        let mut expected = vec![paste("a whole text"), control('c'), key(KeyCode::Esc)];
        expected.extend(keys("few"));
        assert_eq!(told(events), expected);
    }

    #[test]
    fn another_size_does_not_cut_a_paste() {
        let mut events = keys("ssh-");
        events.push(Event::Resize(80, 24));
        events.extend(keys("ed25519"));
        let expected = [Event::Resize(80, 24), paste("ssh-ed25519")];
        assert_eq!(told(events), expected);
    }

    #[test]
    fn a_single_key_is_not_held_up() {
        assert_eq!(Burst::default().patience(), Duration::ZERO);
        for text in ["q", "\r", "\r\r\r", "\t"] {
            assert_eq!(burst(keys(text)).end_unless_awaited(), keys(text));
        }
        let mut over = burst(keys("q"));
        over.end();
        assert_eq!(over.end(), []);
    }

    #[test]
    fn a_letter_right_after_another_may_be_of_a_paste() {
        let (mut burst, start) = (Burst::default(), Instant::now());
        for (number, letter) in keys("ssh-ed25519").into_iter().enumerate() {
            let number = u32::try_from(number).unwrap_or(0);
            burst.take_in(vec![letter], start + number * Duration::from_millis(1));
            let patience = match number {
                // The first one is told at once, for nobody knows yet.
                0 => {
                    assert_eq!(burst.end_unless_awaited(), keys("s"));
                    continue;
                }
                1..8 => BETWEEN_LETTERS,
                _ => QUIET,
            };
            assert_eq!(burst.patience(), patience, "{number}");
        }
        assert_eq!(burst.end(), [paste("sh-ed25519")]);
        // As soon as a key comes again that is held down.
        burst.take_in(keys("j"), start + Duration::from_millis(20));
        assert_eq!(burst.patience(), Duration::ZERO);
    }

    #[test]
    fn no_more_is_kept_than_shows_that_it_is_too_long() {
        let line = "x".repeat(39) + "\r";
        let told = told(keys(&line.repeat(CAPACITY / 20)));
        let [Event::Paste(text)] = told.as_slice() else {
            unreachable!("one paste");
        };
        assert!(without_ends(text).len() > CAPACITY);
        assert!(text.len() < CAPACITY + 10, "{}", text.len());
    }
}

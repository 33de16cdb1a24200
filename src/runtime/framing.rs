//! Where in the bytes from a terminal one key, click or paste ends and the next begins.
//!
//! A cut paste, or a cut report of the mouse, is an escape sequence that never ends. A reader that waits for its end swallows every
//! key after it, Ctrl-C too. Here nothing is waited for longer than [`Framer::patience`], and a control character ends any
//! sequence at once. What a whole sequence means is `terminput`'s matter.
//!
//! A paste stays in one buffer of ours that never grows, so that a private key leaves no copies behind.

use std::mem;
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use terminput_crossterm::to_crossterm;
use zeroize::{Zeroize, Zeroizing};

use crate::guide::field::CAPACITY;

const ESCAPE: u8 = 0x1b;
const CTRL_C: u8 = 0x03;

/// How long a sequence may take from its first byte, and the next part of a paste from the one before. A terminal sends them at
/// once, and a slow connection in the next packet.
const PATIENCE: Duration = Duration::from_secs(1);

/// The longest sequence that means anything: a report of the mouse has some fifteen bytes.
const LONGEST: usize = 64;

/// What marks a paste (xterm's control sequences, "Bracketed Paste Mode").
const BEGINS_PASTE: &[u8] = b"\x1b[200~";
const ENDS_PASTE: &[u8] = b"\x1b[201~";

/// As much of a paste as is kept: enough for every field to say that it is too long.
const KEPT: usize = CAPACITY + 1;

/// Takes bytes in, in portions of any size, and gives out what they mean.
#[derive(Debug)]
pub(super) struct Framer {
    state: State,
    /// What has come of a sequence or of a character.
    sequence: Zeroizing<Vec<u8>>,
    /// What has come of a paste.
    paste: Zeroizing<Vec<u8>>,
    /// When the sequence began, or the last part of the paste came.
    since: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between keys.
    Ground,
    /// Behind an ESC.
    Escape,
    /// In a control sequence (ECMA-48, section 5.4).
    Control,
    /// Behind ESC O: one more byte.
    Function,
    /// In a report of the mouse in its oldest form: so many bytes are missing.
    OldMouse(u8),
    /// In a character of several bytes: so many are missing.
    Character(u8),
    /// In a paste, and so many bytes of its end have come.
    Paste(usize),
}

impl Default for Framer {
    fn default() -> Self {
        Self {
            state: State::Ground,
            sequence: Zeroizing::new(Vec::with_capacity(LONGEST + 1)),
            paste: Zeroizing::default(),
            since: None,
        }
    }
}

impl Framer {
    /// Takes in what was read at once. `is_all` says that no more of it waits to be read.
    pub(super) fn take_in(&mut self, bytes: &[u8], is_all: bool, now: Instant) -> Vec<Event> {
        let mut events = Vec::with_capacity(bytes.len());
        // A Ctrl-C that comes alone was pressed, and is no character of the paste.
        let was_pressed = !bytes.is_empty() && bytes.iter().all(|byte| *byte == CTRL_C);
        if was_pressed || self.patience(now).is_some_and(|left| left.is_zero()) {
            events.extend(self.give_up());
        }
        let before = self.state;
        for (index, byte) in bytes.iter().enumerate() {
            let is_last = is_all && index + 1 == bytes.len();
            self.take_in_one(*byte, is_last, &mut events);
        }
        // What a person presses meanwhile does not keep a sequence alive.
        let goes_on = before != State::Ground && events.is_empty();
        self.since = match self.state {
            State::Ground => None,
            State::Paste(_) => Some(now),
            _ if goes_on => self.since.or(Some(now)),
            _ => Some(now),
        };
        events
    }

    /// How much longer the rest of what has begun is waited for.
    pub(super) fn patience(&self, now: Instant) -> Option<Duration> {
        let since = self.since?;
        Some(PATIENCE.saturating_sub(now.saturating_duration_since(since)))
    }

    /// Gives out what has begun as it is: its rest does not come.
    pub(super) fn give_up(&mut self) -> Vec<Event> {
        let event = match self.state {
            State::Escape => Some(Event::Key(KeyCode::Esc.into())),
            // These two begin sequences, and are keys as well.
            State::Control if self.sequence.len() == 2 => Some(alt('[')),
            State::Function => Some(alt('O')),
            State::Ground | State::Control | State::OldMouse(_) | State::Character(_) => None,
            State::Paste(matched) => {
                self.keep(&ENDS_PASTE[..matched]);
                Some(self.pasted())
            }
        };
        self.begin_anew();
        self.since = None;
        event.into_iter().collect()
    }

    fn take_in_one(&mut self, byte: u8, is_last: bool, events: &mut Vec<Event>) {
        match self.state {
            State::Ground => self.begin(byte, is_last, events),
            State::Paste(matched) => self.take_in_pasted(byte, matched, events),
            State::Character(missing) if byte & 0xc0 == 0x80 => {
                self.sequence.push(byte);
                if missing > 1 {
                    self.state = State::Character(missing - 1);
                } else {
                    self.end(events);
                }
            }
            // It breaks off what has begun, and counts itself.
            State::Character(_) => self.begin_after(byte, is_last, events),
            State::Escape => self.escape(byte, is_last, events),
            _ if byte < b' ' || byte == 0x7f => self.begin_after(byte, is_last, events),
            State::Control => self.control(byte, events),
            State::Function => {
                self.sequence.push(byte);
                self.end(events);
            }
            State::OldMouse(missing) => {
                self.sequence.push(byte);
                if missing > 1 {
                    self.state = State::OldMouse(missing - 1);
                } else {
                    self.end(events);
                }
            }
        }
    }

    fn begin(&mut self, byte: u8, is_last: bool, events: &mut Vec<Event>) {
        self.sequence.push(byte);
        self.state = match byte {
            // By itself it is the key.
            ESCAPE if !is_last => State::Escape,
            0xc2..=0xdf => State::Character(1),
            0xe0..=0xef => State::Character(2),
            0xf0..=0xf4 => State::Character(3),
            _ => return self.end(events),
        };
    }

    fn begin_after(&mut self, byte: u8, is_last: bool, events: &mut Vec<Event>) {
        self.begin_anew();
        self.begin(byte, is_last, events);
    }

    fn escape(&mut self, byte: u8, is_last: bool, events: &mut Vec<Event>) {
        self.state = match byte {
            b'[' => State::Control,
            b'O' => State::Function,
            ESCAPE => {
                events.push(Event::Key(KeyCode::Esc.into()));
                return self.begin_after(byte, is_last, events);
            }
            0xc2..=0xdf => State::Character(1),
            0xe0..=0xef => State::Character(2),
            0xf0..=0xf4 => State::Character(3),
            _ => {
                // A key with Alt.
                self.sequence.push(byte);
                return self.end(events);
            }
        };
        self.sequence.push(byte);
    }

    fn control(&mut self, byte: u8, events: &mut Vec<Event>) {
        if self.sequence.len() < LONGEST {
            self.sequence.push(byte);
        }
        match (self.sequence.as_slice(), byte) {
            // Linux's console has a second bracket in front of F1 to F5.
            (b"\x1b[[", _) => {}
            (b"\x1b[M", _) => self.state = State::OldMouse(3),
            (BEGINS_PASTE, _) => {
                self.begin_anew();
                self.paste.reserve_exact(KEPT);
                self.state = State::Paste(0);
            }
            (_, b'@'..=b'~') => self.end(events),
            _ => {}
        }
    }

    fn take_in_pasted(&mut self, byte: u8, matched: usize, events: &mut Vec<Event>) {
        if byte == ENDS_PASTE[matched] {
            if matched + 1 == ENDS_PASTE.len() {
                events.push(self.pasted());
                self.begin_anew();
            } else {
                self.state = State::Paste(matched + 1);
            }
            return;
        }
        self.keep(&ENDS_PASTE[..matched]);
        // Only its first byte stands in it once.
        if byte == ESCAPE {
            self.state = State::Paste(1);
        } else {
            self.keep(&[byte]);
            self.state = State::Paste(0);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = KEPT - self.paste.len();
        self.paste
            .extend_from_slice(&bytes[..room.min(bytes.len())]);
    }

    /// The paste, in the buffer in which it came.
    fn pasted(&mut self) -> Event {
        let text = match String::from_utf8(mem::take(&mut *self.paste)) {
            Ok(text) => text,
            Err(error) => {
                let mut bytes = error.into_bytes();
                let text = String::from_utf8_lossy(&bytes).into_owned();
                bytes.zeroize();
                text
            }
        };
        Event::Paste(text)
    }

    /// A whole sequence has come. One that means nothing is left out.
    fn end(&mut self, events: &mut Vec<Event>) {
        let parsed = terminput::Event::parse_from(&self.sequence);
        let event = parsed.ok().flatten().map(to_crossterm);
        events.extend(event.and_then(Result::ok));
        self.begin_anew();
    }

    fn begin_anew(&mut self) {
        self.sequence.zeroize();
        self.state = State::Ground;
    }
}

fn alt(letter: char) -> Event {
    Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::ALT))
}

#[cfg(test)]
mod tests {
    use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
    use proptest::prelude::*;

    use super::*;

    fn key(code: KeyCode) -> Event {
        Event::Key(KeyEvent::from(code))
    }

    fn with(modifiers: KeyModifiers, code: KeyCode) -> Event {
        Event::Key(KeyEvent::new(code, modifiers))
    }

    fn control(letter: char) -> Event {
        with(KeyModifiers::CONTROL, KeyCode::Char(letter))
    }

    fn letter(letter: char) -> Event {
        key(KeyCode::Char(letter))
    }

    fn paste(text: &str) -> Event {
        Event::Paste(text.to_owned())
    }

    fn mouse(kind: MouseEventKind, column: u16, row: u16) -> Event {
        Event::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers: KeyModifiers::NONE,
        })
    }

    /// What comes of portions, each so many milliseconds after the one before.
    fn heard(portions: &[(u64, &[u8])]) -> Vec<Event> {
        let (mut framer, mut now) = (Framer::default(), Instant::now());
        let mut events = Vec::new();
        for (after, bytes) in portions {
            let after = Duration::from_millis(*after);
            now += after;
            if framer.patience(now).is_some_and(|left| left.is_zero()) {
                events.extend(framer.give_up());
            }
            events.extend(framer.take_in(bytes, true, now));
        }
        events
    }

    #[test]
    fn keys_are_what_a_terminal_sends_for_them() {
        use KeyModifiers as With;
        let press = MouseEventKind::Down(MouseButton::Left);
        for (bytes, expected) in [
            (&b"q"[..], vec![letter('q')]),
            (b"Q", vec![with(With::SHIFT, KeyCode::Char('Q'))]),
            (
                "é字🚀".as_bytes(),
                vec![letter('é'), letter('字'), letter('🚀')],
            ),
            (
                b"\r\t\x7f",
                vec![
                    key(KeyCode::Enter),
                    key(KeyCode::Tab),
                    key(KeyCode::Backspace),
                ],
            ),
            (
                b"\n\x03\x00",
                vec![control('j'), control('c'), control(' ')],
            ),
            (b"\x1b", vec![key(KeyCode::Esc)]),
            (b"\x1b\x1b", vec![key(KeyCode::Esc), key(KeyCode::Esc)]),
            (b"\x1bb", vec![with(With::ALT, KeyCode::Char('b'))]),
            (
                "\x1bé".as_bytes(),
                vec![with(With::ALT, KeyCode::Char('é'))],
            ),
            (b"\x1b[A\x1bOB", vec![key(KeyCode::Up), key(KeyCode::Down)]),
            (b"\x1b[1;5D", vec![with(With::CONTROL, KeyCode::Left)]),
            (
                b"\x1b[3~\x1b[5~",
                vec![key(KeyCode::Delete), key(KeyCode::PageUp)],
            ),
            (b"\x1b[Z", vec![with(With::SHIFT, KeyCode::BackTab)]),
            (
                b"\x1bOP\x1b[15~\x1b[[B",
                vec![key(KeyCode::F(1)), key(KeyCode::F(5)), key(KeyCode::F(2))],
            ),
            (b"\x1b[97;5u", vec![control('a')]),
            (b"\x1b[<0;10;5M", vec![mouse(press, 9, 4)]),
            (
                b"\x1b[<65;1;1M",
                vec![mouse(MouseEventKind::ScrollDown, 0, 0)],
            ),
            (b"\x1b[M *%", vec![mouse(press, 9, 4)]),
            (
                b"\x1b[200~two\rlines\x1b[201~q",
                vec![paste("two\rlines"), letter('q')],
            ),
            // The answer about the background, as the one who listens for it expects it.
            (b"\x1b]1\x1b\\", vec![alt(']'), letter('1'), alt('\\')]),
            // What means nothing here, and what is no text.
            (b"\x1b[?62;4c\x1b[201~\xff\xc3q", vec![letter('q')]),
        ] {
            assert_eq!(heard(&[(0, bytes)]), expected, "{bytes:?}");
        }
    }

    #[test]
    fn ctrl_c_gets_through_whatever_has_begun() {
        let whole = &b"\x1b[<0;10;5M"[..];
        let mut begun: Vec<&[u8]> = (2..whole.len()).map(|length| &whole[..length]).collect();
        begun.extend([
            &b"\x1b[M"[..],
            b"\x1b[M ",
            b"\x1bO",
            b"\x1b[1;5",
            b"\xe5\xad",
        ]);
        let endless = [b"\x1b[".as_slice(), &[b'1'; 10_000]].concat();
        begun.push(&endless);
        for bytes in begun {
            for portions in [
                &[(0, bytes), (0, b"\x03")][..],
                &[(0, bytes), (80, b"\x03")],
            ] {
                let events = heard(portions);
                assert_eq!(events.last(), Some(&control('c')), "{bytes:?}: {events:?}");
            }
        }
        let begun = b"\x1b[200~ssh-ed25519 AAAA";
        let expected = [paste("ssh-ed25519 AAAA"), control('c')];
        assert_eq!(heard(&[(0, begun), (0, b"\x03")]), expected);
        // Among the text it is a character of it.
        let whole = b"\x1b[200~a\x03b\x1b[201~";
        assert_eq!(heard(&[(0, whole)]), [paste("a\x03b")]);
        let pieces: Vec<(u64, &[u8])> = whole.chunks(8).map(|piece| (1, piece)).collect();
        assert_eq!(heard(&pieces), [paste("a\x03b")]);
    }

    #[test]
    fn keys_are_keys_again_after_a_while() {
        for begun in [&b"\x1b[<0;10"[..], b"\x1b[M", b"\x1b[1;", b"\xe5"] {
            let events = heard(&[(0, begun), (1001, b"q")]);
            assert_eq!(events, [letter('q')], "{begun:?}");
        }
        assert_eq!(
            heard(&[(0, b"\x1b["), (1001, b"q")]),
            [alt('['), letter('q')]
        );
        assert_eq!(
            heard(&[(0, b"\x1bO"), (1001, b"q")]),
            [alt('O'), letter('q')]
        );
        let cut = b"\x1b[200~half a key\x1b[20";
        let expected = [paste("half a key\x1b[20"), letter('q')];
        assert_eq!(heard(&[(0, cut), (1001, b"q")]), expected);
    }

    #[test]
    fn pressing_keys_does_not_prolong_a_sequence() {
        let mut portions: Vec<(u64, &[u8])> = vec![(0, b"\x1b[<0;10")];
        portions.extend([(300, &b"1"[..]); 4]);
        assert_eq!(heard(&portions), [letter('1')]);
    }

    #[test]
    fn a_sequence_may_come_in_pieces() {
        let parts: [(u64, &[u8]); 4] = [
            (0, b"\x1b[2"),
            (900, b"00~a"),
            (900, b"b\x1b[2"),
            (900, b"01~"),
        ];
        assert_eq!(heard(&parts), [paste("ab")]);
        assert_eq!(heard(&[(0, b"\xe5"), (5, b"\xad\x97")]), [letter('字')]);
    }

    #[test]
    fn a_paste_without_limit_is_kept_as_far_as_shows_that_it_is_too_long() {
        let mut bytes = BEGINS_PASTE.to_vec();
        bytes.extend(vec![b'x'; 20 * CAPACITY]);
        bytes.extend(ENDS_PASTE);
        let events = heard(&[(0, &bytes)]);
        let [Event::Paste(text)] = events.as_slice() else {
            unreachable!("one paste");
        };
        assert_eq!((text.len(), text.capacity()), (KEPT, KEPT));
    }

    proptest! {
        #[test]
        fn any_bytes_leave_it_able_to_hear(portions in prop::collection::vec(prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            "(\\x1b|\\[|[0-9;<?M~uO]|200~|201~|q){0,20}".prop_map(String::into_bytes),
        ], 0..10)) {
            let mut framer = Framer::default();
            let now = Instant::now();
            for portion in &portions {
                framer.take_in(portion, true, now);
            }
            let later = now + Duration::from_secs(1);
            let events = framer.take_in(&[CTRL_C], true, later);
            prop_assert_eq!(events.last(), Some(&control('c')));
            prop_assert_eq!(framer.patience(later), None);
        }

        /// Where nothing else is around it, a paste comes out as it went in, in pieces of any size.
        #[test]
        fn a_paste_comes_out_as_it_went_in(text in "[^\\x1b]{0,200}", size in 6usize..50) {
            let mut bytes = BEGINS_PASTE.to_vec();
            bytes.extend(text.bytes());
            bytes.extend(ENDS_PASTE);
            let pieces: Vec<(u64, &[u8])> = bytes.chunks(size).map(|piece| (1, piece)).collect();
            prop_assert_eq!(heard(&pieces), [paste(&text)]);
        }
    }
}

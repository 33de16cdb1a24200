//! Plays a scenario: which key is pressed next, and when. It waits for what has to be seen, and only then for as long as a
//! person would take.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::condition::Moment;
use super::scenario::Play;

/// How long a person looks at something new before pressing the next key.
const READING: Duration = Duration::from_millis(1800);

/// Between two letters of a text. People don't type like clocks.
const TYPING: [Duration; 4] = [
    Duration::from_millis(70),
    Duration::from_millis(45),
    Duration::from_millis(95),
    Duration::from_millis(60),
];

/// Between two other keys.
const PRESSING: Duration = Duration::from_millis(450);

/// What a page is read on with.
const PAGE_DOWN: KeyEvent = KeyEvent::new(KeyCode::PageDown, KeyModifiers::NONE);

/// Where a scenario that plays by itself has come to. Times are counted from the start of the demo.
#[derive(Clone, Debug)]
pub struct Player {
    plays: &'static [Play],
    /// How many of them are done.
    done: usize,
    /// How many keys of the next one are pressed.
    pressed: usize,
    /// When the next key is pressed, once what it waits for was seen.
    due: Option<Duration>,
    is_paused: bool,
}

impl Player {
    /// A player at the beginning.
    pub fn new(plays: &'static [Play]) -> Self {
        Self {
            plays,
            done: 0,
            pressed: 0,
            due: None,
            is_paused: false,
        }
    }

    /// Whether there is nothing left to press.
    pub fn is_over(&self) -> bool {
        self.done >= self.plays.len()
    }

    /// Whether it is paused.
    pub fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// When the next key is pressed; none while it waits or is paused.
    pub fn due(&self) -> Option<Duration> {
        self.due.filter(|_| !self.is_paused())
    }

    /// Whether it waits for something to be seen.
    pub fn is_waiting(&self) -> bool {
        self.due.is_none() && !self.is_paused() && !self.is_over()
    }

    /// Looks at the wizard: what it waits for may be seen now. Nothing is pressed before all was said, at `said`. `more` is
    /// whether there is more of the page below, once that is known of what is looked at.
    pub fn look(&mut self, moment: &Moment<'_>, now: Duration, said: Duration, more: Option<bool>) {
        // What was begun is done to its end.
        while let Some(play) = self.plays.get(self.done).filter(|_| self.pressed == 0) {
            // A person presses what is offered. Something may still have to be saved before it is.
            let is_offered = first_key(play).is_none_or(|key| moment.offers(key));
            let holds = play.when.holds(moment) && is_offered;
            if holds && play.read_on && more == Some(false) {
                self.end_play();
                continue;
            }
            self.due = match self.due {
                Some(due) if holds => Some(due.max(said)),
                None if holds => Some(said.max(now + play.read.unwrap_or(READING))),
                _ => None,
            };
            return;
        }
    }

    /// The next key, if it is due. `more` is whether there is more of the page below.
    pub fn press(&mut self, now: Duration, more: bool) -> Option<KeyEvent> {
        let is_due = self.due().is_some_and(|due| due <= now);
        is_due.then(|| self.next_key(now, more)).flatten()
    }

    /// The next key at once, if what it waits for was seen.
    pub fn step(&mut self, now: Duration, more: bool) -> Option<KeyEvent> {
        self.due?;
        self.next_key(now, more)
    }

    /// Pauses, or goes on. Meanwhile time has to stand still.
    pub fn pause_or_go_on(&mut self) {
        self.is_paused = !self.is_paused;
    }

    /// Whether the next key is a letter of a text that was begun.
    pub fn is_in_text(&self) -> bool {
        let play = self.plays.get(self.done);
        play.is_some_and(|play| self.pressed > play.press.len())
    }

    fn next_key(&mut self, now: Duration, more: bool) -> Option<KeyEvent> {
        let play = self.plays.get(self.done)?;
        if play.read_on {
            if !more {
                self.end_play();
                return None;
            }
            self.due = Some(now + play.read.unwrap_or(READING));
            return Some(PAGE_DOWN);
        }
        let key = play.keys().nth(self.pressed)?;
        self.pressed += 1;
        if self.pressed < play.keys().count() {
            let pause = if self.is_in_text() {
                TYPING[self.pressed % TYPING.len()]
            } else {
                PRESSING
            };
            self.due = Some(now + pause);
        } else {
            self.end_play();
        }
        Some(key)
    }

    fn end_play(&mut self) {
        self.done += 1;
        self.pressed = 0;
        self.due = None;
    }
}

/// The key that a play begins with, if it is none of a text.
fn first_key(play: &Play) -> Option<KeyEvent> {
    if play.read_on {
        Some(PAGE_DOWN)
    } else {
        play.press.first().copied()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use super::*;
    use crate::demo::Condition;
    use crate::setup::{Setup, Wizard};
    use crossterm::event::KeyCode;

    const SECOND: Duration = Duration::from_secs(1);

    fn play(question: usize, read: Duration, press: &[KeyCode], text: &str) -> Play {
        Play {
            when: Condition {
                question: Some(question),
                ..Condition::default()
            },
            read: Some(read),
            press: press.iter().map(|code| KeyEvent::from(*code)).collect(),
            text: text.to_owned(),
            read_on: false,
        }
    }

    fn read_on(question: usize, read: Duration) -> Play {
        Play {
            read_on: true,
            ..play(question, read, &[], "")
        }
    }

    fn player(plays: Vec<Play>) -> Player {
        Player::new(plays.leak())
    }

    /// Looks at a new wizard, whose first question is asked, and presses what is due.
    fn at(player: &mut Player, now: Duration) -> Option<KeyCode> {
        let wizard = Wizard::new(Setup::default());
        player.look(&Moment::of(&wizard), now, Duration::ZERO, None);
        player.press(now, false).map(|key| key.code)
    }

    #[test]
    fn a_key_comes_once_it_was_seen_what_it_waits_for_and_read_it() {
        let mut player = player(vec![play(1, 2 * SECOND, &[KeyCode::Enter], "")]);
        assert_eq!(player.due(), None);
        assert_eq!(at(&mut player, SECOND), None);
        assert_eq!(player.due(), Some(3 * SECOND));
        assert_eq!(at(&mut player, 2 * SECOND), None);
        assert_eq!(at(&mut player, 3 * SECOND), Some(KeyCode::Enter));
        assert!(player.is_over());
        assert_eq!(at(&mut player, 9 * SECOND), None);
    }

    #[test]
    fn what_is_not_offered_is_not_pressed() {
        // Nothing in the first step is bound to it.
        let mut player = player(vec![play(1, SECOND, &[KeyCode::Char('w')], "")]);
        assert_eq!(at(&mut player, SECOND), None);
        assert!(player.is_waiting());
    }

    #[test]
    fn it_waits_without_end_for_what_does_not_come() {
        let mut player = player(vec![play(2, SECOND, &[KeyCode::Enter], "")]);
        assert_eq!(at(&mut player, 100 * SECOND), None);
        assert_eq!((player.due(), player.is_waiting()), (None, true));
    }

    #[test]
    fn what_is_gone_before_its_time_is_waited_for_again() {
        let mut player = player(vec![play(1, SECOND, &[KeyCode::Enter], "")]);
        assert_eq!(at(&mut player, SECOND), None);
        let mut wizard = Wizard::new(Setup::default());
        wizard
            .journey
            .prerequisites
            .picks
            .next(&crate::setup::steps::prerequisites::Prerequisites::questions());
        player.look(&Moment::of(&wizard), SECOND, Duration::ZERO, None);
        assert_eq!((player.due(), player.is_waiting()), (None, true));
        assert_eq!(at(&mut player, 5 * SECOND), None);
        assert_eq!(player.due(), Some(6 * SECOND));
    }

    #[test]
    fn texts_are_typed_letter_by_letter_without_looking_again() {
        let mut player = player(vec![play(1, SECOND, &[KeyCode::Enter], "ab")]);
        at(&mut player, Duration::ZERO);
        let mut typed = Vec::new();
        while let Some(due) = player.due() {
            typed.push(player.press(due, false).unwrap().code);
        }
        assert_eq!(
            typed,
            [KeyCode::Enter, KeyCode::Char('a'), KeyCode::Char('b')]
        );
    }

    #[test]
    fn nothing_is_pressed_before_all_was_said() {
        let mut player = player(vec![play(1, 2 * SECOND, &[KeyCode::Enter], "")]);
        let wizard = Wizard::new(Setup::default());
        let moment = Moment::of(&wizard);
        player.look(&moment, SECOND, 5 * SECOND, None);
        assert_eq!(player.due(), Some(5 * SECOND));
        player.look(&moment, 2 * SECOND, 7 * SECOND, None);
        assert_eq!(player.due(), Some(7 * SECOND));
        // Reading takes its time all the same.
        player.look(&moment, 3 * SECOND, Duration::ZERO, None);
        assert_eq!(player.due(), Some(7 * SECOND));
    }

    #[test]
    fn a_page_is_read_on_as_far_as_it_is_longer_than_the_screen() {
        let plays = || {
            vec![
                read_on(1, 2 * SECOND),
                play(1, SECOND, &[KeyCode::Enter], ""),
            ]
        };
        let wizard = Wizard::new(Setup::default());
        let moment = Moment::of(&wizard);
        let look = |player: &mut Player, now, more| {
            player.look(&moment, now, Duration::ZERO, more);
        };
        let mut long = player(plays());
        // Before it is drawn, nobody knows how long it is.
        look(&mut long, Duration::ZERO, None);
        assert_eq!(long.due(), Some(2 * SECOND));
        look(&mut long, Duration::ZERO, Some(true));
        for seconds in [2, 4] {
            let pressed = long.press(seconds * SECOND, true).unwrap();
            assert_eq!(pressed.code, KeyCode::PageDown);
            look(&mut long, seconds * SECOND, Some(true));
        }
        look(&mut long, 4 * SECOND, Some(false));
        assert_eq!(long.due(), Some(5 * SECOND), "the next play is looked at");
        let pressed = long.press(5 * SECOND, false).unwrap();
        assert_eq!(pressed.code, KeyCode::Enter);
        assert!(long.is_over());

        let mut short = player(plays());
        look(&mut short, Duration::ZERO, Some(false));
        assert_eq!(short.due(), Some(SECOND), "nothing to read on to");
    }

    #[test]
    fn nothing_is_pressed_while_it_is_paused() {
        let mut player = player(vec![play(1, 2 * SECOND, &[KeyCode::Enter], "")]);
        at(&mut player, Duration::ZERO);
        player.pause_or_go_on();
        assert!(player.is_paused());
        assert_eq!(at(&mut player, 2 * SECOND), None);
        assert_eq!((player.due(), player.is_waiting()), (None, false));
        player.pause_or_go_on();
        assert_eq!(at(&mut player, 2 * SECOND), Some(KeyCode::Enter));
    }

    #[test]
    fn a_step_does_not_wait_but_needs_what_has_to_be_seen() {
        let mut player = player(vec![
            play(1, 9 * SECOND, &[KeyCode::Enter, KeyCode::Tab], "ab"),
            play(2, SECOND, &[KeyCode::Enter], ""),
        ]);
        at(&mut player, Duration::ZERO);
        player.pause_or_go_on();
        let mut step = || player.step(SECOND, false).map(|key| key.code);
        assert_eq!(step(), Some(KeyCode::Enter));
        assert_eq!(step(), Some(KeyCode::Tab));
        assert_eq!(step(), Some(KeyCode::Char('a')));
        assert_eq!(step(), Some(KeyCode::Char('b')));
        assert_eq!(step(), None);
        assert!(player.is_paused() && !player.is_over());
    }
}

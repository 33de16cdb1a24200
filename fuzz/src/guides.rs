//! Any events in any order for the wizard, or for a rotation, drawn and said at every turn.
//!
//! A line of the input is an event, by its first letter; a line that begins with no such letter is nothing. The first line says
//! what is begun: `empty`, `cloud`, `data_center`, `demo` or `rotation`.
//!
//! | letter | what happens |
//! |---|---|
//! | `K` | these characters are pressed, one by one |
//! | `C`, `M` | the same with Ctrl, with Alt |
//! | `N` | named keys: `e` Enter, `x` Esc, `t` Tab, `b` Backspace, `d` Delete, `h` Home, `n` End, `u` `j` `l` `r` the arrows, `p` `q` a page up or down |
//! | `P`, `Y` | this text is pasted, or typed very fast; `\n` stands for a line end |
//! | `Z` | a secret is pasted, where one is asked for |
//! | `V` | a private key is pasted |
//! | `A` | what was asked for last is answered: a digit picks how, then come words |
//! | `L` | a line of the plain mode is answered |
//! | `@` | the target with this number is clicked |
//! | `W` | the wheel is turned by so many lines |
//! | `T` | so many seconds pass |
//! | `S` | the screen has another size: `80x24` |
//! | `B`, `Q` | the simulated Bitbucket has changed; the program is asked to end |

use std::fmt::Debug;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use doorkey::bitbucket::{SshAliases, read_address};
use doorkey::connections::{Connection, Connections};
use doorkey::guide::identity::Asks;
use doorkey::guide::{Demo, Drive as _, Effect, Event, Guide, Journey, Overlay, Request};
use doorkey::plain::{Narrator, Understood, help, understand};
use doorkey::rotation::{self, KeyRotation};
use doorkey::setup::{Draft, Setup, Wizard};
use doorkey::view::theme::{Background, Colours, Theme};
use doorkey::view::{Surface, draw};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use crate::world::answers;
use crate::{KEY, assert_harmless, assert_harmless_lines, assert_kept, good_key, text};

/// What is pasted where a secret is asked for.
const SECRET: &str = "s3same-0pen";

/// What is pasted as a private key, and what must not be seen of it.
pub const PRIVATE: &str = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n";
const PRIVATE_PART: &str = "b3BlbnNzaC1";

const CLOUD: &str = "git@ssh.bitbucket.org:acme/analytics.git";
const DATA_CENTER: &str = "ssh://git@git.example.com:7999/data/analytics.git";

/// As many lines of an input as are played, and as many characters of one that are pressed. Each line is drawn.
const MOST: usize = 40;

pub fn run(data: &[u8]) {
    let text = text(data);
    if text.contains(SECRET) || text.contains(PRIVATE_PART) {
        // Then it would be the input that shows it.
        return;
    }
    let (begun, events) = text.split_once('\n').unwrap_or((&text, ""));
    let given = |url: &str, demo| Setup {
        url: url.to_owned(),
        key: Some(KEY.as_bytes().to_vec().into()),
        demo,
        keeps: true,
        ..Setup::default()
    };
    match begun {
        "cloud" => play(Wizard::new(given(CLOUD, None)), events),
        "data_center" => play(Wizard::new(given(DATA_CENTER, None)), events),
        "demo" => play(Wizard::new(given(CLOUD, Some(demo()))), events),
        "rotation" => play(KeyRotation::new(a_rotation()), events),
        _ => play(
            Wizard::new(Setup {
                keeps: true,
                ..Setup::default()
            }),
            events,
        ),
    }
}

fn demo() -> Demo {
    Demo {
        page: "http://127.0.0.1:8000/acme/analytics/admin/access-keys/".to_owned(),
        token: "simulated".to_owned(),
    }
}

fn a_rotation() -> rotation::Setup {
    let reading = read_address(CLOUD, &SshAliases::default()).expect("an address");
    let name = "analytics".parse().expect("a name");
    rotation::Setup {
        connection: Connection::new(name, reading.address, reading.place, good_key()),
        key: None,
        settings: doorkey::check::request::TestSettings::default(),
        demo: None,
    }
}

/// A guide, what it has asked for, and how it is looked at.
struct Play<J: Journey> {
    guide: Guide<J>,
    /// What was asked for and not answered yet.
    asked: Vec<Effect>,
    surface: Surface,
    narrator: Narrator,
    size: (u16, u16),
    themes: [Theme; 2],
    turn: usize,
    now: Duration,
    has_ended: bool,
    /// The connection of a rotation, as it is saved.
    saved: Connection,
}

fn play<J: Journey + Debug>(mut guide: Guide<J>, events: &str) {
    let asked = guide.first_effects();
    let mut play = Play {
        guide,
        asked,
        surface: Surface::default(),
        narrator: Narrator::for_typed_answers(),
        size: (80, 24),
        themes: themes(),
        turn: 0,
        now: Duration::from_secs(1),
        has_ended: false,
        saved: a_rotation().connection,
    };
    play.look();
    for line in events.lines().take(MOST) {
        play.line(line);
        if play.has_ended {
            break;
        }
    }
    help(&play.guide)
        .iter()
        .for_each(|line| assert_unseen(line));
    // Nothing keeps what was never to be kept, whether it is shown or not.
    assert_no_secret(&format!("{:?}", play.guide));
}

impl<J: Journey> Play<J> {
    fn line(&mut self, line: &str) {
        let mut letters = line.chars();
        let kind = letters.next().unwrap_or_default();
        let rest = letters.as_str();
        let words = || rest.replace("\\n", "\n");
        let number = rest
            .bytes()
            .take(5)
            .take_while(u8::is_ascii_digit)
            .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
        match kind {
            'K' => self.press(rest.chars().map(KeyCode::Char), KeyModifiers::NONE),
            'C' => self.press(rest.chars().map(KeyCode::Char), KeyModifiers::CONTROL),
            'M' => self.press(rest.chars().map(KeyCode::Char), KeyModifiers::ALT),
            'N' => self.press(rest.chars().filter_map(named), KeyModifiers::NONE),
            'P' => self.event(Event::Paste(words())),
            'Y' => self.event(Event::Typed(words())),
            'Z' if self.asks_for_secret() => self.event(Event::Paste(SECRET.to_owned())),
            'V' => self.event(Event::Paste(PRIVATE.to_owned())),
            'A' => self.answer(rest),
            'L' => {
                let understood = understand(&self.guide, rest);
                match understood {
                    Ok(Understood::Events(events)) => {
                        events.iter().for_each(|event| self.event(event.clone()));
                        self.narrator.answered(&self.guide, &events);
                    }
                    Ok(Understood::Help) => {}
                    Err(misunderstood) => assert_unseen(&misunderstood.0),
                }
            }
            '@' => {
                let targets = self.surface.targets();
                let target = usize::try_from(number)
                    .ok()
                    .and_then(|number| targets.get(number));
                if let Some((area, _)) = target.copied()
                    && let Some(target) = self.surface.target_at(area.as_position())
                {
                    self.event(Event::Click(target));
                }
            }
            'W' => self.event(Event::Wheel(rest.parse().unwrap_or(3))),
            'T' => {
                self.now += Duration::from_secs(number);
                self.event(Event::Tick);
                assert_ne!(
                    self.guide.wants_tick(),
                    Some(Duration::ZERO),
                    "it would spin"
                );
            }
            'S' => {
                let (columns, rows) = rest.split_once('x').unwrap_or((rest, "24"));
                let within = |text: &str, most| text.parse().unwrap_or(0).min(most);
                self.size = (within(columns, 250), within(rows, 80));
                self.event(Event::Resized);
            }
            'B' => self.event(Event::BitbucketChanged),
            'Q' => self.event(Event::Terminated),
            _ => {}
        }
    }

    fn asks_for_secret(&self) -> bool {
        match self.guide.overlay() {
            Some(Overlay::Token) => !self.guide.token.in_email,
            Some(Overlay::Identity) => self.guide.identity.asks == Asks::Passphrase,
            _ => false,
        }
    }

    fn press(&mut self, codes: impl Iterator<Item = KeyCode>, modifiers: KeyModifiers) {
        for code in codes.take(MOST) {
            if !self.has_ended {
                self.take_in(Event::Key(KeyEvent::new(code, modifiers)));
            }
        }
        self.look();
    }

    fn event(&mut self, event: Event) {
        if !self.has_ended {
            self.take_in(event);
            self.look();
        }
    }

    fn take_in(&mut self, event: Event) {
        self.now += Duration::from_millis(1);
        for effect in self.guide.update(self.now, event) {
            assert_sound(&effect);
            self.has_ended |= matches!(effect, Effect::Quit(_));
            self.asked.push(effect);
        }
    }

    fn look(&mut self) {
        // In turn, for a picture takes most of the time.
        self.turn ^= 1;
        self.surface = look_at(&self.guide, self.size, &self.themes[self.turn]);
        let seen = self.surface.seen();
        self.guide.drawn(seen);
        let prompt = self.narrator.news(&self.guide).into_iter();
        let question = self.narrator.question(&self.guide);
        let asked = question
            .iter()
            .flat_map(|prompt| prompt.lines.iter().chain(&prompt.ask));
        prompt
            .chain(asked.cloned())
            .for_each(|line| assert_unseen(&line));
    }

    /// Answers what was asked for last and can be answered.
    fn answer(&mut self, how: &str) {
        let digit = how.chars().next().and_then(|digit| digit.to_digit(10));
        let words = how
            .trim_start_matches(|character: char| character.is_ascii_digit())
            .replace("\\n", "\n");
        while let Some(effect) = self.asked.pop() {
            let events = answers(&effect, digit.unwrap_or(0), &words, &mut self.saved);
            if !events.is_empty() {
                events.into_iter().for_each(|event| self.event(event));
                return;
            }
        }
    }
}

/// Draws a guide, and looks for what must not be on a screen.
pub fn look_at(guide: &Guide<impl Journey>, size: (u16, u16), theme: &Theme) -> Surface {
    let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
    let surface = draw(guide, theme, &mut buffer);
    for row in buffer.content().chunks(usize::from(size.0).max(1)) {
        let line: String = row.iter().map(Cell::symbol).collect();
        assert_unseen(&line);
    }
    if let Some(cursor) = surface.cursor {
        assert!(buffer.area.contains(cursor), "the cursor is outside");
    }
    for link in &surface.links {
        assert!(
            link.address.bytes().all(|byte| byte.is_ascii_graphic()),
            "{}",
            link.address
        );
        let inside = link.area.intersection(buffer.area);
        assert_eq!(link.area, inside, "a link is outside");
    }
    surface
}

/// How a screen may look: with colours and all signs, or without either.
pub fn themes() -> [Theme; 2] {
    [
        Theme::new(Background::Dark, Colours::True, false),
        Theme::new(Background::Light, Colours::None, true),
    ]
}

/// Neither anything harmful nor anything secret is in a line.
#[track_caller]
fn assert_unseen(line: &str) {
    assert_no_secret(line);
    assert_harmless(line);
}

#[track_caller]
fn assert_no_secret(text: &str) {
    assert!(!text.contains(SECRET), "a secret is seen: {text}");
    assert!(
        !text.contains(PRIVATE_PART),
        "a private key is seen: {text}"
    );
}

/// What leaves the guide is fit for where it goes.
fn assert_sound(effect: &Effect) {
    assert_no_secret(&format!("{effect:?}"));
    let Effect::Ask(_, request) = effect else {
        if let Effect::CallBack(words) = effect {
            assert_harmless(words);
        }
        return;
    };
    match request {
        Request::Copy(_, text) | Request::WriteFile(_, text) => assert_harmless_lines(text),
        Request::OpenPage(page) => {
            assert!(page.bytes().all(|byte| byte.is_ascii_graphic()), "{page}")
        }
        Request::KeepUnfinished(Some(draft)) => {
            assert_eq!(
                Draft::from_file(draft)
                    .map(|draft| draft.to_file())
                    .as_ref(),
                Ok(draft)
            );
        }
        Request::Save(finished) => {
            let mut connections = Connections::default();
            connections.keep((**finished).clone());
            assert_kept(&connections);
        }
        _ => {}
    }
}

fn named(letter: char) -> Option<KeyCode> {
    Some(match letter {
        'e' => KeyCode::Enter,
        'x' => KeyCode::Esc,
        't' => KeyCode::Tab,
        'b' => KeyCode::Backspace,
        'd' => KeyCode::Delete,
        'h' => KeyCode::Home,
        'n' => KeyCode::End,
        'u' => KeyCode::Up,
        'j' => KeyCode::Down,
        'l' => KeyCode::Left,
        'r' => KeyCode::Right,
        'p' => KeyCode::PageUp,
        'q' => KeyCode::PageDown,
        _ => return None,
    })
}

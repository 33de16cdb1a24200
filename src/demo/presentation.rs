//! A guide on a stage: what happens by itself, what the presenter may say, and the player that presses the keys. Everything
//! else is the guide's own.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use super::condition::Moment;
use super::pace::Pace;
use super::player::Player;
use super::scenario::{Happening, Keys, Scenario, What};
use crate::bitbucket::Edition;
use crate::wizard::guide::{ListedStep, Playing, ShownTest};
use crate::wizard::identity::Asks;
use crate::wizard::questions::{Picks, Question};
use crate::wizard::steps::public_key::PublicKey;
use crate::wizard::token::TokenForm;
use crate::wizard::{
    Action, Binding, Effect, Event, Guide, Leaving, Notice, Overlay, Simulated, Target,
};

/// How long something may take that a play waits for, before it is given up. No test takes as long.
const PATIENCE: Duration = Duration::from_secs(40);

/// Who presses the keys.
#[derive(Clone, Debug)]
enum Hands {
    /// A person.
    Person,
    /// The player, while somebody watches who can take over.
    Player(Player),
    /// The player, with nobody there.
    PlayerAlone(Player),
}

/// A guide on a stage.
#[derive(Clone, Debug)]
pub struct Presentation<G> {
    guide: G,
    scenario: &'static Scenario,
    keys: Keys,
    happenings: Vec<Awaited>,
    /// Which note fits best.
    note: Option<usize>,
    shows_notes: bool,
    hands: Hands,
    pace: Pace,
    /// The time on the wall, as of the last event.
    wall: Duration,
    /// The time of the story.
    now: Duration,
    notice: Option<Notice>,
    pressed: Vec<String>,
    /// As much as is typed of a text.
    typed: String,
    /// Since when, on the wall, the player waits for something to be seen.
    waits_since: Option<Duration>,
    /// Whether the player waited for something in vain.
    has_given_up: bool,
}

/// A happening, and how far it is.
#[derive(Clone, Debug)]
struct Awaited {
    happening: &'static Happening,
    due: Option<Duration>,
}

impl<G: Guide> Presentation<G> {
    /// A demo that a person plays.
    pub fn by_hand(guide: G, scenario: &'static Scenario, keys: Keys) -> Self {
        let waiting = |happening| Awaited {
            happening,
            due: None,
        };
        Self {
            guide,
            scenario,
            keys,
            happenings: scenario.happenings.iter().map(waiting).collect(),
            note: None,
            shows_notes: false,
            hands: Hands::Person,
            pace: Pace::default(),
            wall: Duration::ZERO,
            now: Duration::ZERO,
            notice: None,
            pressed: Vec::new(),
            typed: String::new(),
            waits_since: None,
            has_given_up: false,
        }
    }

    /// The same, playing itself at a pace.
    #[must_use]
    pub fn playing_itself(mut self, pace: Pace, is_watched: bool) -> Self {
        let player = Player::new(&self.scenario.plays);
        self.pace = pace;
        self.hands = if is_watched {
            Hands::Player(player)
        } else {
            Hands::PlayerAlone(player)
        };
        self
    }

    /// The guide.
    pub fn guide(&self) -> &G {
        &self.guide
    }

    /// The same without the help that lies over it.
    #[must_use]
    pub fn beneath_help(&self) -> Self {
        let mut beneath = self.clone();
        let close = Event::Key(KeyEvent::from(KeyCode::Esc));
        beneath.guide.update(self.now, close);
        beneath
    }

    /// Whether the player waited for something in vain.
    pub fn has_given_up(&self) -> bool {
        self.has_given_up
    }

    /// What the player has pressed so far, in words.
    pub fn pressed(&self) -> &[String] {
        &self.pressed
    }

    /// Whether a text is being typed letter by letter.
    pub fn is_in_text(&self) -> bool {
        self.player().is_some_and(Player::is_in_text)
    }

    fn player(&self) -> Option<&Player> {
        match &self.hands {
            Hands::Person => None,
            Hands::Player(player) | Hands::PlayerAlone(player) => Some(player),
        }
    }

    fn player_mut(&mut self) -> Option<&mut Player> {
        match &mut self.hands {
            Hands::Person => None,
            Hands::Player(player) | Hands::PlayerAlone(player) => Some(player),
        }
    }

    /// The keys that lead the player. Any other takes over.
    fn player_bindings(&self) -> Vec<Binding> {
        let Some(player) = self.player() else {
            return Vec::new();
        };
        let pause = if player.is_paused() { "go on" } else { "pause" };
        vec![
            Binding::new(KeyCode::Char(' '), Action::PausePlay, pause),
            Binding::new(KeyCode::Right, Action::StepPlay, "step"),
            Binding::letter('q', Action::StopPlay, "stop"),
        ]
    }

    /// Whether no text is typed, and nothing asks for a letter.
    fn is_letter_free(&self) -> bool {
        self.guide.overlay().is_none() && !self.guide.is_typing()
    }

    /// What comes from a person. None: it is the guide's.
    fn hear(&mut self, event: &Event) -> Option<Vec<Effect>> {
        let key = match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => return None,
            Event::Key(key) | Event::Click(Target::Key(key)) => Some(*key),
            Event::Click(_) | Event::Wheel(_) | Event::Paste(_) => None,
            _ => return None,
        };
        self.notice = None;
        let mut own = self.player_bindings();
        if self.player().is_some() || self.is_letter_free() {
            own.push(notes_binding());
        }
        let bound = key.and_then(|key| own.iter().find(|binding| binding.matches(key)));
        if let Some(binding) = bound {
            return Some(self.act(binding.action));
        }
        if self.player().is_some() && !key.is_some_and(is_of_the_job) {
            self.hands = Hands::Person;
            self.tell("You have the keys now: the demo does not play by itself any more.");
        }
        None
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        let now = self.now;
        match action {
            Action::Notes => self.shows_notes = !self.shows_notes,
            Action::PausePlay => {
                if let Some(player) = self.player_mut() {
                    player.pause_or_go_on(now);
                }
            }
            Action::StepPlay => {
                let mut effects = Vec::new();
                while let Some(key) = self.player_mut().and_then(|player| player.step(now)) {
                    effects.extend(self.press(key));
                    // A text is one step.
                    if !self.is_in_text() {
                        break;
                    }
                }
                return effects;
            }
            Action::StopPlay => return vec![Effect::Quit(Leaving::Quit)],
            _ => {}
        }
        Vec::new()
    }

    /// Presses a key for the person, in the same way.
    fn press(&mut self, key: KeyEvent) -> Vec<Effect> {
        let bindings = self.guide.bindings();
        let bound = bindings.iter().find(|binding| binding.matches(key));
        match (bound, key.code) {
            (Some(binding), _) => {
                let words = format!("{}: {}", binding.name(), binding.label);
                self.pressed.push(words);
            }
            (None, KeyCode::Char(letter)) => {
                self.typed.push(letter);
                if !self.is_in_text() {
                    let words = std::mem::take(&mut self.typed);
                    self.pressed.push(words);
                }
            }
            (None, _) => {}
        }
        self.guide.update(self.now, Event::Key(key))
    }

    /// Lets the player press what is due, or end.
    fn play(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        let soon = self.now + self.pace.instant();
        if let Some(key) = self.player_mut().and_then(|player| player.press(soon)) {
            self.waits_since = None;
            effects.extend(self.press(key));
            // What it does may be what the next one waits for.
            effects.extend(self.look());
        }
        effects.extend(self.end_play());
        effects
    }

    /// Looks at what can be seen now: something may happen for it, be said of it, or be pressed next.
    fn look(&mut self) -> Vec<Effect> {
        let effects = self.happen();
        let moment = Moment::of(&self.guide);
        let notes = &self.scenario.notes;
        let fits = notes.iter().rposition(|note| note.when.holds(&moment));
        self.note = fits.or(self.note);
        if let Hands::Player(player) | Hands::PlayerAlone(player) = &mut self.hands {
            player.look(&moment, self.now);
        }
        let waits = self.player().is_some_and(Player::is_waiting);
        self.waits_since = waits.then(|| self.waits_since.unwrap_or(self.wall));
        effects
    }

    /// Lets happen what is due.
    fn happen(&mut self) -> Vec<Effect> {
        let moment = Moment::of(&self.guide);
        let now = self.now;
        for awaited in &mut self.happenings {
            if awaited.due.is_none() && awaited.happening.when.holds(&moment) {
                awaited.due = Some(now + awaited.happening.after);
            }
        }
        let soon = now + self.pace.instant();
        let is_due = |awaited: &mut Awaited| awaited.due.is_some_and(|due| due <= soon);
        let due: Vec<Awaited> = self.happenings.extract_if(.., is_due).collect();
        let happened = due.into_iter().map(|awaited| &awaited.happening.what);
        happened
            .map(|what| Effect::Simulate(self.simulated(what)))
            .collect()
    }

    fn simulated(&self, what: &What) -> Simulated {
        let line = self.keys.new.clone();
        match what {
            What::AddKey(addition) => Simulated::AddKey {
                line: if addition.old {
                    self.keys.old.clone()
                } else {
                    line
                },
                repository: addition.repository.clone(),
                writes: addition.writes,
            },
            What::Fault(code) => Simulated::Fault(Some(*code)),
            What::Repair => Simulated::Fault(None),
            What::VendorConnects => Simulated::VendorConnects(line),
        }
    }

    /// Ends the play when it is over, or when what it waits for does not come.
    fn end_play(&mut self) -> Option<Effect> {
        let player = self.player()?;
        let in_vain = self.gives_up_at().is_some_and(|end| self.wall >= end);
        if !player.is_over() && !in_vain {
            return None;
        }
        self.has_given_up |= in_vain;
        if let Hands::PlayerAlone(_) = self.hands {
            return Some(Effect::Quit(Leaving::Quit));
        }
        self.hands = Hands::Person;
        if in_vain {
            self.notice = Some(Notice::problem(
                "What should come now does not come. You have the keys.",
            ));
        } else {
            self.tell("That was all. You have the keys.");
        }
        None
    }

    fn tell(&mut self, words: &str) {
        self.notice = Some(Notice::told(words));
    }

    /// How fast the story goes by. A test takes as long as it takes, and is said to.
    fn clock(&self) -> Pace {
        if self.guide.is_testing() {
            Pace::default()
        } else {
            self.pace
        }
    }

    /// When there is something to do though nothing happens, in the time of the story.
    fn next(&self) -> Option<Duration> {
        let happenings = self.happenings.iter().filter_map(|awaited| awaited.due);
        let player = self.player();
        happenings.chain(player.and_then(Player::due)).min()
    }

    /// When, on the wall, the player has waited long enough.
    fn gives_up_at(&self) -> Option<Duration> {
        Some(self.waits_since? + self.pace.patience(PATIENCE))
    }
}

fn notes_binding() -> Binding {
    Binding::letter('n', Action::Notes, "notes")
}

/// Whether a key concerns the program and not what is shown: Ctrl-C and Ctrl-Z.
fn is_of_the_job(key: KeyEvent) -> bool {
    let letters = ['c', 'z'];
    letters
        .into_iter()
        .any(|letter| Binding::control(letter, Action::QuitNow, "").matches(key))
}

impl<G: Guide> Guide for Presentation<G> {
    fn first_effects(&mut self) -> Vec<Effect> {
        let mut effects = self.guide.first_effects();
        effects.extend(self.look());
        effects
    }

    fn update(&mut self, now: Duration, event: Event) -> Vec<Effect> {
        let passed = now.saturating_sub(self.wall);
        self.wall = now;
        self.now += self.clock().story(passed);
        // Only then: what came meanwhile was drawn before the next key is pressed, however fast.
        let may_press = matches!(event, Event::Tick);
        let mut effects = match self.hear(&event) {
            Some(effects) => effects,
            None => self.guide.update(self.now, event),
        };
        effects.extend(self.look());
        if may_press {
            effects.extend(self.play());
        }
        effects
    }

    fn wants_tick(&self) -> Option<Duration> {
        let motion = self.guide.wants_tick();
        let motion = motion.map(|wait| self.pace.until_motion(wait));
        let next = self.next().map(|due| self.clock().until(due, self.now));
        let give_up = self.gives_up_at().map(|end| end.saturating_sub(self.wall));
        motion.into_iter().chain(next).chain(give_up).min()
    }

    fn bindings(&self) -> Vec<Binding> {
        let mut bindings = self.guide.bindings();
        if self.is_letter_free() {
            bindings.push(notes_binding());
        }
        bindings
    }

    fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref().or(self.guide.notice())
    }

    fn note(&self) -> Option<&str> {
        let note = self.scenario.notes.get(self.note?)?;
        self.shows_notes.then_some(note.text.as_str())
    }

    fn playing(&self) -> Option<Playing> {
        Some(Playing {
            is_paused: self.player()?.is_paused(),
            bindings: self.player_bindings(),
            pressed: self.pressed.last().cloned(),
        })
    }

    fn subject(&self) -> String {
        self.guide.subject()
    }

    fn short_subject(&self) -> String {
        self.guide.short_subject()
    }

    fn edition(&self) -> Edition {
        self.guide.edition()
    }

    fn is_demo(&self) -> bool {
        self.guide.is_demo()
    }

    fn now(&self) -> Duration {
        self.guide.now()
    }

    fn steps(&self) -> Vec<ListedStep> {
        self.guide.steps()
    }

    fn overlay(&self) -> Option<Overlay> {
        self.guide.overlay()
    }

    fn scroll(&self) -> Option<u16> {
        self.guide.scroll()
    }

    fn scroll_to(&mut self, line: u16) {
        self.guide.scroll_to(line);
    }

    fn page_link(&self) -> Option<String> {
        self.guide.page_link()
    }

    fn is_typing(&self) -> bool {
        self.guide.is_typing()
    }

    fn token(&self) -> &TokenForm {
        self.guide.token()
    }

    fn identity_asks(&self) -> Asks {
        self.guide.identity_asks()
    }

    fn identity_bindings(&self) -> Vec<Binding> {
        self.guide.identity_bindings()
    }

    fn key_step(&self) -> Option<&PublicKey> {
        self.guide.key_step()
    }

    fn questions(&self) -> Option<(Vec<Question>, &Picks)> {
        self.guide.questions()
    }

    fn shown_test(&self) -> Option<ShownTest<'_>> {
        self.guide.shown_test()
    }

    fn saved_words(&self) -> Vec<String> {
        self.guide.saved_words()
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        self.guide.values()
    }

    fn is_testing(&self) -> bool {
        self.guide.is_testing()
    }
}

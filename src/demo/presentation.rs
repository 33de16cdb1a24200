//! A guide on a stage: what happens by itself, what the presenter may say, and the player that presses the keys. Everything
//! else is the guide's own.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use super::condition::Moment;
use super::pace::Pace;
use super::player::Player;
use super::scenario::{Happening, Keys, Scenario, What};
use crate::coalesce;
use crate::guide::{
    Action, Binding, Drive, Effect, Event, Guide, Journey, Leaving, Notice, Own, Playing, Seen,
    Simulated, Stage, Target,
};

/// Show what the presenter may say, or hide it.
const NOTES: Action = Action::Own(Own("notes"));

/// Pause a demo that plays itself, or go on.
const PAUSE: Action = Action::Own(Own("pause"));

/// Let a demo that plays itself press its next key at once.
const STEP: Action = Action::Own(Own("step"));

/// End a demo that plays itself.
const STOP: Action = Action::Own(Own("stop"));

/// How long something may take that a play waits for, before it is given up. No test takes as long.
const PATIENCE: Duration = Duration::from_secs(40);

/// How long a word takes that is said on a stage.
const WORD: Duration = Duration::from_millis(400);

/// What somebody called the old key when it was the only one.
const OLD_KEY_LABEL: &str = "Coalesce Quality (last year)";

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
pub struct Presentation<J> {
    guide: Guide<J>,
    scenario: &'static Scenario,
    keys: Keys,
    happenings: Vec<Awaited>,
    /// Which note fits best.
    note: Option<usize>,
    shows_notes: bool,
    /// When the note that is shown was said, if the presenter begins to say it when it comes.
    said: Duration,
    /// Whether nothing of it is seen, because the screen is too small. Until it is, time stands still.
    is_hidden: bool,
    /// Whether there is more of the page below, once what there is now was drawn.
    more_below: Option<bool>,
    hands: Hands,
    pace: Pace,
    /// The time on the wall, as of the last event.
    wall: Duration,
    /// The time of the story.
    now: Duration,
    notice: Option<Notice>,
    pressed: Vec<Pressed>,
    /// As much as is typed of a text.
    typed: String,
    /// Since when, on the wall, the player waits for something to be seen.
    waits_since: Option<Duration>,
    /// How the play ended, once it has.
    ended: Option<Ended>,
}

/// How a play ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// The player came to the end of the story.
    PlayedOut,
    /// The player waited for something in vain.
    GivenUp,
}

/// What the player pressed or typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// A key that something is bound to. At a question: the answer that it picks or gives.
    Key(Binding, Option<String>),
    /// A text, whole.
    Text(String),
}

impl Pressed {
    /// What it was, in words.
    pub fn words(&self) -> String {
        match self {
            Pressed::Key(binding, answer) => {
                let does = answer.as_deref().unwrap_or(&binding.label);
                format!("{}: {does}", binding.name())
            }
            Pressed::Text(text) => text.clone(),
        }
    }
}

/// A happening, and how far it is.
#[derive(Clone, Debug)]
struct Awaited {
    happening: &'static Happening,
    due: Option<Duration>,
}

impl<J: Journey> Presentation<J> {
    /// A demo that a person plays.
    pub fn by_hand(guide: Guide<J>, scenario: &'static Scenario, keys: Keys) -> Self {
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
            said: Duration::ZERO,
            is_hidden: false,
            more_below: None,
            hands: Hands::Person,
            pace: Pace::default(),
            wall: Duration::ZERO,
            now: Duration::ZERO,
            notice: None,
            pressed: Vec::new(),
            typed: String::new(),
            waits_since: None,
            ended: None,
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

    /// The same, with what the presenter may say.
    #[must_use]
    pub fn with_notes(mut self) -> Self {
        self.shows_notes = true;
        self
    }

    /// Whether the player waited for something in vain.
    pub fn has_given_up(&self) -> bool {
        self.ended == Some(Ended::GivenUp)
    }

    /// Whether the player came to the end of the story.
    pub fn has_played_out(&self) -> bool {
        self.ended == Some(Ended::PlayedOut) || self.player().is_some_and(Player::is_over)
    }

    /// What the player has pressed so far.
    pub fn pressed(&self) -> &[Pressed] {
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

    fn is_paused(&self) -> bool {
        self.player().is_some_and(Player::is_paused)
    }

    /// Whether the time of the story stands still: while it is paused, and while nothing of it is seen.
    fn stands_still(&self) -> bool {
        self.is_hidden || self.is_paused()
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
            Binding::new(KeyCode::Char(' '), PAUSE, pause),
            Binding::new(KeyCode::Right, STEP, "step"),
            Binding::letter('q', STOP, "stop"),
        ]
    }

    /// Whether no text is typed, and nothing asks for a letter.
    fn is_letter_free(&self) -> bool {
        self.guide.overlay().is_none() && !self.guide.is_typing()
    }

    /// What a key is bound to on the stage, or else in the guide.
    fn bound(&self, key: KeyEvent) -> Option<Binding> {
        let mut own = self.player_bindings().into_iter();
        own.find(|binding| binding.matches(key)).or_else(|| {
            let mut table = self.guide.table().into_iter();
            // The answer to a question is the guide's, whoever plays.
            let of_guide = table.find(|binding| binding.matches(key));
            let is_free = self.is_letter_free() || self.player().is_some() && of_guide.is_none();
            let notes = notes_binding();
            if is_free && notes.matches(key) {
                Some(notes)
            } else {
                of_guide
            }
        })
    }

    /// What comes from a person. Who does anything but scroll takes over from the player.
    fn hear(&mut self, event: &Event, bound: Option<&Binding>) {
        let key = match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => return,
            Event::Key(key) | Event::Click(Target::Key(key)) => Some(*key),
            Event::Typed(_) | Event::Click(_) | Event::Wheel(_) | Event::Paste(_) => None,
            _ => return,
        };
        self.notice = None;
        let scrolls = match bound {
            Some(binding) => matches!(binding.action, Action::Scroll(_)),
            None => matches!(event, Event::Wheel(_)),
        };
        let is_own = bound.is_some_and(|binding| is_of_stage(binding.action));
        if self.player().is_some() && !scrolls && !is_own && !key.is_some_and(is_of_the_job) {
            self.hands = Hands::Person;
            self.tell("You have the keys now: the demo does not play by itself any more.");
        }
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        let now = self.now;
        match action {
            NOTES => {
                self.shows_notes = !self.shows_notes;
                self.begin_to_say();
            }
            PAUSE => {
                if let Some(player) = self.player_mut() {
                    player.pause_or_go_on();
                }
            }
            STEP => {
                let mut effects = Vec::new();
                let more = self.more_below == Some(true);
                while let Some(key) = self.player_mut().and_then(|player| player.step(now, more)) {
                    effects.extend(self.press(key));
                    // A text is one step.
                    if !self.is_in_text() {
                        break;
                    }
                }
                return effects;
            }
            STOP => return vec![Effect::Quit(Leaving::Quit)],
            _ => {}
        }
        Vec::new()
    }

    /// Presses a key for the person, in the same way.
    fn press(&mut self, key: KeyEvent) -> Vec<Effect> {
        let event = Event::Key(key);
        let bound = self.guide.look_up(&event);
        let given = self.picked_answer();
        let effects = self.guide.take_in(self.now, event, bound.clone());
        match (bound, key.code) {
            (Some(binding), _) => {
                let answer = match binding.action {
                    Action::Continue => given,
                    Action::Up | Action::Down => self.picked_answer(),
                    _ => None,
                };
                self.pressed.push(Pressed::Key(binding, answer));
            }
            (None, KeyCode::Char(letter)) => {
                self.typed.push(letter);
                if !self.is_in_text() {
                    let text = std::mem::take(&mut self.typed);
                    self.pressed.push(Pressed::Text(text));
                }
            }
            (None, _) => {}
        }
        effects
    }

    /// The answer that is picked of the question that is asked, if one is.
    fn picked_answer(&self) -> Option<String> {
        if self.guide.overlay().is_some() {
            return None;
        }
        let (questions, picks) = self.guide.questions()?;
        let question = questions.get(picks.focus())?;
        question.answers.get(picks.answer(picks.focus())).cloned()
    }

    /// Lets the player press what is due, or end.
    fn play(&mut self, more_below: bool) -> Vec<Effect> {
        let mut effects = Vec::new();
        let soon = self.now + self.pace.instant();
        let key = self.player_mut();
        let key = key.and_then(|player| player.press(soon, more_below));
        if let Some(key) = key {
            self.waits_since = None;
            effects.extend(self.press(key));
        }
        // What it does may be what the next one waits for.
        effects.extend(self.look());
        effects.extend(self.end_play());
        effects
    }

    /// Looks at what can be seen now: something may happen for it, be said of it, or be pressed next.
    fn look(&mut self) -> Vec<Effect> {
        let effects = self.happen();
        self.choose_note();
        self.look_for_player();
        effects
    }

    /// Chooses the note that fits. While a test runs, the one from before stays: what is to be said comes out with it.
    fn choose_note(&mut self) {
        let moment = Moment::of(&self.guide);
        let notes = &self.scenario.notes;
        let fits = notes.iter().rposition(|note| note.when.holds(&moment));
        let note = fits.or(self.note.filter(|_| moment.is_testing));
        if note != self.note {
            self.note = note;
            self.begin_to_say();
        }
    }

    /// From now on the presenter says the note that is shown, if one is.
    fn begin_to_say(&mut self) {
        let note = self.note.and_then(|note| self.scenario.notes.get(note));
        let words = note.filter(|_| self.shows_notes);
        let words = words.map_or(0, |note| note.text.split_whitespace().count());
        self.said = self.now + WORD * u32::try_from(words).unwrap_or(u32::MAX);
    }

    fn look_for_player(&mut self) {
        if let Hands::Player(player) | Hands::PlayerAlone(player) = &mut self.hands {
            let moment = Moment::of(&self.guide);
            player.look(&moment, self.now, self.said, self.more_below);
        }
        let waits = !self.is_hidden && self.player().is_some_and(Player::is_waiting);
        self.waits_since = waits.then(|| self.waits_since.unwrap_or(self.wall));
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
        let line = |is_old: bool| {
            let Keys { new, old } = &self.keys;
            if is_old { old.clone() } else { new.clone() }
        };
        match what {
            What::AddKey(addition) => Simulated::AddKey {
                line: line(addition.old),
                label: if addition.old {
                    OLD_KEY_LABEL
                } else {
                    coalesce::key_label()
                },
                repository: addition.repository.clone(),
                writes: addition.writes,
            },
            What::Fault(code) => Simulated::Fault(Some(*code)),
            What::Repair => Simulated::Fault(None),
            What::MakeReadOnly => Simulated::MakeReadOnly(line(false)),
            What::VendorConnects(visit) => Simulated::VendorConnects(line(visit.old)),
        }
    }

    /// Ends the play when it is over, or when what it waits for does not come.
    fn end_play(&mut self) -> Option<Effect> {
        let player_is_over = self.player()?.is_over();
        let in_vain = self.gives_up_at().is_some_and(|end| self.wall >= end);
        if !player_is_over && !in_vain {
            return None;
        }
        self.ended = Some(if in_vain {
            Ended::GivenUp
        } else {
            Ended::PlayedOut
        });
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
    Binding::letter('n', NOTES, "notes")
}

/// Whether a key concerns the program and not what is shown: Ctrl-C and Ctrl-Z.
fn is_of_the_job(key: KeyEvent) -> bool {
    let letters = ['c', 'z'];
    letters
        .into_iter()
        .any(|letter| Binding::control(letter, Action::QuitNow, "").matches(key))
}

/// Whether an action is one of the stage.
fn is_of_stage(action: Action) -> bool {
    [NOTES, PAUSE, STEP, STOP].contains(&action)
}

impl<J: Journey> Presentation<J> {
    /// Puts beside the guide what is to be seen of the stage.
    fn set_stage(&mut self) {
        let note = self.note.and_then(|note| self.scenario.notes.get(note));
        self.guide.stage = Stage {
            notice: self.notice.clone(),
            note: note
                .filter(|_| self.shows_notes)
                .map(|note| note.text.clone()),
            playing: self.player().map(|player| Playing {
                is_paused: player.is_paused(),
                bindings: self.player_bindings(),
                pressed: self.pressed.last().map(Pressed::words),
            }),
            notes: Some(notes_binding()),
            is_in_text: self.is_in_text(),
        };
    }
}

impl<J: Journey> Drive for Presentation<J> {
    type Journey = J;

    fn guide(&self) -> &Guide<J> {
        &self.guide
    }

    fn guide_mut(&mut self) -> &mut Guide<J> {
        &mut self.guide
    }

    fn first_effects(&mut self) -> Vec<Effect> {
        let mut effects = self.guide.first_effects();
        effects.extend(self.look());
        self.set_stage();
        effects
    }

    fn look_up(&self, event: &Event) -> Option<Binding> {
        match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => None,
            Event::Key(key) | Event::Click(Target::Key(key)) => self.bound(*key),
            _ => None,
        }
    }

    fn take_in(&mut self, now: Duration, event: Event, bound: Option<Binding>) -> Vec<Effect> {
        let passed = now.saturating_sub(self.wall);
        self.wall = now;
        if !self.stands_still() {
            self.now += self.clock().story(passed);
        }
        // Only then: what came meanwhile was drawn before the next key is pressed, however fast.
        let may_press = matches!(event, Event::Tick) && !self.is_hidden;
        let more_below = self.more_below == Some(true);
        self.hear(&event, bound.as_ref());
        let mut effects = match bound {
            Some(binding) if is_of_stage(binding.action) => self.act(binding.action),
            bound => self.guide.take_in(self.now, event, bound),
        };
        // What changes has not been drawn yet.
        self.more_below = None;
        effects.extend(self.look());
        if may_press {
            effects.extend(self.play(more_below));
        }
        self.set_stage();
        effects
    }

    fn drawn(&mut self, seen: Seen) {
        self.guide.drawn(seen);
        self.is_hidden = !seen.is_shown;
        self.more_below = seen.is_shown.then_some(seen.has_more_below);
        self.look_for_player();
    }

    fn wants_tick(&self) -> Option<Duration> {
        let motion = self.guide.wants_tick().filter(|_| !self.is_paused());
        let motion = motion.map(|wait| self.pace.until_motion(wait));
        let next = self.next().filter(|_| !self.stands_still());
        let next = next.map(|due| self.clock().until(due, self.now));
        let give_up = self.gives_up_at().map(|end| end.saturating_sub(self.wall));
        motion.into_iter().chain(next).chain(give_up).min()
    }
}

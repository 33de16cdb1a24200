//! What guides a person through steps: the setup of a connection, or the rotation of its key. The loops, the screen and the
//! lines know no more of either than this.

pub mod conclusion;
pub mod connection_test;
pub mod effect;
pub mod event;
pub mod field;
pub mod identity;
pub mod keys;
pub(crate) mod notices;
pub mod overlay;
pub mod parts;
pub mod public_key;
pub mod questions;
pub mod ticket;
pub mod token;
pub mod values;

use std::time::Duration;

pub use effect::{CopyId, Effect, Leaving, Request, Simulated};
pub use event::{BrowserHere, Copied, Event, Opened, Reply, Saved, Surroundings, Target};
pub use keys::{Action, Binding, Distance};
pub use overlay::Overlay;
pub use ticket::Ticket;

use crate::access_key::AccessKey;
use crate::bitbucket::Edition;
use crate::check::Check;
use connection_test::ConnectionTest;
use identity::Asks;
use parts::Content;
use public_key::PublicKey;
use questions::{Picks, Question};
use token::TokenForm;
use values::Value;

/// The effect of opening a page, if there is one to open. A demo opens only its own: it is said to stay on this computer,
/// and on a stage there may be no network.
pub(crate) fn open(page: Option<&str>, demo: Option<&Demo>) -> Result<Vec<Effect>, Notice> {
    match (page, demo) {
        (Some(page), Some(demo)) if page != demo.page => Err(Notice::told(format!(
            "In a demo nothing on the web is opened. It would be {page}"
        ))),
        (page, _) => Ok(page
            .map(|page| Effect::ask(Request::OpenPage(page.to_owned())))
            .into_iter()
            .collect()),
    }
}

/// How often a spinner moves.
pub(crate) const SPINNER: Duration = Duration::from_millis(120);

/// The embedded Bitbucket of a demo, as far as the wizard has to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    /// Its Access keys page, which takes the place of the real one.
    pub page: String,
    /// The token its REST interface asks for; no secret.
    pub token: String,
}

/// A line that tells the outcome of the last thing done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The words.
    pub text: String,
    /// Whether something is wrong.
    pub is_problem: bool,
}

/// Guides a person through steps: events in, effects out, and what is on the screen now.
pub trait Guide: Clone {
    /// The effects to begin with.
    fn first_effects(&mut self) -> Vec<Effect>;

    /// Takes in an event that came `now` after the start, and says what is to be done outside.
    fn update(&mut self, now: Duration, event: Event) -> Vec<Effect>;

    /// Whether the answer to what went out with this ticket is still wanted.
    fn awaits(&self, ticket: Ticket) -> bool;

    /// How soon it wants an [`Event::Tick`]; never while nothing moves.
    fn wants_tick(&self) -> Option<Duration>;

    /// Every key that does something now, the most wanted first.
    fn bindings(&self) -> Vec<Binding>;

    /// What it is about, first in a few words and then in fewer: what fits is shown.
    fn subjects(&self) -> Vec<String>;

    /// Which Bitbucket it is about.
    fn edition(&self) -> Edition;

    /// Whether the Bitbucket is the embedded one.
    fn is_demo(&self) -> bool;

    /// How long it has been running.
    fn now(&self) -> Duration;

    /// Its steps, in their order. One of them is the one on the screen.
    fn steps(&self) -> Vec<ListedStep>;

    /// What lies over the step, if anything.
    fn overlay(&self) -> Option<Overlay>;

    /// The outcome of the last thing done.
    fn notice(&self) -> Option<&Notice>;

    /// How far somebody scrolled the page, in lines. Otherwise what has the focus is kept in sight.
    fn scroll(&self) -> Option<u16>;

    /// Scrolls the page to this line.
    fn scroll_to(&mut self, line: u16);

    /// What the steps shorten where there is little room, whole, with what it is.
    fn values(&self) -> Vec<Value>;

    /// The page that the step on the screen is about, if it is about one: a link that doorkey built itself.
    fn page_link(&self) -> Option<String>;

    /// Whether there is a clipboard that can be read, as far as is known.
    fn may_read_clipboard(&self) -> bool;

    /// Whether letters go into a field.
    fn is_typing(&self) -> bool;

    /// The fields for a token.
    fn token(&self) -> &TokenForm;

    /// What is asked of the person's own SSH identity.
    fn identity_asks(&self) -> Asks {
        Asks::default()
    }

    /// The keys while the person's own SSH identity is asked for.
    fn identity_bindings(&self) -> Vec<Binding> {
        Vec::new()
    }

    /// The step on the screen, if it takes in a key.
    fn key_step(&self) -> Option<&PublicKey>;

    /// The questions of the step on the screen, if it asks some, and what was picked.
    fn questions(&self) -> Option<(Vec<Question>, &Picks)>;

    /// The test of the step on the screen, if it shows one.
    fn shown_test(&self) -> Option<ShownTest<'_>>;

    /// What lines begin with.
    fn greeting(&self) -> String;

    /// What the step on the screen says, or what lies over it.
    fn content(&self) -> Content<'_>;

    /// What was saved, in sentences.
    fn saved_words(&self) -> Vec<String> {
        Vec::new()
    }

    /// What the presenter of a demo may say now, if that is to be shown.
    fn note(&self) -> Option<&str> {
        None
    }

    /// How a demo plays itself, if it does.
    fn playing(&self) -> Option<Playing> {
        None
    }

    /// Whether a test is running, on the screen or not.
    fn is_testing(&self) -> bool;

    /// Is told what was drawn of it.
    fn drawn(&mut self, seen: Seen);

    /// The number and the name of the step on the screen.
    fn step(&self) -> (usize, &'static str) {
        let steps = self.steps();
        let here = steps.iter().position(|step| step.mark == StepMark::Here);
        let index = here.unwrap_or(0);
        (index + 1, steps.get(index).map_or("", |step| step.title))
    }
}

/// What can be seen of a guide that was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether it is seen at all: not where the screen is too small.
    pub is_shown: bool,
    /// Whether there is more of the page below.
    pub has_more_below: bool,
    /// How many lines of the page are seen at once.
    pub page_rows: u16,
}

impl Seen {
    /// All there is to see, as far as is known.
    pub const ALL: Self = Self {
        is_shown: true,
        has_more_below: false,
        page_rows: 10,
    };
}

/// A demo that plays itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playing {
    /// Whether it is paused.
    pub is_paused: bool,
    /// The keys that lead it. Any other takes over.
    pub bindings: Vec<Binding>,
    /// What was pressed last, in words.
    pub pressed: Option<String>,
}

impl Playing {
    /// Its state, in a word.
    pub const fn state(&self) -> &'static str {
        if self.is_paused { "Paused" } else { "Playing" }
    }

    /// What all other keys do.
    pub const OTHER_KEYS: &str = "other keys: by hand";
}

/// A step in the list of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedStep {
    /// Its name.
    pub title: &'static str,
    /// How it stands.
    pub mark: StepMark,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepMark {
    /// It is the one on the screen.
    Here,
    /// It was done.
    Done,
    /// It can be gone to.
    Reached,
    /// It can't be gone to yet.
    Ahead,
}

/// A test as it is shown.
#[derive(Clone, Debug)]
pub struct ShownTest<'a> {
    /// The test.
    pub test: &'a ConnectionTest,
    /// The address that is tested.
    pub url: &'a str,
    /// The key that is asked about.
    pub key: Option<&'a AccessKey>,
    /// The time, to count down by.
    pub now: Duration,
    /// Whether a token was given.
    pub has_token: bool,
    /// What is offered to do in place of the person, where the key has to be added or taken out.
    pub do_it_words: Option<&'static str>,
    /// What the person's own SSH identity found, beside the ladder.
    pub own_identity: Option<&'a Check>,
    /// What was saved, in sentences.
    pub remarks: Vec<String>,
    /// What it comes to.
    pub ending: Ending,
}

/// What a test comes to.
#[derive(Clone, Debug)]
pub enum Ending {
    /// The key should be let in. If it is ready:
    LetIn {
        /// What is proven.
        proven: &'static str,
        /// What is not, and what would prove it.
        open: Option<String>,
        /// Whether the address is worth repeating, for the vendor's form.
        names_url: bool,
    },
    /// The key should be refused. Sentences that say how that stands.
    Gone(Vec<String>),
}

impl ShownTest<'_> {
    /// Whether it shows what it should.
    pub fn is_good(&self) -> bool {
        self.test.is_good()
    }
}

//! What guides a person through steps: [`Guide`] owns what every guided conversation has, a [`Journey`] says what its steps
//! are and what is done in them. A setup is one journey, a rotation another; neither knows the other.
//!
//! An event comes in, effects go out, and nothing else happens: `guide.update(now, event) -> Vec<Effect>`. A key press, for
//! example:
//!
//! ```text
//! Event::Key('w') ─► look_up: one look at the table of keys ─► Action::Watch
//!   ─► Journey::act: does this journey do something else here? no ─► Guide: begin to watch ─► [StartTest]
//! ```

mod act;
pub mod conclusion;
pub mod connection_test;
pub mod drive;
pub mod effect;
pub mod event;
pub mod field;
pub mod identity;
mod input;
mod journey;
pub mod keys;
pub(crate) mod notices;
pub mod overlay;
pub mod parts;
pub mod public_key;
pub mod questions;
mod stage;
mod testing;
pub mod ticket;
pub mod token;
mod update;
pub mod values;

use std::time::Duration;

pub use drive::Drive;
pub use effect::{CopyId, Effect, Leaving, Request, Simulated};
pub use event::{BrowserHere, Copied, Event, Opened, Reply, Saved, Surroundings, Target};
pub use input::{Input, InputMut};
pub use journey::{Journey, News, Subject};
pub use keys::{Action, Binding, Distance, Own};
pub use notices::Notice;
pub use overlay::Overlay;
pub use stage::{Playing, Stage};
pub use ticket::Ticket;

use crate::access_key::AccessKey;
use crate::bitbucket::{ApiBase, Edition};
use crate::check::Check;
use crate::check::request::TestSettings;
use connection_test::ConnectionTest;
use identity::IdentityForm;
use overlay::Overlays;
use public_key::PublicKey;
use questions::{Picks, Question};
use ticket::Tickets;
use token::TokenForm;
use values::Value;

/// The embedded Bitbucket of a demo, as far as a guide has to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    /// Its Access keys page, which takes the place of the real one.
    pub page: String,
    /// The token its REST interface asks for; no secret.
    pub token: String,
}

/// A conversation with somebody who is on a journey.
#[derive(Clone, Debug)]
pub struct Guide<J> {
    /// The steps, and what was entered in them.
    pub journey: J,
    /// The public key as it is given.
    pub public_key: PublicKey,
    /// The connection tests of the journey. Only one of them runs at a time.
    pub tests: Vec<ConnectionTest>,
    /// The token while it is being typed.
    pub token: TokenForm,
    /// The person's own SSH identity while it is being asked for.
    pub identity: IdentityForm,
    /// The outcome of the last thing done.
    pub notice: Option<Notice>,
    /// What this machine offers; unknown until it was looked at.
    pub surroundings: Option<Surroundings>,
    /// Set in a demo.
    pub demo: Option<Demo>,
    /// What the finished setup was saved as.
    pub saved: Option<Saved>,
    /// How long the guide has been running.
    pub now: Duration,
    /// What a stage adds, where it stands on one.
    pub stage: Stage,
    /// What stays the same from test to test.
    pub(crate) settings: TestSettings,
    pub(crate) overlays: Overlays,
    /// Which server a token was given for.
    pub(crate) token_goes_to: Option<ApiBase>,
    /// How many lines of the page are seen at once.
    page_rows: u16,
    tickets: Tickets,
}

impl<J: Journey> Guide<J> {
    /// A guide at the first step of a journey.
    pub(crate) fn of(
        journey: J,
        public_key: PublicKey,
        tests: Vec<ConnectionTest>,
        settings: TestSettings,
        demo: Option<Demo>,
    ) -> Self {
        Self {
            journey,
            public_key,
            tests,
            token: TokenForm::default(),
            identity: IdentityForm::default(),
            notice: None,
            surroundings: None,
            demo,
            saved: None,
            now: Duration::ZERO,
            stage: Stage::default(),
            settings,
            overlays: Overlays::default(),
            token_goes_to: None,
            page_rows: Seen::ALL.page_rows,
            tickets: Tickets::default(),
        }
    }

    /// What the journey is about.
    pub fn subject(&self) -> Subject {
        J::subject(self)
    }

    /// Which Bitbucket it is about.
    pub fn edition(&self) -> Edition {
        self.subject().edition
    }

    /// Whether the Bitbucket is the embedded one.
    pub fn is_demo(&self) -> bool {
        self.demo.is_some()
    }

    /// The steps, in their order. One of them is the one on the screen.
    pub fn steps(&self) -> Vec<ListedStep> {
        J::steps(self)
    }

    /// The number and the name of the step on the screen.
    pub fn step(&self) -> (usize, &'static str) {
        let steps = self.steps();
        let here = steps.iter().position(|step| step.mark == StepMark::Here);
        let index = here.unwrap_or(0);
        (index + 1, steps.get(index).map_or("", |step| step.title))
    }

    /// What lies over the step, if anything.
    pub fn overlay(&self) -> Option<Overlay> {
        self.overlays.top()
    }

    /// The outcome of the last thing done, here or on the stage.
    pub fn notice(&self) -> Option<&Notice> {
        self.stage.notice.as_ref().or(self.notice.as_ref())
    }

    /// What the presenter of a demo may say now, if that is to be shown.
    pub fn note(&self) -> Option<&str> {
        self.stage.note.as_deref()
    }

    /// How a demo plays itself, if it does.
    pub fn playing(&self) -> Option<&Playing> {
        self.stage.playing.as_ref()
    }

    /// How far somebody scrolled the page, in lines. Otherwise what has the focus is kept in sight.
    pub fn scroll(&self) -> Option<u16> {
        self.overlays.scroll()
    }

    /// Scrolls the page to this line.
    pub fn scroll_to(&mut self, line: u16) {
        self.overlays.set_scroll(Some(line));
    }

    /// What the steps shorten where there is little room, whole, with what it is.
    pub fn values(&self) -> Vec<Value> {
        J::values(self)
    }

    /// The page that the step on the screen is about, if it is about one: a link that doorkey built itself.
    pub fn page_link(&self) -> Option<String> {
        J::page_link(self)
    }

    /// Whether there is a clipboard that can be read, as far as is known.
    pub fn may_read_clipboard(&self) -> bool {
        Surroundings::may_read_clipboard(self.surroundings.as_ref())
    }

    /// Whether no page opens from here, or it is doubtful, as far as is known.
    pub fn has_no_browser(&self) -> bool {
        let around = self.surroundings.as_ref();
        around.is_some_and(|around| around.browser != BrowserHere::Likely)
    }

    /// The step on the screen, if it takes in a key.
    pub fn key_step(&self) -> Option<&PublicKey> {
        let takes_key = matches!(J::input(self), Input::Key);
        takes_key.then_some(&self.public_key)
    }

    /// The questions of the step on the screen, if it asks some, and what was picked.
    pub fn questions(&self) -> Option<(Vec<Question>, &Picks)> {
        match J::input(self) {
            Input::Questions(questions, picks) => Some((questions, picks)),
            _ => None,
        }
    }

    /// The test of the step on the screen, if it shows one.
    pub fn shown_test(&self) -> Option<ShownTest<'_>> {
        J::shown_test(self)
    }

    /// Whether a test is running, on the screen or not.
    pub fn is_testing(&self) -> bool {
        self.tests.iter().any(|test| test.running)
    }

    /// Whether a token was given, so that Bitbucket can be asked more than what a public key tells.
    pub fn has_token(&self) -> bool {
        self.settings.api.token.is_some()
    }

    /// What was saved, a sentence each.
    pub fn saved_words(&self) -> Vec<String> {
        self.saved.as_ref().map(Saved::words).unwrap_or_default()
    }

    /// The same without what lies over it on top, such as the help.
    #[must_use]
    pub fn beneath_help(&self) -> Self {
        let mut beneath = self.clone();
        beneath.overlays.pop();
        beneath
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

/// A step in the list of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedStep {
    /// Its name.
    pub title: &'static str,
    /// How it stands.
    pub mark: StepMark,
    /// Whether it can be gone to from here.
    pub is_open: bool,
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
    /// The address that is tested, safe to show.
    pub url: String,
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

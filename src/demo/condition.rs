//! What a scenario waits for, seen on the wizard as a person would see it.

use crossterm::event::KeyEvent;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::key_name::key_named;
use crate::check::{Code, Rung, Standing};
use crate::guide::connection_test::ConnectionTest;
use crate::guide::{Binding, Guide, Journey, Notice, Overlay};

/// What can be seen of the wizard at one moment.
#[derive(Clone, Debug)]
pub struct Moment<'a> {
    /// The name of the step on the screen.
    pub step: &'a str,
    /// The number of the question that is asked, from 1.
    pub question: Option<usize>,
    /// What lies over the step.
    pub overlay: Option<Overlay>,
    /// Whether letters go into a field.
    pub is_typing: bool,
    /// The outcome of the last thing done, if it is shown.
    pub notice: Option<&'a Notice>,
    /// Whether a test is running, on the screen or not.
    pub is_testing: bool,
    /// The test of the step on the screen.
    pub test: Option<&'a ConnectionTest>,
    /// The keys that do something now.
    pub bindings: Vec<Binding>,
}

impl<'a> Moment<'a> {
    /// What can be seen of a guide.
    pub fn of(guide: &'a Guide<impl Journey>) -> Self {
        Self {
            step: guide.step().1,
            question: guide.questions().map(|(_, picks)| picks.focus() + 1),
            overlay: guide.overlay(),
            is_typing: guide.is_typing(),
            notice: guide.notice.as_ref(),
            is_testing: guide.is_testing(),
            test: guide.shown_test().map(|shown| shown.test),
            bindings: guide.table(),
        }
    }

    /// Whether a key does something now.
    pub(super) fn offers(&self, key: KeyEvent) -> bool {
        self.bindings.iter().any(|binding| binding.matches(key))
    }

    /// The test, if it has come out.
    fn tested(&self) -> Option<&'a ConnectionTest> {
        self.test
            .filter(|test| !test.running && test.report.is_some())
    }
}

/// What must be seen. What is not said may be as it will.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Condition {
    /// The step with this name is on the screen.
    pub step: Option<String>,
    /// The question with this number is asked.
    pub question: Option<usize>,
    /// This lies over the step.
    pub overlay: Option<Overlay>,
    /// Whether letters go into a field.
    pub typing: Option<bool>,
    /// Whether the outcome of the last thing done is shown.
    pub told: Option<bool>,
    /// Whether that is a problem.
    pub warned: Option<bool>,
    /// This key does something.
    #[serde(deserialize_with = "key")]
    pub offers: Option<KeyEvent>,
    /// This key does nothing.
    #[serde(deserialize_with = "key")]
    pub lacks: Option<KeyEvent>,
    /// Whether it is tested again and again.
    pub watching: Option<bool>,
    /// The test has come out, and this is its most pressing trouble.
    #[serde(deserialize_with = "code")]
    pub trouble: Option<Code>,
    /// The test has come out, and this rung is proven.
    #[serde(deserialize_with = "rung")]
    pub proven: Option<Rung>,
    /// Whether the test has come out, and as it should.
    pub good: Option<bool>,
    /// Whether a test is running.
    pub testing: Option<bool>,
}

impl Condition {
    /// Whether it holds at this moment.
    pub fn holds(&self, moment: &Moment<'_>) -> bool {
        let tested = moment.tested();
        let trouble = || {
            let troubles = tested?.troubles();
            troubles.first()?.code
        };
        let is_proven = |rung| tested.is_some_and(|test| test.standing(rung) == Standing::Proven);
        let is_good = tested.is_some_and(ConnectionTest::is_good);
        let is_warned = moment.notice.is_some_and(|notice| notice.is_problem);
        let is_watching = moment.test.is_some_and(|test| test.watch.is_some());
        is(self.step.as_deref(), || Some(moment.step))
            && is(self.question, || moment.question)
            && is(self.overlay, || moment.overlay)
            && is(self.typing, || Some(moment.is_typing))
            && is(self.told, || Some(moment.notice.is_some()))
            && is(self.warned, || Some(is_warned))
            && self.offers.is_none_or(|key| moment.offers(key))
            && !self.lacks.is_some_and(|key| moment.offers(key))
            && is(self.watching, || Some(is_watching))
            && is(self.trouble, trouble)
            && self.proven.is_none_or(is_proven)
            && is(self.good, || Some(is_good))
            && is(self.testing, || Some(moment.is_testing))
    }
}

/// Whether what is seen is what is wanted, if anything is.
fn is<T: PartialEq>(wanted: Option<T>, seen: impl FnOnce() -> Option<T>) -> bool {
    wanted.is_none_or(|wanted| seen() == Some(wanted))
}

fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Code>, D::Error> {
    named(deserializer, "code", Code::from_id)
}

fn rung<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Rung>, D::Error> {
    named(deserializer, "rung", |id| {
        Rung::ALL.into_iter().find(|rung| rung.id() == id)
    })
}

fn key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<KeyEvent>, D::Error> {
    named(deserializer, "key", key_named)
}

/// Reads one of our own names.
pub(super) fn named<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    what: &str,
    find: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, D::Error> {
    let name = String::deserialize(deserializer)?;
    match find(&name) {
        Some(found) => Ok(Some(found)),
        None => Err(D::Error::custom(format!("there is no {what} {name}"))),
    }
}

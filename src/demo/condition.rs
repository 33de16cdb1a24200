//! What a scenario waits for, seen on the wizard as a person would see it.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::check::{Code, Rung, Standing, Verdict};
use crate::wizard::steps::connection_test::ConnectionTest;
use crate::wizard::{Guide, Overlay};

/// What can be seen of the wizard at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The name of the step on the screen.
    pub step: &'a str,
    /// The number of the question that is asked, from 1.
    pub question: Option<usize>,
    /// What lies over the step.
    pub overlay: Option<Overlay>,
    /// Whether letters go into a field.
    pub is_typing: bool,
    /// Whether the outcome of the last thing done is shown.
    pub is_told: bool,
    /// The test of the step on the screen.
    pub test: Option<&'a ConnectionTest>,
}

impl<'a> Moment<'a> {
    /// What can be seen of a guide.
    pub fn of(guide: &'a impl Guide) -> Self {
        Self {
            step: guide.step().1,
            question: guide.questions().map(|(_, picks)| picks.focus() + 1),
            overlay: guide.overlay(),
            is_typing: guide.is_typing(),
            is_told: guide.notice().is_some(),
            test: guide.shown_test().map(|shown| shown.test),
        }
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
    /// Whether it is tested again and again.
    pub watching: Option<bool>,
    /// The test has come out, and this is its most pressing trouble.
    #[serde(deserialize_with = "code")]
    pub trouble: Option<Code>,
    /// The test has come out, and this rung is proven.
    #[serde(deserialize_with = "rung")]
    pub proven: Option<Rung>,
    /// The test has come out with this verdict.
    #[serde(deserialize_with = "verdict")]
    pub verdict: Option<Verdict>,
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
        let verdict = || tested?.verdict();
        let is_watching = moment.test.is_some_and(|test| test.watch.is_some());
        is(self.step.as_deref(), || Some(moment.step))
            && is(self.question, || moment.question)
            && is(self.overlay, || moment.overlay)
            && is(self.typing, || Some(moment.is_typing))
            && is(self.told, || Some(moment.is_told))
            && is(self.watching, || Some(is_watching))
            && is(self.trouble, trouble)
            && self.proven.is_none_or(is_proven)
            && is(self.verdict, verdict)
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

fn verdict<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Verdict>, D::Error> {
    named(deserializer, "verdict", |id| {
        Verdict::ALL.into_iter().find(|verdict| verdict.id() == id)
    })
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

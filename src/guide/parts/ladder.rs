//! The rungs of a test, as a list of rows.

use std::time::Duration;

use crate::check::{Check, CheckId, Rung, Standing, Status, Verdict};
use crate::guide::ShownTest;
use crate::guide::connection_test::ConnectionTest;
use crate::guide::ladder::{Mark, doing, elapsed, is_untold, telling, unknown};

/// A rung, or a key that stands in the place of one.
pub struct Row {
    /// Its name.
    pub title: &'static str,
    /// How it stands.
    pub sign: Sign,
    /// What that rests on, for the screen.
    pub basis: String,
    /// Whether nothing is known yet.
    pub is_open: bool,
    /// How long it took, where the screen shows that.
    pub time: Duration,
    /// Whether a low screen may put it on one line with others.
    pub may_fold: bool,
    /// What lines say of it.
    pub heard: Heard,
}

/// The sign of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It has been climbed for this long.
    Climbing(Duration),
    /// How it stands.
    Marked(Mark),
    /// Something was found, but it settles nothing.
    Told,
}

/// What lines say of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing yet, or nothing at all.
    Nothing,
    /// What was found, and how long that took.
    Found(String, Duration),
    /// What is open at the end. Rows that wait for the same share a sentence.
    Open(&'static str, String),
}

/// The whole ladder.
pub fn rows(shown: &ShownTest<'_>) -> Vec<Row> {
    Rung::ALL.map(|rung| row(shown, rung)).into()
}

/// One rung.
pub fn row(shown: &ShownTest<'_>, rung: Rung) -> Row {
    let test = shown.test;
    let found = telling(test, rung);
    let standing = test.standing(rung);
    let (sign, basis) = match test.current.filter(|_| test.running) {
        Some(check) if check.rung() == Some(rung) => (climbing(shown), doing(check).to_owned()),
        _ => look(test, rung, found),
    };
    let heard = match found {
        Some(found) if is_settled(test, rung) => {
            Heard::Found(in_words(rung, standing, found), elapsed(test, rung))
        }
        Some(_) => Heard::Nothing,
        None => Heard::Open(rung.title(), unknown(test, rung).to_owned()),
    };
    Row {
        title: rung.title(),
        sign,
        basis,
        is_open: standing == Standing::Unknown,
        time: elapsed(test, rung),
        may_fold: rung > Rung::Recognised
            && test.verdict() != Some(Verdict::Ready)
            && is_untold(test, rung),
        heard,
    }
}

/// The sign of what the running test is about.
pub fn climbing(shown: &ShownTest<'_>) -> Sign {
    Sign::Climbing(shown.now.saturating_sub(shown.test.began))
}

fn look(test: &ConnectionTest, rung: Rung, found: Option<&Check>) -> (Sign, String) {
    let mark = Mark::of_rung(test.standing(rung), found);
    match (found, mark) {
        (Some(found), Mark::Open) => (Sign::Told, found.summary.clone()),
        (Some(found), _) => (Sign::Marked(mark), found.summary.clone()),
        (None, Mark::Good) => (Sign::Marked(mark), rung.claim().to_owned()),
        (None, _) => (Sign::Marked(mark), unknown(test, rung).to_owned()),
    }
}

/// `Reachable: proven, ssh.bitbucket.org:22`
fn in_words(rung: Rung, standing: Standing, found: &Check) -> String {
    let (title, standing) = (rung.title(), Mark::of_rung(standing, Some(found)).word());
    // A trouble is explained at the end, by its name.
    let is_explained = found.code.is_some_and(|code| code.title() == found.summary);
    if is_explained || found.summary.is_empty() {
        format!("{title}: {standing}")
    } else {
        format!("{title}: {standing}, {}", found.summary)
    }
}

/// Whether this run has nothing more to tell about a rung.
fn is_settled(test: &ConnectionTest, rung: Rung) -> bool {
    let is_above = |check: CheckId| check.rung().is_some_and(|other| other > rung);
    let failed = |check: &Check| check.id.rung() == Some(rung) && check.status == Status::Fail;
    !test.running
        || test.standing(rung) != Standing::Unknown
        || test
            .checks
            .iter()
            .any(|check| failed(check) || is_above(check.id))
        || test.current.is_some_and(is_above)
}

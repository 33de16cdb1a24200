//! The rungs of a test, as a list of rows.

use std::time::Duration;

use super::Mark;
use crate::check::{Check, CheckId, Rung, Standing, Status, Verdict};
use crate::guide::ShownTest;
use crate::guide::connection_test::ConnectionTest;

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

/// The check that tells most about a rung: the worst, and among equals the connection, which names host and port. What
/// one's own identity found is none: it tells about the address, not about the vendor's key.
pub fn telling(test: &ConnectionTest, rung: Rung) -> Option<&Check> {
    let of_rung = || {
        test.checks
            .iter()
            .filter(|check| check.id.rung() == Some(rung))
    };
    let with = |status| of_rung().find(move |check| check.status == status);
    with(Status::Fail)
        .or_else(|| {
            of_rung().find(|check| check.id == CheckId::Tcp && check.status == Status::Pass)
        })
        .or_else(|| with(Status::Warn))
        .or_else(|| with(Status::Pass).filter(|check| check.standing == Standing::Proven))
}

/// How long a rung took.
fn elapsed(test: &ConnectionTest, rung: Rung) -> Duration {
    test.checks
        .iter()
        .filter(|check| check.id.rung() == Some(rung))
        .filter_map(|check| check.elapsed)
        .sum()
}

/// What a check is doing while it runs.
pub const fn doing(check: CheckId) -> &'static str {
    match check {
        CheckId::Dns => "looking up the host",
        CheckId::Tcp => "connecting",
        CheckId::Ssh => "setting up SSH",
        CheckId::HostKey => "looking at its host key",
        CheckId::KeyQuery => "asking about the key",
        _ => "testing",
    }
}

/// What is said of a rung about which nothing is known: where Bitbucket was asked, why it is not.
fn unknown(test: &ConnectionTest, rung: Rung) -> &str {
    let mut checks = test.checks.iter();
    let skipped =
        checks.find(|check| check.id.rung() == Some(rung) && check.status == Status::Skip);
    let why = skipped.map(|check| check.summary.as_str());
    why.filter(|why| why.starts_with("not known:") && rung > Rung::ThisRepository)
        .unwrap_or(waiting(rung))
}

/// Whether there is nothing to say of a rung yet: it is not being tested, and was neither tested nor asked about.
fn is_untold(test: &ConnectionTest, rung: Rung) -> bool {
    let is_tested_now = test.running && test.current.and_then(CheckId::rung) == Some(rung);
    !is_tested_now
        && telling(test, rung).is_none()
        && test.standing(rung) == Standing::Unknown
        && unknown(test, rung) == waiting(rung)
}

/// What is said of a rung before it was tested.
const fn waiting(rung: Rung) -> &'static str {
    match rung {
        Rung::Reachable | Rung::Genuine | Rung::Recognised => "not tested yet",
        Rung::ThisRepository | Rung::ReadOnly => "not known from a public key alone",
        Rung::UsedByVendor => "known once Coalesce connects",
    }
}

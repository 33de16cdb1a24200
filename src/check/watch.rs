//! Watching: testing again by itself, with growing pauses, until it turns green or waiting can't help any more.

use std::time::Duration;

use super::{Check, FixId, Report, Rung, Standing, Verdict};

/// The first pause; each further one is half as long again. OpenSSH 9.8 and later counts five seconds of penalty for a
/// connection that asked and left, and turns an address away that comes back sooner too often (`sshd_config(5)`,
/// `PerSourcePenalties`).
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long a watch goes on unless somebody says otherwise.
pub const USUAL_LIMIT: Duration = Duration::from_secs(10 * 60);

/// A watch that is going on. Times are counted from any fixed point, the same for all calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// How often it was tested.
    pub tries: u32,
    /// When the next test begins, if none is running.
    pub next: Option<Duration>,
    /// What it waits for.
    pub goal: Goal,
    pause: Duration,
    until: Duration,
    /// Whether something has changed since the running test began.
    is_hurried: bool,
}

/// What a watch waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The verdict is ready.
    Ready,
    /// Coalesce Quality has been in.
    Used,
    /// The key does not open this repository any more.
    Gone,
}

impl Goal {
    /// What is left to wait for after this report, if there was one.
    pub fn after(report: Option<&Report>) -> Self {
        match report.map(Report::verdict) {
            Some(Verdict::Ready) => Goal::Used,
            _ => Goal::Ready,
        }
    }

    fn is_reached(self, report: &Report) -> bool {
        match self {
            Goal::Ready => report.verdict() == Verdict::Ready,
            Goal::Used => report.proof().standing(Rung::UsedByVendor) == Standing::Proven,
            Goal::Gone => report.absence().is_proven(),
        }
    }
}

/// What comes after a test of a watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// It is green: there is nothing left to wait for.
    Green,
    /// Waiting can't cure what is wrong, or has lasted long enough.
    Over,
    /// The next test begins then.
    Next(Duration),
}

impl Watch {
    /// A watch that begins now and lasts `limit` at most.
    pub fn new(goal: Goal, now: Duration, limit: Duration) -> Self {
        Self {
            goal,
            tries: 0,
            next: None,
            pause: FIRST_PAUSE,
            until: now + limit,
            is_hurried: false,
        }
    }

    /// What it waits for may have come at this moment: the next test need not wait.
    pub fn hurry(&mut self, now: Duration) {
        match &mut self.next {
            Some(next) => *next = now,
            // The running test may have asked a moment too early.
            None => self.is_hurried = true,
        }
    }

    /// Takes in how a test came out, and says how to go on.
    pub fn tested(&mut self, report: &Report, now: Duration) -> Outlook {
        self.tries += 1;
        self.next = None;
        let is_hurried = std::mem::take(&mut self.is_hurried);
        if self.goal.is_reached(report) {
            return Outlook::Green;
        }
        // A key that is still in is what waiting for it to go is for.
        let may_come = self.goal == Goal::Gone && report.absence().is_known();
        if !(may_come || waiting_may_cure(report)) || now + self.pause > self.until {
            return Outlook::Over;
        }
        if is_hurried {
            self.next = Some(now);
            return Outlook::Next(now);
        }
        let next = now + self.pause;
        self.pause = (self.pause * 3 / 2).min(LONGEST_PAUSE);
        self.next = Some(next);
        Outlook::Next(next)
    }

    /// Whether the pause is over.
    pub fn is_due(&self, now: Duration) -> bool {
        self.next.is_some_and(|next| now >= next)
    }
}

/// Whether what keeps a report from being ready, or where nothing does its warnings, can pass without anybody doing anything:
/// then testing again is among the fixes. A token that fails is in nobody's way.
fn waiting_may_cure(report: &Report) -> bool {
    let offers = |check: &Check| {
        let mut ids = check.fixes.iter().map(|fix| fix.id);
        ids.any(|id| matches!(id, FixId::Watch | FixId::Retry))
    };
    let obstacles = report.obstacles();
    if obstacles.is_empty() {
        report.warnings().into_iter().any(offers)
    } else {
        obstacles.into_iter().all(offers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{CheckId, Code, Required};

    fn report(code: Code) -> Report {
        Report {
            checked_at: String::new(),
            elapsed: Duration::ZERO,
            given: String::new(),
            address: None,
            key: None,
            checks: vec![Check::found(code)],
            required: Required::default(),
        }
    }

    #[test]
    fn pauses_grow_from_five_seconds_to_thirty() {
        let mut watch = Watch::new(Goal::Ready, Duration::ZERO, USUAL_LIMIT);
        let mut now = Duration::ZERO;
        let mut pauses = Vec::new();
        while let Outlook::Next(next) = watch.tested(&report(Code::KeyQueryNotRecognised), now) {
            assert!(!watch.is_due(now) && watch.is_due(next));
            pauses.push(next.saturating_sub(now));
            now = next;
        }
        assert_eq!(pauses[0], Duration::from_secs(5));
        assert_eq!(pauses.last(), Some(&Duration::from_secs(30)));
        assert!(pauses.is_sorted());
        assert!(now <= USUAL_LIMIT, "it never tests after its end");
    }

    #[test]
    fn the_vendors_visit_can_be_waited_for_too() {
        let mut ready = report(Code::VendorUseNever);
        let proven = [
            CheckId::Dns,
            CheckId::Tcp,
            CheckId::Ssh,
            CheckId::HostKey,
            CheckId::KeyQuery,
        ];
        ready.checks.extend(proven.map(|id| Check::pass(id, "")));
        assert_eq!(Goal::after(None), Goal::Ready);
        assert_eq!(Goal::after(Some(&ready)), Goal::Used);
        let mut watch = Watch::new(Goal::Used, Duration::ZERO, USUAL_LIMIT);
        assert!(matches!(
            watch.tested(&ready, Duration::ZERO),
            Outlook::Next(_)
        ));
        ready.checks[0] = Check::pass(CheckId::VendorUse, "last used today");
        assert_eq!(watch.tested(&ready, Duration::ZERO), Outlook::Green);
    }

    #[test]
    fn a_change_is_not_waited_for() {
        let refused = report(Code::KeyQueryNotRecognised);
        let at = Duration::from_secs;
        let mut watch = Watch::new(Goal::Ready, Duration::ZERO, USUAL_LIMIT);
        assert_eq!(watch.tested(&refused, at(1)), Outlook::Next(at(6)));
        watch.hurry(at(2));
        assert!(watch.is_due(at(2)));
        // While a test runs that may have asked too early.
        watch.next = None;
        watch.hurry(at(3));
        assert_eq!(watch.tested(&refused, at(4)), Outlook::Next(at(4)));
        assert!(matches!(watch.tested(&refused, at(5)), Outlook::Next(next) if next > at(5)));
    }

    #[test]
    fn a_key_can_be_waited_for_to_go() {
        let mut known = report(Code::RepositoryNoMainBranch);
        known.checks = [CheckId::HostKey, CheckId::KeyQuery]
            .map(|id| Check::pass(id, ""))
            .to_vec();
        let mut watch = Watch::new(Goal::Gone, Duration::ZERO, USUAL_LIMIT);
        assert!(matches!(
            watch.tested(&known, Duration::ZERO),
            Outlook::Next(_)
        ));
        known.checks[1] = Check::found(Code::KeyQueryNotRecognised);
        assert_eq!(watch.tested(&known, Duration::ZERO), Outlook::Green);
        let unusable = report(Code::UrlUnsafe);
        assert_eq!(watch.tested(&unusable, Duration::ZERO), Outlook::Over);
    }

    #[test]
    fn what_waiting_cannot_cure_ends_it() {
        let mut watch = Watch::new(Goal::Ready, Duration::ZERO, USUAL_LIMIT);
        let outlook = watch.tested(&report(Code::UrlUnsafe), Duration::ZERO);
        assert_eq!(outlook, Outlook::Over);
    }
}

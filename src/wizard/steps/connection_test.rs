//! Step 6: the connection test, live, its failures and their fixes, and the watch.

use std::time::Duration;

use crossterm::event::KeyCode;

use crate::check::{
    Check, CheckId, Fix, FixId, Proof, Report, Rung, Standing, Status, TestEvent, Verdict,
};
use crate::wizard::effect::RunId;
use crate::wizard::keys::{Action, Binding};

/// The first pause of a watch; each further one is half as long again.
const FIRST_PAUSE: Duration = Duration::from_secs(3);
/// The longest pause of a watch.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long a watch goes on at most.
const WATCH_LIMIT: Duration = Duration::from_secs(10 * 60);

/// The running or finished test.
#[derive(Clone, Debug, Default)]
pub struct ConnectionTest {
    /// The number of the last run; results of earlier ones are dropped.
    pub last_run: RunId,
    /// Whether it is still going.
    pub running: bool,
    /// The check that is being made.
    pub current: Option<CheckId>,
    /// What has come out in this run.
    pub checks: Vec<Check>,
    /// The report of the last finished run.
    pub report: Option<Report>,
    /// Testing again and again.
    pub watch: Option<Watch>,
    /// When the run began.
    pub began: Duration,
}

/// Testing again and again until it turns green.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// How often it was tested.
    pub tries: u32,
    /// How long to wait after the try before.
    pub pause: Duration,
    /// When the next try begins, if none is running.
    pub next: Option<Duration>,
    /// When it gives up.
    pub until: Duration,
}

impl Watch {
    /// A watch that begins now.
    pub fn new(now: Duration) -> Self {
        Self {
            tries: 0,
            pause: FIRST_PAUSE,
            next: None,
            until: now + WATCH_LIMIT,
        }
    }

    /// Plans the next try.
    fn plan(&mut self, now: Duration) {
        self.tries += 1;
        self.next = Some(now + self.pause);
        self.pause = (self.pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

impl ConnectionTest {
    /// Begins a new run and gives its number.
    pub fn begin(&mut self, now: Duration) -> RunId {
        self.last_run = RunId(self.last_run.0 + 1);
        self.running = true;
        self.current = None;
        self.began = now;
        // A watch keeps showing what it knows until the next try tells more.
        if self.watch.is_none() {
            self.checks.clear();
        }
        if let Some(watch) = &mut self.watch {
            watch.next = None;
        }
        self.last_run
    }

    /// Takes in what a run tells. Says whether a watched test has just turned green.
    pub fn hear(&mut self, run: RunId, event: TestEvent, now: Duration) -> bool {
        if run != self.last_run || !self.running {
            return false;
        }
        match event {
            TestEvent::Started(id) => self.current = Some(id),
            TestEvent::Finished(check) => {
                match self.checks.iter_mut().find(|known| known.id == check.id) {
                    Some(known) => *known = check,
                    None => self.checks.push(check),
                }
            }
            TestEvent::Done(report) => return self.finish(*report, now),
        }
        false
    }

    fn finish(&mut self, report: Report, now: Duration) -> bool {
        self.running = false;
        self.current = None;
        self.checks.clone_from(&report.checks);
        let ready = report.verdict() == Verdict::Ready;
        self.report = Some(report);
        let cured_by_waiting = self.offers(FixId::Watch) || self.offers(FixId::Retry);
        let Some(watch) = &mut self.watch else {
            return false;
        };
        if ready || !cured_by_waiting || now >= watch.until {
            self.watch = None;
        } else {
            watch.plan(now);
        }
        ready
    }

    /// Stops the run, if one is going.
    pub fn cancel(&mut self) -> Option<RunId> {
        self.watch = None;
        let was_running = std::mem::take(&mut self.running);
        self.current = None;
        was_running.then_some(self.last_run)
    }

    /// Whether the pause of a watch is over.
    pub fn is_due(&self, now: Duration) -> bool {
        let next = self.watch.and_then(|watch| watch.next);
        !self.running && next.is_some_and(|next| now >= next)
    }

    /// Forgets the results: address or key have changed.
    pub fn forget(&mut self) -> Option<RunId> {
        let running = self.cancel();
        self.checks.clear();
        self.report = None;
        running
    }

    /// The check to explain: the first failure, or else the first warning.
    pub fn trouble(&self) -> Option<&Check> {
        let first = |status| self.checks.iter().find(move |check| check.status == status);
        first(Status::Fail).or_else(|| first(Status::Warn))
    }

    /// Whether the check in trouble offers this fix.
    pub fn offers(&self, id: FixId) -> bool {
        self.trouble()
            .is_some_and(|check| check.fixes.iter().any(|fix| fix.id == id))
    }

    /// The verdict of the finished test.
    pub fn verdict(&self) -> Option<Verdict> {
        if self.running {
            return None;
        }
        self.report.as_ref().map(Report::verdict)
    }

    /// How the ladder stands, counting only this run.
    pub fn standing(&self, rung: Rung) -> Standing {
        Proof::from_checks(&self.checks).standing(rung)
    }

    /// The keys of this step.
    pub fn bindings(&self, demo: bool) -> Vec<Binding> {
        let mut bindings = Vec::new();
        if self.running {
            bindings.push(Binding::new(KeyCode::Esc, Action::Cancel, "stop the test"));
            bindings.push(Binding::letter('x', Action::Cancel, "stop the test").only_in_help());
            return bindings;
        }
        if self.watch.is_some() {
            bindings.push(Binding::letter('w', Action::Watch, "stop watching"));
            bindings
                .push(Binding::new(KeyCode::Esc, Action::Watch, "stop watching").only_in_help());
        }
        if self.verdict() == Some(Verdict::Ready) {
            bindings.push(Binding::new(KeyCode::Enter, Action::Finish, "finish"));
        }
        bindings.extend(self.fixes_to_offer().map(|fix| fix_binding(fix.id)));
        if !self.offers(FixId::Retry) {
            bindings.push(Binding::letter('r', Action::Retry, FixId::Retry.label()));
        }
        if demo && self.offers(FixId::OpenAccessKeys) {
            bindings.push(Binding::letter(
                'd',
                Action::AddKeyForMe,
                "do it for me (demo only)",
            ));
        }
        bindings
    }

    /// The fixes of the check in trouble that make sense now.
    pub fn fixes_to_offer(&self) -> impl Iterator<Item = &Fix> {
        let fixes = self.trouble().map_or(&[][..], |check| &check.fixes);
        fixes
            .iter()
            .filter(|fix| is_available(fix.id) && !(fix.id == FixId::Watch && self.watch.is_some()))
    }
}

/// Whether the wizard can apply this fix. The others need an access token or an identity of the user's own.
fn is_available(fix: FixId) -> bool {
    !matches!(
        fix,
        FixId::GiveToken | FixId::UseIdentity | FixId::TryPort443
    )
}

fn fix_binding(fix: FixId) -> Binding {
    let action = match fix {
        FixId::Watch => Action::Watch,
        FixId::Retry => Action::Retry,
        other => Action::Fix(other),
    };
    Binding::letter(fix.key(), action, fix.label())
}

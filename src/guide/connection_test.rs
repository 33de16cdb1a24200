//! Step 6: the connection test, live, its failures and their fixes, and the watch.

use std::time::Duration;

use crossterm::event::KeyCode;

use crate::check::watch::{Goal, Outlook, Watch};
use crate::check::{
    Absence, Check, CheckId, Code, Fix, FixId, Proof, Report, Required, Rung, Standing, Status,
    TestEvent, Verdict, troubles,
};
use crate::guide::keys::{Action, Binding};
use crate::guide::ticket::Ticket;
use crate::guide::token::TokenForm;
use crate::guide::{Notice, Overlay};

/// The running or finished test.
#[derive(Clone, Debug, Default)]
pub struct ConnectionTest {
    /// The ticket of the last run; results of earlier ones are dropped.
    pub last_run: Ticket,
    /// Whether it is still going.
    pub running: bool,
    /// The check that is being made.
    pub current: Option<CheckId>,
    /// What has come out in this run.
    pub checks: Vec<Check>,
    /// The report of the last finished run.
    pub report: Option<Report>,
    /// The ticket of that run.
    pub(crate) reported: Ticket,
    /// Testing again and again.
    pub watch: Option<Watch>,
    /// When the run began.
    pub began: Duration,
    /// What it should show.
    pub aim: Aim,
    /// Whether somebody asked for the same test once more.
    pub is_asked_again: bool,
    /// Whether that showed the same again, so that the screen looks as before.
    pub is_same_again: bool,
    /// Fixes that make no sense where it is made.
    pub without: &'static [FixId],
}

/// What a test should show about its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Aim {
    /// That it is let in.
    #[default]
    LetIn,
    /// That it is not: a refusal is the good outcome.
    Gone,
}

impl ConnectionTest {
    /// The key that shows the report: `r`, which might be expected, tests again, and no other step or fix uses this one.
    pub const REPORT_KEY: char = 'b';

    /// Begins a new run.
    pub fn begin(&mut self, run: Ticket, now: Duration) {
        self.last_run = run;
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
    }

    /// Whether it waits for what this run tells.
    pub fn hears(&self, run: Ticket) -> bool {
        self.running && run == self.last_run
    }

    /// Takes in what a run tells. Says whether a watched test has just turned green.
    pub fn hear(&mut self, run: Ticket, event: TestEvent, now: Duration) -> bool {
        if !self.hears(run) {
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
        let was_asked = std::mem::take(&mut self.is_asked_again);
        let before = self.report.as_ref().map(|before| shows(&before.checks));
        self.is_same_again = was_asked && before == Some(shows(&report.checks));
        self.checks.clone_from(&report.checks);
        let outlook = self.watch.as_mut().map(|watch| watch.tested(&report, now));
        self.report = Some(report);
        self.reported = self.last_run;
        if matches!(outlook, Some(Outlook::Green | Outlook::Over)) {
            self.watch = None;
        }
        outlook == Some(Outlook::Green)
    }

    /// Said where a test that was asked for once more shows the same.
    pub fn same_again(&self) -> Notice {
        const WORDS: &str = "Tested again: no change.";
        if self.is_good() {
            Notice::told(WORDS)
        } else {
            Notice::problem(WORDS)
        }
    }

    /// Whether the last run came out. One that was stopped leaves the report of the run before.
    pub fn is_finished(&self) -> bool {
        !self.running && self.report.is_some() && self.reported == self.last_run
    }

    /// Stops the watch and the run, if one is going. Nobody hears of that run any more, so the guide ends it outside.
    pub fn cancel(&mut self) {
        self.watch = None;
        self.is_asked_again = false;
        self.current = None;
        if !std::mem::take(&mut self.running) {
            return;
        }
        // What is shown is what the last finished run found, and not the half of another one.
        if let Some(report) = &self.report {
            self.checks.clone_from(&report.checks);
        }
    }

    /// Whether the pause of a watch is over.
    pub fn is_due(&self, now: Duration) -> bool {
        !self.running && self.watch.is_some_and(|watch| watch.is_due(now))
    }

    /// Forgets the results, and stops the run if one is going: address or key have changed.
    pub fn forget(&mut self) {
        self.cancel();
        self.checks.clear();
        self.report = None;
    }

    /// The checks to explain, the most serious first.
    pub fn troubles(&self) -> Vec<&Check> {
        let mut troubles = troubles(&self.checks, Required::default());
        if self.aim == Aim::Gone {
            troubles.retain(|check| !check.code.is_some_and(is_as_it_should_be));
        }
        troubles
    }

    /// What the finished test shows about a key that should be out.
    pub fn absence(&self) -> Option<Absence> {
        if self.running {
            return None;
        }
        self.report.as_ref().map(Report::absence)
    }

    /// Whether the finished test shows what it should.
    pub fn is_good(&self) -> bool {
        match self.aim {
            Aim::LetIn => self.verdict() == Some(Verdict::Ready),
            Aim::Gone => self.absence().is_some_and(Absence::is_proven),
        }
    }

    /// The checks that passed, and have something to offer all the same.
    pub fn remarks(&self) -> impl Iterator<Item = &Check> {
        let passed = self
            .checks
            .iter()
            .filter(|check| check.status == Status::Pass);
        passed.filter(|check| !check.fixes.is_empty())
    }

    /// Whether it was Bitbucket's REST interface that named this address.
    pub fn is_named_by_bitbucket(&self, url: &str) -> bool {
        let mut checks = self.checks.iter();
        let repository = checks.find(|check| check.id == CheckId::Repository);
        let named = repository.and_then(|check| check.fix_value(FixId::UseSuggestedUrl));
        named == Some(url)
    }

    /// Whether a check in trouble offers this fix.
    pub fn offers(&self, id: FixId) -> bool {
        let troubles = self.troubles();
        let mut fixes = troubles.iter().flat_map(|check| &check.fixes);
        fixes.any(|fix| fix.id == id)
    }

    /// Whether a token was given and Bitbucket told nothing with it.
    pub fn token_fails(&self, has_token: bool) -> bool {
        has_token && self.checks.iter().any(is_without_answer)
    }

    /// What a watch would wait for.
    pub(super) fn goal(&self) -> Goal {
        match self.aim {
            Aim::Gone => Goal::Gone,
            Aim::LetIn => Goal::after(self.report.as_ref()),
        }
    }

    /// The value of a fix that some check offers.
    pub(crate) fn fix_value(&self, fix: FixId) -> Option<&str> {
        self.checks.iter().find_map(|check| check.fix_value(fix))
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

    /// The keys of this step; `left_port` is the address's own, where the test goes around it.
    pub fn bindings(&self, demo: bool, has_token: bool, left_port: Option<u16>) -> Vec<Binding> {
        let mut bindings = Vec::new();
        if self.running && self.watch.is_none() {
            bindings.push(Binding::new(KeyCode::Esc, Action::Cancel, "stop the test"));
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
        if (demo || has_token) && self.troubles().into_iter().any(adding_may_cure) {
            bindings.push(Binding::letter('d', Action::AddKeyForMe, "do it for me"));
        }
        let mut token = Some(TokenForm::keys(has_token, self.token_fails(has_token)));
        for fix in self.fixes_to_offer() {
            if fix.id == FixId::GiveToken {
                bindings.extend(token.take().unwrap_or_default());
            } else {
                bindings.push(fix_binding(fix.id));
            }
        }
        if !self.offers(FixId::Retry) {
            bindings.push(Binding::letter('r', Action::Retry, FixId::Retry.label()));
        }
        bindings.extend(token.unwrap_or_default());
        if let Some(port) = left_port {
            let (key, back) = (FixId::TryPort443.key(), Action::Fix(FixId::TryPort443));
            bindings.push(Binding::letter(key, back, format!("port {port} again")));
        }
        // No test needs it, so nobody is asked for it.
        bindings.push(fix_binding(FixId::UseIdentity).only_in_help());
        if self.report.is_some() {
            let report = Binding::letter(Self::REPORT_KEY, Action::Show(Overlay::Report), "report");
            // Where something is wrong, the footer is for what can be done about it.
            let is_ready = self.verdict() == Some(Verdict::Ready);
            bindings.push(if is_ready {
                report
            } else {
                report.only_in_help()
            });
        }
        bindings
    }

    /// The fixes that make sense now, each once, those of the most pressing trouble first. Of two that do the same, the
    /// first.
    pub fn fixes_to_offer(&self) -> Vec<&Fix> {
        let mut fixes: Vec<&Fix> = Vec::new();
        for check in self.troubles().into_iter().chain(self.remarks()) {
            for fix in self.fixes_of(check) {
                if !fixes.iter().any(|known| known.does_the_same(fix)) {
                    fixes.push(fix);
                }
            }
        }
        fixes
    }

    /// The fixes of a check that make sense now.
    fn fixes_of<'a>(&self, check: &'a Check) -> impl Iterator<Item = &'a Fix> + use<'a> {
        let watching = self.watch.is_some();
        let without = self.without;
        let fixes = check.fixes.iter();
        let fixes = fixes.filter(|fix| !without.contains(&fix.id));
        fixes.filter(move |fix| !(watching && fix.id == FixId::Watch))
    }
}

/// What checks show, without how long they took and the like.
fn shows(checks: &[Check]) -> Vec<(CheckId, Status, Option<Code>, Standing)> {
    let shown = checks.iter();
    shown
        .map(|check| (check.id, check.status, check.code, check.standing))
        .collect()
}

/// Whether a code is no trouble of a key that should be out: it is not to be let in, and not to be used either.
fn is_as_it_should_be(code: Code) -> bool {
    matches!(
        code,
        Code::KeyQueryNotRecognised | Code::RepositoryKeyNotHere | Code::VendorUseNever
    )
}

/// Whether adding the key may cure what a check found. One that may do too much is there already.
pub fn adding_may_cure(check: &Check) -> bool {
    let mut fixes = check.fixes.iter();
    check.id != CheckId::Permission && fixes.any(|fix| fix.id == FixId::OpenAccessKeys)
}

/// Whether a check is one that Bitbucket gave no answer to, so that another token or none may help.
pub fn is_without_answer(check: &Check) -> bool {
    check.id == CheckId::Repository
        && check.status == Status::Fail
        && check.standing == Standing::Unknown
}

fn fix_binding(fix: FixId) -> Binding {
    let action = match fix {
        FixId::Watch => Action::Watch,
        FixId::Retry => Action::Retry,
        other => Action::Fix(other),
    };
    Binding::letter(fix.key(), action, fix.label())
}

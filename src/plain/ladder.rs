//! The connection test in sentences: each rung as it is climbed, then what is left open, what is wrong, what can be done.

use std::time::Duration;

use super::spoken::{sentence, time_taken};
use super::steps::{SAID_OF_FIELD, cause};
use crate::check::{Check, CheckId, Code, Rung, Standing, Status, Verdict};
use crate::guide::Ticket;
use crate::guide::connection_test::ConnectionTest;
use crate::guide::identity::IdentityForm;
use crate::guide::ladder::{
    ADDRESS_FOR_THE_FORM, Mark, NOT_IN_THE_WAY, awaited, doing, elapsed, is_no_obstacle, telling,
    unknown, way_around,
};
use crate::guide::{Ending, ShownTest};
use crate::text::{in_seconds, shorten_middle};

/// How often it is said that a test still runs.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// What has been said of a test, so that each fact is said once.
#[derive(Debug, Default)]
pub(super) struct Told {
    run: Ticket,
    /// What was said of each rung, without the time it took.
    rungs: Vec<(Rung, String)>,
    /// What was said at the end.
    end: Vec<String>,
    is_watching: bool,
    is_over: bool,
    /// How many times it was said that the test still runs.
    patience: u32,
}

impl Told {
    /// The last run of which something was said.
    pub(super) fn run(&self) -> Ticket {
        self.run
    }

    /// What is new. `takes_lines` is whether somebody can answer.
    pub(super) fn news(
        &mut self,
        shown: &ShownTest<'_>,
        has_notice: bool,
        takes_lines: bool,
    ) -> Vec<String> {
        let test = shown.test;
        let mut lines = Vec::new();
        self.begin(shown, takes_lines, &mut lines);
        let before = lines.len();
        self.rungs(shown, &mut lines);
        if test.running {
            self.patience(shown, takes_lines, &mut lines);
        } else if test.is_finished() && !self.is_over {
            self.is_over = true;
            self.open_rungs(shown, &mut lines);
            let changed = lines.len() > before;
            self.outcome(shown, changed, has_notice, &mut lines);
        }
        if !test.running && test.watch.is_none() {
            self.is_watching = false;
        }
        lines
    }

    /// When the next sentence is due, counted from the start of the wizard.
    pub(super) fn next(&self, shown: &ShownTest<'_>) -> Option<Duration> {
        let test = shown.test;
        if test.running {
            return Some(test.began + PATIENCE * (self.patience + 1));
        }
        test.watch?.next
    }

    /// A new run. A watch goes on knowing what it knows; otherwise everything is said anew.
    fn begin(&mut self, shown: &ShownTest<'_>, takes_lines: bool, lines: &mut Vec<String>) {
        let test = shown.test;
        if let Some(watch) = test.watch
            && !self.is_watching
        {
            self.is_watching = true;
            let awaited = awaited(watch.goal);
            let stop = if takes_lines {
                " An empty line stops it."
            } else {
                ""
            };
            lines.push(format!("Watching: tests again by itself. {awaited}{stop}"));
        }
        if test.last_run == self.run {
            return;
        }
        let is_watching = self.is_watching;
        let before = std::mem::take(self);
        self.run = test.last_run;
        self.is_watching = is_watching;
        if is_watching {
            self.rungs = before.rungs;
            self.end = before.end;
        } else {
            let words = if test.running {
                "Testing"
            } else {
                "The last test, of"
            };
            lines.push(format!(
                "{words} {}",
                shorten_middle(shown.url, SAID_OF_FIELD)
            ));
        }
    }

    /// The rungs that are climbed, or failed at.
    fn rungs(&mut self, shown: &ShownTest<'_>, lines: &mut Vec<String>) {
        let test = shown.test;
        for rung in told_rungs(shown) {
            if let Some(found) = telling(test, rung).filter(|_| is_settled(test, rung)) {
                let words = said_of(shown, rung, found);
                if self.learn(rung, words.clone()) {
                    let time = elapsed(test, rung);
                    let time = (time.as_millis() > 0).then(|| format!(", {}", time_taken(time)));
                    lines.push(sentence(&(words + &time.unwrap_or_default())));
                }
            }
        }
    }

    /// What is not known, at the end: rungs that wait for the same in one sentence.
    fn open_rungs(&mut self, shown: &ShownTest<'_>, lines: &mut Vec<String>) {
        let mut open: Vec<(Vec<&str>, &str)> = Vec::new();
        for rung in told_rungs(shown) {
            if telling(shown.test, rung).is_some() {
                continue;
            }
            let words = unknown(shown.test, rung);
            if !self.learn(rung, words.to_owned()) {
                continue;
            }
            match open.last_mut() {
                Some((titles, same)) if *same == words => titles.push(rung.title()),
                _ => open.push((vec![rung.title()], words)),
            }
        }
        let said = open.into_iter();
        lines.extend(said.map(|(titles, words)| format!("{}: {words}.", titles.join(" and "))));
    }

    /// Keeps what is said of a rung. Says whether it is new.
    fn learn(&mut self, rung: Rung, words: String) -> bool {
        match self.rungs.iter_mut().find(|(known, _)| *known == rung) {
            Some((_, known)) if *known == words => return false,
            Some((_, known)) => *known = words,
            None => self.rungs.push((rung, words)),
        }
        true
    }

    fn patience(&mut self, shown: &ShownTest<'_>, takes_lines: bool, lines: &mut Vec<String>) {
        let test = shown.test;
        let passed = shown.now.saturating_sub(test.began);
        let times = u32::try_from(passed.as_secs() / PATIENCE.as_secs()).unwrap_or(u32::MAX - 1);
        if times > self.patience {
            let is_first = self.patience == 0;
            self.patience = times;
            let doing = test.current.map(doing);
            let doing = doing.map_or_else(String::new, |doing| format!(": {doing}"));
            let hint = if is_first && takes_lines {
                " To end the test, answer stop."
            } else {
                ""
            };
            let time = in_seconds(PATIENCE * times);
            lines.push(format!("Still testing, {time}{doing}.{hint}"));
        }
    }

    /// How it came out.
    fn outcome(
        &mut self,
        shown: &ShownTest<'_>,
        changed: bool,
        has_notice: bool,
        lines: &mut Vec<String>,
    ) {
        let test = shown.test;
        let is_good = shown.is_good();
        let said = said_at_the_end(shown);
        let is_known = said == self.end;
        if !is_known {
            lines.extend(said.iter().cloned());
            self.end = said;
        }
        match test.watch.and_then(|watch| watch.next) {
            Some(next) => {
                if !changed && is_known {
                    lines.push("Tested again: no change.".to_owned());
                }
                // Rounded up: only a test that is due is in 0 seconds.
                let left = next.saturating_sub(shown.now).as_millis().div_ceil(1000);
                let left = Duration::from_secs(u64::try_from(left).unwrap_or(u64::MAX));
                lines.push(if left.is_zero() {
                    "The next test begins now.".to_owned()
                } else {
                    format!("The next test is in {}.", in_seconds(left))
                });
            }
            // Where somebody stopped it, the notice says so.
            None if self.is_watching && !is_good && !has_notice => {
                lines.push("The watch has ended.".to_owned());
            }
            None => {}
        }
    }
}

/// What a test comes to, and what stands in the way.
fn said_at_the_end(shown: &ShownTest<'_>) -> Vec<String> {
    let test = shown.test;
    let mut lines = Vec::new();
    lines.extend(way_around(test).map(str::to_owned));
    if let Some(found) = shown.own_identity {
        let words = [
            Some(IdentityForm::FOUND),
            Some(&found.summary),
            found.detail.as_deref(),
        ];
        lines.extend(words.into_iter().flatten().map(sentence));
    }
    match (&shown.ending, test.verdict()) {
        (Ending::Gone(sentences), _) => lines.extend(sentences.iter().cloned()),
        (
            Ending::LetIn {
                proven,
                open,
                names_url,
            },
            Some(Verdict::Ready),
        ) => {
            lines.push((*proven).to_owned());
            lines.extend(open.clone());
            if *names_url {
                lines.push(format!("{ADDRESS_FOR_THE_FORM} {}", shown.url));
            }
        }
        (Ending::LetIn { .. }, Some(Verdict::NotReady)) => lines.push("Not ready yet.".to_owned()),
        (Ending::LetIn { .. }, Some(Verdict::Inconclusive)) => {
            lines.push("This test could not tell.".to_owned());
        }
        (Ending::LetIn { .. }, None) => {}
    }
    let troubles = test.troubles().into_iter();
    lines.extend(troubles.flat_map(|check| trouble(shown, check)));
    lines.extend(test.remarks().filter_map(|check| check.detail.clone()));
    lines
}

/// Whether nothing more is to be expected of a rung in this run.
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

/// Of a key that should be out, the rungs above are for those who have to know where it still sits.
fn told_rungs(shown: &ShownTest<'_>) -> impl Iterator<Item = Rung> + use<> {
    let last = match shown.ending {
        Ending::LetIn { .. } => Rung::UsedByVendor,
        Ending::Gone(_) => Rung::Recognised,
    };
    Rung::ALL.into_iter().filter(move |rung| *rung <= last)
}

/// Whether it is good if this rung is refuted.
fn should_be_gone(shown: &ShownTest<'_>, rung: Rung) -> bool {
    matches!(shown.ending, Ending::Gone(_)) && rung == Rung::Recognised
}

/// `Reachable: proven, ssh.bitbucket.org:22`
fn said_of(shown: &ShownTest<'_>, rung: Rung, found: &Check) -> String {
    let test = shown.test;
    match test.standing(rung) {
        Standing::Refuted if should_be_gone(shown, rung) => {
            return "Old key: refused, as it should be".to_owned();
        }
        Standing::Proven if should_be_gone(shown, rung) => {
            return "Old key: still recognised".to_owned();
        }
        _ => {}
    }
    let standing = Mark::of_rung(test.standing(rung), Some(found)).word();
    // A trouble is explained at the end, by its name.
    let is_explained = found.code.is_some_and(|code| code.title() == found.summary);
    if is_explained || found.summary.is_empty() {
        format!("{}: {standing}", rung.title())
    } else {
        format!("{}: {standing}, {}", rung.title(), found.summary)
    }
}

/// What is wrong and what it means. What can be done is among the answers.
fn trouble(shown: &ShownTest<'_>, check: &Check) -> Vec<String> {
    let Some(code) = check.code else {
        return Vec::new();
    };
    let mut lines = cause(code, check.detail.as_deref());
    if code == Code::KeyQueryNotRecognised
        && let Some(key) = shown.key
    {
        lines.push(format!("Expected: {}", key.fingerprint()));
    }
    if shown.is_good() && is_no_obstacle(code) {
        lines.push(NOT_IN_THE_WAY.to_owned());
    }
    lines
}

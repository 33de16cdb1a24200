//! A connection test in sentences: each rung as it is climbed, then what is open, what is wrong, what can be done.

use std::time::Duration;

use super::parts::{SAID_OF_FIELD, speak};
use super::spoken::{sentence, time_taken};
use crate::guide::ShownTest;
use crate::guide::Ticket;
use crate::guide::parts::ladder::{Heard, doing};
use crate::guide::parts::{Content, Watching};
use crate::text::{in_seconds, shorten_middle};

/// How often it is said that a test still runs.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// What has been said of a test, so that each fact is said once.
#[derive(Debug, Default)]
pub(super) struct Told {
    run: Ticket,
    /// What was said of each rung, by its name, without the time it took.
    rungs: Vec<(&'static str, String)>,
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
        content: &Content<'_>,
        has_notice: bool,
        takes_lines: bool,
    ) -> Vec<String> {
        let test = shown.test;
        let mut lines = Vec::new();
        self.begin(shown, content.watching(), takes_lines, &mut lines);
        let before = lines.len();
        self.rungs(content, &mut lines);
        if test.running {
            self.patience(shown, takes_lines, &mut lines);
        } else if test.is_finished() && !self.is_over {
            self.is_over = true;
            self.open_rungs(content, &mut lines);
            let changed = lines.len() > before;
            let end = speak(content.test().unwrap_or_default());
            self.outcome(shown, end, changed, has_notice, &mut lines);
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
    fn begin(
        &mut self,
        shown: &ShownTest<'_>,
        watching: Option<Watching>,
        takes_lines: bool,
        lines: &mut Vec<String>,
    ) {
        let test = shown.test;
        if let Some(watching) = watching.filter(|_| !self.is_watching) {
            self.is_watching = true;
            let awaited = watching.awaited();
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
                shorten_middle(&shown.url, SAID_OF_FIELD)
            ));
        }
    }

    /// The rungs that are climbed, or failed at.
    fn rungs(&mut self, content: &Content<'_>, lines: &mut Vec<String>) {
        for row in content.rows() {
            if let Heard::Found(words, time) = &row.heard
                && self.learn(row.title, words)
            {
                let time = (time.as_millis() > 0).then(|| format!(", {}", time_taken(*time)));
                lines.push(sentence(&(words.clone() + &time.unwrap_or_default())));
            }
        }
    }

    /// What is not known, at the end: rungs that wait for the same in one sentence.
    fn open_rungs(&mut self, content: &Content<'_>, lines: &mut Vec<String>) {
        let mut open: Vec<(Vec<&str>, &str)> = Vec::new();
        for row in content.rows() {
            let Heard::Open(title, words) = &row.heard else {
                continue;
            };
            if !self.learn(row.title, words) {
                continue;
            }
            match open.last_mut() {
                Some((titles, same)) if same == words => titles.push(title),
                _ => open.push((vec![title], words)),
            }
        }
        let said = open.into_iter();
        lines.extend(said.map(|(titles, words)| format!("{}: {words}.", titles.join(" and "))));
    }

    /// Keeps what is said of a rung. Says whether it is new.
    fn learn(&mut self, rung: &'static str, words: &str) -> bool {
        match self.rungs.iter_mut().find(|(known, _)| *known == rung) {
            Some((_, known)) if known == words => return false,
            Some((_, known)) => words.clone_into(known),
            None => self.rungs.push((rung, words.to_owned())),
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
        said: Vec<String>,
        changed: bool,
        has_notice: bool,
        lines: &mut Vec<String>,
    ) {
        let test = shown.test;
        let is_good = shown.is_good();
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

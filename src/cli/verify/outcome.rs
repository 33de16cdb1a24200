//! What came of testing connections: the table, the JSON and the exit status.

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use serde::Serialize;

use crate::check::{Code, Report, Status, Verdict};
use crate::cli::Exit;
use crate::cli::saved::verdict_words;
use crate::cli::table::aligned;
use crate::connections::{Connection, Name};

/// A connection and its report, if there was time for one.
pub(super) struct Tested {
    pub(super) connection: Connection,
    pub(super) report: Option<Report>,
}

/// What came of a run.
pub(super) struct Outcome {
    /// By name.
    pub(super) tested: Vec<Tested>,
    /// Those that were not to be tested.
    pub(super) skipped: Vec<Name>,
    /// Whether it was told to end before it was done.
    pub(super) was_interrupted: bool,
}

/// A report with its connection's name in front.
#[derive(Serialize)]
pub(super) struct Named<'a> {
    name: &'a str,
    #[serde(flatten)]
    report: &'a Report,
}

impl<'a> Named<'a> {
    fn new(connection: &'a Connection, report: &'a Report) -> Self {
        Self {
            name: connection.name.as_str(),
            report,
        }
    }
}

/// Prints a report as JSON on a line of its own. A reader that went away has all it wanted; the tests go on, to be saved.
pub(super) fn print_line(connection: &Connection, report: &Report) {
    // Serialising plain structs of strings and numbers can't fail.
    let line = serde_json::to_string(&Named::new(connection, report)).unwrap_or_default();
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .ok();
}

impl Outcome {
    /// The reports there are.
    pub(super) fn reports(&self) -> impl Iterator<Item = (&Connection, &Report)> {
        self.tested
            .iter()
            .filter_map(|tested| Some((&tested.connection, tested.report.as_ref()?)))
    }

    /// The reports as JSON has them.
    pub(super) fn named_reports(&self) -> Vec<Named<'_>> {
        self.reports()
            .map(|(connection, report)| Named::new(connection, report))
            .collect()
    }

    fn count(&self, verdict: Verdict) -> usize {
        let reports = self.reports();
        reports
            .filter(|(_, report)| report.verdict() == verdict)
            .count()
    }

    /// The status of the worst: that one is not ready is worse than that of one it could not be told.
    pub(super) fn exit(&self) -> Exit {
        if self.was_interrupted {
            Exit::Interrupted
        } else if self.count(Verdict::NotReady) > 0 {
            Exit::NotReady
        } else if self.count(Verdict::Inconclusive) > 0 {
            Exit::CouldNotTell
        } else {
            Exit::Done
        }
    }

    /// What is said of an interrupted run.
    pub(super) fn interruption(&self) -> String {
        if !self.was_interrupted {
            return String::new();
        }
        let (all, done) = (self.tested.len(), self.reports().count());
        format!("doorkey: interrupted; {done} of {all} were tested\n")
    }

    /// A line for each, then the counts.
    pub(super) fn table(&self, since_days: Option<u16>) -> String {
        let mut table = String::new();
        let rows: Vec<_> = self
            .reports()
            .map(|(connection, report)| row(connection, report))
            .collect();
        if !rows.is_empty() {
            let header = ["NAME", "RESULT", "WHY"].map(str::to_owned);
            table = aligned(&[vec![header], rows].concat());
            table.push('\n');
        }
        table.push_str(&self.counts(since_days));
        table
    }

    fn counts(&self, since_days: Option<u16>) -> String {
        let counts = Verdict::ALL
            .map(|verdict| (self.count(verdict), verdict_words(verdict)))
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, words)| format!("{count} {words}"));
        let mut counts: Vec<String> = counts.collect();
        if let (1.., Some(days)) = (self.skipped.len(), since_days) {
            let days = match days {
                1 => "day".to_owned(),
                days => format!("{days} days"),
            };
            let skipped = self.skipped.len();
            counts.push(format!("{skipped} left out, ready in the last {days}"));
        }
        let mut line = counts.join(", ");
        if !line.is_empty() {
            line.push_str(".\n");
        }
        let codes: BTreeSet<&str> = self
            .reports()
            .filter_map(|(_, report)| report.decisive()?.code)
            .map(Code::id)
            .collect();
        if !codes.is_empty() {
            line.push_str("What to do:\n");
        }
        for code in codes {
            line.push_str("  doorkey explain ");
            line.push_str(code);
            line.push('\n');
        }
        line
    }
}

/// What is wrong stands in a few words, so that the line fits a terminal; what to do about it stands below the table.
fn row(connection: &Connection, report: &Report) -> [String; 3] {
    let why = match report.decisive() {
        None => String::new(),
        Some(check) => {
            let summary = match (check.code, check.status) {
                (Some(code), Status::Warn) => format!("warning: {}", code.title()),
                (Some(code), _) => code.title().to_owned(),
                (None, _) => check.summary.clone(),
            };
            match report.troubles().len() - 1 {
                0 => summary,
                more => format!("{summary} and {more} more"),
            }
        }
    };
    [
        connection.name.to_string(),
        verdict_words(report.verdict()).to_owned(),
        why,
    ]
}

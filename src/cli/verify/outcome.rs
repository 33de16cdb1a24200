//! What came of testing connections: the table, the JSON and the exit status.

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use serde::Serialize;

use crate::bitbucket::ApiBase;
use crate::check::stage::key_query::Retired;
use crate::check::{Check, Code, Report, Rung, Standing, Status, Verdict};
use crate::cli::Exit;
use crate::cli::saved::{RotationJson, rotation_words};
use crate::cli::sheet::{Sheet, Tone};
use crate::cli::table::{Cell, Fit, aligned};
use crate::cli::verdict_options::VerdictOptions;
use crate::connections::{Audience, Connection, Name};

/// A connection and its report, if there was time for one.
pub(super) struct Tested {
    pub(super) connection: Connection,
    pub(super) report: Option<Report>,
    /// What the server said about the keys it had before.
    pub(super) retired: Vec<Retired>,
}

impl Tested {
    pub(super) fn not_yet(connection: Connection) -> Self {
        Self {
            connection,
            report: None,
            retired: Vec::new(),
        }
    }

    /// Takes in the report, and remembers what it shows.
    pub(super) fn finish(&mut self, report: Report) {
        self.connection.remember(&report);
        self.report = Some(report);
    }

    /// Remembers what came out with the connection as it is saved now. `api` is the web server that was asked.
    pub(super) fn remember(&self, current: &mut Connection, api: Option<&ApiBase>) {
        let Some(report) = &self.report else { return };
        current.remember(report);
        current.remember_retired(report, &self.retired);
        let has_told = report.proof().standing(Rung::ThisRepository) != Standing::Unknown;
        // A token for it has gone there already, and what answered knows the repository.
        if let Some(base) = api.filter(|_| has_told) {
            current.know_web_address(base.clone());
        }
    }
}

/// What came of a run.
pub(super) struct Outcome {
    /// By name.
    pub(super) tested: Vec<Tested>,
    /// Those that were not to be tested.
    pub(super) skipped: Vec<Name>,
    /// How many of those that were to be tested can't be read.
    pub(super) unreadable: usize,
    /// Whether it was told to end before it was done.
    pub(super) was_interrupted: bool,
    /// When a test counts as ready.
    pub(super) rule: VerdictOptions,
}

/// A report with its connection's name in front.
#[derive(Serialize)]
pub(super) struct Named<'a> {
    name: &'a str,
    /// Since when the saved verdict is this one.
    since: Option<&'a str>,
    /// The rotation of its key that is under way.
    rotation: Option<RotationJson<'a>>,
    #[serde(flatten)]
    report: &'a Report,
}

impl<'a> Named<'a> {
    fn new(connection: &'a Connection, report: &'a Report) -> Self {
        let saved = connection.memory.last_test();
        let same = saved.filter(|test| test.verdict == report.verdict());
        Self {
            name: connection.name.as_str(),
            since: same.map(|test| &*test.since),
            rotation: connection.rotation.as_ref().map(RotationJson::from),
            report,
        }
    }
}

/// Prints a report as JSON on a line of its own. A reader that went away has all it wanted; the tests go on, to be saved.
pub(super) fn print_line(tested: &Tested) {
    let Some(report) = &tested.report else { return };
    // Serialising plain structs of strings and numbers can't fail.
    let line = serde_json::to_string(&Named::new(&tested.connection, report)).unwrap_or_default();
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .ok();
}

const NO_NETWORK: &str = "Nothing could be reached: this machine seems to have no network.\n\n";

/// Whether a cause is that there was no way to the server, so that nothing is known of it.
const fn is_no_way_out(code: Code) -> bool {
    matches!(
        code,
        Code::DnsTimeout | Code::TcpTimeout | Code::TcpUnreachable
    )
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

    /// How many are not ready only because a warning counts.
    fn strictly_not_ready(&self) -> usize {
        let reports = self.reports();
        reports
            .filter(|(_, report)| self.rule.counts_as_not_ready(report))
            .count()
    }

    /// The status of the worst: that one is not ready is worse than that of one it could not be told.
    pub(super) fn exit(&self) -> Exit {
        if self.was_interrupted {
            Exit::Interrupted
        } else if self.count(Verdict::NotReady) + self.strictly_not_ready() > 0 {
            Exit::NotReady
        } else if self.count(Verdict::Inconclusive) + self.unreadable > 0 {
            Exit::CouldNotTell
        } else {
            Exit::Done
        }
    }

    /// Whether nothing at all could be reached, for reasons that lie with this machine more likely than with every server.
    /// One silent server alone may be behind a firewall.
    fn nothing_was_reached(&self) -> bool {
        let causes: Option<Vec<Code>> = self
            .reports()
            .map(|(_, report)| report.decisive()?.code.filter(|code| is_no_way_out(*code)))
            .collect();
        let hosts: BTreeSet<&str> = self
            .reports()
            .map(|(connection, _)| connection.address.host())
            .collect();
        causes.is_some_and(|causes| {
            let is_local = causes.iter().any(|code| *code != Code::TcpTimeout);
            !causes.is_empty() && (is_local || hosts.len() > 1)
        })
    }

    /// The codes of everything that was found, the most serious of each report first.
    fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&str> = Vec::new();
        for (_, report) in self.reports() {
            for code in report.troubles().into_iter().filter_map(|check| check.code) {
                if !codes.contains(&code.id()) {
                    codes.push(code.id());
                }
            }
        }
        codes
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
    pub(super) fn table(&self, sheet: Sheet, since_days: Option<u16>) -> String {
        let mut table = String::new();
        if self.nothing_was_reached() {
            table.push_str(NO_NETWORK);
        }
        let rows: Vec<_> = self
            .reports()
            .flat_map(|(connection, report)| rows_of(sheet, connection, report))
            .collect();
        if !rows.is_empty() {
            let header = ["", "NAME", "RESULT", "WHY"].map(|title| Cell::toned(title, Tone::Dim));
            let fits = [Fit::Whole, Fit::Whole, Fit::Whole, Fit::Wrap];
            table.push_str(&aligned(sheet, fits, &[vec![header], rows].concat()));
            table.push('\n');
        }
        table.push_str(&self.counts(since_days));
        table.push_str(&self.history());
        table
    }

    /// What is known of the connections beside this run, and changes what its result is worth.
    fn history(&self) -> String {
        let lines = self.reports().flat_map(|(connection, report)| {
            let name = &connection.name;
            let stale = Rung::ALL.into_iter().filter_map(move |rung| {
                let remembered = connection.memory.rung(rung);
                let is_refuted = remembered.standing() == Standing::Refuted
                    && report.proof().standing(rung) == Standing::Unknown;
                let history = remembered.words(Audience::User);
                is_refuted.then(|| format!("{name}: {}: {history}\n", rung.title()))
            });
            let rotation = connection.rotation.iter().map(move |rotation| {
                let words = rotation_words(rotation);
                format!("{name}: {words}. Go on with: doorkey rotate {name}\n")
            });
            stale.chain(rotation)
        });
        lines.collect()
    }

    fn counts(&self, since_days: Option<u16>) -> String {
        let counts = Verdict::ALL
            .map(|verdict| (self.count(verdict), verdict.title()))
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
        match self.strictly_not_ready() {
            0 => {}
            1 => line.push_str("1 has a warning, which counts as not ready (--strict).\n"),
            count => {
                let words =
                    format!("{count} have warnings, which count as not ready (--strict).\n");
                line.push_str(&words);
            }
        }
        let codes = self.codes();
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

/// A line for each trouble, the most serious first, so that none hides another. What is wrong is named in a few words, so
/// that the line fits a terminal; the codes and what to do follow below the table.
fn rows_of(sheet: Sheet, connection: &Connection, report: &Report) -> Vec<[Cell; 4]> {
    let verdict = report.verdict();
    let tone = Tone::from(verdict);
    let mut rows: Vec<[Cell; 4]> = report
        .troubles()
        .into_iter()
        .map(|check| ["", "", "", &why(check)].map(Cell::from))
        .collect();
    if rows.is_empty() {
        rows.push([(); 4].map(|()| Cell::default()));
    }
    rows[0][0] = Cell::toned(sheet.sign(tone, ""), tone);
    rows[0][1] = connection.name.to_string().into();
    rows[0][2] = Cell::toned(verdict.words(&report.proof()), tone);
    rows
}

fn why(check: &Check) -> String {
    match (check.code, check.standing, check.status) {
        // Its words name the day.
        (Some(Code::RepositoryKeyEnds), ..) => format!("warning: {}", check.summary),
        (Some(code), Standing::Proven | Standing::Unknown, Status::Warn) => {
            format!("warning: {}", code.title())
        }
        (Some(code), ..) => code.title().to_owned(),
        (None, ..) => check.summary.clone(),
    }
}

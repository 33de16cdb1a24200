//! The outcome as JUnit XML, which CI servers read: a test case for each connection.

use std::fmt::Write as _;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::outcome::{Outcome, Tested};
use crate::check::{Check, Code, Report, Verdict};
use crate::cli::verdict_options::VerdictOptions;
use crate::connections::Connection;

/// What stands for the whole in a CI server's list.
const NAME: &str = "doorkey verify";

/// The whole document. *Not ready* is a failure, *inconclusive* an error, and under `--strict` a warning a failure; what was
/// not tested is skipped.
pub(super) fn document(outcome: &Outcome) -> String {
    let mut suite = TestSuite::new(NAME);
    suite.add_test_cases(
        outcome
            .tested
            .iter()
            .map(|tested| test_case(tested, &outcome.rule)),
    );
    let left_out = outcome.skipped.iter();
    suite.add_test_cases(left_out.map(|name| skipped(name.as_str(), "ready lately")));
    let mut document = Document::new(NAME);
    document.add_test_suite(suite);
    // Writing to memory can't fail.
    document.to_string().unwrap_or_default()
}

/// The document of a run that could test nothing: an error, so that no CI server takes it for a success.
pub(super) fn nothing_tested(why: &str) -> String {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(why);
    status.set_type(NAME);
    let mut suite = TestSuite::new(NAME);
    suite.add_test_case(TestCase::new(NAME, status));
    let mut document = Document::new(NAME);
    document.add_test_suite(suite);
    // Writing to memory can't fail.
    document.to_string().unwrap_or_default()
}

fn test_case(tested: &Tested, rule: &VerdictOptions) -> TestCase {
    let Tested {
        connection, report, ..
    } = tested;
    let name = connection.name.as_str();
    let mut case = match report {
        Some(report) => TestCase::new(name, status(report, rule)),
        None => skipped(name, "interrupted before it was tested"),
    };
    case.set_classname(class(connection));
    if let Some(report) = report {
        case.set_time(report.elapsed);
        if matches!(case.status, TestCaseStatus::Success { .. }) && !report.troubles().is_empty() {
            case.set_system_out(in_words(&report.troubles()));
        }
    }
    case
}

/// CI servers group by it: the repository's server.
fn class(connection: &Connection) -> String {
    format!("doorkey.{}", connection.address.host())
}

fn skipped(name: &str, why: &str) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(why);
    TestCase::new(name, status)
}

fn status(report: &Report, rule: &VerdictOptions) -> TestCaseStatus {
    let kind = match report.verdict() {
        _ if rule.counts_as_not_ready(report) => NonSuccessKind::Failure,
        Verdict::Ready => return TestCaseStatus::success(),
        Verdict::NotReady => NonSuccessKind::Failure,
        Verdict::Inconclusive => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    if let Some(check) = report.decisive() {
        status.set_message(check.summary.as_str());
        status.set_type(check.code.map_or(NAME, Code::id));
    }
    status.set_description(in_words(&report.troubles()));
    status
}

/// Each trouble with its particulars and what to do, as `check` tells it.
fn in_words(troubles: &[&Check]) -> String {
    let mut words = String::new();
    for check in troubles {
        // Writing to a string can't fail.
        let _ = writeln!(words, "{}: {}", check.id.title(), check.summary);
        let code = check.code;
        let meaning = code.map(Code::meaning);
        let remedy = code.map(Code::remedy);
        for line in [meaning, check.detail.as_deref(), remedy]
            .into_iter()
            .flatten()
        {
            let _ = writeln!(words, "  {line}");
        }
        if let Some(code) = code {
            let _ = writeln!(words, "  [{code}]");
        }
    }
    words
}

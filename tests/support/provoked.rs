//! Asserting that a cause was found. `tests/codes.rs` reads from these calls which test provokes which code.

use doorkey::check::{Code, Report};

/// Asserts that a report names this cause.
#[track_caller]
pub(crate) fn assert_provoked(report: &Report, code: Code) {
    let check = report
        .check(code.check())
        .expect("every check is in a report");
    assert_eq!(check.code, Some(code), "{check:#?}");
}

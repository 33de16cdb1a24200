//! Why no launcher opened a page, in words.

use std::io::{self, ErrorKind};
use std::process::ExitStatus;

use crate::text::harmless;

/// As much of a program's name as is shown, in characters.
const LONGEST_PROGRAM: usize = 60;

/// What xdg-open ends with where it knows no program for a page (xdg-open(1)).
const XDG_OPEN_KNOWS_NONE: i32 = 3;

/// A launcher that did not open a page.
#[derive(Debug)]
pub(super) struct Failure {
    /// Its program, as it was named.
    pub(super) program: String,
    /// What happened.
    pub(super) cause: Cause,
}

/// Why a launcher did not open a page.
#[derive(Debug)]
pub(super) enum Cause {
    /// It can't be started.
    NotStarted(io::Error),
    /// It shows pages in a terminal, and doorkey has this one.
    NeedsTerminal,
    /// It ended at once, and badly.
    Ended(ExitStatus),
}

impl Failure {
    fn is_missing(&self) -> bool {
        matches!(&self.cause, Cause::NotStarted(error) if error.kind() == ErrorKind::NotFound)
    }

    fn words(&self) -> String {
        let program = harmless(&self.program, LONGEST_PROGRAM);
        match &self.cause {
            Cause::NotStarted(_) if self.is_missing() => format!("{program} was not found"),
            Cause::NotStarted(error) => format!("{program} can't be started: {error}"),
            Cause::NeedsTerminal => format!("{program} needs a terminal of its own"),
            Cause::Ended(status) => match status.code() {
                Some(XDG_OPEN_KNOWS_NONE) if program == "xdg-open" => {
                    "xdg-open knows no browser here".to_owned()
                }
                Some(code) => format!("{program} ended with status {code}"),
                None => format!("{program} ended with {status}"),
            },
        }
    }
}

/// Why none of the commands in `BROWSER` opened the page.
pub(super) fn of_variable(failures: &[Failure]) -> String {
    let words: Vec<String> = failures.iter().map(Failure::words).collect();
    format!("BROWSER is set, but {}", words.join(", "))
}

/// Why none of the system's programs opened the page. Of those that are not installed there is nothing to say if another one
/// is.
pub(super) fn of_system(failures: &[Failure]) -> String {
    match failures.iter().find(|failure| !failure.is_missing()) {
        Some(failure) => failure.words(),
        None => "no program that opens pages is installed".to_owned(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    fn failure(program: &str, cause: Cause) -> Failure {
        Failure {
            program: program.to_owned(),
            cause,
        }
    }

    fn missing(program: &str) -> Failure {
        failure(program, Cause::NotStarted(ErrorKind::NotFound.into()))
    }

    fn ended(program: &str, code: i32) -> Failure {
        failure(program, Cause::Ended(ExitStatus::from_raw(code << 8)))
    }

    #[test]
    fn every_command_of_the_variable_is_named() {
        let failures = [
            missing("/opt/b\u{1b}[31m"),
            failure("lynx", Cause::NeedsTerminal),
            ended("firefox", 1),
            failure("b", Cause::Ended(ExitStatus::from_raw(9))),
        ];
        let words = of_variable(&failures);
        assert!(
            words.starts_with("BROWSER is set, but /opt/b") && !words.contains('\u{1b}'),
            "{words}"
        );
        assert!(words.contains(" was not found, lynx needs a terminal of its own, "));
        assert!(words.contains("firefox ended with status 1, b ended with signal: 9"));
    }

    #[test]
    fn of_the_systems_programs_the_one_that_was_there() {
        let cases = [
            (
                vec![missing("xdg-open"), missing("gio")],
                "no program that opens pages is installed",
            ),
            (
                vec![ended("xdg-open", 3), missing("gio")],
                "xdg-open knows no browser here",
            ),
            (
                vec![missing("xdg-open"), ended("gio", 2)],
                "gio ended with status 2",
            ),
        ];
        for (failures, words) in cases {
            assert_eq!(of_system(&failures), words);
        }
    }
}

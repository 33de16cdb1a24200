//! Asking before something is changed. A question that is answered with no has done what it is for: status 0.

use std::io::{self, IsTerminal, Write};

use super::Exit;
use super::answer::Answer;

/// What somebody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// Do it.
    Given,
    /// Leave it.
    Withheld,
    /// There is nobody to ask.
    NobodyThere,
}

/// Shows what would be done and asks. `yes` is the answer given beforehand, with `--yes`.
pub(super) fn ask(yes: bool, plan: &str, question: &str) -> Consent {
    if yes {
        return Consent::Given;
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Consent::NobodyThere;
    }
    let mut terminal = io::stderr();
    let planned = write!(terminal, "{plan}").and_then(|()| terminal.flush());
    forget_what_was_typed();
    let asked = planned
        .and_then(|()| write!(terminal, "{question} [y/N] "))
        .and_then(|()| terminal.flush());
    let mut answer = String::new();
    match asked.and_then(|()| io::stdin().read_line(&mut answer)) {
        Ok(_) if is_yes(&answer) => Consent::Given,
        Ok(_) => Consent::Withheld,
        Err(_) => Consent::NobodyThere,
    }
}

/// What was typed before the question was there is no answer to it.
#[cfg(unix)]
fn forget_what_was_typed() {
    use rustix::termios::{QueueSelector, tcflush};
    // A terminal that can't do this is asked all the same: its lines are read one by one.
    tcflush(io::stdin(), QueueSelector::IFlush).ok();
}

#[cfg(not(unix))]
fn forget_what_was_typed() {}

/// The answer of a command whose question was answered with no.
pub(super) fn withheld(nothing_done: &str) -> Answer {
    Answer::said(format!("{nothing_done}\n"), Exit::Done)
}

/// What to say where somebody must be asked and nobody is there.
pub(super) fn nobody_to_ask(command: &str) -> Answer {
    Answer::said(
        format!(
            "doorkey: {command} asks before it changes anything, and there is no terminal to ask at. In scripts give --yes\n"
        ),
        Exit::BadInput,
    )
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_is_one() {
        for yes in ["y\n", "Y", " yes \r\n", "YES"] {
            assert!(is_yes(yes), "{yes:?}");
        }
        for no in ["", "\n", "n", "ye", "yes please", "yn"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }
}

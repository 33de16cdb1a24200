//! The command line: one file per command, and the exit statuses they share.

#![allow(
    clippy::doc_markdown,
    reason = "the comments on arguments are the help texts, in which backticks would be read"
)]

mod allowlist;
mod answer;
mod api_options;
mod change;
mod check;
mod completions;
mod confirm;
mod demo;
mod environment;
pub mod error_form;
mod explain;
mod forget;
mod grant;
mod handoff;
#[cfg(not(any(windows, target_os = "macos")))]
mod hold_clipboard;
mod identity_options;
mod import;
mod key;
mod key_source;
mod list;
mod lock_option;
mod log_option;
mod look;
mod man;
mod meeting;
mod panic;
mod progress;
mod read_clipboard;
pub mod reference;
mod rest_target;
mod revoke;
mod rotate;
mod saved;
mod setup;
mod sheet;
mod show;
mod simulate;
#[cfg(unix)]
mod start_detached;
mod table;
mod test_options;
mod told_to_end;
mod url;
mod usage_error;
mod verdict_options;
mod verify;

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::error_form::ErrorForm;
use crate::text::harmless;

/// How a command ended. Every command uses the same statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Ready, or done.
    Done,
    /// Tested, and not ready.
    NotReady,
    /// Bad usage or input.
    BadInput,
    /// Inconclusive, or the test could not run.
    CouldNotTell,
    /// Interrupted.
    Interrupted,
}

impl Exit {
    /// This, or that something could not be done if nothing worse is known.
    fn or_could_not_tell(self) -> Self {
        match self {
            Exit::Done => Exit::CouldNotTell,
            worse => worse,
        }
    }

    /// The number that the system is told.
    const fn status(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::NotReady => 1,
            Exit::BadInput => 2,
            Exit::CouldNotTell => 3,
            // 128 + SIGINT, as shells have it.
            Exit::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.status())
    }
}

/// The exit statuses of every command, in words.
const EXIT_STATUSES: [(&str, &str); 5] = [
    (
        "0",
        "ready, or done; also when you answer a question with no",
    ),
    ("1", "tested, and not ready"),
    ("2", "bad usage, or an address or key that can't be used"),
    ("3", "could not tell, or could not run"),
    ("130", "interrupted"),
];

fn exit_statuses() -> String {
    let lines = EXIT_STATUSES.map(|(status, meaning)| format!("\n  {status:<5}{meaning}"));
    format!("Exit status, of every command:{}", lines.concat())
}

/// As much of an error as is said.
const SAID_AT_MOST: usize = 1000;

/// Let Coalesce Quality into one Bitbucket repository, read-only, and prove it.
///
/// Without a command, doorkey walks you through the whole setup, step by step. To see it without a Bitbucket: doorkey demo
#[derive(Debug, Parser)]
#[command(
    name = "doorkey",
    version,
    // With the commit, which build.rs finds.
    long_version = env!("DOORKEY_VERSION"),
    propagate_version = true,
    max_term_width = 100,
    after_long_help = exit_statuses(),
    args_conflicts_with_subcommands = true
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    setup: setup::Arguments,
}

// Each command has a file of its own, with its `Arguments` and a `run` that gives its exit status.
#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Arguments),
    Check(check::Arguments),
    Verify(verify::Arguments),
    Grant(grant::Arguments),
    Revoke(revoke::Arguments),
    Handoff(handoff::Arguments),
    List(list::Arguments),
    Show(show::Arguments),
    Forget(forget::Arguments),
    Import(import::Arguments),
    Rotate(Box<rotate::Arguments>),
    Url(url::Arguments),
    Key(key::Arguments),
    Allowlist(allowlist::Arguments),
    Explain(explain::Arguments),
    Simulate(simulate::Arguments),
    Completions(completions::Arguments),
    Complete(completions::complete::Arguments),
    Man(man::Arguments),
    #[cfg(not(any(windows, target_os = "macos")))]
    HoldClipboard(hold_clipboard::Arguments),
    ReadClipboard(read_clipboard::Arguments),
    #[cfg(unix)]
    StartDetached(start_detached::Arguments),
}

/// Reads the arguments and runs the command they name.
pub fn run() -> Exit {
    panic::told_kindly(run_command)
}

fn run_command() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(stop) => return usage_error::print(stop),
    };
    match cli.command {
        None => setup::run(&cli.setup),
        Some(Command::Demo(arguments)) => demo::run(&arguments),
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::Verify(arguments)) => verify::run(&arguments),
        Some(Command::Grant(arguments)) => grant::run(&arguments),
        Some(Command::Revoke(arguments)) => revoke::run(&arguments),
        Some(Command::Handoff(arguments)) => handoff::run(&arguments),
        Some(Command::List(arguments)) => list::run(&arguments),
        Some(Command::Show(arguments)) => show::run(&arguments),
        Some(Command::Forget(arguments)) => forget::run(&arguments),
        Some(Command::Import(arguments)) => import::run(&arguments),
        Some(Command::Rotate(arguments)) => rotate::run(&arguments),
        Some(Command::Url(arguments)) => url::run(arguments),
        Some(Command::Key(arguments)) => key::run(&arguments),
        Some(Command::Allowlist(arguments)) => allowlist::run(arguments),
        Some(Command::Explain(arguments)) => explain::run(&arguments),
        Some(Command::Simulate(arguments)) => simulate::run(arguments),
        Some(Command::Completions(arguments)) => completions::run(arguments),
        Some(Command::Complete(arguments)) => completions::complete::run(&arguments),
        Some(Command::Man(arguments)) => man::run(&arguments),
        #[cfg(not(any(windows, target_os = "macos")))]
        Some(Command::HoldClipboard(arguments)) => hold_clipboard::run(&arguments),
        Some(Command::ReadClipboard(arguments)) => read_clipboard::run(&arguments),
        #[cfg(unix)]
        Some(Command::StartDetached(arguments)) => start_detached::run(&arguments),
    }
}

/// Says on standard error what can't be used, and why.
fn refuse(why: impl Display) -> Exit {
    ErrorForm::Words.refuse(why)
}

/// Says on standard error why the command could not do its work.
fn could_not_run(why: impl Display) -> Exit {
    ErrorForm::Words.could_not_run(why)
}

/// Why a command ends before it did anything.
#[derive(Debug)]
struct Stop {
    /// The words, as a sentence without its end.
    why: String,
    exit: Exit,
}

impl Stop {
    /// What was given can't be used.
    fn bad_input(why: impl Display) -> Self {
        let why = why.to_string();
        let exit = Exit::BadInput;
        Self { why, exit }
    }

    /// The command can't do its work here.
    fn could_not_run(why: impl Display) -> Self {
        let why = why.to_string();
        let exit = Exit::CouldNotTell;
        Self { why, exit }
    }

    /// Says it, in this form.
    fn say(self, errors: ErrorForm) -> Exit {
        match self.exit {
            Exit::BadInput => errors.refuse(self.why),
            _ => errors.could_not_run(self.why),
        }
    }
}

/// Says something on standard error that is not how the command ends.
fn tell(words: &str) {
    let words = harmless(words, SAID_AT_MOST);
    // If even standard error is closed, the exit status still tells.
    writeln!(io::stderr(), "doorkey: {words}").ok();
}

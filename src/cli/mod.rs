//! The command line: one file per command, and the exit statuses they share.

mod allowlist;
mod answer;
mod api_options;
mod check;
mod confirm;
mod demo;
mod grant;
mod key;
mod key_source;
mod look;
mod rest_target;
mod revoke;
mod setup;
mod simulate;
mod test_options;
mod url;

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

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

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::NotReady => 1,
            Exit::BadInput => 2,
            Exit::CouldNotTell => 3,
            // 128 + SIGINT, as shells have it.
            Exit::Interrupted => 130,
        })
    }
}

/// Let Coalesce Quality into one Bitbucket repository, read-only, and prove it.
///
/// Without a command, doorkey walks you through the whole setup.
#[derive(Debug, Parser)]
#[command(
    name = "doorkey",
    version,
    max_term_width = 100,
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
    Grant(grant::Arguments),
    Revoke(revoke::Arguments),
    Url(url::Arguments),
    Key(key::Arguments),
    Allowlist(allowlist::Arguments),
    Simulate(simulate::Arguments),
}

/// Reads the arguments and runs the command they name.
pub fn run() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(stop) => {
            // Help and version were asked for; anything else is bad usage.
            stop.print().ok();
            return if stop.use_stderr() {
                Exit::BadInput
            } else {
                Exit::Done
            };
        }
    };
    match cli.command {
        None => setup::run(&cli.setup),
        Some(Command::Demo(arguments)) => demo::run(&arguments),
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::Grant(arguments)) => grant::run(&arguments),
        Some(Command::Revoke(arguments)) => revoke::run(&arguments),
        Some(Command::Url(arguments)) => url::run(arguments),
        Some(Command::Key(arguments)) => key::run(&arguments),
        Some(Command::Allowlist(arguments)) => allowlist::run(arguments),
        Some(Command::Simulate(arguments)) => simulate::run(arguments),
    }
}

/// Says on standard error what can't be used, and why.
fn refuse(why: impl Display) -> Exit {
    say(why);
    Exit::BadInput
}

/// Says on standard error why the command could not do its work.
fn could_not_run(why: impl Display) -> Exit {
    say(why);
    Exit::CouldNotTell
}

fn say(why: impl Display) {
    // If even standard error is closed, the exit status still tells.
    writeln!(io::stderr(), "doorkey: {why}").ok();
}

//! The command line: one file per command, and the exit statuses they share.

mod ssh_config;
pub mod url;
mod simulate;

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
#[derive(Debug, Parser)]
#[command(name = "doorkey", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

// Each command: `pub struct Arguments` (clap::Args) and `pub fn run(arguments: Arguments) -> Exit` in its own file.
#[derive(Debug, Subcommand)]
enum Command {
    Url(url::Arguments),
    Simulate(simulate::Arguments),
}

/// Reads the arguments and runs the command they name.
pub fn run() -> Exit {
    match Cli::parse().command {
        Command::Url(arguments) => url::run(arguments),
        Command::Simulate(arguments) => simulate::run(arguments),
    }
}

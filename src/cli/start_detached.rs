//! `doorkey start-detached`: what doorkey starts to start a browser that can't reach its terminal.

use std::ffi::OsString;

use clap::Args;

use super::Exit;
use crate::adapters::detached;

/// Become another program, in a session of its own
#[derive(Debug, Args)]
#[command(name = detached::COMMAND, hide = true)]
pub(super) struct Arguments {
    /// The program and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<OsString>,
}

/// Runs the command. It ends here only if the program can't be started.
pub(super) fn run(arguments: &Arguments) -> Exit {
    detached::start(&arguments.command);
    Exit::CouldNotTell
}

//! `doorkey completions`: what a shell needs to complete doorkey's arguments.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::answer::Answer;
use super::{Cli, Exit};

/// Print the completions for a shell
///
/// Where they go depends on the shell. For bash: doorkey completions bash >
/// ~/.local/share/bash-completion/completions/doorkey
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Arguments {
    /// The shell they are for
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
pub(super) fn run(arguments: Arguments) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "doorkey", &mut script);
    Answer::result(String::from_utf8_lossy(&script)).print()
}

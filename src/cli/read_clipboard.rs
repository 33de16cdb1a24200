//! `doorkey read-clipboard`: what doorkey starts to read the clipboard without waiting for whoever holds it.

use clap::Args;

use super::Exit;
use crate::adapters::clipboard::reader;

/// Print the text on the clipboard
#[derive(Debug, Args)]
#[command(name = reader::COMMAND, hide = true)]
pub(super) struct Arguments {}

/// Runs the command.
pub(super) fn run(_: &Arguments) -> Exit {
    match reader::print() {
        Ok(()) => Exit::Done,
        Err(why) => super::could_not_run(why),
    }
}

//! `doorkey hold-clipboard`: what doorkey starts to keep a copied text on the clipboard after its own end.

use clap::Args;

use super::Exit;
use crate::adapters::clipboard::holder;

/// Hold the text from standard input on the clipboard until something else is copied
#[derive(Debug, Args)]
#[command(name = holder::COMMAND, hide = true)]
pub(super) struct Arguments {}

/// Runs the command.
pub(super) fn run(_: &Arguments) -> Exit {
    match holder::hold() {
        Ok(()) => Exit::Done,
        Err(why) => super::could_not_run(why),
    }
}

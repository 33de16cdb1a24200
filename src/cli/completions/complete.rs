//! `doorkey complete`: what the scripts of the shells ask when somebody presses Tab. It answers a line for each candidate: the word, a tab,
//! and what it means. Where a file may stand, the only line is `:files`, a tab, and what stands before the file's name in the word.
//!
//! It never fails and never complains: that would be written into the line somebody is typing.

use std::ffi::OsString;

use clap::{Args, CommandFactory};

use super::super::answer::Answer;
use super::super::{Cli, Exit};
use super::candidates::{Candidate, Offer, Question};
use crate::adapters::store::Store;

/// Say what can stand at the cursor
#[derive(Debug, Args)]
#[command(hide = true)]
pub(crate) struct Arguments {
    /// An equals sign and the word at the cursor, for some shells leave out an empty word; then the words before it, without doorkey
    #[arg(
        value_name = "WORD",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    words: Vec<OsString>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    let words = arguments.words.iter();
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    let Some((current, before)) = words.split_first() else {
        return Exit::Done;
    };
    let mut doorkey = Cli::command();
    // Adds what clap adds by itself: --help, --version and the command help.
    doorkey.build();
    let question = Question {
        doorkey: &doorkey,
        before: &before.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
        current: current.strip_prefix('=').unwrap_or(current),
        saved: &saved_names,
    };
    Answer::result(lines(&question.offer())).print()
}

/// Read only when a name is asked for: no other Tab waits for the file.
fn saved_names() -> Vec<Candidate> {
    // Without a word about what can't be read: somebody is typing.
    let connections = Store::of_user().and_then(|store| store.connections());
    let connections = connections.unwrap_or_default();
    let named = connections.iter().map(|connection| Candidate {
        word: connection.name.to_string(),
        meaning: connection.address.ssh(),
    });
    named.collect()
}

fn lines(offer: &Offer) -> String {
    match offer {
        Offer::Files { before } => format!(":files\t{before}\n"),
        Offer::Candidates(candidates) => {
            let line = |Candidate { word, meaning }: &Candidate| format!("{word}\t{meaning}\n");
            candidates.iter().map(line).collect()
        }
    }
}

//! `doorkey list`: the saved connections.

use clap::Args;

use super::Exit;
use super::answer::Answer;
use super::error_form::ErrorForm;
use super::saved::{self, Json, state_words};
use super::table::aligned;
use crate::connections::{Connection, Connections, NotFound};
use crate::text::shorten_middle;

/// As wide as a fingerprint is in the table: enough to tell keys apart. `show` has all of it.
const FINGERPRINT_WIDTH: usize = 20;

/// List the saved connections
///
/// doorkey saves a connection when its setup is finished. Test them again with doorkey verify.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Print an array of JSON objects
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match saved::connections() {
        Ok(connections) => answer(&connections, arguments.json).print(),
        Err(error) => ErrorForm::of(arguments.json).could_not_run(error),
    }
}

fn answer(connections: &Connections, json: bool) -> Answer {
    if json {
        let list: Vec<Json<'_>> = connections.iter().map(Json::from).collect();
        return Answer::result(saved::pretty(&list));
    }
    if connections.is_empty() && connections.unreadable().is_empty() {
        return Answer::said(format!("doorkey: {}\n", NotFound::NoneSaved), Exit::Done);
    }
    let header = ["NAME", "REPOSITORY", "KEY", "LAST TEST"].map(str::to_owned);
    let rows: Vec<_> = [header]
        .into_iter()
        .chain(connections.iter().map(row))
        .collect();
    Answer::result(aligned(&rows))
}

fn row(connection: &Connection) -> [String; 4] {
    [
        connection.name.to_string(),
        connection.address.ssh(),
        shorten_middle(&connection.key.fingerprint(), FINGERPRINT_WIDTH),
        state_words(connection),
    ]
}

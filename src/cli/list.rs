//! `doorkey list`: the saved connections.

use clap::Args;

use super::Exit;
use super::answer::Answer;
use super::error_form::ErrorForm;
use super::saved::{self, Json, state_words};
use super::sheet::{Sheet, Tone};
use super::table::{Cell, Fit, aligned};
use crate::check::Rung;
use crate::connections::{Connection, Connections, NotFound};
use crate::text::shorten_middle;

/// As wide as a fingerprint is on a terminal, without the name of its hash: enough to tell keys apart. `show` has all of it.
const FINGERPRINT_WIDTH: usize = 9;

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
    Answer::result(table(Sheet::stdout(), connections))
}

fn table(sheet: Sheet, connections: &Connections) -> String {
    let header = ["", "NAME", "REPOSITORY", "KEY", "PROVEN", "LAST TEST"];
    let header = header.map(|title| Cell::toned(title, Tone::Dim));
    let rows: Vec<_> = [header]
        .into_iter()
        .chain(connections.iter().map(|connection| row(sheet, connection)))
        .collect();
    let fits = [
        Fit::Whole,
        Fit::Whole,
        Fit::Address,
        Fit::Spare,
        Fit::Spare,
        Fit::Wrap,
    ];
    aligned(sheet, fits, &rows)
}

fn row(sheet: Sheet, connection: &Connection) -> [Cell; 6] {
    let Connection {
        name,
        address,
        key,
        memory,
        ..
    } = connection;
    let tone = memory
        .last_test()
        .map_or(Tone::Dim, |test| test.verdict.into());
    let (repository, fingerprint) = match sheet.columns() {
        Some(_) => {
            let fingerprint = key.fingerprint();
            let digest = fingerprint.trim_start_matches("SHA256:");
            (address.short(), shorten_middle(digest, FINGERPRINT_WIDTH))
        }
        None => (address.ssh(), key.fingerprint()),
    };
    let proven = memory.proof().height().map_or("-", Rung::reached);
    [
        Cell::toned(sheet.sign(tone, ""), tone),
        name.to_string().into(),
        repository.into(),
        fingerprint.into(),
        proven.into(),
        state_words(connection).into(),
    ]
}

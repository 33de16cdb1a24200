//! `doorkey show`: all that is known of a saved connection.

use clap::Args;

use super::Exit;
use super::answer::Answer;
use super::error_form::ErrorForm;
use super::handoff::Format;
use super::saved::{self, Json, later_try};
use super::sheet::{Sheet, Tone};
use crate::check::Rung;
use crate::connections::{Audience, Connection, LastTest, Memory, Seen, day, minute};
use crate::text::uncapitalised;

/// Show everything known about a saved connection
///
/// Its repository, its key, what the last tests showed of each rung of the proof, and when.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The connection's name, or the beginning of it
    name: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Print a text fit for a ticket, in this form: what was proven, when, and what is left. It contains nothing about this computer
    #[arg(long, value_name = "FORMAT", num_args = 0..=1, require_equals = true, default_missing_value = "markdown", conflicts_with = "json")]
    report: Option<Format>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match saved::find(&arguments.name, ErrorForm::of(arguments.json)) {
        Ok(connection) if arguments.json => {
            Answer::result(saved::pretty(&Json::from(&connection))).print()
        }
        Ok(connection) if let Some(format) = arguments.report => {
            Answer::result(format.render(&connection.document())).print()
        }
        Ok(connection) => Answer::result(in_words(Sheet::stdout(), &connection)).print(),
        Err(exit) => exit,
    }
}

/// The columns that labels take.
const LABEL_WIDTH: usize = 18;

fn in_words(sheet: Sheet, connection: &Connection) -> String {
    let mut lines = sheet.paint(Tone::Strong, connection.name.as_str()) + "\n";
    let mut line = |label: &str, value: &str| {
        let lead = format!("  {label:<LABEL_WIDTH$}");
        lines.push_str(&sheet.hanging(Tone::Dim, &lead, value));
    };
    line("Repository", &connection.address.ssh());
    line("Bitbucket", connection.address.edition().title());
    let page = connection.place.access_keys_page();
    if connection.place.base_guessed {
        line(
            "Access keys page",
            &format!("{page} (a guess from the SSH URL)"),
        );
    } else {
        line("Access keys page", &page);
    }
    if let Some(api) = &connection.api {
        line("Web server", api.as_str());
    }
    if let Some(region) = connection.region {
        let addresses = region.egress_addresses();
        let known = if addresses.is_empty() {
            region.title.clone()
        } else {
            format!("{} ({addresses})", region.title)
        };
        line("Region", &known);
    }
    line("Key", &connection.key.line());
    line("Fingerprint", &connection.key.fingerprint());
    for pin in &connection.host_keys {
        line(
            "Host key",
            &format!("{}, trusted by you", pin.fingerprint()),
        );
    }
    line("Last test", &last_test_words(&connection.memory));
    if let Some(tried) = later_try(&connection.memory) {
        line("Last try", &last_try_words(tried));
    }
    if let Some(rotation) = &connection.rotation {
        let (since, next) = (day(&rotation.began), rotation.stage().words());
        line(
            "Rotation",
            &format!("under way since {since}; next: {next}"),
        );
        line("New key", &rotation.key.fingerprint());
    }
    let (blank, shown): (Vec<Rung>, Vec<Rung>) = Rung::ALL
        .into_iter()
        .partition(|rung| connection.memory.rung(*rung).is_blank());
    for rung in shown {
        let history = connection.memory.rung(rung).words(Audience::User);
        line(rung.title(), &history);
    }
    if !blank.is_empty() {
        let titles: Vec<&str> = blank.into_iter().map(Rung::title).collect();
        line("Not proven yet", &titles.join(", "));
    }
    for retired in &connection.retired {
        let words = format!("{}, {}", retired.key.fingerprint(), retired.words());
        line("Former key", &words);
    }
    lines
}

fn last_test_words(memory: &Memory) -> String {
    let Some(LastTest { at, verdict, since }) = memory.last_test() else {
        return "not tested yet".to_owned();
    };
    let verdict = verdict.words(&memory.proof());
    let tested = format!("{verdict}, {}", minute(at));
    if since == at {
        tested
    } else {
        format!("{tested}; so since {}", minute(since))
    }
}

fn last_try_words(tried: &Seen) -> String {
    let why = tried.cause().map_or(&*tried.by, |code| code.title());
    format!(
        "could not tell, {}: {}",
        minute(&tried.at),
        uncapitalised(why)
    )
}

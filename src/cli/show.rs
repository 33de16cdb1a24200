//! `doorkey show`: all that is known of a saved connection.

use clap::Args;

use super::Exit;
use super::answer::Answer;
use super::error_form::ErrorForm;
use super::handoff::Format;
use super::saved::{self, Json, last_test_words};
use crate::check::Rung;
use crate::connections::{Connection, day};

/// Show all that is known of a saved connection
///
/// Its repository, its key, and when each rung of the proof was last proven.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The connection's name, or the beginning of it
    name: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Print a text fit for a ticket, in this form: what was proven, when, and what is left. It names nothing of this computer
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
        Ok(connection) => Answer::result(in_words(&connection)).print(),
        Err(exit) => exit,
    }
}

/// The columns that labels take.
const LABEL_WIDTH: usize = 18;

fn in_words(connection: &Connection) -> String {
    let mut lines = vec![connection.name.to_string()];
    let mut line = |label: &str, value: &str| lines.push(format!("  {label:<LABEL_WIDTH$}{value}"));
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
    line("Last test", &last_test_words(connection.last_test.as_ref()));
    for rung in Rung::ALL {
        let words = match connection.proofs.of(rung) {
            Some(proven) => format!("proven {}: {}", day(&proven.at), proven.by),
            None => "not proven yet".to_owned(),
        };
        line(rung.title(), &words);
    }
    for retired in &connection.retired {
        let words = format!("{}, until {}", retired.key.fingerprint(), day(&retired.at));
        line("Former key", &words);
    }
    lines.join("\n") + "\n"
}

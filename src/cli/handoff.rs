//! `doorkey handoff`: the text with which another administrator can add the key.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::answer::Answer;
use super::{Exit, key, key_source, url};
use crate::adapters::store::Store;
use crate::adapters::{ssh_files, text_file};
use crate::bitbucket::{Reading, read_address};
use crate::coalesce::Region;
use crate::connections::{Connection, Connections};
use crate::document::Document;
use crate::hand_off::{HandOff, TEXT_COLUMNS};
use crate::text::harmless;

/// As much of a file's name as is shown, in characters.
const LONGEST_FILE_NAME: usize = 200;

/// Stands for standard output in place of a file's name.
const STANDARD_OUTPUT: &str = "-";

/// Print a text that asks another administrator to add the key
///
/// Use it if somebody else administers the repository. The text says what you ask for and why it is harmless, where to click, and
/// how to see that it worked: anyone with this text alone can finish. It contains nothing secret. Give the name of a saved
/// connection, or an address and a key; with neither, doorkey takes the only saved connection.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The name of a saved connection, or its beginning
    #[arg(value_name = "NAME", conflicts_with_all = ["url", "key"])]
    name: Option<String>,
    /// An address of the repository: its page, its clone URL, or its SSH URL
    #[arg(long, value_name = "ADDRESS")]
    url: Option<String>,
    /// The public key's file, or - for standard input
    #[arg(long, value_name = "FILE")]
    key: Option<String>,
    /// The region your Coalesce Quality is in; without it all are listed
    #[arg(long, value_name = "REGION", value_parser = super::allowlist::region())]
    region: Option<&'static Region>,
    /// The form of the text
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
    /// Write it to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(long)]
    yes: bool,
}

/// The form of a text for others.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// For tickets and chats
    Markdown,
    /// For mail
    Text,
    /// A page for a browser or a printer
    Html,
}

impl Format {
    /// A document in this form.
    pub(super) fn render(self, document: &Document) -> String {
        match self {
            Format::Markdown => document.to_markdown(),
            Format::Text => document.to_plain_text(TEXT_COLUMNS),
            Format::Html => document.to_html(),
        }
    }
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    make(arguments).unwrap_or_else(|exit| exit)
}

/// Fails with the exit status of what was said on standard error.
fn make(arguments: &Arguments) -> Result<Exit, Exit> {
    let (document, message) = document(arguments)?;
    let text = arguments.format.render(&document);
    let (output, message) = match arguments.output.as_deref() {
        Some(path) if path != Path::new(STANDARD_OUTPUT) => {
            let written = write(path, &text, arguments.yes)?;
            (String::new(), message + &written)
        }
        _ => (text, message),
    };
    let exit = Exit::Done;
    Ok(Answer {
        output,
        message,
        exit,
    }
    .print())
}

/// The text, and what there is to say about how it came about.
fn document(arguments: &Arguments) -> Result<(Document, String), Exit> {
    match (&arguments.url, &arguments.key) {
        (Some(url), Some(key)) => of_given(url, key, arguments.region),
        (Some(_), None) => Err(super::refuse(
            "the key is missing; give its file with --key FILE",
        )),
        (None, Some(_)) => Err(super::refuse(
            "the repository's address is missing; give it with --url ADDRESS",
        )),
        (None, None) => {
            let saved = Store::of_user().and_then(|store| store.connections());
            let saved = saved.map_err(super::could_not_run)?;
            let connection = choose(&saved, arguments.name.as_deref())?;
            Ok((of_saved(connection, arguments.region), String::new()))
        }
    }
}

fn of_given(
    address: &str,
    key: &str,
    region: Option<&'static Region>,
) -> Result<(Document, String), Exit> {
    let aliases = ssh_files::aliases().map_err(super::could_not_run)?;
    let address = read_address(address, &aliases);
    let Reading {
        address,
        place,
        repair,
    } = address.map_err(|refusal| bad_input(url::refusal_message(&refusal)))?;
    let key = key_source::read(key).map_err(super::refuse)?;
    let key = key.map_err(|refusal| bad_input(key::refusal_message(&refusal)))?;
    let document = HandOff {
        edition: address.edition(),
        key: Some(&key),
        place: Some(&place),
        address: Some(&address),
        address_guessed: repair.as_ref().is_some_and(|repair| repair.guessed),
        region,
        allowlist_used: false,
        simulated_page: None,
    }
    .document();
    let message = repair.as_ref().map(url::repair_message).unwrap_or_default();
    Ok((document, message))
}

fn of_saved(connection: &Connection, region: Option<&'static Region>) -> Document {
    HandOff {
        edition: connection.address.edition(),
        key: Some(&connection.key),
        place: Some(&connection.place),
        address: Some(&connection.address),
        address_guessed: false,
        region: region.or(connection.region),
        allowlist_used: false,
        simulated_page: None,
    }
    .document()
}

/// The connection with this name; without a name, the only one there is.
fn choose<'a>(saved: &'a Connections, name: Option<&str>) -> Result<&'a Connection, Exit> {
    if let Some(name) = name {
        return saved.find(name).map_err(super::refuse);
    }
    match (saved.iter().next(), saved.len()) {
        (Some(only), 1) => Ok(only),
        (Some(_), _) => Err(super::refuse(
            "several connections are saved; say which, as in: doorkey handoff NAME",
        )),
        (None, _) => Err(super::refuse(
            "no connection is saved yet; give the repository's address and the key: doorkey handoff --url ADDRESS --key FILE",
        )),
    }
}

/// Writes the text to a file. Says where.
fn write(path: &Path, text: &str, may_overwrite: bool) -> Result<String, Exit> {
    let written = if may_overwrite {
        text_file::replace(path, text)
    } else {
        text_file::write_new(path, text)
    };
    let name = harmless(&path.to_string_lossy(), LONGEST_FILE_NAME);
    match written {
        Ok(()) => Ok(format!("Written to {name}\n")),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(super::refuse(format!(
            "{name} is there already and was left as it is; --yes overwrites it"
        ))),
        Err(error) => Err(super::could_not_run(format!(
            "{name} can't be written: {error}"
        ))),
    }
}

/// Says what a code says.
fn bad_input(message: String) -> Exit {
    Answer {
        output: String::new(),
        message,
        exit: Exit::BadInput,
    }
    .print()
}

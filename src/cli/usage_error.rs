//! What is wrong with the arguments, in doorkey's voice, and without anything in it that may be a secret.

use std::ffi::OsString;

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::error_form::ErrorForm;
use super::{Exit, saved};
use crate::bitbucket::address::shown;
use crate::text::harmless;

/// How much of a wrong argument is repeated.
const REPEATED_AT_MOST: usize = 200;

/// Prints help or the version if they were asked for; anything else is bad usage and is said on standard error.
pub(super) fn print(stop: clap::Error) -> Exit {
    if !stop.use_stderr() {
        // A reader that closed its end early has all it wanted.
        stop.print().ok();
        return Exit::Done;
    }
    let wants_json = |argument: OsString| argument == "--json" || argument == "--json-lines";
    let errors = ErrorForm::of(std::env::args_os().any(wants_json));
    errors.say(&message(stop), Exit::BadInput)
}

/// Says that a command has no such option, as clap does: for a command that takes words with a dash as well.
pub(super) fn unknown_option(command: &str, option: &str) -> Exit {
    let mut all = super::Cli::command();
    all.build();
    let mut error = clap::Error::new(ErrorKind::UnknownArgument);
    if let Some(command) = all.find_subcommand_mut(command) {
        let usage = ContextValue::StyledStr(command.render_usage());
        error = error.with_cmd(command);
        error.insert(ContextKind::Usage, usage);
    }
    let option = ContextValue::String(option.to_owned());
    error.insert(ContextKind::InvalidArg, option);
    print(error)
}

/// Where a saved connection is tested, for those who write its name where an address is expected.
pub(super) fn saved_connection_hint(name: &str) -> Option<String> {
    let is_name = !name.is_empty() && !name.starts_with('-') && !name.contains(['@', ':', '/']);
    let saved = is_name.then(saved::connections)?.ok()?;
    let connection = saved.find(name).ok()?;
    Some(format!(
        "{0} is a saved connection. To test it again: doorkey verify {0}",
        connection.name
    ))
}

/// The same for a command line that `check` does not take, as it has no key.
fn check_hint(error: &clap::Error) -> Option<String> {
    let mut arguments = std::env::args().skip(1);
    let is_check = error.kind() == ErrorKind::MissingRequiredArgument
        && arguments.next().as_deref() == Some("check");
    let hint = is_check.then(|| arguments.find_map(|argument| saved_connection_hint(&argument)))?;
    hint.map(|hint| format!("\n{hint}\n"))
}

fn message(mut error: clap::Error) -> String {
    let hint = check_hint(&error).unwrap_or_else(|| address_hint(&error).to_owned());
    repeat_nothing_harmful(&mut error);
    let words = error.render().to_string();
    let words = words.strip_prefix("error: ").unwrap_or(&words);
    format!("doorkey: {words}{hint}")
}

/// Where an address belongs, for those who write it where a command is expected.
fn address_hint(error: &clap::Error) -> &'static str {
    let looks_like_an_address = |name: &str| name.contains("://") || name.contains(['@', ':', '/']);
    match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
        (ErrorKind::InvalidSubcommand, Some(ContextValue::String(name)))
            if looks_like_an_address(name) =>
        {
            "\nTo set up access to a repository: doorkey --url ADDRESS\nTo test it: doorkey check URL --key FILE\n"
        }
        _ => "",
    }
}

/// Wrong arguments are repeated to be recognised, and may be anything: an address with a password in it, or a
/// private key.
fn repeat_nothing_harmful(error: &mut clap::Error) {
    for kind in [
        ContextKind::InvalidSubcommand,
        ContextKind::InvalidArg,
        ContextKind::InvalidValue,
    ] {
        let Some(ContextValue::String(given)) = error.get(kind) else {
            continue;
        };
        let repeated = if given.contains(['@', '\n']) || given.contains("PRIVATE KEY") {
            shown(given, REPEATED_AT_MOST)
        } else {
            harmless(given, REPEATED_AT_MOST)
        };
        if repeated != *given {
            error.insert(kind, ContextValue::String(repeated));
            // A suggestion would repeat it once more, as it was.
            error.remove(ContextKind::Suggested);
        }
    }
}

//! `doorkey man`: the manual page.

mod documentation;
mod examples;

use std::io::{self, Write};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

use self::documentation::{ENVIRONMENT, FILES};
use self::examples::{EXAMPLES, Example};
use super::answer::Answer;
use super::{Cli, EXIT_STATUSES, Exit};

/// Pages of other programs that say more, and their sections.
const SEE_ALSO: [(&str, &str); 4] = [
    ("ssh", "1"),
    ("ssh-add", "1"),
    ("ssh-keygen", "1"),
    ("ssh_config", "5"),
];

/// Print the manual page, for man
///
/// To read it at once: doorkey man | man -l -
#[derive(Clone, Debug, Args)]
pub(super) struct Arguments {
    /// The page of this command, instead of doorkey's own
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let mut doorkey = Cli::command();
    // Gives each command its full name, such as doorkey-check.
    doorkey.build();
    let described = match &arguments.command {
        None => Some(&doorkey),
        Some(name) => doorkey.find_subcommand(name),
    };
    let Some(described) = described else {
        return super::refuse("there is no such command; doorkey --help lists them all");
    };
    let mut page = Vec::new();
    match write_page(&mut page, described) {
        Ok(()) => Answer::result(String::from_utf8_lossy(&page)).print(),
        Err(error) => super::could_not_run(error),
    }
}

/// The page of a command, its sections in the order man-pages(7) gives.
fn write_page(out: &mut impl Write, described: &Command) -> io::Result<()> {
    let is_whole = described.has_subcommands();
    let page = Man::new(described.clone());
    out.write_all(title(described).as_bytes())?;
    page.render_name_section(out)?;
    synopsis(described).to_writer(out)?;
    page.render_description_section(out)?;
    page.render_options_section(out)?;
    if is_whole {
        page.render_subcommands_section(out)?;
    }
    exit_statuses().to_writer(out)?;
    if is_whole {
        ENVIRONMENT.section().to_writer(out)?;
        FILES.section().to_writer(out)?;
        examples(EXAMPLES.iter()).to_writer(out)?;
        let words = "doorkey man COMMAND prints the page of a command.";
        return see_also(words, &SEE_ALSO).to_writer(out);
    }
    let own = |example: &&Example| example.is_of(described.get_name());
    if EXAMPLES.iter().any(|example| own(&example)) {
        examples(EXAMPLES.iter().filter(own)).to_writer(out)?;
    }
    let words = "The environment, the files and the other commands are described there.";
    see_also(words, &[("doorkey", "1")]).to_writer(out)
}

/// The page's title, in a form that roff's own crate can't write: without a date, for a version has none. Lines are left as
/// ragged as they are here, and words whole, for many of them are to be typed.
fn title(described: &Command) -> String {
    let name = described.get_display_name().unwrap_or(described.get_name());
    let name = name.to_ascii_uppercase();
    let version = env!("CARGO_PKG_VERSION");
    format!(".TH {name} 1 \"\" \"doorkey {version}\" \"User Commands\"\n.ad l\n.nh\n")
}

/// How it is called, as its help says it too: the options follow with what they take.
fn synopsis(described: &Command) -> Roff {
    let mut section = Roff::default();
    section.control("SH", ["SYNOPSIS"]);
    let usage = described.clone().render_usage().to_string();
    let name = described.get_bin_name().unwrap_or(described.get_name());
    for line in usage.trim_start_matches("Usage:").lines().map(str::trim) {
        let arguments = line.strip_prefix(name).unwrap_or(line);
        section.control("br", []);
        section.text([bold(name), italic(arguments)]);
    }
    section
}

fn exit_statuses() -> Roff {
    let mut section = Roff::default();
    section.control("SH", ["EXIT STATUS"]);
    for (status, meaning) in EXIT_STATUSES {
        section.control("TP", []);
        section.text([roman(status)]);
        section.text([roman(meaning)]);
    }
    section
}

fn examples<'a>(shown: impl Iterator<Item = &'a Example>) -> Roff {
    let mut section = Roff::default();
    section.control("SH", ["EXAMPLES"]);
    for Example { line, words } in shown {
        section.control("TP", []);
        section.text([bold(*line)]);
        section.text([roman(*words)]);
    }
    section
}

fn see_also(words: &str, pages: &[(&str, &str)]) -> Roff {
    let mut section = Roff::default();
    section.control("SH", ["SEE ALSO"]);
    let mut inlines = Vec::new();
    for (index, (name, of)) in pages.iter().enumerate() {
        let before = if index == 0 { "" } else { ", " };
        inlines.extend([roman(before), bold(*name), roman(format!("({of})"))]);
    }
    section.text(inlines);
    section.control("PP", []);
    section.text([roman(words)]);
    section
}

//! `doorkey man`: the manual page.

use std::io::{self, Write};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::answer::Answer;
use super::{Cli, EXIT_STATUSES, Exit};

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
    let page = Man::new(described.clone());
    page.render_title(out)?;
    page.render_name_section(out)?;
    page.render_synopsis_section(out)?;
    page.render_description_section(out)?;
    page.render_options_section(out)?;
    if described.has_subcommands() {
        page.render_subcommands_section(out)?;
    }
    exit_statuses().to_writer(out)
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

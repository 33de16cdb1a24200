//! The page of all commands in the documentation, made from the definitions that their help is made from.

use clap::builder::PossibleValue;
use clap::{Arg, Command, CommandFactory};

use super::{Cli, EXIT_STATUSES};
use crate::document::{Block, Document, Piece, code, strong, words};

/// A heading in the help of a command, with the options under it.
#[derive(Clone, PartialEq, Eq)]
struct Group {
    heading: String,
    options: Vec<Vec<Piece>>,
}

impl Group {
    /// The heading without what it adds after a comma.
    fn name(&self) -> &str {
        self.heading.split(',').next().unwrap_or_default()
    }
}

/// Every command with everything it takes.
pub fn commands() -> Document {
    let mut doorkey = Cli::command();
    // Gives each command its full name, such as doorkey check.
    doorkey.build();
    let mut all = vec![doorkey.clone()];
    all.extend(
        doorkey
            .get_subcommands()
            .filter(|command| is_documented(command))
            .cloned(),
    );
    let shared = shared_groups(&all);
    let introduction = "Every command with all it takes, as doorkey help and doorkey man say it too. -h and --help explain a command, \
                        -V and --version tell the version.";
    let document = Document::new(vec![words("Commands")])
        .introduction([Block::Paragraph(vec![words(introduction)])]);
    let document = all.iter_mut().fold(document, |document, command| {
        let heading = usage_name(command);
        document.section(&heading, described(command, &shared))
    });
    let document = shared.iter().fold(document, |document, group| {
        let points = Block::Points(group.options.clone());
        document.section(&format!("Options: {}", group.heading), [points])
    });
    let statuses = EXIT_STATUSES
        .iter()
        .map(|(status, meaning)| vec![code(status), words(format!(": {meaning}"))]);
    document.section(
        "Exit status, of every command",
        [Block::Points(statuses.collect())],
    )
}

fn is_documented(command: &Command) -> bool {
    !command.is_hide_set() && command.get_name() != "help"
}

/// The name by which it is called.
fn usage_name(command: &Command) -> String {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    name.to_owned()
}

/// What stands under a command's heading.
fn described(command: &mut Command, shared: &[Group]) -> Vec<Block> {
    let about = command.get_long_about().or(command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    let mut blocks: Vec<Block> = about
        .split("\n\n")
        .map(|text| Block::Paragraph(paragraph(text)))
        .collect();
    blocks.push(Block::Paragraph(vec![code(usage(command))]));
    let own = command.get_arguments().filter(|argument| {
        is_said(argument) && !(is_option(argument) && argument.get_help_heading().is_some())
    });
    let own: Vec<Vec<Piece>> = own.map(point).collect();
    if !own.is_empty() {
        blocks.push(Block::Points(own));
    }
    let (elsewhere, here): (Vec<_>, Vec<_>) = groups(command)
        .into_iter()
        .partition(|group| shared.contains(group));
    for group in here {
        blocks.push(Block::Paragraph(vec![strong(&group.heading)]));
        blocks.push(Block::Points(group.options));
    }
    if !elsewhere.is_empty() {
        let mut told = vec![words("And the options of several commands, below:")];
        for (index, group) in elsewhere.iter().enumerate() {
            let before = if index == 0 { " " } else { ", " };
            told.extend([words(before), strong(group.name())]);
        }
        told.push(words("."));
        blocks.push(Block::Paragraph(told));
    }
    blocks
}

/// The options under headings, in the order of the help.
fn groups(command: &Command) -> Vec<Group> {
    let arguments = command.get_arguments();
    let options: Vec<&Arg> = arguments.filter(|one| is_option(one)).collect();
    let mut headings: Vec<&str> = Vec::new();
    for heading in options
        .iter()
        .filter_map(|option| option.get_help_heading())
    {
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    let group = |heading: &str| {
        let under = |option: &&&Arg| option.get_help_heading() == Some(heading);
        Group {
            heading: heading.to_owned(),
            options: options.iter().filter(under).map(|one| point(one)).collect(),
        }
    };
    headings.into_iter().map(group).collect()
}

/// The groups that are the same in several commands.
fn shared_groups(commands: &[Command]) -> Vec<Group> {
    let all: Vec<Group> = commands.iter().flat_map(groups).collect();
    let mut shared: Vec<Group> = Vec::new();
    for (index, group) in all.iter().enumerate() {
        if all[index + 1..].contains(group) && !shared.contains(group) {
            shared.push(group.clone());
        }
    }
    shared
}

fn is_said(argument: &Arg) -> bool {
    !argument.is_hide_set() && !matches!(argument.get_id().as_str(), "help" | "version")
}

/// Whether it is an option: clap puts what is called by its place under no heading of ours.
fn is_option(argument: &Arg) -> bool {
    is_said(argument) && !argument.is_positional()
}

/// The first way to call it.
fn usage(command: &mut Command) -> String {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim_start();
    usage.lines().next().unwrap_or_default().to_owned()
}

/// An argument, what it is for, and what it may be.
fn point(argument: &Arg) -> Vec<Piece> {
    let help = argument.get_long_help().or(argument.get_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    let sentences: Vec<String> = help.split("\n\n").map(sentence).collect();
    let mut pieces = vec![
        code(argument.to_string()),
        words(format!(": {}", sentences.join(" "))),
    ];
    pieces.extend(values(&argument.get_possible_values()));
    // A flag has one, too: false.
    let has_default = argument.get_action().takes_values() && !argument.is_hide_default_value_set();
    for default in argument.get_default_values().iter().filter(|_| has_default) {
        let default = code(default.to_string_lossy());
        pieces.extend([words(" Default: "), default, words(".")]);
    }
    pieces
}

/// What an argument may be, where it is one of a few.
fn values(possible: &[PossibleValue]) -> Vec<Piece> {
    let shown = possible.iter().filter(|value| !value.is_hide_set());
    let mut pieces = Vec::new();
    for value in shown {
        let before = if pieces.is_empty() { " One of " } else { ", " };
        pieces.extend([words(before), code(value.get_name())]);
        if let Some(help) = value.get_help() {
            pieces.push(words(format!(" ({help})")));
        }
    }
    if !pieces.is_empty() {
        pieces.push(words("."));
    }
    pieces
}

/// A paragraph of a command's help. A command that it ends with is to be typed as it stands.
fn paragraph(text: &str) -> Vec<Piece> {
    let on_its_line = text.split_once(":\n");
    let in_the_text = || {
        text.rsplit_once(": ")
            .filter(|(_, end)| end.starts_with("doorkey "))
    };
    match on_its_line.or_else(in_the_text) {
        Some((what, command)) => vec![words(format!("{what}: ")), code(command.trim())],
        None => vec![words(sentence(text))],
    }
}

/// A text with the stop that clap takes off, on one line.
fn sentence(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() || text.ends_with(['.', '?', ':']) {
        text
    } else {
        format!("{text}.")
    }
}

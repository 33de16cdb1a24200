//! Commands of git's that name a repository.

/// The commands, and how many words stand between them and its address.
const GIT_COMMANDS: [(&[&str], usize); 8] = [
    (&["clone"], 0),
    (&["ls-remote"], 0),
    (&["fetch"], 0),
    (&["pull"], 0),
    (&["push"], 0),
    (&["submodule", "add"], 0),
    (&["remote", "add"], 1),
    (&["remote", "set-url"], 1),
];

/// Their options, and git's own, that take the next word as their value (git-clone(1), git-remote(1), git(1)).
const OPTIONS_WITH_VALUE: [&str; 33] = [
    "-C",
    "-b",
    "-c",
    "-j",
    "-m",
    "-o",
    "-t",
    "-u",
    "--branch",
    "--bundle-uri",
    "--config",
    "--config-env",
    "--depth",
    "--exec-path",
    "--filter",
    "--git-dir",
    "--jobs",
    "--name",
    "--namespace",
    "--origin",
    "--ref-format",
    "--reference",
    "--reference-if-able",
    "--revision",
    "--separate-git-dir",
    "--server-option",
    "--shallow-exclude",
    "--shallow-since",
    "--super-prefix",
    "--template",
    "--track",
    "--upload-pack",
    "--work-tree",
];

/// What ends a command in a shell.
const COMMAND_ENDS: [&str; 5] = ["&&", "||", "|", ";", "&"];

/// What joins a shell line with the next.
const LINE_JOINT: &str = "\\";

/// The addresses that the git commands in a line name.
pub(super) fn addresses(line: &str) -> Vec<&str> {
    let words = words(line);
    let is_git = |word: &&str| {
        let word = word.trim_start_matches(['`', '(', '\'', '"', '$']);
        word == "git" || word.ends_with("/git") || word.ends_with("git.exe")
    };
    let starts = words.iter().enumerate().filter(|(_, word)| is_git(word));
    let mut found: Vec<&str> = starts
        .filter_map(|(at, _)| address(&words[at + 1..]))
        .collect();
    found.dedup();
    found
}

/// Whether a line is a command of git's, whatever it names.
pub(super) fn is_command(line: &str) -> bool {
    words(line).first() == Some(&"git")
}

/// The address in the arguments of one command.
fn address<'a>(arguments: &[&'a str]) -> Option<&'a str> {
    let mut positional = Vec::new();
    let mut rest = arguments
        .iter()
        .take_while(|word| !COMMAND_ENDS.contains(*word));
    while let Some(&word) = rest.next() {
        if word == "--" {
            positional.extend(rest.by_ref());
        } else if OPTIONS_WITH_VALUE.contains(&word) {
            rest.next();
        } else if !word.starts_with('-') {
            positional.push(word);
        }
    }
    GIT_COMMANDS.iter().find_map(|(command, between)| {
        let after = positional.strip_prefix(*command)?;
        let address = after.get(*between).copied()?;
        // `git clone git clone …`: a copied command behind a typed one. The second is looked at for itself.
        (address != "git").then_some(address)
    })
}

/// Splits at spaces, but not within quotes.
fn words(line: &str) -> Vec<&str> {
    let mut quote = None;
    line.split(|character: char| {
        match quote {
            Some(open) if character == open => quote = None,
            None if matches!(character, '"' | '\'') => quote = Some(character),
            _ => {}
        }
        quote.is_none() && character.is_whitespace()
    })
    .map(super::trim)
    .filter(|word| !word.is_empty() && *word != LINE_JOINT)
    .collect()
}

//! From what was pasted to the address in it: `git` commands, quotes, Markdown, several lines.

use super::Refusal;
use super::suspicious::Suspect;
use crate::check::Code;
use crate::text::is_harmful;

/// No address is longer: RFC 9110, section 4.1, asks programs to support 8000 characters.
const LONGEST: usize = 8 * 1024;

/// What a paste was found to hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pasted<'a> {
    /// The addresses in their order, at least one.
    pub(super) addresses: Vec<&'a str>,
    /// What stood around the address.
    pub(super) around: Around,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Around {
    /// At most spaces, quotes and brackets.
    Nothing,
    /// Other words or lines.
    Words,
    /// A git command.
    GitCommand,
}

/// The git commands that name a repository, and how many words stand between them and its address.
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

/// What a copied shell line can begin with.
const PROMPTS: [&str; 8] = ["$", "#", "%", ">", "❯", "PS>", "sudo", "-"];

/// What can be around an address, besides spaces.
const WRAPPERS: [(&str, &str); 8] = [
    ("<", ">"),
    ("\"", "\""),
    ("'", "'"),
    ("`", "`"),
    ("(", ")"),
    ("“", "”"),
    ("‘", "’"),
    ("«", "»"),
];

/// What `git remote -v` writes behind an address.
const REMOTE_KINDS: [&str; 2] = ["(fetch)", "(push)"];

/// What joins a shell line with the next.
const LINE_JOINT: &str = "\\";

const LINE_ENDS: [char; 6] = ['\n', '\r', '\u{b}', '\u{c}', '\u{2028}', '\u{2029}'];

/// Finds the address in what was pasted.
pub(super) fn find(text: &str) -> Result<Pasted<'_>, Refusal> {
    if is_bare_ssh_url(text) {
        return Ok(Pasted {
            addresses: vec![text],
            around: Around::Nothing,
        });
    }
    search(text)
}

/// Whether a text is an SSH URL as Bitbucket shows it, and nothing else: so are thousands in a file of saved connections, and nothing has
/// to be searched for.
fn is_bare_ssh_url(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"@:/.-_~".contains(&byte);
    (text.starts_with("git@") || text.starts_with("ssh://git@"))
        && text.strip_suffix(".git").is_some()
        && text.len() <= LONGEST
        && text.bytes().all(is_part)
}

pub(super) fn search(text: &str) -> Result<Pasted<'_>, Refusal> {
    let text = trim(text);
    if unwrap(text).is_empty() {
        return Err(Refusal::new(Code::UrlEmpty));
    }
    if text.len() > LONGEST {
        return Err(Refusal::not_an_address(
            "It is longer than 8 KB; no address is.",
        ));
    }
    let lines = lines(text);
    let mut pasted = match lines.as_slice() {
        [line] => in_line(line, looks_like_anything)?,
        _ => in_lines(&lines)?,
    };
    pasted.addresses.dedup();
    if pasted.addresses.is_empty() {
        return Err(Refusal::not_an_address("There is no address in this text."));
    }
    Ok(pasted)
}

fn in_lines<'a>(lines: &[&'a str]) -> Result<Pasted<'a>, Refusal> {
    let mut all = Pasted {
        addresses: Vec::new(),
        around: Around::Words,
    };
    for line in lines {
        let Pasted { addresses, around } = in_line(line, looks_like_address)?;
        all.addresses.extend(addresses);
        all.around = all.around.max(around);
    }
    Ok(all)
}

/// The addresses in one line. A word that is alone in its line is one if it `looks_like` one.
fn in_line(line: &str, looks_like: fn(&str) -> bool) -> Result<Pasted<'_>, Refusal> {
    let all = words(unwrap(line));
    let prompts = all
        .iter()
        .take_while(|word| PROMPTS.contains(*word))
        .count();
    let (addresses, around) = match &all[prompts..] {
        [] => (vec![line], Around::Nothing),
        [word] if prompts == 0 => (vec![unwrap(word)], Around::Nothing),
        ["git", arguments @ ..] => {
            let address = in_git_command(arguments);
            let address =
                address.ok_or_else(|| Refusal::not_an_address("The command names no address."))?;
            (vec![unwrap(address)], Around::GitCommand)
        }
        words => (among_words(words)?, Around::Words),
    };
    let addresses = addresses
        .into_iter()
        .filter(|address| looks_like(address))
        .collect();
    Ok(Pasted { addresses, around })
}

/// The lines that hold anything. A backslash before a line's end joins it with the next, as in a shell.
fn lines(text: &str) -> Vec<&str> {
    let mut previous = None;
    text.split(|character| {
        previous.replace(character) != Some('\\') && LINE_ENDS.contains(&character)
    })
    .map(trim)
    .filter(|line| !line.is_empty())
    .collect()
}

/// The address in a git command's arguments.
fn in_git_command<'a>(arguments: &[&'a str]) -> Option<&'a str> {
    let mut positional = Vec::new();
    let mut rest = arguments.iter();
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
        after.get(*between).copied()
    })
}

/// The addresses among words. They must be at the end: a word that follows one may be the rest of an address with
/// a space in it, and half an address would name another repository.
fn among_words<'a>(words: &[&'a str]) -> Result<Vec<&'a str>, Refusal> {
    if words.first().is_some_and(|word| word.starts_with('-')) {
        return Err(Suspect::LeadingDash.refusal());
    }
    if words
        .iter()
        .any(|word| word.contains("::") && !word.contains(['[', '/']))
    {
        return Err(Suspect::TransportHelper.refusal());
    }
    let words = match words {
        [before @ .., last] if REMOTE_KINDS.contains(last) => before,
        words => words,
    };
    let addresses: Vec<&str> = words
        .iter()
        .map(|word| unwrap(word))
        .filter(|word| looks_like_address(word))
        .collect();
    let ends_with_address = words
        .last()
        .is_some_and(|last| looks_like_address(unwrap(last)));
    if addresses.is_empty() || ends_with_address {
        return Ok(addresses);
    }
    if addresses
        .iter()
        .any(|address| address.contains([';', '|', '&', '`', '$']))
    {
        return Err(Suspect::ShellCharacters.refusal());
    }
    Err(Refusal::not_an_address(
        "There is a space in it, or more text after it.",
    ))
}

/// Whether a word among others is meant as an address: it has a scheme, a user with a host, or a host with a dot,
/// and something behind them.
fn looks_like_address(word: &str) -> bool {
    let host = word.split(['/', ':']).next().unwrap_or_default();
    let has_path = host.len() < word.len();
    word.contains("://")
        || (has_path && (host.contains('@') || host.trim_matches('.').contains('.')))
}

/// What is alone is meant as an address, whatever it looks like.
fn looks_like_anything(_: &str) -> bool {
    true
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
    .map(trim)
    .filter(|word| !word.is_empty() && *word != LINE_JOINT)
    .collect()
}

/// Takes spaces and invisible characters off both ends. (Control characters stay: they are refused.)
fn trim(text: &str) -> &str {
    text.trim_matches(|character: char| {
        character.is_whitespace() || (is_harmful(character) && !character.is_control())
    })
}

/// Takes off quotes, brackets, Markdown's code marks and Markdown's link around an address.
fn unwrap(text: &str) -> &str {
    let mut inner = trim(text);
    loop {
        let unwrapped = WRAPPERS
            .iter()
            .find_map(|(open, close)| inner.strip_prefix(open)?.strip_suffix(close))
            .or_else(|| markdown_link(inner));
        match unwrapped {
            Some(unwrapped) => inner = trim(unwrapped),
            None => return inner,
        }
    }
}

/// The address of `[text](address)`.
fn markdown_link(text: &str) -> Option<&str> {
    let link = text.strip_prefix('[')?.strip_suffix(')')?;
    link.rsplit_once("](").map(|(_, address)| address)
}

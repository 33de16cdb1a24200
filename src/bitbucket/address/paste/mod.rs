//! From what was pasted to the addresses in it.
//!
//! One pass takes off everything that is not the address, before anything is judged: `codes` undoes the encodings of the whole
//! text, `git_command` and `tokens` find the parts that may be an address, and `unwrap` takes off each part what is fastened to it.
//! Each step says what it took off, so that one sentence can tell.

mod codes;
mod git_command;
mod tokens;
mod unwrap;
mod wrapper;

use std::borrow::Cow;

use super::Refusal;
use super::suspicious::Suspect;
use crate::check::Code;
use crate::text::is_harmful;

use self::tokens::{Token, is_line_end, tokens};
use self::unwrap::{ends_whole, unwrap};

pub(super) use self::wrapper::Wrapper;

/// No address is longer: RFC 9110, section 4.1, asks programs to support 8000 characters.
const LONGEST: usize = 8 * 1024;

/// How deep quotes may stand in quotes.
const DEEPEST: usize = 6;

/// An address in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found<'a> {
    pub(super) text: Cow<'a, str>,
    /// What was taken off to get at it, each kind once.
    pub(super) wrappers: Vec<Wrapper>,
    pub(super) end: End,
}

/// What is known of an address's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It ends there: something says so.
    Whole,
    /// Another word follows, which may be the rest of a name with a space in it.
    Open,
    /// A shell would go on with another command.
    Command,
}

/// What a copied shell line can begin with, or an entry of a list.
const PROMPTS: [&str; 11] = ["$", "#", "%", ">", "❯", "PS>", "sudo", "-", "*", "•", "+"];

/// Options that stand at the beginning of lines people copy: pip's, and those of tools that take a repository.
const HARMLESS_OPTIONS: [&str; 8] = [
    "-e",
    "--editable",
    "--url",
    "--repo",
    "--repository",
    "--git",
    "--remote",
    "--source",
];

/// Words that go on with a sentence, and so are no part of the name before them.
const GO_ON: [&str; 76] = [
    "a",
    "about",
    "again",
    "also",
    "and",
    "are",
    "as",
    "at",
    "because",
    "before",
    "branch",
    "but",
    "by",
    "can",
    "can't",
    "cannot",
    "could",
    "couldn't",
    "denied",
    "did",
    "do",
    "does",
    "doesn't",
    "don't",
    "error",
    "exit",
    "failed",
    "failing",
    "fails",
    "fatal",
    "for",
    "from",
    "gives",
    "had",
    "has",
    "have",
    "here",
    "how",
    "i",
    "if",
    "in",
    "instead",
    "into",
    "is",
    "isn't",
    "it",
    "not",
    "now",
    "of",
    "on",
    "or",
    "please",
    "returned",
    "returns",
    "says",
    "so",
    "that",
    "thanks",
    "the",
    "then",
    "there",
    "this",
    "to",
    "unexpectedly",
    "via",
    "was",
    "we",
    "were",
    "when",
    "where",
    "which",
    "while",
    "with",
    "without",
    "worked",
    "works",
];

/// Finds the addresses in what was pasted.
pub(super) fn find(text: &str) -> Result<Vec<Found<'_>>, Refusal> {
    if is_bare_ssh_url(text) {
        return Ok(vec![Found {
            text: Cow::Borrowed(text),
            wrappers: Vec::new(),
            end: End::Whole,
        }]);
    }
    search(text)
}

/// Whether a text is an SSH URL as Bitbucket shows it, and nothing else: so are thousands in a file of saved connections, and nothing has
/// to be searched for.
fn is_bare_ssh_url(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-_~".contains(&byte);
    let rest = text
        .strip_prefix("git@")
        .or_else(|| text.strip_prefix("ssh://git@"));
    rest.is_some_and(|rest| {
        rest.strip_suffix(".git").is_some() && rest.len() <= LONGEST && rest.bytes().all(is_part)
    })
}

pub(super) fn search(text: &str) -> Result<Vec<Found<'_>>, Refusal> {
    let text = trim(text);
    if unwrap(text).text.is_empty() {
        return Err(Refusal::new(Code::UrlEmpty));
    }
    if text.len() > LONGEST {
        return Err(Refusal::not_an_address(
            "It is longer than 8 KB; no address is.",
        ));
    }
    let (mut plain, mut undone) = codes::undo(text);
    if let Some(joined) = without_space_beside_colon(&plain) {
        plain = Cow::Owned(joined);
        undone.push(Wrapper::Space);
    }
    let found = candidates(&plain)?.into_iter().map(|mut found| {
        found.wrappers.extend(undone.clone());
        found.wrappers.sort_unstable();
        found.wrappers.dedup();
        found.into_owned()
    });
    Ok(found.collect())
}

impl Found<'_> {
    fn into_owned(self) -> Found<'static> {
        Found {
            text: Cow::Owned(self.text.into_owned()),
            wrappers: self.wrappers,
            end: self.end,
        }
    }
}

fn candidates(text: &str) -> Result<Vec<Found<'_>>, Refusal> {
    let commands: Vec<Found> = lines(text).flat_map(in_git_commands).collect();
    if !commands.is_empty() {
        return Ok(commands);
    }
    if let Some(word) = sole_word(text) {
        // What is alone is meant as an address, whatever it looks like.
        let unwrapped = unwrap(word);
        return Ok(vec![Found {
            text: unwrapped.text,
            wrappers: unwrapped.wrappers,
            end: End::Whole,
        }]);
    }
    let all = tokens(text);
    refuse_options(&all)?;
    let mut found = Vec::new();
    search_among(&all, 0, &mut found);
    if found.is_empty() {
        return Err(Refusal::not_an_address(if git_command::is_command(text) {
            "The command names no address."
        } else {
            "There is no address in this text."
        }));
    }
    for one in &mut found {
        one.wrappers.push(Wrapper::Text);
    }
    Ok(found)
}

fn in_git_commands(line: &str) -> impl Iterator<Item = Found<'_>> {
    let is_command = git_command::is_command(line);
    git_command::addresses(line)
        .into_iter()
        .map(unwrap)
        // In a sentence about git, a word behind `git clone` may be any.
        .filter(move |found| {
            is_command || found.text.starts_with('-') || looks_like_address(&found.text)
        })
        .map(|found| Found {
            text: found.text,
            wrappers: [found.wrappers, vec![Wrapper::GitCommand]].concat(),
            end: End::Whole,
        })
}

/// The only word of a text, whatever quotes are around it.
fn sole_word(text: &str) -> Option<&str> {
    let mut inner = text;
    for _ in 0..DEEPEST {
        match tokens(inner).as_slice() {
            [Token::Word(word)] if fields(word).count() == 1 => return Some(word),
            [Token::Enclosed(content)] => inner = content,
            _ => return None,
        }
    }
    None
}

fn search_among<'a>(all: &[Token<'a>], depth: usize, found: &mut Vec<Found<'a>>) {
    for (at, token) in all.iter().enumerate() {
        match token {
            Token::LineEnd | Token::Tag => {}
            Token::Enclosed(content) => {
                let inner = tokens(content);
                match inner.as_slice() {
                    [Token::Word(word)] if fields(word).count() == 1 => {
                        found.extend(candidate(word, false, Next::Nothing));
                    }
                    inner if depth < DEEPEST => search_among(inner, depth + 1, found),
                    _ => {}
                }
            }
            Token::Word(word) => {
                let words_before = all[..at]
                    .iter()
                    .any(|token| !matches!(token, Token::Word(word) if PROMPTS.contains(word)));
                let mut fields = fields(word).enumerate().peekable();
                while let Some((index, field)) = fields.next() {
                    let next = match fields.peek() {
                        // Behind a first field the mark between them is known to be one.
                        Some(_) if index > 0 => Next::Nothing,
                        Some((_, field)) => Next::Word(field),
                        None => next(&all[at + 1..]),
                    };
                    found.extend(candidate(field, words_before, next));
                }
            }
        }
    }
}

/// What follows a word.
#[derive(Clone, Copy)]
enum Next<'a> {
    /// The end of the text, or something that encloses.
    Nothing,
    /// Another word on the same line.
    Word(&'a str),
    /// A line with this word alone.
    LineOf(&'a str),
}

fn next<'a>(rest: &[Token<'a>]) -> Next<'a> {
    match rest {
        [Token::Word(word), ..] => Next::Word(word),
        [Token::LineEnd, Token::Word(word)]
        | [Token::LineEnd, Token::Word(word), Token::LineEnd, ..] => Next::LineOf(word),
        _ => Next::Nothing,
    }
}

fn candidate<'a>(word: &'a str, words_before: bool, next: Next<'_>) -> Option<Found<'a>> {
    let unwrapped = unwrap(word);
    let end = end(word, &unwrapped.text, words_before, next);
    looks_like_address(&unwrapped.text).then_some(Found {
        text: unwrapped.text,
        wrappers: unwrapped.wrappers,
        end,
    })
}

/// Half an address names another repository, so what is behind one decides.
fn end(word: &str, address: &str, words_before: bool, next: Next<'_>) -> End {
    let follows = match next {
        Next::Nothing => return End::Whole,
        Next::Word(next) | Next::LineOf(next) => next,
    };
    let is_command =
        word.ends_with([';', '|', '&']) || follows.starts_with([';', '|', '&', '`', '$']);
    if is_command && !words_before && matches!(next, Next::Word(_)) {
        return End::Command;
    }
    let bare = follows
        .trim_end_matches(|c: char| ".,;:!?)".contains(c))
        .to_ascii_lowercase();
    let goes_on = match next {
        // A name that was broken at the end of a line goes on with its letters.
        Next::LineOf(_) => !bare
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte)),
        _ => false,
    } || GO_ON.contains(&bare.as_str())
        || !follows.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        || follows.contains('=')
        || follows.ends_with(':')
        || looks_like_address(&unwrap(follows).text);
    // `[https://… label]`, and the version behind a module of Go's.
    let is_version = bare.starts_with('v') && bare[1..].starts_with(|c: char| c.is_ascii_digit());
    let is_closed = (word.starts_with('[') && !word.contains(']'))
        || is_version
        || word.ends_with([',', ';', '.', ')', ':', '!', '?']) && !address.ends_with('.');
    if goes_on || is_closed || is_complete(address) {
        End::Whole
    } else {
        End::Open
    }
}

/// Whether nothing that follows can belong to the names in an address.
fn is_complete(address: &str) -> bool {
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    let parts = path.split('/').count();
    ends_whole(address)
        || address.contains(".git@")
        || address.contains(['?', '#'])
        || address.contains("//") && path.contains("//")
        || parts > 3
        || (parts == 3 && path.ends_with('/'))
}

/// The fields of a line of values with commas between them, or semicolons if the first is not an address. A comma in a password
/// ends none.
fn fields(word: &str) -> impl Iterator<Item = &str> {
    let has_semicolons = word
        .split_once(';')
        .is_some_and(|(first, _)| !first.is_empty() && !first.contains([':', '@', '/', '=']));
    let mark = if has_semicolons { ';' } else { ',' };
    let mut rest = Some(word);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text
            .match_indices([mark, '|'])
            .map(|(at, found)| (at, found.starts_with(mark)))
            .find(|&(at, is_mark)| {
                let (before, after) = text.split_at(at);
                let may_be_user =
                    before.contains(':') && after.contains('@') && !ends_whole(before);
                let begins_another = begins_as_address(&after[1..]);
                begins_another || (is_mark && !may_be_user && after.len() > 1)
            })
            .map(|(at, _)| at);
        let (field, after) = match end {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        rest = after;
        Some(field)
    })
}

/// Whether a text begins as an address does that has all its parts: no password has that in it.
fn begins_as_address(text: &str) -> bool {
    let bare = text.trim_start_matches(['"', '\'', '<', '(']);
    ["git@", "ssh://", "https://", "http://", "git+", "git::"]
        .iter()
        .any(|start| bare.starts_with(start))
}

/// A line that begins with an option is none that people have; a program could take it for one of its own.
fn refuse_options(all: &[Token<'_>]) -> Result<(), Refusal> {
    let Some(Token::Word(first)) = all.first() else {
        return Ok(());
    };
    let bare = unwrap(first).text;
    if bare.starts_with('-') && !PROMPTS.contains(first) && !HARMLESS_OPTIONS.contains(first) {
        return Err(Suspect::LeadingDash.refusal());
    }
    if bare.contains("::") && !bare.contains(['[', '/']) {
        return Err(Suspect::TransportHelper.refusal());
    }
    Ok(())
}

/// The lines that hold anything. A backslash before a line's end joins it with the next, as in a shell.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut previous = None;
    text.split(move |character| previous.replace(character) != Some('\\') && is_line_end(character))
        .map(trim)
        .filter(|line| !line.is_empty())
}

/// `git@host: project/repository`, as pages and dictation have it.
fn without_space_beside_colon(text: &str) -> Option<String> {
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let Some(path) = words.peek() else { break };
        let (host, path_of) = match (word.strip_suffix(':'), path.strip_prefix(':')) {
            (Some(host), None) => (host, *path),
            (None, Some(rest)) => (word, rest),
            _ => continue,
        };
        let is_host = host.rsplit_once('@').is_some_and(|(user, host)| {
            user.ends_with("git") && host.contains('.') && !host.contains([':', '/'])
        });
        let is_path = path_of.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '~')
            && path_of.contains('/')
            && !looks_like_address(path_of);
        if is_host && is_path {
            let start = text.find(host)?;
            let (before, from) = text.split_at(start + host.len());
            let after = from.trim_start().strip_prefix(':').map(str::trim_start)?;
            return Some(format!("{before}:{after}"));
        }
    }
    None
}

/// Whether a word among others is meant as an address: it has a scheme, a user with a host, or a host with a dot,
/// and something behind them.
pub(super) fn looks_like_address(word: &str) -> bool {
    let host = word.split(['/', ':']).next().unwrap_or_default();
    let has_path = host.len() < word.len();
    // `user:password@host/path`
    let head = word.split('/').next().unwrap_or_default();
    let has_password = head
        .rsplit_once('@')
        .is_some_and(|(user, host)| user.contains(':') && host.contains('.'));
    word.contains("://")
        || (has_password && head.len() < word.len())
        || (has_path && (host.contains('@') || host.trim_matches('.').contains('.')))
        || word.starts_with("bitbucket:")
        || word.starts_with("pkg:bitbucket/")
}

/// The text without its encodings.
#[cfg(test)]
pub(super) fn undone(text: &str) -> (Cow<'_, str>, Vec<Wrapper>) {
    codes::undo(text)
}

/// A word without what is fastened to it.
pub(super) fn bare(word: &str) -> String {
    unwrap(word).text.into_owned()
}

/// Takes spaces and invisible characters off both ends. (Control characters stay: they are refused.)
fn trim(text: &str) -> &str {
    text.trim_matches(|character: char| {
        character.is_whitespace() || (is_harmful(character) && !character.is_control())
    })
}

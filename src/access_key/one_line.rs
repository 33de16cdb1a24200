//! Finding OpenSSH's one-line keys in a text, whatever stands around them (sshd(8), "Authorized keys
//! file format").

use std::ops::Range;

use super::gather::{Gathered, Joints, gather};
use super::{Found, Refusal, Repair, look_alike, wire};
use crate::check::Code;

/// How many keys are looked for. Nobody means more than one; the count only has to show that there are several,
/// and the limit keeps hostile text from taking long.
const MOST_KEYS: usize = 100;

/// What may stand directly before a type or after a key: quotation marks of prose, JSON, YAML and shells.
pub(super) const QUOTES: [char; 8] = ['"', '\'', '`', '“', '”', '„', '‘', '’'];

/// Every key with its type in front, read or refused.
pub(super) fn find(text: &str) -> Vec<Result<Found, Refusal>> {
    let mut keys = Vec::new();
    let mut bare_type = None;
    let mut position = 0;
    while let Some(word) = next_word(text, position) {
        position = word.end;
        let Some(name) = type_at_the_end(&text[word.clone()]) else {
            continue;
        };
        let start = word.end - name.len();
        match next_word(text, word.end).filter(|data| is_key_data(&text[data.clone()])) {
            Some(data) => {
                let (key, end) = read_key(text, start..word.end, data.start);
                keys.push(key);
                position = end;
            }
            None if start == 0 => bare_type = Some(name),
            None => {}
        }
        if keys.len() == MOST_KEYS {
            break;
        }
    }
    if let (true, Some(name)) = (keys.is_empty(), bare_type) {
        let detail = format!("After {name}, the key itself should follow; it begins with AAAA.");
        keys.push(Err(Refusal::because(Code::KeyCutOff, detail)));
    }
    keys
}

/// Every key that has no type in front, refused as such or for what else is wrong with it.
pub(super) fn find_without_type(text: &str) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let mut position = 0;
    for _ in 0..MOST_KEYS {
        let Some(start) = next_bare_data(text, position) else {
            break;
        };
        match gather(&text[start..], Joints::LineEnds) {
            Ok(gathered) => {
                position = start + gathered.end;
                refusals.push(type_missing(&gathered.bytes));
            }
            Err(refusal) => {
                position = next_word(text, start).map_or(text.len(), |word| word.end);
                // Other things than keys begin with AAAA, too.
                if refusal.code != Code::KeyNotAKey {
                    refusals.push(refusal);
                }
            }
        }
    }
    refusals
}

/// Where the next word begins that could be a key's data.
fn next_bare_data(text: &str, from: usize) -> Option<usize> {
    let mut position = from;
    while let Some(word) = next_word(text, position) {
        let start = word.start + leading_quotes(&text[word.clone()]);
        if is_key_data(&text[start..word.end]) {
            return Some(start);
        }
        position = word.end;
    }
    None
}

fn type_missing(bytes: &[u8]) -> Refusal {
    match wire::judge(bytes) {
        Ok(key) => Refusal::because(
            Code::KeyPrefixMissing,
            format!("The whole line is: {}", wire::line(&key, "")),
        ),
        Err(refusal) => refusal,
    }
}

/// Reads one key: its type at `type_name`, its data from `data` on. Also tells where it ends.
fn read_key(text: &str, type_name: Range<usize>, data: usize) -> (Result<Found, Refusal>, usize) {
    let name = &text[type_name.clone()];
    if let Some(words) = wire::unsupported(name) {
        return (Err(Refusal::because(Code::KeyUnsupported, words)), data);
    }
    let gathered = match gather(&text[data..], Joints::LineEnds) {
        Ok(gathered) => gathered,
        Err(refusal) => return (Err(refusal), data),
    };
    let end = data + gathered.end;
    (found(text, type_name, data, gathered), end)
}

fn found(
    text: &str,
    type_name: Range<usize>,
    data: usize,
    gathered: Gathered,
) -> Result<Found, Refusal> {
    let before = line_before(text, type_name.start);
    if is_host(before) {
        return Err(Refusal::because(
            Code::KeyNotAKey,
            "This line is from known_hosts: it holds the key of a server.",
        ));
    }
    let key = wire::judge(&gathered.bytes)?;
    let name = &text[type_name.clone()];
    let algorithm = key.algorithm();
    if name != algorithm.as_str() {
        let detail = format!(
            "The line says {name}, but the key in it is {}.",
            algorithm.as_str()
        );
        return Err(Refusal::because(Code::KeyNotAKey, detail));
    }
    let end = data + gathered.end;
    let line_end = end_of_line(text, end);
    // The comment of a key that was wrapped may go on in one more line, the last.
    let slid = text[line_end..].trim();
    let has_slid = before.is_empty()
        && gathered
            .repairs
            .iter()
            .any(|repair| matches!(repair, Repair::Joined(_)))
        && !slid.is_empty()
        && !slid.contains('\n')
        && !slid.contains(' ');
    let (rest, after) = if has_slid {
        let begun = match &text[end..line_end] {
            "" => " ",
            begun => begun,
        };
        (format!("{begun}{slid}"), "")
    } else {
        (text[end..line_end].to_owned(), &text[line_end..])
    };
    let around = [&text[..type_name.start], after];
    let mut repairs = gathered.repairs;
    if text[type_name.end..data].contains('\n') {
        join_one_more(&mut repairs);
    }
    if around.iter().any(|text| !text.trim().is_empty()) {
        repairs.push(Repair::TextAround);
    }
    Ok(Found {
        key,
        comment: comment(before, until_next_key(&rest)).to_owned(),
        repairs,
    })
}

/// The rest of a key's line, up to the type of another key: that one is no comment of the first.
fn until_next_key(rest: &str) -> &str {
    let mut position = 0;
    while let Some(word) = next_word(rest, position) {
        position = word.end;
        let Some(name) = type_at_the_end(&rest[word.clone()]) else {
            continue;
        };
        if next_word(rest, word.end).is_some_and(|data| is_key_data(&rest[data])) {
            return &rest[..word.end - name.len()];
        }
    }
    rest
}

/// Counts the line of the type among those that were joined.
fn join_one_more(repairs: &mut Vec<Repair>) {
    for repair in &mut *repairs {
        if let Repair::Joined(lines) = repair {
            *lines += 1;
            return;
        }
    }
    repairs.push(Repair::Joined(2));
}

fn end_of_line(text: &str, from: usize) -> usize {
    let length = text[from..].find('\n');
    length.map_or(text.len(), |length| from + length)
}

/// What stands before the key on its line, such as options or a label.
fn line_before(text: &str, position: usize) -> &str {
    let line_start = text[..position].rfind('\n').map_or(0, |end| end + 1);
    text[line_start..position].trim()
}

/// The comment: the rest of the line, up to the closing quotation mark if the key stands in quotation marks.
fn comment<'a>(before: &str, rest: &'a str) -> &'a str {
    if !before.ends_with(QUOTES) {
        // Where no space separates it, it is the text around the key: a comma, a bracket, a tag.
        return if rest.starts_with(' ') {
            without_marks(before, rest.trim())
        } else {
            ""
        };
    }
    without_line_end(rest.split(QUOTES).next().unwrap_or_default())
}

/// A comment without a line end that JSON or a shell has written as two characters.
fn without_line_end(comment: &str) -> &str {
    let comment = comment.trim();
    let comment = comment.strip_suffix("\\n").unwrap_or(comment);
    comment.strip_suffix("\\r").unwrap_or(comment).trim()
}

/// A comment without what ends a list's entry, a table's cell or the tag that the key stands in.
fn without_marks<'a>(before: &str, comment: &'a str) -> &'a str {
    let comment = match comment.rsplit_once("</") {
        Some((comment, _)) if before.ends_with('>') => comment,
        _ => comment,
    };
    without_line_end(comment.trim_end_matches([',', ';', '|', ' ']))
}

/// Whether a host stands before the key, as in `known_hosts` and in what ssh-keyscan prints: a marker, a hashed name,
/// `[host]:port`, or names with a domain (sshd(8), "SSH known hosts file format").
fn is_host(before: &str) -> bool {
    let is_marked = before.starts_with("@cert-authority ") || before.starts_with("@revoked ");
    let is_one_word = !before.contains(' ');
    let is_numbered = before.starts_with('[') && before.contains("]:");
    let is_name = before.contains('.')
        && before.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '*')
        && before.ends_with(|last: char| last.is_ascii_alphanumeric())
        && before
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || ".,-*:?_!".contains(character))
        && !look_alike::is_public_key_file(before);
    is_marked || (is_one_word && (before.starts_with("|1|") || is_numbered || is_name))
}

fn next_word(text: &str, from: usize) -> Option<Range<usize>> {
    let gap = text[from..].find(|character: char| !character.is_whitespace())?;
    let start = from + gap;
    let length = text[start..].find(char::is_whitespace);
    Some(start..length.map_or(text.len(), |length| start + length))
}

fn leading_quotes(word: &str) -> usize {
    word.len() - word.trim_start_matches(QUOTES).len()
}

fn is_key_data(word: &str) -> bool {
    word.starts_with(wire::FIRST_CHARACTERS)
}

/// The name of a type that ends the word, as in `ssh-rsa`, `"ssh-rsa` or `key=ssh-rsa`.
fn type_at_the_end(word: &str) -> Option<&str> {
    let is_in_name =
        |character: char| character.is_ascii_alphanumeric() || "-@.".contains(character);
    let name = &word[word.trim_end_matches(is_in_name).len()..];
    wire::is_type_name(name).then_some(name)
}

//! Encodings that a key picks up on its way: in a link, a web page, a JSON string, an e-mail, a CI secret. Each is a
//! function from a text to the text it stands for, or nothing where it does not apply.
//!
//! They are tried only on a text in which no key can be read as it is. Every buffer is wiped: what is in it may turn out
//! to be private.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use super::gather::base64_run;
use super::wire::{self, Extent};
use super::{Repair, one_line};

/// What an encoded text stands for.
pub(super) type Undone = Zeroizing<String>;

type Undo = fn(&str) -> Option<Undone>;

/// Every encoding, with what its undoing is called where nothing else names it.
pub(super) const ENCODINGS: [(Option<Repair>, Undo); 9] = [
    (Some(Repair::PercentEncoding), percent),
    (Some(Repair::PercentEncoding), percent_of_a_form),
    (Some(Repair::HtmlEntities), html),
    (Some(Repair::WrittenOut), written_out),
    (Some(Repair::QuotedPrintable), quoted_printable),
    (Some(Repair::Base64), base64),
    (Some(Repair::UrlSafe), url_safe),
    (Some(Repair::Type), type_name),
    (None, line_ends),
];

/// `%2B` for `+` (RFC 3986 section 2.1).
fn percent(text: &str) -> Option<Undone> {
    if !text.contains('%') {
        return None;
    }
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    changed(text, Zeroizing::new(decoded.into_owned()))
}

/// The same as forms send it: `+` for a space.
fn percent_of_a_form(text: &str) -> Option<Undone> {
    let spaced = Zeroizing::new(text.replace('+', " "));
    percent(&spaced)
}

/// The named characters that occur in a key, its comment or the text around it.
const NAMED: [(&str, &str); 11] = [
    ("plus", "+"),
    ("sol", "/"),
    ("equals", "="),
    ("nbsp", " "),
    ("amp", "&"),
    ("quot", "\""),
    ("apos", "'"),
    ("lt", "<"),
    ("gt", ">"),
    ("commat", "@"),
    ("NewLine", "\n"),
];

/// The longest reference or tag that is looked at, such as `&#x0000002B;`.
const LONGEST_MARK: usize = 12;

/// `&#43;`, `&#x2B;` and `&plus;` for `+`, and tags that break a line or mark where one may break.
fn html(text: &str) -> Option<Undone> {
    let mut undone = with_capacity_of(text);
    let mut rest = text;
    while let Some(position) = rest.find(['&', '<']) {
        undone.push_str(&rest[..position]);
        rest = &rest[position..];
        let (replacement, length) = reference(rest).or_else(|| tag(rest)).unwrap_or_else(|| {
            let first = rest.chars().next().unwrap_or('&');
            (first.to_string(), first.len_utf8())
        });
        undone.push_str(&replacement);
        rest = &rest[length..];
    }
    undone.push_str(rest);
    changed(text, undone)
}

/// The character reference at the beginning of a text, and how long it is.
fn reference(text: &str) -> Option<(String, usize)> {
    let end = position_of(b';', text)?;
    let name = text.get(1..end)?;
    let numbered = name.strip_prefix('#').and_then(|number| {
        let hexadecimal = number.strip_prefix(['x', 'X']);
        let number = match hexadecimal {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        char::from_u32(number.ok()?).map(String::from)
    });
    let named = || {
        let known = NAMED.iter().find(|(known, _)| *known == name)?;
        Some(known.1.to_owned())
    };
    let is_reference = text.starts_with('&');
    let character = numbered.or_else(named).filter(|_| is_reference)?;
    Some((character, end + 1))
}

/// Where a mark ends that stands at the beginning of a text.
fn position_of(end: u8, text: &str) -> Option<usize> {
    text.bytes().take(LONGEST_MARK).position(|byte| byte == end)
}

/// `<br>` is the end of a line, `<wbr>` is nothing, whatever stands in them.
fn tag(text: &str) -> Option<(String, usize)> {
    let end = position_of(b'>', text)?;
    let inside = text.get(1..end)?.trim_end_matches('/').trim();
    let meaning = match inside.to_ascii_lowercase().as_str() {
        "br" => "\n",
        "wbr" => "",
        _ => return None,
    };
    Some((meaning.to_owned(), end + 1))
}

/// `\n` and its like, as JSON, YAML and shells write them, and a line that goes on after a backslash.
fn written_out(text: &str) -> Option<Undone> {
    let mut undone = with_capacity_of(text);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            undone.push(character);
            continue;
        }
        let ahead = characters.clone();
        match characters.next() {
            Some('n' | 'r' | '\n') => undone.push('\n'),
            Some('t') => undone.push(' '),
            Some(plain @ ('/' | '"' | '\'' | '\\')) => undone.push(plain),
            Some('u' | 'x') if let Some((plain, length)) = escaped(ahead.as_str()) => {
                undone.push(plain);
                characters = ahead.as_str()[length..].chars();
            }
            _ => {
                undone.push('\\');
                characters = ahead;
            }
        }
    }
    changed(text, undone)
}

/// The character in `u002b` or `x2b`, and how long that is.
fn escaped(text: &str) -> Option<(char, usize)> {
    let length = if text.starts_with('u') { 5 } else { 3 };
    let number = u32::from_str_radix(text.get(1..length)?, 16).ok()?;
    Some((char::from_u32(number)?, length))
}

/// `=3D` for `=`, and `=` where a line was broken (RFC 2045 section 6.7).
fn quoted_printable(text: &str) -> Option<Undone> {
    if !text.contains("=\n") && !text.contains("=3D") {
        return None;
    }
    let mut undone = with_capacity_of(text);
    let mut rest = text;
    while let Some(position) = rest.find('=') {
        undone.push_str(&rest[..position]);
        let after = &rest[position + 1..];
        let byte = after
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = match (after.strip_prefix('\n'), byte.filter(u8::is_ascii)) {
            (Some(next), _) => next,
            (None, Some(byte)) => {
                undone.push(char::from(byte));
                &after[2..]
            }
            (None, None) => {
                undone.push('=');
                after
            }
        };
    }
    undone.push_str(rest);
    changed(text, undone)
}

/// Base64 with or without its padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The whole text in base64, as secrets of Kubernetes and CI are.
fn base64(text: &str) -> Option<Undone> {
    let mut joined = with_capacity_of(text);
    joined.extend(text.chars().filter(|character| !character.is_whitespace()));
    let bytes = LENIENT.decode(joined.as_bytes()).ok()?;
    match String::from_utf8(bytes) {
        Ok(decoded) => Some(Zeroizing::new(decoded)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            None
        }
    }
}

/// `-` and `_` for `+` and `/` in the data (RFC 4648 section 5).
fn url_safe(text: &str) -> Option<Undone> {
    let start = text.find(wire::FIRST_CHARACTERS)?;
    let data = &text[start..];
    let length = data.find(char::is_whitespace).unwrap_or(data.len());
    let mut undone = with_capacity_of(text);
    undone.push_str(&text[..start]);
    undone.extend(data[..length].chars().map(|character| match character {
        '-' => '+',
        '_' => '/',
        other => other,
    }));
    undone.push_str(&data[length..]);
    changed(text, undone)
}

/// A type whose name a word processor or a phone has changed, or that runs into the data: `Ssh-rsa`, `ssh–rsa`,
/// `ssh-rsaAAAA`.
fn type_name(text: &str) -> Option<Undone> {
    let start = text.find(wire::FIRST_CHARACTERS)?;
    let before = text[..start].trim_end();
    let word = before
        .rfind(char::is_whitespace)
        .map_or(0, |space| space + 1);
    let word = before.len() - before[word..].trim_start_matches(one_line::QUOTES).len();
    let mut name = with_capacity_of(text);
    name.extend(
        before[word..]
            .chars()
            .flat_map(|character| match character {
                '\u{2010}'..='\u{2015}' | '\u{2212}' => '-'.to_lowercase(),
                other => other.to_lowercase(),
            }),
    );
    if !wire::is_type_name(&name) {
        return None;
    }
    // A dash may shrink and a space may come in.
    let mut undone = Zeroizing::new(String::with_capacity(text.len() + 1));
    undone.push_str(&text[..word]);
    undone.push_str(&name);
    undone.push(' ');
    undone.push_str(&text[start..]);
    changed(text, undone)
}

/// The shortest piece of a key that can come from a line wrapped at a fixed width.
const SHORTEST_PIECE: usize = 32;

/// Line ends that became spaces. A word of a comment can look like a piece of a key, but not like a row of pieces of one
/// length, the last of which ends just where the key ends.
fn line_ends(text: &str) -> Option<Undone> {
    let start = text.find(wire::FIRST_CHARACTERS)?;
    let mut words = text[start..].split(' ').map(base64_run);
    let (first, second) = (words.next()?, words.next()?);
    let width = second.len();
    if width < SHORTEST_PIECE || first.len() > width {
        return None;
    }
    let mut joined = with_capacity_of(text);
    joined.push_str(first);
    joined.push_str(second);
    let mut pieces = 2;
    for word in words {
        joined.push_str(word);
        pieces += 1;
        if word.len() != width {
            break;
        }
    }
    let is_whole = matches!(wire::extent_of_base64(&joined), Extent::Complete(bytes)
        if wire::base64_length(bytes) == joined.len());
    if pieces < 3 || !is_whole {
        return None;
    }
    let mut undone = with_capacity_of(text);
    undone.push_str(&text[..start]);
    undone.push_str(&text[start..].replacen(' ', "\n", pieces - 1));
    Some(undone)
}

/// Nothing may grow: growing leaves copies behind.
fn with_capacity_of(text: &str) -> Undone {
    Zeroizing::new(String::with_capacity(text.len()))
}

fn changed(text: &str, undone: Undone) -> Option<Undone> {
    (undone.as_str() != text).then_some(undone)
}

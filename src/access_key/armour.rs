//! Keys between `BEGIN` and `END` lines: the SSH2 form (RFC 4716) and PEM (RFC 7468).

use super::gather::{Joints, gather};
use super::{Found, Refusal, Repair, pem, wire};
use crate::check::Code;

/// What is between a `BEGIN` and its `END`.
pub(super) struct Block<'a> {
    label: &'a str,
    body: &'a str,
}

/// A text taken apart into its blocks and all the rest.
pub(super) struct Armoured<'a> {
    pub(super) blocks: Vec<Block<'a>>,
    pub(super) rest: String,
}

/// The marks stand between four (RFC 4716) or five (RFC 7468) dashes.
const DASHES: &str = "----";

/// Takes a text apart. A block whose `END` is missing reaches to the end of the text.
pub(super) fn split(text: &str) -> Armoured<'_> {
    let mut blocks = Vec::new();
    let mut rest = String::new();
    let mut left = text;
    while let Some(begin) = find_mark(left, "BEGIN ") {
        rest.push_str(begin.before);
        rest.push('\n');
        let (body, after) = match find_mark(begin.after, "END ") {
            Some(end) => (end.before, end.after),
            None => (begin.after, ""),
        };
        let label = begin.label;
        blocks.push(Block { label, body });
        left = after;
    }
    rest.push_str(left);
    Armoured { blocks, rest }
}

struct Mark<'a> {
    before: &'a str,
    label: &'a str,
    after: &'a str,
}

/// Finds `-----BEGIN LABEL-----` or `---- BEGIN LABEL ----`.
fn find_mark<'a>(text: &'a str, word: &str) -> Option<Mark<'a>> {
    text.match_indices(word).find_map(|(start, _)| {
        let dashes_end = text[..start].trim_end_matches(' ');
        let before = dashes_end.trim_end_matches('-');
        let (label, after) = text[start + word.len()..].split_once(DASHES)?;
        let is_mark = dashes_end.ends_with(DASHES) && !label.contains('\n');
        is_mark.then(|| Mark {
            before,
            label: label.trim(),
            after: after.trim_start_matches('-'),
        })
    })
}

/// Reads the key in a block.
pub(super) fn read(block: &Block<'_>) -> Result<Found, Refusal> {
    match block.label {
        "SSH2 PUBLIC KEY" => read_rfc4716(block.body),
        "PUBLIC KEY" => from_pem(pem::read_spki(&pem_bytes(block.body))),
        "RSA PUBLIC KEY" => from_pem(pem::read_pkcs1(&pem_bytes(block.body))),
        label if label.contains("CERTIFICATE") => Err(unsupported("This is an X.509 certificate.")),
        label if label.starts_with("PGP") => Err(unsupported("This is a PGP key.")),
        _ => Err(Refusal::because(
            Code::KeyNotAKey,
            "It is a PEM block, but not of a public key.",
        )),
    }
}

fn unsupported(words: &str) -> Refusal {
    Refusal::because(Code::KeyUnsupported, words)
}

/// Reads the body of RFC 4716 §3.3: header lines, which may go on after a backslash, then base64.
fn read_rfc4716(body: &str) -> Result<Found, Refusal> {
    let mut comment = String::new();
    let mut base64 = String::new();
    // CR LF, or worse, leaves empty lines: nothing stands on them in this form.
    let lines = body.lines().map(str::trim);
    let mut lines = lines.filter(|line| !line.is_empty());
    while let Some(line) = lines.next() {
        // No colon occurs in base64.
        let Some((tag, value)) = line.split_once(':') else {
            base64.push_str(line);
            base64.push('\n');
            continue;
        };
        let value = continued(value, &mut lines);
        if tag.eq_ignore_ascii_case("comment") {
            unquoted(value.trim()).clone_into(&mut comment);
        }
    }
    let gathered = gather(base64.trim(), Joints::Spaces)?;
    Ok(Found {
        key: wire::judge(&gathered.bytes)?,
        comment,
        repairs: vec![Repair::FromRfc4716],
    })
}

/// A header's value with the lines it goes on in (RFC 4716 §3.3.1).
fn continued<'a>(value: &str, lines: &mut impl Iterator<Item = &'a str>) -> String {
    let mut whole = value.to_owned();
    while let Some(kept) = whole.strip_suffix('\\') {
        whole = format!("{kept}{}", lines.next().unwrap_or_default());
    }
    whole
}

/// A comment without its quotation marks (RFC 4716 §3.3.2).
fn unquoted(value: &str) -> &str {
    let inside = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inside.unwrap_or(value)
}

/// The bytes of a PEM body; spaces and line ends mean nothing in it.
fn pem_bytes(body: &str) -> Vec<u8> {
    let base64: String = body
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '=')
        .collect();
    wire::decode_base64(&base64)
}

fn from_pem(encoded: Result<Vec<u8>, Refusal>) -> Result<Found, Refusal> {
    Ok(Found {
        key: wire::judge(&encoded?)?,
        comment: String::new(),
        repairs: vec![Repair::FromPem],
    })
}

//! Gathering the base64 of one key from a text, across line ends, up to where the key itself ends.
//!
//! The key says how long it is (see `wire`), so neither a comment nor the next line is ever taken for a part of it.

use std::ops::{Range, RangeInclusive};

use super::one_line::QUOTES;
use super::wire::{self, Extent};
use super::{Refusal, Repair};
use crate::check::Code;

/// The lengths a word may have. Shorter ones are as likely the last characters of a key.
const WORD: RangeInclusive<usize> = 3..=16;

/// Where the pieces of a key may be joined.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Joints {
    /// Only at line ends: after a space a comment may stand, and it can look just like a piece.
    LineEnds,
    /// At any space: there is no comment, because marks show where the key ends.
    Spaces,
}

/// The data of one key, gathered from the text.
pub(super) struct Gathered {
    pub(super) bytes: Vec<u8>,
    pub(super) repairs: Vec<Repair>,
    /// How far it reaches into the text.
    pub(super) end: usize,
}

/// Gathers the data of the key at the beginning of the text, across the joints, up to where the key itself ends.
pub(super) fn gather(text: &str, joints: Joints) -> Result<Gathered, Refusal> {
    let first = base64_run(text);
    let mut base64 = first.to_owned();
    let mut end = first.len();
    let mut pieces = 1;
    let bytes = loop {
        match wire::extent_of_base64(&base64) {
            Extent::Complete(bytes) => break bytes,
            Extent::Unsupported(words) => {
                return Err(Refusal::because(Code::KeyUnsupported, words));
            }
            Extent::NotAKey => return Err(Refusal::plain(Code::KeyNotAKey)),
            Extent::Short { needed, exactly } => {
                // Measuring again before this much is there would find the same, only more slowly.
                while base64.len() < wire::base64_length(needed) {
                    let Some(piece) = next_piece(&text[end..], joints) else {
                        return Err(cut_off(base64.len(), needed, exactly, &text[end..]));
                    };
                    base64.push_str(&text[end..][piece.clone()]);
                    end += piece.end;
                    pieces += 1;
                }
            }
        }
    };
    let length = wire::base64_length(bytes);
    if base64.len() > length {
        return Err(Refusal::because(
            Code::KeyNotAKey,
            "Something was added at the end of the key, without a space.",
        ));
    }
    let padding = text[end..].len() - text[end..].trim_start_matches('=').len();
    let padding_is_right = (length + padding).is_multiple_of(4) && padding < 3;
    let repairs = [
        (pieces > 1).then_some(Repair::Joined(pieces)),
        (!padding_is_right).then_some(Repair::Padding),
    ];
    Ok(Gathered {
        bytes: wire::decode_base64(&base64),
        repairs: repairs.into_iter().flatten().collect(),
        end: end + padding,
    })
}

fn cut_off(there: usize, needed: usize, exactly: bool, rest: &str) -> Refusal {
    let needed = wire::base64_length(needed);
    let missing = needed.saturating_sub(there);
    let mut detail = if exactly {
        format!("Missing: {missing} of the {needed} characters after the type.")
    } else {
        format!("Missing: at least {missing} characters.")
    };
    let gap = &rest[..rest.len() - rest.trim_start().len()];
    if !gap.contains('\n') && next_piece(rest, Joints::Spaces).is_some() {
        detail.push_str(" Or there is a space in the middle.");
    }
    Refusal::because(Code::KeyCutOff, detail)
}

/// Where the next piece of the key is, if what follows can be one.
fn next_piece(text: &str, joints: Joints) -> Option<Range<usize>> {
    let gap = text.len() - text.trim_start().len();
    let piece = base64_run(&text[gap..]);
    let after = text[gap + piece.len()..].trim_start_matches('=');
    let stands_alone =
        after.is_empty() || after.starts_with(char::is_whitespace) || after.starts_with(QUOTES);
    let may_join = match joints {
        Joints::LineEnds => text[..gap].contains('\n') && !is_a_word(piece),
        Joints::Spaces => gap > 0,
    };
    (may_join && stands_alone && !piece.is_empty()).then_some(gap..gap + piece.len())
}

/// Whether this reads like a word or a name, such as a comment that slid to the next line (`coalesce`, `Laptop2`),
/// rather than like a piece of base64. Taking one for the end of a key that was cut off would make another key of
/// it; taking the end of a wrapped key for a word only makes the user copy it again.
fn is_a_word(piece: &str) -> bool {
    let without_number = piece.trim_end_matches(|last: char| last.is_ascii_digit());
    let rest = without_number
        .strip_prefix(|first: char| first.is_ascii_uppercase())
        .unwrap_or(without_number);
    WORD.contains(&piece.len()) && rest.bytes().all(|byte| byte.is_ascii_lowercase())
}

pub(super) fn base64_run(text: &str) -> &str {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    let length = text.bytes().take_while(|byte| is_base64(*byte)).count();
    &text[..length]
}

//! From bytes to text, and from text to text without anything invisible. Every buffer is wiped: what is in it may
//! yet turn out to be private.

use zeroize::Zeroizing;

use super::Repair;
use crate::text::is_harmful;

/// The text in the bytes of a file.
pub(super) struct Decoded {
    pub(super) text: Zeroizing<String>,
    pub(super) repair: Option<Repair>,
    /// Whether some of the bytes are no text.
    pub(super) lossy: bool,
}

/// A text without invisible characters and without the marks of an e-mail reply.
pub(super) struct Cleaned {
    pub(super) text: Zeroizing<String>,
    pub(super) repairs: Vec<Repair>,
}

/// Reads bytes as UTF-16 if they look like it, otherwise as UTF-8. Bytes that fit neither, such as a comment in
/// an old Windows code page, become replacement characters.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    match utf16_units(bytes) {
        Some(units) => decode_utf16(bytes.len(), units),
        None => decode_utf8(bytes),
    }
}

fn decode_utf8(bytes: &[u8]) -> Decoded {
    // Each bad byte becomes U+FFFD, three bytes in UTF-8. Nothing may grow: growing leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().saturating_mul(3)));
    let mut lossy = false;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
            lossy = true;
        }
    }
    Decoded {
        text,
        repair: None,
        lossy,
    }
}

fn decode_utf16(length: usize, units: impl Iterator<Item = u16>) -> Decoded {
    // A UTF-16 unit of two bytes takes at most three in UTF-8.
    let mut text = Zeroizing::new(String::with_capacity(length.saturating_mul(2)));
    let mut lossy = false;
    for character in char::decode_utf16(units) {
        lossy |= character.is_err();
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Decoded {
        text,
        repair: Some(Repair::Utf16),
        lossy,
    }
}

/// The UTF-16 units, if the bytes begin with its byte order mark, or with an ASCII character in it: Windows
/// PowerShell's `>` and Notepad's "Unicode" write little-endian with a mark.
fn utf16_units(bytes: &[u8]) -> Option<Box<dyn Iterator<Item = u16> + '_>> {
    let pairs = bytes.chunks_exact(2);
    match bytes {
        [0xff, 0xfe, ..] | [1..=0x7f, 0, 1..=0x7f, 0, ..] => Some(Box::new(
            pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])),
        )),
        [0xfe, 0xff, ..] | [0, 1..=0x7f, 0, 1..=0x7f, ..] => Some(Box::new(
            pairs.map(|pair| u16::from_be_bytes([pair[0], pair[1]])),
        )),
        _ => None,
    }
}

/// Leaves only visible characters, plain spaces and `\n`.
pub(super) fn clean(text: &str) -> Cleaned {
    // Every character is kept, dropped, or replaced by a shorter one: the capacity is enough.
    let mut cleaned = Zeroizing::new(String::with_capacity(text.len()));
    let mut invisible = false;
    let mut marked = false;
    let mut at_line_start = true;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for character in text.chars() {
        let plain = match character {
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            ' ' | '\t' => Some(' '),
            '>' if at_line_start => {
                marked = true;
                None
            }
            other if other.is_whitespace() => {
                invisible = true;
                Some(' ')
            }
            other if is_harmful(other) => {
                invisible = true;
                None
            }
            other => Some(other),
        };
        let Some(plain) = plain else { continue };
        at_line_start = plain == '\n' || (at_line_start && plain == ' ');
        cleaned.push(plain);
    }
    let repairs = [
        invisible.then_some(Repair::InvisibleCharacters),
        marked.then_some(Repair::ReplyMarks),
    ];
    Cleaned {
        text: cleaned,
        repairs: repairs.into_iter().flatten().collect(),
    }
}

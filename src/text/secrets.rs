//! Hides secrets that are in use wherever a text becomes printable, in whatever encoding somebody gives them back.
//!
//! A secret is registered before it leaves this machine. Kept of it are salted hashes of short pieces ("windows") in
//! the forms it can take: as it is, backwards, in hexadecimal and in Base64. A text is looked at as it is and with its
//! escapes undone, round after round; whatever holds a window is replaced. Letter case and everything between letters
//! and digits are ignored, so spaces or punctuation between the letters hide nothing.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{PoisonError, RwLock};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;

mod unescape;

use unescape::Glyph;

/// What a reader sees in place of a secret.
pub const HIDDEN: &str = "[hidden]";

/// A piece of a secret of this many letters and digits is hidden; of a short secret half its length, but never fewer
/// than `SHORTEST` unless it has no more. Pieces of ordinary words stay readable.
const LONGEST: usize = 12;
const SHORTEST: usize = 8;

/// So often escapes may be nested before a text is hidden as a whole. Nobody honest gets near it.
const ROUNDS: usize = 8;

/// Base64 of fewer characters holds no piece that is hidden.
const LEAST_BASE64: usize = 10;

static IN_USE: RwLock<Vec<Secret>> = RwLock::new(Vec::new());

struct Secret {
    salt: RandomState,
    /// So that the same secret is registered once.
    whole: u64,
    forms: Vec<Form>,
}

/// One form a secret can take, as the hashes of its windows.
struct Form {
    width: usize,
    windows: HashSet<u64>,
}

/// Hides this secret from here on, in every text that becomes printable.
pub fn hide(secret: &str) {
    let mut in_use = IN_USE.write().unwrap_or_else(PoisonError::into_inner);
    let is_known = in_use
        .iter()
        .any(|known| known.salt.hash_one(secret.as_bytes()) == known.whole);
    if !is_known && !secret.is_empty() {
        in_use.push(Secret::new(secret));
    }
}

/// Whether there is anything to hide.
pub(super) fn are_in_use() -> bool {
    let in_use = IN_USE.read().unwrap_or_else(PoisonError::into_inner);
    !in_use.is_empty()
}

/// The text without any secret that is in use.
pub(super) fn masked(text: &str) -> String {
    let in_use = IN_USE.read().unwrap_or_else(PoisonError::into_inner);
    without(&in_use, text)
}

fn without(secrets: &[Secret], text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut shown = vec![true; characters.len()];
    let mut hide_in = |glyphs: &[Glyph]| {
        for secret in secrets {
            secret.hide_in(glyphs, &mut shown);
        }
    };
    let mut glyphs = unescape::as_written(&characters);
    for round in 0..=ROUNDS {
        hide_in(&glyphs);
        for decoded in unescape::from_base64(&glyphs, LEAST_BASE64) {
            hide_in(&decoded);
            // What was inside may have been escaped once more.
            if let Some(inner) = unescape::once(&decoded) {
                hide_in(&inner);
            }
        }
        if let Some(decoded) = unescape::from_numbers(&glyphs) {
            hide_in(&decoded);
        }
        match unescape::once(&glyphs) {
            None => break,
            Some(_) if round == ROUNDS => return HIDDEN.to_owned(),
            Some(next) => glyphs = next,
        }
    }
    replaced(&characters, &mut shown)
}

/// The text with one mark for each part that is hidden. The letters next to such a part go with it: they are what is
/// left of the same word.
fn replaced(characters: &[char], shown: &mut [bool]) -> String {
    for at in 1..shown.len() {
        shown[at] &= shown[at - 1] || !belongs_to_word(characters[at]);
    }
    for at in (1..shown.len()).rev() {
        shown[at - 1] &= shown[at] || !belongs_to_word(characters[at - 1]);
    }
    let mut text = String::new();
    let mut was_shown = true;
    for (character, &is_shown) in characters.iter().zip(&*shown) {
        if is_shown {
            text.push(*character);
        } else if was_shown {
            text.push_str(HIDDEN);
        }
        was_shown = is_shown;
    }
    text
}

fn belongs_to_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || "+=_-%\\#;&".contains(character)
}

impl Secret {
    fn new(secret: &str) -> Self {
        let salt = RandomState::new();
        let plain = folded(secret.chars());
        let letters = plain.len();
        let width = (letters / 2).clamp(SHORTEST, LONGEST).min(letters).max(1);
        let mut backwards = plain.clone();
        backwards.reverse();
        let digits =
            |byte: u8| [byte >> 4, byte & 0xf].map(|digit| char::from_digit(digit.into(), 16));
        let hexadecimal = folded(secret.bytes().flat_map(digits).flatten());
        let mut forms = vec![
            Form::new(&salt, &plain, width),
            Form::new(&salt, &backwards, width),
            Form::new(&salt, &hexadecimal, width * 2),
        ];
        forms.extend((0..3).map(|before| {
            let base64 = base64_behind(secret.as_bytes(), before);
            Form::new(&salt, &folded(base64.chars()), width.max(LEAST_BASE64))
        }));
        Self {
            whole: salt.hash_one(secret.as_bytes()),
            forms,
            salt,
        }
    }

    /// Marks what must not be shown.
    fn hide_in(&self, glyphs: &[Glyph], shown: &mut [bool]) {
        let kept: Vec<(u8, &Glyph)> = glyphs
            .iter()
            .filter_map(|glyph| Some((fold(glyph.character)?, glyph)))
            .collect();
        let letters: Vec<u8> = kept.iter().map(|(letter, _)| *letter).collect();
        for form in &self.forms {
            for (start, window) in letters.windows(form.width).enumerate() {
                if form.windows.contains(&self.salt.hash_one(window)) {
                    let (first, last) = (kept[start].1, kept[start + form.width - 1].1);
                    let (from, to) = (first.from.min(last.from), first.to.max(last.to));
                    shown[from..to].fill(false);
                }
            }
        }
    }
}

impl Form {
    fn new(salt: &RandomState, letters: &[u8], width: usize) -> Self {
        let width = width.min(letters.len()).max(1);
        Self {
            width,
            windows: letters
                .windows(width)
                .map(|window| salt.hash_one(window))
                .collect(),
        }
    }
}

/// The Base64 of bytes that stand behind as many others, without the characters that depend on their neighbours.
fn base64_behind(bytes: &[u8], before: usize) -> String {
    let all = [&[0; 3][..before], bytes].concat();
    let text = BASE64_STANDARD_NO_PAD.encode(&all);
    let from = (before * 8).div_ceil(6);
    let to = all.len() * 8 / 6;
    text.get(from..to).unwrap_or_default().to_owned()
}

fn folded(text: impl Iterator<Item = char>) -> Vec<u8> {
    text.filter_map(fold).collect()
}

/// A letter or a digit as it is compared; nothing for what stands between them.
fn fold(character: char) -> Option<u8> {
    let narrow = match u32::from(character) {
        // Fullwidth forms look like the letters they stand for.
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0)?,
        _ => character,
    };
    let is_compared = narrow.is_ascii_alphanumeric();
    is_compared.then(|| u8::try_from(narrow.to_ascii_lowercase()).ok())?
}

#[cfg(test)]
mod tests;

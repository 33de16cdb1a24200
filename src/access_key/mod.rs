//! Taking in a public key: parse, repair, refuse, inspect.
//!
//! Whatever is pasted is first checked for private material, which wins over everything else. Then any form in
//! which people hold a public key becomes the one OpenSSH line Bitbucket takes, and says what was repaired.
//!
//! No [`Refusal`] ever quotes the text it refuses, except a public key that could be read from it.

mod armour;
pub mod control_key;
mod encoding;
mod gather;
mod look_alike;
mod one_line;
mod pem;
mod plain_text;
mod private;
mod repair;
mod wire;

#[cfg(test)]
mod tests;

use ssh_key::public::KeyData;
use ssh_key::{EcdsaCurve, HashAlg, PublicKey};
use zeroize::Zeroizing;

pub use repair::Repair;

use crate::check::Code;
use crate::text::harmless;

/// The longest text that is searched for a key. The longest key Bitbucket could take, RSA of 16384 bits, is one
/// line of under 3 KiB; what is far beyond that is some other file.
const LONGEST_TEXT: usize = 64 * 1024;

/// As much of a comment as is kept, in characters.
const LONGEST_COMMENT: usize = 200;

/// How many encodings may lie over each other, such as a JSON string in a link.
const ENCODINGS_AT_MOST: usize = 3;

/// The longest word of a comment that can't be a key itself.
const LONGEST_PLAIN_WORD: usize = 32;

/// A public key that Bitbucket takes as an access key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    key: PublicKey,
    repairs: Vec<Repair>,
}

/// A text that is not a key to use, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The cause.
    pub code: Code,
    /// More about this case, safe to print.
    pub detail: Option<String>,
}

impl Refusal {
    fn plain(code: Code) -> Self {
        Self { code, detail: None }
    }

    fn because(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: Some(detail.into()),
        }
    }
}

/// A key as it was found in a text, before anything is said about the text around it.
#[derive(Debug)]
struct Found {
    key: KeyData,
    comment: String,
    repairs: Vec<Repair>,
}

/// Whether a text holds a private key, or part of one, as it is or encoded: it must be refused wherever it turns up.
pub fn is_private(text: &str) -> bool {
    holds_private(&plain_text::clean(text).text)
}

fn holds_private(cleaned: &str) -> bool {
    // What is longer is refused in any case.
    let may_be_encoded = cleaned.len() <= LONGEST_TEXT;
    let mut encodings = encoding::ENCODINGS.iter();
    private::is_private(cleaned)
        || may_be_encoded
            && encodings
                .any(|(_, undo)| undo(cleaned).is_some_and(|text| private::is_private(&text)))
}

impl AccessKey {
    /// Reads a public key from a paste.
    ///
    /// Every copy made on the way is wiped from memory. The text itself stays the caller's; hand it to
    /// [`AccessKey::take_in`] to have it wiped too.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        match Self::of_clean_line(text) {
            Some(key) => Ok(key),
            None => Self::search(text),
        }
    }

    /// Reads the line that a key makes of itself ([`AccessKey::line`]). Thousands of them are in a file of saved connections, so this
    /// is the short way to what the search would find; none for any other text.
    fn of_clean_line(line: &str) -> Option<Self> {
        let mut words = line.splitn(3, ' ');
        let (algorithm, base64) = (words.next()?, words.next()?);
        let comment = words.next().unwrap_or_default();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte);
        let is_word = |word: &str| word.len() <= LONGEST_PLAIN_WORD && word.bytes().all(is_plain);
        if line.len() > LONGEST_TEXT || !comment.split(' ').all(is_word) {
            return None;
        }
        let key = wire::judge(&wire::decode_strictly(base64)?).ok()?;
        let key = Self::from_found(Found {
            key,
            comment: comment.to_owned(),
            repairs: Vec::new(),
        });
        // A comment that looks private was left out, so it is not the same.
        let is_itself = key.algorithm() == algorithm && key.comment() == comment;
        is_itself.then_some(key)
    }

    /// Reads back a line that was written as [`AccessKey::line`], and nothing else: the type, the Base64 just as doorkey writes
    /// it, and the rest as the comment, whatever that looks like. A paste is searched for a key; what was saved is not.
    pub fn from_line(line: &str) -> Option<Self> {
        let mut words = line.splitn(3, ' ');
        let (algorithm, base64) = (words.next()?, words.next()?);
        let comment = words.next().unwrap_or_default();
        if line.len() > LONGEST_TEXT || line.contains(['\n', '\r']) {
            return None;
        }
        let key = wire::judge(&wire::decode_strictly(base64)?).ok()?;
        let key = Self::from_found(Found {
            key,
            comment: comment.to_owned(),
            repairs: Vec::new(),
        });
        let is_itself = key.bare_line() == line[..line.len() - comment.len()].trim_end();
        (is_itself && key.algorithm() == algorithm).then_some(key)
    }

    fn search(text: &str) -> Result<Self, Refusal> {
        let cleaned = plain_text::clean(text);
        // Before anything is said of the rest of the text, which may be another kind of key.
        if holds_private(&cleaned.text) {
            return Err(Refusal::plain(Code::KeyPrivate));
        }
        if text.len() > LONGEST_TEXT {
            return Err(Refusal::because(
                Code::KeyNotAKey,
                "It is longer than 64 KB; a public key is one line.",
            ));
        }
        let text = cleaned.text.trim();
        if text.is_empty() {
            return Err(Refusal::plain(Code::KeyEmpty));
        }
        let mut found = find_decoded(text, ENCODINGS_AT_MOST)?;
        found.repairs.extend(cleaned.repairs);
        Ok(Self::from_found(found))
    }

    /// Reads a public key from the bytes of a file: UTF-8 or, as Windows programs write it, UTF-16.
    pub fn read_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        if private::is_private_binary(bytes) {
            return Err(Refusal::plain(Code::KeyPrivate));
        }
        let decoded = plain_text::decode(bytes);
        match Self::read(&decoded.text) {
            Ok(mut key) => {
                key.add_repairs(decoded.repair);
                Ok(key)
            }
            Err(refusal) if decoded.lossy && refusal == Refusal::plain(Code::KeyNotAKey) => {
                Err(Refusal::because(Code::KeyNotAKey, "It is not text."))
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// Takes a paste over, reads the public key in it, and wipes the paste whatever came out.
    ///
    /// What this can't wipe: copies made before, by the terminal, the clipboard, or the string growing as it was
    /// typed, and pages the system swapped out.
    pub fn take_in(text: Zeroizing<String>) -> Result<Self, Refusal> {
        let reading = Self::read(&text);
        drop(text);
        reading
    }

    /// Takes the bytes of a file over, reads the public key in them, and wipes them whatever came out.
    /// The limits are those of [`AccessKey::take_in`].
    pub fn take_in_bytes(bytes: Zeroizing<Vec<u8>>) -> Result<Self, Refusal> {
        let reading = Self::read_bytes(&bytes);
        drop(bytes);
        reading
    }

    /// The algorithm's name in SSH, such as `ssh-ed25519`.
    pub fn algorithm(&self) -> String {
        self.key.algorithm().as_str().to_owned()
    }

    /// The key's length in bits.
    pub fn bits(&self) -> u32 {
        bits(self.key.key_data())
    }

    /// The fingerprint, such as `SHA256:voNIiiVQT0…`.
    pub fn fingerprint(&self) -> String {
        self.key.fingerprint(HashAlg::Sha256).to_string()
    }

    /// The comment, made safe to print; empty if there is none.
    pub fn comment(&self) -> &str {
        self.key.comment().as_str_lossy()
    }

    /// The key on one clean line, comment included.
    pub fn line(&self) -> String {
        wire::line(self.key.key_data(), self.comment())
    }

    /// The key on one line, of letters, digits, dashes and the signs of Base64 only: without its comment.
    pub fn bare_line(&self) -> String {
        wire::line(self.key.key_data(), "")
    }

    /// What was put right while reading it, each once.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// The same key, with what was put right forgotten: what is kept of it is as clean as its line.
    #[must_use]
    pub fn without_repairs(mut self) -> Self {
        self.repairs.clear();
        self
    }

    /// The key itself. Compare keys by its `key_data()`: `==` includes the comment.
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// Whether the other is the same key, whatever its comment and repairs.
    pub fn is_same_key(&self, other: &AccessKey) -> bool {
        self.key.key_data() == other.key.key_data()
    }

    fn from_found(found: Found) -> Self {
        let mut comment = harmless(&found.comment, LONGEST_COMMENT);
        // Cut to its length, a word may look like private material that was none before.
        if private::is_private(&comment) {
            comment.clear();
        }
        let mut key = Self {
            key: PublicKey::new(found.key, comment),
            repairs: Vec::new(),
        };
        key.add_repairs(found.repairs);
        key
    }

    /// Keeps the repairs in the order of [`Repair::ALL`], each once.
    fn add_repairs(&mut self, repairs: impl IntoIterator<Item = Repair>) {
        self.repairs.extend(repairs);
        self.repairs.sort_unstable();
        self.repairs.dedup();
    }
}

/// The key's length as people name it. ssh-key counts an RSA modulus in whole bytes; this counts its bits.
fn bits(key: &KeyData) -> u32 {
    match key {
        KeyData::Rsa(rsa) => wire::rsa_bits(rsa),
        KeyData::Ecdsa(ecdsa) => match ecdsa.curve() {
            EcdsaCurve::NistP256 => 256,
            EcdsaCurve::NistP384 => 384,
            EcdsaCurve::NistP521 => 521,
        },
        // Only Ed25519 is left: no other type passes `wire::judge`.
        _ => 256,
    }
}

/// The key in the text, as it is or once encodings around it are undone, at most so many over each other.
fn find_decoded(text: &str, at_most: usize) -> Result<Found, Refusal> {
    let refusal = match find_keys(text).and_then(the_only_one) {
        Ok(found) => return Ok(found),
        Err(refusal) => refusal,
    };
    let may_be_encoded = matches!(
        refusal.code,
        Code::KeyNotAKey | Code::KeyCutOff | Code::KeyPrefixMissing
    );
    if at_most == 0 || !may_be_encoded {
        return Err(refusal);
    }
    // Of a key that is encoded and cut off, what is missing can be told only from the decoded text.
    let mut better = None;
    for (repair, undo) in encoding::ENCODINGS {
        let Some(undone) = undo(text) else { continue };
        let undone = plain_text::clean(&undone);
        if private::is_private(&undone.text) {
            return Err(Refusal::plain(Code::KeyPrivate));
        }
        match find_decoded(undone.text.trim(), at_most - 1) {
            Ok(mut found) => {
                found
                    .repairs
                    .extend(repair.into_iter().chain(undone.repairs));
                return Ok(found);
            }
            Err(private) if private.code == Code::KeyPrivate => return Err(private),
            Err(told) if told.code != Code::KeyNotAKey && told != refusal => {
                better = better.or(Some(told));
            }
            Err(_) => {}
        }
    }
    Err(better.unwrap_or(refusal))
}

/// Every key in the text, read or refused. An error if there is nothing like a key in it.
fn find_keys(text: &str) -> Result<Vec<Result<Found, Refusal>>, Refusal> {
    let armoured = armour::split(text);
    let mut keys: Vec<_> = armoured.blocks.iter().map(armour::read).collect();
    keys.extend(one_line::find(&armoured.rest));
    if keys.is_empty() {
        keys.extend(
            one_line::find_without_type(&armoured.rest)
                .into_iter()
                .map(Err),
        );
    }
    if keys.is_empty() {
        return Err(look_alike::refuse(text));
    }
    let has_text_around = !armoured.blocks.is_empty() && !armoured.rest.trim().is_empty();
    if let (true, [Ok(key)]) = (has_text_around, keys.as_mut_slice()) {
        key.repairs.push(Repair::TextAround);
    }
    Ok(keys)
}

/// The key, if all that were found are the same one.
fn the_only_one(mut keys: Vec<Result<Found, Refusal>>) -> Result<Found, Refusal> {
    if keys.len() <= 1 {
        return keys
            .pop()
            .unwrap_or_else(|| Err(Refusal::plain(Code::KeyNotAKey)));
    }
    let several = Refusal::because(Code::KeySeveral, format!("{} keys were found.", keys.len()));
    let Ok(mut first) = keys.swap_remove(0) else {
        return Err(several);
    };
    let is_first = |key: &Result<Found, Refusal>| matches!(key, Ok(key) if key.key == first.key);
    if !keys.iter().all(is_first) {
        return Err(several);
    }
    first.repairs.push(Repair::Repeated);
    Ok(first)
}

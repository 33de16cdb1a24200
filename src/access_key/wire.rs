//! The binary form of a public key inside the base64 (RFC 4253 §6.6): how long it must be, and whether it will do.
//!
//! The form says its own length, field by field. So doorkey knows where a key ends without trusting the text
//! around it, and how much of it is missing.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ssh_key::PublicKey;
use ssh_key::encoding::Encode as _;
use ssh_key::public::{KeyData, RsaPublicKey};

use super::Refusal;
use crate::check::Code;

/// Every binary key begins with the length of its type's name, three bytes of which are zero.
pub(super) const FIRST_CHARACTERS: &str = "AAAA";

/// The shortest RSA key Bitbucket takes (Atlassian: "Use access keys"; Data Center's default is the same).
const SHORTEST_RSA: u32 = 2048;

/// The longest RSA key OpenSSH takes (`OPENSSL_RSA_MAX_MODULUS_BITS`).
const LONGEST_RSA: u32 = 16_384;

/// The longest field that is still read: four times the longest RSA modulus, so that a key which is too long is
/// called too long, and a length that is only noise does not make doorkey wait for the rest.
const LONGEST_FIELD: usize = 4 * LONGEST_RSA as usize / 8;

/// The longest name of a type (RFC 4251 §6).
const LONGEST_NAME: usize = 64;

/// The types Bitbucket takes, and how many fields follow the name (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4).
const SUPPORTED: [(&str, usize); 5] = [
    ("ssh-ed25519", 1),
    ("ssh-rsa", 2),
    ("ecdsa-sha2-nistp256", 2),
    ("ecdsa-sha2-nistp384", 2),
    ("ecdsa-sha2-nistp521", 2),
];

/// Types Bitbucket does not take, and what to call them. The first that fits the end or the beginning counts.
const UNSUPPORTED: [(&str, &str); 7] = [
    ("-cert-v01@openssh.com", "This is an SSH certificate."),
    ("sk-ssh-", "This key lives on a security key (FIDO)."),
    ("sk-ecdsa-", "This key lives on a security key (FIDO)."),
    ("webauthn-sk-", "This key lives on a security key (FIDO)."),
    ("ssh-dss", "This is a DSA key. SSH no longer uses them."),
    ("ssh-ed448", "This is an Ed448 key."),
    ("ssh-xmss", "This is an XMSS key."),
];

/// Base64 as it comes: with, without or with half its padding, and whatever is in the bits that don't count.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// How much of the beginning of some bytes is a key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The key takes this many bytes, and they are there.
    Complete(usize),
    /// The key takes at least this many bytes, or exactly, and they are not there.
    Short { needed: usize, exactly: bool },
    /// A type Bitbucket does not take, in words.
    Unsupported(&'static str),
    /// Not a key.
    NotAKey,
}

/// Whether this is the name of a type of key.
pub(super) fn is_type_name(name: &str) -> bool {
    fields_of(name).is_some() || unsupported(name).is_some()
}

/// What to say of a type Bitbucket does not take.
pub(super) fn unsupported(name: &str) -> Option<&'static str> {
    UNSUPPORTED
        .iter()
        .find(|(part, _)| name.ends_with(part) || name.starts_with(part))
        .map(|(_, words)| *words)
}

fn fields_of(name: &str) -> Option<usize> {
    SUPPORTED
        .iter()
        .find(|(supported, _)| *supported == name)
        .map(|(_, fields)| *fields)
}

/// Measures the key at the beginning of the bytes.
pub(super) fn extent(bytes: &[u8]) -> Extent {
    let mut end = 0;
    let name = match field(bytes, &mut end, LONGEST_NAME) {
        Ok(name) => name,
        Err(extent) => return extent,
    };
    let Ok(name) = std::str::from_utf8(name) else {
        return Extent::NotAKey;
    };
    let Some(fields) = fields_of(name) else {
        return unsupported(name).map_or(Extent::NotAKey, Extent::Unsupported);
    };
    for left in (0..fields).rev() {
        match field(bytes, &mut end, LONGEST_FIELD) {
            Ok(_) => {}
            Err(Extent::Short { needed, exactly }) => {
                return Extent::Short {
                    needed,
                    exactly: exactly && left == 0,
                };
            }
            Err(extent) => return extent,
        }
    }
    Extent::Complete(end)
}

/// Reads a field: its length in four bytes, then that many bytes (RFC 4251 §5, `string`).
fn field<'a>(bytes: &'a [u8], end: &mut usize, longest: usize) -> Result<&'a [u8], Extent> {
    let start = *end + 4;
    let Some(&[a, b, c, d]) = bytes.get(*end..start) else {
        return Err(Extent::Short {
            needed: start,
            exactly: false,
        });
    };
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    if length > longest {
        return Err(Extent::NotAKey);
    }
    *end = start + length;
    bytes.get(start..*end).ok_or(Extent::Short {
        needed: *end,
        exactly: true,
    })
}

/// Measures the key at the beginning of a base64 text, of which the last characters may be missing.
pub(super) fn extent_of_base64(base64: &str) -> Extent {
    extent(&decode_base64(base64))
}

/// Decodes base64 without padding; a single character left over at the end says nothing and is passed over.
pub(super) fn decode_base64(base64: &str) -> Vec<u8> {
    let whole = base64.len() - usize::from(base64.len() % 4 == 1);
    let start = base64.get(..whole).unwrap_or_default();
    LENIENT.decode(start).unwrap_or_default()
}

/// Decodes base64 that is just as it is written here, padding and all.
pub(super) fn decode_strictly(base64: &str) -> Option<Vec<u8>> {
    base64::prelude::BASE64_STANDARD.decode(base64).ok()
}

/// How many base64 characters, padding aside, hold this many bytes.
pub(super) const fn base64_length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// Judges a key that is all there: well-formed, of a type Bitbucket takes, and long enough.
pub(super) fn judge(bytes: &[u8]) -> Result<KeyData, Refusal> {
    let key = PublicKey::from_bytes(bytes)
        .map(KeyData::from)
        .map_err(|_| damaged())?;
    match &key {
        KeyData::Rsa(rsa) => judge_rsa(rsa)?,
        KeyData::Ed25519(_) | KeyData::Ecdsa(_) => {}
        _ => return Err(Refusal::plain(Code::KeyUnsupported)),
    }
    Ok(key)
}

fn judge_rsa(key: &RsaPublicKey) -> Result<(), Refusal> {
    let bits = rsa_bits(key);
    if bits < SHORTEST_RSA {
        let detail = format!("It has {bits} bits.");
        return Err(Refusal::because(Code::KeyTooShort, detail));
    }
    if bits > LONGEST_RSA {
        let detail = format!("This RSA key has {bits} bits; SSH takes at most {LONGEST_RSA}.");
        return Err(Refusal::because(Code::KeyUnsupported, detail));
    }
    // A product of two large primes is odd, and so is an exponent that has an inverse (RFC 8017 §3.1).
    let is_odd = |number: &[u8]| number.last().is_some_and(|byte| byte & 1 == 1);
    if is_odd(key.n().as_bytes()) && is_odd(key.e().as_bytes()) {
        Ok(())
    } else {
        Err(damaged())
    }
}

fn damaged() -> Refusal {
    Refusal::because(
        Code::KeyNotAKey,
        "It has the shape of a key, but what is inside makes no sense.",
    )
}

/// The length of an RSA modulus in bits.
pub(super) fn rsa_bits(key: &RsaPublicKey) -> u32 {
    let modulus = key.n().as_positive_bytes().unwrap_or_default();
    let zeros = modulus.first().map_or(0, |byte| byte.leading_zeros());
    u32::try_from(modulus.len() * 8)
        .unwrap_or(u32::MAX)
        .saturating_sub(zeros)
}

/// The one line Bitbucket takes: type, base64 and, if there is one, the comment.
pub(super) fn line(key: &KeyData, comment: &str) -> String {
    let algorithm = key.algorithm();
    // Encoding into memory can't fail for a key that was decoded.
    let bytes = key.encode_vec().unwrap_or_default();
    let base64 = base64::prelude::BASE64_STANDARD.encode(bytes);
    let line = format!("{} {base64} {comment}", algorithm.as_str());
    line.trim_end().to_owned()
}

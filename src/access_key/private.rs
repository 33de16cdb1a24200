//! Recognising private keys, whole or cut off, in any of the forms they are kept in.
//!
//! When in doubt a text counts as private: then it is refused and wiped, and the right key can still be pasted.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use zeroize::Zeroizing;

/// Signs of private material, to be sought in text from which spaces and line ends were taken out.
const SIGNS: [&str; 6] = [
    // PuTTY, whatever the version: PPK files always hold the private half.
    "PuTTY-User-Key-File-",
    "Private-Lines:",
    "Private-MAC:",
    // The body of an OpenSSH private key: base64 of "openssh-key-v1" (PROTOCOL.key).
    "b3BlbnNzaC1rZXktdjE",
    // age.
    "AGE-SECRET-KEY-",
    // SSH protocol 1.
    "SSHPRIVATEKEYFILEFORMAT",
];

/// What an OpenSSH private key begins with, decoded (PROTOCOL.key).
const OPENSSH_MAGIC: &[u8] = b"openssh-key-v1\0";

/// How the object identifiers of password-based encryption begin, in DER (RFC 8018 A.4).
const PKCS_5: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05];

/// How much of a word is decoded to see what it holds, in base64 characters. A multiple of four; a PEM header or
/// the outer structure of a DER private key fits in.
const LOOK_AT: usize = 88;

/// The longest name between `BEGIN` and `PRIVATE KEY`, as in `BEGIN SSH2 ENCRYPTED PRIVATE KEY`.
const LONGEST_KIND: usize = 24;

/// Whether the text holds a private key or a part of one that can be recognised.
pub(super) fn is_private(text: &str) -> bool {
    let squeezed = squeeze(text);
    SIGNS.iter().any(|sign| squeezed.contains(sign))
        || has_private_armour(&squeezed)
        || is_private_jwk(&squeezed)
        || text.split([' ', '\n', '"', '\'']).any(decodes_to_private)
}

/// The same for bytes that need not be text, such as a key in DER.
pub(super) fn is_private_binary(bytes: &[u8]) -> bool {
    is_private_der(bytes)
        || contains(bytes, OPENSSH_MAGIC)
        || contains(bytes, b"SSH PRIVATE KEY FILE FORMAT")
        || contains(bytes, b"PRIVATE KEY-----")
}

/// Takes out spaces and line ends, so that no wrapping hides a sign, and makes every dash a `-`: word processors
/// make long ones of two short ones.
fn squeeze(text: &str) -> Zeroizing<String> {
    let mut squeezed = Zeroizing::new(String::with_capacity(text.len()));
    let visible = text.chars().filter(|character| !character.is_whitespace());
    squeezed.extend(visible.map(|character| match character {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other => other,
    }));
    squeezed
}

/// `-----BEGIN … PRIVATE KEY-----` and its like, also without the dashes, without the end or without the beginning.
fn has_private_armour(squeezed: &str) -> bool {
    squeezed.match_indices("PRIVATEKEY").any(|(start, found)| {
        let before = &squeezed.as_bytes()[..start];
        let kind_and_begin = &before[before.len().saturating_sub(LONGEST_KIND)..];
        squeezed[start + found.len()..].starts_with("--")
            || contains(kind_and_begin, b"BEGIN")
            || contains(kind_and_begin, b"END")
    })
}

/// A JSON Web Key with its private part (RFC 7518 §6.2.2, §6.3.2).
fn is_private_jwk(squeezed: &str) -> bool {
    squeezed.contains("\"kty\":") && squeezed.contains("\"d\":\"")
}

/// A private key whose header was lost, or one that was encoded twice, as secrets in CI and Kubernetes are.
fn decodes_to_private(word: &str) -> bool {
    let length = word.len().min(LOOK_AT) / 4 * 4;
    // No private key is this short; and words of prose need not be decoded.
    if length < 16 {
        return false;
    }
    let mut decoded = Zeroizing::new([0; LOOK_AT]);
    let Some(start) = word.as_bytes().get(..length) else {
        return false;
    };
    match BASE64_STANDARD_NO_PAD.decode_slice(start, decoded.as_mut_slice()) {
        Ok(length) => {
            is_private_der(&decoded[..length]) || contains(&decoded[..length], b"PRIVATE KEY")
        }
        Err(_) => false,
    }
}

/// Whether this is the beginning of a private key in DER: its version comes first, 0 in PKCS#8 (RFC 5208) and PKCS#1
/// (RFC 8017 A.1.2), 1 in SEC 1 (RFC 5915) and newer PKCS#8 (RFC 5958), 3 in PKCS#12 (RFC 7292); or the algorithm
/// does, in encrypted PKCS#8. Public keys begin otherwise.
fn is_private_der(bytes: &[u8]) -> bool {
    let Some(inside) = inside_sequence(bytes) else {
        return false;
    };
    matches!(inside, [0x02, 0x01, 0 | 1 | 3, ..])
        || inside_sequence(inside).is_some_and(|algorithm| algorithm.starts_with(PKCS_5))
}

/// What follows the header of an ASN.1 SEQUENCE, whole or not.
fn inside_sequence(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [0x30, 0x81, _, inside @ ..]
        | [0x30, 0x82, _, _, inside @ ..]
        | [0x30, 0..=0x7f, inside @ ..] => Some(inside),
        _ => None,
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

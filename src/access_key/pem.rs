//! Public keys in DER, as PEM holds them: `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7) and PKCS#1 (RFC 8017 A.1.1).
//!
//! Both become the SSH form, which `wire` then judges like any other.

use spki::der::asn1::{AnyRef, UintRef};
use spki::der::{Decode as _, Error, ErrorKind, Reader as _, SliceReader};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};
use ssh_key::Mpint;
use ssh_key::encoding::Encode as _;
use ssh_key::public::{EcdsaPublicKey, Ed25519PublicKey, KeyData, RsaPublicKey};

use super::Refusal;
use crate::check::Code;

/// RFC 8017 A.1.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// RFC 5480 §2.1.1.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// RFC 8410 §3.
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// RFC 3279 §2.3.2.
const DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");

/// The curves SSH uses (RFC 5656 §10.1), with the bytes of one coordinate.
const CURVES: [(ObjectIdentifier, usize); 3] = [
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), 32),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), 48),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), 66),
];

/// The SSH form of the key in a `PUBLIC KEY` block.
pub(super) fn read_spki(der: &[u8]) -> Result<Vec<u8>, Refusal> {
    let spki = SubjectPublicKeyInfoRef::from_der(der).map_err(refuse)?;
    let bits = spki.subject_public_key.as_bytes().unwrap_or_default();
    match spki.algorithm.oid {
        RSA => read_pkcs1(bits),
        EC => read_point(spki.algorithm.parameters, bits),
        ED25519 => {
            let key = Ed25519PublicKey::try_from(bits).map_err(|_| damaged())?;
            encode(&KeyData::Ed25519(key))
        }
        DSA => Err(unsupported("This is a DSA key. SSH no longer uses them.")),
        _ => Err(unsupported("This type of key is not used in SSH.")),
    }
}

/// The SSH form of the key in an `RSA PUBLIC KEY` block.
pub(super) fn read_pkcs1(der: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut reader = SliceReader::new(der).map_err(refuse)?;
    let (modulus, exponent) = reader
        .sequence(|inside| Ok::<_, Error>((UintRef::decode(inside)?, UintRef::decode(inside)?)))
        .map_err(refuse)?;
    let number = |value: UintRef<'_>| Mpint::from_positive_bytes(value.as_bytes());
    let key = RsaPublicKey::new(number(exponent), number(modulus)).map_err(|_| damaged())?;
    encode(&KeyData::Rsa(key))
}

/// A point on a curve that is named in the parameters (RFC 5480 §2.1.1.1). SSH wants it uncompressed.
fn read_point(curve: Option<AnyRef<'_>>, point: &[u8]) -> Result<Vec<u8>, Refusal> {
    let curve = curve.and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok());
    let coordinate = CURVES
        .iter()
        .find(|(oid, _)| Some(*oid) == curve)
        .map(|(_, bytes)| *bytes)
        .ok_or_else(|| unsupported("This curve is not used in SSH."))?;
    if point.len() != 1 + 2 * coordinate {
        return Err(damaged());
    }
    let key = EcdsaPublicKey::from_sec1_bytes(point).map_err(|_| damaged())?;
    encode(&KeyData::Ecdsa(key))
}

fn encode(key: &KeyData) -> Result<Vec<u8>, Refusal> {
    key.encode_vec().map_err(|_| damaged())
}

fn unsupported(words: &str) -> Refusal {
    Refusal::because(Code::KeyUnsupported, words)
}

fn damaged() -> Refusal {
    Refusal::because(
        Code::KeyNotAKey,
        "It is a PEM block, but what is in it makes no sense.",
    )
}

fn refuse(error: Error) -> Refusal {
    match error.kind() {
        ErrorKind::Incomplete { .. } => {
            Refusal::because(Code::KeyCutOff, "The block ends too early.")
        }
        _ => damaged(),
    }
}

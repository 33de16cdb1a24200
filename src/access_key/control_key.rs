//! The control key: a fresh key of the same kind, which nobody can have added anywhere. A server that accepts it
//! accepts any key, and then its answer about the real key says nothing.

use ssh_key::private::{EcdsaKeypair, Ed25519Keypair};
use ssh_key::public::{EcdsaPublicKey, KeyData, RsaPublicKey};
use ssh_key::rand_core::CryptoRng;
use ssh_key::{Error, Mpint, PublicKey};

use super::{AccessKey, bits};

/// The exponent nearly every RSA key has.
const F4: [u8; 3] = [0x01, 0x00, 0x01];

/// A fresh key of the same type and length. `random` is the operating system's, or a test's.
pub fn control_key<R>(like: &AccessKey, random: &mut R) -> Result<PublicKey, Error>
where
    R: CryptoRng + ?Sized,
{
    let key = match like.public_key().key_data() {
        KeyData::Ecdsa(key) => {
            let pair = EcdsaKeypair::random(random, key.curve())?;
            KeyData::Ecdsa(EcdsaPublicKey::from(&pair))
        }
        key @ KeyData::Rsa(_) => KeyData::Rsa(rsa(bits(key), random)?),
        _ => KeyData::Ed25519(Ed25519Keypair::random(random).public),
    };
    Ok(PublicKey::from(key))
}

/// A random odd number in place of a modulus. It need not be the product of two primes: only the public half is
/// ever sent, no signature is ever made, and a real pair of 4096 bits would take seconds to find. To a server it is
/// a key like any other.
fn rsa<R: CryptoRng + ?Sized>(bits: u32, random: &mut R) -> Result<RsaPublicKey, Error> {
    let mut modulus = vec![0; bits.div_ceil(8) as usize];
    random.fill_bytes(&mut modulus);
    let unused = bits.next_multiple_of(8) - bits;
    if let Some(first) = modulus.first_mut() {
        *first = (*first | 0x80) >> unused;
    }
    if let Some(last) = modulus.last_mut() {
        *last |= 1;
    }
    RsaPublicKey::new(
        Mpint::from_positive_bytes(&F4),
        Mpint::from_positive_bytes(&modulus),
    )
}

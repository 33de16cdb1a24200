//! What a server says before anybody is logged in, read beside russh.
//!
//! russh reports an acceptance without the key that the server named in it, and leaves out methods it does not know. So the
//! bytes that russh has received and verified are deciphered here once more, with the keys that it tells, to compare the
//! accepted key with the one that was asked about. Nothing is sent. What can't be followed is lost for good, and then no
//! acceptance counts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aes::{Aes128, Aes192, Aes256};
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use ring::aead::chacha20_poly1305_openssh as chacha;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::digest;
use russh::{Names, cipher, kex, mac};
use zeroize::Zeroizing;

/// The length in front of each packet.
const LENGTH: usize = 4;

/// The longest packet that is followed (RFC 4253 section 6.1 asks for 35,000).
const LONGEST_PACKET: usize = 256 << 10;

/// As much is kept of what can't be read yet.
const KEPT: usize = 2 * LONGEST_PACKET;

/// How many acceptances are kept between two questions: one is usual.
const ACCEPTANCES_KEPT: usize = 8;

const SERVICE_ACCEPT: u8 = 6;
const EXT_INFO: u8 = 7;
const KEXINIT: u8 = 20;
const NEWKEYS: u8 = 21;
const USERAUTH_FAILURE: u8 = 51;
const USERAUTH_PK_OK: u8 = 60;

/// The key exchanges that are offered where questions are asked: russh's usual ones without mlkem768x25519-sha256, whose
/// secret it does not tell whole. A question holds nothing that has to stay secret.
pub(super) const KEY_EXCHANGES: &[kex::Name] = &[
    kex::CURVE25519,
    kex::CURVE25519_PRE_RFC_8731,
    kex::DH_GEX_SHA256,
    kex::DH_G18_SHA512,
    kex::DH_G17_SHA512,
    kex::DH_G16_SHA512,
    kex::DH_G15_SHA512,
    kex::DH_G14_SHA256,
    kex::EXTENSION_SUPPORT_AS_CLIENT,
    kex::EXTENSION_OPENSSH_STRICT_KEX_AS_CLIENT,
];

/// Listens to one connection; clones share what was heard.
#[derive(Clone, Default)]
pub(super) struct Overheard(Arc<Mutex<Listener>>);

/// Which signatures the server has announced (RFC 8308 section 3.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Announced {
    /// None, so far.
    #[default]
    Nothing,
    /// These algorithms, as the server wrote them.
    Signatures(String),
    /// What it said could not be followed.
    Unknown,
}

impl Announced {
    /// Whether an RSA key can sign here in a way that clients still use. OpenSSH 8.8 and later refuse to use an RSA key where
    /// nothing says so.
    pub(super) fn takes_rsa_sha2(&self) -> bool {
        match self {
            Announced::Nothing => false,
            Announced::Signatures(names) => {
                names.split(',').any(|name| name.starts_with("rsa-sha2-"))
            }
            Announced::Unknown => true,
        }
    }

    /// Whether the server may take an RSA key's older signature, with SHA-1.
    pub(super) fn may_take_sha1(&self) -> bool {
        match self {
            Announced::Nothing => true,
            Announced::Signatures(names) => names.split(',').any(|name| name == "ssh-rsa"),
            Announced::Unknown => false,
        }
    }
}

/// What was said since the last question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The blob of each key that the server said it would accept.
    pub(super) accepted: Vec<Vec<u8>>,
    /// The methods of a refusal, as the server wrote them.
    pub(super) methods: Option<String>,
    /// Whether the refusal speaks of a success in part, which nothing unsigned can have.
    pub(super) in_part: bool,
}

impl Overheard {
    /// Takes in what was received.
    pub(super) fn feed(&self, bytes: &[u8]) {
        self.locked().feed(bytes);
    }

    /// Takes in what was agreed in the key exchange.
    pub(super) fn agreed(&self, names: &Names, secret: &[u8]) {
        let secret = Zeroizing::new(secret.to_vec());
        self.locked().agreed = Some((names.clone(), secret));
    }

    /// Deciphers what came since the key exchange, and what is to come.
    pub(super) fn understand(&self, session_id: &[u8]) {
        self.locked().understand(session_id);
    }

    /// A question is about to be asked: what was said before is no answer to it.
    pub(super) fn before_question(&self) {
        self.locked().said = Said::default();
    }

    /// What was said since. None if it could not be followed.
    pub(super) fn said(&self) -> Option<Said> {
        let listener = self.locked();
        let is_followed = matches!(listener.stage, Stage::Ciphered(_));
        is_followed.then(|| listener.said.clone())
    }

    /// Whether the server has opened the service for logging in, so that a question can have reached it. None if that is
    /// not known.
    pub(super) fn is_open_for_questions(&self) -> Option<bool> {
        let listener = self.locked();
        matches!(listener.stage, Stage::Ciphered(_)).then_some(listener.is_open)
    }

    /// Which signatures the server has announced. It does so right after the key exchange, so before it answers anything.
    pub(super) fn announced(&self) -> Announced {
        let listener = self.locked();
        match listener.stage {
            Stage::Ciphered(_) => listener.announced.clone(),
            _ => Announced::Unknown,
        }
    }

    /// Listens no longer.
    pub(super) fn stop(&self) {
        self.locked().lose();
    }

    fn locked(&self) -> MutexGuard<'_, Listener> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Default)]
struct Listener {
    stage: Stage,
    /// What came and was not read yet.
    unread: Vec<u8>,
    /// How many packets were read since the last agreement on keys that counts them anew.
    packets: u32,
    agreed: Option<(Names, Zeroizing<Vec<u8>>)>,
    is_open: bool,
    announced: Announced,
    said: Said,
}

#[derive(Default)]
enum Stage {
    /// Lines, the last of which is the identification.
    #[default]
    Lines,
    /// Packets in clear text.
    Clear,
    /// Packets that can't be read yet.
    Sealed,
    Ciphered(Box<Cipher>),
    /// It can't be followed.
    Lost,
}

impl Listener {
    fn lose(&mut self) {
        self.stage = Stage::Lost;
        self.agreed = None;
        self.unread = Vec::new();
        self.said = Said::default();
    }

    fn feed(&mut self, bytes: &[u8]) {
        if matches!(self.stage, Stage::Lost) {
            return;
        }
        self.unread.extend_from_slice(bytes);
        self.read();
        if self.unread.len() > KEPT {
            self.lose();
        }
    }

    fn understand(&mut self, session_id: &[u8]) {
        let cipher = match (&self.stage, &self.agreed) {
            (Stage::Sealed, Some((names, secret))) => Cipher::new(names, secret, session_id),
            _ => None,
        };
        let strict = self
            .agreed
            .take()
            .is_some_and(|(names, _)| names.strict_kex());
        match cipher {
            None => self.lose(),
            Some(cipher) => {
                if strict {
                    self.packets = 0;
                }
                self.stage = Stage::Ciphered(Box::new(cipher));
                self.read();
            }
        }
    }

    /// Reads all that came whole.
    fn read(&mut self) {
        loop {
            let read = match &mut self.stage {
                Stage::Lines => take_identification(&mut self.unread).map(|()| None),
                Stage::Clear => take_clear_packet(&mut self.unread),
                Stage::Ciphered(cipher) => cipher.take_packet(&mut self.unread, self.packets),
                Stage::Sealed | Stage::Lost => return,
            };
            match read {
                Ok(Some(payload)) => {
                    self.packets = self.packets.wrapping_add(1);
                    self.hear(&payload);
                }
                Ok(None) if matches!(self.stage, Stage::Lines) => self.stage = Stage::Clear,
                Ok(None) => {}
                Err(Unread::More) => return,
                Err(Unread::Never) => return self.lose(),
            }
        }
    }

    fn hear(&mut self, payload: &[u8]) {
        let mut fields = Fields(payload.get(1..).unwrap_or_default());
        match (&self.stage, payload.first()) {
            (Stage::Clear, Some(&NEWKEYS)) => self.stage = Stage::Sealed,
            // New keys are about to be agreed on.
            (Stage::Ciphered(_), Some(&KEXINIT)) => self.lose(),
            (Stage::Ciphered(_), Some(&SERVICE_ACCEPT)) => self.is_open = true,
            (Stage::Ciphered(_), Some(&EXT_INFO)) => {
                if let Some(names) = signature_algorithms(fields) {
                    self.announced = Announced::Signatures(names);
                }
            }
            (Stage::Ciphered(_), Some(&USERAUTH_PK_OK)) => {
                let key = fields.string().and_then(|_algorithm| fields.string());
                if self.said.accepted.len() < ACCEPTANCES_KEPT {
                    let key = key.unwrap_or_default();
                    self.said.accepted.push(key.to_vec());
                }
            }
            (Stage::Ciphered(_), Some(&USERAUTH_FAILURE)) => {
                let methods = fields.string().map(String::from_utf8_lossy);
                self.said.methods = methods.map(std::borrow::Cow::into_owned);
                self.said.in_part = fields.0.first().is_some_and(|in_part| *in_part != 0);
            }
            _ => {}
        }
    }
}

/// The value of `server-sig-algs` among a server's extensions (RFC 8308 section 2.3).
fn signature_algorithms(mut fields: Fields<'_>) -> Option<String> {
    let count = fields.number()?;
    for _ in 0..count {
        let (name, value) = (fields.string()?, fields.string()?);
        if name == b"server-sig-algs" {
            return Some(String::from_utf8_lossy(value).into_owned());
        }
    }
    None
}

/// Why a packet could not be taken.
enum Unread {
    /// It has not come whole.
    More,
    /// It makes no sense.
    Never,
}

/// A packet's payload, or what was no packet.
type Taken = Result<Option<Vec<u8>>, Unread>;

/// Takes lines up to the identification, as russh does (RFC 4253 section 4.2).
fn take_identification(unread: &mut Vec<u8>) -> Result<(), Unread> {
    loop {
        let Some(end) = unread.iter().position(|byte| *byte == b'\n') else {
            return Err(Unread::More);
        };
        let line: Vec<u8> = unread.drain(..=end).collect();
        if line.starts_with(b"SSH-2.0-") || line.starts_with(b"SSH-1.99-") {
            return Ok(());
        }
    }
}

fn take_clear_packet(unread: &mut Vec<u8>) -> Taken {
    let length = length_of(unread.get(..LENGTH))?;
    let packet = take(unread, LENGTH + length)?;
    Ok(Some(payload(&packet[LENGTH..])))
}

/// What a packet's length says, if it may be one.
fn length_of(bytes: Option<&[u8]>) -> Result<usize, Unread> {
    let bytes = bytes.and_then(|bytes| <[u8; LENGTH]>::try_from(bytes).ok());
    let length = u32::from_be_bytes(bytes.ok_or(Unread::More)?);
    match usize::try_from(length) {
        Ok(length) if length <= LONGEST_PACKET => Ok(length),
        _ => Err(Unread::Never),
    }
}

/// Takes so many bytes, if there are as many.
fn take(unread: &mut Vec<u8>, count: usize) -> Result<Vec<u8>, Unread> {
    if unread.len() < count {
        return Err(Unread::More);
    }
    Ok(unread.drain(..count).collect())
}

/// What a packet holds between the length of its padding and the padding.
fn payload(packet: &[u8]) -> Vec<u8> {
    let padding = packet.first().copied().map_or(0, usize::from);
    let end = packet.len().saturating_sub(padding);
    packet.get(1..end).unwrap_or_default().to_vec()
}

/// What is still to be read of a message (RFC 4251 section 5).
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk::<LENGTH>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }
}

/// How the server's packets are deciphered. What russh has passed on, it has authenticated before.
#[allow(
    clippy::large_enum_variant,
    reason = "there is one for each connection, and it does not move"
)]
enum Cipher {
    ChaCha(chacha::OpeningKey),
    Gcm {
        key: LessSafeKey,
        nonce: [u8; 12],
    },
    Ctr {
        keystream: Box<dyn StreamCipher + Send>,
        /// How long the code is that authenticates each packet.
        code: usize,
        /// Whether the length stands in clear text.
        clear_length: bool,
        /// The length of the packet that is coming, once it is deciphered.
        length: Option<usize>,
    },
}

impl Cipher {
    /// None for what is not offered where questions are asked.
    fn new(names: &Names, secret: &[u8], session_id: &[u8]) -> Option<Self> {
        let keys = Keys {
            hash: hash_of(names.kex)?,
            secret: mpint(secret),
            session_id,
        };
        let ctr = |keystream: Box<dyn StreamCipher + Send>| {
            let (code, clear_length) = match names.server_mac {
                mac::HMAC_SHA256 => (32, false),
                mac::HMAC_SHA512 => (64, false),
                mac::HMAC_SHA256_ETM => (32, true),
                mac::HMAC_SHA512_ETM => (64, true),
                _ => return None,
            };
            Some(Self::Ctr {
                keystream,
                code,
                clear_length,
                length: None,
            })
        };
        match names.cipher {
            cipher::CHACHA20_POLY1305 => {
                let key = keys.derive(b'D', chacha::KEY_LEN);
                let key = <&[u8; chacha::KEY_LEN]>::try_from(key.as_slice()).ok()?;
                Some(Self::ChaCha(chacha::OpeningKey::new(key)))
            }
            cipher::AES_256_GCM => {
                let key = keys.derive(b'D', AES_256_GCM.key_len());
                let key = UnboundKey::new(&AES_256_GCM, &key).ok()?;
                let nonce = keys.derive(b'B', 12);
                Some(Self::Gcm {
                    key: LessSafeKey::new(key),
                    nonce: nonce.as_slice().try_into().ok()?,
                })
            }
            cipher::AES_256_CTR => ctr(keys.keystream::<Ctr128BE<Aes256>>(32)?),
            cipher::AES_192_CTR => ctr(keys.keystream::<Ctr128BE<Aes192>>(24)?),
            cipher::AES_128_CTR => ctr(keys.keystream::<Ctr128BE<Aes128>>(16)?),
            _ => None,
        }
    }

    fn take_packet(&mut self, unread: &mut Vec<u8>, number: u32) -> Taken {
        let packet = match self {
            Cipher::ChaCha(key) => {
                let Some(start) = unread.first_chunk::<LENGTH>() else {
                    return Err(Unread::More);
                };
                let length = length_of(Some(&key.decrypt_packet_length(number, *start)))?;
                let mut packet = take(unread, LENGTH + length + chacha::TAG_LEN)?;
                let (sealed, tag) = packet.split_at_mut(LENGTH + length);
                let tag = <&[u8; chacha::TAG_LEN]>::try_from(&*tag);
                let opened = key.open_in_place(number, sealed, tag.map_err(|_| Unread::Never)?);
                opened.map_err(|_| Unread::Never)?.to_vec()
            }
            Cipher::Gcm { key, nonce } => {
                let length = length_of(unread.get(..LENGTH))?;
                let mut packet = take(unread, LENGTH + length + AES_256_GCM.tag_len())?;
                let (start, sealed) = packet.split_at_mut(LENGTH);
                let used = Nonce::assume_unique_for_key(*nonce);
                next(nonce);
                let opened = key.open_in_place(used, Aad::from(&*start), sealed);
                opened.map_err(|_| Unread::Never)?.to_vec()
            }
            Cipher::Ctr {
                keystream,
                code,
                clear_length,
                length,
            } => {
                let known = if let Some(known) = *length {
                    known
                } else {
                    let Some(start) = unread.first_chunk_mut::<LENGTH>() else {
                        return Err(Unread::More);
                    };
                    if !*clear_length {
                        keystream.apply_keystream(start);
                    }
                    *length.insert(length_of(Some(start))?)
                };
                let mut packet = take(unread, LENGTH + known + *code)?;
                *length = None;
                packet.truncate(LENGTH + known);
                let mut packet = packet.split_off(LENGTH);
                keystream.apply_keystream(&mut packet);
                packet
            }
        };
        Ok(Some(payload(&packet)))
    }
}

/// The last eight bytes count the packets (RFC 5647 section 7.1).
fn next(nonce: &mut [u8; 12]) {
    if let Some(counter) = nonce.last_chunk_mut::<8>() {
        *counter = u64::from_be_bytes(*counter).wrapping_add(1).to_be_bytes();
    }
}

/// What keys are derived from (RFC 4253 section 7.2). In a session's first key exchange its hash is the session's name.
struct Keys<'a> {
    hash: &'static digest::Algorithm,
    secret: Zeroizing<Vec<u8>>,
    session_id: &'a [u8],
}

impl Keys<'_> {
    fn derive(&self, letter: u8, length: usize) -> Zeroizing<Vec<u8>> {
        let mut key = Zeroizing::new(Vec::new());
        let mut input = [&*self.secret, self.session_id, &[letter], self.session_id].concat();
        while key.len() < length {
            key.extend_from_slice(digest::digest(self.hash, &input).as_ref());
            input = [&*self.secret, self.session_id, &key].concat();
        }
        key.truncate(length);
        key
    }

    fn keystream<C: KeyIvInit + StreamCipher + Send + 'static>(
        &self,
        length: usize,
    ) -> Option<Box<dyn StreamCipher + Send>> {
        let (key, start) = (self.derive(b'D', length), self.derive(b'B', 16));
        let keystream = C::new_from_slices(&key, &start).ok()?;
        Some(Box::new(keystream))
    }
}

fn hash_of(exchange: kex::Name) -> Option<&'static digest::Algorithm> {
    match exchange {
        kex::CURVE25519
        | kex::CURVE25519_PRE_RFC_8731
        | kex::DH_GEX_SHA256
        | kex::DH_G14_SHA256 => Some(&digest::SHA256),
        kex::DH_G15_SHA512 | kex::DH_G16_SHA512 | kex::DH_G17_SHA512 | kex::DH_G18_SHA512 => {
            Some(&digest::SHA512)
        }
        _ => None,
    }
}

/// A positive number as RFC 4251 section 5 writes it.
fn mpint(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let start = bytes.iter().position(|byte| *byte != 0);
    let digits = &bytes[start.unwrap_or(bytes.len())..];
    let sign: &[u8] = match digits.first() {
        Some(first) if *first >= 0x80 => &[0],
        _ => &[],
    };
    let length = u32::try_from(sign.len() + digits.len()).unwrap_or(u32::MAX);
    Zeroizing::new([&length.to_be_bytes(), sign, digits].concat())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use std::borrow::Cow;
    use std::time::Duration;

    use proptest::prelude::*;
    use russh::server::{self, Auth, PublicKeyOffer};
    use russh::{MethodKind, MethodSet, Preferred};
    use ssh_key::{Algorithm, PrivateKey, PublicKey};
    use tokio::net::{TcpListener, TcpStream};

    use super::super::{Exchanged, Peer};
    use super::*;
    use crate::bitbucket::Edition;
    use crate::check::HostKeyTrust;
    use crate::check::stage::key_query::Answer;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// Accepts one key.
    struct Doorkeeper(PublicKey);

    impl server::Handler for Doorkeeper {
        type Error = russh::Error;

        async fn auth_publickey_offered(
            &mut self,
            _user: &str,
            offer: PublicKeyOffer<'_>,
        ) -> Result<Auth, russh::Error> {
            Ok(if offer.public_key.key_data() == self.0.key_data() {
                Auth::Accept
            } else {
                Auth::reject()
            })
        }
    }

    fn new_key() -> PrivateKey {
        PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap()
    }

    /// What a server with these algorithms is heard to say about the key it knows, about another one, and about it again.
    async fn answers(preferred: Preferred) -> [Answer; 3] {
        let known = new_key().public_key().clone();
        let config = server::Config {
            keys: vec![new_key()],
            methods: MethodSet::from(&[MethodKind::PublicKey][..]),
            auth_rejection_time: Duration::ZERO,
            preferred,
            ..server::Config::default()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let doorkeeper = Doorkeeper(known.clone());
        let serving = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let session = server::run_stream(Arc::new(config), stream, doorkeeper).await;
            session.unwrap().await.ok();
        });
        let trust = HostKeyTrust {
            accept_new: true,
            ..HostKeyTrust::default()
        };
        let judge =
            Box::new(move |key: &_| trust.judge(Edition::DataCenter, "git.example.com", 7999, key));
        let stream = TcpStream::connect(address).await.unwrap();
        let peer = Peer::start(stream, vec![Algorithm::Ed25519], judge);
        let Exchanged::Session(mut session) = peer.exchange_keys(PATIENCE).await else {
            panic!("no session");
        };
        let stranger = new_key().public_key().clone();
        let answers = [
            session.would_accept("git", &known, PATIENCE).await,
            session.would_accept("git", &stranger, PATIENCE).await,
            session.would_accept("git", &known, PATIENCE).await,
        ];
        session.close().await;
        serving.await.unwrap();
        answers
    }

    #[tokio::test]
    async fn every_algorithm_on_offer_is_followed() {
        let strict = [
            kex::EXTENSION_SUPPORT_AS_SERVER,
            kex::EXTENSION_OPENSSH_STRICT_KEX_AS_SERVER,
        ];
        let usual = (cipher::CHACHA20_POLY1305, mac::HMAC_SHA256);
        let mut cases = Vec::new();
        for exchange in KEY_EXCHANGES {
            // The two longest groups take long without optimisation and differ in nothing else.
            let is_slow = [kex::DH_G17_SHA512, kex::DH_G18_SHA512].contains(exchange);
            if hash_of(*exchange).is_some() && !is_slow && *exchange != kex::DH_GEX_SHA256 {
                cases.push((*exchange, usual, true));
            }
        }
        for cipher in Preferred::DEFAULT.cipher.iter() {
            for mac in Preferred::DEFAULT.mac.iter() {
                for is_strict in [true, false] {
                    cases.push((kex::CURVE25519, (*cipher, *mac), is_strict));
                }
            }
        }
        for (exchange, (cipher, mac), is_strict) in cases {
            let markers = if is_strict { &strict[..] } else { &[] };
            let preferred = Preferred {
                kex: [&[exchange], markers].concat().into(),
                cipher: Cow::Owned(vec![cipher]),
                mac: Cow::Owned(vec![mac]),
                ..Preferred::DEFAULT
            };
            let case = format!("{exchange:?} {cipher:?} {mac:?} {is_strict}");
            let [known, stranger, again] = answers(preferred).await;
            assert_eq!(known, Answer::Accepted, "{case}");
            assert!(
                matches!(
                    stranger,
                    Answer::Refused {
                        takes_keys: true,
                        ..
                    }
                ),
                "{case}"
            );
            assert_eq!(again, Answer::Accepted, "{case}");
        }
    }

    /// What is offered and can't be followed would make every acceptance an unclear answer.
    #[test]
    fn nothing_is_offered_that_can_not_be_followed() {
        let is_marker = |name: &kex::Name| {
            let name = name.as_ref();
            name.starts_with("ext-info") || name.starts_with("kex-strict")
        };
        for exchange in KEY_EXCHANGES.iter().filter(|name| !is_marker(name)) {
            assert!(hash_of(*exchange).is_some(), "{exchange:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_in(bytes: Vec<u8>, lines in "(SSH-2.0-x\r\n)?.*", cut: usize) {
            let overheard = Overheard::default();
            let all = [lines.as_bytes(), &bytes].concat();
            let cut = cut.checked_rem(all.len()).unwrap_or(0);
            overheard.feed(&all[..cut]);
            overheard.feed(&all[cut..]);
            overheard.understand(b"no keys");
            overheard.feed(&bytes);
            prop_assert_eq!(overheard.said(), None);
        }

        #[test]
        fn not_more_is_kept_than_is_bounded(piece in 1_usize..100_000) {
            let overheard = Overheard::default();
            for _ in 0..40 {
                overheard.feed(&vec![b'x'; piece]);
                prop_assert!(overheard.locked().unread.len() <= KEPT);
            }
        }
    }
}

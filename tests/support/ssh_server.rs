//! An SSH server by hand: as far as a client that never logs in can get, and with every byte under a test's control,
//! the ones no well-behaved server would send included.
//!
//! One algorithm of each kind: curve25519-sha256 (RFC 8731), ssh-ed25519 (RFC 8709), aes256-gcm (RFC 5647 as OpenSSH
//! has it).

use std::io;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{self, EphemeralPrivateKey, UnparsedPublicKey, X25519};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair};
use ssh_key::public::{Ed25519PublicKey, KeyData};
use ssh_key::{HashAlg, PublicKey};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::wire::{Fields, Message};

pub(crate) const DISCONNECT: u8 = 1;
const SERVICE_REQUEST: u8 = 5;
const SERVICE_ACCEPT: u8 = 6;
const EXT_INFO: u8 = 7;
const KEXINIT: u8 = 20;
const NEWKEYS: u8 = 21;
const KEX_ECDH_INIT: u8 = 30;
const KEX_ECDH_REPLY: u8 = 31;
const USERAUTH_REQUEST: u8 = 50;
const USERAUTH_FAILURE: u8 = 51;
const USERAUTH_SUCCESS: u8 = 52;
const USERAUTH_BANNER: u8 = 53;
const USERAUTH_PK_OK: u8 = 60;

/// What the server says in clear text.
pub(crate) struct Manners {
    /// The identification line, with its end.
    pub(crate) identification: &'static str,
    /// The key exchange methods on offer.
    pub(crate) key_exchange: &'static str,
    /// Whether to sign the exchange wrongly, as somebody without the private host key would.
    pub(crate) forges_signature: bool,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            identification: "SSH-2.0-SSHD-CORE-by-hand\r\n",
            key_exchange: "curve25519-sha256",
            forges_signature: false,
        }
    }
}

/// An Ed25519 host key.
pub(crate) struct HostKey(Ed25519KeyPair);

impl HostKey {
    pub(crate) fn new() -> Self {
        let seed: [u8; 32] = rand::random();
        Self(Ed25519KeyPair::from_seed_unchecked(&seed).expect("a key"))
    }

    pub(crate) fn public(&self) -> PublicKey {
        let bytes = self.0.public_key().as_ref().try_into();
        PublicKey::from(KeyData::Ed25519(Ed25519PublicKey(bytes.expect("32 bytes"))))
    }

    pub(crate) fn fingerprint(&self) -> String {
        self.public().fingerprint(HashAlg::Sha256).to_string()
    }

    fn blob(&self) -> Vec<u8> {
        let key = Message::default().string("ssh-ed25519");
        key.string(self.0.public_key()).finish()
    }

    fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        let signature = Message::default().string("ssh-ed25519");
        signature.string(self.0.sign(bytes)).finish()
    }
}

/// A client's question about a key.
pub(crate) struct Query {
    pub(crate) user: String,
    pub(crate) algorithm: String,
    pub(crate) key: Vec<u8>,
    /// Whether there is a signature, that is, whether it is more than a question.
    pub(crate) is_signed: bool,
}

/// One connection.
pub(crate) struct Connection {
    stream: TcpStream,
    /// The keys for what is sent and for what is received, once they are exchanged.
    keys: Option<(Direction, Direction)>,
}

impl Connection {
    /// Greets and exchanges keys.
    pub(crate) async fn open(
        stream: TcpStream,
        manners: &Manners,
        host_key: &HostKey,
    ) -> io::Result<Self> {
        let mut connection = Self { stream, keys: None };
        let clients = connection.greet(manners).await?;
        connection.exchange(manners, host_key, &clients).await?;
        Ok(connection)
    }

    /// Exchanges identifications; returns the client's, without the line end.
    pub(crate) async fn greet(&mut self, manners: &Manners) -> io::Result<Vec<u8>> {
        self.stream
            .write_all(manners.identification.as_bytes())
            .await?;
        let mut line = Vec::new();
        while !line.ends_with(b"\n") {
            line.push(self.stream.read_u8().await?);
        }
        Ok(line.trim_ascii_end().to_vec())
    }

    /// A connection on which no keys were exchanged yet.
    pub(crate) fn in_clear_text(stream: TcpStream) -> Self {
        Self { stream, keys: None }
    }

    async fn exchange(
        &mut self,
        manners: &Manners,
        host_key: &HostKey,
        clients_identification: &[u8],
    ) -> io::Result<()> {
        let random = SystemRandom::new();
        let own_kexinit = kexinit(manners.key_exchange);
        self.send(&own_kexinit).await?;
        let clients_kexinit = self.receive_numbered(KEXINIT).await?;
        let clients_init = self.receive_numbered(KEX_ECDH_INIT).await?;
        let clients_half = Fields(&clients_init[1..]).string()?;

        let own_secret = EphemeralPrivateKey::generate(&X25519, &random).expect("a secret");
        let own_half = own_secret.compute_public_key().expect("its public half");
        let peer = UnparsedPublicKey::new(&X25519, clients_half);
        let shared = agreement::agree_ephemeral(own_secret, &peer, <[u8]>::to_vec);
        let shared = shared.map_err(|_| io::Error::other("no agreement"))?;
        let shared = Message::default().mpint(&shared).finish();

        // RFC 5656 section 4.
        let exchanged = Message::default()
            .string(clients_identification)
            .string(manners.identification.trim_end())
            .string(&clients_kexinit)
            .string(&own_kexinit)
            .string(host_key.blob())
            .string(clients_half)
            .string(&own_half)
            .bytes(&shared);
        let hash = digest(&SHA256, &exchanged.finish());
        let signed = if manners.forges_signature {
            b"something else"
        } else {
            hash.as_ref()
        };
        let reply = Message::new(KEX_ECDH_REPLY)
            .string(host_key.blob())
            .string(&own_half)
            .string(host_key.sign(signed));
        self.send(&reply.finish()).await?;
        self.send(&[NEWKEYS]).await?;
        self.receive_numbered(NEWKEYS).await?;

        // RFC 4253 section 7.2; the session's identifier is the hash of its first exchange.
        let derive = |letter: u8| {
            let input = [&shared, hash.as_ref(), &[letter], hash.as_ref()].concat();
            digest(&SHA256, &input).as_ref().to_vec()
        };
        let sending = Direction::new(&derive(b'D'), &derive(b'B'));
        let receiving = Direction::new(&derive(b'C'), &derive(b'A'));
        self.keys = Some((sending, receiving));
        Ok(())
    }

    /// Sends one packet (RFC 4253 section 6).
    pub(crate) async fn send(&mut self, payload: &[u8]) -> io::Result<()> {
        const BLOCK: usize = 16;
        // The encryption leaves the length out of the blocks.
        let outside = if self.keys.is_some() { 0 } else { 4 };
        let padding = BLOCK - (outside + 1 + payload.len()) % BLOCK;
        let padding = if padding < 4 {
            padding + BLOCK
        } else {
            padding
        };
        let length = u32::try_from(1 + payload.len() + padding).expect("a short packet");
        let length = length.to_be_bytes();
        let mut body = vec![u8::try_from(padding).expect("little padding")];
        body.extend_from_slice(payload);
        body.resize(body.len() + padding, 0);
        if let Some((sending, _)) = &mut self.keys {
            sending.seal(length, &mut body);
        }
        self.stream.write_all(&[&length[..], &body].concat()).await
    }

    /// Sends bytes as they are, outside of any packet.
    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Receives one packet's payload.
    pub(crate) async fn receive(&mut self) -> io::Result<Vec<u8>> {
        const LONGEST: u32 = 1 << 16;
        const TAG: u32 = 16;
        let length = self.stream.read_u32().await?;
        if length > LONGEST {
            return Err(io::Error::other("a giant packet"));
        }
        let tag = if self.keys.is_some() { TAG } else { 0 };
        let mut body = vec![0; (length + tag) as usize];
        self.stream.read_exact(&mut body).await?;
        if let Some((_, receiving)) = &mut self.keys {
            receiving.open(length.to_be_bytes(), &mut body)?;
        }
        let padding = usize::from(Fields(&body).byte()?);
        let payload = body.get(1..body.len().saturating_sub(padding));
        Ok(payload.unwrap_or_default().to_vec())
    }

    /// Receives the next message with this number; others are passed over.
    async fn receive_numbered(&mut self, number: u8) -> io::Result<Vec<u8>> {
        loop {
            let message = self.receive().await?;
            match message.first() {
                Some(first) if *first == number => return Ok(message),
                Some(&DISCONNECT) => return Err(io::ErrorKind::ConnectionAborted.into()),
                _ => {}
            }
        }
    }

    /// Says which signature algorithms are taken (RFC 8308 section 3.1).
    pub(crate) async fn take_signatures(&mut self, algorithms: &str) -> io::Result<()> {
        let extensions = Message::new(EXT_INFO).number(1);
        let message = extensions.string("server-sig-algs").string(algorithms);
        self.send(&message.finish()).await
    }

    /// Waits for a question about a key, and opens the login service for it when asked to.
    pub(crate) async fn query(&mut self) -> io::Result<Query> {
        loop {
            let message = self.receive().await?;
            match message.first() {
                Some(&SERVICE_REQUEST) => {
                    let accepted = Message::new(SERVICE_ACCEPT).string("ssh-userauth");
                    self.send(&accepted.finish()).await?;
                }
                Some(&USERAUTH_REQUEST) => return read_query(&message[1..]),
                Some(&DISCONNECT) => return Err(io::ErrorKind::ConnectionAborted.into()),
                _ => {}
            }
        }
    }

    /// Says that a key would be accepted.
    pub(crate) async fn accept(&mut self, query: &Query) -> io::Result<()> {
        self.accept_as(query, &query.algorithm).await
    }

    /// The same, naming another algorithm.
    pub(crate) async fn accept_as(&mut self, query: &Query, algorithm: &str) -> io::Result<()> {
        let message = Message::new(USERAUTH_PK_OK).string(algorithm);
        self.send(&message.string(&query.key).finish()).await
    }

    /// Refuses a key and names the ways that are left.
    pub(crate) async fn refuse(&mut self, methods: &str) -> io::Result<()> {
        let message = Message::new(USERAUTH_FAILURE).string(methods);
        self.send(&message.byte(0).finish()).await
    }

    /// Sends a text to be shown before the login (RFC 4252 section 5.4).
    pub(crate) async fn banner(&mut self, text: impl AsRef<[u8]>) -> io::Result<()> {
        let message = Message::new(USERAUTH_BANNER).string(text).string("");
        self.send(&message.finish()).await
    }

    /// Lets the client in.
    pub(crate) async fn let_in(&mut self) -> io::Result<()> {
        self.send(&[USERAUTH_SUCCESS]).await
    }

    /// Ends the session with words, and the connection with it.
    pub(crate) async fn disconnect(mut self, words: impl AsRef<[u8]>) -> io::Result<()> {
        const NO_MORE_AUTH_METHODS_AVAILABLE: u32 = 14;
        let message = Message::new(DISCONNECT).number(NO_MORE_AUTH_METHODS_AVAILABLE);
        self.send(&message.string(words).string("").finish())
            .await?;
        self.hang_up().await
    }

    /// Ends the connection without a word.
    pub(crate) async fn hang_up(self) -> io::Result<()> {
        super::peer::hang_up(self.stream).await
    }

    /// Waits for the client to end the connection.
    pub(crate) async fn until_the_client_leaves(&mut self) -> io::Result<()> {
        super::peer::until_the_client_leaves(&mut self.stream).await
    }
}

/// The keys for one direction.
struct Direction {
    key: LessSafeKey,
    nonce: [u8; 12],
}

impl Direction {
    fn new(key: &[u8], nonce: &[u8]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key).expect("a key of 32 bytes");
        Self {
            key: LessSafeKey::new(key),
            nonce: nonce[..12].try_into().expect("12 bytes"),
        }
    }

    /// The last eight bytes count the packets (RFC 5647 section 7.1).
    fn next_nonce(&mut self) -> Nonce {
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        let (_, counter) = self.nonce.split_at_mut(4);
        let count = u64::from_be_bytes(counter.try_into().expect("eight bytes"));
        counter.copy_from_slice(&count.wrapping_add(1).to_be_bytes());
        nonce
    }

    fn seal(&mut self, length: [u8; 4], body: &mut Vec<u8>) {
        let nonce = self.next_nonce();
        let sealed = self
            .key
            .seal_in_place_append_tag(nonce, Aad::from(length), body);
        sealed.expect("a packet of this size");
    }

    /// Decrypts in place and takes the tag away.
    fn open(&mut self, length: [u8; 4], body: &mut Vec<u8>) -> io::Result<()> {
        let nonce = self.next_nonce();
        let opened = self.key.open_in_place(nonce, Aad::from(length), body);
        let count = opened.map_err(|_| io::Error::other("garbled"))?.len();
        body.truncate(count);
        Ok(())
    }
}

/// RFC 4253 section 7.1.
fn kexinit(key_exchange: &str) -> Vec<u8> {
    let mut cookie = [0; 16];
    SystemRandom::new().fill(&mut cookie).expect("randomness");
    let mut message = Message::new(KEXINIT).bytes(&cookie);
    for names in [
        key_exchange,
        "ssh-ed25519",
        "aes256-gcm@openssh.com",
        "aes256-gcm@openssh.com",
        "hmac-sha2-256",
        "hmac-sha2-256",
        "none",
        "none",
        "",
        "",
    ] {
        message = message.string(names);
    }
    message.byte(0).number(0).finish()
}

/// RFC 4252 section 7.
fn read_query(message: &[u8]) -> io::Result<Query> {
    let mut fields = Fields(message);
    let user = fields.text()?;
    let _service = fields.string()?;
    if fields.text()? != "publickey" {
        return Err(io::Error::other("a question about something else"));
    }
    Ok(Query {
        user,
        is_signed: fields.byte()? != 0,
        algorithm: fields.text()?,
        key: fields.string()?.to_vec(),
    })
}

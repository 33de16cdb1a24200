//! Asking an SSH server whether it would accept a public key, holding no private key.
//!
//! RFC 4252 section 7: a `publickey` request without a signature is answered with `SSH_MSG_USERAUTH_PK_OK` when the key
//! is acceptable, `SSH_MSG_USERAUTH_FAILURE` when it is not. russh sends that query first and only then calls its
//! `Signer`, so a signer that always declines turns authentication into a pure query.

mod agent;
mod identity;
mod observer;
mod overheard;
mod tap;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use russh::client::{self, AuthResult};
use russh::keys::agent::AgentIdentity;
use russh::{Disconnect, MethodKind, Preferred, Signer};
use ssh_key::{Algorithm, HashAlg, PublicKey};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use self::observer::{Judge, Notes, Observer};
use self::overheard::Overheard;
use self::tap::{CutOnDrop, End, Heard, Tap};
use crate::check::HostKeyJudgement;
use crate::check::stage::key_query::Answer;
use crate::check::stage::ssh::HandshakeFailure;
use crate::text::in_seconds;

/// Ends sessions that a caller forgot: longer than any stage may take.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(60);

/// How long to look for the server's list of signature algorithms, which comes right after the key exchange if it comes
/// at all (RFC 8308 section 2.4). russh itself would wait for a second.
const EXTENSIONS_LIMIT: Duration = Duration::from_millis(50);

/// How long a goodbye may take to leave this machine.
const GOODBYE_LIMIT: Duration = Duration::from_millis(100);

/// A connection whose handshake is under way. Ends when dropped.
pub struct Peer {
    connecting: JoinHandle<Result<client::Handle<Observer>, russh::Error>>,
    tapped: tap::Tapped,
    notes: Notes,
    overheard: Overheard,
    cut: CutOnDrop,
}

/// What the key exchange came to.
pub enum Exchanged {
    /// The host key was judged and let through: the session can be asked.
    Session(Session),
    /// The host key was judged and not let through.
    HostKeyRefused(HostKeyJudgement),
    /// The exchange failed.
    Failed(HandshakeFailure),
}

impl Peer {
    /// Starts the handshake. Host keys are asked for in the order `preferred`, and the one that comes is put to `judge`.
    ///
    /// Any stream will do, so that what a server says can be tried without a socket.
    pub fn start<S>(stream: S, preferred: Vec<Algorithm>, judge: Judge) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let overheard = Overheard::default();
        let (tap, tapped, cut) = Tap::new(stream, overheard.clone());
        let notes = Notes::default();
        let observer = Observer::new(judge, notes.clone(), overheard.clone());
        let config = Arc::new(config(preferred));
        Self {
            connecting: tokio::spawn(client::connect_stream(config, tap, observer)),
            tapped,
            notes,
            overheard,
            cut,
        }
    }

    /// Waits for the server's identification line.
    pub async fn identification(&mut self, limit: Duration) -> Result<String, HandshakeFailure> {
        match timeout(limit, self.tapped.heard()).await {
            Ok(Some(Heard::Identification(identification))) => Ok(identification),
            Ok(Some(Heard::NotSsh(received))) => Err(HandshakeFailure::NotSsh(received)),
            Ok(None) => match (&mut self.connecting).await {
                Ok(Err(error)) => Err(self.failure(&error)),
                Ok(Ok(_)) | Err(_) => Err(HandshakeFailure::Closed(None)),
            },
            Err(_) => Err(HandshakeFailure::NoGreeting(limit, self.tapped.received())),
        }
    }

    /// Waits for the key exchange, in which the host key is judged.
    pub async fn exchange_keys(mut self, limit: Duration) -> Exchanged {
        let outcome = timeout(limit, &mut self.connecting).await;
        match outcome {
            Ok(Ok(Ok(handle))) => match self.notes.host_key() {
                Some(host_key) => {
                    let binding = handle.agent_session_binding();
                    let session_id = binding.map_or(&[][..], |binding| binding.session_id());
                    self.overheard.understand(session_id);
                    Exchanged::Session(Session {
                        handle,
                        is_over: false,
                        refusals: 0,
                        notes: self.notes,
                        overheard: self.overheard,
                        host_key,
                        _cut: self.cut,
                    })
                }
                None => Exchanged::Failed(HandshakeFailure::Protocol(
                    "The server showed no host key.".to_owned(),
                )),
            },
            Ok(Ok(Err(error))) => match self.notes.host_key() {
                Some(refused) if !refused.lets_through() => Exchanged::HostKeyRefused(refused),
                _ => Exchanged::Failed(self.failure(&error)),
            },
            Ok(Err(_)) => Exchanged::Failed(HandshakeFailure::Closed(None)),
            Err(_) => Exchanged::Failed(HandshakeFailure::Protocol(format!(
                "It greeted, then sent no whole answer within {}.",
                in_seconds(limit)
            ))),
        }
    }

    fn failure(&self, error: &russh::Error) -> HandshakeFailure {
        use russh::Error;
        let received = self.tapped.received();
        let greeted = self.tapped.has_greeted();
        match error {
            Error::NoCommonAlgo { kind, theirs, .. } => HandshakeFailure::NoCommonAlgorithm {
                kind: algorithm_kind(kind).to_owned(),
                offered: theirs.clone(),
            },
            _ if !greeted => match self.tapped.end() {
                Some(End::Reset) if received.is_empty() => HandshakeFailure::Reset,
                Some(_) => HandshakeFailure::NoIdentification(received),
                // More was sent than comes before any identification.
                None => HandshakeFailure::NotSsh(received),
            },
            Error::Disconnect | Error::HUP | Error::IO(_) => {
                let farewell = self.notes.farewell();
                HandshakeFailure::Closed(farewell.or_else(|| self.tapped.lines_before()))
            }
            other => HandshakeFailure::Protocol(format!("{other}.")),
        }
    }
}

/// A session with keys exchanged and nobody logged in. Ends when dropped.
pub struct Session {
    handle: client::Handle<Observer>,
    /// Whether `handle` was seen to end: it must not be waited for again.
    is_over: bool,
    /// How many questions were refused.
    refusals: usize,
    notes: Notes,
    overheard: Overheard,
    host_key: HostKeyJudgement,
    _cut: CutOnDrop,
}

impl Session {
    /// How the host key was judged.
    pub fn host_key(&self) -> &HostKeyJudgement {
        &self.host_key
    }

    /// The session, if somebody vouches for the host key that was shown in it; how the key was judged, if not.
    pub fn trusted(self) -> Result<TrustedSession, Box<HostKeyJudgement>> {
        if self.host_key.is_trusted() {
            // What comes from here on may be long, and is no answer to a question.
            self.overheard.stop();
            Ok(TrustedSession(self))
        } else {
            Err(Box::new(self.host_key))
        }
    }

    /// How many questions were refused so far. Each counts against the attempts that a server allows.
    pub fn refusals(&self) -> usize {
        self.refusals
    }

    /// Asks whether the server would let `user` in with `key`, for at most `limit`.
    pub async fn would_accept(&mut self, user: &str, key: &PublicKey, limit: Duration) -> Answer {
        timeout(limit, self.ask(user, key))
            .await
            .unwrap_or(Answer::TimedOut)
    }

    async fn ask(&mut self, user: &str, key: &PublicKey) -> Answer {
        if !key.algorithm().is_rsa() {
            return self.query(user, key, None).await;
        }
        // SHA-512 first: servers that know rsa-sha2 at all know it (RFC 8332 section 3), and asking is quicker than
        // waiting for the list of algorithms, which old Data Center versions never send (BSERV-13013).
        let answer = self.query(user, key, Some(HashAlg::Sha512)).await;
        let refused = matches!(
            answer,
            Answer::Refused {
                takes_keys: true,
                ..
            }
        );
        if !refused || self.is_over || self.knows_sha512().await {
            return answer;
        }
        let answer = self.query(user, key, Some(HashAlg::Sha256)).await;
        if !answer.leaves_the_session_open()
            || answer == Answer::Accepted
            || self.is_over
            || !self.overheard.announced().may_take_sha1()
        {
            return answer;
        }
        // A server that knows no other signature refuses both questions about a key that it has.
        match self.query(user, key, None).await {
            Answer::Accepted => Answer::KnownBySha1,
            answer => answer,
        }
    }

    /// Whether clients refuse to use this key here, though the server would take it: it is an RSA key, and the server has
    /// not announced the signatures that they make with one.
    pub fn leaves_clients_without_signature(&self, key: &PublicKey) -> bool {
        key.algorithm().is_rsa() && !self.overheard.announced().takes_rsa_sha2()
    }

    /// Whether the server has said that it takes RSA signatures with SHA-512.
    async fn knows_sha512(&self) -> bool {
        let hash = timeout(EXTENSIONS_LIMIT, self.handle.best_supported_rsa_hash()).await;
        matches!(hash, Ok(Ok(Some(Some(HashAlg::Sha512)))))
    }

    async fn query(&mut self, user: &str, key: &PublicKey, hash: Option<HashAlg>) -> Answer {
        self.overheard.before_question();
        let answer = self
            .handle
            .authenticate_publickey_with(user, key.clone(), hash, &mut QueryOnly)
            .await;
        match answer {
            Err(NotSigned::WouldAccept) => self.acceptance(key),
            Err(NotSigned::Send(_)) => self.ended().await,
            // No signature was sent: only a server that authenticates nobody says so.
            Ok(AuthResult::Success) => Answer::LetInUnsigned,
            Ok(AuthResult::Failure {
                remaining_methods, ..
            }) if remaining_methods.is_empty() => self.ended().await,
            Ok(AuthResult::Failure {
                partial_success: true,
                ..
            }) => {
                Answer::Garbled("it speaks of a success in part, and nothing was signed".to_owned())
            }
            Ok(AuthResult::Failure {
                remaining_methods, ..
            }) => {
                self.refusals += 1;
                Answer::Refused {
                    takes_keys: remaining_methods.contains(&MethodKind::PublicKey),
                    methods: remaining_methods
                        .iter()
                        .map(|method| <&str>::from(method).to_owned())
                        .collect(),
                }
            }
        }
    }

    /// What an acceptance is worth: it must name the key that was asked about, and nothing else may have been accepted since
    /// the question. The algorithm in it may be another: servers name `ssh-rsa` where rsa-sha2 was asked for.
    fn acceptance(&self, key: &PublicKey) -> Answer {
        let unclear = |why: &str| Answer::Garbled(why.to_owned());
        let (Some(said), Ok(blob)) = (self.overheard.said(), key.to_bytes()) else {
            return unclear("its acceptance could not be compared with the key in question");
        };
        match said.accepted.as_slice() {
            [] => unclear("it accepted a key before it was asked"),
            accepted if accepted.iter().all(|named| *named == blob) => Answer::Accepted,
            _ => unclear("it accepted another key than the one in question"),
        }
    }

    /// The answer that the end of the session is. russh tells that it is over before it tells why, so this waits for
    /// the reason.
    async fn ended(&mut self) -> Answer {
        if !self.is_over {
            self.is_over = timeout(GOODBYE_LIMIT, &mut self.handle).await.is_ok();
        }
        if self.notes.refused_for_good() {
            return self.refusal_for_good();
        }
        match self.notes.violation() {
            Some(violation) => Answer::Garbled(violation),
            None => Answer::Closed {
                words: self.notes.farewell(),
                was_asked: self.overheard.is_open_for_questions().unwrap_or(false),
            },
        }
    }

    /// A refusal that names no method russh knows, which ends the session. It may name others.
    fn refusal_for_good(&self) -> Answer {
        let said = self.overheard.said().unwrap_or_default();
        let methods = said.methods.unwrap_or_default();
        let named = methods.split(',').filter(|method| !method.is_empty());
        let methods: Vec<String> = named.map(str::to_owned).collect();
        if said.in_part {
            return Answer::Garbled(
                "it speaks of a success in part, and nothing was signed".to_owned(),
            );
        }
        Answer::Refused {
            takes_keys: methods.is_empty(),
            methods,
        }
    }

    /// What the server shows to whoever wants to log in, as far as it has come. Not safe to print.
    pub fn banner(&self) -> Option<String> {
        self.notes.banner()
    }

    /// Says goodbye, so that the server's log shows a session that ended on purpose.
    pub async fn close(self) {
        self.leave("asked, not logged in").await;
    }

    /// Ends the session with these words.
    async fn leave(self, words: &str) {
        if self.is_over {
            return;
        }
        let goodbye = self.handle.disconnect(Disconnect::ByApplication, words, "");
        if goodbye.await.is_ok() {
            timeout(GOODBYE_LIMIT, self.handle).await.ok();
        }
    }
}

/// A session with a server whose host key is trusted. Only in such a one can anything be signed.
pub struct TrustedSession(Session);

/// A signer that never signs: being asked at all is the answer.
struct QueryOnly;

#[derive(Debug, thiserror::Error)]
enum NotSigned {
    #[error("the server would accept this key")]
    WouldAccept,
    #[error(transparent)]
    Send(#[from] russh::SendError),
}

impl Signer for QueryOnly {
    type Error = NotSigned;

    async fn auth_sign(
        &mut self,
        _key: &AgentIdentity,
        _hash: Option<HashAlg>,
        _to_sign: Vec<u8>,
    ) -> Result<Vec<u8>, NotSigned> {
        Err(NotSigned::WouldAccept)
    }
}

fn config(host_keys: Vec<Algorithm>) -> client::Config {
    client::Config {
        client_id: russh::SshId::Standard(Cow::Borrowed(concat!(
            "SSH-2.0-doorkey_",
            env!("CARGO_PKG_VERSION")
        ))),
        preferred: Preferred {
            key: Cow::Owned(host_keys),
            kex: Cow::Borrowed(overheard::KEY_EXCHANGES),
            ..Preferred::DEFAULT
        },
        inactivity_timeout: Some(FORGOTTEN_AFTER),
        ..client::Config::default()
    }
}

fn algorithm_kind(kind: &russh::AlgorithmKind) -> &'static str {
    match kind {
        russh::AlgorithmKind::Kex => "key exchange",
        russh::AlgorithmKind::Key => "host key",
        russh::AlgorithmKind::Cipher => "encryption",
        russh::AlgorithmKind::Compression => "compression",
        russh::AlgorithmKind::Mac => "integrity check",
    }
}

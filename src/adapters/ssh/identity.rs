//! A session with somebody's own identity: logs in, reads the list of branches, and leaves.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use russh::client::{self, AuthResult};
use russh::keys::PrivateKeyWithHashAlg;
use russh::{Channel, ChannelMsg, MethodKind, SendError};
use ssh_key::{HashAlg, PrivateKey, PublicKey};
use tokio::time::{Instant, timeout, timeout_at};

use super::agent::{Agent, Listed};
use super::{GOODBYE_LIMIT, Session, TrustedSession};
use crate::bitbucket::branches::{Progress, RefList};
use crate::bitbucket::pkt_line::FLUSH;
use crate::bitbucket::ssh_session::{opened_repositories, upload_pack};
use crate::bitbucket::{Edition, RepositoryAddress};
use crate::check::OwnIdentity;
use crate::check::stage::identity::{KEYS_TRIED, Login, Observation, Reading};

/// How much of the server's words is kept. Cloud's list of repositories is the longest: a line for each.
const WORDS_KEPT: usize = 64 << 10;

/// How long the server may take to end what it has finished.
const ENDING_LIMIT: Duration = Duration::from_secs(1);

/// The code of stderr among a channel's extended data (RFC 4254 section 5.2).
const STDERR: u32 = 1;

impl TrustedSession {
    /// Logs in with an identity and reads the list of branches of a repository; where the identity is the `vendor`'s
    /// key, asks Cloud what it opens, too. For at most `limit`.
    pub async fn read_as(
        self,
        user: &str,
        identity: &OwnIdentity,
        vendor: &PublicKey,
        repository: &RepositoryAddress,
        limit: Duration,
    ) -> Observation {
        let TrustedSession(mut session) = self;
        let deadline = Instant::now() + limit;
        let login = timeout_at(deadline, session.log_in(user, identity, vendor));
        let login = login.await.unwrap_or(Login::TimedOut);
        let Login::In { is_vendors, .. } = login else {
            session.leave("not logged in").await;
            return Observation::without(login);
        };
        let reading = session.read(&upload_pack(repository), deadline).await;
        let opened = if is_vendors && repository.edition() == Edition::Cloud {
            timeout_at(deadline, session.greeting())
                .await
                .ok()
                .and_then(|greeting| opened_repositories(&greeting))
        } else {
            None
        };
        session.leave("read the list of branches").await;
        Observation {
            login,
            reading: Some(reading),
            opened,
        }
    }
}

impl Session {
    async fn log_in(&mut self, user: &str, identity: &OwnIdentity, vendor: &PublicKey) -> Login {
        let (mut signer, listed) = match identity {
            OwnIdentity::Key(key) => {
                let listed = Listed {
                    keys: vec![key.public_key().clone()],
                    ..Listed::default()
                };
                (Signer::Key(Arc::clone(key)), listed)
            }
            OwnIdentity::Agent(socket) => match Agent::ask(socket).await {
                Ok(mut agent) => {
                    let listed = mem::take(&mut agent.listed);
                    (Signer::Agent(Box::new(agent)), listed)
                }
                Err(why) => return Login::NoAgent(why),
            },
        };
        let Listed {
            keys,
            certificates,
            unreadable,
        } = listed;
        if keys.is_empty() {
            return Login::NoKeys {
                certificates,
                unreadable,
            };
        }
        let keys = vendors_first(keys, vendor);
        let mut tries_left = KEYS_TRIED;
        let mut unsigned = 0;
        let refused = |tried: usize, left, unsigned| Login::Refused {
            tried,
            left,
            unsigned,
            unreadable,
        };
        for (before, key) in keys.iter().enumerate() {
            if tries_left == 0 {
                return refused(before, keys.len() - before, unsigned);
            }
            match self.offer(user, key, &mut signer, &mut tries_left).await {
                Outcome::LetIn => {
                    return Login::In {
                        fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
                        is_vendors: key.key_data() == vendor.key_data(),
                    };
                }
                Outcome::NotSigned => unsigned += 1,
                Outcome::Refused { takes_keys: true } => {}
                Outcome::Refused { takes_keys: false } => return refused(before + 1, 0, unsigned),
                Outcome::Over => return self.closed().await,
            }
        }
        refused(keys.len(), 0, unsigned)
    }

    /// Tries one key. An RSA key takes two tries where a server knows only the older signatures; as for a query, the
    /// newer come first.
    async fn offer(
        &mut self,
        user: &str,
        key: &PublicKey,
        signer: &mut Signer,
        tries_left: &mut usize,
    ) -> Outcome {
        let is_rsa = key.algorithm().is_rsa();
        let hash = is_rsa.then_some(HashAlg::Sha512);
        *tries_left -= 1;
        let outcome = self.try_key(user, key, hash, signer).await;
        let refused = matches!(outcome, Outcome::Refused { takes_keys: true });
        if is_rsa && refused && *tries_left > 0 && !self.knows_sha512().await {
            *tries_left -= 1;
            return self.try_key(user, key, Some(HashAlg::Sha256), signer).await;
        }
        outcome
    }

    async fn try_key(
        &mut self,
        user: &str,
        key: &PublicKey,
        hash: Option<HashAlg>,
        signer: &mut Signer,
    ) -> Outcome {
        let result = match signer {
            Signer::Key(key) => {
                let key = PrivateKeyWithHashAlg::new(Arc::clone(key), hash);
                let result = self.handle.authenticate_publickey(user, key).await;
                result.map_err(|_| AgentFailure::Session)
            }
            Signer::Agent(agent) => {
                let mut client = Asking(agent);
                self.handle
                    .authenticate_publickey_with(user, key.clone(), hash, &mut client)
                    .await
            }
        };
        match result {
            Ok(AuthResult::Success) => Outcome::LetIn,
            // What russh makes of a session that has ended.
            Ok(AuthResult::Failure {
                remaining_methods, ..
            }) if remaining_methods.is_empty() => Outcome::Over,
            Ok(AuthResult::Failure {
                remaining_methods, ..
            }) => Outcome::Refused {
                takes_keys: remaining_methods.contains(&MethodKind::PublicKey),
            },
            Err(AgentFailure::NotSigned) => Outcome::NotSigned,
            Err(AgentFailure::Session) => Outcome::Over,
        }
    }

    /// Why the session ended, as far as the server says.
    async fn closed(&mut self) -> Login {
        if !self.is_over {
            self.is_over = timeout(GOODBYE_LIMIT, &mut self.handle).await.is_ok();
        }
        Login::Closed(self.notes.farewell())
    }

    /// Runs the command that reads a repository, and reads the list it begins with.
    async fn read(&self, command: &str, deadline: Instant) -> Reading {
        let mut heard = Heard::default();
        let answer = timeout_at(deadline, heard.listen(&self.handle, command)).await;
        let words = heard.words();
        let branches = heard.refs.branches();
        match heard.outcome {
            // A server that refuses may say so beside an empty list.
            Some(Progress::Whole) if branches.count == 0 && !words.is_empty() => {
                Reading::Said(words)
            }
            Some(Progress::Whole | Progress::TooLong) => Reading::Branches(branches.clone()),
            Some(Progress::Refused(words)) => Reading::Said(words),
            // In place of the list, or of the rest of it.
            _ if !words.is_empty() => Reading::Said(words),
            _ if answer.is_err() => Reading::TimedOut,
            _ if heard.refs.has_begun() => Reading::BrokeOff,
            _ => self.notes.farewell().map_or(Reading::Closed, Reading::Said),
        }
    }

    /// What the server says in a session without a command.
    async fn greeting(&self) -> String {
        let mut words = Vec::new();
        let Ok(mut channel) = self.handle.channel_open_session().await else {
            return String::new();
        };
        if channel.request_shell(true).await.is_err() {
            return String::new();
        }
        while let Some(message) = channel.wait().await {
            match message {
                ChannelMsg::Data { data } | ChannelMsg::ExtendedData { data, .. } => {
                    keep(&mut words, &data);
                    if words.len() >= WORDS_KEPT {
                        break;
                    }
                }
                ChannelMsg::Failure | ChannelMsg::Eof | ChannelMsg::Close => break,
                _ => {}
            }
        }
        String::from_utf8_lossy(&words).into_owned()
    }
}

/// The vendor's key before all others: it shows more than they do.
fn vendors_first(mut keys: Vec<PublicKey>, vendor: &PublicKey) -> Vec<PublicKey> {
    keys.sort_by_key(|key| key.key_data() != vendor.key_data());
    keys
}

/// Who signs.
enum Signer {
    Key(Arc<PrivateKey>),
    Agent(Box<Agent>),
}

/// How a try with one key ended.
enum Outcome {
    LetIn,
    Refused { takes_keys: bool },
    NotSigned,
    Over,
}

/// Has the agent sign.
struct Asking<'a>(&'a mut Agent);

/// Why the agent's signature did not get to the server.
enum AgentFailure {
    NotSigned,
    Session,
}

impl From<SendError> for AgentFailure {
    fn from(_: SendError) -> Self {
        AgentFailure::Session
    }
}

impl russh::Signer for Asking<'_> {
    type Error = AgentFailure;

    async fn auth_sign(
        &mut self,
        key: &russh::keys::agent::AgentIdentity,
        hash: Option<HashAlg>,
        to_sign: Vec<u8>,
    ) -> Result<Vec<u8>, AgentFailure> {
        let signed = self.0.client.sign_request(key, hash, to_sign).await;
        signed.map_err(|_| AgentFailure::NotSigned)
    }
}

/// What a server gave in answer to a command.
#[derive(Default)]
struct Heard {
    refs: RefList,
    outcome: Option<Progress>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Heard {
    /// Runs a command and listens until its list of refs is read, or it ends.
    async fn listen(
        &mut self,
        handle: &client::Handle<super::observer::Observer>,
        command: &str,
    ) -> Result<(), russh::Error> {
        let mut channel = handle.channel_open_session().await?;
        channel.exec(true, command).await?;
        while let Some(message) = channel.wait().await {
            match message {
                ChannelMsg::Data { data } if self.outcome.is_none() => {
                    keep(&mut self.stdout, &data);
                    match self.refs.feed(&data) {
                        Progress::More => {}
                        Progress::Whole => {
                            self.outcome = Some(Progress::Whole);
                            return leave_politely(channel).await;
                        }
                        Progress::TooLong => {
                            self.outcome = Some(Progress::TooLong);
                            return channel.close().await;
                        }
                        // The rest of its words may still come.
                        other => self.outcome = Some(other),
                    }
                }
                ChannelMsg::Data { data } => keep(&mut self.stdout, &data),
                ChannelMsg::ExtendedData { data, ext: STDERR } => keep(&mut self.stderr, &data),
                ChannelMsg::Failure | ChannelMsg::Close => break,
                _ => {}
            }
        }
        Ok(())
    }

    /// The server's words: on stderr, or else what stands in place of the list.
    fn words(&self) -> String {
        let is_blank = self.stderr.iter().all(u8::is_ascii_whitespace);
        let words = match (is_blank, &self.outcome) {
            (false, _) => &self.stderr,
            // What broke a list that had begun is no message, and its branches are none either.
            (true, Some(Progress::Garbled)) if !self.refs.has_begun() => &self.stdout,
            (true, _) => return String::new(),
        };
        String::from_utf8_lossy(words).into_owned()
    }
}

/// Wants nothing of what is listed, as git says it, and lets the server end.
async fn leave_politely(mut channel: Channel<client::Msg>) -> Result<(), russh::Error> {
    channel.data_bytes(FLUSH).await?;
    channel.eof().await?;
    let ended = async { while channel.wait().await.is_some() {} };
    timeout(ENDING_LIMIT, ended).await.ok();
    Ok(())
}

/// Keeps the beginning of what comes.
fn keep(kept: &mut Vec<u8>, bytes: &[u8]) {
    let room = WORDS_KEPT.saturating_sub(kept.len());
    kept.extend_from_slice(&bytes[..room.min(bytes.len())]);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use ssh_key::Algorithm;

    use super::*;

    #[test]
    fn the_vendors_key_is_tried_first_and_the_others_in_their_order() {
        let keys: Vec<PublicKey> = (0..4)
            .map(|_| PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap())
            .map(|key| key.public_key().clone())
            .collect();
        let sorted = vendors_first(keys.clone(), &keys[2]);
        let expected = [2, 0, 1, 3].map(|index: usize| keys[index].clone());
        assert_eq!(sorted, expected);
    }

    #[test]
    fn only_the_beginning_is_kept() {
        let mut kept = Vec::new();
        let words = vec![0; WORDS_KEPT - 1];
        for _ in 0..3 {
            keep(&mut kept, &words);
        }
        assert_eq!(kept.len(), WORDS_KEPT);
    }
}

//! What a session tells outside of the answers to requests.

use std::sync::{Arc, Mutex, PoisonError};

use russh::Names;
use russh::client::{self, DisconnectReason};
use russh::keys::PublicKeyOrCertificate;
use ssh_key::PublicKey;

use super::overheard::Overheard;
use crate::check::HostKeyJudgement;

/// Judges the host key a server shows. A judgement that does not let through ends the connection.
pub(super) type Judge = Box<dyn Fn(&PublicKey) -> HostKeyJudgement + Send + Sync>;

/// How many characters of a banner are kept: more than is shown.
const BANNER_KEPT: usize = 4096;

/// What was noted in the course of a session; clones share it.
#[derive(Clone, Default)]
pub(super) struct Notes(Arc<Mutex<Noted>>);

#[derive(Default)]
struct Noted {
    host_key: Option<HostKeyJudgement>,
    farewell: Option<String>,
    banner: String,
    refused_for_good: bool,
    violation: Option<String>,
}

impl Notes {
    /// How the host key was judged, if one was shown.
    pub(super) fn host_key(&self) -> Option<HostKeyJudgement> {
        self.with(|noted| noted.host_key.clone())
    }

    /// The words with which the server ended the session, if it did and had any. Not safe to print.
    pub(super) fn farewell(&self) -> Option<String> {
        self.with(|noted| noted.farewell.clone())
    }

    /// The beginning of what the server shows to whoever wants to log in (RFC 4252 section 5.4). Not safe to print.
    pub(super) fn banner(&self) -> Option<String> {
        let banner = self.with(|noted| noted.banner.clone());
        (!banner.trim().is_empty()).then_some(banner)
    }

    /// Whether the session ended over a refusal that left no way to log in.
    pub(super) fn refused_for_good(&self) -> bool {
        self.with(|noted| noted.refused_for_good)
    }

    /// What was wrong with what the server sent, if that ended the session.
    pub(super) fn violation(&self) -> Option<String> {
        self.with(|noted| noted.violation.clone())
    }

    fn with<T>(&self, look: impl FnOnce(&mut Noted) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Listens to one session.
pub(super) struct Observer {
    judge: Judge,
    notes: Notes,
    overheard: Overheard,
}

impl Observer {
    pub(super) fn new(judge: Judge, notes: Notes, overheard: Overheard) -> Self {
        Self {
            judge,
            notes,
            overheard,
        }
    }
}

impl client::Handler for Observer {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        key: &PublicKeyOrCertificate,
    ) -> Result<bool, russh::Error> {
        let judgement = (self.judge)(&key.public_key());
        let goes_on = judgement.lets_through();
        self.notes.with(|noted| noted.host_key = Some(judgement));
        Ok(goes_on)
    }

    async fn kex_done(
        &mut self,
        secret: Option<&[u8]>,
        names: &Names,
        _session: &mut client::Session,
    ) -> Result<(), russh::Error> {
        self.overheard.agreed(names, secret.unwrap_or_default());
        Ok(())
    }

    async fn auth_banner(
        &mut self,
        banner: &str,
        _session: &mut client::Session,
    ) -> Result<(), russh::Error> {
        self.notes.with(|noted| {
            // A server may send any number of them.
            let room = BANNER_KEPT.saturating_sub(noted.banner.chars().count());
            let lines = banner.chars().chain(['\n']);
            noted.banner.extend(lines.take(room));
        });
        Ok(())
    }

    async fn disconnected(
        &mut self,
        reason: DisconnectReason<russh::Error>,
    ) -> Result<(), russh::Error> {
        match reason {
            DisconnectReason::ReceivedDisconnect(info) => {
                let words = Some(info.message).filter(|words| !words.trim().is_empty());
                self.notes.with(|noted| noted.farewell = words);
                Ok(())
            }
            DisconnectReason::Error(error) => {
                use russh::Error;
                self.notes.with(|noted| match &error {
                    // What russh makes of a refusal that names no method to go on with.
                    Error::NoAuthMethod => noted.refused_for_good = true,
                    Error::Disconnect | Error::HUP | Error::IO(_) => {}
                    other => noted.violation = Some(other.to_string()),
                });
                Err(error)
            }
        }
    }
}

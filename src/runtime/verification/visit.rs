//! One session with a server, in which it is asked about several keys.

use std::time::Duration;

use ssh_key::{Algorithm, PublicKey};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::access_key::AccessKey;
use crate::access_key::control_key::control_key;
use crate::adapters::ssh::Session;
use crate::bitbucket::RepositoryAddress;
use crate::check::request::TestSettings;
use crate::check::stage::key_query::{Answer, Answers};
use crate::check::{Check, Proof, Rung, Standing};
use crate::runtime::climb::{Climb, SSH_USER};

/// The way to a session.
#[derive(Clone)]
pub(super) struct Way {
    /// The checks on it.
    pub(super) checks: Vec<Check>,
    /// How long it took.
    pub(super) took: Duration,
}

impl Way {
    /// Whether the server at its end showed a host key that somebody vouches for.
    pub(super) fn is_genuine(&self) -> bool {
        let proof = Proof::from_checks(&self.checks);
        proof.standing(Rung::Genuine) == Standing::Proven
    }
}

/// A session, and what was learned in it.
pub(super) struct Visit {
    session: Session,
    pub(super) way: Way,
    limit: Duration,
    /// What was said about a fresh key of each type that was accepted. One of each is enough.
    controls: Vec<(Algorithm, Option<Answer>)>,
    /// Held until it is known that the visit is not in vain.
    permit: Option<OwnedSemaphorePermit>,
    was_asked: bool,
    is_over: bool,
}

impl Visit {
    /// Goes to the server. The checks on the way, if it can't be asked.
    pub(super) async fn begin(
        address: &RepositoryAddress,
        settings: &TestSettings,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<Self, Vec<Check>> {
        let started = Instant::now();
        let mut unheard = |_| {};
        let mut climb = Climb::new(settings, &mut unheard);
        match climb.session(address).await {
            None => Err(climb.checks),
            Some(session) => Ok(Self {
                session,
                way: Way {
                    checks: climb.checks,
                    took: started.elapsed(),
                },
                limit: settings.limits.query.min(settings.limits.total),
                controls: Vec::new(),
                permit,
                was_asked: false,
                is_over: false,
            }),
        }
    }

    /// Says that it is known now what the visit led to.
    pub(super) fn proven(&mut self) {
        self.permit = None;
    }

    /// Whether nothing was asked yet.
    pub(super) fn is_fresh(&self) -> bool {
        !self.was_asked
    }

    /// How many refusals it has cost.
    pub(super) fn refusals(&self) -> usize {
        self.session.refusals()
    }

    /// Whether the key can be asked about without reaching `limit` refusals, at which the server hangs up.
    pub(super) fn has_room_for(&self, key: &AccessKey, limit: usize) -> bool {
        // An RSA key may be asked about with three signatures.
        let attempts = if key.public_key().algorithm().is_rsa() {
            3
        } else {
            1
        };
        !self.is_over && (self.is_fresh() || self.refusals() + attempts < limit)
    }

    /// Asks about a key, and about a fresh one of its type after the first acceptance.
    pub(super) async fn ask(&mut self, key: &AccessKey) -> Answers {
        let vendor = self.ask_about(key.public_key()).await;
        let control = if vendor.is_acceptance() {
            self.control(key).await
        } else {
            None
        };
        Answers {
            vendor,
            control,
            is_without_signature: self
                .session
                .leaves_clients_without_signature(key.public_key()),
        }
    }

    /// Asks about a key, and nothing more.
    pub(super) async fn ask_about(&mut self, key: &PublicKey) -> Answer {
        self.was_asked = true;
        let answer = self.session.would_accept(SSH_USER, key, self.limit).await;
        self.is_over = !answer.leaves_the_session_open();
        answer
    }

    async fn control(&mut self, like: &AccessKey) -> Option<Answer> {
        let algorithm = like.public_key().algorithm();
        let known = self.controls.iter().find(|(known, _)| *known == algorithm);
        if let Some((_, answer)) = known {
            return answer.clone();
        }
        let fresh = control_key(like, &mut rand::rng()).ok();
        let answer = match fresh {
            Some(fresh) => Some(self.ask_about(&fresh).await),
            None => None,
        };
        self.controls.push((algorithm, answer.clone()));
        answer
    }

    /// What the server shows to whoever wants to log in, as far as it has come. Not safe to print.
    pub(super) fn banner(&self) -> Option<String> {
        self.session.banner()
    }

    /// Takes leave.
    pub(super) async fn end(self) {
        self.session.close().await;
    }
}

//! Asking one server about many keys, in as few sessions as it allows.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::vec;

use futures::future::join_all;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::assembly::{Assembly, Climbed, Part, lock};
use super::server::{Group, Question};
use super::visit::{Visit, Way};
use crate::access_key::AccessKey;
use crate::bitbucket::RepositoryAddress;
use crate::check::Check;
use crate::check::request::{FormerKey, TestSettings};
use crate::check::stage::key_query::{self, Answers, Retired};

/// The refusal at which a server hangs up, until another is learned: OpenSSH's usual `MaxAuthTries`.
const USUAL_ATTEMPTS: usize = 6;

/// How many connections there may be to one server at once.
const MOST_VISITORS: u32 = 2;

/// After so many visits in a row that led to nothing, what was found holds for everything that is left to ask. One may
/// have been bad luck.
const IN_VAIN_AT_MOST: usize = 2;

/// Asks everything. What was found of the server, if it was given up; `given_up` says that it was before.
pub(super) async fn ask_all(
    group: Group,
    settings: &TestSettings,
    assembly: &Assembly<'_>,
    given_up: Option<Vec<Check>>,
) -> Option<Vec<Check>> {
    // A second connection is worth its handshake where one session might not do.
    let visitors = if group.questions.len() >= USUAL_ATTEMPTS {
        MOST_VISITORS
    } else {
        1
    };
    let asking = Asking {
        address: group.address,
        settings,
        assembly,
        unproven: Arc::new(Semaphore::new(MOST_VISITORS as usize)),
        known: Mutex::new(Known {
            questions: group.questions.into_iter(),
            attempts: USUAL_ATTEMPTS,
            in_vain: 0,
            given_up,
        }),
    };
    join_all((0..visitors).map(|_| asking.work())).await;
    let known = asking.known.into_inner();
    known.unwrap_or_else(PoisonError::into_inner).given_up
}

struct Asking<'a, 'r> {
    address: RepositoryAddress,
    settings: &'a TestSettings,
    assembly: &'a Assembly<'r>,
    /// A permit for each visit that has led to nothing yet.
    unproven: Arc<Semaphore>,
    known: Mutex<Known>,
}

/// What all visits to a server have in common.
struct Known {
    /// What is left to ask.
    questions: vec::IntoIter<Question>,
    /// The refusal at which the server hangs up.
    attempts: usize,
    /// How many visits in a row led to nothing.
    in_vain: usize,
    /// The checks that hold for everything that is left to ask.
    given_up: Option<Vec<Check>>,
}

impl Asking<'_, '_> {
    /// Asks one question after the other until none is left.
    async fn work(&self) {
        let mut visit = None;
        loop {
            // Not in the loop's head: it would hold the lock through the loop.
            let Some(question) = lock(&self.known).questions.next() else {
                break;
            };
            let index = question.connection;
            if question.as_given {
                self.assembly.begin(index);
            }
            let climbed = self.climb(&mut visit, question).await;
            let part = if question.as_given {
                Part::AsGiven(climbed)
            } else {
                Part::Suggested(climbed)
            };
            self.assembly.add(index, part);
        }
        if let Some(visit) = visit {
            visit.end().await;
        }
    }

    async fn climb(&self, visit: &mut Option<Visit>, question: Question) -> Climbed {
        let request = &self.assembly.requests[question.connection];
        let Ok(key) = &request.key else {
            return Climbed::nowhere(Vec::new());
        };
        let asked = match self.ask(visit, key, Subject::Key).await {
            Ok(asked) => asked,
            Err(way) => return Climbed::nowhere(way),
        };
        let Asked {
            answers,
            banner,
            way,
            took,
        } = asked;
        let (edition, port) = (self.address.edition(), self.address.port());
        let check = key_query::judge(edition, port, &answers);
        let mut check = key_query::with_banner(check, banner.as_deref());
        if question.as_given && answers.are_conclusive() && !answers.take_any_key() {
            let retired = request.retired.iter();
            let mut told = Vec::new();
            for old in retired.filter(|old| !old.key.is_same_key(key)) {
                told.push(self.ask_about_retired(visit, old, &way).await);
            }
            check = key_query::with_retired(check, &told);
            if !told.is_empty() {
                self.assembly.tell_of_retired(question.connection, told);
            }
        }
        let mut checks = way.checks;
        checks.push(check.took(took));
        Climbed {
            checks,
            elapsed: way.took + took,
        }
    }

    /// `way`: the one to the session in which the connection's own key was asked about. It may have ended since, and
    /// what another server than the trusted one says in a new session is no answer.
    async fn ask_about_retired(
        &self,
        visit: &mut Option<Visit>,
        old: &FormerKey,
        way: &Way,
    ) -> Retired {
        let asked = self.ask(visit, &old.key, Subject::RetiredKey).await;
        let answer = asked.and_then(|asked| {
            if asked.way.is_genuine() || !way.is_genuine() {
                Ok(asked.answers.vendor)
            } else {
                Err(asked.way.checks)
            }
        });
        Retired {
            fingerprint: old.key.fingerprint(),
            was_refused: old.refused_at.is_some(),
            is_back: old.is_back,
            is_accepted: match answer {
                Ok(answer) if answer.is_acceptance() => Some(true),
                // It is told only if the question was the first of its session.
                Ok(answer) if answer.is_plain() || answer.refuses_by_hanging_up() => Some(false),
                Ok(_) | Err(_) => None,
            },
        }
    }

    /// Asks about a key. In a session that was asked before only plain answers count: whatever else happens may be due
    /// to the questions before it, so the key is asked about again as the first of a session. What is found then is what
    /// a test of this connection alone would find. The way, if the server can't be asked.
    async fn ask(
        &self,
        visit: &mut Option<Visit>,
        key: &AccessKey,
        subject: Subject,
    ) -> Result<Asked, Vec<Check>> {
        loop {
            let current = self.visit_with_room(visit, key).await?;
            let was_fresh = current.is_fresh();
            let started = Instant::now();
            let answers = match subject {
                Subject::Key => current.ask(key).await,
                Subject::RetiredKey => current.ask_about(key.public_key()).await.into(),
            };
            let took = started.elapsed();
            self.learn(current, was_fresh, &answers);
            current.proven();
            let is_conclusive = match subject {
                Subject::Key => answers.are_conclusive(),
                Subject::RetiredKey => answers.vendor.is_plain(),
            };
            if is_conclusive || was_fresh {
                let way = current.way.clone();
                let banner = current.banner();
                return Ok(Asked {
                    answers,
                    banner,
                    way,
                    took,
                });
            }
            if let Some(used) = visit.take() {
                used.end().await;
            }
        }
    }

    /// The session at hand, or a new one if that would not bear another refusal.
    async fn visit_with_room<'v>(
        &self,
        visit: &'v mut Option<Visit>,
        key: &AccessKey,
    ) -> Result<&'v mut Visit, Vec<Check>> {
        let attempts = lock(&self.known).attempts;
        if let Some(full) = visit.take_if(|visit| !visit.has_room_for(key, attempts)) {
            full.end().await;
        }
        let current = match visit.take() {
            Some(current) => current,
            None => self.begin().await?,
        };
        Ok(visit.insert(current))
    }

    async fn begin(&self) -> Result<Visit, Vec<Check>> {
        // After a visit in vain, those under way are waited for: they may show that there is no use in another.
        let permits = match lock(&self.known).in_vain {
            0 => 1,
            _ => MOST_VISITORS,
        };
        let permit = Arc::clone(&self.unproven).acquire_many_owned(permits).await;
        if let Some(checks) = lock(&self.known).given_up.clone() {
            return Err(checks);
        }
        // The semaphore is never closed, so there is a permit.
        let begun = Visit::begin(&self.address, self.settings, permit.ok()).await;
        if let Err(checks) = &begun {
            lock(&self.known).led_nowhere(|| checks.clone());
        }
        begun
    }

    fn learn(&self, visit: &Visit, was_fresh: bool, answers: &Answers) {
        let mut known = lock(&self.known);
        if answers.ended_over_attempts() {
            known.attempts = known.attempts.min(visit.refusals() + 1);
        }
        if was_fresh {
            if answers.timed_out() {
                known.led_nowhere(|| {
                    let mut checks = visit.way.checks.clone();
                    checks.push(key_query::not_asked());
                    checks
                });
            } else {
                known.in_vain = 0;
            }
        }
    }
}

impl Known {
    /// Counts a visit that led to nothing. After too many, `found` holds for the rest.
    fn led_nowhere(&mut self, found: impl FnOnce() -> Vec<Check>) {
        self.in_vain += 1;
        if self.in_vain >= IN_VAIN_AT_MOST {
            self.given_up.get_or_insert_with(found);
        }
    }
}

/// What a question is for.
#[derive(Clone, Copy)]
enum Subject {
    /// A connection's key, which should be accepted, and by a server that does not accept any.
    Key,
    /// A key it had before, which should be refused.
    RetiredKey,
}

/// What came of a question.
struct Asked {
    answers: Answers,
    /// What the server shows to whoever wants to log in.
    banner: Option<String>,
    /// The way to the session in which it was asked.
    way: Way,
    /// How long the answers took.
    took: Duration,
}

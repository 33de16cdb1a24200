//! The checks of one connection test as they come out, stage by stage. `approach` has the stages up to a session.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use crate::access_key::AccessKey;
use crate::access_key::control_key::control_key;
use crate::adapters::ssh::Session;
use crate::bitbucket::RepositoryAddress;
use crate::check::request::TestSettings;
use crate::check::stage::key_query::{self, Answer, Answers};
use crate::check::{Check, CheckId, FixId, Required, Standing, Status, TestEvent};

/// The user every Bitbucket expects (facts: with another one Cloud looks only at that account's keys).
pub(super) const SSH_USER: &str = "git";

/// Why a check was not made that comes after a failed one.
pub(super) const NOT_MADE: &str = "not tested: an earlier check failed";

/// The climb over the stages of one address.
pub(super) struct Climb<'a> {
    pub(super) settings: &'a TestSettings,
    deadline: Instant,
    tell: &'a mut (dyn FnMut(TestEvent) + Send),
    /// What came out so far.
    pub(super) checks: Vec<Check>,
    /// Where the server was reached.
    pub(super) reached: Option<SocketAddr>,
    /// The rungs that must be proven before the test is ready.
    pub(super) required: Required,
}

impl<'a> Climb<'a> {
    pub(super) fn new(
        settings: &'a TestSettings,
        tell: &'a mut (dyn FnMut(TestEvent) + Send),
    ) -> Self {
        Self {
            settings,
            deadline: Instant::now() + settings.limits.total,
            tell,
            checks: Vec::new(),
            reached: None,
            required: settings.required,
        }
    }

    pub(super) fn begin(&mut self, id: CheckId) -> Instant {
        (self.tell)(TestEvent::Started(id));
        Instant::now()
    }

    /// Keeps and tells a check; a later one replaces an earlier one with the same id. Says whether to go on.
    pub(super) fn came_out(&mut self, check: Check) -> bool {
        (self.tell)(TestEvent::Finished(check.clone()));
        let goes_on = check.lets_through();
        match self.checks.iter_mut().find(|known| known.id == check.id) {
            Some(known) => *known = check,
            None => self.checks.push(check),
        }
        goes_on
    }

    /// A stage's own limit, or what is left of the whole test's.
    pub(super) fn limit(&self, stage: Duration) -> Duration {
        stage.min(self.deadline.saturating_duration_since(Instant::now()))
    }

    /// Climbs as far as it goes.
    pub(super) async fn up(&mut self, address: &RepositoryAddress, key: &AccessKey) {
        if let Some(mut session) = self.session(address).await {
            self.query(address, key, &mut session).await;
            session.close().await;
        }
    }

    /// Climbs until the server can be asked about a key.
    pub(super) async fn session(&mut self, address: &RepositoryAddress) -> Option<Session> {
        let stream = self.connect(address).await?;
        self.handshake(address, stream).await
    }

    /// Asks about the vendor's key first: a refusal ends the matter with one query. Only an acceptance has to be told
    /// from a server that accepts anything.
    async fn query(&mut self, address: &RepositoryAddress, key: &AccessKey, session: &mut Session) {
        let started = self.begin(CheckId::KeyQuery);
        let limit = self.limit(self.settings.limits.query);
        let vendor = session
            .would_accept(SSH_USER, key.public_key(), limit)
            .await;
        let control = if vendor.is_acceptance() {
            self.ask_about_control_key(key, session).await
        } else {
            None
        };
        let answers = Answers {
            vendor,
            control,
            is_without_signature: session.leaves_clients_without_signature(key.public_key()),
        };
        let check = key_query::judge(address.edition(), address.port(), &answers);
        let check = key_query::with_banner(check, session.banner().as_deref());
        self.came_out(check.took(started.elapsed()));
    }

    /// The answer about a fresh key of the same type; none if the system gives no randomness to make one of.
    async fn ask_about_control_key(
        &mut self,
        key: &AccessKey,
        session: &mut Session,
    ) -> Option<Answer> {
        let fresh = control_key(key, &mut rand::rng()).ok()?;
        let limit = self.limit(self.settings.limits.query);
        Some(session.would_accept(SSH_USER, &fresh, limit).await)
    }

    /// Begins what the REST interface says. Not after a server that is not the one it claims to be: that ends the test.
    pub(super) fn begin_upper_rungs(&mut self) -> bool {
        let is_wrong = self.came_out_as(CheckId::HostKey, |made| !made.lets_through());
        if !is_wrong {
            self.begin(CheckId::Repository);
        }
        !is_wrong
    }

    /// What the REST interface said.
    pub(super) fn upper_rungs(&mut self, checks: [Check; 3]) {
        for check in checks {
            if check.id != CheckId::Repository {
                self.begin(check.id);
            }
            self.came_out(check);
        }
    }

    pub(super) fn came_out_as(&self, id: CheckId, is_so: impl Fn(&Check) -> bool) -> bool {
        self.checks.iter().any(|made| made.id == id && is_so(made))
    }

    /// Adds to the check of the address how the suggested one fared, and offers it where it got further.
    pub(super) fn compare_with(&mut self, other: &Climb<'_>, suggested: &RepositoryAddress) {
        let (own, others) = (self.first_obstacle(), other.first_obstacle());
        let suggestion = suggested.ssh();
        let has_failed = |check: &Check| check.status == Status::Fail;
        let words = match (own, others) {
            (None, None) => format!("Both work; {suggestion} is the one to use."),
            (None, Some(other)) if has_failed(other) => {
                format!(
                    "It works as given. {suggestion} does not: {}.",
                    other.summary
                )
            }
            (None, Some(doubt)) => format!(
                "It works as given. Whether {suggestion} does is not known: {}.",
                doubt.summary
            ),
            (Some(own), None) if has_failed(own) => {
                format!("It does not work as given; {suggestion} does.")
            }
            (Some(_), None) => {
                format!("Whether it works as given is not known; {suggestion} does.")
            }
            (Some(_), Some(other)) => {
                format!("{suggestion} was tried too: {}.", other.summary)
            }
        };
        let got_further = match (own, others) {
            (Some(own), Some(others)) => others.id > own.id,
            (Some(_), None) => true,
            (None, _) => false,
        };
        let failed = own.cloned().filter(|_| got_further);
        if let Some(url) = self.checks.iter().find(|check| check.id == CheckId::Url) {
            self.came_out(url.clone().and_detail(&words));
        }
        if let Some(failed) = failed {
            let title = format!("Use {suggestion}, which answers");
            let failed = failed
                .with_fix(FixId::UseSuggestedUrl, title)
                .with_fix_value(FixId::UseSuggestedUrl, suggestion);
            self.came_out(failed);
        }
    }

    /// The first check that failed, or else the first that leaves open whether the server is the right one or knows the
    /// key.
    fn first_obstacle(&self) -> Option<&Check> {
        let failed = |check: &&Check| check.status == Status::Fail;
        let is_open = |check: &&Check| {
            matches!(check.id, CheckId::HostKey | CheckId::KeyQuery)
                && check.standing != Standing::Proven
        };
        let mut checks = self.checks.iter();
        checks
            .find(failed)
            .or_else(|| self.checks.iter().find(is_open))
    }

    /// The checks in their order, with those that were not made as skipped.
    pub(super) fn finished(self) -> Vec<Check> {
        CheckId::ALL
            .into_iter()
            .map(|id| {
                let made = self.checks.iter().find(|check| check.id == id);
                made.cloned()
                    .unwrap_or_else(|| Check::skip(id, why_not_made(id, self.settings)))
            })
            .collect()
    }
}

fn why_not_made(id: CheckId, settings: &TestSettings) -> &'static str {
    match id {
        CheckId::Repository | CheckId::Permission | CheckId::VendorUse
            if settings.api.token.is_none() && settings.own_identity.is_none() =>
        {
            "not tested: a public key alone can't show it"
        }
        _ => NOT_MADE,
    }
}

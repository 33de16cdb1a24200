//! The connection test: climbs the stages in order, tells each outcome as it comes, and stops where going on would
//! make no sense. One connection for one verdict.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ssh_key::Algorithm;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::upper_rungs;
use crate::access_key::AccessKey;
use crate::access_key::control_key::control_key;
use crate::adapters::network;
use crate::adapters::ssh::{Exchanged, Peer, Session};
use crate::bitbucket::address::shown;
use crate::bitbucket::other_door::{Door, beside_blocked_port, other_door};
use crate::bitbucket::{RepositoryAddress, read_address};
use crate::check::connect_to::ConnectTo;
use crate::check::request::{TestRequest, TestSettings};
use crate::check::stage::key_query::Answer;
use crate::check::stage::{address, dns, identity, key, key_query, repository, ssh, tcp};
use crate::check::{Check, CheckId, Code, FixId, OwnIdentity, Report, Standing, Status, TestEvent};

/// The user every Bitbucket expects (facts: with another one Cloud looks only at that account's keys).
const SSH_USER: &str = "git";

/// How much of the given address a report repeats.
const GIVEN_LIMIT: usize = 300;

/// Runs one connection test. Each check is told to `tell` when it begins and when it comes out; the report is returned,
/// and told last.
///
/// Dropping the future ends the test and its connection at once.
pub async fn run(request: &TestRequest, mut tell: impl FnMut(TestEvent) + Send) -> Report {
    let started = Instant::now();
    let checked_at = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let mut climb = Climb::new(request, &mut tell);

    climb.begin(CheckId::Url);
    let reading = read_address(&request.url, &request.settings.aliases);
    let (url_check, tested) = address::judge(&reading);
    climb.came_out(url_check);
    climb.begin(CheckId::Key);
    climb.came_out(key::judge(&request.key));

    if let (Some(tested), Ok(reading), Ok(key)) = (&tested, &reading, &request.key) {
        // At work from here on, beside the climb over SSH, so that it takes no time of its own.
        let upper_rungs = upper_rungs::start(&request.settings, &reading.place, tested, key);
        // The address may work as it is, but another is the right one: try both, and say which answered.
        if reading.repair.is_some() {
            let suggested = &reading.address;
            let mut unheard = |_| {};
            let mut other = Climb::new(request, &mut unheard);
            tokio::join!(climb.up(tested, key), other.up(suggested, key));
            climb.compare_with(&other, suggested);
        } else {
            climb.up(tested, key).await;
        }
        if let Some(upper_rungs) = upper_rungs {
            climb.upper_rungs(upper_rungs, key).await;
        }
        climb.own_identity(tested, key).await;
    }
    let checks = climb.finished();
    let report = Report {
        checked_at,
        elapsed: started.elapsed(),
        given: shown(&request.url, GIVEN_LIMIT),
        address: reading
            .ok()
            .map(|reading| tested.unwrap_or(reading.address)),
        key: request.key.clone().ok(),
        checks,
    };
    tell(TestEvent::Done(Box::new(report.clone())));
    report
}

/// The climb over the stages of one address.
struct Climb<'a> {
    request: &'a TestRequest,
    deadline: Instant,
    tell: &'a mut (dyn FnMut(TestEvent) + Send),
    checks: Vec<Check>,
    /// Where the server was reached.
    reached: Option<SocketAddr>,
}

impl<'a> Climb<'a> {
    fn new(request: &'a TestRequest, tell: &'a mut (dyn FnMut(TestEvent) + Send)) -> Self {
        Self {
            request,
            deadline: Instant::now() + request.settings.limits.total,
            tell,
            checks: Vec::new(),
            reached: None,
        }
    }

    fn begin(&mut self, id: CheckId) -> Instant {
        (self.tell)(TestEvent::Started(id));
        Instant::now()
    }

    /// Keeps and tells a check; a later one replaces an earlier one with the same id. Says whether to go on.
    fn came_out(&mut self, check: Check) -> bool {
        (self.tell)(TestEvent::Finished(check.clone()));
        let goes_on = check.lets_through();
        match self.checks.iter_mut().find(|known| known.id == check.id) {
            Some(known) => *known = check,
            None => self.checks.push(check),
        }
        goes_on
    }

    /// A stage's own limit, or what is left of the whole test's.
    fn limit(&self, stage: Duration) -> Duration {
        stage.min(self.deadline.saturating_duration_since(Instant::now()))
    }

    /// Climbs as far as it goes.
    async fn up(&mut self, address: &RepositoryAddress, key: &AccessKey) {
        let Some(stream) = self.connect(address).await else {
            return;
        };
        let Some(mut session) = self.handshake(address, stream).await else {
            return;
        };
        self.query(address, key, &mut session).await;
        session.close().await;
    }

    async fn connect(&mut self, address: &RepositoryAddress) -> Option<TcpStream> {
        let door = self.wanted_door(address);
        let (host, port) = match &door {
            Some(door) => (door.host.as_str(), door.port),
            None => (address.host(), address.port()),
        };
        let route = ConnectTo::route(&self.request.settings.connect_to, host, port);
        let (target, target_port) = route.unwrap_or((host, port));

        let started = self.begin(CheckId::Dns);
        let lookup = network::lookup(target, self.limit(self.request.settings.limits.lookup)).await;
        let check = dns::judge(host, &lookup, route.is_some()).took(started.elapsed());
        if !self.came_out(check) {
            return None;
        }
        let dns::Lookup::Found(addresses) = lookup else {
            return None;
        };

        let started = self.begin(CheckId::Tcp);
        let addresses = addresses
            .into_iter()
            .map(|address| SocketAddr::new(address, target_port));
        let limit = self.limit(self.request.settings.limits.connect);
        let (attempts, stream) = network::connect(addresses, limit).await;
        self.reached = attempts.connected;
        let check = tcp::judge(address.edition(), host, port, &attempts).took(started.elapsed());
        let check = match &door {
            Some(door) => tcp::through_door(check, door, address),
            None if stream.is_some() => check,
            None => self.with_other_door(check, address).await,
        };
        self.came_out(check);
        stream
    }

    /// The door that somebody asked to go through instead of a blocked port.
    fn wanted_door(&self, address: &RepositoryAddress) -> Option<Door> {
        let is_wanted = self.request.settings.beside_blocked_port;
        let door = beside_blocked_port(address).filter(|_| is_wanted)?;
        self.way_to(&door, address).is_some().then_some(door)
    }

    /// Where a door is. None if it leads elsewhere than this test was told to go.
    fn way_to<'d>(&'d self, door: &'d Door, address: &RepositoryAddress) -> Option<(&'d str, u16)> {
        let rules = &self.request.settings.connect_to;
        let is_redirected = ConnectTo::route(rules, address.host(), address.port()).is_some();
        let route = ConnectTo::route(rules, &door.host, door.port);
        route.or_else(|| (!is_redirected).then_some((door.host.as_str(), door.port)))
    }

    /// Adds whether the server answers at another door.
    async fn with_other_door(&mut self, check: Check, address: &RepositoryAddress) -> Check {
        let Some(door) = other_door(address) else {
            return check.without_fix(FixId::TryPort443);
        };
        let Some((host, port)) = self.way_to(&door, address) else {
            return check.without_fix(FixId::TryPort443);
        };
        let limit = self.limit(self.request.settings.limits.other_door);
        let answered = timeout(limit, greets(host, port, limit)).await;
        tcp::with_other_door(check, address.edition(), &door, answered.unwrap_or(false))
    }

    async fn handshake(
        &mut self,
        address: &RepositoryAddress,
        stream: TcpStream,
    ) -> Option<Session> {
        let (edition, port) = (address.edition(), address.port());
        let started = self.begin(CheckId::Ssh);
        let settings = &self.request.settings;
        let algorithms = settings
            .host_keys
            .preferred_algorithms(edition, address.host(), port);
        let reached = stream.peer_addr().ok();
        let mut peer = start(settings, address, stream, algorithms.clone());

        let limit = self.limit(self.request.settings.limits.greeting);
        let greeted = match peer.identification(limit).await {
            Ok(identification) => ssh::greeted(edition, port, &identification),
            Err(failure) => ssh::failed(edition, port, &failure),
        };
        if !greeted.lets_through() {
            let mut check = greeted.took(started.elapsed());
            if check.fixes.iter().any(|fix| fix.id == FixId::TryPort7999) {
                check = self.with_other_door(check, address).await;
            }
            self.came_out(check);
            return None;
        }
        let limit = self.limit(self.request.settings.limits.exchange);
        match peer.exchange_keys(limit).await {
            Exchanged::Failed(failure) => {
                let check = ssh::failed(edition, port, &failure);
                self.came_out(check.took(started.elapsed()));
                None
            }
            Exchanged::HostKeyRefused(host_key) => {
                self.came_out(greeted.took(started.elapsed()));
                let started = self.begin(CheckId::HostKey);
                let left = settings.host_keys.left_to_ask(&algorithms, &host_key);
                let session = self.session_with(address, reached, left).await;
                let host_key = session.as_ref().map_or(&host_key, Session::host_key);
                self.came_out(host_key.to_check().took(started.elapsed()));
                session
            }
            Exchanged::Session(session) => {
                self.came_out(greeted.took(started.elapsed()));
                self.begin(CheckId::HostKey);
                self.came_out(session.host_key().to_check());
                Some(session)
            }
        }
    }

    /// A session with a server in a further connection. Where it shows another key than a pinned one, it may have the
    /// pinned one, too; each key it has takes a connection of its own.
    async fn session_with(
        &mut self,
        address: &RepositoryAddress,
        reached: Option<SocketAddr>,
        mut algorithms: Vec<Algorithm>,
    ) -> Option<Session> {
        let settings = &self.request.settings;
        let limits = &settings.limits;
        while !algorithms.is_empty() {
            let limit = self.limit(limits.connect);
            let (_, stream) = network::connect(reached, limit).await;
            let mut peer = start(settings, address, stream?, algorithms.clone());
            let limit = self.limit(limits.greeting);
            peer.identification(limit).await.ok()?;
            let limit = self.limit(limits.exchange);
            match peer.exchange_keys(limit).await {
                Exchanged::Session(session) => return Some(session),
                Exchanged::HostKeyRefused(shown) => {
                    algorithms = settings.host_keys.left_to_ask(&algorithms, &shown);
                }
                // Most likely it has no further key.
                Exchanged::Failed(_) => return None,
            }
        }
        None
    }

    /// Asks about the vendor's key first: a refusal ends the matter with one query. Only an acceptance has to be told
    /// from a server that accepts anything.
    async fn query(&mut self, address: &RepositoryAddress, key: &AccessKey, session: &mut Session) {
        let started = self.begin(CheckId::KeyQuery);
        let limit = self.limit(self.request.settings.limits.query);
        let vendor = session
            .would_accept(SSH_USER, key.public_key(), limit)
            .await;
        let control = if vendor == Answer::Accepted {
            self.ask_about_control_key(key, session).await
        } else {
            None
        };
        let check = key_query::judge(address.edition(), address.port(), &vendor, control.as_ref());
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
        let limit = self.limit(self.request.settings.limits.query);
        Some(session.would_accept(SSH_USER, &fresh, limit).await)
    }

    /// What the REST interface said. A server that is not the one it claims to be ends the test, so nothing is told after it.
    async fn upper_rungs(&mut self, checks: impl Future<Output = [Check; 3]>, key: &AccessKey) {
        let is_failed = |check: &Check| check.id == CheckId::HostKey && !check.lets_through();
        if self.checks.iter().any(is_failed) {
            return;
        }
        let own = self.request.settings.own_identity.as_ref();
        let is_own = own.is_some_and(|own| own.is_half_of(key.public_key()));
        self.begin(CheckId::Repository);
        for check in checks.await {
            let check = match check.id {
                CheckId::VendorUse if is_own => repository::used_by_its_owner(check),
                _ => check,
            };
            if check.id != CheckId::Repository {
                self.begin(check.id);
            }
            self.came_out(check);
        }
    }

    /// Reads the repository with the user's own identity, if that is wanted, and if Bitbucket itself has not told more
    /// about the vendor's key than another key can.
    async fn own_identity(&mut self, address: &RepositoryAddress, key: &AccessKey) {
        let settings = &self.request.settings;
        let (Some(own), Some(reached)) = (&settings.own_identity, self.reached) else {
            return;
        };
        let told = self
            .checks
            .iter()
            .find(|made| made.id == CheckId::Repository);
        let told = told.cloned();
        let started = match &told {
            Some(told) if told.standing != Standing::Unknown => return,
            Some(_) => Instant::now(),
            None => self.begin(CheckId::Repository),
        };
        let check = self.read_as(own, address, key, reached).await;
        let check = check.took(started.elapsed());
        self.came_out(match told {
            Some(told) => identity::beside(told, check),
            None => check,
        });
    }

    /// The check of a session with the user's own identity: in a connection of its own, so that it can't change the
    /// answer about the vendor's key. Only a server that is the one it claims to be gets a signature, and only its
    /// answers show anything.
    async fn read_as(
        &mut self,
        own: &OwnIdentity,
        address: &RepositoryAddress,
        key: &AccessKey,
        reached: SocketAddr,
    ) -> Check {
        let settings = &self.request.settings;
        if !self.came_out_as(CheckId::HostKey, |made| made.status == Status::Pass) {
            let why = "not tested with your own identity: this may not be the right server";
            return Check::skip(CheckId::Repository, why);
        }
        let lets_any_key_in = Some(Code::KeyQueryAnyKeyAccepted);
        let any_key = self.came_out_as(CheckId::KeyQuery, |made| made.code == lets_any_key_in);
        let algorithms = settings.host_keys.preferred_algorithms(
            address.edition(),
            address.host(),
            address.port(),
        );
        let limit = self.limit(settings.limits.own_identity);
        let session = self.session_with(address, Some(reached), algorithms).await;
        let observation = match session {
            Some(session) => {
                let vendor = key.public_key();
                session.read_as(SSH_USER, own, vendor, address, limit).await
            }
            None => identity::Observation::without(identity::Login::NotConnected),
        };
        identity::judge(address, any_key, &observation)
    }

    fn came_out_as(&self, id: CheckId, is_so: impl Fn(&Check) -> bool) -> bool {
        self.checks.iter().any(|made| made.id == id && is_so(made))
    }

    /// Adds to the check of the address how the suggested one fared, and offers it where it got further.
    fn compare_with(&mut self, other: &Climb<'_>, suggested: &RepositoryAddress) {
        let (own, others) = (self.first_failure(), other.first_failure());
        let suggestion = suggested.ssh();
        let words = match (own, others) {
            (None, None) => format!("Both work; {suggestion} is the one to use."),
            (None, Some(failure)) => {
                format!(
                    "It works as given. {suggestion} does not: {}.",
                    failure.summary
                )
            }
            (Some(_), None) => format!("It does not work as given; {suggestion} does."),
            (Some(_), Some(failure)) => {
                format!("{suggestion} was tried too: {}.", failure.summary)
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

    fn first_failure(&self) -> Option<&Check> {
        let mut failures = self
            .checks
            .iter()
            .filter(|check| check.status == Status::Fail);
        failures.next()
    }

    /// The checks in their order, with those that were not made as skipped.
    fn finished(self) -> Vec<Check> {
        CheckId::ALL
            .into_iter()
            .map(|id| {
                let made = self.checks.iter().find(|check| check.id == id);
                made.cloned()
                    .unwrap_or_else(|| Check::skip(id, why_not_made(id, &self.request.settings)))
            })
            .collect()
    }
}

/// Starts a handshake that asks for these types of host key, in this order.
fn start(
    settings: &TestSettings,
    address: &RepositoryAddress,
    stream: TcpStream,
    algorithms: Vec<Algorithm>,
) -> Peer {
    let trust = Arc::clone(&settings.host_keys);
    let (edition, port) = (address.edition(), address.port());
    let host = address.host().to_owned();
    let judge = Box::new(move |key: &_| trust.judge(edition, &host, port, key));
    Peer::start(stream, algorithms, judge)
}

/// Whether something that speaks SSH greets at this host and port.
async fn greets(host: &str, port: u16, limit: Duration) -> bool {
    let dns::Lookup::Found(addresses) = network::lookup(host, limit).await else {
        return false;
    };
    let addresses = addresses
        .into_iter()
        .map(|address| SocketAddr::new(address, port));
    match network::connect(addresses, limit).await {
        (_, Some(stream)) => network::speaks_ssh(stream).await,
        (_, None) => false,
    }
}

fn why_not_made(id: CheckId, settings: &TestSettings) -> &'static str {
    match id {
        CheckId::Repository | CheckId::Permission | CheckId::VendorUse
            if settings.api.token.is_none() && settings.own_identity.is_none() =>
        {
            "not tested: a public key alone can't show it"
        }
        _ => "not tested: an earlier check failed",
    }
}

//! The way to a session with a server: its name, the connection, SSH, the host key.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ssh_key::Algorithm;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::climb::{Climb, NOT_MADE};
use crate::adapters::network;
use crate::adapters::ssh::{Exchanged, Peer, Session};
use crate::bitbucket::RepositoryAddress;
use crate::bitbucket::other_door::{Door, beside_blocked_port, other_door};
use crate::check::connect_to::ConnectTo;
use crate::check::request::TestSettings;
use crate::check::stage::{dns, ssh, tcp};
use crate::check::{Check, CheckId, FixId, HostKeyJudgement};

impl Climb<'_> {
    /// Looks the server up and connects to it.
    pub(super) async fn connect(&mut self, address: &RepositoryAddress) -> Option<TcpStream> {
        let door = self.wanted_door(address);
        let (host, port) = match &door {
            Some(door) => (door.host.as_str(), door.port),
            None => (address.host(), address.port()),
        };
        let route = ConnectTo::route(&self.settings.connect_to, host, port);
        let (target, target_port) = route.unwrap_or((host, port));

        let started = self.begin(CheckId::Dns);
        let lookup = network::lookup(target, self.limit(self.settings.limits.lookup)).await;
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
        let limit = self.limit(self.settings.limits.connect);
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
        let is_wanted = self.settings.beside_blocked_port;
        let door = beside_blocked_port(address).filter(|_| is_wanted)?;
        self.way_to(&door, address).is_some().then_some(door)
    }

    /// Where a door is. None if it leads elsewhere than this test was told to go.
    fn way_to<'d>(&'d self, door: &'d Door, address: &RepositoryAddress) -> Option<(&'d str, u16)> {
        let rules = &self.settings.connect_to;
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
        let limit = self.limit(self.settings.limits.other_door);
        let answered = timeout(limit, greets(host, port, limit)).await;
        tcp::with_other_door(check, address.edition(), &door, answered.unwrap_or(false))
    }

    /// Exchanges keys and has the host key judged.
    pub(super) async fn handshake(
        &mut self,
        address: &RepositoryAddress,
        stream: TcpStream,
    ) -> Option<Session> {
        let (edition, port) = (address.edition(), address.port());
        let started = self.begin(CheckId::Ssh);
        let settings = self.settings;
        let algorithms = settings
            .host_keys
            .preferred_algorithms(edition, address.host(), port);
        let reached = stream.peer_addr().ok();
        let mut peer = start(settings, address, stream, algorithms.clone());

        let limit = self.limit(self.settings.limits.greeting);
        let greeted = match peer.identification(limit).await {
            Ok(identification) => ssh::greeted(edition, port, &identification),
            Err(failure) => ssh::failed(edition, port, &failure),
        };
        if greeted.id == CheckId::Tcp {
            // It ended before SSH could begin.
            self.came_out(greeted);
            self.came_out(Check::skip(CheckId::Ssh, NOT_MADE));
            return None;
        }
        if !greeted.lets_through() {
            let mut check = greeted.took(started.elapsed());
            if check.fixes.iter().any(|fix| fix.id == FixId::TryPort7999) {
                check = self.with_other_door(check, address).await;
            }
            self.came_out(check);
            return None;
        }
        let limit = self.limit(self.settings.limits.exchange);
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
                let session = match self.session_with(address, reached, left).await {
                    Further::Session(session) => Some(session),
                    // The key that it showed first is the one to tell of.
                    Further::Stranger(_) | Further::Nothing => None,
                };
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

    /// A session with a server in a further connection, whose host key is judged like that of the first. Where the server
    /// shows another key than a pinned one, it may have the pinned one, too; each key it has takes a connection of its own.
    pub(super) async fn session_with(
        &mut self,
        address: &RepositoryAddress,
        reached: Option<SocketAddr>,
        mut algorithms: Vec<Algorithm>,
    ) -> Further {
        let settings = self.settings;
        let limits = &settings.limits;
        let mut outcome = Further::Nothing;
        while !algorithms.is_empty() {
            let limit = self.limit(limits.connect);
            let (_, Some(stream)) = network::connect(reached, limit).await else {
                return outcome;
            };
            let mut peer = start(settings, address, stream, algorithms.clone());
            let limit = self.limit(limits.greeting);
            if peer.identification(limit).await.is_err() {
                return outcome;
            }
            let limit = self.limit(limits.exchange);
            match peer.exchange_keys(limit).await {
                Exchanged::Session(session) => return Further::Session(session),
                Exchanged::HostKeyRefused(shown) => {
                    algorithms = settings.host_keys.left_to_ask(&algorithms, &shown);
                    outcome = Further::Stranger(shown);
                }
                // Most likely it has no further key.
                Exchanged::Failed(_) => return outcome,
            }
        }
        outcome
    }
}

/// What a further connection to a server came to.
pub(super) enum Further {
    /// A session. Its host key may still be an unknown one.
    Session(Session),
    /// The server showed a host key that is refused.
    Stranger(HostKeyJudgement),
    /// There is no session.
    Nothing,
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

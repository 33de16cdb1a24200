//! The servers to visit, and what each is to be asked.

use std::collections::HashMap;
use std::sync::Arc;

use super::assembly::Assembly;
use super::{asking, upper};
use crate::bitbucket::RepositoryAddress;
use crate::check::connect_to::ConnectTo;
use crate::check::host_key::HostKeyTrust;
use crate::check::request::TestSettings;
use crate::check::{Check, CheckId, HostKeyPin};
use crate::runtime::climb::Climb;

/// One place on the network to which connections are made.
#[derive(Default)]
pub(super) struct Server {
    groups: Vec<Group>,
}

/// What shares sessions: it is for the same host, whose key is judged by the same trust.
pub(super) struct Group {
    /// The address of any of its questions: they have edition, host and port in common.
    pub(super) address: RepositoryAddress,
    trusted: Vec<HostKeyPin>,
    pub(super) questions: Vec<Question>,
}

/// One connection's key, to be asked about.
#[derive(Clone, Copy)]
pub(super) struct Question {
    /// The connection's place in the list.
    pub(super) connection: usize,
    /// Whether it is asked at the address that was given, and not at the one that was suggested instead.
    pub(super) as_given: bool,
}

/// Sorts the connections by the place that is connected to, in the order of their first appearance. Those with nothing
/// to test are finished.
pub(super) fn by_place(assembly: &Assembly<'_>) -> Vec<Server> {
    let settings = assembly.settings;
    let mut servers: Vec<Server> = Vec::new();
    let mut known: HashMap<(String, u16), usize> = HashMap::new();
    for (connection, request) in assembly.requests.iter().enumerate() {
        let mut unheard = |_| {};
        let given = assembly.given(connection, &mut Climb::new(settings, &mut unheard));
        let Some(testable) = given.testable() else {
            assembly.expect(connection, 0);
            continue;
        };
        let addresses = [Some(testable.tested), testable.suggested];
        let questions = addresses.iter().flatten().count();
        let with_token = usize::from(settings.api.token.is_some());
        assembly.expect(connection, questions + with_token);
        for (address, as_given) in addresses.into_iter().zip([true, false]) {
            let Some(address) = address else { continue };
            let (host, port) = (address.host(), address.port());
            let route = ConnectTo::route(&settings.connect_to, host, port);
            let (host, port) = route.unwrap_or((host, port));
            let place = (host.to_ascii_lowercase(), port);
            let server = *known.entry(place).or_insert_with(|| {
                servers.push(Server::default());
                servers.len() - 1
            });
            let question = Question {
                connection,
                as_given,
            };
            servers[server].take(address, &request.trusted, question);
        }
    }
    servers
}

impl Server {
    fn take(&mut self, address: &RepositoryAddress, trusted: &[HostKeyPin], question: Question) {
        let group = self
            .groups
            .iter_mut()
            .find(|group| is_same_host(&group.address, address) && group.trusted == trusted);
        match group {
            Some(group) => group.questions.push(question),
            None => self.groups.push(Group {
                address: address.clone(),
                trusted: trusted.to_vec(),
                questions: vec![question],
            }),
        }
    }

    /// Asks the server everything, and the REST interface beside it.
    pub(super) async fn verify(self, assembly: &Assembly<'_>) {
        let of_upper_rungs: Vec<usize> = self
            .groups
            .iter()
            .flat_map(|group| &group.questions)
            .filter(|question| question.as_given)
            .map(|question| question.connection)
            .collect();
        let upper_rungs = upper::ask(of_upper_rungs, assembly);
        tokio::join!(self.ask(assembly), upper_rungs);
    }

    async fn ask(self, assembly: &Assembly<'_>) {
        // A host that can't be reached can't be reached by whoever trusts another key, either.
        let mut unreachable: Option<(RepositoryAddress, Vec<Check>)> = None;
        for group in self.groups {
            let address = group.address.clone();
            let known = unreachable
                .take()
                .filter(|(host, _)| is_same_host(host, &address))
                .map(|(_, checks)| checks);
            let settings = group.settings(assembly.settings);
            let given_up = asking::ask_all(group, &settings, assembly, known).await;
            let before_host_key = |check: &Check| check.id < CheckId::HostKey;
            unreachable = given_up
                .filter(|checks| checks.iter().all(before_host_key))
                .map(|checks| (address, checks));
        }
    }
}

impl Group {
    /// The settings of a test, with the trust of this group.
    fn settings(&self, common: &TestSettings) -> TestSettings {
        let mut settings = common.clone();
        if !self.trusted.is_empty() {
            let mut trust = HostKeyTrust::clone(&settings.host_keys);
            trust.trusted.extend(self.trusted.iter().cloned());
            settings.host_keys = Arc::new(trust);
        }
        settings
    }
}

/// Whether two repositories are on the same host and port of the same edition.
fn is_same_host(one: &RepositoryAddress, other: &RepositoryAddress) -> bool {
    let host = |address: &RepositoryAddress| {
        (address.edition(), address.host().to_owned(), address.port())
    };
    host(one) == host(other)
}

//! The embedded Bitbucket as something to test.

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::Edition;
use doorkey::check::host_key::Publisher;
use doorkey::check::request::TestRequest;
use doorkey::check::{HostKeyTrust, PublishedHostKeys};
use doorkey::simulator::{NewKey, Options, Permission, Place, Simulator};
use ssh_key::PublicKey;

use super::outcome::{CLOUD, RequestExt as _, request};

pub(crate) fn start(edition: Edition) -> Simulator {
    Simulator::start(Options::new(edition)).expect("a simulation")
}

pub(crate) fn add(simulator: &Simulator, key: &AccessKey) {
    let place = Place::Repository(simulator.repository().to_owned());
    let new = NewKey {
        line: &key.public_key().to_openssh().expect("one line"),
        label: "Coalesce Quality",
        permission: Permission::Read,
        expires: None,
    };
    let added = simulator.store().add_access_key(&place, new);
    added.expect("the key is added");
}

/// A request to the simulation in place of Cloud.
pub(crate) fn to_simulator(simulator: &Simulator, key: AccessKey) -> TestRequest {
    request(CLOUD, key)
        .connected_to(simulator.ssh_address().port())
        .trusting(publishing(simulator.host_keys()))
}

/// Takes these keys for those Atlassian publishes.
pub(crate) fn publishing(keys: &[PublicKey]) -> HostKeyTrust {
    HostKeyTrust {
        published: PublishedHostKeys {
            // Published keys live as long as the program.
            keys: Vec::leak(keys.to_vec()),
            publisher: Publisher::Simulation,
            ..PublishedHostKeys::default()
        },
        ..HostKeyTrust::default()
    }
}

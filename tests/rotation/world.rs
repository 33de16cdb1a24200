//! A Bitbucket of the test's own, and a state directory with one saved connection.

use std::fs;
use std::path::PathBuf;

use doorkey::adapters::store::Store;
use doorkey::bitbucket::{Edition, SshAliases, read_address};
use doorkey::connections::Connection;
use doorkey::simulator::{Options, Place, Simulator};
use tempfile::TempDir;

use crate::walk::{NEW, OLD, key};

const URL: &str = "git@ssh.bitbucket.org:acme/analytics-platform.git";

pub(crate) struct World {
    pub(crate) bitbucket: Simulator,
    pub(crate) state: TempDir,
}

impl World {
    /// The connection is saved, and its key is in.
    pub(crate) fn new() -> Self {
        let bitbucket = Simulator::start(Options::new(Edition::Cloud)).expect("a simulation");
        bitbucket.add_key(OLD).expect("the old key is added");
        let state = TempDir::new().expect("a state directory");
        let world = Self { bitbucket, state };
        let reading = read_address(URL, &SshAliases::default()).expect("an address");
        let name = "analytics".parse().expect("a name");
        let connection = Connection::new(name, reading.address, reading.place, key(OLD));
        let saving = world.store().change(|saved| saved.put(connection));
        saving.expect("it is saved");
        world
    }

    fn store(&self) -> Store {
        Store::in_folder(self.state.path().join("doorkey"))
    }

    /// The connection as it is saved.
    pub(crate) fn saved(&self) -> Connection {
        let connections = self.store().connections().expect("saved connections");
        let found = connections.find("analytics").expect("the connection");
        found.clone()
    }

    /// A file with this in it.
    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.state.path().join(name);
        fs::write(&path, content).expect("a file");
        path
    }

    /// The arguments of a rotation, with these besides.
    pub(crate) fn rotate(&self, more: &[&str]) -> Vec<String> {
        let address = self.bitbucket.ssh_address();
        let connect_to = format!("ssh.bitbucket.org:22:{}:{}", address.ip(), address.port());
        let fingerprint = self.bitbucket.fingerprint();
        let own = [
            "rotate",
            "analytics",
            "--connect-to",
            &connect_to,
            "--host-key",
            &fingerprint,
        ];
        own.iter().chain(more).map(|&it| it.to_owned()).collect()
    }

    pub(crate) fn add_new(&self) {
        self.bitbucket.add_key(NEW).expect("the new key is added");
    }

    pub(crate) fn remove_old(&self) {
        self.bitbucket.remove_key(OLD);
    }

    pub(crate) fn fingerprints(&self) -> Vec<String> {
        let place = Place::Repository(self.bitbucket.repository().to_owned());
        let keys = self
            .bitbucket
            .store()
            .access_keys(&place)
            .expect("a repository");
        keys.iter()
            .map(doorkey::simulator::StoredKey::fingerprint)
            .collect()
    }
}

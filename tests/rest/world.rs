//! A Bitbucket, a key, and a test of the one against the other.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::{ApiBase, Edition};
use doorkey::check::api_access::{ApiAccess, read_token};
use doorkey::check::connect_to::ConnectTo;
use doorkey::check::host_key::HostKeyTrust;
use doorkey::check::request::{TestRequest, TestSettings};
use doorkey::check::{Check, CheckId, Code, Report, Rung, Standing, TestEvent};
use doorkey::runtime::connection_test;
use doorkey::simulator::{NewKey, Options, Permission, Place, Simulator, StoredKey};
use ssh_key::{Algorithm, PrivateKey};

pub(crate) const REPOSITORY: &str = "acme/analytics-platform";

pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) key: AccessKey,
    /// Where to ask, and with what: everything a test needs to pass.
    pub(crate) settings: TestSettings,
}

impl World {
    pub(crate) fn new(edition: Edition) -> Self {
        let simulator = Simulator::start(Options::new(edition)).expect("a simulation");
        let ssh = simulator.ssh_address();
        let here = ssh.ip().to_string();
        let settings = TestSettings {
            host_keys: Arc::new(HostKeyTrust {
                pinned: vec![simulator.fingerprint().parse().expect("a pin")],
                ..HostKeyTrust::default()
            }),
            connect_to: vec![
                ConnectTo::new("ssh.bitbucket.org", 22, &here, ssh.port()),
                ConnectTo::new("bitbucket.org", 22, &here, ssh.port()),
                ConnectTo::new("git.example.com", 7999, &here, ssh.port()),
            ],
            api: access(simulator.token(), &simulator.api()),
            ..TestSettings::default()
        };
        Self {
            simulator,
            key: new_key(),
            settings,
        }
    }

    pub(crate) fn cloud() -> Self {
        Self::new(Edition::Cloud)
    }

    pub(crate) fn data_center() -> Self {
        Self::new(Edition::DataCenter)
    }

    /// The SSH URL of a repository.
    pub(crate) fn url(&self, repository: &str) -> String {
        match self.simulator.edition() {
            Edition::Cloud => format!("git@ssh.bitbucket.org:{repository}.git"),
            Edition::DataCenter => {
                format!(
                    "ssh://git@{}/{repository}.git",
                    self.simulator.ssh_address()
                )
            }
        }
    }

    pub(crate) fn add(&self, key: &AccessKey, place: &Place, permission: Permission) -> StoredKey {
        let new = NewKey {
            line: &key.line(),
            label: "Coalesce Quality",
            permission,
            expires: None,
        };
        let added = self.simulator.store().add_access_key(place, new);
        added.expect("the key is added")
    }

    /// Puts the key on the repository, to read.
    pub(crate) fn add_key(&self) -> StoredKey {
        self.add(&self.key, &repository(REPOSITORY), Permission::Read)
    }

    /// Tests the key against the repository, and makes sure that nothing told holds the token.
    pub(crate) fn test(&self) -> Report {
        self.test_of(&self.url(REPOSITORY))
    }

    pub(crate) fn test_of(&self, url: &str) -> Report {
        self.events_of(url).1
    }

    pub(crate) fn events_of(&self, url: &str) -> (Vec<TestEvent>, Report) {
        let request = TestRequest {
            url: url.to_owned(),
            key: Ok(self.key.clone()),
            settings: self.settings.clone(),
        };
        let mut events = Vec::new();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let report = runtime.block_on(connection_test::run(&request, |event| events.push(event)));
        let told = format!("{request:?}{events:?}{}", report.to_json());
        assert!(!told.contains(self.simulator.token()), "{told}");
        (events, report)
    }
}

pub(crate) fn access(token: &str, base: &str) -> ApiAccess {
    ApiAccess {
        token: read_token(token).expect("a token"),
        base: Some(base.parse::<ApiBase>().expect("an address")),
        ..ApiAccess::default()
    }
}

pub(crate) fn new_key() -> AccessKey {
    let private = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).expect("a key pair");
    let line = private.public_key().to_openssh().expect("one line");
    AccessKey::read(&format!("{line} coalesce@example.com")).expect("a key")
}

pub(crate) fn repository(name: &str) -> Place {
    Place::Repository(name.to_owned())
}

pub(crate) fn check(report: &Report, id: CheckId) -> &Check {
    report.check(id).expect("every check is in a report")
}

pub(crate) fn code(report: &Report, id: CheckId) -> Option<Code> {
    check(report, id).code
}

/// What the report says about the repository, with the particulars.
pub(crate) fn detail(report: &Report) -> &str {
    check(report, CheckId::Repository)
        .detail
        .as_deref()
        .unwrap_or_default()
}

/// This repository, read-only, used by the vendor.
pub(crate) fn upper(report: &Report) -> [Standing; 3] {
    [Rung::ThisRepository, Rung::ReadOnly, Rung::UsedByVendor]
        .map(|rung| report.proof().standing(rung))
}

/// A port at which nothing listens. Everything else here listens at 127.0.0.1, so nothing takes it in the meantime.
pub(crate) fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.77.0.1:0").expect("a port");
    listener.local_addr().expect("its address")
}

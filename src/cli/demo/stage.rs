//! What a scenario is played on: the embedded Bitbucket, what is beside it, and where every connection goes.

use std::net::SocketAddr;
use std::sync::Arc;

use ssh_key::PrivateKey;
use ssh_key::private::Ed25519Keypair;
use zeroize::Zeroizing;

use crate::access_key::AccessKey;
use crate::bitbucket::{Edition, SshAliases, read_address};
use crate::check::OwnIdentity;
use crate::check::api_access::ApiAccess;
use crate::check::connect_to::ConnectTo;
use crate::check::host_key::{HostKeyTrust, PublishedHostKeys};
use crate::check::request::TestSettings;
use crate::connections::{Connection, Connections};
use crate::demo::{Keys, Place, Scenario};
use crate::guide::Demo;
use crate::rotation;
use crate::runtime::ports::DemoWorld;
use crate::setup;
use crate::simulator::{Fault, Options, SilentPort, Simulator};

/// What a scenario is played on. It is there for as long as this is kept.
pub(super) struct Stage {
    pub(super) world: DemoWorld,
    pub(super) keys: Keys,
    address: String,
    settings: TestSettings,
    demo: Demo,
    _neighbours: Neighbours,
}

impl Stage {
    /// Sets everything up for a scenario.
    pub(super) fn set(scenario: &Scenario) -> Result<Self, String> {
        let simulator =
            Simulator::start(Options::new(scenario.edition)).map_err(|error| error.to_string())?;
        let Place { host, port } = &scenario.bitbucket;
        simulator.make_known_as(host, *port);
        let neighbours = Neighbours::of(scenario)?;
        let published = match scenario.edition {
            Edition::Cloud => {
                // There is one demo in the life of the program, so this is freed with it.
                PublishedHostKeys::simulated(simulator.host_keys().to_vec().leak())
            }
            Edition::DataCenter => PublishedHostKeys::default(),
        };
        Ok(Self {
            keys: Keys {
                new: vendor_key("coalesce-quality-demo")?,
                old: vendor_key("coalesce-quality-old")?,
            },
            address: scenario.address.clone(),
            settings: TestSettings {
                connect_to: routes(scenario, simulator.ssh_address(), &neighbours),
                host_keys: Arc::new(HostKeyTrust {
                    published,
                    ..HostKeyTrust::default()
                }),
                api: ApiAccess {
                    base: simulator.api().parse().ok(),
                    ..ApiAccess::default()
                },
                ..TestSettings::default()
            },
            demo: Demo {
                page: simulator.web_page(),
                token: simulator.token().to_owned(),
            },
            world: DemoWorld {
                agent: somebody_in_the_workspace(&simulator)?,
                simulator: Arc::new(simulator),
            },
            _neighbours: neighbours,
        })
    }

    /// What the setup of a connection begins with.
    pub(super) fn setup(&self) -> setup::Setup {
        setup::Setup {
            url: self.address.clone(),
            key: Some(Zeroizing::new(self.keys.new.clone().into_bytes())),
            region: None,
            settings: self.settings.clone(),
            demo: Some(self.demo.clone()),
            keeps: false,
        }
    }

    /// What the rotation of a key begins with: a connection that was set up with the old one.
    pub(super) fn rotation(&self) -> Result<(rotation::Setup, Connections), String> {
        let reading = read_address(&self.address, &SshAliases::default())
            .map_err(|refusal| refusal.code.title().to_owned())?;
        let old =
            AccessKey::read(&self.keys.old).map_err(|refusal| refusal.code.title().to_owned())?;
        let mut saved = Connections::default();
        let name = saved.free_name(&reading.address);
        let connection = Connection::new(name, reading.address, reading.place, old);
        saved.put(connection.clone());
        let setup = rotation::Setup {
            connection,
            key: Some(Zeroizing::new(self.keys.new.clone().into_bytes())),
            settings: self.settings.clone(),
            demo: Some(self.demo.clone()),
        };
        Ok((setup, saved))
    }
}

/// What is beside the simulated Bitbucket.
struct Neighbours {
    /// Where nothing answers.
    silent: SilentPort,
    /// The machine's own sshd.
    sshd: Option<Simulator>,
}

impl Neighbours {
    fn of(scenario: &Scenario) -> Result<Self, String> {
        let silent = SilentPort::take().map_err(|error| error.to_string())?;
        let options = Options {
            fault: Some(Fault::MachineSshd),
            ..Options::new(scenario.edition)
        };
        let sshd = scenario
            .machine_sshd
            .as_ref()
            .map(|_| Simulator::start(options));
        Ok(Self {
            silent,
            sshd: sshd.transpose().map_err(|error| error.to_string())?,
        })
    }
}

/// Where connections go: to the simulation for the address that Bitbucket has, to the machine's sshd for its own, and for any
/// other, a retired one and whatever somebody types, to a port where nothing answers. None leaves this computer.
fn routes(scenario: &Scenario, bitbucket: SocketAddr, neighbours: &Neighbours) -> Vec<ConnectTo> {
    let to = |place: &Place, address: SocketAddr| {
        let here = address.ip().to_string();
        ConnectTo::new(&place.host, place.port, &here, address.port())
    };
    let sshd = scenario.machine_sshd.as_ref().zip(neighbours.sshd.as_ref());
    let mut routes = vec![to(&scenario.bitbucket, bitbucket)];
    routes.extend(sshd.map(|(place, sshd)| to(place, sshd.ssh_address())));
    let here = bitbucket.ip().to_string();
    routes.push(ConnectTo::any(&here, neighbours.silent.port()));
    routes
}

/// The identity of somebody who may read what the workspace has.
fn somebody_in_the_workspace(simulator: &Simulator) -> Result<OwnIdentity, String> {
    let key = new_key();
    let line = public_line(&key)?;
    let workspace = simulator.repository().split('/').next().unwrap_or_default();
    let added = simulator
        .store()
        .add_account_key("ada", &line, &[workspace]);
    added.map_err(|refusal| refusal.message(simulator.edition()).to_owned())?;
    Ok(OwnIdentity::Key(Arc::new(key)))
}

/// A public key such as Coalesce Quality would show. Its private half is dropped at once.
fn vendor_key(comment: &str) -> Result<String, String> {
    let mut key = new_key();
    key.set_comment(comment);
    public_line(&key)
}

fn new_key() -> PrivateKey {
    Ed25519Keypair::random(&mut rand::rng()).into()
}

fn public_line(key: &PrivateKey) -> Result<String, String> {
    let line = key.public_key().to_openssh();
    line.map_err(|error| error.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use super::*;

    #[test]
    fn no_connection_leaves_this_computer() {
        let simulated = "127.0.0.1:4000".parse().unwrap();
        for scenario in Scenario::all() {
            let neighbours = Neighbours::of(scenario).unwrap();
            let rules = routes(scenario, simulated, &neighbours);
            let leads_to = |host, port| ConnectTo::route(&rules, host, port).unwrap();
            let Place { host, port } = &scenario.bitbucket;
            assert_eq!(leads_to(host, *port), ("127.0.0.1", 4000));
            for (host, port) in [
                ("bitbucket.org", 22),
                ("altssh.bitbucket.org", 443),
                ("git.example.com", 7999),
                (host, 2222),
            ] {
                let nowhere = ("127.0.0.1", neighbours.silent.port());
                assert_eq!(leads_to(host, port), nowhere, "{host}:{port}");
            }
            if let (Some(place), Some(sshd)) = (&scenario.machine_sshd, &neighbours.sshd) {
                let there = ("127.0.0.1", sshd.ssh_address().port());
                assert_eq!(leads_to(&place.host, place.port), there);
            }
        }
    }
}

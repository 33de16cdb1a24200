//! `doorkey demo`: the wizard against the embedded Bitbucket, no network needed.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use ssh_key::{Algorithm, PrivateKey};
use zeroize::Zeroizing;

use super::Exit;
use super::answer::Answer;
use super::log_option::LogOption;
use super::look::LookOptions;
use super::setup::meet;
use crate::bitbucket::Edition;
use crate::check::OwnIdentity;
use crate::check::api_access::ApiAccess;
use crate::check::connect_to::ConnectTo;
use crate::check::host_key::{HostKeyTrust, PublishedHostKeys};
use crate::check::request::TestSettings;
use crate::demo::{Place, Scenario};
use crate::runtime::ports::DemoWorld;
use crate::simulator::{Fault, Options, SilentPort, Simulator};
use crate::wizard::{Demo, Setup, Wizard};

/// Try the wizard against an embedded Bitbucket: no network, no account
///
/// Everything is simulated on this computer: the addresses are Bitbucket's, the connections go to a Bitbucket inside doorkey.
/// doorkey connects to nothing outside.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What is shown; --list tells more
    #[arg(long, value_name = "NAME", value_parser = scenario(), conflicts_with = "list")]
    scenario: Option<&'static Scenario>,
    /// Print the scenarios and end
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    look: LookOptions,
    #[command(flatten)]
    log: LogOption,
}

/// Reads a scenario by its name.
fn scenario() -> impl TypedValueParser<Value = &'static Scenario> {
    let names = Scenario::all()
        .iter()
        .map(|scenario| scenario.name.as_str());
    PossibleValuesParser::new(names)
        .try_map(|name| Scenario::from_name(&name).ok_or("no such scenario"))
}

/// Runs the demo.
pub(super) fn run(arguments: &Arguments) -> Exit {
    if arguments.list {
        return list().print();
    }
    if let Err(refused) = arguments.log.begin() {
        return refused;
    }
    let scenario = arguments.scenario.unwrap_or_else(|| Scenario::usual());
    match prepare(scenario) {
        Ok(stage) => {
            let wizard = Wizard::new(stage.setup);
            meet(wizard, &arguments.look, Some(stage.world), None, false)
        }
        Err(why) => super::could_not_run(&why),
    }
}

/// Every scenario, with what it shows.
fn list() -> Answer {
    let lines = Scenario::all()
        .iter()
        .map(|scenario| format!("{:<17}{}\n", scenario.name, scenario.summary));
    Answer {
        output: lines.collect(),
        message: String::new(),
        exit: Exit::Done,
    }
}

struct Stage {
    setup: Setup,
    world: DemoWorld,
    /// Kept for as long as the demo runs.
    _neighbours: Neighbours,
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

fn prepare(scenario: &Scenario) -> Result<Stage, String> {
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
    let setup = Setup {
        url: scenario.address.clone(),
        key: Some(Zeroizing::new(vendor_key()?.into_bytes())),
        region: None,
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
        demo: Some(Demo {
            page: simulator.web_page(),
            token: simulator.token().to_owned(),
        }),
        keeps: false,
    };
    Ok(Stage {
        setup,
        world: DemoWorld {
            agent: somebody_in_the_workspace(&simulator)?,
            simulator: Arc::new(simulator),
        },
        _neighbours: neighbours,
    })
}

/// The identity of somebody who may read what the workspace has.
fn somebody_in_the_workspace(simulator: &Simulator) -> Result<OwnIdentity, String> {
    let key = new_key()?;
    let line = public_line(&key)?;
    let workspace = simulator.repository().split('/').next().unwrap_or_default();
    let added = simulator
        .store()
        .add_account_key("ada", &line, &[workspace]);
    added.map_err(|refusal| refusal.message(simulator.edition()).to_owned())?;
    Ok(OwnIdentity::Key(Arc::new(key)))
}

/// A public key such as Coalesce Quality would show. Its private half is dropped at once.
fn vendor_key() -> Result<String, String> {
    let mut key = new_key()?;
    key.set_comment("coalesce-quality-demo");
    public_line(&key)
}

fn new_key() -> Result<PrivateKey, String> {
    PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).map_err(|error| error.to_string())
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

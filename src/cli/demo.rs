//! `doorkey demo`: the wizard against the embedded Bitbucket, no network needed.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use ssh_key::{Algorithm, PrivateKey};
use zeroize::Zeroizing;

use super::Exit;
use super::log_option::LogOption;
use super::look::LookOptions;
use super::setup::meet;
use crate::bitbucket::{Edition, SshAliases, read_address};
use crate::check::OwnIdentity;
use crate::check::api_access::ApiAccess;
use crate::check::connect_to::ConnectTo;
use crate::check::host_key::{HostKeyTrust, PublishedHostKeys};
use crate::check::request::TestSettings;
use crate::runtime::ports::DemoWorld;
use crate::simulator::{Options, SilentPort, Simulator};
use crate::wizard::{Demo, Setup, Wizard};

/// Try the wizard against an embedded Bitbucket: no network, no account
///
/// Everything is simulated on this computer: the addresses are Bitbucket Cloud's, the connections go to a Bitbucket
/// inside doorkey. doorkey connects to nothing outside.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    look: LookOptions,
    #[command(flatten)]
    log: LogOption,
}

/// The address as the vendor's guide still has it: the first thing the demo shows repaired.
const OLD_ADDRESS: &str = "git@bitbucket.org:acme/analytics-platform.git";

/// Runs the demo.
pub(super) fn run(arguments: &Arguments) -> Exit {
    if let Err(refused) = arguments.log.begin() {
        return refused;
    }
    match prepare() {
        Ok(stage) => {
            let wizard = Wizard::new(stage.setup);
            meet(wizard, &arguments.look, Some(stage.world), None, false)
        }
        Err(why) => super::could_not_run(&why),
    }
}

struct Stage {
    setup: Setup,
    world: DemoWorld,
    /// Kept for as long as the demo runs.
    _silent: SilentPort,
}

/// Where connections go: to the simulation for the address that Bitbucket has now, and for any other, the old one and
/// whatever somebody types, to a port where nothing answers. None leaves this computer.
fn routes(simulation: SocketAddr, silent: u16) -> Result<Vec<ConnectTo>, String> {
    let reading = read_address(OLD_ADDRESS, &SshAliases::default());
    let address = reading
        .map_err(|refusal| refusal.code.title().to_owned())?
        .address;
    let here = simulation.ip().to_string();
    Ok(vec![
        ConnectTo::new(address.host(), address.port(), &here, simulation.port()),
        ConnectTo::any(&here, silent),
    ])
}

fn prepare() -> Result<Stage, String> {
    let simulator =
        Simulator::start(Options::new(Edition::Cloud)).map_err(|error| error.to_string())?;
    let silent = SilentPort::take().map_err(|error| error.to_string())?;
    let ssh = simulator.ssh_address();
    // There is one demo in the life of the program, so this is freed with it.
    let host_keys = simulator.host_keys().to_vec().leak();
    let setup = Setup {
        url: OLD_ADDRESS.to_owned(),
        key: Some(Zeroizing::new(vendor_key()?.into_bytes())),
        region: None,
        settings: TestSettings {
            connect_to: routes(ssh, silent.port())?,
            host_keys: Arc::new(HostKeyTrust {
                published: PublishedHostKeys::simulated(host_keys),
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
        _silent: silent,
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
        let rules = routes("127.0.0.1:4000".parse().unwrap(), 5000).unwrap();
        let leads_to = |host, port| ConnectTo::route(&rules, host, port);
        assert_eq!(leads_to("ssh.bitbucket.org", 22), Some(("127.0.0.1", 4000)));
        for (host, port) in [
            ("bitbucket.org", 22),
            ("altssh.bitbucket.org", 443),
            ("git.example.com", 7999),
            ("ssh.bitbucket.org", 2222),
        ] {
            assert_eq!(
                leads_to(host, port),
                Some(("127.0.0.1", 5000)),
                "{host}:{port}"
            );
        }
    }
}

//! `doorkey demo`: the wizard against the embedded Bitbucket, no network needed.

use std::sync::Arc;

use clap::Args;
use ssh_key::{Algorithm, PrivateKey};
use zeroize::Zeroizing;

use super::Exit;
use super::look::LookOptions;
use super::setup::meet;
use crate::bitbucket::Edition;
use crate::check::api_access::ApiAccess;
use crate::check::connect_to::ConnectTo;
use crate::check::host_key::{HostKeyTrust, PublishedHostKeys};
use crate::check::request::TestSettings;
use crate::simulator::{Options, SilentPort, Simulator};
use crate::wizard::{Demo, Setup, Wizard};

/// Try the wizard against an embedded Bitbucket: no network, no account
///
/// Everything is simulated on this computer: the addresses are Bitbucket Cloud's, the connections go to a Bitbucket
/// inside doorkey. Nothing you do here reaches anything outside.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    look: LookOptions,
}

/// The address as the vendor's guide still has it: the first thing the demo shows repaired.
const OLD_ADDRESS: &str = "git@bitbucket.org:acme/analytics-platform.git";

/// Runs the demo.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match prepare() {
        Ok(stage) => {
            let wizard = Wizard::new(stage.setup);
            meet(wizard, &arguments.look, Some(stage.simulator), false)
        }
        Err(why) => super::could_not_run(&why),
    }
}

struct Stage {
    setup: Setup,
    simulator: Arc<Simulator>,
    /// Kept for as long as the demo runs.
    _silent: SilentPort,
}

fn prepare() -> Result<Stage, String> {
    let simulator =
        Simulator::start(Options::new(Edition::Cloud)).map_err(|error| error.to_string())?;
    let silent = SilentPort::take().map_err(|error| error.to_string())?;
    let ssh = simulator.ssh_address();
    // There is one demo in the life of the program, so this is freed with it.
    let host_keys = simulator.host_keys().to_vec().leak();
    let here = ssh.ip().to_string();
    let setup = Setup {
        url: OLD_ADDRESS.to_owned(),
        key: Some(Zeroizing::new(vendor_key()?.into_bytes())),
        region: None,
        settings: TestSettings {
            connect_to: vec![
                ConnectTo::new("ssh.bitbucket.org", 22, &here, ssh.port()),
                ConnectTo::new("bitbucket.org", 22, &here, silent.port()),
            ],
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
    };
    Ok(Stage {
        setup,
        simulator: Arc::new(simulator),
        _silent: silent,
    })
}

/// A public key such as Coalesce Quality would show. Its private half is dropped at once.
fn vendor_key() -> Result<String, String> {
    let mut key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519)
        .map_err(|error| error.to_string())?;
    key.set_comment("coalesce-quality-demo");
    key.public_key()
        .to_openssh()
        .map_err(|error| error.to_string())
}

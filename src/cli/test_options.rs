//! The options that say how a connection test is made.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::Stop;
use super::api_options::ApiOptions;
use crate::adapters::ssh_files;
use crate::check::Required;
use crate::check::connect_to::ConnectTo;
use crate::check::host_key::HostKeyTrust;
use crate::check::host_key_pin::HostKeyPin;
use crate::check::request::{Limits, TestSettings};

/// How to test, and whom to trust.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Connection test")]
pub(super) struct TestOptions {
    /// Time limit for the test of one connection
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time_limit)]
    timeout: Duration,
    /// Trust only this host key: its SHA256 fingerprint, or the whole public key (may be repeated)
    #[arg(long, value_name = "FINGERPRINT")]
    host_key: Vec<HostKeyPin>,
    /// Look for host keys in this file instead of the one OpenSSH keeps for you
    #[arg(long, value_name = "FILE")]
    known_hosts: Option<PathBuf>,
    /// Accept an unknown host key for this run
    #[arg(long)]
    accept_new_host_key: bool,
    /// Connect to ADDR:PORT instead of HOST:PORT, as curl does: for tunnels and tests (may be repeated)
    #[arg(long, value_name = "HOST:PORT:ADDR:PORT")]
    connect_to: Vec<ConnectTo>,
    #[command(flatten)]
    api: ApiOptions,
}

/// The longest time a test can be given.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Reads how long a test may take. Without a bound, a time could be named that no clock can hold.
pub(super) fn time_limit(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(time) if !time.is_zero() && time <= LONGEST => Ok(time),
        _ => Err("give a time of at most 1h with its unit, such as 30s or 500ms".to_owned()),
    }
}

impl TestOptions {
    /// The settings for a test, with what this machine's SSH files say. Fails if one of them can't be read whole.
    pub(super) fn settings(&self) -> Result<TestSettings, Stop> {
        let known_hosts = match &self.known_hosts {
            Some(file) => ssh_files::known_hosts_in(file).map_err(Stop::bad_input)?,
            None => ssh_files::known_hosts().map_err(|why| {
                Stop::could_not_run(format!(
                    "{why}, and a key may be withdrawn there. To look in another file: --known-hosts FILE"
                ))
            })?,
        };
        Ok(TestSettings {
            aliases: ssh_files::aliases().map_err(Stop::could_not_run)?,
            host_keys: Arc::new(HostKeyTrust {
                pinned: self.host_key.clone(),
                known_hosts,
                accept_new: self.accept_new_host_key,
                ..HostKeyTrust::default()
            }),
            connect_to: self.connect_to.clone(),
            api: self.api.access().map_err(Stop::bad_input)?,
            own_identity: None,
            beside_blocked_port: false,
            required: Required::default(),
            limits: Limits {
                total: self.timeout,
                ..Limits::default()
            },
        })
    }
}

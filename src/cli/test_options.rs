//! The options that say how a connection test is made.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::api_options::ApiOptions;
use crate::adapters::ssh_files;
use crate::check::connect_to::ConnectTo;
use crate::check::host_key::HostKeyTrust;
use crate::check::host_key_pin::HostKeyPin;
use crate::check::request::{Limits, TestSettings};

/// How to test, and whom to trust.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Connection test")]
pub(super) struct TestOptions {
    /// How long the whole test may take
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = humantime::parse_duration)]
    timeout: Duration,
    /// Trust only this host key: its fingerprint, or the whole public key (may be repeated)
    #[arg(long, value_name = "SHA256:…")]
    host_key: Vec<HostKeyPin>,
    /// Look for host keys in this file instead of your own `known_hosts`
    #[arg(long, value_name = "FILE")]
    known_hosts: Option<PathBuf>,
    /// Trust the host key of a server about which nothing is known, for this run
    #[arg(long)]
    accept_new_host_key: bool,
    /// Connect to ADDR:PORT instead of HOST:PORT, as curl does: for tunnels and tests (may be repeated)
    #[arg(long, value_name = "HOST:PORT:ADDR:PORT")]
    connect_to: Vec<ConnectTo>,
    #[command(flatten)]
    api: ApiOptions,
}

impl TestOptions {
    /// The settings for a test, with what this machine's SSH files say. Fails with a sentence if a file that was named
    /// can't be read.
    pub(super) fn settings(&self) -> Result<TestSettings, String> {
        let known_hosts = match &self.known_hosts {
            Some(file) => ssh_files::known_hosts_in(file)?,
            None => ssh_files::known_hosts(),
        };
        Ok(TestSettings {
            aliases: ssh_files::aliases(),
            host_keys: Arc::new(HostKeyTrust {
                pinned: self.host_key.clone(),
                known_hosts,
                accept_new: self.accept_new_host_key,
                ..HostKeyTrust::default()
            }),
            connect_to: self.connect_to.clone(),
            api: self.api.access()?,
            limits: Limits {
                total: self.timeout,
                ..Limits::default()
            },
        })
    }
}

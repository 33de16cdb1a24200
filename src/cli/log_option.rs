//! The option that has told in a file what happens.

use std::env;
use std::path::PathBuf;
use std::time::SystemTime;

use clap::Args;
use log::info;

use super::Exit;
use crate::adapters::log_file;
use crate::runtime::clock;

/// Where to tell what happens.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Log")]
pub(super) struct LogOption {
    /// Append a timestamped log to FILE. It never contains tokens or private keys, and of what you type only the tested address
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
}

impl LogOption {
    /// Begins the log, if there is to be one. Fails with the exit status if the file can't be written.
    pub(super) fn begin(&self) -> Result<(), Exit> {
        let Some(path) = &self.log else {
            return Ok(());
        };
        if let Err(error) = log_file::begin(path) {
            return Err(super::refuse(format!(
                "the log {} can't be written: {error}",
                path.display()
            )));
        }
        info!(
            "doorkey {} begins at {}, on {}, TERM={}",
            env!("DOORKEY_VERSION"),
            clock::rfc3339(SystemTime::now()),
            env::consts::OS,
            env::var("TERM").unwrap_or_default()
        );
        Ok(())
    }
}

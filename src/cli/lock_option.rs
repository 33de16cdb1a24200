//! The option that says how long to wait for another doorkey that saves something.

use std::time::Duration;

use clap::Args;

use crate::adapters::store::{Store, StoreError};

/// How long to wait if nothing is said: [`crate::adapters::store::USUAL_PATIENCE`], as people write it.
const USUAL: &str = "10s";

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// How long to wait for the lock on saved connections.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Saved connections")]
pub(super) struct LockOption {
    /// Wait at most this long for another doorkey that is saving; 0s doesn't wait
    #[arg(long, value_name = "TIME", default_value = USUAL, value_parser = patience)]
    lock_timeout: Duration,
}

fn patience(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(time) if time <= LONGEST => Ok(time),
        _ => Err("give a time of at most 1h with its unit, such as 10s or 500ms".to_owned()),
    }
}

impl LockOption {
    /// The user's store, for a command that says on standard error that it waits.
    pub(super) fn store(&self) -> Result<Store, StoreError> {
        Ok(self.silent_store()?.telling(super::tell))
    }

    /// The same for one that has the whole terminal, where nothing else may write.
    pub(super) fn silent_store(&self) -> Result<Store, StoreError> {
        Ok(Store::of_user()?.with_patience(self.lock_timeout))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::store::USUAL_PATIENCE;

    #[test]
    fn a_wait_has_a_unit_and_a_limit() {
        assert_eq!(patience(USUAL), Ok(USUAL_PATIENCE));
        assert_eq!(patience("0s"), Ok(Duration::ZERO));
        assert_eq!(patience("1h"), Ok(LONGEST));
        for odd in ["", "5", "soon", "61m", "400000000000y", "-1s"] {
            assert!(patience(odd).is_err(), "{odd}");
        }
    }
}

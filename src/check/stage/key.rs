//! Judging the public key.

use crate::access_key::{AccessKey, Refusal};
use crate::check::{Check, CheckId};

/// The check of a key that was read or refused. A repaired key passes, and the repairs are said.
pub fn judge(key: &Result<AccessKey, Refusal>) -> Check {
    match key {
        Ok(key) => {
            let check = Check::pass(
                CheckId::Key,
                format!("{} {}", key.algorithm(), key.fingerprint()),
            );
            let repairs: Vec<String> = key.repairs().iter().map(|repair| repair.words()).collect();
            if repairs.is_empty() {
                check
            } else {
                check.with_detail(format!("Repaired: {}.", repairs.join("; ")))
            }
        }
        Err(refusal) => {
            let mut check = Check::found(refusal.code);
            check.detail.clone_from(&refusal.detail);
            check
        }
    }
}

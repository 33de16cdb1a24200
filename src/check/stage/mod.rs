//! The stages of a connection test: for each, what can be observed and what it means.
//!
//! `adapters` observe, these judge. So every judgement can be tested without a network.

pub mod address;
pub mod dns;
pub mod identity;
pub mod key;
pub mod key_query;
pub mod repository;
pub mod ssh;
pub mod tcp;

use super::{Check, FixId};
use crate::bitbucket::Edition;
use crate::bitbucket::other_door::data_center_port;

/// How much of a server's words is shown.
const WORDS_LIMIT: usize = 300;

/// Takes away the fixes that make no sense for this edition and port.
fn suited(check: Check, edition: Edition, port: u16) -> Check {
    let misfits: &[FixId] = match edition {
        Edition::Cloud => &[FixId::TryPort7999],
        Edition::DataCenter if port == data_center_port() => {
            &[FixId::TryPort7999, FixId::TryPort443, FixId::OpenStatusPage]
        }
        Edition::DataCenter => &[FixId::TryPort443, FixId::OpenStatusPage],
    };
    misfits
        .iter()
        .fold(check, |check, misfit| check.without_fix(*misfit))
}

//! The six steps: for each, its data, its keys and what it makes of them.

pub mod access_keys_page;
pub mod allowlist;
pub mod connection_test;
pub mod prerequisites;
pub mod public_key;
pub mod ssh_url;

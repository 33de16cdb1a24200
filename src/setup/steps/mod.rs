//! The six steps: for each, its data, its keys and what it makes of them.

pub mod access_keys_page;
pub mod allowlist;
pub mod prerequisites;
pub mod ssh_url;

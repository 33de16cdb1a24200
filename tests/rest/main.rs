//! The upper rungs over real sockets: against the embedded Bitbucket, and against servers that answer oddly.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail this way"
)]

mod answers;
mod authority;
mod changes;
mod claims;
mod hosts;
mod liar;
mod no_answers;
mod program;
mod proofs;
#[path = "../support/provoked.rs"]
mod provoked;
mod raw;
mod schemas;
mod secrets;
mod world;

//! What the tests over real sockets share.
#![allow(dead_code, reason = "each test program takes what it needs")]

#[cfg(unix)]
pub(crate) mod askers;
pub(crate) mod listing;
pub(crate) mod outcome;
pub(crate) mod path;
pub(crate) mod peer;
pub(crate) mod provoked;
pub(crate) mod requirements;
pub(crate) mod scripted;
#[cfg(unix)]
pub(crate) mod servers;
pub(crate) mod simulation;
pub(crate) mod ssh_server;
pub(crate) mod wire;

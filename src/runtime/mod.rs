//! What drives the pure parts: the connection test's order of stages, the wizard's loop, the terminal.

mod approach;
mod background;
mod burst;
mod climb;
pub mod clock;
pub mod connection_test;
pub mod engine;
#[cfg(unix)]
mod framing;
mod given;
pub mod grant;
mod hold;
mod hyperlinks;
mod identity;
mod journal;
pub mod keeper;
mod keyboard;
pub mod plain_loop;
pub mod plain_terminal;
pub mod ports;
pub mod screen;
mod simulated;
pub mod storyteller;
mod upper_rungs;
pub mod verification;
pub mod wizard_loop;

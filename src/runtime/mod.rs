//! What drives the pure parts: the connection test's order of stages, the wizard's loop, the terminal.

pub mod connection_test;
mod grant;
pub mod keeper;
pub mod plain_loop;
pub mod plain_terminal;
pub mod ports;
pub mod screen;
mod upper_rungs;
pub mod wizard_loop;

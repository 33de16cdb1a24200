//! The reference in `docs/` tells the truth: its pages are made from what they describe, or compared with it. After a change:
//!
//! ```sh
//! UPDATE_DOCS=1 cargo test --test docs
//! ```
#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail this way"
)]

mod commands;
mod environment;
mod files;
mod guide;
mod json;
mod links;
mod names;
#[allow(dead_code, reason = "not every test needs all of it")]
mod page;
#[allow(dead_code, reason = "not every test needs all of it")]
#[path = "../support/program.rs"]
mod program;
#[path = "../support/pty.rs"]
mod pty;

//! The rotation of a key: its rules, its pictures, its lines, and the whole program against a Bitbucket of the test's own.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail this way"
)]

#[path = "../support/answers.rs"]
mod answers;
mod both;
#[allow(dead_code, reason = "not every test needs all of it")]
#[path = "../support/picture.rs"]
mod picture;
mod pictures;
#[cfg(unix)]
mod program;
#[allow(dead_code, reason = "not every test needs all of it")]
#[path = "../support/program.rs"]
mod program_support;
#[cfg(unix)]
#[path = "../support/pty.rs"]
mod pty;
mod rules;
mod walk;
mod world;

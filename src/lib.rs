//! Lets Coalesce Quality into one Bitbucket repository, read-only, and proves it.
//!
//! See `ARCHITECTURE.md` for what each place is and what may import what.

pub mod access_key;
pub mod adapters;
pub mod bitbucket;
mod built_in;
pub mod check;
pub mod cli;
pub mod coalesce;
pub mod connections;
pub mod demo;
pub mod document;
pub mod guide;
pub mod hand_off;
pub mod html;
pub mod plain;
pub mod rotation;
pub mod runtime;
pub mod setup;
pub mod simulator;
pub mod text;
pub mod view;

//! What is fuzzed, one module a target: each takes bytes, lets doorkey read them, and panics if a promise is broken.
//!
//! The inputs are text wherever they can be, so that a seed can be read, written by hand and kept when a library changes.

pub mod address;
pub mod branches;
pub mod connections;
pub mod document;
pub mod draft;
pub mod guides;
pub mod import;
pub mod key;
pub mod known_hosts;
pub mod rest;
pub mod ssh;
pub mod ssh_config;
pub mod terminal;
mod world;

use std::borrow::Cow;

use doorkey::access_key::AccessKey;
use doorkey::check::Check;
use doorkey::connections::Connections;
use doorkey::text::is_harmful;
// The files of the terminal that are compiled here once more look for these at the root.
use doorkey::{guide, view};

/// A key that is good.
pub const KEY: &str = include_str!("../../tests/fixtures/keys/ed25519.pub");

/// The good key.
pub fn good_key() -> AccessKey {
    AccessKey::read(KEY).expect("the fixture is a key")
}

/// The bytes as text.
pub fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// Nothing in a line can control or mislead a terminal.
#[track_caller]
pub fn assert_harmless(line: &str) {
    assert!(!line.chars().any(is_harmful), "harmful: {line:?}");
}

/// Nothing in a text but its line ends can control or mislead a terminal.
#[track_caller]
pub fn assert_harmless_lines(text: &str) {
    text.split('\n').for_each(assert_harmless);
}

/// What a check shows is harmless.
#[track_caller]
pub fn assert_harmless_check(check: &Check) {
    assert_harmless(&check.summary);
    check
        .detail
        .as_deref()
        .into_iter()
        .for_each(assert_harmless);
    for fix in &check.fixes {
        assert_harmless(&fix.title);
        fix.value.as_deref().into_iter().for_each(assert_harmless);
    }
}

/// What is written as a file can be read again, and is the same.
///
/// What doorkey writes of its own is harmless; an entry that it can't read it keeps just as it stands.
#[track_caller]
pub fn assert_kept(connections: &Connections) {
    let file = connections.to_file();
    if connections.unreadable().is_empty() {
        assert_harmless_lines(&file);
    }
    for entry in connections.unreadable() {
        assert_harmless(&entry.to_string());
    }
    let again = Connections::from_file(&file);
    assert_eq!(again.as_ref(), Ok(connections), "{file}");
    for connection in connections.iter() {
        let document = connection.document();
        assert_harmless_lines(&document.to_plain_text(80));
        assert_harmless_lines(&document.to_markdown());
        let line = connection.key.line();
        let again = AccessKey::from_line(&line);
        assert_eq!(again.as_ref(), Some(&connection.key), "{line}");
    }
}

//! Data that is built into the program: the files of `assets/`.

use serde::de::DeserializeOwned;

/// Reads one of our own TOML files. It can't fail in a program whose tests passed: they read every one of them.
///
/// By way of a JSON value: reading TOML straight into each type would compile the whole of TOML's reader for each.
#[expect(
    clippy::expect_used,
    reason = "data built into the program, proven by a test"
)]
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> T {
    let table: toml::Table = text.parse().expect("a file of assets/ is TOML");
    let value = serde_json::to_value(table).expect("its values are those of JSON, too");
    serde_json::from_value(value).expect("it holds what the program reads in it")
}

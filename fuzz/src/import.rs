//! Any text as a list of connections to import, in either form.

use doorkey::connections::Connections;
use doorkey::connections::import::{Format, read};

use crate::{assert_harmless, assert_kept, text};

pub fn run(data: &[u8]) {
    let text = text(data);
    Format::of(&text);
    for format in [Format::Csv, Format::Toml] {
        let import = read(&text, format, &Connections::default());
        let lines = text.lines().count() + 1;
        for remark in import.remarks.first().iter().chain(import.problems.first()) {
            assert!((1..=lines).contains(&remark.line), "{remark:?}");
            assert_harmless(&remark.words);
        }
        let count = import.connections.len();
        let saved: Connections = import.connections.into_iter().collect();
        assert_eq!(saved.len(), count, "two have the same name");
        assert_kept(&saved);
        // Imported once more, all of them are there already; so is what stands there twice, which was refused at first.
        let again = read(&text, format, &saved);
        assert!(
            again.connections.is_empty() && again.already >= count,
            "{:?}",
            again.problems.first()
        );
    }
}

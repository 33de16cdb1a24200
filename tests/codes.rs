//! Every code has a test that provokes it, and the page of codes in the documentation names these tests.
//!
//! A test says what it provokes by asserting it: with `assert_provoked`, or by its entry in `provoked!`, which calls it. So
//! it is read here from the tests' own text, and nothing can be claimed that is not asserted. After a change:
//!
//! ```sh
//! UPDATE_DOCS=1 cargo test --test codes
//! ```

#![allow(clippy::expect_used, reason = "a test may fail this way")]

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use doorkey::check::Code;
use doorkey::check::code::reference;

const PAGE: &str = "docs/codes.md";

/// The call that asserts a cause.
const ASSERTION: &str = "assert_provoked(";

/// The macro whose entries assert a cause each.
const ENTRIES: &str = "provoked! {";

#[test]
fn every_code_is_provoked_by_a_test() {
    let provocations = provocations();
    for code in Code::ALL {
        assert!(
            provocations.contains_key(code.id()),
            "no test provokes {code}"
        );
    }
}

#[test]
fn the_page_of_codes_in_the_documentation_is_current() {
    let file = root().join(PAGE);
    let page = page();
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, &page).expect("the page is written");
    }
    let written = fs::read_to_string(&file).expect("the page");
    assert!(
        written == page,
        "run: UPDATE_DOCS=1 cargo test --test codes"
    );
}

#[test]
fn what_users_are_told_names_no_tests() {
    let told = reference::markdown(Code::ALL, |_| None);
    assert!(!told.contains("Provoked by") && !told.contains("tests/"));
}

fn page() -> String {
    let provocations = provocations();
    let page = reference::markdown(Code::ALL, |code| {
        let tests = provocations.get(code.id())?;
        Some(format!("Provoked by: {}.", tests.join(", ")))
    });
    let fixes = reference::fixes();
    format!("{page}{fixes}\n---\n\nMade by `UPDATE_DOCS=1 cargo test --test codes`; do not edit.\n")
}

/// Each code's tests, as `tests/check.rs: nothing_listens`.
fn provocations() -> BTreeMap<&'static str, Vec<String>> {
    let mut files = Vec::new();
    collect(&root().join("tests"), &mut files);
    files.sort();
    let mut provocations: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, text) in files {
        for (test, codes) in claims(&text) {
            for code in codes {
                let tests = provocations.entry(code.id()).or_default();
                let test = format!("`{name}: {test}`");
                if !tests.contains(&test) {
                    tests.push(test);
                }
            }
        }
    }
    provocations
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The tests' files with their names from the root on. This one only speaks of the marks it looks for.
fn collect(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.strip_prefix(root()).expect("below the root");
        let name = name.to_string_lossy().replace('\\', "/");
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") && name != "tests/codes.rs" {
            let text = fs::read_to_string(&path).expect("a source file");
            files.push((name, text));
        }
    }
}

/// The tests of a file that provoke something, and what.
fn claims(text: &str) -> Vec<(&str, Vec<Code>)> {
    let items = items(text);
    let mut claims = Vec::new();
    for item in &items {
        if let Some(entries) = item.strip_prefix(ENTRIES) {
            claims.extend(entries.lines().filter_map(entry));
        } else if let Some(test) = test_name(item) {
            let codes = asserted(item, &items);
            if !codes.is_empty() {
                claims.push((test, codes));
            }
        }
    }
    claims
}

/// What stands in a file beside each other: rustfmt begins each in the first column, after an empty line.
fn items(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let mut start = 0;
    for (gap, _) in text.match_indices("\n\n") {
        let next = gap + 2;
        if !text[next..].starts_with(char::is_whitespace) {
            items.push(text[start..gap].trim_start());
            start = next;
        }
    }
    items.push(text[start..].trim_start());
    items
}

/// The name of a test function.
fn test_name(item: &str) -> Option<&str> {
    let is_test = item
        .lines()
        .any(|line| line == "#[test]" || line.starts_with("#[tokio::test"));
    let mut lines = item.lines().filter_map(|line| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        line.strip_prefix("fn ")?.split('(').next()
    });
    lines.next().filter(|_| is_test)
}

/// `    nothing_listens: TcpRefused {`, in the macro.
fn entry(line: &str) -> Option<(&str, Vec<Code>)> {
    let line = line.strip_prefix("    ")?.strip_suffix(" {")?;
    let (name, code) = line.split_once(": ")?;
    Some((name, vec![by_name(code)?]))
}

/// The codes that a test asserts. Where it goes through a table, those are the table's.
fn asserted(item: &str, items: &[&str]) -> Vec<Code> {
    let mut codes = Vec::new();
    for (start, mark) in item.match_indices(ASSERTION) {
        let arguments = &item[start + mark.len()..];
        let arguments = arguments.split(';').next().unwrap_or_default();
        let named = mentioned(arguments);
        if named.is_empty() {
            codes.extend(mentioned(item));
            let tables = items.iter().filter(|table| {
                table_name(table).is_some_and(|name| item.contains(&format!(" in {name} ")))
            });
            codes.extend(tables.flat_map(|table| mentioned(table)));
        }
        codes.extend(named);
    }
    codes
}

/// `const URLS: &[(&str, Code)] = &[…];`
fn table_name(item: &str) -> Option<&str> {
    item.strip_prefix("const ")?.split(':').next()
}

/// The codes that stand in a text by name.
fn mentioned(text: &str) -> Vec<Code> {
    let names = text.split("Code::").skip(1);
    names
        .filter_map(|rest| {
            let end = rest.find(|c: char| !c.is_alphanumeric());
            by_name(&rest[..end.unwrap_or(rest.len())])
        })
        .collect()
}

fn by_name(name: &str) -> Option<Code> {
    let mut codes = Code::ALL.iter().copied();
    codes.find(|code| format!("{code:?}") == name)
}

#[test]
fn only_what_is_asserted_counts() {
    let text = r"
const TABLE: &[(u8, Code)] = &[(1, Code::KeyEmpty)];

const OTHER: &[(u8, Code)] = &[(1, Code::KeyCutOff)];

provoked! {
    silence: SshNoGreeting {
        let other = Code::SshClosed;
    }

    no_code: NoSuchCode {
    }
}

#[test]
fn by_table() {
    for (_, code) in TABLE {

        assert_provoked(&report(), *code);
    }
}

#[tokio::test]
async fn by_name() {
    assert_provoked(&report(), Code::TcpRefused);
    assert_ne!(code, Code::TcpTimeout);
}

#[test]
fn only_spoken_of() {
    assert_eq!(code, Code::DnsTimeout);
}

fn no_test() {
    assert_provoked(&report(), Code::DnsNotFound);
}
";
    assert_eq!(
        claims(text),
        [
            ("silence", vec![Code::SshNoGreeting]),
            ("by_table", vec![Code::KeyEmpty]),
            ("by_name", vec![Code::TcpRefused]),
        ]
    );
}

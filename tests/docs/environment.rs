//! `docs/environment.md` lists the variables that are read, and no others.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::page::{Page, code_spans, root, rows};

/// The heading of those that doorkey's own source reads.
const OWN: &str = "Read by doorkey";

/// The heading of those that are read by what it is built from.
const OF_LIBRARIES: &str = "Read by what doorkey is built from";

/// How a variable is read here: by the standard library, or by a function or closure that hands its name on.
const READERS: &[&str] = &[
    "env::var(",
    "env::var_os(",
    "is_set(",
    "variable(",
    "variables(",
];

#[test]
fn every_variable_that_is_read_is_documented_and_no_other() {
    assert_eq!(documented(OWN), read_in_source());
}

/// What a library does with a variable is shown by a test that sets it.
#[test]
fn what_libraries_read_is_tested() {
    let tests = sources(&root().join("tests"));
    for variable in documented(OF_LIBRARIES) {
        let is_set = [
            format!("env(\"{variable}\""),
            format!("with(\"{variable}\""),
        ];
        let is_tested = |(_, text): &(String, String)| is_set.iter().any(|set| text.contains(set));
        assert!(tests.iter().any(is_tested), "no test sets {variable}");
    }
}

fn documented(section: &str) -> BTreeSet<String> {
    let page = Page::read("docs/environment.md");
    let rows = rows(page.section(section));
    let names = rows.iter().flat_map(|row| code_spans(&row[0]));
    names.map(str::to_owned).collect()
}

fn read_in_source() -> BTreeSet<String> {
    let sources = sources(&root().join("src"));
    let mut names = BTreeSet::new();
    for (file, text) in &sources {
        let text = without_tests(text);
        assert!(!text.contains("env::vars"), "{file} reads all variables");
        for reader in READERS {
            for (at, _) in text.match_indices(reader) {
                let is_whole_word =
                    !text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
                let argument = text[at + reader.len()..].split([')', ',']).next();
                let argument = argument.unwrap_or_default().trim();
                if is_whole_word && let Some(name) = name(argument, &sources) {
                    names.insert(name);
                }
            }
        }
    }
    names
}

/// The variable's name, from a literal or a constant. Only where it is handed on it may have none.
fn name(argument: &str, sources: &[(String, String)]) -> Option<String> {
    if argument == "name" || argument.contains(':') {
        return None;
    }
    if let Some(literal) = argument.strip_prefix('"') {
        return Some(literal.trim_end_matches('"').to_owned());
    }
    let constant = format!("const {argument}: &str = \"");
    let values = sources
        .iter()
        .filter_map(|(_, text)| text.split_once(&constant));
    let mut values = values.filter_map(|(_, rest)| rest.split('"').next());
    let value = values.next();
    Some(
        value
            .unwrap_or_else(|| panic!("what is {argument}?"))
            .to_owned(),
    )
}

/// The source of the program itself: by custom the tests come last.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or_default()
}

/// The files of a folder and those in it, with their text.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources.extend(self::sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            sources.push((path.display().to_string(), text));
        }
    }
    sources
}

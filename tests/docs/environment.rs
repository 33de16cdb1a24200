//! `docs/environment.md` lists the variables that are read, and no others.

use std::collections::BTreeSet;

use crate::page::{Page, code_spans, root, rows, sources};

/// The heading of those that doorkey's own source reads.
const OWN: &str = "Read by doorkey";

/// The heading of those that are read by what it is built from.
const OF_LIBRARIES: &str = "Read by what doorkey is built from";

/// How a variable is read here: by the standard library, or by a function or closure that is given its name.
const READERS: &[&str] = &[
    "env::var(",
    "env::var_os(",
    "is_set(",
    "set(",
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
                let before = text[..at].trim_end_matches("std::");
                let argument = text[at + reader.len()..].split([')', ',']).next();
                match argument.unwrap_or_default().trim() {
                    _ if is_something_else(before) => {}
                    "name" => assert_is_reader(file, before),
                    argument => drop(names.insert(name(argument, &sources))),
                }
            }
        }
    }
    names
}

/// Whether this is the end of a longer name, another's method, or a definition.
fn is_something_else(before: &str) -> bool {
    let is_joined = |last: char| last.is_alphanumeric() || "_.:".contains(last);
    before.ends_with(is_joined) || before.ends_with("fn ")
}

/// What reads a variable by a name that it is given must be known here, so that all names are seen.
#[track_caller]
fn assert_is_reader(file: &str, before: &str) {
    let closure = before.rfind(" = |name");
    let function = before.rfind("(name: &str)");
    let defined = &before[..closure.max(function).expect("where a name comes from")];
    let reader = defined.split_whitespace().last().unwrap_or_default();
    let is_known = READERS.contains(&&*format!("{reader}("));
    assert!(is_known, "{file}: {reader} reads variables, too");
}

/// The variable's name, from a literal or a constant.
fn name(argument: &str, sources: &[(String, String)]) -> String {
    if let Some(literal) = argument.strip_prefix('"') {
        return literal.trim_end_matches('"').to_owned();
    }
    let constant = format!("const {argument}: &str = \"");
    let after = sources
        .iter()
        .filter_map(|(_, text)| text.split_once(&constant));
    let mut values = after.filter_map(|(_, rest)| rest.split('"').next());
    let value = values.next();
    value
        .unwrap_or_else(|| panic!("what is {argument}?"))
        .to_owned()
}

/// The source of the program itself: by custom the tests come last.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or_default()
}

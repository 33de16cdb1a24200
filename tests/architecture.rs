//! Holds the rules of `ARCHITECTURE.md`: what is pure names nothing of the world, and imports go one way only.

#![allow(clippy::expect_used, reason = "a test may fail this way")]

use std::fs;
use std::path::{Path, PathBuf};

/// What decides and draws, and therefore must not touch the world.
const PURE: &[&str] = &[
    "access_key",
    "bitbucket",
    "built_in",
    "check",
    "coalesce",
    "connections",
    "demo",
    "document",
    "guide",
    "hand_off",
    "html",
    "plain",
    "rotation",
    "setup",
    "text",
    "view",
];

/// Names of the world: runtimes, sockets, files, processes, clocks, and the crates that reach outside.
const WORLD: &[&str] = &[
    "tokio",
    "russh",
    "arboard",
    "open::",
    "axum",
    "ureq",
    "rustls",
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "UnixStream",
    "Instant::now",
    "SystemTime",
    "rand::rng",
    "SysRng",
];

/// Which places of this package a place must not import. What is not listed may be.
const FORBIDDEN_IMPORTS: &[(&str, &[&str])] = &[
    (
        "access_key",
        &[
            "adapters",
            "cli",
            "demo",
            "plain",
            "rotation",
            "runtime",
            "simulator",
            "view",
            "guide",
            "setup",
        ],
    ),
    (
        "bitbucket",
        &[
            "adapters",
            "cli",
            "demo",
            "plain",
            "rotation",
            "runtime",
            "simulator",
            "view",
            "guide",
            "setup",
        ],
    ),
    (
        "built_in",
        &[
            "access_key",
            "adapters",
            "bitbucket",
            "check",
            "cli",
            "coalesce",
            "connections",
            "demo",
            "document",
            "hand_off",
            "html",
            "plain",
            "rotation",
            "runtime",
            "simulator",
            "text",
            "view",
            "guide",
            "setup",
        ],
    ),
    (
        "check",
        &[
            "adapters",
            "cli",
            "demo",
            "plain",
            "rotation",
            "runtime",
            "simulator",
            "view",
            "guide",
            "setup",
        ],
    ),
    (
        "coalesce",
        &[
            "adapters",
            "bitbucket",
            "check",
            "cli",
            "demo",
            "plain",
            "rotation",
            "runtime",
            "simulator",
            "view",
            "guide",
            "setup",
        ],
    ),
    (
        "connections",
        &[
            "adapters",
            "cli",
            "demo",
            "plain",
            "rotation",
            "runtime",
            "simulator",
            "view",
            "guide",
            "setup",
        ],
    ),
    (
        "demo",
        &[
            "adapters",
            "cli",
            "plain",
            "rotation",
            "runtime",
            "setup",
            "simulator",
            "view",
        ],
    ),
    (
        "document",
        &[
            "access_key",
            "adapters",
            "bitbucket",
            "check",
            "cli",
            "coalesce",
            "connections",
            "demo",
            "hand_off",
            "plain",
            "runtime",
            "simulator",
            "view",
            "guide",
            "setup",
        ],
    ),
    (
        "html",
        &[
            "access_key",
            "adapters",
            "bitbucket",
            "check",
            "cli",
            "coalesce",
            "connections",
            "demo",
            "document",
            "hand_off",
            "plain",
            "runtime",
            "simulator",
            "text",
            "view",
            "guide",
            "setup",
        ],
    ),
    (
        "hand_off",
        &[
            "adapters",
            "cli",
            "demo",
            "plain",
            "rotation",
            "runtime",
            "simulator",
            "view",
            "guide",
            "setup",
        ],
    ),
    (
        "text",
        &[
            "access_key",
            "adapters",
            "bitbucket",
            "check",
            "cli",
            "coalesce",
            "demo",
            "plain",
            "rotation",
            "runtime",
            "simulator",
            "view",
            "guide",
            "setup",
        ],
    ),
    (
        "guide",
        &[
            "adapters",
            "cli",
            "demo",
            "plain",
            "rotation",
            "runtime",
            "setup",
            "simulator",
            "view",
        ],
    ),
    (
        "setup",
        &[
            "adapters",
            "cli",
            "demo",
            "plain",
            "rotation",
            "runtime",
            "simulator",
            "view",
        ],
    ),
    (
        "rotation",
        &[
            "adapters",
            "cli",
            "demo",
            "plain",
            "runtime",
            "setup",
            "simulator",
            "view",
        ],
    ),
    (
        "view",
        &[
            "adapters",
            "cli",
            "demo",
            "plain",
            "rotation",
            "runtime",
            "setup",
            "simulator",
        ],
    ),
    (
        "plain",
        &[
            "adapters",
            "cli",
            "rotation",
            "runtime",
            "setup",
            "simulator",
            "view",
        ],
    ),
    (
        "adapters",
        &[
            "cli",
            "demo",
            "plain",
            "rotation",
            "runtime",
            "simulator",
            "view",
            "guide",
            "setup",
        ],
    ),
    (
        "simulator",
        &[
            "adapters", "cli", "demo", "plain", "rotation", "runtime", "view", "guide", "setup",
        ],
    ),
    ("runtime", &["cli", "rotation", "setup"]),
];

#[test]
fn what_is_pure_names_nothing_of_the_world() {
    let mut found = Vec::new();
    for place in PURE {
        for (file, code) in sources(place) {
            let named = WORLD.iter().filter(|name| names(&code, name));
            found.extend(named.map(|name| format!("{} names {name}", file.display())));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn imports_go_one_way() {
    let mut found = Vec::new();
    for (place, forbidden) in FORBIDDEN_IMPORTS {
        for (file, code) in sources(place) {
            let imported = forbidden
                .iter()
                .filter(|other| names(&code, &format!("crate::{other}")));
            found.extend(imported.map(|other| format!("{} imports {other}", file.display())));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_place_has_a_rule() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut without = Vec::new();
    for entry in fs::read_dir(source).expect("the sources") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default()
            .to_owned();
        let has_rule = FORBIDDEN_IMPORTS.iter().any(|(place, _)| *place == name);
        if !has_rule && !["cli", "lib", "main"].contains(&name.as_str()) {
            without.push(name);
        }
    }
    assert!(without.is_empty(), "no rule for {}", without.join(", "));
}

#[test]
fn the_search_finds_what_it_looks_for() {
    assert!(names("use tokio::net;", "tokio"));
    assert!(names(
        "let now = std::time::Instant::now();",
        "Instant::now"
    ));
    assert!(!names("let stoked = 1;", "tokio"));
    assert!(!names("reopen::this()", "open::"));
    assert!(names("open::that(link)", "open::"));
    assert!(!names("crate::view_of_it", "crate::view"));
    assert_eq!(
        without_comments_and_tests("a // tokio\nb\n#[cfg(test)]\nmod tests {\n tokio"),
        "a \nb\n"
    );
}

/// Whether code names something, as whole words.
fn names(code: &str, name: &str) -> bool {
    let is_word =
        |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_');
    code.match_indices(name).any(|(start, _)| {
        let before = code[..start].chars().next_back();
        let after = code[start + name.len()..].chars().next();
        let ends_in_word = is_word(name.chars().next_back());
        !(is_word(before) || ends_in_word && is_word(after))
    })
}

/// The code of a place, file by file: without comments, and without its tests, which may touch what they like.
fn sources(place: &str) -> Vec<(PathBuf, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for start in [source.join(place), source.join(format!("{place}.rs"))] {
        collect(&start, &mut files);
    }
    assert!(!files.is_empty(), "there is no place called {place}");
    files
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(&file).expect("a source file");
            (file, without_comments_and_tests(&text))
        })
        .collect()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        files.push(path.to_owned());
    } else if let Ok(entries) = fs::read_dir(path) {
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.file_stem().is_some_and(|stem| stem != "tests") {
                collect(&path, files);
            }
        }
    }
}

fn without_comments_and_tests(text: &str) -> String {
    let code = text.split("#[cfg(test)]\n").next().unwrap_or_default();
    code.lines()
        .map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n")
        .collect()
}

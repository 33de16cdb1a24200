//! `demo.tape` is one that VHS understands, and what it waits for comes.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail this way"
)]
#![cfg(unix)]

#[path = "support/pty.rs"]
mod pty;

use std::env;
use std::path::Path;

use pty::OnTerminal;

const TAPE: &str = include_str!("../demo.tape");

/// What stands in a tape, as far as this one uses it.
#[derive(Debug, PartialEq, Eq)]
enum Command<'a> {
    /// Where the recording goes.
    Output(&'a str),
    /// How it is made.
    Set(&'a str, &'a str),
    /// Letters to type.
    Type(&'a str),
    /// The Enter key.
    Enter,
    /// Words that must come on the screen.
    Wait(&'a str),
}

/// What can be set, of all that VHS knows.
const SETTINGS: [&str; 6] = [
    "Shell",
    "FontSize",
    "Width",
    "Height",
    "TypingSpeed",
    "WaitTimeout",
];

/// Reads a line; none if it says nothing. Panics at words that are not known.
fn parse(line: &str) -> Option<Command<'_>> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
    let inside = |mark: char| {
        let inner = rest
            .strip_prefix(mark)
            .and_then(|rest| rest.strip_suffix(mark));
        inner.unwrap_or_else(|| panic!("{line}: not between {mark} and {mark}"))
    };
    Some(match name {
        "Output" => Command::Output(rest),
        "Set" => {
            let (setting, value) = rest
                .split_once(' ')
                .unwrap_or_else(|| panic!("{line}: no value"));
            assert!(
                SETTINGS.contains(&setting),
                "{line}: VHS knows no such setting"
            );
            Command::Set(setting, value)
        }
        "Type" => Command::Type(inside('"')),
        "Enter" if rest.is_empty() => Command::Enter,
        "Wait+Screen" => {
            let words = inside('/');
            // Between slashes stands a regular expression; plain words mean themselves.
            let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == ' ';
            assert!(words.chars().all(is_plain), "{line}: more than plain words");
            Command::Wait(words)
        }
        _ => panic!("{line}: an unknown command"),
    })
}

#[test]
fn the_header_says_how_to_record_it() {
    let header: Vec<&str> = TAPE
        .lines()
        .take_while(|line| line.starts_with('#'))
        .collect();
    assert!(header.iter().any(|line| line.contains("vhs demo.tape")));
    assert!(
        TAPE.lines()
            .filter_map(parse)
            .any(|command| command == Command::Output("assets/demo.gif"))
    );
}

#[test]
#[should_panic(expected = "an unknown command")]
fn unknown_words_are_errors() {
    parse("Sleeep 1s");
}

#[test]
fn it_plays_to_its_end() {
    let program = Path::new(env!("CARGO_BIN_EXE_doorkey"));
    let folder = program.parent().expect("its folder");
    let inherited = env::var_os("PATH").unwrap_or_default();
    let folders = [folder.to_owned()]
        .into_iter()
        .chain(env::split_paths(&inherited));
    let path = env::join_paths(folders).expect("a search path");
    let shell = OnTerminal::program("bash", ["--norc", "--noprofile", "-i"])
        .env("PS1", "ready> ")
        .env("PATH", path)
        .size(100, 30)
        .start();
    shell.wait_for_text("ready> ");
    for command in TAPE.lines().filter_map(parse) {
        match command {
            Command::Type(letters) => shell.press(letters),
            Command::Enter => shell.press("\r"),
            Command::Wait(words) => shell.wait_for_text(words),
            Command::Output(_) | Command::Set(..) => {}
        }
    }
}

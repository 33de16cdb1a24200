//! `demo.tape` is one that VHS understands, and what it waits for comes.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail this way"
)]
#![cfg(unix)]

#[path = "support/pty.rs"]
mod pty;

use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::time::Duration;

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
    Wait(String),
    /// Time for whoever looks, to read.
    Sleep(Duration),
}

/// Tells whether VHS would take a value.
type IsValue = fn(&str) -> bool;

/// What can be set, of all that VHS knows.
const SETTINGS: [(&str, IsValue); 13] = [
    ("Shell", is_text),
    ("FontFamily", is_text),
    ("FontSize", is_number),
    ("LetterSpacing", is_number),
    ("Width", is_number),
    ("Height", is_number),
    ("Padding", is_number),
    ("BorderRadius", is_number),
    ("CursorBlink", is_switch),
    ("Framerate", is_number),
    ("Theme", is_theme),
    ("TypingSpeed", is_time),
    ("WaitTimeout", is_time),
];

fn is_text(value: &str) -> bool {
    between('"', value).is_some()
}

fn is_number(value: &str) -> bool {
    value.chars().all(|letter| letter.is_ascii_digit()) && value.parse::<u16>().is_ok()
}

fn is_switch(value: &str) -> bool {
    value.parse::<bool>().is_ok()
}

fn is_time(value: &str) -> bool {
    time(value).is_some()
}

/// Colours by their names, and the name of all together.
fn is_theme(value: &str) -> bool {
    let Ok(theme) = serde_json::from_str::<BTreeMap<String, String>>(value) else {
        return false;
    };
    let is_colour = |value: &str| {
        let digits = value.strip_prefix('#').unwrap_or_default();
        digits.len() == 6 && digits.chars().all(|digit| digit.is_ascii_hexdigit())
    };
    ["background", "foreground", "name"]
        .iter()
        .all(|name| theme.contains_key(*name))
        && theme
            .iter()
            .all(|(name, value)| name == "name" || is_colour(value))
}

/// What stands between two marks.
fn between(mark: char, words: &str) -> Option<&str> {
    words.strip_prefix(mark)?.strip_suffix(mark)
}

/// A time of more than nothing, such as 60ms or 1.5s. VHS takes a number without a unit, too; here each has one.
fn time(words: &str) -> Option<Duration> {
    let (number, unit) = match words.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (words.strip_suffix('s')?, 1.0),
    };
    let is_plain = |letter: char| letter.is_ascii_digit() || letter == '.';
    if !number.chars().all(is_plain) {
        return None;
    }
    let time = Duration::try_from_secs_f64(number.parse::<f64>().ok()? * unit).ok()?;
    (!time.is_zero()).then_some(time)
}

/// Reads a line; none if it says nothing. Panics at words that are not known.
fn parse(line: &str) -> Option<Command<'_>> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
    let inside = |mark: char| {
        between(mark, rest).unwrap_or_else(|| panic!("{line}: not between {mark} and {mark}"))
    };
    Some(match name {
        "Output" => Command::Output(rest),
        "Set" => {
            let (setting, value) = rest
                .split_once(' ')
                .unwrap_or_else(|| panic!("{line}: no value"));
            let (_, is_one) = SETTINGS
                .iter()
                .find(|(name, _)| *name == setting)
                .unwrap_or_else(|| panic!("{line}: an unknown setting"));
            assert!(is_one(value), "{line}: VHS takes no such value");
            Command::Set(setting, value)
        }
        "Type" => Command::Type(inside('"')),
        "Enter" if rest.is_empty() => Command::Enter,
        "Wait+Screen" => {
            let words = inside('/');
            // Between slashes stands a regular expression; these characters mean themselves in one, and so do brackets after
            // a backslash.
            let unbracketed = words.replace(r"\(", "").replace(r"\)", "");
            let is_plain = |letter: char| letter.is_alphanumeric() || " ,›•".contains(letter);
            assert!(
                unbracketed.chars().all(is_plain),
                "{line}: more than plain words"
            );
            Command::Wait(words.replace('\\', ""))
        }
        "Sleep" => Command::Sleep(time(rest).unwrap_or_else(|| panic!("{line}: not a time"))),
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
#[should_panic(expected = "an unknown setting")]
fn unknown_settings_are_errors() {
    parse("Set FontColour 3");
}

#[test]
#[should_panic(expected = "VHS takes no such value")]
fn values_are_read() {
    parse(r##"Set Theme { "name": "one", "background": "#12345", "foreground": "#ffffff" }"##);
}

#[test]
fn times_have_a_number_and_a_unit() {
    assert_eq!(time("1.5s"), Some(Duration::from_millis(1500)));
    assert_eq!(time("60ms"), Some(Duration::from_millis(60)));
    for wrong in ["", "s", "0s", "2", "-1s", "1e3s", "1.2.3s", "1 s", "1m"] {
        assert_eq!(time(wrong), None, "{wrong}");
    }
}

/// The pauses are for those who look on: without them, each key still finds the screen it is meant for.
#[test]
fn no_key_is_pressed_blindly() {
    let mut is_seen = true;
    for command in TAPE.lines().filter_map(parse) {
        match command {
            Command::Wait(_) => is_seen = true,
            Command::Enter => {
                assert!(is_seen, "an Enter that waits for nothing");
                is_seen = false;
            }
            Command::Type(letters) => {
                assert!(is_seen, "{letters}: typed without waiting for anything");
                // What is typed into a line is seen there, and Enter may follow.
                is_seen = letters.len() > 1;
            }
            Command::Output(_) | Command::Set(..) | Command::Sleep(_) => {}
        }
    }
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
            Command::Wait(words) => shell.wait_for_text(&words),
            Command::Output(_) | Command::Set(..) | Command::Sleep(_) => {}
        }
    }
}

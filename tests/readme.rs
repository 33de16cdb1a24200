//! The README tells the truth: its picture is what the program draws, its commands run.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail this way"
)]

#[path = "support/walk.rs"]
mod walk;

use std::path::Path;
use std::process::{Command, Stdio};

use doorkey::bitbucket::Edition;
use doorkey::check::stage::key_query::Answer;
use doorkey::simulator::{Options, Simulator};
use doorkey::view::theme::{Background, Colours, Theme};
use doorkey::wizard::StepId;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ssh_key::{Algorithm, LineEnding, PrivateKey};
use walk::{CLOUD_URL, KEY, Walk, refused};

const README: &str = include_str!("../README.md");

/// The lines of the README's blocks of this language.
fn blocks(language: &str) -> Vec<String> {
    let mut open: Option<&str> = None;
    let mut lines = Vec::new();
    for line in README.lines() {
        match (line.strip_prefix("```"), open) {
            (Some(fence), None) => open = Some(fence),
            (Some(_), Some(_)) => open = None,
            (None, Some(fence)) if fence == language => lines.push(line.to_owned()),
            (None, _) => {}
        }
    }
    lines
}

#[test]
fn the_picture_is_the_last_screen() {
    let walk = Walk::given(CLOUD_URL)
        .to(StepId::ConnectionTest)
        .answered(&Answer::Accepted, Some(&refused()));
    let theme = Theme::new(Background::Dark, Colours::None, false);
    let mut terminal = Terminal::new(TestBackend::new(80, 21)).expect("a terminal");
    let frame = terminal
        .draw(|frame| drop(doorkey::view::render(&walk.wizard, &theme, frame)))
        .expect("a frame");
    let drawn: Vec<String> = frame
        .buffer
        .content
        .chunks(80)
        .map(|row| {
            let line: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
            line.trim_end().to_owned()
        })
        .collect();
    let shown = blocks("text").join("\n");
    assert_eq!(
        shown,
        drawn.join("\n"),
        "the README's picture should be:\n{}",
        drawn.join("\n")
    );
}

#[test]
fn the_two_commands_come_first() {
    let commands = blocks("sh");
    assert_eq!(commands[0], "cargo run --release -- demo");
    assert_eq!(commands[1], "cargo test");
}

#[test]
fn every_doorkey_command_runs() {
    let simulator = Simulator::start(Options::new(Edition::Cloud)).expect("a simulation");
    simulator.add_key(KEY.trim()).expect("the key is added");
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("vendor.pub"), KEY).expect("a file");
    let list = format!("analytics,{CLOUD_URL},{KEY}");
    std::fs::write(directory.path().join("repositories.csv"), list).expect("a file");
    let own = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).expect("a key");
    own.write_openssh_file(directory.path().join("id_ed25519"), LineEnding::LF)
        .expect("a file");
    let commands = blocks("sh");
    let mut ran = 0;
    for command in commands
        .iter()
        .filter_map(|line| line.strip_prefix("doorkey"))
    {
        run(command, directory.path(), &simulator);
        ran += 1;
    }
    assert!(ran > 5, "only {ran} commands were found");
}

/// Runs one command as a shell would, but with every connection led to the simulation.
fn run(command: &str, directory: &Path, simulator: &Simulator) {
    let mut arguments: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
    let mut expected = 0;
    match arguments.first().map(String::as_str) {
        Some("check" | "verify") => arguments.extend([
            "--connect-to".to_owned(),
            format!("::127.0.0.1:{}", simulator.ssh_address().port()),
            "--host-key".to_owned(),
            simulator.fingerprint(),
        ]),
        Some("grant" | "revoke") => {
            arguments.extend(["--api-url".to_owned(), simulator.api(), "--yes".to_owned()]);
        }
        // What leads through steps needs a terminal, and says so; the tests with a terminal walk through it.
        Some("demo") if command.contains("--list") || command.contains("--plain") => {}
        None | Some("demo" | "rotate") => expected = 2,
        _ => {}
    }
    let output = Command::new(env!("CARGO_BIN_EXE_doorkey"))
        .args(&arguments)
        .current_dir(directory)
        .env_clear()
        .env("HOME", directory)
        .envs(token(command, simulator))
        // Nobody listens there, which is no failure.
        .env("SSH_AUTH_SOCK", directory.join("agent"))
        .stdin(Stdio::null())
        .output()
        .expect("the program");
    assert_eq!(
        output.status.code(),
        Some(expected),
        "doorkey{command}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The commands that need a token have one.
fn token(command: &str, simulator: &Simulator) -> Option<(&'static str, String)> {
    let needed = command.contains("grant") || command.contains("revoke");
    needed.then(|| ("DOORKEY_BITBUCKET_TOKEN", simulator.token().to_owned()))
}

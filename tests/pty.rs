//! The program on a terminal, as a person meets it: keys in, screen out, and the terminal given back as it was.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

#[path = "support/pty.rs"]
mod pty;
#[cfg(target_os = "linux")]
#[path = "support/requirements.rs"]
mod requirements;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use doorkey::bitbucket::Edition;
use doorkey::simulator::{NewKey, Options, Permission, Place, Simulator};
use rustix::process::Signal;
#[cfg(target_os = "linux")]
use ssh_key::private::RsaKeypair;
use ssh_key::{Algorithm, LineEnding, PrivateKey};
use tempfile::TempDir;

use pty::{OnTerminal, Terminal, eventually};
use vt100::MouseProtocolMode;

const URL: &str = "git@ssh.bitbucket.org:acme/analytics-platform.git";

const ENTER: &str = "\r";
const ESCAPE: &str = "\x1b";
const CTRL_C: &str = "\x03";
const CTRL_Z: &str = "\x1a";
const BACK: &str = "\x1b[D";
const DOWN: &str = "\x1b[B";
const PAGE_UP: &str = "\x1b[5~";
const PAGE_DOWN: &str = "\x1b[6~";

fn demo() -> OnTerminal {
    OnTerminal::doorkey(["demo"])
}

fn wizard() -> OnTerminal {
    OnTerminal::doorkey([] as [&str; 0])
}

fn vendor_key() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys/ed25519.pub")
}

/// How a person goes through the wizard.
trait Walk {
    fn wait_for_step(&self, number: usize);
    fn walk_to(&self, number: usize);
}

impl Walk for Terminal {
    /// Waits until the header names this step, in its long or its short form.
    #[track_caller]
    fn wait_for_step(&self, number: usize) {
        let forms = [format!("step {number} of 6"), format!(" {number}/6 ")];
        self.wait_for(&forms, |screen| {
            let contents = screen.contents();
            // On a tall terminal there are empty lines above it.
            let mut lines = contents.lines().filter(|line| !line.trim().is_empty());
            let header = lines.next().unwrap_or_default();
            forms.iter().any(|form| header.contains(form))
        });
    }

    /// Goes from the start to this step, with what is there.
    #[track_caller]
    fn walk_to(&self, number: usize) {
        // How often Enter is pressed in each step: the first asks three questions, the second one.
        const QUESTIONS: [usize; 5] = [3, 1, 1, 1, 1];
        self.wait_for_step(1);
        for (index, times) in QUESTIONS.into_iter().enumerate().take(number - 1) {
            self.press(ENTER.repeat(times));
            self.wait_for_step(index + 2);
        }
    }
}

// ---- from start to green ----------------------------------------------------------------------------------------

fn from_start_to_green(columns: u16, rows: u16) {
    let mut terminal = demo().size(columns, rows).start();
    terminal.walk_to(6);
    terminal.wait_for_text("Nothing listens there");
    // The retired host.
    terminal.press("u");
    terminal.wait_for_text("Bitbucket does not know this key");
    terminal.wait_for_text(URL);
    // The key that was not added yet.
    terminal.press("w");
    terminal.wait_for_text("Watching: next test in");
    terminal.press("d");
    terminal.wait_for_text("The key is in");
    terminal.wait_for_text("✓ Recognised");
    terminal.press(ENTER);
    terminal.ends_with(0);
    terminal.wait_for_text("That was the demo");
}

#[test]
fn the_demo_turns_green() {
    from_start_to_green(80, 24);
}

#[test]
fn the_demo_turns_green_on_the_smallest_terminal() {
    from_start_to_green(60, 18);
}

/// A wizard with everything given beforehand, against a Bitbucket of the test's own.
struct Prepared {
    bitbucket: Simulator,
    program: OnTerminal,
}

fn prepared() -> Prepared {
    let bitbucket = Simulator::start(Options::new(Edition::Cloud)).unwrap();
    let address = bitbucket.ssh_address();
    let connect_to = format!("ssh.bitbucket.org:22:{}:{}", address.ip(), address.port());
    let key = vendor_key();
    let pin = bitbucket.fingerprint();
    let program = OnTerminal::doorkey([
        "--url",
        URL,
        "--key",
        key.to_str().unwrap(),
        "--connect-to",
        &connect_to,
        "--host-key",
        &pin,
    ]);
    Prepared { bitbucket, program }
}

fn add_key(bitbucket: &Simulator) {
    let new = NewKey {
        line: &fs::read_to_string(vendor_key()).unwrap(),
        label: "Coalesce Quality",
        permission: Permission::Read,
        expires: None,
    };
    let place = Place::Repository(bitbucket.repository().to_owned());
    bitbucket.store().add_access_key(&place, new).unwrap();
}

#[test]
fn the_wizard_turns_green() {
    let Prepared { bitbucket, program } = prepared();
    add_key(&bitbucket);
    let mut terminal = program.start();
    terminal.walk_to(6);
    terminal.wait_for_text("The key is in");
    terminal.press(ENTER);
    terminal.ends_with(0);
    terminal.wait_for_text("Ready: Bitbucket recognises the key");
    terminal.wait_for_text("press Test connection in Coalesce Quality");
}

#[test]
fn a_key_from_standard_input_leaves_the_keyboard_free() {
    let mut terminal = OnTerminal::program("bash", ["-c", "exec \"$DOORKEY\" --key - < \"$KEY\""])
        .env("DOORKEY", env!("CARGO_BIN_EXE_doorkey"))
        .env("KEY", vendor_key())
        .start();
    terminal.walk_to(3);
    terminal.wait_for_text("SHA256:jjexXT");
    terminal.press("q");
    terminal.ends_with(3);
}

#[test]
fn a_watch_finds_a_key_that_somebody_adds() {
    let Prepared { bitbucket, program } = prepared();
    let mut terminal = program.start();
    terminal.walk_to(6);
    terminal.wait_for_text("Bitbucket does not know this key");
    terminal.press("w");
    terminal.wait_for_text("Watching: next test in");
    add_key(&bitbucket);
    terminal.wait_for_text("The key is in");
    // The terminal is told, too: somebody may be looking elsewhere.
    let call = b"\x1b[22;0t\x1b]0;doorkey: it turned green\x07\x07";
    terminal.wait_for_bytes(call);
    terminal.press(ENTER);
    terminal.ends_with(0);
    // What the title was before, it is again.
    terminal.wait_for_bytes(b"\x1b[23;0t");
}

#[test]
fn a_test_that_failed_is_told_by_the_exit_status() {
    let Prepared { bitbucket, program } = prepared();
    let mut terminal = program.start();
    terminal.walk_to(6);
    terminal.wait_for_text("Bitbucket does not know this key");
    terminal.press("q");
    terminal.ends_with(1);
    terminal.wait_for_text("Not ready yet. Run doorkey to go on where you left off.");
    drop(bitbucket);
}

// ---- pastes -----------------------------------------------------------------------------------------------------

#[test]
fn a_wrapped_key_is_pasted_and_repaired() {
    let terminal = wizard().start();
    terminal.walk_to(3);
    let line = fs::read_to_string(vendor_key()).unwrap();
    terminal.paste(&line.replace("AAAAI", "\r\n    AAAAI"));
    terminal.wait_for_text("SHA256:jjexXT");
    terminal.press(ENTER);
    terminal.wait_for_step(4);
}

/// A key, folded as a terminal shows it that is 40 columns wide.
fn folded_key() -> String {
    let line = fs::read_to_string(vendor_key()).unwrap();
    let letters: Vec<char> = line.chars().collect();
    let rows: Vec<String> = letters.chunks(40).map(String::from_iter).collect();
    rows.join("\r")
}

#[test]
fn an_unmarked_paste_acts_as_no_key() {
    let program = wizard();
    let home = program.home().to_owned();
    let mut terminal = program.size(120, 40).start();
    terminal.wait_for_step(1);
    // An h asks for the text for the administrator, and an s saves it.
    for text in [
        folded_key(),
        "hs\rq\t".repeat(8 << 10),
        "\rhsq quitqyy\r\n".to_owned(),
    ] {
        terminal.press(text);
        terminal.wait_for_text("Nothing can be pasted here");
        // What says so goes away with the next key.
        terminal.press(DOWN);
        terminal.wait_until_gone("Nothing can be pasted here");
        terminal.wait_for_step(1);
    }
    // It listens again, and each key does what it is for.
    terminal.press("q");
    terminal.ends_with(3);
    let written = fs::read_dir(home).unwrap().flatten();
    let written: Vec<_> = written.map(|entry| entry.file_name()).collect();
    let is_text = |name: &&std::ffi::OsString| name.to_string_lossy().starts_with("doorkey");
    assert_eq!(written.iter().find(is_text), None);
}

#[test]
fn a_folded_key_is_repaired_where_a_paste_is_not_marked() {
    let terminal = wizard().start();
    terminal.walk_to(3);
    terminal.press(folded_key() + "\r");
    terminal.wait_for_text("SHA256:jjexXT");
    terminal.wait_for_step(3);
    // Not in another field either.
    terminal.press(ENTER);
    terminal.wait_for_step(4);
    let address = "https://bitbucket.org/acme/analytics-platform/src/main/";
    terminal.press(format!("{address}\r"));
    terminal.wait_for_text("acme/analytics-platform on Bitbucket Cloud");
    terminal.wait_for_step(4);
}

#[test]
fn ctrl_c_gets_through_behind_an_unmarked_paste() {
    let mut terminal = wizard().start();
    terminal.wait_for_step(1);
    terminal.press("q".repeat(40 << 10) + CTRL_C);
    terminal.ends_with(130);
}

/// What cuts off what a terminal sends: a connection that breaks, a terminal that is stopped in the middle.
#[test]
fn ctrl_c_gets_through_behind_a_sequence_that_never_ends() {
    for begun in [
        "\x1b[<0;10",
        "\x1b[M",
        "\x1b[1;5",
        "\x1bO",
        "\x1b[200~ssh-ed25519 AAAA",
        "\x1b[200~half\x1b[201",
    ] {
        let mut terminal = demo().start();
        terminal.walk_to(3);
        terminal.press(begun);
        // What is read together with the beginning of a paste is part of it.
        eventually(begun, || {
            terminal.press(CTRL_C);
            terminal.has_ended().then_some(())
        });
        terminal.ends_with(130);
    }
}

#[test]
fn keys_are_keys_again_behind_a_report_that_never_ends() {
    let terminal = demo().start();
    terminal.walk_to(2);
    terminal.press("\x1b[<0;10");
    eventually("the first step", || {
        terminal.press("1");
        // As a person presses keys: more of them at once would be a paste.
        std::thread::sleep(Duration::from_millis(50));
        terminal
            .shows(|screen| screen.contents().contains("step 1 of 6"))
            .then_some(())
    });
}

#[test]
fn keys_are_keys_again_behind_a_paste_that_never_ends() {
    let terminal = demo().start();
    terminal.walk_to(2);
    terminal.press("\x1b[200~no key");
    terminal.wait_for_text("Nothing can be pasted here");
    terminal.press("?");
    terminal.wait_for_text("Keys in");
}

#[cfg(target_os = "linux")]
#[test]
fn no_copy_of_a_private_key_stays_in_memory() {
    type Give = fn(&Terminal, &str);
    // Long enough to fill every buffer on the way.
    let key = PrivateKey::from(RsaKeypair::random(&mut rand::rng(), 2048).unwrap());
    let text = key.to_openssh(LineEnding::LF).unwrap();
    let lines = text.lines().filter(|line| line.len() >= 64);
    let parts = lines.skip(2).step_by(4).map(|line| &line[..40]);
    let parts: Vec<&str> = parts.collect();
    let ways: [(&str, Give); 3] = [
        ("marked", |terminal, text| terminal.paste(text)),
        ("unmarked", |terminal, text| {
            terminal.press(text.replace('\n', "\r"));
        }),
        ("file", |terminal, _| {
            terminal.press(ESCAPE);
            terminal.wait_for_text("read a file");
            terminal.press("f");
            terminal.wait_for_text("Which file");
            terminal.press("private");
            terminal.wait_for_text("private ");
            terminal.press(ENTER);
        }),
    ];
    for (way, give) in ways {
        let program = wizard();
        fs::write(program.home().join("private"), &*text).unwrap();
        let terminal = program.start();
        terminal.walk_to(3);
        give(&terminal, &text);
        terminal.wait_for_text("This is a private key");
        for part in &parts {
            let copies = terminal.copies_in_memory(part);
            assert!(copies.is_empty(), "{way}: {copies:?}");
        }
    }
    // What is not wiped is found.
    let terminal = OnTerminal::doorkey(["--url", URL]).start();
    terminal.wait_for_step(1);
    assert!(!terminal.copies_in_memory(URL).is_empty());
}

#[test]
fn a_private_key_is_refused_and_never_shown() {
    let key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap();
    let text = key.to_openssh(LineEnding::CRLF).unwrap();
    let terminal = wizard().start();
    terminal.walk_to(3);
    terminal.paste(&text);
    terminal.wait_for_text("This is a private key");
    terminal.press(ENTER);
    terminal.wait_for_text("A public key is needed to go on");
    // Not in the field, and not under another name in the notice or the help either.
    terminal.press(ESCAPE);
    terminal.wait_for_text("quit");
    terminal.press("?");
    terminal.wait_for_text("Keys in");
    let written = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let secret = text.lines().filter(|line| !line.starts_with("-----"));
    for line in secret {
        let shown = line
            .as_bytes()
            .chunks(12)
            .any(|part| part.len() == 12 && written.contains(std::str::from_utf8(part).unwrap()));
        // The screen is left out of the message, for the key would stand in it.
        assert!(!shown, "a private key was written to the terminal");
    }
}

#[test]
fn a_megabyte_in_the_address_is_refused_kindly() {
    let terminal = wizard().start();
    terminal.walk_to(3);
    terminal.paste(&fs::read_to_string(vendor_key()).unwrap());
    terminal.wait_for_text("SHA256:jjexXT");
    terminal.press(ENTER);
    terminal.wait_for_step(4);
    terminal.press("bitbucket.org/acme/analytics");
    terminal.wait_for_text("bitbucket.org/acme/analytics");
    let started = Instant::now();
    terminal.paste(&"https://bitbucket.org/x/".repeat((1 << 20) / 24));
    terminal.wait_for_text("far longer than any key or address");
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
    terminal.press("-platform");
    terminal.wait_for_text("bitbucket.org/acme/analytics-platform");
}

#[test]
fn escape_sequences_in_a_paste_never_reach_the_terminal() {
    // Not asked for its background, which ends in a BEL of our own.
    let terminal = OnTerminal::doorkey(["--theme", "dark"]).start();
    terminal.walk_to(3);
    terminal.paste("ssh-ed25519 \x1b]0;owned\x07\x1b[31mevil");
    terminal.wait_for_text("evil");
    terminal.paste(
        &fs::read_to_string(vendor_key())
            .unwrap()
            .replace("Quality", "\x1b]0;owned\x07"),
    );
    terminal.wait_for_text("SHA256:jjexXT");
    terminal.press(ENTER);
    terminal.wait_for_step(4);
    terminal.paste("bitbucket.org/acme/\x1b]0;owned\x07");
    terminal.wait_for_text("bitbucket.org/acme/");
    let written = terminal.bytes();
    assert!(!written.windows(4).any(|window| window == b"\x1b]0;"));
    assert!(!written.contains(&b'\x07'));
}

// ---- sizes ------------------------------------------------------------------------------------------------------

/// Makes the terminal too small for anything, and as it was.
fn shrink_and_grow(terminal: &Terminal) {
    for (columns, rows) in [(1, 1), (59, 18), (200, 60), (3, 40), (100, 2)] {
        terminal.resize(columns, rows);
    }
    terminal.resize(59, 17);
    terminal.wait_for_text("doorkey needs 60×18; this is 59×17");
    terminal.resize(80, 24);
}

#[test]
fn every_step_survives_any_size() {
    let terminal = demo().start();
    for number in 1..=6 {
        terminal.wait_for_step(number);
        shrink_and_grow(&terminal);
        terminal.wait_for_step(number);
        if number < 6 {
            let times = if number == 1 { 3 } else { 1 };
            terminal.press(ENTER.repeat(times));
        }
    }
    terminal.wait_for_text("Nothing listens there");
}

#[test]
fn nothing_is_done_that_cannot_be_seen() {
    for (keys, columns, rows) in [
        ("q", 59, 18),
        (ENTER, 60, 17),
        ("1", 40, 10),
        (BACK, 59, 40),
    ] {
        let state = TempDir::new().unwrap();
        let mut terminal = wizard().env("XDG_STATE_HOME", state.path()).start();
        terminal.walk_to(3);
        terminal.paste(&fs::read_to_string(vendor_key()).unwrap());
        terminal.wait_for_text("SHA256:jjexXT");
        terminal.resize(columns, rows);
        terminal.wait_for_text("doorkey needs 60×18");
        terminal.press(keys);
        terminal.paste("another key");
        terminal.press(CTRL_C);
        terminal.ends_with(130);
        terminal.wait_for_text("Left at step 3 of 6, Public key");
        assert!(unfinished(state.path()).contains("AAAAC3NzaC1lZDI1NTE5"));
    }
}

#[test]
fn what_was_typed_survives_any_size() {
    let terminal = wizard().start();
    terminal.walk_to(3);
    terminal.press("ssh-ed25519 half");
    terminal.wait_for_text("ssh-ed25519 half");
    terminal.resize(1, 1);
    terminal.press(" a");
    shrink_and_grow(&terminal);
    terminal.wait_for_text("ssh-ed25519 half a");
    terminal.press(" key");
    terminal.wait_for_text("ssh-ed25519 half a key");
}

/// Waits until the setup that is kept has this address, all of it.
#[track_caller]
fn wait_for_kept_address(state: &Path, address: &str) {
    // The screen shows only as much as fits.
    eventually("the whole address", || {
        unfinished(state).contains(address).then_some(())
    });
}

/// An address that can go on for as long as anyone likes; only addresses are kept.
const LONG_ADDRESS: &str = "https://git.example.com/projects/DATA/repos/analytics/browse/";

/// A wizard with that address in its field, and where it keeps it.
fn at_the_address() -> (TempDir, Terminal) {
    let state = TempDir::new().unwrap();
    let terminal = wizard().env("XDG_STATE_HOME", state.path()).start();
    terminal.walk_to(3);
    terminal.paste(&fs::read_to_string(vendor_key()).unwrap());
    terminal.wait_for_text("SHA256:jjexXT");
    terminal.press(ENTER);
    terminal.wait_for_step(4);
    terminal.paste(LONG_ADDRESS);
    wait_for_kept_address(state.path(), LONG_ADDRESS);
    (state, terminal)
}

#[test]
fn no_letter_is_lost_in_a_storm_of_sizes() {
    let (state, terminal) = at_the_address();
    let mut typed = LONG_ADDRESS.to_owned();
    for number in 0u16..300 {
        // Every size from one cell on, in leaps.
        terminal.resize(1 + number * 37 % 211, 1 + number * 23 % 67);
        let letter = char::from(b'a' + u8::try_from(number % 26).unwrap());
        typed.push(letter);
        terminal.press(letter.to_string());
    }
    terminal.resize(80, 24);
    wait_for_kept_address(state.path(), &typed);
    terminal.wait_for_step(4);
    terminal.wait_for_text(&typed[typed.len() - 40..]);
}

#[test]
fn no_paste_is_lost_in_a_storm_of_them() {
    let (state, terminal) = at_the_address();
    let mut pasted = LONG_ADDRESS.to_owned();
    for number in 0..30 {
        let part = format!("{number:0>100}/");
        terminal.paste(&part);
        pasted.push_str(&part);
    }
    wait_for_kept_address(state.path(), &pasted);
    // As it comes from a terminal that does not mark a paste.
    let unmarked = "x".repeat(500);
    terminal.press(unmarked.as_str());
    pasted.push_str(&unmarked);
    wait_for_kept_address(state.path(), &pasted);
}

// ---- the mouse --------------------------------------------------------------------------------------------------

/// A press of a button, or a notch of the wheel, as a terminal tells it (xterm's SGR form). Columns and rows count from 1.
fn mouse(button: u8, column: u16, row: u16) -> String {
    format!("\x1b[<{button};{column};{row}M")
}

const LEFT_BUTTON: u8 = 0;
const WHEEL_UP: u8 = 64;
const WHEEL_DOWN: u8 = 65;

#[test]
fn steps_answers_fields_and_keys_can_be_clicked() {
    let mut terminal = demo().start();
    terminal.walk_to(6);
    terminal.wait_for_text("Nothing listens there");
    // The first step in the list.
    terminal.press(mouse(LEFT_BUTTON, 5, 3));
    terminal.wait_for_step(1);
    terminal.press(mouse(LEFT_BUTTON, 30, 12));
    terminal.wait_for_text("› (•) No, somebody else is");
    // A place where nothing is.
    terminal.press(mouse(LEFT_BUTTON, 79, 22));
    // SSH URL, and its field.
    terminal.press(mouse(LEFT_BUTTON, 5, 7));
    terminal.wait_for_step(5);
    terminal.press(mouse(LEFT_BUTTON, 40, 7));
    terminal.wait_for_text("┃ git@");
    // The first key of the last line.
    terminal.press(mouse(LEFT_BUTTON, 3, 24));
    terminal.wait_for_step(6);
    terminal.press(CTRL_C);
    terminal.ends_with(130);
}

#[test]
fn the_wheel_scrolls_and_stops_at_the_ends() {
    let terminal = demo().size(60, 18).start();
    terminal.walk_to(2);
    terminal.press("?");
    terminal.wait_for_text("Keys in");
    terminal.press(mouse(WHEEL_DOWN, 10, 10).repeat(40));
    terminal.wait_for_text("the terminal selects text");
    terminal.wait_until_gone("Keys in");
    // Not forty times back.
    terminal.press(mouse(WHEEL_UP, 10, 10).repeat(5));
    terminal.wait_for_text("Keys in");
}

#[test]
fn a_form_taller_than_the_screen_is_scrolled_by_keys() {
    let terminal = demo().size(60, 18).start();
    terminal.walk_to(6);
    terminal.wait_for_text("Nothing listens there");
    terminal.press("u");
    terminal.wait_for_text("Bitbucket does not know this key");
    terminal.press("g");
    terminal.wait_for_text("With a token, Bitbucket itself");
    // Not farther than there is something to see.
    terminal.press(PAGE_DOWN.repeat(3));
    terminal.wait_for_text("In this demo the simulation's token");
    terminal.wait_until_gone("With a token, Bitbucket itself");
    terminal.press(PAGE_UP);
    terminal.wait_for_text("With a token, Bitbucket itself");
    terminal.press(DOWN.repeat(9));
    terminal.wait_for_text("In this demo the simulation's token");
}

#[test]
fn what_was_brought_into_sight_is_scrolled_from_there() {
    let terminal = demo().size(60, 18).start();
    terminal.walk_to(4);
    terminal.wait_for_text("Add the key on its Access keys page");
    terminal.press("m");
    terminal.wait_for_text("a key there can write");
    terminal.wait_until_gone("Add the key on its Access keys page");
    // As far up as it goes, and there it stays.
    terminal.press(PAGE_UP.repeat(3));
    terminal.wait_for_text("git@bitbucket.org:acme");
    terminal.press(DOWN);
    terminal.wait_until_gone("git@bitbucket.org:acme");
    terminal.wait_for_text("Add the key on its Access keys page");
}

#[test]
fn the_mouse_can_be_left_to_the_terminal() {
    let terminal = OnTerminal::doorkey(["demo", "--no-mouse"]).start();
    terminal.wait_for_step(1);
    terminal.wait_for("no mouse", |screen| {
        screen.mouse_protocol_mode() == MouseProtocolMode::None
    });
    let terminal = demo().start();
    terminal.wait_for("presses", |screen| {
        screen.mouse_protocol_mode() == MouseProtocolMode::PressRelease
    });
}

// ---- the end ----------------------------------------------------------------------------------------------------

#[test]
fn ctrl_c_ends_every_step() {
    for number in 1..=6 {
        let mut terminal = demo().start();
        terminal.walk_to(number);
        terminal.press(CTRL_C);
        terminal.ends_with(130);
    }
}

#[test]
fn ctrl_c_ends_typing_help_and_questions() {
    let mut typing = wizard().start();
    typing.walk_to(3);
    typing.press("ssh-");
    typing.wait_for_text("ssh-");
    typing.press(CTRL_C);
    typing.ends_with(130);
    typing.wait_for_text("Left at step 3 of 6, Public key");

    let mut help = demo().start();
    help.wait_for_step(1);
    help.press("?");
    help.wait_for_text("Keys in");
    help.press(CTRL_C);
    help.ends_with(130);

    let mut question = demo().start();
    question.walk_to(2);
    question.press("q");
    question.wait_for_text("Quit now?");
    question.press(CTRL_C);
    question.ends_with(130);
}

#[test]
fn signals_end_it_as_ctrl_c_does() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        for number in [1, 6] {
            let mut terminal = demo().start();
            terminal.walk_to(number);
            terminal.signal(signal);
            terminal.ends_with(130);
        }
    }
}

#[test]
fn quitting_asks_before_anything_is_lost() {
    let mut terminal = demo().start();
    terminal.walk_to(2);
    terminal.press("q");
    terminal.wait_for_text("Quit now?");
    terminal.press("n");
    terminal.wait_until_gone("Quit now?");
    terminal.wait_for_step(2);
    terminal.press(BACK);
    terminal.wait_for_step(1);
    terminal.press("q");
    terminal.wait_for_text("Quit now?");
    terminal.press("y");
    terminal.ends_with(3);
}

#[test]
fn with_nothing_to_lose_quitting_asks_nothing() {
    for program in [wizard(), demo()] {
        let mut terminal = program.start();
        terminal.wait_for_step(1);
        terminal.press("q");
        terminal.ends_with(3);
    }
}

#[test]
fn a_mistake_in_doorkey_gives_the_terminal_back_and_is_told_kindly() {
    for thread in ["main", "task"] {
        let mut terminal = demo().env("DOORKEY_PANIC", thread).start();
        terminal.ends_with(3);
        terminal.wait_for_text("It is a mistake in doorkey, not yours.");
        let written = String::from_utf8_lossy(&terminal.bytes()).into_owned();
        assert!(!written.contains("s3cret"), "{written}");
    }
}

// ---- the log ----------------------------------------------------------------------------------------------------

#[test]
fn the_log_tells_what_happened_and_nothing_secret() {
    const TOKEN: &str = "s3cret-t0ken-of-somebody";
    let Prepared { bitbucket, program } = prepared();
    let log = program.home().join("doorkey.log");
    let mut terminal = program.argument("--log").argument(&log).start();
    terminal.walk_to(3);
    // A private key, in both places that take text.
    let private = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap();
    let private = private.to_openssh(LineEnding::LF).unwrap();
    terminal.paste(&private);
    terminal.wait_for_text("This is a private key");
    terminal.press("f");
    terminal.wait_for_text("Which file holds the public key?");
    terminal.paste(&private);
    terminal.wait_until_gone("Which file holds the public key?");
    terminal.paste(&fs::read_to_string(vendor_key()).unwrap());
    terminal.wait_for_text("SHA256:jjexXT");
    for step in 4..=6 {
        terminal.press(ENTER);
        terminal.wait_for_step(step);
    }
    terminal.wait_for_text("Bitbucket does not know this key");
    terminal.press("g");
    terminal.wait_for_text("Access token");
    terminal.paste(TOKEN);
    terminal.press(ENTER.repeat(2));
    terminal.wait_until_gone("Access token");
    terminal.press(CTRL_C);
    terminal.ends_with(130);
    drop(bitbucket);

    let written = fs::read_to_string(&log).unwrap();
    for words in [
        "step 6: Connection test",
        "key_query fail key_query.not_recognised",
        ": not_ready",
        "begins: git@ssh.bitbucket.org:acme/analytics-platform.git, with a token",
        "interrupted",
    ] {
        assert!(written.contains(words), "{words}: {written}");
    }
    for line in written.lines() {
        let (seconds, _) = line.trim_start().split_once("  ").unwrap();
        seconds.parse::<f64>().unwrap();
    }
    let secrets = private.lines().filter(|line| !line.starts_with("-----"));
    for secret in secrets.chain([TOKEN]) {
        // The log is left out of the message, for the secret would stand in it.
        assert!(!written.contains(&secret[..12]), "a secret was logged");
    }
    let mode = fs::metadata(&log).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_log_names_the_address_that_is_tested() {
    let program = demo();
    let log = program.home().join("doorkey.log");
    let mut terminal = program.argument("--log").argument(&log).start();
    terminal.walk_to(6);
    terminal.wait_for_text("Nothing listens there");
    terminal.press("u");
    terminal.wait_for_text("Bitbucket does not know this key");
    terminal.press(CTRL_C);
    terminal.ends_with(130);
    let written = fs::read_to_string(&log).unwrap();
    for begins in [
        "begins: git@bitbucket.org:acme/analytics-platform.git, without",
        "begins: git@ssh.bitbucket.org:acme/analytics-platform.git, without",
    ] {
        assert!(written.contains(begins), "{begins}: {written}");
    }
}

#[test]
fn a_log_goes_on_where_it_ended() {
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("doorkey.log");
    for times in 1..=2 {
        let mut terminal = demo().argument("--log").argument(&log).start();
        terminal.wait_for_step(1);
        terminal.press(CTRL_C);
        terminal.ends_with(130);
        let written = fs::read_to_string(&log).unwrap();
        assert_eq!(written.matches("begins at").count(), times, "{written}");
    }
}

#[test]
fn a_log_that_can_not_be_written_is_said_at_once() {
    let mut terminal = demo().argument("--log").argument("/nowhere/log").start();
    terminal.ends_with(2);
    terminal.wait_for_text("the log /nowhere/log can't be written");
}

// ---- job control ------------------------------------------------------------------------------------------------

/// The state of a process as proc(5) has it: `T` is stopped.
#[cfg(target_os = "linux")]
fn state(id: &str) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(") ")?;
    after_name.chars().next()
}

/// The id of the first child of a process.
#[cfg(target_os = "linux")]
fn child_of(id: u32) -> Option<String> {
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).ok()?;
    children.split_whitespace().next().map(str::to_owned)
}

/// A shell with job control.
#[cfg(target_os = "linux")]
const SHELL: [&str; 4] = ["bash", "--norc", "--noprofile", "-i"];

/// A shell in which doorkey was started by a person.
#[cfg(target_os = "linux")]
fn shell() -> Terminal {
    start_shell(OnTerminal::program(SHELL[0], &SHELL[1..]))
}

/// Starts a shell, or a program with one in it.
#[cfg(target_os = "linux")]
fn start_shell(program: OnTerminal) -> Terminal {
    let shell = program
        .env("PS1", "ready> ")
        .env("DOORKEY", env!("CARGO_BIN_EXE_doorkey"))
        .start();
    shell.wait_for_text("ready> ");
    shell
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_z_suspends_and_fg_goes_on() {
    let shell = shell();
    shell.press("\"$DOORKEY\" demo\r");
    shell.walk_to(3);
    let doorkey = child_of(shell.id()).unwrap();
    for _ in 0..2 {
        shell.press(CTRL_Z);
        shell.wait_for_text("Stopped");
        shell.wait_for("the main screen", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor()
        });
        eventually("a stopped doorkey", || {
            (state(&doorkey)? == 'T').then_some(())
        });
        // Without `clear`, which not every machine has.
        shell.press("printf '\\033[2J\\033[H'; fg\r");
        shell.wait_for_step(3);
        shell.wait_for_text("SHA256:");
        shell.wait_for("the alternate screen", |screen| {
            screen.alternate_screen() && screen.bracketed_paste()
        });
    }
    // It listens again.
    shell.press(ENTER);
    shell.wait_for_step(4);
    shell.press(CTRL_C);
    shell.wait_for_text("ready> ");
    shell.press("echo \"status: $?\"\r");
    shell.wait_for_text("status: 130");
}

#[cfg(target_os = "linux")]
#[test]
fn after_ctrl_z_a_question_is_asked_again() {
    let clear_and_go_on = "printf '\\033[2J\\033[H'; fg\r";
    let shell = shell();
    shell.press("\"$DOORKEY\" --plain\r");
    shell.wait_for_text("Your answer, or Enter for 1: ");
    shell.press("2");
    shell.press(CTRL_Z);
    shell.wait_for_text("Stopped");
    shell.press(clear_and_go_on);
    shell.wait_until_gone("Stopped");
    shell.wait_for_text("2: Bitbucket Data Center");
    shell.wait_for_text("Your answer, or Enter for 1: ");
    shell.press(ENTER);
    shell.wait_for_text("Are you an administrator");
    shell.press(ENTER.repeat(3));
    shell.wait_for_text("Public key: ");
    shell.press("---- BEGIN SSH2 PUBLIC KEY ----\r");
    shell.wait_for_text("Reading on, to the line with END.");
    shell.press(CTRL_Z);
    shell.wait_for_text("Stopped");
    shell.press(clear_and_go_on);
    shell.wait_until_gone("Stopped");
    shell.wait_for_text("Reading on, to the line with END.");
    shell.press("quit\r");
    shell.wait_for_text("ready> ");
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_z_stops_the_whole_job() {
    let shell = shell();
    // As `cargo run` does: another program waits for doorkey, and the shell for that one.
    shell.press("bash -c '\"$DOORKEY\" demo; true'\r");
    shell.wait_for_step(1);
    shell.press(CTRL_Z);
    shell.wait_for_text("Stopped");
    shell.press("fg\r");
    shell.wait_for_step(1);
    shell.press(CTRL_C);
    shell.wait_for_text("ready> ");
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_shell_to_go_back_to_ctrl_z_changes_nothing() {
    let mut terminal = demo().start();
    terminal.wait_for_step(1);
    terminal.press(CTRL_Z);
    terminal.walk_to(2);
    terminal.press(CTRL_C);
    terminal.ends_with(130);
}

#[cfg(target_os = "linux")]
#[test]
fn stopped_by_force_it_repaints_when_it_goes_on() {
    let terminal = demo().start();
    terminal.walk_to(2);
    terminal.signal(Signal::STOP);
    let id = terminal.id().to_string();
    eventually("a stopped doorkey", || (state(&id)? == 'T').then_some(()));
    let before = terminal.bytes().len();
    terminal.signal(Signal::CONT);
    let header = "step 2 of 6".as_bytes();
    eventually("a whole new frame", || {
        let written = terminal.bytes().split_off(before);
        let again = written.windows(header.len()).any(|window| window == header);
        again.then_some(())
    });
    terminal.press(ENTER);
    terminal.wait_for_step(3);
}

// ---- inside other programs --------------------------------------------------------------------------------------

/// Goes through the wizard in a shell that runs inside another program.
#[cfg(target_os = "linux")]
fn is_at_home_inside(program: OnTerminal) {
    let mut shell = start_shell(program);
    shell.press("stty -g > modes\r");
    shell.press("\"$DOORKEY\" demo\r");
    shell.walk_to(6);
    shell.wait_for_text("Nothing listens there");
    shell.press("?");
    shell.wait_for_text("Keys in");
    // A lone Esc must not wait for another key.
    shell.press(ESCAPE);
    shell.wait_until_gone("Keys in");
    shell.press(CTRL_Z);
    shell.wait_for_text("Stopped");
    shell.press("fg\r");
    shell.wait_for_step(6);
    shell.wait_until_gone("Stopped");
    shell.resize(90, 30);
    shell.wait_for_step(6);
    shell.press(CTRL_C);
    shell.wait_for_text("That was the demo");
    // Nothing stays of the picture, not even where there is no alternate screen.
    shell.wait_until_gone("SSH URL");
    // What is typed before the shell has the terminal again may be lost.
    shell.wait_for("the shell's prompt", |screen| {
        let contents = screen.contents();
        let last = contents.rsplit_once("That was the demo");
        last.is_some_and(|(_, after)| after.contains("ready>"))
    });
    shell.press("clear; stty -g | diff modes - && echo as it w''as\r");
    shell.wait_for_text("as it was");
    shell.press("exit\r");
    shell.wait_for_end();
}

#[cfg(target_os = "linux")]
#[test]
fn it_is_at_home_inside_tmux() {
    if !requirements::are_here(&["tmux"]) {
        return;
    }
    let tmux = OnTerminal::program("tmux", [] as [&str; 0]);
    let (socket, configuration) = (tmux.home().join("socket"), tmux.home().join("tmux.conf"));
    // Nothing stays behind, whatever happens.
    fs::write(&configuration, "set -g destroy-unattached on").unwrap();
    let tmux = tmux.argument("-S").argument(socket);
    let tmux = tmux.argument("-f").argument(configuration);
    let tmux = tmux.argument("new-session");
    is_at_home_inside(SHELL.into_iter().fold(tmux, OnTerminal::argument));
}

#[cfg(target_os = "linux")]
#[test]
fn it_is_at_home_inside_gnu_screen() {
    if !requirements::are_here(&["screen"]) {
        return;
    }
    let screen = OnTerminal::program("screen", ["-c", "screenrc"]);
    let home = screen.home().to_owned();
    // Nothing stays behind, whatever happens.
    fs::write(home.join("screenrc"), "autodetach off").unwrap();
    // It makes this folder itself, for nobody else to read.
    let screen = screen.env("SCREENDIR", home.join("sockets"));
    is_at_home_inside(SHELL.into_iter().fold(screen, OnTerminal::argument));
}

#[cfg(target_os = "linux")]
#[test]
fn it_is_at_home_inside_script() {
    if !requirements::are_here(&["script"]) {
        return;
    }
    let script = OnTerminal::program("script", ["--quiet", "--command"]);
    // A shell that only runs a command keeps its prompt to itself.
    let shell = format!("env PS1='ready> ' {}", SHELL.join(" "));
    is_at_home_inside(script.argument(shell).argument("typescript"));
}

// ---- browser and clipboard --------------------------------------------------------------------------------------

/// Writes a browser that fetches the page, and keeps the link and the status line of the answer.
fn with_browser(program: OnTerminal) -> (OnTerminal, PathBuf) {
    const SCRIPT: &str = r#"#!/bin/bash
rest="${1#http://}"
server="${rest%%/*}"
exec 3<>"/dev/tcp/${server%:*}/${server#*:}"
printf 'GET /%s HTTP/1.0\r\nHost: %s\r\n\r\n' "${rest#*/}" "$server" >&3
IFS= read -r status <&3
printf '%s\n%s\n' "$1" "$status" > "$HOME/fetched.new"
mv "$HOME/fetched.new" "$HOME/fetched"
"#;
    let script = program.home().join("browser");
    fs::write(&script, SCRIPT).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let fetched = program.home().join("fetched");
    (program.env("BROWSER", &script), fetched)
}

#[test]
fn the_browser_is_given_the_page() {
    let (program, fetched) = with_browser(demo());
    let terminal = program.start();
    terminal.walk_to(4);
    terminal.press("o");
    terminal.wait_for_text("Your browser was asked to open the page");
    let fetched = eventually("the browser", || fs::read_to_string(&fetched).ok());
    let (link, status) = fetched.trim_end().split_once('\n').unwrap();
    assert!(link.starts_with("http://127.0.0.1:"), "{link}");
    assert!(
        link.ends_with("/acme/analytics-platform/admin/access-keys/"),
        "{link}"
    );
    assert!(status.contains(" 200 "), "{status}");
}

#[test]
fn the_browser_can_not_reach_the_terminal() {
    const SCRIPT: &str = r#"#!/bin/bash
if (echo "words of a browser" > /dev/tty) 2> /dev/null; then reached=yes; else reached=no; fi
echo "$reached $(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2 | sort -u | tr '\n' ' ')" > "$HOME/reached.new"
mv "$HOME/reached.new" "$HOME/reached"
"#;
    let program = demo();
    let script = program.home().join("browser");
    fs::write(&script, SCRIPT).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let reached = program.home().join("reached");
    let terminal = program.env("BROWSER", &script).start();
    terminal.walk_to(4);
    terminal.press("o");
    terminal.wait_for_text("Your browser was asked to open the page");
    let reached = eventually("the browser", || fs::read_to_string(&reached).ok());
    assert!(reached.starts_with("no "), "{reached}");
    if cfg!(target_os = "linux") {
        assert_eq!(reached.trim(), "no /dev/null");
    }
    assert!(!String::from_utf8_lossy(&terminal.bytes()).contains("words of a browser"));
}

#[test]
fn without_a_browser_the_link_is_there() {
    let terminal = demo().size(120, 30).start();
    terminal.walk_to(4);
    terminal.press("o");
    terminal.wait_for_text("No browser was opened");
    terminal.wait_for_text("http://127.0.0.1:");
}

#[test]
fn a_browser_that_is_not_there_is_told() {
    let terminal = demo().env("BROWSER", "/nowhere/browser %s").start();
    terminal.walk_to(4);
    terminal.press("o");
    terminal.wait_for_text("No browser was opened");
    terminal.wait_for_text("/nowhere/browser was not found");
}

#[test]
fn a_browser_that_fails_is_told_when_it_has_failed() {
    let browser = "/nowhere/browser:sh -c 'exit 7' %s";
    let terminal = demo().size(120, 30).env("BROWSER", browser).start();
    terminal.walk_to(4);
    terminal.press("o");
    terminal.wait_for_text("Asking a browser failed");
    terminal.wait_for_text("sh ended with status 7");
}

// ---- texts for others -------------------------------------------------------------------------------------------

#[test]
fn texts_for_others_are_saved_and_nothing_is_overwritten() {
    let program = demo();
    let home = program.home().to_owned();
    fs::write(home.join("doorkey-handoff.md"), "mine").unwrap();
    let terminal = program.size(120, 30).start();
    terminal.wait_for_step(1);
    terminal.press("h");
    terminal.wait_for_text("For the administrator");
    terminal.press("s");
    terminal.wait_for_text("doorkey-handoff-2.md");
    terminal.press("s");
    terminal.wait_for_text("doorkey-handoff-3.md");
    let read = |name: &str| fs::read_to_string(home.join(name)).unwrap();
    assert_eq!(read("doorkey-handoff.md"), "mine");
    assert!(read("doorkey-handoff-2.md").starts_with("# Please add an access key"));
    assert_eq!(read("doorkey-handoff-2.md"), read("doorkey-handoff-3.md"));
    terminal.press(ESCAPE);
    terminal.wait_until_gone("For the administrator");
    terminal.walk_to(6);
    terminal.wait_for_text("Nothing listens there");
    terminal.press("b");
    terminal.wait_for_text("Report of the last test");
    terminal.press("s");
    terminal.wait_for_text("doorkey-report.md");
    assert!(read("doorkey-report.md").contains("**Not ready.**"));
}

#[test]
fn values_are_saved_whole() {
    let program = wizard_with_key();
    let home = program.home().to_owned();
    let terminal = program.start();
    terminal.walk_to(3);
    terminal.press("zs");
    terminal.wait_for_text("doorkey-values.txt");
    let saved = fs::read_to_string(home.join("doorkey-values.txt")).unwrap();
    assert!(saved.lines().any(|line| line == key_line()), "{saved}");
}

fn wizard_with_key() -> OnTerminal {
    wizard().argument("--key").argument(vendor_key())
}

fn key_line() -> String {
    let file = fs::read_to_string(vendor_key()).unwrap();
    file.trim_end().to_owned()
}

/// A terminal that shows the key as a plain line, which it wraps itself: so a selection of it has no break.
fn at_plain_lines() -> Terminal {
    let terminal = wizard_with_key().size(60, 18).start();
    terminal.walk_to(3);
    terminal.press("z");
    terminal.wait_for_text("In full");
    terminal.press("z");
    terminal.wait_for("plain lines", |screen| {
        !screen.alternate_screen()
            && !screen.hide_cursor()
            && screen.mouse_protocol_mode() == MouseProtocolMode::None
            && screen.contents().lines().any(|line| line == key_line())
            && screen.contents().contains("Enter goes back")
    });
    terminal
}

#[test]
fn plain_lines_can_be_selected_whole() {
    let mut terminal = at_plain_lines();
    terminal.press(ENTER);
    terminal.wait_for("the wizard", |screen| {
        screen.alternate_screen()
            && screen.mouse_protocol_mode() != MouseProtocolMode::None
            && screen.contents().contains("SHA256:jjexXT")
    });
    terminal.press(CTRL_C);
    terminal.ends_with(130);
    // What was selected there may be wanted again, but not how to go back.
    let contents = terminal.contents();
    assert!(!contents.contains("Enter goes back"), "{contents}");
    assert!(!contents.contains("to doorkey."), "{contents}");
    assert!(
        contents.lines().any(|line| line == key_line()),
        "{contents}"
    );
}

#[test]
fn from_the_plain_lines_doorkey_ends_below_them() {
    let ends: [fn(&Terminal); 2] = [
        |terminal| terminal.press(CTRL_C),
        |terminal| terminal.signal(Signal::TERM),
    ];
    for end in ends {
        let mut terminal = at_plain_lines();
        end(&terminal);
        terminal.ends_with(130);
        terminal.wait_for_text("Left at step 3");
        let contents = terminal.contents();
        let place = |text: &str| contents.find(text).unwrap_or_else(|| panic!("{contents}"));
        assert!(
            place("Enter goes back") < place("Left at step 3"),
            "{contents}"
        );
    }
}

#[test]
fn without_a_display_the_terminal_is_given_what_is_copied() {
    let Prepared { bitbucket, program } = prepared();
    let terminal = program.start();
    terminal.walk_to(3);
    terminal.press("c");
    let line = fs::read_to_string(vendor_key()).unwrap();
    let osc_52 = format!("\x1b]52;c;{}", BASE64_STANDARD.encode(line.trim_end()));
    terminal.wait_for_bytes(osc_52.as_bytes());
    terminal.wait_for_text("was sent to your terminal's clipboard; it does not confirm");
    drop(bitbucket);
}

// ---- looks ------------------------------------------------------------------------------------------------------

/// The parameters of all the sequences that set colours or attributes (ECMA-48 SGR).
fn attributes(written: &[u8]) -> Vec<String> {
    let written = String::from_utf8_lossy(written);
    let sequences = written.split("\x1b[").skip(1);
    sequences
        .filter_map(|sequence| {
            let end = sequence.find(|c: char| !(c.is_ascii_digit() || c == ';'))?;
            sequence[end..]
                .starts_with('m')
                .then(|| sequence[..end].to_owned())
        })
        .collect()
}

/// Whether a sequence asks for a colour; the default colours are none.
fn is_colour(parameters: &str) -> bool {
    parameters.split(';').any(|parameter| {
        let number: u16 = parameter.parse().unwrap_or(0);
        matches!(number, 30..=38 | 40..=48 | 90..=97 | 100..=107)
    })
}

/// Sees all steps, with a failed test at the end.
fn tour(program: OnTerminal) -> Vec<u8> {
    let terminal = program.start();
    terminal.walk_to(6);
    terminal.wait_for_text("Nothing listens there");
    terminal.press("?");
    terminal.wait_for_text("Keys in");
    terminal.bytes()
}

#[test]
fn colours_are_left_out_where_they_are_not_wanted() {
    assert!(attributes(&tour(demo())).iter().any(|one| is_colour(one)));
    let without = [
        demo().env("NO_COLOR", "1"),
        OnTerminal::doorkey(["demo", "--no-color"]),
    ];
    for program in without {
        let colours: Vec<String> = attributes(&tour(program))
            .into_iter()
            .filter(|one| is_colour(one))
            .collect();
        assert_eq!(colours, [] as [&str; 0]);
    }
}

/// Asks a terminal for its background.
const QUESTION: &[u8] = b"\x1b]11;?\x07";

/// Sets the accent for light backgrounds, where the terminal has 256 colours.
const LIGHT_ACCENT: &[u8] = b"\x1b[38;5;25;49m";

#[test]
fn a_terminal_that_says_it_is_light_gets_colours_for_it() {
    let terminal = demo().start();
    terminal.wait_for_bytes(QUESTION);
    terminal.press("\x1b]11;rgb:ffff/ffff/ffff\x1b\\");
    terminal.wait_for_bytes(LIGHT_ACCENT);
}

#[test]
fn an_answer_among_the_keys_is_no_key_and_takes_none_away() {
    let terminal = wizard().start();
    terminal.walk_to(3);
    terminal.press("ssh-\x1b]11;rgb:fdfd/f6f6/e3e3\x07ed25519 half");
    terminal.wait_for_text("ssh-ed25519 half");
    terminal.wait_for_bytes(LIGHT_ACCENT);
    // It is one only where all of it comes.
    terminal.press("\x1b]11;rgb: a key");
    terminal.wait_for_text("ssh-ed25519 half11;rgb: a key");
}

#[test]
fn a_terminal_is_asked_only_where_its_answer_is_of_use() {
    let unasked = [
        demo().env("NO_COLOR", "1"),
        demo().env("TERM", "linux"),
        OnTerminal::doorkey(["demo", "--theme", "dark"]),
        OnTerminal::doorkey(["demo", "--plain"]),
    ];
    for program in unasked {
        let terminal = program.start();
        terminal.wait_for_text("Which Bitbucket holds");
        let written = terminal.bytes();
        let is_question = |part: &[u8]| part == QUESTION;
        assert!(!written.windows(QUESTION.len()).any(is_question));
    }
}

#[test]
fn signs_beyond_ascii_are_left_out_where_they_can_not_be_shown() {
    let without = [
        OnTerminal::doorkey(["demo", "--ascii"]),
        demo().env("LANG", "C"),
    ];
    for program in without {
        let written = String::from_utf8(tour(program)).unwrap();
        let signs: String = written.chars().filter(|sign| !sign.is_ascii()).collect();
        assert_eq!(signs, "");
    }
}

#[test]
fn on_a_dumb_terminal_the_wizard_goes_line_by_line() {
    let mut terminal = demo().size(80, 200).env("TERM", "dumb").start();
    for question in [
        "Which Bitbucket holds",
        "Are you an administrator",
        "show you a public key?",
        "only listed IP addresses?",
        "Enter to go on, or another key: ",
        "Enter to go on, or another address: ",
        "Enter to go on, or another SSH URL: ",
    ] {
        terminal.wait_for_text(question);
        terminal.press(ENTER);
    }
    terminal.wait_for_text("Nothing listens there");
    terminal.press("quit\r");
    terminal.wait_for_text("Your answer, or Enter for n: ");
    terminal.press("y\r");
    terminal.ends_with(1);
    let written = terminal.bytes();
    assert!(!written.contains(&b'\x1b'), "{written:?}");
}

#[test]
fn a_token_is_not_seen_while_it_is_typed_line_by_line() {
    let key = vendor_key();
    let mut terminal = OnTerminal::doorkey([
        "--plain",
        "--url",
        URL,
        "--key",
        key.to_str().unwrap(),
        // Nothing listens there.
        "--connect-to",
        "::127.0.0.1:1",
    ])
    .size(80, 200)
    .start();
    terminal.wait_for_text("Your answer, or Enter for 1: ");
    terminal.press(ENTER.repeat(7));
    terminal.wait_for_text("Nothing listens there");
    terminal.press("g\r");
    terminal.wait_for_text("Token, or Enter to leave it: ");
    terminal.press("s3cret-t0ken\r");
    terminal.wait_for_text("E-mail address, or Enter for none: ");
    terminal.press("quit\r");
    terminal.ends_with(1);
    let written = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    assert!(!written.contains("s3cret"), "{written}");
    assert!(
        written.contains("quit"),
        "what is no secret is seen: {written}"
    );
}

#[test]
fn ctrl_c_ends_the_wizard_line_by_line() {
    let mut terminal = OnTerminal::doorkey(["--plain"]).start();
    terminal.wait_for_text("Your answer, or Enter for 1: ");
    terminal.press(CTRL_C);
    terminal.ends_with(130);
    // What is said at the end is no part of the question's line.
    terminal.wait_for_text("Your answer, or Enter for 1: ^C\nLeft at step 1");
}

#[test]
fn lines_are_read_from_the_terminal_where_the_key_came_through_standard_input() {
    let script = "exec \"$DOORKEY\" --plain --key - < \"$KEY\"";
    let mut terminal = OnTerminal::program("bash", ["-c", script])
        .env("DOORKEY", env!("CARGO_BIN_EXE_doorkey"))
        .env("KEY", vendor_key())
        .start();
    terminal.wait_for_text("Which Bitbucket holds");
    terminal.press("quit\r");
    terminal.ends_with(3);
}

// ---- the check command ------------------------------------------------------------------------------------------

#[test]
fn a_check_tells_a_person_what_it_waits_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let connect_to = format!("::{}:{}", address.ip(), address.port());
    let key = vendor_key();
    let key = key.to_str().unwrap();
    let mut terminal =
        OnTerminal::doorkey(["check", URL, "--key", key, "--connect-to", &connect_to]).start();
    terminal.wait_for_text("testing: SSH");
    // Here Ctrl-C is the terminal's own: it sends SIGINT.
    terminal.press(CTRL_C);
    terminal.ends_with(130);
    terminal.wait_until_gone("testing:");
}

#[test]
fn verify_tells_a_person_what_it_is_about() {
    let simulator = Simulator::start(Options::new(Edition::DataCenter)).unwrap();
    // It takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("ssh://git@{}/a/b.git", silent.local_addr().unwrap());
    let key = fs::read_to_string(vendor_key()).unwrap();
    let key = key.trim();
    let state = TempDir::new().unwrap();
    let list = state.path().join("list.csv");
    let url = simulator.ssh_url();
    fs::write(
        &list,
        format!("billing,{url},{key}\nmodels,{silent},{key}\n"),
    )
    .unwrap();
    let run = |arguments: &[&str]| {
        let program = OnTerminal::doorkey(arguments).env("XDG_STATE_HOME", state.path());
        program.start()
    };
    run(&["import", list.to_str().unwrap()]).ends_with(0);
    let mut terminal = run(&["verify", "--all", "--accept-new-host-key"]);
    terminal.wait_for_text("tested 1 of 2, 1 not ready: models …");
    terminal.press(CTRL_C);
    terminal.ends_with(130);
    terminal.wait_until_gone("models …");
    terminal.wait_for_text("Bitbucket does not know this key");
    terminal.wait_for_text("1 of 2 were tested");
}

// ---- what is kept for the next time -----------------------------------------------------------------------------

/// The unfinished setups in a state directory, all in one text.
fn unfinished(state: &Path) -> String {
    let files = fs::read_dir(state.join("doorkey/unfinished")).into_iter();
    let texts = files
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        // Not what is still being written.
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .filter_map(|path| fs::read_to_string(path).ok());
    texts.collect()
}

#[test]
fn a_setup_goes_on_where_it_was_killed() {
    let state = TempDir::new().unwrap();
    let wizard = || wizard().env("XDG_STATE_HOME", state.path()).start();
    let mut terminal = wizard();
    terminal.walk_to(3);
    terminal.paste(&fs::read_to_string(vendor_key()).unwrap());
    terminal.press(ENTER);
    terminal.wait_for_step(4);
    terminal.paste("https://bitbucket.org/acme/analytics-platform/src/main/");
    eventually("the address is kept", || {
        unfinished(state.path())
            .contains("/src/main/")
            .then_some(())
    });
    terminal.signal(Signal::KILL);
    terminal.wait_for_end();

    let mut terminal = wizard();
    terminal.wait_for_step(4);
    terminal.wait_for_text("Welcome back");
    terminal.wait_for_text("acme/analytics-platform on Bitbucket Cloud");
    // A second one beside it begins at the beginning.
    let mut beside = wizard();
    beside.wait_for_step(1);
    beside.press(CTRL_C);
    beside.ends_with(130);
    // The first one goes on elsewhere.
    beside.wait_for_text("Run doorkey to begin again.");
    terminal.press(CTRL_C);
    terminal.ends_with(130);
    terminal.wait_for_text("Run doorkey to go on where you left off.");

    let fresh = OnTerminal::doorkey(["--fresh"]).env("XDG_STATE_HOME", state.path());
    let mut terminal = fresh.start();
    terminal.wait_for_step(1);
    terminal.press("q");
    terminal.ends_with(3);
    // The old one was kept, and is the one that comes next.
    terminal.wait_for_text("Run doorkey to go on with the setup you left before");
    assert!(unfinished(state.path()).contains("/src/main/"));
}

#[test]
fn a_finished_setup_is_saved_and_not_offered_again() {
    let state = TempDir::new().unwrap();
    let Prepared { bitbucket, program } = prepared();
    add_key(&bitbucket);
    let mut terminal = program.env("XDG_STATE_HOME", state.path()).start();
    terminal.walk_to(6);
    terminal.wait_for_text("Saved as analytics-platform.");
    terminal.press(ENTER);
    terminal.ends_with(0);
    terminal.wait_for_text("doorkey verify analytics-platform");
    let saved = fs::read_to_string(state.path().join("doorkey/connections.json")).unwrap();
    assert!(saved.contains(URL), "{saved}");
    assert!(saved.contains("\"verdict\": \"ready\""), "{saved}");
    assert_eq!(unfinished(state.path()), "");
}

// ---- links ------------------------------------------------------------------------------------------------------

/// The page of [`URL`].
const PAGE: &str = "https://bitbucket.org/acme/analytics-platform/admin/access-keys/";

/// What makes the text after it a link (OSC 8).
const LINK: &str = "\x1b]8;";

#[test]
fn a_terminal_that_opens_links_gets_the_page_as_one() {
    let Prepared { bitbucket, program } = prepared();
    let terminal = program.env("TERM_PROGRAM", "WezTerm").size(120, 30).start();
    terminal.walk_to(4);
    terminal.wait_for_text(PAGE);
    terminal.wait_for_bytes(format!("{LINK}id=doorkey;{PAGE}\x1b\\").as_bytes());
    terminal.wait_for_bytes(format!("{LINK};\x1b\\").as_bytes());
    drop(bitbucket);
}

#[test]
fn a_terminal_that_is_not_known_to_open_links_gets_plain_text() {
    let Prepared { bitbucket, program } = prepared();
    let terminal = program.size(120, 30).start();
    terminal.walk_to(4);
    terminal.wait_for_text(PAGE);
    let written = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    assert!(!written.contains(LINK));
    drop(bitbucket);
}

//! Copying, as other programs see it: a text stays on the display's clipboard after doorkey has ended, and in tmux it is where tmux
//! pastes from.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

#[path = "support/pty.rs"]
mod pty;
#[path = "support/requirements.rs"]
mod requirements;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use pty::{OnTerminal, Terminal, eventually};
use tempfile::TempDir;

const ENTER: &str = "\r";
const CTRL_C: &str = "\x03";

fn vendor_key() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys/ed25519.pub")
}

fn key() -> String {
    fs::read_to_string(vendor_key()).unwrap().trim().to_owned()
}

fn wizard() -> OnTerminal {
    OnTerminal::doorkey(["--key", vendor_key().to_str().unwrap()])
}

/// Goes to the key and copies it.
fn copy_the_key(terminal: &Terminal) {
    terminal.wait_for_text("Which Bitbucket");
    terminal.press(ENTER.repeat(4));
    terminal.wait_for_text("SHA256:jjexXT");
    terminal.press("c");
}

/// An X server without a screen, on a display that is free.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    fn start() -> Self {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-nolisten",
                "tcp",
                "-screen",
                "0",
                "64x64x8",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        let output = server.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut number).unwrap();
        let name = format!(":{}", number.trim());
        Self { server, name }
    }

    /// What another program finds on the clipboard.
    fn pasted(&self) -> String {
        let xclip = Command::new("xclip")
            .args(["-out", "-selection", "clipboard"])
            .env("DISPLAY", &self.name)
            .output()
            .unwrap();
        String::from_utf8(xclip.stdout).unwrap()
    }

    /// Lets another program copy something.
    fn copy(&self, text: &str) {
        let mut xclip = Command::new("xclip")
            .args(["-in", "-selection", "clipboard"])
            .env("DISPLAY", &self.name)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        xclip
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        assert!(xclip.wait().unwrap().success());
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

#[test]
fn what_was_copied_stays_on_the_clipboard_when_doorkey_has_ended() {
    if !requirements::are_here(&["Xvfb", "xclip"]) {
        return;
    }
    let display = Display::start();
    let mut terminal = wizard().env("DISPLAY", &display.name).start();
    copy_the_key(&terminal);
    terminal.wait_for_text("The public key is on the clipboard.");
    assert_eq!(display.pasted(), key());
    terminal.press(CTRL_C);
    terminal.ends_with(130);
    drop(terminal);
    assert_eq!(display.pasted(), key());

    // It lets go when somebody else copies.
    display.copy("something else");
    eventually("another text is on the clipboard", || {
        (display.pasted() == "something else").then_some(())
    });
}

#[test]
fn what_is_on_the_clipboard_can_be_pasted_with_a_key() {
    if !requirements::are_here(&["Xvfb", "xclip"]) {
        return;
    }
    let display = Display::start();
    display.copy(&key());
    let none: [&str; 0] = [];
    let terminal = OnTerminal::doorkey(none)
        .env("DISPLAY", &display.name)
        .start();
    terminal.wait_for_text("Which Bitbucket");
    terminal.press(ENTER.repeat(4));
    terminal.wait_for_text("Paste the public key");
    terminal.press("v");
    terminal.wait_for_text("SHA256:jjexXT");
}

/// A tmux of the test's own, with nobody's configuration.
struct Tmux {
    folder: TempDir,
}

impl Tmux {
    fn run(&self, arguments: &[&str]) -> String {
        let output = Command::new("tmux")
            .arg("-S")
            .arg(self.folder.path().join("socket"))
            .args(["-f", "/dev/null"])
            .args(arguments)
            .env_remove("TMUX")
            .env("HOME", self.folder.path())
            .env("LANG", "C.UTF-8")
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.run(&["kill-server"]);
    }
}

#[test]
fn inside_tmux_a_copy_is_where_tmux_pastes_from() {
    if !requirements::are_here(&["tmux"]) {
        return;
    }
    let tmux = Tmux {
        folder: TempDir::new().unwrap(),
    };
    let command = format!(
        "env -u DISPLAY -u WAYLAND_DISPLAY '{}' --key '{}'",
        env!("CARGO_BIN_EXE_doorkey"),
        vendor_key().display()
    );
    tmux.run(&["new-session", "-d", "-x", "80", "-y", "24", &command]);
    let shows = |text: &str| {
        eventually(text, || {
            tmux.run(&["capture-pane", "-p"])
                .contains(text)
                .then_some(())
        });
    };
    shows("Which Bitbucket");
    for _ in 0..4 {
        tmux.run(&["send-keys", "Enter"]);
    }
    shows("SHA256:jjexXT");
    tmux.run(&["send-keys", "c"]);
    shows("The public key is in tmux's paste buffer");
    assert_eq!(tmux.run(&["show-buffer"]), key());
}

//! Copying, as other programs see it: a text stays on the display's clipboard after doorkey has ended, and in tmux it is where tmux
//! pastes from.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

#[path = "support/pty.rs"]
mod pty;
#[path = "support/requirements.rs"]
mod requirements;

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::chown;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use pty::{OnTerminal, Terminal, eventually};
#[cfg(target_os = "linux")]
use ssh_key::{Algorithm, LineEnding, PrivateKey};
use tempfile::TempDir;

const ENTER: &str = "\r";
const ESCAPE: &str = "\x1b";
const F1: &str = "\x1bOP";
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

/// A display of the test's own, and how other programs reach its clipboard.
struct Display {
    server: Child,
    /// What tells programs about it.
    environment: Vec<(&'static str, OsString)>,
    /// The command that prints what is on the clipboard.
    paste: &'static [&'static str],
    /// The command that puts its input there.
    copy: &'static [&'static str],
    _folder: Option<TempDir>,
}

impl Display {
    /// An X server without a screen, on a display that is free; none where the programs for it are missing.
    fn x11() -> Option<Self> {
        if !requirements::are_here(&["Xvfb", "xclip"]) {
            return None;
        }
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp"])
            .args(["-screen", "0", "64x64x8"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        let output = server.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut number).unwrap();
        Some(Self {
            server,
            environment: vec![("DISPLAY", format!(":{}", number.trim()).into())],
            paste: &["xclip", "-out", "-selection", "clipboard"],
            copy: &["xclip", "-in", "-selection", "clipboard"],
            _folder: None,
        })
    }

    /// A Wayland compositor without a screen; none where the programs for it are missing.
    fn wayland() -> Option<Self> {
        /// sway does not run as root.
        const NOBODY: u32 = 65534;
        if !requirements::are_here(&["sway", "wl-copy", "wl-paste"]) {
            return None;
        }
        let folder = TempDir::new().unwrap();
        let configuration = folder.path().join("config");
        fs::write(&configuration, "xwayland disable\n").unwrap();
        let mut sway = Command::new("sway");
        sway.arg("--config")
            .arg(&configuration)
            .env("WLR_BACKENDS", "headless")
            .env("WLR_LIBINPUT_NO_DEVICES", "1")
            .env("WLR_RENDERER", "pixman")
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("HOME", folder.path())
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DISPLAY")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if rustix::process::geteuid().is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
            sway.uid(NOBODY).gid(NOBODY);
        }
        let server = sway.spawn().unwrap();
        let socket = eventually("a compositor that listens", || {
            let files = fs::read_dir(folder.path()).unwrap();
            let mut names = files.map(|file| file.unwrap().file_name());
            names.find(|name| {
                let is_display = name.to_string_lossy().starts_with("wayland-");
                is_display && UnixStream::connect(folder.path().join(name)).is_ok()
            })
        });
        Some(Self {
            server,
            environment: vec![
                ("WAYLAND_DISPLAY", socket),
                ("XDG_RUNTIME_DIR", folder.path().into()),
            ],
            paste: &["wl-paste", "--no-newline"],
            copy: &["wl-copy"],
            _folder: Some(folder),
        })
    }

    /// Lets a program see this display.
    fn show_to(&self, program: OnTerminal) -> OnTerminal {
        let environment = self.environment.iter();
        environment.fold(program, |program, (name, value)| program.env(name, value))
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).envs(self.environment.clone());
        command
    }

    /// What another program finds on the clipboard.
    fn pasted(&self) -> String {
        let pasted = self.command(self.paste).output().unwrap();
        String::from_utf8(pasted.stdout).unwrap()
    }

    /// Lets another program copy something.
    fn copy(&self, text: &str) {
        let mut copying = self
            .command(self.copy)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = copying.stdin.take().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        drop(input);
        assert!(copying.wait().unwrap().success());
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

fn copied_text_outlives_doorkey(display: &Display) {
    let mut terminal = display.show_to(wizard()).start();
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

fn a_key_on_the_clipboard_can_be_pasted(display: &Display) {
    display.copy(&key());
    let none: [&str; 0] = [];
    let terminal = display.show_to(OnTerminal::doorkey(none)).start();
    terminal.wait_for_text("Which Bitbucket");
    terminal.press(ENTER.repeat(4));
    terminal.wait_for_text("Paste the public key");
    terminal.press("v");
    terminal.wait_for_text("SHA256:jjexXT");
}

#[test]
fn on_x11_what_was_copied_stays_when_doorkey_has_ended() {
    if let Some(display) = Display::x11() {
        copied_text_outlives_doorkey(&display);
    }
}

#[test]
fn on_wayland_what_was_copied_stays_when_doorkey_has_ended() {
    if let Some(display) = Display::wayland() {
        copied_text_outlives_doorkey(&display);
    }
}

/// The id of a process that holds the clipboard, while what started it is there.
#[cfg(target_os = "linux")]
fn holder_of(terminal: &Terminal) -> String {
    // Each thread has children of its own.
    let threads = fs::read_dir(format!("/proc/{}/task", terminal.id())).unwrap();
    let children = threads.map(|thread| {
        fs::read_to_string(thread.unwrap().path().join("children")).unwrap_or_default()
    });
    let children: String = children.collect();
    assert!(!children.is_empty(), "nothing holds the clipboard");
    children.trim().to_owned()
}

#[cfg(target_os = "linux")]
fn nothing_stays_behind_a_display(display: Display) {
    let terminal = display.show_to(wizard()).start();
    copy_the_key(&terminal);
    terminal.wait_for_text("The public key is on the clipboard.");
    let holder = PathBuf::from("/proc").join(holder_of(&terminal));
    assert!(holder.exists());
    drop(display);
    eventually("the end of what held the clipboard", || {
        (!holder.exists()).then_some(())
    });
}

#[cfg(target_os = "linux")]
#[test]
fn on_x11_nothing_stays_behind_when_the_display_has_gone() {
    if let Some(display) = Display::x11() {
        nothing_stays_behind_a_display(display);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn on_wayland_nothing_stays_behind_when_the_display_has_gone() {
    if let Some(display) = Display::wayland() {
        nothing_stays_behind_a_display(display);
    }
}

#[cfg(target_os = "linux")]
fn no_copy_of_a_private_key_stays_in_memory(display: &Display) {
    let key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap();
    let text = key.to_openssh(LineEnding::LF).unwrap();
    display.copy(&text);
    let none: [&str; 0] = [];
    let terminal = display.show_to(OnTerminal::doorkey(none)).start();
    terminal.wait_for_text("Which Bitbucket");
    terminal.press(ENTER.repeat(4));
    terminal.wait_for_text("Paste the public key");
    terminal.press("v");
    terminal.wait_for_text("This is a private key");
    let lines = text.lines().filter(|line| line.len() >= 64);
    for line in lines.skip(1) {
        let copies = terminal.copies_in_memory(&line[..40]);
        assert!(copies.is_empty(), "{copies:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn on_x11_no_copy_of_a_private_key_stays_in_memory() {
    if let Some(display) = Display::x11() {
        no_copy_of_a_private_key_stays_in_memory(&display);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn on_wayland_no_copy_of_a_private_key_stays_in_memory() {
    if let Some(display) = Display::wayland() {
        no_copy_of_a_private_key_stays_in_memory(&display);
    }
}

/// A program that puts a text on the clipboard, and hands it to nobody.
struct StuckOwner(Child);

impl Drop for StuckOwner {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn a_stuck_owner_of_the_clipboard_is_told(display: &Display, owner: &[&str]) {
    let mut owner = StuckOwner(
        display
            .command(owner)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let mut input = owner.0.stdin.take().unwrap();
    input.write_all(b"held by a stuck program").unwrap();
    drop(input);
    eventually("it holds the clipboard", || {
        (display.pasted() == "held by a stuck program").then_some(())
    });
    pty::send(owner.0.id(), rustix::process::Signal::STOP);
    let none: [&str; 0] = [];
    let terminal = display
        .show_to(OnTerminal::doorkey(none))
        .size(120, 40)
        .start();
    terminal.wait_for_text("Which Bitbucket");
    terminal.press(ENTER.repeat(4));
    terminal.wait_for_text("Paste the public key");
    terminal.press("v");
    // It is alive meanwhile.
    terminal.press(F1);
    terminal.wait_for_text("Keys in");
    terminal.press(ESCAPE);
    terminal.wait_for_text("the program that holds it does not answer");
    // And can copy.
    terminal.press(ESCAPE);
    terminal.wait_for_text("read a file");
    terminal.press("f");
    terminal.wait_for_text("Which file");
    terminal.press(vendor_key().to_str().unwrap());
    terminal.wait_for_text("ed25519.pub");
    terminal.press(ENTER);
    terminal.wait_for_text("SHA256:jjexXT");
    terminal.press("c");
    terminal.wait_for_text("The public key is on the clipboard.");
    assert_eq!(display.pasted(), key());
}

#[test]
fn on_x11_a_stuck_owner_of_the_clipboard_is_told() {
    if let Some(display) = Display::x11() {
        let owner = ["xclip", "-quiet", "-in", "-selection", "clipboard"];
        a_stuck_owner_of_the_clipboard_is_told(&display, &owner);
    }
}

#[test]
fn on_wayland_a_stuck_owner_of_the_clipboard_is_told() {
    if let Some(display) = Display::wayland() {
        a_stuck_owner_of_the_clipboard_is_told(&display, &["wl-copy", "--foreground"]);
    }
}

#[test]
fn on_x11_what_is_on_the_clipboard_can_be_pasted_with_a_key() {
    if let Some(display) = Display::x11() {
        a_key_on_the_clipboard_can_be_pasted(&display);
    }
}

#[test]
fn on_wayland_what_is_on_the_clipboard_can_be_pasted_with_a_key() {
    if let Some(display) = Display::wayland() {
        a_key_on_the_clipboard_can_be_pasted(&display);
    }
}

#[test]
fn inside_gnu_screen_a_copy_reaches_the_terminal_around_it() {
    if !requirements::are_here(&["screen"]) {
        return;
    }
    // Longer than Screen takes at once.
    let key = long_key();
    let screen = OnTerminal::program("screen", ["-c", "screenrc"]);
    // Nothing stays behind, whatever happens.
    fs::write(screen.home().join("screenrc"), "autodetach off").unwrap();
    let file = screen.home().join("key.pub");
    fs::write(&file, &key).unwrap();
    // It makes this folder itself, for nobody else to read.
    let sockets = screen.home().join("sockets");
    let mut terminal = screen
        .argument(env!("CARGO_BIN_EXE_doorkey"))
        .argument("--key")
        .argument(&file)
        .env("SCREENDIR", sockets)
        .start();
    terminal.wait_for_text("Which Bitbucket");
    terminal.press(ENTER.repeat(4));
    terminal.wait_for_text("A public key that Bitbucket takes");
    terminal.press("c");
    let osc_52 = format!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode(&key));
    terminal.wait_for_bytes(osc_52.as_bytes());
    terminal.wait_for_text("was sent to your terminal's clipboard");
    terminal.press(CTRL_C);
    terminal.wait_for_end();
}

/// An RSA key.
fn long_key() -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys/rsa4096.pub");
    fs::read_to_string(file).unwrap().trim().to_owned()
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

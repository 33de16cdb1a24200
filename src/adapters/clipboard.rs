//! The clipboard of the local display, on a thread of its own: asking a display can take seconds.
//!
//! On X11 and Wayland a text is on the clipboard only as long as the process that put it there lives. So a second doorkey
//! holds it, which outlives this one and ends when something else is copied.

use std::env;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::tmux;

/// What came of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Read back, and it holds the text.
    Confirmed,
    /// In tmux's paste buffer, and handed on by tmux to the terminal outside, which does not confirm.
    InTmux,
    /// There is no clipboard of a display here, or it did not keep the text.
    NotKept,
}

enum Job {
    Copy(String, Box<dyn FnOnce(Kept, String) + Send>),
    Read(Box<dyn FnOnce(Result<String, String>) + Send>),
}

/// The clipboard, as seen from the loop: never blocks.
pub struct Clipboard {
    jobs: Sender<Job>,
}

impl Clipboard {
    /// Starts the clipboard's thread. It asks for a display only when there is something to do.
    pub fn start() -> Self {
        let (jobs, work) = channel();
        thread::spawn(move || serve(&work));
        Self { jobs }
    }

    /// Puts a text on the clipboard; `then` is told how far it got, and given the text back.
    pub fn copy(&self, text: String, then: impl FnOnce(Kept, String) + Send + 'static) {
        // The thread lives as long as its sender; a failed send can only mean that the program ends.
        self.jobs.send(Job::Copy(text, Box::new(then))).ok();
    }

    /// Reads the clipboard's text.
    pub fn read(&self, then: impl FnOnce(Result<String, String>) + Send + 'static) {
        self.jobs.send(Job::Read(Box::new(then))).ok();
    }
}

/// Whether there is a local display whose clipboard belongs to the person at the terminal. In an SSH session a display,
/// if there is one, is another machine's.
pub fn is_local() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let remote = is_set("SSH_CONNECTION") || is_set("SSH_TTY");
    let display =
        cfg!(any(windows, target_os = "macos")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    display && !remote
}

fn serve(work: &Receiver<Job>) {
    let mut clipboard = None;
    for job in work {
        if clipboard.is_none() && is_local() {
            clipboard = arboard::Clipboard::new().ok();
        }
        match job {
            Job::Copy(text, then) => {
                let kept = match keep(clipboard.as_mut(), &text) {
                    Kept::NotKept if tmux::load_buffer(&text) => Kept::InTmux,
                    kept => kept,
                };
                then(kept, text);
            }
            Job::Read(then) => then(match &mut clipboard {
                Some(clipboard) => clipboard.get_text().map_err(|error| error.to_string()),
                None => Err("there is no clipboard that can be read from here.".to_owned()),
            }),
        }
    }
}

fn keep(clipboard: Option<&mut arboard::Clipboard>, text: &str) -> Kept {
    let Some(clipboard) = clipboard else {
        return Kept::NotKept;
    };
    let is_there = put(clipboard, text) || clipboard.set_text(text).is_ok();
    if is_there && holds(clipboard, text) {
        Kept::Confirmed
    } else {
        Kept::NotKept
    }
}

/// Puts a text there to stay. Says whether it came so far.
#[cfg(any(windows, target_os = "macos"))]
fn put(clipboard: &mut arboard::Clipboard, text: &str) -> bool {
    clipboard.set_text(text).is_ok()
}

/// Puts a text there to stay: waits until the process that holds it has come so far.
#[cfg(not(any(windows, target_os = "macos")))]
fn put(clipboard: &mut arboard::Clipboard, text: &str) -> bool {
    use std::time::{Duration, Instant};

    const WITHIN: Duration = Duration::from_secs(2);
    const LOOK: Duration = Duration::from_millis(10);
    let Ok(mut holder) = holder::start(text) else {
        return false;
    };
    let asked = Instant::now();
    while !holds(clipboard, text) {
        let has_failed = !matches!(holder.try_wait(), Ok(None));
        if has_failed || asked.elapsed() > WITHIN {
            return false;
        }
        thread::sleep(LOOK);
    }
    // Somebody has to hear of its end, or the system keeps its entry for as long as doorkey runs.
    thread::spawn(move || holder.wait());
    true
}

fn holds(clipboard: &mut arboard::Clipboard, text: &str) -> bool {
    clipboard.get_text().is_ok_and(|held| held == text)
}

/// The process that holds a text on the clipboard of X11 or Wayland.
#[cfg(not(any(windows, target_os = "macos")))]
pub mod holder {
    use std::io::{self, Read, Write};
    use std::process::{Child, Command, Stdio};
    use std::thread;
    use std::time::Duration;

    use arboard::SetExtLinux;

    use crate::check::api_access::TOKEN_VARIABLE;

    /// The command by which doorkey holds the clipboard. Not for people.
    pub const COMMAND: &str = "hold-clipboard";

    /// As much as is taken; more than anything doorkey copies.
    const TAKEN_AT_MOST: u64 = 1 << 20;

    pub(super) fn start(text: &str) -> io::Result<Child> {
        let mut holder = Command::new(std::env::current_exe()?)
            .arg(COMMAND)
            .env_remove(TOKEN_VARIABLE)
            // It must not keep a disk from being unmounted.
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(mut input) = holder.stdin.take() {
            input.write_all(text.as_bytes())?;
        }
        Ok(holder)
    }

    /// Takes the text from standard input and holds it until something else is copied, whatever becomes of the terminal.
    pub fn hold() -> Result<(), String> {
        // Of a session of its own, so that it survives the terminal's end. It fails for the first of a job, started by hand.
        rustix::process::setsid().ok();
        let mut text = String::new();
        io::stdin()
            .take(TAKEN_AT_MOST)
            .read_to_string(&mut text)
            .map_err(|error| error.to_string())?;
        let set = arboard::Clipboard::new().and_then(|mut clipboard| {
            thread::spawn(end_with_display);
            let kept = clipboard.set().wait();
            kept.text(text)
        });
        set.map_err(|error| error.to_string())
    }

    /// Ends the process once the display has gone: on X11, arboard would wait for the next copy there for ever.
    fn end_with_display() {
        const LOOK: Duration = Duration::from_secs(5);
        let Ok(mut clipboard) = arboard::Clipboard::new() else {
            return;
        };
        loop {
            thread::sleep(LOOK);
            if clipboard.get_text().is_err() {
                std::process::exit(0);
            }
        }
    }
}

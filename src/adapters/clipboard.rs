//! The clipboard of the local display, on a thread of its own: asking a display can take seconds.
//!
//! On X11 and Wayland a text is on the clipboard only as long as the process that put it there lives. So a second doorkey
//! holds it, which outlives this one and ends when something else is copied.
//!
//! Reading is done by a process of its own, too: the program that holds the clipboard may never answer, and a process can be
//! ended. The copies of a pasted private key that the clipboard's library makes end with it.

use std::env;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

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

/// How long a program that holds the clipboard may take to hand it over.
const ANSWER: Duration = Duration::from_secs(3);

fn serve(work: &Receiver<Job>) {
    let mut clipboard = None;
    for job in work {
        match job {
            Job::Copy(text, then) => {
                if clipboard.is_none() && is_local() {
                    clipboard = arboard::Clipboard::new().ok();
                }
                let kept = match keep(clipboard.as_mut(), &text) {
                    Kept::NotKept if tmux::load_buffer(&text) => Kept::InTmux,
                    kept => kept,
                };
                then(kept, text);
            }
            Job::Read(then) if is_local() => {
                let read = reader::read(ANSWER);
                then(read.map(|mut text| std::mem::take(&mut *text)));
            }
            Job::Read(then) => then(Err(reader::NONE_HERE.to_owned())),
        }
    }
}

fn keep(clipboard: Option<&mut arboard::Clipboard>, text: &str) -> Kept {
    let Some(clipboard) = clipboard else {
        return Kept::NotKept;
    };
    let is_there = put(text) || clipboard.set_text(text).is_ok();
    if is_there && holds(text, ANSWER) {
        Kept::Confirmed
    } else {
        Kept::NotKept
    }
}

/// Puts a text there to stay. Says whether it came so far.
#[cfg(any(windows, target_os = "macos"))]
fn put(text: &str) -> bool {
    arboard::Clipboard::new().is_ok_and(|mut clipboard| clipboard.set_text(text).is_ok())
}

/// Puts a text there to stay: waits until the process that holds it has come so far.
#[cfg(not(any(windows, target_os = "macos")))]
fn put(text: &str) -> bool {
    use std::time::Instant;

    const WITHIN: Duration = Duration::from_secs(2);
    const LOOK: Duration = Duration::from_millis(10);
    // Who held the clipboard before may be asked once more, and may not answer.
    const ONCE: Duration = Duration::from_millis(500);
    let Ok(mut holder) = holder::start(text) else {
        return false;
    };
    let asked = Instant::now();
    while !holds(text, ONCE) {
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

fn holds(text: &str, within: Duration) -> bool {
    reader::read(within).is_ok_and(|held| *held == text)
}

/// The process that reads the clipboard.
pub mod reader {
    use std::env;
    use std::io::{self, Read, Write};
    use std::process::{Command, Stdio};
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use zeroize::Zeroizing;

    use crate::check::api_access::TOKEN_VARIABLE;

    /// The command by which doorkey reads the clipboard. Not for people.
    pub const COMMAND: &str = "read-clipboard";

    /// What is said where there is none.
    pub(super) const NONE_HERE: &str = "there is no clipboard that can be read from here.";

    /// As much as is read: more than any field takes, so that it says that it is too long.
    const READ_AT_MOST: usize = 1 << 20;

    /// What is on the clipboard. Fails with a sentence, also if nothing has come within this time.
    pub(super) fn read(within: Duration) -> Result<Zeroizing<String>, String> {
        let unable = |error: io::Error| format!("{error}.");
        let mut reading = Command::new(env::current_exe().map_err(unable)?)
            .arg(COMMAND)
            .env_remove(TOKEN_VARIABLE)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(unable)?;
        let output = reading.stdout.take();
        let (tell, told) = channel();
        let listening = thread::Builder::new()
            .name("reader".to_owned())
            .spawn(move || tell.send(output.map(bytes)).is_ok());
        let answer = match listening {
            Ok(_) => told.recv_timeout(within).ok(),
            Err(_) => None,
        };
        // It has ended, has said enough, or waits for somebody who does not answer.
        reading.kill().ok();
        let status = reading.wait().map_err(unable)?;
        let Some(mut bytes) = answer.flatten().transpose().map_err(unable)? else {
            return Err("the program that holds it does not answer.".to_owned());
        };
        if bytes.is_empty() && !status.success() {
            return Err(NONE_HERE.to_owned());
        }
        String::from_utf8(std::mem::take(&mut *bytes))
            .map(Zeroizing::new)
            .map_err(|_| "it holds no text.".to_owned())
    }

    /// Reads into a buffer that never grows: growing would leave a copy behind.
    fn bytes(output: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(READ_AT_MOST + 1));
        output.take(READ_AT_MOST as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Prints what is on the clipboard; nothing if that is no text.
    pub fn print() -> Result<(), String> {
        let mut clipboard = arboard::Clipboard::new().map_err(|error| error.to_string())?;
        let text = match clipboard.get_text() {
            Ok(text) => Zeroizing::new(text),
            Err(arboard::Error::ContentNotAvailable) => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        // Who asked has heard enough, where it does not read all of it.
        io::stdout().write_all(text.as_bytes()).ok();
        io::stdout().flush().ok();
        Ok(())
    }
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

//! The clipboard of the local display, on a thread of its own: asking a display can take seconds, and on X11 and
//! Wayland the text lives in this process, so one clipboard is kept for the whole run.

use std::env;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// What came of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Read back, and it holds the text.
    Confirmed,
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
                let kept = keep(clipboard.as_mut(), &text);
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
    let read_back = clipboard.and_then(|clipboard| {
        clipboard.set_text(text).ok()?;
        clipboard.get_text().ok()
    });
    if read_back.as_deref() == Some(text) {
        Kept::Confirmed
    } else {
        Kept::NotKept
    }
}

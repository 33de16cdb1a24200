//! A terminal that does not show what is typed, while a secret is asked for: it is given back whatever ends the question, and also
//! while the program is stopped.

use std::fs::File;
use std::io::Write;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;

use rustix::process::{Pid, Signal, getpgrp, getpid, getppid, getsid, kill_process};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{SignalKind, signal};

/// Not showing what is typed, until it is dropped.
pub(crate) struct Unseen(());

/// What was done to the terminal: one question is asked at a time.
static QUESTION: Mutex<Option<Question>> = Mutex::new(None);

struct Question {
    terminal: File,
    /// The terminal's modes as they were.
    before: Termios,
    /// Its modes meanwhile.
    unseen: Termios,
    /// What is said again when the program was stopped and goes on.
    words: &'static str,
}

impl Question {
    fn set(&self, modes: &Termios) {
        // If the terminal is gone, there is nothing to give back. Now, for one that is held (Ctrl-S) would keep us waiting.
        tcsetattr(&self.terminal, OptionalActions::Now, modes).ok();
    }
}

fn question() -> MutexGuard<'static, Option<Question>> {
    QUESTION.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Unseen {
    /// Changes the modes of the terminal. `actions` say what becomes of what was typed before. None if they can't be changed.
    pub(crate) fn begin(
        terminal: File,
        actions: OptionalActions,
        change: impl FnOnce(&mut Termios),
        words: &'static str,
    ) -> Option<Self> {
        listen_for_stops();
        let before = tcgetattr(&terminal).ok()?;
        let mut unseen = before.clone();
        change(&mut unseen);
        let mut question = question();
        tcsetattr(&terminal, actions, &unseen).ok()?;
        *question = Some(Question {
            terminal,
            before,
            unseen,
            words,
        });
        Some(Self(()))
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        if let Some(question) = question().take() {
            question.set(&question.before);
        }
    }
}

/// From now on the program is not stopped (SIGTSTP) with the terminal mute. To listen for a signal takes its default away for good,
/// so this goes on when the question has been answered.
fn listen_for_stops() {
    static LISTENS: Once = Once::new();
    LISTENS.call_once(|| {
        let (ready, is_ready) = channel();
        let listening = thread::Builder::new()
            .name("stops".to_owned())
            .spawn(move || listen(&ready));
        // It hangs up where it can't listen.
        if listening.is_ok() {
            is_ready.recv().ok();
        }
    });
}

fn listen(ready: &Sender<()>) -> Option<()> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_io().build().ok()?;
    runtime.block_on(async {
        let stop = SignalKind::from_raw(Signal::TSTP.as_raw());
        let goes_on = SignalKind::from_raw(Signal::CONT.as_raw());
        let mut stop = signal(stop).ok()?;
        let mut goes_on = signal(goes_on).ok()?;
        ready.send(()).ok()?;
        loop {
            tokio::select! {
                _ = stop.recv() => stop_here(),
                _ = goes_on.recv() => {
                    if let Some(question) = question().as_mut() {
                        question.set(&question.unseen);
                        question.terminal.write_all(question.words.as_bytes()).ok();
                    }
                }
            }
        }
    })
}

/// Stops, as the default of the signal does, with the terminal as it was.
fn stop_here() {
    if nobody_can_continue_it() {
        return;
    }
    if let Some(question) = question().as_ref() {
        question.set(&question.before);
    }
    kill_process(getpid(), Signal::STOP).ok();
}

/// Whether this program runs without a shell that could continue it: then the system does not stop it either (POSIX, orphaned
/// process groups).
fn nobody_can_continue_it() -> bool {
    let session = |of: Option<Pid>| getsid(of).ok();
    let own = session(None);
    getppid().and_then(|parent| session(Some(parent))) != own || own == Some(getpgrp())
}

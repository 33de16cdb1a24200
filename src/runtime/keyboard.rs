//! What comes from the terminal, in the portions in which it comes.
//!
//! Read by a thread of its own, so that everybody sees what came together. On Unix it reads the bytes itself: crossterm keeps an
//! unfinished sequence for ever, and copies of what was pasted in buffers that nobody wipes.

use std::io;
use std::thread;

use crossterm::event::Event;
use tokio::sync::mpsc::{Receiver, channel};

/// How many portions may wait.
const WAITING: usize = 16;

/// The portions. They end where the terminal is gone.
pub(super) fn portions() -> io::Result<Receiver<Vec<Event>>> {
    let terminal = Terminal::open()?;
    let (sender, receiver) = channel(WAITING);
    thread::Builder::new()
        .name("keyboard".to_owned())
        .spawn(move || terminal.read(&sender))?;
    Ok(receiver)
}

#[cfg(unix)]
use unix::Terminal;

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{self, ErrorKind, IsTerminal, Read};
    use std::os::fd::AsFd;
    use std::time::{Duration, Instant};

    use crossterm::event::Event;
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use tokio::sync::mpsc::Sender;
    use zeroize::{Zeroize, Zeroizing};

    use crate::runtime::framing::Framer;

    /// How much is read at once: as much as Linux keeps of what was typed (its `N_TTY_BUF_SIZE`).
    const CHUNK: usize = 4096;

    /// Standard input, or the terminal itself where that is something else.
    pub(super) struct Terminal(File);

    impl Terminal {
        pub(super) fn open() -> io::Result<Self> {
            let stdin = io::stdin();
            if stdin.is_terminal() {
                Ok(Self(File::from(stdin.as_fd().try_clone_to_owned()?)))
            } else {
                File::open("/dev/tty").map(Self)
            }
        }

        /// Reads until the terminal is gone, or nobody listens.
        pub(super) fn read(mut self, sender: &Sender<Vec<Event>>) {
            let mut framer = Framer::default();
            let mut chunk = Zeroizing::new([0; CHUNK]);
            loop {
                let events = match self.has_bytes(framer.patience(Instant::now())) {
                    Ok(false) => framer.give_up(),
                    Ok(true) => match self.0.read(chunk.as_mut_slice()) {
                        Ok(0) => return,
                        Ok(read) => {
                            let bytes = &mut chunk[..read];
                            let events = framer.take_in(bytes, read < CHUNK, Instant::now());
                            bytes.zeroize();
                            events
                        }
                        Err(error) if is_passing(&error) => continue,
                        Err(_) => return,
                    },
                    Err(error) if is_passing(&error) => continue,
                    Err(_) => return,
                };
                if !events.is_empty() && sender.blocking_send(events).is_err() {
                    return;
                }
            }
        }

        /// Waits for something to read. False if nothing comes within the limit.
        fn has_bytes(&self, limit: Option<Duration>) -> io::Result<bool> {
            let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
            let mut terminals = [PollFd::new(&self.0, PollFlags::IN)];
            // What else is said of it, that it is gone for one, comes out when it is read.
            Ok(poll(&mut terminals, limit.as_ref())? > 0)
        }
    }

    fn is_passing(error: &io::Error) -> bool {
        matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock)
    }
}

#[cfg(not(unix))]
use elsewhere::Terminal;

#[cfg(not(unix))]
mod elsewhere {
    use std::io;
    use std::time::Duration;

    use crossterm::event::{self, Event};
    use tokio::sync::mpsc::Sender;

    /// How long the rest of a portion is looked for. It is there already, but crossterm does not look at all for no time.
    const LOOK: Duration = Duration::from_micros(100);

    /// The most events of one portion: what is read at once.
    const PORTION: usize = 1024;

    pub(super) struct Terminal;

    impl Terminal {
        pub(super) fn open() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) fn read(self, sender: &Sender<Vec<Event>>) {
            while let Ok(first) = event::read() {
                let mut portion = vec![first];
                while portion.len() < PORTION && event::poll(LOOK).is_ok_and(|is_more| is_more) {
                    match event::read() {
                        Ok(event) => portion.push(event),
                        Err(_) => break,
                    }
                }
                if sender.blocking_send(portion).is_err() {
                    return;
                }
            }
        }
    }
}

//! Lines in and lines out, for the wizard line by line. Nothing is written but text and line ends.

use std::io::{self, IsTerminal, Read, Write};
use std::thread;

use tokio::sync::mpsc::{Receiver, Sender, channel};
use zeroize::{Zeroize, Zeroizing};

use super::plain_loop::{Line, Question, Speech};
#[cfg(windows)]
use crate::adapters::console;
#[cfg(unix)]
use crate::adapters::unseen::Unseen;
use crate::guide::field::CAPACITY;

/// How many lines may wait.
const WAITING: usize = 16;

/// How much is read at once: as long as a terminal's line can be.
const CHUNK: usize = 4096;

/// The longest line that is kept: one more than a field takes, so that the wizard says that it is too long.
const LONGEST: usize = CAPACITY + 1;

/// The lines that are answered. They are read on a thread of its own, which may wait for ever.
pub fn answers(from_terminal: bool) -> io::Result<Receiver<Line>> {
    let source = source(from_terminal)?;
    let (sender, receiver) = channel(WAITING);
    thread::Builder::new()
        .name("lines".to_owned())
        .spawn(move || read_lines(source, &sender))?;
    Ok(receiver)
}

/// Standard input, or the terminal itself where that was used for something else. Unbuffered on Unix: a buffer that is
/// not ours can't be wiped.
#[cfg(unix)]
fn source(from_terminal: bool) -> io::Result<impl Read + Send + 'static> {
    use std::fs::File;
    use std::os::fd::AsFd;
    if from_terminal {
        File::open("/dev/tty")
    } else {
        Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
    }
}

#[cfg(windows)]
fn source(from_terminal: bool) -> io::Result<Box<dyn Read + Send>> {
    Ok(if from_terminal {
        Box::new(console::lines()?)
    } else {
        Box::new(io::stdin())
    })
}

fn read_lines(mut source: impl Read, lines: &Sender<Line>) {
    let mut chunk = Zeroizing::new([0; CHUNK]);
    let mut line = empty_line();
    loop {
        let read = match source.read(chunk.as_mut_slice()) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        for byte in &chunk[..read] {
            if *byte != b'\n' {
                if line.len() < LONGEST {
                    line.push(*byte);
                }
                continue;
            }
            let whole = std::mem::replace(&mut line, empty_line());
            if lines.blocking_send(text(whole)).is_err() {
                return;
            }
        }
    }
    // The last line may come without its end.
    if !line.is_empty() {
        lines.blocking_send(text(line)).ok();
    }
}

/// Room for the longest line: growing would leave copies behind.
fn empty_line() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(Vec::with_capacity(LONGEST))
}

fn text(mut bytes: Zeroizing<Vec<u8>>) -> Line {
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Zeroizing::new(text),
        Err(error) => {
            let mut bytes = error.into_bytes();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            bytes.zeroize();
            Zeroizing::new(text)
        }
    }
}

/// Says lines on standard output.
pub struct PlainTerminal {
    /// Whether answers are typed at a terminal, which shows them and ends their line.
    is_typed: bool,
    /// Whether the line of a question is still open.
    is_open: bool,
    /// While the answer is a secret.
    muted: Option<Muted>,
}

impl PlainTerminal {
    /// Standard output, with answers from the same source as [`answers`].
    pub fn new(from_terminal: bool) -> Self {
        Self {
            is_typed: from_terminal || io::stdin().is_terminal(),
            is_open: false,
            muted: None,
        }
    }

    fn close_line(&mut self, text: &mut String) {
        if std::mem::take(&mut self.is_open) {
            text.push('\n');
        }
    }
}

impl Speech for PlainTerminal {
    fn is_typed(&self) -> bool {
        self.is_typed
    }

    fn say(&mut self, lines: &[String]) -> io::Result<()> {
        let mut text = String::new();
        self.close_line(&mut text);
        for line in lines {
            text.push_str(line);
            text.push('\n');
        }
        write(&text)
    }

    fn ask(&mut self, question: Question<'_>) -> io::Result<()> {
        let mut text = String::new();
        self.close_line(&mut text);
        text.push_str(question.words);
        self.is_open = self.is_typed && !question.is_answered;
        text.push(if self.is_open { ' ' } else { '\n' });
        // Muted before it asks: a quick answer must not be seen either.
        self.muted = None;
        if self.is_open && question.is_secret {
            self.muted = Muted::terminal();
        }
        write(&text)
    }

    fn heard(&mut self) {
        self.is_open = false;
        if self.muted.take().is_some() && cfg!(windows) {
            // A console that is muted does not show the line end either.
            write("\n").ok();
        }
    }

    fn broken_off(&mut self) {
        self.heard();
        if self.is_typed {
            // The terminal has written `^C` where the cursor stood. One that has gone needs no line end.
            write("\n").ok();
        }
    }
}

/// The terminal not showing what is typed but the line end. Given back as it was when dropped.
#[cfg(unix)]
struct Muted {
    _unseen: Unseen,
}

#[cfg(unix)]
impl Muted {
    /// None if there is no terminal that can be muted.
    fn terminal() -> Option<Self> {
        use rustix::termios::{LocalModes, OptionalActions};
        let terminal = std::fs::File::open("/dev/tty").ok()?;
        // Whoever asks hears of it when the program was stopped, and asks again.
        let unseen = Unseen::begin(
            terminal,
            OptionalActions::Now,
            |modes| {
                modes.local_modes -= LocalModes::ECHO;
                modes.local_modes |= LocalModes::ECHONL;
            },
            "",
        );
        unseen.map(|unseen| Self { _unseen: unseen })
    }
}

#[cfg(windows)]
struct Muted {
    _unseen: console::Unseen,
}

#[cfg(windows)]
impl Muted {
    /// None if there is no console.
    fn terminal() -> Option<Self> {
        console::Unseen::begin().map(|unseen| Self { _unseen: unseen })
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.flush()
}

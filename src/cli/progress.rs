//! What is being done, on a line of its own that is wiped afterwards: only for people, so only on a terminal.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write as _};

/// Whether the terminal does what it is told by escape sequences. A console of Windows has to be asked to, and an old one can't.
fn understands_sequences() -> bool {
    #[cfg(windows)]
    return crossterm::ansi_support::supports_ansi();
    #[cfg(not(windows))]
    true
}

/// The line.
pub(super) struct Progress {
    shown: bool,
    is_terminal: bool,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            shown: false,
            is_terminal: io::stderr().is_terminal() && understands_sequences(),
        }
    }

    /// Whether anybody can see it.
    pub(super) fn is_seen(&self) -> bool {
        self.is_terminal
    }

    /// Shows these words in place of the ones before.
    pub(super) fn show(&mut self, words: impl Display) {
        if self.is_terminal {
            self.clear();
            write!(io::stderr(), "{words} …").ok();
            self.shown = true;
        }
    }

    /// Wipes the line.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            // Carriage return, then erase to the end of the line (ECMA-48 EL).
            write!(io::stderr(), "\r\x1b[K").ok();
        }
    }
}

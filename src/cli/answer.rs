//! What a command that answers at once prints, and its status.

use std::io::{self, ErrorKind, Write as _};

use super::Exit;
use super::sheet::Sheet;
use crate::check::Code;

/// An answer: the result, what else there is to say, and the status.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// For standard output.
    pub(super) output: String,
    /// For standard error.
    pub(super) message: String,
    /// How the command ends.
    pub(super) exit: Exit,
}

impl Answer {
    /// Nothing but a result.
    pub(super) fn result(output: impl Into<String>) -> Self {
        Self {
            output: output.into(),
            message: String::new(),
            exit: Exit::Done,
        }
    }

    /// Nothing but words, on standard error.
    pub(super) fn said(message: impl Into<String>, exit: Exit) -> Self {
        Self {
            output: String::new(),
            message: message.into(),
            exit,
        }
    }

    /// Prints the answer. A reader that closed its end early, such as `head`, has all it wanted.
    pub(super) fn print(self) -> Exit {
        let mut output = io::stdout();
        let written = output
            .write_all(self.output.as_bytes())
            .and_then(|()| output.flush());
        // If even standard error is closed, there is nobody left to tell.
        let message = Sheet::stderr().prose(&self.message);
        let _ = io::stderr().write_all(message.as_bytes());
        match written {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                super::could_not_run(format!("standard output can't be written: {error}"))
            }
            _ => self.exit,
        }
    }
}

/// A code in words: its name and title, then the particulars, each on a line.
pub(super) fn explain<'a>(code: Code, particulars: impl IntoIterator<Item = &'a str>) -> String {
    let mut message = format!("{code}: {}\n", code.title());
    for line in particulars {
        message.push_str("  ");
        message.push_str(line);
        message.push('\n');
    }
    message
}

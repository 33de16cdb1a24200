//! The Windows console: its keyboard whatever standard input is, what it shows of what is typed, and its ways to end a program.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal;
use crossterm_winapi::{ConsoleMode, Handle};
use tokio::signal::windows::{
    CtrlBreak, CtrlC, CtrlClose, CtrlLogoff, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close,
    ctrl_logoff, ctrl_shutdown,
};
use zeroize::Zeroizing;

/// `ENABLE_ECHO_INPUT` (`SetConsoleMode`): lines are shown while they are typed.
const ECHO: u32 = 0x0004;

/// The console's own lines, where standard input is something else.
pub(crate) fn lines() -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open("CONIN$")
}

/// Not showing the line that is typed, until it is dropped.
pub(crate) struct Unseen {
    mode: ConsoleMode,
    before: u32,
}

impl Unseen {
    /// None if there is no console.
    pub(crate) fn begin() -> Option<Self> {
        let mode = ConsoleMode::from(Handle::current_in_handle().ok()?);
        let before = mode.mode().ok()?;
        mode.set_mode(before & !ECHO).ok()?;
        Some(Self { mode, before })
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        // A console that has gone shows nothing.
        self.mode.set_mode(self.before).ok();
    }
}

/// Keys as they are pressed, as UTF-8. Nothing of them is shown until it is dropped.
pub(crate) struct Keys {
    waiting: Zeroizing<Vec<u8>>,
}

impl Keys {
    /// Says the words and begins. What was typed before is no answer to them. Fails without a console.
    pub(crate) fn asked(words: &str) -> io::Result<Self> {
        let mut console = OpenOptions::new().write(true).open("CONOUT$")?;
        terminal::enable_raw_mode()?;
        let keys = Self {
            waiting: Zeroizing::new(Vec::with_capacity(4)),
        };
        while event::poll(std::time::Duration::ZERO)? {
            event::read()?;
        }
        console.write_all(words.as_bytes())?;
        Ok(keys)
    }
}

impl Read for Keys {
    /// One byte at a time, which is all that its reader asks for.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(wanted) = buffer.first_mut() else {
            return Ok(0);
        };
        while self.waiting.is_empty() {
            if let Event::Key(key) = event::read()?
                && key.kind != KeyEventKind::Release
            {
                push(key.code, key.modifiers, &mut self.waiting);
            }
        }
        *wanted = self.waiting.remove(0);
        Ok(1)
    }
}

/// What a terminal of Unix would send for this key.
fn push(code: KeyCode, modifiers: KeyModifiers, bytes: &mut Vec<u8>) {
    match code {
        KeyCode::Enter => bytes.push(b'\n'),
        KeyCode::Backspace => bytes.push(0x7f),
        KeyCode::Char(letter) if modifiers == KeyModifiers::CONTROL && letter.is_ascii() => {
            bytes.push(letter.to_ascii_uppercase() as u8 & 0x1f);
        }
        KeyCode::Char(letter) => {
            let mut letters = Zeroizing::new([0; 4]);
            bytes.extend(letter.encode_utf8(&mut *letters).as_bytes());
        }
        _ => {}
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        terminal::disable_raw_mode().ok();
        // The line end that was typed did not show.
        if let Ok(mut console) = OpenOptions::new().write(true).open("CONOUT$") {
            console.write_all(b"\r\n").ok();
        }
    }
}

/// What ends a program: Ctrl-C, Ctrl-Break, its window closing, and the end of the session or of Windows.
pub(crate) struct Ends {
    interrupt: CtrlC,
    broken: CtrlBreak,
    close: CtrlClose,
    logoff: CtrlLogoff,
    shutdown: CtrlShutdown,
}

impl Ends {
    /// From now on.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: ctrl_c()?,
            broken: ctrl_break()?,
            close: ctrl_close()?,
            logoff: ctrl_logoff()?,
            shutdown: ctrl_shutdown()?,
        })
    }

    /// Waits for the next one. Windows ends the program some five seconds after the last three, whatever it does.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.broken.recv() => {}
            _ = self.close.recv() => {}
            _ = self.logoff.recv() => {}
            _ = self.shutdown.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_what_a_terminal_would_send() {
        let none = KeyModifiers::NONE;
        let mut bytes = Vec::new();
        for (code, modifiers) in [
            (KeyCode::Char('a'), none),
            (KeyCode::Char('É'), KeyModifiers::SHIFT),
            (KeyCode::Char('u'), KeyModifiers::CONTROL),
            (KeyCode::Char('C'), KeyModifiers::CONTROL),
            (KeyCode::Left, none),
            // AltGr is Ctrl and Alt together, and types a letter.
            (
                KeyCode::Char('@'),
                KeyModifiers::CONTROL | KeyModifiers::ALT,
            ),
            (KeyCode::Backspace, none),
            (KeyCode::Enter, none),
        ] {
            push(code, modifiers, &mut bytes);
        }
        assert_eq!(bytes, "aÉ\x15\x03@\x7f\n".as_bytes());
    }
}

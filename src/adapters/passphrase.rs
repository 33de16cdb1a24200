//! Asking for a passphrase on the terminal, whatever standard input is, without showing it.

use zeroize::Zeroizing;

/// Why no passphrase was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotGiven {
    /// There is no terminal to ask on.
    NoTerminal,
    /// Whoever was asked pressed Ctrl-C, or Ctrl-D.
    Interrupted,
}

/// As many bytes as a passphrase may have: no more than a terminal's own line could hold.
const LONGEST: usize = 1024;

/// Asks for a passphrase.
#[cfg(unix)]
pub fn ask(prompt: &str) -> Result<Zeroizing<String>, NotGiven> {
    use std::io::Write;
    let mut terminal = unix::Terminal::open().ok_or(NotGiven::NoTerminal)?;
    let asked = terminal.write_all(prompt.as_bytes());
    asked.map_err(|_| NotGiven::NoTerminal)?;
    let line = read_line(&mut terminal);
    // The line end that was typed does not show.
    terminal.write_all(b"\n").ok();
    line
}

/// Asks for a passphrase: not known how, here.
#[cfg(not(unix))]
pub fn ask(_prompt: &str) -> Result<Zeroizing<String>, NotGiven> {
    Err(NotGiven::NoTerminal)
}

/// Reads a line that is typed, byte for byte, with what a terminal that does nothing by itself leaves to its reader.
/// What was typed stays in one buffer that never grows: growing would leave a copy behind.
fn read_line(mut keyboard: impl std::io::Read) -> Result<Zeroizing<String>, NotGiven> {
    const CTRL_C: u8 = 0x03;
    const CTRL_D: u8 = 0x04;
    const BACKSPACE: u8 = 0x08;
    const CTRL_U: u8 = 0x15;
    const DELETE: u8 = 0x7f;
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    loop {
        let mut byte = Zeroizing::new([0]);
        match keyboard.read(byte.as_mut_slice()) {
            Ok(0) => return Err(NotGiven::Interrupted),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => return Err(NotGiven::NoTerminal),
        }
        match byte[0] {
            b'\n' | b'\r' => break,
            CTRL_C => return Err(NotGiven::Interrupted),
            CTRL_D if line.is_empty() => return Err(NotGiven::Interrupted),
            BACKSPACE | DELETE => {
                // A whole character: its first byte is the one that is no continuation (RFC 3629 section 3).
                while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
            }
            CTRL_U => line.clear(),
            byte if byte.is_ascii_control() => {}
            byte if line.len() < LONGEST => line.push(byte),
            _ => {}
        }
    }
    let text = match std::str::from_utf8(&line) {
        Ok(text) => text.to_owned(),
        // No passphrase that was ever set; it will be refused.
        Err(_) => String::new(),
    };
    Ok(Zeroizing::new(text))
}

#[cfg(unix)]
mod unix {
    use std::fs::{File, OpenOptions};
    use std::io::{self, Read, Write};

    use rustix::termios::{
        LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
    };

    /// The terminal the program runs on, not showing what is typed. Given back as it was when dropped.
    pub(super) struct Terminal {
        file: File,
        modes: Termios,
    }

    impl Terminal {
        /// None if there is none.
        pub(super) fn open() -> Option<Self> {
            let file = OpenOptions::new().read(true).write(true).open("/dev/tty");
            let file = file.ok()?;
            let modes = tcgetattr(&file).ok()?;
            let mut quiet = modes.clone();
            // No signals either: one would end the program with the terminal left mute.
            quiet.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
            quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
            quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
            let terminal = Self { file, modes };
            // What was typed before anything was asked is no answer.
            tcsetattr(&terminal.file, OptionalActions::Flush, &quiet).ok()?;
            Some(terminal)
        }
    }

    impl Drop for Terminal {
        fn drop(&mut self) {
            // If it is gone, there is nothing to give back.
            tcsetattr(&self.file, OptionalActions::Drain, &self.modes).ok();
        }
    }

    impl Read for Terminal {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.file.read(buffer)
        }
    }

    impl Write for Terminal {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.file.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.file.flush()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_is_typed() {
        for (typed, line) in [
            (&b"sesame\n"[..], Ok("sesame")),
            (b"sesame\rmore", Ok("sesame")),
            (b"\n", Ok("")),
            (b"sesanx\x7f\x08me\n", Ok("sesame")),
            ("séé\u{7f}same\n".as_bytes(), Ok("sésame")),
            (b"\x7fwrong\x15right\n", Ok("right")),
            (b"a\x04b\x1b\n", Ok("ab")),
            (b"\xff\xfe\n", Ok("")),
            (b"ses\x03ame\n", Err(NotGiven::Interrupted)),
            (b"\x04", Err(NotGiven::Interrupted)),
            (b"no end", Err(NotGiven::Interrupted)),
        ] {
            let read = read_line(typed);
            let read = read.as_ref().map(|line| line.as_str()).map_err(|why| *why);
            assert_eq!(read, line, "{typed:?}");
        }
    }

    #[test]
    fn a_line_does_not_outgrow_its_buffer() {
        let typed = [vec![b'a'; 3 * LONGEST], b"\n".to_vec()].concat();
        let read = read_line(typed.as_slice()).map(|line| line.len());
        assert_eq!(read, Ok(LONGEST));
    }
}

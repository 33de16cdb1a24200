//! Asking for a passphrase on the terminal, whatever standard input is, without showing it.

use zeroize::Zeroizing;

/// Why no passphrase was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotGiven {
    /// There is no terminal to ask on.
    NoTerminal,
    /// Whoever was asked pressed Ctrl-C or Ctrl-D, or the program was told to end.
    Interrupted,
}

/// As many bytes as a passphrase may have: no more than a terminal's own line could hold.
const LONGEST: usize = 1024;

/// Asks for a passphrase.
#[cfg(unix)]
pub fn ask(prompt: &str) -> Result<Zeroizing<String>, NotGiven> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|_| NotGiven::NoTerminal)?;
    runtime.block_on(unix::ask(prompt))
}

/// Asks for a passphrase.
#[cfg(windows)]
pub fn ask(prompt: &str) -> Result<Zeroizing<String>, NotGiven> {
    read_line(super::console::Keys::asked(prompt).map_err(|_| NotGiven::NoTerminal)?)
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
    use std::io::{self, Write};
    use std::thread;

    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios};
    use tokio::signal::unix::{Signal, SignalKind, signal};
    use tokio::sync::oneshot;

    use zeroize::Zeroizing;

    use super::{NotGiven, read_line};
    use crate::adapters::unseen::Unseen;

    /// What is said when the program was stopped in the middle and goes on: what had been typed still counts.
    const AGAIN: &str = "Passphrase (go on typing): ";

    /// No signals from keys either: a stop and an end are what the reader makes of them.
    fn quiet(modes: &mut Termios) {
        modes.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
    }

    /// The signals that end a program. Their defaults would leave the terminal mute.
    struct Ends([Signal; 4]);

    impl Ends {
        fn listen() -> io::Result<Self> {
            Ok(Self([
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
                signal(SignalKind::hangup())?,
                signal(SignalKind::quit())?,
            ]))
        }

        async fn next(&mut self) {
            let heard = self.0.iter_mut().map(|signal| Box::pin(signal.recv()));
            futures::future::select_all(heard).await;
        }
    }

    /// Asks, unless a signal ends the program.
    pub(super) async fn ask(prompt: &str) -> Result<Zeroizing<String>, NotGiven> {
        let unable = |_| NotGiven::NoTerminal;
        // Before the terminal is changed, so that no signal comes in between.
        let mut ends = Ends::listen().map_err(unable)?;
        let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty");
        let mut terminal: File = terminal.map_err(unable)?;
        let keyboard = terminal.try_clone().map_err(unable)?;
        let changed = terminal.try_clone().map_err(unable)?;
        // What was typed before anything was asked is no answer.
        let unseen = Unseen::begin(changed, OptionalActions::Flush, quiet, AGAIN);
        let unseen = unseen.ok_or(NotGiven::NoTerminal)?;
        terminal.write_all(prompt.as_bytes()).map_err(unable)?;
        let (tell, told) = oneshot::channel();
        // It may wait for a key for ever; then it ends with the program.
        thread::Builder::new()
            .name("passphrase".to_owned())
            .spawn(move || tell.send(read_line(keyboard)).is_ok())
            .map_err(unable)?;
        let line = tokio::select! {
            told = told => told.unwrap_or(Err(NotGiven::NoTerminal)),
            () = ends.next() => Err(NotGiven::Interrupted),
        };
        // The line end that was typed does not show.
        terminal.write_all(b"\n").ok();
        drop(unseen);
        line
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

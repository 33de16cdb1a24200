//! A terminal for the program: a pseudo-terminal, and a screen that follows what is written to it.
#![allow(dead_code, reason = "each test program takes what it needs")]

use std::ffi::OsStr;
use std::fmt::Debug;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{
    Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system,
};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use vt100::{MouseProtocolMode, Parser, Screen};

/// Far more than anything here takes; only reached when something hangs.
const PATIENCE: Duration = Duration::from_secs(40);

/// Ends a frame (synchronised output).
pub(crate) const END_OF_FRAME: &[u8] = b"\x1b[?2026l";

/// How often the end of a process is looked for.
const LOOK: Duration = Duration::from_millis(5);

/// A program that is to run on a terminal, without anything of the person who runs the tests.
pub(crate) struct OnTerminal {
    command: CommandBuilder,
    home: TempDir,
    columns: u16,
    rows: u16,
}

impl OnTerminal {
    /// doorkey with these arguments, on a terminal of the usual size.
    pub(crate) fn doorkey<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        Self::program(env!("CARGO_BIN_EXE_doorkey"), arguments)
    }

    /// Another program.
    pub(crate) fn program<A: AsRef<OsStr>>(
        program: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let home = TempDir::new().expect("a home directory");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", home.path());
        command.env("LANG", "C.UTF-8");
        command.env("TERM", "xterm-256color");
        command.cwd(home.path());
        Self {
            command,
            home,
            columns: 80,
            rows: 24,
        }
    }

    pub(crate) fn size(mut self, columns: u16, rows: u16) -> Self {
        (self.columns, self.rows) = (columns, rows);
        self
    }

    pub(crate) fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Where the program runs and looks for its home.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn start(self) -> Terminal {
        let size = pty_size(self.columns, self.rows);
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let modes = modes(&*pair.master);
        let seen = Arc::new(Watched::new(self.columns, self.rows));
        follow(
            pair.master.try_clone_reader().expect("its output"),
            Arc::clone(&seen),
        );
        let keyboard = type_into(pair.master.take_writer().expect("its input"));
        let child = pair.slave.spawn_command(self.command).expect("it starts");
        Terminal {
            child,
            master: pair.master,
            _slave: pair.slave,
            keyboard,
            seen,
            modes,
            _home: self.home,
        }
    }
}

/// A terminal with a program on it. The program is ended when this is dropped.
pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    /// Held open, so that the last words are not lost and the modes can be read when the program has ended.
    _slave: Box<dyn SlavePty + Send>,
    keyboard: Sender<Vec<u8>>,
    seen: Arc<Watched>,
    /// The terminal's modes before the program had it.
    modes: String,
    _home: TempDir,
}

/// What has been written to the terminal so far.
struct Seen {
    parser: Parser,
    bytes: Vec<u8>,
}

struct Watched {
    seen: Mutex<Seen>,
    more: Condvar,
}

impl Watched {
    fn new(columns: u16, rows: u16) -> Self {
        let parser = Parser::new(at_least_one(rows), at_least_one(columns), 0);
        let bytes = Vec::new();
        Self {
            seen: Mutex::new(Seen { parser, bytes }),
            more: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no reader panicked")
    }
}

fn at_least_one(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap_or(NonZeroU16::MIN)
}

fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

/// The modes as stty(1) knows them. A master tells those of its terminal.
fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("its modes"))
}

/// Follows what the program writes, for as long as it does.
fn follow(mut output: Box<dyn Read + Send>, seen: Arc<Watched>) {
    thread::spawn(move || {
        let mut chunk = [0; 8192];
        while let Ok(length @ 1..) = output.read(&mut chunk) {
            let mut now = seen.lock();
            now.parser.process(&chunk[..length]);
            now.bytes.extend_from_slice(&chunk[..length]);
            drop(now);
            seen.more.notify_all();
        }
    });
}

/// Types on a thread of its own: a program that is slow to read must not hold up the test.
fn type_into(mut input: Box<dyn Write + Send>) -> Sender<Vec<u8>> {
    let (keyboard, typed) = channel::<Vec<u8>>();
    thread::spawn(move || {
        for bytes in typed {
            if input.write_all(&bytes).is_err() {
                return;
            }
        }
    });
    keyboard
}

impl Terminal {
    /// Waits until the screen is as it should be. Fails with a picture of it.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: impl Debug, is_so: impl Fn(&Screen) -> bool) {
        self.wait_for_seen(what, |seen| is_so(seen.parser.screen()));
    }

    #[track_caller]
    fn wait_for_seen(&self, what: impl Debug, is_so: impl Fn(&Seen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.seen.lock();
        while !is_so(&seen) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let picture = picture(seen.parser.screen());
                drop(seen);
                panic!("waited in vain for {what:?}; the screen is\n{picture}");
            }
            let waited = self.seen.more.wait_timeout(seen, left);
            seen = waited.expect("no reader panicked").0;
        }
    }

    /// Whether the screen is so already.
    pub(crate) fn shows(&self, is_so: impl Fn(&Screen) -> bool) -> bool {
        is_so(self.seen.lock().parser.screen())
    }

    /// Waits until a text stands somewhere on the screen.
    #[track_caller]
    pub(crate) fn wait_for_text(&self, text: &str) {
        self.wait_for(text, |screen| screen.contents().contains(text));
    }

    /// Waits until a text stands nowhere on the screen.
    #[track_caller]
    pub(crate) fn wait_until_gone(&self, text: &str) {
        self.wait_for(("gone", text), |screen| !screen.contents().contains(text));
    }

    /// Waits until bytes were written that need not show, such as an escape sequence.
    #[track_caller]
    pub(crate) fn wait_for_bytes(&self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        self.wait_for_seen(text, |seen| {
            seen.bytes
                .windows(bytes.len())
                .any(|window| window == bytes)
        });
    }

    /// Waits until a frame is complete of which nothing was among the first `written` bytes.
    #[track_caller]
    pub(crate) fn wait_for_frame_after(&self, written: usize) {
        self.wait_for_seen("a frame", |seen| {
            seen.bytes[written..]
                .windows(END_OF_FRAME.len())
                .any(|window| window == END_OF_FRAME)
        });
    }

    /// The screen as it stands.
    pub(crate) fn contents(&self) -> String {
        self.seen.lock().parser.screen().contents()
    }

    /// Everything that was ever written.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.seen.lock().bytes.clone()
    }

    /// Types keys, as the bytes a terminal sends for them.
    pub(crate) fn press(&self, keys: impl Into<Vec<u8>>) {
        self.keyboard.send(keys.into()).expect("a keyboard");
    }

    /// Pastes, as a terminal does that was asked to mark a paste.
    pub(crate) fn paste(&self, text: &str) {
        self.wait_for("bracketed paste", Screen::bracketed_paste);
        self.press(format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        let mut seen = self.seen.lock();
        let screen = seen.parser.screen_mut();
        screen.set_size(at_least_one(rows), at_least_one(columns));
        drop(seen);
        let size = pty_size(columns, rows);
        self.master.resize(size).expect("it is resized");
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.process_id().expect("a process")
    }

    /// Where a text stands in the program's memory, as far as it can be written to.
    #[cfg(target_os = "linux")]
    pub(crate) fn copies_in_memory(&self, text: &str) -> Vec<String> {
        use std::io::{Seek, SeekFrom};
        let id = self.id();
        let maps = std::fs::read_to_string(format!("/proc/{id}/maps")).expect("its memory");
        let mut memory = std::fs::File::open(format!("/proc/{id}/mem")).expect("its memory");
        let mut has_text = |map: &str| {
            let (start, end) = map.split(' ').next()?.split_once('-')?;
            let start = u64::from_str_radix(start, 16).ok()?;
            let end = u64::from_str_radix(end, 16).ok()?;
            let mut bytes = vec![0; usize::try_from(end - start).ok()?];
            memory.seek(SeekFrom::Start(start)).ok()?;
            // Some of it is the kernel's, and can't be read.
            memory.read_exact(&mut bytes).ok()?;
            let mut windows = bytes.windows(text.len());
            windows
                .any(|window| window == text.as_bytes())
                .then_some(())
        };
        let writable = maps.lines().filter(|map| map.contains(" rw"));
        writable
            .filter(|map| has_text(map).is_some())
            .map(ToOwned::to_owned)
            .collect()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        send(self.id(), signal);
    }

    /// Whether the program has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child
            .try_wait()
            .expect("it can be waited for")
            .is_some()
    }

    /// Waits for the end, and gives the exit status.
    #[track_caller]
    pub(crate) fn wait_for_end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return status;
            }
            if Instant::now() > deadline {
                let picture = picture(self.seen.lock().parser.screen());
                panic!("it does not end; the screen is\n{picture}");
            }
            thread::sleep(LOOK);
        }
    }

    /// Waits for the end with this exit status and the terminal given back as it was.
    #[track_caller]
    pub(crate) fn ends_with(&mut self, code: u32) {
        let status = self.wait_for_end();
        let is_code = status.signal().is_none() && status.exit_code() == code;
        assert!(is_code, "{status:?}\n{}", self.contents());
        self.wait_for("the terminal as it was", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == MouseProtocolMode::None
        });
        assert_eq!(modes(&*self.master), self.modes);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A process that has ended must not be killed: its number may be another's by now.
        if let Ok(None) = self.child.try_wait() {
            self.child.kill().ok();
            self.child.wait().ok();
        }
    }
}

/// Sends a signal to a process that the test started.
pub(crate) fn send(id: u32, signal: Signal) {
    let id = i32::try_from(id).ok().and_then(Pid::from_raw);
    kill_process(id.expect("a process"), signal).expect("it is there");
}

/// Waits until something comes of something outside the terminal.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        thread::sleep(LOOK);
    }
}

/// The screen with a frame around it.
fn picture(screen: &Screen) -> String {
    let (_, columns) = screen.size();
    let edge = "-".repeat(usize::from(columns.get()));
    let rows: Vec<String> = screen.rows(0, columns.get()).collect();
    let rows = rows.join("\n|");
    let (row, column) = screen.cursor_position();
    let mode = if screen.alternate_screen() {
        "alternate"
    } else {
        "main"
    };
    format!("{edge}\n|{rows}\n{edge}\n{mode} screen, cursor at {column},{row}")
}

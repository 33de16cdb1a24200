//! Runs the program as a shell would, without anything of the person who runs the tests.

#[allow(
    clippy::duplicate_mod,
    reason = "a test program may use both of the modules that hold reports to it"
)]
#[path = "verdict_rule.rs"]
mod verdict_rule;

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Far more than anything here takes; only reached when something hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A run of doorkey that is being prepared.
pub(crate) struct Program {
    command: Command,
    home: TempDir,
    input: Vec<u8>,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: ExitStatus,
}

impl Program {
    pub(crate) fn new<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        Self::command(Command::new(env!("CARGO_BIN_EXE_doorkey")), arguments)
    }

    /// The same without a terminal, whatever the tests run on. Needs setsid(1).
    #[allow(dead_code, reason = "not every test program needs it")]
    pub(crate) fn detached<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        let mut command = Command::new("setsid");
        command.arg(env!("CARGO_BIN_EXE_doorkey"));
        Self::command(command, arguments)
    }

    fn command<A: AsRef<OsStr>>(
        mut command: Command,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let home = TempDir::new().expect("a home directory");
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home.path())
            .envs(windows_variables(home.path()))
            .env("LANG", "C.UTF-8")
            .current_dir(home.path());
        Self {
            command,
            home,
            input: Vec::new(),
        }
    }

    /// Sets a variable of its environment.
    #[allow(dead_code, reason = "not every test program needs it")]
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// What stands on standard input; nothing if this is left out.
    #[allow(dead_code, reason = "not every test program needs it")]
    pub(crate) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Puts a file where the program runs and looks for its home.
    #[allow(dead_code, reason = "not every test program needs it")]
    pub(crate) fn file(self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> Self {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(path, content).expect("a file");
        self
    }

    /// Runs to the end, with standard output going elsewhere.
    pub(crate) fn run_into(mut self, stdout: impl Into<Stdio>) -> Ended {
        self.command.stdout(stdout);
        self.start().wait()
    }

    /// Runs to the end.
    pub(crate) fn run(self) -> Ended {
        self.run_into(Stdio::piped())
    }

    /// Runs to the end with a standard output whose reader has gone.
    #[allow(dead_code, reason = "not every test program needs it")]
    pub(crate) fn run_unread(self) -> Ended {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        self.run_into(writer)
    }

    /// Begins a run with standard output captured.
    #[allow(dead_code, reason = "not every test program needs it")]
    pub(crate) fn spawn(mut self) -> Running {
        self.command.stdout(Stdio::piped());
        self.start()
    }

    fn start(mut self) -> Running {
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("doorkey starts");
        let mut stdin = child.stdin.take().expect("standard input");
        // A program that ends without having read all its input is none of the test's concern.
        thread::spawn(move || stdin.write_all(&self.input).ok());
        Running {
            stdout: child.stdout.take().map(read_all),
            stderr: child.stderr.take().map(read_all),
            child,
            _home: self.home,
        }
    }
}

/// Where Windows programs look for somebody's home, in place of `HOME`, and where they look for Windows itself, which not even
/// a socket opens without.
fn windows_variables(home: &Path) -> Vec<(&'static str, std::ffi::OsString)> {
    if cfg!(not(windows)) {
        return Vec::new();
    }
    let system = std::env::var_os("SystemRoot").unwrap_or_default();
    let of_home = [
        "USERPROFILE",
        "APPDATA",
        "LOCALAPPDATA",
        "ProgramData",
        "TEMP",
        "TMP",
    ];
    let of_home = of_home.map(|name| (name, home.as_os_str().to_owned()));
    of_home
        .into_iter()
        .chain([("SystemRoot", system)])
        .collect()
}

/// A run that is under way. Ended when dropped.
pub(crate) struct Running {
    child: Child,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
    _home: TempDir,
}

impl Running {
    #[allow(dead_code, reason = "not every test program needs it")]
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the end.
    pub(crate) fn wait(mut self) -> Ended {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("doorkey can be waited for") {
                break status;
            }
            assert!(Instant::now() < deadline, "doorkey hangs");
            thread::sleep(Duration::from_millis(2));
        };
        let text = |reader: &mut Option<JoinHandle<String>>| {
            let reader = reader.take();
            reader.map_or_else(String::new, |reader| reader.join().expect("its output"))
        };
        let stdout = text(&mut self.stdout);
        verdict_rule::assert_every_verdict_follows(&stdout);
        Ended {
            stdout,
            stderr: text(&mut self.stderr),
            status,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has most often ended before.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn read_all(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).expect("its output");
        String::from_utf8(bytes).expect("UTF-8")
    })
}

impl Ended {
    /// The exit status; a signal that ended it is none.
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// What came on standard output, of a run that ended with `code` and said nothing else.
    #[track_caller]
    pub(crate) fn only_output(self, code: i32) -> String {
        assert_eq!((self.code(), self.stderr.as_str()), (Some(code), ""));
        self.stdout
    }

    /// What came on standard error, of a run that ended with `code` and printed no result.
    #[track_caller]
    #[allow(dead_code, reason = "not every test program needs it")]
    pub(crate) fn only_message(self, code: i32) -> String {
        assert_eq!((self.code(), self.stdout.as_str()), (Some(code), ""));
        self.stderr
    }
}

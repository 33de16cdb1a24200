//! The program as people run it. Whatever it prints, the token is not in it.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::Sender;

use doorkey::access_key::AccessKey;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::world::World;

pub(crate) const TOKEN_VARIABLE: &str = "DOORKEY_BITBUCKET_TOKEN";

pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) output: String,
    pub(crate) message: String,
}

/// A run of the program in a home of its own.
pub(crate) struct Program {
    home: TempDir,
    token: Option<String>,
    variables: Vec<(&'static str, String)>,
}

impl Program {
    pub(crate) fn with_token(token: &str) -> Self {
        Self {
            home: TempDir::new().expect("a directory"),
            token: Some(token.to_owned()),
            variables: Vec::new(),
        }
    }

    pub(crate) fn for_world(world: &World) -> Self {
        Self::with_token(world.simulator.token())
    }

    pub(crate) fn without_token(mut self) -> Self {
        self.token = None;
        self
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// Writes a file and names it.
    pub(crate) fn file(&self, name: &str, content: &str) -> String {
        let path = self.home.path().join(name);
        fs::write(&path, content).expect("written");
        path_text(&path)
    }

    pub(crate) fn key(&self, key: &AccessKey) -> String {
        self.file("vendor.pub", &key.line())
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.ended(self.command(arguments).output().expect("doorkey runs"))
    }

    /// The same, with Ctrl-C as soon as `until` returns.
    pub(crate) fn interrupted_once(&self, arguments: &[&str], until: impl FnOnce()) -> Run {
        let child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("doorkey runs");
        until();
        let id = i32::try_from(child.id()).expect("an id");
        let id = Pid::from_raw(id).expect("an id");
        kill_process(id, Signal::INT).expect("a signal");
        self.ended(child.wait_with_output().expect("doorkey ends"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorkey"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null());
        if let Some(token) = &self.token {
            command.env(TOKEN_VARIABLE, token);
        }
        command
    }

    fn ended(&self, output: Output) -> Run {
        let run = Run {
            status: output.status.code().expect("a status"),
            output: String::from_utf8(output.stdout).expect("UTF-8"),
            message: String::from_utf8(output.stderr).expect("UTF-8"),
        };
        if let Some(token) = &self.token {
            let all = format!("{}{}", run.output, run.message);
            assert!(!all.contains(token.as_str()), "{all}");
        }
        run
    }
}

impl Program {
    /// The same at a terminal, where `typed` is typed once the question is asked.
    pub(crate) fn run_at_a_terminal(&self, arguments: &[&str], typed: &str) -> (u32, String) {
        self.at_a_terminal(arguments, None, typed)
    }

    /// The same, where something is typed from the start. `shown` is dropped once the terminal has shown it.
    pub(crate) fn run_at_a_terminal_typing_ahead(
        &self,
        arguments: &[&str],
        ahead: &str,
        shown: Sender<()>,
        typed: &str,
    ) -> (u32, String) {
        self.at_a_terminal(arguments, Some((ahead, shown)), typed)
    }

    fn at_a_terminal(
        &self,
        arguments: &[&str],
        mut ahead: Option<(&str, Sender<()>)>,
        typed: &str,
    ) -> (u32, String) {
        let pty = native_pty_system()
            .openpty(PtySize::default())
            .expect("a terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_doorkey"));
        command.args(arguments);
        command.env_clear();
        command.env("HOME", self.home.path());
        if let Some(token) = &self.token {
            command.env(TOKEN_VARIABLE, token);
        }
        let mut child = pty.slave.spawn_command(command).expect("doorkey runs");
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().expect("a reader");
        let mut writer = pty.master.take_writer().expect("a writer");
        let mut shown = Vec::new();
        let mut buffer = [0; 1024];
        if let Some((text, _)) = &ahead {
            writer.write_all(text.as_bytes()).expect("typed");
        }
        // Reading fails when the program has ended (EIO on Linux).
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            let was_asked = shown.ends_with(QUESTION);
            shown.extend_from_slice(&buffer[..count]);
            let is_shown = ahead
                .as_ref()
                .is_some_and(|(text, _)| String::from_utf8_lossy(&shown).contains(text.trim_end()));
            if is_shown {
                ahead = None;
            }
            if !was_asked && shown.ends_with(QUESTION) {
                writer.write_all(typed.as_bytes()).expect("typed");
            }
        }
        let status = child.wait().expect("a status").exit_code();
        let shown = String::from_utf8_lossy(&shown).into_owned();
        if let Some(token) = &self.token {
            assert!(!shown.contains(token.as_str()), "{shown}");
        }
        (status, shown)
    }
}

/// How every question ends.
const QUESTION: &[u8] = b"[y/N] ";

fn path_text(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}

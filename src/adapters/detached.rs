//! Starting a program that outlives doorkey and can't reach its terminal.
//!
//! A program without a place on the terminal can still open `/dev/tty` and write into the wizard, or take its keys; only one in a
//! session of its own can't. Nothing but the new process itself can make that session, so doorkey starts itself with
//! [`COMMAND`], which makes it and then becomes the program.

use std::io;
use std::process::{Child, Command, Stdio};

use crate::check::api_access::TOKEN_VARIABLE;

/// The command by which doorkey becomes another program, out of reach of the terminal. Not for people.
pub const COMMAND: &str = "start-detached";

/// Starts a program as it is described, without input and output, without doorkey's token, and in a session of its own.
pub(crate) fn spawn(program: &mut Command) -> io::Result<Child> {
    program.env_remove(TOKEN_VARIABLE);
    system::spawn(program)
}

#[cfg(unix)]
pub use system::start;

#[cfg(unix)]
mod system {
    use std::env;
    use std::ffi::OsString;
    use std::io::{self, Read, Write};
    use std::os::fd::AsFd;
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, Stdio};

    use super::{COMMAND, silent};

    pub(super) fn spawn(program: &mut Command) -> io::Result<Child> {
        let mut own = Command::new(env::current_exe()?);
        own.arg(COMMAND).arg("--").arg(program.get_program());
        own.args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => own.env(name, value),
                None => own.env_remove(name),
            };
        }
        if let Some(folder) = program.get_current_dir() {
            own.current_dir(folder);
        }
        let Ok(mut child) = silent(&mut own).stdout(Stdio::piped()).spawn() else {
            // doorkey's own file is gone, after an update for one. At least Ctrl-C does not end the program.
            return silent(program).process_group(0).spawn();
        };
        // It closes when the program is started; what comes through it is why that failed.
        let mut why_not = String::new();
        if let Some(mut output) = child.stdout.take() {
            output.read_to_string(&mut why_not)?;
        }
        match why_not.parse() {
            Ok(error) => {
                child.wait()?;
                Err(io::Error::from_raw_os_error(error))
            }
            Err(_) => Ok(child),
        }
    }

    /// Leaves the terminal and becomes the program. Comes back only if that fails.
    pub fn start(command: &[OsString]) -> Option<()> {
        // Started by hand, as the first of a job, it stays where it is.
        rustix::process::setsid().ok();
        let (program, arguments) = command.split_first()?;
        // A copy, for the program itself gets no output. It closes by itself when the program starts.
        let pipe = io::stdout().as_fd().try_clone_to_owned().ok()?;
        let error = silent(Command::new(program).args(arguments)).exec();
        let number = error.raw_os_error()?;
        std::fs::File::from(pipe)
            .write_all(number.to_string().as_bytes())
            .ok()
    }
}

#[cfg(not(unix))]
mod system {
    use std::io;
    use std::process::{Child, Command};

    use super::silent;

    pub(super) fn spawn(program: &mut Command) -> io::Result<Child> {
        silent(program).spawn()
    }
}

fn silent(program: &mut Command) -> &mut Command {
    program
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
}

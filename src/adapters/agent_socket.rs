//! Where this machine's SSH agent listens.

use std::env;
use std::io::{self, ErrorKind};
#[cfg(unix)]
use std::os::unix::fs::FileTypeExt;
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::path::Path;

use crate::check::OwnIdentity;
use crate::text::harmless;

/// Where an SSH agent says it listens (ssh-agent(1)).
const AGENT_SOCKET: &str = "SSH_AUTH_SOCK";

/// As much of the socket's name as is shown, in characters.
const LONGEST_NAME: usize = 200;

/// The agent of whoever runs this program. Fails with why there is none, as a sentence without its end.
pub fn find() -> Result<OwnIdentity, &'static str> {
    match env::var_os(AGENT_SOCKET).filter(|socket| !socket.is_empty()) {
        Some(socket) => Ok(OwnIdentity::Agent(socket.into())),
        None => usual(),
    }
}

#[cfg(unix)]
fn usual() -> Result<OwnIdentity, &'static str> {
    Err("no SSH agent is there to be asked: SSH_AUTH_SOCK is not set")
}

/// OpenSSH's agent, or else Pageant.
#[cfg(windows)]
fn usual() -> Result<OwnIdentity, &'static str> {
    let openssh = Path::new(OPENSSH_PIPE);
    // To ask about one that is busy is an error, and no "no".
    let is_absent = matches!(openssh.try_exists(), Ok(false));
    let agent = if is_absent {
        Path::new(PAGEANT)
    } else {
        openssh
    };
    Ok(OwnIdentity::Agent(agent.into()))
}

/// Where OpenSSH's agent listens on Windows (its `AGENT_PIPE_ID`).
#[cfg(windows)]
const OPENSSH_PIPE: &str = r"\\.\pipe\openssh-ssh-agent";

/// Stands for `PuTTY`'s agent, which is found by its window and has no path.
#[cfg(windows)]
pub(crate) const PAGEANT: &str = "Pageant";

/// The same, if it takes connections: one that is gone is told before a test, not after it.
pub fn find_listening() -> Result<OwnIdentity, String> {
    let agent = find()?;
    #[cfg(unix)]
    if let OwnIdentity::Agent(socket) = &agent {
        connect(socket).map_err(|error| {
            let why = why_not(socket, &error);
            format!("your SSH agent can't be asked: {why}")
        })?;
    }
    Ok(agent)
}

/// Why nobody answers at this socket, as a sentence without its end. A connection to a plain file is refused just like one to
/// a socket whose agent has ended, so the file itself is looked at.
pub(crate) fn why_not(socket: &Path, error: &io::Error) -> String {
    let name = harmless(&socket.to_string_lossy(), LONGEST_NAME);
    if is_no_socket(socket) {
        return format!("SSH_AUTH_SOCK names {name}, which is not a socket");
    }
    match error.kind() {
        ErrorKind::NotFound => format!("SSH_AUTH_SOCK names {name}, which does not exist"),
        ErrorKind::ConnectionRefused => {
            format!("SSH_AUTH_SOCK names {name}, where no agent listens any longer")
        }
        ErrorKind::PermissionDenied => {
            format!("SSH_AUTH_SOCK names {name}, which you may not use")
        }
        ErrorKind::TimedOut | ErrorKind::WouldBlock => {
            format!("SSH_AUTH_SOCK names {name}, and the agent there is too busy to answer")
        }
        _ => format!("SSH_AUTH_SOCK names {name}, which can't be used: {error}"),
    }
}

#[cfg(unix)]
fn is_no_socket(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|metadata| !metadata.file_type().is_socket())
}

#[cfg(not(unix))]
fn is_no_socket(_path: &Path) -> bool {
    false
}

/// Connects on a thread of its own: where an agent is stuck and its queue is full, connecting waits for ever.
#[cfg(unix)]
fn connect(socket: &Path) -> io::Result<()> {
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    const WITHIN: Duration = Duration::from_secs(2);
    let (tell, told) = channel();
    let socket = socket.to_owned();
    thread::Builder::new()
        .name("agent".to_owned())
        .spawn(move || tell.send(UnixStream::connect(socket).map(drop)).is_ok())?;
    told.recv_timeout(WITHIN)
        .unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use std::fs;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn a_socket_that_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        fs::write(place("file"), "").unwrap();
        drop(UnixListener::bind(place("dead")).unwrap());
        for (name, words) in [
            ("missing", "missing, which does not exist"),
            ("file", "file, which is not a socket"),
            (".", ", which is not a socket"),
            ("dead", "dead, where no agent listens any longer"),
            ("o\u{202e}dd\u{1b}[31m", "odd[31m, which does not exist"),
        ] {
            let error = connect(&place(name)).unwrap_err();
            let why = why_not(&place(name), &error);
            assert!(why.ends_with(words), "{name}: {why}");
        }
        let _listener = UnixListener::bind(place("live")).unwrap();
        assert!(connect(&place("live")).is_ok());
    }
}

//! Where this machine's SSH agent listens.

use std::env;
#[cfg(unix)]
use std::os::unix::net::UnixStream;

use crate::check::OwnIdentity;

/// Where an SSH agent says it listens (ssh-agent(1)).
const AGENT_SOCKET: &str = "SSH_AUTH_SOCK";

/// The agent of whoever runs this program. Fails with why there is none, as a sentence without its end.
pub fn find() -> Result<OwnIdentity, &'static str> {
    if cfg!(not(unix)) {
        return Err("agents are known to doorkey on Unix only");
    }
    match env::var_os(AGENT_SOCKET).filter(|socket| !socket.is_empty()) {
        Some(socket) => Ok(OwnIdentity::Agent(socket.into())),
        None => Err("no SSH agent is there to be asked: SSH_AUTH_SOCK is not set"),
    }
}

/// The same, if it takes connections: one that is gone is told before a test, not after it.
pub fn find_listening() -> Result<OwnIdentity, String> {
    let agent = find()?;
    #[cfg(unix)]
    if let OwnIdentity::Agent(socket) = &agent {
        UnixStream::connect(socket)
            .map_err(|error| format!("your SSH agent can't be asked: {error}"))?;
    }
    Ok(agent)
}

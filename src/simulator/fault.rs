//! Faults by name: one for each cause that a server can be, so that each can be seen and tested.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::bitbucket::SshRefusal;
use crate::check::Code;

macro_rules! faults {
    ($($name:ident = $id:literal, $code:ident, $words:literal;)+) => {
        /// Something that is wrong with the embedded Bitbucket, on purpose.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the words below describe each")]
        pub enum Fault { $($name),+ }

        impl Fault {
            /// Every fault, in the order of the checks.
            pub const ALL: &'static [Fault] = &[$(Fault::$name),+];

            /// The name, such as `hang-up`.
            pub const fn id(self) -> &'static str {
                match self { $(Fault::$name => $id),+ }
            }

            /// The code that a connection test gives for it.
            pub const fn provokes(self) -> Code {
                match self { $(Fault::$name => Code::$code),+ }
            }

            /// What the server does.
            pub const fn words(self) -> &'static str {
                match self { $(Fault::$name => $words),+ }
            }
        }
    };
}

faults! {
    NotSsh = "not-ssh", SshNotSsh, "answers as a web server";
    TurnedAway = "turned-away", SshTurnedAway, "turns everybody away in place of a greeting";
    Reset = "reset", TcpReset, "resets each connection";
    Silent = "silent", SshNoGreeting, "takes connections and says nothing";
    HangUp = "hang-up", SshClosed, "closes each connection at once";
    OldAlgorithms = "old-algorithms", SshNoCommonAlgorithm, "knows only an algorithm of the last century";
    MachineSshd = "machine-sshd", SshMachineSshd, "introduces itself as OpenSSH (for --edition data-center)";
    Noise = "noise", SshProtocolError, "sends noise after its greeting";
    OtherHostKey = "other-host-key", HostKeyChanged, "has another host key than it says it has";
    AnyKey = "any-key", KeyQueryAnyKeyAccepted, "accepts every key";
    NoPublickey = "no-publickey", KeyQueryPublickeyNotOffered, "takes passwords only";
    HangUpOnQuery = "hang-up-on-query", KeyQueryClosed, "hangs up when asked about a key";
    TokenRefused = "token-refused", RepositoryTokenRefused, "REST refuses the token";
    TokenScope = "token-scope", RepositoryTokenScope, "REST says that the token lacks a permission";
    RateLimited = "rate-limited", RepositoryRateLimited, "REST says that too much was asked";
    WebPage = "web-page", RepositoryApiUnreachable, "REST answers with a web page, as a proxy does";
    AddressNotAllowed = "address-not-allowed", RepositoryAddressNotAllowed, "lets nobody read who is not on the allowlist";
    TwoStepRequired = "two-step-required", RepositoryTwoStepRequired, "lets nobody read without two-step verification";
    UnknownWords = "unknown-words", RepositoryAnswerUnclear, "refuses every repository in words nobody knows (seen with --identity and the key itself)";
}

impl Fault {
    /// With what it refuses every repository to whoever it let in.
    pub(super) fn refuses_repositories(self) -> Option<SshRefusal> {
        match self {
            Fault::AddressNotAllowed => Some(SshRefusal::AddressNotAllowed),
            Fault::TwoStepRequired => Some(SshRefusal::TwoStepRequired),
            _ => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}

/// A name that no fault has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such fault; --fault help lists them")]
pub struct UnknownFault;

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        let mut all = Fault::ALL.iter().copied();
        all.find(|fault| fault.id() == name).ok_or(UnknownFault)
    }
}

/// What a web server says to the greeting of an SSH client.
const NOT_SSH: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nServer: doorkey-simulation\r\nContent-Length: 0\r\n\r\n";

/// What OpenSSH's server says to somebody of whom it has had enough (srclimit.c).
const TURNED_AWAY: &[u8] = b"Not allowed at this time\r\n";

/// How long a silent connection is kept.
const SILENCE: Duration = Duration::from_secs(120);

/// Serves a connection in the way of a fault that never gets as far as SSH. Gives the connection back for any other.
pub(super) async fn serve_without_ssh(
    fault: Option<Fault>,
    mut stream: TcpStream,
) -> Option<TcpStream> {
    match fault {
        Some(Fault::HangUp) => stream.shutdown().await.ok()?,
        Some(Fault::Reset) => {
            // A connection that lingers for no time is reset instead of closed.
            stream.set_zero_linger().ok()?;
            return None;
        }
        Some(Fault::TurnedAway) => {
            stream.write_all(TURNED_AWAY).await.ok()?;
            stream.shutdown().await.ok()?;
        }
        Some(Fault::Silent) => {}
        Some(Fault::NotSsh) => {
            // A web server waits until it is asked.
            stream.readable().await.ok()?;
            stream.write_all(NOT_SSH).await.ok()?;
        }
        Some(Fault::Noise) => {
            stream
                .write_all(b"SSH-2.0-doorkey-simulation\r\n")
                .await
                .ok()?;
            stream.write_all(&[0x5a; 512]).await.ok()?;
        }
        _ => return Some(stream),
    }
    // Hears the client out: closing while it still writes would reset the connection, and lose what was sent.
    let mut nowhere = tokio::io::sink();
    let hear_out = tokio::io::copy(&mut stream, &mut nowhere);
    tokio::time::timeout(SILENCE, hear_out).await.ok();
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_name() {
        for fault in Fault::ALL {
            assert_eq!(fault.id().parse(), Ok(*fault));
        }
        assert_eq!("nonsense".parse::<Fault>(), Err(UnknownFault));
    }
}

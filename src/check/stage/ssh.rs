//! Judging the SSH handshake: does an SSH server answer, and is it Bitbucket's?

use std::time::Duration;

use crate::bitbucket::Edition;
use crate::check::{Check, CheckId, Code};
use crate::text::{harmless, in_seconds};

/// How the handshake went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandshakeFailure {
    /// The first bytes were not an SSH identification (RFC 4253 section 4.2).
    NotSsh(Vec<u8>),
    /// No identification in time; the bytes that did come.
    NoGreeting(Duration, Vec<u8>),
    /// The connection ended before the keys were exchanged; the server's words, if any.
    Closed(Option<String>),
    /// Both sides know no common algorithm of this kind; the server's offer.
    NoCommonAlgorithm {
        /// What kind of algorithm.
        kind: String,
        /// What the server offers.
        offered: Vec<String>,
    },
    /// An identification came, and then something that makes no sense, or nothing.
    Protocol(String),
}

/// The check of a finished handshake; `identification` is the server's own line.
pub fn greeted(edition: Edition, port: u16, identification: &str) -> Check {
    let identification = harmless(identification, super::WORDS_LIMIT);
    if edition == Edition::DataCenter && identification.contains("OpenSSH") {
        let check = Check::found(Code::SshMachineSshd)
            .with_detail(format!("Port {port} answered as {identification}."));
        return super::suited(check, edition, port);
    }
    Check::pass(CheckId::Ssh, identification)
}

/// The check of a handshake that failed.
pub fn failed(edition: Edition, port: u16, failure: &HandshakeFailure) -> Check {
    let check = match failure {
        HandshakeFailure::NotSsh(bytes) => {
            Check::found(Code::SshNotSsh).with_detail(who_answered(bytes))
        }
        HandshakeFailure::NoGreeting(waited, bytes) => no_greeting(*waited, bytes),
        HandshakeFailure::Closed(words) => {
            let check = Check::found(Code::SshClosed);
            match words {
                Some(words) => check.with_detail(format!(
                    "The server said: {}",
                    harmless(words, super::WORDS_LIMIT)
                )),
                None => check,
            }
        }
        HandshakeFailure::NoCommonAlgorithm { kind, offered } => {
            Check::found(Code::SshNoCommonAlgorithm).with_detail(format!(
                "For the {kind} the server offers only: {}",
                harmless(&offered.join(", "), super::WORDS_LIMIT)
            ))
        }
        HandshakeFailure::Protocol(words) => {
            Check::found(Code::SshProtocolError).with_detail(harmless(words, super::WORDS_LIMIT))
        }
    };
    super::suited(check, edition, port)
}

/// Waited in vain for an identification. An unfinished one says that the server is slow; other words, that it waits for
/// a client of another kind.
fn no_greeting(waited: Duration, bytes: &[u8]) -> Check {
    let waited = in_seconds(waited);
    let last_line = bytes.rsplit(|byte| *byte == b'\n').next();
    let unfinished = last_line.is_some_and(|line| {
        !line.is_empty() && (line.starts_with(b"SSH-") || b"SSH-".starts_with(line))
    });
    if bytes.is_empty() {
        Check::found(Code::SshNoGreeting).with_detail(format!("Nothing came within {waited}."))
    } else if unfinished {
        Check::found(Code::SshNoGreeting).with_detail(format!(
            "No whole identification came within {waited}, only: {}",
            shown(bytes)
        ))
    } else {
        Check::found(Code::SshNotSsh).with_detail(who_answered(bytes))
    }
}

/// What is no SSH server but is known by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stranger {
    Web,
    Tls,
    OldSsh,
    MailOrFtp,
    Mailbox,
}

impl Stranger {
    fn by(bytes: &[u8]) -> Option<Self> {
        let is = |prefix: &[u8]| bytes.starts_with(prefix);
        if is(b"HTTP/") || is(b"<!DOCTYPE") || is(b"<html") {
            Some(Stranger::Web)
        } else if matches!(bytes, [0x15 | 0x16, 0x03, ..]) {
            // TLS record types alert and handshake, version 3.x (RFC 8446 section 5.1).
            Some(Stranger::Tls)
        } else if is(b"SSH-1.") && !is(b"SSH-1.99-") {
            Some(Stranger::OldSsh)
        } else if is(b"220 ") || is(b"220-") {
            Some(Stranger::MailOrFtp)
        } else if is(b"* OK") || is(b"+OK") {
            Some(Stranger::Mailbox)
        } else {
            None
        }
    }
}

/// Whether these first bytes are those of another protocol, so that there is no point in waiting for more.
///
/// Lines of any kind may come before an SSH identification (RFC 4253 section 4.2), so only what is known counts, and
/// only with its line complete.
pub fn is_certainly_not_ssh(bytes: &[u8]) -> bool {
    match Stranger::by(bytes) {
        Some(Stranger::Tls) => true,
        Some(_) => bytes.contains(&b'\n'),
        None => false,
    }
}

/// Names the kind of server by its first bytes.
fn who_answered(bytes: &[u8]) -> String {
    let kind = match Stranger::by(bytes) {
        Some(Stranger::Tls) => {
            return "A TLS server answered: this port is for encrypted web or mail traffic."
                .to_owned();
        }
        Some(Stranger::Web) => "a web server (HTTP)",
        Some(Stranger::OldSsh) => "an SSH server that knows only the old protocol 1",
        Some(Stranger::MailOrFtp) => "a mail or FTP server",
        Some(Stranger::Mailbox) => "a mailbox server",
        None => "something that doorkey does not know",
    };
    format!("It was {kind}: {}", shown(bytes))
}

/// The first line of what came, made safe to print.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let first = text.lines().next().unwrap_or_default();
    harmless(first, 80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Status;

    #[test]
    fn the_peer_is_named_by_its_first_bytes() {
        let answers: [(&[u8], &str); 6] = [
            (b"HTTP/1.1 400 Bad Request\r\n", "web server"),
            (&[0x15, 3, 1, 0, 2, 2, 70], "TLS"),
            (b"220 mail.example.com ESMTP\r\n", "mail or FTP"),
            (b"SSH-1.5-old\n", "protocol 1"),
            (b"* OK IMAP4rev1\r\n", "mailbox"),
            (&[0xff, 0x1b, b'[', b'2', b'J'], "does not know"),
        ];
        for (bytes, expected) in answers {
            let check = failed(
                Edition::Cloud,
                22,
                &HandshakeFailure::NotSsh(bytes.to_vec()),
            );
            assert_eq!(check.code, Some(Code::SshNotSsh));
            let detail = check.detail.unwrap_or_default();
            assert!(detail.contains(expected), "{detail}");
            assert!(!detail.contains('\x1b'), "{detail}");
        }
    }

    #[test]
    fn silence_a_slow_server_and_another_protocol_are_told_apart() {
        for (bytes, code) in [
            (&b""[..], Code::SshNoGreeting),
            (b"S", Code::SshNoGreeting),
            (b"SSH-2.0-sl", Code::SshNoGreeting),
            (b"Welcome\r\nSSH-2", Code::SshNoGreeting),
            (b"Welcome\r\n", Code::SshNotSsh),
            (b"login: ", Code::SshNotSsh),
            (b"220 mail.example.com ESMTP\r\n", Code::SshNotSsh),
        ] {
            let failure = HandshakeFailure::NoGreeting(Duration::from_secs(5), bytes.to_vec());
            let check = failed(Edition::Cloud, 22, &failure);
            assert_eq!(check.code, Some(code), "{}", shown(bytes));
        }
    }

    #[test]
    fn only_what_is_certain_ends_the_wait() {
        for (bytes, certain) in [
            (&b"HTTP/1.1 400 Bad Request\r\n"[..], true),
            (b"HTTP/1.1 400 Bad", false),
            (b"220 mail.example.com\n", true),
            (&[0x15, 3, 3], true),
            (b"SSH-1.5-old\n", true),
            (b"SSH-1.99-both\n", false),
            (b"SSH-2.0-conker\n", false),
            (b"Welcome\n", false),
            (b"", false),
        ] {
            assert_eq!(is_certainly_not_ssh(bytes), certain, "{}", shown(bytes));
        }
    }

    #[test]
    fn openssh_is_the_wrong_server_for_data_center_only() {
        let identification = "SSH-2.0-OpenSSH_9.2p1 Debian-2";
        let check = greeted(Edition::DataCenter, 22, identification);
        assert_eq!(check.code, Some(Code::SshMachineSshd));
        assert_eq!(
            greeted(Edition::Cloud, 22, identification).status,
            Status::Pass
        );
        let mina = greeted(Edition::DataCenter, 7999, "SSH-2.0-SSHD-CORE-2.13");
        assert_eq!(mina.status, Status::Pass);
    }
}

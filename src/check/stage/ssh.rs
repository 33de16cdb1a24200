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
    /// The server ended the connection in place of an identification; the bytes that came before.
    NoIdentification(Vec<u8>),
    /// The server reset the connection before it sent anything.
    Reset,
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
        HandshakeFailure::NoIdentification(bytes) => no_identification(bytes),
        HandshakeFailure::Reset => return super::tcp::reset(edition, port),
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
            let offered: Vec<&str> = offered
                .iter()
                .map(String::as_str)
                .filter(|name| !is_marker(name))
                .collect();
            let offered = if offered.is_empty() {
                "none".to_owned()
            } else {
                harmless(&offered.join(", "), super::WORDS_LIMIT)
            };
            Check::found(Code::SshNoCommonAlgorithm)
                .with_detail(format!("For the {kind} the server offers only: {offered}"))
        }
        HandshakeFailure::Protocol(words) => {
            Check::found(Code::SshProtocolError).with_detail(harmless(words, super::WORDS_LIMIT))
        }
    };
    super::suited(check, edition, port)
}

/// Waited in vain for an identification. What came may be the beginning of one, or lines before it (RFC 4253 section
/// 4.2); only the prompt of a server of another kind shows that none will come.
fn no_greeting(waited: Duration, bytes: &[u8]) -> Check {
    let waited = in_seconds(waited);
    if bytes.is_empty() {
        Check::found(Code::SshNoGreeting).with_detail(format!("Nothing came within {waited}."))
    } else if turns_away(bytes) {
        turned_away(bytes)
    } else if Stranger::by(bytes).is_some() || !is_text(bytes) || ends_with_prompt(bytes) {
        Check::found(Code::SshNotSsh).with_detail(who_answered(bytes))
    } else {
        Check::found(Code::SshNoGreeting).with_detail(format!(
            "No whole identification came within {waited}, only: {}",
            said(bytes)
        ))
    }
}

/// The server hung up in place of an identification. Its lines may be the reason, such as too many connections; that they
/// are no SSH is shown only by bytes that no line holds.
fn no_identification(bytes: &[u8]) -> Check {
    let is_blank = bytes.iter().all(u8::is_ascii_whitespace);
    if Stranger::by(bytes).is_some() || !is_text(bytes) {
        Check::found(Code::SshNotSsh).with_detail(who_answered(bytes))
    } else if is_blank || is_unfinished(bytes) {
        Check::found(Code::SshClosed)
    } else {
        turned_away(bytes)
    }
}

fn turned_away(bytes: &[u8]) -> Check {
    Check::found(Code::SshTurnedAway).with_detail(format!("The server said: {}", said(bytes)))
}

/// Whether the last line is the beginning of an identification.
fn is_unfinished(bytes: &[u8]) -> bool {
    let last_line = bytes.rsplit(|byte| *byte == b'\n').next();
    last_line.is_some_and(|line| {
        !line.is_empty() && (line.starts_with(b"SSH-") || b"SSH-".starts_with(line))
    })
}

/// Whether a name in a list of algorithms only says what its sender can do (RFC 8308 section 2.1; OpenSSH's PROTOCOL, 1.10;
/// Dropbear's `kexguess2`).
fn is_marker(name: &str) -> bool {
    name.starts_with("ext-info-")
        || name.starts_with("kex-strict-")
        || name.starts_with("kexguess2@")
}

/// What servers say in place of their identification when they are busy, or have had enough of an address: OpenSSH's two
/// (sshd.c, srclimit.c), and what is common to others.
const TURNING_AWAY: [&str; 5] = [
    "not allowed at this time",
    "exceeded maxstartups",
    "too many connections",
    "too many users",
    "try again later",
];

fn turns_away(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    // A mail server can be busy, too.
    Stranger::by(bytes).is_none() && TURNING_AWAY.iter().any(|words| text.contains(words))
}

/// Whether lines could look like this: nothing in it controls anything but a terminal. The encoding may be any.
fn is_text(bytes: &[u8]) -> bool {
    let is_of_text =
        |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b | 0x20..=0x7e | 0x80..);
    bytes.iter().all(is_of_text)
}

/// Whether it waits for somebody to type their name.
fn ends_with_prompt(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let last_line = text.rsplit('\n').next().unwrap_or_default();
    let last_line = last_line.trim().to_ascii_lowercase();
    ["login:", "username:", "user:", "password:"]
        .iter()
        .any(|prompt| last_line.ends_with(prompt))
}

/// What is no SSH server but is known by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stranger {
    Web,
    Tls,
    OldSsh,
    MailOrFtp,
    Mailbox,
    Telnet,
    Desktop,
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
        } else if matches!(
            bytes,
            [b'2', b'2', b'0', b' ' | b'-', ..]
                | [b'4', b'2', b'1', b' ' | b'-', ..]
                | [b'5', b'5', b'4', b' ' | b'-', ..]
        ) {
            // Ready, not available, no service (RFC 5321 section 4.2.3, RFC 959 section 5.4).
            Some(Stranger::MailOrFtp)
        } else if matches!(bytes, [0xff, 0xfb..=0xfe, ..]) {
            // Negotiating options (RFC 854).
            Some(Stranger::Telnet)
        } else if is(b"RFB ") {
            // RFC 6143 section 7.1.1.
            Some(Stranger::Desktop)
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
        Some(Stranger::Tls | Stranger::Telnet) => true,
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
        Some(Stranger::Telnet) => "a Telnet server",
        Some(Stranger::Desktop) => "a remote desktop (VNC)",
        None => "something that doorkey does not know",
    };
    format!("It was {kind}: {}", shown(bytes))
}

/// All lines that came, made safe to print.
fn said(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    harmless(lines.join(" ").trim(), super::WORDS_LIMIT)
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
    use crate::check::{Standing, Status};

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

    /// Only what is certainly not SSH refutes: lines may come before an identification, and may be a reason.
    #[test]
    fn silence_a_slow_server_a_busy_one_and_another_protocol_are_told_apart() {
        const NOT_SSH: (Code, Standing) = (Code::SshNotSsh, Standing::Refuted);
        const SLOW: (Code, Standing) = (Code::SshNoGreeting, Standing::Unknown);
        const AWAY: (Code, Standing) = (Code::SshTurnedAway, Standing::Unknown);
        const CLOSED: (Code, Standing) = (Code::SshClosed, Standing::Unknown);
        for (bytes, waiting, ended) in [
            (&b""[..], SLOW, CLOSED),
            (b"\r\n", SLOW, CLOSED),
            (b"S", SLOW, CLOSED),
            (b"SSH-2.0-sl", SLOW, CLOSED),
            (b"Welcome\r\nSSH-2", SLOW, CLOSED),
            (b"Welcome\r\n", SLOW, AWAY),
            (b"Zugriff \xfcber das VPN\r\n", SLOW, AWAY),
            (b"Not allowed at this time\r\n", AWAY, AWAY),
            (b"Exceeded MaxStartups\r\n", AWAY, AWAY),
            (b"Hello\r\nexceeded maxstartups", AWAY, AWAY),
            (b"NOT ALLOWED AT THIS TIME", AWAY, AWAY),
            (b"Too many connections from 192.0.2.7\n", AWAY, AWAY),
            (b"Too many users logged in\r\n", AWAY, AWAY),
            (b"Server busy, please try again later.\r\n", AWAY, AWAY),
            (b"Host is banned until further notice\n", SLOW, AWAY),
            (b"\xc3\x9cberlastet. Try again later\n", AWAY, AWAY),
            (b"Welcome\r\nlogin: ", NOT_SSH, AWAY),
            (b"220 mail.example.com ESMTP\r\n", NOT_SSH, NOT_SSH),
            (b"421 too many connections\r\n", NOT_SSH, NOT_SSH),
            (b"RFB 003.008\n", NOT_SSH, NOT_SSH),
            (&[0xff, 0xfd, 0x18], NOT_SSH, NOT_SSH),
            (&[b'J', 0, 0, 0, 10, b'8'], NOT_SSH, NOT_SSH),
        ] {
            let limit = Duration::from_secs(5);
            for (failure, expected) in [
                (HandshakeFailure::NoGreeting(limit, bytes.to_vec()), waiting),
                (HandshakeFailure::NoIdentification(bytes.to_vec()), ended),
            ] {
                let check = failed(Edition::Cloud, 22, &failure);
                let found = (check.code, check.standing);
                assert_eq!(found, (Some(expected.0), expected.1), "{failure:?}");
            }
        }
    }

    #[test]
    fn what_a_server_says_in_place_of_its_greeting_is_shown() {
        let words = b"Welcome\r\n\x1b[31mNot allowed at this time\r\n".to_vec();
        let check = failed(
            Edition::Cloud,
            22,
            &HandshakeFailure::NoIdentification(words),
        );
        let expected = "The server said: Welcome [31mNot allowed at this time";
        assert_eq!(check.detail.as_deref(), Some(expected));
    }

    #[test]
    fn whatever_else_breaks_a_handshake_leaves_the_rung_unknown() {
        let no_common = HandshakeFailure::NoCommonAlgorithm {
            kind: "cipher".into(),
            offered: vec!["rot13".into()],
        };
        for (failure, code) in [
            (HandshakeFailure::Closed(None), Code::SshClosed),
            (
                HandshakeFailure::Closed(Some("busy".into())),
                Code::SshClosed,
            ),
            (HandshakeFailure::Reset, Code::TcpReset),
            (
                HandshakeFailure::Protocol("x".into()),
                Code::SshProtocolError,
            ),
            (no_common, Code::SshNoCommonAlgorithm),
        ] {
            for edition in [Edition::Cloud, Edition::DataCenter] {
                let check = failed(edition, 7999, &failure);
                let found = (check.code, check.standing);
                assert_eq!(found, (Some(code), Standing::Unknown));
            }
        }
        let machine = greeted(Edition::DataCenter, 22, "SSH-2.0-OpenSSH_9.2p1");
        assert_eq!(machine.standing, Standing::Refuted);
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

    #[test]
    fn markers_are_no_algorithms() {
        for (offered, told) in [
            (&["rot13", "ext-info-s"][..], "rot13"),
            (&["kex-strict-s-v00@openssh.com", "rot13"], "rot13"),
            (
                &["rot13", "kexguess2@matt.ucc.asn.au", "rot26"],
                "rot13, rot26",
            ),
            (&["ext-info-s", "kex-strict-s-v00@openssh.com"], "none"),
            (&[], "none"),
        ] {
            let failure = HandshakeFailure::NoCommonAlgorithm {
                kind: "key exchange".into(),
                offered: offered.iter().map(|&name| name.to_owned()).collect(),
            };
            let detail = failed(Edition::Cloud, 22, &failure).detail;
            let expected = format!("For the key exchange the server offers only: {told}");
            assert_eq!(detail, Some(expected));
        }
    }
}

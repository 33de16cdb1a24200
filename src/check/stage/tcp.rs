//! Judging the connection: which of the host's addresses took it, and what the others said.

use std::net::SocketAddr;

use crate::bitbucket::other_door::Door;
use crate::bitbucket::{Edition, RepositoryAddress};
use crate::check::{Check, CheckId, Code, FixId, Status};
use crate::text::harmless;

/// Why a connection to one address was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The machine answered that nothing listens there.
    Refused,
    /// The connection was taken, and thrown away at once.
    Reset,
    /// No answer in time.
    TimedOut,
    /// The network knows no way; in the system's words.
    Unreachable(String),
}

/// What came of trying a host's addresses in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempts {
    /// The address that took the connection.
    pub connected: Option<SocketAddr>,
    /// The addresses tried before it, and why each failed.
    pub failures: Vec<(SocketAddr, Failure)>,
}

/// The check of a connection to `host`.
pub fn judge(edition: Edition, host: &str, port: u16, attempts: &Attempts) -> Check {
    let told = attempts
        .failures
        .iter()
        .map(|(address, failure)| format!("{address} {}", words(failure)))
        .collect::<Vec<_>>()
        .join("; ");
    if attempts.connected.is_some() {
        let check = Check::pass(CheckId::Tcp, format!("{}:{port}", in_brackets(host)));
        return if told.is_empty() {
            check
        } else {
            check.with_detail(format!("Another address failed first: {told}."))
        };
    }
    let is_reset = |(_, failure): &(SocketAddr, Failure)| *failure == Failure::Reset;
    if attempts.failures.iter().all(is_reset) && !attempts.failures.is_empty() {
        // Whether a reset comes before or after the connection is noticed is chance: it is told in the same words.
        return reset(edition, port);
    }
    let check = Check::found(code(&attempts.failures)).with_detail(format!("{told}."));
    let refused = |(_, failure): &(SocketAddr, Failure)| *failure == Failure::Refused;
    let check = if attempts.failures.iter().all(refused) {
        check
    } else {
        // At an address that gave no such answer something may listen all the same.
        check.in_doubt()
    };
    super::suited(check, edition, port)
}

/// The check of a connection that was made, and reset before the server said anything.
pub fn reset(edition: Edition, port: u16) -> Check {
    let check = Check::found(Code::TcpReset)
        .with_detail(format!("Port {port} took the connection, then reset it."));
    super::suited(check, edition, port)
}

/// Adds to a check of an unanswered or wrong port what another door said: `answered` is whether SSH greeted there.
pub fn with_other_door(check: Check, edition: Edition, door: &Door, answered: bool) -> Check {
    let Door { host, port } = door;
    let words = match (edition, answered) {
        (Edition::DataCenter, true) => format!("Port {port} answers."),
        (Edition::DataCenter, false) => format!("Port {port} does not answer either."),
        (Edition::Cloud, true) => format!(
            "{host} answers on port {port}, so it is your network that blocks port 22. Coalesce Quality is not affected."
        ),
        (Edition::Cloud, false) => format!("{host} does not answer on port {port} either."),
    };
    let check = check.and_detail(&words);
    match (edition, answered) {
        (Edition::DataCenter, true) => {
            let check = check.without_fix(FixId::TryPort7999);
            check.with_fix(
                FixId::TryPort7999,
                format!("Use port {port}, which answers"),
            )
        }
        (Edition::DataCenter, false) => check.without_fix(FixId::TryPort7999),
        (Edition::Cloud, true) => {
            let check = check.without_fix(FixId::TryPort443);
            check.with_fix(
                FixId::TryPort443,
                format!("Test over port {port}, which answers"),
            )
        }
        (Edition::Cloud, false) => check.without_fix(FixId::TryPort443),
    }
}

/// The check of a connection through a door that somebody asked for because the port of their address is blocked. What
/// the address says was not tried, so the rung stays unknown.
pub fn through_door(check: Check, door: &Door, address: &RepositoryAddress) -> Check {
    let Door { host, port } = door;
    let (own, url) = (address.port(), address.ssh());
    if check.status != Status::Pass {
        return check.without_fix(FixId::TryPort443);
    }
    Check {
        summary: format!("over {host}:{port}"),
        ..check.in_doubt()
    }
    .and_detail(&format!(
        "This can't tell whether port {own} answers: the test went over {host}, port {port}, a way around a network that blocks \
         port {own}. Coalesce Quality connects from its own network, so its form still takes {url}."
    ))
}

/// The failure that tells most: a refusal or a reset shows that a machine is there, a silence that something may be in the
/// way.
fn code(failures: &[(SocketAddr, Failure)]) -> Code {
    let any = |wanted: fn(&Failure) -> bool| failures.iter().any(|(_, failure)| wanted(failure));
    if any(|failure| *failure == Failure::Refused) {
        Code::TcpRefused
    } else if any(|failure| *failure == Failure::Reset) {
        Code::TcpReset
    } else if any(|failure| *failure == Failure::TimedOut) {
        Code::TcpTimeout
    } else {
        Code::TcpUnreachable
    }
}

fn words(failure: &Failure) -> String {
    match failure {
        Failure::Refused => "refused the connection".to_owned(),
        Failure::Reset => "reset the connection".to_owned(),
        Failure::TimedOut => "did not answer".to_owned(),
        Failure::Unreachable(words) => {
            format!("can't be reached ({})", harmless(words, super::WORDS_LIMIT))
        }
    }
}

/// A host as it stands before a port: an IPv6 address in brackets (RFC 3986 section 3.2.2).
fn in_brackets(host: &str) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{FixId, Standing, Status};

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_second_address_that_answers_is_a_pass_with_a_remark() {
        let attempts = Attempts {
            connected: Some(address("127.0.0.1:22")),
            failures: vec![(address("[::1]:22"), Failure::Unreachable("no route".into()))],
        };
        let check = judge(Edition::Cloud, "h", 22, &attempts);
        assert_eq!(check.status, Status::Pass);
        assert!(
            check
                .detail
                .is_some_and(|detail| detail.contains("[::1]:22"))
        );
    }

    #[test]
    fn the_most_telling_failure_names_the_cause() {
        let attempts = |failures| Attempts {
            connected: None,
            failures,
        };
        let timeout = (address("127.0.0.1:22"), Failure::TimedOut);
        let refused = (address("127.0.0.2:22"), Failure::Refused);
        let check = judge(
            Edition::DataCenter,
            "h",
            22,
            &attempts(vec![timeout.clone(), refused]),
        );
        assert_eq!(check.code, Some(Code::TcpRefused));
        let check = judge(Edition::DataCenter, "h", 22, &attempts(vec![timeout]));
        assert_eq!(check.code, Some(Code::TcpTimeout));
    }

    #[test]
    fn only_a_port_where_nothing_listens_at_any_address_refutes() {
        use Failure::{Refused, Reset, TimedOut};
        let no_route = || Failure::Unreachable("no route".into());
        for (failures, code, standing) in [
            (vec![Refused], Code::TcpRefused, Standing::Refuted),
            (vec![Refused, Refused], Code::TcpRefused, Standing::Refuted),
            (vec![Refused, TimedOut], Code::TcpRefused, Standing::Unknown),
            (
                vec![no_route(), Refused],
                Code::TcpRefused,
                Standing::Unknown,
            ),
            (vec![Refused, Reset], Code::TcpRefused, Standing::Unknown),
            (vec![Reset], Code::TcpReset, Standing::Unknown),
            (vec![TimedOut, Reset], Code::TcpReset, Standing::Unknown),
            (vec![TimedOut], Code::TcpTimeout, Standing::Unknown),
            (vec![no_route()], Code::TcpUnreachable, Standing::Unknown),
            (
                vec![no_route(), TimedOut],
                Code::TcpTimeout,
                Standing::Unknown,
            ),
        ] {
            let failures = failures.into_iter();
            let attempts = Attempts {
                connected: None,
                failures: failures.map(|one| (address("127.0.0.1:22"), one)).collect(),
            };
            let check = judge(Edition::Cloud, "h", 22, &attempts);
            assert_eq!(check.code, Some(code), "{attempts:?}");
            assert_eq!(check.standing, standing, "{attempts:?}");
        }
        assert_eq!(reset(Edition::Cloud, 22).standing, Standing::Unknown);
    }

    #[test]
    fn only_fixes_that_fit_the_edition_are_offered() {
        let attempts = Attempts {
            connected: None,
            failures: vec![(address("127.0.0.1:22"), Failure::TimedOut)],
        };
        let offers = |edition, port, id| {
            judge(edition, "h", port, &attempts)
                .fixes
                .iter()
                .any(|fix| fix.id == id)
        };
        assert!(offers(Edition::Cloud, 22, FixId::TryPort443));
        assert!(!offers(Edition::Cloud, 22, FixId::TryPort7999));
        assert!(offers(Edition::DataCenter, 22, FixId::TryPort7999));
        assert!(!offers(Edition::DataCenter, 7999, FixId::TryPort7999));
        assert!(!offers(Edition::DataCenter, 7999, FixId::TryPort443));
    }

    #[test]
    fn another_door_is_offered_only_if_it_answers() {
        let door = Door {
            host: "h".to_owned(),
            port: 7999,
        };
        let closed = Check::found(Code::TcpRefused).with_detail("It refused.");
        let told = |answered| with_other_door(closed.clone(), Edition::DataCenter, &door, answered);
        assert_eq!(told(true).fixes[0].title, "Use port 7999, which answers");
        let detail = told(false).detail.unwrap_or_default();
        assert_eq!(detail, "It refused. Port 7999 does not answer either.");
        assert!(
            told(false)
                .fixes
                .iter()
                .all(|fix| fix.id != FixId::TryPort7999)
        );
    }
}

//! Looking up names and making TCP connections.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::thread;
use std::time::Duration;

use dns_lookup::{AddrInfoHints, LookupError, LookupErrorKind, SockType, getaddrinfo};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::check::stage::dns::Lookup;
use crate::check::stage::tcp::{Attempts, Failure};

/// Looks up `host` with the system's resolver, for at most `limit`. An IP literal is its own answer.
///
/// The resolver blocks for as long as it likes, on a thread of its own that nobody waits for. It is no task of the
/// runtime, because a runtime waits for its blocking tasks when it ends.
pub async fn lookup(host: &str, limit: Duration) -> Lookup {
    if let Ok(address) = host.parse() {
        return Lookup::Found(vec![address]);
    }
    let (tell, told) = oneshot::channel();
    let name = host.to_owned();
    let thread = thread::Builder::new().name("lookup".to_owned());
    // A thread that can't be had drops the sender, which is told below.
    thread.spawn(move || drop(tell.send(resolve(&name)))).ok();
    match timeout(limit, told).await {
        Ok(Ok(lookup)) => lookup,
        Ok(Err(_)) => Lookup::Failed("the system gave no thread for it".to_owned()),
        Err(_) => Lookup::TimedOut(limit),
    }
}

fn resolve(host: &str) -> Lookup {
    let hints = AddrInfoHints {
        // Each address once, instead of once for each type of socket.
        socktype: SockType::Stream.into(),
        ..AddrInfoHints::default()
    };
    let found = match getaddrinfo(Some(host), None, Some(hints)) {
        Ok(found) => found,
        Err(error) => return failed_lookup(&error, has_route()),
    };
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in found.flatten().map(|found| found.sockaddr.ip()) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if addresses.is_empty() {
        Lookup::NotFound("the name has no address".to_owned())
    } else {
        Lookup::Found(addresses)
    }
}

/// What a failed lookup means, by the resolver's code and never by its words, which differ between systems and languages.
/// Some systems say "no such name" when they have no network to ask in (macOS does), so that counts only with a way out.
fn failed_lookup(error: &LookupError, has_route: Option<bool>) -> Lookup {
    let failed = |why: &str| Lookup::Failed(why.to_owned());
    match error.kind() {
        LookupErrorKind::NoName | LookupErrorKind::NoData if has_route == Some(false) => {
            failed("this machine has no network, so no name server was asked")
        }
        LookupErrorKind::NoName => Lookup::NotFound("there is no such name".to_owned()),
        LookupErrorKind::NoData => Lookup::NotFound("the name has no address".to_owned()),
        LookupErrorKind::Again => {
            failed("no name server answered, or the one that did could not tell")
        }
        LookupErrorKind::Fail => failed("the name server reported a failure"),
        _ => Lookup::Failed(format!(
            "this machine's resolver reported error {}",
            error.error_num()
        )),
    }
}

/// Tries the addresses in order, `limit` for all of them together, and keeps the failure of each.
pub async fn connect(
    addresses: impl IntoIterator<Item = SocketAddr>,
    limit: Duration,
) -> (Attempts, Option<TcpStream>) {
    let deadline = tokio::time::Instant::now() + limit;
    let mut addresses = addresses.into_iter().peekable();
    let mut failures = Vec::new();
    while let Some(address) = addresses.next() {
        // An address that never answers must leave time for the next one.
        let left = deadline.saturating_duration_since(tokio::time::Instant::now());
        let share = if addresses.peek().is_some() {
            left / 2
        } else {
            left
        };
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Every message of the handshake is small and waited for.
                stream.set_nodelay(true).ok();
                let attempts = Attempts {
                    connected: Some(address),
                    failures,
                };
                return (attempts, Some(stream));
            }
            Ok(Err(error)) => failures.push((address, connect_failure(&error))),
            Err(_) => failures.push((address, Failure::TimedOut)),
        }
    }
    let attempts = Attempts {
        connected: None,
        failures,
    };
    (attempts, None)
}

fn connect_failure(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Failure::Refused,
        // Somebody took the connection and threw it away before this machine noticed.
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => Failure::Reset,
        io::ErrorKind::TimedOut => Failure::TimedOut,
        _ => Failure::Unreachable(error.to_string()),
    }
}

/// Whether the first bytes a server sends begin an SSH identification (RFC 4253 section 4.2). Waits for them as long as
/// the caller does.
pub async fn speaks_ssh(mut stream: TcpStream) -> bool {
    const BEGINNING: &[u8; 4] = b"SSH-";
    let mut first = [0; BEGINNING.len()];
    stream.read_exact(&mut first).await.is_ok() && first == *BEGINNING
}

/// Whether the system knows a way out. Connecting a datagram socket only asks the routing table; no packet leaves. The
/// addresses are ones reserved for documentation (RFC 5737, RFC 3849).
pub fn has_route() -> Option<bool> {
    let knows_way = |from: &str, to: &str| {
        let socket = UdpSocket::bind((from, 0)).ok()?;
        Some(socket.connect((to, 9)).is_ok())
    };
    let over_v4 = knows_way("0.0.0.0", "192.0.2.1");
    let over_v6 = knows_way("::", "2001:db8::1");
    match (over_v4, over_v6) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (None, None) => None,
        _ => Some(false),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// The codes of the system's `netdb.h`, through the crate that knows them.
    fn error(kind: LookupErrorKind) -> LookupError {
        let codes = -15..20;
        let mut errors = codes.map(LookupError::new);
        let wanted = std::mem::discriminant(&kind);
        let found = errors.find(|error| std::mem::discriminant(&error.kind()) == wanted);
        found.expect("a code of this kind")
    }

    #[test]
    fn only_a_name_server_that_could_be_asked_shows_that_a_name_does_not_exist() {
        for (kind, has_route, is_shown) in [
            (LookupErrorKind::NoName, Some(true), true),
            (LookupErrorKind::NoName, None, true),
            (LookupErrorKind::NoName, Some(false), false),
            (LookupErrorKind::NoData, Some(true), true),
            (LookupErrorKind::NoData, Some(false), false),
            (LookupErrorKind::Again, Some(true), false),
            (LookupErrorKind::Again, Some(false), false),
            (LookupErrorKind::Fail, Some(true), false),
            (LookupErrorKind::System, Some(true), false),
            (LookupErrorKind::Memory, Some(true), false),
            (LookupErrorKind::IO, Some(true), false),
        ] {
            let lookup = failed_lookup(&error(kind), has_route);
            let is_not_found = matches!(lookup, Lookup::NotFound(_));
            assert_eq!(is_not_found, is_shown, "{kind:?} {has_route:?}");
            assert!(is_shown || matches!(lookup, Lookup::Failed(_)));
        }
    }

    #[test]
    fn a_connection_that_fails_is_told_by_its_kind() {
        use io::ErrorKind;
        for (kind, failure) in [
            (ErrorKind::ConnectionRefused, Failure::Refused),
            (ErrorKind::ConnectionReset, Failure::Reset),
            (ErrorKind::ConnectionAborted, Failure::Reset),
            (ErrorKind::TimedOut, Failure::TimedOut),
        ] {
            assert_eq!(connect_failure(&kind.into()), failure);
        }
        for kind in [
            ErrorKind::NetworkUnreachable,
            ErrorKind::HostUnreachable,
            ErrorKind::PermissionDenied,
            ErrorKind::Other,
        ] {
            let failure = connect_failure(&kind.into());
            assert!(matches!(failure, Failure::Unreachable(_)), "{kind:?}");
        }
    }

    #[tokio::test]
    async fn an_address_is_its_own_answer() {
        for address in ["127.0.0.1", "::1", "203.0.113.7"] {
            let found = Lookup::Found(vec![address.parse().expect("an address")]);
            assert_eq!(lookup(address, Duration::from_secs(60)).await, found);
        }
    }
}

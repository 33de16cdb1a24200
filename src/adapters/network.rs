//! Looking up names and making TCP connections.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::check::stage::dns::Lookup;
use crate::check::stage::tcp::{Attempts, Failure};
use crate::text::in_seconds;

/// Looks up `host` with the system's resolver, for at most `limit`. An IP literal is its own answer.
pub async fn lookup(host: &str, limit: Duration) -> Lookup {
    // The resolver wants a port; it plays no part in the answer.
    match timeout(limit, tokio::net::lookup_host((host, 0))).await {
        Err(_) => Lookup::NoAnswer(format!("no answer within {}", in_seconds(limit))),
        Ok(Err(error)) => lookup_failure(&error),
        Ok(Ok(found)) => {
            let mut addresses = Vec::new();
            for address in found.map(|found| found.ip()) {
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
    }
}

/// `getaddrinfo` tells "no such name" and "the name server did not answer" apart only in its words (`EAI_AGAIN`).
fn lookup_failure(error: &io::Error) -> Lookup {
    let words = error.to_string();
    if words.contains("emporary failure") {
        Lookup::NoAnswer(words)
    } else {
        Lookup::NotFound(words)
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
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => Failure::Refused,
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
/// address is one reserved for documentation (RFC 5737).
pub fn has_route() -> Option<bool> {
    let socket = UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    Some(socket.connect(("192.0.2.1", 9)).is_ok())
}

//! The server's half of `git-upload-pack`, as far as a simulation without objects goes: the ref advertisement of
//! protocol version 0, and an answer for a client that wants more.
//!
//! Source: git's own `Documentation/gitprotocol-pack.adoc` and `gitprotocol-common.adoc`.

use super::messages;
use super::store::Branch;
use crate::bitbucket::pkt_line::{FLUSH, LONGEST_PACKET, packet_length};

/// One packet: four hexadecimal digits for its length, then its bytes.
fn packet(payload: &str) -> Vec<u8> {
    let length = payload.len() + 4;
    debug_assert!(length <= LONGEST_PACKET, "git would refuse this packet");
    format!("{length:04x}{payload}").into_bytes()
}

/// The list of branches, the first one being the main branch, as `git ls-remote` reads it.
pub(super) fn advertisement(branches: &[Branch]) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(main) = branches.first() {
        let capabilities = format!(
            "symref=HEAD:refs/heads/{} object-format=sha1 agent=doorkey-simulation/{}",
            main.name,
            env!("CARGO_PKG_VERSION")
        );
        bytes.extend(packet(&format!("{} HEAD\0{capabilities}\n", main.commit)));
    }
    let mut sorted: Vec<&Branch> = branches.iter().collect();
    sorted.sort_by_key(|branch| branch.name);
    for branch in sorted {
        let line = format!("{} refs/heads/{}\n", branch.commit, branch.name);
        bytes.extend(packet(&line));
    }
    bytes.extend(FLUSH);
    bytes
}

/// How a session ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The client has read the list and wants nothing more.
    Satisfied,
    /// The client wants objects: send it this packet and fail.
    Wants(Vec<u8>),
    /// The client does not speak the protocol.
    Garbled,
}

/// Reads what the client sends after the advertisement.
#[derive(Debug, Default)]
pub(super) struct Request {
    unread: Vec<u8>,
    wants: bool,
    wants_complete: bool,
}

impl Request {
    /// Takes in some bytes; says how the session ends once that is known.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Option<Ending> {
        self.unread.extend_from_slice(bytes);
        loop {
            let header = self.unread.get(..4)?;
            let Some(length) = packet_length(header) else {
                return Some(Ending::Garbled);
            };
            let taken = length.max(4);
            let payload = self.unread.get(4..taken)?;
            let ending = if length == 0 {
                self.flush()
            } else {
                self.line(payload.starts_with(b"want "), payload.starts_with(b"done"))
            };
            if ending.is_some() {
                return ending;
            }
            self.unread.drain(..taken);
        }
    }

    /// A flush ends the wants. A client without wants leaves with it; one with wants goes on to say what it has.
    fn flush(&mut self) -> Option<Ending> {
        match (self.wants, self.wants_complete) {
            (false, _) => Some(Ending::Satisfied),
            (true, false) => {
                self.wants_complete = true;
                None
            }
            (true, true) => Some(refuse_objects()),
        }
    }

    fn line(&mut self, want: bool, done: bool) -> Option<Ending> {
        self.wants |= want;
        // Answering before the client is through with its request would meet a closed pipe on its side.
        match (self.wants, done) {
            (false, _) => Some(Ending::Garbled),
            (true, true) => Some(refuse_objects()),
            (true, false) => None,
        }
    }
}

/// The answer to `git-upload-archive`: the server says no before it sends anything (git's builtin/archive.c).
pub(super) fn no_archive() -> Vec<u8> {
    packet(&format!("NACK {}\n", messages::NO_OBJECTS))
}

fn refuse_objects() -> Ending {
    Ending::Wants(packet(&format!("ERR {}\n", messages::NO_OBJECTS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRANCHES: &[Branch] = &[
        Branch {
            name: "main",
            commit: "1111111111111111111111111111111111111111",
        },
        Branch {
            name: "develop",
            commit: "2222222222222222222222222222222222222222",
        },
    ];

    #[test]
    fn the_advertisement_names_head_then_the_branches_in_order() {
        let bytes = advertisement(BRANCHES);
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.split('\n').collect();
        assert!(lines[0].contains(
            "1111111111111111111111111111111111111111 HEAD\0symref=HEAD:refs/heads/main "
        ));
        assert_eq!(
            lines[1..],
            [
                "00402222222222222222222222222222222222222222 refs/heads/develop",
                "003d1111111111111111111111111111111111111111 refs/heads/main",
                "0000"
            ]
        );
        let first = usize::from_str_radix(&lines[0][..4], 16).ok();
        assert_eq!(
            first,
            Some(lines[0].len() + 1),
            "the length counts itself and the line end"
        );
    }

    #[test]
    fn a_repository_without_branches_is_an_empty_list() {
        assert_eq!(advertisement(&[]), FLUSH);
    }

    #[test]
    fn a_flush_alone_is_a_satisfied_client() {
        assert_eq!(Request::default().feed(b"0000"), Some(Ending::Satisfied));
    }

    #[test]
    fn a_request_may_arrive_in_any_pieces() {
        let request = b"0032want 1111111111111111111111111111111111111111\n00000009done\n";
        let mut state = Request::default();
        let endings: Vec<Ending> = request
            .iter()
            .filter_map(|byte| state.feed(std::slice::from_ref(byte)))
            .collect();
        assert_eq!(endings, [refuse_objects()]);
    }

    #[test]
    fn a_fetch_is_refused_at_its_second_flush() {
        let want = packet("want 1111111111111111111111111111111111111111\n");
        let have = packet("have 2222222222222222222222222222222222222222\n");
        let mut state = Request::default();
        assert_eq!(state.feed(&want), None);
        assert_eq!(state.feed(FLUSH), None);
        assert_eq!(state.feed(&have), None);
        assert_eq!(state.feed(FLUSH), Some(refuse_objects()));
    }

    #[test]
    fn anything_else_is_garbled() {
        for bytes in [
            &b"GET / HTTP"[..],
            b"0001",
            b"+004",
            b"fff1",
            b"0009hello",
            b"\xff\xff\xff\xff",
        ] {
            assert_eq!(
                Request::default().feed(bytes),
                Some(Ending::Garbled),
                "{bytes:?}"
            );
        }
    }
}

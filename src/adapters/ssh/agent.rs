//! Asking the SSH agent, which holds keys and signs with them without giving them away.
//!
//! The list of keys is read here and not by the SSH library: that takes any answer it does not know for an empty list, and drops
//! the whole list for one key that it can't read. The messages are those of RFC 9987 (draft-miller-ssh-agent).

use std::io::{self, ErrorKind};
use std::path::Path;

use russh::keys::agent::client::{AgentClient, AgentStream};
use ssh_key::PublicKey;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::adapters::agent_socket;

/// Asks for the list of keys: a message of one byte.
const REQUEST_IDENTITIES: [u8; 5] = [0, 0, 0, 1, 11];
const IDENTITIES_ANSWER: u8 = 12;
/// The agent declines: it is locked, or does not know the question.
const FAILURE: u8 = 5;

/// The longest answer that is read, as OpenSSH has it (its `MAX_AGENT_REPLY_LEN`).
const LONGEST_ANSWER: usize = 256 * 1024;

/// What stands in the name of every type of certificate.
const CERTIFICATE: &str = "-cert-v0";

const NONSENSE: &str = "what it sends is not the answer of an SSH agent";

type Stream = Box<dyn AgentStream + Send + Unpin>;

/// An agent that answers, with the keys it has.
pub(super) struct Agent {
    /// Signs.
    pub(super) client: AgentClient<Stream>,
    /// What it has.
    pub(super) listed: Listed,
}

/// What an agent has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listed {
    /// The keys, in the agent's order.
    pub(super) keys: Vec<PublicKey>,
    /// How many certificates it has beside them. Bitbucket knows keys, not authorities that sign them.
    pub(super) certificates: usize,
    /// How many it has that can't be read.
    pub(super) unreadable: usize,
}

impl Agent {
    /// The agent that listens on this socket. Fails with why it can't be asked; the words are not safe to print.
    pub(super) async fn ask(socket: &Path) -> Result<Self, String> {
        let mut stream = connect(socket).await?;
        let answer = ask_for_list(&mut stream).await.map_err(|error| {
            if error.kind() == ErrorKind::UnexpectedEof {
                "it ended the connection instead of answering".to_owned()
            } else {
                error.to_string()
            }
        })?;
        Ok(Self {
            listed: read_list(&answer)?,
            client: AgentClient::connect(stream),
        })
    }
}

/// The body of the agent's answer; empty for one that is too long to be one.
async fn ask_for_list(stream: &mut Stream) -> io::Result<Vec<u8>> {
    stream.write_all(&REQUEST_IDENTITIES).await?;
    stream.flush().await?;
    let length = stream.read_u32().await?;
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length > LONGEST_ANSWER {
        return Ok(Vec::new());
    }
    let mut answer = vec![0; length];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

/// Reads the list. A key that can't be read is counted and hides no other.
fn read_list(answer: &[u8]) -> Result<Listed, String> {
    let mut rest = match answer.split_first() {
        Some((&IDENTITIES_ANSWER, rest)) => rest,
        Some((&FAILURE, _)) => return Err("it declines to list its keys".to_owned()),
        _ => return Err(NONSENSE.to_owned()),
    };
    let count = number(&mut rest).ok_or(NONSENSE)?;
    let mut listed = Listed::default();
    for read in 0..count {
        let Some(key) = string(&mut rest).filter(|_| string(&mut rest).is_some()) else {
            // Where the list itself breaks off, what stood before is as good as ever.
            if listed == Listed::default() {
                return Err(NONSENSE.to_owned());
            }
            listed.unreadable += usize::try_from(count - read).unwrap_or(usize::MAX);
            break;
        };
        if is_certificate(key) {
            listed.certificates += 1;
            continue;
        }
        match PublicKey::from_bytes(key) {
            // Of a type that nobody here knows, no server will either.
            Ok(key) if !key.key_data().is_other() => listed.keys.push(key),
            _ => listed.unreadable += 1,
        }
    }
    Ok(listed)
}

fn is_certificate(mut key: &[u8]) -> bool {
    let algorithm = string(&mut key).and_then(|name| std::str::from_utf8(name).ok());
    algorithm.is_some_and(|name| name.contains(CERTIFICATE))
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let (number, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(u32::from_be_bytes(*number))
}

/// A string of SSH's (RFC 4251 section 5): its length, and that many bytes.
fn string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(number(rest)?).ok()?;
    let (string, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(string)
}

#[cfg(unix)]
async fn connect(socket: &Path) -> Result<Stream, String> {
    let stream = tokio::net::UnixStream::connect(socket).await;
    match stream {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(agent_socket::why_not(socket, &error)),
    }
}

/// `ERROR_PIPE_BUSY`: the agent is about to open its pipe for the next one who asks.
#[cfg(windows)]
const PIPE_BUSY: i32 = 231;
/// How long that is waited for, and how often: two seconds in all.
#[cfg(windows)]
const BUSY_FOR: std::time::Duration = std::time::Duration::from_millis(50);
#[cfg(windows)]
const BUSY_AT_MOST: u32 = 40;

#[cfg(windows)]
async fn connect(place: &Path) -> Result<Stream, String> {
    if place == Path::new(agent_socket::PAGEANT) {
        let pageant = pageant::PageantStream::new().await;
        return match pageant {
            Ok(stream) => Ok(Box::new(stream)),
            Err(_) => Err("neither OpenSSH's agent nor Pageant runs on this computer".to_owned()),
        };
    }
    for _ in 0..BUSY_AT_MOST {
        match tokio::net::windows::named_pipe::ClientOptions::new().open(place) {
            Ok(stream) => return Ok(Box::new(stream)),
            Err(error) if error.raw_os_error() == Some(PIPE_BUSY) => {
                tokio::time::sleep(BUSY_FOR).await;
            }
            Err(error) => return Err(agent_socket::why_not(place, &error)),
        }
    }
    Err(agent_socket::why_not(place, &ErrorKind::TimedOut.into()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use proptest::prelude::*;
    use ssh_key::{Algorithm, PrivateKey};

    use super::*;

    fn key() -> PublicKey {
        let key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap();
        key.public_key().clone()
    }

    fn string_of(bytes: &[u8]) -> Vec<u8> {
        let length = u32::try_from(bytes.len()).unwrap();
        [&length.to_be_bytes(), bytes].concat()
    }

    /// A list that says it has `count` of these.
    fn list(count: u32, keys: &[&[u8]]) -> Vec<u8> {
        let mut list = vec![IDENTITIES_ANSWER];
        list.extend(count.to_be_bytes());
        for key in keys {
            list.extend(string_of(key));
            list.extend(string_of(b"ada@example"));
        }
        list
    }

    #[test]
    fn a_key_that_can_not_be_read_hides_no_other() {
        let key = key();
        let good = key.to_bytes().unwrap();
        let certificate = string_of(b"ssh-ed25519-cert-v01@openssh.com");
        let unknown = [string_of(b"ssh-new"), string_of(b"x")].concat();
        let cut_off = &good[..good.len() - 1];
        let keys = [b"bad", cut_off, &unknown, &good, &certificate, b""];
        let listed = read_list(&list(6, &keys)).unwrap();
        let expected = Listed {
            keys: vec![key.clone()],
            certificates: 1,
            unreadable: 4,
        };
        assert_eq!(listed, expected);
        // The same of a list that breaks off.
        let listed = read_list(&list(3, &[&good])).unwrap();
        assert_eq!((listed.keys, listed.unreadable), (vec![key], 2));
    }

    #[test]
    fn an_agent_without_keys_is_told_from_one_that_talks_nonsense() {
        assert_eq!(read_list(&list(0, &[])), Ok(Listed::default()));
        let declined = read_list(&[FAILURE]).unwrap_err();
        assert!(declined.contains("declines"), "{declined}");
        for nonsense in [
            &b""[..],
            b"HTTP/1.1 400 Bad Request",
            &[6],
            &[IDENTITIES_ANSWER],
            &[IDENTITIES_ANSWER, 0, 0],
            &list(u32::MAX, &[]),
            &[&list(1, &[])[..], &[0, 0, 1, 0, 1]].concat(),
        ] {
            assert_eq!(read_list(nonsense), Err(NONSENSE.to_owned()));
        }
    }

    proptest! {
        #[test]
        fn any_answer_can_be_read(count in any::<u32>(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut answer = list(count, &[]);
            answer.extend(&bytes);
            read_list(&answer).ok();
            read_list(&bytes).ok();
        }
    }
}

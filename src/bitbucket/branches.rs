//! Reading the branches of a repository from what `git-upload-pack` begins with: the list of its refs, in protocol
//! version 0.
//!
//! Source: git's own `Documentation/gitprotocol-pack.adoc`.

use super::pkt_line::{HEADER, packet_length};

/// How many names of branches are kept. The rest are counted.
const NAMES_KEPT: usize = 20;

/// How much of a list is read. Over SSH it holds every branch, tag and pull request, some 80 bytes each; more than this
/// takes longer than anyone waits to learn that there are branches.
const READ_AT_MOST: usize = 8 << 20;

/// How many bytes are looked at in one go, so that what waits to be read stays small.
const PIECE: usize = 8 << 10;

/// The branches of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branches {
    /// The first names, as the server gave them. Not safe to print.
    pub names: Vec<String>,
    /// How many there are.
    pub count: usize,
    /// The main branch, if the server names it. Not safe to print.
    pub main: Option<String>,
    /// Whether the list was read to its end.
    pub is_whole: bool,
}

/// How far the list is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to come.
    More,
    /// It came to its end.
    Whole,
    /// There is more to come than is read.
    TooLong,
    /// The server gave an error, in its place or in the middle of it.
    Refused(String),
    /// This is no such list, or none from here on.
    Garbled,
}

/// Takes in a list of refs, in pieces of any size.
#[derive(Clone, Debug, Default)]
pub struct RefList {
    unread: Vec<u8>,
    taken: usize,
    lines: usize,
    branches: Branches,
}

impl RefList {
    /// Takes in some bytes. Once it says anything but [`Progress::More`] there is nothing more to take in.
    pub fn feed(&mut self, bytes: &[u8]) -> Progress {
        for piece in bytes.chunks(PIECE) {
            self.taken += piece.len();
            self.unread.extend_from_slice(piece);
            match self.read() {
                Progress::More if self.taken > READ_AT_MOST => return Progress::TooLong,
                Progress::More => {}
                end => return end,
            }
        }
        Progress::More
    }

    /// Whether anything of a list was read.
    pub fn has_begun(&self) -> bool {
        self.lines > 0
    }

    /// What was read so far.
    pub fn branches(&self) -> &Branches {
        &self.branches
    }

    /// Reads all the packets that have come whole.
    fn read(&mut self) -> Progress {
        let unread = std::mem::take(&mut self.unread);
        let mut rest = unread.as_slice();
        let mut progress = Progress::More;
        while let (Progress::More, Some(header)) = (&progress, rest.get(..HEADER)) {
            match packet_length(header) {
                None => progress = Progress::Garbled,
                Some(0) => {
                    self.branches.is_whole = true;
                    progress = Progress::Whole;
                }
                Some(length) => {
                    let Some(payload) = rest.get(HEADER..length) else {
                        break;
                    };
                    progress = self.line(payload);
                    rest = &rest[length..];
                }
            }
        }
        self.unread = rest.to_vec();
        progress
    }

    fn line(&mut self, payload: &[u8]) -> Progress {
        let payload = payload.strip_suffix(b"\n").unwrap_or(payload);
        let text = String::from_utf8_lossy(payload);
        // A server may think better of it in the middle of the list, too.
        if let Some(words) = text.strip_prefix("ERR ") {
            return Progress::Refused(words.to_owned());
        }
        let is_first = self.lines == 0;
        let (line, capabilities) = match text.split_once('\0') {
            Some((line, capabilities)) if is_first => (line, capabilities),
            _ => (&*text, ""),
        };
        let Some((id, name)) = line.split_once(' ') else {
            return Progress::Garbled;
        };
        match id {
            // Neither of them is a ref.
            "version" if is_first => return Progress::More,
            "shallow" => {}
            id if is_object(id) => self.reference(name, capabilities),
            _ => return Progress::Garbled,
        }
        self.lines += 1;
        Progress::More
    }

    fn reference(&mut self, name: &str, capabilities: &str) {
        let main = capabilities
            .split(' ')
            .find_map(|capability| capability.strip_prefix("symref=HEAD:refs/heads/"));
        if let Some(main) = main {
            self.branches.main = Some(main.to_owned());
        }
        if let Some(branch) = name.strip_prefix("refs/heads/") {
            self.branches.count += 1;
            if self.branches.names.len() < NAMES_KEPT {
                self.branches.names.push(branch.to_owned());
            }
        }
    }
}

/// Whether this is the name of an object: SHA-1 or SHA-256, in hexadecimal.
fn is_object(id: &str) -> bool {
    matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "1111111111111111111111111111111111111111";

    fn packet(line: &str) -> Vec<u8> {
        format!("{:04x}{line}", line.len() + HEADER).into_bytes()
    }

    fn list(lines: &[String]) -> Vec<u8> {
        let mut bytes: Vec<u8> = lines.iter().flat_map(|line| packet(line)).collect();
        bytes.extend(b"0000");
        bytes
    }

    fn usual() -> Vec<u8> {
        list(&[
            format!("{ID} HEAD\0multi_ack symref=HEAD:refs/heads/main agent=git/2\n"),
            format!("{ID} refs/heads/develop\n"),
            format!("{ID} refs/heads/main\n"),
            format!("{ID} refs/pull-requests/1/from\n"),
            format!("{ID} refs/tags/v1\n"),
            format!("{ID} refs/tags/v1^{{}}\n"),
            format!("shallow {ID}\n"),
        ])
    }

    #[test]
    fn branches_are_told_from_other_refs() {
        let mut refs = RefList::default();
        assert_eq!(refs.feed(&usual()), Progress::Whole);
        let expected = Branches {
            names: vec!["develop".into(), "main".into()],
            count: 2,
            main: Some("main".into()),
            is_whole: true,
        };
        assert_eq!(*refs.branches(), expected);
    }

    #[test]
    fn a_list_may_come_in_any_pieces() {
        let mut refs = RefList::default();
        let steps: Vec<Progress> = usual().iter().map(|byte| refs.feed(&[*byte])).collect();
        let (last, others) = steps.split_last().expect("steps");
        assert_eq!(*last, Progress::Whole);
        assert!(others.iter().all(|step| *step == Progress::More));
    }

    #[test]
    fn an_empty_repository_has_no_branches() {
        let empty = list(&[format!(
            "{} capabilities^{{}}\0agent=git/2\n",
            "0".repeat(40)
        )]);
        for bytes in [empty.as_slice(), b"0000"] {
            let mut refs = RefList::default();
            assert_eq!(refs.feed(bytes), Progress::Whole);
            assert_eq!((refs.branches().count, &refs.branches().main), (0, &None));
        }
    }

    #[test]
    fn anything_else_is_no_list() {
        for (bytes, progress) in [
            (&b"Welcome to the machine"[..], Progress::Garbled),
            (b"0001", Progress::Garbled),
            (b"0009hello", Progress::Garbled),
            (b"000cno id x\n", Progress::Garbled),
            (b"0010ERR go away\n", Progress::Refused("go away".into())),
            (b"000eversion 1\n", Progress::More),
        ] {
            assert_eq!(RefList::default().feed(bytes), progress, "{bytes:?}");
        }
    }

    #[test]
    fn a_list_that_breaks_off_is_never_whole() {
        let line = packet(&format!("{ID} refs/heads/main\0agent=git/2\n"));
        for (rest, progress) in [
            (&b""[..], Progress::More),
            (b"00", Progress::More),
            (b"0040cut off", Progress::More),
            (b"zzzz", Progress::Garbled),
            (b"0002", Progress::Garbled),
            (b"000ano ref", Progress::Garbled),
            (b"0010ERR go away\n", Progress::Refused("go away".into())),
        ] {
            let mut refs = RefList::default();
            let bytes = [line.as_slice(), rest].concat();
            assert_eq!(refs.feed(&bytes), progress, "{rest:?}");
            assert!(refs.has_begun() && !refs.branches().is_whole, "{rest:?}");
        }
    }

    #[test]
    fn a_list_without_end_is_not_read_to_its_end() {
        let mut refs = RefList::default();
        let line = packet(&format!("{ID} refs/heads/{}\n", "x".repeat(60_000)));
        let mut fed = 0;
        while refs.feed(&line) == Progress::More {
            fed += line.len();
            assert!(fed <= READ_AT_MOST);
            assert!(refs.unread.len() <= PIECE + line.len());
        }
        let branches = refs.branches();
        assert_eq!(branches.names.len(), NAMES_KEPT);
        assert!(branches.count > NAMES_KEPT && !branches.is_whole);
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_in(bytes in prop::collection::vec(any::<u8>(), 0..2000), at in 0usize..2000) {
            let (first, second) = bytes.split_at(at.min(bytes.len()));
            let mut refs = RefList::default();
            if refs.feed(first) == Progress::More {
                refs.feed(second);
            }
            prop_assert!(refs.unread.len() <= bytes.len());
        }

        /// Bytes that are packets, whatever is in them.
        #[test]
        fn any_packets_are_taken_in(lines in prop::collection::vec("(?s)(([0-9a-f]{40}|version|shallow|ERR|) ?)?.{0,40}", 0..20)) {
            let mut refs = RefList::default();
            let progress = refs.feed(&list(&lines));
            prop_assert!(progress != Progress::TooLong);
            let branches = refs.branches();
            prop_assert!(branches.names.len() <= branches.count.min(NAMES_KEPT));
        }

        #[test]
        fn pieces_make_no_difference(names in prop::collection::vec("[a-zé/]{1,30}", 1..40), size in 1usize..100) {
            let lines: Vec<String> = names.iter().map(|name| format!("{ID} refs/heads/{name}\n")).collect();
            let bytes = list(&lines);
            let (mut whole, mut pieces) = (RefList::default(), RefList::default());
            whole.feed(&bytes);
            for piece in bytes.chunks(size) {
                pieces.feed(piece);
            }
            prop_assert_eq!(whole.branches(), pieces.branches());
            prop_assert_eq!(whole.branches().count, names.len());
        }
    }
}

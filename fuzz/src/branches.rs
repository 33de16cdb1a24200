//! Any bytes as git's list of refs, whole and in pieces, and as the words in its place.

use doorkey::bitbucket::branches::{Progress, RefList};
use doorkey::bitbucket::refusal::SshRefusal;
use doorkey::bitbucket::ssh_session::opened_repositories;

use crate::text;

pub fn run(data: &[u8]) {
    let Some((size, bytes)) = data.split_first() else {
        return;
    };
    let mut whole = RefList::default();
    let end = whole.feed(bytes);
    let branches = whole.branches();
    assert!(branches.names.len() <= branches.count);
    assert_eq!(branches.is_whole, end == Progress::Whole);
    let mut pieces = RefList::default();
    let mut end_of_pieces = Progress::More;
    for piece in bytes.chunks(usize::from(*size).max(1)) {
        if end_of_pieces == Progress::More {
            end_of_pieces = pieces.feed(piece);
        }
    }
    assert_eq!((end_of_pieces, pieces.branches()), (end, branches));
    let words = text(bytes);
    SshRefusal::told(&words);
    opened_repositories(&words);
}

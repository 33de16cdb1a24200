//! Which commit this is, read from git's files, so that git itself need not be there, or from the file that `cargo package` adds
//! to what it packs. Elsewhere there is none.

use std::fs;
use std::path::{Path, PathBuf};

/// How much of a commit's name is shown; git shows as much or a little less.
const SHOWN: usize = 12;

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// The beginning of the commit's name.
    pub(crate) commit: Option<String>,
    /// The files it was read from. Another commit changes one of them.
    pub(crate) files: Vec<PathBuf>,
}

/// Looks for the commit of the checkout whose root this is.
pub(crate) fn find(root: &Path) -> Found {
    let mut found = Found::default();
    found.commit = read(root, &mut found.files).or_else(|| packed_by_cargo(root, &mut found.files));
    found
}

fn read(root: &Path, files: &mut Vec<PathBuf>) -> Option<String> {
    let mut folder = root.join(".git");
    // In a worktree it is a file that names the folder.
    if folder.is_file() {
        let link = fs::read_to_string(&folder).ok()?;
        folder = root.join(link.trim().strip_prefix("gitdir: ")?);
    }
    let head = folder.join("HEAD");
    let says = fs::read_to_string(&head).ok()?;
    files.push(head);
    let Some(reference) = says.trim().strip_prefix("ref: ") else {
        return commit(says.trim());
    };
    // References of worktrees stand in the folder they have in common.
    let common = fs::read_to_string(folder.join("commondir"));
    let common = common.map_or_else(|_| folder.clone(), |name| folder.join(name.trim()));
    let loose = common.join(reference);
    if let Ok(says) = fs::read_to_string(&loose) {
        files.push(loose);
        return commit(says.trim());
    }
    let packed = common.join("packed-refs");
    let says = fs::read_to_string(&packed).ok()?;
    files.push(packed);
    // The next commit writes the reference to a file of its own, and here.
    files.extend(Some(folder.join("logs/HEAD")).filter(|log| log.is_file()));
    let mut lines = says.lines().filter_map(|line| line.split_once(' '));
    let (name, _) = lines.find(|(_, named)| *named == reference)?;
    commit(name)
}

/// The commit that cargo packed.
fn packed_by_cargo(root: &Path, files: &mut Vec<PathBuf>) -> Option<String> {
    let file = root.join(".cargo_vcs_info.json");
    let says = fs::read_to_string(&file).ok()?;
    files.push(file);
    let (_, after) = says.split_once("\"sha1\": \"")?;
    commit(after.split('"').next()?)
}

/// The beginning of a name, if it is one.
fn commit(name: &str) -> Option<String> {
    let is_name = name.len() >= 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_name.then(|| name[..SHOWN].to_owned())
}

//! Which commit a build says it is of: read from the files of any checkout, without git, or of what cargo packed.

#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

#[path = "../build/commit.rs"]
mod commit;

use std::fs;
use std::path::Path;

use commit::find;
use tempfile::TempDir;

const NAME: &str = "0123456789abcdef0123456789abcdef01234567";

/// A folder with these files in it.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn the_commit_is_found_in_every_kind_of_checkout() {
    let line = format!("{NAME}\n");
    let packed = format!("# pack-refs with: peeled\n{NAME} refs/heads/main\n^{NAME}\n");
    let packed_by_cargo = format!("{{\n  \"git\": {{\n    \"sha1\": \"{NAME}\"\n  }}\n}}");
    let main = ("checkout/.git/HEAD", "ref: refs/heads/main\n");
    let worktree = [
        ("checkout/.git", "gitdir: ../whole/.git/worktrees/one\n"),
        ("whole/.git/worktrees/one/HEAD", "ref: refs/heads/one\n"),
        ("whole/.git/worktrees/one/commondir", "../..\n"),
        ("whole/.git/refs/heads/one", &line),
    ];
    for files in [
        &[main, ("checkout/.git/refs/heads/main", &line)][..],
        &[main, ("checkout/.git/packed-refs", &packed)],
        &[("checkout/.git/HEAD", &line)],
        &worktree,
        &[("checkout/.cargo_vcs_info.json", &packed_by_cargo)],
    ] {
        let folder = folder(files);
        let found = find(&folder.path().join("checkout"));
        assert_eq!(found.commit.as_deref(), Some(&NAME[..12]), "{files:?}");
        // What must be looked at again is there, or it would be looked at each time.
        assert!(found.files.iter().all(|file| file.is_file()), "{found:?}");
    }
}

#[test]
fn without_a_commit_there_is_none() {
    for files in [
        &[("checkout/Cargo.toml", "")][..],
        &[("checkout/.git/HEAD", "ref: refs/heads/main\n")],
        &[(
            "checkout/.git/HEAD",
            "no name of a commit, and longer than forty letters\n",
        )],
        &[("checkout/.git", "nothing git knows\n")],
        &[("checkout/.cargo_vcs_info.json", "{\"git\": {}}")],
    ] {
        let folder = folder(files);
        let found = find(&folder.path().join("checkout"));
        assert_eq!(found.commit, None, "{files:?}");
    }
    assert_eq!(find(Path::new("/nowhere")).commit, None);
}

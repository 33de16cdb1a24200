#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

use std::os::unix::fs::PermissionsExt;
use std::sync::Barrier;
use std::thread;

use tempfile::TempDir;

use super::*;
use crate::access_key::AccessKey;
use crate::bitbucket::{SshAliases, read_address};
use crate::connections::Connection;

const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDxE3a0h7Wf5cWnJTBXlnXKJkZ5gHzN5bBGuO3S0rJ1L coalesce";

fn connection(name: &str) -> Connection {
    let url = format!("git@ssh.bitbucket.org:acme/{name}.git");
    let reading = read_address(&url, &SshAliases::default()).unwrap();
    let key = AccessKey::read(KEY).unwrap();
    Connection::new(name.parse().unwrap(), reading.address, reading.place, key)
}

fn store(home: &TempDir) -> Store {
    Store::in_folder(home.path().join("state/doorkey"))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn names(store: &Store) -> Vec<String> {
    let connections = store.connections().unwrap();
    connections.iter().map(|one| one.name.to_string()).collect()
}

fn files(store: &Store) -> Vec<String> {
    let entries = fs::read_dir(&store.folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn nothing_is_made_by_looking() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    assert!(store.connections().unwrap().is_empty());
    assert!(!store.folder.exists());
}

#[test]
fn what_is_saved_is_for_its_owner_only() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    fs::create_dir_all(&store.folder).unwrap();
    fs::set_permissions(&store.folder, fs::Permissions::from_mode(0o755)).unwrap();
    store.change(|all| all.put(connection("one"))).unwrap();
    assert_eq!(names(&store), ["one"]);
    assert_eq!(mode(&store.folder), 0o700);
    assert_eq!(mode(&store.file()), 0o600);
    assert_eq!(mode(&store.folder.join("connections.lock")), 0o600);
}

#[test]
fn what_cannot_be_understood_is_left_alone_or_kept_aside() {
    for (text, aside) in [
        ("{\"version\": 1, \"connec", "connections.damaged-1.json"),
        ("{\"version\": 99}", "connections.newer-1.json"),
    ] {
        let home = TempDir::new().unwrap();
        let store = store(&home);
        fs::create_dir_all(&store.folder).unwrap();
        fs::write(store.file(), text).unwrap();

        let refused = store.change(|all| all.put(connection("one"))).unwrap_err();
        assert!(matches!(refused, StoreError::File { .. }), "{refused}");
        assert!(
            refused.to_string().contains("connections.json"),
            "{refused}"
        );
        assert_eq!(fs::read_to_string(store.file()).unwrap(), text);

        let ((), kept) = store.add(|all| all.put(connection("one"))).unwrap();
        let kept = kept.unwrap();
        assert!(kept.to_string().contains(aside), "{kept}");
        assert_eq!(fs::read_to_string(store.folder.join(aside)).unwrap(), text);
        assert_eq!(names(&store), ["one"]);

        fs::write(store.file(), text).unwrap();
        let ((), kept) = store.add(|_| ()).unwrap();
        assert_eq!(kept, None, "there was nothing to save");
        let ((), kept) = store.add(|all| all.put(connection("two"))).unwrap();
        assert_eq!(kept.unwrap().to, store.folder.join(aside.replace('1', "2")));
    }
}

#[test]
fn bytes_that_are_no_text_are_damage() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    fs::create_dir_all(&store.folder).unwrap();
    fs::write(store.file(), b"\xff\xfe").unwrap();
    let error = store.connections().unwrap_err().to_string();
    assert!(error.ends_with("it is damaged: it is not text"), "{error}");
}

#[test]
fn many_at_once_lose_nothing() {
    const MANY: usize = 16;
    let home = TempDir::new().unwrap();
    let store = store(&home);
    let start = Barrier::new(MANY);
    thread::scope(|scope| {
        for number in 0..MANY {
            let (store, start) = (&store, &start);
            scope.spawn(move || {
                start.wait();
                let added = connection(&format!("number-{number}"));
                store.change(|all| all.put(added)).unwrap();
            });
        }
    });
    assert_eq!(names(&store).len(), MANY);
}

#[test]
fn a_link_to_the_file_stays_one() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    let elsewhere = home.path().join("elsewhere.json");
    fs::write(&elsewhere, Connections::default().to_file()).unwrap();
    fs::create_dir_all(&store.folder).unwrap();
    std::os::unix::fs::symlink(&elsewhere, store.file()).unwrap();
    store.change(|all| all.put(connection("one"))).unwrap();
    assert!(fs::symlink_metadata(store.file()).unwrap().is_symlink());
    assert!(fs::read_to_string(elsewhere).unwrap().contains("one"));
}

#[test]
fn what_a_killed_doorkey_left_is_swept_up() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    fs::create_dir_all(&store.folder).unwrap();
    fs::write(store.folder.join(".unfinished-x1y2z3"), "{\"vers").unwrap();
    store.change(|all| all.put(connection("one"))).unwrap();
    assert_eq!(files(&store), ["connections.json", "connections.lock"]);
}

#[test]
fn what_does_not_change_is_not_written() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    store.change(|all| all.put(connection("one"))).unwrap();
    let before = fs::metadata(store.file()).unwrap().modified().unwrap();
    store.change(|_| ()).unwrap();
    let after = fs::metadata(store.file()).unwrap().modified().unwrap();
    assert_eq!(before, after);
}

#[test]
fn a_setup_that_was_left_is_found_again() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    let (first, nothing) = store.resume().unwrap();
    assert_eq!(nothing, None);
    first.write("first").unwrap();
    drop(first);

    let (mut again, text) = store.resume().unwrap();
    assert_eq!(text.as_deref(), Some("first"));
    assert_eq!(mode(again.path()), 0o600);
    again.finish();
    drop(again);
    assert_eq!(store.resume().unwrap().1, None);
}

#[test]
fn two_at_once_have_a_setup_each() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    let (one, _) = store.resume().unwrap();
    one.write("one").unwrap();
    let (two, nothing) = store.resume().unwrap();
    assert_eq!(nothing, None, "the other is at it");
    two.write("two").unwrap();
    assert_ne!(one.path(), two.path());
    drop((one, two));
    let (first, left) = store.resume().unwrap();
    let (_second, other) = store.resume().unwrap();
    let mut left = [left.unwrap(), other.unwrap()];
    left.sort();
    assert_eq!(left, ["one", "two"]);
    drop(first);
}

#[test]
fn beginning_afresh_keeps_the_former_until_it_is_finished() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    let (former, _) = store.resume().unwrap();
    former.write("former").unwrap();
    drop(former);

    drop(store.begin_afresh().unwrap());
    assert_eq!(store.resume().unwrap().1.as_deref(), Some("former"));

    let mut fresh = store.begin_afresh().unwrap();
    fresh.write("fresh").unwrap();
    fresh.finish();
    drop(fresh);
    assert_eq!(store.resume().unwrap().1, None);
    let left: Vec<_> = fs::read_dir(store.folder.join("unfinished"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

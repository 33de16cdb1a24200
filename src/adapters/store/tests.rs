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

fn put(store: &Store, text: &str) {
    fs::create_dir_all(&store.folder).unwrap();
    fs::write(store.file(), text).unwrap();
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
fn a_damaged_file_is_left_alone_or_kept_aside() {
    const TEXT: &str = "{\"version\": 1, \"connec";
    let home = TempDir::new().unwrap();
    let store = store(&home);
    put(&store, TEXT);

    let refused = store.change(|all| all.put(connection("one"))).unwrap_err();
    assert!(matches!(refused, StoreError::File { .. }), "{refused}");
    assert!(
        refused.to_string().contains("connections.json"),
        "{refused}"
    );
    assert_eq!(fs::read_to_string(store.file()).unwrap(), TEXT);

    let ((), kept) = store.add(|all| all.put(connection("one"))).unwrap();
    let kept = kept.unwrap();
    let aside = store.folder.join("connections.damaged-1.json");
    assert!(kept.to_string().contains("damaged-1.json"), "{kept}");
    assert_eq!(fs::read_to_string(aside).unwrap(), TEXT);
    assert_eq!(names(&store), ["one"]);

    fs::write(store.file(), TEXT).unwrap();
    let ((), kept) = store.add(|_| ()).unwrap();
    assert_eq!(kept, None, "there was nothing to save");
    let ((), kept) = store.add(|all| all.put(connection("two"))).unwrap();
    let second = store.folder.join("connections.damaged-2.json");
    assert_eq!(kept.unwrap().to, second);
}

#[test]
fn a_file_of_a_newer_doorkey_stays_where_it_is() {
    const TEXT: &str = "{\"version\": 9, \"more\": []}";
    let home = TempDir::new().unwrap();
    let store = store(&home);
    put(&store, TEXT);
    let changed = store.change(|all| all.put(connection("one"))).unwrap_err();
    let added = store.add(|all| all.put(connection("one"))).unwrap_err();
    for refused in [changed, added] {
        assert!(refused.to_string().contains("version 9"), "{refused}");
    }
    assert_eq!(fs::read_to_string(store.file()).unwrap(), TEXT);
    assert_eq!(files(&store), ["connections.json", "connections.lock"]);
}

#[test]
fn what_cannot_be_read_is_not_nothing_and_is_not_written_over() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    fs::create_dir_all(store.file()).unwrap();
    fs::write(store.file().join("inside"), "").unwrap();
    let refused = [
        store.connections().unwrap_err(),
        store.change(|all| all.put(connection("one"))).unwrap_err(),
        store.add(|all| all.put(connection("one"))).unwrap_err(),
    ];
    for refused in refused {
        let words = refused.to_string();
        assert!(
            words.ends_with("can't be read: it is a folder, not a file"),
            "{words}"
        );
    }
    assert!(store.file().join("inside").exists());

    // A file without an end.
    fs::remove_dir_all(store.file()).unwrap();
    File::create(store.file())
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    let refused = store.add(|all| all.put(connection("one"))).unwrap_err();
    let words = refused.to_string();
    assert!(
        words.ends_with("can't be read: it is larger than 128 MB"),
        "{words}"
    );
}

#[test]
fn whatever_is_saved_reads_as_what_it_was() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    let addresses = [
        "git@bitbucket.org:acme/analytics.git",
        "https://bitbucket.org/Acme/Analytics",
        "https://git.example.com/stash/projects/DATA/repos/models/browse",
        "https://git.example.com:8443/users/ada/repos/models",
        "https://git.example.com/scm/~ada/models.git",
        "ssh://git@git.example.com:7999/data/models.git",
        "ssh://git@[2001:db8::1]:7999/data/models.git",
    ];
    let given: Connections = (1..)
        .zip(addresses)
        .map(|(number, address)| {
            let reading = read_address(address, &SshAliases::default())
                .unwrap_or_else(|refusal| panic!("{address}: {refusal:?}"));
            let mut one = connection(&format!("number-{number}"));
            (one.address, one.place) = (reading.address, reading.place);
            one
        })
        .collect();
    store.change(|all| *all = given.clone()).unwrap();
    for (read, given) in store.connections().unwrap().iter().zip(given.iter()) {
        assert_eq!(read.address, given.address);
        assert_eq!(
            read.place.access_keys_page(),
            given.place.access_keys_page()
        );
    }
}

#[test]
fn a_text_that_means_something_else_never_takes_the_old_files_place() {
    let one: Connections = [connection("one")].into_iter().collect();
    let two: Connections = [connection("two")].into_iter().collect();
    let text = one.to_file();
    assert_eq!(reads_as(text.as_bytes(), &one), Ok(()));
    assert!(reads_as(text.as_bytes(), &two).is_err());
    assert!(reads_as(&text.as_bytes()[1..], &one).is_err());
    assert!(reads_as(b"", &Connections::default()).is_err());
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
fn links_to_one_file_share_it_and_its_lock() {
    let home = TempDir::new().unwrap();
    let elsewhere = home.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let theirs = elsewhere.join(".unfinished-theirs");
    fs::write(&theirs, "").unwrap();
    let stores = ["one", "two"].map(|folder| {
        let store = Store::in_folder(home.path().join(folder));
        fs::create_dir(&store.folder).unwrap();
        std::os::unix::fs::symlink(elsewhere.join("state.json"), store.file()).unwrap();
        store.with_patience(Duration::ZERO)
    });
    let [one, two] = &stores;
    one.change(|all| all.put(connection("one"))).unwrap();
    two.change(|all| all.put(connection("two"))).unwrap();
    let blocked = one.change(|_| two.change(|_| ()).unwrap_err()).unwrap();
    assert!(matches!(blocked, StoreError::Held { .. }), "{blocked}");
    for store in &stores {
        assert_eq!(names(store), ["one", "two"]);
        assert!(store.file().is_symlink());
        assert_eq!(files(store), ["connections.json"]);
    }
    assert!(theirs.exists());
    assert_eq!(mode(&elsewhere.join("state.lock")), 0o600);

    fs::write(elsewhere.join("state.json"), "damaged").unwrap();
    let ((), kept) = one.add(|all| all.put(connection("new"))).unwrap();
    assert_eq!(kept.unwrap().to, elsewhere.join("state.damaged-1.json"));
    assert_eq!(names(two), ["new"]);
    assert!(one.file().is_symlink());
}

#[test]
fn who_holds_the_lock_is_waited_for_with_a_word_and_a_limit() {
    static TOLD: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());
    let home = TempDir::new().unwrap();
    let store = store(&home)
        .with_patience(Duration::from_millis(700))
        .telling(|words| TOLD.lock().unwrap().push(words.to_owned()));
    store.change(|all| all.put(connection("one"))).unwrap();
    let lock = File::open(store.folder.join("connections.lock")).unwrap();
    lock.lock().unwrap();
    let error = store.change(|all| all.put(connection("two"))).unwrap_err();
    let words = error.to_string();
    assert!(
        words.contains("connections.lock after 0.7 seconds"),
        "{words}"
    );
    let told = TOLD.lock().unwrap().clone();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("connections.lock"), "{told:?}");
    assert!(told[0].ends_with("for at most 0.7 seconds"), "{told:?}");
    drop(lock);
    store.change(|all| all.put(connection("two"))).unwrap();
    assert_eq!(names(&store), ["one", "two"]);
}

#[test]
fn a_lock_that_is_no_file_is_named_at_once() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    fs::create_dir_all(&store.folder).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(store.folder.join("connections.lock"))
        .status();
    assert!(made.unwrap().success());
    let words = store.change(|_| ()).unwrap_err().to_string();
    assert!(
        words.ends_with("connections.lock can't be opened: it is a named pipe, not a file"),
        "{words}"
    );
}

#[test]
fn what_a_killed_doorkey_left_is_swept_up() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    put(&store, &Connections::default().to_file());
    let left = store.folder.join(".doorkey-unfinished-x1y2z3X1Y2Z3");
    fs::write(left, "{\"vers").unwrap();
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

#[test]
fn the_latest_of_several_setups_is_gone_on_with() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    let places: Vec<_> = ["old", "latest", "older"]
        .into_iter()
        .map(|text| {
            let place = store.begin_beside().unwrap();
            place.write(text).unwrap();
            place
        })
        .collect();
    for (place, seconds) in places.iter().zip([2, 3, 1]) {
        let time = std::time::UNIX_EPOCH + Duration::from_secs(seconds);
        let file = File::options().append(true).open(place.path()).unwrap();
        file.set_modified(time).unwrap();
    }
    drop(places);
    assert_eq!(store.left().as_deref(), Some("latest"));
    let order = ["latest", "old", "older"].map(|expected| {
        let (place, text) = store.resume().unwrap();
        assert_eq!(text.as_deref(), Some(expected));
        place
    });
    assert_eq!(store.resume().unwrap().1, None);
    drop(order);
}

#[test]
fn a_setup_that_another_doorkey_is_at_is_not_replaced_by_a_fresh_one() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    let (running, _) = store.resume().unwrap();
    running.write("running").unwrap();
    let mut fresh = store.begin_afresh().unwrap();
    fresh.write("fresh").unwrap();
    drop(running);
    fresh.finish();
    assert_eq!(store.left().as_deref(), Some("running"));
}

#[test]
fn a_setup_beside_others_leaves_them_when_it_is_finished() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    let (other, _) = store.resume().unwrap();
    other.write("other").unwrap();
    drop(other);
    let mut beside = store.begin_beside().unwrap();
    beside.write("beside").unwrap();
    beside.finish();
    drop(beside);
    assert_eq!(store.left().as_deref(), Some("other"));
}

#[test]
fn wizards_that_write_in_one_folder_do_not_disturb_each_other() {
    const WIZARDS: usize = 6;
    const WRITES: usize = 60;
    let home = TempDir::new().unwrap();
    let store = store(&home);
    let start = Barrier::new(WIZARDS);
    thread::scope(|scope| {
        for wizard in 0..WIZARDS {
            let (store, start) = (&store, &start);
            scope.spawn(move || {
                let place = store.begin_beside().unwrap();
                start.wait();
                for number in 0..WRITES {
                    let text = format!("{wizard}: {number}");
                    place.write(&text).unwrap();
                    assert_eq!(fs::read_to_string(place.path()).unwrap(), text);
                }
            });
        }
    });
    let left = fs::read_dir(store.folder.join("unfinished")).unwrap();
    assert_eq!(left.count(), WIZARDS);
}

#[test]
fn orphaned_locks_and_setups_beyond_the_twentieth_go_away() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    let folder = store.folder.join("unfinished");
    let (running, _) = store.resume().unwrap();
    fs::write(folder.join("1.lock"), "").unwrap();
    fs::write(folder.join("notes.txt"), "theirs").unwrap();
    for number in 0..25 {
        let file = File::create(folder.join(format!("{}.json", 100 + number))).unwrap();
        let time = std::time::UNIX_EPOCH + Duration::from_secs(number);
        file.set_modified(time).unwrap();
    }
    let _next = store.begin_beside().unwrap();
    let left = |name: &str| folder.join(name).exists();
    assert!(!left("1.lock") && left("notes.txt"));
    assert!(left(
        running
            .path()
            .with_extension("lock")
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
    ));
    let setups = (100..125).filter(|number| left(&format!("{number}.json")));
    assert_eq!(setups.collect::<Vec<_>>(), (105..125).collect::<Vec<_>>());
}

#[test]
fn a_setup_that_is_no_file_is_passed_over() {
    let home = TempDir::new().unwrap();
    let store = store(&home);
    let folder = store.folder.join("unfinished");
    fs::create_dir_all(folder.join("9.json")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(folder.join("8.json"))
        .status();
    assert!(made.unwrap().success());
    File::create(folder.join("7.json"))
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    let (_place, text) = store.resume().unwrap();
    assert_eq!(text, None);
}

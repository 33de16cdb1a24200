//! Saved connections, as the program keeps them: imported, listed, shown, forgotten; two at once, killed at any moment, on a
//! full disk, damaged, and from a newer version.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail this way"
)]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use program::{Ended, Program};
use tempfile::TempDir;

/// How many connections are in a file that takes a while to be written.
const MANY: usize = 400;

/// Where the tests' connections are saved.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn state(&self) -> &Path {
        self.0.path()
    }

    fn folder(&self) -> PathBuf {
        self.state().join("doorkey")
    }

    fn file(&self) -> PathBuf {
        self.folder().join("connections.json")
    }

    fn put(&self, text: &str) {
        fs::create_dir_all(self.folder()).unwrap();
        fs::write(self.file(), text).unwrap();
    }

    fn prepared<const N: usize>(&self, arguments: [&str; N]) -> Program {
        Program::new(arguments).env("XDG_STATE_HOME", self.state())
    }

    fn doorkey<const N: usize>(&self, arguments: [&str; N]) -> Ended {
        self.prepared(arguments).run()
    }

    fn import(&self, text: &str) -> Ended {
        self.prepared(["import", "-"]).input(text).run()
    }

    fn names(&self) -> Vec<String> {
        let list = self.doorkey(["list", "--json"]).only_output(0);
        let list: serde_json::Value = serde_json::from_str(&list).unwrap();
        let names = list.as_array().unwrap().iter();
        names
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn key() -> String {
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys");
    fs::read_to_string(keys.join("ed25519.pub"))
        .unwrap()
        .trim()
        .to_owned()
}

/// A CSV of connections that are right.
fn csv(beginning: &str, count: usize) -> String {
    let key = key();
    let line = |number| {
        format!("{beginning}-{number},git@ssh.bitbucket.org:acme/{beginning}-{number}.git,{key}")
    };
    let lines: Vec<String> = (0..count).map(line).collect();
    lines.join("\n")
}

#[test]
fn check_points_from_a_saved_name_to_verify() {
    let home = Home::new();
    home.import(&format!(
        "name,url,key\nanalytics,git@ssh.bitbucket.org:acme/analytics.git,{}\n",
        key()
    ));
    let hint = "analytics is a saved connection. To test it again: doorkey verify analytics\n";
    let without_key = home.doorkey(["check", "analytics"]).only_message(2);
    assert!(without_key.ends_with(hint), "{without_key}");
    let with_key = home.doorkey(["check", "analytics", "--key", "no-such-file"]);
    assert_eq!(with_key.only_message(2), format!("doorkey: {hint}"));
    let unknown = home.doorkey(["check", "models"]).only_message(2);
    assert!(!unknown.contains("verify"), "{unknown}");
}

#[test]
fn connections_are_imported_listed_shown_and_forgotten() {
    let home = Home::new();
    let key = key();
    let nothing = home.doorkey(["list"]).only_message(0);
    assert!(
        nothing.starts_with("doorkey: no connection is saved yet"),
        "{nothing}"
    );
    assert_eq!(home.doorkey(["list", "--json"]).only_output(0), "[]\n");

    let text = format!(
        "key,region,url,name\n\
         {key},eu,git@bitbucket.org:acme/analytics.git,\n\
         {key},,https://git.example.com/stash/projects/DATA/repos/models/browse,data-models\n"
    );
    let imported = home.import(&text);
    assert_eq!(imported.code(), Some(0));
    assert_snapshot!(imported.stderr, @r"
    line 2: url.retired_host: Bitbucket moved SSH to another host. Taken as git@ssh.bitbucket.org:acme/analytics.git, which belongs in Coalesce Quality's form, too.
    line 3: url.browser_page: This is the address of a web page. Taken as ssh://git@git.example.com:7999/data/models.git, which belongs in Coalesce Quality's form, too. Host or port is a guess; compare it with Bitbucket's Clone button.
    ");
    assert_snapshot!(imported.stdout, @"Saved 2 connections. Test them with: doorkey verify --all");
    assert_snapshot!("list", home.doorkey(["list"]).only_output(0));
    assert_snapshot!("list_json", home.doorkey(["list", "--json"]).only_output(0));
    assert_snapshot!("show", home.doorkey(["show", "data"]).only_output(0));
    assert_snapshot!(
        "show_report",
        home.doorkey(["show", "data", "--report"]).only_output(0)
    );
    let html = home
        .doorkey(["show", "data", "--report=html"])
        .only_output(0);
    assert!(html.starts_with("<!doctype html>"), "{html}");
    assert_snapshot!("file", fs::read_to_string(home.file()).unwrap());
    let shown: serde_json::Value =
        serde_json::from_str(&home.doorkey(["show", "ana", "--json"]).only_output(0)).unwrap();
    assert_eq!(shown["name"], "analytics");

    let again = home.import(&text);
    assert_eq!(again.code(), Some(0));
    assert_snapshot!(again.stdout, @"Saved 0 connections. 2 saved before.");

    let asked = home.doorkey(["forget", "analytics"]).only_message(2);
    assert!(asked.contains("--yes"), "{asked}");
    home.doorkey(["forget", "analytics", "--yes"])
        .only_output(0);
    assert_eq!(home.names(), ["data-models"]);
    let unknown = home.doorkey(["show", "analytics"]).only_message(2);
    assert_eq!(
        unknown,
        "doorkey: no saved connection is called analytics; doorkey list shows all\n"
    );
}

#[test]
fn what_changes_something_takes_whole_names_only() {
    let home = Home::new();
    home.import(&csv("bill", 2));
    let before = fs::read(home.file()).unwrap();
    for arguments in [["forget", "bill-", "--yes"], ["rotate", "bill-", "--plain"]] {
        let told = home.doorkey(arguments).only_message(2);
        assert_eq!(
            told,
            "doorkey: no saved connection is called bill-; a change takes a whole name, and bill- is the beginning of bill-0, bill-1\n"
        );
    }
    let told = home.doorkey(["forget", "bill-1x", "--yes"]).only_message(2);
    assert!(
        told.contains("no saved connection is called bill-1x;"),
        "{told}"
    );
    home.doorkey(["forget", "bill-1", "--yes"]).only_output(0);
    let told = home.doorkey(["forget", "bill", "--yes"]).only_message(2);
    assert!(told.contains("bill is the beginning of bill-0"), "{told}");
    assert_ne!(fs::read(home.file()).unwrap(), before);
    assert_eq!(home.names(), ["bill-0"]);
    // What only reads may be told the beginning.
    home.doorkey(["show", "bill"]).only_output(0);
}

#[test]
fn every_bad_line_is_told_and_nothing_is_saved_unless_asked() {
    let home = Home::new();
    let key = key();
    let text = format!(
        "# what the data team has\n\
         name,url,key\n\
         one,git@ssh.bitbucket.org:acme/one.git,{key}\n\
         \n\
         two,https://github.com/acme/two,{key}\n\
         three,git@ssh.bitbucket.org:acme/three.git,ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n\
         -four,git@ssh.bitbucket.org:acme/four.git,{key}\n\
         one,git@ssh.bitbucket.org:acme/five.git,{key}\n\
         six,git@ssh.bitbucket.org:acme/one.git,{key}\n\
         seven,git@ssh.bitbucket.org:acme/seven.git\n\
         eight,,\n\
         nine,git@ssh.bitbucket.org:acme/nine.git,{key},moon\n"
    );
    assert_snapshot!(home.import(&text).only_message(2));
    let empty = home.import("name,url,key\n").only_message(2);
    assert!(empty.contains("no connection in the file"), "{empty}");
    assert!(!home.file().exists());
    let skipping = home
        .prepared(["import", "-", "--skip-bad"])
        .input(&*text)
        .run();
    assert_eq!(skipping.code(), Some(0));
    assert_eq!(home.names(), ["one"]);
}

#[test]
fn a_toml_file_tells_its_lines_too() {
    let home = Home::new();
    let key = key();
    let text = format!(
        "# mine\n\
         [[connection]]\n\
         name = \"one\"\n\
         url = \"git@ssh.bitbucket.org:acme/one.git\"\n\
         key = \"{key}\"\n\
         \n\
         [[connection]]\n\
         url = \"nonsense\"\n\
         key = \"{key}\"\n"
    );
    let told = home.import(&text).only_message(2);
    assert!(told.starts_with("line 7: url.not_an_address: "), "{told}");
    let broken = home.import("[[connection]]\nname = 5\n").only_message(2);
    assert!(broken.starts_with("line 2: "), "{broken}");
}

#[test]
fn ten_thousand_connections_are_a_list_like_any_other() {
    let home = Home::new();
    let imported = home.import(&csv("repo", 10_000));
    assert_eq!(imported.code(), Some(0), "{}", imported.stderr);
    assert_eq!(home.names().len(), 10_000);
    let endless = home.import(&"# a list without end\n".repeat(1 << 20));
    let told = endless.only_message(2);
    assert!(told.contains("larger than 16 MB"), "{told}");
}

#[test]
fn of_many_bad_lines_the_first_fifty_are_told() {
    let home = Home::new();
    let bad = "x,y,z\n".repeat(20_000);
    let told = home.import(&bad).only_message(2);
    // Address and key of each.
    assert_eq!(told.lines().count(), 52, "{told}");
    assert!(told.starts_with("line 1: "), "{told}");
    assert!(
        told.ends_with(
            "These are the first 50 of 40000 problems.\nNothing was saved: 40000 problems to put right.\n"
        ),
        "{told}"
    );
    let key = key();
    let repaired = |number| format!(",git@bitbucket.org:acme/r{number}.git,{key}\n");
    let imported = home.import(&(0..60).map(repaired).collect::<String>());
    assert_eq!(imported.code(), Some(0));
    assert_eq!(imported.stderr.lines().count(), 51);
    assert!(
        imported
            .stderr
            .ends_with("These are the first 50 of 60 repairs.\n")
    );
    assert_eq!(home.names().len(), 60);
}

#[test]
fn a_private_key_in_a_list_is_refused_and_never_repeated() {
    let home = Home::new();
    let secret = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ";
    let text = format!(
        "one,git@ssh.bitbucket.org:acme/one.git,\"-----BEGIN OPENSSH PRIVATE KEY-----\n{secret}\n-----END OPENSSH PRIVATE KEY-----\"\n"
    );
    for arguments in [vec!["import", "-"], vec!["import", "-", "--skip-bad"]] {
        let program = Program::new(arguments).env("XDG_STATE_HOME", home.state());
        let told = program.input(&*text).run().only_message(2);
        assert!(told.starts_with("line 1: key.private: "), "{told}");
        assert!(!told.contains(secret), "{told}");
    }
    assert!(!home.file().exists());
}

#[test]
fn what_cannot_be_understood_is_named_and_kept() {
    for (text, words) in [
        ("{\"version\": 1,", "it is damaged"),
        ("{\"version\": 9}", "a newer doorkey wrote it"),
    ] {
        let home = Home::new();
        home.put(text);
        for arguments in [["handoff", "one"], ["show", "one"], ["forget", "one"]] {
            let told = home.doorkey(arguments).only_message(3);
            assert!(told.contains("connections.json can't be used"), "{told}");
            assert!(told.contains(words), "{told}");
            assert_eq!(fs::read_to_string(home.file()).unwrap(), text);
        }
        let imported = home.import(&csv("new", 1));
        if words.contains("newer") {
            let told = imported.only_message(3);
            assert!(told.contains(words), "{told}");
            assert_eq!(fs::read_to_string(home.file()).unwrap(), text);
            continue;
        }
        assert_eq!(imported.code(), Some(0));
        let aside = home.folder().join("connections.damaged-1.json");
        assert!(
            imported.stderr.contains(aside.to_str().unwrap()),
            "{}",
            imported.stderr
        );
        assert_eq!(fs::read_to_string(aside).unwrap(), text);
        assert_eq!(home.names(), ["new-0"]);
    }
}

#[test]
fn a_key_that_stands_twice_on_its_line_is_saved_once() {
    let home = Home::new();
    let rsa = include_str!("fixtures/keys/rsa2048.pub").trim();
    for (name, line) in [
        ("twice", format!("{rsa} {rsa}")),
        (
            "quoted",
            format!("{} it's a `odd\u{3000}name` ssh-rsa", key()),
        ),
    ] {
        let text = format!("{name},git@ssh.bitbucket.org:acme/{name}.git,{line}");
        assert_eq!(home.import(&text).code(), Some(0), "{name}");
        let shown = home.doorkey(["show", name, "--json"]).only_output(0);
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let again = format!(
            "{name}-2,git@ssh.bitbucket.org:acme/{name}-2.git,{}",
            shown["key"].as_str().unwrap()
        );
        assert_eq!(home.import(&again).code(), Some(0), "{again}");
    }
    assert_eq!(home.names(), ["quoted", "quoted-2", "twice", "twice-2"]);
}

#[test]
fn one_bad_entry_takes_no_other_with_it_and_stays_in_the_file() {
    let home = Home::new();
    home.import(&csv("good", 2));
    let odd = r#"{"name": "odd",   "url": "nonsense", "since": 1.50}"#;
    let text = fs::read_to_string(home.file()).unwrap();
    home.put(&text.replacen('[', &format!("[\n {odd},"), 1));
    for arguments in [
        &["list", "--json"][..],
        &["show", "good-0"],
        &["show", "good-0", "--json"],
    ] {
        let shown = Program::new(arguments)
            .env("XDG_STATE_HOME", home.state())
            .run();
        assert_eq!(shown.code(), Some(0), "{arguments:?}");
        assert!(
            shown.stderr.starts_with("doorkey: warning: "),
            "{}",
            shown.stderr
        );
        assert!(shown.stderr.contains(" odd: "), "{}", shown.stderr);
    }
    let named = home.doorkey(["show", "odd"]);
    assert_eq!((named.code(), &*named.stdout), (Some(3), ""));
    // Whatever is saved next, it stays as it was written.
    let imported = home.import(&csv("new", 1));
    assert_eq!(imported.code(), Some(0), "{}", imported.stderr);
    home.doorkey(["forget", "good-0", "--yes"]);
    let text = fs::read_to_string(home.file()).unwrap();
    assert!(text.contains(odd), "{text}");
    let list = home.doorkey(["list"]);
    assert!(
        list.stdout.contains("good-1") && list.stdout.contains("new-0"),
        "{}",
        list.stdout
    );
    assert!(!home.folder().join("connections.damaged-1.json").exists());
    // Its name is taken, so that nothing new is confused with it.
    let text = format!("odd,git@ssh.bitbucket.org:acme/odd.git,{}", key());
    let refused = home.import(&text);
    assert_eq!(refused.code(), Some(2), "{}", refused.stdout);
    let forgotten = home.doorkey(["forget", "odd", "--yes"]);
    assert_eq!(forgotten.code(), Some(0), "{}", forgotten.stderr);
    assert!(
        !fs::read_to_string(home.file())
            .unwrap()
            .contains("nonsense")
    );
    assert_eq!(home.doorkey(["list"]).stderr, "");
}

#[test]
fn a_file_of_version_1_is_read_and_goes_on() {
    let home = Home::new();
    home.put(include_str!("fixtures/connections-1.json"));
    assert_snapshot!("list_of_version_1", home.doorkey(["list"]).only_output(0));
    assert_snapshot!(
        "show_of_version_1",
        home.doorkey(["show", "analytics"]).only_output(0)
    );
    assert_eq!(home.import(&csv("new", 1)).code(), Some(0));
    assert_eq!(home.names(), ["analytics", "models", "never", "new-0"]);
    let text = fs::read_to_string(home.file()).unwrap();
    assert!(text.starts_with("{\n  \"version\": 2,"), "{text}");
}

#[test]
fn doorkeys_that_save_at_the_same_time_lose_nothing() {
    let home = Home::new();
    let running: Vec<_> = (0..8)
        .map(|number| {
            let text = csv(&format!("team-{number}"), 5);
            home.prepared(["import", "-"]).input(text).spawn()
        })
        .collect();
    for one in running {
        let ended = one.wait();
        assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    }
    assert_eq!(home.names().len(), 40);
}

#[test]
fn doorkeys_that_reach_one_file_by_two_links_lose_nothing() {
    let target = TempDir::new().unwrap();
    let real = target.path().join("state.json");
    let theirs = target.path().join(".unfinished-theirs");
    fs::write(&theirs, "").unwrap();
    let homes = [Home::new(), Home::new()];
    for home in &homes {
        fs::create_dir_all(home.folder()).unwrap();
        std::os::unix::fs::symlink(&real, home.file()).unwrap();
    }
    let running: Vec<_> = (0..12)
        .map(|number| {
            let home = &homes[number % 2];
            let text = csv(&format!("team-{number}"), 5);
            home.prepared(["import", "-"]).input(text).spawn()
        })
        .collect();
    for one in running {
        let ended = one.wait();
        assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    }
    for home in &homes {
        assert_eq!(home.names().len(), 60);
        assert!(home.file().is_symlink());
    }
    assert!(theirs.exists());
    assert_eq!(fs::read_dir(target.path()).unwrap().count(), 3);
}

#[test]
fn wizards_in_one_folder_keep_their_setups_apart() {
    const WIZARDS: usize = 8;
    let home = Home::new();
    // Each step that is gone to is kept.
    let input = format!("\n\n\n\n{}\n{}", key(), "back\n\n".repeat(10));
    let running: Vec<_> = (0..WIZARDS)
        .map(|_| home.prepared(["--plain"]).input(&*input).spawn())
        .collect();
    for one in running {
        let ended = one.wait();
        assert!(!ended.stdout.contains("can't be kept"), "{}", ended.stdout);
        assert!(
            ended.stderr.contains("to go on where you left off"),
            "{}",
            ended.stderr
        );
    }
    let left = fs::read_dir(home.folder().join("unfinished")).unwrap();
    let mut kinds: Vec<_> = left
        .map(|entry| entry.unwrap().path().extension().unwrap().to_owned())
        .collect();
    kinds.sort();
    assert_eq!(kinds, vec!["json"; WIZARDS]);
}

#[test]
fn what_cannot_be_kept_or_saved_is_told() {
    let nowhere = Home::new();
    fs::create_dir_all(nowhere.folder()).unwrap();
    fs::write(nowhere.folder().join("unfinished"), "").unwrap();
    let ended = nowhere.prepared(["--plain"]).input("\n\n\n\n").run();
    assert!(
        ended.stdout.contains("Nothing of this setup can be kept: "),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stderr.contains("Run doorkey to begin again"),
        "{}",
        ended.stderr
    );
    assert_eq!(fs::read(nowhere.folder().join("unfinished")).unwrap(), b"");

    // One that is of a newer doorkey is for that one: it is left, and left there.
    let newer = Home::new();
    let unfinished = newer.folder().join("unfinished");
    fs::create_dir_all(&unfinished).unwrap();
    fs::write(unfinished.join("1.json"), "{\"version\": 9}").unwrap();
    let ended = newer.prepared(["--plain"]).input("\n\n\n\n").run();
    assert!(
        ended
            .stdout
            .contains("1.json can't be used: a newer doorkey wrote it"),
        "{}",
        ended.stdout
    );
    let left = fs::read_to_string(unfinished.join("1.json")).unwrap();
    assert_eq!(left, "{\"version\": 9}");
}

#[test]
fn own_files_that_are_none_are_named_at_once() {
    let made = |path: &Path| {
        let made = Command::new("mkfifo").arg(path).status();
        assert!(made.unwrap().success());
    };
    let pipe = Home::new();
    fs::create_dir_all(pipe.folder()).unwrap();
    made(&pipe.file());
    let endless = Home::new();
    endless.put("");
    fs::File::create(endless.file())
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    let device = Home::new();
    fs::create_dir_all(device.folder()).unwrap();
    std::os::unix::fs::symlink("/dev/zero", device.file()).unwrap();
    for (home, words) in [
        (pipe, "it is a named pipe, not a file"),
        (endless, "it is larger than 128 MB"),
        (device, "it is a device, not a file"),
    ] {
        for arguments in [["show", "one"], ["verify", "--all"], ["handoff", "one"]] {
            let told = home.doorkey(arguments).only_message(3);
            assert!(told.contains("connections.json can't be read: "), "{told}");
            assert!(told.contains(words), "{told}");
        }
        let told = home.import(&csv("new", 1)).only_message(3);
        assert!(told.contains(words), "{told}");
    }
    let locked = Home::new();
    fs::create_dir_all(locked.folder()).unwrap();
    made(&locked.folder().join("connections.lock"));
    let told = locked.import(&csv("new", 1)).only_message(3);
    assert!(
        told.contains("connections.lock can't be opened: it is a named pipe"),
        "{told}"
    );
}

#[test]
fn killed_at_any_moment_it_leaves_all_or_nothing() {
    let home = Home::new();
    home.import(&csv("old", MANY));
    let list = home.state().join("list.csv");
    fs::write(&list, csv("new", MANY)).unwrap();
    let start = || {
        Command::new(env!("CARGO_BIN_EXE_doorkey"))
            .args(["import", list.to_str().unwrap()])
            .env("XDG_STATE_HOME", home.state())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let before = fs::read(home.file()).unwrap();
    let began = Instant::now();
    assert!(start().wait().unwrap().success());
    let whole = began.elapsed();
    let after = fs::read(home.file()).unwrap();
    assert_ne!(before, after);

    let mut outcomes = [0, 0];
    for step in 0..30 {
        fs::write(home.file(), &before).unwrap();
        let mut running = start();
        // From at once to after the end, so that some moment is in the middle of the writing.
        std::thread::sleep(whole.mul_f64(f64::from(step) / 24.0));
        running.kill().unwrap();
        running.wait().unwrap();
        let left = fs::read(home.file()).unwrap();
        assert!(
            left == before || left == after,
            "step {step}: a file in between"
        );
        outcomes[usize::from(left == after)] += 1;
        assert!([MANY, 2 * MANY].contains(&home.names().len()));
    }
    assert!(
        outcomes[0] > 0,
        "none was killed early enough: {outcomes:?}"
    );
    // The lock of a killed doorkey is gone with it.
    let ended = home.import(&csv("later", 1));
    assert_eq!(ended.code(), Some(0));
    let files = fs::read_dir(home.folder()).unwrap().count();
    assert_eq!(files, 2, "what was half written is still there");
}

#[test]
fn on_a_full_disk_what_was_saved_stays() {
    let home = Home::new();
    home.import(&csv("old", 1));
    let before = fs::read(home.file()).unwrap();
    let list = home.state().join("list.csv");
    fs::write(&list, csv("new", MANY)).unwrap();
    // No file may grow beyond a few blocks, and the attempt is an error instead of a signal: as on a full disk.
    let ended = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" import \"$1\""])
        .args([Path::new(env!("CARGO_BIN_EXE_doorkey")), &list])
        .env("XDG_STATE_HOME", home.state())
        .output()
        .unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(3), "{told}");
    assert!(
        told.contains("connections.json can't be written: "),
        "{told}"
    );
    assert_eq!(fs::read(home.file()).unwrap(), before);
    assert_eq!(fs::read_dir(home.folder()).unwrap().count(), 2);
    assert_eq!(home.names(), ["old-0"]);
}

#[test]
fn a_doorkey_waits_for_another_that_is_saving() {
    let home = Home::new();
    home.import(&csv("old", 1));
    let lock = fs::File::open(home.folder().join("connections.lock")).unwrap();
    lock.lock().unwrap();
    let waiting = home.prepared(["import", "-"]).input(csv("new", 1)).spawn();
    // It has come to the lock once it sleeps on it, which the system tells.
    let sleeps_on_lock = || {
        let locks = fs::read_to_string("/proc/locks").unwrap_or_default();
        locks
            .lines()
            .any(|line| line.contains("->") && line.contains(&waiting.id().to_string()))
    };
    if Path::new("/proc/locks").exists() {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !sleeps_on_lock() {
            assert!(Instant::now() < deadline, "it never asked for the lock");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(home.names(), ["old-0"], "reading needs no lock");
    }
    drop(lock);
    assert_eq!(waiting.wait().code(), Some(0));
    assert_eq!(home.names(), ["new-0", "old-0"]);
}

#[test]
fn a_lock_that_is_never_let_go_is_waited_for_with_a_limit() {
    let home = Home::new();
    home.import(&csv("old", 1));
    let lock = fs::File::open(home.folder().join("connections.lock")).unwrap();
    lock.lock().unwrap();
    let at_once = ["import", "-", "--lock-timeout", "0s"];
    let told = home
        .prepared(at_once)
        .input(csv("new", 1))
        .run()
        .only_message(3);
    assert!(told.contains("connections.lock after 0 seconds"), "{told}");
    let forget = ["forget", "old-0", "--yes", "--lock-timeout", "700ms"];
    let told = home.doorkey(forget).only_message(3);
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(told.starts_with("doorkey: waiting for "), "{told}");
    assert!(told.contains("for at most 0.7 seconds\n"), "{told}");
    assert!(told.contains("nothing was changed"), "{told}");
    let odd = home.doorkey(["forget", "old-0", "--lock-timeout", "2h"]);
    assert!(odd.only_message(2).contains("at most 1h"));
    drop(lock);
    home.doorkey(["forget", "old-0", "--yes", "--lock-timeout", "0s"])
        .only_output(0);
}

//! `docs/files.md` lists the files that are kept, with their modes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use tempfile::TempDir;

use crate::page::{Page, code_spans, root, rows, sources};
use crate::program::Program;
use crate::pty::{OnTerminal, eventually};

const LINE: &str = concat!(
    "analytics,git@ssh.bitbucket.org:acme/analytics.git,",
    include_str!("../fixtures/keys/ed25519.pub")
);

/// A home in which things are done that leave files.
struct Home(TempDir);

impl Home {
    fn folder(&self) -> PathBuf {
        self.0.path().join(".local/state/doorkey")
    }

    fn doorkey<const N: usize>(&self, arguments: [&str; N]) -> Program {
        Program::new(arguments).env("HOME", self.0.path())
    }

    /// Has something saved, though the file that is there can't be understood.
    fn save_beside(&self, text: &str) {
        fs::write(self.folder().join("connections.json"), text).unwrap();
        let import = self.doorkey(["import", "-"]).input(LINE).run();
        assert_eq!(import.code(), Some(0), "{}", import.stderr);
    }

    /// Leaves a setup in the most sudden way.
    fn leave_a_setup(&self) {
        let wizard = OnTerminal::doorkey([] as [&str; 0]);
        let mut wizard = wizard.env("HOME", self.0.path()).start();
        wizard.wait_for_text("step 1 of 6");
        // The three questions of the first step, with the answers that stand there.
        wizard.press("\r\r\r");
        eventually("an unfinished setup", || {
            let files = fs::read_dir(self.folder().join("unfinished")).ok()?;
            let mut names = files.flatten().map(|entry| entry.path());
            names.find(|path| path.extension().is_some_and(|end| end == "json"))
        });
        wizard.signal(Signal::KILL);
        wizard.wait_for_end();
    }
}

#[test]
fn the_files_that_are_kept_are_documented_and_no_others() {
    let home = Home(TempDir::new().unwrap());
    let looked = home.doorkey(["list"]).run();
    assert_eq!(looked.code(), Some(0));
    assert!(!home.folder().exists(), "looking made a folder");

    let import = home.doorkey(["import", "-"]).input(LINE).run();
    assert_eq!(import.code(), Some(0), "{}", import.stderr);
    home.save_beside("{\"version\": 1, \"connec");
    home.leave_a_setup();
    assert_eq!(mode(&home.folder()), "0700");
    assert_eq!(mode(&home.folder().join("unfinished")), "0700");
    assert_eq!(kept(&home.folder(), ""), documented());
}

/// The files, with any time that is their number made the same, and their modes.
fn kept(folder: &Path, before: &str) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        if path.is_dir() {
            kept.extend(self::kept(&path, &format!("{before}{name}/")));
        } else {
            kept.insert(format!("{before}{}", without_time(&name)), mode(&path));
        }
    }
    kept
}

fn documented() -> BTreeMap<String, String> {
    let page = Page::read("docs/files.md");
    let rows = rows(page.section("What doorkey keeps"));
    let file = |row: &Vec<String>| {
        let parts: Vec<String> = code_spans(&row[0])[0]
            .split('/')
            .map(without_time)
            .collect();
        (parts.join("/"), row[1].clone())
    };
    rows.iter().map(file).collect()
}

/// A file's name, with a time in it that only one run could have.
fn without_time(name: &str) -> String {
    match name.split_once('.') {
        Some((time, end)) if time.len() == 13 && time.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("TIME.{end}")
        }
        _ => name.to_owned(),
    }
}

fn mode(path: &Path) -> String {
    let mode = fs::metadata(path).unwrap().permissions().mode();
    format!("{:04o}", mode & 0o7777)
}

/// They have names of one form.
#[test]
fn the_files_that_the_wizard_writes_when_asked_are_documented() {
    let mut written = BTreeSet::new();
    for (_, text) in sources(&root().join("src")) {
        for (at, _) in text.match_indices("\"doorkey-") {
            let name = text[at + 1..].split('"').next().unwrap_or_default();
            let is_file = Path::new(name).extension().is_some() && !name.contains(' ');
            if is_file {
                written.insert(name.to_owned());
            }
        }
    }
    let page = Page::read("docs/files.md");
    let rows = rows(page.section("What you ask it to write"));
    let named = code_spans(&rows[0][0]).into_iter().map(str::to_owned);
    assert_eq!(named.collect::<BTreeSet<_>>(), written);
}

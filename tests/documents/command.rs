//! `doorkey handoff`: what it takes, what it says is missing, where it writes.

use std::fs;
use std::path::{Path, PathBuf};

use doorkey::adapters::store::Store;
use doorkey::coalesce::Region;
use doorkey::connections::Connection;
use insta::assert_snapshot;
use tempfile::TempDir;

use super::program::{Ended, Program};
use super::{CLOUD, DATA_CENTER, hand_off, key, reading};

fn key_file() -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys/ed25519.pub");
    file.to_str().unwrap().to_owned()
}

/// Where the program keeps what is saved, and where it can write.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// Saves connections to these addresses.
    fn with_saved(urls: &[&str]) -> Self {
        let place = Self::new();
        let store = Store::in_folder(place.path().join("doorkey"));
        store
            .change(|connections| {
                for url in urls {
                    let found = reading(url);
                    let name = connections.free_name(&found.address);
                    let mut connection = Connection::new(name, found.address, found.place, key());
                    connection.region = Region::from_id("us");
                    connections.put(connection);
                }
            })
            .unwrap();
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let arguments = ["handoff"].iter().chain(arguments);
        Program::new(arguments)
            .env("XDG_STATE_HOME", self.path())
            .run()
    }
}

#[test]
fn an_address_and_a_key_are_enough() {
    let (place, key_file) = (Place::new(), key_file());
    let given = ["--url", CLOUD, "--key", &key_file];
    let (key, reading) = (key(), reading(CLOUD));
    let document = hand_off(&key, &reading).document();
    assert_eq!(place.run(&given).only_output(0), document.to_markdown());
    let with = |format| place.run(&[&given[..], &["--format", format]].concat());
    assert_eq!(with("markdown").only_output(0), document.to_markdown());
    assert_eq!(with("text").only_output(0), document.to_plain_text(76));
    assert_eq!(with("html").only_output(0), document.to_html());
    let in_europe = place.run(&[&given[..], &["--region", "eu"]].concat());
    let in_europe = in_europe.only_output(0);
    assert!(in_europe.contains("Europe") && !in_europe.contains("Australia"));
}

#[test]
fn a_repair_of_the_address_is_told() {
    let (place, key_file) = (Place::new(), key_file());
    let page = "https://git.example.com/projects/DATA/repos/analytics/browse";
    let ended = place.run(&["--url", page, "--key", &key_file]);
    assert_eq!(ended.code(), Some(0));
    assert!(ended.stdout.contains("Host and port in it are a guess"));
    assert!(ended.stdout.contains(DATA_CENTER));
    assert!(
        ended.stderr.starts_with("url.browser_page: "),
        "{}",
        ended.stderr
    );
}

#[test]
fn what_is_missing_is_said() {
    let (place, key_file) = (Place::new(), key_file());
    let said = |arguments: &[&str]| place.run(arguments).only_message(2);
    assert_snapshot!(said(&[]), @r"doorkey: no connection is saved yet; give the repository's address and the key: doorkey handoff --url ADDRESS --key FILE");
    assert_snapshot!(said(&["--url", CLOUD]), @r"doorkey: the key is missing; give its file with --key FILE");
    assert_snapshot!(said(&["--key", &key_file]), @r"doorkey: the repository's address is missing; give it with --url ADDRESS");
    assert_snapshot!(said(&["analytics"]), @r"doorkey: no connection is saved yet; doorkey saves one when its setup is finished");
    let refused = said(&[
        "--url",
        "git@github.com:acme/analytics.git",
        "--key",
        &key_file,
    ]);
    assert!(refused.starts_with("url.other_forge: "), "{refused}");
    let refused = said(&["--url", CLOUD, "--key", "/dev/null"]);
    assert!(refused.starts_with("key.empty: "), "{refused}");
    let both = said(&["analytics", "--url", CLOUD, "--key", &key_file]);
    assert!(both.contains("cannot be used with"), "{both}");
}

#[test]
fn a_saved_connection_is_found_by_its_name_or_for_being_the_only_one() {
    let one = Place::with_saved(&[CLOUD]);
    let text = one.run(&[]).only_output(0);
    assert!(text.contains("https://bitbucket.org/acme/analytics/admin/access-keys/"));
    assert!(text.contains("United States") && !text.contains("Europe"));
    assert_eq!(one.run(&["ana"]).only_output(0), text);
    let elsewhere = one.run(&["analytics", "--region", "eu"]).only_output(0);
    assert!(elsewhere.contains("Europe") && !elsewhere.contains("United States"));

    let several = Place::with_saved(&[CLOUD, DATA_CENTER]);
    assert_snapshot!(several.run(&[]).only_message(2), @r"doorkey: several connections are saved; say which, as in: doorkey handoff NAME");
    let named = several.run(&["data-analytics"]).only_output(0);
    assert!(named.contains(DATA_CENTER), "{named}");
}

#[test]
fn a_file_is_written_and_never_overwritten_unasked() {
    let (place, key_file) = (Place::new(), key_file());
    let file = place.path().join("text.html");
    let name = file.to_str().unwrap();
    let given = [
        "--url", CLOUD, "--key", &key_file, "--format", "html", "--output", name,
    ];
    let told = place.run(&given).only_message(0);
    assert_eq!(told, format!("Written to {name}\n"));
    assert!(
        fs::read_to_string(&file)
            .unwrap()
            .starts_with("<!doctype html>")
    );

    fs::write(&file, "mine").unwrap();
    let refused = place.run(&given).only_message(2);
    assert_eq!(
        refused,
        format!("doorkey: {name} is there already and was left as it is; --yes overwrites it\n")
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");

    place
        .run(&[&given[..], &["--yes"]].concat())
        .only_message(0);
    assert!(
        fs::read_to_string(&file)
            .unwrap()
            .starts_with("<!doctype html>")
    );

    let nowhere = place.path().join("none").join("text.md");
    let nowhere = nowhere.to_str().unwrap();
    let failed = place.run(&["--url", CLOUD, "--key", &key_file, "--output", nowhere]);
    assert!(failed.only_message(3).contains("can't be written"));
}

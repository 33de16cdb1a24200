#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

use proptest::prelude::*;

use super::*;
use crate::bitbucket::{SshAliases, read_address};
use crate::check::{Check, CheckId, Code, Required};

const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDxE3a0h7Wf5cWnJTBXlnXKJkZ5gHzN5bBGuO3S0rJ1L coalesce";
const OTHER_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g former";
const NEXT_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINunPPbw66xJorWIHTSRSx9p3FuX2xdPJIAsIvcGz8uC next";

fn address(url: &str) -> RepositoryAddress {
    read_address(url, &SshAliases::default()).unwrap().address
}

fn connection(name: &str) -> Connection {
    connection_to(name, &format!("git@ssh.bitbucket.org:acme/{name}.git"))
}

fn connection_to(name: &str, url: &str) -> Connection {
    let reading = read_address(url, &SshAliases::default()).unwrap();
    let key = AccessKey::read(KEY).unwrap();
    Connection::new(name.parse().unwrap(), reading.address, reading.place, key)
}

fn everything_set() -> Connection {
    let mut proofs = Proofs::default();
    let proven = Proven {
        at: "2026-11-22T10:00:00Z".to_owned(),
        by: "ssh.bitbucket.org answers".to_owned(),
    };
    proofs.set(Rung::Reachable, proven);
    Connection {
        region: Some(Region::usual()),
        host_keys: vec![
            "SHA256:voNIiiVQT0voNIiiVQT0voNIiiVQT0voNIiiVQT0vo8"
                .parse()
                .unwrap(),
        ],
        last_test: Some(LastTest {
            at: "2026-11-22T10:00:00Z".to_owned(),
            verdict: Verdict::NotReady,
        }),
        retired: vec![RetiredKey {
            key: AccessKey::read(OTHER_KEY).unwrap(),
            at: "2026-11-01T10:00:00Z".to_owned(),
        }],
        rotation: Some(Rotation {
            key: AccessKey::read(NEXT_KEY).unwrap(),
            began: "2026-11-22T11:00:00Z".to_owned(),
            was_known: true,
            added: Some("2026-11-22T11:01:00Z".to_owned()),
            recognised: Some("2026-11-22T11:02:00Z".to_owned()),
            switched: Some(Switched {
                at: "2026-11-22T11:03:00Z".to_owned(),
                by: SwitchedBy::Bitbucket,
            }),
            removed: Some("2026-11-22T11:04:00Z".to_owned()),
            last_test: Some(LastTest {
                at: "2026-11-22T11:02:00Z".to_owned(),
                verdict: Verdict::Ready,
            }),
            proofs: proofs.clone(),
        }),
        proofs,
        ..connection("analytics")
    }
}

fn report(url: &str, key: &str, checks: Vec<Check>) -> Report {
    Report {
        checked_at: "2026-11-22T12:00:00Z".to_owned(),
        elapsed: std::time::Duration::ZERO,
        given: url.to_owned(),
        address: Some(address(url)),
        key: AccessKey::read(key).ok(),
        checks,
        required: Required::default(),
    }
}

#[test]
fn what_is_written_is_read_back() {
    let guessed = connection_to("guessed", "ssh://git@git.example.com:7999/acme/models.git");
    let page = "https://git.example.com/stash/projects/ACME/repos/models/browse";
    let known = connection_to("known", page);
    let personal = connection_to("personal", "https://git.example.com/users/ada/repos/models");
    assert!(guessed.place.base_guessed && !known.place.base_guessed);
    let connections: Connections = [everything_set(), guessed, known, personal]
        .into_iter()
        .collect();
    let text = connections.to_file();
    assert_eq!(Connections::from_file(&text), Ok(connections), "{text}");
}

#[test]
fn an_address_that_works_as_it_was_given_stays_so() {
    let url = "ssh://git@git.example.com:22/acme/models.git";
    let reading = read_address(url, &SshAliases::default()).unwrap();
    let as_given = reading.repair.unwrap().as_given.unwrap();
    let saved = Connection {
        address: as_given,
        ..connection_to("models", url)
    };
    let connections: Connections = [saved].into_iter().collect();
    assert_eq!(
        Connections::from_file(&connections.to_file()),
        Ok(connections)
    );
}

#[test]
fn a_file_of_a_newer_version_is_told_from_a_damaged_one() {
    let newer = r#"{"version": 7, "sites": {}}"#;
    assert_eq!(Connections::from_file(newer), Err(FileProblem::Newer(7)));
    for damaged in [
        "",
        "{",
        "[]",
        r#"{"version": 0, "connections": []}"#,
        r#"{"version": 1, "connections": [], "more": 1}"#,
        r#"{"version": 1, "connections": [{"name": "x"}]}"#,
    ] {
        let read = Connections::from_file(damaged);
        assert!(
            matches!(read, Err(FileProblem::Damaged(_))),
            "{damaged}: {read:?}"
        );
    }
}

#[test]
fn what_is_wrong_with_a_connection_is_said_with_its_name() {
    let good = [everything_set()]
        .into_iter()
        .collect::<Connections>()
        .to_file();
    for (from, to, words) in [
        (
            "\"analytics\"",
            "\"-x\"",
            "-x: a name begins with a letter or a digit",
        ),
        ("acme/analytics.git", "acme", "analytics: "),
        ("AAAAC3", "BBBB", "analytics: "),
        ("\"eu\"", "\"moon\"", "analytics: there is no region moon"),
        (
            "\"reachable\"",
            "\"ladder\"",
            "analytics: there is no rung ladder",
        ),
        (
            "\"not_ready\"",
            "\"maybe\"",
            "analytics: there is no verdict maybe",
        ),
        (
            "\"bitbucket\"",
            "\"owl\"",
            "analytics: there is no such witness as owl",
        ),
    ] {
        assert!(good.contains(from), "{from} is not in {good}");
        match Connections::from_file(&good.replace(from, to)) {
            Err(FileProblem::Damaged(why)) => assert!(why.starts_with(words), "{why}"),
            read => panic!("{to}: {read:?}"),
        }
    }
}

#[test]
fn a_name_twice_is_no_good_file() {
    let text = [connection("one"), connection("two")]
        .into_iter()
        .collect::<Connections>()
        .to_file();
    let twice = text.replace("\"two\"", "\"one\"");
    let expected = FileProblem::Damaged("one is in it twice".to_owned());
    assert_eq!(Connections::from_file(&twice), Err(expected));
}

#[test]
fn a_connection_is_found_by_the_beginning_of_its_name() {
    let names = ["analytics", "analytics-eu", "billing"];
    let connections: Connections = names.map(connection).into_iter().collect();
    let found = |given| connections.find(given).map(|found| found.name.to_string());
    assert_eq!(found("b"), Ok("billing".to_owned()));
    assert_eq!(found("analytics"), Ok("analytics".to_owned()));
    assert_eq!(found("analytics-"), Ok("analytics-eu".to_owned()));
    assert_eq!(
        found("ana").unwrap_err().to_string(),
        "ana is the beginning of several names: analytics, analytics-eu; write more of it"
    );
    assert_eq!(
        found("c").unwrap_err().to_string(),
        "no saved connection is called c; doorkey list shows all"
    );
    assert_eq!(Connections::default().find("c"), Err(NotFound::NoneSaved));
}

#[test]
fn a_free_name_is_short_where_it_can_be() {
    let mut connections = Connections::default();
    let address = address("git@ssh.bitbucket.org:acme/Data.Models.git");
    for expected in ["data.models", "acme-data.models", "acme-data.models-2"] {
        let name = connections.free_name(&address);
        assert_eq!(name.as_str(), expected);
        connections.put(Connection {
            name,
            ..connection("other")
        });
    }
}

#[test]
fn a_test_is_remembered_rung_by_rung() {
    let mut saved = connection("analytics");
    let url = saved.address.ssh();
    let passed = [CheckId::Dns, CheckId::Tcp, CheckId::Ssh].map(|id| Check::pass(id, "answers"));
    let mut green = passed.to_vec();
    green.push(Check::pass(CheckId::HostKey, "published"));
    green.push(Check::pass(CheckId::KeyQuery, "taken"));
    saved.remember(&report(&url, KEY, green));
    assert_eq!(saved.last_test.as_ref().unwrap().verdict, Verdict::Ready);
    assert_eq!(saved.proofs.of(Rung::Recognised).unwrap().by, "taken");
    assert_eq!(saved.proofs.of(Rung::ThisRepository), None);

    // A later refusal changes how it stands, not what was proven before.
    let refused = Report {
        checked_at: "2026-11-23T12:00:00Z".to_owned(),
        ..report(&url, KEY, vec![Check::found(Code::KeyQueryNotRecognised)])
    };
    saved.remember(&refused);
    assert_eq!(saved.last_test.as_ref().unwrap().verdict, Verdict::NotReady);
    let proven = saved.proofs.of(Rung::Recognised).unwrap();
    assert_eq!(proven.at, "2026-11-22T12:00:00Z");
}

#[test]
fn a_test_of_another_key_or_repository_is_not_remembered() {
    let mut saved = connection("analytics");
    let unchanged = saved.clone();
    saved.remember(&report(&saved.address.ssh(), OTHER_KEY, Vec::new()));
    saved.remember(&report(
        "git@ssh.bitbucket.org:acme/other.git",
        KEY,
        Vec::new(),
    ));
    assert_eq!(saved, unchanged);
}

#[test]
fn a_report_says_what_was_proven_and_nothing_of_this_machine() {
    let mut connection = everything_set();
    let proven = Proven {
        at: "2026-11-20T10:00:00Z".to_owned(),
        by: "known from /home/ada/.ssh/known_hosts, line 3".to_owned(),
    };
    connection.proofs.set(Rung::Genuine, proven);
    let text = connection.document().to_markdown();
    for told in [
        "proven on 2026-11-20",
        "proven on 2026-11-22",
        "not proven. What would prove it",
        "replaced on 2026-11-01",
        "doorkey verify analytics",
    ] {
        assert!(text.contains(told), "{told} is not in {text}");
    }
    assert!(!text.contains("/home"), "{text}");
}

proptest! {
    #[test]
    fn no_text_is_too_strange_to_be_refused(text in ".*") {
        prop_assert!(Connections::from_file(&text).is_err());
    }

    #[test]
    fn any_damage_is_noticed_or_harmless(at in any::<prop::sample::Index>(), byte in any::<char>()) {
        let text = [everything_set()].into_iter().collect::<Connections>().to_file();
        let mut characters: Vec<char> = text.chars().collect();
        *at.get_mut(&mut characters) = byte;
        let damaged: String = characters.into_iter().collect();
        if let Ok(connections) = Connections::from_file(&damaged) {
            // What could be read can be written and read again.
            prop_assert_eq!(Connections::from_file(&connections.to_file()), Ok(connections));
        }
    }

    #[test]
    fn every_text_has_a_name_like_it(text in ".{0,200}", number in 2_u64..) {
        let name = Name::from_text(&text);
        prop_assert_eq!(name.as_str().parse::<Name>(), Ok(name.clone()));
        let numbered = name.with_number(number);
        prop_assert_eq!(numbered.as_str().parse::<Name>(), Ok(numbered.clone()));
    }

    #[test]
    fn looking_for_any_text_ends_well(given in ".{0,40}") {
        let connections: Connections = ["analytics", "billing"].map(connection).into_iter().collect();
        if let Ok(found) = connections.find(&given) {
            prop_assert!(found.name.as_str().starts_with(&given));
        }
    }
}

#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

use proptest::prelude::*;

use super::*;
use crate::bitbucket::{SshAliases, read_address};
use crate::check::{Check, CheckId, Code, Required, Verdict};

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

const REACHED: [CheckId; 3] = [CheckId::Dns, CheckId::Tcp, CheckId::Ssh];

/// The checks of a test in which all is well as far up as a public key alone shows.
fn recognised() -> Vec<Check> {
    let mut checks = REACHED.map(|id| Check::pass(id, "answers")).to_vec();
    checks.push(Check::pass(CheckId::HostKey, "published"));
    checks.push(Check::pass(CheckId::KeyQuery, "taken"));
    checks
}

/// The same with what a token shows.
fn with_token(more: impl IntoIterator<Item = Check>) -> Vec<Check> {
    recognised().into_iter().chain(more).collect()
}

/// A test on a machine without a network.
fn no_network() -> Vec<Check> {
    let mut checks = vec![Check::found(Code::DnsTimeout)];
    let others = CheckId::ALL.into_iter().filter(|id| *id > CheckId::Dns);
    checks.extend(others.map(|id| Check::skip(id, "not tested: an earlier check failed")));
    checks
}

fn refused() -> Vec<Check> {
    let mut checks = recognised();
    checks.pop();
    checks.push(Check::found(Code::KeyQueryNotRecognised));
    checks
}

/// What is remembered after these tests, each on its day of November 2026 at 14:02.
fn after<const N: usize>(tests: [(u8, Vec<Check>); N]) -> Connection {
    let mut saved = connection("analytics");
    for (day, checks) in tests {
        remember(&mut saved, day, checks);
    }
    saved
}

fn remember(saved: &mut Connection, day: u8, checks: Vec<Check>) {
    let report = Report {
        checked_at: format!("2026-11-{day:02}T14:02:03Z"),
        ..report(&saved.address.ssh(), &saved.key.line(), checks)
    };
    saved.remember(&report);
}

fn verdict(saved: &Connection) -> (Verdict, &str, &str) {
    let LastTest { at, verdict, since } = saved.memory.last_test().unwrap();
    (*verdict, day(at), day(since))
}

fn words(saved: &Connection, rung: Rung) -> String {
    saved.memory.rung(rung).words(Audience::User)
}

fn everything_set() -> Connection {
    let writes = with_token([
        Check::pass(CheckId::Repository, "listed"),
        Check::found(Code::PermissionReadWrite),
    ]);
    let tested = after([
        (
            20,
            with_token([Check::pass(CheckId::Permission, "may only read")]),
        ),
        (22, writes),
        (23, no_network()),
    ]);
    Connection {
        region: Some(Region::usual()),
        host_keys: vec![
            "SHA256:voNIiiVQT0voNIiiVQT0voNIiiVQT0voNIiiVQT0vo8"
                .parse()
                .unwrap(),
        ],
        api: Some("https://bitbucket.example.com/api".parse().unwrap()),
        retired: vec![RetiredKey {
            refused_at: Some("2026-11-02T10:00:00Z".to_owned()),
            accepted_at: Some("2026-11-03T10:00:00Z".to_owned()),
            ..RetiredKey::new(
                AccessKey::read(OTHER_KEY).unwrap(),
                "2026-11-01T10:00:00Z".to_owned(),
            )
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
            refused: Some("2026-11-22T11:05:00Z".to_owned()),
            memory: after([(21, recognised())]).memory,
        }),
        ..tested
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
        r#"{"version": 1, "version": 1, "connections": []}"#,
        r#"{"version": 2, "connections": [{"name": "x"}"#,
    ] {
        let read = Connections::from_file(damaged);
        assert!(
            matches!(read, Err(FileProblem::Damaged(_))),
            "{damaged}: {read:?}"
        );
    }
}

/// The file of version 1, as doorkey wrote it before it remembered more than the last proof of each rung.
const VERSION_1: &str = include_str!("../../tests/fixtures/connections-1.json");

#[test]
fn what_version_1_knew_is_kept() {
    let read = Connections::from_file(VERSION_1).unwrap();
    assert_eq!(read.unreadable(), []);
    let [analytics, models, never] =
        ["analytics", "models", "never"].map(|name| read.find(name).unwrap());
    assert_eq!(
        verdict(analytics),
        (Verdict::NotReady, "2026-11-22", "2026-11-22")
    );
    assert_eq!(
        words(analytics, Rung::Reachable),
        "proven 2026-11-21 10:00 (ssh.bitbucket.org answers)"
    );
    assert_eq!(words(analytics, Rung::ReadOnly), "not proven yet");
    assert_eq!(analytics.region, Some(Region::usual()));
    assert_eq!(analytics.host_keys.len(), 1);
    assert_eq!(analytics.retired[0].refused_at, None);
    assert_eq!(analytics.rotation.as_ref().unwrap().stage(), Stage::Refuse);
    let new = &analytics.rotation.as_ref().unwrap().memory;
    assert_eq!(new.last_test().unwrap().verdict, Verdict::Ready);
    assert!(!models.place.base_guessed);
    assert_eq!(verdict(models).0, Verdict::Inconclusive);
    assert_eq!(never.memory, Memory::default());
    // From now on it is in today's form.
    let text = read.to_file();
    assert!(text.contains("\"version\": 2"), "{text}");
    assert_eq!(Connections::from_file(&text), Ok(read));
}

#[test]
fn an_entry_that_cannot_be_read_is_named_and_takes_no_other_with_it() {
    let good = [everything_set(), connection("billing")]
        .into_iter()
        .collect::<Connections>()
        .to_file();
    let twice = format!("{KEY} {KEY}");
    for (from, to, said) in [
        (
            "\"analytics\"",
            "\"-x\"",
            "-x: a name begins with a letter or a digit",
        ),
        ("acme/analytics.git", "acme", "analytics: "),
        (
            "AAAAC3",
            "BBBB",
            "analytics: one of its keys is not a line that doorkey writes",
        ),
        (
            KEY,
            &format!("> {KEY}"),
            "analytics: one of its keys is not a line",
        ),
        (
            KEY,
            &OTHER_KEY.replace("former", "coalesce"),
            "analytics: the fingerprint of one",
        ),
        ("\"eu\"", "\"moon\"", "analytics: there is no region moon"),
        (
            "\"reachable\"",
            "\"ladder\"",
            "analytics: there is no rung ladder",
        ),
        (
            "\"refuted\"",
            "\"unknown\"",
            "analytics: unknown tells nothing of a rung",
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
        (
            "https://bitbucket.example.com/api",
            "ftp://x",
            "analytics: the address of its web server",
        ),
        (
            "\"region\"",
            "\"more\": 1, \"region\"",
            "analytics: unknown field `more`",
        ),
        (
            "\"name\": \"analytics\"",
            "\"name\": 7",
            "entry 1 of the file: ",
        ),
        (
            "\"billing\"",
            "\"analytics\"",
            "analytics: this name is in the file twice",
        ),
    ] {
        assert!(good.contains(from), "{from} is not in {good}");
        let text = good.replacen(from, to, 1);
        let mut read = Connections::from_file(&text).unwrap();
        let [entry] = read.unreadable() else {
            panic!("{to}: {:?}", read.unreadable());
        };
        assert!(entry.to_string().starts_with(said), "{entry}");
        assert_eq!(read.len(), 1, "{to}: the other one works");
        // It stays as it is whatever is written.
        read.put(connection("new"));
        let written = read.to_file();
        assert_eq!(read.is_written_as(&written), Ok(()), "{written}");
        let again = Connections::from_file(&written).unwrap();
        assert_eq!(again.unreadable(), read.unreadable());
        let kept = &again.unreadable()[0].to_string();
        assert_eq!(kept.split(':').nth(1), entry_words(&text).split(':').nth(1));
    }
    // A key that stands twice on its line comes from an older doorkey; the second is only a comment.
    let text = good.replacen(KEY, &twice, 1);
    let read = Connections::from_file(&text).unwrap();
    assert_eq!(read.unreadable(), []);
    assert!(
        read.find("analytics")
            .unwrap()
            .key
            .is_same_key(&AccessKey::read(KEY).unwrap())
    );
}

fn entry_words(text: &str) -> String {
    Connections::from_file(text).unwrap().unreadable()[0].to_string()
}

#[test]
fn what_cannot_be_read_keeps_its_name_and_can_be_taken_out() {
    let text = [connection("analytics"), connection("billing")]
        .into_iter()
        .collect::<Connections>()
        .to_file()
        .replacen("AAAAC3", "BBBB", 1);
    let mut read = Connections::from_file(&text).unwrap();
    let found = read.find("analytics").unwrap_err();
    assert!(matches!(found, NotFound::Unreadable(_)), "{found}");
    let free = read.free_name(&address("git@ssh.bitbucket.org:acme/analytics.git"));
    assert_eq!(free.as_str(), "acme-analytics");
    assert!(!read.remove_unreadable("billing"));
    assert!(read.remove_unreadable("analytics"));
    assert_eq!((read.len(), read.unreadable().len()), (1, 0));
}

#[test]
fn of_two_with_one_name_the_second_waits_for_the_first_to_go() {
    let text = [
        connection("one"),
        connection_to("two", "git@ssh.bitbucket.org:acme/second.git"),
    ]
    .into_iter()
    .collect::<Connections>()
    .to_file()
    .replace("\"two\"", "\"one\"");
    let mut read = Connections::from_file(&text).unwrap();
    let name: Name = "one".parse().unwrap();
    assert_eq!(read.remove(&name).unwrap().address.repository(), "one");
    assert_eq!(read.get(&name).unwrap().address.repository(), "second");
    assert_eq!(read.is_written_as(&read.to_file()), Ok(()));
}

#[test]
fn a_file_that_would_mean_something_else_is_not_what_was_to_be_written() {
    let connections: Connections = [everything_set(), connection("billing")]
        .into_iter()
        .collect();
    let text = connections.to_file();
    assert_eq!(connections.is_written_as(&text), Ok(()));
    for (from, to, said) in [
        (
            "2026-11-22T11:03:00Z",
            "2026-11-22T11:33:00Z",
            "analytics would not come back as it is",
        ),
        ("AAAAC3", "BBBB", "analytics would not come back as it is"),
        (
            "\"version\": 2",
            "\"version\": 9",
            "a newer doorkey wrote it",
        ),
        ("\n}", "", "it is damaged"),
    ] {
        let why = connections
            .is_written_as(&text.replacen(from, to, 1))
            .unwrap_err();
        assert!(why.starts_with(said), "{why}");
    }
    let fewer: Connections = [connection("billing")].into_iter().collect();
    assert!(fewer.is_written_as(&text).is_err());
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
    let mut saved = after([(22, recognised())]);
    assert_eq!(
        verdict(&saved),
        (Verdict::Ready, "2026-11-22", "2026-11-22")
    );
    assert_eq!(
        words(&saved, Rung::Recognised),
        "proven 2026-11-22 14:02 (taken)"
    );
    assert_eq!(words(&saved, Rung::ThisRepository), "not proven yet");

    // A refusal is how it stands; that it was proven is history.
    remember(&mut saved, 23, refused());
    assert_eq!(
        verdict(&saved),
        (Verdict::NotReady, "2026-11-23", "2026-11-23")
    );
    assert_eq!(
        saved.memory.rung(Rung::Recognised).standing(),
        Standing::Refuted
    );
    assert_eq!(
        words(&saved, Rung::Recognised),
        "refuted 2026-11-23 14:02 (Bitbucket does not know this key); proven 2026-11-22"
    );
    remember(&mut saved, 24, refused());
    assert_eq!(
        verdict(&saved),
        (Verdict::NotReady, "2026-11-24", "2026-11-23")
    );
    assert_eq!(
        day(&saved.memory.rung(Rung::Recognised).last_proof().unwrap().at),
        "2026-11-22"
    );

    remember(&mut saved, 25, recognised());
    assert_eq!(
        verdict(&saved),
        (Verdict::Ready, "2026-11-25", "2026-11-25")
    );
    assert_eq!(
        words(&saved, Rung::Recognised),
        "proven 2026-11-25 14:02 (taken)"
    );
}

#[test]
fn a_run_that_could_not_tell_stands_beside_the_last_one_that_could() {
    for (before, expected) in [
        (recognised(), Verdict::Ready),
        (refused(), Verdict::NotReady),
    ] {
        let mut saved = after([(22, before)]);
        let proof = saved.memory.proof();
        remember(&mut saved, 23, no_network());
        assert_eq!(verdict(&saved), (expected, "2026-11-22", "2026-11-22"));
        assert_eq!(saved.memory.proof(), proof);
        let tried = saved.memory.last_try().unwrap();
        assert_eq!(
            (day(&tried.at), tried.cause()),
            ("2026-11-23", Some(Code::DnsTimeout))
        );
        assert_eq!(
            words(&saved, Rung::Reachable),
            "proven 2026-11-22 14:02 (answers); could not tell 2026-11-23 14:02 (the host lookup took too long)"
        );
        // Nobody asked about it, so there is nothing to tell.
        assert!(!words(&saved, Rung::Recognised).contains("could not tell"));
        let text = [saved.clone()]
            .into_iter()
            .collect::<Connections>()
            .to_file();
        assert_eq!(
            Connections::from_file(&text).unwrap().find("analytics"),
            Ok(&saved)
        );
    }
    // The next one that can tell ends it.
    let told = after([(22, recognised()), (23, no_network()), (24, recognised())]);
    assert_eq!(verdict(&told), (Verdict::Ready, "2026-11-24", "2026-11-22"));
    assert_eq!(told.memory.last_try(), None);
    assert_eq!(told.memory.rung(Rung::Reachable).last_try(), None);
}

#[test]
fn while_no_test_could_tell_the_last_one_is_all_there_is() {
    let saved = after([(22, no_network()), (23, no_network())]);
    assert_eq!(
        verdict(&saved),
        (Verdict::Inconclusive, "2026-11-23", "2026-11-22")
    );
    let told = after([(22, no_network()), (23, refused())]);
    assert_eq!(
        verdict(&told),
        (Verdict::NotReady, "2026-11-23", "2026-11-23")
    );
}

#[test]
fn a_saved_verdict_follows_from_the_saved_rungs() {
    let reads = || {
        with_token([
            Check::pass(CheckId::Repository, "listed"),
            Check::pass(CheckId::Permission, "may only read"),
        ])
    };
    let writes = || {
        with_token([
            Check::pass(CheckId::Repository, "listed"),
            Check::found(Code::PermissionReadWrite),
        ])
    };
    let mut saved = after([(20, reads()), (22, writes())]);
    assert_eq!(
        saved.memory.rung(Rung::ReadOnly).standing(),
        Standing::Refuted
    );
    assert_eq!(
        words(&saved, Rung::ReadOnly),
        "refuted 2026-11-22 14:02 (the key may also write); proven 2026-11-20"
    );
    // Without a token nobody can see it, so it may write still.
    remember(&mut saved, 23, recognised());
    assert_eq!(verdict(&saved).0, Verdict::NotReady);
    assert_eq!(saved.memory.proof().height(), Some(Rung::ThisRepository));
    remember(&mut saved, 24, reads());
    assert_eq!(
        verdict(&saved),
        (Verdict::Ready, "2026-11-24", "2026-11-24")
    );
    assert_eq!(
        words(&saved, Rung::ReadOnly),
        "proven 2026-11-24 14:02 (may only read)"
    );
}

#[test]
fn a_server_that_may_be_any_other_one_proves_nothing_for_later() {
    let unknown_server = || {
        let mut checks = recognised();
        checks[3] = Check::found(Code::HostKeyUnknown);
        checks
    };
    let mut saved = after([(20, recognised()), (21, refused()), (22, unknown_server())]);
    assert_eq!(
        verdict(&saved),
        (Verdict::NotReady, "2026-11-21", "2026-11-21")
    );
    assert_eq!(
        saved.memory.rung(Rung::Genuine).standing(),
        Standing::Proven
    );
    assert_eq!(
        saved.memory.rung(Rung::Recognised).standing(),
        Standing::Refuted
    );
    assert_eq!(
        words(&saved, Rung::Recognised),
        "refuted 2026-11-21 14:02 (Bitbucket does not know this key); could not tell 2026-11-22 14:02 (this host key is not known yet); \
         proven 2026-11-20"
    );
    remember(&mut saved, 23, recognised());
    assert_eq!(verdict(&saved).0, Verdict::Ready);
}

#[test]
fn what_was_proven_of_a_key_on_its_repository_ends_when_it_is_refused() {
    let listed = with_token([Check::pass(CheckId::Repository, "listed")]);
    let saved = after([(20, listed), (21, refused()), (22, recognised())]);
    assert_eq!(saved.memory.proof().height(), Some(Rung::Recognised));
    assert_eq!(
        words(&saved, Rung::ThisRepository),
        "not proven since; proven 2026-11-20"
    );
}

#[test]
fn only_a_genuine_server_shows_anything_of_keys_it_had_before() {
    let former = AccessKey::read(OTHER_KEY).unwrap();
    let answer = |is_accepted| Retired {
        fingerprint: former.fingerprint(),
        is_accepted,
        was_refused: false,
        is_back: false,
    };
    let mut saved = connection("analytics");
    let retired = RetiredKey::new(former.clone(), "2026-11-01T10:00:00Z".to_owned());
    saved.retired = vec![retired];
    let url = saved.address.ssh();
    let genuine = report(&url, KEY, recognised());
    let mut doubtful = genuine.clone();
    doubtful.checks.retain(|check| check.id != CheckId::HostKey);
    let before = saved.clone();
    saved.remember_retired(&doubtful, &[answer(Some(false))]);
    saved.remember_retired(
        &report(&url, NEXT_KEY, recognised()),
        &[answer(Some(false))],
    );
    saved.remember_retired(&genuine, &[answer(None)]);
    assert_eq!(saved, before);

    saved.remember_retired(&genuine, &[answer(Some(true))]);
    assert_eq!(
        saved.retired[0].words(),
        "replaced on 2026-11-01; still let in 2026-11-22 12:00"
    );
    saved.remember_retired(&genuine, &[answer(Some(false))]);
    assert_eq!(
        saved.retired[0].words(),
        "replaced on 2026-11-01; refused 2026-11-22 12:00"
    );
    saved.remember_retired(&genuine, &[answer(Some(true))]);
    assert_eq!(
        saved.retired[0].words(),
        "replaced on 2026-11-01; refused 2026-11-22 12:00; let in again 2026-11-22 12:00"
    );
}

#[test]
fn a_shorter_setup_takes_nothing_away() {
    let page = "https://git.example.com/stash/projects/ACME/repos/models/browse";
    let full = connection_to("models", page);
    let url = full.address.ssh();
    let guess = connection_to("models", &url);
    assert!(guess.place.base_guessed && !full.place.base_guessed);
    let api: ApiBase = "https://api.example.com/stash".parse().unwrap();
    let pin: HostKeyPin = "SHA256:voNIiiVQT0voNIiiVQT0voNIiiVQT0voNIiiVQT0vo8"
        .parse()
        .unwrap();
    let finished = |place: &RepositoryPlace| Finished {
        place: place.clone(),
        region: None,
        api: None,
        host_keys: Vec::new(),
        report: report(&url, KEY, recognised()),
    };
    let mut connections = Connections::default();
    connections.keep(Finished {
        region: Some(Region::usual()),
        api: Some(api),
        host_keys: vec![pin],
        ..finished(&full.place)
    });
    let before = connections.find("models").unwrap().clone();
    connections.keep(finished(&guess.place));
    assert_eq!(connections.find("models"), Ok(&before));
    // What is known better takes its place.
    let moved = "https://bitbucket.example.com/projects/ACME/repos/models/browse";
    let moved = connection_to("models", moved).place;
    connections.keep(finished(&moved));
    assert_eq!(connections.find("models").unwrap().place, moved);
}

#[test]
fn a_web_address_that_somebody_names_takes_the_place_of_a_guess() {
    let ssh = "ssh://git@git.example.com:7999/acme/models.git";
    for (given, page) in [
        (
            "https://bitbucket.example.com/stash",
            Some("https://bitbucket.example.com/stash/projects/ACME/repos/models"),
        ),
        (
            "http://127.0.0.1:8000",
            Some("http://127.0.0.1:8000/projects/ACME/repos/models"),
        ),
        // No page can be below it, so the pages stay a guess.
        ("https://bitbucket.example.com/a%20b", None),
    ] {
        let mut saved = connection_to("models", ssh);
        saved.know_web_address(given.parse().unwrap());
        assert_eq!(saved.api.as_ref().unwrap().as_str(), given);
        assert_eq!(saved.place.base_guessed, page.is_none(), "{given}");
        if let Some(page) = page {
            assert!(saved.place.repository_page().starts_with(page), "{given}");
        }
        let all: Connections = [saved].into_iter().collect();
        assert_eq!(all.is_written_as(&all.to_file()), Ok(()), "{given}");
    }
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
    let mut checks = recognised();
    checks[3] = Check::pass(
        CheckId::HostKey,
        "known from /home/ada/.ssh/known_hosts, line 3",
    );
    remember(&mut connection, 25, checks);
    let text = connection.document().to_markdown();
    for told in [
        "proven 2026-11-25 14:02. Its host key",
        "refuted 2026-11-22 14:02 (the key may also write)",
        "proven 2026-11-20",
        "not proven yet. What would prove it",
        "replaced on 2026-11-01; refused 2026-11-02 10:00",
        "Its key is being replaced since 2026-11-22; next: prove that the old key is out.",
        "doorkey verify analytics",
    ] {
        assert!(text.contains(told), "{told} is not in {text}");
    }
    assert!(!text.contains("/home"), "{text}");
}

/// A connection whose key has any comment, tested in any way.
fn any_connection() -> impl Strategy<Value = Connection> {
    let test = prop_oneof![
        Just(recognised()),
        Just(refused()),
        Just(no_network()),
        Just(with_token([Check::found(Code::PermissionReadWrite)])),
        ".{0,300}".prop_map(|words| with_token([Check::pass(CheckId::Repository, words)])),
    ];
    let tests = prop::collection::vec((1u8..30, test), 0..5);
    (".{0,300}", tests).prop_filter_map("a key", |(comment, tests)| {
        let bare = AccessKey::read(KEY).unwrap().bare_line();
        let mut saved = connection("analytics");
        saved.key = AccessKey::read(&format!("{bare} {comment}"))
            .ok()?
            .without_repairs();
        for (day, checks) in tests {
            remember(&mut saved, day, checks);
        }
        Some(saved)
    })
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
            // What could be read can be written and read again, and what could not is still there.
            prop_assert_eq!(connections.is_written_as(&connections.to_file()), Ok(()));
            prop_assert_eq!(connections.len() + connections.unreadable().len(), 1);
        }
    }

    #[test]
    fn whatever_was_tested_is_read_back(saved in any_connection()) {
        let is_refuted = Rung::ALL.into_iter().any(|rung| saved.memory.rung(rung).standing() == Standing::Refuted);
        if let Some(test) = saved.memory.last_test() {
            prop_assert!(!(is_refuted && test.verdict == Verdict::Ready));
        }
        let all: Connections = [saved].into_iter().collect();
        prop_assert_eq!(all.is_written_as(&all.to_file()), Ok(()));
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

//! What is claimed of a change: whatever a server answers to it, only what its list shows afterwards counts.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use doorkey::access_key::AccessKey;
use doorkey::adapters::rest::Client;
use doorkey::bitbucket::Edition;
use doorkey::check::api_access::{ApiAccess, read_token};
use doorkey::check::stage::repository::change::{
    Outcome, Sent, Told, added, before_adding, removed,
};
use doorkey::check::stage::repository::{NoAnswer, Refused};
use serde_json::{Value, json};

use crate::liar::{Holdings, Liar, Reply, entry, page, project_entry};
use crate::program::Program;
use crate::raw::{answer, error};
use crate::world::new_key;

const TOKEN: &str = "open-sesame-of-a-test";

/// What the answer to a change is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Worth {
    /// It looks like a success.
    Success,
    /// It is a refusal.
    Refusal,
    /// It says nothing.
    Nothing,
}

/// The answers that servers, proxies and broken networks give to a change.
fn answers(edition: Edition, key: &AccessKey) -> Vec<(&'static str, Worth, Vec<u8>)> {
    use Worth::{Nothing, Refusal, Success};
    let ok = |body: &Value| answer("200 OK", "application/json", &body.to_string());
    let whole = entry(edition, key, 7, "REPO_READ");
    let of_another_key = entry(edition, &new_key(), 7, "REPO_READ");
    let writes = entry(edition, key, 7, "REPO_WRITE");
    let mut elsewhere = whole.clone();
    elsewhere["repository"] =
        json!({"full_name": "acme/other", "slug": "other", "project": {"key": "ACME"}});
    let page = "<!doctype html><title>Log in</title>";
    let redirect =
        b"HTTP/1.1 302 Found\r\nLocation: https://sso.example.com/\r\nContent-Length: 0\r\n\r\n";
    vec![
        ("the entry", Success, ok(&whole)),
        ("another key", Success, ok(&of_another_key)),
        ("a permission to write", Success, ok(&writes)),
        ("another repository", Success, ok(&elsewhere)),
        ("{}", Success, ok(&json!({}))),
        (
            "an error with 200",
            Success,
            ok(&json!({"error": {"message": "No"}})),
        ),
        (
            "nothing, with 200",
            Success,
            answer("200 OK", "application/json", ""),
        ),
        (
            "204",
            Success,
            b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".to_vec(),
        ),
        (
            "no JSON",
            Success,
            answer("201 Created", "text/plain", "fine"),
        ),
        ("a login page", Nothing, answer("200 OK", "text/html", page)),
        ("a redirect", Nothing, redirect.to_vec()),
        ("an end without an answer", Nothing, Vec::new()),
        ("half a head", Nothing, b"HTTP/1.1 200".to_vec()),
        (
            "half a body",
            Nothing,
            b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"id\"".to_vec(),
        ),
        ("not HTTP", Nothing, b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
        ("500", Nothing, error("500 Internal Server Error", "Oops")),
        (
            "502 of a proxy",
            Nothing,
            answer("502 Bad Gateway", "text/html", page),
        ),
        (
            "503",
            Nothing,
            answer("503 Service Unavailable", "text/plain", "later"),
        ),
        ("400", Refusal, error("400 Bad Request", "No")),
        ("401", Refusal, error("401 Unauthorized", "No")),
        ("403", Refusal, error("403 Forbidden", "No")),
        ("404", Refusal, error("404 Not Found", "No")),
        (
            "409",
            Refusal,
            answer(
                "409 Conflict",
                "application/json",
                &json!({"errors": [{"message": "No"}]}).to_string(),
            ),
        ),
        ("429", Refusal, error("429 Too Many Requests", "No")),
    ]
}

fn client(liar: &Liar, limit: Duration) -> Client {
    let access = ApiAccess {
        token: read_token(TOKEN).expect("a token"),
        ..ApiAccess::default()
    };
    let client = Client::new(&liar.api(), &access, limit);
    client.unwrap_or_else(|none| panic!("{none:?}"))
}

fn add(liar: &Liar, key: &AccessKey) -> Told {
    let client = client(liar, PATIENCE);
    let before = client.lists(key).expect("the lists");
    assert_eq!(before_adding(&liar.place(), &before), None);
    let sent = client.add(key, "Coalesce Quality");
    added(&liar.place(), &sent, client.lists(key).as_ref())
}

fn remove(liar: &Liar, key: &AccessKey) -> Told {
    let client = client(liar, PATIENCE);
    let before = client.lists(key).expect("the lists");
    let id = before.repository[0].id.clone().expect("an id");
    let sent = client.remove(&id);
    removed(&liar.place(), &sent, client.lists(key).as_ref())
}

/// Far more than anything here takes; only reached when something hangs.
const PATIENCE: Duration = Duration::from_secs(20);

const NOTHING: fn() -> Holdings = Holdings::default;

fn one(entry: Value) -> Holdings {
    Holdings {
        repository: vec![entry],
        ..Holdings::default()
    }
}

/// A server whose list can't be read.
fn unreadable() -> Holdings {
    Holdings {
        instead: Some(error("500 Internal Server Error", "Oops")),
        ..Holdings::default()
    }
}

#[test]
fn only_the_list_says_that_a_key_was_added() {
    let key = new_key();
    for edition in Edition::ALL {
        for (name, worth, bytes) in answers(edition, &key) {
            let told = |after| {
                let reply = Reply::Bytes(bytes.clone());
                let liar = Liar::holding(edition, NOTHING()).answering(reply, after);
                let told = add(&liar, &key);
                assert_eq!(liar.changes().len(), 1, "{name}: asked once");
                (told.outcome, told.in_sentences())
            };
            let good = entry(edition, &key, 7, "REPO_READ");

            let (outcome, words) = told(one(good.clone()));
            assert_eq!(outcome, Outcome::Done, "{edition:?} {name}: {words}");
            let start = match worth {
                Worth::Refusal => "The key is on ",
                _ => "Added to ",
            };
            assert!(words.starts_with(start), "{edition:?} {name}: {words}");
            let was_lost = words.contains("no answer came that says what became of it");
            assert_eq!(
                was_lost,
                worth == Worth::Nothing,
                "{edition:?} {name}: {words}"
            );

            let (outcome, words) = told(NOTHING());
            let (wanted, start) = match worth {
                Worth::Success => (Outcome::Unknown, "Bitbucket answered as if it had added"),
                Worth::Refusal => (Outcome::NotDone, "Bitbucket did not add the key"),
                Worth::Nothing => (Outcome::Unknown, "The key may have been added"),
            };
            assert_eq!(outcome, wanted, "{edition:?} {name}: {words}");
            assert!(words.starts_with(start), "{edition:?} {name}: {words}");

            let (outcome, words) = told(Holdings {
                repository: vec![good.clone(), good.clone()],
                ..NOTHING()
            });
            assert_eq!(outcome, Outcome::NotDone, "{edition:?} {name}: {words}");
            assert!(words.contains("2 times"), "{edition:?} {name}: {words}");

            let (outcome, words) = told(unreadable());
            assert_eq!(outcome, Outcome::Unknown, "{edition:?} {name}: {words}");
            assert!(
                words.starts_with("doorkey can't tell"),
                "{edition:?} {name}: {words}"
            );

            if edition == Edition::DataCenter {
                for permission in ["REPO_WRITE", "REPO_ADMIN"] {
                    let (outcome, words) = told(one(entry(edition, &key, 7, permission)));
                    assert_eq!(outcome, Outcome::NotDone, "{name}: {words}");
                    assert!(!words.contains("Added"), "{name}: {words}");
                }
            }
        }
    }
}

#[test]
fn only_the_list_says_that_a_key_was_removed() {
    let key = new_key();
    for edition in Edition::ALL {
        let good = entry(edition, &key, 7, "REPO_READ");
        for (name, worth, bytes) in answers(edition, &key) {
            let told = |after| {
                let reply = Reply::Bytes(bytes.clone());
                let liar = Liar::holding(edition, one(good.clone())).answering(reply, after);
                let told = remove(&liar, &key);
                let changes = liar.changes();
                assert_eq!(changes.len(), 1, "{name}: asked once");
                assert!(changes[0].ends_with("/7"), "{name}: {changes:?}");
                (told.outcome, told.in_sentences())
            };
            let (outcome, words) = told(NOTHING());
            assert_eq!(outcome, Outcome::Done, "{edition:?} {name}: {words}");
            let start = match worth {
                Worth::Refusal => "The key is no longer on ",
                _ => "Removed from ",
            };
            assert!(words.starts_with(start), "{edition:?} {name}: {words}");

            let (outcome, words) = told(one(good.clone()));
            let wanted = match worth {
                Worth::Refusal => Outcome::NotDone,
                _ => Outcome::Unknown,
            };
            assert_eq!(outcome, wanted, "{edition:?} {name}: {words}");
            assert!(words.contains("still shows"), "{edition:?} {name}: {words}");

            let (outcome, words) = told(unreadable());
            assert_eq!(outcome, Outcome::Unknown, "{edition:?} {name}: {words}");
            assert!(
                words.starts_with("doorkey can't tell"),
                "{edition:?} {name}: {words}"
            );
        }
    }
}

#[test]
fn a_key_that_goes_from_the_repository_and_stays_on_the_project_still_gets_in() {
    let key = new_key();
    for edition in Edition::ALL {
        let on_project = Holdings {
            project: vec![project_entry(edition, &key, "PROJECT_READ")],
            ..NOTHING()
        };
        let reply = Reply::Bytes(answer("204 No Content", "text/plain", ""));
        let liar = Liar::holding(edition, one(entry(edition, &key, 7, "REPO_READ")))
            .answering(reply, on_project);
        let told = remove(&liar, &key);
        assert_eq!(told.outcome, Outcome::Done);
        assert!(
            told.in_sentences().contains("there it still gets in"),
            "{told:?}"
        );
    }
}

#[test]
fn a_change_that_was_not_sent_is_told_from_one_that_was() {
    let key = new_key();
    let limit = Duration::from_millis(300);
    // Nobody answers: sent, and nobody knows.
    let silent = Liar::holding(Edition::Cloud, NOTHING()).answering(Reply::Silence, NOTHING());
    let sent = client(&silent, limit).add(&key, "label");
    assert!(matches!(sent, Sent::Unclear(_)), "{sent:?}");
    // Nobody is there: not sent.
    let place = silent.place();
    let access = ApiAccess {
        token: read_token(TOKEN).expect("a token"),
        base: format!("http://{}", crate::world::closed_port())
            .parse()
            .ok(),
        ..ApiAccess::default()
    };
    let api = doorkey::bitbucket::Api::new(&place, access.base.as_ref()).expect("an interface");
    let nobody = Client::new(&api, &access, limit).unwrap_or_else(|none| panic!("{none:?}"));
    for sent in [nobody.add(&key, "label"), nobody.remove("7")] {
        assert!(matches!(sent, Sent::NotSent(_)), "{sent:?}");
        let after = Err(&NoAnswer::Refused(Refused::new(500, None)));
        let told = added(&place, &sent, after);
        assert!(told.headline.starts_with("Nothing was added"), "{told:?}");
        let told = removed(&place, &sent, after);
        assert!(told.headline.starts_with("Nothing was removed"), "{told:?}");
    }
}

#[test]
fn the_limit_does_not_run_while_a_person_thinks() {
    let key = new_key();
    let reply = Reply::Bytes(answer("200 OK", "application/json", "{}"));
    let good = entry(Edition::Cloud, &key, 7, "");
    let liar = Liar::holding(Edition::Cloud, NOTHING()).answering(reply, one(good));
    let limit = Duration::from_secs(1);
    let client = client(&liar, limit);
    let begun = Instant::now();
    client.lists(&key).expect("the lists");
    // The person: longer than everything together may take.
    while begun.elapsed() <= limit {
        std::thread::park_timeout(limit);
    }
    let sent = client.add(&key, "label");
    let told = added(&liar.place(), &sent, client.lists(&key).as_ref());
    assert_eq!(told.outcome, Outcome::Done, "{told:?}");
}

#[test]
fn what_is_there_already_is_looked_at_before_anything_is_asked() {
    let key = new_key();
    let repository = |permission| one(entry(Edition::DataCenter, &key, 7, permission));
    let project = |permission| Holdings {
        project: vec![project_entry(Edition::DataCenter, &key, permission)],
        ..NOTHING()
    };
    let both = |on_repository, on_project| Holdings {
        project: project(on_project).project,
        ..repository(on_repository)
    };
    let twice = |first, second| Holdings {
        repository: [first, second]
            .map(|permission| entry(Edition::DataCenter, &key, 7, permission))
            .into(),
        ..NOTHING()
    };
    let stranger = one(entry(Edition::DataCenter, &new_key(), 7, "REPO_WRITE"));
    let table = [
        (NOTHING(), None),
        (stranger, None),
        (repository("REPO_READ"), Some((Outcome::Done, "already"))),
        (
            repository("REPO_WRITE"),
            Some((Outcome::NotDone, "may also write")),
        ),
        (
            repository("REPO_ADMIN"),
            Some((Outcome::NotDone, "does not know its permission")),
        ),
        (
            twice("REPO_READ", "REPO_READ"),
            Some((Outcome::NotDone, "2 times")),
        ),
        (
            twice("REPO_READ", "REPO_WRITE"),
            Some((Outcome::NotDone, "may also write")),
        ),
        (
            twice("REPO_WRITE", "REPO_READ"),
            Some((Outcome::NotDone, "may also write")),
        ),
        (
            project("PROJECT_READ"),
            Some((Outcome::Done, "open all its repositories")),
        ),
        (
            project("PROJECT_WRITE"),
            Some((Outcome::NotDone, "may also write")),
        ),
        (
            both("REPO_READ", "PROJECT_READ"),
            Some((Outcome::Done, "already")),
        ),
        (
            both("REPO_READ", "PROJECT_WRITE"),
            Some((Outcome::NotDone, "may also write")),
        ),
    ];
    for (holdings, wanted) in table {
        let liar = Liar::holding(Edition::DataCenter, holdings.clone());
        let lists = client(&liar, PATIENCE).lists(&key).expect("the lists");
        let told = before_adding(&liar.place(), &lists);
        let said = told
            .as_ref()
            .map(|told| (told.outcome, told.in_sentences()));
        match (said, wanted) {
            (None, None) => {}
            (Some((outcome, said)), Some((wanted, words))) => {
                assert_eq!(outcome, wanted, "{said}");
                assert!(said.contains(words), "{said}");
            }
            (said, _) => panic!("{said:?} of {:?}", holdings.repository),
        }
    }
}

#[test]
fn a_list_is_read_only_where_it_is_the_one_that_was_asked_for() {
    let key = new_key();
    let good = entry(Edition::Cloud, &key, 7, "");
    let elsewhere = |next: &str| {
        let body = json!({"values": [], "next": next}).to_string();
        Holdings {
            instead: Some(answer("200 OK", "application/json", &body)),
            ..NOTHING()
        }
    };
    // Another repository's list on the same server would prove nothing, and its ids are no ids here.
    let (other_list, other_server) = ("in another list", "at another server");
    for (next, words) in [
        (
            "/2.0/repositories/acme/other/deploy-keys?page=2",
            other_list,
        ),
        (
            "/2.0/repositories/acme/analytics/deploy-keys/../../other/deploy-keys?page=2",
            other_list,
        ),
        (
            "//evil.example/2.0/repositories/acme/analytics/deploy-keys?page=2",
            other_server,
        ),
        (
            "https://evil.example/2.0/repositories/acme/analytics/deploy-keys?page=2",
            other_server,
        ),
    ] {
        let liar = Liar::holding(Edition::Cloud, elsewhere(next));
        let lists = client(&liar, PATIENCE).lists(&key);
        let none = lists.expect_err("no list");
        assert!(none.in_words().contains(words), "{none:?}");
    }
    // Nor does an entry that says it is another repository's.
    let mut foreign = good.clone();
    foreign["repository"]["full_name"] = json!("acme/other");
    let liar = Liar::holding(Edition::Cloud, one(foreign));
    let none = client(&liar, PATIENCE).lists(&key).expect_err("no list");
    assert!(none.in_words().contains("1 entries"), "{none:?}");
    // An entry needs only its key.
    for id in [json!(null), json!("7"), json!("{a-b}")] {
        let mut entry = good.clone();
        entry["id"] = id;
        let liar = Liar::holding(Edition::Cloud, one(entry));
        let lists = client(&liar, PATIENCE).lists(&key).expect("the lists");
        assert_eq!(lists.repository.len(), 1);
    }
}

/// A run of a command against a liar, with consent.
fn arguments<'a>(command: &'a str, liar: &Liar, key: &'a str, base: &'a str) -> Vec<&'a str> {
    let page = page(liar.edition);
    vec![command, page, "--key", key, "--api-url", base, "--yes"]
}

#[test]
fn the_commands_say_what_the_list_shows_and_end_accordingly() {
    let key = new_key();
    let program = Program::with_token(TOKEN);
    let file = program.key(&key);
    for edition in Edition::ALL {
        let good = || one(entry(edition, &key, 7, "REPO_READ"));
        let done = || Reply::Bytes(answer("200 OK", "application/json", "{}"));
        let lost = || Reply::Bytes(Vec::new());
        let on_project = Holdings {
            project: vec![project_entry(edition, &key, "PROJECT_READ")],
            ..NOTHING()
        };
        let table = [
            ("grant", NOTHING(), done(), good(), 0, "Added to ", 1),
            ("grant", NOTHING(), lost(), good(), 0, "Added to ", 1),
            ("grant", NOTHING(), done(), NOTHING(), 3, "its list for ", 1),
            (
                "grant",
                NOTHING(),
                lost(),
                NOTHING(),
                3,
                "may have been added",
                1,
            ),
            (
                "grant",
                NOTHING(),
                lost(),
                unreadable(),
                3,
                "repository.api_unreachable",
                1,
            ),
            (
                "grant",
                unreadable(),
                done(),
                good(),
                3,
                "repository.api_unreachable",
                0,
            ),
            (
                "grant",
                good(),
                done(),
                good(),
                0,
                "already as \"Coalesce Quality\"",
                0,
            ),
            (
                "grant",
                on_project,
                done(),
                good(),
                0,
                "open all its repositories",
                0,
            ),
            ("revoke", good(), done(), NOTHING(), 0, "Removed from ", 1),
            ("revoke", good(), lost(), NOTHING(), 0, "Removed from ", 1),
            (
                "revoke",
                good(),
                done(),
                good(),
                3,
                "its list still shows it",
                1,
            ),
            (
                "revoke",
                good(),
                lost(),
                good(),
                3,
                "may have been removed",
                1,
            ),
            ("revoke", NOTHING(), done(), NOTHING(), 1, "is not on", 0),
        ];
        for (command, before, reply, after, status, words, changes) in table {
            let liar = Liar::holding(edition, before).answering(reply, after);
            let run = program.run(&arguments(command, &liar, &file, &liar.base()));
            let said = format!("{}{}", run.output, run.message);
            assert_eq!(run.status, status, "{command} {words}: {said}");
            assert!(said.contains(words), "{command} {words}: {said}");
            assert_eq!(liar.changes().len(), changes, "{command} {words}: {said}");
            assert_eq!(
                run.output.is_empty(),
                status != 0,
                "{command} {words}: {said}"
            );
        }
    }
}

#[test]
fn ending_it_while_the_change_is_out_says_what_the_list_shows() {
    let key = new_key();
    let program = Program::with_token(TOKEN);
    let file = program.key(&key);
    let good = one(entry(Edition::Cloud, &key, 7, ""));
    for (command, before, after, words) in [
        ("grant", NOTHING(), good.clone(), "Added to acme/analytics"),
        ("grant", NOTHING(), NOTHING(), "The key may have been added"),
        (
            "revoke",
            good.clone(),
            NOTHING(),
            "Removed from acme/analytics",
        ),
        (
            "revoke",
            good.clone(),
            good.clone(),
            "The key may have been removed",
        ),
    ] {
        let (tell, asked) = channel();
        let liar = Liar::holding(Edition::Cloud, before)
            .answering(Reply::Silence, after)
            .telling(move |asked| drop(tell.send(asked.to_owned())));
        let run = program.interrupted_once(&arguments(command, &liar, &file, &liar.base()), || {
            while !asked.recv().expect("a request").contains("/deploy-keys") {}
            while asked.recv().expect("a request").starts_with("GET ") {}
        });
        let said = format!("{}{}", run.output, run.message);
        assert_eq!(run.status, 130, "{said}");
        assert!(said.contains("already under way"), "{said}");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn ending_it_before_the_change_changes_nothing() {
    let key = new_key();
    let program = Program::with_token(TOKEN);
    let file = program.key(&key);
    for (command, words) in [
        ("grant", "Nothing was added."),
        ("revoke", "Nothing was removed."),
    ] {
        let (tell, asked) = channel();
        let held = std::sync::Mutex::new(Vec::new());
        let silent = crate::raw::Raw::start(move |stream, _| {
            held.lock().expect("streams").push(stream);
            tell.send(()).ok();
        });
        let base = silent.http();
        let page = page(Edition::Cloud);
        let arguments = [command, page, "--key", &file, "--api-url", &base, "--yes"];
        let run = program.interrupted_once(&arguments, || asked.recv().expect("a request"));
        assert_eq!(run.status, 130, "{}", run.message);
        assert!(run.message.contains(words), "{}", run.message);
    }
}

#[test]
fn what_is_typed_before_the_question_is_no_answer_to_it() {
    let key = new_key();
    let program = Program::with_token(TOKEN);
    let file = program.key(&key);
    let (tell, typed) = channel();
    let typed = std::sync::Mutex::new(typed);
    let liar = Liar::holding(Edition::Cloud, NOTHING()).telling(move |_| {
        // The list comes only when the terminal has shown what was typed.
        typed.lock().expect("the other end").recv().ok();
    });
    let base = liar.base();
    let mut arguments = arguments("grant", &liar, &file, &base);
    arguments.pop();
    let (status, shown) = program.run_at_a_terminal_typing_ahead(&arguments, "y\r", tell, "n\r");
    assert_eq!(status, 0, "{shown}");
    assert!(shown.contains("Nothing was added."), "{shown}");
    assert!(liar.changes().is_empty(), "{shown}");
}

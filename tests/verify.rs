//! `doorkey verify`: saved connections tested again by the program, against servers that are good and broken in many ways.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail this way"
)]

#[path = "support/program.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod program;
mod support;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use doorkey::access_key::AccessKey;
use doorkey::adapters::store::Store;
use doorkey::bitbucket::Edition;
use doorkey::connections::{RotationChange, RotationStep};
use doorkey::simulator::{Fault, NewKey, Options, Permission, Place, SilentPort, Simulator};
use insta::assert_snapshot;
use program::{Ended, Program};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use support::outcome::fresh_key;
use support::simulation::add;
use tempfile::TempDir;

/// Saved connections to servers of the test's own.
struct Fleet {
    home: TempDir,
    csv: String,
    servers: Vec<Simulator>,
}

impl Fleet {
    fn new() -> Self {
        Self {
            home: TempDir::new().unwrap(),
            csv: String::new(),
            servers: Vec::new(),
        }
    }

    /// A connection to a server with a fault, whose key is in.
    fn with(mut self, name: &str, fault: Option<Fault>) -> Self {
        let simulator = Simulator::start(Options {
            fault,
            ..Options::new(Edition::DataCenter)
        });
        let simulator = simulator.unwrap();
        let key = fresh_key();
        add(&simulator, &key);
        self.put(name, &simulator.ssh_url(), &key);
        self.servers.push(simulator);
        self
    }

    /// A connection to the last server, whose key was never added.
    fn with_stranger(mut self, name: &str) -> Self {
        let url = self.servers.last().unwrap().ssh_url();
        self.put(name, &url, &fresh_key());
        self
    }

    fn put(&mut self, name: &str, url: &str, key: &AccessKey) {
        writeln!(self.csv, "{name},{url},{}", key.line()).unwrap();
    }

    /// Saves them all.
    fn saved(self) -> Self {
        let imported = self.prepared(["import", "-"]).input(self.csv.clone()).run();
        assert_eq!(imported.code(), Some(0), "{}", imported.stderr);
        self
    }

    fn prepared<const N: usize>(&self, arguments: [&str; N]) -> Program {
        Program::new(arguments).env("XDG_STATE_HOME", self.home.path())
    }

    /// Runs `verify` and trusts whatever host key is new.
    fn verify<const N: usize>(&self, arguments: [&str; N]) -> Ended {
        let arguments: Vec<&str> = ["verify", "--accept-new-host-key"]
            .into_iter()
            .chain(arguments)
            .collect();
        Program::new(arguments)
            .env("XDG_STATE_HOME", self.home.path())
            .run()
    }

    /// Tests all of them, and asks this server's REST interface.
    fn verify_with_token(&self, server: &Simulator) -> Ended {
        let options = ["verify", "--all", "--accept-new-host-key", "--api-url"];
        Program::new(options.into_iter().chain([server.api().as_str()]))
            .env("XDG_STATE_HOME", self.home.path())
            .env("DOORKEY_BITBUCKET_TOKEN", server.token())
            .run()
    }

    fn file(&self) -> PathBuf {
        self.home.path().join("doorkey/connections.json")
    }

    /// Changes the file as another doorkey would.
    fn edit(&self, edit: impl FnOnce(&mut Value)) {
        let mut file: Value =
            serde_json::from_str(&fs::read_to_string(self.file()).unwrap()).unwrap();
        edit(&mut file);
        fs::write(self.file(), file.to_string()).unwrap();
    }

    fn show(&self, name: &str) -> Value {
        let shown = self.prepared(["show", name, "--json"]).run();
        serde_json::from_str(&shown.only_output(0)).unwrap()
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Takes away what differs from run to run.
fn steady(report: &mut Value) {
    report["checked_at"] = "…".into();
    report["elapsed_ms"] = "…".into();
    for check in report["checks"].as_array_mut().unwrap() {
        check["elapsed_ms"] = "…".into();
    }
}

fn broken_in_five_ways() -> Fleet {
    let mut fleet = Fleet::new()
        .with("analytics", None)
        .with_stranger("billing")
        .with("events", Some(Fault::AnyKey))
        .with("finance", Some(Fault::HangUpOnQuery))
        .with("models", Some(Fault::NotSsh))
        .with("reports", None);
    let gone = SilentPort::take().unwrap();
    let url = format!("ssh://git@127.0.0.1:{}/acme/gone.git", gone.port());
    fleet.put("gone", &url, &fresh_key());
    fleet.saved()
}

#[test]
fn the_table_says_of_each_what_is_wrong() {
    let fleet = broken_in_five_ways();
    assert_snapshot!("table", fleet.verify(["--all"]).only_output(1));
}

#[test]
fn the_exit_status_is_that_of_the_worst() {
    let fleet = broken_in_five_ways();
    for (names, status) in [
        (["analytics", "reports"], 0),
        (["analytics", "events"], 3),
        (["events", "billing"], 1),
        (["analytics", "gone"], 1),
    ] {
        let ended = fleet.verify(names);
        assert_eq!(ended.code(), Some(status), "{}", ended.stdout);
        // Nobody is there to see any progress.
        assert_eq!(ended.stderr, "");
    }
    let reports = json(&fleet.verify(["reports", "rep", "--json"]).only_output(0));
    assert_eq!(reports.as_array().unwrap().len(), 1, "once each");
}

#[test]
fn each_element_is_a_report_of_check_with_its_connection_in_front() {
    let fleet = Fleet::new()
        .with("analytics", None)
        .with_stranger("billing")
        .saved();
    let text = fleet.verify(["--all", "--json"]).only_output(1);
    let mut reports = json(&text);
    for report in reports.as_array_mut().unwrap() {
        let fields = report.as_object_mut().unwrap();
        let name = fields.remove("name").unwrap();
        assert_eq!(fields.remove("since").unwrap(), fields["checked_at"]);
        assert_eq!(fields.remove("rotation"), Some(Value::Null));
        let shown = fleet.show(name.as_str().unwrap());
        let url = shown["url"].as_str().unwrap();
        let check = [
            "check",
            url,
            "--key",
            "k.pub",
            "--json",
            "--accept-new-host-key",
        ];
        let key = shown["key"].as_str().unwrap();
        let mut alone = json(&Program::new(check).file("k.pub", key).run().stdout);
        steady(&mut alone);
        steady(report);
        assert_eq!(*report, alone);
    }
    // The name comes first, for who reads it.
    let port = fleet.servers[0].ssh_address().port().to_string();
    let text = text.replace(&port, "7999");
    let mut lines = text.lines();
    assert_eq!(lines.nth(2), Some("    \"name\": \"analytics\","));
}

#[test]
fn reports_come_as_lines_as_well() {
    let fleet = broken_in_five_ways();
    let lines = fleet.verify(["--all", "--json-lines"]).only_output(1);
    let mut names: Vec<String> = lines
        .lines()
        .map(|line| json(line)["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "analytics",
            "billing",
            "events",
            "finance",
            "gone",
            "models",
            "reports"
        ]
    );
}

#[test]
fn a_rung_can_be_required() {
    let fleet = Fleet::new().with("analytics", None).saved();
    fleet.verify(["analytics"]).only_output(0);
    let arguments = [
        "analytics",
        "--json",
        "--require",
        "this_repository,read_only",
    ];
    let reports = json(&fleet.verify(arguments).only_output(3));
    assert_eq!(reports[0]["verdict"], "inconclusive");
    let required = [
        "reachable",
        "genuine",
        "recognised",
        "this_repository",
        "read_only",
    ];
    assert_eq!(reports[0]["required"], serde_json::json!(required));
    let told = fleet
        .verify(["analytics", "--require", "read_only"])
        .only_output(3);
    assert!(
        told.contains("not tested: a public key alone can't show it"),
        "{told}"
    );
    let unknown = fleet
        .verify(["analytics", "--require", "writable"])
        .only_message(2);
    assert!(unknown.contains("read_only, used_by_vendor"), "{unknown}");
}

#[test]
fn a_warning_counts_where_somebody_is_strict() {
    // A server of this machine has a private address, which is worth a warning.
    let fleet = Fleet::new().with("analytics", None).saved();
    let lenient = fleet.verify(["analytics"]).only_output(0);
    assert!(
        lenient.contains("doorkey explain dns.private_address"),
        "{lenient}"
    );
    let file = fleet.home.path().join("out.xml");
    let arguments = ["analytics", "--strict", "--junit", file.to_str().unwrap()];
    let strict = fleet.verify(arguments).only_output(1);
    assert!(
        strict.contains("1 has a warning, which counts as not ready (--strict)."),
        "{strict}"
    );
    let document = fs::read_to_string(&file).unwrap();
    let document = quick_junit::Report::deserialize_from_str(&document).unwrap();
    assert_eq!((document.failures, document.errors), (1, 0));
    // The verdict follows from the rungs alone.
    let report = json(
        &fleet
            .verify(["analytics", "--strict", "--json"])
            .only_output(1),
    );
    assert_eq!(report[0]["verdict"], "ready");

    let shown = fleet.prepared(["show", "analytics", "--json"]).run();
    let shown = json(&shown.only_output(0));
    let (url, key) = (shown["url"].as_str(), shown["key"].as_str());
    let options = ["--key", "-", "--accept-new-host-key", "--strict"];
    let check = Program::new(["check", url.unwrap()].into_iter().chain(options));
    let checked = check.input(key.unwrap()).run().only_output(1);
    assert!(
        checked.ends_with("A warning counts as not ready (--strict).\n"),
        "{checked}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_a_network_is_named_once() {
    const WORDS: &str = "this machine seems to have no network";
    let mut fleet = Fleet::new();
    for name in ["analytics", "billing"] {
        // A broadcast address takes no connections: the kernel says at once that there is no way to it.
        let url = format!("ssh://git@127.255.255.255:7999/acme/{name}.git");
        fleet.put(name, &url, &fresh_key());
    }
    let fleet = fleet.saved();
    let told = fleet.verify(["--all"]).only_output(3);
    assert_eq!(told.matches(WORDS).count(), 1, "{told}");
    assert!(told.find(WORDS) < told.find("NAME"), "{told}");
    let fleet = fleet.with("models", None).saved();
    let told = fleet.verify(["--all"]).only_output(3);
    assert!(!told.contains(WORDS), "something was reached: {told}");
}

#[test]
fn ci_reads_it_as_junit() {
    let fleet = broken_in_five_ways();
    let file = fleet.home.path().join("out.xml");
    let path = file.to_str().unwrap();
    fleet.verify(["analytics"]).only_output(0);
    fleet
        .verify(["--all", "--since-days", "7", "--junit", path])
        .only_output(1);
    let document = fs::read_to_string(&file).unwrap();
    let document = quick_junit::Report::deserialize_from_str(&document).unwrap();
    assert_eq!(
        (document.tests, document.failures, document.errors),
        (7, 3, 2)
    );
    let cases = &document.test_suites[0].test_cases;
    let case = |name: &str| {
        cases
            .iter()
            .find(|case| case.name.as_str() == name)
            .unwrap()
    };
    let said = |case: &TestCase| match &case.status {
        TestCaseStatus::NonSuccess { kind, ty, .. } => {
            (Some(*kind), ty.clone().map(|code| code.as_str().to_owned()))
        }
        _ => (None, None),
    };
    let code = |code: &str| Some(code.to_owned());
    let failure = Some(NonSuccessKind::Failure);
    assert_eq!(
        said(case("billing")),
        (failure, code("key_query.not_recognised"))
    );
    assert_eq!(said(case("gone")), (failure, code("tcp.refused")));
    let error = Some(NonSuccessKind::Error);
    assert_eq!(
        said(case("events")),
        (error, code("key_query.any_key_accepted"))
    );
    assert!(matches!(
        case("reports").status,
        TestCaseStatus::Success { .. }
    ));
    assert!(matches!(
        case("analytics").status,
        TestCaseStatus::Skipped { .. }
    ));
}

#[test]
fn what_is_proven_is_saved_and_left_out_for_a_while() {
    let fleet = Fleet::new()
        .with("analytics", None)
        .with_stranger("billing")
        .saved();
    assert_eq!(fleet.show("analytics")["last_test"], Value::Null);
    fleet.verify(["--all"]).only_output(1);
    let (analytics, billing) = (fleet.show("analytics"), fleet.show("billing"));
    assert_eq!(analytics["last_test"]["verdict"], "ready");
    let by = &analytics["proven"]["recognised"]["by"];
    assert_eq!(by, "knows this key, refuses a fresh one");
    assert_eq!(billing["last_test"]["verdict"], "not_ready");
    assert_eq!(billing["proven"]["recognised"], Value::Null);
    assert_ne!(billing["proven"]["reachable"], Value::Null);

    let table = fleet.verify(["--all", "--since-days", "2"]).only_output(1);
    assert!(!table.contains("analytics"), "{table}");
    let counts = "1 not ready, 1 left out, ready in the last 2 days.";
    assert!(table.contains(counts), "{table}");
    let nothing = fleet
        .verify(["analytics", "--since-days", "2"])
        .only_output(0);
    assert_eq!(nothing, "1 left out, ready in the last 2 days.\n");
}

#[test]
fn a_key_that_was_replaced_must_not_get_in_any_more() {
    let fleet = Fleet::new().with("analytics", None).saved();
    let old = fresh_key();
    add(&fleet.servers[0], &old);
    fleet.edit(|file| {
        file["connections"][0]["retired"] = serde_json::json!([{
            "key": {"line": old.line(), "fingerprint": old.fingerprint()},
            "at": "2026-11-01T10:00:00Z",
        }]);
    });
    let reports = json(&fleet.verify(["--all", "--json"]).only_output(0));
    let codes: Vec<&Value> = reports[0]["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| &check["code"])
        .filter(|code| !code.is_null())
        .collect();
    assert_eq!(
        codes,
        ["dns.private_address", "key_query.retired_key_accepted"]
    );
    assert_eq!(reports[0]["verdict"], "ready");
    let by = &fleet.show("analytics")["proven"]["recognised"]["by"];
    assert_eq!(by, "knows this key, and still the replaced one");
}

#[test]
fn a_removed_key_that_gets_in_again_makes_a_connection_not_ready() {
    let fleet = Fleet::new().with("analytics", None).saved();
    let (old, server) = (fresh_key(), &fleet.servers[0]);
    fleet.edit(|file| {
        file["connections"][0]["retired"] = serde_json::json!([{
            "key": {"line": old.line(), "fingerprint": old.fingerprint()},
            "at": "2026-11-01T10:00:00Z",
        }]);
    });
    let codes = |status: i32| {
        let reports = json(&fleet.verify(["--all", "--json"]).only_output(status));
        let check = &reports[0]["checks"][6];
        (check["code"].clone(), reports[0]["verdict"].clone())
    };
    let retired = || fleet.show("analytics")["retired"][0].clone();
    assert_eq!(retired()["refused_at"], Value::Null);
    assert_eq!(codes(0), (Value::Null, "ready".into()));
    let refused_at = retired()["refused_at"].clone();
    assert!(refused_at.is_string(), "{refused_at}");
    assert_eq!(retired()["accepted_at"], Value::Null);

    add(server, &old);
    let leak = "key_query.removed_key_accepted";
    assert_eq!(codes(1), (leak.into(), "not_ready".into()));
    assert_eq!(
        retired()["refused_at"],
        refused_at,
        "it is a leak the next time, too"
    );
    assert!(retired()["accepted_at"].is_string());
    let listed = fleet.prepared(["list"]).run().only_output(0);
    assert!(listed.contains("not ready, "), "{listed}");
    let shown = fleet.prepared(["show", "analytics"]).run().only_output(0);
    assert!(
        shown.contains("(a removed key gets in again); proven 2"),
        "{shown}"
    );
    assert!(shown.contains("; let in again 2"), "{shown}");
    assert_eq!(codes(1), (leak.into(), "not_ready".into()));

    server.remove_key(&old.line());
    assert_eq!(codes(0), (Value::Null, "ready".into()));
    assert_eq!(retired()["accepted_at"], Value::Null);
}

#[test]
fn a_run_that_could_not_tell_leaves_the_saved_verdict_alone() {
    let fleet = Fleet::new()
        .with("analytics", None)
        .with_stranger("billing")
        .saved();
    fleet.verify(["--all"]).only_output(1);
    let before = ["analytics", "billing"].map(|name| fleet.show(name));
    fleet.servers[0].set_fault(Some(Fault::Silent));
    let reports = fleet
        .verify(["--all", "--json", "--timeout", "500ms"])
        .only_output(3);
    for (before, report) in before.into_iter().zip(json(&reports).as_array().unwrap()) {
        let name = before["name"].as_str().unwrap();
        let after = fleet.show(name);
        for field in ["last_test", "proven"] {
            assert_eq!(after[field], before[field], "{name}: {field}");
        }
        assert_eq!(after["last_try"]["code"], "ssh.no_greeting");
        assert_eq!(after["last_try"]["at"], report["checked_at"]);
        let (was, is) = (&before["rungs"]["reachable"], &after["rungs"]["reachable"]);
        assert_eq!((&is["standing"], &is["at"]), (&was["standing"], &was["at"]));
        assert_eq!(is["last_try"]["code"], "ssh.no_greeting");
        // This run's own verdict is no saved one.
        assert_eq!(report["since"], Value::Null);
    }
    let listed = fleet.prepared(["list"]).run().only_output(0);
    let rows: Vec<&str> = listed.lines().skip(1).collect();
    assert!(
        rows[0].contains("recognised  ready, 2") && rows[0].contains("; could not tell, 2"),
        "{listed}"
    );
    assert!(
        rows[1].contains("not ready, 2") && rows[1].contains("; could not tell, 2"),
        "{listed}"
    );
    let shown = fleet.prepared(["show", "analytics"]).run().only_output(0);
    assert!(shown.contains("; could not tell 2"), "{shown}");

    fleet.servers[0].set_fault(None);
    fleet.verify(["--all"]).only_output(1);
    assert_eq!(fleet.show("analytics")["last_try"], Value::Null);
}

#[test]
fn a_verdict_says_since_when_it_holds_and_a_refuted_proof_is_history() {
    let fleet = Fleet::new().with("analytics", None).saved();
    // What a test of an earlier day left.
    fleet.verify(["--all"]).only_output(0);
    let earlier = "2026-11-22T10:00:00Z";
    fleet.edit(|file| {
        let connection = &mut file["connections"][0];
        connection["last_test"]["at"] = earlier.into();
        connection["last_test"]["since"] = earlier.into();
        connection["rungs"]["recognised"]["told"]["seen"]["at"] = earlier.into();
        connection["rungs"]["recognised"]["told"]["since"] = earlier.into();
    });
    let reports = json(&fleet.verify(["--all", "--json"]).only_output(0));
    assert_eq!(reports[0]["since"], earlier);
    let shown = fleet.show("analytics");
    assert_eq!(shown["last_test"]["since"], earlier);
    assert_eq!(shown["rungs"]["recognised"]["since"], earlier);
    assert_ne!(shown["last_test"]["at"], earlier);
    let text = fleet.prepared(["show", "analytics"]).run().only_output(0);
    assert!(text.contains("; so since 2026-11-22 10:00"), "{text}");

    let key = shown["key"].as_str().unwrap();
    fleet.servers[0].remove_key(key);
    let reports = json(&fleet.verify(["--all", "--json"]).only_output(1));
    assert_eq!(reports[0]["since"], reports[0]["checked_at"]);
    let after = fleet.show("analytics");
    assert_eq!(after["rungs"]["recognised"]["standing"], "refuted");
    assert_eq!(
        after["rungs"]["recognised"]["code"],
        "key_query.not_recognised"
    );
    assert_eq!(after["proven"]["recognised"], shown["proven"]["recognised"]);
    let report = fleet
        .prepared(["show", "analytics", "--report"])
        .run()
        .only_output(0);
    let text = fleet.prepared(["show", "analytics"]).run().only_output(0);
    for said in [text, report] {
        let history = "(Bitbucket does not know this key); proven 2";
        assert!(said.contains(history), "{said}");
    }
}

#[test]
fn a_key_that_was_seen_to_may_write_stays_not_ready_until_somebody_looks_again() {
    let fleet = Fleet::new().with("analytics", None).saved();
    let server = &fleet.servers[0];
    let line = fleet.show("analytics")["key"].as_str().unwrap().to_owned();
    let place = Place::Repository(server.repository().to_owned());
    let put = |permission| {
        server.remove_key(&line);
        let key = NewKey {
            line: &line,
            label: "Coalesce Quality",
            permission,
            expires: None,
        };
        server.store().add_access_key(&place, key).unwrap();
    };
    put(Permission::ReadWrite);
    let with_token = || fleet.verify_with_token(server);
    with_token().only_output(1);
    // Without a token it can't be seen, and is no less true.
    let told = fleet.verify(["--all"]).only_output(0);
    assert!(told.contains("analytics: Read-only: refuted 2"), "{told}");
    let listed = fleet.prepared(["list"]).run().only_output(0);
    assert!(listed.contains("not ready, 2"), "{listed}");
    put(Permission::Read);
    with_token().only_output(0);
    let listed = fleet.prepared(["list"]).run().only_output(0);
    assert!(listed.contains("read-only  ready, 2"), "{listed}");
    let told = fleet.verify(["--all"]).only_output(0);
    assert!(told.contains("ready (recognised)"), "{told}");
    assert!(!told.contains("refuted"), "{told}");
}

#[test]
fn the_day_on_which_a_key_ends_is_told_by_verify_and_list() {
    let fleet = Fleet::new().with("analytics", None).saved();
    let server = &fleet.servers[0];
    let place = Place::Repository(server.repository().to_owned());
    let store = server.store();
    let listed = store.access_keys(&place).unwrap().remove(0);
    store.remove_access_key(&place, listed.id).unwrap();
    let expires = SystemTime::now() + Duration::from_secs(30 * 24 * 60 * 60);
    let key = NewKey {
        line: &listed.line(),
        label: "Coalesce Quality",
        permission: Permission::Read,
        expires: Some(expires),
    };
    store.add_access_key(&place, key).unwrap();
    let day = humantime::format_rfc3339_seconds(expires).to_string();
    let words = format!("the key ends on {}", &day[..10]);
    let told = fleet.verify_with_token(server).only_output(0);
    assert!(told.contains(&words), "{told}");
    let listed = || fleet.prepared(["list"]).run().only_output(0);
    assert!(listed().contains(&words), "{}", listed());
    // Without a token it can't be seen, and is no less true.
    fleet.verify(["--all"]).only_output(0);
    assert!(listed().contains(&words), "{}", listed());
}

#[test]
fn the_web_server_that_answered_is_asked_again() {
    let fleet = Fleet::new().with("analytics", None).saved();
    let (token, api) = (fleet.servers[0].token(), fleet.servers[0].api());
    let standing = |more: &[&str], token: Option<&str>| {
        let first = ["verify", "--all", "--accept-new-host-key", "--json"];
        let program =
            Program::new(first.iter().chain(more)).env("XDG_STATE_HOME", fleet.home.path());
        let program = match token {
            Some(token) => program.env("DOORKEY_BITBUCKET_TOKEN", token),
            None => program,
        };
        json(&program.run().stdout)[0]["proof"]["this_repository"].clone()
    };
    // Nobody has asked there yet, or it gave no answer that counts: then it is not remembered.
    assert_eq!(standing(&["--api-url", &api], None), "unknown");
    assert_eq!(standing(&["--api-url", &api], Some("wrong")), "unknown");
    assert_eq!(fleet.show("analytics")["api"], Value::Null);
    assert_eq!(standing(&["--api-url", &api], Some(token)), "proven");
    assert_eq!(fleet.show("analytics")["api"], api);
    assert_eq!(standing(&[], Some(token)), "proven");
}

#[test]
fn a_rotation_under_way_is_shown_wherever_its_connection_is() {
    let fleet = Fleet::new().with("analytics", None).saved();
    let nothing = json(&fleet.verify(["--all", "--json"]).only_output(0));
    assert_eq!(nothing[0]["rotation"], Value::Null);
    let new = fresh_key();
    let store = Store::in_folder(fleet.home.path().join("doorkey"));
    store
        .change(|all| {
            let connection = all.get_mut(&"analytics".parse().unwrap()).unwrap();
            let step = RotationStep {
                name: connection.name.clone(),
                old: connection.key.clone(),
                new: new.clone(),
                change: RotationChange::Begin,
            };
            step.take(connection, "2026-11-22T10:00:00Z").unwrap();
        })
        .unwrap();
    let expected = serde_json::json!({
        "fingerprint": new.fingerprint(),
        "began": "2026-11-22T10:00:00Z",
        "next": "add",
    });
    assert_eq!(fleet.show("analytics")["rotation"], expected);
    let reports = json(&fleet.verify(["--all", "--json"]).only_output(0));
    assert_eq!(reports[0]["rotation"], expected);
    let list = json(&fleet.prepared(["list", "--json"]).run().only_output(0));
    assert_eq!(list[0]["rotation"], expected);
    let under_way = "rotation under way: add the new key";
    for told in [
        fleet.prepared(["list"]).run().only_output(0),
        fleet.verify(["--all"]).only_output(0),
    ] {
        assert!(told.contains(under_way), "{told}");
    }
    let shown = fleet.prepared(["show", "analytics"]).run().only_output(0);
    let since = "under way since 2026-11-22; next: add the new key";
    assert!(shown.contains(since), "{shown}");
    let report = fleet
        .prepared(["show", "analytics", "--report"])
        .run()
        .only_output(0);
    assert!(report.contains("next: add the new key"), "{report}");
}

#[test]
fn what_cannot_be_read_keeps_verify_from_looking_like_success() {
    let fleet = Fleet::new()
        .with("analytics", None)
        .with("models", None)
        .saved();
    fleet.edit(|file| file["connections"][1]["key"]["line"] = "ssh-ed25519 AAAA".into());
    let all = fleet.verify(["--all"]);
    assert_eq!(all.code(), Some(3), "{}", all.stdout);
    assert!(
        all.stderr.contains("models: one of its keys"),
        "{}",
        all.stderr
    );
    assert!(all.stdout.contains("1 ready"), "{}", all.stdout);
    let named = fleet.verify(["analytics"]);
    assert_eq!(named.code(), Some(0), "{}", named.stderr);
    let broken = fleet.verify(["models"]);
    assert_eq!(broken.code(), Some(3), "{}", broken.stderr);
}

#[test]
fn a_host_key_is_known_to_the_connection_it_was_trusted_for() {
    let fleet = Fleet::new()
        .with("analytics", None)
        .with_stranger("billing")
        .saved();
    let verify = |name| fleet.prepared(["verify", name, "--json"]).run();
    let host_key = |ended: &Ended| json(&ended.stdout)[0]["checks"][5].clone();
    let unknown = verify("analytics");
    assert_eq!(unknown.code(), Some(3));
    assert_eq!(host_key(&unknown)["code"], "host_key.unknown");
    let fingerprint = fleet.servers[0].fingerprint();
    fleet.edit(|file| file["connections"][0]["host_keys"] = serde_json::json!([fingerprint]));
    let known = verify("analytics");
    assert_eq!(known.code(), Some(0), "{}", known.stdout);
    assert_eq!(host_key(&known)["status"], "pass");
    assert_eq!(host_key(&verify("billing"))["code"], "host_key.unknown");
}

#[test]
fn what_another_doorkey_changed_meanwhile_is_left_as_it_is() {
    let fleet = Fleet::new()
        .with("analytics", None)
        .with("models", Some(Fault::Silent))
        .saved();
    let mut running = started(&fleet, ["--all", "--json-lines"]);
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    lines.next().expect("a report").unwrap();
    fleet
        .prepared(["import", "-"])
        .input(format!(
            "new,git@ssh.bitbucket.org:acme/new.git,{}",
            fresh_key().line()
        ))
        .run()
        .only_output(0);
    fleet
        .prepared(["forget", "models", "--yes"])
        .run()
        .only_output(0);
    assert_eq!(running.wait().unwrap().code(), Some(3));
    let list = json(&fleet.prepared(["list", "--json"]).run().only_output(0));
    let names: Vec<&Value> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["analytics", "new"]);
    assert_eq!(list[0]["last_test"]["verdict"], "ready");
}

/// Starts `verify` with its output to be read as it comes.
fn started<const N: usize>(fleet: &Fleet, arguments: [&str; N]) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_doorkey"))
        .args(["verify", "--accept-new-host-key"])
        .args(arguments)
        .env_clear()
        .env("HOME", fleet.home.path())
        .env("XDG_STATE_HOME", fleet.home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn ctrl_c_leaves_what_is_known() {
    let fleet = Fleet::new()
        .with("analytics", None)
        .with("models", Some(Fault::Silent))
        .saved();
    let file = fleet.home.path().join("out.xml");
    let arguments = ["--all", "--json-lines", "--junit", file.to_str().unwrap()];
    let mut running = started(&fleet, arguments);
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let first = lines.next().expect("a report").unwrap();
    assert_eq!(json(&first)["name"], "analytics");
    let process = Pid::from_child(&running);
    kill_process(process, Signal::INT).unwrap();
    assert_eq!(running.wait().unwrap().code(), Some(130));
    assert!(lines.next().is_none());
    let mut said = String::new();
    running.stderr.unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "doorkey: interrupted; 1 of 2 were tested\n");
    assert_eq!(fleet.show("analytics")["last_test"]["verdict"], "ready");
    assert_eq!(fleet.show("models")["last_test"], Value::Null);
    let document = fs::read_to_string(&file).unwrap();
    let document = quick_junit::Report::deserialize_from_str(&document).unwrap();
    let skipped = &document.test_suites[0].test_cases[1].status;
    assert!(matches!(skipped, TestCaseStatus::Skipped { .. }));
}

/// Waits for a condition.
fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn told_to_end_while_another_doorkey_saves_it_ends_at_once() {
    for signal in [Signal::INT, Signal::TERM] {
        let fleet = Fleet::new().with("analytics", None).saved();
        let lock = fs::File::open(fleet.file().with_extension("lock")).unwrap();
        lock.lock().unwrap();
        let mut running = started(&fleet, ["--all", "--json-lines", "--lock-timeout", "1h"]);
        let mut said = BufReader::new(running.stderr.take().unwrap()).lines();
        let waiting = said.next().expect("words").unwrap();
        assert!(waiting.starts_with("doorkey: waiting for "), "{waiting}");
        let began = Instant::now();
        kill_process(Pid::from_child(&running), signal).unwrap();
        assert_eq!(running.wait().unwrap().code(), Some(130));
        assert!(began.elapsed() < Duration::from_secs(10), "it waited on");
        assert_eq!(
            said.next().expect("words").unwrap(),
            "doorkey: interrupted; what was proven may not be saved"
        );
        drop(lock);
        assert_eq!(fleet.show("analytics")["last_test"], Value::Null);
    }
}

#[test]
fn told_to_end_during_a_test_it_does_not_wait_for_another_doorkey() {
    let fleet = Fleet::new()
        .with("analytics", None)
        .with("models", Some(Fault::Silent))
        .saved();
    let lock = fs::File::open(fleet.file().with_extension("lock")).unwrap();
    lock.lock().unwrap();
    let mut running = started(&fleet, ["--all", "--json-lines", "--lock-timeout", "1h"]);
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    lines.next().expect("a report").unwrap();
    kill_process(Pid::from_child(&running), Signal::TERM).unwrap();
    assert_eq!(running.wait().unwrap().code(), Some(130));
    let mut said = String::new();
    running.stderr.unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("interrupted; 1 of 2 were tested"), "{said}");
    assert!(said.contains("could not be saved: "), "{said}");
}

#[test]
fn a_reader_that_stands_still_does_not_hold_up_the_end() {
    let mut fleet = Fleet::new();
    // More reports than a pipe takes.
    let gone = SilentPort::take().unwrap();
    for number in 0..60 {
        let url = format!("ssh://git@127.0.0.1:{}/acme/r{number}.git", gone.port());
        fleet.put(&format!("r{number}"), &url, &fresh_key());
    }
    drop(gone);
    let fleet = fleet.saved();
    let mut running = started(&fleet, ["--all", "--json"]);
    let saved = || fleet.show("r59")["last_test"].is_object();
    eventually("what was proven is saved", saved);
    kill_process(Pid::from_child(&running), Signal::TERM).unwrap();
    assert_eq!(running.wait().unwrap().code(), Some(130));
}

#[test]
fn ci_gets_a_whole_document_or_none() {
    let fleet = Fleet::new().with("models", Some(Fault::Silent)).saved();
    let file = fleet.home.path().join("out.xml");
    let path = file.to_str().unwrap();
    let read = || {
        let document = fs::read_to_string(&file).unwrap();
        let document = quick_junit::Report::deserialize_from_str(&document).unwrap();
        let case = document.test_suites[0].test_cases[0].clone();
        let TestCaseStatus::NonSuccess { kind, message, .. } = case.status else {
            panic!("{case:?}");
        };
        assert_eq!(kind, NonSuccessKind::Error);
        message.unwrap().to_string()
    };

    // Killed: an old document must not stand for the new one.
    fs::write(&file, "old").unwrap();
    let mut running = started(&fleet, ["--all", "--junit", path]);
    eventually("the old document is gone", || !file.exists());
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(!file.exists());

    // What can't begin is an error there, too.
    let ended = fleet.verify(["nothing", "--junit", path]);
    assert_eq!(ended.code(), Some(2));
    assert!(read().contains("no saved connection is called nothing"));
    let ended = fleet.verify(["--all", "--known-hosts", "missing", "--junit", path]);
    assert_eq!(ended.code(), Some(2));
    assert!(read().contains("missing can't be read"));
    fs::write(fleet.file(), "{").unwrap();
    assert_eq!(fleet.verify(["--all", "--junit", path]).code(), Some(3));
    assert!(read().contains("it is damaged"));
    let nobody = Fleet::new();
    assert_eq!(nobody.verify(["--all", "--junit", path]).code(), Some(2));
    assert!(read().contains("no connection is saved yet"));
    // What a killed doorkey left there is swept up.
    let left = fs::read_dir(fleet.home.path()).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    // A pipe can't be replaced, only written to.
    let ended = nobody.verify(["--all", "--junit", "/dev/stdout"]);
    assert!(ended.stdout.contains("no connection is saved yet"));
}

#[test]
fn what_cannot_be_done_is_said_before_anything_is_tested() {
    let nobody = Fleet::new();
    let said = nobody.verify(["--all"]).only_message(2);
    assert!(
        said.starts_with("doorkey: no connection is saved yet"),
        "{said}"
    );
    let fleet = Fleet::new().with("analytics", None).saved();
    let said = fleet.verify(["nonsense"]).only_message(2);
    assert!(
        said.contains("no saved connection is called nonsense"),
        "{said}"
    );
    let said = fleet.verify([]).only_message(2);
    assert!(said.contains("<NAME|--all>"), "{said}");
    for wrong in [
        ["--all", "analytics"].as_slice(),
        &["--all", "--json", "--json-lines"],
        &["--all", "--jobs", "0"],
        &["--all", "--since-days", "0"],
    ] {
        let arguments = ["verify"].iter().chain(wrong);
        assert_eq!(Program::new(arguments).run().code(), Some(2));
    }
    let said = fleet
        .verify(["--all", "--junit", "/nonexistent/out.xml"])
        .only_message(2);
    assert!(
        said.contains("/nonexistent/out.xml can't be written"),
        "{said}"
    );
    assert_eq!(fleet.show("analytics")["last_test"], Value::Null);
    fs::write(fleet.file(), "{").unwrap();
    let said = fleet.verify(["--all"]).only_message(3);
    assert!(said.contains("it is damaged"), "{said}");
}

#[test]
fn a_web_server_that_was_only_guessed_gets_no_token_in_a_run() {
    let fleet = Fleet::new().with("analytics", None).saved();
    let ended = fleet
        .prepared(["verify", "analytics", "--json", "--accept-new-host-key"])
        .env("DOORKEY_BITBUCKET_TOKEN", fleet.servers[0].token())
        .run();
    let reports: Value = serde_json::from_str(&ended.stdout).unwrap();
    let checks = reports[0]["checks"].as_array().unwrap();
    let repository = checks.iter().find(|check| check["id"] == "repository");
    assert_eq!(
        repository.unwrap()["code"],
        "repository.web_host_unconfirmed"
    );
    assert_eq!(reports[0]["proof"]["recognised"], "proven");
}

#[test]
fn a_token_goes_to_one_bitbucket_only() {
    let mut fleet = Fleet::new().with("analytics", None);
    fleet.put(
        "models",
        "git@ssh.bitbucket.org:acme/models.git",
        &fresh_key(),
    );
    let fleet = fleet.saved();
    let token = fleet.servers[0].token().to_owned();
    let said = fleet
        .prepared(["verify", "--all"])
        .env("DOORKEY_BITBUCKET_TOKEN", &token)
        .run()
        .only_message(2);
    assert!(said.contains("belongs to one of them"), "{said}");
    assert!(!said.contains(&token));
    let api = fleet.servers[0].api();
    let reports = fleet
        .prepared([
            "verify",
            "analytics",
            "--json",
            "--accept-new-host-key",
            "--api-url",
            &api,
        ])
        .env("DOORKEY_BITBUCKET_TOKEN", &token)
        .run()
        .only_output(0);
    assert_eq!(json(&reports)[0]["proof"]["this_repository"], "proven");
    assert!(!reports.contains(&token));
}

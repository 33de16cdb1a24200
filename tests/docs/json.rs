//! `docs/json.md` lists every field that is printed, and every value of those that have one of a few.

use std::collections::{BTreeMap, BTreeSet};

use doorkey::access_key::{AccessKey, Repair};
use doorkey::adapters::store::Store;
use doorkey::bitbucket::Edition;
use doorkey::check::report::SCHEMA;
use doorkey::check::{CheckId, HostKeyPin, Rung, Standing, Status, Verdict};
use doorkey::cli::error_form;
use doorkey::coalesce::Region;
use doorkey::connections::{RetiredKey, RotationChange, RotationStep, Stage};
use doorkey::simulator::{Fault, Options, Simulator};
use serde_json::Value;
use tempfile::TempDir;

use crate::page::{Page, blocks, code_spans, rows};
use crate::program::Program;

const KEY: &str = include_str!("../fixtures/keys/ed25519.pub");
const NEXT_KEY: &str = include_str!("../fixtures/keys/ec384.pub");
const FORMER_KEY: &str = include_str!("../fixtures/keys/ec256.pub");
const URL: &str = "git@ssh.bitbucket.org:acme/analytics-platform.git";

const REPORT: &str = "The report of a test: `doorkey.check/1`";

/// The embedded Bitbucket with the key on its repository, used once, and a home in which it is a saved connection.
struct World {
    simulator: Simulator,
    home: TempDir,
}

impl World {
    fn new() -> Self {
        let simulator = Simulator::start(Options::new(Edition::Cloud)).unwrap();
        simulator.add_key(KEY.trim()).unwrap();
        simulator.vendor_connects(KEY.trim());
        let home = TempDir::new().unwrap();
        let world = Self { simulator, home };
        let list = format!("analytics,{URL},{KEY}");
        let import = world.doorkey(&["import", "-"]).input(list).run();
        assert_eq!(import.code(), Some(0), "{}", import.stderr);
        world
    }

    fn doorkey(&self, arguments: &[&str]) -> Program {
        Program::new(arguments).env("XDG_STATE_HOME", self.home.path())
    }

    fn store(&self) -> Store {
        Store::in_folder(self.home.path().join("doorkey"))
    }

    /// A test, led to the simulation.
    fn tested(&self, arguments: &[&str]) -> Program {
        let to = format!("::127.0.0.1:{}", self.simulator.ssh_address().port());
        let pin = self.simulator.fingerprint();
        let api = self.simulator.api();
        let leading = ["--connect-to", &to, "--host-key", &pin, "--api-url", &api];
        self.doorkey(&[arguments, &leading].concat())
    }

    fn check(&self, url: &str, key: &str) -> Value {
        let program = self.tested(&["check", url, "--key", "-", "--json"]);
        parsed(&program.input(key).run().stdout)
    }

    /// Every saved connection, with everything that one can have.
    fn give_it_all(&self) {
        let [former, next] = [FORMER_KEY, NEXT_KEY].map(|key| AccessKey::read(key).unwrap());
        let pin = HostKeyPin::of(&self.simulator.host_keys()[0]);
        self.store()
            .change(|connections| {
                let name = "analytics".parse().unwrap();
                let connection = connections.get_mut(&name).unwrap();
                connection.trust(&pin);
                connection.region = Region::from_id("eu");
                let at = "2026-11-26T20:14:05Z".to_owned();
                connection.retired.push(RetiredKey::new(former, at.clone()));
                let begin = RotationStep {
                    name: connection.name.clone(),
                    old: connection.key.clone(),
                    new: next,
                    change: RotationChange::Begin,
                };
                begin.take(connection, &at).unwrap();
            })
            .unwrap();
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_report() {
    let world = World::new();
    let refused = AccessKey::read(FORMER_KEY).unwrap().line();
    assert_documented(
        REPORT,
        &[
            world.check(URL, KEY),
            world.check(URL, &refused),
            world.check("https://bitbucket.org/acme/analytics-platform", KEY),
            world.check("nonsense", "nonsense"),
        ],
    );
    let named = world.tested(&["verify", "--all", "--json"]).run();
    let mut named = parsed(&named.stdout);
    let first = named[0].as_object_mut().unwrap();
    assert_eq!(first.remove("name"), Some("analytics".into()));
    assert_eq!(first.remove("rotation"), Some(Value::Null));
    assert_eq!(first.remove("since"), Some(first["checked_at"].clone()));
    assert_eq!(leaves(&named[0]), leaves(&world.check(URL, KEY)));
}

#[test]
fn the_report_that_is_shown_is_one() {
    let world = World::new();
    world.simulator.remove_key(KEY.trim());
    let mut report = world.check(URL, KEY);
    let checks = report["checks"].as_array_mut().unwrap();
    checks.retain(|check| check["id"] == "key_query");
    let page = Page::read("docs/json.md");
    let shown = blocks(page.section(REPORT)).remove(0);
    assert_eq!(shown.language, "json");
    let shown = parsed(&shown.lines.concat());
    // Time is what it is.
    report["checked_at"] = shown["checked_at"].clone();
    report["elapsed_ms"] = shown["elapsed_ms"].clone();
    report["checks"][0]["elapsed_ms"] = shown["checks"][0]["elapsed_ms"].clone();
    assert_eq!(
        shown,
        report,
        "it should be {}",
        serde_json::to_string_pretty(&report).unwrap()
    );
}

#[test]
fn a_saved_connection() {
    let world = World::new();
    let show = |world: &World| {
        let shown = world.doorkey(&["show", "analytics", "--json"]);
        parsed(&shown.run().only_output(0))
    };
    let fresh = show(&world);
    let token = world.simulator.token().to_owned();
    let verify = world.tested(&["verify", "--all"]);
    let verified = verify.env("DOORKEY_BITBUCKET_TOKEN", token).run();
    assert_eq!(verified.code(), Some(0), "{}", verified.stdout);
    // And a test that could not tell.
    world.simulator.set_fault(Some(Fault::Silent));
    let silent = world.tested(&["verify", "--all", "--timeout", "500ms"]);
    assert_eq!(silent.run().code(), Some(3));
    world.give_it_all();
    let full = show(&world);
    let listed = world.doorkey(&["list", "--json"]).run().only_output(0);
    assert_eq!(parsed(&listed)[0], full);
    assert_documented("Saved connections", &[fresh, full]);
}

#[test]
fn an_error() {
    const SECTION: &str = "An error: `doorkey.error/1`";
    let world = World::new();
    let home = TempDir::new().unwrap();
    std::fs::create_dir(home.path().join("doorkey")).unwrap();
    std::fs::write(home.path().join("doorkey/connections.json"), "{").unwrap();
    let refused: [&[&str]; 8] = [
        &["verify", "billing", "--json"],
        &["verify", "billing", "--json-lines"],
        &["verify", "--all", "--json", "--known-hosts", "missing"],
        &["show", "billing", "--json"],
        &["check", URL, "--key", "missing", "--json"],
        &["check", URL, "--json", "--bogus"],
        &["key", "missing", "--json"],
        &["list", "--json", "extra"],
    ];
    let damaged: [&[&str]; 3] = [
        &["list", "--json"],
        &["show", "x", "--json"],
        &["verify", "--all", "--json"],
    ];
    let refused = refused.map(|arguments| (2, world.doorkey(arguments)));
    let damaged = damaged.map(|arguments| {
        let program = Program::new(arguments);
        (3, program.env("XDG_STATE_HOME", home.path()))
    });
    let mut errors = Vec::new();
    for (status, program) in refused.into_iter().chain(damaged) {
        let ended = program.run();
        assert_eq!(
            ended.code(),
            Some(status),
            "{}{}",
            ended.stdout,
            ended.stderr
        );
        let error = parsed(&ended.stdout);
        assert_eq!(error["exit_status"], status);
        let first = error["message"].as_str().unwrap().lines().next().unwrap();
        assert!(ended.stderr.contains(first), "{} / {first}", ended.stderr);
        errors.push(error);
    }
    assert_documented(SECTION, &errors);
}

#[test]
fn an_address() {
    let read = |text: &str| parsed(&Program::new(["url", text, "--json"]).run().stdout);
    let addresses = [
        read(URL),
        read("https://bitbucket.org/acme/x"),
        read("git clone me@bitbucket.org:acme/x"),
        read("nonsense"),
    ];
    assert_documented("An address: `doorkey url --json`", &addresses);
}

#[test]
fn a_key() {
    let read = |text: &str| {
        let program = Program::new(["key", "-", "--json"]);
        parsed(&program.input(text).run().stdout)
    };
    let quoted = format!("> {KEY}");
    let keys = [read(KEY), read(&quoted), read("nonsense")];
    assert_documented("A key: `doorkey key --json`", &keys);
}

#[test]
fn the_first_line_of_a_simulation() {
    // Its reader has enough after one line.
    let mut simulation = std::process::Command::new(env!("CARGO_BIN_EXE_doorkey"))
        .arg("simulate")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let output = simulation.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).unwrap();
    simulation.wait().unwrap();
    let section = "The embedded Bitbucket: `doorkey simulate`";
    assert_documented(section, &[parsed(&line)]);
}

/// What the section says is exactly what there is.
#[track_caller]
fn assert_documented(section: &str, printed: &[Value]) {
    let page = Page::read("docs/json.md");
    let rows = rows(page.section(section));
    let field = |row: &Vec<String>| code_spans(&row[0])[0].to_owned();
    let fields: BTreeSet<String> = rows.iter().map(field).collect();
    let there: BTreeSet<String> = printed.iter().flat_map(leaves).collect();
    assert_eq!(fields, there, "documented, and printed");

    let values = rows.iter().map(|row| (field(row), code_spans(&row[2])));
    let values: BTreeMap<String, Vec<&str>> =
        values.filter(|(_, values)| !values.is_empty()).collect();
    for (name, documented) in &values {
        assert_eq!(*documented, possible(section, name), "{name}");
    }
    for name in fields.iter().filter(|name| !values.contains_key(*name)) {
        assert!(possible(section, name).is_empty(), "{name} has values");
    }
}

/// The values of a field that has one of a few.
fn possible(section: &str, field: &str) -> Vec<&'static str> {
    let is_of_report = section == REPORT;
    let rung = field.strip_prefix("proof.");
    if let Some(rung) = rung {
        assert!(Rung::ALL.iter().any(|one| one.id() == rung), "{rung}");
        return Standing::ALL.map(Standing::id).to_vec();
    }
    match field {
        "rungs.RUNG.standing" => Standing::ALL.map(Standing::id).to_vec(),
        "rotation.next" => Stage::ALL.map(Stage::id).to_vec(),
        "schema" if is_of_report => vec![SCHEMA],
        "schema" => vec![error_form::SCHEMA],
        "exit_status" => vec!["2", "3"],
        "required[]" => Rung::ALL.map(Rung::id).to_vec(),
        "verdict" | "last_test.verdict" => Verdict::ALL.map(Verdict::id).to_vec(),
        "checks[].id" => CheckId::ALL.map(CheckId::id).to_vec(),
        "checks[].status" => Status::ALL.map(Status::id).to_vec(),
        "repairs[].id" => Repair::ALL.iter().map(|repair| repair.id()).collect(),
        "region" => Region::all().iter().map(|region| &*region.id).collect(),
        "event" => vec!["listening"],
        "edition" | "url.edition" => {
            let mut editions = Edition::ALL.map(Edition::id).to_vec();
            // What was pasted may be nothing of the kind.
            if is_of_report || section.contains("doorkey url") {
                editions.push("unknown");
            }
            editions
        }
        _ => Vec::new(),
    }
}

/// The paths of all that is neither an object nor an array, such as `checks[].id`.
fn leaves(value: &Value) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    collect(value, "", &mut paths);
    paths
}

fn collect(value: &Value, path: &str, paths: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                // The rungs have the same fields each.
                let is_rung = ["proven", "rungs"].contains(&path)
                    && Rung::ALL.iter().any(|rung| rung.id() == name);
                let name = if is_rung { "RUNG" } else { name };
                let dot = if path.is_empty() { "" } else { "." };
                collect(value, &format!("{path}{dot}{name}"), paths);
            }
        }
        Value::Array(values) => {
            for value in values {
                collect(value, &format!("{path}[]"), paths);
            }
        }
        _ => {
            paths.insert(path.to_owned());
        }
    }
}

//! Name lookups that fail, or never end, seen with the program itself: what counts is how long the whole process takes.
//!
//! A library of the test's own takes the place of the system's resolver, so that no name server is asked.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

#[path = "support/program.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod program;
#[path = "support/requirements.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod requirements;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use doorkey::check::Code;
use program::{Ended, Program};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

const URL: &str = "ssh://git@git.example.com:7999/acme/analytics-platform.git";
const KEY: &str = include_str!("fixtures/keys/ed25519.pub");

/// What a lookup that is given up after a second may take altogether. A process that waits for it never ends.
const SOON: Duration = Duration::from_secs(20);

/// The codes of glibc's `netdb.h`.
const NO_NAME: &str = "-2";
const TRY_AGAIN: &str = "-3";
const FAILURE: &str = "-4";
const SYSTEM: &str = "-11";

/// A resolver that answers as a test says.
struct Resolver {
    folder: TempDir,
}

impl Resolver {
    /// None where no C compiler is there to make it.
    fn new() -> Option<Self> {
        if !requirements::are_here(&["cc"]) {
            return None;
        }
        let folder = TempDir::new().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/lookup.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-o"]);
        let made = compiler.arg(folder.path().join("lookup.so")).arg(source);
        assert!(made.status().unwrap().success());
        Some(Self { folder })
    }

    /// Made when the resolver is asked.
    fn asked(&self) -> PathBuf {
        self.folder.path().join("asked")
    }

    /// A run with this resolver, which never answers if `answer` is none.
    fn program(&self, answer: Option<&str>, arguments: &[&str]) -> Program {
        let program = Program::new(arguments)
            .env("LD_PRELOAD", self.folder.path().join("lookup.so"))
            .env("LOOKUP_ASKED", self.asked())
            .env("XDG_STATE_HOME", self.folder.path())
            .file("key.pub", KEY);
        match answer {
            Some(code) => program.env("LOOKUP_ANSWER", code),
            None => program,
        }
    }

    fn wait_until_asked(&self) {
        let started = Instant::now();
        while !self.asked().exists() {
            assert!(started.elapsed() < SOON, "the resolver is not asked");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn report(ended: &Ended) -> Value {
    let said = || panic!("{} {}", ended.stdout, ended.stderr);
    serde_json::from_str(&ended.stdout).unwrap_or_else(|_| said())
}

fn dns(report: &Value) -> &Value {
    let mut checks = report["checks"].as_array().unwrap().iter();
    checks.find(|check| check["id"] == "dns").unwrap()
}

#[track_caller]
fn assert_provoked(report: &Value, code: Code) {
    assert_eq!(dns(report)["code"], code.id(), "{report:#}");
}

#[test]
fn a_lookup_that_fails_is_no_name_that_does_not_exist() {
    let Some(resolver) = Resolver::new() else {
        return;
    };
    for language in ["C.UTF-8", "de_DE.UTF-8"] {
        for answer in [TRY_AGAIN, FAILURE, SYSTEM] {
            let arguments = ["check", URL, "--key", "key.pub", "--json"];
            let program = resolver.program(Some(answer), &arguments);
            let report = report(&program.env("LC_ALL", language).run());
            assert_provoked(&report, Code::DnsFailed);
            assert_eq!(report["proof"]["reachable"], "unknown");
            let detail = dns(&report)["detail"].to_string();
            assert!(!detail.contains("getaddrinfo"), "{detail}");
            assert!(!detail.contains("address information"), "{detail}");
        }
    }
}

#[test]
fn a_name_that_does_not_exist_is_told_with_a_network_only() {
    let Some(resolver) = Resolver::new() else {
        return;
    };
    let arguments = ["check", URL, "--key", "key.pub", "--json"];
    let report = report(&resolver.program(Some(NO_NAME), &arguments).run());
    match doorkey::adapters::network::has_route() {
        Some(false) => assert_provoked(&report, Code::DnsFailed),
        _ => assert_provoked(&report, Code::DnsNotFound),
    }
}

#[test]
fn a_lookup_that_never_ends_is_given_up_and_not_waited_for() {
    let Some(resolver) = Resolver::new() else {
        return;
    };
    let arguments = [
        "check",
        URL,
        "--key",
        "key.pub",
        "--json",
        "--timeout",
        "1s",
    ];
    let started = Instant::now();
    let ended = resolver.program(None, &arguments).run();
    let took = started.elapsed();
    assert!(took < SOON, "{took:?}");
    let report = report(&ended);
    assert_provoked(&report, Code::DnsTimeout);
    assert_eq!(report["proof"]["reachable"], "unknown");
    let detail = &dns(&report)["detail"];
    assert_eq!(*detail, "git.example.com: no answer within 1 second.");
}

#[test]
fn many_lookups_that_never_end_are_given_up_too() {
    let Some(resolver) = Resolver::new() else {
        return;
    };
    save(&resolver);
    let arguments = ["verify", "--all", "--json", "--timeout", "1s"];
    let started = Instant::now();
    let ended = resolver.program(None, &arguments).run();
    let took = started.elapsed();
    assert!(took < SOON, "{took:?}");
    let reports = report(&ended);
    for report in reports.as_array().unwrap() {
        assert_provoked(report, Code::DnsTimeout);
    }
}

#[test]
fn an_interruption_does_not_wait_for_a_lookup() {
    let Some(resolver) = Resolver::new() else {
        return;
    };
    save(&resolver);
    let commands: [&[&str]; 2] = [&["check", URL, "--key", "key.pub"], &["verify", "--all"]];
    for command in commands {
        for signal in [Signal::INT, Signal::TERM] {
            std::fs::remove_file(resolver.asked()).ok();
            let running = resolver.program(None, command).spawn();
            resolver.wait_until_asked();
            let process = i32::try_from(running.id()).ok().and_then(Pid::from_raw);
            let started = Instant::now();
            kill_process(process.unwrap(), signal).unwrap();
            let ended = running.wait();
            let took = started.elapsed();
            assert_eq!(ended.code(), Some(130), "{command:?} {}", ended.stderr);
            // The resolver would still be waiting, so this is no question of a busy machine.
            assert!(took < SOON, "{command:?} {took:?}");
        }
    }
}

/// Saves two connections to servers of different names.
fn save(resolver: &Resolver) {
    let other = URL.replace("git.", "hg.");
    let key = KEY.trim();
    let rows = format!("one,{URL},{key}\ntwo,{other},{key}\n");
    let imported = resolver
        .program(Some(FAILURE), &["import", "-"])
        .input(rows)
        .run();
    assert_eq!(imported.code(), Some(0), "{}", imported.stderr);
}

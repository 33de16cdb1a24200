//! Every command that the README and the pages in `docs/` show is run: as a person would run it, by a shell, and on a terminal where it
//! needs one. What builds doorkey again for others runs only with `DOORKEY_BUILD_RELEASE=1`, as in CI, for it takes minutes.
#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail this way"
)]

#[allow(dead_code, reason = "not every test needs all of it")]
#[path = "docs/page.rs"]
mod page;
#[path = "support/pty.rs"]
mod pty;

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};

use doorkey::bitbucket::Edition;
use doorkey::simulator::{Options, Simulator};
use page::{Block, Page, blocks, root};
use pty::OnTerminal;
use ssh_key::{Algorithm, LineEnding, PrivateKey};
use tempfile::TempDir;

const KEY: &str = include_str!("fixtures/keys/ed25519.pub");

/// Set to 1 where commands that need a release build must be run, too.
const BUILDS_RELEASE: &str = "DOORKEY_BUILD_RELEASE";

const TOKEN_VARIABLE: &str = "DOORKEY_BITBUCKET_TOKEN";

const CTRL_C: &str = "\x03";

#[test]
fn the_two_commands_come_first() {
    let first: Vec<Vec<String>> = shell_blocks(&Page::read("README.md"))
        .take(2)
        .map(|block| block.lines)
        .collect();
    assert_eq!(first, [["cargo run -- demo"], ["cargo test"]]);
}

#[test]
fn every_command_runs() {
    let mut count = 0;
    for page in Page::all() {
        let machine = Machine::new();
        for block in shell_blocks(&page) {
            machine.simulator.add_key(KEY.trim()).ok();
            for line in &block.lines {
                // What goes on in the next line would be half a command.
                assert!(!line.ends_with('\\') && !line.starts_with(' '), "{line}");
                run(&machine, line, &block.said_before);
                count += 1;
            }
        }
    }
    assert!(count > 30, "only {count} commands were found");
}

/// Nothing else that looks like a command may stand there unseen: the other languages have tests of their own.
fn shell_blocks(page: &Page) -> impl Iterator<Item = Block> {
    let blocks = blocks(&page.text);
    for block in &blocks {
        let is_known = ["sh", "json", "csv", "yaml"].contains(&&*block.language);
        assert!(is_known, "{}: who tests {}?", page.name, block.language);
    }
    blocks.into_iter().filter(|block| block.language == "sh")
}

/// The steps for CI services: every command in them, in its order, as a job would run it.
#[test]
fn every_pipeline_tests_the_list_and_writes_what_its_service_reads() {
    let page = Page::read("docs/ci.md");
    let mut pipelines = blocks(&page.text);
    pipelines.retain(|block| block.language == "yaml");
    assert_eq!(pipelines.len(), 3);
    for pipeline in pipelines {
        let machine = Machine::new();
        machine.simulator.add_key(KEY.trim()).ok();
        let lines = pipeline.lines.iter().map(|line| line.trim());
        let steps = lines.filter_map(|line| line.strip_prefix("- "));
        let mut ran = Vec::new();
        for step in steps.map(|step| step.strip_prefix("run: ").unwrap_or(step)) {
            match step.split(' ').next() {
                Some("doorkey" | "mkdir") => machine.run(step, false),
                // .ci/packages installs the wheel and tries it.
                Some("pip" | "pipx") => assert!(step.ends_with(" install doorkey"), "{step}"),
                _ => continue,
            }
            ran.push(step);
        }
        let [_, import, .., verify] = &ran[..] else {
            panic!("too few steps: {ran:?}");
        };
        assert_eq!(*import, "doorkey import repositories.csv");
        let (_, report) = verify.split_once(" --junit ").expect("a report");
        let written = fs::read_to_string(machine.path(report)).expect("a report");
        assert!(written.contains("<testsuites"), "{written}");
        // Artifacts are collected by the name that the step wrote.
        let is_collected = report.starts_with("test-results/")
            || pipeline.lines.iter().any(|line| {
                let line = line.trim();
                line.ends_with(report) && !line.starts_with('-')
            });
        assert!(is_collected, "nobody collects {report}");
    }
}

fn run(machine: &Machine, line: &str, said_before: &str) {
    match line.strip_prefix("cargo ") {
        Some("test") => is_run_by_ci(line),
        Some("run -- demo") => runs_from_source(line),
        Some(_) if env::var_os(BUILDS_RELEASE).as_deref() != Some(OsStr::new("1")) => {
            eprintln!("skipped: {line} needs a release build; {BUILDS_RELEASE}=1 makes one");
        }
        Some("run --release -- demo") => runs_from_source(line),
        Some(install) if install.starts_with("install ") => installs(line),
        Some(_) => panic!("how is {line} tested?"),
        None if needs_terminal(line) => machine.begin(line),
        None => machine.run(line, said_before.contains(TOKEN_VARIABLE)),
    }
}

/// Whether a command leads through steps on the full screen.
fn needs_terminal(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let is_doorkey = words.next() == Some("doorkey");
    let leads = match words.next() {
        None | Some("rotate") => true,
        Some("demo") => !line.contains("--list"),
        Some(word) => word.starts_with('-'),
    };
    is_doorkey && leads && !line.contains("--plain")
}

// ── a machine ──────────────────────────────────────────────────────────────────────────────────

/// A home with what the pages speak of in it, and a Bitbucket that stands for all others.
struct Machine {
    home: TempDir,
    simulator: Simulator,
}

impl Machine {
    fn new() -> Self {
        let simulator = Simulator::start(Options::new(Edition::Cloud)).expect("a simulation");
        let home = TempDir::new().expect("a directory");
        let machine = Self { home, simulator };
        let own = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).expect("a key");
        own.write_openssh_file(machine.path("id_ed25519"), LineEnding::LF)
            .expect("a file");
        for (name, text) in [
            ("vendor.pub", KEY.to_owned()),
            ("repositories.csv", list_to_import()),
            ("doorkey", machine.leading_doorkey()),
        ] {
            fs::write(machine.path(name), text).expect("a file");
        }
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(machine.path("doorkey"), executable).expect("a program");
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// A script that runs doorkey with every connection led to the simulation, and every question answered with yes.
    fn leading_doorkey(&self) -> String {
        let doorkey = env!("CARGO_BIN_EXE_doorkey");
        let port = self.simulator.ssh_address().port();
        let pin = self.simulator.fingerprint();
        let api = self.simulator.api();
        let tested = format!("--connect-to ::127.0.0.1:{port} --host-key {pin} --api-url {api}");
        format!(
            "#!/bin/sh\n\
             case ${{1-}} in\n\
             '' | check | rotate | verify) exec {doorkey} \"$@\" {tested} ;;\n\
             grant | revoke) exec {doorkey} \"$@\" --api-url {api} --yes ;;\n\
             *) exec {doorkey} \"$@\" ;;\n\
             esac\n"
        )
    }

    /// The variables of somebody's environment there.
    fn variables(&self) -> Vec<(&'static str, String)> {
        let path = env::var("PATH").expect("a path");
        let home = self.home.path().display().to_string();
        vec![
            ("PATH", format!("{home}:{path}")),
            // Nobody listens there, which is no failure.
            ("SSH_AUTH_SOCK", format!("{home}/agent")),
            ("LANG", "C.UTF-8".to_owned()),
            ("HOME", home),
        ]
    }

    /// Runs a command to its good end.
    fn run(&self, line: &str, has_token: bool) {
        let token = has_token.then(|| (TOKEN_VARIABLE, self.simulator.token().to_owned()));
        let mut shell = Command::new("sh");
        shell
            .args(["-c", line])
            .current_dir(&self.home)
            .env_clear()
            .envs(self.variables())
            .envs(token);
        ends_well(line, &mut shell);
    }

    /// Runs a command on a terminal until it has drawn something, and ends it.
    fn begin(&self, line: &str) {
        // The pages' commands run in the home directory.
        let in_home = format!("cd && {line}");
        let variables = self.variables().into_iter();
        draws_and_ends(variables.fold(
            OnTerminal::program("sh", ["-c", &in_home]),
            |on, (name, value)| on.env(name, value),
        ));
    }
}

/// The list of connections that the guide shows.
fn list_to_import() -> String {
    let blocks = blocks(&Page::read("docs/guide.md").text);
    let list = blocks.iter().find(|block| block.language == "csv");
    list.expect("a list to import").lines.join("\n")
}

#[track_caller]
fn ends_well(line: &str, command: &mut Command) {
    let ended = command.stdin(Stdio::null()).output();
    let Output {
        status,
        stdout,
        stderr,
    } = ended.expect("it runs");
    let (stdout, stderr) = (
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr),
    );
    assert!(status.success(), "{line}: {status}\n{stdout}{stderr}");
}

#[track_caller]
fn draws_and_ends(program: OnTerminal) {
    let mut terminal = program.start();
    terminal.wait_for("a first picture", |screen| {
        screen.alternate_screen() && screen.contents().contains("step 1 of")
    });
    terminal.press(CTRL_C);
    terminal.ends_with(130);
}

// ── cargo ──────────────────────────────────────────────────────────────────────────────────────

/// The tests can't run themselves. What CI runs is this very command, with variables before it.
fn is_run_by_ci(line: &str) {
    let script = fs::read_to_string(root().join(".ci/run")).expect("the script of CI");
    let is_it = |step: &str| {
        let command = step.split_whitespace().skip_while(|word| {
            let name = word.split_once('=').map(|(name, _)| name);
            name.is_some_and(|name| name.bytes().all(|b| b == b'_' || b.is_ascii_uppercase()))
        });
        command.collect::<Vec<_>>().join(" ") == line
    };
    assert!(script.lines().any(is_it), ".ci/run does not run {line}");
}

/// cargo, in the project's folder and with this one's environment, so that it finds what was built before.
fn cargo(line: &str) -> Command {
    let mut cargo = Command::new("sh");
    cargo.args(["-c", line]).current_dir(root());
    cargo
}

/// Builds first, which may take as long as it likes. Most often it is there: the tests run the same program.
fn runs_from_source(line: &str) {
    ends_well(line, &mut cargo("cargo build --locked"));
    let in_project = format!("cd {} && {line}", root().display());
    let variables = env::vars().filter(|(name, _)| name != "TERM");
    draws_and_ends(variables.fold(
        OnTerminal::program("sh", ["-c", &in_project]),
        |on, (name, value)| on.env(&name, value),
    ));
}

/// Installs to a folder of its own, from what was fetched to build the tests, and tries what is there.
fn installs(line: &str) {
    let folder = TempDir::new().expect("a directory");
    let mut install = cargo(line);
    install
        .env("CARGO_INSTALL_ROOT", folder.path())
        .env("CARGO_NET_OFFLINE", "true");
    ends_well(line, &mut install);
    let installed: &Path = &folder.path().join("bin/doorkey");
    let story = ["demo", "--auto", "--plain", "--speed", "1000"];
    ends_well(line, Command::new(installed).args(story));
}

//! Completions as the shells themselves show them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

#[path = "support/program.rs"]
mod program;
#[path = "support/pty.rs"]
mod pty;
#[path = "support/requirements.rs"]
mod requirements;

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use program::Program;
use pty::OnTerminal;
use tempfile::TempDir;

const TAB: &str = "\t";
const CTRL_U: &str = "\x15";

/// What is typed before Tab, with what completes it. The saved connections are `acme-analytics` and `acme-models`.
const UNAMBIGUOUS: [(&str, &str); 6] = [
    ("doorkey allowl", "doorkey allowlist"),
    ("doorkey show acme-m", "doorkey show acme-models"),
    ("doorkey handoff --region=u", "doorkey handoff --region=us"),
    (
        "doorkey simulate --fault sil",
        "doorkey simulate --fault silent",
    ),
    ("doorkey check --key vend", "doorkey check --key vendor.pub"),
    ("doorkey check --key=vend", "doorkey check --key=vendor.pub"),
];

/// What is asked of the shells that can be asked without a terminal.
const LINES: [&str; 18] = [
    "doorkey ",
    "doorkey --th",
    "doorkey --theme ",
    "doorkey demo --scenario ",
    "doorkey simulate --edition ",
    "doorkey simulate --fault ",
    "doorkey handoff --region=",
    "doorkey show --report=",
    "doorkey completions ",
    "doorkey explain key_query.",
    "doorkey man c",
    "doorkey show ",
    "doorkey verify acme-models ",
    "doorkey rotate acme-m",
    "doorkey check --key v",
    "doorkey check --key=v",
    "doorkey check git@ssh.bitbucket.org:acme/models.git --wat",
    "doorkey hold",
];

/// A folder with two saved connections and a key's file.
fn home() -> TempDir {
    let home = TempDir::new().unwrap();
    fill(home.path());
    home
}

fn fill(home: &Path) {
    let key = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys/ed25519.pub");
    fs::copy(key, home.join("vendor.pub")).unwrap();
    let key = fs::read_to_string(home.join("vendor.pub")).unwrap();
    let list = format!(
        "acme-analytics,git@ssh.bitbucket.org:acme/analytics.git,{key}acme-models,git@ssh.bitbucket.org:acme/models.git,{key}"
    );
    let mut import = Command::new(env!("CARGO_BIN_EXE_doorkey"));
    import.args(["import", "list.csv"]);
    fs::write(home.join("list.csv"), list).unwrap();
    let imported = import
        .env_clear()
        .env("HOME", home)
        .current_dir(home)
        .output()
        .unwrap();
    assert!(imported.status.success(), "{imported:?}");
    fs::remove_file(home.join("list.csv")).unwrap();
}

/// The search path, with doorkey in front.
fn path() -> OsString {
    let doorkey = Path::new(env!("CARGO_BIN_EXE_doorkey")).parent().unwrap();
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&rest);
    std::env::join_paths([doorkey.to_owned()].into_iter().chain(folders)).unwrap()
}

/// What a shell prints that reads a script.
fn said(shell: &str, arguments: &[&str]) -> String {
    let home = home();
    let said = Command::new(shell)
        .args(arguments)
        .env_clear()
        .env("PATH", path())
        .env("HOME", home.path())
        .env("LANG", "C.UTF-8")
        .current_dir(home.path())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&said.stderr), "");
    String::from_utf8(said.stdout).unwrap()
}

#[test]
fn each_shell_has_its_script() {
    for (shell, how) in [
        ("bash", "complete -F _doorkey doorkey"),
        ("elvish", "edit:completion:arg-completer[doorkey]"),
        ("fish", "complete --command doorkey"),
        ("powershell", "Register-ArgumentCompleter"),
        ("zsh", "compdef _doorkey doorkey"),
    ] {
        let script = Program::new(["completions", shell]).run().only_output(0);
        assert!(script.contains(how), "{shell}: {script}");
        assert_snapshot!(format!("script_{shell}"), script);
    }
}

#[test]
fn bash_offers_what_fits() {
    const ASK: &str = r#"
        source <(doorkey completions bash)
        for COMP_LINE; do
            COMP_POINT=${#COMP_LINE}
            COMPREPLY=(left over)
            # As bash parts words: at blanks, and at = and :.
            _doorkey doorkey "${COMP_LINE##*[ =:]}" ""
            printf '> %s|\n' "$COMP_LINE"
            printf '%s\n' "${COMPREPLY[@]}"
        done"#;
    if !requirements::are_here(&["bash"]) {
        return;
    }
    let arguments = [&["--norc", "-c", ASK, "bash"], &LINES[..]].concat();
    assert_snapshot!(said("bash", &arguments));
}

#[test]
fn fish_offers_what_fits() {
    const ASK: &str = r"
        doorkey completions fish | source
        for line in $argv
            echo '> '$line'|'
            complete --do-complete $line
        end";
    if !requirements::are_here(&["fish"]) {
        return;
    }
    let arguments = [&["--no-config", "--command", ASK, "--"], &LINES[..]].concat();
    assert_snapshot!(said("fish", &arguments));
}

#[test]
fn bash_completes_on_tab() {
    completes_on_tab(
        "bash",
        &["--norc", "--noprofile", "-i"],
        "source <(doorkey completions bash)",
    );
}

#[test]
fn fish_completes_on_tab() {
    completes_on_tab(
        "fish",
        &["--no-config", "--interactive"],
        "doorkey completions fish | source",
    );
}

#[test]
fn zsh_completes_on_tab() {
    completes_on_tab(
        "zsh",
        &["-f", "-i"],
        "autoload -Uz compinit && compinit -u -D && source <(doorkey completions zsh)",
    );
}

/// As a file in `$fpath`, which is where most people keep it.
#[test]
fn zsh_loads_it_by_itself() {
    completes_on_tab(
        "zsh",
        &["-f", "-i"],
        "doorkey completions zsh > _doorkey; fpath=($PWD $fpath); autoload -Uz compinit && compinit -u -D",
    );
}

#[test]
fn elvish_completes_on_tab() {
    if !requirements::are_here(&["elvish"]) {
        return;
    }
    // Its history is kept by a process of its own, which otherwise would be that of whoever runs the tests.
    let shell = OnTerminal::program("elvish", ["-norc", "-db", "history", "-sock", "socket"]);
    completes(
        shell,
        "eval (doorkey completions elvish | slurp)",
        // It puts words with an equals sign into quotes.
        UNAMBIGUOUS
            .into_iter()
            .filter(|(typed, _)| !typed.contains('=')),
    );
}

/// Types at a shell, with doorkey's completions read as its users read them.
fn completes_on_tab(shell: &str, arguments: &[&str], reading: &str) {
    if requirements::are_here(&[shell]) {
        let shell = OnTerminal::program(shell, arguments);
        completes(shell, reading, UNAMBIGUOUS);
    }
}

fn completes(
    shell: OnTerminal,
    reading: &str,
    lines: impl IntoIterator<Item = (&'static str, &'static str)>,
) {
    let shell = shell.env("PATH", path()).size(120, 40);
    fill(shell.home());
    let terminal = shell.start();
    // What is typed is shown, too, and must not be taken for its outcome.
    terminal.press(format!("{reading}; echo rea''dy\r"));
    terminal.wait_for_text("ready");
    for (typed, completed) in lines {
        terminal.press([typed, TAB].concat());
        terminal.wait_for_text(completed);
        terminal.press(CTRL_U);
    }
}

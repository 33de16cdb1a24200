//! Servers written in Python, from a virtual environment that `.ci/run` makes, or from what the machine has.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::requirements;
use crate::support::servers::{Home, Server, Words};

/// What the scripts beside this file write to their log.
const WORDS: Words = Words {
    connection: "connection from 127.0.0.1 port ",
    end: &["connection ended"],
    login: "logged in",
};

/// A server that runs a script of this directory, made with this module of Python's, with host keys of these types.
/// Nothing if the module is not installed.
pub(crate) fn start(
    module: &str,
    script: &str,
    host_keys: &[&str],
    options: &[&str],
) -> Option<Server> {
    let python = python_with(module);
    let missing = python.is_none().then_some(module);
    if !requirements::nothing_missing(missing) || !requirements::are_here(&["ssh-keygen"]) {
        return None;
    }
    let home = Home::new();
    let mut command = Command::new(python?);
    command.arg(in_package("tests/interop").join(script));
    command
        .arg("--authorised")
        .arg(home.path("authorized_keys"));
    command.arg("--host-keys");
    command.args(host_keys.iter().map(|kind| home.path(kind)));
    command.args(options);
    let host_keys = home.make_host_keys(host_keys);
    Some(Server::that_says_its_port(home, host_keys, WORDS, command))
}

/// The first Python that has this module.
pub(crate) fn python_with(module: &str) -> Option<PathBuf> {
    let own = in_package("target/interop-venv/bin/python3");
    let usual = requirements::program("python3");
    [Some(own), usual].into_iter().flatten().find(|python| {
        // Importing it would take far longer.
        let find = format!(
            "import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)"
        );
        let found = Command::new(python)
            .args(["-c", &find])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        found.is_ok_and(|status| status.success())
    })
}

pub(crate) fn in_package(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

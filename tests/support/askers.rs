//! Programs that ask an SSH server about a public key whose private half they don't have.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::servers::Server;

/// As Cloud, since a Data Center is not expected to be OpenSSH's server. An accepted key means two questions here: the
/// control key is one.
pub(crate) fn doorkey(server: &Server, port: u16, key: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorkey"));
    let pin = server.host_keys[0].fingerprint(ssh_key::HashAlg::Sha256);
    command
        .args(["check", "git@ssh.bitbucket.org:acme/analytics.git"])
        .arg("--key")
        .arg(key)
        .args(["--host-key", &pin.to_string()])
        .args(["--connect-to", &format!("::127.0.0.1:{port}")])
        // Not what this machine's user has there.
        .env("HOME", directory_of(key));
    command
}

/// OpenSSH's client, telling what it does.
pub(crate) fn ssh(server: &Server, port: u16, key: &Path) -> Command {
    let mut command = Command::new("ssh");
    command.arg("-v").args(ssh_options(server, port, key));
    command.args(["-p", &port.to_string(), "git@127.0.0.1", "true"]);
    command
}

/// git, by way of OpenSSH's client.
pub(crate) fn git(server: &Server, port: u16, key: &Path) -> Command {
    let ssh = ["ssh".to_owned()].into_iter();
    let ssh: Vec<String> = ssh.chain(ssh_options(server, port, key)).collect();
    let mut command = Command::new("git");
    command
        .args(["ls-remote", &format!("ssh://git@127.0.0.1:{port}/a/b.git")])
        .env("GIT_SSH_COMMAND", ssh.join(" "));
    command
}

/// Has ssh ask with this key only, and trust this server.
fn ssh_options(server: &Server, port: u16, key: &Path) -> Vec<String> {
    let host_key = server.host_keys[0].to_openssh().expect("one line");
    let known_hosts = directory_of(key).join("known_hosts");
    fs::write(&known_hosts, format!("[127.0.0.1]:{port} {host_key}\n")).expect("a file");
    let mut options = vec!["-F".to_owned(), "none".to_owned()];
    for option in [
        "BatchMode=yes",
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        "PreferredAuthentications=publickey",
        "StrictHostKeyChecking=yes",
        "GlobalKnownHostsFile=none",
        &format!("UserKnownHostsFile={}", known_hosts.display()),
    ] {
        options.extend(["-o".to_owned(), option.to_owned()]);
    }
    options.extend(["-i".to_owned(), key.display().to_string()]);
    options
}

fn directory_of(file: &Path) -> &Path {
    file.parent().expect("a directory")
}

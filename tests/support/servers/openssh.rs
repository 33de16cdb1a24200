//! OpenSSH's server.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::super::requirements;
use super::{Home, Server, Words};

/// The types of host key it has.
const HOST_KEYS: [&str; 3] = ["ed25519", "ecdsa", "rsa"];

/// One with a host key of each type and further options. Nothing if it is not installed.
pub(crate) fn start(options: &str) -> Option<Server> {
    if !requirements::are_here(&["sshd", "ssh-keygen"]) || !Home::can_be_made() {
        return None;
    }
    // As root it wants this directory, which the system's own server makes when it starts.
    let confined = Path::new("/run/sshd");
    let missing = rustix::process::geteuid().is_root() && !confined.is_dir();
    if !requirements::nothing_missing(missing.then_some("/run/sshd")) {
        return None;
    }
    let sshd = requirements::program("sshd")?;
    let home = Home::new();
    // What comes first counts.
    let mut configuration = format!(
        "{options}\nListenAddress 127.0.0.1\nPidFile none\nLogLevel VERBOSE\nStrictModes no\nUsePAM no\n\
         AuthorizedKeysFile {}\nPermitRootLogin yes\nPasswordAuthentication no\n\
         KbdInteractiveAuthentication no\n",
        home.path("authorized_keys").display()
    );
    let host_keys = home.make_host_keys(&HOST_KEYS);
    for kind in HOST_KEYS {
        let file = home.path(kind);
        writeln!(configuration, "HostKey {}", file.display()).expect("a text");
    }
    fs::write(home.path("sshd_config"), configuration).expect("a file");
    let words = Words {
        connection: "Connection from 127.0.0.1 port ",
        end: &["Disconnect", "Connection closed by 127.0.0.1"],
        login: "Accepted publickey for",
    };
    let command = |home: &Home, port: u16| {
        let mut command = home.command(&sshd);
        command.args(["-D", "-e", "-p", &port.to_string(), "-f"]);
        command.arg(home.path("sshd_config"));
        command
    };
    Some(Server::on_a_free_port(home, host_keys, words, command))
}

/// Since 9.8 OpenSSH's server turns away who asks too often without coming in, as everybody does here.
pub(crate) fn without_penalties() -> &'static str {
    const OPTION: &str = "PerSourcePenalties no";
    let Some(sshd) = requirements::program("sshd") else {
        return "";
    };
    let asked = Command::new(sshd)
        .args(["-T", "-f", "/dev/null", "-o", OPTION])
        .stdin(Stdio::null())
        .output();
    let words = asked.map(|output| output.stderr).unwrap_or_default();
    if String::from_utf8_lossy(&words).contains("Bad configuration option") {
        ""
    } else {
        OPTION
    }
}

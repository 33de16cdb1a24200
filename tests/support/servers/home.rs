//! Where a server finds its user, keys and configuration.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use ssh_key::PublicKey;
use tempfile::TempDir;

use super::super::requirements;
use super::{AUTHORISED, output};

/// The directory of the user `git`: keys, configuration, log.
pub(crate) struct Home(TempDir);

impl Home {
    /// Whether a server can be given users. Says so if not.
    pub(crate) fn can_be_made() -> bool {
        let home = Self::new();
        let id = home.command(Path::new("id")).args(["-u", "git"]).output();
        let own = rustix::process::getuid().as_raw().to_string();
        let known = id.is_ok_and(|id| String::from_utf8_lossy(&id.stdout).trim() == own);
        requirements::nothing_missing((!known).then_some("nss_wrapper"))
    }

    pub(crate) fn new() -> Self {
        let home = Self(TempDir::new().expect("a directory"));
        let directory = home.0.path();
        let (user, group) = (rustix::process::getuid(), rustix::process::getgid());
        let (user, group) = (user.as_raw(), group.as_raw());
        // OpenSSH's server asks for the user it drops its privileges to, too.
        let account = |name: &str| {
            let directory = directory.display();
            format!("{name}:x:{user}:{group}::{directory}:/bin/sh\n")
        };
        // Dropbear and TinySSH read no other file, and only if nobody else can write to it.
        let own = home.path(".ssh");
        fs::create_dir(&own).expect("a directory");
        let authorised = AUTHORISED.concat();
        for (path, content) in [
            (home.path("passwd"), account("git") + &account("sshd")),
            (home.path("group"), format!("git:x:{group}:\n")),
            (home.path("authorized_keys"), authorised.clone()),
            (own.join("authorized_keys"), authorised),
        ] {
            fs::write(path, content).expect("a file");
        }
        for (path, mode) in [
            (directory, 0o700),
            (&own, 0o700),
            (&own.join("authorized_keys"), 0o600),
        ] {
            fs::set_permissions(path, Permissions::from_mode(mode)).expect("own files");
        }
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// A program for which `git` is a user.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("LD_PRELOAD", "libnss_wrapper.so")
            .env("NSS_WRAPPER_PASSWD", self.path("passwd"))
            .env("NSS_WRAPPER_GROUP", self.path("group"));
        command
    }

    /// Makes a host key of each of these types with OpenSSH's `ssh-keygen`; the private ones are in files of these
    /// names.
    pub(crate) fn make_host_keys(&self, kinds: &[&str]) -> Vec<PublicKey> {
        let make = |kind: &&str| {
            let file = self.path(kind);
            let mut make = Command::new("ssh-keygen");
            make.args(["-q", "-N", "", "-t", kind, "-f"]).arg(&file);
            if *kind == "rsa" {
                // The shortest that everybody takes: longer ones take long to find.
                make.args(["-b", "2048"]);
            }
            output(&mut make);
            let line = fs::read_to_string(file.with_extension("pub")).expect("a public key");
            PublicKey::from_openssh(&line).expect("one line")
        };
        kinds.iter().map(make).collect()
    }
}

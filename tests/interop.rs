//! The connection test against the SSH servers people run: OpenSSH's and Dropbear. Both run as child processes on
//! 127.0.0.1, with nothing of the system's configuration.
//!
//! Bitbucket's user is always `git`, so these servers must know one. No account is made for it: `nss_wrapper`
//! (<https://cwrap.org>), preloaded into the server, answers its look-ups of users from files of the test's own. There
//! `git` has the user id that runs the tests, because a server without privileges can serve nobody else. With root's
//! that works as well.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

mod support;

use std::fs::{self, File, Permissions};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use doorkey::access_key::AccessKey;
use doorkey::check::request::TestRequest;
use doorkey::check::{CheckId, Code, HostKeyTrust, KnownHosts, Status, Verdict};
use ssh_key::{HashAlg, PublicKey};
use support::outcome::{CLOUD, PATIENCE, RequestExt as _, fresh_key, request, run};
use support::requirements;
use tempfile::TempDir;

/// The keys that the servers let in. Nobody needs the private ones.
const AUTHORISED: [&str; 3] = [
    include_str!("fixtures/keys/ed25519.pub"),
    include_str!("fixtures/keys/ec256.pub"),
    include_str!("fixtures/keys/rsa2048.pub"),
];

/// Keys of the same types that they don't.
const STRANGERS: [&str; 3] = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIazEu89wgQZ4bqs3d63QSMzYVa0MuJ2e2gKTKqu+UUO",
    include_str!("fixtures/keys/ec384.pub"),
    include_str!("fixtures/keys/rsa4096.pub"),
];

/// How often to look whether something has happened.
const GLANCE: Duration = Duration::from_millis(10);

/// How many ports to try: one that was free may be taken before the server has it.
const PORTS: usize = 10;

// ---- OpenSSH --------------------------------------------------------------------------------------------------

#[tokio::test]
async fn openssh_accepts_authorised_keys_of_every_type() {
    for line in AUTHORISED {
        let Some(server) = Server::openssh("") else {
            return;
        };
        run(&server.as_cloud(key(line))).await.assert_ready();
        let log = server.log_of_one_visit();
        assert_eq!(count(&log, "Postponed publickey for git"), 1, "{log}");
        assert_eq!(count(&log, "Failed publickey for git"), 1, "{log}");
        server.assert_nobody_came_in();
    }
}

#[tokio::test]
async fn openssh_refuses_other_keys_of_every_type() {
    for line in STRANGERS {
        let Some(server) = Server::openssh("") else {
            return;
        };
        let outcome = run(&server.as_cloud(key(line))).await;
        assert_eq!(outcome.cause(), Some(Code::KeyQueryNotRecognised));
        // One question, and no control key.
        let log = server.log_of_one_visit();
        assert_eq!(count(&log, "publickey for git"), 1, "{log}");
        server.assert_nobody_came_in();
    }
}

#[tokio::test]
async fn openssh_with_a_single_attempt_accepts_an_authorised_key() {
    let Some(server) = Server::openssh("MaxAuthTries 1") else {
        return;
    };
    run(&server.as_cloud(key(AUTHORISED[0])))
        .await
        .assert_ready();
    let log = server.log_of_one_visit();
    assert!(log.contains("maximum authentication attempts exceeded"));
    server.assert_nobody_came_in();
}

#[tokio::test]
async fn openssh_with_a_single_attempt_hangs_up_on_another_key() {
    let Some(server) = Server::openssh("MaxAuthTries 1") else {
        return;
    };
    let outcome = run(&server.as_cloud(fresh_key())).await;
    assert_eq!(outcome.cause(), Some(Code::KeyQueryTooManyAttempts));
    assert!(
        outcome
            .detail()
            .contains("Too many authentication failures")
    );
    server.log_of_one_visit();
}

#[tokio::test]
async fn openssh_without_public_keys_says_what_it_takes() {
    let options = "PubkeyAuthentication no\nPasswordAuthentication yes";
    let Some(server) = Server::openssh(options) else {
        return;
    };
    let outcome = run(&server.as_cloud(key(AUTHORISED[0]))).await;
    assert_eq!(outcome.cause(), Some(Code::KeyQueryPublickeyNotOffered));
    assert_eq!(outcome.detail(), "It offers: password.");
}

#[tokio::test]
async fn openssh_with_a_host_key_that_is_not_published_is_asked_nothing() {
    let Some(server) = Server::openssh("") else {
        return;
    };
    let request = server.as_cloud(key(AUTHORISED[0]));
    let outcome = run(&request.trusting(HostKeyTrust::default())).await;
    assert_eq!(outcome.cause(), Some(Code::HostKeyChanged));
    assert_eq!(outcome.check(CheckId::KeyQuery).status, Status::Skip);
    let log = server.log_of_one_visit();
    assert!(!log.contains("publickey"), "{log}");
}

#[tokio::test]
async fn openssh_host_keys_of_any_type_can_be_pinned_by_fingerprint() {
    let Some(server) = Server::openssh("") else {
        return;
    };
    assert_eq!(server.host_keys.len(), 3);
    for host_key in &server.host_keys {
        let fingerprint = host_key.fingerprint(HashAlg::Sha256).to_string();
        let request = server.as_cloud(key(AUTHORISED[0]));
        let outcome = run(&request.trusting(pinning(&fingerprint))).await;
        outcome.assert_ready();
        let detail = &outcome.check(CheckId::HostKey).detail;
        assert!(detail.as_ref().unwrap().ends_with(&fingerprint));
    }
    server.assert_nobody_came_in();
}

#[tokio::test]
async fn openssh_in_place_of_a_data_center_is_the_machines_own() {
    let Some(server) = Server::openssh("") else {
        return;
    };
    let outcome = run(&server.as_data_center(key(AUTHORISED[0]))).await;
    let ssh = outcome.check(CheckId::Ssh);
    assert_eq!(ssh.code, Some(Code::SshMachineSshd));
    assert!(ssh.detail.as_ref().unwrap().contains("SSH-2.0-OpenSSH_"));
}

// ---- Dropbear -------------------------------------------------------------------------------------------------

#[tokio::test]
async fn dropbear_accepts_authorised_keys_of_every_type() {
    for line in AUTHORISED {
        let Some(server) = Server::dropbear() else {
            return;
        };
        let outcome = run(&server.as_data_center(key(line))).await;
        assert_eq!(outcome.verdict(), Verdict::Ready, "{:#?}", outcome.report);
        server.log_of_one_visit();
        server.assert_nobody_came_in();
    }
}

#[tokio::test]
async fn dropbear_refuses_other_keys_of_every_type() {
    for line in STRANGERS {
        let Some(server) = Server::dropbear() else {
            return;
        };
        let outcome = run(&server.as_data_center(key(line))).await;
        let query = outcome.check(CheckId::KeyQuery);
        assert_eq!(query.code, Some(Code::KeyQueryNotRecognised));
        server.log_of_one_visit();
        server.assert_nobody_came_in();
    }
}

#[tokio::test]
async fn dropbear_with_an_unknown_host_key_proves_nothing() {
    let Some(server) = Server::dropbear() else {
        return;
    };
    let request = server.as_data_center(key(AUTHORISED[0]));
    let outcome = run(&request.trusting(HostKeyTrust::default())).await;
    assert_eq!(outcome.verdict(), Verdict::Inconclusive);
    let host_key = outcome.check(CheckId::HostKey);
    assert_eq!(host_key.code, Some(Code::HostKeyUnknown));
    let fingerprint = server.host_keys[0].fingerprint(HashAlg::Sha256).to_string();
    assert!(host_key.detail.as_ref().unwrap().contains(&fingerprint));
    assert_eq!(outcome.check(CheckId::KeyQuery).status, Status::Pass);
}

#[tokio::test]
async fn dropbear_is_known_from_what_ssh_keyscan_found() {
    let Some(server) = Server::dropbear() else {
        return;
    };
    if !requirements::are_here(&["ssh-keyscan"]) {
        return;
    }
    let port = server.port.to_string();
    // Hashed, as Debian's ssh writes it.
    let found = output(Command::new("ssh-keyscan").args(["-H", "-p", &port, "127.0.0.1"]));
    let trust = HostKeyTrust {
        known_hosts: KnownHosts::parse(&found, "known_hosts"),
        ..HostKeyTrust::default()
    };
    let request = server.as_data_center(key(AUTHORISED[0])).trusting(trust);
    let outcome = run(&request).await;
    assert_eq!(outcome.verdict(), Verdict::Ready, "{:#?}", outcome.report);
}

// ---- servers --------------------------------------------------------------------------------------------------

/// A server as a child process. It ends with its owner; if the test failed, its log is shown.
struct Server {
    child: Child,
    port: u16,
    host_keys: Vec<PublicKey>,
    /// Where the question whether it is up yet came from.
    prober: SocketAddr,
    words: Words,
    home: Home,
}

/// How a server's log says things.
struct Words {
    connection: &'static str,
    end: &'static [&'static str],
    login: &'static str,
}

impl Server {
    /// OpenSSH's server, with a host key of each type and further options. Nothing if it is not installed.
    fn openssh(options: &str) -> Option<Self> {
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
        let mut configuration = format!(
            "ListenAddress 127.0.0.1\nPidFile none\nLogLevel VERBOSE\nStrictModes no\nUsePAM no\n\
             AuthorizedKeysFile {}\nPermitRootLogin yes\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\n",
            home.path("authorized_keys").display()
        );
        let mut host_keys = Vec::new();
        for kind in ["ed25519", "ecdsa", "rsa"] {
            let file = home.path(kind);
            let arguments = ["-q", "-N", "", "-t", kind, "-f"];
            output(Command::new("ssh-keygen").args(arguments).arg(&file));
            let line = fs::read_to_string(file.with_extension("pub")).unwrap();
            host_keys.push(PublicKey::from_openssh(&line).unwrap());
            let line = format!("HostKey {}\n", file.display());
            configuration.push_str(&line);
        }
        // What comes first counts.
        let configuration = format!("{options}\n{configuration}");
        fs::write(home.path("sshd_config"), configuration).unwrap();
        let words = Words {
            connection: "Connection from 127.0.0.1 port ",
            end: &["Disconnect", "Connection closed by 127.0.0.1"],
            login: "Accepted publickey for",
        };
        let start = |home: &Home, port: u16| {
            let mut command = home.command(&sshd);
            command.args(["-D", "-e", "-p", &port.to_string(), "-f"]);
            command.arg(home.path("sshd_config"));
            command
        };
        Some(Self::start(home, host_keys, words, start))
    }

    /// Dropbear, with an Ed25519 host key. Nothing if it is not installed.
    fn dropbear() -> Option<Self> {
        if !requirements::are_here(&["dropbear", "dropbearkey"]) || !Home::can_be_made() {
            return None;
        }
        let dropbear = requirements::program("dropbear")?;
        let home = Home::new();
        let host_key = home.path("host_key");
        let make = ["-t", "ed25519", "-f"];
        let told = output(Command::new("dropbearkey").args(make).arg(&host_key));
        let host_key = told
            .lines()
            .find_map(|line| PublicKey::from_openssh(line).ok());
        let words = Words {
            connection: "Child connection from 127.0.0.1:",
            end: &["Exit before auth"],
            login: "Pubkey auth succeeded",
        };
        let start = |home: &Home, port: u16| {
            let mut command = home.command(&dropbear);
            command.args(["-F", "-E", "-s", "-p", &format!("127.0.0.1:{port}"), "-r"]);
            command.arg(home.path("host_key"));
            command.arg("-P").arg(home.path("pid"));
            command
        };
        Some(Self::start(home, vec![host_key.unwrap()], words, start))
    }

    fn start(
        home: Home,
        host_keys: Vec<PublicKey>,
        words: Words,
        command: impl Fn(&Home, u16) -> Command,
    ) -> Self {
        for _ in 0..PORTS {
            let port = free_port();
            let log = File::create(home.path("log")).unwrap();
            let child = command(&home, port)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log)
                .spawn();
            let mut child = child.unwrap();
            if let Some(prober) = until_it_listens(&mut child, &home, port) {
                return Self {
                    child,
                    port,
                    host_keys,
                    prober,
                    words,
                    home,
                };
            }
        }
        panic!("the server does not start:\n{}", home.log());
    }

    /// A request to it in place of Cloud, with its host keys known beforehand.
    fn as_cloud(&self, key: AccessKey) -> TestRequest {
        let fingerprint = self.host_keys[0].fingerprint(HashAlg::Sha256);
        request(CLOUD, key)
            .connected_to(self.port)
            .trusting(pinning(&fingerprint.to_string()))
    }

    /// A request to it as a Data Center.
    fn as_data_center(&self, key: AccessKey) -> TestRequest {
        let url = format!("ssh://git@127.0.0.1:{}/acme/analytics.git", self.port);
        request(&url, key)
    }

    /// What it logged about the one connection that a verdict takes, once that has ended.
    fn log_of_one_visit(&self) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let log = self.log();
            if self.words.end.iter().any(|words| log.contains(words)) {
                assert_eq!(count(&log, self.words.connection), 1, "{log}");
                return log;
            }
            assert!(Instant::now() < deadline, "no end of a visit:\n{log}");
            std::thread::sleep(GLANCE);
        }
    }

    fn assert_nobody_came_in(&self) {
        let log = self.log();
        assert_eq!(count(&log, self.words.login), 0, "{log}");
    }

    /// The log, but for the question whether it is up.
    fn log(&self) -> String {
        let log = self.home.log();
        let about_others = log.lines().filter(|line| !mentions(line, self.prober));
        about_others.collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("---- the server's log\n{}", self.home.log());
        }
    }
}

/// The directory of the user `git`: keys, configuration, log.
struct Home(TempDir);

impl Home {
    /// Whether a server can be given users. Says so if not.
    fn can_be_made() -> bool {
        let home = Self::new();
        let id = home.command(Path::new("id")).args(["-u", "git"]).output();
        let own = rustix::process::getuid().as_raw().to_string();
        let known = id.is_ok_and(|id| String::from_utf8_lossy(&id.stdout).trim() == own);
        requirements::nothing_missing((!known).then_some("nss_wrapper"))
    }

    fn new() -> Self {
        let home = Self(TempDir::new().unwrap());
        let directory = home.0.path();
        let (user, group) = (rustix::process::getuid(), rustix::process::getgid());
        let (user, group) = (user.as_raw(), group.as_raw());
        // OpenSSH's server asks for the user it drops its privileges to, too.
        let account = |name: &str| {
            let directory = directory.display();
            format!("{name}:x:{user}:{group}::{directory}:/bin/sh\n")
        };
        fs::write(home.path("passwd"), account("git") + &account("sshd")).unwrap();
        fs::write(home.path("group"), format!("git:x:{group}:\n")).unwrap();
        fs::write(home.path("authorized_keys"), AUTHORISED.concat()).unwrap();
        // Dropbear reads no other file, and only if nobody else can write to it.
        let own = home.path(".ssh");
        fs::create_dir(&own).unwrap();
        fs::copy(home.path("authorized_keys"), own.join("authorized_keys")).unwrap();
        for (path, mode) in [
            (directory, 0o700),
            (&own, 0o700),
            (&own.join("authorized_keys"), 0o600),
        ] {
            fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        }
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// A program for which `git` is a user.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("LD_PRELOAD", "libnss_wrapper.so")
            .env("NSS_WRAPPER_PASSWD", self.path("passwd"))
            .env("NSS_WRAPPER_GROUP", self.path("group"));
        command
    }
}

/// Waits until the server takes connections; says from where that was found out. Nothing if it ended instead.
fn until_it_listens(child: &mut Child, home: &Home, port: u16) -> Option<SocketAddr> {
    let deadline = Instant::now() + PATIENCE;
    let mut prober = None;
    while Instant::now() < deadline {
        if let Ok(Some(_)) = child.try_wait() {
            return None;
        }
        match prober {
            None => {
                let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
                prober = stream.and_then(|stream| stream.local_addr()).ok();
            }
            // Its log shows that it was this server, and not another that was quicker to take the port.
            Some(from) if home.log().lines().any(|line| mentions(line, from)) => return prober,
            Some(_) => {}
        }
        std::thread::sleep(GLANCE);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

/// Whether a line of a log is about the connection from there.
fn mentions(line: &str, from: SocketAddr) -> bool {
    let port = from.port().to_string();
    let mut numbers = line.split(|character: char| !character.is_ascii_digit());
    numbers.any(|number| number == port)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// What a program prints. It must succeed.
fn output(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {words}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn key(line: &str) -> AccessKey {
    AccessKey::read(line).unwrap()
}

fn pinning(fingerprint: &str) -> HostKeyTrust {
    HostKeyTrust {
        pinned: vec![fingerprint.parse().unwrap()],
        ..HostKeyTrust::default()
    }
}

fn count(log: &str, words: &str) -> usize {
    log.lines().filter(|line| line.contains(words)).count()
}

//! The SSH servers people run, as child processes on 127.0.0.1, with nothing of the system's configuration.
//!
//! Bitbucket's user is always `git`, so these servers must know one. No account is made for it: `nss_wrapper`
//! (<https://cwrap.org>), preloaded into the server, answers its look-ups of users from files of the test's own. There
//! `git` has the user id that runs the tests, because a server without privileges can serve nobody else. With root's
//! that works as well.

mod home;
pub(crate) mod openssh;
mod per_connection;

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use doorkey::access_key::AccessKey;
use doorkey::check::HostKeyTrust;
use doorkey::check::request::TestRequest;
use ssh_key::{HashAlg, PublicKey};

pub(crate) use self::home::Home;
use self::per_connection::PerConnection;
use super::outcome::{CLOUD, PATIENCE, RequestExt as _, request};

/// The keys that the servers let in. Nobody needs the private ones.
pub(crate) const AUTHORISED: [&str; 3] = [
    include_str!("../../fixtures/keys/ed25519.pub"),
    include_str!("../../fixtures/keys/ec256.pub"),
    include_str!("../../fixtures/keys/rsa2048.pub"),
];

/// Keys of the same types that they don't.
pub(crate) const STRANGERS: [&str; 3] = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIazEu89wgQZ4bqs3d63QSMzYVa0MuJ2e2gKTKqu+UUO",
    include_str!("../../fixtures/keys/ec384.pub"),
    include_str!("../../fixtures/keys/rsa4096.pub"),
];

/// How often to look whether something has happened.
const GLANCE: Duration = Duration::from_millis(10);

/// How many ports to try: one that was free may be taken before the server has it.
const PORTS: usize = 10;

/// A server. It ends with its owner; if the test failed, its log is shown.
pub(crate) struct Server {
    running: Running,
    pub(crate) port: u16,
    pub(crate) host_keys: Vec<PublicKey>,
    words: Words,
    home: Home,
}

/// How a server's log says things.
pub(crate) struct Words {
    pub(crate) connection: &'static str,
    pub(crate) end: &'static [&'static str],
    pub(crate) login: &'static str,
}

enum Running {
    /// One process for all connections.
    Daemon {
        child: Child,
        /// Where the question whether it is up yet came from, if that was asked.
        prober: Option<SocketAddr>,
    },
    /// A process for each connection, as `inetd` has it. Ends all of them when dropped.
    PerConnection { _listening: PerConnection },
}

impl Server {
    /// A server that is told its port.
    pub(crate) fn on_a_free_port(
        home: Home,
        host_keys: Vec<PublicKey>,
        words: Words,
        command: impl Fn(&Home, u16) -> Command,
    ) -> Self {
        for _ in 0..PORTS {
            let port = free_port();
            let log = File::create(home.path("log")).expect("a log");
            let child = command(&home, port)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log)
                .spawn();
            let mut child = child.expect("the server starts");
            if let Some(prober) = until_it_listens(&mut child, &home, port) {
                return Self {
                    running: Running::Daemon {
                        child,
                        prober: Some(prober),
                    },
                    port,
                    host_keys,
                    words,
                    home,
                };
            }
        }
        panic!("the server does not start:\n{}", home.log());
    }

    /// A server that finds a port by itself and prints it on a line of its own as soon as it listens.
    pub(crate) fn that_says_its_port(
        home: Home,
        host_keys: Vec<PublicKey>,
        words: Words,
        mut command: Command,
    ) -> Self {
        let log = File::create(home.path("log")).expect("a log");
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn();
        let mut child = child.expect("the server starts");
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().expect("what it prints"));
        said.read_line(&mut line).expect("a line");
        let Ok(port) = line.trim_end().parse() else {
            child.kill().ok();
            child.wait().ok();
            panic!("the server names no port but {line:?}:\n{}", home.log());
        };
        Self {
            running: Running::Daemon {
                child,
                prober: None,
            },
            port,
            host_keys,
            words,
            home,
        }
    }

    /// A server that serves one connection, which it finds as its standard input and output.
    pub(crate) fn per_connection(
        home: Home,
        host_keys: Vec<PublicKey>,
        words: Words,
        command: Command,
    ) -> Self {
        let listening = PerConnection::listen(command, home.path("log"));
        Self {
            port: listening.port(),
            running: Running::PerConnection {
                _listening: listening,
            },
            host_keys,
            words,
            home,
        }
    }

    /// A request to it in place of Cloud, with its host keys known beforehand.
    pub(crate) fn as_cloud(&self, key: AccessKey) -> TestRequest {
        request(CLOUD, key)
            .connected_to(self.port)
            .trusting(pinning(&self.host_keys[0]))
    }

    /// A request to it as a Data Center.
    pub(crate) fn as_data_center(&self, key: AccessKey) -> TestRequest {
        let url = format!("ssh://git@127.0.0.1:{}/acme/analytics.git", self.port);
        request(&url, key)
    }

    /// What it logged about the one connection that a verdict takes, once that has ended.
    #[track_caller]
    pub(crate) fn log_of_one_visit(&self) -> String {
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

    #[track_caller]
    pub(crate) fn assert_nobody_came_in(&self) {
        let log = self.log();
        assert_eq!(count(&log, self.words.login), 0, "{log}");
    }

    /// The log, but for the question whether it is up.
    fn log(&self) -> String {
        let log = self.home.log();
        let Running::Daemon {
            prober: Some(prober),
            ..
        } = &self.running
        else {
            return log;
        };
        let about_others = log.lines().filter(|line| !mentions(line, *prober));
        about_others.collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Running::Daemon { child, .. } = &mut self.running {
            // It may be gone already.
            child.kill().ok();
            child.wait().ok();
        }
        if std::thread::panicking() {
            eprintln!("---- the server's log\n{}", self.home.log());
        }
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
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    None
}

/// Whether a line of a log is about the connection from there.
fn mentions(line: &str, from: SocketAddr) -> bool {
    let port = from.port().to_string();
    let mut numbers = line.split(|character: char| !character.is_ascii_digit());
    numbers.any(|number| number == port)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// What a program prints. It must succeed.
pub(crate) fn output(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("it runs");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {words}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn key(line: &str) -> AccessKey {
    AccessKey::read(line).expect("a key")
}

/// Trust in this host key alone.
pub(crate) fn pinning(host_key: &PublicKey) -> HostKeyTrust {
    let fingerprint = host_key.fingerprint(HashAlg::Sha256).to_string();
    HostKeyTrust {
        pinned: vec![fingerprint.parse().expect("a fingerprint")],
        ..HostKeyTrust::default()
    }
}

/// How many lines of a log say this.
pub(crate) fn count(log: &str, words: &str) -> usize {
    log.lines().filter(|line| line.contains(words)).count()
}

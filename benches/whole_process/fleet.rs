//! Many saved connections on many servers: all of them in one process, against `ssh -v` for each.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::{Edition, SshAliases, read_address};
use doorkey::connections::{Connection, Connections};
use doorkey::simulator::Simulator;
use tempfile::TempDir;

use crate::memory;
use crate::support::outcome::fresh_key;
use crate::support::requirements;
use crate::support::simulation::{add, start};

const SERVERS: usize = 50;

/// How many are asked about in the contest, and how many times.
const CONTESTED: usize = 1_000;
const ROUNDS: usize = 3;

const GROWTH: [usize; 4] = [10, 100, 1_000, 10_000];

/// So many processes of `ssh` at a time.
const AT_ONCE: &str = "-P8";

/// Every tenth key was never added.
const STRANGERS: usize = 10;

/// How often a process's memory is looked at.
const GLANCE: Duration = Duration::from_millis(5);

/// Runs the contest, then looks at growth.
pub(crate) fn run() {
    let servers: Vec<Simulator> = (0..SERVERS).map(|_| start(Edition::DataCenter)).collect();
    let with_ssh = requirements::are_here(&["ssh", "xargs"]);
    println!("\n{CONTESTED} connections on {SERVERS} servers");
    println!("  {:<56}{:>9}{:>9}", "", "s", "MB");
    let fleet = Fleet::on(&servers, CONTESTED);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (took, memory) = fleet.verify();
        ours.push(took);
        line("doorkey verify --all", took, &memory);
        if with_ssh {
            let took = fleet.ssh();
            theirs.push(took);
            line("xargs -P8 ssh -v -i key.pub", took, "");
        }
    }
    ours.sort();
    theirs.sort();
    if let (Some(ours), Some(theirs)) = (ours.get(ROUNDS / 2), theirs.get(ROUNDS / 2)) {
        let times = theirs.as_secs_f64() / ours.as_secs_f64();
        println!("  in the middle, {times:.1} times as fast");
    }

    println!("\nGrowth, on {SERVERS} servers");
    println!("  {:<56}{:>9}{:>9}", "", "s", "MB");
    for count in GROWTH {
        let (took, memory) = Fleet::on(&servers, count).verify();
        line(&format!("{count} connections"), took, &memory);
    }
}

fn line(name: &str, took: Duration, memory: &str) {
    println!("  {name:<56}{:>9.2}{memory:>9}", took.as_secs_f64());
}

/// Saved connections, their keys as files, and what to expect of them.
struct Fleet {
    home: TempDir,
    count: usize,
    known: usize,
}

impl Fleet {
    /// So many, with a key each, spread evenly over the servers.
    fn on(servers: &[Simulator], count: usize) -> Self {
        let home = TempDir::new().expect("a directory");
        let (mut saved, mut of_ssh) = (Vec::new(), String::new());
        let mut known = 0;
        for number in 0..count {
            let server = &servers[number % servers.len()];
            let key = fresh_key();
            if number % STRANGERS != 0 {
                add(server, &key);
                known += 1;
            }
            let file = home.path().join(format!("{number}.pub"));
            fs::write(&file, key.line()).expect("a file");
            let port = server.ssh_address().port();
            // Writing to a string can't fail.
            let _ = writeln!(of_ssh, "-p {port} -i {} git@127.0.0.1 true", file.display());
            saved.push(connection(number, &server.ssh_url(), key));
        }
        let folder = home.path().join("doorkey");
        fs::create_dir(&folder).expect("a directory");
        let saved: Connections = saved.into_iter().collect();
        fs::write(folder.join("connections.json"), saved.to_file()).expect("a file");
        fs::write(home.path().join("arguments"), of_ssh).expect("a file");
        let fleet = Self { home, count, known };
        let host_keys: String = servers.iter().map(known_host).collect();
        fs::write(fleet.known_hosts(), host_keys).expect("a file");
        fleet
    }

    fn known_hosts(&self) -> PathBuf {
        self.home.path().join("known_hosts")
    }

    /// How long doorkey takes over all of them, and the most memory it needed.
    fn verify(&self) -> (Duration, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorkey"));
        command
            .args(["verify", "--all", "--json-lines", "--known-hosts"])
            .arg(self.known_hosts())
            .env("HOME", self.home.path())
            .env("XDG_STATE_HOME", self.home.path());
        let (took, words, memory) = timed(&mut command);
        let ready = words.matches("\"verdict\":\"ready\"").count();
        assert_eq!((words.lines().count(), ready), (self.count, self.known));
        (took, memory)
    }

    /// How long `ssh` takes, a process for each, several at once.
    fn ssh(&self) -> Duration {
        let mut command = Command::new("xargs");
        command.args([AT_ONCE, "-L1", "-a"]);
        command.arg(self.home.path().join("arguments"));
        // xargs gives up at a process that ends with 255, as ssh does whether the key is accepted or not.
        command.args(["sh", "-c", "ssh \"$@\" || :", "ssh"]);
        command.args(["-v", "-F", "none"]);
        for option in [
            "BatchMode=yes",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "PreferredAuthentications=publickey",
            "StrictHostKeyChecking=yes",
            "GlobalKnownHostsFile=none",
            &format!("UserKnownHostsFile={}", self.known_hosts().display()),
        ] {
            command.args(["-o", option]);
        }
        let log = self.home.path().join("log");
        command.stderr(fs::File::create(&log).expect("a log"));
        let (took, _, _) = timed(&mut command);
        assert_eq!(accepted(&log), self.known, "what ssh says");
        took
    }
}

/// What ssh wrote of several processes at once may be mixed within a line, but not within the few words of one write.
fn accepted(log: &Path) -> usize {
    let words = fs::read(log).expect("a log");
    String::from_utf8_lossy(&words)
        .matches("Server accepts key")
        .count()
}

/// A server's line in `known_hosts`.
fn known_host(server: &Simulator) -> String {
    let key = server.host_keys()[0].to_openssh().expect("one line");
    let port = server.ssh_address().port();
    format!("[127.0.0.1]:{port} {key}\n")
}

fn connection(number: usize, url: &str, key: AccessKey) -> Connection {
    let name = format!("repository-{number:05}");
    let reading = read_address(url, &SshAliases::default()).expect("an address");
    let name = name.parse().expect("a name");
    Connection::new(name, reading.address, reading.place, key)
}

/// Runs to the end: how long it took, what it printed, and the most memory it ever had.
fn timed(command: &mut Command) -> (Duration, String, String) {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut output = child.stdout.take().expect("its output");
    let reading = thread::spawn(move || {
        let mut words = String::new();
        output.read_to_string(&mut words).expect("text");
        words
    });
    let mut most = String::new();
    while child.try_wait().expect("it can be waited for").is_none() {
        if let Some(now) = memory::at_most(child.id()) {
            most = now;
        }
        thread::sleep(GLANCE);
    }
    let took = started.elapsed();
    (took, reading.join().expect("what it printed"), most)
}

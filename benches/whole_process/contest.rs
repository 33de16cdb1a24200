//! The same question, asked by different programs in turn.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::figures;
use crate::support::askers;
use crate::support::path::Path;
use crate::support::requirements;
use crate::support::servers::{AUTHORISED, STRANGERS, Server, openssh};

const ROUNDS: usize = 21;

/// Through the long path each takes most of a second.
const LONG_ROUNDS: usize = 5;

const ROUND_TRIP: Duration = Duration::from_millis(100);

/// A question about one key, and what is expected of it.
struct Question {
    key: PathBuf,
    is_accepted: bool,
}

/// A program that asks.
struct Contestant {
    name: &'static str,
    command: fn(&Server, u16, &Question) -> Command,
    /// Whether it found what is so: a program that fails early would win.
    is_right: fn(&Output, &Question) -> bool,
}

const DOORKEY: Contestant = Contestant {
    name: "doorkey check",
    command: |server, port, question| askers::doorkey(server, port, &question.key),
    is_right: |output, question| output.status.code() == Some(i32::from(!question.is_accepted)),
};

const SSH: Contestant = Contestant {
    name: "ssh -v -i key.pub",
    command: |server, port, question| askers::ssh(server, port, &question.key),
    is_right: |output, question| {
        let words = String::from_utf8_lossy(&output.stderr);
        words.contains("Offering public key")
            && words.contains("Server accepts key") == question.is_accepted
    },
};

/// It says the same of both keys, for it can't come in with either.
const GIT: Contestant = Contestant {
    name: "git ls-remote",
    command: |server, port, question| askers::git(server, port, &question.key),
    is_right: |output, _| {
        let words = String::from_utf8_lossy(&output.stderr);
        output.status.code() == Some(128) && words.contains("Permission denied (publickey)")
    },
};

const NMAP: Contestant = Contestant {
    name: "nmap --script ssh-publickey-acceptance",
    command: nmap,
    is_right: |output, question| {
        let words = String::from_utf8_lossy(&output.stdout);
        words.contains("Accepted Public Keys")
            && words.contains("No public keys accepted") != question.is_accepted
    },
};

/// Runs all contests, if there is a server to ask.
pub(crate) fn run() {
    let Some(server) = openssh::start(openssh::without_penalties()) else {
        return;
    };
    let mut contestants = vec![DOORKEY];
    for (program, contestant) in [("ssh", SSH), ("git", GIT), ("nmap", NMAP)] {
        if requirements::are_here(&[program]) {
            contestants.push(contestant);
        }
    }
    let directory = TempDir::new().expect("a directory");
    let questions = [
        ("accepted", AUTHORISED[0], true),
        ("refused", STRANGERS[0], false),
    ]
    .map(|(name, line, is_accepted)| {
        let key = directory.path().join(format!("{name}.pub"));
        fs::write(&key, line).expect("a file");
        Question { key, is_accepted }
    });
    for question in &questions {
        figures::headings(&title("on this machine", question));
        contest(&contestants, &server, server.port, question, ROUNDS, |_| {
            String::new()
        });
    }

    // A thread of its own carries what is said while this one waits for the programs.
    let network = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let path = network.block_on(Path::taking(ROUND_TRIP, server.port));
    for question in &questions {
        figures::headings(&title("over round trips of 100 ms", question));
        let in_round_trips = |median: Duration| {
            let count = median.as_secs_f64() / ROUND_TRIP.as_secs_f64();
            format!("{count:.1} round trips")
        };
        contest(
            &contestants,
            &server,
            path.port(),
            question,
            LONG_ROUNDS,
            in_round_trips,
        );
    }
}

fn title(place: &str, question: &Question) -> String {
    let answer = if question.is_accepted {
        "accepted"
    } else {
        "refused"
    };
    format!("A key that is {answer}, {place} (ms)")
}

/// Lets each ask once a round.
fn contest(
    contestants: &[Contestant],
    server: &Server,
    port: u16,
    question: &Question,
    rounds: usize,
    remark: impl Fn(Duration) -> String,
) {
    let mut times = vec![Vec::new(); contestants.len()];
    // The first round warms up and does not count.
    for round in 0..=rounds {
        for (contestant, times) in contestants.iter().zip(&mut times) {
            let mut command = (contestant.command)(server, port, question);
            let (took, output) = run_to_its_end(&mut command);
            let is_right = (contestant.is_right)(&output, question);
            assert!(is_right, "{command:?}: {output:?}");
            if round > 0 {
                times.push(took);
            }
        }
    }
    for (contestant, times) in contestants.iter().zip(times) {
        figures::times(contestant.name, times, &remark);
    }
}

/// Runs a program, and takes its time. Once more if it crashed: nmap 7.93 does now and then, in its SSH library.
fn run_to_its_end(command: &mut Command) -> (Duration, Output) {
    const TRIES: usize = 5;
    let mut run = || {
        let started = Instant::now();
        let output = command.stdin(Stdio::null()).output().expect("it runs");
        (started.elapsed(), output)
    };
    let mut tries = (0..TRIES).map(|_| run());
    tries
        .find(|(_, output)| output.status.code().is_some())
        .expect("it does not crash each time")
}

fn nmap(_: &Server, port: u16, question: &Question) -> Command {
    let arguments = format!(
        "ssh.usernames={{'git'}},publickeys={{'{}'}}",
        question.key.display()
    );
    let mut command = Command::new("nmap");
    command.args(["-n", "-Pn", "-sT", "-p", &port.to_string()]);
    // With a plus on whatever port.
    command.args(["--script", "+ssh-publickey-acceptance"]);
    command.args(["--script-args", &arguments, "127.0.0.1"]);
    command
}

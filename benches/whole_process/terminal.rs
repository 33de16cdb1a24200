//! The wizard on a terminal.

use std::fs;
use std::net::TcpListener;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::figures;
use crate::memory::{self, about};
use crate::pty::{END_OF_FRAME, OnTerminal, Terminal};
use crate::support::servers::AUTHORISED;

const ROUNDS: usize = 21;

/// How often a key is pressed.
const PRESSES: usize = 400;

/// The largest terminal that is measured.
const LARGE: (u16, u16) = (200, 60);

/// The longest paste that a field takes.
const PASTED_AT_MOST: usize = 64 << 10;

/// How long a spinner is watched.
const SPINNING: Duration = Duration::from_secs(3);

/// How long after its first frame the wizard may still look around on the machine.
const STARTING: Duration = Duration::from_secs(1);

/// How long nobody presses a key.
const IDLE: Duration = Duration::from_secs(60);

/// What a paste ends with.
const LAST: &str = "~";

/// Empties a field.
const CLEAR: &str = "\x15";

const FIRST_FRAME: &str = "step 1 of 6";

/// What a person presses to come to the last step of the demo: the first step asks three questions, the others one.
const TO_THE_TEST: &str = "\r\r\r\r\r\r\r";

/// What the last step of the demo shows first.
const TESTED: &str = "Nothing listens there";

/// Takes all figures.
pub(crate) fn run() {
    figures::headings("On a terminal (ms)");
    figures::times("start to first frame", first_frames(), |_| String::new());
    let presses = presses();
    let slow = figures::hundredth(&presses);
    figures::times("key press to frame, 200×60", presses, |_| {
        format!("one in a hundred takes {slow:.1} or more")
    });
    for (what, letters, is_marked) in [
        ("paste of 4 KB to frame, 200×60", 4 << 10, true),
        (
            "the same where the terminal marks no pastes",
            4 << 10,
            false,
        ),
        ("paste of 64 KB to frame, 200×60", PASTED_AT_MOST, true),
    ] {
        figures::times(what, pastes(letters, is_marked), |_| String::new());
    }
    spinner();
    let (wizard, demo) = (idle(), demo());
    let program = fs::metadata(env!("CARGO_BIN_EXE_doorkey")).map_or(0, |file| file.len());
    println!("\n  {:<56}{program:>9}", "the program itself, in bytes");
    println!("\nMemory at most (MB)");
    println!("  {:<56}{wizard:>9}", "wizard");
    println!(
        "  {:<56}{demo:>9}",
        "demo with its own Bitbucket, first test done"
    );
}

fn first_frames() -> Vec<Duration> {
    let first_frame = |_| {
        let program = wizard();
        let started = Instant::now();
        let mut terminal = program.start();
        terminal.wait_for_text(FIRST_FRAME);
        let took = started.elapsed();
        end(&mut terminal);
        took
    };
    (0..ROUNDS).map(first_frame).collect()
}

/// A large terminal on which a public key is asked for.
fn at_the_key() -> Terminal {
    let (columns, rows) = LARGE;
    let terminal = wizard().size(columns, rows).start();
    terminal.wait_for_text(FIRST_FRAME);
    terminal.press("\r\r\r\r");
    terminal.wait_for_text("step 3 of 6");
    terminal
}

/// How long a frame takes after some bytes were typed.
fn to_frame(terminal: &Terminal, typed: &str) -> Duration {
    let before = terminal.bytes().len();
    let started = Instant::now();
    terminal.press(typed);
    terminal.wait_for_frame_after(before);
    started.elapsed()
}

fn presses() -> Vec<Duration> {
    let mut terminal = at_the_key();
    let took = (0..PRESSES).map(|_| to_frame(&terminal, "a")).collect();
    end(&mut terminal);
    took
}

/// How long pastes of so many letters take until their last one is seen.
fn pastes(letters: usize, is_marked: bool) -> Vec<Duration> {
    let mut terminal = at_the_key();
    let paste = |_| {
        terminal.press(CLEAR);
        terminal.wait_until_gone(LAST);
        let text = "x".repeat(letters - LAST.len()) + LAST;
        let typed = if is_marked {
            format!("\x1b[200~{text}\x1b[201~")
        } else {
            text
        };
        let started = Instant::now();
        terminal.press(typed);
        terminal.wait_for_text(LAST);
        started.elapsed()
    };
    let took = (0..ROUNDS).map(paste).collect();
    end(&mut terminal);
    took
}

/// Prints what is written to the terminal while a test waits for a server that does not answer.
fn spinner() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its number");
    let directory = TempDir::new().expect("a directory");
    let key = directory.path().join("key.pub");
    fs::write(&key, AUTHORISED[0]).expect("a file");
    let mut terminal = OnTerminal::doorkey(["--url", "git@ssh.bitbucket.org:acme/analytics.git"])
        .argument("--key")
        .argument(&key)
        .argument("--connect-to")
        .argument(format!("::{}:{}", address.ip(), address.port()))
        .size(LARGE.0, LARGE.1)
        .start();
    terminal.wait_for_text(FIRST_FRAME);
    terminal.press(TO_THE_TEST);
    terminal.wait_for_text("setting up SSH");
    let before = terminal.bytes().len();
    sleep(SPINNING);
    let written = terminal.bytes().split_off(before);
    let frames = written
        .windows(END_OF_FRAME.len())
        .filter(|part| *part == END_OF_FRAME)
        .count();
    println!(
        "\n  {:<56}{:>9}  in {frames} frames",
        "bytes written for a turn of the spinner, on average",
        written.len() / frames.max(1)
    );
    end(&mut terminal);
}

/// Prints what the wizard does while nothing happens. Returns its memory.
fn idle() -> String {
    let mut terminal = wizard().start();
    // The first lines of a frame may be there before the last ones.
    terminal.wait_for_frame_after(0);
    sleep(STARTING);
    println!(
        "\n{:<58}{:>9}{:>9}{:>9}",
        "While nobody presses a key", "CPU ms", "wake-ups", "bytes"
    );
    for period in ["the first", "the next"] {
        let (before, shown) = (Work::of(terminal.id()), terminal.bytes().len());
        sleep(IDLE);
        let after = Work::of(terminal.id());
        let shown = terminal.bytes().len() - shown;
        let name = format!("{period} {} s", IDLE.as_secs());
        match (before, after) {
            (Some(before), Some(after)) => {
                let cpu = after
                    .processor
                    .saturating_sub(before.processor)
                    .as_secs_f64()
                    * 1e3;
                let wake_ups = after.turns - before.turns;
                println!("  {name:<56}{cpu:>9.2}{wake_ups:>9}{shown:>9}");
            }
            _ => println!("  {name:<56}{:>9}", "unknown"),
        }
    }
    let memory = memory(terminal.id());
    end(&mut terminal);
    memory
}

fn demo() -> String {
    let mut terminal = OnTerminal::doorkey(["demo"]).start();
    terminal.wait_for_text(FIRST_FRAME);
    terminal.press(TO_THE_TEST);
    terminal.wait_for_text(TESTED);
    let memory = memory(terminal.id());
    end(&mut terminal);
    memory
}

fn wizard() -> OnTerminal {
    OnTerminal::doorkey([] as [&str; 0])
}

/// Ends it with Ctrl-C.
fn end(terminal: &mut Terminal) {
    terminal.press("\x03");
    terminal.wait_for_end();
}

/// What a process did so far, all of its threads together.
#[derive(Default)]
struct Work {
    processor: Duration,
    /// How often a processor was given to it.
    turns: u64,
}

impl Work {
    /// As Linux tells it (its Documentation/scheduler/sched-stats.rst).
    fn of(process: u32) -> Option<Self> {
        let mut work = Self::default();
        for thread in fs::read_dir(about(process, "task")).ok()? {
            let told = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            let mut numbers = told.split_whitespace().map(|number| number.parse().ok());
            work.processor += Duration::from_nanos(numbers.next()??);
            let _waited: u64 = numbers.next()??;
            work.turns += numbers.next()??;
        }
        Some(work)
    }
}

fn memory(process: u32) -> String {
    memory::at_most(process).unwrap_or_else(|| "unknown".to_owned())
}

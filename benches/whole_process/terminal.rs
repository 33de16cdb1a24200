//! The wizard on a terminal.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::figures;
use crate::memory::{self, about};
use crate::pty::{OnTerminal, Terminal};

const ROUNDS: usize = 21;

/// How long nobody presses a key.
const IDLE: Duration = Duration::from_secs(10);

const FIRST_FRAME: &str = "step 1 of 6";

/// What a person presses to come to the last step of the demo: the first step asks three questions, the others one.
const TO_THE_TEST: &str = "\r\r\r\r\r\r\r";

/// What the last step of the demo shows first.
const TESTED: &str = "Nothing listens there";

/// Takes all figures.
pub(crate) fn run() {
    figures::headings("On a terminal (ms)");
    figures::times("start to first frame", first_frames(), |_| String::new());
    let (wizard, demo) = (idle(), demo());
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

/// Prints what the wizard does while nothing happens. Returns its memory.
fn idle() -> String {
    let mut terminal = wizard().start();
    terminal.wait_for_text(FIRST_FRAME);
    println!(
        "\n{:<58}{:>9}{:>9}",
        "While nobody presses a key", "CPU ms", "wake-ups"
    );
    for period in ["the first", "the next"] {
        let before = Work::of(terminal.id());
        sleep(IDLE);
        let after = Work::of(terminal.id());
        let name = format!("{period} {} s", IDLE.as_secs());
        match (before, after) {
            (Some(before), Some(after)) => {
                let cpu = after
                    .processor
                    .saturating_sub(before.processor)
                    .as_secs_f64()
                    * 1e3;
                let wake_ups = after.turns - before.turns;
                println!("  {name:<56}{cpu:>9.2}{wake_ups:>9}");
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

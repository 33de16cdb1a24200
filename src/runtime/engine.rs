//! The threads that everything runs on. Where the system leaves too little room for them, that is an error with words: tokio
//! panics where it can't start a thread or open a file.

use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::adapters::room::Room;

/// What one test needs: a name lookup, the REST interface, a few sockets and files.
const FOR_A_TEST: Room = Room {
    threads: 3,
    files: 16,
};

/// What a wizard needs: the same, the terminal, the clipboard, a browser, and what is kept.
const FOR_A_WIZARD: Room = Room {
    threads: 8,
    files: 32,
};

/// What an embedded Bitbucket needs.
pub const FOR_A_SIMULATION: Room = Room {
    threads: 3,
    files: 24,
};

/// The most threads that share the work of many tests. They wait for servers nearly all of the time.
const WORKERS_AT_MOST: usize = 8;

/// How many threads a wizard has.
const WIZARD_WORKERS: usize = 2;

/// Longer than anything runs: what blocks keeps its thread, so that one is there when the system gives no more.
const FOR_GOOD: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// For one test: more threads would only take longer to start.
pub fn for_a_test() -> Result<Runtime, String> {
    FOR_A_TEST.find()?;
    finish(&mut Builder::new_current_thread())
}

/// For many tests at once.
pub fn for_many_tests() -> Result<Runtime, String> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    several(workers.min(WORKERS_AT_MOST), FOR_A_TEST)
}

/// For a wizard.
pub fn for_a_wizard() -> Result<Runtime, String> {
    several(WIZARD_WORKERS, FOR_A_WIZARD)
}

/// For the command around an embedded Bitbucket.
pub fn for_a_simulation() -> Result<Runtime, String> {
    FOR_A_SIMULATION.find()?;
    finish(&mut Builder::new_current_thread())
}

fn several(workers: usize, more: Room) -> Result<Runtime, String> {
    let room = Room {
        threads: workers + more.threads,
        files: more.files,
    };
    room.find()?;
    let mut builder = Builder::new_multi_thread();
    let runtime = finish(builder.worker_threads(workers).thread_keep_alive(FOR_GOOD))?;
    runtime.spawn_blocking(|| ());
    Ok(runtime)
}

fn finish(builder: &mut Builder) -> Result<Runtime, String> {
    let runtime = builder.enable_all().build();
    runtime.map_err(|error| error.to_string())
}

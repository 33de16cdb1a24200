//! Whether the system leaves room for what a command needs: threads and open files. Below that, the libraries it is built from
//! panic, and nobody would learn which limit it was.

use std::fmt::Display;
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What a command needs beside what it has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Threads at once.
    pub threads: usize,
    /// Open files at once, sockets among them.
    pub files: usize,
}

impl Room {
    /// Takes all of it for a moment. Fails with a sentence that names the limit.
    pub fn find(self) -> Result<(), String> {
        files(self.files).map_err(|error| {
            format!(
                "the system lets doorkey open too few files: {error}. Raise the limit of open files (ulimit -n), or close other programs"
            )
        })?;
        threads(self.threads)
    }
}

/// The sentence for a thread that could not be started.
pub fn no_thread(error: &impl Display) -> String {
    format!(
        "the system lets doorkey start too few threads: {error}. Raise the limit of processes (ulimit -u), or close other programs"
    )
}

fn files(count: usize) -> io::Result<()> {
    // The program may read itself on every platform, and this needs no folder that can be written to.
    let Ok(own) = std::env::current_exe() else {
        return Ok(());
    };
    let mut held = Vec::with_capacity(count);
    for _ in 0..count {
        match File::open(&own) {
            Ok(file) => held.push(file),
            Err(error) if is_limit(&error) => return Err(error),
            // It was replaced or removed while it runs: that says nothing about limits.
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}

/// Whether it is a limit of the process or of the system that was reached.
fn is_limit(error: &io::Error) -> bool {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        let limits = [Errno::MFILE, Errno::NFILE].map(Errno::raw_os_error);
        error
            .raw_os_error()
            .is_some_and(|code| limits.contains(&code))
    }
    #[cfg(not(unix))]
    {
        let _ = error;
        false
    }
}

fn threads(count: usize) -> Result<(), String> {
    // Each waits until all are there.
    let (keep, kept) = std::sync::mpsc::channel::<()>();
    let kept = Arc::new(Mutex::new(kept));
    let mut started = Vec::with_capacity(count);
    let mut failure = None;
    for _ in 0..count {
        let kept = Arc::clone(&kept);
        let wait = move || {
            // The error says that the other end is gone, which is what this waits for.
            let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.recv().ok();
        };
        match thread::Builder::new().spawn(wait) {
            Ok(thread) => started.push(thread),
            Err(error) => {
                failure = Some(no_thread(&error));
                break;
            }
        }
    }
    drop(keep);
    for thread in started {
        thread.join().ok();
    }
    failure.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_a_little() {
        let little = Room {
            threads: 3,
            files: 3,
        };
        assert_eq!(little.find(), Ok(()));
    }
}

//! Waiting for a lock that another program holds: only for a while, and not without a word.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::{StoreError, shown};
use crate::adapters::whole_file;
use crate::text::in_seconds;

/// How long a doorkey waits for another if nothing is said. Saving takes far less.
pub const USUAL_PATIENCE: Duration = Duration::from_secs(10);

/// How long it waits without a word.
const IN_SILENCE: Duration = Duration::from_millis(500);

/// Takes a lock. Waits for it for at most `patience`, and tells so after a moment.
pub(super) fn take(
    path: &Path,
    patience: Duration,
    tell: Option<fn(&str)>,
) -> Result<File, StoreError> {
    let began = Instant::now();
    let mut tell = tell.map(|tell| {
        move || {
            tell(&format!(
                "waiting for {}, which another program holds, for at most {}",
                shown(path),
                in_seconds(patience)
            ));
        }
    });
    loop {
        let file = whole_file::open_lock(path).map_err(StoreError::system(path, "opened"))?;
        let left = patience.saturating_sub(began.elapsed());
        let taken = wait(file, left, || {
            if let Some(tell) = tell.take() {
                tell();
            }
        });
        match taken.map_err(StoreError::system(path, "locked"))? {
            Some(file) if whole_file::is_still(&file, path) => return Ok(file),
            // Whoever held it removed it.
            Some(_) => {}
            None => {
                let path = path.to_owned();
                let waited = patience;
                return Err(StoreError::Held { path, waited });
            }
        }
    }
}

/// Locks a file; none if another program holds it for longer than this.
fn wait(file: File, patience: Duration, tell: impl FnOnce()) -> io::Result<Option<File>> {
    match file.try_lock() {
        Ok(()) => return Ok(Some(file)),
        Err(TryLockError::Error(error)) => return Err(error),
        Err(TryLockError::WouldBlock) if patience.is_zero() => return Ok(None),
        Err(TryLockError::WouldBlock) => {}
    }
    // The system wakes whoever sleeps on a lock in turn and at once, but knows no limit. Should the lock come too late, nobody
    // takes the file, and it is closed.
    let (give, taken) = channel();
    thread::Builder::new()
        .name("lock".to_owned())
        .spawn(move || give.send(file.lock().map(|()| file)).ok())?;
    let silence = patience.min(IN_SILENCE);
    let mut locked = taken.recv_timeout(silence);
    if matches!(locked, Err(RecvTimeoutError::Timeout)) && patience > silence {
        tell();
        locked = taken.recv_timeout(patience.saturating_sub(silence));
    }
    match locked {
        Ok(locked) => locked.map(Some),
        Err(_) => Ok(None),
    }
}

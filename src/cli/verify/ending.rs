//! Ends a run when it is told to, whatever it is doing: waiting for a lock, for a disk, or for a reader that stands still.

use std::io::{self, Write as _};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

use crate::cli::Exit;
use crate::cli::told_to_end::told_to_end;

/// How long a run that is told to end has to save what it proved, and to print it.
const GRACE: Duration = Duration::from_secs(1);

/// How long there is for a last word.
const LAST_WORD: Duration = Duration::from_millis(100);

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// Tests are under way. They end by themselves when a signal comes.
    Testing,
    /// What was proven is being saved.
    Saving,
    /// It is saved, and printed now.
    Telling,
}

/// Listens beside a run for what tells it to end.
#[derive(Clone, Debug)]
pub(super) struct Ending(Arc<AtomicU8>);

impl Ending {
    /// Begins to listen.
    pub(super) fn watch(runtime: &Runtime) -> Self {
        let ending = Self(Arc::new(AtomicU8::new(Phase::Testing as u8)));
        runtime.spawn(ending.clone().listen());
        ending
    }

    /// Says how far the run is.
    pub(super) fn come_to(&self, phase: Phase) {
        self.0.store(phase as u8, Ordering::SeqCst);
    }

    fn is_in(&self, phase: Phase) -> bool {
        self.0.load(Ordering::SeqCst) == phase as u8
    }

    async fn listen(self) {
        told_to_end().await;
        if self.is_in(Phase::Testing) {
            // The tests hear it, too.
            sleep(GRACE).await;
        }
        if !self.is_in(Phase::Telling) {
            let words = "doorkey: interrupted; what was proven may not be saved\n";
            let tell = tokio::task::spawn_blocking(|| io::stderr().write_all(words.as_bytes()));
            // A reader that stands still does not hold up the end.
            timeout(LAST_WORD, tell).await.ok();
        }
        process::exit(Exit::Interrupted.status().into());
    }
}

//! Carries out a change that somebody can interrupt, and says what became of it: while its request is out, ending doorkey
//! does not undo it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use super::answer::Answer;
use super::told_to_end::told_to_end;
use super::{Exit, could_not_run};

/// How long an interrupted command stays to read the list.
const LAST_LOOK: Duration = Duration::from_secs(10);

/// Whether a change has begun to go out.
#[derive(Clone, Debug, Default)]
pub(super) struct Begun(Arc<AtomicBool>);

impl Begun {
    /// From here on it may happen.
    pub(super) fn begin(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// It did not go out.
    pub(super) fn take_back(&self) {
        self.0.store(false, Ordering::SeqCst);
    }

    fn has(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// What to say when somebody ends the command.
pub(super) struct Ending<Look> {
    /// Before anything went out.
    pub(super) nothing_done: &'static str,
    /// While it was out, if the list can't be read any more.
    pub(super) may_have_happened: String,
    /// Reads the list once more and says what it shows.
    pub(super) look: Look,
}

/// Runs `work` until it ends or somebody ends the command.
pub(super) fn run<Look: FnOnce() -> Answer + Send + 'static>(
    begun: &Begun,
    work: impl FnOnce() -> Answer + Send + 'static,
    ending: Ending<Look>,
) -> Exit {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return could_not_run(error),
    };
    runtime.block_on(async {
        let worked = tokio::select! {
            biased;
            () = told_to_end() => None,
            answer = on_a_thread(work) => Some(answer),
        };
        match worked {
            Some(Some(answer)) => answer.print(),
            Some(None) => could_not_run("the system gave no thread for it"),
            None if begun.has() => interrupted(ending).await.print(),
            None => {
                let words = format!("\n{}\n", ending.nothing_done);
                Answer::said(words, Exit::Interrupted).print()
            }
        }
    })
}

async fn interrupted<Look: FnOnce() -> Answer + Send + 'static>(ending: Ending<Look>) -> Answer {
    eprintln!(
        "\nThe change was already under way. doorkey reads Bitbucket's list; press Ctrl-C again to leave at once."
    );
    let looked = tokio::select! {
        biased;
        () = told_to_end() => None,
        () = tokio::time::sleep(LAST_LOOK) => None,
        answer = on_a_thread(ending.look) => answer,
    };
    let unseen = || Answer::said(format!("{}\n", ending.may_have_happened), Exit::Interrupted);
    Answer {
        exit: Exit::Interrupted,
        ..looked.unwrap_or_else(unseen)
    }
}

/// Waits for a thread of its own, which ends with the program. None if there is no thread to be had, or if it panicked.
async fn on_a_thread(work: impl FnOnce() -> Answer + Send + 'static) -> Option<Answer> {
    let (tell, told) = oneshot::channel();
    let thread = thread::Builder::new().name("change".to_owned());
    thread.spawn(move || tell.send(work()).is_ok()).ok()?;
    told.await.ok()
}

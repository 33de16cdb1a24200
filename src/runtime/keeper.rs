//! Keeps unfinished setups and saves finished ones, on a thread of its own: a disk may be slow, and the screen must not wait.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use crate::adapters::store::{Store, StoreError, Unfinished};
use crate::connections::Finished;
use crate::wizard::{Draft, Event, Saved};

/// Something to do, and whom to tell what came of it.
enum Job {
    Keep(Option<Box<Draft>>, Answer),
    Save(Box<Finished>, Answer),
}

type Answer = Box<dyn FnOnce(Event) + Send>;

/// The thread, which has done all it was asked to once this is dropped.
pub struct Keeper {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// A keeper for one wizard.
    pub fn start(store: Store, place: Unfinished) -> Self {
        let (jobs, todo) = channel();
        let thread = thread::spawn(move || work(&store, place, &todo));
        Self {
            jobs: Some(jobs),
            thread: Some(thread),
        }
    }

    /// Keeps an unfinished setup; none: there is nothing left to keep.
    pub fn keep(&self, draft: Option<Box<Draft>>, answer: impl FnOnce(Event) + Send + 'static) {
        self.ask(Job::Keep(draft, Box::new(answer)));
    }

    /// Saves a finished setup.
    pub fn save(&self, finished: Box<Finished>, answer: impl FnOnce(Event) + Send + 'static) {
        self.ask(Job::Save(finished, Box::new(answer)));
    }

    fn ask(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // The thread ends only when this does.
            jobs.send(job).ok();
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn work(store: &Store, mut place: Unfinished, todo: &Receiver<Job>) {
    let mut next = todo.recv().ok();
    while let Some(job) = next.take() {
        let waiting = todo.try_recv().ok();
        match (job, &waiting) {
            // Only the latest state of a setup matters.
            (Job::Keep(..), Some(Job::Keep(..))) => {}
            (Job::Keep(draft, answer), _) => {
                if let Err(error) = keep(&mut place, draft.as_deref()) {
                    answer(Event::NotKept(error.to_string()));
                }
            }
            (Job::Save(finished, answer), _) => {
                let saved = save(store, *finished);
                if saved.is_ok() {
                    // The wizard may end before it hears of it.
                    place.finish();
                }
                answer(Event::Saved(saved));
            }
        }
        next = waiting.or_else(|| todo.recv().ok());
    }
}

fn keep(place: &mut Unfinished, draft: Option<&Draft>) -> Result<(), StoreError> {
    if let Some(draft) = draft {
        return place.write(&draft.to_file());
    }
    place.finish();
    Ok(())
}

fn save(store: &Store, finished: Finished) -> Result<Saved, String> {
    let saving = store.add(|connections| connections.keep(finished));
    let (kept, aside) = saving.map_err(|error| error.to_string())?;
    let kept = kept.ok_or("its test had no address or no key")?;
    Ok(Saved {
        name: kept.name,
        beside: kept.beside,
        remark: aside.map(|aside| aside.to_string()),
    })
}

//! Keeps unfinished setups and saves finished ones, and the progress of rotations, on a thread of its own: a disk may be slow, and the screen must not wait.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::SystemTime;

use super::clock;
use crate::adapters::room::no_thread;
use crate::adapters::store::{Store, StoreError, Unfinished};
use crate::connections::{Connection, Connections, Finished, RotationStep};
use crate::guide::{Reply, Saved};

/// Something to do, and whom to tell what came of it.
enum Job {
    Keep(Option<String>, Answer),
    Save(Box<Finished>, Answer),
    Rotate(Box<RotationStep>, Answer),
}

/// Where connections are saved.
enum Ledger {
    Disk(Store),
    /// Of a demo: gone with it.
    Memory(Connections),
}

type Answer = Box<dyn FnOnce(Reply) + Send>;

/// The thread, which has done all it was asked to once this is dropped.
pub struct Keeper {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// A keeper for one setup. Fails with a sentence if there is no thread left for it, as the others do.
    pub fn start(store: Store, place: Unfinished) -> Result<Self, String> {
        Self::of(Ledger::Disk(store), Some(place))
    }

    /// A keeper for a rotation.
    pub fn of_rotation(store: Store) -> Result<Self, String> {
        Self::of(Ledger::Disk(store), None)
    }

    /// A keeper for the rotation of a demo, which saves nothing outside.
    pub fn in_memory(connections: Connections) -> Result<Self, String> {
        Self::of(Ledger::Memory(connections), None)
    }

    fn of(mut ledger: Ledger, place: Option<Unfinished>) -> Result<Self, String> {
        let (jobs, todo) = channel();
        let thread = thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || work(&mut ledger, place, &todo))
            .map_err(|error| no_thread(&error))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Keeps an unfinished setup; none: there is nothing left to keep.
    pub fn keep(&self, draft: Option<String>, answer: impl FnOnce(Reply) + Send + 'static) {
        self.ask(Job::Keep(draft, Box::new(answer)));
    }

    /// Saves a finished setup.
    pub fn save(&self, finished: Box<Finished>, answer: impl FnOnce(Reply) + Send + 'static) {
        self.ask(Job::Save(finished, Box::new(answer)));
    }

    /// Saves what happened in a rotation.
    pub fn rotate(&self, step: Box<RotationStep>, answer: impl FnOnce(Reply) + Send + 'static) {
        self.ask(Job::Rotate(step, Box::new(answer)));
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

fn work(ledger: &mut Ledger, mut place: Option<Unfinished>, todo: &Receiver<Job>) {
    let mut next = todo.recv().ok();
    while let Some(job) = next.take() {
        let waiting = todo.try_recv().ok();
        match (job, &waiting) {
            // Only the latest state of a setup matters.
            (Job::Keep(..), Some(Job::Keep(..))) => {}
            (Job::Keep(draft, answer), _) => {
                let kept = place.as_mut().map(|place| keep(place, draft.as_deref()));
                if let Some(Err(error)) = kept {
                    answer(Reply::NotKept(error.to_string()));
                }
            }
            (Job::Save(finished, answer), _) => {
                let saved = save(ledger, *finished);
                // The wizard may end before it hears of it.
                if let (Ok(_), Some(place)) = (&saved, &mut place) {
                    place.finish();
                }
                answer(Reply::Saved(saved));
            }
            (Job::Rotate(step, answer), _) => {
                let connection = rotate(ledger, &step).map(Box::new);
                answer(Reply::RotationSaved(step, connection));
            }
        }
        next = waiting.or_else(|| todo.recv().ok());
    }
}

fn keep(place: &mut Unfinished, draft: Option<&str>) -> Result<(), StoreError> {
    if let Some(draft) = draft {
        return place.write(draft);
    }
    place.finish();
    Ok(())
}

/// Takes the step, and gives the connection as it is saved now.
fn rotate(ledger: &mut Ledger, step: &RotationStep) -> Result<Connection, String> {
    let now = clock::rfc3339(SystemTime::now());
    let take = |connections: &mut Connections| {
        let connection = connections
            .get_mut(&step.name)
            .ok_or("the connection is not saved any more")?;
        step.take(connection, &now)
            .map_err(|error| error.to_string())?;
        Ok(connection.clone())
    };
    match ledger {
        Ledger::Disk(store) => store.change(take).map_err(|error| error.to_string())?,
        Ledger::Memory(connections) => take(connections),
    }
}

fn save(ledger: &mut Ledger, finished: Finished) -> Result<Saved, String> {
    let (kept, aside) = match ledger {
        Ledger::Disk(store) => store
            .add(|connections| connections.keep(finished))
            .map_err(|error| error.to_string())?,
        Ledger::Memory(connections) => (connections.keep(finished), None),
    };
    let kept = kept.ok_or("its test had no address or no key")?;
    Ok(Saved {
        name: kept.name,
        beside: kept.beside,
        remark: aside.map(|aside| aside.to_string()),
    })
}

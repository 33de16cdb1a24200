//! The saved connections on disk: read, changed under a lock, written whole or not at all.

mod lock;
mod unfinished;

#[cfg(all(test, unix))]
mod tests;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use etcetera::BaseStrategy;
use thiserror::Error;

pub use lock::USUAL_PATIENCE;
pub use unfinished::Unfinished;

use super::plain_file;
use super::whole_file::{self, Readers};
use crate::connections::{Connections, FileProblem};
use crate::text::{harmless, in_seconds};

/// The folder in the platform's state directory.
const FOLDER: &str = "doorkey";

/// The file of saved connections.
const FILE: &str = "connections";

/// The longest file of saved connections, some hundred thousand of them. A longer one is not read, and none is written.
const LONGEST_FILE: u64 = 128 << 20;

/// As much of a path as is shown, in characters.
const LONGEST_PATH: usize = 300;

/// Where connections are saved.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    /// How long to wait for another doorkey that is changing something.
    patience: Duration,
    /// Whom to tell that this one waits.
    tell: Option<fn(&str)>,
}

/// Why saved connections can't be read or changed.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is no home directory to keep them in.
    #[error("there is no home directory to keep connections in; set HOME or XDG_STATE_HOME")]
    NoHome,
    /// The file can't be understood. It was left as it is.
    #[error("{} can't be used: {problem}", shown(path))]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: FileProblem,
    },
    /// Another doorkey holds the lock for longer than this one waits.
    #[error(
        "another program still holds {} after {}; nothing was changed. Try again when it has ended",
        shown(path),
        in_seconds(*waited)
    )]
    Held {
        /// The lock.
        path: PathBuf,
        /// How long this doorkey waited.
        waited: Duration,
    },
    /// The system refused.
    #[error("{} can't be {action}: {error}", shown(path))]
    System {
        /// The file or directory.
        path: PathBuf,
        /// What was tried, as in "can't be written".
        action: &'static str,
        /// The system's words.
        error: io::Error,
    },
}

impl StoreError {
    fn system(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::System {
            path,
            action,
            error,
        }
    }
}

/// A file that can't be understood and was moved out of the way, so that nothing in it is lost.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{} can't be used: {problem}. It is kept as {}",
    shown(from),
    shown(to)
)]
pub struct KeptAside {
    /// What it was called.
    pub from: PathBuf,
    /// What it is called now.
    pub to: PathBuf,
    /// What is wrong with it.
    pub problem: FileProblem,
}

fn shown(path: &Path) -> String {
    harmless(&path.to_string_lossy(), LONGEST_PATH)
}

fn parse(bytes: &[u8]) -> Result<Connections, FileProblem> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Connections::from_file(text),
        Err(_) => Err(FileProblem::Damaged("it is not text".to_owned())),
    }
}

/// Whether a file that was written holds these connections. Fails with a sentence.
fn reads_as(bytes: &[u8], connections: &Connections) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not text")?;
    connections.is_written_as(text)
}

/// The state folder that the environment names. No home directory is needed for it.
#[cfg(unix)]
fn named_state_folder() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from)?;
    // As the XDG Base Directory Specification has it, any other path counts as not set.
    named.is_absolute().then_some(named)
}

#[cfg(not(unix))]
fn named_state_folder() -> Option<PathBuf> {
    None
}

impl Store {
    /// The user's own: in XDG's state directory or, on Windows, in the application data. Nothing is made yet.
    pub fn of_user() -> Result<Self, StoreError> {
        if let Some(state) = named_state_folder() {
            return Ok(Self::in_folder(state.join(FOLDER)));
        }
        let places = etcetera::choose_base_strategy().map_err(|_| StoreError::NoHome)?;
        let state = places.state_dir().unwrap_or_else(|| places.data_dir());
        Ok(Self::in_folder(state.join(FOLDER)))
    }

    /// One in a folder of its own.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self {
            folder,
            patience: USUAL_PATIENCE,
            tell: None,
        }
    }

    /// The same store, which waits for another doorkey for so long.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The same store, which says that it waits, and for what.
    #[must_use]
    pub fn telling(mut self, tell: fn(&str)) -> Self {
        self.tell = Some(tell);
        self
    }

    /// The file of saved connections.
    pub fn file(&self) -> PathBuf {
        self.folder.join(FILE).with_extension("json")
    }

    /// The saved connections; none if nothing was ever saved.
    pub fn connections(&self) -> Result<Connections, StoreError> {
        let path = self.file();
        match self.read()? {
            Ok(connections) => Ok(connections),
            Err(problem) => Err(StoreError::File { path, problem }),
        }
    }

    /// Changes the saved connections, alone among all doorkeys. A file that can't be understood is an error, and left as it is.
    pub fn change<T>(&self, change: impl FnOnce(&mut Connections) -> T) -> Result<T, StoreError> {
        let _alone = self.lock()?;
        let before = self.connections()?;
        let mut after = before.clone();
        let outcome = change(&mut after);
        if after != before {
            self.write(&after)?;
        }
        Ok(outcome)
    }

    /// Changes the saved connections like [`Store::change`]; but a damaged file is moved out of the way if there is something to
    /// save, which then begins a new one. One of a newer doorkey stays: nothing is wrong with it.
    pub fn add<T>(
        &self,
        change: impl FnOnce(&mut Connections) -> T,
    ) -> Result<(T, Option<KeptAside>), StoreError> {
        let _alone = self.lock()?;
        let (before, problem) = match self.read()? {
            Ok(connections) => (connections, None),
            Err(problem @ FileProblem::Newer(_)) => {
                let path = self.file();
                return Err(StoreError::File { path, problem });
            }
            Err(problem) => (Connections::default(), Some(problem)),
        };
        let mut after = before.clone();
        let outcome = change(&mut after);
        if after == before {
            return Ok((outcome, None));
        }
        let aside = problem
            .map(|problem| self.keep_aside(problem))
            .transpose()?;
        self.write(&after)?;
        Ok((outcome, aside))
    }

    fn write(&self, connections: &Connections) -> Result<(), StoreError> {
        let path = self.file();
        let text = connections.to_file();
        let is_right = |read: &[u8]| reads_as(read, connections);
        let (bytes, readers) = (text.as_bytes(), Readers::Owner);
        whole_file::write(&path, bytes, readers, LONGEST_FILE, is_right)
            .map_err(StoreError::system(&path, "written"))
    }

    fn read(&self) -> Result<Result<Connections, FileProblem>, StoreError> {
        let path = self.file();
        match plain_file::read(&path, LONGEST_FILE) {
            Ok(bytes) => Ok(parse(&bytes)),
            // Only what is not there is nothing. What can't be read must not be written over.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Ok(Connections::default())),
            Err(error) => Err(StoreError::system(&path, "read")(error)),
        }
    }

    /// Waits until no other doorkey changes anything, and keeps others waiting until the lock is dropped. The system drops it
    /// for a process that was killed.
    fn lock(&self) -> Result<File, StoreError> {
        whole_file::make_folder(&self.folder).map_err(StoreError::system(&self.folder, "made"))?;
        // Beside the file itself, so that all links to it share one lock.
        let file = self.file();
        let file = whole_file::where_it_is(&file).map_err(StoreError::system(&file, "found"))?;
        let path = file.with_extension("lock");
        lock::take(&path, self.patience, self.tell)
    }

    /// Moves a file out of the way, under a name that nothing has. Of a link it is the file that is moved: the link goes on
    /// leading to what is saved.
    fn keep_aside(&self, problem: FileProblem) -> Result<KeptAside, StoreError> {
        let from = self.file();
        let from = whole_file::where_it_is(&from).map_err(StoreError::system(&from, "found"))?;
        let names = (1_u64..).map(|number| from.with_extension(format!("damaged-{number}.json")));
        // Only who holds the lock makes such names.
        let mut free = names.filter(|name| fs::symlink_metadata(name).is_err());
        let to = free.next().unwrap_or_else(|| from.clone());
        fs::rename(&from, &to).map_err(StoreError::system(&from, "moved out of the way"))?;
        Ok(KeptAside { from, to, problem })
    }
}

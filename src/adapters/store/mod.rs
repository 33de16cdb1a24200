//! The saved connections on disk: read, changed under a lock, written whole or not at all.

mod unfinished;
mod whole_file;

#[cfg(all(test, unix))]
mod tests;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use thiserror::Error;

pub use unfinished::Unfinished;

use crate::connections::{Connections, FileProblem};
use crate::text::harmless;

/// The folder in the platform's state directory.
const FOLDER: &str = "doorkey";

/// The file of saved connections.
const FILE: &str = "connections";

/// As much of a path as is shown, in characters.
const LONGEST_PATH: usize = 300;

/// Where connections are saved.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
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

impl Store {
    /// The user's own: in XDG's state directory or, on Windows, in the application data. Nothing is made yet.
    pub fn of_user() -> Result<Self, StoreError> {
        let places = etcetera::choose_base_strategy().map_err(|_| StoreError::NoHome)?;
        let state = places.state_dir().unwrap_or_else(|| places.data_dir());
        Ok(Self::in_folder(state.join(FOLDER)))
    }

    /// One in a folder of its own.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
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

    /// Changes the saved connections like [`Store::change`]; but a file that can't be understood is moved out of the way if there
    /// is something to save, which then begins a new one.
    pub fn add<T>(
        &self,
        change: impl FnOnce(&mut Connections) -> T,
    ) -> Result<(T, Option<KeptAside>), StoreError> {
        let _alone = self.lock()?;
        let (before, problem) = match self.read()? {
            Ok(connections) => (connections, None),
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
        whole_file::write(&path, connections.to_file().as_bytes())
            .map_err(StoreError::system(&path, "written"))
    }

    fn read(&self) -> Result<Result<Connections, FileProblem>, StoreError> {
        let path = self.file();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Ok(Connections::default()));
            }
            Err(error) => return Err(StoreError::system(&path, "read")(error)),
        };
        Ok(match std::str::from_utf8(&bytes) {
            Ok(text) => Connections::from_file(text),
            Err(_) => Err(FileProblem::Damaged("it is not text".to_owned())),
        })
    }

    /// Waits until no other doorkey changes anything, and keeps others waiting until the lock is dropped. The system drops it
    /// for a process that was killed.
    fn lock(&self) -> Result<File, StoreError> {
        whole_file::make_folder(&self.folder).map_err(StoreError::system(&self.folder, "made"))?;
        let path = self.folder.join(FILE).with_extension("lock");
        let file = whole_file::open_lock(&path).map_err(StoreError::system(&path, "opened"))?;
        file.lock().map_err(StoreError::system(&path, "locked"))?;
        Ok(file)
    }

    /// Moves a file out of the way, under a name that nothing has.
    fn keep_aside(&self, problem: FileProblem) -> Result<KeptAside, StoreError> {
        let from = self.file();
        let kind = match problem {
            FileProblem::Damaged(_) => "damaged",
            FileProblem::Newer(_) => "newer",
        };
        let names = (1_u64..).map(|number| {
            let name = format!("{FILE}.{kind}-{number}.json");
            self.folder.join(name)
        });
        // Only who holds the lock makes such names.
        let mut free = names.filter(|name| fs::symlink_metadata(name).is_err());
        let to = free.next().unwrap_or_else(|| from.clone());
        fs::rename(&from, &to).map_err(StoreError::system(&from, "moved out of the way"))?;
        Ok(KeptAside { from, to, problem })
    }
}

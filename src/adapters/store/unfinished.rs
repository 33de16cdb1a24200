//! Setups that were left before their end, each in a file of its own, so that several doorkeys don't get in each other's way.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Store, StoreError, whole_file};

/// The folder of unfinished setups.
const FOLDER: &str = "unfinished";

/// A place for one unfinished setup. It is ours until this is dropped, or the process ends, however that happens.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    /// The setup that this one takes the place of, once it is finished.
    former: Option<PathBuf>,
    lock: File,
}

impl Store {
    /// The setup that was left last, with the text that was kept of it; a new place if there is none, or each is another doorkey's.
    pub fn resume(&self) -> Result<(Unfinished, Option<String>), StoreError> {
        for path in self.unfinished() {
            let Some(lock) = claim(&path)? else {
                continue;
            };
            // If it can't be read, it was finished between the two looks, or is no text.
            if let Ok(text) = fs::read_to_string(&path) {
                let former = None;
                return Ok((Unfinished { path, former, lock }, Some(text)));
            }
        }
        Ok((self.new_place(None)?, None))
    }

    /// The text of the setup that [`Self::resume`] would go on with. Nothing is taken.
    pub fn left(&self) -> Option<String> {
        self.unfinished().into_iter().find_map(|path| {
            let _lock = claim(&path).ok()??;
            fs::read_to_string(&path).ok()
        })
    }

    /// A new place. The setup that was left last is kept until this one is finished.
    pub fn begin_afresh(&self) -> Result<Unfinished, StoreError> {
        self.new_place(self.unfinished().into_iter().next())
    }

    fn new_place(&self, former: Option<PathBuf>) -> Result<Unfinished, StoreError> {
        let folder = self.folder.join(FOLDER);
        whole_file::make_folder(&self.folder)
            .and_then(|()| whole_file::make_folder(&folder))
            .map_err(StoreError::system(&folder, "made"))?;
        // Two that begin in the same moment take different numbers: the lock decides.
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let mut number = now.unwrap_or_default().as_millis();
        loop {
            let path = folder.join(format!("{number}.json"));
            if let Some(lock) = claim(&path)? {
                return Ok(Unfinished { path, former, lock });
            }
            number += 1;
        }
    }

    /// The files of unfinished setups, the latest first.
    fn unfinished(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.join(FOLDER));
        let mut files: Vec<(SystemTime, PathBuf)> = entries
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "json")
            })
            .filter_map(|path| Some((fs::metadata(&path).ok()?.modified().ok()?, path)))
            .collect();
        files.sort();
        files.into_iter().rev().map(|(_, path)| path).collect()
    }
}

impl Unfinished {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps a text, in the place of the one before.
    pub fn write(&self, text: &str) -> Result<(), StoreError> {
        whole_file::write(&self.path, text.as_bytes())
            .map_err(StoreError::system(&self.path, "written"))
    }

    /// There is nothing left to keep, and nothing of the setup that this one took the place of.
    pub fn finish(&mut self) {
        fs::remove_file(&self.path).ok();
        if let Some(former) = self.former.take()
            && let Ok(Some(_)) = claim(&former)
        {
            fs::remove_file(&former).ok();
            fs::remove_file(lock_of(&former)).ok();
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.path.exists() {
            fs::remove_file(lock_of(&self.path)).ok();
        }
        self.lock.unlock().ok();
    }
}

fn lock_of(path: &Path) -> PathBuf {
    path.with_extension("lock")
}

/// Makes a setup ours; none if it is another doorkey's.
fn claim(path: &Path) -> Result<Option<File>, StoreError> {
    let path = lock_of(path);
    let file = whole_file::open_lock(&path).map_err(StoreError::system(&path, "opened"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(StoreError::system(&path, "locked")(error)),
    }
}

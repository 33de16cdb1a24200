//! Setups that were left before their end, each in a file of its own, so that several doorkeys don't get in each other's way.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Store, StoreError};
use crate::adapters::plain_file;
use crate::adapters::whole_file::{self, Readers};

/// The folder of unfinished setups.
const FOLDER: &str = "unfinished";

/// What the file of a setup ends in, and that of its lock.
const EXTENSION: &str = "json";
const LOCK_EXTENSION: &str = "lock";

/// The longest file of an unfinished setup. The longest key has 64 KB.
const LONGEST_FILE: u64 = 1 << 20;

/// As many unfinished setups are kept, the latest ones.
const KEPT_AT_MOST: usize = 20;

/// A place for one unfinished setup. It is ours until this is dropped, or the process ends, however that happens.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    /// The setup that this one takes the place of, once it is finished.
    former: Option<PathBuf>,
    _lock: Lock,
}

/// The lock on a setup. Its file goes away with it.
#[derive(Debug)]
struct Lock {
    path: PathBuf,
    _file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is locked: whoever opened it meanwhile sees that it is gone, and makes another.
        fs::remove_file(&self.path).ok();
    }
}

impl Store {
    /// The setup that was left last, with the text that was kept of it; a new place if there is none, or each is another doorkey's.
    pub fn resume(&self) -> Result<(Unfinished, Option<String>), StoreError> {
        for path in self.unfinished() {
            // What can't be claimed is no reason to keep nothing of this one.
            let Ok(Some(lock)) = claim(&path) else {
                continue;
            };
            // If it can't be read, it was finished between the two looks, or is no text.
            if let Some(text) = read(&path) {
                let former = None;
                let place = Unfinished {
                    path,
                    former,
                    _lock: lock,
                };
                return Ok((place, Some(text)));
            }
        }
        Ok((self.new_place(None)?, None))
    }

    /// The text of the setup that [`Self::resume`] would go on with. Nothing is taken.
    pub fn left(&self) -> Option<String> {
        self.unfinished().into_iter().find_map(|path| {
            let _lock = claim(&path).ok()??;
            read(&path)
        })
    }

    /// A new place. The setup that was left last is kept until this one is finished.
    pub fn begin_afresh(&self) -> Result<Unfinished, StoreError> {
        // One that another doorkey is at is not left.
        let is_left = |path: &PathBuf| claim(path).is_ok_and(|lock| lock.is_some());
        self.new_place(self.unfinished().into_iter().find(is_left))
    }

    /// A new place beside all others, which stay whatever becomes of this one.
    pub fn begin_beside(&self) -> Result<Unfinished, StoreError> {
        self.new_place(None)
    }

    fn new_place(&self, former: Option<PathBuf>) -> Result<Unfinished, StoreError> {
        let folder = self.folder.join(FOLDER);
        whole_file::make_folder(&self.folder)
            .and_then(|()| whole_file::make_folder(&folder))
            .map_err(StoreError::system(&folder, "made"))?;
        self.sweep();
        // Two that begin in the same moment take different numbers: the lock decides. Before 1970 every number is as good.
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let mut number = now.unwrap_or_default().as_millis();
        loop {
            let path = folder.join(format!("{number}.{EXTENSION}"));
            // One that is there already was left by another doorkey.
            if !path.exists()
                && let Some(lock) = claim(&path)?
            {
                return Ok(Unfinished {
                    path,
                    former,
                    _lock: lock,
                });
            }
            number += 1;
        }
    }

    /// The files of unfinished setups, the latest first.
    fn unfinished(&self) -> Vec<PathBuf> {
        let mut files: Vec<(SystemTime, PathBuf)> = self
            .files_ending_in(EXTENSION)
            .filter_map(|path| {
                let there = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
                Some((there.modified().ok()?, path))
            })
            .collect();
        files.sort();
        files.into_iter().rev().map(|(_, path)| path).collect()
    }

    fn files_ending_in(&self, wanted: &'static str) -> impl Iterator<Item = PathBuf> + use<> {
        let entries = fs::read_dir(self.folder.join(FOLDER));
        entries
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(move |path| {
                path.extension()
                    .is_some_and(|extension| extension == wanted)
            })
    }

    /// Removes what nobody comes back to: locks of doorkeys that were killed, and more setups than anybody goes through again.
    fn sweep(&self) {
        for path in self.unfinished().into_iter().skip(KEPT_AT_MOST) {
            if let Ok(Some(_lock)) = claim(&path) {
                fs::remove_file(&path).ok();
            }
        }
        for lock in self.files_ending_in(LOCK_EXTENSION) {
            // One that can be claimed is nobody's, and goes away when it is let go.
            claim(&lock.with_extension(EXTENSION)).ok();
        }
    }
}

impl Unfinished {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps a text, in the place of the one before.
    pub fn write(&self, text: &str) -> Result<(), StoreError> {
        let (bytes, readers) = (text.as_bytes(), Readers::Owner);
        whole_file::write(&self.path, bytes, readers, LONGEST_FILE, |_| Ok(()))
            .map_err(StoreError::system(&self.path, "written"))
    }

    /// There is nothing left to keep, and nothing of the setup that this one took the place of.
    pub fn finish(&mut self) {
        fs::remove_file(&self.path).ok();
        if let Some(former) = self.former.take()
            && let Ok(Some(_)) = claim(&former)
        {
            fs::remove_file(&former).ok();
        }
    }
}

fn read(path: &Path) -> Option<String> {
    String::from_utf8(plain_file::read(path, LONGEST_FILE).ok()?).ok()
}

/// Makes a setup ours; none if it is another doorkey's.
fn claim(path: &Path) -> Result<Option<Lock>, StoreError> {
    let path = path.with_extension(LOCK_EXTENSION);
    let system = |action, error| StoreError::system(&path, action)(error);
    loop {
        let file = whole_file::open_lock(&path).map_err(|error| system("opened", error))?;
        match file.try_lock() {
            Ok(()) if whole_file::is_still(&file, &path) => {
                return Ok(Some(Lock { path, _file: file }));
            }
            // Whoever held it removed it in the meantime.
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            Err(fs::TryLockError::Error(error)) => return Err(system("locked", error)),
        }
    }
}

//! Files that are written whole or not at all. What was written is read back before it takes the old file's place.
//!
//! A file is first written under a name of our own, with the system's lock on it. So two doorkeys that write in one folder leave
//! each other's files alone, and what a killed one left is known by its name and by a lock that nobody holds.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::plain_file;

/// How the name of a file begins while it is being written. The signs that follow are random.
const BEGINNING: &str = ".doorkey-unfinished-";

/// How many random signs follow.
const RANDOM_SIGNS: usize = 12;

/// How often another name is tried if somebody takes the file away while it is being made.
const ATTEMPTS: usize = 100;

/// As many links as one may lead to the next, as on Linux.
const LINKS: usize = 40;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readers {
    /// Its owner.
    Owner,
    /// Whoever the user lets read new files or, if the file is there, whoever could read it before.
    AsUsual,
}

/// Writes a file: after this the new text is on the disk or, if it fails, the old one still is.
///
/// `is_right` judges what was read back and fails with a sentence. `most` is the longest file that its reader takes.
pub(super) fn write(
    path: &Path,
    bytes: &[u8],
    readers: Readers,
    most: u64,
    is_right: impl FnOnce(&[u8]) -> Result<(), String>,
) -> io::Result<()> {
    Begun::new(path, readers)?.finish(bytes, most, is_right)
}

/// A file that can be written, and is not yet. Nothing is left of it if it never is.
#[derive(Debug)]
pub(super) struct Begun {
    file: NamedTempFile,
    path: PathBuf,
}

impl Begun {
    /// Makes ready to write a file.
    pub(super) fn new(path: &Path, readers: Readers) -> io::Result<Self> {
        // A link that somebody made to keep the file elsewhere stays one.
        let path = where_it_is(path)?;
        let folder = folder_of(&path);
        sweep(folder);
        let file = new_file(folder, readers, &path)?;
        Ok(Self { file, path })
    }

    /// Removes the file whose place it will take, if there is one.
    pub(super) fn remove_old(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Writes it, as [`write()`] does.
    pub(super) fn finish(
        mut self,
        bytes: &[u8],
        most: u64,
        is_right: impl FnOnce(&[u8]) -> Result<(), String>,
    ) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.file.as_file().sync_all()?;
        let written = plain_file::read(self.file.path(), most)?;
        if written != bytes {
            return Err(io::Error::other("the disk gives back something else"));
        }
        is_right(&written).map_err(|why| {
            io::Error::other(format!("what was to be written can't be read back: {why}"))
        })?;
        self.file.persist(&self.path)?;
        sync_folder(folder_of(&self.path))
    }
}

/// Where a file really is, or will be: behind all links, in a folder that is none.
pub(super) fn where_it_is(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let name = path.file_name().map(ToOwned::to_owned);
        let name = name.ok_or_else(|| io::Error::other("it names no file"))?;
        let folder = fs::canonicalize(folder_of(&path))?;
        path = folder.join(name);
        match fs::read_link(&path) {
            Ok(target) => path = folder.join(target),
            // It is no link, or not there yet.
            Err(_) if !path.is_symlink() => return Ok(path),
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("its links lead in a circle"))
}

/// Makes a folder, with those above it, for the owner only.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        builder.mode(0o700).create(folder)?;
        // One that was there before may let others in.
        if fs::metadata(folder)?.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }
    #[cfg(not(unix))]
    builder.create(folder)
}

/// Opens a file that is there only to be locked, for its owner only.
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    plain_file::open(path, &mut options)
}

/// Whether a file that is open is still the one with this name. A lock on one that was removed keeps nobody out.
pub(super) fn is_still(file: &File, path: &Path) -> bool {
    let Ok((open, named)) = file
        .metadata()
        .and_then(|open| Ok((open, fs::metadata(path)?)))
    else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        (open.dev(), open.ino()) == (named.dev(), named.ino())
    }
    #[cfg(not(unix))]
    {
        // There no file can be removed that is open.
        let _ = (open, named);
        true
    }
}

/// A new file under a name of our own, locked as long as it is open.
fn new_file(folder: &Path, readers: Readers, takes_place_of: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(BEGINNING).rand_bytes(RANDOM_SIGNS);
    #[cfg(unix)]
    if readers == Readers::AsUsual {
        use std::os::unix::fs::PermissionsExt;
        // What the user's mask takes away is taken away by the system.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    for _ in 0..ATTEMPTS {
        let file = builder.tempfile_in(folder)?;
        match file.as_file().try_lock() {
            // Somebody who sweeps takes it for one that was left.
            Err(TryLockError::WouldBlock) => continue,
            // Where there are no locks nobody sweeps.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        if !is_still(file.as_file(), file.path()) {
            continue;
        }
        if let (Readers::AsUsual, Ok(before)) = (readers, fs::metadata(takes_place_of)) {
            file.as_file().set_permissions(before.permissions())?;
        }
        return Ok(file);
    }
    Err(io::Error::other("another program removes what is written"))
}

/// Removes what a doorkey that was killed left half written. What can't be removed does no harm.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_ours(&entry.file_name().to_string_lossy()) {
            remove_if_left(&entry.path());
        }
    }
}

fn is_ours(name: &str) -> bool {
    name.strip_prefix(BEGINNING).is_some_and(|random| {
        random.len() == RANDOM_SIGNS && random.bytes().all(|sign| sign.is_ascii_alphanumeric())
    })
}

fn remove_if_left(path: &Path) {
    let is_file = fs::symlink_metadata(path).is_ok_and(|there| there.is_file());
    if !is_file {
        return;
    }
    let file = plain_file::open(path, OpenOptions::new().read(true));
    if let Ok(file) = file
        && file.try_lock().is_ok()
        && is_still(&file, path)
    {
        fs::remove_file(path).ok();
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes a renaming last: it is the folder that holds the names.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    return File::open(folder)?.sync_all();
    #[cfg(not(unix))]
    {
        // Windows has no such call, and keeps the order of such changes by itself.
        let _ = folder;
        Ok(())
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use tempfile::TempDir;

    use super::*;

    const MOST: u64 = 100;

    fn put(path: &Path, text: &str) -> io::Result<()> {
        write(path, text.as_bytes(), Readers::Owner, MOST, |_| Ok(()))
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_cannot_be_read_back_leaves_the_old_file() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("file");
        put(&path, "old").unwrap();
        let judged = |bytes: &[u8]| {
            assert_eq!(bytes, b"new");
            Err("it is odd".to_owned())
        };
        let error = write(&path, b"new", Readers::Owner, MOST, judged).unwrap_err();
        assert!(error.to_string().ends_with(": it is odd"), "{error}");
        let error = put(&path, &"long".repeat(100)).unwrap_err();
        assert_eq!(error.to_string(), "it is larger than 100 bytes");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["file"]);
    }

    #[test]
    fn only_our_own_files_are_swept_and_only_if_nobody_writes_them() {
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        let kept = [
            ".doorkey-unfinished-",
            ".doorkey-unfinished-mine",
            ".doorkey-unfinished-x1y2z3x1y2z.",
            ".unfinished-x1y2z3",
        ];
        for name in kept {
            fs::write(at(name), "theirs").unwrap();
        }
        fs::write(at(".doorkey-unfinished-abcdefABCDEF"), "{\"vers").unwrap();
        fs::create_dir(at(".doorkey-unfinished-abcdefABCDE1")).unwrap();
        fs::write(at("other"), "theirs").unwrap();
        symlink(at("other"), at(".doorkey-unfinished-abcdefABCDE2")).unwrap();
        let written = at(".doorkey-unfinished-abcdefABCDE3");
        let being_written = File::create(&written).unwrap();
        being_written.lock().unwrap();

        put(&at("file"), "text").unwrap();
        let mut left = [
            &kept[..],
            &[
                ".doorkey-unfinished-abcdefABCDE1",
                ".doorkey-unfinished-abcdefABCDE2",
                ".doorkey-unfinished-abcdefABCDE3",
                "file",
                "other",
            ],
        ]
        .concat();
        left.sort_unstable();
        assert_eq!(names(folder.path()), left);

        drop(being_written);
        put(&at("file"), "text").unwrap();
        assert!(!written.exists());
    }

    #[test]
    fn a_file_is_written_where_its_links_lead() {
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("far")).unwrap();
        symlink("far/two", at("one")).unwrap();
        symlink("../three", at("far/two")).unwrap();
        for text in ["not there yet", "there"] {
            put(&at("one"), text).unwrap();
            assert_eq!(fs::read_to_string(at("three")).unwrap(), text);
        }
        assert!(at("one").is_symlink() && at("far/two").is_symlink());
        symlink("circle", at("circle")).unwrap();
        let error = put(&at("circle"), "text").unwrap_err();
        assert!(error.to_string().contains("circle"), "{error}");
        symlink("nowhere/file", at("lost")).unwrap();
        let error = put(&at("lost"), "text").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn others_may_read_it_only_where_they_could_before() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("file");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        put(&path, "text").unwrap();
        assert_eq!(mode(), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write(&path, b"text", Readers::AsUsual, MOST, |_| Ok(())).unwrap();
        assert_eq!(mode(), 0o640);
        put(&path, "text").unwrap();
        assert_eq!(mode(), 0o600);
    }

    #[test]
    fn a_lock_that_was_removed_is_known_to_be() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("lock");
        let first = open_lock(&path).unwrap();
        assert!(is_still(&first, &path));
        fs::remove_file(&path).unwrap();
        assert!(!is_still(&first, &path));
        let second = open_lock(&path).unwrap();
        assert!(!is_still(&first, &path) && is_still(&second, &path));
    }
}

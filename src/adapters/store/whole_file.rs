//! Files that are written whole or not at all, for their owner only.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use tempfile::Builder;

/// What a file is called while it is being written.
const BEGINNING: &str = ".unfinished-";

/// Writes a file: after this the new text is on the disk or, if it fails, the old one still is. The caller sees to it that
/// nobody else writes in this folder at the same time.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link that somebody made to keep the file elsewhere stays one.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new("."));
    sweep(folder);
    // It is readable for its owner only, and removed if anything goes wrong.
    let mut file = Builder::new().prefix(BEGINNING).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(folder)
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
    options.open(path)
}

/// Removes what a doorkey that was killed left half written. What can't be removed does no harm.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(BEGINNING) {
            fs::remove_file(entry.path()).ok();
        }
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

//! Writing a text to a file that somebody asked for. What is there already stays, unless they said otherwise.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// How many names are tried where one is taken.
const NAMES: u32 = 1000;

/// Writes a new file. If one is there already, that is an error and it stays as it is; what could be written only in part
/// is taken away again.
pub fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes()).inspect_err(|_| {
        // The error tells; if even this fails, there is nothing more to be done.
        fs::remove_file(path).ok();
    })
}

/// Writes a file, in the place of one that is there.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)
}

/// Writes a new file in a folder, under this name or, where it is taken, with a number before its extension. Gives the path.
pub fn write_beside(folder: &Path, name: &str, text: &str) -> io::Result<PathBuf> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let numbered = (2..=NAMES).map(|number| format!("{stem}-{number}.{extension}"));
    for name in [name.to_owned()].into_iter().chain(numbered) {
        let path = folder.join(name);
        match write_new(&path, text) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            written => return written.map(|()| path),
        }
    }
    Err(io::Error::other("too many files of this name are there"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        write_new(&path, "first").unwrap();
        let error = write_new(&path, "second").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        replace(&path, "third").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "third");
    }

    #[test]
    fn a_free_name_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let written = ["1", "2", "3"].map(|text| {
            let path = write_beside(folder.path(), "a.md", text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            path.strip_prefix(folder.path()).unwrap().to_owned()
        });
        assert_eq!(written, ["a.md", "a-2.md", "a-3.md"].map(PathBuf::from));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nowhere_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("elsewhere");
        std::os::unix::fs::symlink(&target, folder.path().join("a.md")).unwrap();
        let path = write_beside(folder.path(), "a.md", "text").unwrap();
        assert_eq!(path, folder.path().join("a-2.md"));
        assert!(!target.exists());
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_beside(&folder.path().join("none"), "a.md", "text").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}

//! Writing a text to a file that somebody asked for. What is there already stays, unless they said otherwise.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::whole_file::{Begun, Readers};

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

/// Writes a file, in the place of one that is there: whole, or not at all.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    Replacement::begin(path)?.finish(text)
}

/// A text that will take a file's place.
#[derive(Debug)]
pub struct Replacement(Target);

#[derive(Debug)]
enum Target {
    File(Begun),
    /// A device or a pipe, such as `/dev/stdout`: nothing there can be replaced.
    Other(PathBuf),
}

impl Replacement {
    /// Makes ready to write, so that what can't be written is known before the text is.
    pub fn begin(path: &Path) -> io::Result<Self> {
        let is_other = |there: &fs::Metadata| !there.is_file() && !there.is_dir();
        Ok(Self(
            if fs::metadata(path).is_ok_and(|there| is_other(&there)) {
                Target::Other(path.to_owned())
            } else {
                Target::File(Begun::new(path, Readers::AsUsual)?)
            },
        ))
    }

    /// Takes the old file away now, for whoever would take it for the new one. What is no file stays.
    pub fn remove_old(&self) -> io::Result<()> {
        match &self.0 {
            Target::File(begun) => begun.remove_old(),
            Target::Other(_) => Ok(()),
        }
    }

    /// Writes the text.
    pub fn finish(self, text: &str) -> io::Result<()> {
        match self.0 {
            Target::File(begun) => begun.finish(text.as_bytes(), u64::MAX, |_| Ok(())),
            Target::Other(path) => fs::write(path, text),
        }
    }
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

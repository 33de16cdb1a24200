//! Reading files that must be files. Opening a named pipe or a device could wait forever, and a file without an end would
//! fill the memory.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Reads a whole file of at most `most` bytes. A longer one is an error that names the limit, never a part of it.
pub(super) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open(path, OpenOptions::new().read(true))?;
    let mut bytes = Vec::new();
    // The length that the file claims may change while it is read.
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(too_long(most));
    }
    Ok(bytes)
}

/// Opens a file without waiting for anybody.
pub(super) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    // Before it is opened, for opening a device can do something, and after, for it may be another one by then.
    match fs::metadata(path) {
        Ok(there) => must_be_file(there.file_type())?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;

        use rustix::fs::OFlags;
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
    }
    let file = options.open(path)?;
    must_be_file(file.metadata()?.file_type())?;
    Ok(file)
}

/// The error of a file that is longer than what is read.
pub(super) fn too_long(most: u64) -> io::Error {
    io::Error::other(format!("it is larger than {}", in_words(most)))
}

/// A limit as people write it.
fn in_words(bytes: u64) -> String {
    const KB: u64 = 1024;
    const MB: u64 = 1024 * KB;
    match bytes {
        bytes if bytes >= MB => format!("{} MB", bytes / MB),
        bytes if bytes >= KB => format!("{} KB", bytes / KB),
        bytes => format!("{bytes} bytes"),
    }
}

fn must_be_file(found: FileType) -> io::Result<()> {
    match other_kind(found) {
        None => Ok(()),
        Some(kind) => Err(io::Error::other(format!("it is {kind}, not a file"))),
    }
}

/// What something is that is no file.
fn other_kind(found: FileType) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if found.is_fifo() {
            return Some("a named pipe");
        }
        if found.is_socket() {
            return Some("a socket");
        }
        if found.is_char_device() || found.is_block_device() {
            return Some("a device");
        }
    }
    if found.is_dir() {
        return Some("a folder");
    }
    (!found.is_file()).then_some("something else")
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    #[test]
    fn what_is_no_file_is_named_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let made = Command::new("mkfifo").arg(at("pipe")).status().unwrap();
        assert!(made.success());
        let _listener = UnixListener::bind(at("socket")).unwrap();
        for (path, words) in [
            (at("pipe"), "it is a named pipe, not a file"),
            (at("socket"), "it is a socket, not a file"),
            (at("."), "it is a folder, not a file"),
            ("/dev/zero".into(), "it is a device, not a file"),
        ] {
            assert_eq!(read(&path, 10).unwrap_err().to_string(), words);
            let append = OpenOptions::new().append(true).create(true).to_owned();
            let error = open(&path, &mut append.clone()).unwrap_err();
            assert_eq!(error.to_string(), words);
        }
        let missing = read(&at("missing"), 10).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_file_beyond_the_limit_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "0123456789").unwrap();
        assert_eq!(read(&path, 10).unwrap(), b"0123456789");
        let error = read(&path, 9).unwrap_err().to_string();
        assert_eq!(error, "it is larger than 9 bytes");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        let error = read(&path, 2 << 20).unwrap_err().to_string();
        assert_eq!(error, "it is larger than 2 MB");
    }
}

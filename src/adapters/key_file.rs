//! Reading a file, or standard input, that should hold a public key and may hold a private one.

use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::plain_file;
use crate::text::harmless;

/// As much of a file with one key as is read. No key is longer, and a public key is refused for its length far before.
const KEY_AT_MOST: usize = 1024 * 1024;

/// The longest file with many keys that is read: some ten thousand of the longest RSA keys that are in use.
const MANY_KEYS_AT_MOST: usize = 16 * 1024 * 1024;

/// As much of a file's name as is shown, in characters.
const LONGEST_FILE_NAME: usize = 200;

/// The bytes of a file, wiped when dropped. Fails with a sentence.
pub fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    open(path, |file| read_up_to(KEY_AT_MOST, file))
}

/// The same, of a file that somebody named in passing: a terminal, a pipe or a device would keep everybody waiting. Pipes that a
/// shell makes for a command are for [`read`].
pub fn read_regular(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    refuse_irregular(path)?;
    read(path)
}

/// The same for a file that is not looked at any further if it is too long.
pub fn read_whole_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    refuse_irregular(path)?;
    open(path, |file| read_whole(KEY_AT_MOST, file))
}

fn refuse_irregular(path: &Path) -> Result<(), String> {
    match fs::metadata(path).map(|metadata| metadata.file_type()) {
        // What can't be looked at can't be opened either, which is said then.
        Ok(kind) if !kind.is_file() => {
            let name = harmless(&path.to_string_lossy(), LONGEST_FILE_NAME);
            Err(format!("{name} is {}, not a file", in_words(kind)))
        }
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn in_words(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a terminal or another device"
    }
}

#[cfg(not(unix))]
fn in_words(kind: FileType) -> &'static str {
    if kind.is_dir() {
        "a folder"
    } else {
        "a device"
    }
}

/// The bytes of standard input, wiped when dropped. Fails with a sentence.
pub fn read_standard_input() -> Result<Zeroizing<Vec<u8>>, String> {
    let bytes = read_up_to(KEY_AT_MOST, io::stdin().lock());
    bytes.map_err(|error| format!("standard input can't be read: {error}"))
}

/// The bytes of a file with many keys, all of them, wiped when dropped. Fails with a sentence.
pub fn read_many(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    open(path, |file| read_whole(MANY_KEYS_AT_MOST, file))
}

/// The same for standard input.
pub fn read_many_from_standard_input() -> Result<Zeroizing<Vec<u8>>, String> {
    let bytes = read_whole(MANY_KEYS_AT_MOST, io::stdin().lock());
    bytes.map_err(|error| format!("standard input can't be read: {error}"))
}

fn open(
    path: &Path,
    read: impl FnOnce(File) -> io::Result<Zeroizing<Vec<u8>>>,
) -> Result<Zeroizing<Vec<u8>>, String> {
    let name = harmless(&path.to_string_lossy(), LONGEST_FILE_NAME);
    let bytes = File::open(path).and_then(read);
    bytes.map_err(|error| format!("{name} can't be read: {error}"))
}

fn read_whole(most: usize, source: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let bytes = read_up_to(most + 1, source)?;
    if bytes.len() > most {
        return Err(plain_file::too_long(most as u64));
    }
    Ok(bytes)
}

/// Reads into a buffer that never grows: growing would leave a copy behind.
fn read_up_to(most: usize, source: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(most + 1));
    source.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    #[test]
    fn what_would_keep_everybody_waiting_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        let made = Command::new("mkfifo").arg(place("pipe")).status();
        assert!(made.unwrap().success());
        let _socket = UnixListener::bind(place("socket")).unwrap();
        fs::write(place("file"), "text").unwrap();
        assert_eq!(read_regular(&place("file")).unwrap().as_slice(), b"text");
        for (path, words) in [
            (place("pipe"), "is a pipe, not a file"),
            (place("socket"), "is a socket, not a file"),
            (place("."), "is a folder, not a file"),
            ("/dev/ptmx".into(), "is a terminal or another device"),
            ("/dev/zero".into(), "is a terminal or another device"),
            (place("missing"), "can't be read: No such file"),
        ] {
            let why = read_regular(&path).unwrap_err();
            assert!(why.contains(words), "{why}");
        }
    }
}

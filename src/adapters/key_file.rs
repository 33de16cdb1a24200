//! Reading a file, or standard input, that should hold a public key and may hold a private one.

use std::fs::File;
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

/// The same for a file that is not looked at any further if it is too long.
pub fn read_whole_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    open(path, |file| read_whole(KEY_AT_MOST, file))
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

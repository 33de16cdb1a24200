//! Reading a file, or standard input, that should hold a public key and may hold a private one.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::text::harmless;

/// As much of a file as is read. No key is longer; what is cut off here is refused for its length.
const READ_AT_MOST: usize = 1024 * 1024;

/// As much of a file's name as is shown, in characters.
const LONGEST_FILE_NAME: usize = 200;

/// The bytes of a file, wiped when dropped. Fails with a sentence.
pub fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let name = harmless(&path.to_string_lossy(), LONGEST_FILE_NAME);
    File::open(path)
        .and_then(read_all)
        .map_err(|error| format!("{name} can't be read: {error}"))
}

/// The bytes of standard input, wiped when dropped. Fails with a sentence.
pub fn read_standard_input() -> Result<Zeroizing<Vec<u8>>, String> {
    read_all(io::stdin().lock()).map_err(|error| format!("standard input can't be read: {error}"))
}

/// Reads into a buffer that never grows: growing would leave a copy behind.
fn read_all(source: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(READ_AT_MOST + 1));
    source.take(READ_AT_MOST as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

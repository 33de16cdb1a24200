//! Where a command takes a public key from: a file, or standard input.

use std::path::Path;

use zeroize::Zeroizing;

use crate::access_key::{AccessKey, Refusal};
use crate::adapters::key_file;

/// Stands for standard input in place of a file's name.
pub(super) const STANDARD_INPUT: &str = "-";

/// The key in a file or on standard input, or why it is none. Fails with a sentence if it can't be read at all.
pub(super) fn read(name: &str) -> Result<Result<AccessKey, Refusal>, String> {
    bytes(name).map(AccessKey::take_in_bytes)
}

/// The bytes of a file with many keys, or of standard input, wiped when dropped.
pub(super) fn many(name: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    refuse_address(name)?;
    match name {
        STANDARD_INPUT => key_file::read_many_from_standard_input(),
        name => key_file::read_many(Path::new(name)),
    }
}

fn refuse_address(name: &str) -> Result<(), String> {
    if name.contains("://") {
        // Not repeated, for it may hold a password.
        return Err("an address stands where a file belongs".to_owned());
    }
    Ok(())
}

/// The bytes of a file or of standard input, wiped when dropped.
pub(super) fn bytes(name: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    refuse_address(name)?;
    match name {
        STANDARD_INPUT => key_file::read_standard_input(),
        name => key_file::read(Path::new(name)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use std::fs::{self, File};

    use super::*;
    use crate::check::Code;

    const ED25519: &str = include_str!("../../tests/fixtures/keys/ed25519.pub");

    #[test]
    fn files_are_read_up_to_a_limit() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("key.pub");
        let name = file.to_str().unwrap();
        fs::write(&file, ED25519).unwrap();
        assert!(read(name).unwrap().is_ok());

        File::create(&file).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(read(name).unwrap().unwrap_err().code, Code::KeyNotAKey);

        let mut private = b"-----BEGIN RSA PRIVATE KEY-----\n".to_vec();
        private.resize(4 << 20, b'A');
        fs::write(&file, private).unwrap();
        assert_eq!(read(name).unwrap().unwrap_err().code, Code::KeyPrivate);
    }

    #[test]
    fn a_missing_file_is_named_harmlessly() {
        let directory = tempfile::tempdir().unwrap();
        let missing = directory.path().join("missing\x1b[31m");
        let why = read(missing.to_str().unwrap()).unwrap_err();
        assert!(why.contains("missing[31m can't be read: "), "{why}");
    }
}

//! What this machine's OpenSSH files say: host aliases and known host keys.
//!
//! A file that is not there says nothing. One that can't be read whole is an error: a line that withdraws a key may be in the
//! part that is missing.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::plain_file;
use crate::bitbucket::SshAliases;
use crate::check::known_hosts::KnownHosts;
use crate::text::harmless;

/// The longest file that is read, far more than any person writes.
const LONGEST_FILE: u64 = 8 << 20;

/// As much of a file's name as is shown, in characters.
const LONGEST_NAME: usize = 300;

/// The host aliases of the user's SSH configuration. Fails with a sentence.
pub fn aliases() -> Result<SshAliases, String> {
    let Some(file) = own("config") else {
        return Ok(SshAliases::default());
    };
    let text = read_if_there(&file)?;
    Ok(text.map_or_else(SshAliases::default, |text| SshAliases::parse(&text)))
}

/// The host keys in the user's and the system's `known_hosts`. Fails with a sentence.
pub fn known_hosts() -> Result<KnownHosts, String> {
    let files = [own("known_hosts"), system("ssh_known_hosts")];
    let mut all = KnownHosts::default();
    for file in files.into_iter().flatten() {
        if let Some(text) = read_if_there(&file)? {
            all = all.and(KnownHosts::parse(&text, &file.display().to_string()));
        }
    }
    Ok(all)
}

/// The host keys in a file that was named. Fails with a sentence.
pub fn known_hosts_in(file: &Path) -> Result<KnownHosts, String> {
    let text = read(file).map_err(|error| unreadable(file, &error))?;
    Ok(KnownHosts::parse(&text, &file.display().to_string()))
}

/// A file in the user's `.ssh` folder.
fn own(name: &str) -> Option<PathBuf> {
    Some(etcetera::home_dir().ok()?.join(".ssh").join(name))
}

/// A file of the system's OpenSSH, which ssh(1) reads beside the user's own.
#[cfg(not(windows))]
#[allow(
    clippy::unnecessary_wraps,
    reason = "on Windows there may be no such place"
)]
fn system(name: &str) -> Option<PathBuf> {
    Some(Path::new("/etc/ssh").join(name))
}

/// A file of the system's OpenSSH. `/etc` would be a folder of whichever drive is the current one, and anybody may make one
/// there: a host key in it would be believed.
#[cfg(windows)]
fn system(name: &str) -> Option<PathBuf> {
    let data = PathBuf::from(std::env::var_os("ProgramData")?);
    data.is_absolute().then(|| data.join("ssh").join(name))
}

/// Whether this is ssh(1)'s way to say "no file".
fn is_no_file(path: &Path) -> bool {
    let is_of_windows = cfg!(windows) && path.as_os_str().eq_ignore_ascii_case("NUL");
    path == Path::new("/dev/null") || is_of_windows
}

fn unreadable(file: &Path, error: &io::Error) -> String {
    let name = harmless(&file.to_string_lossy(), LONGEST_NAME);
    format!("{name} can't be read: {error}")
}

/// The text of a file that need not be there.
fn read_if_there(file: &Path) -> Result<Option<String>, String> {
    match read(file) {
        Ok(text) => Ok(Some(text)),
        // Whoever has no home has no file in it.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(unreadable(file, &error)),
    }
}

/// The text of a file; bytes that are none are replaced, for lines with them concern nobody.
fn read(path: &Path) -> io::Result<String> {
    if is_no_file(path) {
        return Ok(String::new());
    }
    let bytes = plain_file::read(path, LONGEST_FILE)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use std::fs;

    use super::*;

    const KEY: &str = include_str!("../../tests/fixtures/keys/ed25519.pub");

    #[test]
    fn the_last_line_of_the_longest_file_counts_and_one_byte_more_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("known_hosts");
        let last = format!("@revoked git.example.com {}\n", KEY.trim());
        let mut text = vec![b'\n'; usize::try_from(LONGEST_FILE).unwrap() - last.len()];
        text.extend(last.as_bytes());
        fs::write(&file, &text).unwrap();
        let known = known_hosts_in(&file).unwrap();
        let entries: Vec<_> = known.entries_for("git.example.com", 22).collect();
        assert!(entries.len() == 1 && entries[0].is_revoked);

        text.push(b'\n');
        fs::write(&file, &text).unwrap();
        let why = known_hosts_in(&file).unwrap_err();
        assert!(
            why.ends_with("known_hosts can't be read: it is larger than 8 MB"),
            "{why}"
        );
        assert_eq!(read_if_there(&file).unwrap_err(), why);
    }

    #[test]
    fn only_what_is_not_there_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        assert_eq!(read_if_there(&file), Ok(None));
        fs::write(&file, "text").unwrap();
        assert_eq!(read_if_there(&file), Ok(Some("text".to_owned())));
        assert_eq!(read_if_there(&file.join("below")), Ok(None));
        let why = read_if_there(folder.path()).unwrap_err();
        assert!(
            why.ends_with("can't be read: it is a folder, not a file"),
            "{why}"
        );
        assert_eq!(
            known_hosts_in(Path::new("/dev/null")),
            Ok(KnownHosts::default())
        );
        let windows_word = known_hosts_in(Path::new("nul"));
        assert_eq!(windows_word.is_ok(), cfg!(windows));
    }

    #[test]
    fn the_systems_file_is_nowhere_that_everybody_may_write() {
        let system = system("ssh_known_hosts").unwrap();
        assert!(system.is_absolute(), "{}", system.display());
        if cfg!(windows) {
            assert!(system.ends_with(r"ssh\ssh_known_hosts"));
            assert!(!system.ends_with(r"etc\ssh\ssh_known_hosts"));
        }
    }
}

//! What this machine's OpenSSH files say: host aliases and known host keys.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::bitbucket::SshAliases;
use crate::check::known_hosts::KnownHosts;

/// The system's known hosts, which ssh(1) reads beside the user's own.
const SYSTEM_KNOWN_HOSTS: &str = "/etc/ssh/ssh_known_hosts";

/// Far more than any person writes.
const READ_AT_MOST: u64 = 8 << 20;

/// The host aliases of the user's SSH configuration; none if it can't be read.
pub fn aliases() -> SshAliases {
    let text = own("config").and_then(|file| read(&file).ok());
    text.map(|text| SshAliases::parse(&text))
        .unwrap_or_default()
}

/// The host keys in the user's and the system's `known_hosts`. A file that can't be read adds nothing.
pub fn known_hosts() -> KnownHosts {
    let files = [own("known_hosts"), Some(PathBuf::from(SYSTEM_KNOWN_HOSTS))];
    files
        .into_iter()
        .flatten()
        .filter_map(|file| known_hosts_in(&file).ok())
        .fold(KnownHosts::default(), KnownHosts::and)
}

/// The host keys in a file that was named. Fails with a sentence.
pub fn known_hosts_in(file: &Path) -> Result<KnownHosts, String> {
    let name = file.display().to_string();
    match read(file) {
        Ok(text) => Ok(KnownHosts::parse(&text, &name)),
        Err(error) => Err(format!("{name} can't be read: {error}")),
    }
}

/// A file in the user's `.ssh` folder.
fn own(name: &str) -> Option<PathBuf> {
    Some(etcetera::home_dir().ok()?.join(".ssh").join(name))
}

/// The text of a file; bytes that are none are replaced, for lines with them concern nobody.
fn read(path: &Path) -> io::Result<String> {
    // ssh(1)'s way to say "no file".
    if path == Path::new("/dev/null") {
        return Ok(String::new());
    }
    // Anything but a file, a named pipe for one, could keep us waiting.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?
        .take(READ_AT_MOST)
        .read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

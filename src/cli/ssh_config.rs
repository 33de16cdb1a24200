//! The person's own SSH configuration.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::bitbucket::SshAliases;

/// Far more than any person writes.
const READ_AT_MOST: u64 = 1 << 20;

/// The host aliases in `~/.ssh/config`; none where there is no such file, or none that can be read.
pub(super) fn aliases() -> SshAliases {
    etcetera::home_dir()
        .ok()
        .and_then(|home| read(&home.join(".ssh").join("config")))
        .map(|text| SshAliases::parse(&text))
        .unwrap_or_default()
}

fn read(path: &Path) -> Option<String> {
    // Anything but a file, a named pipe for one, could keep us waiting.
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    let file = File::open(path).ok()?;
    file.take(READ_AT_MOST).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

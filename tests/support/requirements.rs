//! What tests with other programs need from the machine they run on.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;

/// Set to 1 where tests with other programs must not be skipped.
const REQUIRED: &str = "DOORKEY_REQUIRE_INTEROP";

/// Where servers are kept, which not everybody has in the path.
const SYSTEM: [&str; 3] = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

/// The full path of a program, if it is installed.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(SYSTEM.iter().map(PathBuf::from))
        .map(|directory| directory.join(name))
        .find(|file| file.is_file())
}

/// Whether all these programs are there. If not, says which is missing; where they are required, that is a failure.
pub(crate) fn are_here(programs: &[&str]) -> bool {
    let missing = programs.iter().find(|name| program(name).is_none());
    nothing_missing(missing.copied())
}

/// The same for anything else that may be missing.
pub(crate) fn nothing_missing(missing: Option<&str>) -> bool {
    let Some(name) = missing else {
        return true;
    };
    assert!(
        env::var_os(REQUIRED).as_deref() != Some(OsStr::new("1")),
        "{name} is missing, and {REQUIRED}=1 requires it"
    );
    eprintln!("skipped: {name} is missing");
    false
}

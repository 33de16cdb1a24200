//! How much memory a process has needed.

use std::fs;
use std::path::PathBuf;

/// The most memory that a process ever had, in MB, where the system tells.
pub(crate) fn at_most(process: u32) -> Option<String> {
    let status = fs::read_to_string(about(process, "status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(format!("{:.1}", kilobytes / 1024.0))
}

/// Where the system tells of a process.
pub(crate) fn about(process: u32, what: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{process}/{what}"))
}

//! What happened, in a file: a line for each thing, with the seconds since the start. Only the person who runs doorkey may
//! read it, though nothing secret is told here.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use log::{LevelFilter, Log, Metadata, Record};

use crate::text::harmless;

/// The most of what is told in one line.
const LONGEST_LINE: usize = 1000;

/// Only what doorkey says is written: what libraries tell may be secret.
const OURS: &str = "doorkey";

struct LogFile {
    file: Mutex<File>,
    started: Instant,
}

/// Opens the file, or makes it, and from here on writes what is logged at its end. At most once in a process.
pub fn begin(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let logger = LogFile {
        file: Mutex::new(options.open(path)?),
        started: Instant::now(),
    };
    log::set_boxed_logger(Box::new(logger)).map_err(io::Error::other)?;
    log::set_max_level(LevelFilter::Info);
    Ok(())
}

impl Log for LogFile {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().split("::").next() == Some(OURS)
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let seconds = self.started.elapsed().as_secs_f64();
        let words = harmless(&record.args().to_string(), LONGEST_LINE);
        let line = format!("{seconds:>9.3}  {words}\n");
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // A full disk is no reason to stop.
        file.write_all(line.as_bytes()).ok();
    }

    fn flush(&self) {}
}

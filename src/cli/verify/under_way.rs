//! What a run is about: how many are done, and the names of those under way. On a terminal only.

use std::collections::BTreeSet;

use crate::check::{Report, Verdict};
use crate::cli::progress::Progress;
use crate::connections::Name;

/// The columns of a terminal that does not say how many it has.
const USUAL_COLUMNS: u16 = 80;

/// The line on the terminal.
pub(super) struct UnderWay {
    names: Vec<Name>,
    now: BTreeSet<usize>,
    done: usize,
    not_ready: usize,
    progress: Progress,
}

impl UnderWay {
    pub(super) fn new(names: Vec<Name>) -> Self {
        Self {
            names,
            now: BTreeSet::new(),
            done: 0,
            not_ready: 0,
            progress: Progress::new(),
        }
    }

    pub(super) fn began(&mut self, index: usize) {
        self.now.insert(index);
        self.show();
    }

    pub(super) fn finished(&mut self, index: usize, report: &Report) {
        self.now.remove(&index);
        self.done += 1;
        self.not_ready += usize::from(report.verdict() == Verdict::NotReady);
        self.show();
    }

    /// Wipes the line, for something else to be printed.
    pub(super) fn make_room(&mut self) {
        self.progress.clear();
    }

    fn show(&mut self) {
        if self.progress.is_seen() {
            let columns = crossterm::terminal::size().map_or(USUAL_COLUMNS, |(columns, _)| columns);
            self.progress.show(self.line(usize::from(columns)));
        }
    }

    /// One line, with room for what ends it. Names are plain ASCII, a column each.
    fn line(&self, columns: usize) -> String {
        const END: usize = 3;
        let names: Vec<&str> = self
            .now
            .iter()
            .map(|index| self.names[*index].as_str())
            .collect();
        let failed = match self.not_ready {
            0 => String::new(),
            count => format!(", {count} not ready"),
        };
        let all = self.names.len();
        let line = format!(
            "tested {} of {all}{failed}: {}",
            self.done,
            names.join(", ")
        );
        line.chars().take(columns.saturating_sub(END)).collect()
    }
}

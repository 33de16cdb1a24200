//! What is said of a setup.

use super::Wizard;
use crate::guide::Notice;
use crate::guide::field::Inserted;
use crate::guide::notices::WARNING_LIMIT;
use crate::text::harmless;

impl Wizard {
    /// What the finished setup was saved as, a sentence each.
    pub fn saved_words(&self) -> Vec<String> {
        let Some(saved) = &self.saved else {
            return Vec::new();
        };
        let name = &saved.name;
        let beside = saved.beside.as_ref().map(|other| {
            format!(
                "{other} is the same repository with another key. If Coalesce Quality replaced that key: doorkey rotate {other}"
            )
        });
        let saved = format!("Saved as {name}. To test it again any time: doorkey verify {name}");
        [Some(saved), beside].into_iter().flatten().collect()
    }

    /// What doorkey offers to do in place of the person, where the key has to be added.
    pub fn add_key_words(&self) -> Option<&'static str> {
        match (self.has_token(), &self.demo) {
            (true, _) => Some("Add the key for me, with the token"),
            (false, Some(_)) => Some("Do it for me (demo only)"),
            (false, None) => None,
        }
    }
}

impl Wizard {
    pub(super) fn tell(&mut self, text: &str) {
        self.notice = Some(Notice::told(text));
    }

    pub(super) fn problem(&mut self, text: &str) {
        self.notice = Some(Notice::problem(text));
    }

    /// Says beforehand that something is wrong.
    pub fn warn(&mut self, text: &str) {
        self.problem(&harmless(text, WARNING_LIMIT));
    }

    pub(super) fn tell_inserted(&mut self, inserted: Inserted) {
        if let Some(notice) = Notice::of_insertion(inserted) {
            self.notice = Some(notice);
        }
    }
}

//! What the wizard says about the outcome of the last thing done.

use super::effect::{CopyId, Effect};
use super::event::{Copied, Opened};
use super::field::Inserted;
use super::{Notice, Wizard};
use crate::text::harmless;

/// How much of a system's words is shown in a notice.
pub(super) const WORDS_LIMIT: usize = 160;

/// How much of a warning given beforehand is shown.
const WARNING_LIMIT: usize = 500;

impl Wizard {
    pub(super) fn tell(&mut self, text: &str) {
        self.notice = Some(Notice {
            text: text.to_owned(),
            is_problem: false,
        });
    }

    pub(super) fn problem(&mut self, text: &str) {
        self.notice = Some(Notice {
            text: text.to_owned(),
            is_problem: true,
        });
    }

    /// Says beforehand that something is wrong.
    pub fn warn(&mut self, text: &str) {
        self.problem(&harmless(text, WARNING_LIMIT));
    }

    pub(super) fn tell_inserted(&mut self, inserted: Inserted) {
        if inserted == Inserted::TooLong {
            self.problem("That is far longer than any key or address, so it was not taken. What was here is still here.");
        }
    }

    pub(super) fn tell_copied(&mut self, id: CopyId, copied: Copied) -> Vec<Effect> {
        let what = id.title();
        match copied {
            Copied::Confirmed => self.tell(&format!("{what} is on the clipboard.")),
            Copied::SentToTerminal => self.tell(&format!(
                "{what} was sent to your terminal's clipboard; it does not confirm, so check by pasting."
            )),
            Copied::Failed(why) => self.problem(&format!(
                "{what} could not be copied ({}). Select it on the screen instead.",
                harmless(&why, WORDS_LIMIT)
            )),
        }
        Vec::new()
    }

    pub(super) fn tell_opened(&mut self, opened: Opened) -> Vec<Effect> {
        match opened {
            Opened::Asked => self
                .tell("Your browser was asked to open the page. If nothing shows, use the link."),
            Opened::NoBrowser(why) => self.problem(&format!(
                "No browser was opened ({}). Open the link on any device.",
                harmless(&why, WORDS_LIMIT)
            )),
        }
        Vec::new()
    }
}

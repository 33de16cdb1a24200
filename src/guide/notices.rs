//! What is said about the outcome of the last thing done.

use super::Guide;
use super::effect::CopyId;
use super::event::{Copied, Opened};
use super::field::Inserted;
use crate::text::harmless;

/// How much of a system's words is shown in a notice.
pub(crate) const WORDS_LIMIT: usize = 160;

/// How much of a path is shown in a notice.
const LONGEST_PATH: usize = 300;
/// How much of a warning given beforehand is shown.
const WARNING_LIMIT: usize = 500;

/// Said where a fix changed the address.
pub(crate) const ADDRESS_CHANGED: &str =
    "Address changed. Use the same one in Coalesce Quality's form.";

/// Said where a token is no longer used.
pub(crate) const TOKEN_FORGOTTEN: &str = "The token is forgotten.";

/// A line that tells the outcome of the last thing done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The words.
    pub text: String,
    /// Whether something is wrong.
    pub is_problem: bool,
}

impl Notice {
    /// Something worth knowing.
    pub(crate) fn told(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_problem: false,
        }
    }

    /// Something that is wrong.
    pub(crate) fn problem(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_problem: true,
        }
    }

    /// What became of an insertion; nothing, if all of it was taken.
    pub(crate) fn of_insertion(inserted: Inserted) -> Option<Self> {
        (inserted == Inserted::TooLong).then(|| {
            Self::problem("That is far longer than any key or address, more than 64 KB, so it was not taken. What was here is still here.")
        })
    }

    /// How far a copy got, and what else there is where that is not known to be far enough.
    pub(crate) fn of_copy(id: CopyId, copied: &Copied) -> Self {
        let what = id.title();
        let otherwise = if id.is_shown_whole() {
            "press s to save it to a file"
        } else {
            "press z to select or save it"
        };
        match copied {
            Copied::Confirmed => Self::told(format!("{what} is on the clipboard.")),
            Copied::InTmux => Self::told(format!(
                "{what} is in tmux's paste buffer, and was sent to your terminal's clipboard; it does not confirm, so check by pasting. If it is not there, {otherwise}."
            )),
            Copied::SentToTerminal => Self::told(format!(
                "{what} was sent to your terminal's clipboard; it does not confirm, so check by pasting. If it is not there, {otherwise}."
            )),
            Copied::Said { in_tmux } => {
                let selected = if id.is_shown_whole() {
                    "To select it, see above; s saves it to a file."
                } else {
                    "To select, it is:"
                };
                Self::told(if *in_tmux {
                    format!("{what} is in tmux's paste buffer. {selected}")
                } else {
                    format!("There is no clipboard here for {}. {selected}", id.name())
                })
            }
            Copied::Failed(why) => Self::problem(format!(
                "{what} could not be copied ({}). Instead, {otherwise}.",
                harmless(why, WORDS_LIMIT)
            )),
        }
    }

    /// How far opening a page got.
    pub(crate) fn of_opening(opened: &Opened) -> Self {
        match opened {
            Opened::Asked => Self::told(
                "Your browser was asked to open the page. If nothing shows, use the link.",
            ),
            Opened::NoBrowser(why) => Self::problem(format!(
                "No browser was opened ({}). Open the link on any device.",
                harmless(why, WORDS_LIMIT)
            )),
            Opened::Failed(why) => Self::problem(format!(
                "Asking a browser failed ({}). If no page shows, open the link on any device.",
                harmless(why, WORDS_LIMIT)
            )),
        }
    }

    /// Where a text was written, or why it was not.
    pub(crate) fn of_writing(written: &Result<String, String>) -> Self {
        match written {
            Ok(path) => Self::told(format!("Written to {}", harmless(path, LONGEST_PATH))),
            Err(why) => Self::problem(format!(
                "It could not be saved: {}. Copy it instead.",
                harmless(why, WORDS_LIMIT)
            )),
        }
    }

    /// Why the clipboard gave nothing.
    pub(crate) fn of_clipboard(why: &str) -> Self {
        Self::problem(format!(
            "The clipboard can't be read: {} Use your terminal's own paste.",
            harmless(why, WORDS_LIMIT)
        ))
    }
}

/// What is said of a clipboard without a text.
pub(crate) const EMPTY_CLIPBOARD: &str = "The clipboard holds no text.";

impl<J> Guide<J> {
    pub(crate) fn tell(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice::told(text));
    }

    pub(crate) fn problem(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice::problem(text));
    }

    /// Says beforehand that something is wrong.
    pub fn warn(&mut self, text: &str) {
        self.problem(harmless(text, WARNING_LIMIT));
    }

    pub(crate) fn tell_inserted(&mut self, inserted: Inserted) {
        if let Some(notice) = Notice::of_insertion(inserted) {
            self.notice = Some(notice);
        }
    }
}

//! The texts of a setup: those that can be copied and saved, and what is offered.

use super::Wizard;
use crate::guide::Overlay;
use crate::guide::effect::CopyId;
use crate::guide::overlay::ShownText;

impl Wizard {
    /// The text of what lies over the step, if it is one that can be copied and saved.
    pub(super) fn text_over(&self, overlay: Overlay) -> Option<ShownText> {
        match overlay {
            Overlay::HandOff => Some(ShownText {
                advice: "Send this to someone who may change the repository's settings. It holds nothing secret.",
                document: self.hand_off().document(),
                copy: CopyId::HandOff,
                file: "doorkey-handoff.md",
            }),
            Overlay::Report => Some(ShownText {
                advice: "For a ticket or a colleague. It names no file and no address of this machine, and holds nothing secret.",
                document: self.connection_test().report.as_ref()?.document(),
                copy: CopyId::Report,
                file: "doorkey-report.md",
            }),
            _ => None,
        }
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

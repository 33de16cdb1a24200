//! The texts of a setup that can be copied and saved.

use super::Wizard;
use crate::guide::Overlay;
use crate::guide::effect::CopyId;
use crate::guide::overlay::ShownText;

impl Wizard {
    /// The text of what lies over the step, if it is one that can be copied and saved.
    pub fn shown_text(&self, overlay: Overlay) -> Option<ShownText> {
        match overlay {
            Overlay::HandOff => Some(ShownText {
                advice: "Send this to someone who may change the repository's settings. It holds nothing secret.",
                document: self.hand_off().document(),
                copy: CopyId::HandOff,
                file: "doorkey-handoff.md",
            }),
            Overlay::Report => Some(ShownText {
                advice: "For a ticket or a colleague. It names no file and no address of this machine, and holds nothing secret.",
                document: self.connection_test.report.as_ref()?.document(),
                copy: CopyId::Report,
                file: "doorkey-report.md",
            }),
            Overlay::Help
            | Overlay::QuitQuestion
            | Overlay::Values
            | Overlay::QrCode
            | Overlay::PlainLines
            | Overlay::Token
            | Overlay::Identity
            | Overlay::GrantQuestion
            | Overlay::GiveUpQuestion
            | Overlay::ElsewhereQuestion => None,
        }
    }
}

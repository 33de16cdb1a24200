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
                title: Overlay::HAND_OFF_TITLE,
                advice: Overlay::HAND_OFF_ADVICE,
                document: self.hand_off().document(),
                copy: CopyId::HandOff,
                file: "doorkey-handoff.md",
            }),
            Overlay::Report => Some(ShownText {
                title: Overlay::REPORT_TITLE,
                advice: Overlay::REPORT_ADVICE,
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

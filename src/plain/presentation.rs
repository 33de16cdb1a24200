//! Says a guide on a stage: what the guide says.

use super::Spoken;
use crate::demo::Presentation;
use crate::guide::{Binding, Overlay};

impl<G: Spoken> Spoken for Presentation<G> {
    fn greeting(&self) -> Vec<String> {
        self.guide().greeting()
    }

    fn about(&self) -> Vec<String> {
        self.guide().about()
    }

    fn found(&self) -> Vec<String> {
        self.guide().found()
    }

    fn overlay_text(&self, overlay: Overlay) -> Vec<String> {
        self.guide().overlay_text(overlay)
    }

    fn overlay_question(&self, overlay: Overlay) -> Vec<String> {
        self.guide().overlay_question(overlay)
    }

    fn ask_in_step(&self) -> &'static str {
        self.guide().ask_in_step()
    }

    fn takes_address(&self) -> bool {
        self.guide().takes_address()
    }

    fn may_be_without_address(&self) -> bool {
        self.guide().may_be_without_address()
    }

    fn choice_words(&self, binding: &Binding) -> Option<String> {
        self.guide().choice_words(binding)
    }

    fn about_answer(&self) -> Option<Vec<String>> {
        self.guide().about_answer()
    }
}

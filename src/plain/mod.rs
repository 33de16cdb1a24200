//! A guide line by line, for screen readers, dumb terminals and scripts: a question, its default, an answer.
//!
//! The state machine is the same. [`Narrator`] says what is new in it, [`prompt()`] what it waits for, and [`understand()`]
//! turns an answered line into the very events a person at the full screen would cause. No rule of the wizard is here.

mod block;
mod choices;
mod help;
mod ladder;
mod narrator;
mod overlay;
mod prompt;
mod rotation;
mod spoken;
mod steps;
mod understand;

pub use block::{Block, Heard};
pub use help::help;
pub use narrator::Narrator;
pub use prompt::{Prompt, prompt};
pub use spoken::spoken;
pub use understand::{Misunderstood, Understood, need_not_wait, understand};

use crate::guide::{Binding, Guide, Journey, Overlay};

/// A journey that can be said.
pub trait Spoken: Journey {
    /// What is said first.
    fn greeting(_guide: &Guide<Self>) -> Vec<String>;

    /// What the step on the screen is about, said on coming to it.
    fn about(_guide: &Guide<Self>) -> Vec<String>;

    /// What the step on the screen has found, said when it changes.
    fn found(_guide: &Guide<Self>) -> Vec<String>;

    /// The text of what lies over the step.
    fn overlay_text(_guide: &Guide<Self>, overlay: Overlay) -> Vec<String>;

    /// What is asked by what lies over the step.
    fn overlay_question(_guide: &Guide<Self>, overlay: Overlay) -> Vec<String>;

    /// The words before the answer, in a step without questions.
    fn ask_in_step(_guide: &Guide<Self>) -> &'static str;

    /// Whether the step on the screen takes an address.
    fn takes_address(_guide: &Guide<Self>) -> bool {
        false
    }

    /// Whether the step on the screen can be gone on from without an address.
    fn may_be_without_address(_guide: &Guide<Self>) -> bool {
        false
    }

    /// What a choice does in this very case, where its label is too general.
    fn choice_words(_guide: &Guide<Self>, _binding: &Binding) -> Option<String> {
        None
    }

    /// Sentences to read before going on with the answer that is picked.
    fn about_answer(_guide: &Guide<Self>) -> Option<Vec<String>> {
        None
    }
}

impl<J: Spoken> Guide<J> {
    fn greeting(&self) -> Vec<String> {
        J::greeting(self)
    }

    fn about_step(&self) -> Vec<String> {
        J::about(self)
    }

    fn found_in_step(&self) -> Vec<String> {
        J::found(self)
    }

    fn overlay_text(&self, overlay: Overlay) -> Vec<String> {
        J::overlay_text(self, overlay)
    }

    fn overlay_question(&self, overlay: Overlay) -> Vec<String> {
        J::overlay_question(self, overlay)
    }

    fn ask_in_step(&self) -> &'static str {
        J::ask_in_step(self)
    }

    fn takes_address(&self) -> bool {
        J::takes_address(self)
    }

    fn may_be_without_address(&self) -> bool {
        J::may_be_without_address(self)
    }

    fn choice_words(&self, binding: &Binding) -> Option<String> {
        J::choice_words(self, binding)
    }

    fn about_answer(&self) -> Option<Vec<String>> {
        J::about_answer(self)
    }
}

/// Ends the running test or the watch. The only answer written ahead that is taken before a running test has come out.
pub const STOP: &str = "stop";

/// Ends the guide, after a question if work would be lost.
pub const QUIT: &str = "quit";

/// Takes the address out where none is needed.
const NONE: &str = "none";

/// Answers that mean the same at every question, and never stand in a key.
const WORDS: [&str; 4] = [BACK, HELP, QUIT, STOP];

const BACK: &str = "back";
const HELP: &str = "help";

/// Whether a line is one of the words that are understood everywhere.
fn is_word(line: &str) -> bool {
    WORDS.contains(&line.trim().to_ascii_lowercase().as_str())
}

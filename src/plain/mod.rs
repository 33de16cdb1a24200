//! The wizard line by line, for screen readers, dumb terminals and scripts: a question, its default, an answer.
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
mod spoken;
mod steps;
mod understand;

pub use block::{Block, Heard};
pub use help::help;
pub use narrator::Narrator;
pub use prompt::{Prompt, prompt};
pub use spoken::spoken;
pub use understand::{Misunderstood, Understood, understand};

/// Ends the running test or the watch. The only answer that is taken before a running test has come out.
pub const STOP: &str = "stop";

/// Answers that mean the same at every question, and never stand in a key.
const WORDS: [&str; 4] = ["back", "help", "quit", STOP];

/// Whether a line is one of the words that are understood everywhere.
fn is_word(line: &str) -> bool {
    WORDS.contains(&line.trim().to_ascii_lowercase().as_str())
}

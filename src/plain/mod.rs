//! A guide line by line, for screen readers, dumb terminals and scripts: a question, its default, an answer.
//!
//! The state machine is the same. [`Narrator`] says what is new in it, [`prompt()`] what it waits for, and [`understand()`]
//! turns an answered line into the very events a person at the full screen would cause. No rule of the wizard is here.

mod block;
mod choices;
mod help;
mod narrator;
mod parts;
mod prompt;
mod spoken;
mod told;
mod understand;

pub use block::{Block, Heard};
pub use help::help;
pub use narrator::Narrator;
pub use prompt::{Prompt, prompt};
pub use spoken::spoken;
pub use understand::{Misunderstood, Understood, need_not_wait, understand};

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

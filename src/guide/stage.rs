//! What a stage adds to a guide, for whoever shows it: the guide itself does nothing with it.

use super::keys::Binding;
use super::notices::Notice;

/// What is shown beside a guide on a stage.
#[derive(Clone, Debug, Default)]
pub struct Stage {
    /// What happened on the stage last.
    pub notice: Option<Notice>,
    /// What the presenter may say, if that is to be shown.
    pub note: Option<String>,
    /// How a demo plays itself, if it does.
    pub playing: Option<Playing>,
    /// The key that the stage adds to those of the guide, where letters are free.
    pub notes: Option<Binding>,
    /// Whether a text is being typed letter by letter: what is half typed is wrong, and not worth a word.
    pub is_in_text: bool,
}

/// A demo that plays itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playing {
    /// Whether it is paused.
    pub is_paused: bool,
    /// The keys that lead it. Any other takes over.
    pub bindings: Vec<Binding>,
    /// What was pressed last, in words.
    pub pressed: Option<String>,
}

impl Playing {
    /// Its state, in a word.
    pub const fn state(&self) -> &'static str {
        if self.is_paused { "Paused" } else { "Playing" }
    }

    /// What all other keys do.
    pub const OTHER_KEYS: &str = "other keys: by hand";
}

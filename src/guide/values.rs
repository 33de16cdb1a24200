//! What a guide is about, whole: to read, to copy one by one, to save together, and to select as plain lines.

use super::Guide;
use super::effect::{CopyId, Effect, Request};
use super::journey::Journey;
use super::keys::{Action, Binding};

/// The file they are saved to.
const FILE: &str = "doorkey-values.txt";

/// A value, such as a key or a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What it is.
    pub name: &'static str,
    /// All of it, on one line.
    pub text: String,
    /// How it is called when it is copied.
    pub copy: CopyId,
}

impl Value {
    /// A value, if it is known.
    pub(crate) fn known(name: &'static str, text: Option<String>, copy: CopyId) -> Option<Self> {
        let text = text?;
        Some(Self { name, text, copy })
    }
}

/// The values with the digit that copies each.
pub fn numbered(values: Vec<Value>) -> impl Iterator<Item = (char, Value)> {
    ('1'..='9').zip(values)
}

/// The keys that copy them.
pub(crate) fn copy_bindings(values: Vec<Value>) -> Vec<Binding> {
    let binding = |(digit, value): (char, Value)| {
        let label = format!("copy {}", value.copy.name());
        // Beside each value stands its digit already.
        Binding::letter(digit, Action::Copy(value.copy), label).only_in_help()
    };
    numbered(values).map(binding).collect()
}

/// The text of the one that is copied.
pub fn text_of(values: Vec<Value>, copy: CopyId) -> Option<String> {
    let wanted = values.into_iter().find(|value| value.copy == copy);
    wanted.map(|value| value.text)
}

/// Each value on a line of its own, below what it is.
pub fn plain_lines<J: Journey>(guide: &Guide<J>) -> Vec<String> {
    let mut lines = Vec::new();
    for value in guide.values() {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend([value.name.to_owned(), value.text]);
    }
    lines
}

/// Has all of them written to a file.
pub(crate) fn write<J: Journey>(guide: &Guide<J>) -> Effect {
    let lines = plain_lines(guide).into_iter();
    Effect::ask(Request::WriteFile(
        FILE,
        lines.map(|line| line + "\n").collect(),
    ))
}

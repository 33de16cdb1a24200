//! What can be answered besides a text: the keys of the step, read from the table that handles them.

use std::borrow::Cow;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::guide::parts::{Content, FieldKind};
use crate::guide::{Action, Binding, Event, Guide, Journey, Overlay};

/// A key that can be answered with, by its letter or its number.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) binding: Binding,
    pub(super) words: String,
}

/// The numbered choices of what is asked now.
pub(super) fn choices(guide: &Guide<impl Journey>) -> Vec<Choice> {
    if is_asking_for_file(guide) {
        return Vec::new();
    }
    let (outside, _) = outside_field(guide);
    let bindings = outside.bindings().into_iter();
    let mut offered: Vec<Binding> = bindings
        .filter(|binding| is_offered(guide, binding))
        .collect();
    // Last, for the numbers of the others must be the same on every machine: a script may answer with them.
    offered.sort_by_key(depends_on_machine);
    let content = guide.content();
    let choices = offered.into_iter().map(|binding| Choice {
        words: words(&content, &binding),
        binding,
    });
    choices.collect()
}

/// Whether the name of a key's file is asked for.
pub(super) fn is_asking_for_file(guide: &Guide<impl Journey>) -> bool {
    kind_asked(guide) == Some(FieldKind::PublicKeyFile)
}

/// What the field takes that letters go into.
pub(super) fn kind_asked(guide: &Guide<impl Journey>) -> Option<FieldKind> {
    let content = guide.content();
    let asked = content.field().filter(|asked| asked.has_focus);
    asked.map(|asked| asked.kind)
}

/// The guide with nobody in a field, and the keys that lead there. A line is a whole answer: what is a key and what is
/// text is known from it, not from where a cursor stands.
pub(super) fn outside_field<J: Journey>(guide: &Guide<J>) -> (Cow<'_, Guide<J>>, Vec<Event>) {
    // What lies over the step is left by itself, and takes texts of its own.
    if !guide.is_typing() || guide.overlay().is_some() {
        return (Cow::Borrowed(guide), Vec::new());
    }
    let mut outside = guide.clone();
    let now = outside.now;
    let mut way = Vec::new();
    // Out of the name of a file, then out of the key's own field.
    for _ in 0..2 {
        if outside.is_typing() {
            let escape = press(KeyCode::Esc);
            outside.update(now, escape.clone());
            way.push(escape);
        }
    }
    (Cow::Owned(outside), way)
}

/// A key as an event.
pub(super) fn press(key: KeyCode) -> Event {
    Event::Key(KeyEvent::new(key, KeyModifiers::NONE))
}

/// A bound key as an event.
pub(super) fn press_binding(binding: &Binding) -> Event {
    let modifiers = if binding.control {
        KeyModifiers::CONTROL
    } else {
        KeyModifiers::NONE
    };
    Event::Key(KeyEvent::new(binding.key, modifiers))
}

fn is_offered(guide: &Guide<impl Journey>, binding: &Binding) -> bool {
    let is_letter = matches!(binding.key, KeyCode::Char(_)) && !binding.control;
    let is_question = guide.overlay().is_some_and(Overlay::is_question);
    is_letter
        && (binding.in_footer || is_numbered(guide, binding))
        && is_of_use(guide, binding)
        && match binding.action {
            Action::Quit | Action::CloseOverlay => is_question,
            Action::Show(Overlay::Help | Overlay::QrCode)
            | Action::Edit
            | Action::Up
            | Action::Down => false,
            _ => true,
        }
}

/// Whether it is a number that stands beside something on the screen.
fn is_numbered(guide: &Guide<impl Journey>, binding: &Binding) -> bool {
    let is_digit = matches!(binding.key, KeyCode::Char('0'..='9'));
    guide.overlay() == Some(Overlay::Values) && is_digit
}

/// What a key does, in a few words, where nothing is shortened and no code is shown: that is for cameras.
pub(super) fn label(binding: &Binding) -> &str {
    match binding.action {
        Action::Show(Overlay::QrCode) => "the link to the page",
        Action::Show(Overlay::Values) => "show all values in full",
        _ => &binding.label,
    }
}

/// Whether a key can do what it is for here and on this machine, as far as is known.
pub(super) fn is_of_use(guide: &Guide<impl Journey>, binding: &Binding) -> bool {
    match binding.action {
        // They were just said, and can be selected as they are.
        Action::Show(Overlay::PlainLines) => false,
        _ => !depends_on_machine(binding) || guide.may_read_clipboard(),
    }
}

fn depends_on_machine(binding: &Binding) -> bool {
    binding.action == Action::PasteClipboard
}

/// What a choice does: as the page says it in this very case, or else as its key is called.
fn words(content: &Content<'_>, binding: &Binding) -> String {
    let offered = match binding.key {
        KeyCode::Char(key) if !binding.control => content.offered(key),
        _ => None,
    };
    offered.unwrap_or_else(|| binding.label.to_string())
}

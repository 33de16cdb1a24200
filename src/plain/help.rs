//! Everything that can be answered now, read from the table of keys.

use super::choices::{is_asking_for_file, is_of_use, label, outside_field};
use super::spoken::sentence;
use super::{NONE, STOP};
use crate::guide::parts::{Content, FieldKind};
use crate::guide::{Action, Binding, Guide, Journey, Overlay};

/// What can be answered at every question.
const EVERYWHERE: [&str; 3] = [
    "back: To the question or step before.",
    "help: This list.",
    "quit: End doorkey.",
];

/// All answers, a line each.
pub fn help(guide: &Guide<impl Journey>) -> Vec<String> {
    let mut lines = vec![match guide.overlay() {
        Some(_) => "Answers here:".to_owned(),
        None => format!("Answers in {}:", guide.step().1),
    }];
    let content = guide.content();
    if let Some(text) = what_a_text_does(guide, &content) {
        lines.push(text.to_owned());
    }
    if content
        .field()
        .is_some_and(|asked| asked.kind.may_be_empty())
    {
        lines.push(format!("{NONE}: Go on without an address."));
    }
    // While a file is asked for, only its own keys are at hand; elsewhere a letter works without leaving the field.
    let outside = if is_asking_for_file(guide) {
        guide.bindings()
    } else {
        outside_field(guide).0.bindings()
    };
    let mut known = Vec::new();
    for binding in outside {
        if is_of_use(guide, &binding)
            && let Some(answer) = answer(guide, &binding)
            && !known.contains(&binding.action)
        {
            lines.push(format!("{answer}: {}", sentence(label(&binding))));
            known.push(binding.action);
        }
    }
    lines.extend(EVERYWHERE.map(str::to_owned));
    lines
}

/// What is done with a line that is none of the other answers; nothing where it has to wait.
fn what_a_text_does(guide: &Guide<impl Journey>, content: &Content<'_>) -> Option<&'static str> {
    let is_running = guide.shown_test().is_some_and(|shown| shown.test.running);
    if is_running && guide.overlay().is_none() {
        return None;
    }
    Some(match content.field() {
        Some(asked) => match asked.kind {
            FieldKind::PublicKey => {
                "A text: the public key. Lines of a wrapped key are joined; any other takes the place of what is there."
            }
            FieldKind::PublicKeyFile | FieldKind::IdentityFile => "A text: the name of the file.",
            FieldKind::Repository(_) | FieldKind::SshUrl => {
                "A text: the address. It takes the place of what is there."
            }
            FieldKind::Token => "A text: the token. It is not shown.",
            FieldKind::Email => "A text: the e-mail address.",
            FieldKind::Passphrase => "A text: the passphrase. It is not shown.",
        },
        None if guide.overlay().is_some() => return None,
        None if content.questions().is_some() => "A number, or how the answer begins: that answer.",
        None => "A number: the answer with this number.",
    })
}

/// How a key is answered with; none for keys that only move what is on a screen, or that a word stands for everywhere.
fn answer(guide: &Guide<impl Journey>, binding: &Binding) -> Option<String> {
    let is_file = is_asking_for_file(guide);
    let is_question = guide.overlay().is_some_and(Overlay::is_question);
    let is_quit_question = guide.overlay() == Some(Overlay::QuitQuestion);
    // What an empty line does with a form is said when it asks.
    let is_form = matches!(guide.overlay(), Some(Overlay::Token | Overlay::Identity));
    let word = match binding.action {
        Action::Scroll(_)
        | Action::Up
        | Action::Down
        | Action::Edit
        | Action::Back
        | Action::OtherField
        // The terminal's own matter here: a line is no key that is held.
        | Action::QuitNow
        | Action::Show(Overlay::Help) => return None,
        Action::Quit if !is_quit_question => return None,
        Action::Continue | Action::CloseOverlay if is_form => return None,
        // With a name, reading the file needs no key of its own; without one, an empty line leaves it be.
        Action::Continue if is_file => return None,
        Action::LeaveField if !is_file => return None,
        Action::Continue | Action::Finish | Action::LeaveField => "Enter",
        Action::CloseOverlay if !is_question => "Enter",
        Action::Cancel => STOP,
        Action::GoTo(number) => return Some(format!("step {number}")),
        _ => return Some(binding.name()),
    };
    Some(word.to_owned())
}

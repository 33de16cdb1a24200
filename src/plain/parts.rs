//! Speaks what a guide says, part by part, a line each.

use super::spoken::sentence;
use crate::check::Code;
use crate::guide::parts::{Content, Part, Trouble};
use crate::text::shorten_middle;

/// As much of what is in a field is said, in columns.
pub(super) const SAID_OF_FIELD: usize = 300;

/// What is said on coming to a step.
pub(super) fn about(content: &Content<'_>) -> Vec<String> {
    let mut lines = speak(&content.about);
    let given = content.field().filter(|asked| asked.kind.is_address());
    let given = given.map(|asked| asked.field.text().trim());
    if let Some(text) = given.filter(|text| !text.is_empty()) {
        lines.push(format!("Now it is {}", shorten_middle(text, SAID_OF_FIELD)));
    }
    lines
}

/// The sentences of parts. Fields, questions and keys are said when they are asked; a test is told while it runs.
pub(super) fn speak(parts: &[Part<'_>]) -> Vec<String> {
    parts.iter().flat_map(speak_part).collect()
}

fn speak_part(part: &Part<'_>) -> Vec<String> {
    match part {
        Part::Heading(words)
        | Part::Text(words)
        | Part::Dim(words)
        | Part::Proven(words)
        | Part::Marked(_, words) => vec![sentence(words)],
        Part::Found(name, behind) => vec![sentence(&format!("{name}{behind}"))],
        Part::Address(text) | Part::Link(text) | Part::Source(text) | Part::Line(text) => {
            vec![text.clone()]
        }
        Part::Values(values) => values
            .iter()
            .map(|(label, value)| format!("{label}: {value}"))
            .collect(),
        Part::Labelled(label, value) => vec![format!("{label} {value}")],
        Part::Key(which, fingerprint) => vec![format!("{which} key: {fingerprint}")],
        Part::LineOfKey(line) => vec![format!("Its line: {line}")],
        Part::Clicks(clicks) => {
            let clicks = clicks.iter().enumerate();
            clicks
                .map(|(index, click)| format!("Click {}: {click}", index + 1))
                .collect()
        }
        Part::Points(title, points) => {
            let points = points.iter().map(|point| (*point).to_owned());
            std::iter::once(format!("{title}:")).chain(points).collect()
        }
        Part::Refusal(code, detail) => cause(*code, detail.as_deref()),
        Part::Trouble(trouble) => of_trouble(trouble),
        Part::Document(document) => document.to_spoken_lines(),
        Part::Copyable(value) => vec![format!("{}: {}", value.name, value.text)],
        Part::Keys(keys) => {
            let keys = keys.bindings.iter();
            keys.map(|binding| format!("{}: {}", binding.name(), sentence(&binding.label)))
                .collect()
        }
        Part::QrCode(link, _) => vec![format!("The page: {link}")],
        Part::Space => vec![String::new()],
        Part::Heard(parts) => speak(parts),
        Part::Field(_)
        | Part::Questions(_, _)
        | Part::Picked(_, _)
        | Part::Suggestion(_, _)
        | Part::Offer(_)
        | Part::Test(_)
        | Part::Tested(_)
        | Part::Ladder(_)
        | Part::Watch(_)
        | Part::Gap
        | Part::Seen(_) => Vec::new(),
    }
}

/// What is wrong and what it means. What can be done is among the answers.
fn of_trouble(trouble: &Trouble<'_>) -> Vec<String> {
    let mut lines = cause(trouble.code, trouble.detail.as_deref());
    lines.extend(speak(&trouble.more));
    lines
}

/// What a code means and what to do.
fn cause(code: Code, detail: Option<&str>) -> Vec<String> {
    let words = [
        Some(code.title()),
        Some(code.meaning()),
        detail,
        Some(code.remedy()),
    ];
    words.into_iter().flatten().map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_heard_is_spoken() {
        let parts = [
            Part::text("for both"),
            Part::Seen(vec![Part::text("for the eye")]),
            Part::Heard(vec![Part::text("for the ear")]),
            Part::offer('x', "a key"),
        ];
        assert_eq!(speak(&parts), ["For both.", "For the ear."]);
    }

    #[test]
    fn a_value_is_said_as_it_is() {
        let parts = [Part::Values(vec![("Host", "git.acme.example".to_owned())])];
        assert_eq!(speak(&parts), ["Host: git.acme.example"]);
    }
}

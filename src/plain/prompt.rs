//! What a guide waits for: the question, what can be answered, and what an empty line means.

use super::Spoken;
use super::choices::{choices, is_asking_for_file};
use super::spoken::sentence;
use super::understand::is_watched;
use crate::guide::Journey;
use crate::guide::identity::Asks;
use crate::guide::public_key::PublicKey;
use crate::guide::questions::{Picks, Question};
use crate::guide::{Guide, Overlay};

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The question and the answers that can be given, a line each.
    pub lines: Vec<String>,
    /// The words before the cursor, with the default; none where no answer is needed to go on.
    pub ask: Option<String>,
    /// Whether the answer must not be seen.
    pub is_secret: bool,
}

/// What the guide waits for now; nothing while a test runs.
pub fn prompt(guide: &Guide<impl Spoken>) -> Option<Prompt> {
    let is_running = guide.shown_test().is_some_and(|shown| shown.test.running);
    if is_running && guide.overlay().is_none() {
        return None;
    }
    let mut lines = question(guide);
    lines.extend(offers(guide));
    Some(Prompt {
        lines,
        ask: ask(guide),
        is_secret: is_secret(guide),
    })
}

fn is_secret(guide: &Guide<impl Journey>) -> bool {
    match guide.overlay() {
        Some(Overlay::Token) => !guide.token.in_email,
        Some(Overlay::Identity) => guide.identity.asks == Asks::Passphrase,
        _ => false,
    }
}

/// The questions of the step that asks some, with what was picked.
pub(super) fn asked_questions(guide: &Guide<impl Journey>) -> Option<(Vec<Question>, &Picks)> {
    if guide.overlay().is_some() {
        return None;
    }
    guide.questions()
}

/// What has to be read before going on with the picked answer.
pub(super) fn about_answer(guide: &Guide<impl Spoken>) -> Option<Vec<String>> {
    if guide.overlay().is_some() {
        return None;
    }
    guide.about_answer()
}

/// What is asked, without what can be answered with a key.
pub(super) fn question(guide: &Guide<impl Spoken>) -> Vec<String> {
    if let Some(overlay) = guide.overlay() {
        return guide.overlay_question(overlay);
    }
    if is_asking_for_file(guide) {
        return vec![PublicKey::FILE_QUESTION.to_owned()];
    }
    let Some((questions, picks)) = asked_questions(guide) else {
        return Vec::new();
    };
    let Some(question) = questions.get(picks.focus()) else {
        return Vec::new();
    };
    let answers = question.answers.iter().enumerate();
    let answers = answers.map(|(index, answer)| format!("{}: {}", index + 1, sentence(answer)));
    let mut lines: Vec<String> = [question.text.clone()].into_iter().chain(answers).collect();
    lines.extend(about_answer(guide).unwrap_or_default());
    lines
}

/// The keys of the step. Where numbers are the question's answers, only the letters.
fn offers(guide: &Guide<impl Spoken>) -> Vec<String> {
    let numbers_are_taken = asked_questions(guide).is_some();
    let choices = choices(guide).into_iter().enumerate();
    choices
        .map(|(index, choice)| {
            let (name, words) = (choice.binding.name(), sentence(&choice.words));
            let number = (index + 1).to_string();
            if numbers_are_taken || number == name {
                format!("{name}: {words}")
            } else {
                format!("{number} or {name}: {words}")
            }
        })
        .collect()
}

fn ask(guide: &Guide<impl Spoken>) -> Option<String> {
    let token = &guide.token;
    let words = match guide.overlay() {
        Some(overlay) if overlay.is_question() => "Your answer, or Enter for n:".to_owned(),
        Some(Overlay::Token) if token.in_email => "E-mail address, or Enter for none:".to_owned(),
        Some(Overlay::Token) if token.token.is_empty() => "Token, or Enter to leave it:".to_owned(),
        Some(Overlay::Token) => "Token, or Enter for the one that is there:".to_owned(),
        Some(Overlay::Identity) => match guide.identity.asks {
            Asks::Where => "Your answer, or Enter to leave it:".to_owned(),
            Asks::File => "File, or Enter to leave it:".to_owned(),
            Asks::Passphrase => "Passphrase, or Enter to leave it:".to_owned(),
        },
        Some(_) => "Your answer, or Enter to close:".to_owned(),
        // What an empty line does then was said when the watch began.
        None if is_watched(guide) => return None,
        None if is_asking_for_file(guide) => "File, or Enter for none:".to_owned(),
        None => match asked_questions(guide) {
            Some((_, picks)) => ask_for_answer(guide, picks),
            None => guide.ask_in_step().to_owned(),
        },
    };
    Some(words)
}

fn ask_for_answer(guide: &Guide<impl Spoken>, picks: &Picks) -> String {
    let picked = picks.answer(picks.focus()) + 1;
    if about_answer(guide).is_some() {
        format!("Another number, or Enter to go on with {picked}:")
    } else {
        format!("Your answer, or Enter for {picked}:")
    }
}

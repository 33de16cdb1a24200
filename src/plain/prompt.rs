//! What a guide waits for: the question, what can be answered, and what an empty line means.

use super::choices::choices;
use super::parts::speak;
use super::spoken::sentence;
use super::understand::is_watched;
use crate::guide::parts::Content;
use crate::guide::questions::Picks;
use crate::guide::{Guide, Journey};

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
pub fn prompt(guide: &Guide<impl Journey>) -> Option<Prompt> {
    let is_running = guide.shown_test().is_some_and(|shown| shown.test.running);
    if is_running && guide.overlay().is_none() {
        return None;
    }
    let content = guide.content();
    let mut lines = question_of(&content);
    lines.extend(offers(guide, &content));
    let asked = content.field().filter(|asked| asked.has_focus);
    Some(Prompt {
        lines,
        // What an empty line does then was said when the watch began.
        ask: (!is_watched(guide)).then(|| ask(&content)),
        is_secret: asked.is_some_and(|asked| asked.kind.is_secret()),
    })
}

/// What is asked, without what can be answered with a key.
pub(super) fn question(guide: &Guide<impl Journey>) -> Vec<String> {
    question_of(&guide.content())
}

fn question_of(content: &Content<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if content.is_asked {
        lines.extend(speak(&content.body));
    }
    let asked = content.field().filter(|asked| asked.has_focus);
    lines.extend(asked.and_then(|asked| asked.kind.question()).map(sentence));
    let questions = content.questions();
    let question = questions.and_then(|(questions, picks)| questions.get(picks.focus()));
    if let Some(question) = question {
        lines.push(question.text.clone());
        let answers = question.answers.iter().enumerate();
        lines.extend(answers.map(|(index, answer)| format!("{}: {}", index + 1, sentence(answer))));
    }
    lines.extend(about_answer(content));
    lines
}

/// What has to be read before the picked answer is taken.
fn about_answer(content: &Content<'_>) -> Vec<String> {
    let picked = content.questions().and_then(|(questions, picks)| {
        let question = questions.get(picks.focus())?;
        question.answers.get(picks.answer(picks.focus()))
    });
    let (Some(picked), Some(parts)) = (picked, content.about_answer()) else {
        return Vec::new();
    };
    let mut lines = speak(parts);
    if let Some(first) = lines.first_mut() {
        *first = format!("{picked}: {first}");
    }
    lines
}

/// The keys of the step. Where numbers are the question's answers, only the letters.
fn offers(guide: &Guide<impl Journey>, content: &Content<'_>) -> Vec<String> {
    let numbers_are_taken = content.questions().is_some();
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

fn ask(content: &Content<'_>) -> String {
    match content.questions() {
        Some((_, picks)) => ask_for_answer(content, picks),
        None => content.ask.to_owned(),
    }
}

fn ask_for_answer(content: &Content<'_>, picks: &Picks) -> String {
    let picked = picks.answer(picks.focus()) + 1;
    if content.about_answer().is_some() {
        format!("Another number, or Enter to go on with {picked}:")
    } else {
        format!("Your answer, or Enter for {picked}:")
    }
}

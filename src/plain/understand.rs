//! From an answered line to the events of the full screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use zeroize::Zeroizing;

use super::block::begins_with_type;
use super::choices::{
    choices, is_asking_for_file, kind_asked, outside_field, press, press_binding,
};
use super::spoken::sentence;
use super::{BACK, HELP, NONE, QUIT, STOP, is_word};
use crate::access_key::{AccessKey, is_private};
use crate::check::Code;
use crate::guide::field::Field;
use crate::guide::parts::FieldKind;
use crate::guide::questions::{Picks, Question};
use crate::guide::{Action, Event, Guide, Journey, Overlay};

/// What a line means.
#[derive(Debug)]
pub enum Understood {
    /// What the guide is told.
    Events(Vec<Event>),
    /// Every key is to be said; nothing changes.
    Help,
}

/// A line that is no answer to what is asked, and what would be one. Never repeats the line: it may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misunderstood(pub String);

type Meaning = Result<Understood, Misunderstood>;

#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands beside meanings that fail"
)]
fn events(events: impl IntoIterator<Item = Event>) -> Meaning {
    Ok(Understood::Events(events.into_iter().collect()))
}

fn no_answer(words: &str) -> Meaning {
    Err(Misunderstood(words.to_owned()))
}

/// What a line means as an answer to what the guide asks now.
pub fn understand(guide: &Guide<impl Journey>, line: &str) -> Meaning {
    let word = line.trim().to_ascii_lowercase();
    if word.is_empty() {
        return accept_default(guide);
    }
    if is_word(&word) {
        return everywhere(guide, &word);
    }
    if guide.overlay().is_some() && guide.is_typing() {
        return form_text(guide, line, &word);
    }
    // Before letters and numbers: the last piece of a wrapped key may look like one.
    if let Some(whole) = completed_key(guide, line) {
        return events([Event::Paste(whole)]);
    }
    if is_asking_for_file(guide) {
        return events([
            clear(),
            Event::Paste(line.to_owned()),
            press(KeyCode::Enter),
        ]);
    }
    if let Some(step) = word.strip_prefix(STEP) {
        return go_to(guide, step.trim());
    }
    if let Some(meaning) = by_number(guide, &word).or_else(|| by_key(guide, &word)) {
        return meaning;
    }
    if let Some((questions, picks)) = guide.content().questions() {
        return by_words(guide, questions, picks, line);
    }
    by_text(guide, line)
}

/// Whether a line that somebody types need not wait for what is going on: it leads away from it, or is one of the keys
/// that a running test leaves. An empty line is a word only to a watch.
pub fn need_not_wait(guide: &Guide<impl Journey>, line: &str) -> bool {
    let word = line.trim().to_ascii_lowercase();
    match word.as_str() {
        BACK | HELP | QUIT => true,
        STOP => is_testing(guide) || is_watched(guide),
        "" => is_watched(guide),
        _ if !is_testing(guide) => false,
        word => word.starts_with(STEP) || matches!(by_key(guide, word), Some(Ok(_))),
    }
}

/// An empty line: Enter alone.
fn accept_default(guide: &Guide<impl Journey>) -> Meaning {
    match guide.overlay() {
        Some(overlay) if overlay.is_question() => return events([press(KeyCode::Char('n'))]),
        Some(Overlay::Token) if is_empty(guide, FieldKind::Token) => {
            return events([press(KeyCode::Esc)]);
        }
        Some(Overlay::Identity) => return events([press(KeyCode::Esc)]),
        Some(_) => return events([press(KeyCode::Enter)]),
        None => {}
    }
    if is_asking_for_file(guide) || is_watched(guide) {
        return events([press(KeyCode::Esc)]);
    }
    let is_bound = |binding: &crate::guide::Binding| binding.key == KeyCode::Enter;
    if guide.bindings().iter().any(is_bound) {
        return events([press(KeyCode::Enter)]);
    }
    no_answer("There is no default here. Answer with a letter or a number; help says which.")
}

/// Whether letters go into a field of this kind, and there are none yet.
fn is_empty(guide: &Guide<impl Journey>, kind: FieldKind) -> bool {
    let content = guide.content();
    let asked = content.field().filter(|asked| asked.has_focus);
    asked.is_some_and(|asked| asked.kind == kind && asked.field.is_empty())
}

/// The words that mean the same at every question.
fn everywhere(guide: &Guide<impl Journey>, word: &str) -> Meaning {
    let (_, mut way) = outside_field(guide);
    match word {
        HELP => Ok(Understood::Help),
        BACK => back(guide, way),
        QUIT => {
            // Elsewhere than at the question itself, what lies over the step takes the letter for its own.
            if guide
                .overlay()
                .is_some_and(|overlay| overlay != Overlay::QuitQuestion)
            {
                way.push(press(KeyCode::Esc));
            }
            way.push(press(KeyCode::Char('q')));
            events(way)
        }
        STOP if is_watched(guide) || is_testing(guide) => events([press(KeyCode::Esc)]),
        _ => no_answer("Nothing is running that could be stopped."),
    }
}

fn back(guide: &Guide<impl Journey>, mut way: Vec<Event>) -> Meaning {
    match guide.overlay() {
        Some(overlay) if overlay.is_question() => return events([press(KeyCode::Char('n'))]),
        Some(_) if kind_asked(guide) == Some(FieldKind::Email) => {
            return events([press(KeyCode::Tab)]);
        }
        Some(_) => return events([press(KeyCode::Esc)]),
        None => {}
    }
    if is_asking_for_file(guide) {
        return events([press(KeyCode::Esc)]);
    }
    let has_question_before = guide
        .content()
        .questions()
        .is_some_and(|(_, picks)| picks.focus() > 0);
    if guide.step().0 == 1 && !has_question_before {
        return no_answer("This is the first question: there is none before it.");
    }
    leave_test(guide, &mut way);
    way.push(press(KeyCode::Left));
    events(way)
}

/// Ends the test that is left: behind another step it would go on unheard, and hold up what is answered there.
fn leave_test(guide: &Guide<impl Journey>, way: &mut Vec<Event>) {
    if is_testing(guide) {
        way.push(press(KeyCode::Esc));
    }
}

/// In front of the number of a step to go to.
const STEP: &str = "step ";

/// `step 3`.
fn go_to(guide: &Guide<impl Journey>, number: &str) -> Meaning {
    let (outside, mut way) = outside_field(guide);
    let bound = outside
        .bindings()
        .into_iter()
        .find(|binding| matches!(binding.action, Action::GoTo(step) if step.to_string() == number));
    match bound {
        Some(binding) => {
            leave_test(guide, &mut way);
            way.push(press_binding(&binding));
            events(way)
        }
        None => no_answer("That step can't be gone to from here. Steps that were reached can."),
    }
}

fn by_number(guide: &Guide<impl Journey>, word: &str) -> Option<Meaning> {
    let is_number = word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number {
        return None;
    }
    let index = word.parse::<usize>().ok()?.checked_sub(1);
    if let Some((questions, picks)) = guide.content().questions() {
        let count = questions
            .get(picks.focus())
            .map_or(0, |question| question.answers.len());
        return Some(match index.filter(|index| *index < count) {
            Some(answer) => pick(guide, picks, answer),
            None => Err(Misunderstood(format!(
                "Answer with a number from 1 to {count}."
            ))),
        });
    }
    let (_, mut way) = outside_field(guide);
    let choices = choices(guide);
    Some(match index.and_then(|index| choices.get(index)) {
        Some(choice) => {
            way.push(press_binding(&choice.binding));
            events(way)
        }
        None => no_answer("There is no answer with this number. Help lists all answers."),
    })
}

/// Moves to an answer and takes it. A region is only moved to, for its address has to be read before going on.
fn pick(guide: &Guide<impl Journey>, picks: &Picks, answer: usize) -> Meaning {
    let at = picks.answer(picks.focus());
    let towards = if answer < at {
        KeyCode::Up
    } else {
        KeyCode::Down
    };
    let mut way = vec![press(towards); answer.abs_diff(at)];
    if guide.content().about_answer().is_none() {
        way.push(press(KeyCode::Enter));
    }
    events(way)
}

/// A letter, or the name of another key as the help gives it.
fn by_key(guide: &Guide<impl Journey>, word: &str) -> Option<Meaning> {
    let is_question = guide.overlay().is_some_and(Overlay::is_question);
    let word = match word {
        "yes" if is_question => "y",
        "no" if is_question => "n",
        _ => word,
    };
    let (outside, mut way) = outside_field(guide);
    let bound = outside
        .bindings()
        .into_iter()
        .find(|binding| binding.name() == word);
    let Some(binding) = bound else {
        let is_lone = word.chars().count() == 1;
        return is_lone.then(|| no_answer("Nothing here has this letter. Help lists all answers."));
    };
    Some(match binding.action {
        Action::Show(Overlay::Help) => Ok(Understood::Help),
        Action::Edit => no_answer("Give the whole text: it takes the place of what is there."),
        Action::Up | Action::Down => no_answer("Answer with the number."),
        _ => {
            way.push(press_binding(&binding));
            events(way)
        }
    })
}

/// The beginning of one of the answers, such as `yes`.
fn by_words(
    guide: &Guide<impl Journey>,
    questions: &[Question],
    picks: &Picks,
    line: &str,
) -> Meaning {
    let word = line.trim().to_ascii_lowercase();
    let answers = questions
        .get(picks.focus())
        .map(|question| &question.answers);
    let mut meant = answers.into_iter().flatten().enumerate();
    let mut meant = meant
        .by_ref()
        .filter(|(_, answer)| answer.to_ascii_lowercase().starts_with(&word));
    match (meant.next(), meant.next()) {
        (Some((answer, _)), None) => pick(guide, picks, answer),
        _ => refuse(line, "Answer with the number. Help lists all answers."),
    }
}

/// What is not taken. A private key is worth more words than other slips.
fn refuse(line: &str, otherwise: &str) -> Meaning {
    if is_private(line) {
        let code = Code::KeyPrivate;
        let words = [code.title(), code.meaning(), code.remedy()].map(sentence);
        return Err(Misunderstood(words.join(" ")));
    }
    no_answer(otherwise)
}

/// A text for the step's field: it takes the place of what is there.
fn by_text(guide: &Guide<impl Journey>, line: &str) -> Meaning {
    if guide.overlay().is_some() {
        return refuse(line, "That is no answer here. Help lists all answers.");
    }
    let content = guide.content();
    let Some(asked) = content.field() else {
        return refuse(
            line,
            "Answer with a letter or a number. Help lists all answers.",
        );
    };
    if asked.kind == FieldKind::PublicKey {
        // What is pasted where somebody types may be a part; this is the whole.
        let clear = asked.has_focus.then(clear);
        let paste = Event::Paste(with_lines_before(asked.field, line));
        return events(clear.into_iter().chain([paste]));
    }
    let mut way = Vec::new();
    if !guide.is_typing() {
        way.push(press(KeyCode::Char('e')));
    }
    way.push(clear());
    if asked.kind.may_be_empty() && line.trim().eq_ignore_ascii_case(NONE) {
        way.push(press(KeyCode::Enter));
    } else {
        way.push(Event::Paste(line.to_owned()));
    }
    events(way)
}

/// What a form asks for: a token, an address, a file, a passphrase. None can be taken for a letter or a number.
fn form_text(guide: &Guide<impl Journey>, line: &str, word: &str) -> Meaning {
    if is_private(line) {
        return refuse(line, "");
    }
    match by_key(guide, word) {
        Some(Ok(meaning)) => Ok(meaning),
        _ => events([
            clear(),
            Event::Paste(line.to_owned()),
            press(KeyCode::Enter),
        ]),
    }
}

/// The key, if this line is what the lines before it lack.
fn completed_key(guide: &Guide<impl Journey>, line: &str) -> Option<String> {
    let content = guide.content();
    let asked = content.field()?;
    let is_wanted = asked.kind == FieldKind::PublicKey && content.refuses_as(Code::KeyCutOff);
    if !is_wanted || begins_with_type(line) {
        return None;
    }
    let mut whole = joined(asked.field, line);
    let is_whole = AccessKey::read(&whole).is_ok();
    is_whole.then(|| std::mem::take(&mut *whole))
}

/// A line that holds no key of its own is read together with the lines before it: a long key may come wrapped, and every
/// line of it alone.
fn with_lines_before(field: &Field, line: &str) -> String {
    let stands_alone = field.is_empty() || begins_with_type(line) || AccessKey::read(line).is_ok();
    if !stands_alone {
        let mut whole = joined(field, line);
        let goes_on = match AccessKey::read(&whole) {
            Ok(_) => true,
            Err(refusal) => refusal.code == Code::KeyCutOff,
        };
        if goes_on {
            return std::mem::take(&mut *whole);
        }
    }
    line.to_owned()
}

fn joined(field: &Field, line: &str) -> Zeroizing<String> {
    Zeroizing::new([field.text(), line].join("\n"))
}

fn clear() -> Event {
    Event::Key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL))
}

/// Whether a test runs that can be stopped.
fn is_testing(guide: &Guide<impl Journey>) -> bool {
    let runs = guide.shown_test().is_some_and(|shown| shown.test.running);
    guide.overlay().is_none() && runs
}

/// Whether a watch goes on that can be stopped.
pub(super) fn is_watched(guide: &Guide<impl Journey>) -> bool {
    let watches = guide
        .shown_test()
        .is_some_and(|shown| shown.test.watch.is_some());
    guide.overlay().is_none() && watches
}

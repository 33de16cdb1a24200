//! What the wizard waits for: the question, what can be answered, and what an empty line means.

use super::choices::{choices, is_asking_for_file};
use super::overlay;
use super::spoken::sentence;
use super::steps;
use crate::check::Verdict;
use crate::wizard::identity::Asks;
use crate::wizard::questions::{Picks, Question};
use crate::wizard::steps::prerequisites::Prerequisites;
use crate::wizard::steps::public_key::PublicKey;
use crate::wizard::{Overlay, StepId, Wizard};

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

/// What the wizard waits for now; nothing while a test runs.
pub fn prompt(wizard: &Wizard) -> Option<Prompt> {
    if wizard.connection_test.running
        && wizard.step == StepId::ConnectionTest
        && wizard.overlay.is_none()
    {
        return None;
    }
    let mut lines = question(wizard);
    lines.extend(offers(wizard));
    Some(Prompt {
        lines,
        ask: ask(wizard),
        is_secret: is_secret(wizard),
    })
}

fn is_secret(wizard: &Wizard) -> bool {
    match wizard.overlay {
        Some(Overlay::Token) => !wizard.token.in_email,
        Some(Overlay::Identity) => wizard.identity.asks == Asks::Passphrase,
        _ => false,
    }
}

/// The questions of the step that asks some, with what was picked.
pub(super) fn asked_questions(wizard: &Wizard) -> Option<(Vec<Question>, &Picks)> {
    if wizard.overlay.is_some() {
        return None;
    }
    match wizard.step {
        StepId::Prerequisites => Some((Prerequisites::questions(), &wizard.prerequisites.picks)),
        StepId::Allowlist => Some((
            wizard.allowlist.questions(wizard.edition()),
            &wizard.allowlist.picks,
        )),
        _ => None,
    }
}

/// Whether a region is asked for: its address is said before going on.
pub(super) fn is_region_question(wizard: &Wizard) -> bool {
    wizard.overlay.is_none()
        && wizard.step == StepId::Allowlist
        && wizard.allowlist.picks.focus() > 0
}

fn question(wizard: &Wizard) -> Vec<String> {
    if let Some(overlay) = wizard.overlay {
        return overlay::question(overlay, wizard);
    }
    if is_asking_for_file(wizard) {
        return vec![PublicKey::FILE_QUESTION.to_owned()];
    }
    let Some((questions, picks)) = asked_questions(wizard) else {
        return Vec::new();
    };
    let Some(question) = questions.get(picks.focus()) else {
        return Vec::new();
    };
    let answers = question.answers.iter().enumerate();
    let answers = answers.map(|(index, answer)| format!("{}: {}", index + 1, sentence(answer)));
    let mut lines: Vec<String> = [question.text.clone()].into_iter().chain(answers).collect();
    if is_region_question(wizard) {
        lines.extend(steps::region(wizard));
    }
    lines
}

/// The keys of the step. Where numbers are the question's answers, only the letters.
fn offers(wizard: &Wizard) -> Vec<String> {
    let numbers_are_taken = asked_questions(wizard).is_some();
    let choices = choices(wizard).into_iter().enumerate();
    choices
        .map(|(index, choice)| {
            let (name, words) = (choice.binding.name(), sentence(&choice.words));
            if numbers_are_taken {
                format!("{name}: {words}")
            } else {
                format!("{} or {name}: {words}", index + 1)
            }
        })
        .collect()
}

fn ask(wizard: &Wizard) -> Option<String> {
    let words = match wizard.overlay {
        Some(Overlay::QuitQuestion | Overlay::GrantQuestion) => {
            "Your answer, or Enter for n:".to_owned()
        }
        Some(Overlay::Token) if wizard.token.in_email => {
            "E-mail address, or Enter for none:".to_owned()
        }
        Some(Overlay::Token) if wizard.token.token.is_empty() => {
            "Token, or Enter to leave it:".to_owned()
        }
        Some(Overlay::Token) => "Token, or Enter for the one that is there:".to_owned(),
        Some(Overlay::Identity) => match wizard.identity.asks {
            Asks::Where => "Your answer, or Enter to leave it:".to_owned(),
            Asks::File => "File, or Enter to leave it:".to_owned(),
            Asks::Passphrase => "Passphrase, or Enter to leave it:".to_owned(),
        },
        Some(Overlay::Help | Overlay::HandOff | Overlay::Report | Overlay::Values) => {
            "Your answer, or Enter to close:".to_owned()
        }
        None if is_asking_for_file(wizard) => "File, or Enter for none:".to_owned(),
        None => ask_in_step(wizard)?,
    };
    Some(words)
}

fn ask_in_step(wizard: &Wizard) -> Option<String> {
    if let Some((_, picks)) = asked_questions(wizard) {
        let picked = picks.answer(picks.focus()) + 1;
        return Some(if is_region_question(wizard) {
            format!("Another number, or Enter to go on with {picked}:")
        } else {
            format!("Your answer, or Enter for {picked}:")
        });
    }
    let words = match wizard.step {
        StepId::PublicKey if wizard.public_key.reading.is_ok() => "Enter to go on, or another key:",
        StepId::PublicKey => "Public key:",
        StepId::AccessKeysPage if wizard.access_keys_page.field.is_empty() => {
            "Address, or Enter to go on without:"
        }
        StepId::AccessKeysPage if wizard.access_keys_page.reading.is_ok() => {
            "Enter to go on, or another address:"
        }
        StepId::SshUrl if wizard.ssh_url.can_be_tested() => "Enter to go on, or another SSH URL:",
        StepId::AccessKeysPage => "Address:",
        StepId::SshUrl => "SSH URL:",
        StepId::ConnectionTest if wizard.connection_test.watch.is_some() => return None,
        StepId::ConnectionTest if wizard.connection_test.verdict() == Some(Verdict::Ready) => {
            "Your answer, or Enter to finish:"
        }
        _ => "Your answer:",
    };
    Some(words.to_owned())
}

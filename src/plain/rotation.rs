//! A rotation line by line.

use super::overlay;
use super::spoken::sentence;
use super::steps::{ASK, ASK_FOR_KEY, KEY_OR_ENTER, cause};
use super::{Spoken, help};
use crate::guide::values::plain_lines;
use crate::guide::{Action, Binding, Overlay};
use crate::rotation::{KeyChange, KeyRotation, Part, StepId};

impl Spoken for KeyChange {
    fn greeting(this: &KeyRotation) -> Vec<String> {
        let saved = if this.demo.is_some() {
            ""
        } else {
            " Each step is saved."
        };
        vec![format!(
            "doorkey leads from the old access key of {} to a new one, in {} steps.{saved}",
            this.journey.connection.name,
            StepId::ALL.len()
        )]
    }

    fn about(this: &KeyRotation) -> Vec<String> {
        lines(this.about())
    }

    fn found(this: &KeyRotation) -> Vec<String> {
        lines(this.found().into_iter().chain(this.ended()).collect())
    }

    fn overlay_text(this: &KeyRotation, overlay: Overlay) -> Vec<String> {
        match overlay {
            Overlay::Help => help(this),
            Overlay::Values => overlay::values(this),
            Overlay::QrCode => overlay::link(this),
            Overlay::PlainLines => plain_lines(this),
            _ => Vec::new(),
        }
    }

    fn overlay_question(this: &KeyRotation, overlay: Overlay) -> Vec<String> {
        match overlay {
            Overlay::Token => overlay::token(this),
            Overlay::GrantQuestion => overlay::grant(this.grant_request().as_ref()),
            Overlay::GiveUpQuestion => this.give_up_question(),
            Overlay::ElsewhereQuestion => KeyRotation::elsewhere_question(),
            Overlay::Help
            | Overlay::QuitQuestion
            | Overlay::HandOff
            | Overlay::Report
            | Overlay::Values
            | Overlay::QrCode
            | Overlay::PlainLines
            | Overlay::Identity => Vec::new(),
        }
    }

    fn ask_in_step(this: &KeyRotation) -> &'static str {
        match this.journey.step {
            StepId::NewKey if this.progress().is_some() => "Your answer, or Enter to go on:",
            StepId::NewKey if this.public_key.reading.is_ok() => KEY_OR_ENTER,
            StepId::NewKey => ASK_FOR_KEY,
            StepId::AddNew => "Enter once you added it, or your answer:",
            StepId::RemoveOld if this.new_test().is_good() => {
                "Enter once you removed it, or your answer:"
            }
            StepId::TestNew if this.new_test().is_good() => "Your answer, or Enter to go on:",
            StepId::TestOld if this.progress().is_none() => "Enter to finish:",
            _ => ASK,
        }
    }

    fn choice_words(this: &KeyRotation, binding: &Binding) -> Option<String> {
        match binding.action {
            Action::AddKeyForMe => this.do_it_words().map(str::to_owned),
            _ => None,
        }
    }
}

fn lines(parts: Vec<Part>) -> Vec<String> {
    let mut lines = Vec::new();
    for part in parts {
        match part {
            Part::Text(words) | Part::Dim(words) | Part::Good(words) | Part::Warn(words) => {
                lines.push(sentence(&words));
            }
            Part::Value(label, value) => lines.push(format!("{label}: {value}")),
            Part::LineOfKey(line) => lines.push(format!("Its line: {line}")),
            Part::Key(which, fingerprint) => lines.push(format!("{which} key: {fingerprint}")),
            Part::Link(link) => lines.push(link),
            Part::Clicks(clicks) => {
                let clicks = clicks.iter().enumerate();
                lines.extend(clicks.map(|(index, click)| format!("Click {}: {click}", index + 1)));
            }
            Part::Cause(code, detail) => lines.extend(cause(code, detail.as_deref())),
            Part::Gap => {}
        }
    }
    lines
}

//! What lies over a step, as text. What it asks is asked by the prompt.

use super::spoken::sentence;
use crate::guide::Journey;
use crate::guide::effect::GrantRequest;
use crate::guide::identity::{Asks, IdentityForm};
use crate::guide::token::TokenForm;
use crate::guide::values::plain_lines;
use crate::guide::{Guide, Overlay};
use crate::setup::Wizard;

pub(super) fn text(overlay: Overlay, wizard: &Wizard) -> Vec<String> {
    match overlay {
        Overlay::Help => super::help(wizard),
        Overlay::QuitQuestion
        | Overlay::GrantQuestion
        | Overlay::GiveUpQuestion
        | Overlay::ElsewhereQuestion
        | Overlay::Token
        | Overlay::Identity => Vec::new(),
        Overlay::Values => values(wizard),
        Overlay::QrCode => link(wizard),
        Overlay::PlainLines => plain_lines(wizard),
        Overlay::HandOff | Overlay::Report => {
            let shown = wizard.shown_text(overlay);
            let lines = shown.map(|shown| {
                let before = [
                    format!("{}.", shown.title),
                    shown.advice.to_owned(),
                    String::new(),
                ];
                before.into_iter().chain(shown.document.to_spoken_lines())
            });
            lines.into_iter().flatten().collect()
        }
    }
}

/// What the steps shorten, whole.
pub(super) fn values(guide: &Guide<impl Journey>) -> Vec<String> {
    let values = guide.values().into_iter();
    values
        .map(|value| format!("{}: {}", value.name, value.text))
        .collect()
}

/// The link itself: a code is for cameras.
pub(super) fn link(guide: &Guide<impl Journey>) -> Vec<String> {
    let link = guide.page_link();
    link.map(|link| format!("The page: {link}"))
        .into_iter()
        .collect()
}

/// What is asked by what lies over the step.
pub(super) fn question(overlay: Overlay, wizard: &Wizard) -> Vec<String> {
    match overlay {
        // The last two only a rotation asks.
        Overlay::Help
        | Overlay::HandOff
        | Overlay::Report
        | Overlay::Values
        | Overlay::QrCode
        | Overlay::PlainLines
        | Overlay::GiveUpQuestion
        | Overlay::ElsewhereQuestion => Vec::new(),
        Overlay::QuitQuestion => [Overlay::QUIT_QUESTION, Overlay::QUIT_WARNING]
            .map(str::to_owned)
            .to_vec(),
        Overlay::GrantQuestion => grant(wizard.grant_request().as_ref()),
        Overlay::Identity => identity(wizard),
        Overlay::Token => token(wizard),
    }
}

/// What is asked of a token.
pub(super) fn token(guide: &Guide<impl Journey>) -> Vec<String> {
    if guide.token.in_email {
        return vec![sentence(TokenForm::EMAIL_QUESTION)];
    }
    let words = [TokenForm::TITLE, TokenForm::PURPOSE, TokenForm::SECRECY].map(sentence);
    let needs = TokenForm::needs(guide.edition());
    let filled_in = guide.is_demo().then(|| TokenForm::FILLED_IN.to_owned());
    words.into_iter().chain([needs]).chain(filled_in).collect()
}

fn identity(wizard: &Wizard) -> Vec<String> {
    let words = match wizard.identity.asks {
        Asks::File => vec![IdentityForm::FILE_QUESTION],
        Asks::Passphrase => vec![IdentityForm::PASSPHRASE_QUESTION],
        Asks::Where => {
            let simulated = wizard.demo.as_ref().map(|_| IdentityForm::SIMULATED);
            let about = [
                IdentityForm::TITLE,
                IdentityForm::PURPOSE,
                IdentityForm::CAUTION,
            ];
            about.into_iter().chain(simulated).collect()
        }
    };
    words.into_iter().map(sentence).collect()
}

/// What would be added where.
pub(super) fn grant(request: Option<&GrantRequest>) -> Vec<String> {
    let particulars = request.into_iter().flat_map(GrantRequest::particulars);
    let particulars = particulars.map(|(label, value)| format!("{label}: {value}"));
    [Overlay::GRANT_QUESTION, Overlay::GRANT_INTRODUCTION]
        .map(str::to_owned)
        .into_iter()
        .chain(particulars)
        .chain([Overlay::GRANT_ADVICE.to_owned()])
        .collect()
}

//! What lies over a step: help, questions, forms, the text for an administrator.

use crate::guide::Journey;
use crossterm::event::KeyCode;

use super::document;
use super::page::Page;
use crate::bitbucket::Edition;
use crate::guide::effect::GrantRequest;
use crate::guide::field::Field;
use crate::guide::identity::{Asks, IdentityForm};
use crate::guide::token::TokenForm;
use crate::guide::values::numbered;
use crate::guide::{Action, Binding, Guide, Overlay};
use crate::setup::Wizard;
use crate::text::width;

pub(super) fn fill(overlay: Overlay, wizard: &Wizard, page: &mut Page<'_>) {
    match overlay {
        Overlay::Help => {
            help(&wizard.beneath_help(), page);
        }
        Overlay::QuitQuestion => {
            question(&[Overlay::QUIT_QUESTION, Overlay::QUIT_WARNING], page);
        }
        // The terminal's own screen shows the plain lines.
        Overlay::Values | Overlay::PlainLines => values(wizard, page),
        Overlay::Token => token(wizard, page),
        Overlay::Identity => identity(wizard, page),
        Overlay::GrantQuestion => grant(wizard.grant_request().as_ref(), page),
        // Only a rotation asks these; a QR code is drawn in the place of everything.
        Overlay::GiveUpQuestion | Overlay::ElsewhereQuestion | Overlay::QrCode => {}
        Overlay::HandOff | Overlay::Report => {
            let Some(shown) = wizard.shown_text(overlay) else {
                return;
            };
            page.heading(shown.title);
            page.dim(shown.advice);
            page.space();
            document::fill(&shown.document, page);
        }
    }
}

/// A question, and what there is to know before it is answered.
pub(super) fn question(words: &[impl AsRef<str>], page: &mut Page<'_>) {
    let Some((title, words)) = words.split_first() else {
        return;
    };
    page.heading(title.as_ref());
    for words in words {
        page.gap();
        page.text(words.as_ref());
    }
}

/// What the steps shorten, whole.
pub(super) fn values(guide: &Guide<impl Journey>, page: &mut Page<'_>) {
    page.heading(Overlay::VALUES_TITLE);
    page.dim(Overlay::VALUES_ADVICE);
    for (digit, value) in numbered(guide.values()) {
        page.gap();
        page.value_heading(digit, value.name);
        // Of what is shown, only this link is doorkey's own.
        if guide.page_link().is_some_and(|link| link == value.text) {
            page.whole_link(&value.text, page.theme.text());
        } else {
            page.whole(&value.text, page.theme.text());
        }
    }
}

/// The fields for a token.
pub(super) fn token(guide: &Guide<impl Journey>, page: &mut Page<'_>) {
    page.heading(TokenForm::TITLE);
    page.text(TokenForm::PURPOSE);
    page.dim(TokenForm::SECRECY);
    page.gap();
    let form = &guide.token;
    page.text("Token");
    page.secret(&form.token, !form.in_email, "paste it here");
    if guide.edition() == Edition::Cloud {
        page.text(TokenForm::EMAIL_QUESTION);
        page.field(&form.email, form.in_email, "you@example.com");
    }
    page.gap();
    page.dim(&TokenForm::needs(guide.edition()));
    if guide.is_demo() {
        page.dim(TokenForm::FILLED_IN);
    }
}

fn identity(wizard: &Wizard, page: &mut Page<'_>) {
    page.heading(IdentityForm::TITLE);
    page.text(IdentityForm::PURPOSE);
    page.dim(IdentityForm::CAUTION);
    if wizard.demo.is_some() {
        page.dim(IdentityForm::SIMULATED);
    }
    page.gap();
    let form = &wizard.identity;
    if form.asks == Asks::Where {
        choices(wizard, page);
        return;
    }
    page.text(IdentityForm::FILE_QUESTION);
    page.field(&form.file, form.asks == Asks::File, "~/.ssh/id_ed25519");
    if form.asks == Asks::Passphrase {
        page.text(IdentityForm::PASSPHRASE_QUESTION);
        page.secret(&form.passphrase, true, "type it here");
    }
}

/// What can be chosen, each with its key. The way out and the help stand in the footer, as everywhere.
fn choices(wizard: &Wizard, page: &mut Page<'_>) {
    let bindings = wizard.bindings().into_iter();
    for binding in bindings
        .filter(|binding| binding.in_footer && binding.action != Action::Show(Overlay::Help))
    {
        if let KeyCode::Char(key) = binding.key {
            page.key(key, &binding.label);
        }
    }
}

/// What would be added where.
pub(super) fn grant(request: Option<&GrantRequest>, page: &mut Page<'_>) {
    page.heading(Overlay::GRANT_QUESTION);
    page.gap();
    let Some(request) = request else {
        return;
    };
    page.text(Overlay::GRANT_INTRODUCTION);
    page.gap();
    let particulars = request.particulars();
    page.values(
        &particulars
            .each_ref()
            .map(|(label, value)| (*label, value.as_str())),
    );
    page.gap();
    page.dim(Overlay::GRANT_ADVICE);
}

/// Every key of a guide, as it is beneath the help.
pub(super) fn help(beneath: &Guide<impl Journey>, page: &mut Page<'_>) {
    let place = beneath.overlay().and_then(Overlay::title);
    let place = place.unwrap_or(beneath.step().1);
    page.heading(&format!("Keys in \"{place}\""));
    page.gap();
    let bindings = beneath.bindings();
    let is_there_a_field = beneath.is_typing()
        || bindings
            .iter()
            .any(|binding| binding.action == Action::Edit);
    let mut keys: Vec<(String, Binding)> = Vec::new();
    for binding in bindings {
        let name = page.theme.key_name(&binding);
        match keys
            .iter_mut()
            .find(|(_, known)| known.action == binding.action || known.label == binding.label)
        {
            Some((names, _)) => *names = format!("{names}, {name}"),
            None => keys.push((name, binding)),
        }
    }
    let widest = keys
        .iter()
        .map(|(names, _)| width(names))
        .max()
        .unwrap_or(0);
    for (names, binding) in keys {
        let before = " ".repeat(widest - width(&names));
        let theme = page.theme;
        page.hanging(
            &format!("{before}{names}  "),
            theme.accent(),
            &binding.label,
            theme.text(),
        );
    }
    if is_there_a_field {
        page.gap();
        page.dim(&page.theme.naming_keys(Field::KEYS));
    }
    if !page.theme.mouse {
        return;
    }
    page.gap();
    page.dim("The mouse works, too: click on a step, an answer, a field or a key. With shift, the terminal selects text.");
}

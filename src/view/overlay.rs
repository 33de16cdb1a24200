//! What lies over a step: help, the question before quitting, the text for an administrator.

use ratatui::text::{Line, Span};

use super::page::Page;
use crate::wizard::{Overlay, Wizard, bindings};

pub(super) fn fill(overlay: Overlay, wizard: &Wizard, page: &mut Page<'_>) {
    match overlay {
        Overlay::Help => help(wizard, page),
        Overlay::QuitQuestion => {
            page.heading(Overlay::QUIT_QUESTION);
            page.gap();
            page.text(Overlay::QUIT_WARNING);
        }
        Overlay::HandOff => {
            page.heading(Overlay::HAND_OFF_TITLE);
            page.dim(Overlay::HAND_OFF_ADVICE);
            page.gap();
            for line in wizard.hand_off().markdown().lines() {
                if line.is_empty() {
                    page.gap();
                } else if line.starts_with("ssh-") || line.starts_with("ecdsa-") {
                    page.whole(line, page.theme.text());
                } else {
                    page.text(line);
                }
            }
        }
    }
}

fn help(wizard: &Wizard, page: &mut Page<'_>) {
    page.heading(&format!("Keys in \"{}\"", wizard.step.title()));
    page.gap();
    let mut beneath = wizard.clone();
    beneath.overlay = None;
    for binding in bindings(&beneath) {
        page.lines.push(Line::from(vec![
            Span::styled(format!("{:>10}  ", binding.name()), page.theme.accent()),
            Span::styled(binding.label.into_owned(), page.theme.text()),
        ]));
    }
    page.gap();
    page.dim("In a field: ← → home end move, ctrl-← ctrl-→ move by words, ctrl-w deletes a word, ctrl-u clears, ctrl-y brings a cleared text back.");
}

//! What can lie over a step: help, questions, the text for an administrator, the fields for a token.

use crossterm::event::KeyCode;

use super::Wizard;
use super::effect::CopyId;
use super::keys::{Action, Binding};

/// Something that lies over the step and takes the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// All keys of the step.
    Help,
    /// Really quit?
    QuitQuestion,
    /// The text for the administrator.
    HandOff,
    /// The fields for an access token.
    Token,
    /// Really add the key?
    GrantQuestion,
}

impl Overlay {
    /// Its keys.
    pub(super) fn bindings(self, wizard: &Wizard) -> Vec<Binding> {
        let mut bindings = match self {
            Overlay::Token => wizard.token.bindings(),
            Overlay::GrantQuestion => vec![
                Binding::letter('y', Action::ConfirmGrant, "add it"),
                Binding::letter('n', Action::CloseOverlay, "don't"),
                Binding::new(KeyCode::Esc, Action::CloseOverlay, "don't").only_in_help(),
            ],
            Overlay::QuitQuestion => vec![
                Binding::letter('y', Action::Quit, "quit"),
                Binding::letter('q', Action::Quit, "quit").only_in_help(),
                Binding::letter('n', Action::CloseOverlay, "stay"),
                Binding::new(KeyCode::Esc, Action::CloseOverlay, "stay").only_in_help(),
            ],
            Overlay::Help => vec![
                Binding::new(KeyCode::Esc, Action::CloseOverlay, "close"),
                Binding::letter('?', Action::CloseOverlay, "close").only_in_help(),
            ],
            Overlay::HandOff => vec![
                Binding::letter('c', Action::Copy(CopyId::HandOff), "copy it all"),
                Binding::new(KeyCode::Esc, Action::CloseOverlay, "close"),
                Binding::letter('h', Action::CloseOverlay, "close").only_in_help(),
            ],
        };
        if matches!(self, Overlay::Help | Overlay::HandOff) {
            let scroll =
                |key, lines, label: &'static str| Binding::new(key, Action::Scroll(lines), label);
            bindings.extend([
                scroll(KeyCode::Down, 1, "scroll"),
                scroll(KeyCode::Up, -1, "scroll up").only_in_help(),
                scroll(KeyCode::PageDown, 8, "scroll down").only_in_help(),
                scroll(KeyCode::PageUp, -8, "scroll up").only_in_help(),
                Binding::letter('q', Action::CloseOverlay, "close").only_in_help(),
                Binding::new(KeyCode::Enter, Action::CloseOverlay, "close").only_in_help(),
            ]);
        }
        bindings.push(Binding::control('c', Action::QuitNow, "end doorkey").only_in_help());
        bindings
    }
}

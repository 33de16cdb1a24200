//! What can lie over a step: help, questions, the text for an administrator, the fields for a token.

use crossterm::event::KeyCode;

use super::effect::CopyId;
use super::keys::{Action, Binding};
use super::token::TokenForm;

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
    /// Really give the rotation up?
    GiveUpQuestion,
    /// Is the old key known only because it is elsewhere?
    ElsewhereQuestion,
}

impl Overlay {
    /// Asked before quitting.
    pub const QUIT_QUESTION: &str = "Quit now?";

    /// What quitting would cost.
    pub const QUIT_WARNING: &str =
        "The setup is not finished. What you entered here would be lost.";

    /// Asked before the key is added.
    pub const GRANT_QUESTION: &str = "Add the key now?";

    /// In front of what would be added.
    pub const GRANT_INTRODUCTION: &str = "doorkey asks Bitbucket to add this access key:";

    /// How to take it back.
    pub const GRANT_ADVICE: &str = "It can be taken out again at any time on the Access keys page.";

    /// Whether it asks for yes or no, and no is the answer that changes nothing.
    pub const fn is_question(self) -> bool {
        matches!(
            self,
            Overlay::QuitQuestion
                | Overlay::GrantQuestion
                | Overlay::GiveUpQuestion
                | Overlay::ElsewhereQuestion
        )
    }

    /// In front of the text for the administrator.
    pub const HAND_OFF_TITLE: &str = "For the administrator";

    /// What the text for the administrator is for.
    pub const HAND_OFF_ADVICE: &str =
        "Send this to someone who may change the repository's settings. It holds nothing secret.";

    /// Its keys.
    pub(crate) fn bindings(self, token: &TokenForm) -> Vec<Binding> {
        let mut bindings = match self {
            Overlay::Token => token.bindings(),
            Overlay::GrantQuestion => yes_or_no(Action::ConfirmGrant, "add it"),
            Overlay::GiveUpQuestion => yes_or_no(Action::ConfirmGiveUp, "give it up"),
            Overlay::ElsewhereQuestion => yes_or_no(Action::ConfirmElsewhere, "end it here"),
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

/// The keys of a question whose no changes nothing.
fn yes_or_no(action: Action, yes: &'static str) -> Vec<Binding> {
    vec![
        Binding::letter('y', action, yes),
        Binding::letter('n', Action::CloseOverlay, "don't"),
        Binding::new(KeyCode::Esc, Action::CloseOverlay, "don't").only_in_help(),
    ]
}

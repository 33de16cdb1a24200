//! What can lie over a step: help, questions, the text for an administrator, the fields for a token or an identity.

use crossterm::event::KeyCode;
use serde::Deserialize;

use super::connection_test::ConnectionTest;
use super::effect::CopyId;
use super::journey::Journey;
use super::keys::{
    Action, Binding, Distance, HELP_KEY, QR_CODE_KEY, SCROLL_ON, scroll_by_line, scroll_by_page,
};
use super::{Guide, values};
use crate::document::Document;

/// Something that lies over the step and takes the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overlay {
    /// All keys of the step.
    Help,
    /// Really quit?
    QuitQuestion,
    /// The text for the administrator.
    HandOff,
    /// The report of the last test.
    Report,
    /// What the steps shorten, whole.
    Values,
    /// The link to the step's page as a QR code.
    QrCode,
    /// The same as plain lines, without anything beside them.
    PlainLines,
    /// The fields for an access token.
    Token,
    /// Which identity of one's own to use.
    Identity,
    /// Really add the key?
    GrantQuestion,
    /// Really give the rotation up?
    GiveUpQuestion,
    /// Is the old key known only because it is elsewhere?
    ElsewhereQuestion,
}

/// What lies over the step, one over the other, and how far each was scrolled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overlays {
    step: Option<u16>,
    over: Vec<(Overlay, Option<u16>)>,
}

impl Overlays {
    pub(crate) fn top(&self) -> Option<Overlay> {
        self.over.last().map(|(overlay, _)| *overlay)
    }

    pub(crate) fn push(&mut self, overlay: Overlay) {
        self.over.push((overlay, None));
    }

    pub(crate) fn pop(&mut self) -> Option<Overlay> {
        self.over.pop().map(|(overlay, _)| overlay)
    }

    pub(crate) fn clear(&mut self) {
        self.over.clear();
    }

    /// How far what is on top was scrolled.
    pub(crate) fn scroll(&self) -> Option<u16> {
        self.over.last().map_or(self.step, |(_, scroll)| *scroll)
    }

    pub(crate) fn set_scroll(&mut self, line: Option<u16>) {
        match self.over.last_mut() {
            Some((_, scroll)) => *scroll = line,
            None => self.step = line,
        }
    }

    /// Another step is on the screen, which nobody has scrolled yet.
    pub(crate) fn begin_step(&mut self) {
        self.step = None;
    }
}

/// A text that can be copied and saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownText {
    /// What it is for.
    pub advice: &'static str,
    /// The text.
    pub document: Document,
    /// How it is called when it is copied.
    pub copy: CopyId,
    /// The name of the file it is saved to.
    pub file: &'static str,
}

impl Overlay {
    /// Asked before quitting.
    pub const QUIT_QUESTION: &str = "Quit now?";

    /// What the picture of a link is called.
    pub const QR_CODE_TITLE: &str = "QR code of the link";

    /// Below the plain lines.
    pub const PLAIN_LINES_ADVICE: &str =
        "Select what you need with the mouse. Enter goes back to doorkey.";

    /// What it is called where it has a name of its own.
    pub const fn title(self) -> Option<&'static str> {
        match self {
            Overlay::Token => Some("Access token"),
            Overlay::Identity => Some("Your own SSH identity"),
            Overlay::HandOff => Some("For the administrator"),
            Overlay::Report => Some("Report of the last test"),
            Overlay::Values | Overlay::PlainLines => Some("In full"),
            Overlay::QrCode => Some(Self::QR_CODE_TITLE),
            Overlay::QuitQuestion => Some(Self::QUIT_QUESTION),
            Overlay::GrantQuestion => Some("Add the key now?"),
            Overlay::Help | Overlay::GiveUpQuestion | Overlay::ElsewhereQuestion => None,
        }
    }

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

    /// Its keys.
    pub(crate) fn bindings<J: Journey>(self, guide: &Guide<J>) -> Vec<Binding> {
        let mut bindings = match self {
            Overlay::Token => guide.token.bindings(guide.edition()),
            Overlay::Identity => guide.identity.bindings(guide.has_own_identity()),
            Overlay::GrantQuestion => yes_or_no(Action::Confirm(self), "add it"),
            Overlay::GiveUpQuestion => yes_or_no(Action::Confirm(self), "give it up"),
            Overlay::ElsewhereQuestion => yes_or_no(Action::Confirm(self), "end it here"),
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
            Overlay::Values => {
                let mut bindings = values::copy_bindings(guide.values());
                bindings.extend([
                    Binding::letter('s', Action::WriteFile, "save to a file"),
                    Binding::letter('z', Action::Show(Overlay::PlainLines), "lines to select"),
                    Binding::new(KeyCode::Esc, Action::CloseOverlay, "close"),
                ]);
                bindings
            }
            Overlay::PlainLines => vec![
                Binding::new(KeyCode::Esc, Action::CloseOverlay, "close"),
                Binding::letter('z', Action::CloseOverlay, "close").only_in_help(),
            ],
            Overlay::QrCode => qr_code_bindings(guide),
            Overlay::HandOff => text_bindings(CopyId::HandOff, 'h'),
            Overlay::Report => text_bindings(CopyId::Report, ConnectionTest::REPORT_KEY),
        };
        let is_to_be_read = matches!(
            self,
            Overlay::Help
                | Overlay::HandOff
                | Overlay::Report
                | Overlay::Values
                | Overlay::PlainLines
        );
        if is_to_be_read {
            bindings.extend([
                Binding::new(KeyCode::Down, Action::Scroll(Distance::Lines(1)), SCROLL_ON),
                Binding::letter('q', Action::CloseOverlay, "close").only_in_help(),
                Binding::new(KeyCode::Enter, Action::CloseOverlay, "close").only_in_help(),
            ]);
        }
        // A QR code is drawn whole or not at all.
        if self != Overlay::QrCode {
            let scroll = scroll_by_line(guide.is_typing()).into_iter();
            bindings
                .extend(scroll.filter(|binding| !is_to_be_read || binding.key != KeyCode::Down));
            bindings.extend(scroll_by_page());
        }
        bindings.push(match self {
            Overlay::Help => Binding::new(HELP_KEY, Action::CloseOverlay, "close").only_in_help(),
            // Where something is typed, nobody would look for it otherwise.
            _ if guide.is_typing() => Binding::new(HELP_KEY, Action::Show(Overlay::Help), "help"),
            _ => Binding::new(HELP_KEY, Action::Show(Overlay::Help), "help").only_in_help(),
        });
        if !matches!(self, Overlay::Help | Overlay::PlainLines) && !guide.is_typing() {
            bindings.push(Binding::letter('?', Action::Show(Overlay::Help), "help"));
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

/// The keys of a QR code: it can be copied if it is among what can be.
fn qr_code_bindings<J: Journey>(guide: &Guide<J>) -> Vec<Binding> {
    let link = guide.page_link();
    let values = guide.values().into_iter();
    let copy = values.filter(|value| link.as_ref() == Some(&value.text));
    let mut bindings: Vec<Binding> = copy
        .map(|value| Binding::letter('l', Action::Copy(value.copy), "copy the link"))
        .take(1)
        .collect();
    bindings.extend([
        Binding::new(KeyCode::Esc, Action::CloseOverlay, "close"),
        Binding::letter(QR_CODE_KEY, Action::CloseOverlay, "close").only_in_help(),
        Binding::letter('q', Action::CloseOverlay, "close").only_in_help(),
        Binding::new(KeyCode::Enter, Action::CloseOverlay, "close").only_in_help(),
    ]);
    bindings
}

/// The keys of a text; the one that opened it closes it, too.
fn text_bindings(copy: CopyId, opened_with: char) -> Vec<Binding> {
    vec![
        Binding::letter('c', Action::Copy(copy), "copy it all"),
        Binding::letter('s', Action::WriteFile, "save to a file"),
        Binding::new(KeyCode::Esc, Action::CloseOverlay, "close"),
        Binding::letter(opened_with, Action::CloseOverlay, "close").only_in_help(),
    ]
}

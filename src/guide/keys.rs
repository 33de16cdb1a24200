//! The keys of each step: one table, read by `update` to act and by the footer and the help to tell.

use std::borrow::Cow;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::Guide;
use super::effect::CopyId;
use super::field::Field;
use super::journey::Journey;
use super::overlay::Overlay;
use crate::check::FixId;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Accept what is here and go on.
    Continue,
    /// Go to the question or the step before.
    Back,
    /// Go to the step with this number, which was reached before.
    GoTo(usize),
    /// Show this over the step.
    Show(Overlay),
    /// Close what lies over the step.
    CloseOverlay,
    /// Yes, do what this asks.
    Confirm(Overlay),
    /// End doorkey, after a question if work would be lost.
    Quit,
    /// End it: the journey is done.
    Finish,
    /// End it at once (Ctrl-C).
    QuitNow,
    /// Scroll the page.
    Scroll(Distance),
    /// Move to the option above.
    Up,
    /// Move to the option below.
    Down,
    /// Start typing in the step's field.
    Edit,
    /// Stop typing.
    LeaveField,
    /// Bring back what was in the step's field before the last larger change.
    Restore,
    /// Take the clipboard's text into the field.
    PasteClipboard,
    /// Ask for a file to read.
    ChooseFile,
    /// Put a text on the clipboard.
    Copy(CopyId),
    /// Write the text that is shown to a file.
    WriteFile,
    /// Open the step's page in a browser.
    OpenPage,
    /// Test again.
    Retry,
    /// End the running test.
    Cancel,
    /// Test again and again until it turns green, or stop doing so.
    Watch,
    /// Apply a fix of the failed check.
    Fix(FixId),
    /// Do in place of the person what has to be done on the Access keys page.
    AddKeyForMe,
    /// Go to the other field of a form.
    OtherField,
    /// Go on without the token that was given.
    ForgetToken,
    /// Test with a key of the SSH agent, too.
    UseAgent,
    /// Ask for the file of one's own key.
    NameKeyFile,
    /// Test without one's own identity again.
    DropIdentity,
    /// Something that only one journey or a stage has.
    Own(Own),
}

/// An action of a journey's own, by its name. Only who binds a key to it knows what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Own(pub &'static str);

/// How far the page is scrolled, down or, below zero, up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distance {
    /// By so many lines.
    Lines(i16),
    /// By so many times what is seen of it at once.
    Pages(i16),
}

impl Distance {
    /// The most lines of one page that are seen again on the next, so that the eye finds them.
    const OVERLAP: u16 = 2;

    /// In lines, where so many are seen at once.
    pub(crate) fn in_lines(self, seen_at_once: u16) -> i16 {
        match self {
            Distance::Lines(lines) => lines,
            Distance::Pages(pages) => {
                let lines = seen_at_once.saturating_sub(Self::OVERLAP).max(1);
                pages.saturating_mul(i16::try_from(lines).unwrap_or(i16::MAX))
            }
        }
    }
}

/// What the keys do that scroll down.
pub(crate) const SCROLL_ON: &str = "scroll on";

/// The key that shows a link as a QR code, and hides it.
pub const QR_CODE_KEY: char = '#';

/// The key that shows all keys, also where `?` is text.
pub(crate) const HELP_KEY: KeyCode = KeyCode::F(1);

/// The names of the keys that are no characters to be seen.
pub const NAMED_KEYS: [(KeyCode, &str); 12] = [
    (KeyCode::Char(' '), "space"),
    (KeyCode::Enter, "enter"),
    (KeyCode::Esc, "esc"),
    (KeyCode::Tab, "tab"),
    (KeyCode::BackTab, "shift-tab"),
    (KeyCode::Left, "←"),
    (KeyCode::Right, "→"),
    (KeyCode::Up, "↑"),
    (KeyCode::Down, "↓"),
    (KeyCode::PageUp, "page up"),
    (KeyCode::PageDown, "page down"),
    (HELP_KEY, "f1"),
];

/// A key, what it does, and its label in the footer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The key.
    pub key: KeyCode,
    /// Whether it is pressed together with Ctrl.
    pub control: bool,
    /// What it does.
    pub action: Action,
    /// A few words for the footer and the help.
    pub label: Cow<'static, str>,
    /// Whether the footer shows it; the help shows all.
    pub in_footer: bool,
}

impl Binding {
    /// A key that the footer shows.
    pub fn new(key: KeyCode, action: Action, label: impl Into<Cow<'static, str>>) -> Self {
        Self {
            key,
            control: false,
            action,
            label: label.into(),
            in_footer: true,
        }
    }

    /// A letter that the footer shows.
    pub fn letter(key: char, action: Action, label: impl Into<Cow<'static, str>>) -> Self {
        Self::new(KeyCode::Char(key), action, label)
    }

    /// A letter pressed with Ctrl.
    pub fn control(key: char, action: Action, label: impl Into<Cow<'static, str>>) -> Self {
        Self {
            control: true,
            ..Self::letter(key, action, label)
        }
    }

    /// The same, shown only in the help.
    #[must_use]
    pub fn only_in_help(mut self) -> Self {
        self.in_footer = false;
        self
    }

    /// Whether this key was pressed.
    pub fn matches(&self, key: KeyEvent) -> bool {
        // Shift is part of the character; some terminals report it besides.
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        self.key == key.code && self.control == control && !alt
    }

    /// The key as it is pressed.
    pub fn pressed(&self) -> KeyEvent {
        let modifiers = if self.control {
            KeyModifiers::CONTROL
        } else {
            KeyModifiers::NONE
        };
        KeyEvent::new(self.key, modifiers)
    }

    /// The key's name, such as `enter` or `ctrl-v`.
    pub fn name(&self) -> String {
        let named = NAMED_KEYS.iter().find(|(code, _)| *code == self.key);
        let name = match (named, self.key) {
            (Some((_, name)), _) => (*name).to_owned(),
            (None, KeyCode::Char(character)) => character.to_string(),
            (None, other) => format!("{other:?}").to_lowercase(),
        };
        if self.control {
            format!("ctrl-{name}")
        } else {
            name
        }
    }
}

/// The keys while a key or an address is being typed.
pub(crate) fn typing_bindings() -> Vec<Binding> {
    let leave = "leave field";
    vec![
        Binding::new(KeyCode::Enter, Action::Continue, "next"),
        Binding::control('v', Action::PasteClipboard, "paste from the clipboard"),
        Binding::new(KeyCode::Esc, Action::LeaveField, leave),
        Binding::new(KeyCode::Tab, Action::LeaveField, leave).only_in_help(),
    ]
}

/// The keys that move between the answers to a question.
pub(crate) fn other_answer() -> [Binding; 4] {
    let label = "other answer";
    [
        Binding::new(KeyCode::Up, Action::Up, label),
        Binding::new(KeyCode::Down, Action::Down, label),
        Binding::letter('k', Action::Up, label).only_in_help(),
        Binding::letter('j', Action::Down, label).only_in_help(),
    ]
}

/// The keys that scroll line by line. A field is one line, so that they are free there, too, but for the letters.
pub(crate) fn scroll_by_line(is_typing: bool) -> Vec<Binding> {
    let (down, up) = (Distance::Lines(1), Distance::Lines(-1));
    let mut keys = vec![scroll_down(KeyCode::Down, down), scroll_up(KeyCode::Up, up)];
    if !is_typing {
        keys.push(scroll_down(KeyCode::Char('j'), down));
        keys.push(scroll_up(KeyCode::Char('k'), up));
    }
    keys
}

/// The keys that scroll page by page.
pub(crate) fn scroll_by_page() -> [Binding; 2] {
    [
        scroll_down(KeyCode::PageDown, Distance::Pages(1)),
        scroll_up(KeyCode::PageUp, Distance::Pages(-1)),
    ]
}

fn scroll_down(key: KeyCode, distance: Distance) -> Binding {
    Binding::new(key, Action::Scroll(distance), SCROLL_ON).only_in_help()
}

fn scroll_up(key: KeyCode, distance: Distance) -> Binding {
    Binding::new(key, Action::Scroll(distance), "scroll back").only_in_help()
}

/// The key that brings back what was in a field, also where nobody types in it; there it is the field's own.
pub(crate) fn restore_binding(field: &Field) -> Option<Binding> {
    let restore = Binding::control('y', Action::Restore, "bring back what was here before");
    field.can_restore().then(|| restore.only_in_help())
}

impl<J: Journey> Guide<J> {
    /// Every key that does something now, the most wanted first.
    pub fn bindings(&self) -> Vec<Binding> {
        let mut bindings = self.table();
        if self.overlay().is_none() && !self.is_typing() {
            bindings.extend(self.stage.notes.clone());
        }
        bindings
    }

    /// The key of the table that was pressed, if it is in it.
    pub(super) fn bound(&self, key: KeyEvent) -> Option<Binding> {
        let mut table = self.table().into_iter();
        table.find(|binding| binding.matches(key))
    }

    /// The keys of the guide itself: those of the step, with those that mean the same in every step; or the keys of what lies
    /// over it.
    pub(crate) fn table(&self) -> Vec<Binding> {
        let mut bindings = match self.overlay() {
            Some(overlay) => overlay.bindings(self),
            None => self.keys_of_step(),
        };
        if !self.may_read_clipboard() {
            // It would only say so. The terminal's own paste works everywhere.
            let reads_it = |binding: &&mut Binding| binding.action == Action::PasteClipboard;
            for binding in bindings.iter_mut().filter(reads_it) {
                binding.in_footer = false;
            }
        }
        bindings
    }

    fn keys_of_step(&self) -> Vec<Binding> {
        let mut bindings = J::keys(self);
        let end = Binding::control('c', Action::QuitNow, "end doorkey").only_in_help();
        if self.is_typing() {
            bindings.extend(scroll_by_line(true));
            bindings.extend(scroll_by_page());
            bindings.extend([
                Binding::new(HELP_KEY, Action::Show(Overlay::Help), "help"),
                end,
            ]);
            return bindings;
        }
        if !bindings
            .iter()
            .any(|binding| binding.action == Action::Down)
        {
            bindings.extend(scroll_by_line(false));
        }
        bindings.extend(scroll_by_page());
        if self.may_go_back() {
            bindings.push(Binding::new(KeyCode::Left, Action::Back, "back"));
            bindings.push(Binding::new(KeyCode::Backspace, Action::Back, "back").only_in_help());
            bindings.push(Binding::new(KeyCode::BackTab, Action::Back, "back").only_in_help());
        }
        if !self.values().is_empty() {
            let show = Action::Show(Overlay::Values);
            let show = Binding::letter('z', show, "show what is shortened in full");
            bindings.push(show.only_in_help());
        }
        if self.page_link().is_some() {
            let show = Action::Show(Overlay::QrCode);
            let show = Binding::letter(QR_CODE_KEY, show, Overlay::QR_CODE_TITLE);
            bindings.push(show.only_in_help());
        }
        bindings.extend([
            Binding::letter('?', Action::Show(Overlay::Help), "help"),
            Binding::new(HELP_KEY, Action::Show(Overlay::Help), "help").only_in_help(),
            Binding::letter('q', Action::Quit, "quit"),
        ]);
        for (digit, (step, number)) in ('1'..='9').zip(self.steps().into_iter().zip(1..)) {
            if step.is_open {
                let label = format!("go to {}", step.title);
                bindings.push(Binding::letter(digit, Action::GoTo(number), label).only_in_help());
            }
        }
        bindings.push(end);
        bindings
    }

    /// Whether there is a question before, or a step that can be gone back to.
    fn may_go_back(&self) -> bool {
        let is_question_before = self.questions().is_some_and(|(_, picks)| picks.focus() > 0);
        is_question_before || self.may_go_to(self.step().0.saturating_sub(1))
    }
}

//! The options that say how the wizard looks, and what the environment says about it.

use std::env;

use clap::{Args, ValueEnum};

use super::environment::{
    background, can_be_asked, colours, is_dumb, is_switched_on, opens_links, speaks_utf8,
};
use crate::adapters::gnu_screen;
use crate::view::Theme;
use crate::view::theme::{Background, Colours};

/// How the wizard looks.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Look")]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct LookOptions {
    /// Use colours for this background
    #[arg(long, value_enum, default_value_t = ThemeArgument::Auto)]
    theme: ThemeArgument,
    /// Draw without signs beyond ASCII
    #[arg(long)]
    ascii: bool,
    /// Draw without colours
    #[arg(long)]
    no_color: bool,
    /// Leave the mouse to the terminal, as inside GNU Screen. Otherwise clicks and the wheel work, and shift selects text
    #[arg(long)]
    no_mouse: bool,
    /// Ask line by line, for screen readers, simple terminals and scripts; also set by DOORKEY_PLAIN=1, and automatically where the
    /// terminal can do no more (TERM=dumb)
    #[arg(long)]
    plain: bool,
}

/// In which form the wizard is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// On the full screen.
    Screen,
    /// Line by line, as somebody asked for it.
    Plain,
    /// Line by line, because the terminal can do no more.
    PlainOnDumbTerminal,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ThemeArgument {
    /// What the terminal answers when asked, or says in COLORFGBG; otherwise dark
    Auto,
    /// For a dark background
    Dark,
    /// For a light background
    Light,
}

impl LookOptions {
    /// The form that was asked for, or that the terminal can do.
    pub(super) fn form(&self) -> Form {
        if self.plain || is_switched_on(variable("DOORKEY_PLAIN").as_deref()) {
            Form::Plain
        } else if is_dumb(&variable) {
            Form::PlainOnDumbTerminal
        } else {
            Form::Screen
        }
    }

    /// Whether clicks and the wheel are doorkey's. With the mouse on, GNU Screen keeps an Esc to itself until the next key.
    fn mouse(&self) -> bool {
        !self.no_mouse && !gnu_screen::is_around()
    }

    /// Whether the terminal can open links itself.
    pub(super) fn opens_links() -> bool {
        opens_links(&variable)
    }

    /// The look, with what the environment adds.
    pub(super) fn theme(&self) -> Theme {
        let usual = usual_theme();
        let background = match self.theme {
            ThemeArgument::Dark => Background::Dark,
            ThemeArgument::Light => Background::Light,
            ThemeArgument::Auto => usual.background(),
        };
        let colours = if self.no_color {
            Colours::None
        } else {
            colours(&variable)
        };
        Theme::new(background, colours, self.ascii || usual.ascii).with_mouse(self.mouse())
    }

    /// Whether the terminal is to be asked about its background: nobody said it, and colours depend on it.
    pub(super) fn asks_terminal(&self) -> bool {
        let is_open = matches!(self.theme, ThemeArgument::Auto);
        is_open && self.theme().is_coloured() && can_be_asked(&variable)
    }
}

/// The look that the environment asks for.
pub(super) fn usual_theme() -> Theme {
    let is_ascii = !speaks_utf8(&variable);
    Theme::new(background(&variable), colours(&variable), is_ascii)
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

//! The options that say how the wizard looks, and what the environment says about it.

use std::env;

use clap::{Args, ValueEnum};

use crate::view::Theme;
use crate::view::theme::Background;

/// How the wizard looks.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Look")]
pub(super) struct LookOptions {
    /// Colours for this background
    #[arg(long, value_enum, default_value_t = ThemeArgument::Auto)]
    theme: ThemeArgument,
    /// Draw without signs beyond ASCII
    #[arg(long)]
    ascii: bool,
    /// Draw without colours
    #[arg(long)]
    no_color: bool,
    /// Line by line, for screen readers, dumb terminals and scripts: a question, its default, an answer; also with
    /// DOORKEY_PLAIN=1, and by itself on a terminal that can do no more (TERM=dumb)
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
    /// What the terminal says in COLORFGBG, otherwise dark
    Auto,
    /// For a dark background
    Dark,
    /// For a light background
    Light,
}

impl LookOptions {
    /// The form that was asked for, or that the terminal can do.
    pub(super) fn form(&self) -> Form {
        if self.plain || is_switched_on(env::var("DOORKEY_PLAIN").ok().as_deref()) {
            Form::Plain
        } else if env::var_os("TERM").is_some_and(|term| term == "dumb") {
            Form::PlainOnDumbTerminal
        } else {
            Form::Screen
        }
    }

    /// The look, with what the environment adds (`NO_COLOR`: no-color.org).
    pub(super) fn theme(&self) -> Theme {
        let background = match self.theme {
            ThemeArgument::Dark => Background::Dark,
            ThemeArgument::Light => Background::Light,
            ThemeArgument::Auto => background_of(env::var("COLORFGBG").ok().as_deref()),
        };
        let no_color =
            self.no_color || env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Theme::new(background, !no_color, self.ascii || !speaks_utf8())
    }
}

/// Whether a variable of the environment says yes.
fn is_switched_on(value: Option<&str>) -> bool {
    !matches!(value, None | Some("" | "0" | "no" | "false"))
}

/// `COLORFGBG` ends in the background's colour number; 7 and 15 are the light ones (rxvt's convention).
fn background_of(colorfgbg: Option<&str>) -> Background {
    let background = colorfgbg.and_then(|value| value.rsplit(';').next());
    match background {
        Some("7" | "15") => Background::Light,
        _ => Background::Dark,
    }
}

/// Whether the locale says UTF-8. The first of these variables that is set decides (POSIX, chapter 8.2).
fn speaks_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(|name| env::var(name).ok())
        .find(|value| !value.is_empty());
    let Some(locale) = locale else {
        // Nothing set is the C locale on Unix; elsewhere terminals speak Unicode.
        return cfg!(not(unix)) || cfg!(target_os = "macos");
    };
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_may_say_its_background() {
        assert_eq!(background_of(Some("0;15")), Background::Light);
        assert_eq!(background_of(Some("0;default;7")), Background::Light);
        assert_eq!(background_of(Some("15;0")), Background::Dark);
        assert_eq!(background_of(None), Background::Dark);
    }

    #[test]
    fn a_variable_can_also_say_no() {
        assert!(is_switched_on(Some("1")) && is_switched_on(Some("yes")));
        for no in [None, Some(""), Some("0"), Some("false")] {
            assert!(!is_switched_on(no), "{no:?}");
        }
    }
}

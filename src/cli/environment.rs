//! What the environment says about the terminal: its colours, its background, its signs.

use crate::view::theme::{Background, Colours};

/// The variables of an environment, by name.
pub(super) type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Whether a variable says yes.
pub(super) fn is_switched_on(value: Option<&str>) -> bool {
    !matches!(value, None | Some("" | "0" | "no" | "false"))
}

/// Whether the terminal can do no more than lines; on Unix also one that does not say what it is.
pub(super) fn is_dumb(variables: Variables<'_>) -> bool {
    match variables("TERM").as_deref() {
        None | Some("") => cfg!(unix),
        Some(term) => matches!(term, "dumb" | "unknown"),
    }
}

/// How many colours are to be drawn. `NO_COLOR` (no-color.org) goes before `CLICOLOR_FORCE` and `CLICOLOR`
/// (bixense.com/clicolors), these before what the terminal is said to be able to do.
pub(super) fn colours(variables: Variables<'_>) -> Colours {
    if variables("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return Colours::None;
    }
    let able = colours_of_terminal(variables);
    let is_forced =
        variables("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
    match able {
        Colours::None if is_forced => Colours::Sixteen,
        _ if !is_forced && variables("CLICOLOR").is_some_and(|value| value == "0") => Colours::None,
        able => able,
    }
}

/// Terminals of today that have all colours and open links, and need not say so: parts of what they call themselves in
/// `TERM`.
const MODERN: &[&str] = &[
    "alacritty",
    "contour",
    "foot",
    "ghostty",
    "kitty",
    "wezterm",
];

fn colours_of_terminal(variables: Variables<'_>) -> Colours {
    // Printers, glass teletypes and DEC's terminals before the VT241.
    const NONE: &[&str] = &["dumb", "vt52", "vt100", "vt102", "vt220", "xterm-mono"];
    let term = variables("TERM").unwrap_or_default();
    let names = |known: &[&str]| known.iter().any(|name| term.contains(name));
    let says_true = matches!(
        variables("COLORTERM").as_deref(),
        Some("truecolor" | "24bit")
    );
    if NONE.contains(&term.as_str()) {
        Colours::None
    } else if term.ends_with("-direct") || names(MODERN) || (says_true && !is_gnu_screen(variables))
    {
        Colours::True
    } else if term.contains("256color") {
        Colours::TwoHundredFiftySix
    } else if term.is_empty() && cfg!(windows) {
        // The console of Windows 10 and later.
        Colours::True
    } else {
        Colours::Sixteen
    }
}

/// GNU Screen hands on `COLORTERM` of the terminal around it, and misreads the colours that it promises. tmux, which may
/// call itself `screen`, translates them.
fn is_gnu_screen(variables: Variables<'_>) -> bool {
    let is_screen = variables("TERM").is_some_and(|term| term.starts_with("screen"));
    is_screen && variables("TMUX").is_none()
}

/// Whether the terminal is known to open links (OSC 8). One that isn't gets none: some old ones print what they don't know.
/// `FORCE_HYPERLINK` decides where it is set, as in other programs.
pub(super) fn opens_links(variables: Variables<'_>) -> bool {
    // By what they call themselves in TERM_PROGRAM.
    const PROGRAMS: &[&str] = &[
        "Hyper",
        "WezTerm",
        "ghostty",
        "iTerm.app",
        "mintty",
        "rio",
        "vscode",
    ];
    if let Some(forced) = variables("FORCE_HYPERLINK") {
        return is_switched_on(Some(&forced));
    }
    let term = variables("TERM").unwrap_or_default();
    let program = variables("TERM_PROGRAM").unwrap_or_default();
    if variables("TMUX").is_some() {
        // The variables of the terminal outside are handed on; tmux passes links on to it since 3.4.
        let version = variables("TERM_PROGRAM_VERSION").unwrap_or_default();
        return program == "tmux" && is_at_least(&version, (3, 4));
    }
    if is_gnu_screen(variables) || is_dumb(variables) {
        return false;
    }
    let is_since = |version: Option<String>, least| {
        let version = version.and_then(|version| version.parse::<u32>().ok());
        version.is_some_and(|version| version >= least)
    };
    MODERN.iter().any(|name| term.contains(name))
        || PROGRAMS.contains(&&*program)
        // On VTE GNOME's terminals are built; 0.50.0 crashed at links.
        || is_since(variables("VTE_VERSION"), 5001)
        || is_since(variables("KONSOLE_VERSION"), 201_200)
        // Windows Terminal.
        || variables("WT_SESSION").is_some()
}

/// Whether a version such as `3.4` or `3.3a` is this one or a later one.
fn is_at_least(version: &str, least: (u32, u32)) -> bool {
    let mut numbers = version
        .split(|character: char| !character.is_ascii_digit())
        .map(|number| number.parse::<u32>().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    (next(), next()) >= least
}

/// Whether the terminal can be asked about its background without harm. GNU Screen lets some other terminal answer, and
/// so at any time or never; Linux's console and Eterm know no such question.
pub(super) fn can_be_asked(variables: Variables<'_>) -> bool {
    let term = variables("TERM").unwrap_or_default();
    cfg!(unix)
        && !matches!(term.as_str(), "" | "dumb" | "linux" | "Eterm")
        && !is_gnu_screen(variables)
}

/// `COLORFGBG` ends in the background's colour number; 7 and 15 are the light ones (rxvt's convention). Dark otherwise.
pub(super) fn background(variables: Variables<'_>) -> Background {
    let value = variables("COLORFGBG").unwrap_or_default();
    match value.rsplit(';').next() {
        Some("7" | "15") => Background::Light,
        _ => Background::Dark,
    }
}

/// Whether the locale says UTF-8. The first of these variables that is set decides (POSIX, chapter 8.2).
pub(super) fn speaks_utf8(variables: Variables<'_>) -> bool {
    let locale = [
        variables("LC_ALL"),
        variables("LC_CTYPE"),
        variables("LANG"),
    ];
    let locale = locale.into_iter().flatten().find(|value| !value.is_empty());
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

    /// An environment written as `NAME=value NAME=value`.
    fn with<T>(environment: &str, ask: impl FnOnce(Variables<'_>) -> T) -> T {
        ask(&|wanted| {
            let set = environment.split_whitespace();
            let mut set = set.filter_map(|variable| variable.split_once('='));
            set.find_map(|(name, value)| (name == wanted).then(|| value.to_owned()))
        })
    }

    #[test]
    fn as_many_colours_as_the_terminal_has_and_as_are_wanted() {
        use Colours::{None, Sixteen, True, TwoHundredFiftySix};
        for (environment, expected) in [
            ("TERM=xterm-256color", TwoHundredFiftySix),
            ("TERM=xterm-256color COLORTERM=truecolor", True),
            ("TERM=xterm-256color COLORTERM=24bit", True),
            ("TERM=xterm-256color COLORTERM=yes", TwoHundredFiftySix),
            ("TERM=xterm-kitty", True),
            ("TERM=xterm-direct", True),
            ("TERM=tmux-256color COLORTERM=truecolor TMUX=/tmp/x", True),
            ("TERM=screen-256color COLORTERM=truecolor TMUX=/tmp/x", True),
            (
                "TERM=screen-256color COLORTERM=truecolor",
                TwoHundredFiftySix,
            ),
            ("TERM=screen COLORTERM=truecolor", Sixteen),
            ("TERM=xterm", Sixteen),
            ("TERM=linux", Sixteen),
            ("TERM=vt100", None),
            ("TERM=vt100 CLICOLOR_FORCE=1", Sixteen),
            ("TERM=vt100 CLICOLOR_FORCE=0", None),
            ("TERM=dumb", None),
            ("TERM=xterm-256color CLICOLOR=0", None),
            (
                "TERM=xterm-256color CLICOLOR=0 CLICOLOR_FORCE=1",
                TwoHundredFiftySix,
            ),
            ("TERM=xterm-256color NO_COLOR=1 CLICOLOR_FORCE=1", None),
            ("TERM=xterm-256color NO_COLOR=", TwoHundredFiftySix),
        ] {
            assert_eq!(with(environment, colours), expected, "{environment}");
        }
    }

    #[test]
    fn links_go_to_terminals_that_are_known_to_open_them() {
        for (environment, expected) in [
            ("TERM=xterm-kitty", true),
            ("TERM=foot", true),
            ("TERM=xterm-256color TERM_PROGRAM=iTerm.app", true),
            ("TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", false),
            ("TERM=xterm-256color VTE_VERSION=7006", true),
            ("TERM=xterm-256color VTE_VERSION=5000", false),
            ("TERM=xterm-256color KONSOLE_VERSION=220401", true),
            ("TERM=xterm-256color WT_SESSION=1", true),
            ("TERM=xterm-256color", false),
            ("TERM=linux", false),
            ("TERM=dumb VTE_VERSION=7006", false),
            ("TERM=screen VTE_VERSION=7006", false),
            (
                "TERM=tmux-256color TMUX=x TERM_PROGRAM=tmux TERM_PROGRAM_VERSION=3.4",
                true,
            ),
            (
                "TERM=screen-256color TMUX=x TERM_PROGRAM=tmux TERM_PROGRAM_VERSION=3.3a VTE_VERSION=7006",
                false,
            ),
            ("TERM=xterm FORCE_HYPERLINK=1", true),
            ("TERM=xterm-kitty FORCE_HYPERLINK=0", false),
        ] {
            assert_eq!(with(environment, opens_links), expected, "{environment}");
        }
    }

    #[test]
    fn a_terminal_that_says_nothing_of_itself_gets_lines() {
        for (environment, expected) in [
            ("TERM=dumb", true),
            ("TERM=unknown", true),
            ("", cfg!(unix)),
            ("TERM=xterm", false),
        ] {
            assert_eq!(with(environment, is_dumb), expected, "{environment}");
        }
    }

    #[test]
    fn only_terminals_that_answer_by_themselves_are_asked() {
        for (environment, expected) in [
            ("TERM=xterm-256color", cfg!(unix)),
            ("TERM=screen TMUX=/tmp/x", cfg!(unix)),
            ("TERM=screen", false),
            ("TERM=linux", false),
            ("TERM=dumb", false),
            ("", false),
        ] {
            assert_eq!(with(environment, can_be_asked), expected, "{environment}");
        }
    }

    #[test]
    fn the_environment_may_say_the_background() {
        for (environment, expected) in [
            ("COLORFGBG=0;15", Background::Light),
            ("COLORFGBG=0;default;7", Background::Light),
            ("COLORFGBG=15;0", Background::Dark),
            ("", Background::Dark),
        ] {
            assert_eq!(with(environment, background), expected, "{environment}");
        }
    }

    #[test]
    fn the_first_variable_of_the_locale_that_is_set_decides() {
        for (environment, expected) in [
            ("LANG=en_GB.UTF-8", true),
            ("LANG=C.utf8", true),
            ("LANG=C", false),
            ("LC_ALL=C LANG=en_GB.UTF-8", false),
            ("LC_ALL= LC_CTYPE=UTF-8 LANG=C", true),
            ("LC_CTYPE=de_DE.ISO-8859-1 LANG=de_DE.UTF-8", false),
        ] {
            assert_eq!(with(environment, speaks_utf8), expected, "{environment}");
        }
    }

    #[test]
    fn a_variable_can_also_say_no() {
        assert!(is_switched_on(Some("1")) && is_switched_on(Some("yes")));
        for no in [None, Some(""), Some("0"), Some("false")] {
            assert!(!is_switched_on(no), "{no:?}");
        }
    }
}

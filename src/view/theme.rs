//! Colours and glyphs. Colour never carries meaning alone: a glyph or a word always goes with it.

use ratatui::style::{Color, Modifier, Style};

/// How everything looks.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    palette: Option<Palette>,
    /// Whether only ASCII may be drawn.
    pub ascii: bool,
    /// The signs that are drawn.
    pub glyphs: Glyphs,
}

#[derive(Clone, Copy, Debug)]
struct Palette {
    accent: Color,
    good: Color,
    bad: Color,
    warn: Color,
    dim: Color,
}

/// For dark backgrounds: each at least 4.5:1 against black.
const DARK: Palette = Palette {
    accent: Color::Indexed(117),
    good: Color::Indexed(114),
    bad: Color::Indexed(210),
    warn: Color::Indexed(221),
    dim: Color::Indexed(247),
};

/// For light backgrounds: each at least 4.5:1 against white.
const LIGHT: Palette = Palette {
    accent: Color::Indexed(25),
    good: Color::Indexed(22),
    bad: Color::Indexed(124),
    warn: Color::Indexed(94),
    dim: Color::Indexed(240),
};

/// The signs that are drawn.
#[derive(Clone, Copy, Debug)]
pub struct Glyphs {
    /// Something that holds, or is done.
    pub good: &'static str,
    /// Something that is wrong.
    pub bad: &'static str,
    /// Something to look at.
    pub warn: &'static str,
    /// Where one is, or what is picked.
    pub here: &'static str,
    /// Something open, or not picked.
    pub open: &'static str,
    /// In front of what has the focus.
    pub focus: &'static str,
    /// The edge of a field that is being typed in.
    pub field: &'static str,
    /// The edge of a field that is not.
    pub idle_field: &'static str,
    /// A horizontal line.
    pub rule: &'static str,
    /// There is more above.
    pub more_above: &'static str,
    /// There is more below.
    pub more_below: &'static str,
    /// Stands for a character that must not be seen.
    pub mask: &'static str,
    /// A line end inside a field.
    pub line_end: &'static str,
    /// The frames of a spinner.
    pub spinner: &'static [&'static str],
}

const UNICODE: Glyphs = Glyphs {
    good: "✓",
    bad: "✗",
    warn: "!",
    here: "●",
    open: "○",
    focus: "›",
    field: "┃",
    idle_field: "│",
    rule: "─",
    more_above: "▲",
    more_below: "▼",
    mask: "•",
    line_end: "⏎",
    spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
};

const ASCII: Glyphs = Glyphs {
    good: "+",
    bad: "x",
    warn: "!",
    here: "*",
    open: "o",
    focus: ">",
    field: "|",
    idle_field: ":",
    rule: "-",
    more_above: "^",
    more_below: "v",
    mask: "*",
    line_end: " ",
    spinner: &["|", "/", "-", "\\"],
};

/// Which background the terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// Dark, or unknown.
    #[default]
    Dark,
    /// Light.
    Light,
}

impl Theme {
    /// The look for a background, with or without colours, with or without signs beyond ASCII.
    pub fn new(background: Background, coloured: bool, ascii: bool) -> Self {
        let palette = match background {
            Background::Dark => DARK,
            Background::Light => LIGHT,
        };
        Self {
            palette: coloured.then_some(palette),
            ascii,
            glyphs: if ascii { ASCII } else { UNICODE },
        }
    }

    fn colour(&self, pick: fn(&Palette) -> Color) -> Style {
        match &self.palette {
            Some(palette) => Style::new().fg(pick(palette)),
            None => Style::new(),
        }
    }

    /// Ordinary text: the terminal's own colours.
    pub fn text(&self) -> Style {
        Style::new()
    }

    /// Text that stands out.
    pub fn strong(&self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What has the focus, and keys to press.
    pub fn accent(&self) -> Style {
        self.colour(|palette| palette.accent)
            .add_modifier(Modifier::BOLD)
    }

    /// Something that holds.
    pub fn good(&self) -> Style {
        self.colour(|palette| palette.good)
    }

    /// Something wrong.
    pub fn bad(&self) -> Style {
        self.colour(|palette| palette.bad)
    }

    /// Something to look at.
    pub fn warn(&self) -> Style {
        self.colour(|palette| palette.warn)
    }

    /// What explains or is not yet due.
    pub fn dim(&self) -> Style {
        self.colour(|palette| palette.dim)
    }
}

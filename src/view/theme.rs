//! Colours and glyphs. Colour never carries meaning alone: a glyph or a word always goes with it.

use std::borrow::Cow;

use ratatui::style::{Color, Modifier, Style};

use crate::guide::Binding;
use crate::guide::parts::Mark;

/// How everything looks.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    background: Background,
    colours: Colours,
    /// Whether only ASCII may be drawn.
    pub ascii: bool,
    /// Whether clicks and the wheel are doorkey's.
    pub mouse: bool,
    /// The signs that are drawn.
    pub glyphs: &'static Glyphs,
}

/// How many colours the terminal has, as far as is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colours {
    /// None, or none are wanted.
    None,
    /// The sixteen whose values are the terminal's own.
    Sixteen,
    /// Those and a cube of fixed ones.
    #[default]
    TwoHundredFiftySix,
    /// Any.
    True,
}

/// A colour in each of the ways a terminal can have it.
#[derive(Clone, Copy, Debug)]
struct Tone {
    sixteen: Color,
    /// In xterm's table of 256.
    indexed: u8,
    rgb: (u8, u8, u8),
}

impl Tone {
    const fn new(sixteen: Color, indexed: u8, rgb: (u8, u8, u8)) -> Self {
        Self {
            sixteen,
            indexed,
            rgb,
        }
    }

    const fn colour(self, colours: Colours) -> Option<Color> {
        match colours {
            Colours::None => None,
            Colours::Sixteen => Some(self.sixteen),
            Colours::TwoHundredFiftySix => Some(Color::Indexed(self.indexed)),
            Colours::True => Some(Color::Rgb(self.rgb.0, self.rgb.1, self.rgb.2)),
        }
    }
}

#[derive(Debug)]
struct Palette {
    accent: Tone,
    good: Tone,
    bad: Tone,
    warn: Tone,
    dim: Tone,
}

// The tests below hold these tables to a contrast of 4.5:1 against usual backgrounds, and to tones that people who see
// red and green alike can tell apart. Nobody can promise that of the sixteen: there, what is only quieter than the text
// stays as it is, for many a terminal's grey is no colour to read.

/// For dark backgrounds.
static DARK: Palette = Palette {
    accent: Tone::new(Color::LightCyan, 117, (0x7c, 0xc7, 0xff)),
    good: Tone::new(Color::LightGreen, 79, (0x4f, 0xd6, 0xb8)),
    bad: Tone::new(Color::LightRed, 209, (0xff, 0x7b, 0x6b)),
    warn: Tone::new(Color::LightYellow, 228, (0xff, 0xe0, 0x8a)),
    dim: Tone::new(Color::Reset, 248, (0xa8, 0xa8, 0xa8)),
};

/// For light backgrounds.
static LIGHT: Palette = Palette {
    accent: Tone::new(Color::Blue, 25, (0x00, 0x5c, 0xc5)),
    good: Tone::new(Color::Green, 23, (0x00, 0x63, 0x5d)),
    bad: Tone::new(Color::Red, 88, (0x8c, 0x0a, 0x0a)),
    warn: Tone::new(Color::Magenta, 94, (0x8a, 0x5d, 0x00)),
    dim: Tone::new(Color::Reset, 240, (0x59, 0x59, 0x59)),
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
    /// Where one is.
    pub here: &'static str,
    /// Something open.
    pub open: &'static str,
    /// An answer that is picked.
    pub picked: &'static str,
    /// An answer that is not.
    pub unpicked: &'static str,
    /// Something that can't be gone to yet.
    pub later: &'static str,
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
    /// There is more of a field's text before what is seen.
    pub more_left: &'static str,
    /// There is more of it after what is seen.
    pub more_right: &'static str,
    /// Stands for a character that must not be seen.
    pub mask: &'static str,
    /// A line end inside a field.
    pub line_end: &'static str,
    /// The frames of a spinner.
    pub spinner: &'static [&'static str],
}

static UNICODE: Glyphs = Glyphs {
    good: "✓",
    bad: "✗",
    warn: "!",
    here: "●",
    open: "○",
    picked: "(•)",
    unpicked: "( )",
    later: "·",
    focus: "›",
    field: "┃",
    idle_field: "│",
    rule: "─",
    more_above: "▲",
    more_below: "▼",
    more_left: "‹",
    more_right: "›",
    mask: "•",
    line_end: "⏎",
    spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
};

static ASCII: Glyphs = Glyphs {
    good: "+",
    bad: "x",
    warn: "!",
    here: "*",
    open: "o",
    picked: "(*)",
    unpicked: "( )",
    later: ".",
    focus: ">",
    field: "|",
    idle_field: ":",
    rule: "-",
    more_above: "^",
    more_below: "v",
    more_left: "<",
    more_right: ">",
    mask: "*",
    line_end: " ",
    spinner: &["|", "/", "-", "\\"],
};

/// What the arrow keys are called where only ASCII may be drawn.
const ARROWS: [(char, &str); 4] = [('←', "left"), ('→', "right"), ('↑', "up"), ('↓', "down")];

/// Which background the terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// Dark, or unknown.
    #[default]
    Dark,
    /// Light.
    Light,
}

impl Background {
    const fn palette(self) -> &'static Palette {
        match self {
            Background::Dark => &DARK,
            Background::Light => &LIGHT,
        }
    }
}

impl Theme {
    /// The look for a background, with so many colours, with or without signs beyond ASCII.
    pub fn new(background: Background, colours: Colours, ascii: bool) -> Self {
        Self {
            colours,
            ascii,
            mouse: true,
            glyphs: if ascii { &ASCII } else { &UNICODE },
            background,
        }
    }

    /// The same look for another background.
    #[must_use]
    pub fn on(self, background: Background) -> Self {
        Self { background, ..self }
    }

    /// The same look, where the mouse is left to the terminal or not.
    #[must_use]
    pub fn with_mouse(self, mouse: bool) -> Self {
        Self { mouse, ..self }
    }

    /// The background everything is drawn on.
    pub fn background(&self) -> Background {
        self.background
    }

    /// Whether anything is drawn in colours.
    pub fn is_coloured(&self) -> bool {
        self.colours != Colours::None
    }

    /// The name of a key.
    pub fn key_name(&self, binding: &Binding) -> String {
        self.naming_keys(&binding.name()).into_owned()
    }

    /// A text about keys: where arrows can't be drawn, they are named.
    pub fn naming_keys<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !self.ascii {
            return Cow::Borrowed(text);
        }
        let named = ARROWS.iter().fold(text.to_owned(), |text, (arrow, name)| {
            text.replace(*arrow, name)
        });
        Cow::Owned(named)
    }

    fn colour(&self, tone: Tone) -> Style {
        match tone.colour(self.colours) {
            Some(colour) => Style::new().fg(colour),
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
        self.colour(self.background.palette().accent)
            .add_modifier(Modifier::BOLD)
    }

    /// The sign and the looks of a mark.
    pub fn mark(&self, mark: Mark) -> (&'static str, Style) {
        match mark {
            Mark::Good => (self.glyphs.good, self.good()),
            Mark::Bad => (self.glyphs.bad, self.bad()),
            Mark::Warn => (self.glyphs.warn, self.warn()),
            Mark::Untold => (self.glyphs.open, self.warn()),
            Mark::Open => (self.glyphs.open, self.dim()),
        }
    }

    /// Something that holds.
    pub fn good(&self) -> Style {
        self.colour(self.background.palette().good)
    }

    /// Something wrong.
    pub fn bad(&self) -> Style {
        self.colour(self.background.palette().bad)
    }

    /// Something to look at.
    pub fn warn(&self) -> Style {
        self.colour(self.background.palette().warn)
    }

    /// What explains or is not yet due.
    pub fn dim(&self) -> Style {
        self.colour(self.background.palette().dim)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Linear = [f64; 3];

    const fn tones(palette: &Palette) -> [(&'static str, Tone); 5] {
        [
            ("accent", palette.accent),
            ("good", palette.good),
            ("bad", palette.bad),
            ("warn", palette.warn),
            ("dim", palette.dim),
        ]
    }

    /// A tone as seen on terminals with 256 colours, and on those with all.
    fn seen(tone: Tone) -> [Linear; 2] {
        [linear(of_table(tone.indexed)), linear(tone.rgb)]
    }

    /// xterm's table from 16 on: a cube of six values for each part, then greys.
    fn of_table(index: u8) -> (u8, u8, u8) {
        let part = |number: u8| if number == 0 { 0 } else { 55 + 40 * number };
        match index {
            0..16 => panic!("{index} has no fixed value"),
            16..232 => {
                let number = index - 16;
                (part(number / 36), part(number / 6 % 6), part(number % 6))
            }
            232.. => [8 + 10 * (index - 232); 3].into(),
        }
    }

    fn linear((red, green, blue): (u8, u8, u8)) -> Linear {
        [red, green, blue].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    fn times(matrix: [Linear; 3], colour: Linear) -> Linear {
        matrix.map(|row| row.iter().zip(colour).map(|(a, b)| a * b).sum())
    }

    /// Of sRGB (IEC 61966-2-1), to CIE XYZ.
    const XYZ: [Linear; 3] = [
        [0.4124, 0.3576, 0.1805],
        [0.2126, 0.7152, 0.0722],
        [0.0193, 0.1192, 0.9505],
    ];

    /// As WCAG 2.2 defines it.
    fn contrast(one: Linear, other: Linear) -> f64 {
        let [one, other] = [one, other].map(|colour| times(XYZ, colour)[1] + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn text_stands_out_from_usual_backgrounds() {
        // Black, and what editors and Solarized, One Dark, Nord make of it; white, Solarized's, and a light grey.
        let dark = [0x00_00_00, 0x1e_1e_1e, 0x00_2b_36, 0x28_2c_34, 0x2e_34_40];
        let light = [0xff_ff_ff, 0xfd_f6_e3, 0xee_ee_ee];
        for (palette, backgrounds) in [(&DARK, &dark[..]), (&LIGHT, &light[..])] {
            for (name, tone) in tones(palette) {
                for background in backgrounds {
                    let [_, red, green, blue] = u32::to_be_bytes(*background);
                    for colour in seen(tone) {
                        let contrast = contrast(colour, linear((red, green, blue)));
                        assert!(contrast >= 4.5, "{name} on {background:06x}: {contrast:.2}");
                    }
                }
            }
        }
    }

    /// What somebody sees who lacks one kind of cone (Machado, Oliveira, Fernandes 2009, severity 1.0).
    const VISIONS: [[Linear; 3]; 3] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ];

    /// The difference as CIE 1976 has it; people see one from about 2 on.
    fn difference(one: Linear, other: Linear) -> f64 {
        let lab = |colour: Linear| {
            let [x, y, z] = times(XYZ, colour.map(|part| part.clamp(0.0, 1.0)));
            let [x, y, z] = [x / 0.950_47, y, z / 1.088_83].map(|part| {
                if part > 0.008_856 {
                    part.cbrt()
                } else {
                    7.787 * part + 16.0 / 116.0
                }
            });
            [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
        };
        let (one, other) = (lab(one), lab(other));
        let squares = one.iter().zip(other).map(|(a, b)| (a - b).powi(2));
        squares.sum::<f64>().sqrt()
    }

    #[test]
    fn how_things_stand_is_seen_without_telling_red_from_green() {
        for palette in [&DARK, &LIGHT] {
            let states = [
                ("good and bad", palette.good, palette.bad),
                ("good and warn", palette.good, palette.warn),
                ("bad and warn", palette.bad, palette.warn),
            ];
            for (names, one, other) in states {
                for vision in VISIONS {
                    for (one, other) in seen(one).into_iter().zip(seen(other)) {
                        let difference = difference(times(vision, one), times(vision, other));
                        assert!(difference >= 12.0, "{names}: {difference:.1}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_two_signs_look_the_same() {
        for glyphs in [UNICODE, ASCII] {
            let signs = [
                glyphs.good,
                glyphs.bad,
                glyphs.warn,
                glyphs.here,
                glyphs.open,
                glyphs.picked,
                glyphs.unpicked,
                glyphs.later,
                glyphs.focus,
            ];
            for (index, sign) in signs.iter().enumerate() {
                assert!(!signs[..index].contains(sign), "{sign}");
            }
            assert_ne!(glyphs.field, glyphs.idle_field);
        }
    }
}

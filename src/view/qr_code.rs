//! A link as a QR code, in the place of everything else: where no browser is near, a phone may be.
//!
//! ```text
//!   █▀▀▀▀▀█ ▄▀ ▄█ █▀▀▀▀▀█
//!   █ ███ █ ▀█▄▀▄ █ ███ █     two modules in each cell, one above the other
//!   █▄▄▄▄▄█ █ ▄▀█ █▄▄▄▄▄█
//!   Point a phone's camera at it.
//!   https://bitbucket.org/…
//!   l copy link  esc close
//! ```

use qrcode::{Color as Module, EcLevel, QrCode};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::text::Line;
use ratatui::widgets::Widget;

use super::page::{Density, Page};
use super::theme::{Background, Theme};
use super::{MOST, Surface, footer, middle_of, pieces_beside};
use crate::guide::{Guide, Journey};
use crate::text::shorten_middle;

/// How many light modules there are around a code, and how many lines of words below it, the best first. The standard
/// (ISO/IEC 18004) has four modules all around; cameras of today read a code with one.
const LAYOUTS: [(usize, u16); 8] = [
    (4, 3),
    (2, 3),
    (2, 2),
    (1, 2),
    (2, 1),
    (1, 1),
    (2, 0),
    (1, 0),
];

/// Draws a link, with what to do with the code.
pub(super) fn draw(
    guide: &Guide<impl Journey>,
    (link, advice): (&str, &str),
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
    surface: &mut Surface,
) {
    // The least correction: a screen is neither torn nor dirty, and fewer modules are larger ones.
    let code = QrCode::with_error_correction_level(link, EcLevel::L).ok();
    let fitting = code.as_ref().and_then(|code| {
        let fits = |(quiet, words): &(usize, u16)| {
            let (columns, rows) = Picture::new(code, *quiet, theme).size();
            columns <= area.width && rows.saturating_add(*words) <= area.height
        };
        let layout = LAYOUTS.into_iter().find(fits)?;
        Some((Picture::new(code, layout.0, theme), layout.1))
    });
    let Some((code, words)) = fitting else {
        let needed = code.map(|code| Picture::new(&code, 1, theme).size());
        return instead(guide, theme, link, needed, area, buffer, surface);
    };
    let (columns, rows) = code.size();
    let left = area.x + (area.width - columns) / 2;
    let top = area.y + (area.height - rows - words) / 2;
    code.draw(left, top, buffer);
    let below = Rect::new(area.x, top + rows, area.width, words);
    let mut lines: Vec<Line<'_>> = vec![
        Line::styled(advice, theme.text()).centered(),
        Line::styled(
            shorten_middle(link, usize::from(area.width)),
            theme.accent(),
        )
        .centered(),
    ];
    let mut rows = below.rows().collect::<Vec<_>>();
    // The keys come last, and first of all.
    if let Some(last) = rows.pop() {
        keys(guide, theme, last, buffer, surface);
    }
    let lines = lines.split_off(lines.len().saturating_sub(rows.len()));
    for (line, row) in lines.into_iter().zip(rows) {
        line.render(row, buffer);
    }
}

/// What is said where there is no room for a code.
fn instead(
    guide: &Guide<impl Journey>,
    theme: &Theme,
    link: &str,
    needed: Option<(u16, u16)>,
    area: Rect,
    buffer: &mut Buffer,
    surface: &mut Surface,
) {
    let why = match needed {
        Some((columns, rows)) => format!(
            "The QR code of this link needs {columns}×{rows}; this is {}×{}. With a larger window, or a smaller font, it is here.",
            area.width, area.height
        ),
        None => "This link is too long for a QR code.".to_owned(),
    };
    let inside = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        ..area
    };
    let mut page = Page::new(theme, usize::from(inside.width), Density::Low);
    page.text(&why);
    page.gap();
    page.whole(link, theme.accent());
    let mut rows: Vec<Rect> = inside.rows().collect();
    rows.pop();
    for (line, row) in page.lines.into_iter().zip(rows) {
        line.render(row, buffer);
    }
    if let Some(last) = area.rows().next_back() {
        keys(guide, theme, last, buffer, surface);
    }
}

/// The keys, where they stand otherwise on a screen that is so wide.
fn keys(
    guide: &Guide<impl Journey>,
    theme: &Theme,
    row: Rect,
    buffer: &mut Buffer,
    surface: &mut Surface,
) {
    let row = middle_of(row, MOST);
    let keys = footer::line(guide, theme, row.width, false);
    pieces_beside(keys, row, buffer, surface);
}

/// A code as it is drawn: two modules in each cell, or in ASCII one module in two cells beside each other, so that it
/// is about as wide as it is high.
struct Picture {
    modules: Vec<Module>,
    /// Modules of a side.
    side: usize,
    /// Light modules around it.
    quiet: usize,
    theme: Theme,
}

impl Picture {
    fn new(code: &QrCode, quiet: usize, theme: &Theme) -> Self {
        Self {
            modules: code.to_colors(),
            side: code.width(),
            quiet,
            theme: *theme,
        }
    }

    /// Columns and rows.
    fn size(&self) -> (u16, u16) {
        let side = self.side + 2 * self.quiet;
        let (columns, rows) = if self.theme.ascii {
            (2 * side, side)
        } else {
            (side, side.div_ceil(2))
        };
        let cells = |count| u16::try_from(count).unwrap_or(u16::MAX);
        (cells(columns), cells(rows))
    }

    /// Whether there is a dark module; all around the code there is none.
    fn is_dark(&self, column: usize, row: usize) -> bool {
        let inside = |place: usize| {
            place
                .checked_sub(self.quiet)
                .filter(|place| *place < self.side)
        };
        let module = inside(column)
            .zip(inside(row))
            .and_then(|(column, row)| self.modules.get(row * self.side + column));
        module.is_some_and(|module| *module == Module::Dark)
    }

    fn draw(&self, left: u16, top: u16, buffer: &mut Buffer) {
        let (columns, rows) = self.size();
        for row in 0..rows {
            for column in 0..columns {
                let (symbol, style) = self.cell(usize::from(column), usize::from(row));
                if let Some(cell) = buffer.cell_mut((left + column, top + row)) {
                    cell.set_symbol(symbol).set_style(style);
                }
            }
        }
    }

    fn cell(&self, column: usize, row: usize) -> (&'static str, Style) {
        let (upper, lower) = if self.theme.ascii {
            let dark = self.is_dark(column / 2, row);
            (dark, dark)
        } else {
            (
                self.is_dark(column, 2 * row),
                self.is_dark(column, 2 * row + 1),
            )
        };
        if self.theme.is_coloured() {
            // Dark on light, whatever the terminal's own colours are.
            let style = Style::new().fg(tone(upper)).bg(tone(lower));
            return (if upper == lower { " " } else { "▀" }, style);
        }
        // Without colours ink is what the terminal writes in: light on a dark background.
        let is_ink = |dark: bool| dark == (self.theme.background() == Background::Light);
        let symbol = match (is_ink(upper), is_ink(lower)) {
            (false, false) => " ",
            (true, true) if self.theme.ascii => "#",
            (true, true) => "█",
            (true, false) => "▀",
            (false, true) => "▄",
        };
        (symbol, Style::new())
    }
}

/// Of the sixteen, black and bright white: every terminal has them, and no palette makes them alike.
const fn tone(dark: bool) -> Color {
    if dark { Color::Black } else { Color::White }
}

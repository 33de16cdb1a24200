//! The proof ladder: one line for each rung, with what it rests on.

use std::time::Duration;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::guide::parts::Mark;
use crate::guide::parts::Row;
use crate::guide::parts::ladder::Sign;
use crate::text::{shorten_middle, width};
use crate::view::page::{Density, Page};

/// The column in which the basis of a rung begins.
const BASIS: usize = 18;

/// How long one frame of the spinner stays.
const FRAME: Duration = Duration::from_millis(120);

pub(super) fn draw(rows: &[Row], page: &mut Page<'_>) {
    // Where there is little room, what waits for the rungs below it shares one line.
    let is_folded = |row: &&Row| row.may_fold && page.density >= Density::Folded;
    let (folded, drawn): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(is_folded);
    for row in drawn {
        draw_row(row, page);
    }
    if !folded.is_empty() {
        let titles: Vec<&str> = folded.into_iter().map(|row| row.title).collect();
        let words = format!("{}: not yet", titles.join(", "));
        page.marked(page.theme.glyphs.open, page.theme.dim(), &words);
    }
}

fn draw_row(row: &Row, page: &mut Page<'_>) {
    let (glyph, style) = look(row.sign, page);
    let basis_style = if row.is_open {
        page.theme.dim()
    } else {
        page.theme.text()
    };
    let room = page.width.saturating_sub(2 + BASIS);
    let time = match row.time.as_millis() {
        0 => String::new(),
        milliseconds => format!("{milliseconds} ms"),
    };
    // The time is shown only where it takes no room from the words.
    let time = Some(time).filter(|time| width(&row.basis) + 2 + width(time) <= room);
    let time = time.unwrap_or_default();
    let basis = shorten_middle(&row.basis, room);
    let gap = " ".repeat(room.saturating_sub(width(&basis) + width(&time)));
    page.lines.push(Line::from(vec![
        Span::styled(format!("{glyph} "), style),
        Span::styled(format!("{:<BASIS$}", row.title), style),
        Span::styled(basis, basis_style),
        Span::styled(format!("{gap}{time}"), page.theme.dim()),
    ]));
}

fn look(sign: Sign, page: &Page<'_>) -> (&'static str, Style) {
    let theme = page.theme;
    match sign {
        Sign::Climbing(passed) => {
            let frames = theme.glyphs.spinner;
            let index = passed.as_millis() / FRAME.as_millis();
            let index = usize::try_from(index).unwrap_or(0) % frames.len();
            (frames[index], theme.accent())
        }
        Sign::Marked(mark) => theme.mark(mark),
        Sign::Told => (theme.mark(Mark::Open).0, theme.text()),
    }
}

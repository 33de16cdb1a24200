//! Pictures of a guide at all sizes, as text.

use std::fmt::Write as _;

use doorkey::view::theme::{Background, Theme};
use doorkey::view::{Drawn, render};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

/// The sizes every screen is looked at in.
pub(crate) const SIZES: [(u16, u16); 3] = [(60, 18), (80, 24), (120, 40)];

pub(crate) fn plain() -> Theme {
    Theme::new(Background::Dark, false, false)
}

pub(crate) fn buffer(guide: &impl Drawn, theme: &Theme, (columns, rows): (u16, u16)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a terminal");
    let frame = terminal
        .draw(|frame| render(guide, theme, frame))
        .expect("a frame");
    frame.buffer.clone()
}

pub(crate) fn lines(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    (0..area.height)
        .map(|row| {
            let line: String = (0..area.width)
                .map(|column| buffer[(column, row)].symbol())
                .collect();
            line.trim_end().to_owned()
        })
        .collect()
}

/// The pictures of a guide at all sizes, as text.
pub(crate) fn pictures(guide: &impl Drawn) -> String {
    let mut text = String::new();
    for (columns, rows) in SIZES {
        writeln!(text, "{columns}×{rows}").expect("a line");
        for line in lines(&buffer(guide, &plain(), (columns, rows))) {
            writeln!(text, "|{line}").expect("a line");
        }
    }
    text
}

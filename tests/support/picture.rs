//! Pictures of a guide at all sizes, as text.

use std::fmt::Write as _;

use doorkey::view::theme::{Background, Colours, Theme};
use doorkey::view::{Drawn, render};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};

/// The sizes every screen is looked at in.
pub(crate) const SIZES: [(u16, u16); 4] = [(60, 18), (80, 24), (120, 40), (200, 60)];

/// The one most people have.
const USUAL: (u16, u16) = (80, 24);

pub(crate) fn plain() -> Theme {
    Theme::new(Background::Dark, Colours::None, false)
}

/// A picture: what stands in each cell, and where the cursor is, if it is shown.
struct Picture {
    buffer: Buffer,
    cursor: Option<Position>,
}

fn picture(guide: &impl Drawn, theme: &Theme, (columns, rows): (u16, u16)) -> Picture {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a terminal");
    let frame = terminal
        .draw(|frame| drop(render(guide, theme, frame)))
        .expect("a frame");
    let buffer = frame.buffer.clone();
    let is_shown = terminal.backend().cursor_visible();
    let position = terminal.get_cursor_position().expect("a position");
    Picture {
        buffer,
        cursor: is_shown.then_some(position),
    }
}

pub(crate) fn buffer(guide: &impl Drawn, theme: &Theme, size: (u16, u16)) -> Buffer {
    picture(guide, theme, size).buffer
}

pub(crate) fn lines(buffer: &Buffer) -> Vec<String> {
    rows(buffer, |_, cell| cell.symbol().to_owned())
}

/// What each row comes to, cell by cell.
fn rows(buffer: &Buffer, of_cell: impl Fn(Position, &Cell) -> String) -> Vec<String> {
    let area = buffer.area;
    (0..area.height)
        .map(|row| {
            let line: String = (0..area.width)
                .map(|column| Position::new(column, row))
                .map(|position| of_cell(position, &buffer[position]))
                .collect();
            line.trim_end().to_owned()
        })
        .collect()
}

/// How a cell looks, as one letter.
fn look(theme: &Theme, cell: &Cell) -> char {
    let looks = [
        ('a', theme.accent()),
        ('g', theme.good()),
        ('b', theme.bad()),
        ('w', theme.warn()),
        ('d', theme.dim()),
    ];
    let is_bold = cell.modifier.contains(Modifier::BOLD);
    let known = looks
        .into_iter()
        .find(|(_, style)| style.fg == Some(cell.fg));
    match known {
        Some((letter, _)) if is_bold => letter.to_ascii_uppercase(),
        Some((letter, _)) => letter,
        None if is_bold => 'S',
        None if cell.fg == Color::Reset => ' ',
        None => '?',
    }
}

/// The pictures of a guide at all sizes, with colours and in ASCII, as text.
pub(crate) fn pictures(guide: &impl Drawn) -> String {
    let mut text = String::new();
    for (columns, rows) in SIZES {
        writeln!(text, "{columns}×{rows}").expect("a line");
        for line in lines(&buffer(guide, &plain(), (columns, rows))) {
            writeln!(text, "|{line}").expect("a line");
        }
    }
    writeln!(text, "in colour").expect("a line");
    let theme = Theme::new(Background::Dark, Colours::True, false);
    let Picture { buffer, cursor } = picture(guide, &theme, USUAL);
    let looks = rows(&buffer, |position, cell| {
        if cursor == Some(position) {
            "#".to_owned()
        } else if cell.symbol() == " " {
            " ".to_owned()
        } else {
            look(&theme, cell).to_string()
        }
    });
    for (line, looks) in lines(&buffer).iter().zip(looks) {
        writeln!(text, "|{line}").expect("a line");
        if !looks.is_empty() {
            writeln!(text, ":{looks}").expect("a line");
        }
    }
    writeln!(text, "in ASCII").expect("a line");
    let theme = Theme::new(Background::Dark, Colours::None, true);
    for line in lines(&self::buffer(guide, &theme, USUAL)) {
        writeln!(text, "|{line}").expect("a line");
    }
    text
}

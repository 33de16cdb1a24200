//! Pictures of a guide at all sizes, as text.

use std::fmt::Write as _;

use doorkey::guide::{Guide, Journey};
use doorkey::view::render;
use doorkey::view::theme::{Background, Colours, Theme};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};

/// The sizes every screen is looked at in.
pub(crate) const SIZES: [(u16, u16); 4] = [(60, 18), (80, 24), (120, 40), (200, 60)];

pub(crate) fn plain() -> Theme {
    Theme::new(Background::Dark, Colours::None, false)
}

/// A picture: what stands in each cell, and where the cursor is, if it is shown.
struct Picture {
    buffer: Buffer,
    cursor: Option<Position>,
}

fn picture(guide: &Guide<impl Journey>, theme: &Theme, (columns, rows): (u16, u16)) -> Picture {
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

pub(crate) fn buffer(guide: &Guide<impl Journey>, theme: &Theme, size: (u16, u16)) -> Buffer {
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

/// The pictures of a guide at all sizes, as text: with colours; then without them and in ASCII, where other characters stand
/// there.
pub(crate) fn pictures(guide: &Guide<impl Journey>) -> String {
    let coloured = Theme::new(Background::Dark, Colours::True, false);
    let ascii = Theme::new(Background::Dark, Colours::None, true);
    let mut text = String::new();
    for size in SIZES {
        let (columns, rows) = size;
        writeln!(text, "{columns}×{rows}").expect("a line");
        let picture = picture(guide, &coloured, size);
        let lines = lines(&picture.buffer);
        for (line, looks) in lines.iter().zip(looks(&coloured, &picture)) {
            writeln!(text, "|{line}").expect("a line");
            if !looks.is_empty() {
                writeln!(text, ":{looks}").expect("a line");
            }
        }
        let without_colours = self::lines(&buffer(guide, &plain(), size));
        let in_ascii = self::lines(&buffer(guide, &ascii, size));
        for (name, others) in [("without colours", without_colours), ("in ASCII", in_ascii)] {
            if others == lines {
                continue;
            }
            writeln!(text, "{columns}×{rows} {name}").expect("a line");
            for line in others {
                writeln!(text, "|{line}").expect("a line");
            }
        }
    }
    text
}

/// How the rows of a picture look, cell by cell.
fn looks(theme: &Theme, picture: &Picture) -> Vec<String> {
    rows(&picture.buffer, |position, cell| {
        if picture.cursor == Some(position) {
            "#".to_owned()
        } else if cell.symbol() == " " {
            " ".to_owned()
        } else {
            look(theme, cell).to_string()
        }
    })
}

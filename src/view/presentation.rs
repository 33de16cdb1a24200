//! Draws what stands beside a guide on a stage: what the presenter may say, and how it plays itself.

use ratatui::text::{Line, Span};

use super::page::wrap;
use super::theme::Theme;
use super::{Piece, footer};
use crate::guide::Playing;
use crate::text::width;

/// In front of what the presenter may say.
const SAY: &str = " Say  ";

/// The most lines that what the presenter may say takes on the narrowest screen.
#[cfg(test)]
const NOTE_LINES: usize = 4;

/// What the presenter may say.
pub(super) fn note_lines(note: Option<&str>, theme: &Theme, columns: u16) -> Vec<Line<'static>> {
    let room = usize::from(columns).saturating_sub(width(SAY) + 1);
    let pieces = note.map(|note| wrap(note, room)).unwrap_or_default();
    let lines = pieces.into_iter().enumerate().map(|(index, piece)| {
        let before = if index == 0 {
            SAY.to_owned()
        } else {
            " ".repeat(width(SAY))
        };
        Line::from(vec![
            Span::styled(before, theme.accent()),
            Span::styled(piece.into_owned(), theme.strong()),
        ])
    });
    lines.collect()
}

/// The line about the player: its keys, and where there is room for it what it pressed last.
pub(super) fn play_line(playing: &Playing, theme: &Theme, columns: u16) -> Vec<Piece> {
    let state = format!(" {}  ", playing.state());
    let mut pieces = vec![Piece::new(vec![Span::styled(state, theme.warn())], None)];
    let keys = playing.bindings.iter();
    pieces.extend(keys.map(|binding| footer::piece(binding, theme)));
    pieces.push(Piece::new(
        vec![Span::styled(Playing::OTHER_KEYS, theme.dim())],
        None,
    ));
    if let Some(pressed) = &playing.pressed {
        let taken: usize = pieces.iter().map(Piece::width).sum();
        let words = theme.naming_keys(&format!("{pressed} ")).into_owned();
        let room = usize::from(columns).saturating_sub(taken);
        if let Some(gap) = room.checked_sub(width(&words) + 2) {
            let spans = vec![
                Span::raw(" ".repeat(gap + 2)),
                Span::styled(words, theme.accent()),
            ];
            pieces.push(Piece::new(spans, None));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::Scenario;
    use crate::view::LEAST;
    use crate::view::theme::{Background, Colours};

    #[test]
    fn every_note_fits_the_narrowest_screen() {
        let theme = Theme::new(Background::Dark, Colours::None, false);
        for scenario in Scenario::all() {
            for note in &scenario.notes {
                let lines = note_lines(Some(&note.text), &theme, LEAST.0);
                assert!(
                    lines.len() <= NOTE_LINES,
                    "{}: {}",
                    scenario.name,
                    note.text
                );
            }
        }
    }
}

//! Draws a document for the eye: bold, lists and links as such. What is copied and saved is its Markdown.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::page::{Page, wrap};
use super::theme::Theme;
use crate::document::{Block, Document, Kind, Part, Piece};
use crate::text::width;

/// In front of a line that is to be taken over as it is.
const INDENT: &str = "  ";

pub(super) fn fill(document: &Document, page: &mut Page<'_>) {
    let mut is_below_heading = true;
    for part in document.parts() {
        if !is_below_heading {
            page.space();
        }
        is_below_heading = matches!(part, Part::Heading(_));
        match part {
            Part::Title(pieces) => strong_line(pieces, page),
            Part::Heading(words) => page.heading(words),
            Part::Block(block) => draw_block(block, page),
        }
    }
}

fn strong_line(pieces: &[Piece], page: &mut Page<'_>) {
    let words: String = pieces.iter().map(Piece::text).collect();
    page.heading(&words);
}

fn draw_block(block: &Block, page: &mut Page<'_>) {
    match block {
        Block::Paragraph(pieces) => hanging("", pieces, page),
        Block::Steps(steps) => {
            for (index, step) in steps.iter().enumerate() {
                hanging(&format!("{}. ", index + 1), step, page);
            }
        }
        Block::Points(points) => {
            for point in points {
                hanging("· ", point, page);
            }
        }
        Block::Verbatim(_, line) => page.whole_after(INDENT, line.text(), page.theme.text()),
    }
}

/// A paragraph with something quiet before its first line; further lines are indented as much.
fn hanging(mark: &str, pieces: &[Piece], page: &mut Page<'_>) {
    let indent = width(mark);
    let looks: Vec<(&str, Style)> = pieces
        .iter()
        .map(|piece| (piece.text(), look(piece.kind(), page.theme)))
        .collect();
    let lines = wrapped(&looks, page.width.saturating_sub(indent));
    for (index, spans) in lines.into_iter().enumerate() {
        let before = if index == 0 {
            mark.to_owned()
        } else {
            " ".repeat(indent)
        };
        let mut line = Line::from(Span::styled(before, page.theme.dim()));
        line.spans.extend(spans);
        page.lines.push(line);
    }
}

fn look(kind: Kind, theme: &Theme) -> Style {
    match kind {
        Kind::Words | Kind::Code => theme.text(),
        Kind::Strong => theme.strong(),
        Kind::Link => theme.accent(),
    }
}

/// Pieces on lines of whole words, each in its own look.
fn wrapped(pieces: &[(&str, Style)], columns: usize) -> Vec<Vec<Span<'static>>> {
    let text: String = pieces.iter().map(|(words, _)| *words).collect();
    let mut end = 0;
    let lines = wrap(&text, columns).into_iter().map(|line| {
        // Only the spaces between two lines are left out.
        let skipped = text.get(end..).and_then(|rest| rest.find(&*line));
        let begin = end + skipped.unwrap_or(0);
        end = begin + line.len();
        between(pieces, &(begin..end))
    });
    lines.collect()
}

/// What stands of the pieces between two places of their text.
fn between(pieces: &[(&str, Style)], range: &Range<usize>) -> Vec<Span<'static>> {
    let mut begin = 0;
    let parts = pieces.iter().filter_map(|(words, style)| {
        let from = range.start.saturating_sub(begin).min(words.len());
        let to = range.end.saturating_sub(begin).min(words.len());
        begin += words.len();
        let words = words.get(from..to).filter(|words| !words.is_empty())?;
        Some(Span::styled(words.to_owned(), *style))
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::style::Modifier;

    const STRONG: Style = Style::new().add_modifier(Modifier::BOLD);

    #[test]
    fn a_piece_keeps_its_look_over_the_end_of_a_line() {
        let lines = wrapped(
            &[("It only", STRONG), (" reads: no change.", Style::new())],
            10,
        );
        let expected = [
            vec![Span::styled("It only", STRONG)],
            vec![Span::raw("reads: no")],
            vec![Span::raw("change.")],
        ];
        assert_eq!(lines, expected);
        let lines = wrapped(&[("one two", STRONG), (" three", Style::new())], 5);
        let expected = [
            vec![Span::styled("one", STRONG)],
            vec![Span::styled("two", STRONG)],
            vec![Span::raw("three")],
        ];
        assert_eq!(lines, expected);
    }

    proptest! {
        #[test]
        fn nothing_but_spaces_is_lost(pieces in prop::collection::vec("[a-z é字]{0,20}", 0..5), columns in 1usize..40) {
            let looks: Vec<(&str, Style)> = pieces.iter().map(|words| (words.as_str(), Style::new())).collect();
            let drawn: String = wrapped(&looks, columns).iter().flatten().map(|span| span.content.as_ref()).collect();
            let without_spaces = |text: &str| text.replace(' ', "");
            prop_assert_eq!(without_spaces(&drawn), without_spaces(&pieces.concat()));
        }
    }
}

//! The first line, and the steps: as a list beside the page, or as one line above it.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::theme::Theme;
use super::{Piece, WIDE};
use crate::guide::{Guide, Journey, StepMark, Target};
use crate::text::{shorten_middle, width};

/// ` doorkey  Coalesce Quality → Bitbucket Cloud                  step 6 of 6`
///
/// No time stands here: while nothing happens no frame is drawn, and it would be wrong.
pub(super) fn line<'a>(guide: &Guide<impl Journey>, theme: &Theme, columns: u16) -> Line<'a> {
    let (number, count) = (guide.step().0, guide.steps().len());
    let is_narrow = columns < WIDE;
    let right = if is_narrow {
        format!("{number}/{count} ")
    } else {
        format!("step {number} of {count} ")
    };
    let name = " doorkey ";
    let demo = match (guide.is_demo(), is_narrow) {
        (false, _) => "",
        (true, true) => " DEMO ",
        (true, false) => " DEMO, simulated ",
    };
    let room = usize::from(columns).saturating_sub(width(name) + width(demo) + width(&right));
    // Two columns keep it apart from what stands on the right.
    let subject = format!(
        " {}",
        fitting(guide.subject().titles, room.saturating_sub(3))
    );
    let gap = " ".repeat(room.saturating_sub(width(&subject)));
    Line::from(vec![
        Span::styled(name, theme.accent()),
        Span::styled(demo, theme.warn().patch(theme.strong())),
        Span::styled(subject, theme.text()),
        Span::raw(gap),
        Span::styled(right, theme.dim()),
    ])
}

/// The first that fits; the last if none does, shortened.
fn fitting(candidates: Vec<String>, room: usize) -> String {
    let last = candidates.last().cloned().unwrap_or_default();
    let mut candidates = candidates.into_iter();
    let first = candidates.find(|words| width(words) <= room);
    first.unwrap_or_else(|| shorten_middle(&last, room))
}

/// The steps one below the other.
pub(super) fn step_list(guide: &Guide<impl Journey>, theme: &Theme) -> Vec<Piece> {
    let steps = guide.steps().into_iter().enumerate();
    steps
        .map(|(index, step)| {
            let (glyph, style) = look(step.mark, theme);
            let words = Span::styled(format!(" {glyph} {}", step.title), style);
            Piece::new(vec![words], Some(Target::Step(index + 1)))
        })
        .collect()
}

/// The steps as signs, with the name of the one that is open.
pub(super) fn step_row(guide: &Guide<impl Journey>, theme: &Theme) -> Vec<Piece> {
    let mut pieces = vec![Piece::new(vec![Span::raw(" ")], None)];
    let steps = guide.steps().into_iter().enumerate();
    pieces.extend(steps.map(|(index, step)| {
        let (glyph, style) = look(step.mark, theme);
        let mut spans = vec![Span::styled(format!("{glyph} "), style)];
        if step.mark == StepMark::Here {
            spans.push(Span::styled(format!("{} ", step.title), style));
        }
        Piece::new(spans, Some(Target::Step(index + 1)))
    }));
    pieces
}

fn look(mark: StepMark, theme: &Theme) -> (&'static str, Style) {
    match mark {
        StepMark::Here => (theme.glyphs.here, theme.accent()),
        StepMark::Done => (theme.glyphs.good, theme.good()),
        StepMark::Reached => (theme.glyphs.open, theme.text()),
        StepMark::Ahead => (theme.glyphs.later, theme.dim()),
    }
}

//! The first line, and the steps: as a list beside the page, or as one line above it.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::WIDE;
use super::theme::Theme;
use crate::text::width;
use crate::wizard::{StepId, Wizard};

/// ` doorkey  Coalesce Quality → Bitbucket Cloud      step 6 of 6 · 3:12`
pub(super) fn line<'a>(wizard: &Wizard, theme: &Theme, columns: u16) -> Line<'a> {
    let seconds = wizard.now.as_secs();
    let (number, count) = (wizard.step.number(), StepId::ALL.len());
    let place = if columns < WIDE {
        format!("{number}/{count}")
    } else {
        format!("step {number} of {count}")
    };
    let right = format!("{place} · {}:{:02} ", seconds / 60, seconds % 60);
    let name = " doorkey ";
    let demo = if wizard.demo.is_some() {
        " DEMO, simulated "
    } else {
        ""
    };
    let mut title = format!(" Coalesce Quality → {}", wizard.edition().title());
    let room = usize::from(columns).saturating_sub(width(name) + width(demo) + width(&right));
    // Two columns keep it apart from what stands on the right.
    let room_for_title = room.saturating_sub(2);
    if width(&title) > room_for_title {
        title = format!(" {}", wizard.edition().title());
    }
    let title = crate::text::shorten_middle(&title, room_for_title);
    let gap = " ".repeat(room.saturating_sub(width(&title)));
    Line::from(vec![
        Span::styled(name, theme.accent()),
        Span::styled(demo, theme.warn().patch(theme.strong())),
        Span::styled(title, theme.text()),
        Span::raw(gap),
        Span::styled(right, theme.dim()),
    ])
}

/// The steps one below the other.
pub(super) fn step_list<'a>(wizard: &Wizard, theme: &Theme) -> Vec<Line<'a>> {
    StepId::ALL
        .into_iter()
        .map(|step| {
            let (glyph, style) = look(wizard, theme, step);
            Line::styled(format!(" {glyph} {}", step.title()), style)
        })
        .collect()
}

/// The steps as signs, with the name of the one that is open.
pub(super) fn step_row<'a>(wizard: &Wizard, theme: &Theme) -> Line<'a> {
    let mut spans = vec![Span::raw(" ")];
    for step in StepId::ALL {
        let (glyph, style) = look(wizard, theme, step);
        spans.push(Span::styled(format!("{glyph} "), style));
        if step == wizard.step {
            spans.push(Span::styled(format!("{} ", step.title()), style));
        }
    }
    Line::from(spans)
}

fn look(wizard: &Wizard, theme: &Theme, step: StepId) -> (&'static str, Style) {
    if step == wizard.step {
        (theme.glyphs.here, theme.accent())
    } else if wizard.is_done(step) {
        (theme.glyphs.good, theme.good())
    } else if step <= wizard.reached {
        (theme.glyphs.open, theme.text())
    } else {
        (theme.glyphs.later, theme.dim())
    }
}

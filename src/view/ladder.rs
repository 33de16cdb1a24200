//! The proof ladder: one line for each rung, with what it rests on.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::page::{Density, Page};
use crate::check::{CheckId, Rung, Standing, Verdict};
use crate::guide::connection_test::ConnectionTest;
use crate::guide::ladder::{self, Mark, doing, is_untold, telling, unknown};
use crate::text::{shorten_middle, width};

/// The column in which the basis of a rung begins.
const BASIS: usize = 18;

/// Draws every rung; `spinner` is the sign for the one being climbed.
pub(super) fn fill(test: &ConnectionTest, spinner: &str, page: &mut Page<'_>) {
    // Where there is little room, what waits for the rungs below it shares one line.
    let is_folded = |rung: &Rung| {
        page.density >= Density::Folded
            && *rung > Rung::Recognised
            && test.verdict() != Some(Verdict::Ready)
            && is_untold(test, *rung)
    };
    let (folded, drawn): (Vec<Rung>, Vec<Rung>) = Rung::ALL.into_iter().partition(is_folded);
    for rung in drawn {
        climbed(test, rung, spinner, page);
    }
    if !folded.is_empty() {
        let titles: Vec<&str> = folded.into_iter().map(Rung::title).collect();
        let words = format!("{}: not yet", titles.join(", "));
        page.marked(page.theme.glyphs.open, page.theme.dim(), &words);
    }
}

/// Draws one rung.
pub(super) fn climbed(test: &ConnectionTest, rung: Rung, spinner: &str, page: &mut Page<'_>) {
    let (glyph, style, basis) = look(test, rung, spinner, page);
    let row = Row {
        glyph: &glyph,
        style,
        title: rung.title(),
        basis: &basis,
        basis_style: basis_style(test, rung, page),
        time: &elapsed(test, rung),
    };
    row.draw(page);
}

/// A line of the ladder.
pub(super) struct Row<'a> {
    pub(super) glyph: &'a str,
    pub(super) style: Style,
    pub(super) title: &'a str,
    pub(super) basis: &'a str,
    pub(super) basis_style: Style,
    pub(super) time: &'a str,
}

impl Row<'_> {
    pub(super) fn draw(&self, page: &mut Page<'_>) {
        let room = page.width.saturating_sub(2 + BASIS);
        // The time is shown only where it takes no room from the words.
        let time = Some(self.time).filter(|time| width(self.basis) + 2 + width(time) <= room);
        let time = time.unwrap_or_default();
        let basis = shorten_middle(self.basis, room);
        let gap = " ".repeat(room.saturating_sub(width(&basis) + width(time)));
        let titled = format!("{:<BASIS$}", self.title);
        page.lines.push(Line::from(vec![
            Span::styled(format!("{} ", self.glyph), self.style),
            Span::styled(titled, self.style),
            Span::styled(basis, self.basis_style),
            Span::styled(format!("{gap}{time}"), page.theme.dim()),
        ]));
    }
}

fn look(
    test: &ConnectionTest,
    rung: Rung,
    spinner: &str,
    page: &Page<'_>,
) -> (String, Style, String) {
    let theme = page.theme;
    if test.running && test.current.and_then(CheckId::rung) == Some(rung) {
        let words = test.current.map_or("", doing);
        return (spinner.to_owned(), theme.accent(), words.to_owned());
    }
    let found = telling(test, rung);
    let mark = Mark::of_rung(test.standing(rung), found);
    let (glyph, mut style) = theme.mark(mark);
    let basis = match (found, mark) {
        (Some(found), _) => {
            if mark == Mark::Open {
                style = theme.text();
            }
            found.summary.clone()
        }
        (None, Mark::Good) => rung.claim().to_owned(),
        (None, _) => unknown(test, rung).to_owned(),
    };
    (glyph.to_owned(), style, basis)
}

fn basis_style(test: &ConnectionTest, rung: Rung, page: &Page<'_>) -> Style {
    if test.standing(rung) == Standing::Unknown {
        page.theme.dim()
    } else {
        page.theme.text()
    }
}

/// How long the rung took, where that is worth a look.
fn elapsed(test: &ConnectionTest, rung: Rung) -> String {
    let milliseconds = ladder::elapsed(test, rung).as_millis();
    if milliseconds == 0 {
        String::new()
    } else {
        format!("{milliseconds} ms")
    }
}

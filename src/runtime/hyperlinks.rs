//! Links that the terminal itself can open (OSC 8, "Hyperlinks in Terminal Emulators" by Egmont Koblinger).
//!
//! A cell of ratatui's knows of no link. So a frame is drawn as ever, then its links are written over once more with their
//! addresses, where they are not there yet from a frame before.

use std::io::{self, Write};

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use crate::view::Link;

/// The links that are on the screen.
#[derive(Debug, Default)]
pub(super) struct Hyperlinks {
    drawn: Vec<Written>,
}

/// Some cells of a line, and where they lead, if anywhere.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Written {
    address: Option<String>,
    area: Rect,
    cells: Vec<Cell>,
}

impl Hyperlinks {
    /// After everything was drawn anew: no link is on the screen.
    pub(super) fn forget(&mut self) {
        self.drawn.clear();
    }

    /// What has to be written after a frame with these links was drawn.
    pub(super) fn take(&mut self, links: Vec<Link>, frame: &Buffer) -> Vec<Written> {
        let links = links.into_iter().filter(|link| is_safe(&link.address));
        let now: Vec<Written> = links
            .map(|link| Written::of(Some(link.address), link.area, frame))
            .collect();
        // A cell that stayed the same was not drawn, and would go on leading where it led.
        let gone = self.drawn.iter().filter(|old| !now.contains(old));
        let gone = gone.map(|old| Written::of(None, old.area, frame));
        let new = now.iter().filter(|new| !self.drawn.contains(new)).cloned();
        let written = gone.chain(new).collect();
        self.drawn = now;
        written
    }
}

impl Written {
    fn of(address: Option<String>, area: Rect, frame: &Buffer) -> Self {
        // As far as it is on the screen.
        let area = area.intersection(frame.area);
        Self {
            address,
            area,
            cells: area.positions().map(|place| frame[place].clone()).collect(),
        }
    }

    /// Writes it over what stands there.
    pub(super) fn write<W: Write>(&self, backend: &mut CrosstermBackend<W>) -> io::Result<()> {
        let places = self.area.positions().zip(&self.cells);
        let cells = places.map(|(place, cell)| (place.x, place.y, cell));
        let Some(address) = &self.address else {
            return backend.draw(cells);
        };
        // The same name for all lines of a link: pointed at one, the terminal shows them all.
        write!(backend, "\x1b]8;id=doorkey;{address}\x1b\\")?;
        backend.draw(cells)?;
        write!(backend, "\x1b]8;;\x1b\\")
    }
}

/// Whether an address can't leave its sequence. Those that doorkey builds are encoded; this is a second look.
fn is_safe(address: &str) -> bool {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    is_web && address.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use super::*;

    const PAGE: &str = "https://bitbucket.org/acme/analytics/admin/access-keys/";

    fn link(row: u16, address: &str) -> Link {
        Link {
            area: Rect::new(2, row, 6, 1),
            address: address.to_owned(),
        }
    }

    fn written(hyperlinks: &mut Hyperlinks, links: Vec<Link>, frame: &Buffer) -> String {
        let mut bytes = Vec::new();
        let mut backend = CrosstermBackend::new(&mut bytes);
        for written in hyperlinks.take(links, frame) {
            written.write(&mut backend).unwrap();
        }
        String::from_utf8(bytes).unwrap()
    }

    fn frame(rows: &[&str]) -> Buffer {
        Buffer::with_lines(rows.iter().copied())
    }

    #[test]
    fn a_link_is_written_once_until_it_changes() {
        let mut hyperlinks = Hyperlinks::default();
        let first = frame(&["  a page  ", "  another "]);
        let text = written(&mut hyperlinks, vec![link(0, PAGE)], &first);
        let begin = text
            .find(&format!("\x1b]8;id=doorkey;{PAGE}\x1b\\"))
            .unwrap();
        let end = text.find("\x1b]8;;\x1b\\").unwrap();
        assert!(text[begin..end].contains("a page"), "{text:?}");

        let again = written(&mut hyperlinks, vec![link(0, PAGE)], &first);
        assert_eq!(again, "");

        let restyled = frame(&["  a Page  ", "  another "]);
        let text = written(&mut hyperlinks, vec![link(0, PAGE)], &restyled);
        assert!(text.contains("a Page"), "{text:?}");

        let elsewhere = link(0, "https://bitbucket.org/acme/other/admin/access-keys/");
        let text = written(&mut hyperlinks, vec![elsewhere], &restyled);
        assert!(text.contains("acme/other"), "{text:?}");
    }

    #[test]
    fn what_is_no_link_any_more_leads_nowhere() {
        let mut hyperlinks = Hyperlinks::default();
        let first = frame(&["  a page  ", "  another "]);
        written(&mut hyperlinks, vec![link(0, PAGE)], &first);
        // The same letters, now ordinary words.
        let text = written(&mut hyperlinks, Vec::new(), &first);
        assert!(
            text.contains("a page") && !text.contains("\x1b]8"),
            "{text:?}"
        );
    }

    #[test]
    fn after_everything_was_drawn_anew_a_link_is_written_again() {
        let mut hyperlinks = Hyperlinks::default();
        let first = frame(&["  a page  "]);
        written(&mut hyperlinks, vec![link(0, PAGE)], &first);
        hyperlinks.forget();
        let text = written(&mut hyperlinks, vec![link(0, PAGE)], &first);
        assert!(text.contains(PAGE), "{text:?}");
    }

    #[test]
    fn no_address_gets_out_of_its_sequence() {
        let mut hyperlinks = Hyperlinks::default();
        for wrong in [
            "https://a.example/\x1b\\\x1b]0;owned\x07",
            "https://a.example/\u{9c}",
            "javascript:alert(1)",
            "https://a.example/a b",
        ] {
            let none = written(
                &mut hyperlinks,
                vec![link(0, wrong)],
                &frame(&["  a page  "]),
            );
            assert_eq!(none, "", "{wrong:?}");
        }
    }

    #[test]
    fn a_link_beside_the_screen_is_no_harm() {
        let mut hyperlinks = Hyperlinks::default();
        written(
            &mut hyperlinks,
            vec![link(7, PAGE)],
            &frame(&["  a page  "]),
        );
    }
}

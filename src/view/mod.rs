//! Draws what guides a person through steps. Only reads it: `render(&Guide, &Theme, &mut Frame)`.
//!
//! ```text
//!  doorkey  Coalesce Quality → Bitbucket Cloud                     step 6 of 6    header
//! ──────────────────────────────────────────────────────────────────────────────
//!  ✓ Prerequisites      Connection test                                           steps | page
//!  ● Connection test    ✗ Recognised   Bitbucket does not know this key
//! ──────────────────────────────────────────────────────────────────────────────
//!  r test again  w watch  ? help  q quit                                          footer
//! ```

mod document;
mod footer;
mod header;
mod page;
mod parts;
mod presentation;
mod qr_code;
pub mod theme;
mod window;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Flex, Layout, Position, Rect, Size};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget, Wrap};

use self::page::{Density, FIELD_BEGIN, Letters, Page, ShownField};
pub use self::theme::Theme;
use crate::guide::parts::Content;
use crate::guide::{Guide, Journey, Notice, Seen, Target};
use crate::text::width;

/// The least room the wizard can be used in.
const LEAST: (u16, u16) = (60, 18);

/// From this width on the steps stand beside the page, below it they are one line above. Either way a fingerprint is never
/// wider than its room.
const WIDE: u16 = 80;

/// The width of the list of steps; more where a title needs it.
const STEPS_WIDTH: usize = 22;

/// What keeps the list of steps and the page apart at least.
const STEPS_GAP: usize = 2;

/// The widest a page gets: longer lines are hard to read.
const PAGE_WIDTH: u16 = 84;

/// The most of a screen that is drawn on, in its middle: on a wall of a terminal the eye should not have to look for the
/// words in one corner and for the keys in another.
const MOST: (u16, u16) = (110, 30);

/// Draws a guide as it stands, and shows the cursor where it belongs.
pub fn render(guide: &Guide<impl Journey>, theme: &Theme, frame: &mut Frame<'_>) -> Surface {
    let surface = draw(guide, theme, frame.buffer_mut());
    if let Some(cursor) = surface.cursor {
        frame.set_cursor_position(cursor);
    }
    surface
}

/// What a drawing is, apart from what is seen.
#[derive(Clone, Debug, Default)]
pub struct Surface {
    /// Where the cursor belongs.
    pub cursor: Option<Position>,
    /// How far the page is scrolled, in lines.
    pub scrolled: u16,
    /// Whether there is more of the page below.
    has_more_below: bool,
    /// How many lines of the page are seen at once.
    page_rows: u16,
    /// How many there are.
    page_lines: u16,
    /// Whether there is no room for any of it.
    is_too_small: bool,
    /// What on it is a link.
    pub links: Vec<Link>,
    targets: Vec<(Rect, Target)>,
}

/// A link on the screen, or as much of it as stands on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it stands.
    pub area: Rect,
    /// Where it leads: a page that doorkey built the address of.
    pub address: String,
}

impl Surface {
    /// What can be clicked at a place.
    pub fn target_at(&self, place: Position) -> Option<Target> {
        let hit = self.targets.iter().find(|(area, _)| area.contains(place));
        hit.map(|(_, target)| *target)
    }

    /// What can be seen of the guide.
    pub fn seen(&self) -> Seen {
        Seen {
            is_shown: !self.is_too_small,
            has_more_below: self.has_more_below,
            page_rows: self.page_rows,
        }
    }

    /// Everything that can be clicked, and where.
    pub fn targets(&self) -> &[(Rect, Target)] {
        &self.targets
    }
}

/// Whether a guide can be used in a terminal of this size.
pub fn has_room(size: Size) -> bool {
    size.width >= LEAST.0 && size.height >= LEAST.1
}

/// Draws a guide on all of a buffer.
pub fn draw(guide: &Guide<impl Journey>, theme: &Theme, buffer: &mut Buffer) -> Surface {
    let mut surface = Surface::default();
    let content = guide.content();
    let area = buffer.area;
    if !has_room(area.as_size()) {
        too_small(area, buffer);
        surface.is_too_small = true;
    } else if let Some((link, advice)) = content.qr_code() {
        qr_code::draw(guide, (link, advice), theme, area, buffer, &mut surface);
    } else {
        let (columns, rows) = MOST;
        let middle = middle_of(area, MOST);
        fill(guide, &content, theme, middle, buffer, &mut surface);
        let missing = surface.page_lines.saturating_sub(surface.page_rows);
        if missing > 0 && area.height > rows {
            // What is longer takes as much of the terminal as it needs.
            buffer.reset();
            surface = Surface::default();
            let middle = middle_of(area, (columns, rows.saturating_add(missing)));
            fill(guide, &content, theme, middle, buffer, &mut surface);
        }
    }
    if theme.ascii {
        only_ascii(buffer);
    }
    surface
}

/// Replaces what is left of other signs, in sentences and in what was typed: a terminal without them would draw anything.
fn only_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let replacement = match cell.symbol() {
            symbol if symbol.is_ascii() => continue,
            "→" | "›" => ">",
            "←" | "‹" => "<",
            "↑" => "^",
            "↓" => "v",
            "×" => "x",
            "·" | "–" | "—" => "-",
            "…" => "~",
            _ => "?",
        };
        cell.set_symbol(replacement);
    }
}

fn fill(
    guide: &Guide<impl Journey>,
    content: &Content<'_>,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
    surface: &mut Surface,
) {
    let notice = notice_lines(guide.notice(), theme, area.width);
    let note = presentation::note_lines(guide.note(), theme, area.width);
    let playing = guide.playing();
    let height = |lines: usize| Constraint::Length(u16::try_from(lines).unwrap_or(0));
    let [header, above, middle, said, told, led, below, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(0),
        height(note.len()),
        height(notice.len()),
        height(playing.iter().len()),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(area);
    header::line(guide, theme, area.width).render(header, buffer);
    rule(theme, above, buffer);
    let are_steps_beside = area.width >= WIDE;
    let page = if are_steps_beside {
        let list = header::step_list(guide, theme);
        let widest = list.iter().map(Piece::width).max().unwrap_or(0);
        let room = u16::try_from(STEPS_WIDTH.max(widest + STEPS_GAP)).unwrap_or(u16::MAX);
        let [steps, page] =
            Layout::horizontal([Constraint::Length(room), Constraint::Min(0)]).areas(middle);
        pieces_below(list, steps, buffer, surface);
        page
    } else {
        let [steps, page] =
            Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(middle);
        pieces_beside(header::step_row(guide, theme), steps, buffer, surface);
        Rect {
            x: page.x + 1,
            width: page.width.saturating_sub(1),
            ..page
        }
    };
    let filled = fill_page(guide, content, theme, page, are_steps_beside);
    let scrolls = draw_page(guide.scroll(), filled, page, buffer, surface);
    Paragraph::new(note).render(said, buffer);
    Paragraph::new(notice).render(told, buffer);
    if let Some(playing) = playing {
        let pieces = presentation::play_line(playing, theme, area.width);
        pieces_beside(pieces, led, buffer, surface);
    }
    rule(theme, below, buffer);
    pieces_beside(
        footer::line(guide, theme, area.width, scrolls),
        footer,
        buffer,
        surface,
    );
}

/// A piece of a line or of a list, and what can be clicked there.
struct Piece {
    spans: Vec<Span<'static>>,
    target: Option<Target>,
}

impl Piece {
    fn new(spans: Vec<Span<'static>>, target: Option<Target>) -> Self {
        Self { spans, target }
    }

    /// How many columns it takes.
    fn width(&self) -> usize {
        self.spans.iter().map(Span::width).sum()
    }
}

/// Draws pieces one beside the other.
fn pieces_beside(pieces: Vec<Piece>, mut area: Rect, buffer: &mut Buffer, surface: &mut Surface) {
    for piece in pieces {
        let line = Line::from(piece.spans);
        let width = u16::try_from(line.width())
            .unwrap_or(u16::MAX)
            .min(area.width);
        let here = Rect { width, ..area };
        line.render(here, buffer);
        surface
            .targets
            .extend(piece.target.map(|target| (here, target)));
        area = Rect {
            x: area.x + width,
            width: area.width - width,
            ..area
        };
    }
}

/// Draws pieces one below the other.
fn pieces_below(pieces: Vec<Piece>, area: Rect, buffer: &mut Buffer, surface: &mut Surface) {
    for (piece, here) in pieces.into_iter().zip(area.rows()) {
        Line::from(piece.spans).render(here, buffer);
        surface
            .targets
            .extend(piece.target.map(|target| (here, target)));
    }
}

fn middle_of(area: Rect, most: (u16, u16)) -> Rect {
    let [area] = Layout::horizontal([Constraint::Max(most.0)])
        .flex(Flex::Center)
        .areas(area);
    let [area] = Layout::vertical([Constraint::Max(most.1)])
        .flex(Flex::Center)
        .areas(area);
    area
}

fn too_small(area: Rect, buffer: &mut Buffer) {
    let (columns, rows) = LEAST;
    let words = format!(
        "doorkey needs {columns}×{rows}; this is {}×{}.",
        area.width, area.height
    );
    Paragraph::new(words)
        .wrap(Wrap { trim: true })
        .render(area, buffer);
}

fn rule(theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let line = theme.glyphs.rule.repeat(usize::from(area.width));
    Line::styled(line, theme.dim()).render(area, buffer);
}

/// A page with what is to be seen, as dense as it has to be to be seen at once; on a high screen not denser than is easy to
/// read.
fn fill_page<'t>(
    guide: &Guide<impl Journey>,
    content: &Content<'_>,
    theme: &'t Theme,
    area: Rect,
    are_steps_beside: bool,
) -> Page<'t> {
    let width = page_width(area);
    let filled = |density| {
        let mut page = Page::new(theme, usize::from(width), density);
        page.has_heading &= are_steps_beside;
        page.letters = match guide.overlay() {
            Some(_) => Letters::OfOverlay,
            None if guide.is_typing() => Letters::Text,
            None => Letters::Keys,
        };
        if guide.overlay().is_none() && page.has_heading {
            page.heading(guide.step().1);
        }
        parts::fill(content, &mut page);
        // A gap at the end is no content to scroll to.
        while page.lines.last().is_some_and(|line| line.width() == 0) {
            page.lines.pop();
        }
        page
    };
    let height = usize::from(area.height);
    let (densities, least): (&[Density], Density) = if height < page::LOW {
        let more_and_more = &[Density::Roomy, Density::Folded, Density::Lean];
        (more_and_more, Density::Low)
    } else {
        (&[Density::Roomy], Density::Folded)
    };
    densities
        .iter()
        .map(|density| filled(*density))
        .find(|page| page.lines.len() <= height)
        .unwrap_or_else(|| filled(least))
}

/// The width of the page; one column on the right belongs to the marks.
fn page_width(area: Rect) -> u16 {
    area.width.saturating_sub(2).min(PAGE_WIDTH)
}

/// Draws the part of the page that is scrolled to, with marks where there is more. Says whether there is more.
fn draw_page(
    scroll: Option<u16>,
    page: Page<'_>,
    area: Rect,
    buffer: &mut Buffer,
    surface: &mut Surface,
) -> bool {
    let (theme, page_width) = (page.theme, page_width(area));
    let height = usize::from(area.height);
    let last = page.lines.len().saturating_sub(height);
    surface.page_lines = u16::try_from(page.lines.len()).unwrap_or(u16::MAX);
    let in_sight = || {
        let focus = page.focus.clone().unwrap_or_default();
        // Keep a line of what follows in sight, too.
        (focus.end + 1).saturating_sub(height).min(focus.start)
    };
    let wanted = scroll.map_or_else(in_sight, usize::from);
    let first = wanted.min(last);
    let more_below = first < last;
    let shown: Vec<Line<'_>> = page.lines.into_iter().skip(first).take(height).collect();
    let widths: Vec<usize> = shown.iter().map(Line::width).collect();
    Paragraph::new(shown).render(area, buffer);
    surface.scrolled = u16::try_from(first).unwrap_or(u16::MAX);
    surface.has_more_below = more_below;
    surface.page_rows = area.height;
    for (number, field) in page.fields.iter().enumerate() {
        surface
            .targets
            .extend(places_of(field, number, area, first));
    }
    for (lines, target) in page.targets {
        let seen = lines.start.max(first)..lines.end.min(first + height);
        if let (Ok(row), Ok(count)) = (
            u16::try_from(seen.start.saturating_sub(first)),
            u16::try_from(seen.len()),
        ) && count > 0
        {
            let here = Rect::new(area.x, area.y + row, page_width, count);
            surface.targets.push((here, target));
        }
    }
    surface.links = page
        .links
        .iter()
        .flat_map(|(lines, address)| lines.clone().map(move |line| (line, address)))
        .filter_map(|(line, address)| {
            let row = u16::try_from(line.checked_sub(first)?).ok()?;
            let width = u16::try_from(*widths.get(usize::from(row))?).ok()?;
            Some(Link {
                area: Rect::new(area.x, area.y + row, width, 1),
                address: address.clone(),
            })
        })
        .collect();
    let edge = area.right().saturating_sub(1);
    let mut mark = |glyph: &'static str, y| {
        let area = Rect::new(edge, y, 1, 1);
        Span::styled(glyph, theme.accent()).render(area, buffer);
    };
    if first > 0 {
        mark(theme.glyphs.more_above, area.y);
    }
    if more_below {
        mark(theme.glyphs.more_below, area.bottom().saturating_sub(1));
    }
    if let Some((line, column)) = page.cursor
        && (first..first + height).contains(&line)
    {
        let column = u16::try_from(column).unwrap_or(u16::MAX).min(page_width);
        let row = u16::try_from(line - first).unwrap_or(0);
        surface.cursor = Some(Position::new(area.x + column, area.y + row));
    }
    last > 0
}

/// Where in a field a click puts the cursor, column by column.
fn places_of(
    field: &ShownField,
    number: usize,
    area: Rect,
    first: usize,
) -> impl Iterator<Item = (Rect, Target)> {
    let row = field.line.checked_sub(first);
    let row = row.and_then(|row| area.rows().nth(row));
    row.into_iter().flat_map(move |row| {
        let columns = row.columns().skip(FIELD_BEGIN).zip(&field.places);
        columns.map(move |(here, at)| (here, Target::Field { number, at: *at }))
    })
}

/// The outcome of the last thing done, on at most three lines.
fn notice_lines<'a>(notice: Option<&Notice>, theme: &Theme, columns: u16) -> Vec<Line<'a>> {
    let Some(notice) = notice else {
        return Vec::new();
    };
    let (glyph, style) = if notice.is_problem {
        (theme.glyphs.warn, theme.warn())
    } else {
        (theme.glyphs.good, theme.good())
    };
    let mark = format!(" {glyph} ");
    let room = usize::from(columns).saturating_sub(width(&mark) + 1);
    page::wrap(&notice.text, room)
        .into_iter()
        .take(3)
        .enumerate()
        .map(|(index, part)| {
            let before = if index == 0 {
                mark.clone()
            } else {
                " ".repeat(width(&mark))
            };
            Line::styled(format!("{before}{part}"), style)
        })
        .collect()
}

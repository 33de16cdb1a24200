//! The content of a step, built line by line for a given width, so that it can be scrolled and its height known.

use std::borrow::Cow;
use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use super::theme::Theme;
use super::window::{Window, flatten, places_of_shortened};
use crate::check::Code;
use crate::text::{shorten_middle, width};
use crate::wizard::Target;
use crate::wizard::field::Field;
use crate::wizard::questions::{Picks, Question};

/// Below this height a page is drawn without gaps.
const LOW: usize = 16;

/// Lines of content, where the cursor stands, and which lines must be seen, first of all their first.
pub(super) struct Page<'t> {
    pub(super) lines: Vec<Line<'static>>,
    pub(super) cursor: Option<(usize, usize)>,
    pub(super) focus: Option<Range<usize>>,
    /// What can be clicked, on which lines.
    pub(super) targets: Vec<(Range<usize>, Target)>,
    /// The fields so far.
    pub(super) fields: Vec<ShownField>,
    pub(super) theme: &'t Theme,
    pub(super) width: usize,
    /// Whether there is so little room that gaps and headings must go.
    pub(super) is_low: bool,
}

/// A field on a page.
pub(super) struct ShownField {
    /// The line it is on.
    pub(super) line: usize,
    /// For each column from [`FIELD_BEGIN`] on, how many bytes of its text stand before what is seen there.
    pub(super) places: Vec<usize>,
}

/// The column in which a field's text begins, after its edge.
pub(super) const FIELD_BEGIN: usize = 2;

impl<'t> Page<'t> {
    pub(super) fn new(theme: &'t Theme, width: usize, height: usize) -> Self {
        Self {
            lines: Vec::new(),
            cursor: None,
            focus: None,
            targets: Vec::new(),
            fields: Vec::new(),
            theme,
            width,
            is_low: height < LOW,
        }
    }

    /// An empty line, but never two in a row and none at the top.
    pub(super) fn gap(&mut self) {
        if !self.is_low && self.lines.last().is_some_and(|line| line.width() > 0) {
            self.lines.push(Line::default());
        }
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.styled(text, self.theme.strong());
    }

    pub(super) fn text(&mut self, text: &str) {
        self.styled(text, self.theme.text());
    }

    pub(super) fn dim(&mut self, text: &str) {
        self.styled(text, self.theme.dim());
    }

    /// A paragraph, wrapped between words.
    pub(super) fn styled(&mut self, text: &str, style: Style) {
        self.hanging("", Style::new(), text, style);
    }

    /// A paragraph with something before its first line; further lines are indented as much.
    pub(super) fn hanging(&mut self, mark: &str, mark_style: Style, text: &str, style: Style) {
        let indent = width(mark);
        let room = self.width.saturating_sub(indent).max(1);
        for (index, part) in wrap(text, room).into_iter().enumerate() {
            let before = if index == 0 {
                mark.to_owned()
            } else {
                " ".repeat(indent)
            };
            self.lines.push(Line::from(vec![
                Span::styled(before, mark_style),
                Span::styled(part.into_owned(), style),
            ]));
        }
    }

    /// Has the lines from `begin` on brought into sight, unless something is being typed or picked elsewhere.
    pub(super) fn bring_into_sight(&mut self, begin: usize) {
        let end = self.lines.len();
        self.focus.get_or_insert(begin..end);
    }

    /// What a key does, after the key; a click does the same.
    pub(super) fn key(&mut self, before: &str, key: char, words: &str) {
        let begin = self.lines.len();
        let mark = format!(
            "{before}{key}{}",
            if before.is_empty() { " " } else { "  " }
        );
        self.hanging(&mark, self.theme.accent(), words, self.theme.text());
        let pressed = KeyEvent::from(KeyCode::Char(key));
        self.target(begin, Target::Key(pressed));
    }

    /// Makes the lines from `begin` on something to click.
    fn target(&mut self, begin: usize, target: Target) {
        self.targets.push((begin..self.lines.len(), target));
    }

    /// A paragraph with a sign that says how things stand.
    pub(super) fn marked(&mut self, glyph: &str, style: Style, text: &str) {
        self.hanging(&format!("{glyph} "), style, text, style);
    }

    /// A value beside its label, or below it if it fits only there; shortened in the middle if it must be.
    pub(super) fn value(&mut self, label: &str, value: &str) {
        const LABEL: usize = 13;
        const INDENT: &str = "  ";
        let room = self.width.saturating_sub(LABEL);
        if width(value) > room && width(value) + INDENT.len() <= self.width {
            self.dim(label);
            let style = self.theme.text();
            self.hanging(INDENT, style, value, style);
            return;
        }
        self.lines.push(Line::from(vec![
            Span::styled(format!("{label:<LABEL$}"), self.theme.dim()),
            Span::styled(shorten_middle(value, room), self.theme.text()),
        ]));
    }

    /// A line that must be whole to be of use, such as a link: broken anywhere rather than shortened.
    pub(super) fn whole(&mut self, text: &str, style: Style) {
        let mut rest: Vec<&str> = text.graphemes(true).collect();
        while !rest.is_empty() {
            let mut used = 0;
            let fits = rest
                .iter()
                .take_while(|part| {
                    used += width(part);
                    used <= self.width
                })
                .count()
                .max(1);
            let line: String = rest.drain(..fits).collect();
            self.lines.push(Line::styled(line, style));
        }
    }

    /// A line of which both ends tell most, and the key that shows all of it where it had to be shortened.
    pub(super) fn shortened(&mut self, text: &str, style: Style) {
        let shown = shorten_middle(text, self.width);
        let is_whole = shown == text;
        self.lines.push(Line::styled(shown, style));
        if !is_whole {
            self.key("", 'z', "shows all of it");
        }
    }

    /// What a code means and what to do, without its fixes.
    pub(super) fn cause(&mut self, code: Code, detail: Option<&str>) {
        self.cause_title(code);
        self.cause_words(code, detail);
    }

    /// What is wrong, in one line.
    pub(super) fn cause_title(&mut self, code: Code) {
        let (glyph, style) = match code.status() {
            crate::check::Status::Warn => (self.theme.glyphs.warn, self.theme.warn()),
            _ => (self.theme.glyphs.bad, self.theme.bad()),
        };
        self.marked(glyph, style.patch(self.theme.strong()), code.title());
    }

    /// What it means and what to do.
    pub(super) fn cause_words(&mut self, code: Code, detail: Option<&str>) {
        self.text(code.meaning());
        if let Some(detail) = detail {
            self.dim(detail);
        }
        self.text(code.remedy());
    }

    /// Clicks to make one after the other.
    pub(super) fn clicks(&mut self, clicks: &[String]) {
        let (number, words) = (self.theme.dim(), self.theme.text());
        for (index, click) in clicks.iter().enumerate() {
            self.hanging(&format!("{}. ", index + 1), number, click, words);
        }
    }

    /// A field with what is in it around the cursor.
    pub(super) fn field(&mut self, field: &Field, typing: bool, placeholder: &str) {
        let glyphs = self.theme.glyphs;
        let (edge, edge_style) = if typing {
            (glyphs.field, self.theme.accent())
        } else {
            (glyphs.idle_field, self.theme.dim())
        };
        let room = self.width.saturating_sub(3).max(1);
        let mut line = vec![Span::styled(format!("{edge} "), edge_style)];
        let mut column = 0;
        let mut places = Vec::new();
        if field.is_empty() {
            // In brackets, for without colours it would look like something typed.
            let style = self.theme.dim();
            line.push(Span::styled(format!("({placeholder})"), style));
        } else if typing {
            let window = Window::new(field, room, glyphs.line_end);
            column = window.cursor;
            places = window.places;
            let mark = |is_there, glyph| {
                let glyph = if is_there { glyph } else { "" };
                Span::styled(glyph, self.theme.dim())
            };
            line.extend([
                mark(window.has_more_before, glyphs.more_left),
                Span::styled(window.text, self.theme.text()),
                mark(window.has_more_after, glyphs.more_right),
            ]);
        } else {
            let flat = flatten(field.text(), glyphs.line_end);
            let shown = shorten_middle(&flat, room);
            places = places_of_shortened(field.text(), width(&shown), glyphs.line_end);
            line.push(Span::styled(shown, self.theme.text()));
        }
        if typing {
            self.cursor = Some((self.lines.len(), column + FIELD_BEGIN));
            self.focus = Some(self.lines.len()..self.lines.len() + 1);
        }
        self.lines.push(Line::from(line));
        let line = self.lines.len() - 1;
        // Beside the text, a click goes to its end.
        let end = Target::Field {
            number: self.fields.len(),
            at: usize::MAX,
        };
        self.target(line, end);
        self.fields.push(ShownField { line, places });
    }

    /// A field of which nothing is seen but how long it is, and where the cursor stands.
    pub(super) fn secret(&mut self, field: &Field, typing: bool, placeholder: &str) {
        let mask = self.theme.glyphs.mask;
        let count = |text: &str| text.chars().count();
        let mut masked = Field::new(mask.repeat(count(field.text())));
        masked.place_cursor(mask.len() * count(field.around_cursor().0));
        self.field(&masked, typing, placeholder);
        let places = self.fields.last_mut().map(|shown| &mut shown.places);
        for place in places.into_iter().flatten() {
            let mut characters = field.text().char_indices();
            let character = characters.nth(*place / mask.len());
            *place = character.map_or(usize::MAX, |(at, _)| at);
        }
    }

    /// Questions with their answers; the focus is on one of them.
    pub(super) fn questions(&mut self, questions: &[Question], picks: &Picks) {
        let glyphs = self.theme.glyphs;
        for (index, question) in questions.iter().enumerate() {
            self.gap();
            let focused = index == picks.focus();
            let style = if focused {
                self.theme.strong()
            } else {
                self.theme.text()
            };
            self.styled(&question.text, style);
            for (number, answer) in question.answers.iter().enumerate() {
                let picked = picks.answer(index) == number;
                let at_cursor = focused && picked;
                let pointer = if at_cursor { glyphs.focus } else { " " };
                let sign = if picked { glyphs.here } else { glyphs.open };
                let style = if at_cursor {
                    self.theme.accent()
                } else {
                    self.theme.text()
                };
                if at_cursor {
                    self.focus = Some(self.lines.len()..self.lines.len() + 1);
                }
                let begin = self.lines.len();
                self.hanging(&format!("{pointer} {sign} "), style, answer, style);
                let target = Target::Answer {
                    question: index,
                    answer: number,
                };
                self.target(begin, target);
            }
        }
    }
}

/// Wraps between words only: an address broken at a hyphen looks like another address.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<Cow<'_, str>> {
    let options = textwrap::Options::new(columns.max(1))
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options)
}

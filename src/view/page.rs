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
use crate::guide::Target;
use crate::guide::field::Field;
use crate::guide::parts::Mark;
use crate::guide::questions::{Picks, Question};
use crate::text::{capitalised, shorten_middle, width};

/// In front of a value that stands below its label.
const BELOW_LABEL: &str = "  ";

/// Below this height a page that does not fit is drawn with less.
pub(super) const LOW: usize = 16;

/// How much of the room there is a page takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Density {
    /// As much as it likes.
    Roomy,
    /// What only waits for something else is told on one line.
    Folded,
    /// Headings go, too, and what can be done comes before why.
    Lean,
    /// As little as it can: gaps go, too.
    Low,
}

/// What a letter means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letters {
    /// A key of the step.
    Keys,
    /// Text for a field; a key of the step only after the field was left.
    Text,
    /// A key of what lies over the step.
    OfOverlay,
}

/// Lines of content, where the cursor stands, and which lines must be seen, first of all their first.
pub(super) struct Page<'t> {
    pub(super) lines: Vec<Line<'static>>,
    pub(super) cursor: Option<(usize, usize)>,
    pub(super) focus: Option<Range<usize>>,
    /// Which lines are links, and where they lead.
    pub(super) links: Vec<(Range<usize>, String)>,
    /// What can be clicked, on which lines.
    pub(super) targets: Vec<(Range<usize>, Target)>,
    /// The fields so far.
    pub(super) fields: Vec<ShownField>,
    pub(super) theme: &'t Theme,
    pub(super) width: usize,
    pub(super) density: Density,
    pub(super) letters: Letters,
    /// Whether the step on the screen is named by a heading; where the steps are one line, that names it.
    pub(super) has_heading: bool,
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
    pub(super) fn new(theme: &'t Theme, width: usize, density: Density) -> Self {
        Self {
            lines: Vec::new(),
            cursor: None,
            focus: None,
            links: Vec::new(),
            targets: Vec::new(),
            fields: Vec::new(),
            theme,
            width,
            density,
            letters: Letters::Keys,
            has_heading: density < Density::Lean,
        }
    }

    /// Whether there is so little room that all must go which can be done without.
    pub(super) fn is_lean(&self) -> bool {
        self.density >= Density::Lean
    }

    /// An empty line, but never two in a row and none at the top.
    pub(super) fn gap(&mut self) {
        if self.density < Density::Low {
            self.space();
        }
    }

    /// The same, however little room there is: for what is read and not filled in.
    pub(super) fn space(&mut self) {
        if self.lines.last().is_some_and(|line| line.width() > 0) {
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
        for (index, part) in wrap(&with_short_words(text, room), room)
            .into_iter()
            .enumerate()
        {
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

    /// A key and what it does; a click does the same. Looks the same everywhere.
    pub(super) fn key(&mut self, key: char, words: &str) {
        let begin = self.lines.len();
        let (accent, text) = (self.theme.accent(), self.theme.text());
        self.hanging(&self.key_mark(key), accent, &capitalised(words), text);
        self.target_key(begin, key);
    }

    /// A key in front of what it does.
    fn key_mark(&self, key: char) -> String {
        if self.letters == Letters::Text {
            format!("  esc {key}  ")
        } else {
            format!("  {key}  ")
        }
    }

    /// In front of what belongs to what a key does: it stands below those words.
    fn below_key(&self) -> String {
        " ".repeat(width(&self.key_mark(' ')))
    }

    /// What the value below is, and the key that copies it.
    pub(super) fn value_heading(&mut self, key: char, name: &str) {
        let begin = self.lines.len();
        let (accent, dim) = (self.theme.accent(), self.theme.dim());
        self.hanging(&format!("{key} "), accent, name, dim);
        self.target_key(begin, key);
    }

    fn target_key(&mut self, begin: usize, key: char) {
        let pressed = KeyEvent::from(KeyCode::Char(key));
        self.target(begin, Target::Key(pressed));
    }

    /// The room for what a key does.
    pub(super) fn room_for_key(&self) -> usize {
        self.width.saturating_sub(self.below_key().len())
    }

    /// Whether this key stands on the page already.
    pub(super) fn offers(&self, key: char) -> bool {
        let pressed = KeyEvent::from(KeyCode::Char(key));
        let mut targets = self.targets.iter();
        targets.any(|(_, target)| *target == Target::Key(pressed))
    }

    /// Makes the lines from `begin` on something to click.
    fn target(&mut self, begin: usize, target: Target) {
        self.targets.push((begin..self.lines.len(), target));
    }

    /// The room beside such a sign.
    pub(super) fn room_for_marked(&self) -> usize {
        self.width.saturating_sub(2)
    }

    /// A paragraph with a sign that says how things stand.
    pub(super) fn marked(&mut self, glyph: &str, style: Style, text: &str) {
        self.hanging(&format!("{glyph} "), style, text, style);
    }

    /// Values beside their labels, all of them below where one fits only there; shortened in the middle if they must be.
    pub(super) fn values(&mut self, values: &[(&str, &str)]) {
        let widest = values.iter().map(|(label, _)| width(label)).max();
        let column = widest.unwrap_or(0) + 2;
        let beside = self.width.saturating_sub(column);
        let below = self.width.saturating_sub(BELOW_LABEL.len());
        let fits_only_below = |value: &str| (beside + 1..=below).contains(&width(value));
        let are_below = values.iter().any(|(_, value)| fits_only_below(value));
        let (quiet, text) = (self.theme.dim(), self.theme.text());
        for (label, value) in values {
            if are_below {
                self.dim(label);
                let value = format!("{BELOW_LABEL}{}", shorten_middle(value, below));
                self.lines.push(Line::styled(value, text));
            } else {
                self.lines.push(Line::from(vec![
                    Span::styled(format!("{label:<column$}"), quiet),
                    Span::styled(shorten_middle(value, beside), text),
                ]));
            }
        }
        let room = if are_below { below } else { beside };
        if values.iter().any(|(_, value)| width(value) > room) {
            self.offer_all();
        }
    }

    /// A text of which nothing may be missing, such as a key: broken anywhere rather than shortened.
    pub(super) fn whole(&mut self, text: &str, style: Style) {
        self.whole_after("", text, style);
    }

    /// The same, indented.
    pub(super) fn whole_after(&mut self, indent: &str, text: &str, style: Style) {
        let lines = break_anywhere(text, self.width.saturating_sub(width(indent)));
        let lines = lines
            .into_iter()
            .map(|line| Line::styled(format!("{indent}{line}"), style));
        self.lines.extend(lines);
    }

    /// A line of which both ends tell most; where it had to be shortened, with the key that shows all of it.
    pub(super) fn shortened(&mut self, text: &str, style: Style) {
        self.shortened_after("", text, style);
    }

    /// The same below what a key does, which it belongs to.
    pub(super) fn shortened_below_key(&mut self, text: &str, style: Style) {
        self.shortened_after(&self.below_key(), text, style);
    }

    fn shortened_after(&mut self, indent: &str, text: &str, style: Style) {
        let shown = shorten_middle(text, self.width.saturating_sub(width(indent)));
        let is_whole = shown == text;
        self.lines
            .push(Line::styled(format!("{indent}{shown}"), style));
        if !is_whole {
            self.offer_all();
        }
    }

    /// The key that shows whole what had to be shortened. Once on a page is enough: it shows everything.
    fn offer_all(&mut self) {
        if self.letters != Letters::OfOverlay && !self.offers('z') {
            self.key('z', "Show all of it");
        }
    }

    /// A link that doorkey built itself, whole.
    pub(super) fn whole_link(&mut self, link: &str, style: Style) {
        let begin = self.lines.len();
        self.whole(link, style);
        self.links.push((begin..self.lines.len(), link.to_owned()));
    }

    /// A link that doorkey built itself, on one line.
    pub(super) fn shortened_link(&mut self, link: &str, style: Style) {
        let begin = self.lines.len();
        self.shortened(link, style);
        self.links.push((begin..begin + 1, link.to_owned()));
    }

    /// What a code means and what to do, without its fixes.
    pub(super) fn cause(&mut self, code: Code, detail: Option<&str>) {
        self.cause_title(code, Mark::of_cause(code.standing(), code.status()));
        self.cause_words(code, detail);
    }

    /// What is wrong, in one line.
    pub(super) fn cause_title(&mut self, code: Code, mark: Mark) {
        let (glyph, style) = self.theme.mark(mark);
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
                let sign = if picked {
                    glyphs.picked
                } else {
                    glyphs.unpicked
                };
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

/// A text whose widest words, such as addresses, are shortened to a line: broken, they would look like others.
fn with_short_words(text: &str, columns: usize) -> Cow<'_, str> {
    let is_wide = |word: &str| width(word) > columns;
    if !text.split(' ').any(is_wide) {
        return Cow::Borrowed(text);
    }
    let words = text.split(' ').map(|word| shorten_middle(word, columns));
    Cow::Owned(words.collect::<Vec<_>>().join(" "))
}

/// Lines of a text that keep all of it. A word that fits on a line stays whole, such as a key's comment; a wider one, such
/// as the key, is broken where the line ends, or, if it is a link, behind the last slash there.
fn break_anywhere(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    for word in text.split_inclusive(' ') {
        let needed = width(word.trim_end());
        if used > 0 && needed <= columns && used + needed > columns {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        for part in word.graphemes(true) {
            // A space at the end of a line is not seen.
            if used > 0 && used + width(part) > columns && part != " " {
                let slash = line.rfind('/').filter(|_| word.contains("://"));
                let slash = slash.filter(|slash| *slash >= line.len() / 2);
                let next = slash.map(|slash| line.split_off(slash + 1));
                lines.push(std::mem::take(&mut line));
                line = next.unwrap_or_default();
                used = width(&line);
            }
            line.push_str(part);
            used += width(part);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_word_that_fits_on_a_line_is_not_broken() {
        assert_eq!(
            break_anywhere("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 coalesce", 16),
            ["ssh-ed25519 AAAA", "C3NzaC1lZDI1NTE5 ", "coalesce"]
        );
        assert_eq!(break_anywhere("", 16), Vec::<String>::new());
        assert_eq!(
            break_anywhere("https://example.com/one-thing/another", 32),
            ["https://example.com/one-thing/", "another"]
        );
    }

    #[test]
    fn an_address_in_a_sentence_is_shortened_rather_than_broken() {
        let text = "Use ssh://git@git.example.com:7999/data/analytics.git instead.";
        assert_eq!(
            with_short_words(text, 20),
            "Use ssh://git@…ytics.git instead."
        );
        assert_eq!(with_short_words(text, 60), text);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_where_all_is_shown(text in ".{0,200}", columns in 2usize..80) {
            let lines = break_anywhere(&text, columns);
            prop_assert_eq!(lines.concat(), text);
            // What people see as one character is never broken, however wide it is.
            let fits = lines.iter().all(|line| {
                let line = line.trim_end_matches(' ');
                width(line) <= columns || line.graphemes(true).count() == 1
            });
            prop_assert!(fits);
        }
    }
}

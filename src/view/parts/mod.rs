//! Draws what a guide says, part by part.

mod keys;
mod rows;
mod trouble;

use super::document;
use super::page::Page;
use crate::guide::parts::{AskedField, Content, Part, Watching};
use crate::text::{shorten_middle, width};

/// Where the line of a key begins below its fingerprint: as far in as "Old" and "New" are wide.
const BELOW_WHICH: &str = "   ";

/// Fills the page with what a guide says.
pub(super) fn fill(content: &Content<'_>, page: &mut Page<'_>) {
    if !page.is_lean() {
        draw(&content.about, page);
        if !content.about.is_empty() {
            page.gap();
        }
    }
    draw(&content.body, page);
}

fn draw(parts: &[Part<'_>], page: &mut Page<'_>) {
    for part in parts {
        draw_part(part, page);
    }
}

fn draw_part(part: &Part<'_>, page: &mut Page<'_>) {
    let theme = page.theme;
    match part {
        Part::Heading(words) => page.heading(words),
        Part::Text(words) => page.text(words),
        Part::Dim(words) => page.dim(words),
        Part::Proven(words) => page.styled(words, theme.good().patch(theme.strong())),
        Part::Marked(mark, words) => {
            let (glyph, style) = theme.mark(*mark);
            page.marked(glyph, style, words);
        }
        Part::Found(name, behind) => {
            let room = page.room_for_marked().saturating_sub(width(behind));
            let words = format!("{}{behind}", shorten_middle(name, room));
            page.marked(theme.glyphs.good, theme.good(), &words);
        }
        Part::Address(address) => page.styled(&format!("  {address}"), theme.strong()),
        Part::Values(values) => {
            let values: Vec<(&str, &str)> = values
                .iter()
                .map(|(label, value)| (*label, value.as_str()))
                .collect();
            page.values(&values);
        }
        Part::Labelled(label, value) => labelled(label, value, page),
        Part::Key(which, fingerprint) => page.values(&[(which, fingerprint)]),
        Part::LineOfKey(line) => page.values(&[(BELOW_WHICH, line)]),
        Part::Link(link) => page.shortened_link(link, theme.accent()),
        Part::Source(link) => page.whole_link(link, theme.dim()),
        Part::Clicks(clicks) => page.clicks(clicks),
        Part::Points(title, points) => {
            let begin = page.lines.len();
            page.heading(title);
            for point in points {
                page.hanging("· ", theme.dim(), point, theme.text());
            }
            page.bring_into_sight(begin);
        }
        Part::Field(field) => asked_field(field, page),
        Part::Questions(questions, picks) => page.questions(questions, picks),
        Part::Refusal(code, detail) => page.cause(*code, detail.as_deref()),
        Part::Suggestion(words, address) => {
            page.gap();
            page.key(Part::SUGGESTION_KEY, words);
            page.shortened_below_key(address, theme.strong());
        }
        Part::Offer(offer) => trouble::offer(offer, page),
        Part::Tested(url) => page.dim(&shorten_middle(url, page.width)),
        Part::Ladder(rows) => rows::draw(rows, page),
        Part::Watch(watching) => page.styled(&in_words(watching), theme.accent()),
        Part::Trouble(found) => trouble::draw(found, page),
        Part::Document(document) => document::fill(document, page),
        Part::Copyable(value) => {
            page.value_heading(value.digit, value.name);
            if value.is_link {
                page.whole_link(&value.text, theme.text());
            } else {
                page.whole(&value.text, theme.text());
            }
        }
        Part::Line(line) => page.whole(line, theme.text()),
        Part::Keys(keys) => keys::draw(keys, page),
        Part::Gap => page.gap(),
        Part::Space => page.space(),
        Part::Picked(_, parts) | Part::Test(parts) | Part::Seen(parts) => draw(parts, page),
        // The code is drawn in the place of everything.
        Part::QrCode(_, _) | Part::Heard(_) => {}
    }
}

fn asked_field(asked: &AskedField<'_>, page: &mut Page<'_>) {
    if let Some(question) = asked.kind.question() {
        page.text(question);
    }
    let placeholder = asked.kind.placeholder();
    if asked.kind.is_secret() {
        page.secret(asked.field, asked.has_focus, placeholder);
    } else {
        page.field(asked.field, asked.has_focus, placeholder);
    }
}

fn labelled(label: &str, value: &str, page: &mut Page<'_>) {
    let words = format!("{label} {value}");
    if width(&words) <= page.width {
        page.dim(&words);
    } else {
        page.dim(label);
        page.shortened(value, page.theme.dim());
    }
}

fn in_words(watching: &Watching) -> String {
    match watching.next_in {
        Some(wait) => {
            // Rounded up, so that the count ends at 1 and not at 0.
            let left = wait.as_millis().div_ceil(1000);
            format!("Watching: next test in {left} s. {}", watching.awaited())
        }
        None => "Watching: testing now.".to_owned(),
    }
}

//! Plain text, for mail and for the ear.

use super::{Block, Document, Part, Piece};
use crate::text::width;

impl Document {
    /// The document as plain text, its sentences wrapped between words. What is to be taken over is never broken.
    pub fn to_plain_text(&self, columns: usize) -> String {
        let ruled = |text: &str, rule: &str| {
            let text = wrapped("", text, columns);
            let widest = text.lines().map(width).max().unwrap_or(0);
            format!("{text}\n{}", rule.repeat(widest))
        };
        let parts = self.texts(
            |title| ruled(title, "="),
            |heading| ruled(heading, "-"),
            columns,
        );
        parts.join("\n\n") + "\n"
    }

    /// The document for the ear: no rules, and no sentence broken into lines. A line each.
    pub fn to_spoken_lines(&self) -> Vec<String> {
        let parts = self.texts(str::to_owned, |heading| format!("{heading}:"), usize::MAX);
        let text = parts.join("\n\n");
        text.lines().map(str::to_owned).collect()
    }

    fn texts(
        &self,
        title: impl Fn(&str) -> String,
        heading: impl Fn(&str) -> String,
        columns: usize,
    ) -> Vec<String> {
        let texts = self.parts().map(|part| match part {
            Part::Title(pieces) => title(&line(pieces)),
            Part::Heading(words) => heading(words),
            Part::Block(part) => block(part, columns),
        });
        texts.collect()
    }
}

fn block(block: &Block, columns: usize) -> String {
    match block {
        Block::Paragraph(pieces) => wrapped("", &line(pieces), columns),
        Block::Steps(steps) => {
            let steps = steps.iter().enumerate();
            let lines: Vec<String> = steps
                .map(|(index, step)| wrapped(&format!("{}. ", index + 1), &line(step), columns))
                .collect();
            lines.join("\n")
        }
        Block::Points(points) => {
            let lines: Vec<String> = points
                .iter()
                .map(|point| wrapped("- ", &line(point), columns))
                .collect();
            lines.join("\n")
        }
        Block::Verbatim(_, text) => text.0.clone(),
    }
}

fn line(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

/// Lines of whole words; the further ones are indented as much as what is before the first takes.
fn wrapped(before: &str, text: &str, columns: usize) -> String {
    let indent = " ".repeat(width(before));
    let options = textwrap::Options::new(columns)
        .initial_indent(before)
        .subsequent_indent(&indent)
        .break_words(false)
        // An address or a fingerprint must stay whole.
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text.trim(), options)
}

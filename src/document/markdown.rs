//! Markdown as `CommonMark` has it, without what only some readers know.

use super::{Block, Document, Kind, Part, Piece};

impl Document {
    /// The document as Markdown.
    pub fn to_markdown(&self) -> String {
        let parts = self.parts().map(|part| match part {
            Part::Title(pieces) => format!("# {}", heading(line(pieces))),
            Part::Heading(words) => format!("## {}", heading(escaped(words))),
            Part::Block(part) => block(part),
        });
        parts.collect::<Vec<_>>().join("\n\n") + "\n"
    }
}

/// A heading may end with a run of `#` behind a space, which readers leave out (`CommonMark` section 4.2).
fn heading(words: String) -> String {
    let before = words.trim_end().trim_end_matches('#');
    let is_closing = before.is_empty() || before.ends_with(' ');
    match words.trim_end().strip_suffix('#') {
        Some(rest) if is_closing => format!("{rest}\\#"),
        _ => words,
    }
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(pieces) => line(pieces),
        Block::Steps(steps) => {
            let steps = steps.iter().enumerate();
            let lines: Vec<String> = steps
                .map(|(index, step)| format!("{}. {}", index + 1, line(step)))
                .collect();
            lines.join("\n")
        }
        Block::Points(points) => {
            let lines: Vec<String> = points
                .iter()
                .map(|point| format!("- {}", line(point)))
                .collect();
            lines.join("\n")
        }
        Block::Verbatim(language, text) => {
            // A fence ends at the next one that is as long.
            let fence = "`".repeat(longest_run(&text.0).max(2) + 1);
            format!("{fence}{}\n{}\n{fence}", language.id(), text.0)
        }
    }
}

/// Pieces on one line. Whatever begins it begins no block.
fn line(pieces: &[Piece]) -> String {
    let line: String = pieces.iter().map(piece).collect();
    let line = line.trim();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at(digits);
    match rest.chars().next() {
        Some('#' | '+' | '-' | '=' | ':') if number.is_empty() => format!("\\{line}"),
        Some('.' | ')') if !number.is_empty() => format!("{number}\\{rest}"),
        _ => line.to_owned(),
    }
}

fn piece(piece: &Piece) -> String {
    match piece.kind {
        Kind::Words => escaped(&piece.text),
        Kind::Strong => match piece.text.trim() {
            "" => String::new(),
            text => format!("**{}**", escaped(text)),
        },
        Kind::Code => code_span(&piece.text),
        Kind::Link => format!("<{}>", piece.text),
    }
}

/// A code span ends at the next run of backticks that is as long, and gives one space on each side back (`CommonMark`
/// section 6.1).
fn code_span(text: &str) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let mark = "`".repeat(longest_run(text) + 1);
    let is_at_edge = |edge: char| text.starts_with(edge) || text.ends_with(edge);
    let pad = if is_at_edge('`') || is_at_edge(' ') {
        " "
    } else {
        ""
    };
    format!("{mark}{pad}{text}{pad}{mark}")
}

/// The length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    let runs = text.split(|character| character != '`');
    runs.map(str::len).max().unwrap_or(0)
}

/// Words in which nothing is markup, tables and strikes of GitHub's Markdown included.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\`*_[]<>&~|$".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::words;
    use super::*;

    #[test]
    fn a_heading_keeps_the_signs_at_its_end() {
        for (text, expected) in [
            ("Issue #", "# Issue \\#\n"),
            ("Issue ##  ", "# Issue #\\#\n"),
            ("C#", "# C#\n"),
            ("#", "# \\#\n"),
            ("\\#", "# \\\\#\n"),
        ] {
            let markdown = Document::new(vec![words(text)]).to_markdown();
            assert_eq!(markdown, expected, "{text}");
        }
        let section = Document::new(vec![words("Title")])
            .section("# ", [Block::Paragraph(vec![words("text")])]);
        assert_eq!(section.to_markdown(), "# Title\n\n## \\#\n\ntext\n");
    }
}

//! A short text with one structure and three renderings: Markdown, plain text and a page of HTML.
//!
//! Whatever a piece of it holds, it stays that piece: it can neither become markup nor leave its line.

mod html;
mod markdown;
mod plain_text;

use crate::text::is_harmful;

/// A text with a title and sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    title: Vec<Piece>,
    introduction: Vec<Block>,
    sections: Vec<Section>,
}

/// A part of a document under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Section {
    heading: String,
    blocks: Vec<Block>,
}

/// What stands on lines of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Sentences.
    Paragraph(Vec<Piece>),
    /// What is done one after the other.
    Steps(Vec<Vec<Piece>>),
    /// What stands side by side.
    Points(Vec<Vec<Piece>>),
    /// One line to be taken over as it is.
    Verbatim(Language, Verbatim),
}

/// What a line to be taken over is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// No language.
    Text,
    /// A command for a POSIX shell.
    Shell,
}

impl Language {
    /// The name by which Markdown knows it.
    const fn id(self) -> &'static str {
        match self {
            Language::Text => "text",
            Language::Shell => "sh",
        }
    }
}

/// A line to be taken over as it is. Nothing in it can control a terminal or a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verbatim(String);

/// A piece of a line. Nothing in it can control a terminal or a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    kind: Kind,
    text: String,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Words,
    /// Words that matter.
    Strong,
    /// A name, a value, or what somebody else said.
    Code,
    /// A web address to go to.
    Link,
}

/// A part of a document.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// Its title.
    Title(&'a [Piece]),
    /// The heading of a section.
    Heading(&'a str),
    /// What stands on lines of its own.
    Block(&'a Block),
}

impl Document {
    /// A document that has nothing but its title yet.
    pub fn new(title: Vec<Piece>) -> Self {
        Self {
            title,
            introduction: Vec::new(),
            sections: Vec::new(),
        }
    }

    /// Its parts, in their order.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let sections = self.sections.iter().flat_map(|section| {
            let blocks = section.blocks.iter().map(Part::Block);
            std::iter::once(Part::Heading(&section.heading)).chain(blocks)
        });
        std::iter::once(Part::Title(&self.title))
            .chain(self.introduction.iter().map(Part::Block))
            .chain(sections)
    }

    /// Adds what stands under the title.
    #[must_use]
    pub fn introduction(mut self, blocks: impl IntoIterator<Item = Block>) -> Self {
        self.introduction.extend(blocks);
        self
    }

    /// Adds a section; without anything in it, nothing.
    #[must_use]
    pub fn section(mut self, heading: &str, blocks: impl IntoIterator<Item = Block>) -> Self {
        let blocks: Vec<Block> = blocks.into_iter().collect();
        if !blocks.is_empty() {
            self.sections.push(Section {
                heading: one_line(heading),
                blocks,
            });
        }
        self
    }
}

impl Verbatim {
    /// The line.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl Block {
    /// A line to be taken over as it is.
    pub fn verbatim(language: Language, text: &str) -> Self {
        Self::Verbatim(language, Verbatim(one_line(text)))
    }
}

/// Words of our own.
pub fn words(text: impl AsRef<str>) -> Piece {
    Piece::new(Kind::Words, text.as_ref())
}

/// Words that matter.
pub fn strong(text: impl AsRef<str>) -> Piece {
    Piece::new(Kind::Strong, text.as_ref())
}

/// A name, a value, or what somebody else said.
pub fn code(text: impl AsRef<str>) -> Piece {
    Piece::new(Kind::Code, text.as_ref())
}

/// A web address to go to. What is none is only shown.
pub fn link(address: impl AsRef<str>) -> Piece {
    let address = address.as_ref();
    let kind = if is_web_address(address) {
        Kind::Link
    } else {
        Kind::Code
    };
    Piece::new(kind, address)
}

impl Piece {
    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn new(kind: Kind, text: &str) -> Self {
        Self {
            kind,
            text: one_line(text),
        }
    }
}

/// Whether a text is nothing but the address of a web page, in the characters of RFC 3986 except those that could end a
/// link in Markdown.
fn is_web_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&+,;=%".contains(&byte);
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(is_allowed))
}

/// Text without line ends or anything else that could mislead.
fn one_line(text: &str) -> String {
    text.chars()
        .filter_map(|character| match character {
            space if space.is_whitespace() => Some(' '),
            harmful if is_harmful(harmful) => None,
            other => Some(other),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        let table = [
            ("https://bitbucket.org/acme/analytics/", Kind::Link),
            ("http://[2001:db8::1]:7990/plugins/keys?a=b#c", Kind::Link),
            ("javascript:alert(1)", Kind::Code),
            ("https://", Kind::Code),
            ("https://example.com/> <script>", Kind::Code),
            ("HTTPS://example.com", Kind::Code),
        ];
        for (text, kind) in table {
            assert_eq!(link(text).kind, kind, "{text}");
        }
    }

    #[test]
    fn a_piece_stays_on_its_line() {
        let piece = words("one\r\ntwo\u{2028}three\x1b[31m\u{202e}four");
        assert_eq!(piece.text, "one  two three[31mfour");
    }

    #[test]
    fn a_section_without_anything_in_it_is_none() {
        let document = Document::new(vec![words("Title")]).section("Heading", []);
        assert_eq!(document, Document::new(vec![words("Title")]));
    }
}

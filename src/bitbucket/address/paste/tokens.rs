//! A text as words, and as what stands in quotes or tags.

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Characters between spaces.
    Word(&'a str),
    /// What something encloses that says where it ends: quotes, the angle brackets of a link, a value in a tag.
    Enclosed(&'a str),
    /// The end of a line.
    LineEnd,
    /// A tag of HTML or XML.
    Tag,
}

/// Quotes, in the languages people write. Those of code come first, the longest before its beginning.
const QUOTES: [(&str, &str); 12] = [
    ("\"\"\"", "\"\"\""),
    ("```", "```"),
    ("\"", "\""),
    ("'", "'"),
    ("`", "`"),
    ("“", "”"),
    ("„", "“"),
    ("‘", "’"),
    ("‚", "‘"),
    ("«", "»"),
    ("‹", "›"),
    ("「", "」"),
];

/// Tags are shorter.
const LONGEST_TAG: usize = 2000;

const LINE_ENDS: [char; 6] = ['\n', '\r', '\u{b}', '\u{c}', '\u{2028}', '\u{2029}'];

pub(super) fn is_line_end(character: char) -> bool {
    LINE_ENDS.contains(&character)
}

/// Takes a text apart.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    Scanner {
        text,
        at: 0,
        word: None,
        unclosed: Vec::new(),
        found: Vec::new(),
    }
    .run()
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// Where the word begins that is being read.
    word: Option<usize>,
    /// Quotes that nothing closes from here on, so that none is searched for twice.
    unclosed: Vec<&'static str>,
    found: Vec<Token<'a>>,
}

impl<'a> Scanner<'a> {
    fn run(mut self) -> Vec<Token<'a>> {
        while let Some(character) = self.rest().chars().next() {
            if is_line_end(character) {
                self.end_word();
                self.found.push(Token::LineEnd);
                self.at += character.len_utf8();
            } else if character.is_whitespace() {
                self.end_word();
                self.at += character.len_utf8();
            } else if !self.enclosed() {
                self.word.get_or_insert(self.at);
                self.at += character.len_utf8();
            }
        }
        self.end_word();
        self.found
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    fn end_word(&mut self) {
        if let Some(start) = self.word.take() {
            self.found.push(Token::Word(&self.text[start..self.at]));
        }
    }

    /// Takes what is enclosed, if something encloses what comes next.
    fn enclosed(&mut self) -> bool {
        // A password may hold anything, so nothing begins between a scheme and the end of its word.
        let word = self.word.map(|start| &self.text[start..self.at]);
        let in_url = word.is_some_and(|word| word.contains("://"));
        let found = if in_url {
            self.verbatim()
                .or_else(|| self.tag(true))
                .or_else(|| self.markdown_link())
        } else {
            self.verbatim()
                .or_else(|| self.quoted())
                .or_else(|| self.angled())
                .or_else(|| self.tag(false))
                .or_else(|| self.markdown_link())
        };
        let Some((tokens, length)) = found else {
            return false;
        };
        self.end_word();
        self.found.extend(tokens);
        self.at += length;
        true
    }

    fn quoted(&mut self) -> Option<(Vec<Token<'a>>, usize)> {
        let rest = self.rest();
        let &(open, close) = QUOTES.iter().find(|(open, _)| rest.starts_with(open))?;
        let is_start = self.before().is_none_or(|before| {
            before.is_whitespace() || "=:([{,>+|<\\\"'`“„‘‚«‹「".contains(before)
        });
        if !is_start || self.unclosed.contains(&open) {
            return None;
        }
        let inner = &rest[open.len()..];
        let Some(length) = inner.find(close) else {
            self.unclosed.push(open);
            return None;
        };
        let (content, after) = (&inner[..length], &inner[length + close.len()..]);
        let ends = after.chars().next().is_none_or(|next| {
            next.is_whitespace() || ",;:.)]}>!?<|+\\\"'`”“’‘»›」".contains(next)
        });
        (ends && !content.contains(is_line_end)).then(|| {
            let whole = open.len() + length + close.len();
            (vec![Token::Enclosed(content)], whole)
        })
    }

    /// `<https://…>`, and Slack's `<https://…|label>`.
    fn angled(&self) -> Option<(Vec<Token<'a>>, usize)> {
        let inner = self.rest().strip_prefix('<')?;
        let length = within(inner, '>')?;
        let content = &inner[..length];
        let address = content.split('|').next().unwrap_or_default();
        let is_address = (address.contains("://") || address.contains('@'))
            && !address.contains(|c: char| c.is_whitespace() || "\"'=".contains(c));
        (is_address && self.may_begin())
            .then(|| (vec![Token::Enclosed(address)], length + "<>".len()))
    }

    /// `<![CDATA[…]]>`
    fn verbatim(&self) -> Option<(Vec<Token<'a>>, usize)> {
        let marks = ["<![CDATA[", "]]>"];
        let mark = marks.iter().find(|mark| self.rest().starts_with(**mark))?;
        Some((vec![Token::Tag], mark.len()))
    }

    /// `<tag attribute="value">`. Within an address only one that closes, or breaks a line, is a tag.
    fn tag(&self, in_url: bool) -> Option<(Vec<Token<'a>>, usize)> {
        let inner = self.rest().strip_prefix('<')?;
        let ends_or_breaks = inner.starts_with('/') || inner.starts_with("br");
        if !ends_or_breaks && (in_url || !self.may_begin()) {
            return None;
        }
        let length = within(inner, '>')?;
        let content = &inner[..length];
        let name = content.trim_start_matches(['/', '!', '?']);
        let end = name
            .find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.[".contains(c)))
            .unwrap_or(name.len());
        let is_tag = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '[' || c == '-')
            && name[end..]
                .chars()
                .next()
                .is_none_or(|next| next.is_whitespace() || next == '/' || next == '?');
        is_tag.then(|| {
            let values = values(&name[end..]).into_iter().map(Token::Enclosed);
            (values.chain([Token::Tag]).collect(), length + "<>".len())
        })
    }

    /// `](address)`, behind the text of a link of Markdown's.
    fn markdown_link(&self) -> Option<(Vec<Token<'a>>, usize)> {
        let inner = self.rest().strip_prefix("](")?;
        let line = self.text[..self.at].rsplit(is_line_end).next()?;
        let start = line.rfind('[')?;
        let begins = line[..start]
            .chars()
            .next_back()
            .is_none_or(|before| before.is_whitespace() || "(*!-_>\"'".contains(before));
        let length = within(inner, ')').filter(|_| begins)?;
        // A title may follow the address.
        let address = inner[..length].split(char::is_whitespace).next()?;
        Some((
            vec![Token::Enclosed(address)],
            "](".len() + length + ")".len(),
        ))
    }

    /// Whether a tag or a link may begin here: not within a word, where `<workspace>` stands for a name.
    fn may_begin(&self) -> bool {
        self.before()
            .is_none_or(|before| before.is_whitespace() || "<>\"'`([{,;=|*-".contains(before))
    }
}

/// Where a text ends that is closed by `mark` on the same line.
fn within(text: &str, mark: char) -> Option<usize> {
    let end = text
        .char_indices()
        .take(LONGEST_TAG)
        .find_map(|(at, c)| (c == mark || is_line_end(c)).then_some((at, c == mark)));
    end.and_then(|(at, closes)| closes.then_some(at))
}

/// The values in quotes of a tag's attributes.
fn values(attributes: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = attributes;
    while let Some(at) = rest.find(['"', '\'']) {
        let quote = if rest[at..].starts_with('"') {
            '"'
        } else {
            '\''
        };
        let Some((value, after)) = rest[at + 1..].split_once(quote) else {
            break;
        };
        found.push(value);
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_words_and_what_is_enclosed() {
        use Token::{Enclosed, LineEnd, Tag, Word};
        let cases: [(&str, &[Token]); 13] = [
            (
                r#""url": "a b","#,
                &[Enclosed("url"), Word(":"), Enclosed("a b"), Word(",")],
            ),
            (
                r#"{"a":"b"}"#,
                &[
                    Word("{"),
                    Enclosed("a"),
                    Word(":"),
                    Enclosed("b"),
                    Word("}"),
                ],
            ),
            ("can't 'x'.", &[Word("can't"), Enclosed("x"), Word(".")]),
            ("a\nb", &[Word("a"), LineEnd, Word("b")]),
            ("<url>x</url>", &[Tag, Word("x"), Tag]),
            (
                r#"<a href="x">y</a>"#,
                &[Enclosed("x"), Tag, Word("y"), Tag],
            ),
            ("<https://h/p|label>", &[Enclosed("https://h/p")]),
            (
                "git@h:<workspace>/<repo>",
                &[Word("git@h:<workspace>/<repo>")],
            ),
            ("[t](<u>)", &[Word("[t"), Enclosed("<u>")]),
            ("x`id`", &[Word("x`id`")]),
            (r#"https://a:"b",@h/p"#, &[Word(r#"https://a:"b",@h/p"#)]),
            (
                "a \"b\nc\"",
                &[Word("a"), Word("\"b"), LineEnd, Word("c\"")],
            ),
            ("```x```", &[Enclosed("x")]),
        ];
        for (text, expected) in cases {
            assert_eq!(tokens(text), expected, "{text}");
        }
    }
}

//! Any texts as the pieces of a document: in Markdown, in HTML and as plain text nothing leaves its place. Parsers that
//! are not ours say so.
//!
//! A line of the input is a part of the document, by its first letter: a heading (`#`), a paragraph (`p`), a step (`1`), a point
//! (`-`), a command (`$`) or a line to be taken over (anything else). Tabs part its pieces, in turn words, a value, words and
//! a link. `\n` stands for a line end.

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::{SshAliases, read_address};
use doorkey::document::{Block, Document, Kind, Language, Part, Piece, code, link, words};
use doorkey::hand_off::HandOff;
use html5gum::{Token, Tokenizer};
use pulldown_cmark::{Event, Parser, Tag};

use crate::{assert_harmless_lines, good_key, text};

pub fn run(data: &[u8]) {
    let text = text(data);
    let (document, plain) = (build(&text, str::to_owned), build(&text, plain));
    assert_in_place(&document, &plain);
    assert_eq!(
        without_spaces(&markdown_text(&document.to_markdown())),
        without_spaces(&own_text(&document))
    );
    for columns in [0, 1, 40, 80] {
        assert_harmless_lines(&document.to_plain_text(columns));
    }
    hand_off(&text);
}

/// The comment of a key is the one text in a hand-off that anybody can choose.
fn hand_off(text: &str) {
    let good = good_key();
    let Ok(key) = AccessKey::read(&format!("{} {}", good.bare_line(), text.replace('\n', " ")))
    else {
        return;
    };
    let reading = read_address(
        "git@ssh.bitbucket.org:acme/analytics.git",
        &SshAliases::default(),
    );
    let reading = reading.expect("an address");
    let document = |key: &AccessKey| {
        let hand_off = HandOff {
            edition: reading.address.edition(),
            key: Some(key),
            place: Some(&reading.place),
            address: Some(&reading.address),
            address_guessed: false,
            region: None,
            allowlist_used: false,
            simulated_page: None,
        };
        hand_off.document()
    };
    assert_in_place(&document(&key), &document(&good));
    let plain = document(&key).to_plain_text(76);
    assert!(plain.lines().any(|line| line == key.line()), "{plain}");
}

/// A document has the same elements as one whose texts can do no harm.
fn assert_in_place(document: &Document, plain: &Document) {
    let (markdown, html) = (document.to_markdown(), document.to_html());
    assert_harmless_lines(&markdown);
    assert_harmless_lines(&html);
    assert_eq!(
        markdown_shape(&markdown),
        markdown_shape(&plain.to_markdown()),
        "{markdown}"
    );
    assert_eq!(html_shape(&html), html_shape(&plain.to_html()), "{html}");
}

fn build(text: &str, how: impl Fn(&str) -> String) -> Document {
    let mut sections: Vec<(String, Vec<Block>)> = Vec::new();
    let (mut introduction, mut title) = (Vec::new(), vec![words("Title")]);
    for line in text.lines().take(40) {
        let mut letters = line.chars();
        let first = letters.next().unwrap_or(' ');
        let rest = letters.as_str().replace("\\n", "\n");
        let block = match first {
            '#' => {
                sections.push((how(&rest), Vec::new()));
                continue;
            }
            '=' => {
                title = pieces(&rest, &how);
                continue;
            }
            'p' => Block::Paragraph(pieces(&rest, &how)),
            '1' => Block::Steps(vec![pieces(&rest, &how), vec![words("next")]]),
            '-' => Block::Points(vec![pieces(&rest, &how), vec![words("next")]]),
            '$' => Block::verbatim(Language::Shell, &how(&rest)),
            _ => Block::verbatim(Language::Text, &how(&rest)),
        };
        // What comes behind it must stay outside of it.
        let blocks = [block, Block::Paragraph(vec![words("after it")])];
        match sections.last_mut() {
            Some((_, section)) => section.extend(blocks),
            None => introduction.extend(blocks),
        }
    }
    let document = Document::new(title).introduction(introduction);
    sections
        .into_iter()
        .fold(document, |document, (heading, blocks)| {
            document.section(&heading, blocks)
        })
}

fn pieces(text: &str, how: impl Fn(&str) -> String) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (index, part) in text.split('\t').enumerate() {
        if index > 0 {
            pieces.push(words(" and "));
        }
        pieces.push(match index % 4 {
            1 => code(how(part)),
            // An address stays one: whether it is one decides the element.
            3 if link(part).kind() == Kind::Link => link(part),
            3 => link(how(part)),
            _ => words(how(part)),
        });
    }
    pieces
}

/// A text that can do no harm in place of another; where nothing is seen of that, nothing.
fn plain(text: &str) -> String {
    let is_blank = words(text).text().trim().is_empty();
    if is_blank {
        String::new()
    } else {
        "x".to_owned()
    }
}

/// The elements of Markdown without their texts.
fn markdown_shape(markdown: &str) -> Vec<String> {
    let shown = |event: Event<'_>| match event {
        Event::Text(_) | Event::SoftBreak => None,
        Event::Code(_) => Some("code".to_owned()),
        Event::Start(Tag::Link { link_type, .. }) => Some(format!("{link_type:?}")),
        other => Some(format!("{other:?}")),
    };
    Parser::new(markdown).filter_map(shown).collect()
}

fn markdown_text(markdown: &str) -> String {
    let texts = Parser::new(markdown).filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(text.into_string()),
        _ => None,
    });
    texts.collect()
}

/// All texts of a document, in their order.
fn own_text(document: &Document) -> String {
    let mut text = String::new();
    let mut add = |pieces: &[Piece]| pieces.iter().for_each(|piece| text.push_str(piece.text()));
    for part in document.parts() {
        match part {
            Part::Title(pieces) => add(pieces),
            Part::Block(Block::Paragraph(pieces)) => add(pieces),
            Part::Heading(heading) => add(&[words(heading)]),
            Part::Block(Block::Steps(lines) | Block::Points(lines)) => {
                lines.iter().for_each(|line| add(line))
            }
            Part::Block(Block::Verbatim(_, line)) => add(&[words(line.text())]),
        }
    }
    text
}

fn without_spaces(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace())
        .collect()
}

/// The elements of HTML with the attributes that our own templates give them.
fn html_shape(html: &str) -> Vec<String> {
    let shown = |token| match token {
        Token::String(_) => None,
        Token::StartTag(mut tag) => {
            tag.attributes.remove(&b"href"[..]);
            Some(format!("{:?} {:?}", tag.name, tag.attributes))
        }
        Token::EndTag(tag) => Some(format!("/{:?}", tag.name)),
        other => Some(format!("{other:?}")),
    };
    Tokenizer::new(html).flatten().filter_map(shown).collect()
}

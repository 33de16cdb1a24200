//! Nothing in the text leaves its place, whatever it is: told by parsers that are not ours.

use doorkey::document::Document;
use doorkey::hand_off::TEXT_COLUMNS;
use html5gum::{Token, Tokenizer};
use proptest::prelude::*;
use pulldown_cmark::{Event, Parser, Tag};

use super::{CLOUD, fenced, hand_off, key, key_of, reading};

/// What could end a piece of Markdown, HTML or a command, and begin another.
pub(crate) fn hostile() -> impl Strategy<Value = String> {
    let tricks = prop::sample::select(vec![
        "<script>alert(1)</script>",
        "</code></pre>",
        "\"><img src=x>",
        "&lt;",
        "--><!--",
        "```",
        "``",
        "`",
        "~~~",
        "'",
        "\"",
        "$(touch x)",
        "\\",
        "\n",
        "\r\n",
        "\n# ",
        "\n```\n",
        "\u{202e}",
        "\u{200b}",
        "\u{2028}",
        "שלום",
        "مرحبا",
        "]]>",
        "](https://example.com)",
        "**",
        "__",
        "|",
        "<https://example.com>",
        "{{heading}}",
        "a",
        " ",
        "1. ",
        "- ",
    ]);
    prop_oneof![
        prop::collection::vec(tricks, 0..8).prop_map(|parts| parts.concat()),
        ".{0,60}",
        "\\PC{0,60}",
    ]
}

/// The shape of Markdown: its elements without their texts.
fn markdown_shape(markdown: &str) -> Vec<String> {
    let shown = |event: Event<'_>| match event {
        Event::Text(_) | Event::SoftBreak => None,
        Event::Code(_) => Some("code".to_owned()),
        other => Some(format!("{other:?}")),
    };
    Parser::new(markdown).filter_map(shown).collect()
}

/// The shape of HTML, and its text.
fn html_shape(html: &str) -> (Vec<String>, String) {
    let (mut shape, mut text) = (Vec::new(), String::new());
    for token in Tokenizer::new(html).flatten() {
        match token {
            Token::StartTag(tag) => shape.push(format!("{:?} {:?}", tag.name, tag.attributes)),
            Token::EndTag(tag) => shape.push(format!("/{:?}", tag.name)),
            Token::String(string) => text.push_str(&String::from_utf8_lossy(&string)),
            other => shape.push(format!("{other:?}")),
        }
    }
    (shape, text)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_comment_of_a_key_leaves_its_place(comment in hostile()) {
        let Some(key) = key_of(&comment) else {
            return Ok(());
        };
        let (plain, reading) = (super::key(), reading(CLOUD));
        let document = hand_off(&key, &reading).document();
        let harmless = hand_off(&plain, &reading).document();

        let markdown = document.to_markdown();
        let [line, command] = &fenced(&markdown)[..] else {
            return Err(TestCaseError::fail(markdown));
        };
        prop_assert_eq!(line.trim_end(), key.line());
        // Nothing of it is in the command.
        prop_assert_eq!(Some(command.clone()), fenced(&harmless.to_markdown()).pop());
        // A fence may have to be longer, and is no other element for that.
        prop_assert_eq!(markdown_shape(&markdown), markdown_shape(&harmless.to_markdown()));

        let (shape, text) = html_shape(&document.to_html());
        prop_assert_eq!(shape, html_shape(&harmless.to_html()).0);
        prop_assert!(text.contains(&key.line()), "{}", text);

        let text = document.to_plain_text(TEXT_COLUMNS);
        prop_assert!(text.lines().any(|line| line == key.line()));
    }

    #[test]
    fn no_name_of_a_repository_leaves_its_place(
        project in hostile(),
        repository in hostile(),
        base in hostile(),
    ) {
        let (key, plain) = (key(), reading(CLOUD));
        let mut odd = plain.clone();
        // No address leads to such names; they are put there by hand.
        odd.place.project = project;
        odd.place.repository = repository;
        odd.place.base = format!("https://{base}");
        let document = hand_off(&key, &odd).document();
        let harmless = hand_off(&key, &plain).document();
        let tags = |document: &Document| {
            let shape = html_shape(&document.to_html()).0.into_iter();
            // What is no web address is shown, and no link.
            let is_link = |tag: &String| tag.contains("b\"a\"") || tag.contains("b\"code\"");
            let shape = shape.filter(|tag| !is_link(tag));
            shape.collect::<Vec<_>>()
        };
        prop_assert_eq!(tags(&document), tags(&harmless));
        let markdown = document.to_markdown();
        prop_assert_eq!(fenced(&markdown), fenced(&harmless.to_markdown()));
        for event in Parser::new(&markdown) {
            if let Event::Start(Tag::Link { dest_url, .. }) = event {
                prop_assert!(dest_url.starts_with("https://"), "{}", dest_url);
            }
        }
    }
}

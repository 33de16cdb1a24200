//! The text for another administrator: its three renderings, that nothing in it can break out of its place, and that its
//! command does what it says.

#![allow(clippy::expect_used, reason = "a test may fail this way")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::{Edition, Reading, SshAliases, read_address};
use doorkey::check::Verdict;
use doorkey::coalesce::Region;
use doorkey::document::Document;
use doorkey::hand_off::{HandOff, TEXT_COLUMNS};
use doorkey::simulator::{Options, Simulator};
use html5gum::{Token, Tokenizer};
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

const KEY: &str = include_str!("fixtures/keys/ed25519.pub");
const CLOUD: &str = "git@ssh.bitbucket.org:acme/analytics.git";
const DATA_CENTER: &str = "ssh://git@git.example.com:7999/data/analytics.git";

fn key() -> AccessKey {
    AccessKey::read(KEY).expect("a key")
}

fn reading(url: &str) -> Reading {
    read_address(url, &SshAliases::default()).expect("an address")
}

fn hand_off<'a>(key: &'a AccessKey, reading: &'a Reading) -> HandOff<'a> {
    HandOff {
        edition: reading.address.edition(),
        key: Some(key),
        place: Some(&reading.place),
        address: Some(&reading.address),
        address_guessed: false,
        region: None,
        allowlist_used: false,
        simulated_page: None,
    }
}

// ---- the renderings ---------------------------------------------------------------------------------------------

macro_rules! pictures {
    ($name:literal, $document:expr) => {
        let document: Document = $document;
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(concat!($name, "_markdown"), document.to_markdown());
            insta::assert_snapshot!(concat!($name, "_text"), document.to_plain_text(TEXT_COLUMNS));
            insta::assert_snapshot!(concat!($name, "_html"), document.to_html());
        });
    };
}

#[test]
fn cloud_with_a_region() {
    let (key, reading) = (key(), reading(CLOUD));
    let hand_off = HandOff {
        region: Region::from_id("us"),
        allowlist_used: true,
        ..hand_off(&key, &reading)
    };
    pictures!("cloud", hand_off.document());
}

#[test]
fn data_center_with_guesses() {
    let (key, reading) = (key(), reading(DATA_CENTER));
    let hand_off = HandOff {
        address_guessed: true,
        ..hand_off(&key, &reading)
    };
    pictures!("data_center", hand_off.document());
}

#[test]
fn what_is_missing_is_said() {
    let nothing = HandOff {
        edition: Edition::Cloud,
        key: None,
        place: None,
        address: None,
        address_guessed: false,
        region: None,
        allowlist_used: false,
        simulated_page: None,
    };
    let text = nothing.document().to_markdown();
    assert!(text.contains("# Please add an access key to our repository\n"));
    assert!(text.contains("The key is not known yet"));
    assert!(!text.contains("doorkey check"));
}

#[test]
fn a_demo_says_that_it_is_one() {
    let (key, reading) = (key(), reading(CLOUD));
    let page = "http://127.0.0.1:8000/secret/acme/analytics/admin/access-keys/";
    let hand_off = HandOff {
        simulated_page: Some(page),
        ..hand_off(&key, &reading)
    };
    let text = hand_off.document().to_markdown();
    assert!(text.contains("comes from a demo"));
    assert!(text.contains(&format!("<{page}>")));
    assert!(!text.contains("https://bitbucket.org/acme"));
}

#[test]
fn every_region_names_its_address_or_says_that_there_is_none() {
    let (key, reading) = (key(), reading(CLOUD));
    let text = hand_off(&key, &reading).document().to_markdown();
    for region in Region::all() {
        let named = match region.egress_addresses() {
            none if none.is_empty() => {
                format!("{}: not published as of {}", region.title, region.date)
            }
            addresses => format!(
                "{}: `{addresses}`, as of {}, from <{}>",
                region.title, region.date, region.source
            ),
        };
        assert!(text.contains(&named), "{named}\n{text}");
    }
}

// ---- nothing breaks out -----------------------------------------------------------------------------------------

/// The key with a comment that may be anything.
fn key_of(comment: &str) -> Option<AccessKey> {
    let bare = key().bare_line();
    AccessKey::read(&format!("{bare} {comment}")).ok()
}

fn hostile() -> impl Strategy<Value = String> {
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

/// The lines to be taken over, as a reader of Markdown finds them, and whether the rest is as it should be.
fn fenced(markdown: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<String> = None;
    for event in Parser::new(markdown) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => open = Some(String::new()),
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            Event::Text(text) => {
                if let Some(block) = &mut open {
                    block.push_str(&text);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => panic!("markup: {html}"),
            _ => {}
        }
    }
    blocks
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
        let (plain, reading) = (self::key(), reading(CLOUD));
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

// ---- the command ------------------------------------------------------------------------------------------------

/// Lets `doorkey` be found, with every connection led to a simulation.
fn install(directory: &Path, simulator: &Simulator) {
    let program = directory.join("doorkey");
    let script = format!(
        "#!/bin/sh\nexec '{}' \"$@\" --connect-to ::127.0.0.1:{} --host-key {}\n",
        env!("CARGO_BIN_EXE_doorkey"),
        simulator.ssh_address().port(),
        simulator.fingerprint()
    );
    fs::write(&program, script).expect("a file");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("a program");
}

/// Pastes a line into a shell.
fn paste(directory: &Path, command: &str) -> Output {
    let path = std::env::var("PATH").expect("a path");
    Command::new("sh")
        .args(["-c", command])
        .env_clear()
        .env("HOME", directory)
        .env("PATH", format!("{}:{path}", directory.display()))
        .current_dir(directory)
        .output()
        .expect("a shell")
}

#[test]
fn the_command_proves_it_when_pasted_into_a_shell() {
    for (edition, url) in [
        (
            Edition::Cloud,
            "git@ssh.bitbucket.org:acme/analytics-platform.git",
        ),
        (
            Edition::DataCenter,
            "ssh://git@git.example.com:7999/acme/analytics-platform.git",
        ),
    ] {
        let simulator = Simulator::start(Options::new(edition)).expect("a simulation");
        let directory = tempfile::tempdir().expect("a directory");
        install(directory.path(), &simulator);
        // What stands in the comment does nothing.
        let key = key_of("it's \"Ada\" `touch a` $(touch b) ; touch c").expect("a key");
        let reading = reading(url);
        let text = hand_off(&key, &reading).document();
        let blocks = fenced(&text.to_markdown());
        let [line, command] = &blocks[..] else {
            panic!("a key and a command: {blocks:?}");
        };
        assert!(
            text.to_plain_text(TEXT_COLUMNS)
                .contains(command.trim_end())
        );

        let before = paste(directory.path(), command);
        assert_eq!(before.status.code(), Some(1), "{before:?}");
        simulator
            .add_key(line.trim_end())
            .expect("the key is added");
        let after = paste(directory.path(), command);
        assert_eq!(after.status.code(), Some(0), "{after:?}");
        let told = String::from_utf8_lossy(&after.stdout).into_owned();
        assert!(told.contains(Verdict::Ready.words()), "{told}");
        let left: Vec<_> = fs::read_dir(directory.path()).expect("it").collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_word_comes_out_of_a_shell_as_it_went_in(text in hostile()) {
        // No argument of a program can hold it.
        prop_assume!(!text.contains('\0'));
        let command = format!("printf %s {}", doorkey::text::shell_word(&text));
        let output = Command::new("sh").args(["-c", &command]).output().expect("a shell");
        prop_assert_eq!(String::from_utf8_lossy(&output.stdout), text);
    }
}

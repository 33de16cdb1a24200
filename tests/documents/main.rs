//! The texts for others: the hand-off to another administrator and the report of a test. Their renderings, that nothing in
//! them can break out of its place, and that who has only the hand-off can finish.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail this way"
)]

mod breaking_out;
mod command;
#[allow(dead_code, reason = "other tests need more of it")]
#[path = "../support/program.rs"]
mod program;
mod renderings;
mod report;
mod shell;

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::{Reading, SshAliases, read_address};
use doorkey::hand_off::HandOff;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

const KEY: &str = include_str!("../fixtures/keys/ed25519.pub");
const CLOUD: &str = "git@ssh.bitbucket.org:acme/analytics.git";
const DATA_CENTER: &str = "ssh://git@git.example.com:7999/data/analytics.git";

fn key() -> AccessKey {
    AccessKey::read(KEY).expect("a key")
}

/// The key with a comment that may be anything.
fn key_of(comment: &str) -> Option<AccessKey> {
    let bare = key().bare_line();
    AccessKey::read(&format!("{bare} {comment}")).ok()
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

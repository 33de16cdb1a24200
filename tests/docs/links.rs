//! Every link in the pages leads somewhere, and every picture says what is to be seen.

use std::fs;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::page::{Page, root};

/// A link or a picture.
struct Link {
    to: String,
    is_picture: bool,
    /// The words of the link, or what stands for the picture where it can't be seen.
    words: String,
}

/// More than a name, less than a story.
const ALTERNATIVE_TEXT: std::ops::Range<usize> = 40..700;

fn links(page: &str) -> Vec<Link> {
    let mut links = Vec::new();
    let mut open: Option<Link> = None;
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                open = Some(Link {
                    to: dest_url.into_string(),
                    is_picture: false,
                    words: String::new(),
                });
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                open = Some(Link {
                    to: dest_url.into_string(),
                    is_picture: true,
                    words: String::new(),
                });
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(link) = &mut open {
                    link.words += &text;
                }
            }
            Event::End(TagEnd::Link | TagEnd::Image) => links.extend(open.take()),
            _ => {}
        }
    }
    links
}

/// The anchors that GitHub gives the headings of a page.
fn anchors(page: &str) -> Vec<String> {
    let mut anchors = Vec::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                anchors.extend(heading.take().map(|text| anchor(&text)));
            }
            _ => {}
        }
    }
    anchors
}

fn anchor(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let kept = lower
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut pictures = 0;
    let mut pages = Page::all();
    for name in ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        pages.push(Page::read(name));
    }
    for page in pages {
        for link in links(&page.text) {
            let Link {
                to,
                is_picture,
                words,
            } = link;
            if is_picture {
                pictures += 1;
                let length = words.chars().count();
                assert!(
                    ALTERNATIVE_TEXT.contains(&length),
                    "{to}: {length} characters"
                );
            }
            if to.starts_with("https://") {
                continue;
            }
            let (file, wanted) = to.split_once('#').unwrap_or((&to, ""));
            let path = if file.is_empty() {
                root().join(&page.name)
            } else {
                page.folder().join(file)
            };
            assert!(path.is_file(), "{} leads to {to}", page.name);
            if !wanted.is_empty() {
                let there = anchors(&fs::read_to_string(&path).expect("a page"));
                assert!(there.contains(&wanted.to_owned()), "{}: {to}", page.name);
            }
        }
    }
    assert!(pictures > 5, "only {pictures} pictures were found");
}

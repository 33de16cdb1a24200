//! The pages that people read: their text, their tables, their blocks.

use std::path::{Path, PathBuf};
use std::{env, fs};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A page of Markdown.
pub(crate) struct Page {
    /// Its path from the root on.
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn read(name: &str) -> Self {
        let text = fs::read_to_string(root().join(name)).unwrap_or_else(|_| panic!("no {name}"));
        Self {
            name: name.to_owned(),
            text,
        }
    }

    /// The README and everything in `docs/`.
    pub(crate) fn all() -> Vec<Self> {
        let folder = fs::read_dir(root().join("docs")).expect("the documentation");
        let mut names: Vec<String> = folder
            .map(|entry| entry.expect("an entry").file_name())
            .filter(|name| Path::new(name).extension().is_some_and(|end| end == "md"))
            .map(|name| format!("docs/{}", name.to_string_lossy()))
            .collect();
        names.sort();
        names.insert(0, "README.md".to_owned());
        names.iter().map(|name| Self::read(name)).collect()
    }

    pub(crate) fn folder(&self) -> PathBuf {
        let file = root().join(&self.name);
        file.parent().expect("a folder").to_owned()
    }

    /// What stands under a heading, without what stands under the headings within.
    pub(crate) fn section(&self, heading: &str) -> &str {
        let mut begin = None;
        let mut offset = 0;
        for line in self.text.split_inclusive('\n') {
            if line.starts_with('#') {
                match begin {
                    None if line.trim_start_matches('#').trim() == heading => {
                        begin = Some(offset + line.len());
                    }
                    None => {}
                    Some(begin) => return &self.text[begin..offset],
                }
            }
            offset += line.len();
        }
        let begin = begin.unwrap_or_else(|| panic!("{} has no section {heading}", self.name));
        &self.text[begin..]
    }
}

/// A block that is to be taken over as it is.
pub(crate) struct Block {
    /// What its fence says it is, such as `sh`.
    pub(crate) language: String,
    pub(crate) lines: Vec<String>,
    /// The paragraph before it.
    pub(crate) said_before: String,
}

/// The blocks of a page.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    let mut paragraph = String::new();
    let mut has_ended = false;
    for line in page.lines() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(language), None) => {
                open = Some(Block {
                    language: language.to_owned(),
                    lines: Vec::new(),
                    said_before: paragraph.clone(),
                });
            }
            (Some(_), Some(block)) => blocks.push(block),
            (None, Some(mut block)) => {
                block.lines.push(line.to_owned());
                open = Some(block);
            }
            // The empty line between a paragraph and its block belongs to neither.
            (None, None) if line.is_empty() => has_ended = true,
            (None, None) => {
                if std::mem::take(&mut has_ended) {
                    paragraph.clear();
                }
                paragraph.push_str(line);
                paragraph.push('\n');
            }
        }
    }
    assert!(open.is_none(), "a block has no end");
    blocks
}

/// The rows of the tables in a text, without their headings.
pub(crate) fn rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut is_body = false;
    for line in text.lines() {
        let Some(cells) = line
            .strip_prefix('|')
            .and_then(|line| line.strip_suffix('|'))
        else {
            is_body = false;
            continue;
        };
        if cells.bytes().all(|byte| b"-|: ".contains(&byte)) {
            is_body = true;
        } else if is_body {
            let cells = cells.split('|');
            rows.push(cells.map(|cell| cell.trim().to_owned()).collect());
        }
    }
    rows
}

/// What stands between backticks in a text.
pub(crate) fn code_spans(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Compares a page with what it should be, or writes it where that was asked for.
#[track_caller]
pub(crate) fn assert_current(name: &str, page: &str) {
    let file = root().join(name);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, page).expect("the page is written");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == page, "run: UPDATE_DOCS=1 cargo test --test docs");
}

/// The files of a folder and those in it, with their text.
pub(crate) fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources.extend(self::sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            sources.push((path.display().to_string(), text));
        }
    }
    sources
}

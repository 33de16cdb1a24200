//! Pages of `docs/` as sections of the manual, so that what they say stands in one place.

use clap_mangen::roff::{Inline, Roff, bold, roman};

/// A page, as it is written: headings, paragraphs, tables, with code and links in them.
pub(super) struct Page {
    /// The section's title in the manual.
    pub(super) title: &'static str,
    /// Its Markdown.
    pub(super) text: &'static str,
}

/// What doorkey reads of its environment.
pub(super) const ENVIRONMENT: Page = Page {
    title: "ENVIRONMENT",
    text: include_str!("../../../docs/environment.md"),
};

/// Which files it keeps, writes and reads.
pub(super) const FILES: Page = Page {
    title: "FILES",
    text: include_str!("../../../docs/files.md"),
};

impl Page {
    pub(super) fn section(&self) -> Roff {
        let mut section = Roff::default();
        section.control("SH", [self.title]);
        for block in self.text.split("\n\n") {
            let mut lines = block.lines().filter(|line| !line.is_empty()).peekable();
            match lines.peek() {
                // The page's own title, in whose place the section's is.
                Some(line) if line.starts_with("# ") => {}
                Some(line) if line.starts_with("## ") => {
                    section.control("SS", [line.trim_start_matches("## ")]);
                }
                Some(line) if line.starts_with('|') => table(&mut section, lines),
                Some(_) => {
                    section.control("PP", []);
                    section.text(inline(&lines.collect::<Vec<_>>().join(" ")));
                }
                None => {}
            }
        }
        section
    }
}

/// A table as a list: the first column is what is described. Where several describe it, each has a line with its heading.
fn table<'a>(section: &mut Roff, mut lines: impl Iterator<Item = &'a str>) {
    let headings = lines.next().map(cells).unwrap_or_default();
    // Between the headings and the rest stands a line that only rules.
    for row in lines.skip(1).map(cells) {
        let Some((described, rest)) = row.split_first() else {
            continue;
        };
        section.control("TP", []);
        section.text(inline(described));
        if let [only] = rest {
            section.text(inline(only));
            continue;
        }
        for (index, (cell, heading)) in rest.iter().zip(headings.iter().skip(1)).enumerate() {
            if index > 0 {
                section.control("br", []);
            }
            section.text(inline(&format!("{heading}: {cell}")));
        }
    }
}

fn cells(line: &str) -> Vec<&str> {
    line.trim_matches('|').split('|').map(str::trim).collect()
}

/// Code is bold; of a link, the words stay.
fn inline(text: &str) -> Vec<Inline> {
    let parts = text.split('`').enumerate();
    parts
        .map(|(index, part)| match index % 2 {
            0 => roman(without_links(part)),
            _ => bold(part),
        })
        .collect()
}

fn without_links(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        let Some((name, (_, after))) = link
            .split_once("](")
            .and_then(|(name, target)| Some((name, target.split_once(')')?)))
        else {
            break;
        };
        words.push_str(before);
        words.push_str(name);
        rest = after;
    }
    words + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_paragraphs_and_tables_become_a_section() {
        let page = Page {
            title: "FILES",
            text: "# Files\n\n## What is kept\n\nIn `~/.local`, see\n[the guide](guide.md).\n\n| file | mode | holds |\n|---|---|---|\n| `a`, `b` | 0600 | nothing |\n\n| file | holds |\n|---|---|\n| `c` | all |\n",
        };
        let section = page.section().to_roff();
        insta::assert_snapshot!(section, @r#"
        .SH FILES
        .SS "What is kept"
        .PP
        In \fB~/.local\fR, see the guide.
        .TP
        \fBa\fR, \fBb\fR
        mode: 0600
        .br
        holds: nothing
        .TP
        \fBc\fR
        all
        "#);
    }

    /// What is not known here would be shown as it is written.
    #[test]
    fn the_pages_hold_nothing_that_is_not_known_here() {
        for page in [ENVIRONMENT, FILES] {
            let section = page.section().to_roff();
            for line in section.lines() {
                let is_control = [".SH ", ".SS ", ".TP", ".PP", ".br"]
                    .iter()
                    .any(|control| line.starts_with(control));
                assert!(is_control || !line.starts_with('.'), "{line}");
                // Points, numbered points and quotations.
                for mark in ["\\- ", "* ", "1. ", "> "] {
                    assert!(!line.starts_with(mark), "{line}");
                }
                for mark in ["`", "](", "**", "|"] {
                    assert!(!line.contains(mark), "{line}");
                }
            }
        }
    }
}

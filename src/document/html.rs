//! A page of HTML that stands alone: no script, nothing from elsewhere, readable on a screen, aloud and on paper.

use super::{Block, Document, Kind, Piece};
use crate::html::Html;

const PAGE: &str = include_str!("../../assets/document/page.html");
const STYLE: &str = include_str!("../../assets/document/page.css");

impl Document {
    /// The document as a page.
    pub fn to_html(&self) -> String {
        let title: String = self.title.iter().map(|piece| piece.text.as_str()).collect();
        let sections = self.sections.iter().enumerate();
        let sections = sections.map(|(index, section)| {
            Html::fill(
                "<section aria-labelledby=\"part-{{number}}\">\n<h2 id=\"part-{{number}}\">{{heading}}</h2>\n{{blocks}}</section>\n",
                &[
                    ("number", Html::text(&(index + 1).to_string())),
                    ("heading", Html::text(&section.heading)),
                    ("blocks", section.blocks.iter().map(block).collect()),
                ],
            )
        });
        let parts = [
            ("title", Html::text(title.trim())),
            ("style", Html::fixed(STYLE)),
            ("heading", line(&self.title)),
            (
                "introduction",
                self.introduction.iter().map(block).collect(),
            ),
            ("sections", sections.collect()),
        ];
        Html::fill(PAGE, &parts).into_string()
    }
}

fn block(block: &Block) -> Html {
    match block {
        Block::Paragraph(pieces) => Html::fill("<p>{{line}}</p>\n", &[("line", line(pieces))]),
        Block::Steps(steps) => Html::fill("<ol>\n{{items}}</ol>\n", &[("items", items(steps))]),
        Block::Points(points) => Html::fill("<ul>\n{{items}}</ul>\n", &[("items", items(points))]),
        Block::Verbatim(_, text) => Html::fill(
            "<pre><code dir=\"ltr\">{{text}}</code></pre>\n",
            &[("text", Html::text(&text.0))],
        ),
    }
}

fn items(lines: &[Vec<Piece>]) -> Html {
    let item = |pieces: &Vec<Piece>| Html::fill("<li>{{line}}</li>\n", &[("line", line(pieces))]);
    lines.iter().map(item).collect()
}

fn line(pieces: &[Piece]) -> Html {
    pieces.iter().map(piece).collect()
}

/// Letters that run from right to left must not turn round what stands beside them: hence `dir`.
fn piece(piece: &Piece) -> Html {
    let template = match piece.kind {
        Kind::Words => "{{text}}",
        Kind::Strong => "<strong>{{text}}</strong>",
        Kind::Code => "<code dir=\"ltr\">{{text}}</code>",
        Kind::Link => "<a href=\"{{text}}\">{{text}}</a>",
    };
    Html::fill(template, &[("text", Html::text(&piece.text))])
}

//! A saved connection as a text for a ticket: what was proven of it, how and when, and what is left. It names nothing of the machine
//! it is saved on.

use super::{Connection, LastTest};
use crate::check::Rung;
use crate::document::{Block, Document, Piece, code, strong, words};

impl Connection {
    /// What is known of it, as a text for others.
    pub fn document(&self) -> Document {
        let repository = format!("{}/{}", self.address.project(), self.address.repository());
        let document = Document::new(vec![words("Access key of "), code(repository)])
            .introduction([Block::Paragraph(self.last_test_pieces())])
            .section("What is connected", [Block::Points(self.subject())])
            .section(
                "What was proven, and when",
                [Block::Points(
                    Rung::ALL.map(|rung| self.rung(rung)).to_vec(),
                )],
            );
        let again = vec![
            words("To test it again, where it is saved: "),
            code(format!("doorkey verify {}", self.name)),
        ];
        let document = if self.retired.is_empty() {
            document
        } else {
            let former = self.retired.iter().map(|retired| {
                vec![
                    code(retired.key.fingerprint()),
                    words(format!(", replaced on {}", day(&retired.at))),
                ]
            });
            document.section("Keys it had before", [Block::Points(former.collect())])
        };
        document.section("How to test it again", [Block::Paragraph(again)])
    }

    fn last_test_pieces(&self) -> Vec<Piece> {
        match &self.last_test {
            Some(LastTest { at, verdict }) => vec![
                strong(verdict.words()),
                words(" That is how the last test ended, at "),
                code(at),
                words("."),
            ],
            None => vec![strong("It was not tested yet.")],
        }
    }

    fn subject(&self) -> Vec<Vec<Piece>> {
        let address = &self.address;
        let edition = format!(" ({})", address.edition().title());
        let mut points = vec![
            vec![words("SSH URL: "), code(address.ssh()), words(edition)],
            vec![
                words("Public key: "),
                code(self.key.algorithm()),
                words(format!(", {} bits, ", self.key.bits())),
                code(self.key.fingerprint()),
            ],
        ];
        if let Some(region) = self.region {
            points.push(vec![words(format!(
                "Region of Coalesce Quality: {}",
                region.title
            ))]);
        }
        for pin in &self.host_keys {
            points.push(vec![
                words("Host key, trusted by whoever set it up: "),
                code(pin.fingerprint().to_string()),
            ]);
        }
        points.push(vec![words(format!(
            "With: doorkey {}",
            env!("CARGO_PKG_VERSION")
        ))]);
        points
    }

    // Not by what: a saved proof may name a file of this machine.
    fn rung(&self, rung: Rung) -> Vec<Piece> {
        let told = self.proofs.of(rung).map_or_else(
            || format!(": not proven. What would prove it: {}", rung.way_to_prove()),
            |proven| format!(": proven on {}. {}", day(&proven.at), rung.claim()),
        );
        vec![strong(rung.title()), words(told)]
    }
}

/// The day of a time in RFC 3339.
pub fn day(at: &str) -> &str {
    at.split_once('T').map_or(at, |(day, _)| day)
}

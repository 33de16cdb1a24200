//! A saved connection as a text for a ticket: what was proven of it, how and when, and what is left. It names nothing of the machine
//! it is saved on.

use super::{Audience, Connection, day};
use crate::check::{Rung, Standing};
use crate::document::{Block, Document, Piece, code, strong, words};

impl Connection {
    /// What is known of it, as a text for others.
    pub fn document(&self) -> Document {
        let repository = format!("{}/{}", self.address.project(), self.address.repository());
        let document = Document::new(vec![words("Access key of "), code(repository)])
            .introduction([Block::Paragraph(self.last_test_pieces())])
            .section("What is connected", [Block::Points(self.subject())])
            .section(
                "What was shown, and when",
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
                let history = format!(", {}", retired.words());
                vec![code(retired.key.fingerprint()), words(history)]
            });
            document.section("Keys it had before", [Block::Points(former.collect())])
        };
        document.section("How to test it again", [Block::Paragraph(again)])
    }

    fn last_test_pieces(&self) -> Vec<Piece> {
        let Some(test) = self.memory.last_test() else {
            return vec![strong("It was not tested yet.")];
        };
        let mut pieces = vec![
            strong(test.verdict.sentence(&self.memory.proof())),
            words(" That is how the last test ended, at "),
            code(&test.at),
            words("."),
        ];
        if test.since != test.at {
            pieces.extend([words(" It is so since "), code(&test.since), words(".")]);
        }
        // While no test could tell, the last try is the last test.
        if let Some(tried) = self.memory.last_try().filter(|tried| tried.at != test.at) {
            pieces.extend([
                words(" A later test could not tell: "),
                code(&tried.at),
                words("."),
            ]);
        }
        if let Some(rotation) = &self.rotation {
            pieces.push(words(format!(
                " Its key is being replaced since {}; next: {}.",
                day(&rotation.began),
                rotation.stage().words()
            )));
        }
        pieces
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

    fn rung(&self, rung: Rung) -> Vec<Piece> {
        let remembered = self.memory.rung(rung);
        let history = remembered.words(Audience::Others);
        let told = match remembered.standing() {
            Standing::Proven => format!(": {history}. {}", rung.claim()),
            Standing::Refuted => format!(": {history}."),
            Standing::Unknown => {
                format!(": {history}. What would prove it: {}", rung.way_to_prove())
            }
        };
        vec![strong(rung.title()), words(told)]
    }
}

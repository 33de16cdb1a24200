//! A report as a text for a ticket: what was proven, how and when, what was not, and what to do. It names nothing of the
//! machine it was made on: no file, no address that a name led to, no key of its user.

use super::conclusion::Conclusion;
use super::{Check, CheckId, Report, Rung, Standing, Status, Verdict};
use crate::access_key::AccessKey;
use crate::document::{Block, Document, Piece, code, strong, words};

impl Report {
    /// The report as a text for others.
    pub fn document(&self) -> Document {
        let mut title = vec![words("Connection test")];
        if let Some(address) = &self.address {
            let name = format!("{}/{}", address.project(), address.repository());
            title.extend([words(" of "), code(name)]);
        }
        let document = Document::new(title)
            .introduction(self.verdict_blocks())
            .section("What was tested", [Block::Points(self.subject())])
            .section("How far it got", [Block::Points(self.ladder())]);
        let troubles = self.troubles().into_iter();
        troubles.fold(document, |document, check| match check.code {
            Some(code) => document.section(code.title(), trouble(check)),
            None => document,
        })
    }

    fn verdict_blocks(&self) -> Vec<Block> {
        let verdict = self.verdict();
        let proof = self.proof();
        let mut sentences = vec![strong(verdict.sentence(&proof))];
        if verdict == Verdict::Ready {
            let conclusion = Conclusion::of(&proof);
            sentences.extend([words(" "), words(conclusion.proven)]);
            if let Some(open) = conclusion.open {
                let open = open.words("ask Bitbucket with a token");
                sentences.extend([words(" "), words(open)]);
            }
        }
        vec![Block::Paragraph(sentences)]
    }

    fn subject(&self) -> Vec<Vec<Piece>> {
        let address = self.address.as_ref().map(|address| {
            let edition = format!(" ({})", address.edition().title());
            vec![words("SSH URL: "), code(address.ssh()), words(edition)]
        });
        let key = self.key.as_ref().map(|key: &AccessKey| {
            let bits = format!(", {} bits, ", key.bits());
            vec![
                words("Public key: "),
                code(key.algorithm()),
                words(bits),
                code(key.fingerprint()),
            ]
        });
        let elapsed = format!(", in {} ms", self.elapsed.as_millis());
        let when = vec![words("When: "), code(&self.checked_at), words(elapsed)];
        let with = format!("With: doorkey {}", env!("CARGO_PKG_VERSION"));
        [address, key, Some(when), Some(vec![words(with)])]
            .into_iter()
            .flatten()
            .collect()
    }

    fn ladder(&self) -> Vec<Vec<Piece>> {
        Rung::ALL.map(|rung| self.rung(rung)).to_vec()
    }

    fn rung(&self, rung: Rung) -> Vec<Piece> {
        let cause = self.cause(rung).map(|title| format!(" {title}."));
        let cause = words(cause.unwrap_or_default());
        let title = strong(rung.title());
        match self.proof().standing(rung) {
            Standing::Proven => {
                let mut line = vec![title, words(format!(": proven. {}", rung.claim()))];
                let bases: Vec<&str> = self.basis_for_others(rung).collect();
                for (index, basis) in bases.iter().enumerate() {
                    let before = if index == 0 { " It rests on: " } else { ", " };
                    line.extend([words(before), code(basis)]);
                }
                line
            }
            Standing::Refuted => vec![title, words(": shown not to hold."), cause],
            Standing::Unknown => {
                let way = format!(" What would prove it: {}", rung.way_to_prove());
                vec![title, words(": not proven."), cause, words(way)]
            }
        }
    }

    /// What is wrong with a rung, if anything is known to be.
    fn cause(&self, rung: Rung) -> Option<&'static str> {
        let mut troubles = self.troubles().into_iter();
        let of_rung = troubles.find(|check| check.id.rung() == Some(rung))?;
        of_rung.code.map(super::Code::title)
    }

    /// What a proven rung rests on, as far as others may be told.
    fn basis_for_others(&self, rung: Rung) -> impl Iterator<Item = &str> {
        let checks = self.checks.iter();
        let checks = checks.filter(move |check| check.id.rung() == Some(rung));
        checks.filter_map(|check| match (&check.for_others, check.status, check.id) {
            (Some(told), _, _) => Some(told.as_str()),
            // Which addresses a name has here, and which file knows a host key, is nobody else's business.
            (None, Status::Pass, CheckId::Dns | CheckId::HostKey) => None,
            (None, Status::Pass, _) => Some(check.summary.as_str()),
            _ => None,
        })
    }
}

/// What is wrong, what it means and what can be done.
fn trouble(check: &Check) -> Vec<Block> {
    let Some(found) = check.code else {
        return Vec::new();
    };
    let particulars = particulars_for_others(check);
    let particulars = particulars.map(|told| Block::Paragraph(vec![code(told)]));
    let remedy = Block::Paragraph(vec![words(found.remedy())]);
    let fixes = check.fixes.iter();
    let fixes: Vec<_> = fixes.map(|fix| vec![words(&fix.title)]).collect();
    let offers = Block::Paragraph(vec![words("What doorkey offers then:")]);
    let fixes = (!fixes.is_empty()).then_some([offers, Block::Points(fixes)]);
    let name = Block::Paragraph(vec![words("Its name in doorkey: "), code(found.id())]);
    [Block::Paragraph(vec![words(found.meaning())])]
        .into_iter()
        .chain(particulars)
        .chain([remedy])
        .chain(fixes.into_iter().flatten())
        .chain([name])
        .collect()
}

/// The particulars of a trouble, as far as others may be told. What a server said is for everybody; what else there is may
/// name files, addresses or keys of this machine, so it has to be allowed case by case.
fn particulars_for_others(check: &Check) -> Option<&str> {
    let is_servers = matches!(
        check.id,
        CheckId::Ssh | CheckId::KeyQuery | CheckId::Permission | CheckId::VendorUse
    );
    let servers = check.detail.as_deref().filter(|_| is_servers);
    check.for_others.as_deref().or(servers)
}

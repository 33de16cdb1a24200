//! What is remembered of the tests of one key on one repository: for each rung of the ladder the last result that could
//! tell, the last try that could not, and the proof that was refuted since; and the verdict that follows from the rungs.
//!
//! A run that could not tell stands beside the last one that could, never in its place.

use crate::check::{Absence, Check, Code, Proof, Report, Rung, Standing, Status, Verdict};
use crate::text::{harmless, uncapitalised};

/// As much is kept of a time and of what something rests on, in characters.
pub(super) const LONGEST: usize = 200;

/// What one test showed of one rung, or of the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When: RFC 3339, UTC.
    pub at: String,
    /// What it rests on, in a few words.
    pub by: String,
    /// The code of the cause, where there is one.
    pub code: Option<String>,
}

impl Seen {
    /// Safe to print and short enough to keep, whatever is given.
    pub(super) fn new(at: &str, by: &str, code: Option<&str>) -> Self {
        let [at, by] = [at, by].map(|text| harmless(text, LONGEST));
        let code = code.map(|code| harmless(code, LONGEST));
        Self { at, by, code }
    }

    fn of(at: &str, check: Option<&Check>) -> Self {
        let by = check.map_or("not tested", |check| &check.summary);
        let code = check.and_then(|check| check.code).map(Code::id);
        Self::new(at, by, code)
    }

    /// The cause, if this doorkey knows its code.
    pub fn cause(&self) -> Option<Code> {
        Code::from_id(self.code.as_deref()?)
    }

    /// Why, in words that name nothing of this machine. None where only what the result rests on could be told.
    fn why_for_others(&self) -> Option<String> {
        self.cause().map(|code| uncapitalised(code.title()))
    }

    fn why(&self, audience: Audience) -> Option<String> {
        let by = || (!self.by.is_empty()).then(|| uncapitalised(&self.by));
        match audience {
            Audience::Others => self.why_for_others(),
            Audience::User => self.why_for_others().or_else(by),
        }
    }

    fn words(&self, what: &str, audience: Audience) -> String {
        let why = self.why(audience);
        let why = why.map_or_else(String::new, |why| format!(" ({why})"));
        format!("{what} {}{why}", minute(&self.at))
    }
}

/// For whom something is put into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever runs doorkey here.
    User,
    /// Whoever reads a ticket: nothing of this machine, such as its files.
    Others,
}

/// The last result of a rung that could tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Whether the rung is proven. Otherwise it is refuted.
    pub is_proven: bool,
    /// Since when every result that could tell was this one.
    pub since: String,
    /// The last of them.
    pub seen: Seen,
}

/// What is remembered of one rung.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RungMemory {
    pub(super) told: Option<Told>,
    pub(super) last_try: Option<Seen>,
    pub(super) proven_before: Option<Seen>,
}

impl RungMemory {
    /// The last result that could tell.
    pub fn told(&self) -> Option<&Told> {
        self.told.as_ref()
    }

    /// The last test, if it could not tell.
    pub fn last_try(&self) -> Option<&Seen> {
        self.last_try.as_ref()
    }

    /// How it stands by the last result that could tell.
    pub fn standing(&self) -> Standing {
        match &self.told {
            None => Standing::Unknown,
            Some(told) if told.is_proven => Standing::Proven,
            Some(_) => Standing::Refuted,
        }
    }

    /// The last proof, also where a later test refuted it.
    pub fn last_proof(&self) -> Option<&Seen> {
        let told = self.told.as_ref().filter(|told| told.is_proven);
        told.map(|told| &told.seen).or(self.proven_before.as_ref())
    }

    fn remember(&mut self, standing: Standing, seen: Seen) {
        let is_proven = match standing {
            Standing::Unknown => {
                self.last_try = Some(seen);
                return;
            }
            Standing::Proven => true,
            Standing::Refuted => false,
        };
        let before = self.told.take();
        let (same, other) = match before {
            Some(before) if before.is_proven == is_proven => (Some(before), None),
            before => (None, before),
        };
        if is_proven {
            self.proven_before = None;
        } else if let Some(proof) = other {
            self.proven_before = Some(proof.seen);
        }
        self.last_try = None;
        self.told = Some(Told {
            is_proven,
            since: same.map_or_else(|| seen.at.clone(), |same| same.since),
            seen,
        });
    }

    /// A proof becomes history. That the rung was refuted stays.
    fn outdate_proof(&mut self) {
        if let Some(proof) = self.told.take_if(|told| told.is_proven) {
            self.proven_before = Some(proof.seen);
        }
    }

    /// Whether no test has shown anything of the rung, nor tried to.
    pub fn is_blank(&self) -> bool {
        let was_tried = self
            .last_try
            .as_ref()
            .is_some_and(|seen| seen.code.is_some());
        self.told.is_none() && self.proven_before.is_none() && !was_tried
    }

    /// All of it on one line, such as "refuted 2026-11-29 14:02 (the key may also write); proven 2026-11-22".
    pub fn words(&self, audience: Audience) -> String {
        let told = self.told.as_ref().map(|told| {
            let what = self.standing().id();
            told.seen.words(what, audience)
        });
        let tried = self.last_try.as_ref();
        // Where nothing was asked there is nothing to tell: a public key alone never climbs this far.
        let tried = tried.filter(|seen| seen.code.is_some());
        let tried = tried.map(|seen| seen.words("could not tell", audience));
        let before = self.proven_before.as_ref();
        let before = before.map(|seen| format!("proven {}", day(&seen.at)));
        let is_open = self.told.is_none() && tried.is_none();
        let open = is_open.then(|| match before {
            Some(_) => "not proven since".to_owned(),
            None => "not proven yet".to_owned(),
        });
        let parts: Vec<String> = [told, open, tried, before].into_iter().flatten().collect();
        parts.join("; ")
    }
}

/// The verdict that the remembered rungs come to, and the last test that could tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastTest {
    /// When the last test was that could tell; while none could, the last one.
    pub at: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Since when it is this one.
    pub since: String,
}

/// What is remembered of the tests of one key on one repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    pub(super) last_test: Option<LastTest>,
    pub(super) last_try: Option<Seen>,
    pub(super) rungs: [RungMemory; Rung::ALL.len()],
}

impl Memory {
    /// The verdict, and the last test that could tell. None before the first test.
    pub fn last_test(&self) -> Option<&LastTest> {
        self.last_test.as_ref()
    }

    /// The last test, if it could not tell, and why.
    pub fn last_try(&self) -> Option<&Seen> {
        self.last_try.as_ref()
    }

    /// What is remembered of a rung.
    pub fn rung(&self, rung: Rung) -> &RungMemory {
        &self.rungs[rung as usize]
    }

    pub(super) fn rung_mut(&mut self, rung: Rung) -> &mut RungMemory {
        &mut self.rungs[rung as usize]
    }

    /// The ladder as it is remembered: each rung as the last result that could tell left it.
    pub fn proof(&self) -> Proof {
        Proof::from(Rung::ALL.map(|rung| self.rung(rung).standing()))
    }

    /// Remembers what a test showed.
    pub(super) fn remember(&mut self, report: &Report) {
        let (at, proof) = (&report.checked_at, report.proof());
        for rung in Rung::ALL {
            let (standing, check) = match proof.standing(rung) {
                // What a server says that may be any other one proves nothing for later, when the right one was seen before.
                Standing::Proven if rung == Rung::Recognised && !is_genuine(proof) => (
                    Standing::Unknown,
                    decisive(report, Rung::Genuine, proof.standing(Rung::Genuine)),
                ),
                standing => (standing, decisive(report, rung, standing)),
            };
            self.rung_mut(rung).remember(standing, Seen::of(at, check));
        }
        if report.absence() == Absence::Refused {
            // The key is out, so what was proven of it on this repository is over, and has to be proven again.
            for rung in [Rung::ThisRepository, Rung::ReadOnly, Rung::UsedByVendor] {
                self.rung_mut(rung).outdate_proof();
            }
        }
        self.judge(report);
    }

    /// A saved verdict follows from the remembered rungs, as a test's follows from its own: a key that was seen to may write is
    /// not ready because a later test could not look.
    fn judge(&mut self, report: &Report) {
        let told = match report.verdict() {
            Verdict::Inconclusive => None,
            Verdict::NotReady => Some(Verdict::NotReady),
            Verdict::Ready => Some(Verdict::of(&self.proof(), report.required, true)),
        };
        let before = self.last_test.take();
        self.last_try = None;
        let verdict = told.unwrap_or(Verdict::Inconclusive);
        if told.is_none() {
            self.last_try = Some(Seen::of(&report.checked_at, report.decisive()));
            if let Some(before) = before
                .as_ref()
                .filter(|before| before.verdict != Verdict::Inconclusive)
            {
                self.last_test = Some(before.clone());
                return;
            }
        }
        let at = harmless(&report.checked_at, LONGEST);
        let same = before.filter(|before| before.verdict == verdict);
        self.last_test = Some(LastTest {
            since: same.map_or_else(|| at.clone(), |same| same.since),
            at,
            verdict,
        });
    }
}

fn is_genuine(proof: Proof) -> bool {
    proof.standing(Rung::Genuine) == Standing::Proven
}

/// The check that the standing of a rung rests on.
fn decisive(report: &Report, rung: Rung, standing: Standing) -> Option<&Check> {
    let of_rung = |check: &&Check| check.id.rung() == Some(rung);
    let made = |check: &&Check| check.status != Status::Skip;
    let agrees = |check: &&Check| check.standing == standing;
    let mut checks = report.checks.iter().rev().filter(of_rung).filter(agrees);
    // What was not made after something failed says nothing of its own.
    let last = checks.clone().find(made);
    last.or_else(|| checks.next())
}

/// The day of a time in RFC 3339.
pub fn day(at: &str) -> &str {
    at.split_once('T').map_or(at, |(day, _)| day)
}

/// A time in RFC 3339 to the minute: `2026-11-29 14:02`.
pub fn minute(at: &str) -> String {
    match at.split_once('T') {
        Some((day, time)) => {
            let minute: String = time.chars().take("14:02".len()).collect();
            format!("{day} {minute}")
        }
        None => at.to_owned(),
    }
}

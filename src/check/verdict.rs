//! The verdict: what a test says in one word. It follows from the rungs of the proof ladder and from nothing else, least
//! of all from how a check came out: a token that has expired fails its check, and says nothing about the key.

use super::{Proof, Rung, Standing};
use crate::text::capitalised;

/// What a test says in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Every required rung is proven, and none is refuted.
    Ready,
    /// A rung is refuted, or the address or the key can't be used.
    NotReady,
    /// Everything else.
    Inconclusive,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Verdict; 3] = [Verdict::Ready, Verdict::NotReady, Verdict::Inconclusive];

    /// The verdict on these rungs; `is_usable` says whether the address and the key can be used at all.
    pub fn of(proof: &Proof, required: Required, is_usable: bool) -> Self {
        let is = |standing| move |rung: Rung| proof.standing(rung) == standing;
        if !is_usable || Rung::ALL.into_iter().any(is(Standing::Refuted)) {
            Verdict::NotReady
        } else if required.rungs().all(is(Standing::Proven)) {
            Verdict::Ready
        } else {
            Verdict::Inconclusive
        }
    }

    /// The stable name, as in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Verdict::Ready => "ready",
            Verdict::NotReady => "not_ready",
            Verdict::Inconclusive => "inconclusive",
        }
    }

    /// The verdict in words.
    pub const fn title(self) -> &'static str {
        match self {
            Verdict::Ready => "ready",
            Verdict::NotReady => "not ready",
            Verdict::Inconclusive => "inconclusive",
        }
    }

    /// The verdict in words. "Ready" says how high the proof reaches, so that nobody takes it for more: with nothing but a
    /// public key, the repository may not even exist.
    pub fn words(self, proof: &Proof) -> String {
        match (self, proof.height()) {
            (Verdict::Ready, Some(rung)) => format!("{} ({})", self.title(), rung.reached()),
            _ => self.title().to_owned(),
        }
    }

    /// The same as a sentence.
    pub fn sentence(self, proof: &Proof) -> String {
        capitalised(&self.words(proof)) + "."
    }
}

/// The rungs that must be proven before a test is ready: the three that a public key alone can prove, and those that
/// somebody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Required([bool; Rung::ALL.len()]);

impl Default for Required {
    fn default() -> Self {
        let always = [Rung::Reachable, Rung::Genuine, Rung::Recognised];
        Self(Rung::ALL.map(|rung| always.contains(&rung)))
    }
}

impl Required {
    /// These, and this rung.
    #[must_use]
    pub fn and(mut self, rung: Rung) -> Self {
        self.0[rung as usize] = true;
        self
    }

    /// Whether this rung is one of them.
    pub fn contains(self, rung: Rung) -> bool {
        self.0[rung as usize]
    }

    /// The rungs, from the ground up.
    pub fn rungs(self) -> impl Iterator<Item = Rung> {
        Rung::ALL
            .into_iter()
            .filter(move |rung| self.contains(*rung))
    }
}

impl FromIterator<Rung> for Required {
    /// These rungs beside the three that are always required.
    fn from_iter<I: IntoIterator<Item = Rung>>(rungs: I) -> Self {
        rungs.into_iter().fold(Self::default(), Self::and)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_proof() -> impl Strategy<Value = Proof> {
        let standing = || proptest::sample::select(Standing::ALL.to_vec());
        [(); 6].map(|()| standing()).prop_map(Proof::from)
    }

    fn any_required() -> impl Strategy<Value = Required> {
        proptest::sample::subsequence(Rung::ALL.to_vec(), 0..=6).prop_map(Required::from_iter)
    }

    proptest! {
        #[test]
        fn not_ready_needs_a_refuted_rung_or_unusable_input(
            proof in any_proof(), required in any_required(), is_usable: bool
        ) {
            let verdict = Verdict::of(&proof, required, is_usable);
            let is_refuted = |rung| proof.standing(rung) == Standing::Refuted;
            let is_wrong = !is_usable || Rung::ALL.into_iter().any(is_refuted);
            prop_assert_eq!(verdict == Verdict::NotReady, is_wrong);
        }

        #[test]
        fn ready_needs_every_required_rung(
            proof in any_proof(), required in any_required(), is_usable: bool
        ) {
            if Verdict::of(&proof, required, is_usable) == Verdict::Ready {
                for rung in required.rungs() {
                    prop_assert_eq!(proof.standing(rung), Standing::Proven);
                }
            }
        }
    }

    #[test]
    fn the_lower_three_rungs_are_always_required() {
        let lower = [Rung::Reachable, Rung::Genuine, Rung::Recognised];
        assert_eq!(Required::default().rungs().collect::<Vec<_>>(), lower);
        let more = Required::from_iter([Rung::ReadOnly]);
        assert!(lower.into_iter().all(|rung| more.contains(rung)));
        assert!(more.contains(Rung::ReadOnly) && !more.contains(Rung::ThisRepository));
    }

    #[test]
    fn a_ready_verdict_says_how_high_the_proof_reaches() {
        let [proven, unknown] = [Standing::Proven, Standing::Unknown];
        let public_key_alone = Proof::from([proven, proven, proven, unknown, unknown, unknown]);
        let listed = Proof::from([proven, proven, proven, proven, unknown, unknown]);
        let words = |proof| Verdict::Ready.words(&proof);
        assert_eq!(words(public_key_alone), "ready (recognised)");
        assert_eq!(words(listed), "ready (this repository)");
        assert_eq!(Verdict::NotReady.words(&listed), "not ready");
        assert_eq!(Verdict::Ready.sentence(&listed), "Ready (this repository).");
    }
}

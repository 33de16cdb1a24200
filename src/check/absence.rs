//! What a test shows about a key that should not be in any more: there a refusal is the good outcome.

use super::{Check, CheckId, Code, Proof, Rung, Standing};

/// What is shown about a key that should be out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The server refuses it: nobody has it in this Bitbucket.
    Refused,
    /// The server still knows it, but it is not on this repository's or its project's list: it sits somewhere else.
    OnlyElsewhere,
    /// It is on this repository's or its project's list.
    StillHere,
    /// The server still knows it. A public key alone does not tell for which repository.
    StillKnown,
    /// Nothing is shown.
    Unknown,
}

impl Absence {
    /// What these checks show. Only a server that is the one it claims to be shows anything.
    pub fn from_checks(checks: &[Check]) -> Self {
        let proof = Proof::from_checks(checks);
        if proof.standing(Rung::Genuine) != Standing::Proven {
            return Absence::Unknown;
        }
        // The rung is refuted as well where another key gets in that should not, and this one with it.
        let answer = checks.iter().find(|check| check.id == CheckId::KeyQuery);
        let code = answer.and_then(|check| check.code);
        let recognised = match (proof.standing(Rung::Recognised), code) {
            (Standing::Refuted, Some(Code::KeyQueryNotRecognised)) => Standing::Refuted,
            (Standing::Refuted, Some(Code::KeyQueryRemovedKeyAccepted)) => Standing::Proven,
            (Standing::Refuted, _) => Standing::Unknown,
            (standing, _) => standing,
        };
        match (recognised, proof.standing(Rung::ThisRepository)) {
            (Standing::Refuted, _) => Absence::Refused,
            (_, Standing::Proven) => Absence::StillHere,
            (Standing::Proven, Standing::Refuted) => Absence::OnlyElsewhere,
            (Standing::Proven, Standing::Unknown) => Absence::StillKnown,
            (Standing::Unknown, _) => Absence::Unknown,
        }
    }

    /// Whether it is shown that the key does not open this repository.
    pub const fn is_proven(self) -> bool {
        matches!(self, Absence::Refused | Absence::OnlyElsewhere)
    }

    /// Whether it is shown that the server still knows the key.
    pub const fn is_known(self) -> bool {
        matches!(
            self,
            Absence::OnlyElsewhere | Absence::StillHere | Absence::StillKnown
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{CheckId, Code};

    #[test]
    fn what_each_test_shows() {
        let genuine = Check::pass(CheckId::HostKey, "");
        let known = Check::pass(CheckId::KeyQuery, "");
        let refused = Check::found(Code::KeyQueryNotRecognised);
        let listed = Check::pass(CheckId::Repository, "");
        let not_listed = Check::found(Code::RepositoryKeyNotHere);
        let table: [(&[&Check], Absence); 10] = [
            (&[], Absence::Unknown),
            (&[&refused], Absence::Unknown),
            (&[&genuine], Absence::Unknown),
            (&[&genuine, &refused], Absence::Refused),
            (&[&genuine, &refused, &not_listed], Absence::Refused),
            (&[&genuine, &known], Absence::StillKnown),
            (&[&genuine, &known, &listed], Absence::StillHere),
            (&[&genuine, &known, &not_listed], Absence::OnlyElsewhere),
            (
                &[&genuine, &known, &not_listed.clone().in_doubt()],
                Absence::StillKnown,
            ),
            (
                &[
                    &genuine,
                    &Check::found(Code::KeyQueryAnyKeyAccepted),
                    &not_listed,
                ],
                Absence::Unknown,
            ),
        ];
        for (checks, absence) in table {
            let checks: Vec<Check> = checks.iter().map(|check| (*check).clone()).collect();
            assert_eq!(Absence::from_checks(&checks), absence, "{checks:?}");
        }
        let again = Check::found(Code::KeyQueryRemovedKeyAccepted);
        let checks = [genuine.clone(), again.clone()];
        assert_eq!(
            Absence::from_checks(&checks),
            Absence::StillKnown,
            "another key is in that should not be, and this one is, too"
        );
        assert_eq!(
            Absence::from_checks(&[genuine.clone(), again, listed]),
            Absence::StillHere
        );
        let closed = Check::found(Code::KeyQueryPublickeyNotOffered);
        assert_eq!(
            Absence::from_checks(&[genuine, closed]),
            Absence::Unknown,
            "a server that takes no keys at all refuses none"
        );
    }

    /// Recognised and *this repository*, each of them proven, refuted or unknown, at a server that is genuine or not.
    #[test]
    fn all_nine_combinations() {
        use Standing::{Proven, Refuted, Unknown};
        let with = |id, standing| Check {
            standing,
            ..Check::pass(id, "")
        };
        for (recognised, here, absence) in [
            (Proven, Proven, Absence::StillHere),
            (Proven, Refuted, Absence::OnlyElsewhere),
            (Proven, Unknown, Absence::StillKnown),
            (Refuted, Proven, Absence::Refused),
            (Refuted, Refuted, Absence::Refused),
            (Refuted, Unknown, Absence::Refused),
            (Unknown, Proven, Absence::StillHere),
            (Unknown, Refuted, Absence::Unknown),
            (Unknown, Unknown, Absence::Unknown),
        ] {
            for (genuine, expected) in [
                (Proven, absence),
                (Unknown, Absence::Unknown),
                (Refuted, Absence::Unknown),
            ] {
                let checks = [
                    with(CheckId::HostKey, genuine),
                    with(CheckId::KeyQuery, recognised),
                    with(CheckId::Repository, here),
                ];
                let case = format!("{genuine:?} {recognised:?} {here:?}");
                assert_eq!(Absence::from_checks(&checks), expected, "{case}");
            }
        }
    }
}

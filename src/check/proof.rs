//! The proof ladder: what is proven, what is refuted, what stays unknown.

use super::{Check, CheckId};

/// A rung of the proof ladder, from the ground up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rung {
    /// The name resolves, a connection is made, the peer speaks SSH.
    Reachable,
    /// The host key equals a published or known one.
    Genuine,
    /// The server would accept the vendor's key and refuses a fresh control key.
    Recognised,
    /// The key is on this repository or its project.
    ThisRepository,
    /// The key may only read.
    ReadOnly,
    /// The vendor has been in, through its own addresses.
    UsedByVendor,
}

impl Rung {
    /// Every rung, from the ground up.
    pub const ALL: [Rung; 6] = [
        Rung::Reachable,
        Rung::Genuine,
        Rung::Recognised,
        Rung::ThisRepository,
        Rung::ReadOnly,
        Rung::UsedByVendor,
    ];

    /// The stable name, as in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Rung::Reachable => "reachable",
            Rung::Genuine => "genuine",
            Rung::Recognised => "recognised",
            Rung::ThisRepository => "this_repository",
            Rung::ReadOnly => "read_only",
            Rung::UsedByVendor => "used_by_vendor",
        }
    }

    /// The rung with this stable name, if there is one.
    pub fn from_id(id: &str) -> Option<Rung> {
        Rung::ALL.into_iter().find(|rung| rung.id() == id)
    }

    /// The name on the screen.
    pub const fn title(self) -> &'static str {
        match self {
            Rung::Reachable => "Reachable",
            Rung::Genuine => "Genuine",
            Rung::Recognised => "Recognised",
            Rung::ThisRepository => "This repository",
            Rung::ReadOnly => "Read-only",
            Rung::UsedByVendor => "Used by Coalesce",
        }
    }

    /// How far a connection has come that is proven up to this rung, as in `ready (recognised)`.
    pub const fn reached(self) -> &'static str {
        match self {
            Rung::Reachable => "reachable",
            Rung::Genuine => "genuine",
            Rung::Recognised => "recognised",
            Rung::ThisRepository => "this repository",
            Rung::ReadOnly => "read-only",
            Rung::UsedByVendor => "used by Coalesce",
        }
    }

    /// What a proof of this rung means, as a sentence.
    pub const fn claim(self) -> &'static str {
        match self {
            Rung::Reachable => "The server answers, and it speaks SSH.",
            Rung::Genuine => "Its host key is a published or known one.",
            Rung::Recognised => "It would let this key in, and refuses one nobody added.",
            Rung::ThisRepository => "The key opens this very repository.",
            Rung::ReadOnly => "The key can't change anything.",
            Rung::UsedByVendor => "Coalesce Quality has been in with it.",
        }
    }

    /// What would prove it where it is not, as the rest of a sentence.
    pub const fn way_to_prove(self) -> &'static str {
        match self {
            Rung::Reachable => "a test from a computer that reaches the server.",
            Rung::Genuine => {
                "a host key that Atlassian publishes, that is known already, or that is given to doorkey with --host-key."
            }
            Rung::Recognised => "another test, with the server reached and the key added.",
            Rung::ThisRepository | Rung::ReadOnly => {
                "another test with an access token of Bitbucket, which can list the keys of the repository."
            }
            Rung::UsedByVendor => "\"Test connection\" in Coalesce Quality.",
        }
    }

    /// The checks that must pass for it to be proven.
    fn checks(self) -> impl Iterator<Item = CheckId> {
        CheckId::ALL
            .into_iter()
            .filter(move |check| check.rung() == Some(self))
    }
}

/// How a rung stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Shown to hold.
    Proven,
    /// Shown not to hold.
    Refuted,
    /// Neither. Unknown is not no.
    #[default]
    Unknown,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Standing; 3] = [Standing::Proven, Standing::Refuted, Standing::Unknown];

    /// The stable name, as in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Standing::Proven => "proven",
            Standing::Refuted => "refuted",
            Standing::Unknown => "unknown",
        }
    }
}

/// The whole ladder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proof([Standing; Rung::ALL.len()]);

impl From<[Standing; Rung::ALL.len()]> for Proof {
    /// The standings of the rungs, from the ground up.
    fn from(standings: [Standing; Rung::ALL.len()]) -> Self {
        Self(standings)
    }
}

impl Proof {
    /// What these checks prove, and nothing beyond.
    pub fn from_checks(checks: &[Check]) -> Self {
        Self(Rung::ALL.map(|rung| standing(rung, checks)))
    }

    /// How one rung stands.
    pub fn standing(&self, rung: Rung) -> Standing {
        self.0[rung as usize]
    }

    /// The highest proven rung. A proof counts only while the rungs that every connection needs hold below it: of a server
    /// that is not genuine, or a key that it does not know, nothing above is worth anything.
    pub fn height(&self) -> Option<Rung> {
        let is_proven = |rung: &Rung| self.standing(*rung) == Standing::Proven;
        let needed = [Rung::Reachable, Rung::Genuine, Rung::Recognised];
        let stands = |rung: &Rung| needed.iter().filter(|below| *below < rung).all(is_proven);
        let mut from_the_top = Rung::ALL.into_iter().rev();
        from_the_top.find(|rung| is_proven(rung) && stands(rung))
    }

    /// What is not proven, as a sentence: what nobody could tell, and what was refuted. None if all is proven.
    pub fn not_proven(&self) -> Option<String> {
        let open = Rung::ALL.into_iter();
        let open = open.filter(|rung| self.standing(*rung) != Standing::Proven);
        let open: Vec<&str> = open.map(Rung::reached).collect();
        (!open.is_empty()).then(|| format!("Not proven: {}.", open.join(", ")))
    }
}

fn standing(rung: Rung, checks: &[Check]) -> Standing {
    let shown: Vec<Standing> = rung
        .checks()
        .map(|id| {
            let made = checks.iter().find(|check| check.id == id);
            made.map_or(Standing::Unknown, |check| check.standing)
        })
        .collect();
    if shown.contains(&Standing::Refuted) {
        Standing::Refuted
    } else if shown.contains(&Standing::Unknown) {
        Standing::Unknown
    } else {
        Standing::Proven
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Code;

    fn passed(ids: &[CheckId]) -> Vec<Check> {
        ids.iter().map(|id| Check::pass(*id, "")).collect()
    }

    #[test]
    fn nothing_checked_is_nothing_known() {
        let proof = Proof::from_checks(&[]);
        for rung in Rung::ALL {
            assert_eq!(proof.standing(rung), Standing::Unknown);
        }
    }

    #[test]
    fn reachable_needs_all_three_of_its_checks() {
        let two = Proof::from_checks(&passed(&[CheckId::Dns, CheckId::Tcp]));
        assert_eq!(two.standing(Rung::Reachable), Standing::Unknown);
        let three = Proof::from_checks(&passed(&[CheckId::Dns, CheckId::Tcp, CheckId::Ssh]));
        assert_eq!(three.standing(Rung::Reachable), Standing::Proven);
    }

    #[test]
    fn an_unknown_host_key_neither_proves_nor_refutes() {
        let proof = Proof::from_checks(&[Check::found(Code::HostKeyUnknown)]);
        assert_eq!(proof.standing(Rung::Genuine), Standing::Unknown);
        let proof = Proof::from_checks(&[Check::found(Code::HostKeyChanged)]);
        assert_eq!(proof.standing(Rung::Genuine), Standing::Refuted);
    }

    #[test]
    fn a_server_that_accepts_any_key_proves_nothing_about_this_one() {
        let proof = Proof::from_checks(&[Check::found(Code::KeyQueryAnyKeyAccepted)]);
        assert_eq!(proof.standing(Rung::Recognised), Standing::Unknown);
    }

    #[test]
    fn the_upper_rungs_are_shown_by_one_check_each() {
        let standing = |check: Check, rung| Proof::from_checks(&[check]).standing(rung);
        let branch = Check::found(Code::RepositoryNoMainBranch);
        assert_eq!(standing(branch, Rung::ThisRepository), Standing::Proven);
        let elsewhere = Check::found(Code::RepositoryKeyNotHere);
        assert_eq!(
            standing(elsewhere.clone(), Rung::ThisRepository),
            Standing::Refuted
        );
        assert_eq!(
            standing(elsewhere.in_doubt(), Rung::ThisRepository),
            Standing::Unknown
        );
        // Bitbucket hides a repository in the same words with which it says that there is none.
        let hidden = Check::found(Code::RepositoryNotFound);
        assert_eq!(standing(hidden, Rung::ThisRepository), Standing::Unknown);
        let writes = Check::found(Code::PermissionReadWrite);
        assert_eq!(standing(writes, Rung::ReadOnly), Standing::Refuted);
        let never = Check::found(Code::VendorUseNever);
        assert_eq!(standing(never, Rung::UsedByVendor), Standing::Unknown);
        let not_told = Check::skip(CheckId::VendorUse, "");
        assert_eq!(standing(not_told, Rung::UsedByVendor), Standing::Unknown);
    }

    #[test]
    fn a_proof_counts_only_above_what_every_connection_needs() {
        let all = [
            CheckId::Dns,
            CheckId::Tcp,
            CheckId::Ssh,
            CheckId::HostKey,
            CheckId::KeyQuery,
            CheckId::Repository,
            CheckId::Permission,
            CheckId::VendorUse,
        ];
        let height = |left_out: &[CheckId]| {
            let made: Vec<CheckId> = all
                .into_iter()
                .filter(|id| !left_out.contains(id))
                .collect();
            Proof::from_checks(&passed(&made))
                .height()
                .map(Rung::reached)
        };
        assert_eq!(height(&[]), Some("used by Coalesce"));
        // A Data Center does not tell when a key was used, and a token may not see who may write.
        assert_eq!(height(&[CheckId::VendorUse]), Some("read-only"));
        assert_eq!(height(&[CheckId::Permission]), Some("used by Coalesce"));
        assert_eq!(height(&[CheckId::KeyQuery]), Some("genuine"));
        assert_eq!(height(&[CheckId::HostKey]), Some("reachable"));
        assert_eq!(height(&all), None);
    }

    #[test]
    fn what_is_not_proven_is_named_whether_refuted_or_unknown() {
        let mut checks = passed(&[CheckId::Dns, CheckId::Tcp, CheckId::Ssh, CheckId::HostKey]);
        checks.push(Check::found(Code::KeyQueryNotRecognised));
        assert_eq!(
            Proof::from_checks(&checks).not_proven().as_deref(),
            Some("Not proven: recognised, this repository, read-only, used by Coalesce.")
        );
    }

    #[test]
    fn a_private_address_that_answers_is_reachable() {
        let mut checks = passed(&[CheckId::Tcp, CheckId::Ssh]);
        checks.push(Check::found(Code::DnsPrivateAddress));
        assert_eq!(
            Proof::from_checks(&checks).standing(Rung::Reachable),
            Standing::Proven
        );
    }
}

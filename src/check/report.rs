//! The report of one connection test, its verdict, and its stable JSON form.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::trouble::obstacles;
use super::{Absence, Check, CheckId, Proof, Required, Rung, Status, Verdict, troubles};
use crate::access_key::AccessKey;
use crate::bitbucket::RepositoryAddress;

/// The name and version of the JSON form.
pub const SCHEMA: &str = "doorkey.check/1";

/// Everything one connection test found.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// When it was made: RFC 3339, UTC.
    pub checked_at: String,
    /// How long it took.
    pub elapsed: Duration,
    /// The address as it was given, made safe to print.
    pub given: String,
    /// The address that was tested, if one could be read from what was given.
    pub address: Option<RepositoryAddress>,
    /// The key that was asked about, if one could be read.
    pub key: Option<AccessKey>,
    /// The checks, one each, in the order they are made.
    pub checks: Vec<Check>,
    /// The rungs that must be proven before it is ready.
    pub required: Required,
}

impl Report {
    /// What the checks prove.
    pub fn proof(&self) -> Proof {
        Proof::from_checks(&self.checks)
    }

    /// The report in one word.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.proof(), self.required, !self.bad_input())
    }

    /// What the checks show about a key that should not be in any more.
    pub fn absence(&self) -> Absence {
        Absence::from_checks(&self.checks)
    }

    /// Whether the address or the key itself was refused, so that nothing was contacted.
    pub fn bad_input(&self) -> bool {
        self.checks.iter().any(|check| {
            matches!(check.id, CheckId::Url | CheckId::Key) && check.status == Status::Fail
        })
    }

    /// The checks to explain, the most serious first.
    pub fn troubles(&self) -> Vec<&Check> {
        troubles(&self.checks, self.required)
    }

    /// The checks that keep it from being ready, the most serious first.
    pub fn obstacles(&self) -> Vec<&Check> {
        obstacles(&self.checks, self.required)
    }

    /// The warnings, the most serious first.
    pub fn warnings(&self) -> Vec<&Check> {
        let mut warnings = self.troubles();
        warnings.retain(|check| check.status == Status::Warn);
        warnings
    }

    /// The check to tell in one line: what decides the verdict before what is only worth knowing.
    pub fn decisive(&self) -> Option<&Check> {
        self.troubles().first().copied()
    }

    /// The outcome of one check.
    pub fn check(&self, id: CheckId) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// What the standing of a rung rests on, in a few words: the last of its checks that were made.
    pub fn basis(&self, rung: Rung) -> Option<&str> {
        let of_rung = |check: &&Check| check.id.rung() == Some(rung);
        let last = self.checks.iter().rev().find(of_rung)?;
        Some(&last.summary)
    }

    /// The stable JSON form, on one line.
    pub fn to_json(&self) -> String {
        // Serialising plain structs of strings and numbers can't fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The stable JSON form, indented for people.
    pub fn to_json_pretty(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl Serialize for Report {
    /// The stable JSON form.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json::Report::from(self).serialize(serializer)
    }
}

/// Milliseconds with one digit after the point: finer would be noise.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}

mod json {
    use super::*;

    #[derive(Serialize)]
    pub(super) struct Report<'a> {
        schema: &'static str,
        checked_at: &'a str,
        elapsed_ms: f64,
        url: Url<'a>,
        key: Option<Key<'a>>,
        verdict: &'static str,
        required: Vec<&'static str>,
        proof: Proof,
        checks: Vec<Check<'a>>,
    }

    #[derive(Serialize)]
    struct Url<'a> {
        given: &'a str,
        ssh: Option<String>,
        edition: &'static str,
        host: Option<&'a str>,
        port: Option<u16>,
        project: Option<&'a str>,
        repository: Option<&'a str>,
    }

    #[derive(Serialize)]
    struct Key<'a> {
        algorithm: String,
        bits: u32,
        fingerprint: String,
        comment: &'a str,
    }

    #[derive(Serialize)]
    struct Proof {
        reachable: &'static str,
        genuine: &'static str,
        recognised: &'static str,
        this_repository: &'static str,
        read_only: &'static str,
        used_by_vendor: &'static str,
    }

    #[derive(Serialize)]
    struct Check<'a> {
        id: &'static str,
        status: &'static str,
        code: Option<&'static str>,
        summary: &'a str,
        detail: Option<&'a str>,
        fixes: Vec<Fix<'a>>,
        elapsed_ms: Option<f64>,
    }

    #[derive(Serialize)]
    struct Fix<'a> {
        id: &'static str,
        title: &'a str,
    }

    impl<'a> From<&'a super::Report> for Report<'a> {
        fn from(report: &'a super::Report) -> Self {
            let address = report.address.as_ref();
            let proof = report.proof();
            let standing = |rung| proof.standing(rung).id();
            Report {
                schema: SCHEMA,
                checked_at: &report.checked_at,
                elapsed_ms: milliseconds(report.elapsed),
                url: Url {
                    given: &report.given,
                    ssh: address.map(RepositoryAddress::ssh),
                    edition: address.map_or("unknown", |address| address.edition().id()),
                    host: address.map(RepositoryAddress::host),
                    port: address.map(RepositoryAddress::port),
                    project: address.map(RepositoryAddress::project),
                    repository: address.map(RepositoryAddress::repository),
                },
                key: report.key.as_ref().map(|key| Key {
                    algorithm: key.algorithm(),
                    bits: key.bits(),
                    fingerprint: key.fingerprint(),
                    comment: key.comment(),
                }),
                verdict: report.verdict().id(),
                required: report.required.rungs().map(Rung::id).collect(),
                proof: Proof {
                    reachable: standing(Rung::Reachable),
                    genuine: standing(Rung::Genuine),
                    recognised: standing(Rung::Recognised),
                    this_repository: standing(Rung::ThisRepository),
                    read_only: standing(Rung::ReadOnly),
                    used_by_vendor: standing(Rung::UsedByVendor),
                },
                checks: report.checks.iter().map(Check::from).collect(),
            }
        }
    }

    impl<'a> From<&'a super::Check> for Check<'a> {
        fn from(check: &'a super::Check) -> Self {
            Check {
                id: check.id.id(),
                status: check.status.id(),
                code: check.code.map(super::super::Code::id),
                summary: &check.summary,
                detail: check.detail.as_deref(),
                fixes: check
                    .fixes
                    .iter()
                    .map(|fix| Fix {
                        id: fix.id.id(),
                        title: &fix.title,
                    })
                    .collect(),
                elapsed_ms: check.elapsed.map(milliseconds),
            }
        }
    }
}

//! What a test was given, an address and a key: judged before anything is contacted, and told in its report.

use std::time::{Duration, SystemTime};

use super::climb::Climb;
use super::clock;
use crate::access_key::{self, AccessKey};
use crate::bitbucket::address::shown;
use crate::bitbucket::{
    self, Reading, RepositoryAddress, RepositoryPlace, SshAliases, read_address,
};
use crate::check::stage::{address, key};
use crate::check::{CheckId, Report};

/// How much of the given address a report repeats.
const GIVEN_LIMIT: usize = 300;

/// An address and a key as they were given.
pub(super) struct Given<'a> {
    url: &'a str,
    key: &'a Result<AccessKey, access_key::Refusal>,
    reading: Result<Reading, bitbucket::Refusal>,
    tested: Option<RepositoryAddress>,
}

/// What there is to test, if neither address nor key stand in the way.
#[derive(Clone, Copy)]
pub(super) struct Testable<'a> {
    /// Where the repository is on the web.
    pub(super) place: &'a RepositoryPlace,
    /// The address to test: as it was given.
    pub(super) tested: &'a RepositoryAddress,
    /// The address to use instead. It may work as it is given, but another is the right one: then both are tried.
    pub(super) suggested: Option<&'a RepositoryAddress>,
    /// The key to ask about.
    pub(super) key: &'a AccessKey,
}

impl<'a> Given<'a> {
    /// Judges both; tells the checks.
    pub(super) fn judge(
        url: &'a str,
        key: &'a Result<AccessKey, access_key::Refusal>,
        aliases: &SshAliases,
        climb: &mut Climb<'_>,
    ) -> Self {
        climb.begin(CheckId::Url);
        let reading = read_address(url, aliases);
        let (url_check, tested) = address::judge(&reading);
        climb.came_out(url_check);
        climb.begin(CheckId::Key);
        climb.came_out(key::judge(key));
        Self {
            url,
            key,
            reading,
            tested,
        }
    }

    /// What there is to test, if anything.
    pub(super) fn testable(&self) -> Option<Testable<'_>> {
        let (Ok(reading), Some(tested), Ok(key)) = (&self.reading, &self.tested, self.key) else {
            return None;
        };
        Some(Testable {
            place: &reading.place,
            tested,
            suggested: reading.repair.as_ref().map(|_| &reading.address),
            key,
        })
    }

    /// The report of what came out.
    pub(super) fn report(self, climb: Climb<'_>, began: SystemTime, elapsed: Duration) -> Report {
        Report {
            checked_at: clock::rfc3339(began),
            elapsed,
            given: shown(self.url, GIVEN_LIMIT),
            address: self
                .reading
                .ok()
                .map(|reading| self.tested.unwrap_or(reading.address)),
            key: self.key.clone().ok(),
            required: climb.required,
            checks: climb.finished(),
        }
    }
}

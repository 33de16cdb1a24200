//! What the commands about saved connections share.

use serde::Serialize;

use super::Exit;
use super::error_form::ErrorForm;
use crate::adapters::store::{Store, StoreError};
use crate::check::{Rung, Verdict};
use crate::connections::{Connection, Connections, LastTest, day};

/// The user's saved connections.
pub(super) fn connections() -> Result<Connections, StoreError> {
    Store::of_user()?.connections()
}

/// The saved connection that a name, or its beginning, means. What can't be found or read was said on standard error.
pub(super) fn find(name: &str, errors: ErrorForm) -> Result<Connection, Exit> {
    match connections() {
        Ok(connections) => match connections.find(name) {
            Ok(connection) => Ok(connection.clone()),
            Err(none) => Err(errors.refuse(none)),
        },
        Err(error) => Err(errors.could_not_run(error)),
    }
}

/// The saved connection with just this name, for what changes or removes it. What can't be found or read was said on standard
/// error.
pub(super) fn called(name: &str) -> Result<Connection, Exit> {
    match connections() {
        Ok(connections) => match connections.called(name) {
            Ok(connection) => Ok(connection.clone()),
            Err(none) => Err(super::refuse(none)),
        },
        Err(error) => Err(super::could_not_run(error)),
    }
}

/// How the last test ended, and on which day.
pub(super) fn last_test_words(test: Option<&LastTest>) -> String {
    match test {
        Some(LastTest { at, verdict }) => {
            format!("{}, {}", verdict_words(*verdict), day(at))
        }
        None => "not tested yet".to_owned(),
    }
}

/// A verdict in a table.
pub(super) fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ready => "ready",
        Verdict::NotReady => "not ready",
        Verdict::Inconclusive => "inconclusive",
    }
}

/// A saved connection as JSON.
#[derive(Serialize)]
pub(super) struct Json<'a> {
    name: &'a str,
    url: String,
    edition: &'static str,
    access_keys_page: String,
    region: Option<&'a str>,
    algorithm: String,
    fingerprint: String,
    key: String,
    host_keys: Vec<String>,
    last_test: Option<Tested<'a>>,
    proven: Proven<'a>,
    retired: Vec<Retired<'a>>,
}

#[derive(Serialize)]
struct Tested<'a> {
    at: &'a str,
    verdict: &'static str,
}

/// The rungs, from the ground up; null where one was never proven.
#[derive(Serialize)]
struct Proven<'a> {
    reachable: Option<Basis<'a>>,
    genuine: Option<Basis<'a>>,
    recognised: Option<Basis<'a>>,
    this_repository: Option<Basis<'a>>,
    read_only: Option<Basis<'a>>,
    used_by_vendor: Option<Basis<'a>>,
}

#[derive(Serialize)]
struct Basis<'a> {
    at: &'a str,
    by: &'a str,
}

#[derive(Serialize)]
struct Retired<'a> {
    fingerprint: String,
    at: &'a str,
}

impl<'a> From<&'a Connection> for Json<'a> {
    fn from(connection: &'a Connection) -> Self {
        let proven = |rung| {
            let proven = connection.proofs.of(rung)?;
            let (at, by) = (&*proven.at, &*proven.by);
            Some(Basis { at, by })
        };
        let pins = connection.host_keys.iter();
        let retired = connection.retired.iter();
        Self {
            name: connection.name.as_str(),
            url: connection.address.ssh(),
            edition: connection.address.edition().id(),
            access_keys_page: connection.place.access_keys_page(),
            region: connection.region.map(|region| &*region.id),
            algorithm: connection.key.algorithm(),
            fingerprint: connection.key.fingerprint(),
            key: connection.key.line(),
            host_keys: pins.map(|pin| pin.fingerprint().to_string()).collect(),
            last_test: connection.last_test.as_ref().map(|test| Tested {
                at: &test.at,
                verdict: test.verdict.id(),
            }),
            proven: Proven {
                reachable: proven(Rung::Reachable),
                genuine: proven(Rung::Genuine),
                recognised: proven(Rung::Recognised),
                this_repository: proven(Rung::ThisRepository),
                read_only: proven(Rung::ReadOnly),
                used_by_vendor: proven(Rung::UsedByVendor),
            },
            retired: retired
                .map(|retired| Retired {
                    fingerprint: retired.key.fingerprint(),
                    at: &retired.at,
                })
                .collect(),
        }
    }
}

/// JSON for people, with a line's end.
pub(super) fn pretty(value: &impl Serialize) -> String {
    // Serialising plain structs of strings can't fail.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

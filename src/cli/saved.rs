//! What the commands about saved connections share.

use std::io::{self, Write as _};

use serde::Serialize;

use super::error_form::ErrorForm;
use super::{Exit, Stop};
use crate::adapters::store::{Store, StoreError};
use crate::bitbucket::ApiBase;
use crate::check::{Code, Rung, Verdict};
use crate::connections::{
    Connection, Connections, LastTest, Memory, NotFound, Rotation, RungMemory, Seen, day,
};

/// The user's saved connections. Of what can't be read among them a line goes to standard error.
pub(super) fn connections() -> Result<Connections, StoreError> {
    let connections = Store::of_user()?.connections()?;
    warn_of_unreadable(&connections);
    Ok(connections)
}

/// Names what can't be read. The others work all the same.
pub(super) fn warn_of_unreadable(connections: &Connections) {
    for entry in connections.unreadable() {
        writeln!(
            io::stderr(),
            "doorkey: warning: a saved connection can't be read, and stays in the file as it is: {entry}. Mend it there, or take it out \
             with doorkey forget"
        )
        .ok();
    }
}

/// The saved connection that a name, or its beginning, means. What can't be found or read was said on standard error.
pub(super) fn find(name: &str, errors: ErrorForm) -> Result<Connection, Exit> {
    match connections() {
        Ok(connections) => match connections.find(name) {
            Ok(connection) => Ok(connection.clone()),
            Err(none) => Err(not_found(&none).say(errors)),
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
            Err(none) => Err(not_found(&none).say(ErrorForm::Words)),
        },
        Err(error) => Err(super::could_not_run(error)),
    }
}

/// Why a name means no connection. One that can't be read is no bad usage.
pub(super) fn not_found(none: &NotFound) -> Stop {
    match none {
        NotFound::Unreadable(_) => Stop::could_not_run(none),
        _ => Stop::bad_input(none),
    }
}

/// The last test that could tell and its day, what came after it, and a rotation that is under way.
pub(super) fn state_words(connection: &Connection) -> String {
    let memory = &connection.memory;
    let tested = match memory.last_test() {
        Some(LastTest { at, verdict, .. }) => {
            format!("{}, {}", verdict.title(), day(at))
        }
        None => "not tested yet".to_owned(),
    };
    let tried = later_try(memory).map(|tried| format!("could not tell, {}", day(&tried.at)));
    let rotation = connection.rotation.as_ref().map(rotation_words);
    let parts: Vec<String> = [Some(tested), end_words(memory), tried, rotation]
        .into_iter()
        .flatten()
        .collect();
    parts.join("; ")
}

/// When Bitbucket stops letting the key in, if it was added for a time: `the key ends on 2026-12-28`.
pub(super) fn end_words(memory: &Memory) -> Option<String> {
    let rung = memory.rung(Rung::ThisRepository);
    let told = rung.told().map(|told| &told.seen);
    // A later test without a token says nothing about it.
    let mut seen = [rung.last_try(), told].into_iter().flatten();
    let seen = seen.find(|seen| seen.cause() == Some(Code::RepositoryKeyEnds))?;
    Some(seen.by.clone())
}

/// The last test, if it could not tell, and another before it could.
pub(super) fn later_try(memory: &Memory) -> Option<&Seen> {
    let could_tell = |test: &LastTest| test.verdict != Verdict::Inconclusive;
    memory.last_test().filter(|test| could_tell(test))?;
    memory.last_try()
}

/// How far a rotation has come.
pub(super) fn rotation_words(rotation: &Rotation) -> String {
    format!("rotation under way: {}", rotation.stage().words())
}

/// A saved connection as JSON.
#[derive(Serialize)]
pub(super) struct Json<'a> {
    name: &'a str,
    url: String,
    edition: &'static str,
    access_keys_page: String,
    api: Option<&'a str>,
    region: Option<&'a str>,
    algorithm: String,
    fingerprint: String,
    key: String,
    host_keys: Vec<String>,
    last_test: Option<Tested<'a>>,
    last_try: Option<Because<'a>>,
    rungs: Rungs<Remembered<'a>>,
    proven: Rungs<Option<Basis<'a>>>,
    retired: Vec<Retired<'a>>,
    rotation: Option<RotationJson<'a>>,
}

#[derive(Serialize)]
struct Tested<'a> {
    at: &'a str,
    verdict: &'static str,
    since: &'a str,
}

/// The rungs, from the ground up.
#[derive(Serialize)]
struct Rungs<T> {
    reachable: T,
    genuine: T,
    recognised: T,
    this_repository: T,
    read_only: T,
    used_by_vendor: T,
}

impl<T> Rungs<T> {
    fn new(of: impl Fn(Rung) -> T) -> Self {
        Self {
            reachable: of(Rung::Reachable),
            genuine: of(Rung::Genuine),
            recognised: of(Rung::Recognised),
            this_repository: of(Rung::ThisRepository),
            read_only: of(Rung::ReadOnly),
            used_by_vendor: of(Rung::UsedByVendor),
        }
    }
}

/// What is remembered of a rung: null where nothing could ever be told.
#[derive(Serialize)]
struct Remembered<'a> {
    standing: &'static str,
    at: Option<&'a str>,
    since: Option<&'a str>,
    by: Option<&'a str>,
    code: Option<&'a str>,
    last_try: Option<Because<'a>>,
}

impl<'a> From<&'a RungMemory> for Remembered<'a> {
    fn from(rung: &'a RungMemory) -> Self {
        let told = rung.told();
        Self {
            standing: rung.standing().id(),
            at: told.map(|told| &*told.seen.at),
            since: told.map(|told| &*told.since),
            by: told.map(|told| &*told.seen.by),
            code: told.and_then(|told| told.seen.code.as_deref()),
            last_try: rung.last_try().map(Because::from),
        }
    }
}

/// A test that could not tell, and why.
#[derive(Serialize)]
struct Because<'a> {
    at: &'a str,
    by: &'a str,
    code: Option<&'a str>,
}

impl<'a> From<&'a Seen> for Because<'a> {
    fn from(seen: &'a Seen) -> Self {
        Self {
            at: &seen.at,
            by: &seen.by,
            code: seen.code.as_deref(),
        }
    }
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
    refused_at: Option<&'a str>,
    accepted_at: Option<&'a str>,
}

/// A rotation that is under way, as JSON.
#[derive(Serialize)]
pub(super) struct RotationJson<'a> {
    fingerprint: String,
    began: &'a str,
    next: &'static str,
}

impl<'a> From<&'a Rotation> for RotationJson<'a> {
    fn from(rotation: &'a Rotation) -> Self {
        Self {
            fingerprint: rotation.key.fingerprint(),
            began: &rotation.began,
            next: rotation.stage().id(),
        }
    }
}

impl<'a> From<&'a Connection> for Json<'a> {
    fn from(connection: &'a Connection) -> Self {
        let memory = &connection.memory;
        let pins = connection.host_keys.iter();
        let retired = connection.retired.iter();
        Self {
            name: connection.name.as_str(),
            url: connection.address.ssh(),
            edition: connection.address.edition().id(),
            access_keys_page: connection.place.access_keys_page(),
            api: connection.api.as_ref().map(ApiBase::as_str),
            region: connection.region.map(|region| &*region.id),
            algorithm: connection.key.algorithm(),
            fingerprint: connection.key.fingerprint(),
            key: connection.key.line(),
            host_keys: pins.map(|pin| pin.fingerprint().to_string()).collect(),
            last_test: memory.last_test().map(|test| Tested {
                at: &test.at,
                verdict: test.verdict.id(),
                since: &test.since,
            }),
            last_try: memory.last_try().map(Because::from),
            rungs: Rungs::new(|rung| Remembered::from(memory.rung(rung))),
            proven: Rungs::new(|rung| {
                let Seen { at, by, .. } = memory.rung(rung).last_proof()?;
                Some(Basis { at, by })
            }),
            retired: retired
                .map(|retired| Retired {
                    fingerprint: retired.key.fingerprint(),
                    at: &retired.at,
                    refused_at: retired.refused_at.as_deref(),
                    accepted_at: retired.accepted_at.as_deref(),
                })
                .collect(),
            rotation: connection.rotation.as_ref().map(RotationJson::from),
        }
    }
}

/// JSON for people, with a line's end.
pub(super) fn pretty(value: &impl Serialize) -> String {
    // Serialising plain structs of strings can't fail.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

//! The file form of saved connections: JSON that people can read, with a version.
//!
//! JSON and not TOML, because a file of ten thousand connections is read in a tenth of the time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    Connection, Connections, LastTest, Name, Proofs, Proven, RetiredKey, Rotation, Switched,
    SwitchedBy,
};
use crate::access_key::AccessKey;
use crate::bitbucket::{
    Edition, Reading, RepositoryAddress, RepositoryPlace, SshAliases, read_address,
};
use crate::check::{HostKeyPin, Rung, Verdict};
use crate::coalesce::Region;
use crate::text::harmless;

/// The version of the file form that this doorkey writes, and the newest it reads.
pub const VERSION: u32 = 1;

/// As much of what a file says is repeated.
const SAID_AT_MOST: usize = 200;

/// Why a file can't be read as saved connections.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FileProblem {
    /// It is not what doorkey writes, and where.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// A newer doorkey wrote it.
    #[error(
        "a newer doorkey wrote it (version {0} of the format; this one knows up to {VERSION}). Use that one, or update this one"
    )]
    Newer(u32),
}

impl FileProblem {
    /// The file is damaged, and how.
    pub(crate) fn damaged(why: &impl ToString) -> Self {
        Self::Damaged(harmless(&why.to_string(), SAID_AT_MOST))
    }
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File<C> {
    version: u32,
    connections: Vec<C>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    name: String,
    url: String,
    /// For the reader of the file: the URL says it, too.
    edition: String,
    /// The repository's page, where its SSH URL does not lead to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    region: Option<String>,
    key: SavedKey,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    host_keys: Vec<String>,
    last_test: Option<SavedTest>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    proven: BTreeMap<String, SavedProof>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    retired: Vec<SavedRetired>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rotation: Option<SavedRotation>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedKey {
    line: String,
    /// For the reader of the file: the line says it, too.
    fingerprint: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedTest {
    at: String,
    verdict: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedProof {
    at: String,
    by: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedRetired {
    key: SavedKey,
    at: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedRotation {
    key: SavedKey,
    began: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    was_known: bool,
    added: Option<String>,
    recognised: Option<String>,
    switched: Option<SavedSwitch>,
    removed: Option<String>,
    last_test: Option<SavedTest>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    proven: BTreeMap<String, SavedProof>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedSwitch {
    at: String,
    by: String,
}

impl Connections {
    /// The text of the file.
    pub fn to_file(&self) -> String {
        let file = File {
            version: VERSION,
            connections: self.iter().map(Saved::from).collect(),
        };
        // Serialising plain structs of strings can't fail.
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }

    /// Reads the text of a file.
    pub fn from_file(text: &str) -> Result<Self, FileProblem> {
        // The version first: what a newer doorkey wrote may look like anything behind it.
        match serde_json::from_str::<Version>(text) {
            Ok(Version { version }) if version > VERSION => Err(FileProblem::Newer(version)),
            Ok(Version { version }) if version < VERSION => Err(FileProblem::damaged(&format!(
                "there is no version {version} of the format"
            ))),
            Ok(_) | Err(_) => Self::from_this_version(text),
        }
    }

    fn from_this_version(text: &str) -> Result<Self, FileProblem> {
        let file: File<Saved> =
            serde_json::from_str(text).map_err(|error| FileProblem::damaged(&error))?;
        let mut connections = Vec::with_capacity(file.connections.len());
        for saved in file.connections {
            let name = saved.name.clone();
            let connection = Connection::try_from(saved).map_err(|why| {
                FileProblem::damaged(&format!("{}: {why}", harmless(&name, Name::LONGEST)))
            })?;
            connections.push(connection);
        }
        let by_name = |one: &Connection, other: &Connection| one.name.cmp(&other.name);
        connections.sort_by(by_name);
        let twice = connections
            .windows(2)
            .find(|pair| pair[0].name == pair[1].name);
        if let Some(pair) = twice {
            let name = &pair[0].name;
            return Err(FileProblem::damaged(&format!("{name} is in it twice")));
        }
        Ok(connections.into_iter().collect())
    }
}

impl From<&Connection> for Saved {
    fn from(connection: &Connection) -> Self {
        Self {
            name: connection.name.to_string(),
            url: connection.address.ssh(),
            edition: connection.address.edition().id().to_owned(),
            page: page(&connection.place),
            region: connection.region.map(|region| region.id.clone()),
            key: SavedKey::from(&connection.key),
            host_keys: connection
                .host_keys
                .iter()
                .map(|pin| pin.fingerprint().to_string())
                .collect(),
            last_test: connection.last_test.as_ref().map(SavedTest::from),
            proven: saved_proofs(&connection.proofs),
            retired: connection
                .retired
                .iter()
                .map(|retired| SavedRetired {
                    key: SavedKey::from(&retired.key),
                    at: retired.at.clone(),
                })
                .collect(),
            rotation: connection.rotation.as_ref().map(SavedRotation::from),
        }
    }
}

impl From<&Rotation> for SavedRotation {
    fn from(rotation: &Rotation) -> Self {
        Self {
            key: SavedKey::from(&rotation.key),
            began: rotation.began.clone(),
            was_known: rotation.was_known,
            added: rotation.added.clone(),
            recognised: rotation.recognised.clone(),
            switched: rotation.switched.as_ref().map(|switched| SavedSwitch {
                at: switched.at.clone(),
                by: switched.by.id().to_owned(),
            }),
            removed: rotation.removed.clone(),
            last_test: rotation.last_test.as_ref().map(SavedTest::from),
            proven: saved_proofs(&rotation.proofs),
        }
    }
}

impl From<&LastTest> for SavedTest {
    fn from(test: &LastTest) -> Self {
        Self {
            at: test.at.clone(),
            verdict: test.verdict.id().to_owned(),
        }
    }
}

fn saved_proofs(proofs: &Proofs) -> BTreeMap<String, SavedProof> {
    let proven = Rung::ALL.into_iter().filter_map(|rung| {
        let Proven { at, by } = proofs.of(rung)?.clone();
        Some((rung.id().to_owned(), SavedProof { at, by }))
    });
    proven.collect()
}

impl From<&AccessKey> for SavedKey {
    fn from(key: &AccessKey) -> Self {
        Self {
            line: key.line(),
            fingerprint: key.fingerprint(),
        }
    }
}

impl TryFrom<Saved> for Connection {
    type Error = String;

    fn try_from(saved: Saved) -> Result<Self, String> {
        let name: Name = saved
            .name
            .parse()
            .map_err(|error: super::NameError| error.to_string())?;
        let retired = saved.retired.into_iter().map(|retired| {
            Ok(RetiredKey {
                key: key(&retired.key)?,
                at: time(&retired.at),
            })
        });
        let (address, place) = repository(&saved.url, saved.page.as_deref())?;
        Ok(Connection {
            name,
            address,
            place,
            key: key(&saved.key)?,
            region: saved.region.as_deref().map(region).transpose()?,
            host_keys: pins(&saved.host_keys)?,
            last_test: saved.last_test.as_ref().map(last_test).transpose()?,
            proofs: proofs(saved.proven)?,
            retired: retired.collect::<Result<_, String>>()?,
            rotation: saved.rotation.map(Rotation::try_from).transpose()?,
        })
    }
}

impl TryFrom<SavedRotation> for Rotation {
    type Error = String;

    fn try_from(saved: SavedRotation) -> Result<Self, String> {
        let [added, recognised, removed] =
            [saved.added, saved.recognised, saved.removed].map(|at| at.as_deref().map(time));
        Ok(Rotation {
            key: key(&saved.key)?,
            began: time(&saved.began),
            was_known: saved.was_known,
            added,
            recognised,
            switched: saved.switched.as_ref().map(switched).transpose()?,
            removed,
            last_test: saved.last_test.as_ref().map(last_test).transpose()?,
            proofs: proofs(saved.proven)?,
        })
    }
}

/// A time as it was saved: only shown, never reckoned with.
fn time(saved: &str) -> String {
    harmless(saved, SAID_AT_MOST)
}

fn switched(saved: &SavedSwitch) -> Result<Switched, String> {
    let by = SwitchedBy::ALL.into_iter().find(|by| by.id() == saved.by);
    Ok(Switched {
        at: time(&saved.at),
        by: by.ok_or_else(|| format!("there is no such witness as {}", saved.by))?,
    })
}

fn proofs(saved: BTreeMap<String, SavedProof>) -> Result<Proofs, String> {
    let mut proofs = Proofs::default();
    for (id, SavedProof { at, by }) in saved {
        let rung = Rung::ALL.into_iter().find(|rung| rung.id() == id);
        let rung = rung.ok_or_else(|| format!("there is no rung {id}"))?;
        let [at, by] = [at, by].map(|text| harmless(&text, SAID_AT_MOST));
        proofs.set(rung, Proven { at, by });
    }
    Ok(proofs)
}

/// The page to save: for Cloud the SSH URL says it, and a guess can be made again.
fn page(place: &RepositoryPlace) -> Option<String> {
    let is_known = place.edition == Edition::DataCenter && !place.base_guessed;
    is_known.then(|| place.repository_page())
}

/// The repository by its SSH URL, and its place on the web by its page.
fn repository(
    url: &str,
    page: Option<&str>,
) -> Result<(RepositoryAddress, RepositoryPlace), String> {
    let Reading {
        address,
        mut place,
        repair,
    } = read(url)?;
    if let Some(page) = page {
        let base = read(page)?.place.base;
        place.base = base;
        place.base_guessed = false;
    }
    // One that could be repaired but works was saved on purpose.
    let as_given = repair.and_then(|repair| repair.as_given);
    Ok((as_given.unwrap_or(address), place))
}

fn read(address: &str) -> Result<Reading, String> {
    read_address(address, &SshAliases::default()).map_err(|refusal| refusal.code.title().to_owned())
}

fn key(saved: &SavedKey) -> Result<AccessKey, String> {
    AccessKey::read(&saved.line)
        .map(AccessKey::without_repairs)
        .map_err(|refusal| refusal.code.title().to_owned())
}

fn region(id: &str) -> Result<&'static Region, String> {
    Region::from_id(id).ok_or_else(|| format!("there is no region {id}"))
}

fn pins(fingerprints: &[String]) -> Result<Vec<HostKeyPin>, String> {
    let pins = fingerprints
        .iter()
        .map(|fingerprint| fingerprint.parse::<HostKeyPin>());
    pins.collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}

fn last_test(saved: &SavedTest) -> Result<LastTest, String> {
    let verdict = Verdict::ALL
        .into_iter()
        .find(|verdict| verdict.id() == saved.verdict)
        .ok_or_else(|| format!("there is no verdict {}", saved.verdict))?;
    Ok(LastTest {
        at: time(&saved.at),
        verdict,
    })
}

//! One connection as the file has it, and what that means.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::access_key::AccessKey;
use crate::bitbucket::{
    ApiBase, Edition, Reading, RepositoryAddress, RepositoryPlace, SshAliases, read_address,
};
use crate::check::{HostKeyPin, Rung, Standing, Verdict};
use crate::coalesce::Region;
use crate::connections::memory::LONGEST;
use crate::connections::{
    Connection, LastTest, Memory, Name, NameError, RetiredKey, Rotation, RungMemory, Seen,
    Switched, SwitchedBy, Told,
};
use crate::text::harmless;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Saved {
    name: String,
    url: String,
    /// For the reader of the file: the URL says it, too.
    edition: String,
    /// The repository's page, where its SSH URL does not lead to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    /// Where its web server is, where somebody said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    api: Option<String>,
    region: Option<String>,
    key: SavedKey,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    host_keys: Vec<String>,
    last_test: Option<SavedTest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_try: Option<SavedSeen>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    rungs: BTreeMap<String, SavedRung>,
    /// What version 1 had instead of `rungs`: the last proof of each.
    #[serde(default, skip_serializing)]
    proven: BTreeMap<String, SavedSeen>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    retired: Vec<SavedRetired>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rotation: Option<SavedRotation>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedKey {
    line: String,
    fingerprint: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedTest {
    at: String,
    verdict: String,
    /// Version 1 did not know it.
    #[serde(default)]
    since: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedSeen {
    at: String,
    by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedRung {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told: Option<SavedTold>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_try: Option<SavedSeen>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proven_before: Option<SavedSeen>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedTold {
    standing: String,
    since: String,
    seen: SavedSeen,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedRetired {
    key: SavedKey,
    at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accepted: Option<String>,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    last_test: Option<SavedTest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_try: Option<SavedSeen>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    rungs: BTreeMap<String, SavedRung>,
    #[serde(default, skip_serializing)]
    proven: BTreeMap<String, SavedSeen>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedSwitch {
    at: String,
    by: String,
}

// ---- what is written ------------------------------------------------------------------------------------------

impl From<&Connection> for Saved {
    fn from(connection: &Connection) -> Self {
        let memory = &connection.memory;
        Self {
            name: connection.name.to_string(),
            url: connection.address.ssh(),
            edition: connection.address.edition().id().to_owned(),
            page: page(&connection.place),
            api: connection.api.as_ref().map(ApiBase::to_string),
            region: connection.region.map(|region| region.id.clone()),
            key: SavedKey::from(&connection.key),
            host_keys: connection
                .host_keys
                .iter()
                .map(|pin| pin.fingerprint().to_string())
                .collect(),
            last_test: memory.last_test.as_ref().map(SavedTest::from),
            last_try: memory.last_try.as_ref().map(SavedSeen::from),
            rungs: saved_rungs(memory),
            proven: BTreeMap::new(),
            retired: connection.retired.iter().map(SavedRetired::from).collect(),
            rotation: connection.rotation.as_ref().map(SavedRotation::from),
        }
    }
}

impl From<&RetiredKey> for SavedRetired {
    fn from(retired: &RetiredKey) -> Self {
        Self {
            key: SavedKey::from(&retired.key),
            at: retired.at.clone(),
            refused: retired.refused_at.clone(),
            accepted: retired.accepted_at.clone(),
        }
    }
}

impl From<&Rotation> for SavedRotation {
    fn from(rotation: &Rotation) -> Self {
        let memory = &rotation.memory;
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
            refused: rotation.refused.clone(),
            last_test: memory.last_test.as_ref().map(SavedTest::from),
            last_try: memory.last_try.as_ref().map(SavedSeen::from),
            rungs: saved_rungs(memory),
            proven: BTreeMap::new(),
        }
    }
}

impl From<&LastTest> for SavedTest {
    fn from(test: &LastTest) -> Self {
        Self {
            at: test.at.clone(),
            verdict: test.verdict.id().to_owned(),
            since: Some(test.since.clone()),
        }
    }
}

impl From<&Seen> for SavedSeen {
    fn from(seen: &Seen) -> Self {
        let Seen { at, by, code } = seen.clone();
        Self { at, by, code }
    }
}

fn saved_rungs(memory: &Memory) -> BTreeMap<String, SavedRung> {
    let saved = |rung: Rung| {
        let remembered = memory.rung(rung);
        let saved = SavedRung {
            told: remembered.told.as_ref().map(|told| SavedTold {
                standing: remembered.standing().id().to_owned(),
                since: told.since.clone(),
                seen: SavedSeen::from(&told.seen),
            }),
            last_try: remembered.last_try.as_ref().map(SavedSeen::from),
            proven_before: remembered.proven_before.as_ref().map(SavedSeen::from),
        };
        (*remembered != RungMemory::default()).then(|| (rung.id().to_owned(), saved))
    };
    Rung::ALL.into_iter().filter_map(saved).collect()
}

impl From<&AccessKey> for SavedKey {
    fn from(key: &AccessKey) -> Self {
        Self {
            line: key.line(),
            fingerprint: key.fingerprint(),
        }
    }
}

/// The page to save: for Cloud the SSH URL says it, and a guess can be made again.
fn page(place: &RepositoryPlace) -> Option<String> {
    let is_known = place.edition == Edition::DataCenter && !place.base_guessed;
    is_known.then(|| place.repository_page())
}

// ---- what is read ---------------------------------------------------------------------------------------------

impl TryFrom<Saved> for Connection {
    type Error = String;

    fn try_from(saved: Saved) -> Result<Self, String> {
        let name: Name = saved
            .name
            .parse()
            .map_err(|error: NameError| error.to_string())?;
        let retired = saved.retired.into_iter().map(RetiredKey::try_from);
        let (address, place) = repository(&saved.url, saved.page.as_deref())?;
        Ok(Connection {
            name,
            address,
            place,
            key: key(&saved.key)?,
            region: saved.region.as_deref().map(region).transpose()?,
            host_keys: pins(&saved.host_keys)?,
            api: saved.api.as_deref().map(api).transpose()?,
            memory: memory(saved.last_test, saved.last_try, saved.rungs, saved.proven)?,
            retired: retired.collect::<Result<_, String>>()?,
            rotation: saved.rotation.map(Rotation::try_from).transpose()?,
        })
    }
}

impl TryFrom<SavedRetired> for RetiredKey {
    type Error = String;

    fn try_from(saved: SavedRetired) -> Result<Self, String> {
        let [refused_at, accepted_at] =
            [saved.refused, saved.accepted].map(|at| at.as_deref().map(time));
        Ok(RetiredKey {
            key: key(&saved.key)?,
            at: time(&saved.at),
            refused_at,
            accepted_at,
        })
    }
}

impl TryFrom<SavedRotation> for Rotation {
    type Error = String;

    fn try_from(saved: SavedRotation) -> Result<Self, String> {
        let times = [saved.added, saved.recognised, saved.removed, saved.refused];
        let [added, recognised, removed, refused] = times.map(|at| at.as_deref().map(time));
        Ok(Rotation {
            key: key(&saved.key)?,
            began: time(&saved.began),
            was_known: saved.was_known,
            added,
            recognised,
            switched: saved.switched.as_ref().map(switched).transpose()?,
            removed,
            refused,
            memory: memory(saved.last_test, saved.last_try, saved.rungs, saved.proven)?,
        })
    }
}

/// A time as it was saved: only shown, never reckoned with.
fn time(saved: &str) -> String {
    harmless(saved, LONGEST)
}

fn switched(saved: &SavedSwitch) -> Result<Switched, String> {
    let by = SwitchedBy::ALL.into_iter().find(|by| by.id() == saved.by);
    Ok(Switched {
        at: time(&saved.at),
        by: by.ok_or_else(|| format!("there is no such witness as {}", saved.by))?,
    })
}

fn memory(
    last_test: Option<SavedTest>,
    last_try: Option<SavedSeen>,
    rungs: BTreeMap<String, SavedRung>,
    proven: BTreeMap<String, SavedSeen>,
) -> Result<Memory, String> {
    let mut memory = Memory {
        last_test: last_test.map(LastTest::try_from).transpose()?,
        last_try: last_try.map(Seen::from),
        ..Memory::default()
    };
    for (id, seen) in proven {
        let seen = Seen::from(seen);
        memory.rung_mut(rung(&id)?).told = Some(Told {
            is_proven: true,
            since: seen.at.clone(),
            seen,
        });
    }
    for (id, saved) in rungs {
        *memory.rung_mut(rung(&id)?) = RungMemory::try_from(saved)?;
    }
    Ok(memory)
}

fn rung(id: &str) -> Result<Rung, String> {
    Rung::from_id(id).ok_or_else(|| format!("there is no rung {id}"))
}

impl TryFrom<SavedRung> for RungMemory {
    type Error = String;

    fn try_from(saved: SavedRung) -> Result<Self, String> {
        Ok(RungMemory {
            told: saved.told.map(Told::try_from).transpose()?,
            last_try: saved.last_try.map(Seen::from),
            proven_before: saved.proven_before.map(Seen::from),
        })
    }
}

impl TryFrom<SavedTold> for Told {
    type Error = String;

    fn try_from(saved: SavedTold) -> Result<Self, String> {
        let is = |standing: Standing| saved.standing == standing.id();
        if !is(Standing::Proven) && !is(Standing::Refuted) {
            return Err(format!("{} tells nothing of a rung", saved.standing));
        }
        Ok(Told {
            is_proven: is(Standing::Proven),
            since: time(&saved.since),
            seen: Seen::from(saved.seen),
        })
    }
}

impl From<SavedSeen> for Seen {
    fn from(saved: SavedSeen) -> Self {
        Seen::new(&saved.at, &saved.by, saved.code.as_deref())
    }
}

impl TryFrom<SavedTest> for LastTest {
    type Error = String;

    fn try_from(saved: SavedTest) -> Result<Self, String> {
        let verdict = Verdict::ALL
            .into_iter()
            .find(|verdict| verdict.id() == saved.verdict)
            .ok_or_else(|| format!("there is no verdict {}", saved.verdict))?;
        Ok(LastTest {
            since: time(saved.since.as_ref().unwrap_or(&saved.at)),
            at: time(&saved.at),
            verdict,
        })
    }
}

pub(super) fn is_read_back(address: &RepositoryAddress, place: &RepositoryPlace) -> bool {
    let read = repository(&address.ssh(), page(place).as_deref());
    read.is_ok_and(|(read_address, read_place)| read_address == *address && read_place == *place)
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

/// A key as doorkey writes it. A paste may hold all kinds of things; what was saved may not.
fn key(saved: &SavedKey) -> Result<AccessKey, String> {
    let key = AccessKey::from_line(&saved.line)
        .ok_or("one of its keys is not a line that doorkey writes")?;
    if key.fingerprint() == saved.fingerprint {
        Ok(key)
    } else {
        Err("the fingerprint of one of its keys is another key's".to_owned())
    }
}

fn region(id: &str) -> Result<&'static Region, String> {
    Region::from_id(id).ok_or_else(|| format!("there is no region {id}"))
}

fn api(base: &str) -> Result<ApiBase, String> {
    base.parse()
        .map_err(|error| format!("the address of its web server can't be used: {error}"))
}

fn pins(fingerprints: &[String]) -> Result<Vec<HostKeyPin>, String> {
    let pins = fingerprints
        .iter()
        .map(|fingerprint| fingerprint.parse::<HostKeyPin>());
    pins.collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}

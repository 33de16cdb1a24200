//! Connections that were set up, kept so that they can be tested again: what one is, what is remembered of its proof,
//! and the collection of them. Nothing secret is in here.

mod document;
mod file;
pub mod import;
mod name;
mod rotation;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Bound;

use thiserror::Error;

pub use document::day;
pub use file::{FileProblem, VERSION};
pub use name::{Name, NameError};
pub use rotation::{
    Rotation, RotationChange, RotationError, RotationStep, Stage, Switched, SwitchedBy,
};

use crate::access_key::AccessKey;
use crate::bitbucket::{RepositoryAddress, RepositoryPlace};
use crate::check::{HostKeyPin, Report, Rung, Standing, Verdict};
use crate::coalesce::Region;
use crate::text::harmless;

/// One access key on one repository, as it was set up.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// What it is called.
    pub name: Name,
    /// The repository.
    pub address: RepositoryAddress,
    /// Where the repository is on the web.
    pub place: RepositoryPlace,
    /// The public key that Coalesce Quality logs in with.
    pub key: AccessKey,
    /// The region of Coalesce Quality, where somebody said it.
    pub region: Option<&'static Region>,
    /// Host keys that the user said to trust.
    pub host_keys: Vec<HostKeyPin>,
    /// The last test, if there was one.
    pub last_test: Option<LastTest>,
    /// When each rung was last proven, and by what.
    pub proofs: Proofs,
    /// Keys it had before, the latest last. None of them should be let in any more.
    pub retired: Vec<RetiredKey>,
    /// The change of its key that has begun and is not finished.
    pub rotation: Option<Rotation>,
}

/// How the last test of a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastTest {
    /// When: RFC 3339, UTC.
    pub at: String,
    /// What it said.
    pub verdict: Verdict,
}

impl LastTest {
    fn of(report: &Report) -> Self {
        Self {
            at: report.checked_at.clone(),
            verdict: report.verdict(),
        }
    }
}

/// When a rung was last proven, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// When: RFC 3339, UTC.
    pub at: String,
    /// What it rests on, in a few words.
    pub by: String,
}

/// The last proof of each rung. That a rung was proven once stays true when a later test refutes it: the last test says
/// how it stands now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proofs([Option<Proven>; Rung::ALL.len()]);

impl Proofs {
    /// The last proof of a rung.
    pub fn of(&self, rung: Rung) -> Option<&Proven> {
        self.0[rung as usize].as_ref()
    }

    fn set(&mut self, rung: Rung, proven: Proven) {
        self.0[rung as usize] = Some(proven);
    }

    fn remember(&mut self, report: &Report) {
        let proof = report.proof();
        for rung in Rung::ALL {
            if let (Standing::Proven, Some(by)) = (proof.standing(rung), report.basis(rung)) {
                let at = report.checked_at.clone();
                let by = by.to_owned();
                self.set(rung, Proven { at, by });
            }
        }
    }
}

/// A key that a connection had before.
#[derive(Clone, Debug, PartialEq)]
pub struct RetiredKey {
    /// The key.
    pub key: AccessKey,
    /// When it was replaced: RFC 3339, UTC.
    pub at: String,
}

impl Connection {
    /// A connection that was not tested yet.
    pub fn new(
        name: Name,
        address: RepositoryAddress,
        place: RepositoryPlace,
        key: AccessKey,
    ) -> Self {
        Self {
            name,
            address,
            place,
            key: key.without_repairs(),
            region: None,
            host_keys: Vec::new(),
            last_test: None,
            proofs: Proofs::default(),
            retired: Vec::new(),
            rotation: None,
        }
    }

    /// Remembers what a test of this connection showed. A report about another key or another repository changes nothing.
    pub fn remember(&mut self, report: &Report) {
        if !self.is_of(report) {
            return;
        }
        self.last_test = Some(LastTest::of(report));
        self.proofs.remember(report);
    }

    /// Whether it is for the same repository with the same key.
    pub fn is_same(&self, address: &RepositoryAddress, key: &AccessKey) -> bool {
        self.address == *address && self.key.is_same_key(key)
    }

    fn is_of(&self, report: &Report) -> bool {
        let same_key = |key: &AccessKey| key.is_same_key(&self.key);
        report.address.as_ref() == Some(&self.address) && report.key.as_ref().is_some_and(same_key)
    }
}

/// A setup that is finished: what a test showed, and what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// Where the repository is on the web.
    pub place: RepositoryPlace,
    /// The region of Coalesce Quality, where somebody said it.
    pub region: Option<&'static Region>,
    /// Host keys that the user said to trust.
    pub host_keys: Vec<HostKeyPin>,
    /// The test.
    pub report: Report,
}

/// What a finished setup was saved as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The name of the connection.
    pub name: Name,
    /// Another connection to the same repository, with another key.
    pub beside: Option<Name>,
}

/// The saved connections, by their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Connections(BTreeMap<Name, Connection>);

/// Why a name means no connection.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotFound {
    /// There is none at all.
    #[error("no connection is saved yet; doorkey saves one when its setup is finished")]
    NoneSaved,
    /// None begins like this.
    #[error("no saved connection is called {0}; doorkey list shows all")]
    Unknown(String),
    /// None is called just so, where only a whole name will do.
    #[error(
        "no saved connection is called {given}; a change takes a whole name, and {given} is the beginning of {names}",
        names = some_of(.names)
    )]
    NotWhole {
        /// What was given.
        given: String,
        /// The names that begin with it.
        names: Vec<Name>,
    },
    /// Several begin like this.
    #[error("{given} is the beginning of several names: {names}; write more of it", names = some_of(.names))]
    Ambiguous {
        /// What was given.
        given: String,
        /// The names that begin with it.
        names: Vec<Name>,
    },
}

/// The number of the first name that needs one to be different.
const FIRST_NUMBER: u64 = 2;

/// As many names as help to choose.
const NAMES_SHOWN: usize = 5;

fn some_of(names: &[Name]) -> String {
    let shown: Vec<&str> = names.iter().take(NAMES_SHOWN).map(Name::as_str).collect();
    match names.len().saturating_sub(NAMES_SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

impl Connections {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Connection> {
        self.0.values()
    }

    /// The one with this very name.
    pub fn get(&self, name: &Name) -> Option<&Connection> {
        self.0.get(name)
    }

    /// The one with this very name, to change it.
    pub fn get_mut(&mut self, name: &Name) -> Option<&mut Connection> {
        self.0.get_mut(name)
    }

    /// The one that is called this, or the only one whose name begins with it.
    pub fn find(&self, given: &str) -> Result<&Connection, NotFound> {
        if self.is_empty() {
            return Err(NotFound::NoneSaved);
        }
        let begins = |name: &Name| name.as_str().starts_with(given);
        let mut candidates = self
            .0
            .range::<str, _>((Bound::Included(given), Bound::Unbounded))
            .take_while(|(name, _)| begins(name));
        let unknown = || NotFound::Unknown(harmless(given, Name::LONGEST));
        let (name, first) = candidates.next().ok_or_else(unknown)?;
        let others: Vec<Name> = candidates.map(|(name, _)| name.clone()).collect();
        if name.as_str() == given || others.is_empty() {
            return Ok(first);
        }
        Err(NotFound::Ambiguous {
            given: harmless(given, Name::LONGEST),
            names: [vec![name.clone()], others].concat(),
        })
    }

    /// The one that is called just this: for whatever changes or removes it.
    pub fn called(&self, given: &str) -> Result<&Connection, NotFound> {
        if let Some(connection) = self.0.get(given) {
            return Ok(connection);
        }
        let given = harmless(given, Name::LONGEST);
        Err(match self.find(&given) {
            Err(NotFound::Ambiguous { given, names }) => NotFound::NotWhole { given, names },
            Err(none) => none,
            Ok(only) => NotFound::NotWhole {
                given,
                names: vec![only.name.clone()],
            },
        })
    }

    /// The one for this repository with this key.
    pub fn same(&self, address: &RepositoryAddress, key: &AccessKey) -> Option<&Connection> {
        self.iter()
            .find(|connection| connection.is_same(address, key))
    }

    /// Puts a connection in, in the place of one with the same name.
    pub fn put(&mut self, connection: Connection) {
        self.0.insert(connection.name.clone(), connection);
    }

    /// Saves a finished setup: as a new connection, or with what is saved of it already. Nothing if its test had no address or
    /// no key.
    pub fn keep(&mut self, finished: Finished) -> Option<Kept> {
        let Finished {
            place,
            region,
            host_keys,
            report,
        } = finished;
        let (address, key) = (report.address.as_ref()?, report.key.as_ref()?);
        let mut connection = self.same(address, key).cloned().unwrap_or_else(|| {
            let name = self.free_name(address);
            Connection::new(name, address.clone(), place.clone(), key.clone())
        });
        connection.place = place;
        connection.region = region.or(connection.region);
        for pin in host_keys {
            if !connection.host_keys.contains(&pin) {
                connection.host_keys.push(pin);
            }
        }
        connection.remember(&report);
        let is_beside =
            |other: &&Connection| other.address == *address && !other.key.is_same_key(key);
        let kept = Kept {
            name: connection.name.clone(),
            beside: self.iter().find(is_beside).map(|other| other.name.clone()),
        };
        self.put(connection);
        Some(kept)
    }

    /// Takes the one with this name out.
    pub fn remove(&mut self, name: &Name) -> Option<Connection> {
        self.0.remove(name)
    }

    /// A name for a repository that no other connection has: the repository's, then with its project, then with a number.
    pub fn free_name(&self, address: &RepositoryAddress) -> Name {
        let [short, long] = Name::of_repository(address);
        let numbered = (FIRST_NUMBER..).map(|number| long.with_number(number));
        [short, long.clone()]
            .into_iter()
            .chain(numbered)
            .find(|name| !self.0.contains_key(name))
            .unwrap_or(long)
    }
}

impl FromIterator<Connection> for Connections {
    fn from_iter<I: IntoIterator<Item = Connection>>(connections: I) -> Self {
        let named = connections
            .into_iter()
            .map(|connection| (connection.name.clone(), connection));
        Self(named.collect())
    }
}

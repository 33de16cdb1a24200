//! Connections that were set up, kept so that they can be tested again: what one is, what is remembered of its proof,
//! and the collection of them. Nothing secret is in here.

mod document;
mod file;
pub mod import;
mod memory;
mod name;
mod rotation;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Bound;

use thiserror::Error;

pub use file::{FileProblem, Unreadable, VERSION};
pub use memory::{Audience, LastTest, Memory, RungMemory, Seen, Told, day, minute};
pub use name::{Name, NameError};
pub use rotation::{
    Rotation, RotationChange, RotationError, RotationStep, Stage, Switched, SwitchedBy,
};

use crate::access_key::AccessKey;
use crate::bitbucket::{ApiBase, Edition, RepositoryAddress, RepositoryPlace};
use crate::check::stage::key_query::Retired;
use crate::check::{HostKeyPin, Report, Rung, Standing};
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
    /// Where Bitbucket's web server is, where somebody said it.
    pub api: Option<ApiBase>,
    /// What tests have shown of it.
    pub memory: Memory,
    /// Keys it had before, the latest last. None of them should be let in any more.
    pub retired: Vec<RetiredKey>,
    /// The change of its key that has begun and is not finished.
    pub rotation: Option<Rotation>,
}

/// A key that a connection had before.
#[derive(Clone, Debug, PartialEq)]
pub struct RetiredKey {
    /// The key.
    pub key: AccessKey,
    /// When it was replaced: RFC 3339, UTC, like every time here.
    pub at: String,
    /// When a genuine server last refused it. One that gets in after that was added again.
    pub refused_at: Option<String>,
    /// When it was last let in, until a server refuses it.
    pub accepted_at: Option<String>,
}

impl RetiredKey {
    /// A key that was replaced at this time. No test was made of it since.
    pub fn new(key: AccessKey, at: String) -> Self {
        Self {
            key,
            at,
            refused_at: None,
            accepted_at: None,
        }
    }

    /// What became of it, on one line.
    pub fn words(&self) -> String {
        let replaced = format!("replaced on {}", day(&self.at));
        let refused = self.refused_at.as_ref();
        let refused = refused.map(|at| format!("refused {}", minute(at)));
        let accepted = self.accepted_at.as_ref();
        let accepted = accepted.map(|at| match self.refused_at {
            Some(_) => format!("let in again {}", minute(at)),
            None => format!("still let in {}", minute(at)),
        });
        let parts: Vec<String> = [Some(replaced), refused, accepted]
            .into_iter()
            .flatten()
            .collect();
        parts.join("; ")
    }
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
            api: None,
            memory: Memory::default(),
            retired: Vec::new(),
            rotation: None,
        }
    }

    /// Trusts a host key from now on. Only its fingerprint is kept, so that what is saved reads back as it was.
    pub fn trust(&mut self, pin: &HostKeyPin) {
        let pin = HostKeyPin::from(pin.fingerprint());
        if !self.host_keys.contains(&pin) {
            self.host_keys.push(pin);
        }
    }

    /// Remembers what a test of this connection showed. A report about another key or another repository changes nothing.
    pub fn remember(&mut self, report: &Report) {
        if !self.is_of(report) {
            return;
        }
        self.memory.remember(report);
    }

    /// Remembers what the test of this report showed of the keys it had before. Only a server that is the one it claims to be
    /// shows anything.
    pub fn remember_retired(&mut self, report: &Report, answers: &[Retired]) {
        let is_genuine = report.proof().standing(Rung::Genuine) == Standing::Proven;
        if !is_genuine || !self.is_of(report) {
            return;
        }
        for answer in answers {
            let is_meant =
                |retired: &&mut RetiredKey| retired.key.fingerprint() == answer.fingerprint;
            let Some(retired) = self.retired.iter_mut().find(is_meant) else {
                continue;
            };
            let at = Some(harmless(&report.checked_at, memory::LONGEST));
            match answer.is_accepted {
                Some(true) => retired.accepted_at = at,
                Some(false) => (retired.refused_at, retired.accepted_at) = (at, None),
                None => {}
            }
        }
    }

    /// Remembers where its web server is: from now on a token for it goes there.
    pub fn know_web_address(&mut self, base: ApiBase) {
        let place = &self.place;
        if place.edition == Edition::DataCenter && place.base_guessed {
            let known = RepositoryPlace {
                base: base.as_str().to_owned(),
                base_guessed: false,
                ..place.clone()
            };
            // The pages are below the same address, where that can be the address of pages.
            if file::is_read_back(&self.address, &known) {
                self.place = known;
            }
        }
        self.api = Some(base);
    }

    /// Remembers where it is on the web. What is known is worth more than a guess.
    fn know_place(&mut self, place: RepositoryPlace) {
        if !place.base_guessed || self.place.base_guessed {
            self.place = place;
        }
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
    /// Where Bitbucket's web server is, where somebody said it.
    pub api: Option<ApiBase>,
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
pub struct Connections {
    by_name: BTreeMap<Name, Connection>,
    /// What stands among them in the file and can't be read. It stays there as it is.
    unreadable: Vec<Unreadable>,
}

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
    /// The one with this name can't be read.
    #[error("{0}")]
    Unreadable(String),
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
        self.by_name.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// What stands among them in the file and can't be read.
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }

    /// Takes out of the file what can't be read and has this name. Whether there was anything.
    pub fn remove_unreadable(&mut self, name: &str) -> bool {
        let before = self.unreadable.len();
        self.unreadable.retain(|entry| !entry.is_called(name));
        self.unreadable.len() < before
    }

    /// Whether a name is taken, be it by an entry that can't be read.
    pub fn is_taken(&self, name: &Name) -> bool {
        let is_meant = |entry: &Unreadable| entry.is_called(name.as_str());
        self.by_name.contains_key(name) || self.unreadable.iter().any(is_meant)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Connection> {
        self.by_name.values()
    }

    /// The one with this very name.
    pub fn get(&self, name: &Name) -> Option<&Connection> {
        self.by_name.get(name)
    }

    /// The one with this very name, to change it.
    pub fn get_mut(&mut self, name: &Name) -> Option<&mut Connection> {
        self.by_name.get_mut(name)
    }

    /// The one that is called this, or the only one whose name begins with it.
    pub fn find(&self, given: &str) -> Result<&Connection, NotFound> {
        if let Some(found) = self.by_name.get(given) {
            return Ok(found);
        }
        if let Some(entry) = self.unreadable.iter().find(|entry| entry.is_called(given)) {
            return Err(NotFound::Unreadable(entry.to_string()));
        }
        if self.is_empty() {
            return Err(NotFound::NoneSaved);
        }
        let begins = |name: &Name| name.as_str().starts_with(given);
        let mut candidates = self
            .by_name
            .range::<str, _>((Bound::Included(given), Bound::Unbounded))
            .take_while(|(name, _)| begins(name));
        let unknown = || NotFound::Unknown(harmless(given, Name::LONGEST));
        let (name, first) = candidates.next().ok_or_else(unknown)?;
        let others: Vec<Name> = candidates.map(|(name, _)| name.clone()).collect();
        if others.is_empty() {
            return Ok(first);
        }
        Err(NotFound::Ambiguous {
            given: harmless(given, Name::LONGEST),
            names: [vec![name.clone()], others].concat(),
        })
    }

    /// The one that is called just this: for whatever changes or removes it.
    pub fn called(&self, given: &str) -> Result<&Connection, NotFound> {
        if let Some(connection) = self.by_name.get(given) {
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
        self.by_name.insert(connection.name.clone(), connection);
    }

    /// Saves a finished setup: as a new connection, or with what is saved of it already. Nothing if its test had no address or
    /// no key.
    pub fn keep(&mut self, finished: Finished) -> Option<Kept> {
        let Finished {
            place,
            region,
            api,
            host_keys,
            report,
        } = finished;
        let (address, key) = (report.address.as_ref()?, report.key.as_ref()?);
        let mut connection = self.same(address, key).cloned().unwrap_or_else(|| {
            let name = self.free_name(address);
            Connection::new(name, address.clone(), place.clone(), key.clone())
        });
        connection.know_place(place);
        if let Some(base) = api {
            connection.know_web_address(base);
        }
        connection.region = region.or(connection.region);
        for pin in &host_keys {
            connection.trust(pin);
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
        let removed = self.by_name.remove(name)?;
        // Of two with one name the second waits until the name is free.
        let waits = |entry: &Unreadable| entry.is_called(name.as_str());
        let second = self.unreadable.iter().position(waits);
        let again = second.and_then(|at| Some((at, self.unreadable[at].read_again()?)));
        if let Some((at, connection)) = again {
            self.unreadable.remove(at);
            self.put(connection);
        }
        Some(removed)
    }

    /// A name for a repository that no other connection has: the repository's, then with its project, then with a number.
    pub fn free_name(&self, address: &RepositoryAddress) -> Name {
        let [short, long] = Name::of_repository(address);
        let numbered = (FIRST_NUMBER..).map(|number| long.with_number(number));
        [short, long.clone()]
            .into_iter()
            .chain(numbered)
            .find(|name| !self.is_taken(name))
            .unwrap_or(long)
    }
}

impl FromIterator<Connection> for Connections {
    fn from_iter<I: IntoIterator<Item = Connection>>(connections: I) -> Self {
        let named = connections
            .into_iter()
            .map(|connection| (connection.name.clone(), connection));
        Self {
            by_name: named.collect(),
            unreadable: Vec::new(),
        }
    }
}

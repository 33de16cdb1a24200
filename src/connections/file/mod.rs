//! The file form of saved connections: JSON that people can read, with a version.
//!
//! JSON and not TOML, because a file of ten thousand connections is read in a tenth of the time. An entry that can't be read is
//! kept in the file as it is, and takes none of the others with it.

mod saved;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use thiserror::Error;

use self::saved::Saved;
use super::{Connection, Connections, Name};
use crate::bitbucket::{RepositoryAddress, RepositoryPlace};
use crate::text::harmless;

/// The version of the file form that this doorkey writes, and the newest it reads. Every version before is read, too.
///
/// Version 2 remembers more of each rung than its last proof. A doorkey that knows only version 1 says that a newer one wrote
/// the file.
pub const VERSION: u32 = 2;

/// The first version there was.
const FIRST_VERSION: u32 = 1;

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

/// An entry of the file that can't be read as a connection. It is written back as it was found.
#[derive(Clone, Debug)]
pub struct Unreadable {
    name: Option<String>,
    why: String,
    /// Its place in the file, from 1.
    number: usize,
    text: String,
}

impl Unreadable {
    fn new(text: &str, number: usize, why: &str) -> Self {
        #[derive(Deserialize)]
        struct Named {
            name: String,
        }
        let named = serde_json::from_str::<Named>(text).ok();
        let name = named.map(|named| harmless(&named.name, Name::LONGEST));
        Self {
            name: name.filter(|name| !name.is_empty()),
            why: harmless(why, SAID_AT_MOST),
            number,
            text: text.to_owned(),
        }
    }

    /// Whether it has this name.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name.as_deref() == Some(name)
    }

    /// What it is as a connection, if what was wrong lay elsewhere.
    pub(super) fn read_again(&self) -> Option<Connection> {
        read_entry(&self.text).ok()
    }
}

impl PartialEq for Unreadable {
    /// What counts is what stands in the file, not where.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, why, .. } = self;
        match &self.name {
            Some(name) => write!(formatter, "{name}: {why}"),
            None => write!(formatter, "entry {number} of the file: {why}"),
        }
    }
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadFile<'a> {
    #[serde(rename = "version")]
    _version: u32,
    #[serde(borrow)]
    connections: Vec<&'a RawValue>,
}

#[derive(Serialize)]
struct WrittenFile {
    version: u32,
    connections: Vec<Entry>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Entry {
    Readable(Box<Saved>),
    AsItWas(Box<RawValue>),
}

impl Connections {
    /// The text of the file.
    pub fn to_file(&self) -> String {
        let readable = self.iter().map(|connection| {
            let saved = Saved::from(connection);
            Entry::Readable(Box::new(saved))
        });
        let others = self.unreadable.iter();
        // It was JSON when it was read.
        let others = others.filter_map(|entry| RawValue::from_string(entry.text.clone()).ok());
        let file = WrittenFile {
            version: VERSION,
            connections: readable.chain(others.map(Entry::AsItWas)).collect(),
        };
        // Serialising plain structs of strings can't fail.
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }

    /// Reads the text of a file.
    pub fn from_file(text: &str) -> Result<Self, FileProblem> {
        // The version first: what a newer doorkey wrote may look like anything behind it.
        match serde_json::from_str::<Version>(text) {
            Ok(Version { version }) if version > VERSION => Err(FileProblem::Newer(version)),
            Ok(Version { version }) if version < FIRST_VERSION => Err(FileProblem::damaged(
                &format!("there is no version {version} of the format"),
            )),
            Ok(_) | Err(_) => Self::from_known_version(text),
        }
    }

    fn from_known_version(text: &str) -> Result<Self, FileProblem> {
        let file: ReadFile<'_> =
            serde_json::from_str(text).map_err(|error| FileProblem::damaged(&error))?;
        let mut connections = Self {
            by_name: BTreeMap::new(),
            unreadable: Vec::new(),
        };
        for (entry, number) in file.connections.into_iter().zip(1..) {
            let entry = entry.get();
            let why = match read_entry(entry) {
                Err(why) => why,
                Ok(connection) if connections.by_name.contains_key(&connection.name) => {
                    "this name is in the file twice".to_owned()
                }
                Ok(connection) => {
                    connections.put(connection);
                    continue;
                }
            };
            let unreadable = Unreadable::new(entry, number, &why);
            connections.unreadable.push(unreadable);
        }
        Ok(connections)
    }

    /// Whether the text of a file, read again, is these connections. Fails with a sentence.
    pub fn is_written_as(&self, text: &str) -> Result<(), String> {
        let read = Self::from_file(text).map_err(|problem| problem.to_string())?;
        if read == *self {
            return Ok(());
        }
        let differs = |one: &&Connection| read.get(&one.name) != Some(*one);
        let first = self.iter().find(differs);
        Err(match first {
            Some(connection) => format!("{} would not come back as it is", connection.name),
            None => "it would come back as other connections".to_owned(),
        })
    }
}

/// Whether a repository and its place on the web come back from the file as they are.
pub(super) fn is_read_back(address: &RepositoryAddress, place: &RepositoryPlace) -> bool {
    saved::is_read_back(address, place)
}

fn read_entry(text: &str) -> Result<Connection, String> {
    let saved: Saved = serde_json::from_str(text).map_err(|error| {
        // The place within the entry means nothing to whoever looks at the file.
        let error = error.to_string();
        let words = error.split(" at line ").next().unwrap_or_default();
        words.to_owned()
    })?;
    Connection::try_from(saved)
}

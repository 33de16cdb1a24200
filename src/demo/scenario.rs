//! The scenarios that are built in: `assets/demo/`, one file each.

use std::sync::LazyLock;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::condition::{Condition, named};
use super::key_name::key_named;
use crate::bitbucket::Edition;
use crate::built_in;
use crate::check::Code;

static SCENARIOS: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
    [
        include_str!("../../assets/demo/first-setup.toml"),
        include_str!("../../assets/demo/data-center.toml"),
        include_str!("../../assets/demo/troubleshooting.toml"),
        include_str!("../../assets/demo/not-admin.toml"),
        include_str!("../../assets/demo/rotation.toml"),
    ]
    .into_iter()
    .map(built_in::read)
    .collect()
});

/// A demonstration: what the wizard begins with, what happens in the embedded Bitbucket, what the presenter may say, and
/// what to press.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The name it is asked for by.
    pub name: String,
    /// What it shows, in a line.
    pub summary: String,
    /// What leads through it.
    #[serde(default)]
    pub guided: Guided,
    /// Which Bitbucket it is about.
    #[serde(deserialize_with = "edition")]
    pub edition: Edition,
    /// The address the wizard begins with; empty for none.
    #[serde(default)]
    pub address: String,
    /// The host and port that lead to the embedded Bitbucket.
    pub bitbucket: Place,
    /// The host and port of the machine's own sshd, beside Bitbucket's.
    pub machine_sshd: Option<Place>,
    /// What happens by itself.
    #[serde(default, rename = "happening")]
    pub happenings: Vec<Happening>,
    /// What the presenter may say.
    #[serde(rename = "note")]
    pub notes: Vec<Note>,
    /// What is pressed and typed where it plays by itself, one after the other.
    #[serde(rename = "play")]
    pub plays: Vec<Play>,
}

impl Scenario {
    /// Every scenario, the usual one first.
    pub fn all() -> &'static [Scenario] {
        &SCENARIOS
    }

    /// The scenario that is shown where none is asked for.
    pub fn usual() -> &'static Scenario {
        &Self::all()[0]
    }

    /// The scenario with this name, if there is one.
    pub fn from_name(name: &str) -> Option<&'static Scenario> {
        Self::all().iter().find(|scenario| scenario.name == name)
    }
}

/// What leads through a scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guided {
    /// The setup of a connection.
    #[default]
    Setup,
    /// The rotation of its key.
    Rotation,
}

/// The keys of a scenario, on one line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The one that Coalesce Quality shows.
    pub new: String,
    /// The one it had before, for a rotation.
    pub old: String,
}

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// Something that happens by itself, once.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Happening {
    /// What has to be seen for it. Nothing: it happens at the start.
    #[serde(default)]
    pub when: Condition,
    /// How long after that.
    #[serde(default, deserialize_with = "duration")]
    pub after: Duration,
    /// What happens.
    pub what: What,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Somebody adds the key.
    AddKey(Addition),
    /// Something is wrong that causes this code.
    #[serde(deserialize_with = "code")]
    Fault(Code),
    /// Nothing is wrong any more.
    Repair,
    /// The administrator takes the key out and adds it again, to read only.
    MakeReadOnly,
    /// Coalesce Quality comes in with the key.
    VendorConnects(Visit),
}

/// How Coalesce Quality comes in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Visit {
    /// Whether it is with the old key.
    pub old: bool,
}

/// How a key is added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Addition {
    /// The repository; none: the one the demo is about.
    pub repository: Option<String>,
    /// Whether it may also write.
    pub writes: bool,
    /// Whether it is the old key.
    pub old: bool,
}

/// What the presenter may say.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// What is seen meanwhile.
    pub when: Condition,
    /// The words.
    pub text: String,
}

/// A few keys, and what they are pressed for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Play {
    /// What has to be seen first.
    pub when: Condition,
    /// How long it takes to see and to say that; none: as usual.
    #[serde(default, deserialize_with = "some_duration")]
    pub read: Option<Duration>,
    /// The keys.
    #[serde(default, deserialize_with = "keys")]
    pub press: Vec<KeyEvent>,
    /// A text to type after them.
    #[serde(default, rename = "type")]
    pub text: String,
    /// Instead of all that: the page is read on to its end, as far as it is longer than the screen.
    #[serde(default)]
    pub read_on: bool,
}

impl Play {
    /// The keys of it all.
    pub fn keys(&self) -> impl Iterator<Item = KeyEvent> + '_ {
        let letter = |letter| KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
        self.press
            .iter()
            .copied()
            .chain(self.text.chars().map(letter))
    }
}

fn edition<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Edition, D::Error> {
    let found = named(deserializer, "edition", |id| {
        let mut known = [Edition::Cloud, Edition::DataCenter].into_iter();
        known.find(|edition| edition.id() == id)
    })?;
    found.ok_or_else(|| D::Error::custom("no edition"))
}

fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Code, D::Error> {
    let found = named(deserializer, "code", Code::from_id)?;
    found.ok_or_else(|| D::Error::custom("no code"))
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text).map_err(D::Error::custom)
}

fn some_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    duration(deserializer).map(Some)
}

fn keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<KeyEvent>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    let read = |name: &String| {
        key_named(name).ok_or_else(|| D::Error::custom(format!("there is no key {name}")))
    };
    names.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::simulator::Fault;
    use crate::{rotation, setup};

    fn conditions(scenario: &Scenario) -> impl Iterator<Item = &Condition> {
        let happenings = scenario.happenings.iter().map(|happening| &happening.when);
        let notes = scenario.notes.iter().map(|note| &note.when);
        let plays = scenario.plays.iter().map(|play| &play.when);
        happenings.chain(notes).chain(plays)
    }

    #[test]
    fn every_name_is_there_once_and_found() {
        let names: HashSet<&str> = Scenario::all()
            .iter()
            .map(|scenario| scenario.name.as_str())
            .collect();
        assert_eq!(names.len(), Scenario::all().len());
        for scenario in Scenario::all() {
            assert_eq!(Scenario::from_name(&scenario.name), Some(scenario));
        }
        assert_eq!(Scenario::from_name("nonsense"), None);
        assert_eq!(Scenario::usual().name, "first-setup");
    }

    #[test]
    fn every_step_that_is_waited_for_exists() {
        for scenario in Scenario::all() {
            for step in conditions(scenario).filter_map(|condition| condition.step.as_deref()) {
                let exists = match scenario.guided {
                    Guided::Setup => setup::StepId::ALL.iter().any(|known| known.title() == step),
                    Guided::Rotation => rotation::StepId::ALL
                        .iter()
                        .any(|known| known.title() == step),
                };
                assert!(exists, "{}: {step}", scenario.name);
            }
        }
    }

    #[test]
    fn every_fault_that_happens_can_be_simulated() {
        for happening in Scenario::all().iter().flat_map(|one| &one.happenings) {
            if let What::Fault(code) = happening.what {
                let mut faults = Fault::ALL.iter();
                assert!(
                    faults.any(|fault| fault.provokes() == code),
                    "{}",
                    code.id()
                );
            }
        }
    }

    #[test]
    fn every_play_either_presses_something_or_reads_on() {
        for play in Scenario::all().iter().flat_map(|one| &one.plays) {
            assert_ne!(play.keys().next().is_some(), play.read_on, "{play:?}");
        }
    }

    #[test]
    fn what_is_unknown_is_refused() {
        let usual = include_str!("../../assets/demo/first-setup.toml");
        for (right, wrong) in [
            ("edition = \"cloud\"", "edition = \"server\""),
            ("tcp.refused", "tcp.nonsense"),
            ("good = true", "good = 1"),
            ("press = [\"u\"]", "press = [\"return\"]"),
            ("read = \"4s\"", "read = \"long\""),
            ("watching = true", "watched = true"),
            ("summary =", "sumary ="),
        ] {
            assert!(usual.contains(right), "{right}");
            let changed = usual.replace(right, wrong);
            assert!(toml::from_str::<Scenario>(&changed).is_err(), "{wrong}");
        }
    }
}

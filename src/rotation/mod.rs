//! The rotation of a saved connection's key, as a pure state machine like the setup's wizard: add the new key and prove it, see
//! that Coalesce Quality uses it, take the old one out and see it refused.
//!
//! What counts is what is saved: every step is saved before the next one is shown, so that a rotation that is interrupted,
//! however that happens, goes on where it was.

mod act;
mod content;
mod journey;
mod keys;
mod news;

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::access_key::AccessKey;
use crate::bitbucket::Edition;
use crate::bitbucket::other_door::beside_blocked_port;
use crate::check::request::TestSettings;
use crate::check::{Absence, FixId, Rung, Standing, Verdict};
use crate::connections::{Connection, RetiredKey, Rotation, RotationChange, RotationStep, Stage};
use crate::guide::connection_test::{Aim, ConnectionTest};
use crate::guide::public_key::PublicKey;
use crate::guide::questions::{Picks, Question};
use crate::guide::{Demo, Effect, Guide, Notice, Request};

/// Fixes that belong to a setup: the address of a saved connection and its key are what they are.
const NOT_HERE: &[FixId] = &[
    FixId::UseSuggestedUrl,
    FixId::EditUrl,
    FixId::RepasteKey,
    FixId::TryPort7999,
    FixId::HandOff,
    FixId::UseIdentity,
];

/// The six steps, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StepId {
    /// The new key, beside the old one.
    #[default]
    NewKey,
    /// Add the new key in Bitbucket.
    AddNew,
    /// The live test of the new key.
    TestNew,
    /// Does Coalesce Quality use the new key?
    Switch,
    /// Take the old key out of Bitbucket.
    RemoveOld,
    /// The live test that the old key is refused.
    TestOld,
}

impl StepId {
    /// Every step, in order.
    pub const ALL: [StepId; 6] = [
        StepId::NewKey,
        StepId::AddNew,
        StepId::TestNew,
        StepId::Switch,
        StepId::RemoveOld,
        StepId::TestOld,
    ];

    /// The name on the screen.
    pub const fn title(self) -> &'static str {
        match self {
            StepId::NewKey => "New key",
            StepId::AddNew => "Add the new key",
            StepId::TestNew => "Test the new key",
            StepId::Switch => "Switch over",
            StepId::RemoveOld => "Remove the old key",
            StepId::TestOld => "Test the old key",
        }
    }

    /// Its place among the steps, from 1.
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    /// Where a rotation goes on that has come this far.
    const fn of(stage: Stage) -> Self {
        match stage {
            Stage::Add => StepId::AddNew,
            Stage::Prove => StepId::TestNew,
            Stage::Switch => StepId::Switch,
            Stage::Remove => StepId::RemoveOld,
            Stage::Refuse => StepId::TestOld,
        }
    }
}

/// What a rotation starts with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The saved connection.
    pub connection: Connection,
    /// A new key given beforehand, as a file's bytes.
    pub key: Option<Zeroizing<Vec<u8>>>,
    /// What stays the same from test to test.
    pub settings: TestSettings,
    /// Set when it runs against the embedded Bitbucket.
    pub demo: Option<Demo>,
}

/// How a rotation was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The new key is in and the old one is out, both proven.
    Finished,
    /// The new key is in. That the old one is out of this repository, only a person says.
    FinishedUnproven,
    /// Tested, and not there yet.
    NotThere,
    /// Nothing could be told.
    CouldNotTell,
}

/// One of the two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    New,
    Old,
}

impl Which {
    /// The one that a test of this number is about.
    const fn of(test: usize) -> Self {
        if test == Which::Old as usize {
            Which::Old
        } else {
            Which::New
        }
    }
}

/// The journey of a rotation: where it stands, and what is known of it.
#[derive(Clone, Debug)]
pub struct KeyChange {
    /// The step on the screen.
    pub step: StepId,
    /// The connection as it is saved.
    pub connection: Connection,
    /// The answer to the question of [`StepId::Switch`].
    pub picks: Picks,
    url: String,
    old: AccessKey,
    /// Whether the new key is tested once more, now that the old one is out.
    is_last_round: bool,
    /// Whether a person said that the old key is known only because it is elsewhere.
    on_word: bool,
    is_finished: bool,
    /// Who does what has to be done on the simulated page.
    on_page: OnPage,
}

/// A guide through the rotation of a key.
pub type KeyRotation = Guide<KeyChange>;

/// What happens on the simulated page, since the step was come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnPage {
    /// Nothing so far.
    Nothing,
    /// doorkey was asked to do it.
    Asked,
    /// Somebody has changed something.
    Changed,
}

impl KeyRotation {
    /// The rotation of a connection's key, where it was left.
    pub fn new(setup: Setup) -> Self {
        let connection = setup.connection;
        let mut settings = setup.settings;
        let trusted = &mut Arc::make_mut(&mut settings.host_keys).trusted;
        trusted.extend(connection.host_keys.iter().cloned());
        let place = &connection.place;
        let saved = || connection.api.clone();
        settings.api.base = settings.api.base.or_else(saved);
        if settings.api.base.is_none() && place.edition == Edition::DataCenter {
            // A guess can be made again; what is known about the web server is worth more.
            settings.api.base = (!place.base_guessed)
                .then(|| place.base.parse().ok())
                .flatten();
        }
        let begun = connection.rotation.as_ref();
        let line = begun.map(|rotation| Zeroizing::new(rotation.key.line().into_bytes()));
        let given = line.or(setup.key);
        let test = |aim| ConnectionTest {
            aim,
            without: NOT_HERE,
            ..ConnectionTest::default()
        };
        let journey = KeyChange {
            step: begun.map_or(StepId::NewKey, |rotation| StepId::of(rotation.stage())),
            url: connection.address.ssh(),
            old: connection.key.clone(),
            connection,
            picks: Picks::default(),
            is_last_round: false,
            on_word: false,
            is_finished: false,
            on_page: OnPage::Nothing,
        };
        let public_key = PublicKey::new(given.as_deref().map(Vec::as_slice));
        // In the order of `Which`.
        let tests = vec![test(Aim::LetIn), test(Aim::Gone)];
        let mut rotation = Guide::of(journey, public_key, tests, settings, setup.demo);
        if rotation.journey.step != StepId::NewKey {
            rotation.notice = Some(Notice::told("This rotation goes on where it was left."));
        }
        rotation
    }

    /// The key that goes.
    pub fn old_key(&self) -> &AccessKey {
        &self.journey.old
    }

    /// The key that comes, once there is one.
    pub fn new_key(&self) -> Option<&AccessKey> {
        if self.journey.is_finished {
            return Some(&self.journey.connection.key);
        }
        match self.progress() {
            Some(progress) => Some(&progress.key),
            None => self.public_key.reading.as_ref().ok(),
        }
    }

    /// How far it has come, once it has begun and while it is not finished.
    pub fn progress(&self) -> Option<&Rotation> {
        self.journey.connection.rotation.as_ref()
    }

    /// How it stands, for whoever asked for it.
    pub fn outcome(&self) -> Outcome {
        if self.journey.is_finished && self.journey.on_word {
            return Outcome::FinishedUnproven;
        }
        if self.journey.is_finished {
            return Outcome::Finished;
        }
        let told = self.tests.iter().any(|test| {
            let verdict = test.report.as_ref().map(crate::check::Report::verdict);
            verdict.is_some_and(|verdict| verdict != Verdict::Inconclusive)
        });
        if told {
            Outcome::NotThere
        } else {
            Outcome::CouldNotTell
        }
    }

    /// The question whether Coalesce Quality uses the new key. To go on takes a step of one's own: no is the default.
    pub fn switch_questions() -> Vec<Question> {
        vec![Question::new(
            "Does Coalesce Quality use the new key?",
            &["Not yet", "Yes, and its Test connection succeeded"],
        )]
    }

    /// The furthest step that can be gone to.
    fn reached(&self) -> StepId {
        if self.journey.is_finished {
            return StepId::TestOld;
        }
        let progress = self.progress();
        progress.map_or(StepId::NewKey, |progress| StepId::of(progress.stage()))
    }

    /// Whether the old key may be taken out: the new one is proven at this very moment, and Coalesce Quality uses it.
    fn may_remove(&self) -> bool {
        let progress = self.progress();
        let is_due = progress.is_some_and(|progress| progress.stage() >= Stage::Remove);
        is_due && self.new_test().is_good()
    }

    /// Whether the new key is the one that the connection has.
    fn is_same_key(&self) -> bool {
        let given = self.public_key.reading.as_ref();
        given.is_ok_and(|key| key.is_same_key(&self.journey.old))
    }

    /// If the new key is one that the connection had before: since when it has it no more.
    fn retired(&self) -> Option<&RetiredKey> {
        let given = self.public_key.reading.as_ref().ok()?;
        let mut retired = self.journey.connection.retired.iter();
        retired.find(|retired| retired.key.is_same_key(given))
    }

    /// Whether Bitbucket has seen Coalesce Quality use the new key.
    fn is_seen_in_use(&self) -> bool {
        !self.new_test().running
            && self.new_test().standing(Rung::UsedByVendor) == Standing::Proven
            && self.new_test().is_good()
    }

    /// What the last test of the old key shows.
    fn old_absence(&self) -> Option<Absence> {
        self.old_test().absence()
    }

    /// The address of the Access keys page: in a demo the embedded Bitbucket's.
    fn access_keys_link(&self) -> String {
        match &self.demo {
            Some(demo) => demo.page.clone(),
            None => self.journey.connection.place.access_keys_page(),
        }
    }

    /// The port of the address, where the test goes around it.
    fn left_port(&self) -> Option<u16> {
        let address = &self.journey.connection.address;
        let is_left = self.settings.beside_blocked_port;
        let beside = beside_blocked_port(address).filter(|_| is_left);
        beside.map(|_| address.port())
    }

    /// The test of the new key.
    pub fn new_test(&self) -> &ConnectionTest {
        self.test(Which::New as usize)
    }

    /// The test of the old key, which should be refused in the end.
    pub fn old_test(&self) -> &ConnectionTest {
        self.test(Which::Old as usize)
    }

    /// Which key the test of the step on the screen asks about, if it shows one.
    fn tested_here(&self) -> Option<Which> {
        match self.journey.step {
            StepId::TestNew => Some(Which::New),
            StepId::Switch => self.has_token().then_some(Which::New),
            StepId::RemoveOld => (!self.may_remove()).then_some(Which::New),
            StepId::TestOld => Some(Which::Old),
            StepId::NewKey | StepId::AddNew => None,
        }
    }

    /// The effect of saving what happened.
    fn save(&self, change: RotationChange) -> Vec<Effect> {
        let Some(new) = self.new_key() else {
            return Vec::new();
        };
        vec![Effect::ask(Request::SaveRotation(Box::new(RotationStep {
            name: self.journey.connection.name.clone(),
            old: self.journey.old.clone(),
            new: new.clone(),
            change,
        })))]
    }
}

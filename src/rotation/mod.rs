//! The rotation of a saved connection's key, as a pure state machine like the setup's wizard: add the new key and prove it, see
//! that Coalesce Quality uses it, take the old one out and see it refused.
//!
//! What counts is what is saved: every step is saved before the next one is shown, so that a rotation that is interrupted,
//! however that happens, goes on where it was.

mod act;
mod content;
mod guide;
mod keys;
mod update;

use std::sync::Arc;
use std::time::Duration;

pub use update::update;
use zeroize::Zeroizing;

use crate::access_key::AccessKey;
use crate::bitbucket::Edition;
use crate::bitbucket::other_door::beside_blocked_port;
use crate::check::request::TestSettings;
use crate::check::{Absence, FixId, Rung, Standing, Verdict};
use crate::coalesce;
use crate::connections::{Connection, RetiredKey, Rotation, RotationChange, RotationStep, Stage};
use crate::guide::Seen;
use crate::guide::connection_test::{Aim, ConnectionTest};
use crate::guide::effect::GrantRequest;
use crate::guide::public_key::PublicKey;
use crate::guide::questions::{Picks, Question};
use crate::guide::ticket::Tickets;
use crate::guide::token::TokenForm;
use crate::guide::{Demo, Effect, Notice, Overlay, Request, Surroundings};

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
    const fn other(self) -> Self {
        match self {
            Which::New => Which::Old,
            Which::Old => Which::New,
        }
    }
}

/// The whole state of a rotation.
#[derive(Clone, Debug)]
pub struct KeyRotation {
    /// The step on the screen.
    pub step: StepId,
    /// The connection as it is saved.
    pub connection: Connection,
    /// The new key as it is given.
    pub public_key: PublicKey,
    /// The test of the new key.
    pub new_test: ConnectionTest,
    /// The test of the old key, which should be refused in the end.
    pub old_test: ConnectionTest,
    /// The answer to the question of [`StepId::Switch`].
    pub picks: Picks,
    /// The token while it is being typed.
    pub token: TokenForm,
    /// What lies over the step, if anything.
    pub overlay: Option<Overlay>,
    /// What the help was asked for over, such as a form.
    help_over: Option<Overlay>,
    /// How far that was scrolled.
    scroll_beneath_help: Option<u16>,
    /// The outcome of the last thing done.
    pub notice: Option<Notice>,
    /// How far somebody scrolled the step, in lines.
    pub scroll: Option<u16>,
    /// How many lines of the page are seen at once.
    page_rows: u16,
    /// Set in a demo.
    pub demo: Option<Demo>,
    /// How long it has been running.
    pub now: Duration,
    settings: TestSettings,
    url: String,
    old: AccessKey,
    /// Whether the new key is tested once more, now that the old one is out.
    is_last_round: bool,
    /// What this machine offers; unknown until it was looked at.
    surroundings: Option<Surroundings>,
    /// Whether a person said that the old key is known only because it is elsewhere.
    on_word: bool,
    is_finished: bool,
    /// Who does what has to be done on the simulated page.
    on_page: OnPage,
    tickets: Tickets,
}

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
        let mut rotation = Self {
            step: begun.map_or(StepId::NewKey, |rotation| StepId::of(rotation.stage())),
            url: connection.address.ssh(),
            old: connection.key.clone(),
            connection,
            public_key: PublicKey::new(given.as_deref().map(Vec::as_slice)),
            new_test: test(Aim::LetIn),
            old_test: test(Aim::Gone),
            picks: Picks::default(),
            token: TokenForm::default(),
            overlay: None,
            help_over: None,
            scroll_beneath_help: None,
            notice: None,
            scroll: None,
            page_rows: Seen::ALL.page_rows,
            demo: setup.demo,
            now: Duration::ZERO,
            settings,
            is_last_round: false,
            surroundings: None,
            on_word: false,
            is_finished: false,
            on_page: OnPage::Nothing,
            tickets: Tickets::default(),
        };
        if rotation.step != StepId::NewKey {
            rotation.notice = Some(Notice::told("This rotation goes on where it was left."));
        }
        rotation
    }

    /// The key that goes.
    pub fn old_key(&self) -> &AccessKey {
        &self.old
    }

    /// The key that comes, once there is one.
    pub fn new_key(&self) -> Option<&AccessKey> {
        if self.is_finished {
            return Some(&self.connection.key);
        }
        match self.progress() {
            Some(progress) => Some(&progress.key),
            None => self.public_key.reading.as_ref().ok(),
        }
    }

    /// How far it has come, once it has begun and while it is not finished.
    pub fn progress(&self) -> Option<&Rotation> {
        self.connection.rotation.as_ref()
    }

    /// How it stands, for whoever asked for it.
    pub fn outcome(&self) -> Outcome {
        if self.is_finished && self.on_word {
            return Outcome::FinishedUnproven;
        }
        if self.is_finished {
            return Outcome::Finished;
        }
        let told = [&self.new_test, &self.old_test].into_iter().any(|test| {
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

    /// What would be added where, if all that takes is known.
    pub fn grant_request(&self) -> Option<GrantRequest> {
        self.has_token().then_some(())?;
        Some(GrantRequest {
            place: self.connection.place.clone(),
            key: self.new_key()?.clone(),
            label: coalesce::key_label().to_owned(),
            access: self.settings.api.clone(),
        })
    }

    /// Whether a token was given.
    pub fn has_token(&self) -> bool {
        self.settings.api.token.is_some()
    }

    /// The furthest step that can be gone to.
    fn reached(&self) -> StepId {
        if self.is_finished {
            return StepId::TestOld;
        }
        let progress = self.progress();
        progress.map_or(StepId::NewKey, |progress| StepId::of(progress.stage()))
    }

    fn may_go_to(&self, step: StepId) -> bool {
        step <= self.reached() && step != self.step && !self.is_finished
    }

    /// Whether the old key may be taken out: the new one is proven at this very moment, and Coalesce Quality uses it.
    fn may_remove(&self) -> bool {
        let progress = self.progress();
        let is_due = progress.is_some_and(|progress| progress.stage() >= Stage::Remove);
        is_due && self.new_test.is_good()
    }

    /// Whether the new key is the one that the connection has.
    fn is_same_key(&self) -> bool {
        let given = self.public_key.reading.as_ref();
        given.is_ok_and(|key| key.is_same_key(&self.old))
    }

    /// If the new key is one that the connection had before: since when it has it no more.
    fn retired(&self) -> Option<&RetiredKey> {
        let given = self.public_key.reading.as_ref().ok()?;
        let mut retired = self.connection.retired.iter();
        retired.find(|retired| retired.key.is_same_key(given))
    }

    /// Whether Bitbucket has seen Coalesce Quality use the new key.
    fn is_seen_in_use(&self) -> bool {
        !self.new_test.running
            && self.new_test.standing(Rung::UsedByVendor) == Standing::Proven
            && self.new_test.is_good()
    }

    /// What the last test of the old key shows.
    fn old_absence(&self) -> Option<Absence> {
        self.old_test.absence()
    }

    /// The address of the Access keys page: in a demo the embedded Bitbucket's.
    fn access_keys_link(&self) -> String {
        match &self.demo {
            Some(demo) => demo.page.clone(),
            None => self.connection.place.access_keys_page(),
        }
    }

    /// The port of the address, where the test goes around it.
    fn left_port(&self) -> Option<u16> {
        let address = &self.connection.address;
        let is_left = self.settings.beside_blocked_port;
        let beside = beside_blocked_port(address).filter(|_| is_left);
        beside.map(|_| address.port())
    }

    /// Which key the test of the step on the screen asks about, if it shows one.
    fn tested_here(&self) -> Option<Which> {
        match self.step {
            StepId::TestNew => Some(Which::New),
            StepId::Switch => self.has_token().then_some(Which::New),
            StepId::RemoveOld => (!self.may_remove()).then_some(Which::New),
            StepId::TestOld => Some(Which::Old),
            StepId::NewKey | StepId::AddNew => None,
        }
    }

    fn test_of(&self, which: Which) -> &ConnectionTest {
        match which {
            Which::New => &self.new_test,
            Which::Old => &self.old_test,
        }
    }

    fn test_mut(&mut self, which: Which) -> &mut ConnectionTest {
        match which {
            Which::New => &mut self.new_test,
            Which::Old => &mut self.old_test,
        }
    }

    /// The effect of saving what happened.
    fn save(&self, change: RotationChange) -> Vec<Effect> {
        let Some(new) = self.new_key() else {
            return Vec::new();
        };
        vec![Effect::ask(Request::SaveRotation(Box::new(RotationStep {
            name: self.connection.name.clone(),
            old: self.old.clone(),
            new: new.clone(),
            change,
        })))]
    }

    fn tell(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice::told(text));
    }

    fn problem(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice::problem(text));
    }
}

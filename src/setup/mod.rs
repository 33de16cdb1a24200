//! The journey of a setup: from nothing to a connection that is proven.

pub mod act;
mod content;
mod draft;
mod fixes;
mod journey;
mod navigation;
pub mod steps;
mod texts;
mod values;
mod web_server;

pub use draft::Draft;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::access_key::AccessKey;
use crate::bitbucket::address::without_password;
use crate::bitbucket::other_door::beside_blocked_port;
use crate::bitbucket::{ApiBase, RepositoryAddress, pages};
use crate::check::Verdict;
use crate::check::request::TestSettings;
use crate::coalesce::Region;
use crate::guide::connection_test::ConnectionTest;
use crate::guide::public_key::PublicKey;
use crate::guide::{Demo, Guide};
use crate::hand_off::HandOff;
use steps::access_keys_page::AccessKeysPage;
use steps::allowlist::Allowlist;
use steps::prerequisites::Prerequisites;
use steps::ssh_url::SshUrl;

/// The six steps, in their order.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum StepId {
    /// Which Bitbucket, which rights, is there a key?
    #[default]
    Prerequisites,
    /// Does Bitbucket admit only listed addresses?
    Allowlist,
    /// The public key.
    PublicKey,
    /// The page where the key is added.
    AccessKeysPage,
    /// The SSH URL for Coalesce Quality's form.
    SshUrl,
    /// The live test.
    ConnectionTest,
}

impl StepId {
    /// Every step, in order.
    pub const ALL: [StepId; 6] = [
        StepId::Prerequisites,
        StepId::Allowlist,
        StepId::PublicKey,
        StepId::AccessKeysPage,
        StepId::SshUrl,
        StepId::ConnectionTest,
    ];

    /// The first step.
    pub const FIRST: StepId = StepId::ALL[0];

    /// The name on the screen.
    pub const fn title(self) -> &'static str {
        match self {
            StepId::Prerequisites => "Prerequisites",
            StepId::Allowlist => "IP allowlist",
            StepId::PublicKey => "Public key",
            StepId::AccessKeysPage => "Access keys page",
            StepId::SshUrl => "SSH URL",
            StepId::ConnectionTest => "Connection test",
        }
    }

    /// Its place among the steps, from 1.
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    fn next(self) -> Option<StepId> {
        StepId::ALL.get(self.number()).copied()
    }
}

/// What a wizard starts with.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// An address given beforehand.
    pub url: String,
    /// A key given beforehand, as a file's bytes.
    pub key: Option<Zeroizing<Vec<u8>>>,
    /// A region given beforehand.
    pub region: Option<&'static Region>,
    /// What stays the same from test to test.
    pub settings: TestSettings,
    /// Set when the wizard runs against the embedded Bitbucket.
    pub demo: Option<Demo>,
    /// Whether an unfinished setup is kept for the next time, and a finished one saved.
    pub keeps: bool,
}

/// The journey of a setup: where it stands, and what was entered in its steps.
#[derive(Clone, Debug)]
pub struct NewConnection {
    /// The step on the screen.
    pub step: StepId,
    /// The furthest step that was reached: any up to it can be gone to.
    pub reached: StepId,
    /// Step 1.
    pub prerequisites: Prerequisites,
    /// Step 2.
    pub allowlist: Allowlist,
    /// Step 4. The public key, step 3, is the guide's.
    pub access_keys_page: AccessKeysPage,
    /// Step 5.
    pub ssh_url: SshUrl,
    /// Where Bitbucket named an SSH URL on another host.
    answered_from: Option<ApiBase>,
    /// Whether a fix led away from the test, so that Enter leads back.
    came_from_test: bool,
    /// Whether anything was entered that quitting would lose.
    touched: bool,
    /// Whether an unfinished setup is kept for the next time, and a finished one saved.
    keeps: bool,
    /// What is kept of the unfinished setup.
    kept: draft::Kept,
}

/// A guide through a setup.
pub type Wizard = Guide<NewConnection>;

/// The only test of a setup.
const TEST: usize = 0;

impl Wizard {
    /// A wizard at its first step.
    pub fn new(setup: Setup) -> Self {
        let aliases = &setup.settings.aliases;
        let url = without_password(&setup.url).unwrap_or(setup.url);
        let journey = NewConnection {
            step: StepId::FIRST,
            reached: StepId::FIRST,
            prerequisites: Prerequisites::default(),
            allowlist: Allowlist::default(),
            access_keys_page: AccessKeysPage::new(&url, aliases),
            ssh_url: SshUrl::new(&url, aliases),
            answered_from: None,
            came_from_test: false,
            touched: false,
            keeps: setup.keeps,
            kept: draft::Kept::default(),
        };
        let public_key = PublicKey::new(setup.key.as_deref().map(Vec::as_slice));
        let tests = vec![ConnectionTest::default()];
        let mut wizard = Guide::of(journey, public_key, tests, setup.settings, setup.demo);
        if let Some(region) = setup.region {
            wizard.journey.allowlist.set_region(region);
        }
        wizard.take_edition_from_address();
        if wizard.journey.access_keys_page.is_given_a_page() {
            // Nobody takes a page's address for an SSH URL, so there is nothing to teach.
            wizard.follow_address();
        }
        wizard
    }

    /// The connection test.
    pub fn connection_test(&self) -> &ConnectionTest {
        self.test(TEST)
    }

    fn connection_test_mut(&mut self) -> &mut ConnectionTest {
        &mut self.tests[TEST]
    }

    /// The key, once there is one.
    pub fn key(&self) -> Option<&AccessKey> {
        self.public_key.reading.as_ref().ok()
    }

    /// The address that Coalesce Quality should be given.
    pub fn address(&self) -> Option<&RepositoryAddress> {
        let reading = self.journey.ssh_url.reading.as_ref().ok()?;
        Some(&reading.address)
    }

    /// Whether the step was done, for the list of steps.
    pub fn is_done(&self, step: StepId) -> bool {
        match step {
            StepId::Prerequisites | StepId::Allowlist => step < self.journey.reached,
            StepId::PublicKey => self.public_key.reading.is_ok(),
            StepId::AccessKeysPage => {
                step < self.journey.reached && self.journey.access_keys_page.place().is_some()
            }
            StepId::SshUrl => step < self.journey.reached && self.journey.ssh_url.can_be_tested(),
            StepId::ConnectionTest => self.connection_test().verdict() == Some(Verdict::Ready),
        }
    }

    /// The text for the administrator, from what is known so far.
    pub fn hand_off(&self) -> HandOff<'_> {
        HandOff {
            edition: self.edition(),
            key: self.key(),
            place: self.journey.access_keys_page.place(),
            address: self.address(),
            address_guessed: self.journey.ssh_url.guessed,
            region: self.journey.allowlist.known_region(),
            allowlist_used: self.journey.allowlist.is_used(),
            simulated_page: self.demo.as_ref().map(|demo| demo.page.as_str()),
        }
    }

    /// The address of the Access keys page: in a demo the embedded Bitbucket's.
    pub fn access_keys_link(&self) -> Option<String> {
        match (&self.demo, self.journey.access_keys_page.place()) {
            (Some(demo), _) => Some(demo.page.clone()),
            (None, place) => Some(place?.access_keys_page()),
        }
    }

    /// The guide to the allowlist, where there is one to think of.
    fn allowlist_guide(&self) -> Option<String> {
        let guide = pages::access_controls_guide(self.edition());
        let guide = guide.filter(|_| self.journey.allowlist.is_used());
        guide.map(str::to_owned)
    }

    /// The port of the address, where the test goes around it.
    fn left_port(&self) -> Option<u16> {
        let is_left = self.settings.beside_blocked_port;
        let address = self.address().filter(|_| is_left)?;
        beside_blocked_port(address).map(|_| address.port())
    }

    /// Lets the SSH URL follow the repository's address after a change.
    fn follow_address(&mut self) {
        self.take_edition_from_address();
        if let Ok(reading) = &self.journey.access_keys_page.reading {
            self.journey.ssh_url.derive(reading, &self.settings.aliases);
        }
    }

    /// Lets the repository's address decide which Bitbucket this is about.
    fn take_edition_from_address(&mut self) {
        if let Ok(reading) = &self.journey.access_keys_page.reading {
            self.journey
                .prerequisites
                .set_edition(reading.address.edition());
        }
    }
}

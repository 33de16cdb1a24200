//! The setup of a connection, as a pure state machine: its six steps, what is typed there, and what comes of it.

mod act;
mod content;
mod draft;
mod fixes;
mod identity;
mod journey;
mod keys;
mod navigation;
mod saved;
pub mod steps;
mod texts;
mod update;
mod values;
mod web_server;

use std::time::Duration;

pub use draft::Draft;
pub use keys::bindings;
pub use update::update;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::access_key::AccessKey;
use crate::bitbucket::address::without_password;
use crate::bitbucket::other_door::beside_blocked_port;
use crate::bitbucket::{ApiBase, Edition, RepositoryAddress, pages};
use crate::check::Verdict;
use crate::check::request::TestSettings;
use crate::coalesce::Region;
use crate::guide::connection_test::ConnectionTest;
use crate::guide::identity::{Asks, IdentityForm};
use crate::guide::public_key::PublicKey;
use crate::guide::ticket::{Asking as _, Tickets};
use crate::guide::token::TokenForm;
use crate::guide::{
    Binding, BrowserHere, Demo, Effect, Notice, Overlay, Request, SPINNER, Saved, Seen,
    Surroundings,
};
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

    fn neighbour(self, distance: isize) -> Option<StepId> {
        let index = (self as usize).checked_add_signed(distance)?;
        StepId::ALL.get(index).copied()
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

/// The whole state of the wizard.
#[derive(Clone, Debug)]
pub struct Wizard {
    /// The step on the screen.
    pub step: StepId,
    /// The furthest step that was reached: any up to it can be gone to.
    pub reached: StepId,
    /// Step 1.
    pub prerequisites: Prerequisites,
    /// Step 2.
    pub allowlist: Allowlist,
    /// Step 3.
    pub public_key: PublicKey,
    /// Step 4.
    pub access_keys_page: AccessKeysPage,
    /// Step 5.
    pub ssh_url: SshUrl,
    /// Step 6.
    pub connection_test: ConnectionTest,
    /// The token while it is being typed.
    pub token: TokenForm,
    /// The person's own SSH identity while it is being asked for.
    pub identity: IdentityForm,
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
    pub(crate) page_rows: u16,
    /// What this machine offers; unknown until it was looked at.
    pub surroundings: Option<Surroundings>,
    /// Set in a demo.
    pub demo: Option<Demo>,
    /// What the finished setup was saved as.
    pub saved: Option<Saved>,
    /// How long the wizard has been running.
    pub now: Duration,
    settings: TestSettings,
    /// Which server a token was given for.
    token_goes_to: Option<ApiBase>,
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
    tickets: Tickets,
}

impl Wizard {
    /// A wizard at its first step.
    pub fn new(setup: Setup) -> Self {
        let aliases = &setup.settings.aliases;
        let url = without_password(&setup.url).unwrap_or(setup.url);
        let mut wizard = Self {
            step: StepId::FIRST,
            reached: StepId::FIRST,
            prerequisites: Prerequisites::default(),
            allowlist: Allowlist::default(),
            public_key: PublicKey::new(setup.key.as_deref().map(Vec::as_slice)),
            access_keys_page: AccessKeysPage::new(&url, aliases),
            ssh_url: SshUrl::new(&url, aliases),
            connection_test: ConnectionTest::default(),
            token: TokenForm::default(),
            identity: IdentityForm::default(),
            overlay: None,
            help_over: None,
            scroll_beneath_help: None,
            notice: None,
            scroll: None,
            page_rows: Seen::ALL.page_rows,
            surroundings: None,
            demo: setup.demo,
            saved: None,
            now: Duration::ZERO,
            settings: setup.settings,
            token_goes_to: None,
            answered_from: None,
            came_from_test: false,
            touched: false,
            keeps: setup.keeps,
            kept: draft::Kept::default(),
            tickets: Tickets::default(),
        };
        if let Some(region) = setup.region {
            wizard.allowlist.set_region(region);
        }
        wizard.take_edition_from_address();
        if wizard.access_keys_page.is_given_a_page() {
            // Nobody takes a page's address for an SSH URL, so there is nothing to teach.
            wizard.follow_address();
        }
        wizard
    }

    /// The effects to begin with.
    pub fn first_effects(&mut self) -> Vec<Effect> {
        let mut effects = vec![Effect::ask(Request::LookAround)];
        if self.step == StepId::ConnectionTest {
            // A setup that was left at its test goes on with it.
            effects.extend(self.start_test());
        }
        self.with_tickets(effects)
    }

    /// Which Bitbucket this is about.
    pub fn edition(&self) -> Edition {
        self.prerequisites.edition()
    }

    /// The key, once there is one.
    pub fn key(&self) -> Option<&AccessKey> {
        self.public_key.reading.as_ref().ok()
    }

    /// The address that Coalesce Quality should be given.
    pub fn address(&self) -> Option<&RepositoryAddress> {
        let reading = self.ssh_url.reading.as_ref().ok()?;
        Some(&reading.address)
    }

    /// Whether letters go into a field.
    pub fn is_typing(&self) -> bool {
        match (self.overlay, self.step) {
            (Some(Overlay::Token), _) => true,
            (Some(Overlay::Identity), _) => self.identity.asks != Asks::Where,
            (None, StepId::PublicKey) => self.public_key.typing || self.public_key.file.is_some(),
            (None, StepId::AccessKeysPage) => self.access_keys_page.typing,
            (None, StepId::SshUrl) => self.ssh_url.typing,
            _ => false,
        }
    }

    /// Whether a token was given, so that Bitbucket can be asked more than what a public key tells.
    pub fn has_token(&self) -> bool {
        self.settings.api.token.is_some()
    }

    /// Whether a step can be gone to.
    pub fn may_go_to(&self, step: StepId) -> bool {
        step <= self.reached && step != self.step
    }

    /// Whether the step was done, for the list of steps.
    pub fn is_done(&self, step: StepId) -> bool {
        match step {
            StepId::Prerequisites | StepId::Allowlist => step < self.reached,
            StepId::PublicKey => self.public_key.reading.is_ok(),
            StepId::AccessKeysPage => {
                step < self.reached && self.access_keys_page.place().is_some()
            }
            StepId::SshUrl => step < self.reached && self.ssh_url.can_be_tested(),
            StepId::ConnectionTest => self.connection_test.verdict() == Some(Verdict::Ready),
        }
    }

    /// How soon the wizard wants an [`Event::Tick`]; never while nothing moves.
    pub fn wants_tick(&self) -> Option<Duration> {
        if self.connection_test.running {
            return Some(SPINNER);
        }
        if self.step != StepId::ConnectionTest {
            // A watch tests only where it is seen, and one that is due would want a tick all the time.
            return None;
        }
        let next = self.connection_test.watch?.next?;
        // A countdown changes once a second.
        Some(next.saturating_sub(self.now).min(Duration::from_secs(1)))
    }

    /// Whether quitting now would lose something that was typed and not yet proven.
    pub fn would_lose_work(&self) -> bool {
        let is_ready = self.connection_test.verdict() == Some(Verdict::Ready);
        self.touched && !is_ready && !self.is_kept()
    }

    /// The text for the administrator, from what is known so far.
    pub fn hand_off(&self) -> HandOff<'_> {
        HandOff {
            edition: self.edition(),
            key: self.key(),
            place: self.access_keys_page.place(),
            address: self.address(),
            address_guessed: self.ssh_url.guessed,
            region: self.allowlist.known_region(),
            allowlist_used: self.allowlist.is_used(),
            simulated_page: self.demo.as_ref().map(|demo| demo.page.as_str()),
        }
    }

    /// The address of the Access keys page: in a demo the embedded Bitbucket's.
    pub fn access_keys_link(&self) -> Option<String> {
        match (&self.demo, self.access_keys_page.place()) {
            (Some(demo), _) => Some(demo.page.clone()),
            (None, place) => Some(place?.access_keys_page()),
        }
    }

    /// Whether no page opens from here, or it is doubtful, as far as is known.
    pub fn has_no_browser(&self) -> bool {
        let around = self.surroundings.as_ref();
        around.is_some_and(|around| around.browser != BrowserHere::Likely)
    }

    /// The guide to the allowlist, where there is one to think of.
    fn allowlist_guide(&self) -> Option<String> {
        let guide = pages::access_controls_guide(self.edition());
        let guide = guide.filter(|_| self.allowlist.is_used());
        guide.map(str::to_owned)
    }

    /// The page that the step on the screen is about.
    pub fn page_link(&self) -> Option<String> {
        match self.step {
            StepId::Prerequisites | StepId::PublicKey => None,
            StepId::Allowlist => self.allowlist_guide(),
            StepId::AccessKeysPage | StepId::SshUrl | StepId::ConnectionTest => {
                self.access_keys_link()
            }
        }
    }

    /// The keys of the step on the screen.
    fn step_bindings(&self) -> Vec<Binding> {
        match self.step {
            StepId::Prerequisites => Prerequisites::bindings(),
            StepId::Allowlist => self.allowlist.bindings(self.edition()),
            StepId::PublicKey => self.public_key.bindings(),
            StepId::AccessKeysPage => self.access_keys_page.bindings(),
            StepId::SshUrl => self.ssh_url.bindings(),
            StepId::ConnectionTest => self.connection_test.bindings(
                self.demo.is_some(),
                self.has_token(),
                self.left_port(),
            ),
        }
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
        if let Ok(reading) = &self.access_keys_page.reading {
            self.ssh_url.derive(reading, &self.settings.aliases);
        }
    }

    /// Lets the repository's address decide which Bitbucket this is about.
    fn take_edition_from_address(&mut self) {
        if let Ok(reading) = &self.access_keys_page.reading {
            self.prerequisites.set_edition(reading.address.edition());
        }
    }
}

//! Running the test, and applying the fixes of a failed check.

use std::sync::Arc;

use super::{StepId, Wizard};
use crate::bitbucket::other_door::data_center_port;
use crate::bitbucket::pages;
use crate::bitbucket::{Edition, RepositoryAddress};
use crate::check::request::TestRequest;
use crate::check::stage::address;
use crate::check::watch::{self, Goal, Watch};
use crate::check::{FixId, HostKeyPin, Verdict};
use crate::coalesce;
use crate::connections::Finished;
use crate::guide::effect::{CopyId, Effect, GrantRequest, Request};
use crate::guide::field::Field;
use crate::guide::notices::{ADDRESS_CHANGED, TOKEN_FORGOTTEN};
use crate::guide::token::Entered;
use crate::guide::{Overlay, open};

impl Wizard {
    /// Has a page opened, if there is one.
    pub(super) fn open(&mut self, page: Option<&str>) -> Vec<Effect> {
        open(page, self.demo.as_ref()).unwrap_or_else(|notice| {
            self.notice = Some(notice);
            Vec::new()
        })
    }

    pub(super) fn start_test(&mut self) -> Vec<Effect> {
        self.keep_token_from_other_servers();
        let mut settings = self.settings.clone();
        let place = self.place().filter(|place| !place.base_guessed);
        if let (None, Some(place)) = (&settings.api.base, place)
            && place.edition == Edition::DataCenter
        {
            settings.api.base = self.api_base();
        }
        let request = TestRequest {
            url: self.ssh_url.field.text().to_owned(),
            key: self.public_key.reading.clone(),
            settings,
        };
        let run = self.tickets.of_test();
        self.connection_test.begin(run, self.now);
        vec![Effect::StartTest(run, Box::new(request))]
    }

    pub(super) fn test_again(&mut self) -> Vec<Effect> {
        // Who asks for a test wants to see it from the top.
        self.scroll = None;
        self.start_test()
    }

    pub(super) fn cancel_test(&mut self) {
        self.connection_test.cancel();
        self.tell("The test was stopped.");
    }

    /// Forgets what was tested, and what it was saved as: address or key have changed.
    pub(super) fn forget_test(&mut self) {
        self.connection_test.forget();
        self.saved = None;
    }

    pub(super) fn toggle_watch(&mut self) -> Vec<Effect> {
        if self.connection_test.watch.is_some() {
            self.connection_test.cancel();
            self.tell("Stopped watching.");
            return Vec::new();
        }
        let goal = Goal::after(self.connection_test.report.as_ref());
        self.connection_test.watch = Some(Watch::new(goal, self.now, watch::USUAL_LIMIT));
        self.test_again()
    }

    pub(super) fn apply(&mut self, fix: FixId) -> Vec<Effect> {
        match fix {
            FixId::UseSuggestedUrl => {
                self.use_found_address();
                self.test_again()
            }
            FixId::EditUrl => {
                let effects = self.go_to(StepId::SshUrl);
                self.came_from_test = true;
                self.set_typing(true);
                effects
            }
            FixId::RepasteKey => {
                let effects = self.go_to(StepId::PublicKey);
                self.came_from_test = true;
                self.public_key.field.clear();
                self.public_key.judge();
                self.set_typing(true);
                self.forget_test();
                effects
            }
            FixId::CopyKey => self.copy(CopyId::Key),
            FixId::OpenAccessKeys => self.open_page(),
            FixId::OpenAccessControls => self.open(pages::access_controls_guide(self.edition())),
            FixId::OpenStatusPage => self.open(pages::status_page(self.edition())),
            FixId::TrustHostKey => {
                self.trust_shown_host_key();
                self.test_again()
            }
            FixId::TryPort7999 => {
                self.use_port(data_center_port());
                self.test_again()
            }
            FixId::Watch => self.toggle_watch(),
            FixId::Retry => self.test_again(),
            FixId::HandOff => {
                self.show(Overlay::HandOff);
                Vec::new()
            }
            FixId::GiveToken => {
                self.token.wipe();
                if let Some(demo) = &self.demo {
                    self.token.token = Field::new(demo.token.as_str());
                }
                self.show(Overlay::Token);
                Vec::new()
            }
            FixId::ConfirmWebHost => {
                self.confirm_web_host();
                self.test_again()
            }
            FixId::UseIdentity => {
                self.ask_for_identity();
                Vec::new()
            }
            FixId::TryPort443 => {
                self.settings.beside_blocked_port = !self.settings.beside_blocked_port;
                self.test_again()
            }
        }
    }

    /// Saves the setup, if its test has just shown it to be finished.
    pub(super) fn save(&self) -> Option<Effect> {
        let test = &self.connection_test;
        let report = test.report.as_ref()?;
        if !self.keeps || test.verdict() != Some(Verdict::Ready) {
            return None;
        }
        let allowlist = &self.allowlist;
        let pinned = self.settings.host_keys.pinned.iter().cloned();
        Some(Effect::ask(Request::Save(Box::new(Finished {
            place: self.place()?,
            region: allowlist.known_region(),
            api: self.settings.api.base.clone(),
            host_keys: self
                .host_keys_trusted_here()
                .into_iter()
                .chain(pinned)
                .collect(),
            report: report.clone(),
        }))))
    }

    /// Takes the token from its form, and tests with it.
    pub(super) fn take_token(&mut self) -> Vec<Effect> {
        match self.token.enter(self.edition()) {
            Entered::NextField => Vec::new(),
            Entered::Problem(words) => {
                self.problem(words);
                Vec::new()
            }
            Entered::Given(given) => {
                self.token_goes_to = None;
                self.settings.api.token = Some(given.token);
                self.settings.api.email = given.email;
                self.overlay = None;
                self.test_again()
            }
        }
    }

    /// Forgets the token, and tests without it.
    pub(super) fn forget_token(&mut self) -> Vec<Effect> {
        self.drop_token();
        self.tell(TOKEN_FORGOTTEN);
        self.test_again()
    }

    /// Adds the key with the token.
    pub(super) fn grant(&mut self) -> Vec<Effect> {
        self.overlay = None;
        match self.grant_request() {
            Some(request) => {
                self.tell("Asking Bitbucket to add the key.");
                vec![Effect::ask(Request::Grant(Box::new(request)))]
            }
            None => Vec::new(),
        }
    }

    /// What would be added where, if all that takes is known.
    pub fn grant_request(&self) -> Option<GrantRequest> {
        self.has_token().then_some(())?;
        Some(GrantRequest {
            place: self.place()?,
            key: self.key()?.clone(),
            label: coalesce::key_label().to_owned(),
            access: self.settings.api.clone(),
        })
    }

    /// Trusts the host key that the last test was shown, for the tests to come.
    pub(super) fn trust_shown_host_key(&mut self) {
        let checks = &self.connection_test.checks;
        let shown = checks
            .iter()
            .find_map(|check| check.fix_value(FixId::TrustHostKey));
        let shown = shown.map(str::to_owned);
        self.trust_at_this_address(shown.iter().map(String::as_str));
    }

    /// The host and port that a test of the address goes to.
    fn tested_place(&self) -> Option<(String, u16)> {
        let (_, tested) = address::judge(&self.ssh_url.reading);
        tested.map(|address| (address.host().to_owned(), address.port()))
    }

    /// The host keys that somebody said to trust for the address.
    pub(super) fn host_keys_trusted_here(&self) -> Vec<HostKeyPin> {
        let Some((host, port)) = self.tested_place() else {
            return Vec::new();
        };
        let trusted = self.settings.host_keys.trusted_at(&host, port);
        trusted.cloned().map(HostKeyPin::anywhere).collect()
    }

    /// Trusts host keys at the host and port of the address, and nowhere else.
    pub(super) fn trust_at_this_address<'a>(&mut self, keys: impl Iterator<Item = &'a str>) {
        let Some((host, port)) = self.tested_place() else {
            return;
        };
        let trust = Arc::make_mut(&mut self.settings.host_keys);
        for fingerprint in keys {
            trust.trust(fingerprint, &host, port);
        }
    }

    /// The address that the test found to be the better one.
    fn found_address(&self) -> Option<String> {
        let fixes = self.connection_test.fixes_to_offer();
        let fix = fixes
            .into_iter()
            .find(|fix| fix.id == FixId::UseSuggestedUrl);
        fix?.value.clone()
    }

    /// The address that is suggested in place of the one that is there.
    pub(super) fn suggested_address(&self) -> Option<String> {
        let repaired = || self.ssh_url.suggestion().map(RepositoryAddress::ssh);
        self.found_address().or_else(repaired)
    }

    /// Uses the address that the test found to be the better one.
    fn use_found_address(&mut self) {
        let Some(url) = self.found_address() else {
            return self.use_suggestion();
        };
        let is_bitbuckets_own = self.connection_test.is_named_by_bitbucket(&url);
        if is_bitbuckets_own && self.has_token() {
            // Its host says nothing about the web server, which is known by now.
            self.answered_from = self.api_base();
        }
        self.ssh_url.set(&url, &self.settings.aliases);
        self.ssh_url.by_hand = true;
        self.forget_test();
        self.tell(ADDRESS_CHANGED);
    }

    /// Writes another port into the address.
    pub(super) fn use_port(&mut self, port: u16) {
        if let Some(address) = self.address() {
            let url = address.with_port(port).ssh();
            self.ssh_url.set(&url, &self.settings.aliases);
            self.ssh_url.by_hand = true;
            self.forget_test();
            self.tell(ADDRESS_CHANGED);
        }
    }
}

//! Running the test, and applying the fixes of a failed check.

use std::sync::Arc;

use super::{StepId, Wizard};
use crate::bitbucket::other_door::data_center_port;
use crate::bitbucket::{Edition, RepositoryAddress};
use crate::check::request::TestRequest;
use crate::check::stage::address;
use crate::check::{FixId, HostKeyPin, Verdict};
use crate::connections::Finished;
use crate::guide::effect::{Effect, Request};
use crate::guide::notices::ADDRESS_CHANGED;

impl Wizard {
    /// What the test is asked with.
    pub(super) fn test_request(&mut self) -> TestRequest {
        self.keep_token_from_other_servers();
        let mut settings = self.settings.clone();
        let place = self.place().filter(|place| !place.base_guessed);
        if let (None, Some(place)) = (&settings.api.base, place)
            && place.edition == Edition::DataCenter
        {
            settings.api.base = self.api_base();
        }
        TestRequest {
            url: self.journey.ssh_url.field.text().to_owned(),
            key: self.public_key.reading.clone(),
            settings,
        }
    }

    /// Forgets what was tested, and what it was saved as: address or key have changed.
    pub(super) fn forget_test(&mut self) {
        self.connection_test_mut().forget();
        self.saved = None;
    }

    /// Applies a fix that leads somewhere in a setup. None: it is one of every journey.
    pub(super) fn apply_in_setup(&mut self, fix: FixId) -> Option<Vec<Effect>> {
        match fix {
            FixId::UseSuggestedUrl => self.use_found_address(),
            FixId::EditUrl => {
                let effects = self.go_to(StepId::SshUrl);
                self.journey.came_from_test = true;
                self.set_typing(true);
                return Some(effects);
            }
            FixId::RepasteKey => {
                let effects = self.go_to(StepId::PublicKey);
                self.journey.came_from_test = true;
                self.public_key.field.clear();
                self.public_key.judge();
                self.set_typing(true);
                self.forget_test();
                return Some(effects);
            }
            FixId::TrustHostKey => self.trust_shown_host_key(),
            FixId::TryPort7999 => self.use_port(data_center_port()),
            FixId::ConfirmWebHost => self.confirm_web_host(),
            _ => return None,
        }
        Some(self.test_again())
    }

    /// Saves the setup, if its test has just shown it to be finished.
    pub(super) fn save(&self) -> Option<Effect> {
        let test = &self.connection_test();
        let report = test.report.as_ref()?;
        if !self.journey.keeps || test.verdict() != Some(Verdict::Ready) {
            return None;
        }
        let allowlist = &self.journey.allowlist;
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

    /// Trusts the host key that the last test was shown, for the tests to come.
    pub(super) fn trust_shown_host_key(&mut self) {
        let shown = self.connection_test().fix_value(FixId::TrustHostKey);
        let shown = shown.map(str::to_owned);
        self.trust_at_this_address(shown.iter().map(String::as_str));
    }

    /// The host and port that a test of the address goes to.
    fn tested_place(&self) -> Option<(String, u16)> {
        let (_, tested) = address::judge(&self.journey.ssh_url.reading);
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
        let fixes = self.connection_test().fixes_to_offer();
        let fix = fixes
            .into_iter()
            .find(|fix| fix.id == FixId::UseSuggestedUrl);
        fix?.value.clone()
    }

    /// The address that is suggested in place of the one that is there.
    pub(super) fn suggested_address(&self) -> Option<String> {
        let repaired = || {
            self.journey
                .ssh_url
                .suggestion()
                .map(RepositoryAddress::ssh)
        };
        self.found_address().or_else(repaired)
    }

    /// Uses the address that the test found to be the better one.
    fn use_found_address(&mut self) {
        let Some(url) = self.found_address() else {
            return self.use_suggestion();
        };
        let is_bitbuckets_own = self.connection_test().is_named_by_bitbucket(&url);
        if is_bitbuckets_own && self.has_token() {
            // Its host says nothing about the web server, which is known by now.
            self.journey.answered_from = self.api_base();
        }
        self.journey.ssh_url.set(&url, &self.settings.aliases);
        self.journey.ssh_url.by_hand = true;
        self.forget_test();
        self.tell(ADDRESS_CHANGED);
    }

    /// Writes another port into the address.
    pub(super) fn use_port(&mut self, port: u16) {
        if let Some(address) = self.address() {
            let url = address.with_port(port).ssh();
            self.journey.ssh_url.set(&url, &self.settings.aliases);
            self.journey.ssh_url.by_hand = true;
            self.forget_test();
            self.tell(ADDRESS_CHANGED);
        }
    }
}

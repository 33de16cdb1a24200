//! An unfinished setup, as it is kept for the next time: what was answered and given, and nothing that might be a secret.

use serde::{Deserialize, Serialize};

use super::steps::access_keys_page::AccessKeysPage;
use super::steps::prerequisites::Prerequisites;
use super::{StepId, Wizard};
use crate::access_key::AccessKey;
use crate::check::Verdict;
use crate::coalesce::Region;
use crate::connections::FileProblem;
use crate::guide::{Effect, Request};

/// What a person had done when the wizard ended.
///
/// Of the fields only what can be read as a public key or as an address is kept: whatever else stands there may be a password or a token
/// in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    version: u32,
    step: StepId,
    reached: StepId,
    /// The answers to the questions of step 1.
    prerequisites: Vec<usize>,
    /// Whether there is an IP allowlist, and for which region.
    allowlist: Allowlist,
    /// The public key, on one line.
    key: Option<String>,
    /// The address of step 4.
    repository: Option<String>,
    /// The address of step 5, where it was not derived from that.
    ssh_url: Option<String>,
    /// Fingerprints of host keys that the user said to trust.
    host_keys: Vec<String>,
}

/// What was last asked to be kept, and whether that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    draft: Option<Draft>,
    pub(super) failed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Allowlist {
    used: bool,
    /// If somebody said it.
    region: Option<String>,
}

/// The version of the form that this doorkey writes, and the newest it reads.
const VERSION: u32 = 1;

#[derive(Deserialize)]
struct Version {
    version: u32,
}

impl Draft {
    /// The text of the file.
    pub fn to_file(&self) -> String {
        // Serialising plain structs of strings can't fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Reads the text of a file.
    pub fn from_file(text: &str) -> Result<Self, FileProblem> {
        match serde_json::from_str::<Version>(text) {
            Ok(Version { version }) if version > VERSION => Err(FileProblem::Newer(version)),
            _ => serde_json::from_str(text).map_err(|error| FileProblem::damaged(&error)),
        }
    }

    fn of(wizard: &Wizard) -> Self {
        let readable = |page: &AccessKeysPage| {
            let address = page.field.text().trim();
            page.reading.is_ok().then(|| address.to_owned())
        };
        let url = &wizard.journey.ssh_url;
        let trusted = wizard.host_keys_trusted_here();
        Self {
            version: VERSION,
            step: wizard.journey.step,
            reached: wizard.journey.reached,
            prerequisites: (0..Prerequisites::questions().len())
                .map(|question| wizard.journey.prerequisites.picks.answer(question))
                .collect(),
            allowlist: Allowlist {
                used: wizard.journey.allowlist.is_used(),
                region: wizard
                    .journey
                    .allowlist
                    .known_region()
                    .map(|region| region.id.clone()),
            },
            key: wizard.key().map(AccessKey::line),
            repository: readable(&wizard.journey.access_keys_page),
            ssh_url: (url.by_hand && url.reading.is_ok())
                .then(|| url.field.text().trim().to_owned()),
            host_keys: trusted
                .iter()
                .map(|pin| pin.fingerprint().to_string())
                .collect(),
        }
    }
}

impl Wizard {
    /// Goes on with a setup that was left: at its step, with all that was given.
    pub fn resume(&mut self, draft: &Draft) {
        for (question, known) in Prerequisites::questions().iter().enumerate() {
            let answer = draft.prerequisites.get(question).copied().unwrap_or(0);
            let last = known.answers.len().saturating_sub(1);
            self.journey
                .prerequisites
                .picks
                .pick(question, answer.min(last));
        }
        self.journey.allowlist.set_used(draft.allowlist.used);
        if let Some(region) = draft.allowlist.region.as_deref().and_then(Region::from_id) {
            self.journey.allowlist.set_region(region);
        }
        if let Some(key) = &draft.key {
            self.public_key.give(key);
        }
        if let Some(address) = &draft.repository {
            self.journey.access_keys_page = AccessKeysPage::new(address, &self.settings.aliases);
            self.follow_address();
        }
        if let Some(url) = &draft.ssh_url {
            self.journey.ssh_url.set(url, &self.settings.aliases);
            self.journey.ssh_url.by_hand = true;
        }
        self.trust_at_this_address(draft.host_keys.iter().map(String::as_str));
        self.journey.reached = draft.reached.max(draft.step);
        self.journey.step = draft.step;
        self.journey.touched = true;
        self.journey.kept.draft = Some(Draft::of(self));
        self.tell(
            "Welcome back: this is the setup you left. To start over, quit and run: doorkey --fresh",
        );
    }

    /// Whether the unfinished setup is there for the next time.
    pub fn is_kept(&self) -> bool {
        self.journey.kept.draft.is_some() && !self.journey.kept.failed
    }

    /// Nothing of this setup can be kept or saved, for this reason.
    pub fn keep_nothing(&mut self, why: &str) {
        self.journey.keeps = false;
        self.warn(&format!("Nothing of this setup can be kept: {why}."));
    }

    /// What is to be kept for the next time, if it is not what is kept already.
    pub(super) fn keep_unfinished(&mut self) -> Option<Effect> {
        if !self.journey.keeps {
            return None;
        }
        let report = self.connection_test().report.as_ref();
        let is_ready = report.is_some_and(|report| report.verdict() == Verdict::Ready);
        let unfinished = self.journey.touched && !(is_ready && self.saved.is_some());
        let draft = unfinished.then(|| Draft::of(self));
        if draft == self.journey.kept.draft {
            return None;
        }
        self.journey.kept = Kept {
            draft: draft.clone(),
            failed: false,
        };
        let file = draft.as_ref().map(Draft::to_file);
        Some(Effect::ask(Request::KeepUnfinished(file)))
    }
}

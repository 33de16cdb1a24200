//! What an answer means in a rotation: what was saved, what a test has shown, and what happened in Bitbucket.

use super::{KeyRotation, OnPage, StepId, Which};
use crate::bitbucket::ApiBase;
use crate::check::{Absence, Report, Rung, Standing};
use crate::connections::{Connection, RotationChange, RotationStep, Stage, SwitchedBy};
use crate::guide::connection_test::ConnectionTest;
use crate::guide::notices::WORDS_LIMIT;
use crate::guide::public_key::PublicKey;
use crate::guide::{Effect, News, Reply};
use crate::text::harmless;

/// Said where the new key was there and is gone again, and the old key must stay.
const NEW_KEY_GONE: &str = "Bitbucket does not let the new key in any more, so the old one has to stay. Add the new one again.";

/// Said where neither key is in.
const BOTH_KEYS_GONE: &str = "The old key is out, and so is the new one: Coalesce Quality can't get in now. Add the new one again.";

impl KeyRotation {
    /// Takes in what has come out. None: it means nothing else than in every journey.
    pub(super) fn hear_in_rotation(&mut self, news: &News) -> Option<Vec<Effect>> {
        match news {
            News::Tested(test) => return Some(self.save_test(*test)),
            News::BitbucketChanged => self.see_change(),
            News::Reply(Reply::KeyAdded(Ok(()))) => return Some(self.key_was_added()),
            News::Reply(Reply::KeyRemoved(Ok(()))) => return Some(self.key_was_removed()),
            News::Reply(Reply::KeyAdded(Err(_)) | Reply::KeyRemoved(Err(_))) => {
                self.journey.on_page = OnPage::Nothing;
            }
            News::Reply(Reply::RotationSaved(step, Ok(connection))) => {
                return Some(self.go_on_after(step, (**connection).clone()));
            }
            News::Reply(Reply::RotationSaved(_, Err(why))) => self.problem(format!(
                "This step can't be saved, so it does not count yet: {}.",
                harmless(why, WORDS_LIMIT)
            )),
            News::Reply(_) => {}
        }
        None
    }

    /// Saves what a test has shown, once the rotation has begun.
    fn save_test(&mut self, test: usize) -> Vec<Effect> {
        let report = self.test(test).report.clone();
        let Some(report) = report.filter(|_| self.progress().is_some()) else {
            return Vec::new();
        };
        let web_server = self.answering_web_server(&report);
        let mut effects = self.save(RotationChange::Tested(Box::new(report)));
        if let Some(base) = web_server {
            effects.extend(self.save(RotationChange::WebServer(base)));
        }
        effects
    }

    /// The web server that somebody named, if it has told something of this repository and is not saved yet.
    fn answering_web_server(&self, report: &Report) -> Option<ApiBase> {
        let has_told = report.proof().standing(Rung::ThisRepository) != Standing::Unknown;
        let base = self.settings.api.base.as_ref()?;
        let connection = &self.journey.connection;
        let is_known =
            connection.api.as_ref() == Some(base) || connection.place.base == base.as_str();
        let is_news = self.demo.is_none() && has_told && !is_known;
        is_news.then(|| base.clone())
    }

    /// What comes after something was saved.
    fn go_on_after(&mut self, step: &RotationStep, connection: Connection) -> Vec<Effect> {
        self.journey.connection = connection;
        // The person may have gone elsewhere in the meantime.
        match (&step.change, self.journey.step) {
            (RotationChange::Begin, StepId::NewKey) => self.come_to(StepId::AddNew),
            (RotationChange::Added, StepId::AddNew) => self.come_to(StepId::TestNew),
            (RotationChange::Switched(_), StepId::Switch) => self.come_to(StepId::RemoveOld),
            (RotationChange::Removed, StepId::RemoveOld) => self.come_to(StepId::TestOld),
            (RotationChange::Tested(report), _) => self.after_test(report),
            (RotationChange::Finish, _) => {
                self.journey.is_finished = true;
                self.notice = None;
                Vec::new()
            }
            (RotationChange::GiveUp, _) => self.begin_again(),
            _ => Vec::new(),
        }
    }

    /// What a test leads to, once it is saved.
    fn after_test(&mut self, report: &Report) -> Vec<Effect> {
        let is_old = report
            .key
            .as_ref()
            .is_some_and(|key| key.is_same_key(&self.journey.old));
        let stage = self.progress().map(super::Rotation::stage);
        match self.journey.step {
            StepId::TestOld if is_old => {
                if report.absence().is_proven() {
                    // Somebody may have taken the wrong one out.
                    return self.start(Which::New as usize);
                }
                Vec::new()
            }
            StepId::TestOld if stage < Some(Stage::Refuse) => {
                let is_old_gone = self.old_absence() == Some(Absence::Refused);
                self.back_to_new_key(if is_old_gone {
                    BOTH_KEYS_GONE
                } else {
                    NEW_KEY_GONE
                })
            }
            StepId::TestOld if self.journey.is_last_round && self.new_test().is_good() => {
                self.save(RotationChange::Finish)
            }
            StepId::Switch | StepId::RemoveOld if stage < Some(Stage::Switch) => {
                self.back_to_new_key(NEW_KEY_GONE)
            }
            StepId::Switch => self.see_use(),
            _ => Vec::new(),
        }
    }

    /// Takes it that Coalesce Quality uses the new key if Bitbucket has seen that.
    pub(super) fn see_use(&mut self) -> Vec<Effect> {
        if self.reached() != StepId::Switch || !self.is_seen_in_use() {
            return Vec::new();
        }
        self.tell("Bitbucket has seen Coalesce Quality use the new key.");
        self.save(RotationChange::Switched(SwitchedBy::Bitbucket))
    }

    /// The new key has to be proven again; its last test shows why.
    fn back_to_new_key(&mut self, why: &str) -> Vec<Effect> {
        self.journey.step = StepId::TestNew;
        self.overlays.begin_step();
        self.tests[Which::New as usize].watch = None;
        self.problem(why);
        Vec::new()
    }

    /// Forgets the new key: the rotation was given up.
    fn begin_again(&mut self) -> Vec<Effect> {
        let words = self.given_up_words();
        self.tests.iter_mut().for_each(ConnectionTest::forget);
        self.public_key = PublicKey::new(None);
        self.journey.picks = super::Picks::default();
        let effects = self.come_to(StepId::NewKey);
        self.tell(words);
        effects
    }

    /// Something was changed in the embedded Bitbucket. Who did it on the page goes on from there, and is not told what was before.
    fn see_change(&mut self) {
        if self.journey.on_page == OnPage::Asked {
            return;
        }
        self.journey.on_page = OnPage::Changed;
        if let Some(words) = self.after_change() {
            self.tell(words);
        }
    }

    fn key_was_added(&mut self) -> Vec<Effect> {
        self.tell(if self.demo.is_some() {
            "The simulation has added the key to its Access keys page."
        } else {
            "Bitbucket has added the key to the repository."
        });
        match self.journey.step {
            StepId::AddNew => self.save(RotationChange::Added),
            StepId::TestNew => self.start(Which::New as usize),
            _ => Vec::new(),
        }
    }

    fn key_was_removed(&mut self) -> Vec<Effect> {
        self.tell("The simulation has taken the old key out.");
        match self.journey.step {
            StepId::RemoveOld => self.save(RotationChange::Removed),
            StepId::TestOld => self.start(Which::Old as usize),
            _ => Vec::new(),
        }
    }
}

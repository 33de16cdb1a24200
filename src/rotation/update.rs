//! From one state to the next: what an event changes, and which effects it asks for.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use zeroize::Zeroize;

use super::act::act;
use super::keys::bindings;
use super::{KeyRotation, OnPage, StepId, Which};
use crate::bitbucket::ApiBase;
use crate::check::{Absence, Report, Rung, Standing, TestEvent};
use crate::connections::{Connection, RotationChange, RotationStep, Stage, SwitchedBy};
use crate::guide::field::{Field, Inserted};
use crate::guide::notices::{EMPTY_CLIPBOARD, WORDS_LIMIT};
use crate::guide::public_key::PublicKey;
use crate::guide::ticket::Asking as _;
use crate::guide::{
    Action, Distance, Effect, Event, Guide, Leaving, Notice, Overlay, Reply, Target, Ticket,
};
use crate::text::harmless;

/// Said where the new key was there and is gone again, and the old key must stay.
const NEW_KEY_GONE: &str = "Bitbucket does not let the new key in any more, so the old one has to stay. Add the new one again.";

/// Said where neither key is in.
const BOTH_KEYS_GONE: &str = "The old key is out, and so is the new one: Coalesce Quality can't get in now. Add the new one again.";

/// Takes in an event that came `now` after the start, and says what is to be done outside.
pub fn update(rotation: &mut KeyRotation, now: Duration, event: Event) -> Vec<Effect> {
    rotation.now = now;
    let effects = take_in(rotation, event);
    rotation.with_tickets(effects)
}

fn take_in(rotation: &mut KeyRotation, event: Event) -> Vec<Effect> {
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Release => Vec::new(),
        Event::Key(key) => press(rotation, key),
        Event::Typed(mut text) => {
            edit(rotation, |field| field.insert(&text) == Inserted::Whole);
            text.zeroize();
            Vec::new()
        }
        Event::Paste(text) => {
            paste(rotation, text);
            Vec::new()
        }
        Event::Click(target) => click(rotation, target),
        Event::Wheel(lines) => act(rotation, Action::Scroll(Distance::Lines(lines))),
        Event::Tick => tick(rotation),
        Event::Terminated => vec![Effect::Quit(Leaving::Interrupted)],
        Event::Test(run, told) => rotation.hear(run, told),
        Event::BitbucketChanged => {
            let now = rotation.now;
            let tests = [&mut rotation.new_test, &mut rotation.old_test];
            let watches = tests.into_iter().filter_map(|test| test.watch.as_mut());
            watches.for_each(|watch| watch.hurry(now));
            rotation.see_change();
            Vec::new()
        }
        Event::Answer(ticket, reply) if rotation.tickets.redeem(ticket, &reply) => {
            hear_reply(rotation, reply)
        }
        Event::Answer(..) | Event::Resized => Vec::new(),
    }
}

/// Takes in what came of a request. Its ticket was looked at: it is not late.
fn hear_reply(rotation: &mut KeyRotation, reply: Reply) -> Vec<Effect> {
    match reply {
        Reply::Surroundings(surroundings) => rotation.surroundings = Some(surroundings),
        Reply::Copied(id, copied) => rotation.notice = Some(Notice::of_copy(id, &copied)),
        Reply::FileWritten(written) => rotation.notice = Some(Notice::of_writing(&written)),
        Reply::PageOpened(opened) => rotation.notice = Some(Notice::of_opening(&opened)),
        Reply::ClipboardRead(Ok(text)) if text.trim().is_empty() => {
            rotation.problem(EMPTY_CLIPBOARD);
        }
        Reply::ClipboardRead(Ok(text)) => paste(rotation, text),
        Reply::ClipboardRead(Err(why)) => rotation.notice = Some(Notice::of_clipboard(&why)),
        Reply::KeyFileRead(Ok(bytes)) => rotation.public_key.give_file(&bytes),
        Reply::KeyFileRead(Err(why)) => rotation.problem(harmless(&why, WORDS_LIMIT)),
        Reply::KeyAdded(Ok(())) => return rotation.key_was_added(),
        Reply::KeyRemoved(Ok(())) => return rotation.key_was_removed(),
        Reply::KeyAdded(Err(why)) | Reply::KeyRemoved(Err(why)) => {
            rotation.on_page = OnPage::Nothing;
            rotation.problem(harmless(&why, WORDS_LIMIT));
        }
        Reply::RotationSaved(step, Ok(connection)) => {
            return rotation.go_on_after(&step, *connection);
        }
        Reply::RotationSaved(_, Err(why)) => rotation.problem(format!(
            "This step can't be saved, so it does not count yet: {}.",
            harmless(&why, WORDS_LIMIT)
        )),
        // Those of a setup.
        Reply::IdentityTaken(_) | Reply::NotKept(_) | Reply::Saved(_) => {}
    }
    Vec::new()
}

fn press(rotation: &mut KeyRotation, key: KeyEvent) -> Vec<Effect> {
    if key.code == KeyCode::Char('z') && key.modifiers.contains(KeyModifiers::CONTROL) {
        return vec![Effect::Suspend];
    }
    let bound = bindings(rotation)
        .into_iter()
        .find(|binding| binding.matches(key));
    if let Some(binding) = bound {
        return act(rotation, binding.action);
    }
    edit(rotation, |field| field.edit(key));
    Vec::new()
}

/// Changes the field that has the focus, if one has, and judges what is in it afterwards.
fn edit(rotation: &mut KeyRotation, change: impl FnOnce(&mut Field) -> bool) {
    if rotation.is_typing() {
        rotation.scroll = None;
    }
    if rotation.overlay == Some(Overlay::Token) {
        rotation.notice = None;
        change(rotation.token.focused());
    } else if rotation.is_typing() {
        let step = &mut rotation.public_key;
        if let Some(file) = &mut step.file {
            change(file);
        } else if change(&mut step.field) {
            rotation.notice = None;
            step.judge();
        }
    }
}

fn click(rotation: &mut KeyRotation, target: Target) -> Vec<Effect> {
    match target {
        Target::Key(key) => {
            if !bindings(rotation)
                .iter()
                .any(|binding| binding.matches(key))
            {
                // It stands on the page while letters go into the field.
                rotation.public_key.typing = false;
            }
            return press(rotation, key);
        }
        // What lies over the step has to be answered first.
        Target::Step(number) if rotation.overlay.is_none() => {
            return act(rotation, Action::GoTo(number));
        }
        Target::Answer { question, answer } => {
            let questions = KeyRotation::switch_questions();
            rotation.picks.choose(question, answer, &questions);
        }
        Target::Field { number, at } => focus_field(rotation, number, at),
        Target::Step(_) => {}
    }
    Vec::new()
}

/// Gives the focus to a field of the page, by its place there, and puts the cursor where it was clicked.
fn focus_field(rotation: &mut KeyRotation, number: usize, at: usize) {
    if rotation.overlay == Some(Overlay::Token) {
        rotation.token.in_email = number == 1;
        rotation.token.focused().place_cursor(at);
    }
    if rotation.overlay.is_some() || rotation.key_step().is_none() {
        return;
    }
    let step = &mut rotation.public_key;
    match (&mut step.file, number) {
        (Some(file), 1) => file.place_cursor(at),
        // The key waits until the question for a file's name is answered.
        (Some(_), _) => {}
        (None, _) => {
            step.typing = true;
            step.field.place_cursor(at);
        }
    }
}

/// A paste goes into the step's obvious field, also when it does not have the focus.
fn paste(rotation: &mut KeyRotation, mut text: String) {
    let line = text.trim_matches(['\r', '\n']);
    let inserted = if rotation.overlay == Some(Overlay::Token) {
        rotation.notice = None;
        Some(rotation.token.focused().insert(line))
    } else if rotation.overlay.is_some() || rotation.key_step().is_none() {
        rotation.problem("Nothing can be pasted here. The new key comes in step 1.");
        None
    } else {
        rotation.notice = None;
        let step = &mut rotation.public_key;
        Some(match &mut step.file {
            Some(file) => file.insert(line),
            None => step.give(&text),
        })
    };
    text.zeroize();
    if let Some(notice) = inserted.and_then(Notice::of_insertion) {
        rotation.notice = Some(notice);
    }
}

fn tick(rotation: &mut KeyRotation) -> Vec<Effect> {
    match rotation.tested_here() {
        Some(which) if rotation.test_of(which).is_due(rotation.now) => rotation.start(which),
        _ => Vec::new(),
    }
}

impl KeyRotation {
    /// Starts a test of one of the keys. There is never more than one at a time.
    pub(super) fn start(&mut self, which: Which) -> Vec<Effect> {
        let key = match which {
            Which::New => self.new_key().cloned(),
            Which::Old => Some(self.old.clone()),
        };
        let Some(key) = key else {
            return Vec::new();
        };
        let request = self.request(key);
        self.test_mut(which.other()).cancel();
        self.is_last_round = which == Which::New && self.step == StepId::TestOld;
        if self.is_last_round {
            // What was proven before the old key went says nothing about now.
            self.new_test.forget();
        }
        let run = self.tickets.of_test();
        let now = self.now;
        self.test_mut(which).begin(run, now);
        vec![Effect::StartTest(run, Box::new(request))]
    }

    fn hear(&mut self, run: Ticket, told: TestEvent) -> Vec<Effect> {
        if !self.tickets.is_out(run) {
            return Vec::new();
        }
        let which = if self.new_test.hears(run) {
            Which::New
        } else {
            Which::Old
        };
        let now = self.now;
        let is_end = matches!(told, TestEvent::Done(_));
        if is_end {
            self.tickets.close(run);
        }
        let test = self.test_mut(which);
        let turned_green = test.hear(run, told, now);
        let report = test.report.clone().filter(|_| is_end);
        let same_again = (is_end && test.is_same_again).then(|| test.same_again());
        let mut effects = Vec::new();
        if turned_green {
            effects.push(Effect::CallBack("doorkey: it turned green".to_owned()));
        }
        if self.notice.is_none() {
            self.notice = same_again;
        }
        if let Some(report) = report.filter(|_| self.progress().is_some()) {
            let web_server = self.answering_web_server(&report);
            effects.extend(self.save(RotationChange::Tested(Box::new(report))));
            if let Some(base) = web_server {
                effects.extend(self.save(RotationChange::WebServer(base)));
            }
        }
        effects
    }

    /// The web server that somebody named, if it has told something of this repository and is not saved yet.
    fn answering_web_server(&self, report: &Report) -> Option<ApiBase> {
        let has_told = report.proof().standing(Rung::ThisRepository) != Standing::Unknown;
        let base = self.settings.api.base.as_ref()?;
        let connection = &self.connection;
        let is_known =
            connection.api.as_ref() == Some(base) || connection.place.base == base.as_str();
        let is_news = self.demo.is_none() && has_told && !is_known;
        is_news.then(|| base.clone())
    }

    /// What comes after something was saved.
    fn go_on_after(&mut self, step: &RotationStep, connection: Connection) -> Vec<Effect> {
        self.connection = connection;
        // The person may have gone elsewhere in the meantime.
        match (&step.change, self.step) {
            (RotationChange::Begin, StepId::NewKey) => self.enter(StepId::AddNew),
            (RotationChange::Added, StepId::AddNew) => self.enter(StepId::TestNew),
            (RotationChange::Switched(_), StepId::Switch) => self.enter(StepId::RemoveOld),
            (RotationChange::Removed, StepId::RemoveOld) => self.enter(StepId::TestOld),
            (RotationChange::Tested(report), _) => self.after_test(report),
            (RotationChange::Finish, _) => {
                self.is_finished = true;
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
            .is_some_and(|key| key.is_same_key(&self.old));
        let stage = self.progress().map(super::Rotation::stage);
        match self.step {
            StepId::TestOld if is_old => {
                if report.absence().is_proven() {
                    // Somebody may have taken the wrong one out.
                    return self.start(Which::New);
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
            StepId::TestOld if self.is_last_round && self.new_test.is_good() => {
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
        self.step = StepId::TestNew;
        self.scroll = None;
        self.new_test.watch = None;
        self.problem(why);
        Vec::new()
    }

    /// Forgets the new key: the rotation was given up.
    fn begin_again(&mut self) -> Vec<Effect> {
        let words = self.given_up_words();
        self.new_test.forget();
        self.old_test.forget();
        self.public_key = PublicKey::new(None);
        self.picks = super::Picks::default();
        let effects = self.enter(StepId::NewKey);
        self.tell(words);
        effects
    }

    /// Something was changed in the embedded Bitbucket. Who did it on the page goes on from there, and is not told what was before.
    fn see_change(&mut self) {
        if self.on_page == OnPage::Asked {
            return;
        }
        self.on_page = OnPage::Changed;
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
        match self.step {
            StepId::AddNew => self.save(RotationChange::Added),
            StepId::TestNew => self.start(Which::New),
            _ => Vec::new(),
        }
    }

    fn key_was_removed(&mut self) -> Vec<Effect> {
        self.tell("The simulation has taken the old key out.");
        match self.step {
            StepId::RemoveOld => self.save(RotationChange::Removed),
            StepId::TestOld => self.start(Which::Old),
            _ => Vec::new(),
        }
    }
}

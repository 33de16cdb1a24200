//! Says what is new: each step when it is come to, what it finds when that changes, each outcome once.

use std::time::Duration;

use super::choices::is_asking_for_file;
use super::ladder::Told;
use super::prompt::{Prompt, prompt};
use super::spoken::spoken;
use super::{overlay, steps};
use crate::check::Code;
use crate::wizard::{Event, Notice, Overlay, Saved, StepId, Wizard};

/// Remembers what has been said.
#[derive(Debug, Default)]
pub struct Narrator {
    has_greeted: bool,
    step: Option<StepId>,
    found: Vec<String>,
    /// Whether a file was named that has not been read yet.
    has_named_file: bool,
    notice: Option<Notice>,
    overlay: Option<Overlay>,
    test: Told,
    saved: Option<Saved>,
    asked: Vec<String>,
}

impl Narrator {
    /// What is to be said of the wizard as it stands, a line each.
    pub fn news(&mut self, wizard: &Wizard) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.has_greeted {
            self.has_greeted = true;
            lines.extend(greeting(wizard));
        }
        if wizard.overlay != self.overlay {
            self.overlay = wizard.overlay;
            // What was asked before is out of mind by now.
            self.asked.clear();
            if let Some(overlay) = wizard.overlay {
                lines.extend(overlay::text(overlay, wizard));
            }
        }
        if wizard.overlay.is_none() {
            self.come_to_step(wizard, &mut lines);
            if self.has_named_file && wizard.public_key.file.is_none() {
                self.has_named_file = false;
                self.found.clear();
            }
            let found = steps::found(wizard);
            lines.extend(
                found
                    .iter()
                    .filter(|line| !self.found.contains(line))
                    .cloned(),
            );
            self.found = found;
        }
        if wizard.notice != self.notice {
            self.notice.clone_from(&wizard.notice);
            lines.extend(wizard.notice.as_ref().map(|notice| notice.text.clone()));
        }
        if wizard.overlay.is_none() && wizard.step == StepId::ConnectionTest {
            lines.extend(self.test.news(wizard));
        }
        if wizard.saved != self.saved {
            self.saved.clone_from(&wizard.saved);
            lines.extend(wizard.saved_words());
        }
        lines.iter().map(|line| spoken(line)).collect()
    }

    fn come_to_step(&mut self, wizard: &Wizard, lines: &mut Vec<String>) {
        if self.step == Some(wizard.step) {
            return;
        }
        self.step = Some(wizard.step);
        self.found.clear();
        self.asked.clear();
        self.test = Told::default();
        let (number, count) = (wizard.step.number(), StepId::ALL.len());
        let title = wizard.step.title();
        lines.push(String::new());
        lines.push(format!("Step {number} of {count}: {title}."));
        lines.extend(steps::about(wizard));
    }

    /// A line was taken, and told as these events: what comes of it is said, even if it is what came of the one before.
    pub fn answered(&mut self, wizard: &Wizard, told: &[Event]) {
        self.notice = None;
        let is_text = told.iter().any(|event| matches!(event, Event::Paste(_)));
        // Of a key that comes line by line only what changes is said.
        let is_joining =
            matches!(&wizard.public_key.reading, Err(refusal) if refusal.code == Code::KeyCutOff);
        // What a file holds is not known before it was read.
        self.has_named_file = is_text && is_asking_for_file(wizard);
        if is_text && !is_joining && !self.has_named_file {
            self.found.clear();
        }
    }

    /// What is asked now, without what was said when it was asked before.
    pub fn question(&mut self, wizard: &Wizard) -> Option<Prompt> {
        let mut asked = prompt(wizard)?;
        let lines = asked.lines.clone();
        asked.lines.retain(|line| !self.asked.contains(line));
        asked.lines = asked.lines.iter().map(|line| spoken(line)).collect();
        self.asked = lines;
        if !asked.lines.is_empty() {
            // For those who look: what is asked stands apart from what was said.
            asked.lines.insert(0, String::new());
        }
        Some(asked)
    }

    /// When there is something to say or to do though nothing happens, counted from the start of the wizard.
    pub fn next(&self, wizard: &Wizard) -> Option<Duration> {
        if wizard.step == StepId::ConnectionTest {
            self.test.next(wizard)
        } else {
            None
        }
    }
}

fn greeting(wizard: &Wizard) -> Vec<String> {
    let count = StepId::ALL.len();
    let mut lines = vec![format!(
        "doorkey lets Coalesce Quality into one Bitbucket repository, read-only, in {count} steps."
    )];
    if wizard.demo.is_some() {
        lines.push("This is a demo: Bitbucket is simulated on this machine.".to_owned());
    }
    lines.push("Answer and press Enter. Enter alone takes the default. Where a text says to press a letter, answer with it.".to_owned());
    lines.push("At every question you can answer back, help or quit.".to_owned());
    lines
}

//! Says what is new: each step when it is come to, what it finds when that changes, each outcome once.

use std::time::Duration;

use super::choices::{Choice, choices, is_asking_for_file};
use super::parts::{about, speak};
use super::prompt::{Prompt, prompt, question};
use super::spoken::spoken;
use super::told::Told;
use crate::check::Code;
use crate::demo::Pressed;
use crate::guide::parts::Content;
use crate::guide::{Event, Guide, Journey, Notice, Overlay};

/// Remembers what has been said.
#[derive(Debug, Default)]
pub struct Narrator {
    /// Whether somebody types who hears what is said.
    is_typed_to: bool,
    has_greeted: bool,
    step: Option<usize>,
    found: Vec<String>,
    /// Whether a file was named that has not been read yet.
    has_named_file: bool,
    notice: Option<Notice>,
    overlay: Option<Overlay>,
    test: Told,
    saved: Vec<String>,
    asked: Vec<String>,
    /// What keys were offered, for those who only listen, and what each of them does.
    offered: Vec<Choice>,
    /// The notes that were said in this step since they are shown.
    notes: Vec<String>,
}

impl Narrator {
    /// One that says, too, what need not wait for what is going on.
    pub fn for_typed_answers() -> Self {
        Self {
            is_typed_to: true,
            ..Self::default()
        }
    }

    /// What is to be said of the guide as it stands, a line each.
    pub fn news(&mut self, guide: &Guide<impl Journey>) -> Vec<String> {
        let content = guide.content();
        let mut lines = Vec::new();
        if !self.has_greeted {
            self.has_greeted = true;
            lines.extend(greeting(guide));
        }
        if guide.overlay() != self.overlay {
            self.overlay = guide.overlay();
            // What was asked before is out of mind by now.
            self.asked.clear();
            if guide.overlay().is_some() && !content.is_asked {
                lines.extend(speak(&content.body));
            }
        }
        if guide.overlay().is_none() {
            self.come_to_step(guide, &content, &mut lines);
            if self.has_named_file && !is_asking_for_file(guide) {
                self.has_named_file = false;
                self.found.clear();
            }
            let found = speak(&content.body);
            lines.extend(
                found
                    .iter()
                    .filter(|line| !self.found.contains(line))
                    .cloned(),
            );
            self.found = found;
        }
        let is_new = guide.notice() != self.notice.as_ref();
        self.notice = guide.notice().cloned();
        let mut notice = self
            .notice
            .as_ref()
            .filter(|_| is_new)
            .map(|notice| notice.text.clone());
        // What a test comes to is said after what it is about.
        let is_of_test = guide.shown_test().is_some_and(|shown| {
            shown.test.is_same_again && self.notice.as_ref() == Some(&shown.test.same_again())
        });
        if !is_of_test {
            lines.extend(notice.take());
        }
        if guide.overlay().is_none()
            && let Some(shown) = guide.shown_test()
        {
            let before = self.test.run();
            let (has_notice, takes_lines) = (guide.notice().is_some(), guide.playing().is_none());
            lines.extend(self.test.news(&shown, &content, has_notice, takes_lines));
            if self.is_typed_to
                && shown.test.running
                && shown.test.watch.is_none()
                && self.test.run() != before
            {
                lines.push(MEANWHILE.to_owned());
            }
        }
        lines.extend(notice);
        match guide.note() {
            // Whoever comes back to where one fits has heard it already.
            Some(note) if self.notes.iter().any(|said| said == note) => {}
            Some(note) => {
                self.notes.push(note.to_owned());
                lines.push(format!("Say: {note}"));
            }
            None => self.notes.clear(),
        }
        let saved = guide.saved_words();
        if saved != self.saved {
            lines.extend(saved.iter().cloned());
            self.saved = saved;
        }
        lines.iter().map(|line| spoken(line)).collect()
    }

    fn come_to_step(
        &mut self,
        guide: &Guide<impl Journey>,
        content: &Content<'_>,
        lines: &mut Vec<String>,
    ) {
        let (number, title) = guide.step();
        if self.step == Some(number) {
            return;
        }
        let goes_on = self.step.is_some_and(|before| before < number);
        self.step = Some(number);
        self.notes.clear();
        self.found.clear();
        self.asked.clear();
        let run = guide.shown_test().map(|shown| shown.test.last_run);
        // A test that was just told is not told again in the next step; who comes back may have forgotten it.
        if !(goes_on && run == Some(self.test.run())) {
            self.test = Told::default();
        }
        let count = guide.steps().len();
        lines.push(String::new());
        lines.push(format!("Step {number} of {count}: {title}."));
        lines.extend(about(content));
    }

    /// A line was taken, and told as these events: what comes of it is said, even if it is what came of the one before.
    pub fn answered(&mut self, guide: &Guide<impl Journey>, told: &[Event]) {
        self.notice = None;
        // A text for what lies over the step, such as a token, says nothing new about the step.
        let is_text =
            guide.overlay().is_none() && told.iter().any(|event| matches!(event, Event::Paste(_)));
        // Of a key that comes line by line only what changes is said.
        let is_joining = guide.content().refuses_as(Code::KeyCutOff);
        // What a file holds is not known before it was read.
        self.has_named_file = is_text && is_asking_for_file(guide);
        if is_text && !is_joining && !self.has_named_file {
            self.found.clear();
        }
    }

    /// What is asked now, without what was said when it was asked before.
    pub fn question(&mut self, guide: &Guide<impl Journey>) -> Option<Prompt> {
        let mut asked = prompt(guide)?;
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

    /// What is asked is to be asked whole again, with all that can be answered.
    pub fn forget_question(&mut self) {
        self.asked.clear();
    }

    /// What is asked now, for those who listen and need not answer.
    pub fn overheard(&mut self, guide: &Guide<impl Journey>) -> Vec<String> {
        self.offered = choices(guide);
        // What comes of a test is told first.
        if guide.overlay().is_none() && guide.is_testing() {
            return Vec::new();
        }
        let asked = question(guide);
        let new = asked.iter().filter(|line| !self.asked.contains(line));
        let lines = new.map(|line| spoken(line)).collect();
        self.asked = asked;
        lines
    }

    /// What was pressed in a demo that plays itself, in the words that offered it.
    pub fn pressed(&self, pressed: &Pressed) -> String {
        let said = match pressed {
            Pressed::Key(binding, answer) => {
                let mut offered = self.offered.iter();
                let offer = offered.find(|choice| choice.binding == *binding);
                let offer = offer.filter(|_| answer.is_none());
                let words = offer.map(|choice| format!("{}: {}", binding.name(), choice.words));
                format!("Pressed {}", words.unwrap_or_else(|| pressed.words()))
            }
            Pressed::Text(text) => format!("Typed {text}"),
        };
        spoken(&said)
    }

    /// When there is something to say or to do though nothing happens, counted from the start of the guide.
    pub fn next(&self, guide: &Guide<impl Journey>) -> Option<Duration> {
        let shown = guide.shown_test()?;
        if guide.overlay().is_some() {
            // Nobody is interrupted there; but a watch tests when it is time.
            return shown.test.watch?.next;
        }
        self.test.next(&shown)
    }
}

/// Said when a test begins: not every answer has to wait for it.
const MEANWHILE: &str = "Meanwhile you can answer stop, back, help or quit.";

fn greeting(guide: &Guide<impl Journey>) -> Vec<String> {
    let mut lines = vec![guide.subject().greeting];
    if guide.is_demo() {
        lines.push("This is a demo: Bitbucket is simulated on this machine.".to_owned());
    }
    if guide.playing().is_some() {
        lines.push("It plays itself: what is pressed is said.".to_owned());
        return lines;
    }
    lines.push("Answer and press Enter. Enter alone takes the default. Where a text says to press a letter, answer with it.".to_owned());
    lines.push("At every question you can answer back, help or quit.".to_owned());
    lines
}

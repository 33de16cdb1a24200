//! The loop line by line: which lines wait for a running test, and which do not.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail this way"
)]

#[path = "support/walk.rs"]
mod walk;

use std::collections::VecDeque;
use std::io;

use doorkey::guide::{Effect, Event, Leaving, Reply, Request, Surroundings, Ticket};
use doorkey::runtime::plain_loop::{Line, Question, Speech, run};
use doorkey::runtime::wizard_loop::{Answer, Ports};
use doorkey::setup::{StepId, Wizard};
use tokio::sync::mpsc::{Sender, UnboundedSender, channel};
use zeroize::Zeroizing;

use walk::{CLOUD_URL, Walk, climb, refused, test_events};

/// Said when a test begins, to who can hear it.
const MEANWHILE: &str = "Meanwhile you can answer stop, back, help or quit.";

/// Said to whom there is a question.
const QUIT_QUESTION: &str = "Quit now?";

/// Says nothing aloud, but keeps it; and answers when certain words are said.
struct Script {
    is_typed: bool,
    said: Vec<String>,
    /// Words, and what is answered as soon as a line begins with them.
    cues: VecDeque<(&'static str, &'static [&'static str])>,
    answers: Option<Sender<Line>>,
}

impl Script {
    fn note(&mut self, line: &str) {
        self.said.push(line.to_owned());
        let is_cue = |(words, _): &(&str, _)| line.starts_with(words);
        if self.cues.front().is_some_and(is_cue)
            && let (Some((_, lines)), Some(answers)) = (self.cues.pop_front(), &self.answers)
        {
            for line in lines {
                let line = Zeroizing::new((*line).to_owned());
                answers.try_send(line).expect("room for an answer");
            }
        }
        if self.cues.is_empty() {
            // No more answers will come.
            self.answers = None;
        }
    }
}

impl Speech for Script {
    fn is_typed(&self) -> bool {
        self.is_typed
    }

    fn say(&mut self, lines: &[String]) -> io::Result<()> {
        for line in lines {
            self.note(line);
        }
        Ok(())
    }

    fn ask(&mut self, question: Question<'_>) -> io::Result<()> {
        self.note(question.words);
        Ok(())
    }

    fn heard(&mut self) {}

    fn broken_off(&mut self) {}
}

/// A world in which the test comes out when all was answered that will be, or never.
struct World {
    before: Wizard,
    comes_out: bool,
    answers: Sender<Line>,
    cancelled: usize,
}

impl Ports for World {
    fn perform(&mut self, effect: Effect, outcomes: &UnboundedSender<Answer>) {
        match effect {
            Effect::Ask(ticket, Request::LookAround) => {
                let found = Reply::Surroundings(Surroundings::default());
                let found = Event::Answer(ticket, found);
                outcomes.send(Answer::Event(found)).ok();
            }
            // No clipboard here; and an answer that nobody waits for comes first.
            Effect::Ask(ticket, Request::Copy(id, text)) => {
                for (ticket, text) in [(Ticket(999), "late".to_owned()), (ticket, text)] {
                    let answer = Answer::CopyThroughTerminal(ticket, id, text);
                    outcomes.send(answer).ok();
                }
            }
            Effect::CancelTest(_) => self.cancelled += 1,
            Effect::StartTest(run, _) if self.comes_out => {
                let checks = climb(&self.before, &refused(), None);
                let events = test_events(&self.before, checks);
                let (outcomes, answers) = (outcomes.clone(), self.answers.clone());
                tokio::spawn(async move {
                    // Only when each line was taken in, and nothing more came of it.
                    while answers.capacity() < answers.max_capacity() {
                        tokio::task::yield_now().await;
                    }
                    for event in events {
                        outcomes.send(Answer::Event(Event::Test(run, event))).ok();
                    }
                });
            }
            _ => {}
        }
    }
}

/// What came of a talk.
struct Talk {
    said: Vec<String>,
    wizard: Wizard,
    leaving: Leaving,
    cancelled: usize,
}

impl Talk {
    /// Where a line that begins with these words was said.
    #[track_caller]
    fn place(&self, words: &str) -> usize {
        let place = self.said.iter().position(|line| line.starts_with(words));
        place.unwrap_or_else(|| panic!("{words:?} was not said:\n{}", self.said.join("\n")))
    }

    fn was_said(&self, words: &str) -> bool {
        self.said.iter().any(|line| line.starts_with(words))
    }
}

/// Talks with a wizard one step before its test.
async fn talk(
    is_typed: bool,
    comes_out: bool,
    cues: &[(&'static str, &'static [&'static str])],
) -> Talk {
    let walk = Walk::given(CLOUD_URL).to(StepId::SshUrl);
    let (answers, receiver) = channel(16);
    let (_signals, no_signals) = channel(1);
    let mut script = Script {
        is_typed,
        said: Vec::new(),
        cues: cues.iter().copied().collect(),
        answers: Some(answers.clone()),
    };
    let mut world = World {
        before: walk.wizard.clone(),
        comes_out,
        answers,
        cancelled: 0,
    };
    let talk = run(walk.wizard, receiver, no_signals, &mut script, &mut world);
    let talk = tokio::time::timeout(std::time::Duration::from_secs(40), talk);
    let ended = talk.await.expect("it ends, though its test does not");
    let (wizard, leaving) = ended.expect("nothing fails");
    Talk {
        said: script.said,
        wizard,
        leaving,
        cancelled: world.cancelled,
    }
}

const AT_URL: &str = "Enter to go on, or another SSH URL:";

#[tokio::test]
async fn quit_does_not_wait_for_a_test_where_it_is_typed() {
    // What was typed before it does not count any more.
    for lines in [&["quit"] as &[&str], &["c", "r", " Quit "]] {
        let cues = [
            (AT_URL, &[""] as &[&str]),
            (MEANWHILE, lines),
            (QUIT_QUESTION, &["y"]),
        ];
        let talk = talk(true, false, &cues).await;
        assert_eq!(talk.leaving, Leaving::Quit);
        assert!(talk.wizard.connection_test().running, "{lines:?}");
        assert!(!talk.was_said("There is no answer"), "{:?}", talk.said);
    }
}

#[tokio::test]
async fn who_stays_after_all_hears_how_the_test_comes_out() {
    let cues = [
        (AT_URL, &[""] as &[&str]),
        (MEANWHILE, &["quit"]),
        (QUIT_QUESTION, &["n"]),
        ("Not ready yet.", &["quit", "y"]),
    ];
    let talk = talk(true, true, &cues).await;
    assert!(talk.place(QUIT_QUESTION) < talk.place("Not ready yet."));
    assert_eq!(talk.leaving, Leaving::Quit);
}

#[tokio::test]
async fn quit_waits_for_a_test_where_it_was_written_ahead() {
    let cues = [(AT_URL, &["", "quit", "y"] as &[&str])];
    let talk = talk(false, true, &cues).await;
    assert!(talk.place("Not ready yet.") < talk.place(QUIT_QUESTION));
    assert_eq!(talk.leaving, Leaving::Quit);
    assert!(!talk.was_said(MEANWHILE), "{:?}", talk.said);
}

#[tokio::test]
async fn back_leads_away_from_a_test_and_ends_it() {
    let cues = [
        (AT_URL, &[""] as &[&str]),
        (MEANWHILE, &["back"]),
        (AT_URL, &["quit"]),
        (QUIT_QUESTION, &["y"]),
    ];
    let talk = talk(true, false, &cues).await;
    assert_eq!(talk.wizard.journey.step, StepId::SshUrl);
    assert!(!talk.wizard.connection_test().running);
    assert_eq!(talk.cancelled, 1);
}

#[tokio::test]
async fn the_keys_that_a_test_leaves_do_not_wait_where_they_are_typed() {
    let cues = [
        (AT_URL, &[""] as &[&str]),
        (MEANWHILE, &["z"]),
        ("Your answer, or Enter to close:", &["", "step 3"]),
        ("Enter to go on, or another key:", &["quit"]),
        (QUIT_QUESTION, &["y"]),
    ];
    let talk = talk(true, false, &cues).await;
    assert!(talk.was_said("Access keys page:"));
    assert_eq!(talk.wizard.journey.step, StepId::PublicKey);
    assert_eq!(talk.cancelled, 1);
}

#[tokio::test]
async fn what_was_copied_is_printed_once_and_a_late_answer_prints_nothing() {
    let cues = [(AT_URL, &["c", "quit", "y"] as &[&str])];
    let talk = talk(false, true, &cues).await;
    let printed = talk.said.iter().filter(|line| *line == CLOUD_URL).count();
    assert_eq!(printed, 1, "{:?}", talk.said);
    let told = talk
        .said
        .iter()
        .filter(|line| line.starts_with("There is no clipboard here"));
    assert_eq!(told.count(), 1, "{:?}", talk.said);
}

#[tokio::test]
async fn help_is_given_while_a_test_goes_on() {
    let cues = [
        (AT_URL, &[""] as &[&str]),
        (MEANWHILE, &["help"]),
        ("stop: Stop the test.", &["stop"]),
        ("Your answer:", &["quit"]),
        (QUIT_QUESTION, &["y"]),
    ];
    let talk = talk(true, false, &cues).await;
    assert!(talk.was_said("Answers in Connection test:"));
    assert!(
        !talk.was_said("A number"),
        "that has to wait: {:?}",
        talk.said
    );
    assert!(talk.was_said("The test was stopped."));
}

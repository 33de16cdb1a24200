//! The connection tests of a journey: beginning, hearing, watching and stopping them. There is never more than one at a time.

use std::time::Duration;

use super::Guide;
use super::connection_test::ConnectionTest;
use super::effect::Effect;
use super::journey::{Journey, News};
use super::ticket::Ticket;
use crate::check::TestEvent;
use crate::check::watch::{self, Goal, Watch};

/// How often a spinner moves.
const SPINNER: Duration = Duration::from_millis(120);

impl<J: Journey> Guide<J> {
    /// How soon an [`super::Event::Tick`] is wanted; never while nothing moves.
    pub fn wants_tick(&self) -> Option<Duration> {
        if self.is_testing() {
            return Some(SPINNER);
        }
        // A watch tests only where it is seen, and one that is due would want a tick all the time.
        let next = self.test(J::tested_here(self)?).watch?.next?;
        // A countdown changes once a second.
        Some(next.saturating_sub(self.now).min(Duration::from_secs(1)))
    }

    /// Begins a test, in the place of any other.
    pub(crate) fn start(&mut self, test: usize) -> Vec<Effect> {
        let Some(request) = J::prepare(self, test) else {
            return Vec::new();
        };
        for (index, other) in self.tests.iter_mut().enumerate() {
            if index != test {
                other.cancel();
            }
        }
        let run = self.tickets.of_test();
        self.tests[test].begin(run, self.now);
        vec![Effect::StartTest(run, Box::new(request))]
    }

    /// Begins the test of the step on the screen once more.
    pub(crate) fn test_again(&mut self) -> Vec<Effect> {
        // Who asks for a test wants to see it from the top.
        self.overlays.set_scroll(None);
        self.start(J::tested_here(self).unwrap_or(0))
    }

    pub(super) fn retry(&mut self) -> Vec<Effect> {
        if let Some(test) = J::tested_here(self) {
            self.tests[test].is_asked_again = true;
        }
        self.test_again()
    }

    pub(super) fn cancel_tests(&mut self) {
        self.tell("The test was stopped.");
        self.tests.iter_mut().for_each(ConnectionTest::cancel);
    }

    /// Begins to watch for a goal, or else for the next thing that the last test has not shown; or stops watching.
    pub(crate) fn toggle_watch(&mut self, goal: Option<Goal>) -> Vec<Effect> {
        let Some(here) = J::tested_here(self) else {
            return Vec::new();
        };
        let test = &mut self.tests[here];
        if test.watch.is_some() {
            test.cancel();
            self.tell("Stopped watching.");
            return Vec::new();
        }
        let goal = goal.unwrap_or_else(|| test.goal());
        test.watch = Some(Watch::new(goal, self.now, watch::USUAL_LIMIT));
        self.test_again()
    }

    pub(super) fn hear_of_test(&mut self, run: Ticket, told: TestEvent) -> Vec<Effect> {
        if !self.tickets.is_out(run) {
            return Vec::new();
        }
        let is_end = matches!(told, TestEvent::Done(_));
        if is_end {
            self.tickets.close(run);
        }
        let Some(index) = self.tests.iter().position(|test| test.hears(run)) else {
            return Vec::new();
        };
        let test = &mut self.tests[index];
        let turned_green = test.hear(run, told, self.now);
        let mut effects = Vec::new();
        if turned_green {
            effects.push(Effect::CallBack("doorkey: it turned green".to_owned()));
        }
        if is_end {
            if test.is_same_again && self.notice.is_none() {
                self.notice = Some(test.same_again());
            }
            effects.extend(self.hear(News::Tested(index)));
        }
        effects
    }

    /// Tests again where the pause of a watch is over.
    pub(super) fn test_what_is_due(&mut self) -> Vec<Effect> {
        match J::tested_here(self) {
            Some(here) if self.test(here).is_due(self.now) => self.start(here),
            _ => Vec::new(),
        }
    }

    /// Lets no watch wait: something has changed for which it need not.
    pub(super) fn hurry_watches(&mut self) {
        let now = self.now;
        let watches = self.tests.iter_mut().filter_map(|test| test.watch.as_mut());
        watches.for_each(|watch| watch.hurry(now));
    }

    /// Whether a test tells what is waited for.
    pub(super) fn hears(&self, run: Ticket) -> bool {
        self.tests.iter().any(|test| test.hears(run))
    }
}

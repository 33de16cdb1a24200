//! Putting the parts of a connection's report together: they come from one or two servers and the REST interface, in any
//! order.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::Progress;
use crate::check::Check;
use crate::check::request::{TestSettings, VerificationRequest};
use crate::check::stage::key_query::Retired;
use crate::runtime::climb::Climb;
use crate::runtime::given::Given;

/// What came out of climbing to one server with one connection's key.
pub(super) struct Climbed {
    /// The checks from the name lookup on.
    pub(super) checks: Vec<Check>,
    /// How long it took.
    pub(super) elapsed: Duration,
}

impl Climbed {
    /// Not as far as a question about the key.
    pub(super) fn nowhere(checks: Vec<Check>) -> Self {
        let elapsed = checks.iter().filter_map(|check| check.elapsed).sum();
        Self { checks, elapsed }
    }
}

/// A part of a report.
pub(super) enum Part {
    /// At the address as it was given.
    AsGiven(Climbed),
    /// At the address that was suggested instead.
    Suggested(Climbed),
    /// From the REST interface.
    UpperRungs(Box<[Check; 3]>),
}

/// The parts of one report that are there.
#[derive(Default)]
struct Parts {
    as_given: Option<Climbed>,
    suggested: Option<Climbed>,
    upper_rungs: Option<Box<[Check; 3]>>,
    missing: usize,
}

/// All reports that are not finished yet.
pub(super) struct Assembly<'a> {
    pub(super) requests: &'a [VerificationRequest],
    pub(super) settings: &'a TestSettings,
    tell: Mutex<&'a mut (dyn FnMut(Progress) + Send)>,
    unfinished: Mutex<HashMap<usize, Parts>>,
}

impl<'a> Assembly<'a> {
    pub(super) fn new(
        requests: &'a [VerificationRequest],
        settings: &'a TestSettings,
        tell: &'a mut (dyn FnMut(Progress) + Send),
    ) -> Self {
        Self {
            requests,
            settings,
            tell: Mutex::new(tell),
            unfinished: Mutex::default(),
        }
    }

    /// Judges what was given for one connection; its two checks go to `climb`.
    pub(super) fn given(&self, index: usize, climb: &mut Climb<'_>) -> Given<'a> {
        let request = &self.requests[index];
        Given::judge(&request.url, &request.key, &self.settings.aliases, climb)
    }

    /// Says how many parts a report will have. One without any is finished.
    pub(super) fn expect(&self, index: usize, parts: usize) {
        if parts == 0 {
            return self.finish(index, Parts::default());
        }
        let unfinished = Parts {
            missing: parts,
            ..Parts::default()
        };
        lock(&self.unfinished).insert(index, unfinished);
    }

    /// Says that a connection is being tested.
    pub(super) fn begin(&self, index: usize) {
        (lock(&self.tell))(Progress::Began(index));
    }

    /// Tells what was said about the keys that a connection had before.
    pub(super) fn tell_of_retired(&self, index: usize, answers: Vec<Retired>) {
        (lock(&self.tell))(Progress::AskedAboutRetired(index, answers));
    }

    /// Adds a part; the last one finishes the report.
    pub(super) fn add(&self, index: usize, part: Part) {
        let finished = {
            let mut unfinished = lock(&self.unfinished);
            let Some(parts) = unfinished.get_mut(&index) else {
                return;
            };
            match part {
                Part::AsGiven(climbed) => parts.as_given = Some(climbed),
                Part::Suggested(climbed) => parts.suggested = Some(climbed),
                Part::UpperRungs(checks) => parts.upper_rungs = Some(checks),
            }
            parts.missing -= 1;
            if parts.missing > 0 {
                return;
            }
            unfinished.remove(&index)
        };
        if let Some(parts) = finished {
            self.finish(index, parts);
        }
    }

    fn finish(&self, index: usize, parts: Parts) {
        let mut unheard = |_| {};
        let mut climb = Climb::new(self.settings, &mut unheard);
        let given = self.given(index, &mut climb);
        let mut elapsed = Duration::ZERO;
        if let Some(climbed) = parts.as_given {
            elapsed = climbed.elapsed;
            climb.checks.extend(climbed.checks);
        }
        let suggested = given.testable().and_then(|testable| testable.suggested);
        if let (Some(climbed), Some(suggested)) = (parts.suggested, suggested) {
            elapsed = elapsed.max(climbed.elapsed);
            let mut unheard = |_| {};
            let mut other = Climb::new(self.settings, &mut unheard);
            other.checks = climbed.checks;
            climb.compare_with(&other, suggested);
        }
        if let Some(checks) = parts.upper_rungs
            && climb.begin_upper_rungs()
        {
            climb.upper_rungs(*checks);
        }
        let report = given.report(climb, SystemTime::now(), elapsed);
        (lock(&self.tell))(Progress::Finished(index, Box::new(report)));
    }
}

/// What a panic elsewhere left behind is as good as before: nothing here is changed halfway.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Asking the REST interface about the connections of one server.

use std::sync::Mutex;

use futures::StreamExt as _;
use futures::stream;

use super::assembly::{Assembly, Part, lock};
use crate::check::stage::repository::Observed;
use crate::runtime::climb::Climb;
use crate::runtime::given::Testable;
use crate::runtime::upper_rungs::UpperRungs;

/// How many questions are under way at once: each has a thread of its own.
const AT_ONCE: usize = 4;

/// After so many answers in a row that say something of the interface itself, it is not asked any more.
const IN_VAIN_AT_MOST: usize = 2;

/// How the interface has answered so far.
#[derive(Default)]
struct Known {
    in_vain: usize,
    given_up: Option<Observed>,
}

impl Known {
    fn learn(&mut self, observed: &Observed) {
        match &observed.key {
            Err(none) if none.is_of_the_interface() => {
                self.in_vain += 1;
                if self.in_vain >= IN_VAIN_AT_MOST {
                    self.given_up.get_or_insert_with(|| observed.clone());
                }
            }
            _ => self.in_vain = 0,
        }
    }
}

/// Asks about each of these connections, if there is a token to ask with.
pub(super) async fn ask(connections: Vec<usize>, assembly: &Assembly<'_>) {
    if assembly.settings.api.token.is_none() {
        return;
    }
    let known = Mutex::default();
    stream::iter(connections)
        .for_each_concurrent(AT_ONCE, |connection| {
            ask_about(connection, assembly, &known)
        })
        .await;
}

async fn ask_about(connection: usize, assembly: &Assembly<'_>, known: &Mutex<Known>) {
    let mut settings = assembly.settings.clone();
    let saved = || assembly.requests[connection].api.clone();
    settings.api.base = settings.api.base.or_else(saved);
    let checks = {
        let mut unheard = |_| {};
        let given = assembly.given(connection, &mut Climb::new(&settings, &mut unheard));
        let Some(testable) = given.testable() else {
            return;
        };
        let place = assembly.requests[connection].place.as_ref();
        let testable = Testable {
            place: place.unwrap_or(testable.place),
            ..testable
        };
        let Some(question) = UpperRungs::new(&settings, testable) else {
            return;
        };
        let given_up = lock(known).given_up.clone();
        let observed = match given_up {
            Some(observed) => Some(observed),
            None => question.ask(testable.key).await,
        };
        if let Some(observed) = &observed {
            lock(known).learn(observed);
        }
        question.judge(observed.as_ref())
    };
    assembly.add(connection, Part::UpperRungs(Box::new(checks)));
}

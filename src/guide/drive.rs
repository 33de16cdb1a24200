//! What a loop drives: a guide, or one on a stage that hears and presses keys itself.

use std::time::Duration;

use super::effect::Effect;
use super::event::Event;
use super::journey::Journey;
use super::keys::Binding;
use super::{Guide, Seen};

/// Takes events in for a guide, and has one to show.
pub trait Drive {
    /// The journey of the guide.
    type Journey: Journey;

    /// The guide, as it is shown.
    fn guide(&self) -> &Guide<Self::Journey>;

    /// The same, to be scrolled.
    fn guide_mut(&mut self) -> &mut Guide<Self::Journey>;

    /// The effects to begin with.
    fn first_effects(&mut self) -> Vec<Effect>;

    /// What an event is bound to, if it is a key that does something now. It is looked up once, before it is taken in.
    fn look_up(&self, event: &Event) -> Option<Binding>;

    /// Takes in an event that was looked up, `now` after the start. Says what is to be done outside.
    fn take_in(&mut self, now: Duration, event: Event, bound: Option<Binding>) -> Vec<Effect>;

    /// How soon an [`Event::Tick`] is wanted; never while nothing moves.
    fn wants_tick(&self) -> Option<Duration>;

    /// Is told what was drawn of it.
    fn drawn(&mut self, seen: Seen);

    /// Looks an event up and takes it in.
    fn update(&mut self, now: Duration, event: Event) -> Vec<Effect> {
        let bound = self.look_up(&event);
        self.take_in(now, event, bound)
    }
}

impl<J: Journey> Drive for Guide<J> {
    type Journey = J;

    fn guide(&self) -> &Guide<J> {
        self
    }

    fn guide_mut(&mut self) -> &mut Guide<J> {
        self
    }

    fn first_effects(&mut self) -> Vec<Effect> {
        self.first_effects()
    }

    fn look_up(&self, event: &Event) -> Option<Binding> {
        self.look_up(event)
    }

    fn take_in(&mut self, now: Duration, event: Event, bound: Option<Binding>) -> Vec<Effect> {
        self.take_in(now, event, bound)
    }

    fn wants_tick(&self) -> Option<Duration> {
        self.wants_tick()
    }

    fn drawn(&mut self, seen: Seen) {
        self.page_rows = seen.page_rows;
    }
}

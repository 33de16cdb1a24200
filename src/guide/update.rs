//! From one state to the next: what an event changes, and which effects it asks for.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::Guide;
use super::effect::{Effect, Leaving, Request};
use super::event::{Event, Reply, Target};
use super::journey::{Journey, News};
use super::keys::{Action, Binding, Distance};
use super::notices::{Notice, WORDS_LIMIT};
use crate::text::harmless;

impl<J: Journey> Guide<J> {
    /// The effects to begin with.
    pub fn first_effects(&mut self) -> Vec<Effect> {
        let mut effects = vec![Effect::ask(Request::LookAround)];
        // A journey that was left goes on with what its step begins.
        effects.extend(J::enter(self, self.step().0));
        self.with_tickets(effects)
    }

    /// Takes in an event that came `now` after the start, and says what is to be done outside.
    pub fn update(&mut self, now: Duration, event: Event) -> Vec<Effect> {
        let bound = self.look_up(&event);
        self.take_in(now, event, bound)
    }

    /// What an event is bound to, if it is a key that does something now.
    pub fn look_up(&self, event: &Event) -> Option<Binding> {
        match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => None,
            Event::Key(key) | Event::Click(Target::Key(key)) => self.bound(*key),
            _ => None,
        }
    }

    /// Takes in an event that was looked up.
    pub fn take_in(&mut self, now: Duration, event: Event, bound: Option<Binding>) -> Vec<Effect> {
        self.now = now;
        let mut effects = self.do_what_follows(event, bound);
        effects.extend(J::keep(self));
        self.with_tickets(effects)
    }

    fn do_what_follows(&mut self, event: Event, bound: Option<Binding>) -> Vec<Effect> {
        match event {
            Event::Key(key) => return self.press(key, bound),
            Event::Click(target) => return self.click(target, bound),
            Event::Wheel(lines) => return self.act(Action::Scroll(Distance::Lines(lines))),
            Event::Typed(text) => self.type_in(text),
            Event::Paste(text) => self.paste(text),
            Event::Tick => return self.test_what_is_due(),
            Event::Terminated => return vec![Effect::Quit(Leaving::Interrupted)],
            Event::Test(run, told) => return self.hear_of_test(run, told),
            Event::BitbucketChanged => {
                self.hurry_watches();
                return self.hear(News::BitbucketChanged);
            }
            Event::Answer(ticket, reply) if self.tickets.redeem(ticket, &reply) => {
                return self.hear(News::Reply(reply));
            }
            Event::Answer(..) | Event::Resized => {}
        }
        Vec::new()
    }

    fn press(&mut self, key: KeyEvent, bound: Option<Binding>) -> Vec<Effect> {
        if key.kind == KeyEventKind::Release {
            return Vec::new();
        }
        if key.code == KeyCode::Char('z') && key.modifiers.contains(KeyModifiers::CONTROL) {
            return vec![Effect::Suspend];
        }
        if let Some(binding) = bound {
            return self.act(binding.action);
        }
        if self.is_typing() {
            self.edit(|field| {
                field.edit(key);
            });
        }
        Vec::new()
    }

    fn click(&mut self, target: Target, bound: Option<Binding>) -> Vec<Effect> {
        match target {
            Target::Key(key) if bound.is_some() => return self.press(key, bound),
            Target::Key(key) => {
                // It stands on the page while letters go into the field.
                self.set_typing(false);
                let bound = self.bound(key);
                return self.press(key, bound);
            }
            // What lies over the step has to be answered first.
            Target::Step(number) if self.overlay().is_none() && self.may_go_to(number) => {
                return self.act(Action::GoTo(number));
            }
            Target::Step(_) => {}
            Target::Answer { question, answer } => {
                self.pick(|picks, questions| picks.choose(question, answer, questions));
            }
            Target::Field { number, at } => self.focus_field(number, at),
        }
        Vec::new()
    }

    /// Takes in what has come out, as the journey takes it or else as every journey does.
    pub(super) fn hear(&mut self, news: News) -> Vec<Effect> {
        if let Some(effects) = J::hear(self, &news) {
            return effects;
        }
        let News::Reply(reply) = news else {
            return Vec::new();
        };
        match reply {
            Reply::Surroundings(surroundings) => self.surroundings = Some(surroundings),
            Reply::Copied(id, copied) => self.notice = Some(Notice::of_copy(id, &copied)),
            Reply::FileWritten(written) => self.notice = Some(Notice::of_writing(&written)),
            Reply::PageOpened(opened) => self.notice = Some(Notice::of_opening(&opened)),
            Reply::ClipboardRead(read) => self.take_clipboard(read),
            Reply::KeyFileRead(read) => self.take_key_file(read),
            Reply::IdentityTaken(taken) => return self.hear_of_identity(taken),
            Reply::KeyAdded(Err(why)) | Reply::KeyRemoved(Err(why)) => {
                self.problem(harmless(&why, WORDS_LIMIT));
            }
            Reply::Saved(Ok(saved)) => {
                if let Some(remark) = &saved.remark {
                    self.problem(harmless(remark, WORDS_LIMIT));
                }
                self.saved = Some(saved);
            }
            Reply::Saved(Err(why)) => self.problem(format!(
                "The connection was not saved: {}.",
                harmless(&why, WORDS_LIMIT)
            )),
            // Those that only some journey asks for.
            Reply::KeyAdded(Ok(()))
            | Reply::KeyRemoved(Ok(()))
            | Reply::NotKept(_)
            | Reply::RotationSaved(..) => {}
        }
        Vec::new()
    }
}

//! The loop of a guide: events in, effects out, one frame after all that was waiting.
//!
//! Generic over the input, the screen and the ports, so that tests run the very same loop without a terminal.

use std::io;
use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::layout::Position;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use super::journal;
use crate::view::Surface;
use crate::wizard::{Action, Copied, CopyId, Effect, Event, Guide, Leaving, Target};

/// How many waiting events are taken in before a frame is drawn all the same.
const BATCH: usize = 256;

/// What comes from the terminal.
#[derive(Clone, Debug)]
pub enum Input {
    /// Something the guide knows as it is.
    Event(Event),
    /// A click at a place of the screen.
    Click(Position),
}

impl From<Event> for Input {
    fn from(event: Event) -> Self {
        Input::Event(event)
    }
}

/// What a guide is shown on.
pub trait Screen<G> {
    /// Draws it as it stands.
    fn draw(&mut self, guide: &G) -> io::Result<()>;
    /// What its picture is, apart from what is seen.
    fn surface(&self, guide: &G) -> io::Result<Surface>;
    /// Whether it is large enough to see there what keys do.
    fn has_room(&self) -> io::Result<bool> {
        Ok(true)
    }
    /// Hands a text to the terminal's clipboard (OSC 52).
    fn copy(&mut self, text: &str) -> io::Result<()>;
    /// Rings the bell and sets the terminal's title.
    fn call_back(&mut self, title: &str) -> io::Result<()>;
    /// Stops the process as a job; returns when it goes on, with the screen made ready again.
    fn suspend(&mut self) -> io::Result<()>;
}

/// What carries out the effects that leave the terminal alone.
pub trait Ports {
    /// Begins an effect; the answer comes later through `answers`. Never blocks.
    fn perform(&mut self, effect: Effect, answers: &UnboundedSender<Answer>);
}

/// What comes back from the ports.
#[derive(Debug)]
pub enum Answer {
    /// Something the guide is to know.
    Event(Event),
    /// There is no clipboard here, or it failed: the terminal is to take the text.
    CopyThroughTerminal(CopyId, String),
}

/// Runs a guide until it ends, and gives it back as it was left. If the input ends, so does the guide.
pub async fn run<G: Guide>(
    mut guide: G,
    mut input: Receiver<Input>,
    screen: &mut impl Screen<G>,
    ports: &mut impl Ports,
) -> io::Result<(G, Leaving)> {
    let (answers, mut answered) = unbounded_channel();
    let started = Instant::now();
    let mut loop_ = Loop {
        screen,
        ports,
        answers,
        leaving: None,
    };
    for effect in guide.first_effects() {
        loop_.perform(&guide, effect)?;
    }
    loop_.screen.draw(&guide)?;
    loop {
        let mut next = Some(next_event(&guide, &mut input, &mut answered).await);
        let mut taken = 0;
        while let Some(came) = next.take() {
            loop_.take_in(&mut guide, started.elapsed(), came)?;
            if let Some(leaving) = loop_.leaving {
                return Ok((guide, leaving));
            }
            taken += 1;
            if taken < BATCH {
                next = waiting(&mut input, &mut answered);
            }
        }
        loop_.screen.draw(&guide)?;
    }
}

/// The next thing to take in.
enum Came {
    Input(Input),
    Answer(Answer),
    InputEnded,
}

async fn next_event(
    guide: &impl Guide,
    input: &mut Receiver<Input>,
    answered: &mut UnboundedReceiver<Answer>,
) -> Came {
    let tick = guide.wants_tick();
    tokio::select! {
        biased;
        event = input.recv() => event.map_or(Came::InputEnded, Came::Input),
        Some(answer) = answered.recv() => Came::Answer(answer),
        () = tokio::time::sleep(tick.unwrap_or(Duration::MAX)), if tick.is_some() => Came::Input(Input::Event(Event::Tick)),
    }
}

/// What is waiting already, if anything.
fn waiting(input: &mut Receiver<Input>, answered: &mut UnboundedReceiver<Answer>) -> Option<Came> {
    match input.try_recv() {
        Ok(event) => Some(Came::Input(event)),
        Err(TryRecvError::Disconnected) => Some(Came::InputEnded),
        Err(TryRecvError::Empty) => answered.try_recv().ok().map(Came::Answer),
    }
}

/// What a key does, if it is bound to something.
fn bound(guide: &impl Guide, key: KeyEvent) -> Option<Action> {
    let mut bindings = guide.bindings().into_iter();
    let bound = bindings.find(|binding| binding.matches(key));
    bound.map(|binding| binding.action)
}

/// Whether somebody who does this has to see what it is done to. What is typed into a field only adds to it, and must not be
/// lost where the terminal is small for a moment; and the way out stays open.
fn needs_eyes(guide: &impl Guide, event: &Event) -> bool {
    match event {
        Event::Key(key) => {
            let bound = bound(guide, *key);
            bound.is_some_and(|action| action != Action::QuitNow)
        }
        Event::Paste(_) => !guide.is_typing(),
        Event::Click(_) | Event::Wheel(_) => true,
        _ => false,
    }
}

/// Whether an event scrolls the page.
fn scrolls(guide: &impl Guide, event: &Event) -> bool {
    match event {
        Event::Wheel(_) => true,
        Event::Key(key) | Event::Click(Target::Key(key)) => {
            matches!(bound(guide, *key), Some(Action::Scroll(_)))
        }
        _ => false,
    }
}

struct Loop<'a, S, P> {
    screen: &'a mut S,
    ports: &'a mut P,
    answers: UnboundedSender<Answer>,
    leaving: Option<Leaving>,
}

impl<S, P: Ports> Loop<'_, S, P> {
    fn take_in<G>(&mut self, guide: &mut G, now: Duration, came: Came) -> io::Result<()>
    where
        G: Guide,
        S: Screen<G>,
    {
        let event = match came {
            Came::Input(Input::Event(event)) | Came::Answer(Answer::Event(event)) => event,
            Came::Input(Input::Click(place)) => {
                match self.screen.surface(guide)?.target_at(place) {
                    Some(target) => Event::Click(target),
                    None => return Ok(()),
                }
            }
            Came::InputEnded => Event::Terminated,
            Came::Answer(Answer::CopyThroughTerminal(id, text)) => {
                let copied = match self.screen.copy(&text) {
                    Ok(()) => Copied::SentToTerminal,
                    Err(error) => Copied::Failed(error.to_string()),
                };
                Event::Copied(id, copied)
            }
        };
        if needs_eyes(guide, &event) && !self.screen.has_room()? {
            return Ok(());
        }
        if guide.scroll().is_some() || scrolls(guide, &event) {
            // From where the page stands: what was scrolled further than it goes must not have to be scrolled back.
            guide.scroll_to(self.screen.surface(guide)?.scrolled);
        }
        for effect in journal::update(guide, now, event) {
            self.perform(guide, effect)?;
        }
        Ok(())
    }

    fn perform<G>(&mut self, guide: &G, effect: Effect) -> io::Result<()>
    where
        S: Screen<G>,
    {
        match effect {
            Effect::Quit(leaving) => self.leaving = Some(leaving),
            Effect::Suspend => {
                self.screen.suspend()?;
                self.screen.draw(guide)?;
            }
            Effect::CallBack(title) => self.screen.call_back(&title)?,
            other => self.ports.perform(other, &self.answers),
        }
        Ok(())
    }
}

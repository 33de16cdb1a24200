//! The loop of a guide: events in, effects out, one frame after all that was waiting.
//!
//! Generic over the input, the screen and the ports, so that tests run the very same loop without a terminal.

use std::future;
use std::io;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::layout::Position;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use super::journal;
use crate::guide::Seen;
use crate::guide::field::CAPACITY;
use crate::guide::{
    Action, Binding, Copied, CopyId, Drive, Effect, Event, Guide, Journey, Leaving, Reply, Ticket,
};
use crate::view::Surface;

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

/// What a guide that is driven is shown on.
pub trait Screen<D> {
    /// Waits until it knows how to draw, and no longer than nobody notices. What was asked for at the start may come meanwhile.
    fn make_ready(&mut self) -> impl Future<Output = io::Result<()>> {
        future::ready(Ok(()))
    }
    /// Draws it as it stands. Says what can be seen of it.
    fn draw(&mut self, driven: &D) -> io::Result<Seen>;
    /// What its picture is, apart from what is seen.
    fn surface(&self, driven: &D) -> io::Result<Surface>;
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
    CopyThroughTerminal(Ticket, CopyId, String),
}

/// Runs a guide until it ends, and gives it back as it was left. If the input ends, so does the guide.
pub async fn run<D: Drive>(
    mut driven: D,
    input: Receiver<Input>,
    screen: &mut impl Screen<D>,
    ports: &mut impl Ports,
) -> io::Result<(D, Leaving)> {
    let (answers, mut answered) = unbounded_channel();
    let mut input = Inbox { input, next: None };
    let started = Instant::now();
    let mut loop_ = Loop {
        screen,
        ports,
        answers,
        leaving: None,
    };
    for effect in driven.first_effects() {
        loop_.perform(&driven, effect)?;
    }
    loop_.screen.make_ready().await?;
    // Keys wait: nobody has seen yet what they would be pressed for.
    while let Ok(answer) = answered.try_recv() {
        loop_.take_in(&mut driven, started.elapsed(), Came::Answer(answer))?;
    }
    driven.drawn(loop_.screen.draw(&driven)?);
    loop {
        let mut next = Some(next_event(driven.wants_tick(), &mut input, &mut answered).await);
        let mut taken = 0;
        while let Some(came) = next.take() {
            let came = input.with_the_rest_of_a_text(driven.guide(), came);
            loop_.take_in(&mut driven, started.elapsed(), came)?;
            if let Some(leaving) = loop_.leaving {
                return Ok((driven, leaving));
            }
            taken += 1;
            if taken < BATCH {
                next = waiting(&mut input, &mut answered);
            }
        }
        driven.drawn(loop_.screen.draw(&driven)?);
    }
}

/// The next thing to take in.
enum Came {
    Input(Input),
    Answer(Answer),
    InputEnded,
}

/// What comes from the terminal.
struct Inbox {
    input: Receiver<Input>,
    /// The next one, where it was looked at already.
    next: Option<Input>,
}

impl Inbox {
    async fn recv(&mut self) -> Option<Input> {
        match self.next.take() {
            Some(input) => Some(input),
            None => self.input.recv().await,
        }
    }

    fn try_recv(&mut self) -> Result<Input, TryRecvError> {
        self.next.take().map_or_else(|| self.input.try_recv(), Ok)
    }

    /// Takes the letters that wait behind a letter for a field together with it: what is in a field is read anew after each
    /// change.
    fn with_the_rest_of_a_text(&mut self, guide: &Guide<impl Journey>, came: Came) -> Came {
        // A demo that plays itself hears each key before the field does.
        if !guide.is_typing() || guide.playing().is_some() {
            return came;
        }
        let Came::Input(first) = &came else {
            return came;
        };
        // Most letters come alone.
        let Ok(next) = self.try_recv() else {
            return came;
        };
        self.next = Some(next);
        let bindings = guide.bindings();
        let Some(first) = letter(first, &bindings) else {
            return came;
        };
        // With room for all of it: growing would leave copies of a secret behind.
        let mut text = String::with_capacity(CAPACITY + first.len_utf8());
        text.push(first);
        while text.len() < CAPACITY
            && let Ok(next) = self.try_recv()
        {
            let Some(letter) = letter(&next, &bindings) else {
                self.next = Some(next);
                break;
            };
            text.push(letter);
        }
        if text.len() == first.len_utf8() {
            return came;
        }
        Came::Input(Input::Event(Event::Typed(text)))
    }
}

/// The letter that comes into a field with this, if it is one and not bound to anything.
fn letter(input: &Input, bindings: &[Binding]) -> Option<char> {
    let Input::Event(Event::Key(key)) = input else {
        return None;
    };
    let no_letter = KeyModifiers::CONTROL | KeyModifiers::ALT;
    match key.code {
        KeyCode::Char(letter) if !key.modifiers.intersects(no_letter) => {
            let is_bound = bindings.iter().any(|binding| binding.matches(*key));
            (!is_bound).then_some(letter)
        }
        _ => None,
    }
}

async fn next_event(
    tick: Option<Duration>,
    input: &mut Inbox,
    answered: &mut UnboundedReceiver<Answer>,
) -> Came {
    tokio::select! {
        biased;
        event = input.recv() => event.map_or(Came::InputEnded, Came::Input),
        Some(answer) = answered.recv() => Came::Answer(answer),
        () = tokio::time::sleep(tick.unwrap_or(Duration::MAX)), if tick.is_some() => Came::Input(Input::Event(Event::Tick)),
    }
}

/// What is waiting already, if anything.
fn waiting(input: &mut Inbox, answered: &mut UnboundedReceiver<Answer>) -> Option<Came> {
    match input.try_recv() {
        Ok(event) => Some(Came::Input(event)),
        Err(TryRecvError::Disconnected) => Some(Came::InputEnded),
        Err(TryRecvError::Empty) => answered.try_recv().ok().map(Came::Answer),
    }
}

/// Whether somebody who does this has to see what it is done to. What is typed into a field only adds to it, and must not be
/// lost where the terminal is small for a moment; and the way out stays open.
fn needs_eyes(guide: &Guide<impl Journey>, event: &Event, bound: Option<&Binding>) -> bool {
    match event {
        Event::Key(_) => bound.is_some_and(|binding| binding.action != Action::QuitNow),
        Event::Paste(_) => !guide.is_typing(),
        Event::Click(_) | Event::Wheel(_) => true,
        _ => false,
    }
}

/// Whether an event scrolls the page.
fn scrolls(event: &Event, bound: Option<&Binding>) -> bool {
    let is_scrolling = |binding: &Binding| matches!(binding.action, Action::Scroll(_));
    matches!(event, Event::Wheel(_)) || bound.is_some_and(is_scrolling)
}

struct Loop<'a, S, P> {
    screen: &'a mut S,
    ports: &'a mut P,
    answers: UnboundedSender<Answer>,
    leaving: Option<Leaving>,
}

impl<S, P: Ports> Loop<'_, S, P> {
    fn take_in<D>(&mut self, driven: &mut D, now: Duration, came: Came) -> io::Result<()>
    where
        D: Drive,
        S: Screen<D>,
    {
        let event = match came {
            Came::Input(Input::Event(event)) | Came::Answer(Answer::Event(event)) => event,
            Came::Input(Input::Click(place)) => {
                match self.screen.surface(driven)?.target_at(place) {
                    Some(target) => Event::Click(target),
                    None => return Ok(()),
                }
            }
            Came::InputEnded => Event::Terminated,
            // It would take the place of what was copied since.
            Came::Answer(Answer::CopyThroughTerminal(ticket, ..))
                if !driven.guide().awaits(ticket) =>
            {
                return Ok(());
            }
            Came::Answer(Answer::CopyThroughTerminal(ticket, id, text)) => {
                let copied = match self.screen.copy(&text) {
                    Ok(()) => Copied::SentToTerminal,
                    Err(error) => Copied::Failed(error.to_string()),
                };
                Event::Answer(ticket, Reply::Copied(id, copied))
            }
        };
        let bound = driven.look_up(&event);
        if needs_eyes(driven.guide(), &event, bound.as_ref()) && !self.screen.has_room()? {
            return Ok(());
        }
        let is_moved = driven.guide().scroll().is_some() || scrolls(&event, bound.as_ref());
        if is_moved && self.screen.has_room()? {
            // From where the page stands: what was scrolled further than it goes must not have to be scrolled back.
            let scrolled = self.screen.surface(driven)?.scrolled;
            driven.guide_mut().scroll_to(scrolled);
        }
        for effect in journal::take_in(driven, now, event, bound) {
            self.perform(driven, effect)?;
        }
        Ok(())
    }

    fn perform<D>(&mut self, driven: &D, effect: Effect) -> io::Result<()>
    where
        S: Screen<D>,
    {
        match effect {
            Effect::Quit(leaving) => self.leaving = Some(leaving),
            Effect::Suspend => {
                self.screen.suspend()?;
                self.screen.draw(driven)?;
            }
            Effect::CallBack(title) => self.screen.call_back(&title)?,
            other => self.ports.perform(other, &self.answers),
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::guide::Request;
    use crate::setup::{Setup, StepId, Wizard};
    use crossterm::event::KeyEvent;
    use tokio::sync::mpsc::channel;

    /// Counts the frames, and keeps what the terminal's clipboard was given.
    #[derive(Default)]
    struct Frames(usize, Rc<RefCell<Vec<String>>>);

    impl Screen<Wizard> for Frames {
        fn draw(&mut self, _: &Wizard) -> io::Result<Seen> {
            self.0 += 1;
            Ok(Seen::ALL)
        }

        fn surface(&self, _: &Wizard) -> io::Result<Surface> {
            Ok(Surface::default())
        }

        fn copy(&mut self, text: &str) -> io::Result<()> {
            self.1.borrow_mut().push(text.to_owned());
            Ok(())
        }

        fn call_back(&mut self, _: &str) -> io::Result<()> {
            Ok(())
        }

        fn suspend(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct NoPorts;

    impl Ports for NoPorts {
        fn perform(&mut self, _: Effect, _: &UnboundedSender<Answer>) {}
    }

    /// A world without a clipboard, in which an answer comes that nobody waits for.
    struct NoClipboard;

    impl Ports for NoClipboard {
        fn perform(&mut self, effect: Effect, answers: &UnboundedSender<Answer>) {
            let Effect::Ask(ticket, Request::Copy(id, text)) = effect else {
                return;
            };
            for (ticket, text) in [(Ticket(999), "late".to_owned()), (ticket, text)] {
                let answer = Answer::CopyThroughTerminal(ticket, id, text);
                answers.send(answer).unwrap();
            }
        }
    }

    #[tokio::test]
    async fn a_late_copy_does_not_take_the_place_of_what_was_copied_since() {
        let (sender, input) = channel(8);
        let url = "git@ssh.bitbucket.org:acme/analytics.git";
        let wizard = Wizard::new(Setup {
            url: url.to_owned(),
            ..Setup::default()
        });
        let mut frames = Frames::default();
        let copied = frames.1.clone();
        let pressing = async {
            for key in "z2".chars().map(KeyCode::Char) {
                let key = Event::Key(KeyEvent::from(key));
                sender.send(key.into()).await.unwrap();
            }
            // The end of the input must not come before the answers.
            for _ in 0..1000 {
                if !copied.borrow().is_empty() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(sender);
        };
        let mut ports = NoClipboard;
        let ran = run(wizard, input, &mut frames, &mut ports);
        let (ran, ()) = tokio::join!(ran, pressing);
        let (wizard, _) = ran.unwrap();
        assert_eq!(
            *frames.1.borrow(),
            ["https://bitbucket.org/acme/analytics/admin/access-keys/"]
        );
        assert!(wizard.notice.is_some());
    }

    /// What becomes of a wizard when all these keys wait at once, and how many frames are drawn.
    async fn pressed(keys: impl Iterator<Item = KeyCode>) -> (Wizard, usize) {
        let keys: Vec<KeyCode> = keys.collect();
        let (sender, input) = channel(keys.len());
        for key in keys {
            let key = Event::Key(KeyEvent::from(key));
            sender.send(key.into()).await.unwrap();
        }
        drop(sender);
        let mut frames = Frames::default();
        let wizard = Wizard::new(Setup::default());
        let (wizard, _) = run(wizard, input, &mut frames, &mut NoPorts).await.unwrap();
        (wizard, frames.0)
    }

    fn letters(text: &str) -> impl Iterator<Item = KeyCode> {
        text.chars().map(KeyCode::Char)
    }

    fn to_the_key() -> impl Iterator<Item = KeyCode> {
        [KeyCode::Enter; 4].into_iter()
    }

    #[tokio::test]
    async fn letters_that_wait_come_into_the_field_at_once() {
        let text = "a".repeat(4 * BATCH);
        let (wizard, frames) = pressed(to_the_key().chain(letters(&text))).await;
        assert_eq!(wizard.public_key.field.text(), text);
        assert_eq!(frames, 1, "the first, and none between the letters");
    }

    #[tokio::test]
    async fn keys_among_the_letters_stay_keys_in_their_order() {
        let keys = to_the_key()
            .chain(letters("one two"))
            .chain([KeyCode::Backspace, KeyCode::Home])
            .chain(letters("x"))
            .chain([KeyCode::Esc])
            // Out of the field they are keys: back, and to where it asks for the name of a file.
            .chain(letters("?qf/key"));
        let (wizard, _) = pressed(keys).await;
        assert_eq!(wizard.journey.step, StepId::PublicKey);
        assert_eq!(wizard.public_key.field.text(), "xone tw");
        let file = wizard.public_key.file.unwrap();
        assert_eq!(file.text(), "/key");
    }
}

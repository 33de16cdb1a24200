//! The loop of a guide line by line: says what is new, asks, takes a line, carries out what comes of it.
//!
//! A line is taken only when everything begun before it has come out: what a script writes ahead then means the same as
//! what a person answers in turn. Only `stop` does not wait for a running test; and where somebody types, who means now,
//! what leads away from it does not, nor any other key that it leaves.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use tokio::sync::mpsc::{Receiver, UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::journal;
use super::wizard_loop::{Answer, Ports};
use crate::guide::{Copied, CopyId, Drive, Effect, Event, Leaving, Reply, Request, Ticket};
use crate::plain::{
    Block, Heard, Misunderstood, Narrator, QUIT, STOP, Understood, help, need_not_wait, understand,
};

/// A line as it was answered. Wiped when dropped: it may hold a private key.
pub type Line = Zeroizing<String>;

/// How many lines are taken in ahead.
const AHEAD: usize = 1024;

/// How long the next line waits for the outcome of a copy and the like. A clipboard may never answer; Bitbucket may take
/// its time.
const OUTCOME: Duration = Duration::from_secs(30);

/// What the wizard is said on.
pub trait Speech {
    /// Whether answers are typed by somebody who hears what is said, and not written ahead.
    fn is_typed(&self) -> bool;
    /// Says lines.
    fn say(&mut self, lines: &[String]) -> io::Result<()>;
    /// Asks; the answer comes later, or is there already.
    fn ask(&mut self, question: Question<'_>) -> io::Result<()>;
    /// An answer came: where it was typed, its line end has ended the line of the question, too.
    fn heard(&mut self);
    /// A signal ends it all in the middle: what comes next begins on a line of its own.
    fn broken_off(&mut self);
}

/// The words in front of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The words.
    pub words: &'a str,
    /// Whether the answer was given ahead.
    pub is_answered: bool,
    /// Whether the answer must not be seen.
    pub is_secret: bool,
}

/// Runs a guide until it ends, and gives it back as it was left. `signals` are those that end a program,
/// and [`Event::Resized`] when one that was stopped goes on.
pub async fn run<D: Drive>(
    driven: D,
    mut answers: Receiver<Line>,
    mut signals: Receiver<Event>,
    speech: &mut impl Speech,
    ports: &mut impl Ports,
) -> io::Result<(D, Leaving)> {
    let (outcomes, mut came_out) = unbounded_channel();
    let narrator = if speech.is_typed() {
        Narrator::for_typed_answers()
    } else {
        Narrator::default()
    };
    let mut talk = Conversation {
        driven,
        speech,
        ports,
        outcomes,
        narrator,
        block: Block::default(),
        waiting: VecDeque::new(),
        has_ended: false,
        has_asked: false,
        pending: Vec::new(),
        to_copy: Vec::new(),
        pending_since: Instant::now(),
        started: Instant::now(),
        leaving: None,
    };
    for effect in talk.driven.first_effects() {
        talk.perform(effect)?;
    }
    loop {
        while talk.go_on(&mut came_out)? {}
        if let Some(leaving) = talk.leaving {
            if leaving == Leaving::Interrupted {
                talk.speech.broken_off();
            }
            return Ok((talk.driven, leaving));
        }
        talk.wait(&mut answers, &mut signals, &mut came_out).await?;
    }
}

struct Conversation<'a, D, S, P> {
    driven: D,
    speech: &'a mut S,
    ports: &'a mut P,
    outcomes: UnboundedSender<Answer>,
    narrator: Narrator,
    block: Block,
    /// Lines that were answered ahead.
    waiting: VecDeque<Line>,
    /// Whether no more lines will come.
    has_ended: bool,
    /// Whether what is asked now was asked.
    has_asked: bool,
    /// What was asked for and has not come out yet.
    pending: Vec<Ticket>,
    /// What is copied, to be said where it can't be.
    to_copy: Vec<(Ticket, String)>,
    pending_since: Instant,
    started: Instant,
    leaving: Option<Leaving>,
}

impl<D: Drive, S: Speech, P: Ports> Conversation<'_, D, S, P> {
    /// Does what can be done without waiting. Says whether there may be more.
    fn go_on(&mut self, came_out: &mut UnboundedReceiver<Answer>) -> io::Result<bool> {
        self.say_news()?;
        if self.leaving.is_some() {
            return Ok(false);
        }
        if let Ok(outcome) = came_out.try_recv() {
            self.take_outcome(outcome)?;
            return Ok(true);
        }
        if self.is_busy() {
            let line = self.line_for_meanwhile();
            let is_line = line.is_some();
            line.map(|line| self.hear(line)).transpose()?;
            return Ok(is_line);
        }
        if let Some(line) = self.waiting.pop_front() {
            self.ask(true)?;
            self.hear(line)?;
            return Ok(true);
        }
        if self.has_ended {
            match self.block.finish() {
                Some(line) => self.answer(&line)?,
                None => self.end_of_input()?,
            }
            return Ok(true);
        }
        self.ask(false)?;
        Ok(false)
    }

    /// Waits for whatever comes first.
    async fn wait(
        &mut self,
        answers: &mut Receiver<Line>,
        signals: &mut Receiver<Event>,
        came_out: &mut UnboundedReceiver<Answer>,
    ) -> io::Result<()> {
        let next = self.narrator.next(self.driven.guide());
        let due = self.started + next.unwrap_or_default();
        let outcome_due = self.pending_since + OUTCOME;
        tokio::select! {
            biased;
            Some(event) = signals.recv() => match event {
                Event::Resized => self.go_on_asking()?,
                event => self.tell(event)?,
            },
            Some(outcome) = came_out.recv() => self.take_outcome(outcome)?,
            line = answers.recv(), if !self.has_ended && self.waiting.len() < AHEAD => match line {
                Some(line) => {
                    self.speech.heard();
                    self.waiting.push_back(line);
                }
                None => self.has_ended = true,
            },
            () = tokio::time::sleep_until(due), if next.is_some() => self.tell(Event::Tick)?,
            () = tokio::time::sleep_until(outcome_due), if !self.pending.is_empty() => self.pending.clear(),
        }
        Ok(())
    }

    /// Whether something was begun whose outcome the next line has to wait for. What lies over a running test has to be
    /// answered all the same.
    fn is_busy(&self) -> bool {
        !self.pending.is_empty()
            || self.driven.guide().is_testing() && self.driven.guide().overlay().is_none()
    }

    /// The line that does not have to wait for what is going on.
    fn line_for_meanwhile(&mut self) -> Option<Line> {
        let is = |line: &Line, word: &str| line.trim().eq_ignore_ascii_case(word);
        if self.speech.is_typed() {
            if let Some(place) = self.waiting.iter().position(|line| is(line, QUIT)) {
                // Who wants to leave does not want what was typed before any more.
                self.waiting.drain(..place);
            }
            let line = self.waiting.front()?;
            if need_not_wait(self.driven.guide(), line) {
                return self.waiting.pop_front();
            }
        }
        let stops = self.driven.guide().is_testing() && is(self.waiting.front()?, STOP);
        stops.then(|| self.waiting.pop_front()).flatten()
    }

    fn say_news(&mut self) -> io::Result<()> {
        let news = self.narrator.news(self.driven.guide());
        self.say(&news)
    }

    fn say(&mut self, lines: &[String]) -> io::Result<()> {
        if !lines.is_empty() {
            self.has_asked = false;
            self.speech.say(lines)?;
        }
        Ok(())
    }

    fn ask(&mut self, is_answered: bool) -> io::Result<()> {
        if self.has_asked {
            return Ok(());
        }
        if let Some(prompt) = self.narrator.question(self.driven.guide()) {
            self.say(&prompt.lines)?;
            if let Some(words) = prompt.ask {
                self.speech.ask(Question {
                    words: &words,
                    is_answered,
                    is_secret: prompt.is_secret,
                })?;
            }
        }
        self.has_asked = true;
        Ok(())
    }

    /// doorkey was stopped and goes on: somebody who comes back is asked again, and what was typed of an answer is lost.
    fn go_on_asking(&mut self) -> io::Result<()> {
        if !self.speech.is_typed() {
            return Ok(());
        }
        self.speech.heard();
        if self.block.is_open() {
            return self.say_reading_on();
        }
        self.narrator.forget_question();
        self.has_asked = false;
        Ok(())
    }

    /// Takes in a line.
    fn hear(&mut self, line: Line) -> io::Result<()> {
        match self.block.hear(line) {
            Heard::Answer(answer) => self.answer(&answer),
            Heard::Begins => self.say_reading_on(),
            Heard::GoesOn => Ok(()),
        }
    }

    fn say_reading_on(&mut self) -> io::Result<()> {
        self.say(&["Reading on, to the line with END.".to_owned()])?;
        self.has_asked = true;
        Ok(())
    }

    fn answer(&mut self, line: &str) -> io::Result<()> {
        self.has_asked = false;
        match understand(self.driven.guide(), line) {
            Ok(Understood::Help) => self.say(&help(self.driven.guide()))?,
            Ok(Understood::Events(events)) => {
                self.narrator.answered(self.driven.guide(), &events);
                for event in events {
                    self.tell(event)?;
                }
            }
            Err(Misunderstood(words)) => self.say(&[words])?,
        }
        if self.block.is_in_secret() {
            self.say_news()?;
            self.say(&[
                "Lines that follow are left out as the rest of it. An empty line ends that."
                    .to_owned(),
            ])?;
        }
        Ok(())
    }

    fn end_of_input(&mut self) -> io::Result<()> {
        self.say(&["There are no more answers, so doorkey ends here.".to_owned()])?;
        self.leaving = Some(Leaving::Quit);
        Ok(())
    }

    fn tell(&mut self, event: Event) -> io::Result<()> {
        let bound = self.driven.look_up(&event);
        let effects = journal::take_in(&mut self.driven, self.started.elapsed(), event, bound);
        for effect in effects {
            self.perform(effect)?;
        }
        Ok(())
    }

    fn take_outcome(&mut self, outcome: Answer) -> io::Result<()> {
        match outcome {
            // Promised to be printed where there is no clipboard of a display: tmux may be another machine's.
            Answer::Event(Event::Answer(ticket, Reply::Copied(id, Copied::InTmux))) => {
                self.print_to_select(ticket, id, true)
            }
            Answer::Event(event) => {
                if let Event::Answer(ticket, _) = event {
                    self.came_out(ticket);
                }
                self.tell(event)
            }
            Answer::CopyThroughTerminal(ticket, id, _) => self.print_to_select(ticket, id, false),
        }
    }

    /// Nothing has to wait for this any more. Gives the text, if one was copied.
    fn came_out(&mut self, ticket: Ticket) -> Option<String> {
        self.pending.retain(|pending| *pending != ticket);
        let copied = self.to_copy.iter().position(|(of, _)| *of == ticket)?;
        Some(self.to_copy.swap_remove(copied).1)
    }

    /// The terminal's own clipboard takes escape sequences, which have no place here: the text is there to be selected.
    fn print_to_select(&mut self, ticket: Ticket, id: CopyId, in_tmux: bool) -> io::Result<()> {
        let text = self.came_out(ticket);
        let is_late = !self.driven.guide().awaits(ticket);
        self.tell(Event::Answer(
            ticket,
            Reply::Copied(id, Copied::Said { in_tmux }),
        ))?;
        self.say_news()?;
        // This one was just said, all of it.
        if is_late || id.is_shown_whole() {
            return Ok(());
        }
        self.say(text.as_slice())
    }

    fn perform(&mut self, effect: Effect) -> io::Result<()> {
        match &effect {
            Effect::Quit(leaving) => self.leaving = Some(*leaving),
            // Ctrl-Z is the terminal's own here, and a bell would be one more thing that is not a word.
            Effect::Suspend | Effect::CallBack(_) => {}
            Effect::StartTest(..) | Effect::CancelTest(_) | Effect::Simulate(_) => {
                self.ports.perform(effect, &self.outcomes);
            }
            Effect::Ask(ticket, request) => {
                match request {
                    Request::OpenPage(link) => self.say(&[format!("The page: {link}")])?,
                    Request::Copy(_, text) => self.to_copy.push((*ticket, text.clone())),
                    _ => {}
                }
                // That an unfinished setup is kept is said only if it fails.
                if !matches!(request, Request::KeepUnfinished(_)) {
                    self.pending.push(*ticket);
                    self.pending_since = Instant::now();
                }
                self.ports.perform(effect, &self.outcomes);
            }
        }
        Ok(())
    }
}

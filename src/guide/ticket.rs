//! Tickets: whatever a guide asks of the outside goes out with one, and the answer brings it back.
//!
//! After every event the guide takes back the tickets of the questions that have lost their point: the field was left, the
//! address was changed, the file's name was withdrawn. An answer that comes with such a ticket is late. It is dropped,
//! and at most the log has a word about it. A test that lost its point goes on outside, so taking back its ticket ends it.

use super::Guide;
use super::effect::{CopyId, Effect, Request};
use super::event::{Opened, Reply};
use super::identity::Asks;
use super::journey::Journey;
use super::overlay::Overlay;
use crate::access_key::AccessKey;
use crate::bitbucket::pages;

/// The number of one question. No other question of the same guide has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What the answer to a question is for, as it stood when the question went out.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Point {
    /// This machine.
    Surroundings,
    /// Something that stays true whatever changes here, such as a file that was written.
    Lasting,
    /// The text that was copied.
    Text(CopyId, String),
    /// The field that the text of the clipboard is for.
    Field(Focus),
    /// The file that was named to read a key from.
    KeyFile(String),
    /// The page to open.
    Page(String),
    /// A connection test.
    Test,
    /// The person's own SSH identity.
    Identity,
    /// The address and the key that something is done with.
    Subject(Pair),
    /// The address and the key that are saved.
    Saved(Pair),
    /// The unfinished setup.
    Draft,
    /// A step of a rotation. They are saved in their order.
    Step,
}

impl Point {
    /// Whether an answer about `other`, which was asked before, is of no use any more.
    fn replaces(&self, other: &Self) -> bool {
        let only_the_latest_counts = !matches!(
            self,
            Point::Lasting | Point::Field(_) | Point::Test | Point::Subject(_) | Point::Step
        );
        only_the_latest_counts && std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// Where a text would go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Focus {
    step: usize,
    overlay: Option<Overlay>,
    in_email: bool,
    identity_asks: Asks,
    names_file: bool,
}

impl Focus {
    fn of<J: Journey>(guide: &Guide<J>) -> Self {
        Self {
            step: guide.step().0,
            // Whoever reads the help still wants what was asked for in the field below it.
            overlay: guide.overlay().filter(|overlay| *overlay != Overlay::Help),
            in_email: guide.token.in_email,
            identity_asks: guide.identity.asks,
            names_file: named_file(guide).is_some(),
        }
    }
}

/// The name of the file to read a key from, while it is asked for.
fn named_file<J: Journey>(guide: &Guide<J>) -> Option<&str> {
    let file = guide.key_step()?.file.as_ref()?;
    Some(file.text().trim())
}

/// The address and the key, on one line, that a guide works on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pair {
    url: String,
    key: Option<String>,
}

impl Pair {
    fn of<J: Journey>(guide: &Guide<J>) -> Self {
        let subject = guide.subject();
        Self {
            url: subject.url,
            key: subject.key.as_ref().map(AccessKey::line),
        }
    }
}

/// The questions that are out.
#[derive(Clone, Debug, Default)]
pub struct Tickets {
    last: u64,
    out: Vec<(Ticket, Point)>,
}

impl Tickets {
    fn issue(&mut self, point: Point) -> Ticket {
        self.out.retain(|(_, earlier)| !point.replaces(earlier));
        self.last += 1;
        let ticket = Ticket(self.last);
        self.out.push((ticket, point));
        ticket
    }

    /// The ticket of a test that is about to begin.
    pub fn of_test(&mut self) -> Ticket {
        self.issue(Point::Test)
    }

    /// Whether the answer to this question is still wanted.
    pub fn is_out(&self, ticket: Ticket) -> bool {
        self.out.iter().any(|(known, _)| *known == ticket)
    }

    /// Whether a reply is wanted. If so, no other one to the same question is, unless more was announced.
    pub fn redeem(&mut self, ticket: Ticket, reply: &Reply) -> bool {
        let is_wanted = self.is_out(ticket);
        match reply {
            // A browser that was asked may still fail.
            Reply::PageOpened(Opened::Asked) => {}
            // What an earlier step left of the connection is no longer how it stands.
            Reply::RotationSaved(..) if is_wanted => {
                self.out
                    .retain(|(known, point)| *known > ticket || *point != Point::Step);
            }
            _ => self.close(ticket),
        }
        is_wanted
    }

    /// The question is answered.
    pub fn close(&mut self, ticket: Ticket) {
        self.out.retain(|(known, _)| *known != ticket);
    }

    /// Takes back every ticket whose answer is not wanted any more. Gives those of the tests among them.
    fn take_back(&mut self, is_wanted: impl Fn(Ticket, &Point) -> bool) -> Vec<Ticket> {
        let back = self
            .out
            .extract_if(.., |(ticket, point)| !is_wanted(*ticket, point));
        back.filter(|(_, point)| *point == Point::Test)
            .map(|(ticket, _)| ticket)
            .collect()
    }
}

impl<J: Journey> Guide<J> {
    /// Whether the answer to what went out with this ticket is still wanted.
    pub fn awaits(&self, ticket: Ticket) -> bool {
        self.tickets.is_out(ticket)
    }

    /// What the effects of an event come to: questions that lost their point by it are taken back, and new ones get their
    /// tickets. Tests that nobody listens to are ended before anything else is done.
    pub(super) fn with_tickets(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        let mut tickets = std::mem::take(&mut self.tickets);
        let mut abandoned = tickets.take_back(|ticket, point| wants(self, ticket, point));
        let mut asked = Vec::new();
        for effect in effects {
            asked.push(match effect {
                Effect::Ask(_, request) => {
                    Effect::Ask(tickets.issue(point_of(self, &request)), request)
                }
                // It was given up before it began.
                Effect::StartTest(test, _) if abandoned.contains(&test) => {
                    abandoned.retain(|other| *other != test);
                    continue;
                }
                other => other,
            });
        }
        self.tickets = tickets;
        let ended = abandoned.into_iter().map(Effect::CancelTest);
        ended.chain(asked).collect()
    }

    /// Whether this is a page that the journey is about.
    fn leads_to(&self, link: &str) -> bool {
        let edition = self.edition();
        self.text_to_copy(CopyId::PageLink).as_deref() == Some(link)
            || pages::access_controls_guide(edition) == Some(link)
            || pages::status_page(edition) == Some(link)
    }
}

/// What the answer to a request is for.
fn point_of<J: Journey>(guide: &Guide<J>, request: &Request) -> Point {
    match request {
        Request::LookAround => Point::Surroundings,
        Request::WriteFile(..) => Point::Lasting,
        Request::SaveRotation(_) => Point::Step,
        Request::Copy(id, text) => Point::Text(*id, text.clone()),
        Request::ReadClipboard => Point::Field(Focus::of(guide)),
        Request::ReadKeyFile(name) => Point::KeyFile(name.clone()),
        Request::OpenPage(link) => Point::Page(link.clone()),
        Request::TakeIdentity(_) => Point::Identity,
        Request::Grant(_) | Request::AddKeyForMe(_) | Request::RemoveKeyForMe(_) => {
            Point::Subject(Pair::of(guide))
        }
        Request::Save(_) => Point::Saved(Pair::of(guide)),
        Request::KeepUnfinished(_) => Point::Draft,
    }
}

/// Whether the answer to a question is still wanted.
fn wants<J: Journey>(guide: &Guide<J>, ticket: Ticket, point: &Point) -> bool {
    match point {
        Point::Surroundings | Point::Lasting | Point::Draft | Point::Step => true,
        Point::Text(id, text) => guide.text_to_copy(*id).as_ref() == Some(text),
        Point::Field(focus) => Focus::of(guide) == *focus,
        Point::KeyFile(name) => named_file(guide) == Some(name),
        Point::Page(link) => guide.leads_to(link),
        Point::Test => guide.hears(ticket),
        Point::Identity => guide.identity.is_waiting,
        Point::Subject(subject) | Point::Saved(subject) => Pair::of(guide) == *subject,
    }
}

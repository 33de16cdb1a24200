//! The rotation as a guide through its steps.

use std::time::Duration;

use super::keys::bindings;
use super::{KeyRotation, StepId, update};
use crate::access_key::AccessKey;
use crate::bitbucket::{Edition, pages};
use crate::guide::effect::CopyId;
use crate::guide::parts::Content;
use crate::guide::public_key::PublicKey;
use crate::guide::questions::{Picks, Question};
use crate::guide::ticket::{Asking, Subject, Tickets};
use crate::guide::token::TokenForm;
use crate::guide::values::{self, Value};
use crate::guide::{
    Binding, Effect, Event, Guide, Notice, Overlay, Request, SPINNER, Surroundings, Ticket,
};
use crate::guide::{ListedStep, Seen, ShownTest, StepMark};

impl Guide for KeyRotation {
    fn first_effects(&mut self) -> Vec<Effect> {
        let mut effects = vec![Effect::ask(Request::LookAround)];
        // A rotation that was left goes on with what its step begins.
        effects.extend(self.enter(self.step));
        self.with_tickets(effects)
    }

    fn update(&mut self, now: Duration, event: Event) -> Vec<Effect> {
        update::update(self, now, event)
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.tickets.is_out(ticket)
    }

    fn wants_tick(&self) -> Option<Duration> {
        if self.is_testing() {
            return Some(SPINNER);
        }
        // A watch tests only where it is seen.
        let next = self.test_of(self.tested_here()?).watch?.next?;
        Some(next.saturating_sub(self.now).min(Duration::from_secs(1)))
    }

    fn bindings(&self) -> Vec<Binding> {
        bindings(self)
    }

    fn subjects(&self) -> Vec<String> {
        let named = format!("New key for {}", self.connection.name);
        vec![
            format!("{named} → {}", self.edition().title()),
            named,
            "New key".to_owned(),
        ]
    }

    fn edition(&self) -> Edition {
        self.connection.place.edition
    }

    fn is_demo(&self) -> bool {
        self.demo.is_some()
    }

    fn now(&self) -> Duration {
        self.now
    }

    fn steps(&self) -> Vec<ListedStep> {
        let reached = self.reached();
        let listed = StepId::ALL.map(|step| {
            let mark = if step == self.step {
                StepMark::Here
            } else if step < reached {
                StepMark::Done
            } else if step == reached {
                StepMark::Reached
            } else {
                StepMark::Ahead
            };
            let title = step.title();
            ListedStep { title, mark }
        });
        listed.to_vec()
    }

    fn overlay(&self) -> Option<Overlay> {
        self.overlay
    }

    fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    fn scroll(&self) -> Option<u16> {
        self.scroll
    }

    fn scroll_to(&mut self, line: u16) {
        self.scroll = Some(line);
    }

    fn drawn(&mut self, seen: Seen) {
        self.page_rows = seen.page_rows;
    }

    fn values(&self) -> Vec<Value> {
        let new = self.new_key().map(AccessKey::line);
        let link = Some(self.access_keys_link());
        let values = [
            Value::known("Old key", Some(self.old.line()), CopyId::OldKey),
            Value::known("New key", new, CopyId::Key),
            Value::known("Access keys page", link, CopyId::PageLink),
            Value::known("SSH URL", Some(self.url.clone()), CopyId::SshUrl),
        ];
        values.into_iter().flatten().collect()
    }

    fn page_link(&self) -> Option<String> {
        (self.step != StepId::NewKey).then(|| self.access_keys_link())
    }

    fn may_read_clipboard(&self) -> bool {
        Surroundings::may_read_clipboard(self.surroundings.as_ref())
    }

    fn is_typing(&self) -> bool {
        match self.overlay {
            Some(overlay) => overlay == Overlay::Token,
            None => self
                .key_step()
                .is_some_and(|step| step.typing || step.file.is_some()),
        }
    }

    fn token(&self) -> &TokenForm {
        &self.token
    }

    fn key_step(&self) -> Option<&PublicKey> {
        let takes_key = self.step == StepId::NewKey && self.progress().is_none();
        takes_key.then_some(&self.public_key)
    }

    fn questions(&self) -> Option<(Vec<Question>, &Picks)> {
        let asks = self.step == StepId::Switch;
        asks.then(|| (Self::switch_questions(), &self.picks))
    }

    fn greeting(&self) -> String {
        self.greeting()
    }

    fn content(&self) -> Content<'_> {
        self.content()
    }

    fn is_testing(&self) -> bool {
        self.new_test.running || self.old_test.running
    }

    fn shown_test(&self) -> Option<ShownTest<'_>> {
        self.test_here()
    }
}

impl Asking for KeyRotation {
    fn tickets(&mut self) -> &mut Tickets {
        &mut self.tickets
    }

    fn subject(&self) -> Subject {
        Subject {
            url: self.url.clone(),
            key: self.new_key().map(AccessKey::line),
        }
    }

    fn text_to_copy(&self, id: CopyId) -> Option<String> {
        values::text_of(self.values(), id)
    }

    fn leads_to(&self, link: &str) -> bool {
        let edition = self.edition();
        self.access_keys_link() == link
            || pages::access_controls_guide(edition) == Some(link)
            || pages::status_page(edition) == Some(link)
    }

    fn hears(&self, test: Ticket) -> bool {
        self.new_test.hears(test) || self.old_test.hears(test)
    }
}

//! The setup of a connection as a guide through its steps.

use std::time::Duration;

use super::keys::bindings;
use super::steps::prerequisites::Prerequisites;
use super::{StepId, Wizard, update};
use crate::access_key::AccessKey;
use crate::bitbucket::{Edition, pages};
use crate::guide::Binding;
use crate::guide::conclusion::open_words;
use crate::guide::identity::Asks;
use crate::guide::parts::Content;
use crate::guide::public_key::PublicKey;
use crate::guide::questions::{Picks, Question};
use crate::guide::ticket::{Asking, Subject, Tickets};
use crate::guide::token::TokenForm;
use crate::guide::values::{Value, text_of};
use crate::guide::{CopyId, Effect, Event, Notice, Overlay, Surroundings, Ticket};
use crate::guide::{Ending, Guide, ListedStep, Seen, ShownTest, StepMark};

impl Guide for Wizard {
    fn first_effects(&mut self) -> Vec<Effect> {
        self.first_effects()
    }

    fn update(&mut self, now: Duration, event: Event) -> Vec<Effect> {
        update(self, now, event)
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.tickets.is_out(ticket)
    }

    fn wants_tick(&self) -> Option<Duration> {
        self.wants_tick()
    }

    fn bindings(&self) -> Vec<Binding> {
        bindings(self)
    }

    fn subjects(&self) -> Vec<String> {
        let bitbucket = self.edition().title();
        vec![
            format!("Coalesce Quality → {bitbucket}"),
            bitbucket.to_owned(),
        ]
    }

    fn edition(&self) -> Edition {
        self.edition()
    }

    fn is_demo(&self) -> bool {
        self.demo.is_some()
    }

    fn now(&self) -> Duration {
        self.now
    }

    fn steps(&self) -> Vec<ListedStep> {
        let listed = StepId::ALL.map(|step| {
            let mark = if step == self.step {
                StepMark::Here
            } else if self.is_done(step) {
                StepMark::Done
            } else if step <= self.reached {
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
        self.values()
    }

    fn page_link(&self) -> Option<String> {
        self.page_link()
    }

    fn may_read_clipboard(&self) -> bool {
        Surroundings::may_read_clipboard(self.surroundings.as_ref())
    }

    fn is_typing(&self) -> bool {
        self.is_typing()
    }

    fn token(&self) -> &TokenForm {
        &self.token
    }

    fn identity_asks(&self) -> Asks {
        self.identity.asks
    }

    fn identity_bindings(&self) -> Vec<Binding> {
        self.identity.bindings(self.has_own_identity())
    }

    fn key_step(&self) -> Option<&PublicKey> {
        (self.step == StepId::PublicKey).then_some(&self.public_key)
    }

    fn questions(&self) -> Option<(Vec<Question>, &Picks)> {
        match self.step {
            StepId::Prerequisites => Some((Prerequisites::questions(), &self.prerequisites.picks)),
            StepId::Allowlist => {
                let questions = self.allowlist.questions(self.edition());
                Some((questions, &self.allowlist.picks))
            }
            _ => None,
        }
    }

    fn greeting(&self) -> String {
        Wizard::greeting()
    }

    fn content(&self) -> Content<'_> {
        self.content()
    }

    fn saved_words(&self) -> Vec<String> {
        self.saved_words()
    }

    fn is_testing(&self) -> bool {
        self.connection_test.running
    }

    fn shown_test(&self) -> Option<ShownTest<'_>> {
        let conclusion = self.connection_test.conclusion();
        (self.step == StepId::ConnectionTest).then(|| ShownTest {
            test: &self.connection_test,
            url: self.ssh_url.field.text().trim(),
            key: self.key(),
            now: self.now,
            has_token: self.has_token(),
            do_it_words: self.add_key_words(),
            own_identity: self.found_with_own_identity(),
            remarks: self.saved_words(),
            ending: Ending::LetIn {
                proven: conclusion.proven,
                open: conclusion
                    .open
                    .map(|open| open_words(open, self.has_token())),
                names_url: self.ssh_url.suggestion().is_none(),
            },
        })
    }
}

impl Asking for Wizard {
    fn tickets(&mut self) -> &mut Tickets {
        &mut self.tickets
    }

    fn subject(&self) -> Subject {
        Subject {
            url: self.ssh_url.field.text().trim().to_owned(),
            key: self.key().map(AccessKey::line),
        }
    }

    fn text_to_copy(&self, id: CopyId) -> Option<String> {
        let shown = match id {
            CopyId::HandOff => self.shown_text(Overlay::HandOff),
            CopyId::Report => self.shown_text(Overlay::Report),
            value => return text_of(self.values(), value),
        };
        shown.map(|shown| shown.document.to_markdown())
    }

    fn leads_to(&self, link: &str) -> bool {
        let edition = self.edition();
        self.access_keys_link().as_deref() == Some(link)
            || pages::access_controls_guide(edition) == Some(link)
            || pages::status_page(edition) == Some(link)
    }

    fn hears(&self, test: Ticket) -> bool {
        self.connection_test.hears(test)
    }

    fn waits_for_identity(&self) -> bool {
        self.identity.is_waiting
    }
}

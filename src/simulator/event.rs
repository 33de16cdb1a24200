//! What happens in the simulation, as it happens: for the demo, for tests, and as JSON lines on stdout.

use serde::Serialize;
use tokio::sync::broadcast;

use crate::text;

/// How many events a slow listener may lag behind before it misses some.
const BACKLOG: usize = 1024;

/// The longest text from a client that is passed on.
const LONGEST_TEXT: usize = 200;

/// One thing that happened. Never holds the token, the page's secret or anything of a private key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// A client asked whether a public key would be accepted.
    KeyQuery {
        /// The SSH user.
        user: String,
        /// The key's SHA256 fingerprint.
        fingerprint: String,
        /// What it was told.
        accepted: bool,
    },
    /// A client proved that it has a private key, and is in.
    Login {
        /// The SSH user.
        user: String,
        /// The key's SHA256 fingerprint.
        fingerprint: String,
    },
    /// A client that is in asked for something.
    Command {
        /// The fingerprint of the key it came in with.
        fingerprint: String,
        /// The command; empty for a session without one.
        command: String,
        /// Whether it was carried out.
        accepted: bool,
    },
    /// An access key was added.
    KeyAdded {
        /// The repository or project, such as `acme/analytics-platform`.
        place: String,
        /// The access key's number.
        id: u64,
        /// Its label.
        label: String,
        /// Its SHA256 fingerprint.
        fingerprint: String,
    },
    /// An access key was not added.
    KeyRefused {
        /// The repository or project.
        place: String,
        /// Why, in Bitbucket's words.
        message: String,
    },
    /// An access key was taken out.
    KeyRemoved {
        /// The repository or project.
        place: String,
        /// The access key's number.
        id: u64,
        /// Its label.
        label: String,
        /// Its SHA256 fingerprint.
        fingerprint: String,
    },
    /// A REST request was answered.
    Rest {
        /// The method, such as `GET`.
        method: String,
        /// The path, without the query.
        path: String,
        /// The HTTP status of the answer.
        status: u16,
    },
    /// A web request was turned away because it did not come from this computer's own page.
    WebRefused {
        /// What was wrong with it.
        reason: String,
    },
}

/// Text from a client, safe for a log and a terminal.
pub(super) fn safe(text: &str) -> String {
    text::harmless(text, LONGEST_TEXT)
}

/// Tells every listener what happens. Without a listener an event is forgotten.
#[derive(Clone, Debug)]
pub(super) struct Announcer(broadcast::Sender<Event>);

impl Announcer {
    pub(super) fn new() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }

    pub(super) fn announce(&self, event: Event) {
        // An error only says that nobody listens.
        let _ = self.0.send(event);
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}

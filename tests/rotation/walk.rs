//! Walks a rotation through keys and events, and saves its steps as a store would, in memory.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use doorkey::access_key::AccessKey;
use doorkey::bitbucket::{SshAliases, read_address};
use doorkey::check::api_access::read_token;
use doorkey::check::request::{TestRequest, TestSettings};
use doorkey::check::{Check, CheckId, Code, Report, Required, TestEvent};
use doorkey::connections::{Connection, RetiredKey};
use doorkey::guide::{Demo, Effect, Event, Reply, Request, Ticket};
use doorkey::rotation::{KeyRotation, Setup, StepId};

use proptest::sample::Index;

use crate::answers;

pub(crate) const OLD: &str = include_str!("../fixtures/keys/ed25519.pub");
pub(crate) const NEW: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g next";
/// What stands on the clipboard and in every file: a key that nobody asked for.
const ELSEWHERE: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDxE3a0h7Wf5cWnJTBXlnXKJkZ5gHzN5bBGuO3S0rJ1L elsewhere";
pub(crate) const CLOUD_URL: &str = "git@ssh.bitbucket.org:acme/analytics.git";

pub(crate) fn key(line: &str) -> AccessKey {
    AccessKey::read(line).expect("a key")
}

pub(crate) fn connection() -> Connection {
    let reading = read_address(CLOUD_URL, &SshAliases::default()).expect("an address");
    let name = "analytics".parse().expect("a name");
    Connection::new(name, reading.address, reading.place, key(OLD))
}

/// What Bitbucket says about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    Known,
    Refused,
    Nothing,
    /// With a token: on this repository's list, and when it was used.
    Listed {
        is_used: bool,
    },
    /// With a token: known, but not on this repository's list.
    NotListed,
    /// Known, and the token is refused.
    KnownTokenRefused,
    /// Refused, and so is the token.
    RefusedTokenToo,
}

impl Says {
    fn checks(self) -> Vec<Check> {
        let reached = [
            CheckId::Url,
            CheckId::Key,
            CheckId::Dns,
            CheckId::Tcp,
            CheckId::Ssh,
        ];
        let mut checks: Vec<Check> = reached.map(|id| Check::pass(id, "so")).to_vec();
        "ssh.bitbucket.org:22".clone_into(&mut checks[3].summary);
        checks.push(Check::pass(
            CheckId::HostKey,
            "host key is one Atlassian publishes",
        ));
        let known = Check::pass(CheckId::KeyQuery, "knows this key, refuses a fresh one");
        match self {
            Says::Known => checks.push(known),
            Says::Refused => checks.push(Check::found(Code::KeyQueryNotRecognised)),
            Says::Nothing => checks.push(Check::found(Code::KeyQueryClosed)),
            Says::Listed { is_used } => checks.extend([
                known,
                Check::pass(CheckId::Repository, "listed here as \"Coalesce Quality\""),
                Check::pass(CheckId::Permission, "may only read"),
                if is_used {
                    Check::pass(CheckId::VendorUse, "last used 2026-11-22T17:40:00Z")
                } else {
                    Check::found(Code::VendorUseNever)
                },
            ]),
            Says::KnownTokenRefused => {
                checks.extend([known, Check::found(Code::RepositoryTokenRefused)]);
            }
            Says::RefusedTokenToo => checks.extend([
                Check::found(Code::KeyQueryNotRecognised),
                Check::found(Code::RepositoryTokenRefused),
            ]),
            Says::NotListed => {
                checks.extend([known, Check::found(Code::RepositoryKeyNotHere)]);
            }
        }
        checks
    }
}

/// A rotation on its way.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    pub(crate) rotation: KeyRotation,
    /// What is saved.
    pub(crate) saved: Connection,
    /// Whether nothing can be saved.
    pub(crate) is_disk_full: bool,
    pub(crate) effects: Vec<Effect>,
    /// Tests that were begun and have not come out.
    running: Option<(Ticket, Box<TestRequest>)>,
    now: Duration,
}

impl Walk {
    pub(crate) fn of(setup: Setup) -> Self {
        let saved = setup.connection.clone();
        let mut walk = Self {
            rotation: KeyRotation::new(setup),
            saved,
            is_disk_full: false,
            effects: Vec::new(),
            running: None,
            now: Duration::from_secs(1),
        };
        let effects = walk.rotation.first_effects();
        walk.carry_out(effects);
        walk
    }

    pub(crate) fn new() -> Self {
        Self::of(setup(connection()))
    }

    /// The same after doorkey was killed: nothing is left but what is saved.
    pub(crate) fn killed_and_resumed(&self) -> Self {
        Self::of(setup(self.saved.clone()))
    }

    pub(crate) fn event(&mut self, event: Event) {
        let effects = self.rotation.update(self.now, event);
        self.carry_out(effects);
    }

    /// Takes in the answer to the latest question that it fits.
    #[track_caller]
    pub(crate) fn reply(&mut self, reply: Reply) {
        let ticket = answers::ticket_for(&self.effects, &reply);
        self.event(Event::Answer(ticket, reply));
    }

    /// Answers one of the questions it ever asked. What was saved was answered at once.
    pub(crate) fn answer_any(&mut self, which: Index, is_good: bool) {
        let asked = self.effects.iter().filter_map(|effect| match effect {
            Effect::Ask(ticket, request) => Some((*ticket, request.clone())),
            _ => None,
        });
        let asked: Vec<_> = asked.collect();
        let Some((ticket, request)) = asked.get(which.index(asked.len().max(1))) else {
            return;
        };
        let is_late = !self.rotation.awaits(*ticket);
        let before = is_late.then(|| format!("{:?}", self.rotation));
        let [good, bad] = answers::possible(request, ELSEWHERE);
        let reply = if is_good { good } else { bad };
        let effects = self.effects.len();
        self.event(Event::Answer(*ticket, reply));
        if let Some(before) = before {
            assert_eq!(format!("{:?}", self.rotation), before, "{request:?}");
            assert_eq!(self.effects.len(), effects, "{request:?}");
        }
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.effects.push(effect.clone());
            match effect {
                Effect::StartTest(run, request) => {
                    assert!(self.running.is_none(), "never two tests at once");
                    self.running = Some((run, request));
                }
                Effect::CancelTest(run) => {
                    let running = self.running.take();
                    assert!(running.is_some_and(|(running, _)| running == run));
                }
                Effect::Ask(ticket, Request::SaveRotation(step)) => {
                    let taken = if self.is_disk_full {
                        Err("no space left on device".to_owned())
                    } else {
                        let at = "2026-11-22T13:00:00Z";
                        step.take(&mut self.saved, at)
                            .map_err(|error| error.to_string())
                    };
                    let outcome = taken.map(|()| Box::new(self.saved.clone()));
                    self.event(Event::Answer(ticket, Reply::RotationSaved(step, outcome)));
                }
                _ => {}
            }
        }
    }

    pub(crate) fn press(&mut self, code: KeyCode) {
        self.event(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }

    pub(crate) fn keys(&mut self, letters: &str) {
        for letter in letters.chars() {
            self.press(KeyCode::Char(letter));
        }
    }

    pub(crate) fn enter(mut self) -> Self {
        self.press(KeyCode::Enter);
        self
    }

    pub(crate) fn paste(mut self, text: &str) -> Self {
        self.event(Event::Paste(text.to_owned()));
        self
    }

    pub(crate) fn wait(&mut self, time: Duration) {
        self.now += time;
        self.event(Event::Tick);
    }

    /// Which key the running test asks about, if one runs.
    pub(crate) fn asked(&self) -> Option<AccessKey> {
        let (_, request) = self.running.as_ref()?;
        request.key.clone().ok()
    }

    /// Lets the running test come out. Fails if it is not about this key.
    #[track_caller]
    pub(crate) fn says(mut self, line: &str, says: Says) -> Self {
        let asked = self.asked().expect("a running test");
        assert!(
            asked.is_same_key(&key(line)),
            "it asks about {}",
            asked.line()
        );
        self.comes_out(says);
        self
    }

    /// Lets the running test come out, whichever it is.
    pub(crate) fn comes_out(&mut self, says: Says) {
        let Some((run, request)) = self.running.take() else {
            return;
        };
        let checks = says.checks();
        let report = Report {
            checked_at: "2026-11-22T17:40:00Z".to_owned(),
            elapsed: Duration::from_millis(51),
            given: request.url.clone(),
            address: Some(self.saved.address.clone()),
            key: request.key.clone().ok(),
            checks: checks.clone(),
            required: Required::default(),
        };
        for check in checks {
            self.event(Event::Test(run, TestEvent::Finished(check)));
        }
        self.event(Event::Test(run, TestEvent::Done(Box::new(report))));
    }

    // ── the way, step by step ───────────────────────────────────────────────────────────────────

    pub(crate) fn to_add() -> Self {
        Self::new().paste(NEW).enter()
    }

    pub(crate) fn to_test_new() -> Self {
        Self::to_add().says(NEW, Says::Refused).enter()
    }

    pub(crate) fn to_switch() -> Self {
        Self::to_test_new().says(NEW, Says::Known).enter()
    }

    pub(crate) fn to_remove() -> Self {
        let mut walk = Self::to_switch();
        walk.press(KeyCode::Down);
        walk.enter().says(NEW, Says::Known)
    }

    pub(crate) fn to_test_old() -> Self {
        Self::to_remove().enter()
    }

    pub(crate) fn finished() -> Self {
        Self::to_test_old()
            .says(OLD, Says::Refused)
            .says(NEW, Says::Known)
    }

    #[track_caller]
    pub(crate) fn is_at(&self, step: StepId) -> &Self {
        assert_eq!(self.rotation.journey.step, step);
        self
    }

    #[track_caller]
    pub(crate) fn tells(&self, words: &str) -> &Self {
        let notice = self
            .rotation
            .notice
            .as_ref()
            .map_or("", |notice| &notice.text);
        assert!(notice.contains(words), "{notice:?}");
        self
    }
}

pub(crate) fn setup(connection: Connection) -> Setup {
    Setup {
        connection,
        key: None,
        settings: TestSettings::default(),
        demo: None,
    }
}

pub(crate) fn with_token(connection: Connection) -> Setup {
    let mut setup = setup(connection);
    setup.settings.api.token = read_token("s3cret").expect("a token");
    setup
}

pub(crate) fn demo(connection: Connection) -> Setup {
    Setup {
        demo: Some(Demo {
            page: "http://127.0.0.1:8000/secret/acme/analytics/admin/access-keys/".to_owned(),
            token: "simulated".to_owned(),
        }),
        ..setup(connection)
    }
}

pub(crate) fn had_before(line: &str) -> Connection {
    let mut connection = connection();
    let at = "2026-03-01T10:00:00Z".to_owned();
    connection.retired.push(RetiredKey::new(key(line), at));
    connection
}

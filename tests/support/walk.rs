//! Walks a wizard through keys and events, without a terminal, and keeps the effects it asks for.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test uses what it needs of it"
)]

#[path = "answers.rs"]
pub mod answers;

use std::net::IpAddr;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use doorkey::access_key::AccessKey;
use doorkey::bitbucket::{RepositoryAddress, SshAliases, read_address};
use doorkey::check::stage::dns::Lookup;
use doorkey::check::stage::key_query::{Answer, Answers};
use doorkey::check::stage::{address, dns, key, key_query, ssh};
use doorkey::check::{Check, CheckId, Report, Required, TestEvent};
use doorkey::guide::{Demo, Effect, Event, Reply, Ticket};
use doorkey::setup::{Setup, StepId, Wizard};

pub const KEY: &str = include_str!("../fixtures/keys/ed25519.pub");
pub const CLOUD_URL: &str = "git@ssh.bitbucket.org:acme/analytics.git";

/// A wizard on its way.
#[derive(Clone, Debug)]
pub struct Walk {
    pub wizard: Wizard,
    pub effects: Vec<Effect>,
    pub now: Duration,
    /// The test that runs outside. There is never more than one.
    running: Option<Ticket>,
}

impl Walk {
    pub fn new(setup: Setup) -> Self {
        let mut wizard = Wizard::new(setup);
        Self {
            effects: wizard.first_effects(),
            wizard,
            now: Duration::from_secs(1),
            running: None,
        }
    }

    /// A wizard that was given nothing.
    pub fn empty() -> Self {
        Self::new(Setup::default())
    }

    /// A wizard that was given a key and this address.
    pub fn given(url: &str) -> Self {
        Self::new(Setup {
            url: url.to_owned(),
            key: Some(KEY.as_bytes().to_vec().into()),
            ..Setup::default()
        })
    }

    /// The same in a demo.
    pub fn demo(url: &str) -> Self {
        Self::new(Setup {
            url: url.to_owned(),
            key: Some(KEY.as_bytes().to_vec().into()),
            demo: Some(Demo {
                page: "http://127.0.0.1:8000/secret/acme/analytics/admin/access-keys/".to_owned(),
                token: "simulated".to_owned(),
            }),
            ..Setup::default()
        })
    }

    /// Takes in an event, and gives the effects it asks for.
    pub fn event(&mut self, event: Event) -> Vec<Effect> {
        if let Event::Test(run, TestEvent::Done(_)) = &event {
            self.running.take_if(|running| running == run);
        }
        let effects = self.wizard.update(self.now, event);
        for effect in &effects {
            match effect {
                Effect::StartTest(run, _) => {
                    assert_eq!(self.running.replace(*run), None, "never two tests at once");
                }
                Effect::CancelTest(run) => assert_eq!(self.running.take(), Some(*run)),
                _ => {}
            }
        }
        let is_running = self.wizard.connection_test().running;
        assert_eq!(
            self.running.is_some(),
            is_running,
            "none goes on for nobody"
        );
        self.effects.extend(effects.iter().cloned());
        effects
    }

    /// Takes in the answer to the latest question that it fits.
    #[track_caller]
    pub fn reply(&mut self, reply: Reply) -> Vec<Effect> {
        let ticket = answers::ticket_for(&self.effects, &reply);
        self.event(Event::Answer(ticket, reply))
    }

    /// Reads the clipboard, which holds this.
    pub fn clipboard(&mut self, text: &str) -> Vec<Effect> {
        self.control('v');
        self.reply(Reply::ClipboardRead(Ok(text.to_owned())))
    }

    pub fn press(&mut self, code: KeyCode) -> Vec<Effect> {
        self.event(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    pub fn control(&mut self, letter: char) -> Vec<Effect> {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
        self.event(Event::Key(key))
    }

    /// Types letters one by one.
    pub fn keys(&mut self, letters: &str) -> Vec<Effect> {
        let pressed = letters.chars().map(KeyCode::Char);
        pressed.flat_map(|code| self.press(code)).collect()
    }

    pub fn paste(&mut self, text: &str) -> Vec<Effect> {
        self.event(Event::Paste(text.to_owned()))
    }

    pub fn wait(&mut self, time: Duration) -> Vec<Effect> {
        self.now += time;
        self.event(Event::Tick)
    }

    /// Presses Enter until the wizard is at a step.
    pub fn to(mut self, step: StepId) -> Self {
        for _ in 0..12 {
            if self.wizard.journey.step == step {
                return self;
            }
            self.press(KeyCode::Enter);
        }
        panic!(
            "never came to {step:?}, but stayed at {:?}",
            self.wizard.journey.step
        );
    }

    /// Lets the running test come out with these answers.
    pub fn answered(mut self, vendor: &Answer, control: Option<&Answer>) -> Self {
        let checks = climb(&self.wizard, vendor, control);
        self.tell(checks);
        self
    }

    /// Lets the running test come out with these checks.
    pub fn tell(&mut self, checks: Vec<Check>) {
        let run = self.wizard.connection_test().last_run;
        for event in test_events(&self.wizard, checks) {
            self.event(Event::Test(run, event));
        }
    }

    /// Everything typed, in the order of the steps.
    pub fn typed(&self) -> [String; 3] {
        [
            self.wizard.public_key.field.text().to_owned(),
            self.wizard.journey.access_keys_page.field.text().to_owned(),
            self.wizard.journey.ssh_url.field.text().to_owned(),
        ]
    }
}

pub fn refused() -> Answer {
    Answer::Refused {
        takes_keys: true,
        methods: vec!["publickey".to_owned()],
    }
}

/// The ticket of the run an effect starts, if it starts one.
pub fn started(effects: &[Effect]) -> Option<Ticket> {
    effects.iter().find_map(|effect| match effect {
        Effect::StartTest(run, _) => Some(*run),
        _ => None,
    })
}

/// The checks of a test whose server gives these answers about the keys.
pub fn climb(wizard: &Wizard, vendor: &Answer, control: Option<&Answer>) -> Vec<Check> {
    let reading = read_address(wizard.journey.ssh_url.field.text(), &SshAliases::default());
    let (url, tested) = address::judge(&reading);
    let tested: RepositoryAddress = tested.expect("an address that can be tested");
    let (edition, port) = (tested.edition(), tested.port());
    let answers = Answers {
        vendor: vendor.clone(),
        control: control.cloned(),
        is_without_signature: false,
    };
    let found = Lookup::Found(vec![IpAddr::from([104, 192, 141, 1])]);
    vec![
        url,
        key::judge(&wizard.public_key.reading),
        dns::judge(tested.host(), &found, false).took(Duration::from_millis(3)),
        Check::pass(CheckId::Tcp, format!("{}:{port}", tested.host()))
            .took(Duration::from_millis(12)),
        ssh::greeted(edition, port, "SSH-2.0-conker_example").took(Duration::from_millis(16)),
        Check::pass(CheckId::HostKey, "host key is one Atlassian publishes"),
        key_query::judge(edition, port, &answers).took(Duration::from_millis(20)),
    ]
}

/// What a test tells that comes out with these checks.
pub fn test_events(wizard: &Wizard, checks: Vec<Check>) -> Vec<TestEvent> {
    let key: Option<AccessKey> = wizard.key().cloned();
    let report = Report {
        checked_at: "2026-11-22T17:40:00Z".to_owned(),
        elapsed: Duration::from_millis(51),
        given: wizard.journey.ssh_url.field.text().to_owned(),
        address: wizard.address().cloned(),
        key,
        checks: checks.clone(),
        required: Required::default(),
    };
    let told = checks
        .into_iter()
        .flat_map(|check| [TestEvent::Started(check.id), TestEvent::Finished(check)]);
    told.chain([TestEvent::Done(Box::new(report))]).collect()
}

//! From one state to the next: what an event changes, and which effects it asks for.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use zeroize::Zeroize;

use super::effect::{CopyId, Effect, Leaving};
use super::event::{Copied, Event, Opened};
use super::field::{Field, Inserted};
use super::keys::{Action, bindings};
use super::steps::connection_test::Watch;
use super::{Notice, Overlay, StepId, Wizard};
use crate::bitbucket::pages;
use crate::check::FixId;
use crate::check::request::TestRequest;
use crate::text::harmless;

/// How much of a system's words is shown in a notice.
const WORDS_LIMIT: usize = 160;

/// Takes in an event that came `now` after the start, and says what is to be done outside.
pub fn update(wizard: &mut Wizard, now: Duration, event: Event) -> Vec<Effect> {
    wizard.now = now;
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Release => Vec::new(),
        Event::Key(key) => press(wizard, key),
        Event::Paste(text) => {
            paste(wizard, text);
            Vec::new()
        }
        Event::Resized => Vec::new(),
        Event::Tick => tick(wizard),
        Event::Terminated => vec![Effect::Quit(Leaving::Interrupted)],
        Event::Surroundings(surroundings) => {
            wizard.surroundings = Some(surroundings);
            Vec::new()
        }
        Event::Test(run, told) => {
            if wizard.connection_test.hear(run, told, now) {
                return vec![Effect::CallBack(
                    "doorkey: the key is recognised".to_owned(),
                )];
            }
            Vec::new()
        }
        Event::Copied(id, copied) => wizard.tell_copied(id, copied),
        Event::ClipboardRead(Ok(text)) => {
            if text.trim().is_empty() {
                wizard.problem("The clipboard holds no text.");
            } else {
                paste(wizard, text);
            }
            Vec::new()
        }
        Event::ClipboardRead(Err(why)) => {
            wizard.problem(&format!(
                "The clipboard can't be read: {} Use your terminal's own paste.",
                harmless(&why, WORDS_LIMIT)
            ));
            Vec::new()
        }
        Event::KeyFileRead(Ok(bytes)) => {
            wizard.public_key.give_file(&bytes);
            wizard.touched = true;
            wizard.connection_test.forget();
            Vec::new()
        }
        Event::PageOpened(opened) => wizard.tell_opened(opened),
        Event::KeyAdded(Ok(())) => {
            wizard.tell("The simulation has added the key to its Access keys page.");
            wizard.test_again()
        }
        Event::KeyAdded(Err(why)) | Event::KeyFileRead(Err(why)) => {
            wizard.problem(&harmless(&why, WORDS_LIMIT));
            Vec::new()
        }
    }
}

fn press(wizard: &mut Wizard, key: KeyEvent) -> Vec<Effect> {
    if key.code == KeyCode::Char('z') && key.modifiers.contains(KeyModifiers::CONTROL) {
        return vec![Effect::Suspend];
    }
    let bound = bindings(wizard)
        .into_iter()
        .find(|binding| binding.matches(key));
    if let Some(binding) = bound {
        return act(wizard, binding.action);
    }
    if wizard.is_typing() {
        edit(wizard, |field| {
            field.edit(key);
        });
    }
    Vec::new()
}

/// Changes the field that has the focus, and judges what is in it afterwards.
fn edit(wizard: &mut Wizard, change: impl FnOnce(&mut Field)) {
    let aliases = &wizard.settings.aliases;
    let field = match wizard.step {
        StepId::PublicKey => match &mut wizard.public_key.file {
            Some(file) => return change(file),
            None => &mut wizard.public_key.field,
        },
        StepId::AccessKeysPage => &mut wizard.access_keys_page.field,
        StepId::SshUrl => &mut wizard.ssh_url.field,
        _ => return,
    };
    let before = field.text().to_owned();
    change(field);
    if field.text() == before {
        return;
    }
    wizard.touched = true;
    wizard.notice = None;
    match wizard.step {
        StepId::PublicKey => wizard.public_key.judge(),
        StepId::AccessKeysPage => {
            let page = &mut wizard.access_keys_page;
            page.reading = crate::bitbucket::read_address(page.field.text(), aliases);
            wizard.follow_address();
        }
        StepId::SshUrl => {
            let ssh_url = &mut wizard.ssh_url;
            ssh_url.by_hand = true;
            ssh_url.reading = crate::bitbucket::read_address(ssh_url.field.text(), aliases);
        }
        _ => {}
    }
    wizard.connection_test.forget();
}

/// A paste goes into the step's obvious field, also when it does not have the focus.
fn paste(wizard: &mut Wizard, mut text: String) {
    if wizard.overlay.is_some() {
        text.zeroize();
        return;
    }
    match wizard.step {
        StepId::PublicKey if wizard.public_key.file.is_none() => return give_key(wizard, text),
        StepId::PublicKey => {}
        StepId::AccessKeysPage => wizard.access_keys_page.typing = true,
        StepId::SshUrl => wizard.ssh_url.typing = true,
        _ => {
            wizard.problem("Nothing can be pasted here. The key comes in step 3, the address in steps 4 and 5.");
            text.zeroize();
            return;
        }
    }
    let mut inserted = Inserted::Whole;
    let line = text.trim_matches(['\r', '\n']);
    edit(wizard, |field| inserted = field.insert(line));
    wizard.tell_inserted(inserted);
}

fn open(page: Option<&str>) -> Vec<Effect> {
    page.map(|page| Effect::OpenPage(page.to_owned()))
        .into_iter()
        .collect()
}

fn give_key(wizard: &mut Wizard, mut text: String) {
    let inserted = wizard.public_key.give(&text);
    text.zeroize();
    wizard.touched = true;
    wizard.notice = None;
    wizard.connection_test.forget();
    wizard.tell_inserted(inserted);
}

fn tick(wizard: &mut Wizard) -> Vec<Effect> {
    if wizard.step == StepId::ConnectionTest && wizard.connection_test.is_due(wizard.now) {
        return wizard.start_test();
    }
    Vec::new()
}

fn act(wizard: &mut Wizard, action: Action) -> Vec<Effect> {
    if !matches!(action, Action::Scroll(_)) {
        wizard.notice = None;
    }
    match action {
        Action::Continue => return wizard.go_on(),
        Action::Back => {
            if let Some(step) = wizard.step.neighbour(-1) {
                return wizard.go_to(step);
            }
        }
        Action::GoTo(step) => return wizard.go_to(step),
        Action::Help => wizard.show(Overlay::Help),
        Action::HandOff => wizard.show(Overlay::HandOff),
        Action::Quit => return wizard.quit(),
        Action::Finish => return vec![Effect::Quit(Leaving::Quit)],
        Action::QuitNow => return vec![Effect::Quit(Leaving::Interrupted)],
        Action::CloseOverlay => {
            wizard.overlay = None;
            wizard.scroll = 0;
        }
        Action::Scroll(lines) => wizard.scroll = wizard.scroll.saturating_add_signed(lines),
        Action::Up => wizard.pick(|picks, _| picks.up()),
        Action::Down => wizard.pick(super::questions::Picks::down),
        Action::Edit => wizard.set_typing(true),
        Action::LeaveField => {
            if wizard.public_key.file.take().is_none() {
                wizard.set_typing(false);
            }
        }
        Action::PasteClipboard => return vec![Effect::ReadClipboard],
        Action::ChooseFile => wizard.public_key.file = Some(Field::default()),
        Action::Copy(id) => return wizard.copy(id),
        Action::OpenPage => return wizard.open_page(),
        Action::ToggleHints => wizard.access_keys_page.hints = !wizard.access_keys_page.hints,
        Action::UseSuggestion => wizard.use_suggestion(),
        Action::Retry => return wizard.test_again(),
        Action::Cancel => return wizard.cancel_test(),
        Action::Watch => return wizard.toggle_watch(),
        Action::Fix(fix) => return wizard.apply(fix),
        Action::AddKeyForMe => {
            let line = wizard.key().map(crate::access_key::AccessKey::line);
            return line.map(Effect::AddKeyForMe).into_iter().collect();
        }
    }
    Vec::new()
}

impl Wizard {
    fn tell(&mut self, text: &str) {
        self.notice = Some(Notice {
            text: text.to_owned(),
            is_problem: false,
        });
    }

    fn problem(&mut self, text: &str) {
        self.notice = Some(Notice {
            text: text.to_owned(),
            is_problem: true,
        });
    }

    fn tell_inserted(&mut self, inserted: Inserted) {
        if inserted == Inserted::TooLong {
            self.problem("That is far longer than any key or address, so it was not taken. What was here is still here.");
        }
    }

    fn tell_copied(&mut self, id: CopyId, copied: Copied) -> Vec<Effect> {
        let what = id.title();
        match copied {
            Copied::Confirmed => self.tell(&format!("{what} is on the clipboard.")),
            Copied::SentToTerminal => self.tell(&format!(
                "{what} was sent to your terminal's clipboard; it does not confirm, so check by pasting."
            )),
            Copied::Failed(why) => self.problem(&format!(
                "{what} could not be copied ({}). Select it on the screen instead.",
                harmless(&why, WORDS_LIMIT)
            )),
        }
        Vec::new()
    }

    fn tell_opened(&mut self, opened: Opened) -> Vec<Effect> {
        match opened {
            Opened::Asked => self
                .tell("Your browser was asked to open the page. If nothing shows, use the link."),
            Opened::NoBrowser(why) => self.problem(&format!(
                "No browser was opened ({}). Open the link on any device.",
                harmless(&why, WORDS_LIMIT)
            )),
        }
        Vec::new()
    }

    fn show(&mut self, overlay: Overlay) {
        self.overlay = Some(overlay);
        self.scroll = 0;
    }

    fn set_typing(&mut self, typing: bool) {
        match self.step {
            StepId::PublicKey => self.public_key.typing = typing,
            StepId::AccessKeysPage => self.access_keys_page.typing = typing,
            StepId::SshUrl => self.ssh_url.typing = typing,
            _ => {}
        }
    }

    fn pick(
        &mut self,
        change: impl FnOnce(&mut super::questions::Picks, &[super::questions::Question]),
    ) {
        self.touched = true;
        match self.step {
            StepId::Prerequisites => {
                let questions = super::Prerequisites::questions();
                change(&mut self.prerequisites.picks, &questions);
            }
            StepId::Allowlist => {
                let questions = self.allowlist.questions(self.edition());
                change(&mut self.allowlist.picks, &questions);
            }
            _ => {}
        }
    }

    fn go_on(&mut self) -> Vec<Effect> {
        match self.step {
            StepId::Prerequisites => {
                if self
                    .prerequisites
                    .picks
                    .next(&super::Prerequisites::questions())
                {
                    return Vec::new();
                }
            }
            StepId::Allowlist => {
                let questions = self.allowlist.questions(self.edition());
                if self.allowlist.picks.next(&questions) {
                    return Vec::new();
                }
            }
            StepId::PublicKey => {
                if let Some(file) = &self.public_key.file {
                    return vec![Effect::ReadKeyFile(file.text().trim().to_owned())];
                }
                if self.public_key.reading.is_err() {
                    self.set_typing(true);
                    self.problem("A public key is needed to go on.");
                    return Vec::new();
                }
            }
            StepId::AccessKeysPage => {
                if self.access_keys_page.reading.is_err() && !self.access_keys_page.field.is_empty()
                {
                    self.set_typing(true);
                    return Vec::new();
                }
            }
            StepId::SshUrl => {
                if !self.ssh_url.can_be_tested() {
                    let fix = if self.ssh_url.suggestion().is_some() {
                        self.set_typing(false);
                        "Press u to use the suggestion, or e to edit the address."
                    } else {
                        self.set_typing(true);
                        "An address that can be tested is needed to go on."
                    };
                    self.problem(fix);
                    return Vec::new();
                }
            }
            StepId::ConnectionTest => return Vec::new(),
        }
        match self.step.neighbour(1) {
            Some(step) => {
                self.touched = true;
                self.reached = self.reached.max(step);
                self.go_to(step)
            }
            None => Vec::new(),
        }
    }

    fn go_to(&mut self, step: StepId) -> Vec<Effect> {
        if step > self.reached {
            return Vec::new();
        }
        self.step = step;
        self.scroll = 0;
        match step {
            StepId::Prerequisites => self.prerequisites.picks.rewind(),
            StepId::Allowlist => self.allowlist.picks.rewind(),
            StepId::PublicKey => self.public_key.typing = self.public_key.field.is_empty(),
            StepId::AccessKeysPage => {
                self.access_keys_page.typing = self.access_keys_page.field.is_empty();
            }
            StepId::SshUrl => self.ssh_url.typing = self.ssh_url.field.is_empty(),
            StepId::ConnectionTest => {
                let test = &self.connection_test;
                if !test.running && test.report.is_none() {
                    return self.start_test();
                }
            }
        }
        Vec::new()
    }

    fn quit(&mut self) -> Vec<Effect> {
        if self.overlay != Some(Overlay::QuitQuestion) && self.would_lose_work() {
            self.show(Overlay::QuitQuestion);
            return Vec::new();
        }
        vec![Effect::Quit(Leaving::Quit)]
    }

    fn copy(&mut self, id: CopyId) -> Vec<Effect> {
        let text = match id {
            CopyId::Key => self.key().map(crate::access_key::AccessKey::line),
            CopyId::SshUrl => self.address().map(crate::bitbucket::RepositoryAddress::ssh),
            CopyId::EgressAddress => {
                Some(self.allowlist.region().egress_addresses()).filter(|list| !list.is_empty())
            }
            CopyId::PageLink => self.access_keys_link(),
            CopyId::HandOff => Some(self.hand_off().markdown()),
        };
        text.map(|text| Effect::Copy(id, text))
            .into_iter()
            .collect()
    }

    fn open_page(&mut self) -> Vec<Effect> {
        let link = match self.step {
            StepId::Allowlist => pages::access_controls_guide(self.edition()).map(str::to_owned),
            _ => self.access_keys_link(),
        };
        if let Some(link) = link {
            vec![Effect::OpenPage(link)]
        } else {
            self.problem("Paste an address of the repository first, then doorkey knows the page.");
            Vec::new()
        }
    }

    fn use_suggestion(&mut self) {
        let Some(suggestion) = self
            .ssh_url
            .suggestion()
            .map(crate::bitbucket::RepositoryAddress::ssh)
        else {
            return;
        };
        self.ssh_url.set(&suggestion, &self.settings.aliases);
        self.connection_test.forget();
        self.tell("Address changed. Use the same one in Coalesce Quality's form.");
    }

    fn start_test(&mut self) -> Vec<Effect> {
        let request = TestRequest {
            url: self.ssh_url.field.text().to_owned(),
            key: self.public_key.reading.clone(),
            settings: self.settings.clone(),
        };
        let run = self.connection_test.begin(self.now);
        vec![Effect::StartTest(run, Box::new(request))]
    }

    fn test_again(&mut self) -> Vec<Effect> {
        let mut effects: Vec<Effect> = Vec::new();
        if self.connection_test.running {
            effects.push(Effect::CancelTest(self.connection_test.last_run));
        }
        effects.extend(self.start_test());
        effects
    }

    fn cancel_test(&mut self) -> Vec<Effect> {
        let cancelled = self.connection_test.cancel();
        self.tell("The test was stopped.");
        cancelled.map(Effect::CancelTest).into_iter().collect()
    }

    fn toggle_watch(&mut self) -> Vec<Effect> {
        if self.connection_test.watch.is_some() {
            self.tell("Stopped watching.");
            return self
                .connection_test
                .cancel()
                .map(Effect::CancelTest)
                .into_iter()
                .collect();
        }
        self.connection_test.watch = Some(Watch::new(self.now));
        self.test_again()
    }

    fn apply(&mut self, fix: FixId) -> Vec<Effect> {
        match fix {
            FixId::UseSuggestedUrl => {
                self.use_suggestion();
                self.test_again()
            }
            FixId::EditUrl => {
                let effects = self.go_to(StepId::SshUrl);
                self.set_typing(true);
                effects
            }
            FixId::RepasteKey => {
                let effects = self.go_to(StepId::PublicKey);
                self.public_key.field.clear();
                self.public_key.judge();
                self.set_typing(true);
                self.connection_test.forget();
                effects
            }
            FixId::CopyKey => self.copy(CopyId::Key),
            FixId::OpenAccessKeys => self.open_page(),
            FixId::OpenAccessControls => open(pages::access_controls_guide(self.edition())),
            FixId::OpenStatusPage => open(pages::status_page(self.edition())),
            FixId::TrustHostKey => {
                self.trust_shown_host_key();
                self.test_again()
            }
            FixId::TryPort7999 => {
                self.use_port(7999);
                self.test_again()
            }
            FixId::Watch => self.toggle_watch(),
            FixId::Retry => self.test_again(),
            FixId::HandOff => {
                self.show(Overlay::HandOff);
                Vec::new()
            }
            FixId::TryPort443 | FixId::GiveToken | FixId::UseIdentity => Vec::new(),
        }
    }

    /// Trusts the host key that the last test was shown, for the tests to come.
    fn trust_shown_host_key(&mut self) {
        let checks = &self.connection_test.checks;
        let shown = checks
            .iter()
            .find_map(|check| check.fix_value(FixId::TrustHostKey));
        if let Some(fingerprint) = shown {
            Arc::make_mut(&mut self.settings.host_keys).trust(fingerprint);
        }
    }

    /// Writes another port into the address.
    fn use_port(&mut self, port: u16) {
        if let Some(address) = self.address() {
            let url = address.with_port(port).ssh();
            self.ssh_url.set(&url, &self.settings.aliases);
            self.ssh_url.by_hand = true;
            self.connection_test.forget();
            self.tell("Address changed. Use the same one in Coalesce Quality's form.");
        }
    }
}

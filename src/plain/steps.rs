//! The text of each step: what it is about, said on coming to it, and what it has found, said when it changes.

use super::spoken::sentence;
use super::{Spoken, overlay};
use crate::access_key::AccessKey;
use crate::bitbucket::guide::{
    MISSING_SETTINGS, access_key_clicks, missing_settings_hints, where_to_let_in,
};
use crate::bitbucket::{Reading, RepositoryPlace};
use crate::check::Code;
use crate::coalesce;
use crate::guide::public_key::PublicKey;
use crate::guide::{Action, Binding, BrowserHere, Overlay};
use crate::setup::act::{TOGGLE_HINTS, USE_SUGGESTION};
use crate::setup::steps::access_keys_page::AccessKeysPage;
use crate::setup::steps::allowlist::Allowlist;
use crate::setup::steps::prerequisites::Prerequisites;
use crate::setup::steps::ssh_url::SshUrl;
use crate::setup::{NewConnection, StepId, Wizard};
use crate::text::shorten_middle;

/// Asks for a key where there is none yet.
pub(super) const ASK_FOR_KEY: &str = "Public key:";

/// Asks for a key where there is one.
pub(super) const KEY_OR_ENTER: &str = "Enter to go on, or another key:";

/// Asks where there are only choices.
pub(super) const ASK: &str = "Your answer:";

/// As much of what stands in a field is said, in columns.
pub(super) const SAID_OF_FIELD: usize = 300;

impl Spoken for NewConnection {
    fn greeting(_: &Wizard) -> Vec<String> {
        let count = StepId::ALL.len();
        vec![format!(
            "doorkey lets Coalesce Quality into one Bitbucket repository, read-only, in {count} steps."
        )]
    }

    fn about(this: &Wizard) -> Vec<String> {
        about(this)
    }

    fn found(this: &Wizard) -> Vec<String> {
        found(this)
    }

    fn overlay_text(this: &Wizard, overlay: Overlay) -> Vec<String> {
        overlay::text(overlay, this)
    }

    fn overlay_question(this: &Wizard, overlay: Overlay) -> Vec<String> {
        overlay::question(overlay, this)
    }

    fn ask_in_step(this: &Wizard) -> &'static str {
        match this.journey.step {
            StepId::PublicKey if this.public_key.reading.is_ok() => KEY_OR_ENTER,
            StepId::PublicKey => ASK_FOR_KEY,
            StepId::AccessKeysPage if this.journey.access_keys_page.field.is_empty() => {
                "Address, or Enter to go on without:"
            }
            StepId::AccessKeysPage if this.journey.access_keys_page.reading.is_ok() => {
                "Enter to go on, or another address:"
            }
            StepId::SshUrl if this.journey.ssh_url.can_be_tested() => {
                "Enter to go on, or another SSH URL:"
            }
            StepId::AccessKeysPage => "Another address, or none to go on without:",
            StepId::SshUrl => "SSH URL:",
            StepId::ConnectionTest if this.connection_test().is_good() => {
                "Your answer, or Enter to finish:"
            }
            _ => ASK,
        }
    }

    fn takes_address(this: &Wizard) -> bool {
        matches!(this.journey.step, StepId::AccessKeysPage | StepId::SshUrl)
    }

    fn may_be_without_address(this: &Wizard) -> bool {
        this.journey.step == StepId::AccessKeysPage
    }

    fn choice_words(this: &Wizard, binding: &Binding) -> Option<String> {
        match binding.action {
            // What it does is heard when it is answered, but not that it was taken back.
            TOGGLE_HINTS if this.journey.access_keys_page.hints => {
                Some("leave out again what to look at if settings are missing".to_owned())
            }
            Action::AddKeyForMe => this.add_key_words().map(str::to_owned),
            USE_SUGGESTION => {
                let (words, address) = match this.journey.step {
                    StepId::AccessKeysPage => (
                        SshUrl::MAY_BE_MEANT,
                        this.journey.access_keys_page.suggestion()?,
                    ),
                    _ if this.journey.ssh_url.reading.is_err() => {
                        (SshUrl::MAY_BE_MEANT, this.journey.ssh_url.suggestion()?)
                    }
                    _ => (SshUrl::SUGGESTED, this.journey.ssh_url.suggestion()?),
                };
                Some(format!("{words} {}", address.ssh()))
            }
            _ => None,
        }
    }

    fn about_answer(this: &Wizard) -> Option<Vec<String>> {
        let asks_for_region =
            this.journey.step == StepId::Allowlist && this.journey.allowlist.picks.focus() > 0;
        asks_for_region.then(|| region(this))
    }
}

/// What a step is about.
fn about(wizard: &Wizard) -> Vec<String> {
    let field = |words: &str, text: &str| match text.trim() {
        "" => None,
        text => Some(format!("{words} {}", shorten_middle(text, SAID_OF_FIELD))),
    };
    match wizard.journey.step {
        StepId::Prerequisites => vec![Prerequisites::INTRODUCTION.to_owned()],
        StepId::Allowlist => vec![Allowlist::introduction(wizard.edition()).to_owned()],
        StepId::PublicKey => vec![PublicKey::INTRODUCTION.to_owned()],
        StepId::AccessKeysPage => {
            let introduction = AccessKeysPage::INTRODUCTION.to_owned();
            let given = field("Now it is", wizard.journey.access_keys_page.field.text());
            [Some(introduction), given].into_iter().flatten().collect()
        }
        StepId::SshUrl => {
            let introduction = SshUrl::INTRODUCTION.to_owned();
            let given = field("Now it is", wizard.journey.ssh_url.field.text());
            [Some(introduction), given].into_iter().flatten().collect()
        }
        StepId::ConnectionTest => Vec::new(),
    }
}

/// What this machine offers. There is no clipboard but a display's: the terminal's would take escape sequences.
fn machine(wizard: &Wizard) -> Option<String> {
    let found = wizard.surroundings.as_ref()?;
    let clipboard = if found.clipboard {
        "this machine's"
    } else {
        "none, so texts to copy are printed"
    };
    Some(format!(
        "Found on this machine: network {}; clipboard {clipboard}; browser {}.",
        found.network_words(),
        browser_words(found.browser)
    ))
}

/// The browser in words. Nobody is promised a QR code where it is the link itself.
const fn browser_words(here: BrowserHere) -> &'static str {
    match here {
        BrowserHere::Likely => "opens from here",
        BrowserHere::Perhaps => "unsure, in a container, so you get links, too",
        BrowserHere::No => "not from here, so you get links",
    }
}

/// What a step has found so far.
fn found(wizard: &Wizard) -> Vec<String> {
    match wizard.journey.step {
        StepId::Prerequisites => {
            let advice = wizard.journey.prerequisites.advice().into_iter();
            let advice = advice.map(str::to_owned);
            machine(wizard).into_iter().chain(advice).collect()
        }
        StepId::PublicKey => public_key(&wizard.public_key),
        StepId::AccessKeysPage => access_keys_page(wizard),
        StepId::SshUrl => ssh_url(&wizard.journey.ssh_url),
        StepId::Allowlist | StepId::ConnectionTest => Vec::new(),
    }
}

/// The addresses of the region that was picked, and where to let them in.
fn region(wizard: &Wizard) -> Vec<String> {
    let step = &wizard.journey.allowlist;
    let addresses = step.region().egress_addresses();
    let (words, address) = if addresses.is_empty() {
        (
            Allowlist::NOT_PUBLISHED,
            coalesce::addresses_page().to_owned(),
        )
    } else {
        (Allowlist::LET_IN, addresses)
    };
    vec![
        format!("{}: {words}", step.region().title),
        address,
        where_to_let_in(wizard.edition()).to_owned(),
        Allowlist::NOT_TESTED.to_owned(),
        step.source_words(),
        step.region().source.clone(),
    ]
}

pub(super) fn public_key(step: &PublicKey) -> Vec<String> {
    match &step.reading {
        Ok(key) => inspected(key),
        Err(refusal) if refusal.code == Code::KeyEmpty => vec![PublicKey::HINT.to_owned()],
        Err(refusal) if refusal.code == Code::KeyCutOff => {
            let mut lines = cause(refusal.code, refusal.detail.as_deref());
            lines.push(
                "If it goes on in further lines, give them one by one: they are joined.".to_owned(),
            );
            lines
        }
        Err(refusal) => cause(refusal.code, refusal.detail.as_deref()),
    }
}

fn inspected(key: &AccessKey) -> Vec<String> {
    let mut lines = vec![
        sentence(PublicKey::GOOD),
        format!("Type: {}.", PublicKey::type_words(key)),
        format!("Fingerprint: {}", key.fingerprint()),
    ];
    if !key.comment().is_empty() {
        lines.push(format!("Comment: {}", key.comment()));
    }
    lines.extend(
        key.repairs()
            .iter()
            .map(|repair| PublicKey::repair_words(*repair)),
    );
    lines.push(PublicKey::COPY_ADVICE.to_owned());
    lines
}

/// What a code means and what to do.
pub(super) fn cause(code: Code, detail: Option<&str>) -> Vec<String> {
    let words = [
        Some(code.title()),
        Some(code.meaning()),
        detail,
        Some(code.remedy()),
    ];
    words.into_iter().flatten().map(sentence).collect()
}

fn access_keys_page(wizard: &Wizard) -> Vec<String> {
    let step = &wizard.journey.access_keys_page;
    let mut lines = match &step.reading {
        Ok(reading) => page_of(wizard, &reading.place),
        Err(_) if step.field.is_empty() => Vec::new(),
        Err(refusal) => cause(refusal.code, refusal.detail.as_deref()),
    };
    if step.hints {
        lines.push(format!("{MISSING_SETTINGS}:"));
        lines.extend(missing_settings_hints(wizard.edition()).map(str::to_owned));
    }
    lines
}

fn page_of(wizard: &Wizard, place: &RepositoryPlace) -> Vec<String> {
    let mut lines = vec![sentence(&AccessKeysPage::found_words(
        &place.name(),
        place.edition,
    ))];
    if let Some(link) = wizard.access_keys_link() {
        lines.push(AccessKeysPage::where_to_add(place, wizard.demo.is_some()).to_owned());
        lines.push(link);
        let clicks = access_key_clicks(place.edition).iter().enumerate();
        lines.extend(clicks.map(|(index, click)| format!("Click {}: {click}", index + 1)));
    }
    lines
}

fn ssh_url(step: &SshUrl) -> Vec<String> {
    match &step.reading {
        Err(_) if step.field.is_empty() => Vec::new(),
        Err(refusal) => cause(refusal.code, refusal.detail.as_deref()),
        Ok(reading) if reading.repair.is_none() => usable(step, reading),
        Ok(reading) => suggested(reading),
    }
}

fn usable(step: &SshUrl, reading: &Reading) -> Vec<String> {
    let address = &reading.address;
    let mut lines = vec![
        sentence(SshUrl::GOOD),
        format!("Host: {}", address.host()),
        format!("Port: {}", address.port()),
        format!("Repository: {}/{}", address.project(), address.repository()),
    ];
    if step.guessed {
        lines.push(SshUrl::GUESSED.to_owned());
    }
    lines.push(SshUrl::COPY_ADVICE.to_owned());
    lines
}

fn suggested(reading: &Reading) -> Vec<String> {
    let Some(repair) = &reading.repair else {
        return Vec::new();
    };
    let mut lines = cause(repair.code, repair.detail.as_deref());
    if repair.guessed {
        lines.push(SshUrl::SUGGESTION_GUESSED.to_owned());
    }
    lines
}

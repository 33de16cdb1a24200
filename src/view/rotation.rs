//! Draws a rotation: what its steps say, and the tests of both keys.

use super::ladder::{self, Row};
use super::page::Page;
use super::steps::connection_test;
use super::{Drawn, overlay};
use crate::check::Rung;
use crate::guide::Overlay;
use crate::guide::ShownTest;
use crate::rotation::{KeyChange, KeyRotation, Part, StepId};

/// Where the line of a key stands below its fingerprint: as wide as "Old" and "New".
const BELOW_WHICH: &str = "   ";

impl Drawn for KeyChange {
    #[allow(private_interfaces, reason = "pages are filled in here only")]
    fn fill(this: &KeyRotation, page: &mut Page<'_>) {
        match this.overlay() {
            Some(over) => fill_overlay(over, this, page),
            None => fill_step(this, page),
        }
    }
}

fn fill_overlay(over: Overlay, rotation: &KeyRotation, page: &mut Page<'_>) {
    match over {
        Overlay::Help => overlay::help(&rotation.beneath_help(), page),
        // The terminal's own screen shows the plain lines.
        Overlay::Values | Overlay::PlainLines => overlay::values(rotation, page),
        Overlay::Token => overlay::token(rotation, page),
        Overlay::GrantQuestion => overlay::grant(rotation.grant_request().as_ref(), page),
        Overlay::GiveUpQuestion => overlay::question(&rotation.give_up_question(), page),
        Overlay::ElsewhereQuestion => overlay::question(&KeyRotation::elsewhere_question(), page),
        // Those of a setup: here everything is saved, and the texts are about a setup.
        Overlay::QuitQuestion | Overlay::HandOff | Overlay::Report | Overlay::Identity
        // Drawn in the place of everything.
        | Overlay::QrCode => {}
    }
}

fn fill_step(rotation: &KeyRotation, page: &mut Page<'_>) {
    if page.has_heading {
        page.heading(rotation.journey.step.title());
    }
    if !page.is_lean() {
        parts(rotation.about(), page);
        page.gap();
    }
    if let Some(step) = rotation.key_step() {
        let is_key = step.typing && step.file.is_none();
        page.field(&step.field, is_key, "ssh-ed25519 AAAA… or ssh-rsa AAAA…");
        page.gap();
        if let Some(file) = &step.file {
            page.text(crate::guide::public_key::PublicKey::FILE_QUESTION);
            page.field(file, true, "~/Downloads/coalesce.pub");
            return;
        }
    }
    parts(rotation.found(), page);
    if let Some((questions, picks)) = rotation.questions() {
        page.questions(&questions, picks);
    }
    let Some(shown) = rotation.shown_test() else {
        return;
    };
    page.gap();
    match rotation.journey.step {
        StepId::TestOld => {
            old_key(rotation, &shown, page);
            page.gap();
            connection_test::outcome(&shown, page);
            page.gap();
            parts(rotation.ended().into_iter().collect(), page);
        }
        // What counts here is whether it was used, which is said above.
        StepId::Switch if shown.is_good() || shown.test.running => {
            connection_test::watch(&shown, page);
        }
        _ => connection_test::fill(&shown, page),
    }
}

/// The ladder of a key that should be refused: there the refusal is what is climbed to.
fn old_key(rotation: &KeyRotation, shown: &ShownTest<'_>, page: &mut Page<'_>) {
    let spinner = connection_test::spinner(shown, page);
    for rung in [Rung::Reachable, Rung::Genuine] {
        ladder::climbed(shown.test, rung, spinner, page);
    }
    let (is_good, words) = rotation.old_key_row();
    let is_running = shown.test.running;
    row(
        "Old key",
        is_good,
        words,
        is_running.then_some(spinner),
        page,
    );
    if let Some((is_good, words)) = rotation.new_key_beside() {
        let spinner = rotation.new_test().running.then_some(spinner);
        row("New key", is_good, words, spinner, page);
    }
}

fn row(
    title: &str,
    is_good: Option<bool>,
    basis: &str,
    spinner: Option<&str>,
    page: &mut Page<'_>,
) {
    let theme = page.theme;
    let (glyph, style) = match (spinner, is_good) {
        (Some(spinner), _) => (spinner, theme.accent()),
        (None, Some(true)) => (theme.glyphs.good, theme.good()),
        (None, Some(false)) => (theme.glyphs.bad, theme.bad()),
        (None, None) => (theme.glyphs.open, theme.dim()),
    };
    let row = Row {
        glyph,
        style,
        title,
        basis,
        basis_style: theme.text(),
        time: "",
    };
    row.draw(page);
}

fn parts(parts: Vec<Part>, page: &mut Page<'_>) {
    let theme = page.theme;
    for part in parts {
        match part {
            Part::Text(words) => page.text(&words),
            Part::Dim(words) => page.dim(&words),
            Part::Good(words) => page.marked(theme.glyphs.good, theme.good(), &words),
            Part::Warn(words) => page.marked(theme.glyphs.warn, theme.warn(), &words),
            Part::Value(label, value) | Part::Key(label, value) => {
                page.values(&[(label, &value)]);
            }
            Part::LineOfKey(line) => page.values(&[(BELOW_WHICH, &line)]),
            Part::Link(link) => page.shortened_link(&link, theme.accent()),
            Part::Clicks(clicks) => page.clicks(clicks),
            Part::Cause(code, detail) => page.cause(code, detail.as_deref()),
            Part::Gap => page.gap(),
        }
    }
}

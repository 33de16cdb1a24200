//! Step 6: the ladder, the trouble and its fixes, the summary.

use std::time::Duration;

use crate::check::watch::Watch;
use crate::check::{Check, Code, Fix, Verdict};
use crate::text::{shorten_middle, width};
use crate::view::ladder;
use crate::view::page::Page;
use crate::wizard::Wizard;
use crate::wizard::conclusion::open_words;
use crate::wizard::identity::IdentityForm;
use crate::wizard::ladder::{
    ADDRESS_FOR_THE_FORM, NOT_IN_THE_WAY, awaited, is_no_obstacle, way_around,
};
use crate::wizard::steps::connection_test::adding_may_cure;

/// How long one frame of the spinner stays.
const FRAME: Duration = Duration::from_millis(120);

pub(super) fn fill(wizard: &Wizard, page: &mut Page<'_>) {
    let test = &wizard.connection_test;
    let url = shorten_middle(wizard.ssh_url.field.text().trim(), page.width);
    page.dim(&url);
    page.gap();
    let ready = test.verdict() == Some(Verdict::Ready);
    ladder::fill(test, spinner(wizard, page), page);
    page.gap();
    if let Some(watch) = &test.watch {
        watching(watch, test.running, wizard.now, page);
        page.gap();
    }
    if test.running && test.watch.is_none() {
        return;
    }
    if let Some(words) = way_around(test) {
        page.text(words);
        page.gap();
    }
    own_identity(wizard, page);
    if ready {
        summary(wizard, page);
        page.gap();
    }
    for (index, check) in test.troubles().into_iter().enumerate() {
        page.gap();
        trouble(wizard, check, index == 0, page);
    }
    for check in test.remarks() {
        page.gap();
        if let Some(detail) = &check.detail {
            page.text(detail);
        }
        fixes(wizard, check, page);
    }
}

fn spinner(wizard: &Wizard, page: &Page<'_>) -> &'static str {
    let frames = page.theme.glyphs.spinner;
    let passed = wizard.now.saturating_sub(wizard.connection_test.began);
    let index = passed.as_millis() / FRAME.as_millis();
    frames[usize::try_from(index).unwrap_or(0) % frames.len()]
}

fn watching(watch: &Watch, running: bool, now: Duration, page: &mut Page<'_>) {
    let awaited = awaited(watch.goal);
    let words = match watch.next {
        Some(next) if !running => {
            // Rounded up, so that the count ends at 1 and not at 0.
            let left = next.saturating_sub(now).as_millis().div_ceil(1000);
            format!("Watching: next test in {left} s. {awaited}")
        }
        _ => "Watching: testing now.".to_owned(),
    };
    page.styled(&words, page.theme.accent());
}

/// What is wrong and what can be done: of the most pressing trouble all there is to say, of the others what fits.
fn trouble(wizard: &Wizard, check: &Check, is_first: bool, page: &mut Page<'_>) {
    let Some(code) = check.code else {
        return;
    };
    // Where there is little room, what can be done comes before why.
    let fixes_first = page.is_low || !is_first;
    page.cause_title(code);
    if fixes_first {
        fixes(wizard, check, page);
    }
    page.cause_words(code, check.detail.as_deref());
    if code == Code::KeyQueryNotRecognised
        && let Some(key) = wizard.key()
    {
        page.value("Expected", &key.fingerprint());
    }
    if wizard.connection_test.verdict() == Some(Verdict::Ready) && is_no_obstacle(code) {
        page.dim(NOT_IN_THE_WAY);
    }
    if !fixes_first {
        fixes(wizard, check, page);
    }
}

/// What can be done about a check, each with its key.
fn fixes(wizard: &Wizard, check: &Check, page: &mut Page<'_>) {
    let offered: Vec<&Fix> = wizard.connection_test.fixes_of(check).collect();
    if let (true, Some(offer)) = (adding_may_cure(check), wizard.add_key_words()) {
        page.key("  ", 'd', offer);
    }
    for fix in offered {
        page.key("  ", fix.id.key(), &fix.title);
    }
}

/// What one's own identity found: nothing that the ladder is about.
fn own_identity(wizard: &Wizard, page: &mut Page<'_>) {
    let Some(found) = wizard.found_with_own_identity() else {
        return;
    };
    page.heading(IdentityForm::FOUND);
    page.text(&found.summary);
    if let Some(detail) = &found.detail {
        page.dim(detail);
    }
    page.gap();
}

fn summary(wizard: &Wizard, page: &mut Page<'_>) {
    let theme = page.theme;
    let conclusion = wizard.connection_test.conclusion();
    page.styled(conclusion.proven, theme.good().patch(theme.strong()));
    if let Some(open) = conclusion.open {
        page.text(&open_words(open));
    }
    for words in wizard.saved_words() {
        page.dim(&words);
    }
    if wizard.ssh_url.suggestion().is_none() {
        let url = wizard.ssh_url.field.text().trim();
        let words = format!("{ADDRESS_FOR_THE_FORM} {url}");
        if width(&words) <= page.width {
            page.dim(&words);
        } else {
            page.dim(ADDRESS_FOR_THE_FORM);
            page.whole(url, theme.dim());
        }
    }
}

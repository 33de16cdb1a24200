//! Step 6: the ladder, the trouble and its fixes, the summary.

use std::time::Duration;

use crate::check::watch::Watch;
use crate::check::{Check, Code, Fix, FixId, Status};
use crate::guide::connection_test::{adding_may_cure, is_without_answer};
use crate::guide::identity::IdentityForm;
use crate::guide::ladder::{
    ADDRESS_FOR_THE_FORM, Mark, NOT_IN_THE_WAY, awaited, is_no_obstacle, way_around,
};
use crate::guide::token::TokenForm;
use crate::guide::{Ending, ShownTest};
use crate::text::{capitalised, shorten_middle, width};
use crate::view::ladder;
use crate::view::page::Page;

/// How long one frame of the spinner stays.
const FRAME: Duration = Duration::from_millis(120);

pub(in crate::view) fn fill(shown: &ShownTest<'_>, page: &mut Page<'_>) {
    page.dim(&shorten_middle(shown.url, page.width));
    page.gap();
    ladder::fill(shown.test, spinner(shown, page), page);
    page.gap();
    outcome(shown, page);
}

/// What stands below the ladder: the watch, what it comes to, what is wrong and what can be done.
pub(in crate::view) fn outcome(shown: &ShownTest<'_>, page: &mut Page<'_>) {
    let test = shown.test;
    watch(shown, page);
    if test.running && test.watch.is_none() {
        return;
    }
    if let Some(words) = way_around(test) {
        page.text(words);
        page.gap();
    }
    own_identity(shown.own_identity, page);
    summary(shown, page);
    page.gap();
    for (index, check) in test.troubles().into_iter().enumerate() {
        page.gap();
        trouble(shown, check, index == 0, page);
    }
    for check in test.remarks() {
        page.gap();
        if let Some(detail) = &check.detail {
            page.text(detail);
        }
        fixes(shown, check, page);
    }
}

/// What a watch is doing, if there is one.
pub(in crate::view) fn watch(shown: &ShownTest<'_>, page: &mut Page<'_>) {
    if let Some(watch) = &shown.test.watch {
        watching(watch, shown.test.running, shown.now, page);
        page.gap();
    }
}

pub(in crate::view) fn spinner(shown: &ShownTest<'_>, page: &Page<'_>) -> &'static str {
    let frames = page.theme.glyphs.spinner;
    let passed = shown.now.saturating_sub(shown.test.began);
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

/// What is wrong and what can be done.
fn trouble(shown: &ShownTest<'_>, check: &Check, is_first: bool, page: &mut Page<'_>) {
    let Some(code) = check.code else {
        return;
    };
    // Where there is little room, what can be done comes before why, for the most pressing trouble.
    let fixes_first = page.is_lean() && is_first;
    page.cause_title(code, Mark::of_cause(check.standing, check.status));
    if fixes_first {
        fixes(shown, check, page);
    }
    page.cause_words(code, check.detail.as_deref());
    if code == Code::KeyQueryNotRecognised
        && let Some(key) = shown.key
    {
        page.values(&[("Expected", &key.fingerprint())]);
    }
    if shown.is_good() && is_no_obstacle(code) {
        page.dim(NOT_IN_THE_WAY);
    }
    if !fixes_first {
        fixes(shown, check, page);
    }
}

/// What can be done about a check and was not offered above, each with its key.
fn fixes(shown: &ShownTest<'_>, check: &Check, page: &mut Page<'_>) {
    if let (true, Some(offer)) = (adding_may_cure(check), shown.do_it_words)
        && !page.offers('d')
    {
        page.key('d', offer);
    }
    for fix in shown.test.fixes_to_offer() {
        let is_of_check = check.fixes.iter().any(|own| own.id == fix.id);
        if is_of_check && !page.offers(fix.id.key()) {
            draw_fix(fix, TokenForm::fix_words(fix, shown.has_token), page);
        }
    }
    if shown.has_token && is_without_answer(check) && !page.offers(TokenForm::FORGET_KEY) {
        page.key(TokenForm::FORGET_KEY, TokenForm::FORGET);
    }
}

/// A fix with its key. What it would use stands in the words where these fit on one line, and else below them.
fn draw_fix(fix: &Fix, title: &str, page: &mut Page<'_>) {
    let below = fix
        .value
        .as_deref()
        .filter(|value| width(title) > page.room_for_key() && title.contains(value));
    let Some(value) = below else {
        page.key(fix.id.key(), title);
        return;
    };
    let stands_for = match fix.id {
        FixId::TrustHostKey => "this host key",
        _ => "this address",
    };
    let words = title.replace(value, stands_for);
    page.key(fix.id.key(), &format!("{words}:"));
    page.shortened_below_key(value, page.theme.text());
}

/// What one's own identity found: nothing that the ladder is about.
fn own_identity(found: Option<&Check>, page: &mut Page<'_>) {
    let Some(found) = found else {
        return;
    };
    page.heading(IdentityForm::FOUND);
    let theme = page.theme;
    let mark = match found.status {
        Status::Pass => Mark::Good,
        Status::Warn => Mark::Warn,
        Status::Fail | Status::Skip => Mark::Untold,
    };
    let (sign, style) = theme.mark(mark);
    page.marked(sign, style, &capitalised(&found.summary));
    if let Some(detail) = &found.detail {
        page.dim(detail);
    }
    page.gap();
}

fn summary(shown: &ShownTest<'_>, page: &mut Page<'_>) {
    let theme = page.theme;
    let good = theme.good().patch(theme.strong());
    match &shown.ending {
        Ending::LetIn {
            proven,
            open,
            names_url,
        } if shown.is_good() => {
            page.styled(proven, good);
            if let Some(open) = open {
                page.text(open);
            }
            for words in &shown.remarks {
                page.dim(words);
            }
            if *names_url {
                let words = format!("{ADDRESS_FOR_THE_FORM} {}", shown.url);
                if width(&words) <= page.width {
                    page.dim(&words);
                } else {
                    page.dim(ADDRESS_FOR_THE_FORM);
                    page.shortened(shown.url, theme.dim());
                }
            }
        }
        Ending::LetIn { .. } => {}
        Ending::Gone(sentences) => {
            let first = if shown.is_good() {
                good
            } else {
                theme.strong()
            };
            for (index, sentence) in sentences.iter().enumerate() {
                page.styled(sentence, if index == 0 { first } else { theme.text() });
            }
        }
    }
}

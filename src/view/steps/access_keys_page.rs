//! Step 4.

use crate::bitbucket::guide::{MISSING_SETTINGS, access_key_clicks, missing_settings_hints};
use crate::bitbucket::{Edition, RepositoryPlace};
use crate::guide::keys::QR_CODE_KEY;
use crate::setup::Wizard;
use crate::setup::steps::access_keys_page::AccessKeysPage;
use crate::text::{shorten_middle, width};
use crate::view::page::Page;

pub(super) fn fill(wizard: &Wizard, page: &mut Page<'_>) {
    let step = &wizard.journey.access_keys_page;
    page.dim(AccessKeysPage::INTRODUCTION);
    page.gap();
    let placeholder = match wizard.edition() {
        Edition::Cloud => "https://bitbucket.org/workspace/repository",
        Edition::DataCenter => "https://git.example.com/projects/KEY/repos/repository",
    };
    page.field(&step.field, step.typing, placeholder);
    page.gap();
    match &step.reading {
        Ok(reading) => found(wizard, &reading.place, page),
        Err(_) if step.field.is_empty() => {}
        Err(refusal) => {
            page.cause(refusal.code, refusal.detail.as_deref());
            page.may_be_meant(refusal);
        }
    }
    if step.hints {
        page.gap();
        let begin = page.lines.len();
        page.heading(MISSING_SETTINGS);
        for hint in missing_settings_hints(wizard.edition()) {
            page.hanging("· ", page.theme.dim(), hint, page.theme.text());
        }
        page.bring_into_sight(begin);
    }
}

fn found(wizard: &Wizard, place: &RepositoryPlace, page: &mut Page<'_>) {
    let theme = page.theme;
    let found = |name: &str| AccessKeysPage::found_words(name, place.edition);
    let room = page.room_for_marked().saturating_sub(width(&found("")));
    let name = shorten_middle(&place.name(), room);
    page.marked(theme.glyphs.good, theme.good(), &found(&name));
    page.gap();
    let Some(link) = wizard.access_keys_link() else {
        return;
    };
    page.text(AccessKeysPage::where_to_add(place, wizard.demo.is_some()));
    page.shortened_link(&link, theme.accent());
    if wizard.demo.is_none() && wizard.has_no_browser() {
        page.key(QR_CODE_KEY, AccessKeysPage::AS_QR_CODE);
    }
    page.gap();
    page.clicks(access_key_clicks(place.edition));
}

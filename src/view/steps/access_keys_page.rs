//! Step 4.

use crate::bitbucket::guide::{access_key_clicks, missing_settings_hints};
use crate::bitbucket::{Edition, RepositoryPlace};
use crate::view::page::Page;
use crate::wizard::Wizard;

pub(super) fn fill(wizard: &Wizard, page: &mut Page<'_>) {
    let step = &wizard.access_keys_page;
    page.dim("Paste the address of the repository: any page of it, or its clone URL.");
    page.gap();
    let placeholder = match wizard.edition() {
        Edition::Cloud => "https://bitbucket.org/workspace/repository",
        Edition::DataCenter => "https://git.example.com/projects/KEY/repos/repository",
    };
    page.field(&step.field, step.typing, placeholder);
    match &step.reading {
        Ok(reading) => found(wizard, &reading.place, page),
        Err(_) if step.field.is_empty() => {}
        Err(refusal) => {
            page.gap();
            page.cause(refusal.code, refusal.detail.as_deref());
        }
    }
    if step.hints {
        page.gap();
        page.heading("If \"Repository settings\" is missing");
        for hint in missing_settings_hints(wizard.edition()) {
            page.hanging("· ", page.theme.dim(), hint, page.theme.text());
        }
    }
}

fn found(wizard: &Wizard, place: &RepositoryPlace, page: &mut Page<'_>) {
    let theme = page.theme;
    let known = format!(
        "{}/{} on {}",
        place.project,
        place.repository,
        place.edition.title()
    );
    page.marked(theme.glyphs.good, theme.good(), &known);
    page.gap();
    let Some(link) = wizard.access_keys_link() else {
        return;
    };
    page.text(match (&wizard.demo, place.base_guessed) {
        (Some(_), _) => "Add the key on its Access keys page, here simulated on this machine:",
        (None, true) => {
            "Add the key on its Access keys page. The address is a guess from the SSH URL:"
        }
        (None, false) => "Add the key on its Access keys page:",
    });
    page.whole(&link, theme.accent());
    page.gap();
    for (index, click) in access_key_clicks(place.edition).iter().enumerate() {
        page.hanging(
            &format!("{}. ", index + 1),
            theme.dim(),
            click,
            theme.text(),
        );
    }
}

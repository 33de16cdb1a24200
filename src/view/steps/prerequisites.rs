//! Step 1.

use crate::guide::event::Surroundings;
use crate::setup::Wizard;
use crate::setup::steps::prerequisites::Prerequisites;
use crate::view::page::Page;

pub(super) fn fill(wizard: &Wizard, page: &mut Page<'_>) {
    page.dim(Prerequisites::INTRODUCTION);
    page.questions(
        &Prerequisites::questions(),
        &wizard.journey.prerequisites.picks,
    );
    for advice in wizard.journey.prerequisites.advice() {
        page.gap();
        page.marked(page.theme.glyphs.warn, page.theme.warn(), advice);
    }
    if let Some(surroundings) = &wizard.surroundings {
        page.gap();
        machine(surroundings, page);
    }
}

/// What this machine offers, looked up meanwhile.
fn machine(surroundings: &Surroundings, page: &mut Page<'_>) {
    let clipboard = if surroundings.clipboard {
        "this machine's"
    } else {
        "through your terminal"
    };
    page.text("Found on this machine:");
    page.values(&[
        ("Network", surroundings.network_words()),
        ("Clipboard", clipboard),
        ("Browser", surroundings.browser_words()),
    ]);
}

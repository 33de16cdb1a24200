//! Step 1.

use crate::view::page::Page;
use crate::wizard::Wizard;
use crate::wizard::event::Surroundings;
use crate::wizard::steps::prerequisites::Prerequisites;

pub(super) fn fill(wizard: &Wizard, page: &mut Page<'_>) {
    page.dim("Three questions, to show only what concerns you.");
    page.questions(&Prerequisites::questions(), &wizard.prerequisites.picks);
    for advice in wizard.prerequisites.advice() {
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
    let network = match surroundings.network {
        Some(true) => "connected",
        Some(false) => "no route to the internet",
        None => "unknown",
    };
    let clipboard = if surroundings.clipboard {
        "this machine's"
    } else {
        "through your terminal"
    };
    let browser = match &surroundings.browser {
        None => "opens from here",
        Some(_) => "not from here: you get a link",
    };
    page.dim("Found on this machine");
    page.value("  network", network);
    page.value("  clipboard", clipboard);
    page.value("  browser", browser);
}

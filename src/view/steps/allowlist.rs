//! Step 2.

use crate::bitbucket::guide::where_to_let_in;
use crate::coalesce;
use crate::setup::Wizard;
use crate::setup::steps::allowlist::Allowlist;
use crate::view::page::Page;

pub(super) fn fill(wizard: &Wizard, page: &mut Page<'_>) {
    let step = &wizard.journey.allowlist;
    page.dim(Allowlist::introduction(wizard.edition()));
    page.questions(&step.questions(wizard.edition()), &step.picks);
    if !step.is_used() {
        return;
    }
    page.gap();
    let addresses = step.region().egress_addresses();
    if addresses.is_empty() {
        let glyph = page.theme.glyphs.warn;
        page.marked(glyph, page.theme.warn(), Allowlist::NOT_PUBLISHED);
        page.whole_link(coalesce::addresses_page(), page.theme.accent());
    } else {
        page.text(Allowlist::LET_IN);
        page.gap();
        page.styled(&format!("  {addresses}"), page.theme.strong());
    }
    page.gap();
    page.text(where_to_let_in(wizard.edition()));
    if let Some(guide) = wizard.page_link() {
        page.shortened_link(&guide, page.theme.accent());
    }
    page.dim(Allowlist::NOT_TESTED);
    page.dim(&step.source_words());
    page.whole_link(&step.region().source, page.theme.dim());
}

//! Step 2.

use crate::bitbucket::Edition;
use crate::coalesce;
use crate::view::page::Page;
use crate::wizard::Wizard;

pub(super) fn fill(wizard: &Wizard, page: &mut Page<'_>) {
    let step = &wizard.allowlist;
    page.dim(match wizard.edition() {
        Edition::Cloud => {
            "An allowlist is a Premium feature of Bitbucket Cloud; most workspaces have none."
        }
        Edition::DataCenter => {
            "Coalesce Quality connects from the internet, so it must reach this server."
        }
    });
    page.questions(&step.questions(wizard.edition()), &step.picks);
    if !step.is_used() {
        return;
    }
    page.gap();
    let addresses = step.region().egress_addresses();
    if addresses.is_empty() {
        let words = "The address of this region is not published. Look it up here:";
        page.marked(page.theme.glyphs.warn, page.theme.warn(), words);
        page.whole(coalesce::addresses_page(), page.theme.accent());
    } else {
        page.text("Let this address in; Coalesce Quality connects from it:");
        page.gap();
        page.styled(&format!("  {addresses}"), page.theme.strong());
    }
    page.gap();
    page.text(match wizard.edition() {
        Edition::Cloud => "In Bitbucket: Workspace settings, then Access controls. It needs a workspace administrator.",
        Edition::DataCenter => "Ask whoever runs the firewall to let it reach Bitbucket's SSH port.",
    });
    page.dim("No test from this machine can show that the allowlist lets Coalesce Quality in.");
    page.dim(&format!("Source, as of {}:", step.region().date));
    page.whole(&step.region().source, page.theme.dim());
}

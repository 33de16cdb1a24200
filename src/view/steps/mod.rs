//! One file per step: fills the page with it.

mod access_keys_page;
mod allowlist;
pub(super) mod connection_test;
mod prerequisites;
mod public_key;
mod ssh_url;

use super::page::Page;
use crate::setup::{StepId, Wizard};

/// Fills the page with the step on the screen.
pub(super) fn fill(wizard: &Wizard, page: &mut Page<'_>) {
    if page.has_heading {
        page.heading(wizard.journey.step.title());
    }
    match wizard.journey.step {
        StepId::Prerequisites => prerequisites::fill(wizard, page),
        StepId::Allowlist => allowlist::fill(wizard, page),
        StepId::PublicKey => public_key::fill(wizard, page),
        StepId::AccessKeysPage => access_keys_page::fill(wizard, page),
        StepId::SshUrl => ssh_url::fill(wizard, page),
        StepId::ConnectionTest => {
            if let Some(shown) = wizard.shown_test() {
                connection_test::fill(&shown, page);
            }
        }
    }
}

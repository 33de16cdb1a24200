//! The keys of each step of a setup.

use super::{StepId, Wizard};
use crate::guide::Binding;
use crate::guide::keys::with_common;

/// Every key that does something now, the most wanted first.
pub fn bindings(wizard: &Wizard) -> Vec<Binding> {
    let may_go_to = |number: usize| {
        let step = StepId::ALL.get(number.saturating_sub(1));
        step.is_some_and(|step| wizard.may_go_to(*step))
    };
    with_common(wizard, wizard.step_bindings(), may_go_to)
}

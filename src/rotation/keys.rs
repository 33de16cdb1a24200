//! The keys of each step: read by `update` to act, and by the footer and the help to tell.

use crossterm::event::KeyCode;

use super::{KeyRotation, StepId};
use crate::bitbucket::Edition;
use crate::check::{Absence, FixId};
use crate::guide::Overlay;
use crate::guide::connection_test::ConnectionTest;
use crate::guide::effect::CopyId;
use crate::guide::keys::other_answer;
use crate::guide::token::TokenForm;
use crate::guide::{Action, Binding};

/// The keys of the step on the screen.
pub(super) fn of_step(rotation: &KeyRotation) -> Vec<Binding> {
    let mut bindings = match rotation.journey.step {
        StepId::NewKey if rotation.progress().is_none() => {
            return rotation.public_key.bindings();
        }
        StepId::NewKey => vec![next("next"), copy_key()],
        StepId::AddNew => {
            let mut bindings = vec![next("I added it")];
            bindings.extend(do_it(rotation));
            bindings.push(copy_key());
            bindings.extend(page());
            bindings.extend(token(rotation, rotation.new_test()));
            bindings
        }
        StepId::Switch => of_switch(rotation),
        StepId::RemoveOld if rotation.may_remove() => {
            let mut bindings = vec![next("I removed it")];
            bindings.extend(do_it(rotation));
            bindings.extend(page());
            bindings
        }
        StepId::TestNew | StepId::RemoveOld => of_test_of_new(rotation),
        StepId::TestOld => of_test_of_old(rotation),
    };
    if rotation.progress().is_some() {
        bindings.push(
            Binding::letter('u', Action::Show(Overlay::GiveUpQuestion), "give up").only_in_help(),
        );
    }
    bindings
}

fn next(label: &'static str) -> Binding {
    Binding::new(KeyCode::Enter, Action::Continue, label)
}

fn copy_key() -> Binding {
    Binding::letter('c', Action::Copy(CopyId::Key), FixId::CopyKey.label())
}

/// The keys that lead to the Access keys page.
fn page() -> [Binding; 2] {
    [
        Binding::letter('o', Action::OpenPage, FixId::OpenAccessKeys.label()),
        Binding::letter('l', Action::Copy(CopyId::PageLink), "copy link").only_in_help(),
    ]
}

/// The key that does there what has to be done, if something can be.
fn do_it(rotation: &KeyRotation) -> Option<Binding> {
    let does_it = Binding::letter('d', Action::AddKeyForMe, "do it for me");
    rotation.do_it_words().map(|_| does_it)
}

fn of_test_of_new(rotation: &KeyRotation) -> Vec<Binding> {
    let test = rotation.new_test();
    let bindings = test.bindings(
        rotation.is_demo(),
        rotation.has_token(),
        rotation.left_port(),
    );
    let is_finish = |binding: &Binding| binding.action == Action::Finish;
    let (finish, mut others): (Vec<_>, Vec<_>) = bindings.into_iter().partition(is_finish);
    let is_setups_own = |action| {
        matches!(
            action,
            Action::Show(Overlay::Report) | Action::Fix(FixId::UseIdentity)
        )
    };
    others.retain(|binding| !is_setups_own(binding.action));
    // What is proven but not saved yet does not count.
    if !finish.is_empty() && rotation.reached() > rotation.journey.step {
        others.insert(0, next("next"));
    }
    others
}

fn of_switch(rotation: &KeyRotation) -> Vec<Binding> {
    let mut bindings = vec![next("answer")];
    if rotation.has_token() {
        bindings.extend(watch_and_retry(rotation.new_test()));
    }
    bindings.extend(other_answer());
    bindings.push(copy_key().only_in_help());
    if rotation.journey.connection.place.edition == Edition::Cloud {
        bindings.extend(token(rotation, rotation.new_test()));
    }
    bindings
}

fn of_test_of_old(rotation: &KeyRotation) -> Vec<Binding> {
    let test = rotation.old_test();
    if rotation.journey.is_finished {
        return vec![Binding::new(KeyCode::Enter, Action::Finish, "finish")];
    }
    if (test.running || rotation.new_test().running) && test.watch.is_none() {
        return vec![Binding::new(KeyCode::Esc, Action::Cancel, "stop the test")];
    }
    let mut bindings = watch_and_retry(test);
    bindings.extend(page());
    bindings.extend(do_it(rotation));
    let others = rotation.fixes_besides(&[
        FixId::Watch,
        FixId::Retry,
        FixId::GiveToken,
        FixId::OpenAccessKeys,
    ]);
    bindings.extend(
        others
            .into_iter()
            .map(|fix| Binding::letter(fix.key(), Action::Fix(fix), fix.label())),
    );
    let is_still_known = rotation.old_absence() == Some(Absence::StillKnown);
    if is_still_known || rotation.has_token() {
        bindings.extend(token(rotation, test));
    }
    if is_still_known {
        bindings.push(Binding::letter(
            'e',
            Action::Show(Overlay::ElsewhereQuestion),
            "it is elsewhere",
        ));
    }
    bindings
}

/// Watching and testing again, as far as each can be done now.
fn watch_and_retry(test: &ConnectionTest) -> Vec<Binding> {
    if test.watch.is_some() {
        return vec![
            Binding::letter('w', Action::Watch, "stop watching"),
            Binding::new(KeyCode::Esc, Action::Watch, "stop watching").only_in_help(),
        ];
    }
    if test.running {
        return vec![Binding::new(KeyCode::Esc, Action::Cancel, "stop the test")];
    }
    vec![
        Binding::letter('w', Action::Watch, FixId::Watch.label()),
        Binding::letter('r', Action::Retry, FixId::Retry.label()),
    ]
}

/// The keys that give a token or take it back; `test` is the one that was made with it.
fn token(rotation: &KeyRotation, test: &ConnectionTest) -> Vec<Binding> {
    let has_token = rotation.has_token();
    TokenForm::keys(has_token, test.token_fails(has_token))
}

impl KeyRotation {
    /// The fixes of the old key's test that have no key of their own here.
    fn fixes_besides(&self, known: &[FixId]) -> Vec<FixId> {
        let fixes = self.old_test().fixes_to_offer().into_iter();
        let ids = fixes.map(|fix| fix.id);
        ids.filter(|id| !known.contains(id)).collect()
    }
}

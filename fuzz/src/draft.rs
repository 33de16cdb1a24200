//! Any text as the file of an unfinished setup, which a wizard then goes on with.

use doorkey::guide::{Effect, Event, Request};
use doorkey::setup::{Draft, Setup, Wizard};

use crate::guides::{look_at, themes};
use crate::{assert_harmless, text};

pub fn run(data: &[u8]) {
    let draft = match Draft::from_file(&text(data)) {
        Ok(draft) => draft,
        Err(problem) => return assert_harmless(&problem.to_string()),
    };
    assert_eq!(Draft::from_file(&draft.to_file()).as_ref(), Ok(&draft));
    let mut wizard = Wizard::new(Setup {
        keeps: true,
        ..Setup::default()
    });
    wizard.resume(&draft);
    let mut effects = wizard.first_effects();
    effects.extend(wizard.update(std::time::Duration::from_secs(1), Event::Tick));
    for theme in themes() {
        look_at(&wizard, (80, 24), &theme);
    }
    // What is kept of it now can be read as well.
    for effect in effects {
        if let Effect::Ask(_, Request::KeepUnfinished(Some(kept))) = effect {
            assert_eq!(
                Draft::from_file(&kept).map(|draft| draft.to_file()),
                Ok(kept)
            );
        }
    }
}

//! What lies over a step, as text. The question before quitting is asked by the prompt.

use crate::wizard::{Overlay, Wizard};

pub(super) fn text(overlay: Overlay, wizard: &Wizard) -> Vec<String> {
    match overlay {
        Overlay::Help => super::help(wizard),
        Overlay::QuitQuestion => Vec::new(),
        Overlay::HandOff => {
            let title = format!("{}.", Overlay::HAND_OFF_TITLE);
            let advice = Overlay::HAND_OFF_ADVICE.to_owned();
            let markdown = wizard.hand_off().markdown();
            let markdown = markdown.lines().map(str::to_owned);
            [title, advice, String::new()]
                .into_iter()
                .chain(markdown)
                .collect()
        }
    }
}

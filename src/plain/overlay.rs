//! What lies over a step, as text. The question before quitting is asked by the prompt.

use crate::wizard::{Overlay, Wizard};

/// How a token is given where typing can't be hidden.
pub(super) const TOKEN_ADVICE: &str = "To ask Bitbucket with a token, put it in the environment variable DOORKEY_BITBUCKET_TOKEN before you start doorkey.";

pub(super) fn text(overlay: Overlay, wizard: &Wizard) -> Vec<String> {
    match overlay {
        Overlay::Help => super::help(wizard),
        Overlay::QuitQuestion | Overlay::GrantQuestion => Vec::new(),
        // What is typed on a line can be read by everybody who sees the screen.
        Overlay::Token => vec![TOKEN_ADVICE.to_owned()],
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

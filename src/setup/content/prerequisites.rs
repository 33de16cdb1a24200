//! What step 1 says.

use crate::guide::event::{BrowserHere, Surroundings};
use crate::guide::parts::{Content, Part};
use crate::setup::steps::prerequisites::Prerequisites;

impl Prerequisites {
    pub(super) fn content(&self, surroundings: Option<&Surroundings>) -> Content<'_> {
        let mut body = vec![Part::Questions(Self::questions(), &self.picks)];
        let advice = self.advice().into_iter();
        body.extend(advice.flat_map(|advice| [Part::Gap, Part::warn(advice)]));
        body.extend(surroundings.into_iter().flat_map(machine));
        Content::of_step(
            vec![Part::dim(
                "Three questions, to show only what concerns you.",
            )],
            body,
            Content::ASK,
        )
    }
}

/// What this machine offers. Lines have no clipboard but a display's, for the terminal's takes escape sequences; and a QR code
/// is the link itself.
fn machine<'a>(found: &Surroundings) -> [Part<'a>; 2] {
    let network = found.network_words();
    let (seen_clipboard, heard_clipboard) = if found.clipboard {
        ("this machine's", "this machine's")
    } else {
        (
            "through your terminal",
            "none, so texts to copy are printed",
        )
    };
    let heard_browser = match found.browser {
        BrowserHere::Likely => "opens from here",
        BrowserHere::Perhaps => "unsure, in a container, so you get links, too",
        BrowserHere::No => "not from here, so you get links",
    };
    [
        Part::Seen(vec![
            Part::Gap,
            Part::text("Found on this machine:"),
            Part::Values(vec![
                ("Network", network.to_owned()),
                ("Clipboard", seen_clipboard.to_owned()),
                ("Browser", found.browser_words().to_owned()),
            ]),
        ]),
        Part::Heard(vec![Part::Text(format!(
            "Found on this machine: network {network}; clipboard {heard_clipboard}; browser {heard_browser}."
        ))]),
    ]
}

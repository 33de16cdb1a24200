//! Step 1: which Bitbucket, is the person its administrator, is there a key yet?

use crossterm::event::KeyCode;

use crate::bitbucket::Edition;
use crate::guide::Overlay;
use crate::guide::keys::{Action, Binding, other_answer};
use crate::guide::questions::{Picks, Question};

/// What the person said at the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prerequisites {
    /// The answers to [`Prerequisites::questions`].
    pub picks: Picks,
}

const EDITION: usize = 0;
const ADMINISTRATOR: usize = 1;
const KEY: usize = 2;

impl Prerequisites {
    /// The questions of this step.
    pub fn questions() -> Vec<Question> {
        vec![
            Question::new(
                "Which Bitbucket holds the repository?",
                &[
                    "Bitbucket Cloud, at bitbucket.org",
                    "Bitbucket Data Center, a server of your company",
                ],
            ),
            Question::new(
                "Are you an administrator of the repository?",
                &["Yes", "No, somebody else is", "I don't know"],
            ),
            Question::new(
                "Does Coalesce Quality show you a public key?",
                &["Yes, I have it at hand", "Not yet"],
            ),
        ]
    }

    /// Which Bitbucket was picked.
    pub fn edition(&self) -> Edition {
        match self.picks.answer(EDITION) {
            0 => Edition::Cloud,
            _ => Edition::DataCenter,
        }
    }

    /// Picks the Bitbucket that an address shows it to be.
    pub fn set_edition(&mut self, edition: Edition) {
        let answer = match edition {
            Edition::Cloud => 0,
            Edition::DataCenter => 1,
        };
        self.picks.pick(EDITION, answer);
    }

    /// What the answers mean for what follows, if anything.
    pub fn advice(&self) -> Vec<&'static str> {
        let administrator = match self.picks.answer(ADMINISTRATOR) {
            0 => None,
            1 => Some(
                "Adding a key needs an administrator of the repository. Press h for a text that asks one to do it; \
                 you can look at every step all the same.",
            ),
            _ => Some(
                "You are one if you see \"Repository settings\" in the repository. If you don't, press h for a text \
                 that asks an administrator.",
            ),
        };
        let key = (self.picks.answer(KEY) != 0).then_some(
            "In Coalesce Quality, fill in the integration's form and press Create. The form then shows the key.",
        );
        administrator.into_iter().chain(key).collect()
    }

    /// The keys of this step.
    pub fn bindings() -> Vec<Binding> {
        let mut bindings = vec![Binding::new(KeyCode::Enter, Action::Continue, "next")];
        bindings.extend(other_answer());
        bindings.push(Binding::letter(
            'h',
            Action::Show(Overlay::HandOff),
            "ask an administrator",
        ));
        bindings
    }
}

//! Step 2: does Bitbucket admit only listed addresses, and which one would Coalesce Quality come from?

use crossterm::event::KeyCode;

use crate::bitbucket::Edition;
use crate::bitbucket::pages::access_controls_guide;
use crate::coalesce::Region;
use crate::guide::effect::CopyId;
use crate::guide::keys::{Action, Binding, other_answer};
use crate::guide::questions::{Picks, Question};

/// What the person said about the allowlist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowlist {
    /// The answers to [`Allowlist::questions`].
    pub picks: Picks,
}

const USED: usize = 0;
/// The question for the region.
pub(in crate::setup) const REGION: usize = 1;

impl Allowlist {
    /// The questions of this step: the region matters only where there is an allowlist.
    pub fn questions(&self, edition: Edition) -> Vec<Question> {
        let used = match edition {
            Edition::Cloud => "Does the workspace admit only listed IP addresses?",
            Edition::DataCenter => "Is there a firewall in front of this Bitbucket?",
        };
        let mut questions = vec![Question::new(used, &["No, or not that I know", "Yes"])];
        if self.is_used() {
            let titles: Vec<&str> = Region::all()
                .iter()
                .map(|region| region.title.as_str())
                .collect();
            questions.push(Question::new(
                "Which region is your Coalesce Quality in?",
                &titles,
            ));
        }
        questions
    }

    /// Whether there is an allowlist to think of.
    pub fn is_used(&self) -> bool {
        self.picks.answer(USED) == 1
    }

    /// The region that was picked; the default one until then.
    pub fn region(&self) -> &'static Region {
        Region::all()
            .get(self.picks.answer(REGION))
            .unwrap_or_else(|| Region::usual())
    }

    /// The region, if anybody was asked for it or gave it.
    pub fn known_region(&self) -> Option<&'static Region> {
        (self.is_used() || self.picks.is_picked(REGION)).then(|| self.region())
    }

    /// Says whether there is an allowlist to think of.
    pub fn set_used(&mut self, used: bool) {
        self.picks.pick(USED, usize::from(used));
    }

    /// Picks a region.
    pub fn set_region(&mut self, region: &Region) {
        let index = Region::all().iter().position(|known| known == region);
        self.picks.pick(REGION, index.unwrap_or(0));
    }

    /// The keys of this step.
    pub fn bindings(&self, edition: Edition) -> Vec<Binding> {
        let mut bindings = vec![Binding::new(KeyCode::Enter, Action::Continue, "next")];
        bindings.extend(other_answer());
        if self.is_used() {
            if !self.region().egress.is_empty() {
                bindings.push(Binding::letter(
                    'c',
                    Action::Copy(CopyId::EgressAddress),
                    "copy the address",
                ));
            }
            if access_controls_guide(edition).is_some() {
                bindings.push(Binding::letter('o', Action::OpenPage, "open the guide"));
            }
        }
        bindings
    }
}

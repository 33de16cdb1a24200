//! What step 2 says.

use crate::bitbucket::Edition;
use crate::bitbucket::guide::where_to_let_in;
use crate::bitbucket::pages::access_controls_guide;
use crate::coalesce;
use crate::guide::parts::{Content, Part};
use crate::setup::steps::allowlist::{Allowlist, REGION};

impl Allowlist {
    pub(super) fn content(&self, edition: Edition) -> Content<'_> {
        let mut body = vec![Part::Questions(self.questions(edition), &self.picks)];
        if self.is_used() {
            body.push(Part::Picked(REGION, self.about_region(edition)));
        }
        let about = match edition {
            Edition::Cloud => {
                "An allowlist is a Premium feature of Bitbucket Cloud; most workspaces have none."
            }
            Edition::DataCenter => {
                "Coalesce Quality connects from the internet, so it must reach this server."
            }
        };
        let about = vec![Part::dim(about)];
        Content::of_step(about, body, Content::ASK)
    }

    /// The addresses of the region that was picked, and where to let them in.
    fn about_region<'a>(&self, edition: Edition) -> Vec<Part<'a>> {
        let addresses = self.region().egress_addresses();
        let mut parts = vec![Part::Gap];
        if addresses.is_empty() {
            parts.push(Part::warn(
                "The address of this region is not published. Look it up here:",
            ));
            parts.push(Part::Link(coalesce::addresses_page().to_owned()));
        } else {
            parts.extend([
                Part::text("Let this address in; Coalesce Quality connects from it:"),
                Part::Gap,
                Part::Address(addresses),
            ]);
        }
        parts.extend([Part::Gap, Part::text(where_to_let_in(edition))]);
        // Lines have it on its own answer.
        let guide = access_controls_guide(edition).map(|guide| Part::Link(guide.to_owned()));
        parts.push(Part::Seen(guide.into_iter().collect()));
        parts.extend([
            Part::dim(
                "No test from this machine can show that the allowlist lets Coalesce Quality in.",
            ),
            Part::dim(format!("Source, as of {}:", self.region().date)),
            Part::Source(self.region().source.clone()),
        ]);
        parts
    }
}

//! What step 5 says.

use crate::bitbucket::{Reading, Repair, RepositoryAddress};
use crate::guide::parts::{AskedField, Content, FieldKind, Part};
use crate::setup::steps::ssh_url::SshUrl;

impl SshUrl {
    pub(super) fn content(&self) -> Content<'_> {
        let mut body = vec![
            Part::Field(AskedField {
                kind: FieldKind::SshUrl,
                field: &self.field,
                has_focus: self.typing,
            }),
            Part::Gap,
        ];
        match &self.reading {
            Err(_) if self.field.is_empty() => {}
            Err(refusal) => {
                body.push(Part::Refusal(refusal.code, refusal.detail.clone()));
                let meant = refusal.suggestion.as_ref();
                body.extend(meant.map(|meant| Part::Suggestion(Self::MAY_BE_MEANT, meant.ssh())));
            }
            Ok(Reading {
                address,
                repair: Some(repair),
                ..
            }) => body.extend(repaired(repair, address)),
            Ok(reading) => body.extend(self.usable(&reading.address)),
        }
        let ask = if self.can_be_tested() {
            "Enter to go on, or another SSH URL:"
        } else {
            "SSH URL:"
        };
        Content::of_step(
            vec![Part::dim(
                "This is the address that belongs in Coalesce Quality's form.",
            )],
            body,
            ask,
        )
    }

    fn usable<'a>(&self, address: &RepositoryAddress) -> Vec<Part<'a>> {
        let mut parts = vec![
            Part::good("An SSH URL that Coalesce Quality can use"),
            Part::Values(vec![
                ("Host", address.host().to_owned()),
                ("Port", address.port().to_string()),
                (
                    "Repository",
                    format!("{}/{}", address.project(), address.repository()),
                ),
            ]),
            Part::Gap,
        ];
        if self.guessed {
            parts.extend([Part::warn("Host and port are a guess: the web address does not say them. Compare with the Clone button in Bitbucket."), Part::Gap]);
        }
        parts.push(Part::on_key(self.typing, "Press c to copy it, and make sure the same one stands in the form: it is easy to have typed another there before."));
        parts
    }
}

fn repaired<'a>(repair: &Repair, address: &RepositoryAddress) -> Vec<Part<'a>> {
    let mut parts = vec![Part::Refusal(repair.code, repair.detail.clone())];
    if repair.guessed {
        parts.push(Part::dim(
            "Host or port of the suggestion is a guess: compare it with Bitbucket's Clone button.",
        ));
    }
    parts.push(Part::Suggestion("Use this instead:", address.ssh()));
    parts
}

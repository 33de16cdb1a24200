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
        Content::of_step(vec![Part::dim(Self::INTRODUCTION)], body, ask)
    }

    fn usable<'a>(&self, address: &RepositoryAddress) -> Vec<Part<'a>> {
        let mut parts = vec![
            Part::good(Self::GOOD),
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
            parts.extend([Part::warn(Self::GUESSED), Part::Gap]);
        }
        parts.push(Part::on_key(self.typing, Self::COPY_ADVICE));
        parts
    }
}

fn repaired<'a>(repair: &Repair, address: &RepositoryAddress) -> Vec<Part<'a>> {
    let mut parts = vec![Part::Refusal(repair.code, repair.detail.clone())];
    if repair.guessed {
        parts.push(Part::dim(SshUrl::SUGGESTION_GUESSED));
    }
    parts.push(Part::Suggestion(SshUrl::SUGGESTED, address.ssh()));
    parts
}

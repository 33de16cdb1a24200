//! What step 4 says.

use crate::bitbucket::RepositoryPlace;
use crate::bitbucket::guide::{MISSING_SETTINGS, missing_settings_hints};
use crate::guide::keys::QR_CODE_KEY;
use crate::guide::parts::{AskedField, Content, FieldKind, Part, access_keys_page};
use crate::setup::Wizard;
use crate::setup::steps::ssh_url::SshUrl;

impl Wizard {
    pub(super) fn content_of_access_keys_page(&self) -> Content<'_> {
        let step = &self.journey.access_keys_page;
        let mut body = vec![
            Part::Field(AskedField {
                kind: FieldKind::Repository(self.edition()),
                field: &step.field,
                has_focus: step.typing,
            }),
            Part::Gap,
        ];
        match &step.reading {
            Ok(reading) => body.extend(self.found_place(&reading.place)),
            Err(_) if step.field.is_empty() => {}
            Err(refusal) => {
                body.push(Part::Refusal(refusal.code, refusal.detail.clone()));
                let meant = refusal.suggestion.as_ref();
                body.extend(meant.map(|meant| Part::Suggestion(SshUrl::MAY_BE_MEANT, meant.ssh())));
            }
        }
        if step.hints {
            let hints = missing_settings_hints(self.edition()).collect();
            body.extend([
                Part::Gap,
                Part::Points(MISSING_SETTINGS, hints),
                Part::Heard(vec![Part::offer(
                    'm',
                    "leave out again what to look at if settings are missing",
                )]),
            ]);
        }
        let ask = if step.field.is_empty() {
            "Address, or Enter to go on without:"
        } else if step.reading.is_ok() {
            "Enter to go on, or another address:"
        } else {
            "Another address, or none to go on without:"
        };
        let about = vec![Part::dim(
            "Paste the address of the repository: any page of it, or its clone URL.",
        )];
        Content::of_step(about, body, ask)
    }

    fn found_place<'a>(&self, place: &RepositoryPlace) -> Vec<Part<'a>> {
        let behind = format!(" on {}", place.edition.title());
        let mut parts = vec![Part::Found(place.name(), behind), Part::Gap];
        let Some(link) = self.access_keys_link() else {
            return parts;
        };
        let is_demo = self.demo.is_some();
        let as_code = (!is_demo && self.has_no_browser())
            .then(|| Part::offer(QR_CODE_KEY, "Show it as a QR code, for a phone"));
        parts.extend(access_keys_page(place, link, is_demo, as_code));
        parts
    }
}

//! What every guide says where it takes in a public key.

use super::{AskedField, FieldKind, Part};
use crate::access_key::{AccessKey, Refusal};
use crate::check::Code;
use crate::guide::public_key::PublicKey;

impl PublicKey {
    /// The fields that take a key.
    pub(crate) fn fields(&self) -> Vec<Part<'_>> {
        let mut parts = vec![
            Part::Field(AskedField {
                kind: FieldKind::PublicKey,
                field: &self.field,
                has_focus: self.typing && self.file.is_none(),
            }),
            Part::Gap,
        ];
        parts.extend(self.file.as_ref().map(|field| {
            Part::Field(AskedField {
                kind: FieldKind::PublicKeyFile,
                field,
                has_focus: true,
            })
        }));
        parts
    }

    /// Asks for a key.
    pub(crate) fn ask(&self) -> &'static str {
        if self.file.is_some() {
            "File, or Enter for none:"
        } else if self.reading.is_ok() {
            "Enter to go on, or another key:"
        } else {
            "Public key:"
        }
    }

    /// What was put right in a key.
    pub(crate) fn repaired<'a>(key: &AccessKey) -> impl Iterator<Item = Part<'a>> {
        let repairs = key.repairs().iter();
        repairs.map(|repair| Part::warn(format!("Repaired: {}.", repair.words())))
    }

    /// Why what was given is no key.
    pub(crate) fn refused<'a>(refusal: &Refusal) -> Vec<Part<'a>> {
        let mut parts = vec![Part::Refusal(refusal.code, refusal.detail.clone())];
        if refusal.code == Code::KeyCutOff {
            parts.push(Part::Heard(vec![Part::text(
                "If it goes on in further lines, give them one by one: they are joined.",
            )]));
        }
        parts
    }
}

//! What step 3 says.

use crate::access_key::{AccessKey, Refusal};
use crate::check::Code;
use crate::wizard::parts::{AskedField, Content, FieldKind, Part};
use crate::wizard::steps::public_key::PublicKey;

impl PublicKey {
    pub(super) fn content(&self) -> Content<'_> {
        let mut body = self.fields();
        if self.file.is_some() {
            // Said before, and not gone.
            body.push(Part::Heard(self.found()));
        } else {
            body.extend(self.found());
        }
        Content::of_step(vec![Part::dim(Self::INTRODUCTION)], body, self.ask())
    }

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

    fn found<'a>(&self) -> Vec<Part<'a>> {
        match &self.reading {
            Ok(key) => self.inspected(key),
            Err(refusal) if refusal.code == Code::KeyEmpty => vec![Part::dim(Self::HINT)],
            Err(refusal) => Self::refused(refusal),
        }
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

    fn inspected<'a>(&self, key: &AccessKey) -> Vec<Part<'a>> {
        let mut values = vec![
            ("Type", Self::type_words(key)),
            ("Fingerprint", key.fingerprint()),
        ];
        if !key.comment().is_empty() {
            values.push(("Comment", key.comment().to_owned()));
        }
        let mut parts = vec![Part::good(Self::GOOD), Part::Values(values)];
        let repairs = key.repairs().iter();
        parts.extend(
            repairs.flat_map(|repair| [Part::Gap, Part::warn(Self::repair_words(*repair))]),
        );
        parts.push(Part::Gap);
        parts.push(Part::on_key(self.typing, Self::COPY_ADVICE));
        parts
    }
}

//! What step 3 says.

use crate::access_key::AccessKey;
use crate::check::Code;
use crate::guide::parts::{Content, Part};
use crate::guide::public_key::PublicKey;

pub(super) fn content(step: &PublicKey) -> Content<'_> {
    let mut body = step.fields();
    if step.file.is_some() {
        // Said before, and not gone.
        body.push(Part::Heard(found(step)));
    } else {
        body.extend(found(step));
    }
    let about = vec![Part::dim(PublicKey::INTRODUCTION)];
    Content::of_step(about, body, step.ask())
}

fn found<'a>(step: &PublicKey) -> Vec<Part<'a>> {
    match &step.reading {
        Ok(key) => inspected(key, step.typing),
        Err(refusal) if refusal.code == Code::KeyEmpty => vec![Part::dim(PublicKey::HINT)],
        Err(refusal) => PublicKey::refused(refusal),
    }
}

fn inspected<'a>(key: &AccessKey, is_typing: bool) -> Vec<Part<'a>> {
    let mut values = vec![
        ("Type", PublicKey::type_words(key)),
        ("Fingerprint", key.fingerprint()),
    ];
    if !key.comment().is_empty() {
        values.push(("Comment", key.comment().to_owned()));
    }
    let mut parts = vec![Part::good(PublicKey::GOOD), Part::Values(values)];
    let repairs = key.repairs().iter();
    parts.extend(
        repairs.flat_map(|repair| [Part::Gap, Part::warn(PublicKey::repair_words(*repair))]),
    );
    parts.push(Part::Gap);
    parts.push(Part::on_key(is_typing, PublicKey::COPY_ADVICE));
    parts
}

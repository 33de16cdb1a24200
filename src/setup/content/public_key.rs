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
    let about = vec![Part::dim(
        "Paste the public key that the integration in Coalesce Quality shows.",
    )];
    Content::of_step(about, body, step.ask())
}

fn found<'a>(step: &PublicKey) -> Vec<Part<'a>> {
    match &step.reading {
        Ok(key) => inspected(key, step.typing),
        Err(refusal) if refusal.code == Code::KeyEmpty => vec![Part::dim(
            "It is one long line. Only the public half is ever needed; a private key is refused.",
        )],
        Err(refusal) => PublicKey::refused(refusal),
    }
}

fn inspected<'a>(key: &AccessKey, is_typing: bool) -> Vec<Part<'a>> {
    let mut values = vec![
        ("Type", format!("{}, {} bits", key.algorithm(), key.bits())),
        ("Fingerprint", key.fingerprint()),
    ];
    if !key.comment().is_empty() {
        values.push(("Comment", key.comment().to_owned()));
    }
    let mut parts = vec![
        Part::good("A public key that Bitbucket takes"),
        Part::Values(values),
    ];
    parts.extend(PublicKey::repaired(key).flat_map(|repaired| [Part::Gap, repaired]));
    parts.push(Part::Gap);
    parts.push(Part::on_key(
        is_typing,
        "Press c to copy it as one clean line: Bitbucket refuses keys with line breaks in them.",
    ));
    parts
}

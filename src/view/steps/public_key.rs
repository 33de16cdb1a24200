//! Step 3.

use crate::access_key::AccessKey;
use crate::check::Code;
use crate::guide::public_key::PublicKey;
use crate::setup::Wizard;
use crate::view::page::{Letters, Page};

pub(super) fn fill(wizard: &Wizard, page: &mut Page<'_>) {
    let step = &wizard.public_key;
    page.dim(PublicKey::INTRODUCTION);
    page.gap();
    let placeholder = "ssh-ed25519 AAAA… or ssh-rsa AAAA…";
    page.field(&step.field, step.typing && step.file.is_none(), placeholder);
    page.gap();
    if let Some(file) = &step.file {
        page.text(PublicKey::FILE_QUESTION);
        page.field(file, true, "~/Downloads/coalesce.pub");
        return;
    }
    match &step.reading {
        Ok(key) => inspected(key, page),
        Err(refusal) if refusal.code == Code::KeyEmpty => {
            page.dim(PublicKey::HINT);
        }
        Err(refusal) => page.cause(refusal.code, refusal.detail.as_deref()),
    }
}

fn inspected(key: &AccessKey, page: &mut Page<'_>) {
    let theme = page.theme;
    page.marked(theme.glyphs.good, theme.good(), PublicKey::GOOD);
    let (kind, fingerprint) = (PublicKey::type_words(key), key.fingerprint());
    let mut values = vec![("Type", kind.as_str()), ("Fingerprint", &fingerprint)];
    if !key.comment().is_empty() {
        values.push(("Comment", key.comment()));
    }
    page.values(&values);
    for repair in key.repairs() {
        page.gap();
        page.marked(
            theme.glyphs.warn,
            theme.warn(),
            &PublicKey::repair_words(*repair),
        );
    }
    page.gap();
    // While letters go into the field, c is one.
    if page.letters == Letters::Keys {
        page.text(PublicKey::COPY_ADVICE);
    }
}

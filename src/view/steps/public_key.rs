//! Step 3.

use crate::access_key::AccessKey;
use crate::check::Code;
use crate::view::page::Page;
use crate::wizard::Wizard;

pub(super) fn fill(wizard: &Wizard, page: &mut Page<'_>) {
    let step = &wizard.public_key;
    page.dim("Paste the public key that the integration in Coalesce Quality shows.");
    page.gap();
    let placeholder = "ssh-ed25519 AAAA… or ssh-rsa AAAA…";
    page.field(&step.field, step.typing && step.file.is_none(), placeholder);
    page.gap();
    if let Some(file) = &step.file {
        page.text("Which file holds the public key?");
        page.field(file, true, "~/Downloads/coalesce.pub");
        return;
    }
    match &step.reading {
        Ok(key) => inspected(key, page),
        Err(refusal) if refusal.code == Code::KeyEmpty => {
            page.dim("It is one long line. Only the public half is ever needed; a private key is refused and wiped.");
        }
        Err(refusal) => page.cause(refusal.code, refusal.detail.as_deref()),
    }
}

fn inspected(key: &AccessKey, page: &mut Page<'_>) {
    let theme = page.theme;
    page.marked(
        theme.glyphs.good,
        theme.good(),
        "A public key that Bitbucket takes",
    );
    page.value("Type", &format!("{}, {} bits", key.algorithm(), key.bits()));
    page.value("Fingerprint", &key.fingerprint());
    if !key.comment().is_empty() {
        page.value("Comment", key.comment());
    }
    for repair in key.repairs() {
        page.gap();
        let words = format!("Put right: {}.", repair.words());
        page.marked(theme.glyphs.warn, theme.warn(), &words);
    }
    page.gap();
    page.text(
        "Press c to copy it as one clean line: Bitbucket refuses keys with line breaks in them.",
    );
}

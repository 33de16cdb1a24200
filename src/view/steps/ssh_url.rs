//! Step 5.

use crate::setup::Wizard;
use crate::setup::steps::ssh_url::SshUrl;
use crate::view::page::{Letters, Page};

pub(super) fn fill(wizard: &Wizard, page: &mut Page<'_>) {
    let step = &wizard.journey.ssh_url;
    let theme = page.theme;
    page.dim(SshUrl::INTRODUCTION);
    page.gap();
    page.field(
        &step.field,
        step.typing,
        "git@ssh.bitbucket.org:workspace/repository.git",
    );
    page.gap();
    match &step.reading {
        Err(_) if step.field.is_empty() => {}
        Err(refusal) => {
            page.cause(refusal.code, refusal.detail.as_deref());
            page.may_be_meant(refusal);
        }
        Ok(reading) => {
            let Some(repair) = &reading.repair else {
                page.marked(theme.glyphs.good, theme.good(), SshUrl::GOOD);
                let address = &reading.address;
                page.values(&[
                    ("Host", address.host()),
                    ("Port", &address.port().to_string()),
                    (
                        "Repository",
                        &format!("{}/{}", address.project(), address.repository()),
                    ),
                ]);
                page.gap();
                if step.guessed {
                    page.marked(theme.glyphs.warn, theme.warn(), SshUrl::GUESSED);
                    page.gap();
                }
                if page.letters == Letters::Keys {
                    page.text(SshUrl::COPY_ADVICE);
                }
                return;
            };
            page.cause(repair.code, repair.detail.as_deref());
            if repair.guessed {
                page.dim(SshUrl::SUGGESTION_GUESSED);
            }
            page.gap();
            page.key('u', SshUrl::SUGGESTED);
            page.shortened_below_key(&reading.address.ssh(), theme.strong());
        }
    }
}

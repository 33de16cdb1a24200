//! Step 5.

use crate::view::page::Page;
use crate::wizard::Wizard;

pub(super) fn fill(wizard: &Wizard, page: &mut Page<'_>) {
    let step = &wizard.ssh_url;
    let theme = page.theme;
    page.dim("This is the address that belongs in Coalesce Quality's form.");
    page.gap();
    page.field(
        &step.field,
        step.typing,
        "git@ssh.bitbucket.org:workspace/repository.git",
    );
    page.gap();
    match &step.reading {
        Err(_) if step.field.is_empty() => {}
        Err(refusal) => page.cause(refusal.code, refusal.detail.as_deref()),
        Ok(reading) => {
            let Some(repair) = &reading.repair else {
                page.marked(
                    theme.glyphs.good,
                    theme.good(),
                    "An SSH URL that Coalesce Quality can use",
                );
                page.value("Host", reading.address.host());
                page.value("Port", &reading.address.port().to_string());
                page.value(
                    "Repository",
                    &format!(
                        "{}/{}",
                        reading.address.project(),
                        reading.address.repository()
                    ),
                );
                page.gap();
                if step.guessed {
                    let words = "Host and port are a guess: the web address does not say them. Compare with the Clone button in Bitbucket.";
                    page.marked(theme.glyphs.warn, theme.warn(), words);
                    page.gap();
                }
                page.text("Press c to copy it, and make sure the same one stands in the form: it is easy to have typed another there before.");
                return;
            };
            page.cause(repair.code, repair.detail.as_deref());
            page.gap();
            page.hanging("u ", theme.accent(), "use this instead:", theme.text());
            page.whole(&reading.address.ssh(), theme.strong());
            if repair.guessed {
                page.dim("Host or port is a guess. Compare it with the Clone button in Bitbucket.");
            }
        }
    }
}

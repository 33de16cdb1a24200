//! Pages that took `git@host` for somebody's mail address and hid it.

use super::{Reading, Refusal, SshAliases, read_address};
use crate::bitbucket::assets::BITBUCKET;
use crate::check::Code;

/// What stands in the place of a mail address: Cloudflare's words, also in other spaces, and the stars of mails to GitHub.
const IN_ITS_PLACE: [&str; 7] = [
    "[email protected]",
    "[email\u{a0}protected]",
    "[email&#160;protected]",
    "[email&nbsp;protected]",
    "[emailprotected]",
    "***@***.***",
    "[email hidden]",
];

/// The refusal for a text in which a page hid the user and the host. The path may be there all the same: then the repository of
/// that name on Cloud is asked about.
pub(super) fn refusal(text: &str, aliases: &SshAliases) -> Option<Refusal> {
    let hidden = IN_ITS_PLACE.iter().find(|hidden| text.contains(**hidden))?;
    let refusal = Refusal::new(Code::UrlMailHidden);
    let shown = text.replace(hidden, &format!("git@{}", BITBUCKET.cloud.ssh_host));
    let suggestion = match read_address(&shown, aliases) {
        // A port belongs to a Data Center, whose name is what was hidden.
        Ok(Reading {
            address, repair, ..
        }) => {
            let has_port = repair.is_some_and(|repair| {
                let others = repair.others.iter().map(|other| other.code);
                others
                    .chain([repair.code])
                    .any(|code| code == Code::UrlWrongPort)
            });
            Some(address).filter(|_| !has_port)
        }
        Err(refusal) => refusal.suggestion,
    };
    Some(Refusal {
        suggestion,
        ..refusal
    })
}

//! Judging the address: can it stand as it is in the vendor's form?

use crate::bitbucket::{Reading, Refusal, RepositoryAddress};
use crate::check::{Check, CheckId, FixId, Status};

/// The check of an address, and the address to test if it lets the test go on.
///
/// An address that needs a repair fails with the repaired one as suggestion, because what was given is what stands
/// in the vendor's form.
pub fn judge(reading: &Result<Reading, Refusal>) -> (Check, Option<RepositoryAddress>) {
    match reading {
        Err(refusal) => (refused(refusal), None),
        Ok(reading) => match &reading.repair {
            None => {
                let check = Check::pass(CheckId::Url, reading.address.ssh());
                (check, Some(reading.address.clone()))
            }
            Some(repair) => {
                let suggestion = reading.address.ssh();
                let doubt = if repair.guessed {
                    " (host or port is a guess: compare it with Bitbucket's Clone button)"
                } else {
                    ""
                };
                let mut check = Check::found(repair.code)
                    .with_fix(FixId::UseSuggestedUrl, format!("Use {suggestion}{doubt}"))
                    .with_fix_value(FixId::UseSuggestedUrl, suggestion);
                check.detail.clone_from(&repair.detail);
                let goes_on = check.status != Status::Fail;
                let address = repair.as_given.clone().filter(|_| goes_on);
                (check, address)
            }
        },
    }
}

/// Nothing is tested, but the nearest address that would work is offered.
fn refused(refusal: &Refusal) -> Check {
    let found = Check::found(refusal.code);
    let mut check = match &refusal.suggestion {
        Some(suggestion) => found
            .with_fix(
                FixId::UseSuggestedUrl,
                format!("Use {suggestion}, if that is the one you mean"),
            )
            .with_fix_value(FixId::UseSuggestedUrl, suggestion.ssh()),
        None => found.without_fix(FixId::UseSuggestedUrl),
    };
    check.detail.clone_from(&refusal.detail);
    check
}

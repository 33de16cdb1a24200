//! `doorkey revoke`: takes the key out of the repository.

use clap::Args;

use super::Exit;
use super::answer::Answer;
use super::confirm::{self, Consent};
use super::rest_target::{Reached, Target};
use crate::bitbucket::api::Purpose;
use crate::check::stage::repository::{LastUse, ListedKey, Permission, Whereabouts};
use crate::text::harmless;

/// As much of a label or a time as is shown.
const LONGEST_LABEL: usize = 100;

/// Take the public key out of the repository again
///
/// Shows what it would remove and asks first. Needs a token that may administer the repository, in the environment variable
/// DOORKEY_BITBUCKET_TOKEN. Exit status: 0 removed, 1 the key is not on the repository, 2 address, key or token can't be used,
/// 3 it could not be removed.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    target: Target,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match arguments.target.reach() {
        Ok(reached) => revoke(&reached, arguments.target.yes).print(),
        Err(answer) => answer.print(),
    }
}

fn revoke(reached: &Reached, yes: bool) -> Answer {
    let repository = reached.api.repository_name();
    let listed = match reached.client.on_repository(&reached.key) {
        Ok(listed) => listed,
        Err(none) => return reached.unanswered(Purpose::List, &none),
    };
    let key = match listed.as_slice() {
        [] => return not_here(reached, &repository),
        [key] => key,
        several => {
            let count = several.len();
            let page = reached.place.access_keys_page();
            return Answer::said(
                format!(
                    "The key is on {repository} {count} times, and doorkey does not choose between them.\nRemove them on \
                     {page}\n"
                ),
                Exit::CouldNotTell,
            );
        }
    };
    let lines = described(reached, key);
    let plan = format!(
        "This takes an access key out; Coalesce Quality can't read the repository any more:\n{lines}"
    );
    match confirm::ask(yes, &plan, "Remove it?") {
        Consent::Given => {}
        Consent::Withheld => return Answer::said("Nothing was removed.\n", Exit::NotReady),
        Consent::NobodyThere => return confirm::nobody_to_ask("revoke"),
    }
    match reached.client.remove(key) {
        Ok(()) => Answer::result(format!("Removed from {repository}:\n{lines}")),
        Err(none) => reached.unanswered(Purpose::Remove, &none),
    }
}

fn described(reached: &Reached, key: &ListedKey) -> String {
    let permission = match &key.permission {
        Permission::Read => "read only".to_owned(),
        Permission::ReadWrite => "read and write".to_owned(),
        Permission::Other(name) => harmless(name, LONGEST_LABEL),
    };
    let last_used = match &key.last_use {
        LastUse::At(time) => harmless(time, LONGEST_LABEL),
        LastUse::Never => "never".to_owned(),
        LastUse::NotTold => String::new(),
    };
    reached.lines(&[
        ("label", &harmless(&key.label, LONGEST_LABEL)),
        ("permission", &permission),
        ("last used", &last_used),
    ])
}

/// Says whether the key opens the repository all the same, through its project.
fn not_here(reached: &Reached, repository: &str) -> Answer {
    let project = match reached.client.observe(&reached.key).key {
        Ok(Whereabouts::OnProject { project, .. }) => {
            let project = harmless(&project, LONGEST_LABEL);
            format!(
                " It is on the project {project}, which opens all its repositories; doorkey takes keys out of repositories only."
            )
        }
        _ => String::new(),
    };
    Answer::said(
        format!("The key is not on {repository}.{project}\n"),
        Exit::NotReady,
    )
}

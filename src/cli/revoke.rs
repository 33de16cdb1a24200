//! `doorkey revoke`: takes the key out of the repository.

use std::sync::Arc;

use clap::Args;

use super::Exit;
use super::answer::Answer;
use super::change::{self, Begun, Ending};
use super::confirm::{self, Consent};
use super::rest_target::{Reached, Target};
use crate::bitbucket::api::Purpose;
use crate::check::stage::repository::change::{Sent, removed};
use crate::check::stage::repository::{ListedKey, ProjectList};
use crate::text::harmless;

/// As much of a project's name as is shown.
const LONGEST_LABEL: usize = 100;

const NOTHING_REMOVED: &str = "Nothing was removed.";

/// Take the public key out of the repository again
///
/// Shows what it would remove and asks first; then it reads the list again and says what that shows. Needs a token that may
/// administer the repository, in the environment variable DOORKEY_BITBUCKET_TOKEN. Exit status: 0 Bitbucket lists it no longer,
/// or you answered no; 1 the key is not on the repository; 2 address, key or token can't be used; 3 it could not be
/// removed, or nobody can tell; 130 interrupted.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    target: Target,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let reached = match arguments.target.reach() {
        Ok(reached) => Arc::new(reached),
        Err(answer) => return answer.print(),
    };
    let begun = Begun::default();
    let ending = Ending {
        nothing_done: NOTHING_REMOVED,
        may_have_happened: format!(
            "The key may have been removed from {}. Look at {}",
            reached.api.repository_name(),
            reached.place.access_keys_page()
        ),
        look: {
            let reached = Arc::clone(&reached);
            move || tell(&reached, &Sent::Abandoned, None)
        },
    };
    let work = {
        let (yes, begun) = (arguments.target.yes, begun.clone());
        move || revoke(&reached, yes, &begun)
    };
    change::run(&begun, work, ending)
}

fn revoke(reached: &Reached, yes: bool, begun: &Begun) -> Answer {
    let repository = reached.api.repository_name();
    let listed = match reached.client.on_repository(&reached.key) {
        Ok(listed) => listed,
        Err(none) => return reached.unanswered(&none),
    };
    let page = reached.place.access_keys_page();
    let key = match listed.as_slice() {
        [] => return not_here(reached, &repository),
        [key] => key,
        several => {
            let count = several.len();
            return Answer::said(
                format!(
                    "The key is on {repository} {count} times, and doorkey does not choose between them.\nRemove them on \
                     {page}\n"
                ),
                Exit::CouldNotTell,
            );
        }
    };
    let Some(id) = &key.id else {
        let words = format!(
            "The key is on {repository}, but Bitbucket lists it without an id, by which it could be removed.\nRemove it on \
             {page}\n"
        );
        return Answer::said(words, Exit::CouldNotTell);
    };
    let plan = format!(
        "This takes an access key out; Coalesce Quality can't read the repository any more:\n{}",
        reached.described(key)
    );
    match confirm::ask(yes, &plan, "Remove it?") {
        Consent::Given => {}
        Consent::Withheld => return confirm::withheld(NOTHING_REMOVED),
        Consent::NobodyThere => return confirm::nobody_to_ask("revoke"),
    }
    begun.begin();
    let sent = reached.client.remove(id);
    if matches!(sent, Sent::NotSent(_)) {
        begun.take_back();
    }
    tell(reached, &sent, Some(key))
}

/// What has come of it. The list says so, not what was answered.
fn tell(reached: &Reached, sent: &Sent, before: Option<&ListedKey>) -> Answer {
    let after = reached.client.lists(&reached.key);
    let told = removed(&reached.place, sent, after.as_ref());
    reached.tell(&told, Purpose::Remove, before)
}

/// Says whether the key opens the repository all the same, through its project.
fn not_here(reached: &Reached, repository: &str) -> Answer {
    let project = match reached
        .client
        .lists(&reached.key)
        .map(|lists| lists.project)
    {
        Ok(ProjectList::Read { project, keys }) if !keys.is_empty() => {
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

//! `doorkey grant`: adds the key to the repository.

use std::sync::Arc;

use clap::Args;

use super::Exit;
use super::answer::Answer;
use super::change::{self, Begun, Ending};
use super::confirm::{self, Consent};
use super::rest_target::{Reached, Target};
use crate::bitbucket::api::Purpose;
use crate::check::stage::repository::change::{Sent, added, before_adding};
use crate::coalesce;
use crate::text::is_harmful;

/// The longest label that is sent.
const LONGEST_LABEL: usize = 100;

const NOTHING_ADDED: &str = "Nothing was added.";

/// Add the public key to the repository as an access key that may only read
///
/// Reads Bitbucket's lists, shows what it would do and asks you; then reads the list again and says what it shows. Needs a
/// token that may administer the repository, in the environment variable DOORKEY_BITBUCKET_TOKEN. Adds nothing if the key is
/// already on the repository or its project. Exit status: 0 Bitbucket lists the key, read only, or you answered no; 2 address,
/// key or token can't be used; 3 doorkey could not add the key, could not tell, or the key may also write; 130 interrupted.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The key's label in Bitbucket
    #[arg(long, value_name = "TEXT", default_value = coalesce::key_label(), value_parser = label)]
    label: String,
    #[command(flatten)]
    target: Target,
}

fn label(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_LABEL || text.chars().any(is_harmful) {
        return Err("a label is one line of at most 100 characters");
    }
    Ok(text.to_owned())
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let reached = match arguments.target.reach() {
        Ok(reached) => Arc::new(reached),
        Err(answer) => return answer.print(),
    };
    let begun = Begun::default();
    let ending = Ending {
        nothing_done: NOTHING_ADDED,
        may_have_happened: format!(
            "The key may have been added to {}. Look at {}",
            reached.api.repository_name(),
            reached.place.access_keys_page()
        ),
        look: {
            let reached = Arc::clone(&reached);
            move || tell(&reached, &Sent::Abandoned)
        },
    };
    let work = {
        let (yes, label) = (arguments.target.yes, arguments.label.clone());
        let begun = begun.clone();
        move || grant(&reached, &label, yes, &begun)
    };
    change::run(&begun, work, ending)
}

fn grant(reached: &Reached, label: &str, yes: bool, begun: &Begun) -> Answer {
    let lists = match reached.client.lists(&reached.key) {
        Ok(lists) => lists,
        Err(none) => return reached.unanswered(&none),
    };
    if let Some(told) = before_adding(&reached.place, &lists) {
        return reached.tell(&told, Purpose::Add, None);
    }
    let lines = reached.lines(&[("label", label), ("permission", "read only")]);
    let plan = format!("This adds an access key:\n{lines}");
    match confirm::ask(yes, &plan, "Add it?") {
        Consent::Given => {}
        Consent::Withheld => return confirm::withheld(NOTHING_ADDED),
        Consent::NobodyThere => return confirm::nobody_to_ask("grant"),
    }
    begun.begin();
    let sent = reached.client.add(&reached.key, label);
    if matches!(sent, Sent::NotSent(_)) {
        begun.take_back();
    }
    tell(reached, &sent)
}

/// What has come of it. The list says so, not what was answered.
fn tell(reached: &Reached, sent: &Sent) -> Answer {
    let after = reached.client.lists(&reached.key);
    let told = added(&reached.place, sent, after.as_ref());
    reached.tell(&told, Purpose::Add, told.listed.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_harmless_line() {
        assert_eq!(
            label(" Coalesce Quality "),
            Ok("Coalesce Quality".to_owned())
        );
        for odd in ["", " ", "a\nb", "\x1b[31m", &"x".repeat(101)] {
            assert!(label(odd).is_err(), "{odd:?}");
        }
    }
}

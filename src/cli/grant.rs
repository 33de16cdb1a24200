//! `doorkey grant`: adds the key to the repository.

use clap::Args;

use super::Exit;
use super::answer::Answer;
use super::confirm::{self, Consent};
use super::rest_target::{Reached, Target};
use crate::adapters::rest::Addition;
use crate::bitbucket::Edition;
use crate::bitbucket::api::Purpose;
use crate::bitbucket::refusal::KeyRefusal;
use crate::check::stage::repository::{ListedKey, Permission};
use crate::coalesce;
use crate::text::{harmless, is_harmful};

/// The longest label that is sent.
const LONGEST_LABEL: usize = 100;

/// As much of Bitbucket's words as is shown.
const WORDS_LIMIT: usize = 300;

/// Add the public key to the repository as an access key that may only read
///
/// Shows what it would do and asks first. Needs a token that may administer the repository, in the environment variable
/// DOORKEY_BITBUCKET_TOKEN. A key that is there already is fine. Exit status: 0 the key is there, 2 address, key or token can't
/// be used, 3 it could not be added.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What to call the key in Bitbucket
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
    match arguments.target.reach() {
        Ok(reached) => grant(arguments, &reached).print(),
        Err(answer) => answer.print(),
    }
}

fn grant(arguments: &Arguments, reached: &Reached) -> Answer {
    let label = &arguments.label;
    let lines = reached.lines(&[("label", label), ("permission", "read only")]);
    let plan = format!("This adds an access key:\n{lines}");
    match confirm::ask(arguments.target.yes, &plan, "Add it?") {
        Consent::Given => {}
        Consent::Withheld => return Answer::said("Nothing was added.\n", Exit::NotReady),
        Consent::NobodyThere => return confirm::nobody_to_ask("grant"),
    }
    let repository = reached.api.repository_name();
    match reached.client.add(&reached.key, label) {
        Ok(Addition::Added) => {
            Answer::result(format!("Added to {repository}, read only:\n{lines}"))
        }
        Ok(Addition::AlreadyHere(listed)) => already_here(&repository, listed.as_ref()),
        Ok(Addition::Refused { refusal, words }) => refused(reached, refusal, &words),
        Err(none) => reached.unanswered(Purpose::Add, &none),
    }
}

fn already_here(repository: &str, listed: Option<&ListedKey>) -> Answer {
    let label = listed.map(|key| harmless(&key.label, LONGEST_LABEL));
    let label = label.filter(|label| !label.is_empty());
    let label = label.map_or(String::new(), |label| format!(" as \"{label}\""));
    if listed.is_some_and(|key| key.permission == Permission::ReadWrite) {
        return Answer::said(
            format!(
                "The key is on {repository} already{label}, but it may also write.\nTake it out with doorkey revoke, then \
                 grant it again.\n"
            ),
            Exit::CouldNotTell,
        );
    }
    Answer::result(format!("The key is on {repository} already{label}.\n"))
}

fn refused(reached: &Reached, refusal: Option<KeyRefusal>, words: &str) -> Answer {
    let mut message = "Bitbucket did not add the key.\n".to_owned();
    let words = harmless(words, WORDS_LIMIT);
    let said_by_bitbucket = (!words.is_empty()).then(|| format!("Bitbucket said: {words}"));
    let cure = match (refusal, reached.api.edition()) {
        (Some(refusal), _) => refusal.cure(),
        (None, Edition::Cloud) => "Add it on the repository's Access keys page to see more.",
        (None, Edition::DataCenter) => {
            "The administrator of this Bitbucket may have switched access keys off, or not allow this type or length of key."
        }
    };
    let cause = refusal.map(|refusal| refusal.cause().to_owned());
    let page = format!("The page: {}", reached.place.access_keys_page());
    for line in [cause, said_by_bitbucket, Some(cure.to_owned()), Some(page)]
        .into_iter()
        .flatten()
    {
        message.push_str("  ");
        message.push_str(&line);
        message.push('\n');
    }
    Answer::said(message, Exit::CouldNotTell)
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

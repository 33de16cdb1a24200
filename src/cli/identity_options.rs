//! The options that have a test use somebody's own SSH identity, which nothing does unasked.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::adapters::agent_socket;
use crate::adapters::identity_file::IdentityFile;
use crate::adapters::passphrase::{self, NotGiven};
use crate::check::{NotOpened, OwnIdentity};

/// How often a passphrase is asked for, as ssh(1) does.
const ASKED_AT_MOST: usize = 3;

/// With which identity to read the repository.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Your own identity")]
pub(super) struct IdentityOptions {
    /// Also read the repository with a key of your SSH agent: shows whether the URL is right, not what the vendor's key
    /// opens
    #[arg(long, conflicts_with = "identity")]
    agent: bool,
    /// The same with the private key in this file; asks for its passphrase. Shows more where it belongs to the public key
    /// that is tested
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
}

/// Why an identity can't be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoIdentity {
    /// What was named can't be used; why, as a sentence.
    Unusable(String),
    /// Whoever was asked for a passphrase broke it off.
    Interrupted,
}

impl IdentityOptions {
    /// The identity that was asked for, if any.
    pub(super) fn identity(&self) -> Result<Option<OwnIdentity>, NoIdentity> {
        match &self.identity {
            Some(path) => {
                let file = IdentityFile::read(path).map_err(NoIdentity::Unusable)?;
                let key = unlock(
                    |passphrase| file.open(passphrase),
                    file.name(),
                    passphrase::ask,
                )?;
                Ok(Some(OwnIdentity::Key(Arc::new(key))))
            }
            None if self.agent => agent().map(Some),
            None => Ok(None),
        }
    }
}

fn agent() -> Result<OwnIdentity, NoIdentity> {
    agent_socket::find().map_err(|why| {
        NoIdentity::Unusable(format!("{why}. Name a key file with --identity instead"))
    })
}

/// Opens what may need a passphrase, which is asked for a few times if it is wrong.
fn unlock<K>(
    open: impl Fn(Option<&str>) -> Result<K, NotOpened>,
    name: &str,
    ask: impl Fn(&str) -> Result<zeroize::Zeroizing<String>, NotGiven>,
) -> Result<K, NoIdentity> {
    let unusable = |why: String| Err(NoIdentity::Unusable(why));
    match open(None) {
        Ok(key) => return Ok(key),
        Err(NotOpened::Unusable(why)) => return unusable(why),
        Err(NotOpened::Locked | NotOpened::WrongPassphrase) => {}
    }
    let mut prompt = format!("Passphrase of {name}: ");
    for _ in 0..ASKED_AT_MOST {
        let passphrase = match ask(&prompt) {
            Ok(passphrase) => passphrase,
            Err(NotGiven::Interrupted) => return Err(NoIdentity::Interrupted),
            Err(NotGiven::NoTerminal) => {
                return unusable(format!(
                    "{name} is locked with a passphrase, and there is no terminal to ask for it on. Add the key to your SSH agent and use --agent"
                ));
            }
        };
        match open(Some(&passphrase)) {
            Ok(key) => return Ok(key),
            Err(NotOpened::Unusable(why)) => return unusable(why),
            Err(NotOpened::Locked | NotOpened::WrongPassphrase) => {}
        }
        prompt = format!("That was not it. Passphrase of {name}: ");
    }
    unusable(format!(
        "none of the {ASKED_AT_MOST} passphrases opens {name}"
    ))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use zeroize::Zeroizing;

    use super::*;

    /// Opens a lock, answering with these passphrases in turn; gives what was asked, too.
    fn try_with(answers: &[&str]) -> (Result<(), NoIdentity>, Vec<String>) {
        let prompts = RefCell::new(Vec::new());
        let open = |passphrase: Option<&str>| match passphrase {
            None => Err(NotOpened::Locked),
            Some("right") => Ok(()),
            Some(_) => Err(NotOpened::WrongPassphrase),
        };
        let ask = |prompt: &str| {
            prompts.borrow_mut().push(prompt.to_owned());
            let answer = answers.get(prompts.borrow().len() - 1);
            answer
                .map(|answer| Zeroizing::new((*answer).to_owned()))
                .ok_or(NotGiven::Interrupted)
        };
        let opened = unlock(open, "id", ask);
        (opened, prompts.into_inner())
    }

    #[test]
    fn a_passphrase_is_asked_for_three_times() {
        assert_eq!(try_with(&["right"]).0, Ok(()));
        let (opened, prompts) = try_with(&["wrong", "", "right"]);
        assert_eq!(opened, Ok(()));
        assert_eq!(prompts[0], "Passphrase of id: ");
        assert_eq!(prompts[2], "That was not it. Passphrase of id: ");
        let (opened, prompts) = try_with(&["a", "b", "c", "right"]);
        assert!(matches!(opened, Err(NoIdentity::Unusable(why)) if why.contains("3 passphrases")));
        assert_eq!(prompts.len(), 3);
        assert_eq!(try_with(&["wrong"]).0, Err(NoIdentity::Interrupted));
    }

    #[test]
    fn what_is_not_locked_is_not_asked_about() {
        let never = |_: &str| panic!("asked");
        assert_eq!(unlock(|_| Ok(1), "id", never), Ok(1));
        let damaged = |_: Option<&str>| Err::<(), _>(NotOpened::Unusable("broken".to_owned()));
        let why = unlock(damaged, "id", never);
        assert_eq!(why, Err(NoIdentity::Unusable("broken".to_owned())));
    }
}

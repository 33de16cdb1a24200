//! What `grant` and `revoke` share: which repository, which key, how to ask there.

use std::time::Duration;

use clap::Args;

use super::answer::{Answer, explain};
use super::api_options::ApiOptions;
use super::test_options::time_limit;
use super::{Exit, key_source};
use crate::access_key::AccessKey;
use crate::adapters::rest::Client;
use crate::adapters::ssh_files;
use crate::bitbucket::api::Purpose;
use crate::bitbucket::{Api, RepositoryPlace, read_address};
use crate::check::api_access::{TOKEN_VARIABLE, TokenGiven};
use crate::check::stage::repository::change::{Outcome, Told};
use crate::check::stage::repository::{LastUse, ListedKey, NoAnswer, Permission, Unusable};
use crate::check::{Code, Status};
use crate::text::harmless;

/// As much of a label, a time or a sentence of this machine's is shown.
const LONGEST_LABEL: usize = 100;
const LONGEST_SENTENCE: usize = 500;

/// Which repository, and which key.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// Any address of the repository
    #[arg(value_name = "URL")]
    url: String,
    /// The public key's file, or - for standard input
    #[arg(long, value_name = "FILE")]
    key: String,
    /// Answer every confirmation with yes, for scripts
    #[arg(long)]
    pub(super) yes: bool,
    /// Time limit for reading Bitbucket's lists, and again for the change
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time_limit)]
    timeout: Duration,
    #[command(flatten)]
    api: ApiOptions,
}

/// A repository that can be asked.
pub(super) struct Reached {
    pub(super) key: AccessKey,
    pub(super) place: RepositoryPlace,
    pub(super) api: Api,
    pub(super) client: Client,
    token: TokenGiven,
}

impl Target {
    /// Makes ready to ask; nothing is sent yet. Fails with the command's answer.
    pub(super) fn reach(&self) -> Result<Reached, Answer> {
        let key = match key_source::read(&self.key).map_err(|why| bad_input(&why))? {
            Ok(key) => key,
            Err(refusal) => return Err(refused(refusal.code, refusal.detail.as_deref())),
        };
        let access = self.api.access().map_err(|why| bad_input(&why))?;
        if access.token.is_none() {
            return Err(bad_input(&format!(
                "this needs a token of Bitbucket in the environment variable {TOKEN_VARIABLE}"
            )));
        }
        let aliases = ssh_files::aliases()
            .map_err(|why| Answer::said(format!("doorkey: {why}\n"), Exit::CouldNotTell))?;
        // Any address will do here: it is not what stands in the vendor's form.
        let place = match read_address(&self.url, &aliases) {
            Ok(reading) => reading.place,
            Err(refusal) => return Err(refused(refusal.code, refusal.detail.as_deref())),
        };
        let api = Api::new(&place, access.base.as_ref())
            .map_err(|why| bad_input(&format!("{} can't be asked: {why}", place.base)))?;
        let token = access.given();
        match Client::new(&api, &access, self.timeout) {
            Ok(client) => Ok(Reached {
                key,
                place,
                api,
                client,
                token,
            }),
            Err(none) => {
                let exit = match none {
                    // Nothing was asked: what was given can't be used.
                    NoAnswer::Unusable(Unusable::Withheld(_)) => Exit::BadInput,
                    _ => Exit::CouldNotTell,
                };
                let words = unanswered(&api, token, Purpose::List, &none);
                Err(Answer::said(words, exit))
            }
        }
    }
}

impl Reached {
    /// What to say where Bitbucket's lists could not be read, before anything was changed.
    pub(super) fn unanswered(&self, none: &NoAnswer) -> Answer {
        let words = unanswered(&self.api, self.token, Purpose::List, none);
        Answer::said(words, Exit::CouldNotTell)
    }

    /// What to say about a change. The entry that the list shows is described where the change was made.
    pub(super) fn tell(&self, told: &Told, purpose: Purpose, entry: Option<&ListedKey>) -> Answer {
        let mut message = String::new();
        for sentence in &told.more {
            message.push_str("  ");
            message.push_str(sentence);
            message.push('\n');
        }
        if let Some(none) = &told.because {
            message.push_str(&unanswered(&self.api, self.token, purpose, none));
        }
        if told.outcome != Outcome::Done {
            return Answer::said(format!("{}.\n{message}", told.headline), Exit::CouldNotTell);
        }
        let output = match entry {
            Some(entry) => format!("{}:\n{}", told.headline, self.described(entry)),
            None => format!("{}.\n", told.headline),
        };
        Answer {
            message,
            ..Answer::result(output)
        }
    }

    /// The lines that describe an entry of a list.
    pub(super) fn described(&self, key: &ListedKey) -> String {
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
        self.lines(&[
            ("label", &harmless(&key.label, LONGEST_LABEL)),
            ("permission", &permission),
            ("last used", &last_used),
        ])
    }

    /// The lines that say where and what, for a plan.
    pub(super) fn lines(&self, more: &[(&str, &str)]) -> String {
        let own = [
            ("repository", self.api.repository_name()),
            ("at", self.api.base().to_string()),
            (
                "key",
                format!("{} {}", self.key.algorithm(), self.key.fingerprint()),
            ),
        ];
        let more = more
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        own.into_iter()
            .chain(more)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("  {name:<12}{value}\n"))
            .collect::<Vec<_>>()
            .concat()
    }
}

fn unanswered(api: &Api, token: TokenGiven, purpose: Purpose, none: &NoAnswer) -> String {
    let check = none.to_check(api, token, purpose);
    let code = check.code.unwrap_or(Code::RepositoryApiUnreachable);
    let lines = [
        Some(code.meaning()),
        check.detail.as_deref(),
        Some(code.remedy()),
    ];
    explain(code, lines.into_iter().flatten())
}

fn refused(code: Code, detail: Option<&str>) -> Answer {
    debug_assert_eq!(code.status(), Status::Fail);
    let lines = [Some(code.meaning()), detail, Some(code.remedy())];
    Answer::said(explain(code, lines.into_iter().flatten()), Exit::BadInput)
}

fn bad_input(why: &str) -> Answer {
    let why = harmless(why, LONGEST_SENTENCE);
    Answer::said(format!("doorkey: {why}\n"), Exit::BadInput)
}

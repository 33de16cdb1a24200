//! What `grant` and `revoke` share: which repository, which key, how to ask there.

use std::time::Duration;

use clap::Args;

use super::answer::{Answer, explain};
use super::api_options::ApiOptions;
use super::{Exit, key_source};
use crate::access_key::AccessKey;
use crate::adapters::rest::Client;
use crate::adapters::ssh_files;
use crate::bitbucket::api::Purpose;
use crate::bitbucket::{Api, RepositoryPlace, read_address};
use crate::check::api_access::TOKEN_VARIABLE;
use crate::check::stage::repository::NoAnswer;
use crate::check::{Code, Status};

/// How long Bitbucket may take over all that a command asks it.
const LIMIT: Duration = Duration::from_secs(30);

/// Which repository, and which key.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// Any address of the repository
    #[arg(value_name = "URL")]
    url: String,
    /// The public key's file, or - for standard input
    #[arg(long, value_name = "FILE")]
    key: String,
    /// Don't ask, for scripts
    #[arg(long)]
    pub(super) yes: bool,
    #[command(flatten)]
    api: ApiOptions,
}

/// A repository that can be asked.
pub(super) struct Reached {
    pub(super) key: AccessKey,
    pub(super) place: RepositoryPlace,
    pub(super) api: Api,
    pub(super) client: Client,
    with_email: bool,
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
        let with_email = access.email.is_some();
        match Client::new(&api, &access, LIMIT) {
            Ok(client) => Ok(Reached {
                key,
                place,
                api,
                client,
                with_email,
            }),
            Err(none) => Err(unanswered(&api, with_email, Purpose::List, &none)),
        }
    }
}

impl Reached {
    /// What to say where Bitbucket did not do what it was asked.
    pub(super) fn unanswered(&self, purpose: Purpose, none: &NoAnswer) -> Answer {
        unanswered(&self.api, self.with_email, purpose, none)
    }

    /// The lines that say where and what, for a plan.
    pub(super) fn lines(&self, more: &[(&str, &str)]) -> String {
        let guess = if self.api.is_guess() {
            " (a guess; --api-url names another)"
        } else {
            ""
        };
        let own = [
            ("repository", self.api.repository_name()),
            ("at", format!("{}{guess}", self.api.base())),
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

fn unanswered(api: &Api, with_email: bool, purpose: Purpose, none: &NoAnswer) -> Answer {
    let check = none.to_check(api, with_email, purpose);
    let code = check.code.unwrap_or(Code::RepositoryApiUnreachable);
    let lines = [
        Some(code.meaning()),
        check.detail.as_deref(),
        Some(code.remedy()),
    ];
    Answer::said(
        explain(code, lines.into_iter().flatten()),
        Exit::CouldNotTell,
    )
}

fn refused(code: Code, detail: Option<&str>) -> Answer {
    debug_assert_eq!(code.status(), Status::Fail);
    let lines = [Some(code.meaning()), detail, Some(code.remedy())];
    Answer::said(explain(code, lines.into_iter().flatten()), Exit::BadInput)
}

fn bad_input(why: &str) -> Answer {
    Answer::said(format!("doorkey: {why}\n"), Exit::BadInput)
}

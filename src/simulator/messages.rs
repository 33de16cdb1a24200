//! Bitbucket's own words, each with where they were read, and the few words of the simulation itself.
//!
//! The code that decides names a reason; only this file turns a reason into text.

use super::store::{Denial, Refusal};
use crate::bitbucket::{Edition, SshRefusal};

/// Shown before every SSH login.
pub(super) const BANNER: &str = "A simulation, not Bitbucket.\r\n";

/// What a clone or a fetch is told: there are branches to list, but nothing behind them.
pub(super) const NO_OBJECTS: &str =
    "this is a doorkey simulation: it lists branches but holds no code";

/// What a push is told where the key may write.
pub(super) const NO_PUSH: &str = "this is a doorkey simulation: nothing can be pushed to it";

/// What any other command is told.
pub(super) const NO_SUCH_COMMAND: &str = "this is a doorkey simulation: it only knows git upload-pack, git receive-pack and git upload-archive";

/// What somebody without a key is told.
pub(super) const NO_SHELL: &str = "this is a doorkey simulation: it offers no shell";

// At login. Source: sessions with Bitbucket Cloud, quoted in public issue threads. What a session is told stands in
// `bitbucket::ssh_session`.

/// A refusal in words that Bitbucket was never heard to use.
pub(super) const UNKNOWN_WORDS: &str = "conq: this repository hibernates until spring.";

/// The disconnect after too many refused keys, on both editions.
pub(super) const TOO_MANY_KEYS: &str = "Too many authentication failures";

// REST. Source: developer.atlassian.com, the `OpenAPI` description and its error examples.

/// 403: the token may not do this.
pub(super) const MISSING_SCOPE: &str =
    "Your credentials lack one or more required privilege scopes.";

/// Cloud, 401: no token, or one that it does not take.
pub(super) const CLOUD_WRONG_TOKEN: &str =
    "Token is invalid, expired, or not supported for this endpoint.";

/// Data Center, 401: a wrong password or token.
pub(super) const DATA_CENTER_WRONG_TOKEN: &str =
    "Authentication failed. Please check your credentials and try again.";

/// Data Center, 401: nobody is signed in, or somebody who may not do this.
pub(super) const DATA_CENTER_NOT_PERMITTED: &str = "You are not permitted to access this resource";

/// 429: too many requests within an hour.
pub(super) const RATE_LIMIT: &str = "Rate limit for this resource has been exceeded";

/// Cloud: an unknown repository, or one that the token does not open.
pub(super) const CLOUD_NO_REPOSITORY: &str = SshRefusal::NotFound.words(Edition::Cloud);

impl Refusal {
    /// Why a key was not added, in Bitbucket's words.
    pub fn message(self, edition: Edition) -> &'static str {
        match (self, edition) {
            // Source: Atlassian's documentation of Cloud's access keys, and answers in its community.
            (Refusal::NotAKey, _) => "Invalid SSH Key",
            (Refusal::PrivateKey, _) => "Invalid SSH Key (ssh-keygen)",
            (Refusal::AlreadyHere, Edition::Cloud) => {
                "Someone has already added that access key to this repository."
            }
            (Refusal::AccountKey, Edition::Cloud) => "Someone has already registered that SSH key.",
            (Refusal::FormerAccountKey, Edition::Cloud) => {
                "SSH keys must be unique and deleted keys may take up to 30 days to be removed. \
                 Please use a unique SSH key."
            }
            // Source: Atlassian's documentation of Data Center's access keys.
            // Data Center says the same whether the key is already here or belongs to an account.
            (
                Refusal::AlreadyHere | Refusal::AccountKey | Refusal::FormerAccountKey,
                Edition::DataCenter,
            ) => "This SSH key is already used to access a repository or project",
            (Refusal::NoSuchPlace, Edition::Cloud) => CLOUD_NO_REPOSITORY,
            (Refusal::NoSuchPlace, Edition::DataCenter) => DATA_CENTER_NO_REPOSITORY,
        }
    }
}

/// Cloud: a push with an access key.
const CLOUD_READ_ONLY: &str = "repository access denied. access via a deployment key is read-only.";

/// Data Center: no such repository, or no permission. It does not tell them apart.
pub(super) const DATA_CENTER_NO_REPOSITORY: &str =
    "The requested repository does not exist, or you do not have permission to access it.";

impl Denial {
    /// What the SSH server says on stderr, in Bitbucket's words.
    pub(super) fn message(self, edition: Edition) -> String {
        let refusal = match self {
            Denial::NoSuchRepository => SshRefusal::NotFound,
            Denial::OtherRepository => SshRefusal::OtherRepository,
            Denial::ReadOnly if edition == Edition::Cloud => {
                return format!("conq: {CLOUD_READ_ONLY}");
            }
            Denial::NoPermission | Denial::ReadOnly => SshRefusal::AccessDenied,
        };
        refuse(refusal, edition)
    }
}

/// A refusal as the SSH server says it on stderr.
pub(super) fn refuse(refusal: SshRefusal, edition: Edition) -> String {
    let words = refusal.words(edition);
    match edition {
        Edition::Cloud => format!("conq: {words}"),
        Edition::DataCenter => words.to_owned(),
    }
}

//! What is said in a session with Bitbucket's SSH server: the command that reads a repository, and the answers.
//!
//! Source: sessions with both editions, quoted in public issue threads and on Atlassian's community pages. Bitbucket has
//! no codes for its refusals, so they are told from its words: anywhere in a line, in any case, with or without `conq: `
//! in front.

use super::{Edition, RepositoryAddress};

/// The first line of a Cloud session with an access key.
pub const ACCESS_KEY_LOGIN: &str = "authenticated via a deploy key.";

/// The first line of a Cloud session with an account's key.
pub const ACCOUNT_LOGIN: &str = "authenticated via ssh key.";

/// The line above the repositories that an access key opens, in a Cloud session without a command.
pub const READ_ACCESS: &str = "This deploy key has read access to the following repositories:";

/// How many repositories of a list are kept.
const REPOSITORIES_KEPT: usize = 1000;

/// Why the server does not give what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SshRefusal {
    /// There is no such repository, or it is hidden from whoever asked.
    NotFound,
    /// The access key is on another repository.
    OtherRepository,
    /// Whoever asked may not do it.
    AccessDenied,
    /// The connection comes from an address that is not on the allowlist.
    AddressNotAllowed,
    /// The account lacks two-step verification.
    TwoStepRequired,
}

/// What shows a refusal, the more telling first: the words of `AccessDenied` stand in front of others.
const REFUSALS: [(&str, SshRefusal); 8] = [
    // Cloud.
    (
        "deployment key is not associated with the requested repository",
        SshRefusal::OtherRepository,
    ),
    ("must whitelist your ip", SshRefusal::AddressNotAllowed),
    ("enable two-step", SshRefusal::TwoStepRequired),
    ("repository access denied", SshRefusal::AccessDenied),
    // Cloud until recently, and Data Center: "…, or you do not have permission to access it".
    ("repository does not exist", SshRefusal::NotFound),
    // Cloud now.
    (
        "repository either does not exist or you do not have access",
        SshRefusal::NotFound,
    ),
    // Data Center.
    ("repository not found", SshRefusal::NotFound),
    ("do not have permission to access it", SshRefusal::NotFound),
];

impl SshRefusal {
    /// What the server's words mean, if they are known.
    pub fn told(words: &str) -> Option<Self> {
        let words = words.to_ascii_lowercase();
        let said = |known: &str| words.lines().any(|line| line.contains(known));
        let known = REFUSALS.iter().find(|(known, _)| said(known));
        known.map(|(_, refusal)| *refusal)
    }

    /// The words of this edition.
    pub const fn words(self, edition: Edition) -> &'static str {
        match (self, edition) {
            (SshRefusal::NotFound, Edition::Cloud) => {
                "The requested repository either does not exist or you do not have access."
            }
            // It does not tell a missing repository from a missing permission, and knows none of the other reasons.
            (_, Edition::DataCenter) => {
                "Repository not found\nThe requested repository does not exist, or you do not have permission to access it."
            }
            (SshRefusal::OtherRepository, Edition::Cloud) => {
                "repository access denied. deployment key is not associated with the requested repository."
            }
            (SshRefusal::AccessDenied, Edition::Cloud) => "repository access denied.",
            (SshRefusal::AddressNotAllowed, Edition::Cloud) => {
                "To access this repository, an admin must whitelist your IP."
            }
            (SshRefusal::TwoStepRequired, Edition::Cloud) => {
                "To access this repository, enable two-step authentication."
            }
        }
    }
}

/// The command that reads a repository, as git sends it. Cloud's address is written like a path of one's own, so git
/// puts no slash before it.
pub fn upload_pack(address: &RepositoryAddress) -> String {
    let slash = match address.edition() {
        Edition::Cloud => "",
        Edition::DataCenter => "/",
    };
    let path = format!("{slash}{}/{}.git", address.project(), address.repository());
    // No repository has a quote in its name; should one get here all the same, it stays inside (git's sq_quote).
    format!("git-upload-pack '{}'", path.replace('\'', "'\\''"))
}

/// The repositories that Cloud says an access key opens, such as `acme/analytics`, in a session without a command. None
/// if it does not say.
pub fn opened_repositories(words: &str) -> Option<Vec<String>> {
    let heading = READ_ACCESS.to_ascii_lowercase();
    let mut lines = words.lines();
    lines.find(|line| line.to_ascii_lowercase().contains(&heading))?;
    let names = lines.filter_map(|line| {
        // workspace/repository: label -- comment
        let name = line.trim().split(':').next()?.trim();
        let (workspace, repository) = name.split_once('/')?;
        let is_name = |part: &str| !part.is_empty() && !part.contains([' ', '/']);
        (is_name(workspace) && is_name(repository)).then(|| name.to_owned())
    });
    Some(names.take(REPOSITORIES_KEPT).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use super::*;
    use crate::bitbucket::{SshAliases, read_address};

    const ALL: [SshRefusal; 5] = [
        SshRefusal::NotFound,
        SshRefusal::OtherRepository,
        SshRefusal::AccessDenied,
        SshRefusal::AddressNotAllowed,
        SshRefusal::TwoStepRequired,
    ];

    #[test]
    fn refusals_are_told_from_their_words() {
        use SshRefusal::*;
        let table = [
            ("repository does not exist.", Some(NotFound)),
            ("Repository not found", Some(NotFound)),
            (
                "fatal: The requested repository does not exist, or you do not have permission to access it.",
                Some(NotFound),
            ),
            (
                "repository access denied. access via a deployment key is read-only.",
                Some(AccessDenied),
            ),
            (
                "Welcome\r\nremote: REPOSITORY ACCESS DENIED.\r\n",
                Some(AccessDenied),
            ),
            ("Disk full", None),
            ("", None),
            // Not in one line.
            ("repository access\ndenied", None),
        ];
        for (words, refusal) in table {
            assert_eq!(SshRefusal::told(words), refusal, "{words}");
        }
    }

    #[test]
    fn every_refusal_of_cloud_is_told_in_any_form() {
        for refusal in ALL {
            let words = refusal.words(Edition::Cloud);
            for words in [
                words.to_owned(),
                format!("conq: {words}\n"),
                format!("\n> {} <\n", words.to_uppercase()),
            ] {
                assert_eq!(SshRefusal::told(&words), Some(refusal), "{words}");
            }
            let words = refusal.words(Edition::DataCenter);
            assert_eq!(SshRefusal::told(words), Some(SshRefusal::NotFound));
        }
    }

    #[test]
    fn the_command_is_the_one_git_sends() {
        for (url, command) in [
            (
                "git@ssh.bitbucket.org:acme/analytics.git",
                "git-upload-pack 'acme/analytics.git'",
            ),
            (
                "ssh://git@git.example.com:7999/~ada/analytics.git",
                "git-upload-pack '/~ada/analytics.git'",
            ),
        ] {
            let reading = read_address(url, &SshAliases::default()).unwrap();
            assert_eq!(upload_pack(&reading.address), command);
        }
    }

    #[test]
    fn the_repositories_of_an_access_key_are_read() {
        let words = "authenticated via a deploy key.\r\n\r\n\
            This deploy key has read access to the following repositories:\r\n\r\n\
            acme/analytics: Coalesce Quality -- coalesce@example.com\r\n\
            globex/pipelines: a/b: c --\r\n\
            and more: nothing\r\n";
        assert_eq!(
            opened_repositories(words).unwrap(),
            ["acme/analytics", "globex/pipelines"]
        );
        assert_eq!(opened_repositories("authenticated via ssh key."), None);
        assert!(opened_repositories(READ_ACCESS).unwrap().is_empty());
    }
}

//! What Bitbucket's refusals mean. It has no codes for most of them, so they are told from its words: anywhere in a line, in
//! any case, with or without `conq: ` in front. All words that are known stand in one table, each with where they were read.

use super::Edition;

/// Why Bitbucket did not take a key as an access key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyRefusal {
    /// It is on this repository already.
    AlreadyHere,
    /// It is a key of somebody's account or of a workspace.
    AccountKey,
    /// It was one until a short while ago.
    FormerAccountKey,
    /// Not a key that this Bitbucket takes.
    Invalid,
}

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

/// What words mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Meaning {
    /// In a session, or of a request for a repository.
    Session(SshRefusal),
    /// Of a key that was to be added.
    Key(KeyRefusal),
    /// The kind of token is refused, whatever the token may do.
    OtherKindOfToken,
    /// The interface has no such resource, so nothing was said of a repository.
    NoSuchResource,
}

/// All words that are known, the more telling first: those of `AccessDenied` stand in front of others. The second column says
/// where they were read.
const KNOWN: [(&str, &str, Meaning); 16] = [
    (
        "deployment key is not associated with the requested repository",
        "Cloud, sessions quoted in public issue threads",
        Meaning::Session(SshRefusal::OtherRepository),
    ),
    (
        "must whitelist your ip",
        "Cloud, sessions quoted in public issue threads",
        Meaning::Session(SshRefusal::AddressNotAllowed),
    ),
    (
        "enable two-step",
        "Cloud, sessions quoted in public issue threads",
        Meaning::Session(SshRefusal::TwoStepRequired),
    ),
    (
        "repository access denied",
        "Cloud, sessions quoted in public issue threads",
        Meaning::Session(SshRefusal::AccessDenied),
    ),
    (
        "may not have access to this repository or it no longer exists",
        "Cloud since 2025, github.com/Dokploy/dokploy issue 2726",
        Meaning::Session(SshRefusal::NotFound),
    ),
    (
        "repository either does not exist or you do not have access",
        "Cloud before that, community.atlassian.com",
        Meaning::Session(SshRefusal::NotFound),
    ),
    (
        "repository does not exist",
        "Cloud until about 2023 and Data Center, which goes on \", or you do not have permission to access it\"",
        Meaning::Session(SshRefusal::NotFound),
    ),
    (
        "repository not found",
        "Data Center, sessions quoted on community.atlassian.com; Cloud's REST interface",
        Meaning::Session(SshRefusal::NotFound),
    ),
    (
        "do not have permission to access it",
        "Data Center, the second line of the same answer",
        Meaning::Session(SshRefusal::NotFound),
    ),
    (
        "already added that access key",
        "Cloud, Atlassian's documentation of access keys",
        Meaning::Key(KeyRefusal::AlreadyHere),
    ),
    (
        "already registered that ssh key",
        "Cloud, Atlassian's SSH troubleshooting",
        Meaning::Key(KeyRefusal::AccountKey),
    ),
    // It says this of a key that is here as well; who asks has looked for it here first.
    (
        "already used to access a repository or project",
        "Data Center, Atlassian's documentation of access keys",
        Meaning::Key(KeyRefusal::AccountKey),
    ),
    (
        "ssh keys must be unique",
        "Cloud, answers on community.atlassian.com",
        Meaning::Key(KeyRefusal::FormerAccountKey),
    ),
    (
        "invalid ssh key",
        "Cloud, Atlassian's SSH troubleshooting",
        Meaning::Key(KeyRefusal::Invalid),
    ),
    (
        "not accessible by this authentication mechanism",
        "Cloud, github.com/DrFaust92/terraform-provider-bitbucket issue 221",
        Meaning::OtherKindOfToken,
    ),
    (
        "null for uri",
        "Data Center, answers to unknown paths of REST quoted in public issue threads",
        Meaning::NoSuchResource,
    ),
];

/// What the words mean, if they are known and `of` picks their meaning.
fn told<T>(words: &str, of: impl Fn(Meaning) -> Option<T>) -> Option<T> {
    let words = words.to_ascii_lowercase();
    let said = |known: &str| words.lines().any(|line| line.contains(known));
    KNOWN
        .iter()
        .filter(|(known, ..)| said(known))
        .find_map(|(.., meaning)| of(*meaning))
}

impl SshRefusal {
    /// What the server's words mean, if they are known.
    pub fn told(words: &str) -> Option<Self> {
        told(words, |meaning| match meaning {
            Meaning::Session(refusal) => Some(refusal),
            _ => None,
        })
    }

    /// The words of this edition.
    pub const fn words(self, edition: Edition) -> &'static str {
        match (self, edition) {
            (SshRefusal::NotFound, Edition::Cloud) => {
                "You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated."
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

impl KeyRefusal {
    /// Every reason.
    pub const ALL: [KeyRefusal; 4] = [
        KeyRefusal::AlreadyHere,
        KeyRefusal::AccountKey,
        KeyRefusal::FormerAccountKey,
        KeyRefusal::Invalid,
    ];

    /// What Bitbucket's words mean, if they are known.
    pub fn told(words: &str) -> Option<Self> {
        told(words, |meaning| match meaning {
            Meaning::Key(refusal) => Some(refusal),
            _ => None,
        })
    }

    /// What is wrong, in a sentence.
    pub const fn cause(self) -> &'static str {
        match self {
            KeyRefusal::AlreadyHere => "The key is on this repository already.",
            KeyRefusal::AccountKey => {
                "The key belongs to somebody's account or to a workspace, and can't be an access key as well."
            }
            KeyRefusal::FormerAccountKey => {
                "The key was on an account or a workspace before; Bitbucket keeps such keys back for up to 30 days."
            }
            KeyRefusal::Invalid => "Bitbucket does not take this text as a key.",
        }
    }

    /// What to do about it, in a sentence.
    pub const fn cure(self) -> &'static str {
        match self {
            KeyRefusal::AlreadyHere => "Nothing needs to be done.",
            KeyRefusal::AccountKey => {
                "Make a new key in Coalesce Quality and add that one. Then take this one off the account: there it can write too."
            }
            KeyRefusal::FormerAccountKey => "Make a new key in Coalesce Quality and add that one.",
            KeyRefusal::Invalid => {
                "Copy the key from Coalesce Quality again. If it stays like this, the administrator of this Bitbucket may not allow its type or length."
            }
        }
    }
}

/// Whether it refuses the kind of token, whatever the token may do.
pub fn wants_other_kind_of_token(words: &str) -> bool {
    told(words, |meaning| {
        (meaning == Meaning::OtherKindOfToken).then_some(())
    })
    .is_some()
}

/// Whether it says that the interface has no such resource.
pub fn knows_no_such_resource(words: &str) -> bool {
    told(words, |meaning| {
        (meaning == Meaning::NoSuchResource).then_some(())
    })
    .is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_are_understood_in_any_case_and_place() {
        let table = [
            (
                "Someone has already added that access key to this repository.",
                Some(KeyRefusal::AlreadyHere),
            ),
            (
                "key: SOMEONE HAS ALREADY REGISTERED THAT SSH KEY.",
                Some(KeyRefusal::AccountKey),
            ),
            (
                "SSH keys must be unique and deleted keys may take up to 30 days to be removed. Please use a unique SSH key.",
                Some(KeyRefusal::FormerAccountKey),
            ),
            ("Invalid SSH Key (ssh-keygen)", Some(KeyRefusal::Invalid)),
            (
                "This SSH key is already used to access a repository or project",
                Some(KeyRefusal::AccountKey),
            ),
            ("something else", None),
        ];
        for (words, refusal) in table {
            assert_eq!(KeyRefusal::told(words), refusal, "{words}");
        }
        let mechanism = "This API is not accessible by this authentication mechanism";
        assert!(wants_other_kind_of_token(mechanism));
        assert!(!wants_other_kind_of_token("Invalid SSH Key"));
    }

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
            (
                "remote: You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.",
                Some(NotFound),
            ),
            (
                "conq: The requested repository either does not exist or you do not have access. If you believe this repository exists and you have access, make sure you're authenticated.",
                Some(NotFound),
            ),
            (
                "conq: repository access denied. deployment key is not associated with the requested repository.",
                Some(OtherRepository),
            ),
            (
                "To access this repository, an admin must whitelist your IP. Contact your admin.",
                Some(AddressNotAllowed),
            ),
            (
                "remote: To access this repository, enable two-step authentication.",
                Some(TwoStepRequired),
            ),
            ("Disk full", None),
            ("Too many authentication failures", None),
            ("SSH keys must be unique", None),
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
    fn each_of_the_known_words_is_told_as_what_it_means_and_has_a_source() {
        for (words, source, meaning) in KNOWN {
            assert_eq!(
                words,
                words.to_lowercase(),
                "they are compared in lower case"
            );
            assert!(
                source.contains("Cloud") || source.contains("Data Center"),
                "{words}"
            );
            let told = super::told(&format!("conq: {}.", words.to_uppercase()), |meaning| {
                Some(meaning)
            });
            assert_eq!(told, Some(meaning), "{words}");
        }
    }
}

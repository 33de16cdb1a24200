//! What Bitbucket's refusals mean. It has no codes for them, so they are told from its words: anywhere in them, in any
//! case.
//!
//! Source: Atlassian's documentation of access keys, answers in its community, and sessions quoted in public issues.

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

/// The words, the more telling first.
const KEY_REFUSALS: [(&str, KeyRefusal); 5] = [
    ("already added that access key", KeyRefusal::AlreadyHere),
    ("already registered that ssh key", KeyRefusal::AccountKey),
    // Data Center says this of a key that is here as well; who asks has looked for it here first.
    (
        "already used to access a repository or project",
        KeyRefusal::AccountKey,
    ),
    ("ssh keys must be unique", KeyRefusal::FormerAccountKey),
    ("invalid ssh key", KeyRefusal::Invalid),
];

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
        let known = KEY_REFUSALS.iter().find(|(known, _)| says(words, known));
        known.map(|(_, refusal)| *refusal)
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

/// Whether it refuses everybody who does not come from an address on the workspace's allowlist.
pub fn wants_listed_address(words: &str) -> bool {
    says(words, "must whitelist your ip")
}

/// Whether it refuses an account without two-step verification.
pub fn wants_two_steps(words: &str) -> bool {
    says(words, "enable two-step")
}

/// Whether it refuses the kind of token, whatever the token may do.
pub fn wants_other_kind_of_token(words: &str) -> bool {
    says(words, "not accessible by this authentication mechanism")
}

fn says(words: &str, known: &str) -> bool {
    words.to_ascii_lowercase().contains(known)
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
        assert!(wants_listed_address(
            "conq: To access this repository, an admin must whitelist your IP."
        ));
        assert!(wants_two_steps(
            "To access this repository, enable two-step authentication."
        ));
        assert!(wants_other_kind_of_token(
            "This API is not accessible by this authentication mechanism"
        ));
    }
}

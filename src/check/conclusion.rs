//! What a ready test comes to, in words.

use super::{Proof, Rung, Standing};

/// What is proven, and what is left to prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// What is proven.
    pub proven: &'static str,
    /// What is not.
    pub open: Option<Open>,
}

/// What is not proven, and what would prove it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// What is not proven, as a sentence.
    pub what: &'static str,
    /// What to do about it, as a sentence without its full stop.
    pub way: &'static str,
    /// Whether Bitbucket could tell some of it, too, if it were asked with a token.
    pub token_helps: bool,
}

impl Open {
    /// Both in a sentence each; `with_token` says how to ask Bitbucket.
    pub fn words(self, with_token: &str) -> String {
        let Open {
            what,
            way,
            token_helps,
        } = self;
        if token_helps {
            format!("{what} {way}, or {with_token}.")
        } else {
            format!("{what} {way}.")
        }
    }
}

impl Conclusion {
    /// What a ready test with this proof comes to.
    pub fn of(proof: &Proof) -> Self {
        let proven = |rung| proof.standing(rung) == Standing::Proven;
        if Rung::ALL.into_iter().all(proven) {
            return Self {
                proven: "All is proven: Coalesce Quality is in.",
                open: None,
            };
        }
        if proven(Rung::ThisRepository) {
            let open = (!proven(Rung::UsedByVendor)).then_some(Open {
                what: "Not proven yet: that Coalesce gets in, past any allowlist or firewall.",
                way: "Press \"Test connection\" in Coalesce Quality",
                token_helps: false,
            });
            return Self {
                proven: "The key is on this repository.",
                open,
            };
        }
        Self {
            proven: "The key is in: Bitbucket recognises it.",
            open: Some(Open {
                what: "Not proven from here: that the repository exists, that the key opens it and only reads, and that \
                       Coalesce gets past any allowlist or firewall.",
                way: "Press \"Test connection\" in Coalesce Quality to prove these",
                token_helps: true,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Check, CheckId};

    fn open(proven: &[CheckId]) -> &'static str {
        let pass = |&id| Check::pass(id, "");
        let checks: Vec<Check> = proven.iter().map(pass).collect();
        let conclusion = Conclusion::of(&Proof::from_checks(&checks));
        conclusion.open.expect("something is open").what
    }

    /// Cloud has allowlists, a Data Center stands behind a firewall at most, and these words are for both.
    #[test]
    fn what_may_keep_coalesce_out_is_named_for_either_edition() {
        for proven in [&[][..], &[CheckId::Repository]] {
            let words = open(proven);
            assert!(words.contains("any allowlist or firewall"), "{words}");
        }
        assert_ne!(open(&[]), open(&[CheckId::Repository]));
    }
}

//! What the manual shows to be done with doorkey.

/// A command line, and what it does.
pub(super) struct Example {
    /// As it is typed.
    pub(super) line: &'static str,
    /// What comes of it.
    pub(super) words: &'static str,
}

impl Example {
    /// Whether it is one of this command, named without doorkey before it.
    pub(super) fn is_of(&self, command: &str) -> bool {
        self.line.split(' ').nth(1) == Some(command)
    }
}

const fn example(line: &'static str, words: &'static str) -> Example {
    Example { line, words }
}

/// Every example. Those of a command stand on its own page, too.
pub(super) const EXAMPLES: [Example; 12] = [
    example(
        "doorkey",
        "Walk through the whole setup, or go on where you left off.",
    ),
    example(
        "doorkey demo",
        "See it all on this computer, without a Bitbucket and without a network.",
    ),
    example(
        "doorkey check git@ssh.bitbucket.org:acme/analytics.git --key vendor.pub",
        "Ask Bitbucket once whether it would let the key in.",
    ),
    example(
        "doorkey check git@ssh.bitbucket.org:acme/analytics.git --key vendor.pub --watch=5m",
        "Ask again until the key has been added, for five minutes at most.",
    ),
    example(
        "doorkey explain key_query.not_recognised",
        "Say what a code from a report means and what to do about it.",
    ),
    example(
        "doorkey handoff --url git@ssh.bitbucket.org:acme/analytics.git --key vendor.pub",
        "Print a text that asks whoever administers the repository to add the key.",
    ),
    example(
        "doorkey verify --all --since-days 7",
        "Test the saved connections again, but for those that were ready in the last week.",
    ),
    example(
        "doorkey rotate analytics",
        "Replace the key of a saved connection, and see that the old one is refused.",
    ),
    example(
        "doorkey url https://bitbucket.org/acme/analytics/src/main/",
        "Turn the address of any page of a repository into its SSH URL.",
    ),
    example(
        "doorkey key vendor.pub",
        "Say what a public key is, and what is wrong with it.",
    ),
    example(
        "doorkey allowlist --region eu",
        "Print the addresses that Coalesce Quality connects from.",
    ),
    example(
        "doorkey simulate --edition data-center --fault silent",
        "Run a Bitbucket Data Center on this computer that takes connections and says nothing.",
    ),
];

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn every_example_can_be_typed() {
        for Example { line, .. } in EXAMPLES {
            let typed = Cli::try_parse_from(line.split(' '));
            assert!(typed.is_ok(), "{line}: {:?}", typed.err());
        }
    }
}

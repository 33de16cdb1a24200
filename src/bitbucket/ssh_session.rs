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

/// What a Cloud session without a command is told next.
pub const NO_SHELL: &str = "You can use git to connect to Bitbucket. Shell access is disabled";

/// The line above the repositories that an access key opens, in a Cloud session without a command.
pub const READ_ACCESS: &str = "This deploy key has read access to the following repositories:";

/// How many repositories of a list are kept.
const REPOSITORIES_KEPT: usize = 1000;

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

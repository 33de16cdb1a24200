//! The addresses of Bitbucket's pages.

use super::Edition;

/// Where a repository is on the web.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RepositoryPlace {
    /// Which Bitbucket.
    pub edition: Edition,
    /// The web address everything is below, without a slash at the end: `https://bitbucket.org`, or for Data Center
    /// `https://git.example.com/bitbucket`.
    pub base: String,
    /// Whether `base` is a guess: an SSH address does not say where the web pages are.
    pub base_guessed: bool,
    /// Cloud: the workspace. Data Center: the project key in upper case, or `~user`.
    pub project: String,
    /// The repository's slug.
    pub repository: String,
}

impl RepositoryPlace {
    /// The page where access keys are added.
    pub fn access_keys_page(&self) -> String {
        todo!()
    }
}

//! The addresses of Bitbucket's pages.

use super::Edition;
use super::assets::BITBUCKET;
use super::percent::{encode_part, encode_url};

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
    /// The repository's name on its Bitbucket: `workspace/repository`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.project, self.repository)
    }

    /// The page where access keys of the repository are added.
    pub fn access_keys_page(&self) -> String {
        self.fill(match self.edition {
            Edition::Cloud => &BITBUCKET.cloud.pages.access_keys,
            Edition::DataCenter => &BITBUCKET.data_center.pages.access_keys,
        })
    }

    /// The page where access keys of the whole project are added: they open each of its repositories. None where
    /// the repository's address does not lead to it: on Cloud it does not name the project, and a personal
    /// repository of Data Center has none.
    pub fn project_access_keys_page(&self) -> Option<String> {
        let has_project = self.edition == Edition::DataCenter && !self.project.starts_with('~');
        has_project.then(|| self.fill(&BITBUCKET.data_center.pages.project_access_keys))
    }

    /// The repository's own page.
    pub fn repository_page(&self) -> String {
        self.fill(match self.edition {
            Edition::Cloud => &BITBUCKET.cloud.pages.repository,
            Edition::DataCenter => &BITBUCKET.data_center.pages.repository,
        })
    }

    /// Puts the values into a page's template. Encoded values hold no braces, so none can be taken for a field.
    pub(super) fn fill(&self, template: &str) -> String {
        template
            .replace("{base}", &encode_url(&self.base))
            .replace("{project}", &encode_part(&self.project))
            .replace("{repository}", &encode_part(&self.repository))
    }
}

/// Where Atlassian says how Bitbucket Cloud is doing. A Data Center has no such page.
pub fn status_page(edition: Edition) -> Option<&'static str> {
    (edition == Edition::Cloud).then_some(&*BITBUCKET.cloud.pages.status)
}

/// Atlassian's guide to a workspace's IP allowlist. A Data Center has no allowlist of its own.
pub fn access_controls_guide(edition: Edition) -> Option<&'static str> {
    (edition == Edition::Cloud).then_some(&*BITBUCKET.cloud.pages.access_controls_guide)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(edition: Edition, base: &str, project: &str) -> RepositoryPlace {
        RepositoryPlace {
            edition,
            base: base.to_owned(),
            base_guessed: false,
            project: project.to_owned(),
            repository: "analytics".to_owned(),
        }
    }

    #[test]
    fn each_edition_has_its_access_keys_page() {
        let cases = [
            (
                place(Edition::Cloud, "https://bitbucket.org", "acme"),
                "https://bitbucket.org/acme/analytics/admin/access-keys/",
                None,
            ),
            (
                place(Edition::DataCenter, "https://git.example.com/stash", "DATA"),
                "https://git.example.com/stash/plugins/servlet/ssh/projects/DATA/repos/analytics/keys",
                Some("https://git.example.com/stash/plugins/servlet/ssh/projects/DATA/keys"),
            ),
            (
                place(Edition::DataCenter, "http://[2001:db8::1]:7990", "~ada"),
                "http://[2001:db8::1]:7990/plugins/servlet/ssh/projects/~ada/repos/analytics/keys",
                None,
            ),
        ];
        for (place, repository, project) in cases {
            assert_eq!(place.access_keys_page(), repository);
            assert_eq!(place.project_access_keys_page().as_deref(), project);
        }
    }

    #[test]
    fn no_value_can_change_the_page_it_stands_in() {
        let odd = place(
            Edition::Cloud,
            "https://bitbucket.org",
            "{repository}/../a b?#\u{202e}",
        );
        assert_eq!(
            odd.repository_page(),
            "https://bitbucket.org/%7Brepository%7D%2F..%2Fa%20b%3F%23%E2%80%AE/analytics"
        );
    }

    #[test]
    fn only_cloud_has_a_status_page_and_an_allowlist() {
        assert_eq!(
            status_page(Edition::Cloud),
            Some("https://bitbucket.status.atlassian.com")
        );
        assert_eq!(status_page(Edition::DataCenter), None);
        assert!(access_controls_guide(Edition::Cloud).is_some());
        assert_eq!(access_controls_guide(Edition::DataCenter), None);
    }
}

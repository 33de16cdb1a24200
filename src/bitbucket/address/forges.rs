//! Services that are not Bitbucket.

use super::Refusal;
use super::host::Host;
use crate::bitbucket::assets::{FORGES, Forge};
use crate::check::Code;

/// The service this host surely belongs to, if it is none of Bitbucket's.
pub(super) fn by_host(host: &Host) -> Option<&'static Forge> {
    let Host::Name(name) = host else {
        return None;
    };
    let within = |domain: &String| {
        name.strip_suffix(domain.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    // `gitlab.company.com`, but not the bare name `gitlab`.
    let first_label = name.split_once('.').map(|(label, _)| label);
    FORGES.forge.iter().find(|forge| {
        forge.domains.iter().any(within)
            || (first_label.is_some() && forge.first_label.as_deref() == first_label)
    })
}

/// The service whose web addresses alone have such a path.
pub(super) fn by_path(path: &[String]) -> Option<&'static Forge> {
    FORGES.forge.iter().find(|forge| {
        let part = forge.path_part.as_ref();
        part.is_some_and(|part| path.contains(part))
    })
}

/// Says which service it is, and where Coalesce Quality's guide for it is.
pub(super) fn refusal(forge: &Forge) -> Refusal {
    let guide = forge.guide.as_ref().unwrap_or(&FORGES.guides);
    Refusal::because(
        Code::UrlOtherForge,
        format!(
            "It belongs to {}. Coalesce Quality's guide: {guide}",
            forge.name
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forge_is_known_by_its_host() {
        let cases = [
            ("github.com", Some("GitHub")),
            ("ssh.github.com", Some("GitHub")),
            ("github.example.com", Some("GitHub")),
            ("gitlab.example.com", Some("GitLab")),
            ("vs-ssh.visualstudio.com", Some("Azure DevOps")),
            ("notgithub.com", None),
            ("gitlab", None),
            ("git.example.com", None),
            ("bitbucket.org", None),
        ];
        for (host, expected) in cases {
            let found = by_host(&Host::Name(host.to_owned())).map(|forge| forge.name.as_str());
            assert_eq!(found, expected, "{host}");
        }
    }
}

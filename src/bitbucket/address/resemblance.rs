//! Hosts that are taken for Bitbucket Cloud's, and names that no public server has.
//!
//! A host is believed to be Cloud's only if it is exactly one of its names. What comes near is asked about: another server would
//! get the connection.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::host::Host;
use crate::bitbucket::assets::{BITBUCKET, TOP_LEVEL_DOMAINS};

/// How a host comes near to Cloud's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resemblance {
    /// `bitbucket.org-work`: as Atlassian's guide for several accounts names hosts in the SSH configuration.
    Alias,
    /// `bitbuket.org`: a letter or two are others.
    Misspelt,
}

/// With more other letters it is another name.
const LETTERS_AT_MOST: usize = 2;

/// What stands before Cloud's name for some purpose.
const FIRST_LABELS: [&str; 5] = ["ssh.", "altssh.", "www.", "api.", "git."];

static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lists = &*TOP_LEVEL_DOMAINS;
    let examples = lists.for_examples.iter().map(String::as_str);
    lists.names.split_whitespace().chain(examples).collect()
});

/// How a host that is none of Cloud's comes near to one. `is_sure`: the address has the form of a Data Center's; then only a
/// slip of the pen is asked about.
pub(super) fn of(host: &Host, is_sure: bool) -> Option<Resemblance> {
    let Host::Name(name) = host else {
        return None;
    };
    let own = [
        &BITBUCKET.cloud.former_ssh_host,
        &BITBUCKET.cloud.other_name,
    ];
    let bare = FIRST_LABELS
        .iter()
        .find_map(|first| name.strip_prefix(first))
        .unwrap_or(name);
    if own
        .iter()
        .any(|own| is_alias_of(name, own, is_sure) || is_alias_of(bare, own, is_sure))
    {
        Some(Resemblance::Alias)
    } else if own
        .iter()
        .any(|own| is_slip(bare, own) || (!is_sure && bare.starts_with(&format!("{own}."))))
    {
        Some(Resemblance::Misspelt)
    } else if !name.contains('.') && name.starts_with("bitbucket") {
        Some(Resemblance::Alias)
    } else if !is_sure
        && bare.split('.').count() == 2
        && bare.starts_with("bitbucket.")
        && is_public(host)
    {
        // Cloud's name at another end.
        Some(Resemblance::Misspelt)
    } else {
        None
    }
}

/// `bitbucket.org-work`, `bitbucket.org.work`, `work-bitbucket.org`, `work.bitbucket.org`. (`bitbucket.org.example.com` is a name
/// of somebody else's.)
fn is_alias_of(name: &str, own: &str, is_sure: bool) -> bool {
    let behind = name
        .strip_prefix(own)
        .is_some_and(|rest| match rest.strip_prefix('.') {
            Some(rest) => !rest.contains('.'),
            None => rest.starts_with(['-', '_']),
        });
    let before = name.strip_suffix(own).is_some_and(|rest| {
        rest.ends_with('.') || (!is_sure && rest.ends_with(['-', '_']) && !rest.contains('.'))
    });
    behind || before
}

/// Letters left out, doubled, swapped or mistaken for their neighbours.
fn is_slip(name: &str, own: &str) -> bool {
    let ends = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let is_near = strsim::osa_distance(name, own) <= LETTERS_AT_MOST;
    // `bitbucket.corp` differs by two letters as well, and is a name of somebody's own network.
    let ends_alike = KNOWN.contains(ends(name).as_str())
        || strsim::osa_distance(&ends(name), &ends(own)) < LETTERS_AT_MOST
        || !name.contains('.');
    is_near && ends_alike
}

/// Whether a public server can have this name: it ends in a domain that exists.
pub(super) fn is_public(host: &Host) -> bool {
    let Host::Name(name) = host else {
        return true;
    };
    let is_private = TOP_LEVEL_DOMAINS.private.iter().any(|private| {
        name.strip_suffix(private.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    let last = name.rsplit('.').next().unwrap_or_default();
    let has_domain = name.contains('.') || name == "localhost";
    has_domain && !is_private && KNOWN.contains(last)
}

/// The last part of a host's name, where no public one ends so.
pub(super) fn unknown_end(host: &Host) -> Option<&str> {
    let Host::Name(name) = host else {
        return None;
    };
    let (_, last) = name.rsplit_once('.')?;
    (!is_public(host)).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str) -> Host {
        Host::Name(name.to_owned())
    }

    #[test]
    fn what_comes_near_is_known() {
        use Resemblance::{Alias, Misspelt};
        let cases = [
            ("bitbucket.org-work", Some(Alias)),
            ("bitbucket.org_ada", Some(Alias)),
            ("bitbucket.com-work", Some(Alias)),
            ("work.bitbucket.org", Some(Alias)),
            ("work-bitbucket.org", Some(Alias)),
            ("bitbucket.org.work", Some(Alias)),
            ("bitbucket", Some(Alias)),
            ("bitbucket-work", Some(Alias)),
            ("ssh.bitbucket.org-work", Some(Alias)),
            ("bitbuket.org", Some(Misspelt)),
            ("bitbukcet.org", Some(Misspelt)),
            ("bibucket.org", Some(Misspelt)),
            ("bitbuckett.org", Some(Misspelt)),
            ("butbucket.org", Some(Misspelt)),
            ("bitbucket.og", Some(Misspelt)),
            ("bitbucket.ogr", Some(Misspelt)),
            ("bitbucket.orgg", Some(Misspelt)),
            ("bitbucketorg", Some(Misspelt)),
            ("bit-bucket.org", Some(Misspelt)),
            ("ssh.bitbuket.org", Some(Misspelt)),
            ("bitbucket.co", Some(Misspelt)),
            ("bitbucket.net", Some(Misspelt)),
            ("bitbucket.corp", None),
            ("bitbucket.acme.com", None),
            ("bitbucket.org.example.com", Some(Misspelt)),
            ("git.example.com", None),
            ("github.com", None),
        ];
        for (name, expected) in cases {
            assert_eq!(of(&host(name), false), expected, "{name}");
        }
        assert_eq!(of(&host("evil-bitbucket.org"), true), None);
        assert_eq!(of(&host("bitbucket.org.example.com"), true), None);
        assert_eq!(of(&host("bitbucket.net"), true), None);
        assert_eq!(of(&host("bitbuket.org"), true), Some(Misspelt));
    }

    #[test]
    fn a_public_name_ends_in_a_domain_that_exists() {
        for name in [
            "git.example.com",
            "git.acme.example",
            "git.acme.co.uk",
            "h.xn--p1ai",
            "localhost",
            "nowhere.invalid",
            "h.test",
        ] {
            assert!(is_public(&host(name)), "{name}");
        }
        for name in [
            "git",
            "git.local",
            "git.acme.internal",
            "nas.home.arpa",
            "git.lan",
            "git.corp",
            "bitbucket.org-work",
            "git.home",
        ] {
            assert!(!is_public(&host(name)), "{name}");
        }
    }
}

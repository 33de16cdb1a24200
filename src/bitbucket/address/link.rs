//! Addresses in the links of pages and programs: where a sign-in goes on to, what a mail program checks first, what a
//! program is to clone.

use super::paste::looks_like_address;
use crate::bitbucket::percent;

/// The parameters whose value may be a path of the same server.
const GOES_ON_TO: [&str; 14] = [
    "next",
    "continue",
    "dest",
    "dest_url",
    "destination",
    "os_destination",
    "redirect",
    "redirect_to",
    "redirect_uri",
    "return",
    "return_to",
    "returnurl",
    "returnto",
    "target",
];

/// How often a value may be encoded.
const LAYERS: usize = 3;

/// Proofpoint's older links write their own code for the address they check.
const PROOFPOINT: &str = "urldefense.proofpoint.com/v2/";

/// What is in a link that may be the address of a repository.
pub(super) fn inside(link: &str) -> Vec<String> {
    let mut found = Vec::new();
    let Some((scheme, rest)) = link.split_once("://") else {
        // Browsers leave the scheme out.
        let Some((head, _)) = link.split_once(['/', '?']) else {
            return found;
        };
        let is_host = head.contains('.') && !head.contains(['@', ':']);
        return if is_host {
            inside(&format!("https://{link}"))
        } else {
            found
        };
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let server = rest[..end].rsplit('@').next().unwrap_or_default();
    for pair in rest[end..].split(['?', '&', ';', '#']).skip(1) {
        let Some((name, value)) = pair.split_once('=') else {
            continue;
        };
        let value = if rest.starts_with(PROOFPOINT) {
            proofpoint(value)
        } else {
            value.to_owned()
        };
        let is_relative = GOES_ON_TO.contains(&name.to_ascii_lowercase().as_str());
        found.extend(decoded(&value, is_relative.then_some((scheme, server))));
    }
    // `https://web.archive.org/web/2020/https://…`, `https://urldefense.com/v3/__https://…__;`
    let path = &rest[end..];
    let inner = ["https://", "http://", "ssh://", "https:/", "git@"]
        .iter()
        .find_map(|scheme| path.find(scheme));
    if let Some(start) = inner {
        let inner = &path[start..];
        found.push(inner.split("__;").next().unwrap_or(inner).to_owned());
    }
    found
}

/// The value as an address, if it is one once its encodings are undone.
fn decoded(value: &str, server: Option<(&str, &str)>) -> Option<String> {
    let mut value = value.to_owned();
    for _ in 0..LAYERS {
        let is_path = value.starts_with('/') && !value.starts_with("//");
        match server {
            Some((scheme, server)) if is_path => {
                return Some(format!("{scheme}://{server}{value}"));
            }
            _ if looks_like_address(&value) => return Some(value),
            _ => value = percent::decode(&value),
        }
    }
    None
}

/// `https-3A__bitbucket.org_acme_x`
fn proofpoint(value: &str) -> String {
    percent::decode(&value.replace('-', "%").replace('_', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_in_a_link_is_found() {
        let cases: [(&str, &[&str]); 7] = [
            (
                "https://bitbucket.org/account/signin/?next=/acme/x/src",
                &["https://bitbucket.org/acme/x/src"],
            ),
            (
                "https://bitbucket.org/socialauth/login/?next=%2Facme%2Fx",
                &["https://bitbucket.org/acme/x"],
            ),
            (
                "sourcetree://cloneRepo?type=bitbucket&cloneUrl=ssh%3A%2F%2Fgit%40h.org%2Fa%2Fb.git",
                &["ssh://git@h.org/a/b.git"],
            ),
            (
                "https://urldefense.com/v3/__https://bitbucket.org/acme/x__;!!a!b$",
                &["https://bitbucket.org/acme/x"],
            ),
            (
                "https://urldefense.proofpoint.com/v2/url?u=https-3A__bitbucket.org_acme_my-2Dx&d=D",
                &["https://bitbucket.org/acme/my-x"],
            ),
            ("https://bitbucket.org/acme/x", &[]),
            ("https://h.org/?q=a&at=b", &[]),
        ];
        for (link, expected) in cases {
            assert_eq!(inside(link), expected, "{link}");
        }
    }
}

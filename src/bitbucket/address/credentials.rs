//! Keeping credentials that stand in an address out of everything that is shown or stored.

use std::borrow::Cow;

use super::pasted::{self, Around};
use crate::text;

/// What was pasted, fit to be shown and stored: one line without control characters, at most `limit` characters,
/// and without anything that may be a secret. Users other than `git`, passwords, queries, fragments and the options of
/// a git command are left out.
pub fn shown(pasted: &str, limit: usize) -> String {
    let shown = match pasted::find(pasted) {
        Ok(found) => {
            let addresses: Vec<_> = found
                .addresses
                .iter()
                .map(|address| without_secrets(address))
                .collect();
            let command = if found.around == Around::GitCommand {
                "git … "
            } else {
                ""
            };
            format!("{command}{}", addresses.join(" "))
        }
        Err(_) => unread(pasted),
    };
    text::harmless(&shown, limit)
}

/// The text without the password of an address in it, if there is one: `https://jane:secret@host/` becomes
/// `https://jane@host/`.
pub fn without_password(text: &str) -> Option<String> {
    let start = text.find("://").map_or(0, |at| at + "://".len());
    let (before, rest) = text.split_at(start);
    // As above: the last @ counts.
    let (user, rest) = rest.rsplit_once('@')?;
    let (name, password) = user.split_once(':')?;
    // `git@host:path@more` has a path there, not a password.
    let is_path = name.contains(['@', '/']);
    (!is_path && !password.is_empty()).then(|| format!("{before}{name}@{rest}"))
}

/// What can be shown of a text in which no address was found: it may be anything, even a private key.
fn unread(pasted: &str) -> String {
    let first_line = pasted.trim_start().lines().next().unwrap_or_default();
    let is_command = first_line.split_whitespace().next() == Some("git");
    if is_command || pasted.contains("PRIVATE KEY") {
        return text::ELLIPSIS.to_owned();
    }
    without_secrets(first_line).into_owned()
}

/// Whether what stands before the path looks like a user and a password rather than a host and a port: the rest, with
/// the `@`, may have been torn off by a space in the password.
fn names_a_password(rest: &str) -> bool {
    let before_path = rest.split('/').next().unwrap_or_default();
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !before_path.starts_with('[')
        && before_path
            .split_once(':')
            .is_some_and(|(_, after)| !is_port(after))
}

/// Cuts out all that stands between a scheme and the last `@`, and all from the query on.
fn without_secrets(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let (scheme, rest) = match text.find("://") {
        Some(at) => text.split_at(at + "://".len()),
        None => ("", text),
    };
    // A password may hold any character, even one that ends a URL's authority: so the last @ counts, wherever it is.
    let (user, rest) = rest
        .rsplit_once('@')
        .map_or((None, rest), |(user, rest)| (Some(user), rest));
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    match user {
        Some("git") => Cow::Owned(format!("{scheme}git@{}", &rest[..end])),
        Some(_) => Cow::Owned(format!("{scheme}…@{}", &rest[..end])),
        None if !scheme.is_empty() && names_a_password(rest) => {
            Cow::Owned(format!("{scheme}{}", text::ELLIPSIS))
        }
        None => Cow::Borrowed(&text[..scheme.len() + end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_password_is_dropped() {
        let table = [
            (
                "https://jane:s3cret@bitbucket.org/acme/web.git",
                Some("https://jane@bitbucket.org/acme/web.git"),
            ),
            (
                "git clone https://jane:s3:c@ret@host/x",
                Some("git clone https://jane@host/x"),
            ),
            (
                "ssh://git:s3cret@host:7999/key/web.git",
                Some("ssh://git@host:7999/key/web.git"),
            ),
            ("https://jane@bitbucket.org/acme/web.git", None),
            ("git@host:acme/web.git", None),
            ("git@host:acme/web@2.git", None),
            ("ssh://git@host:7999/key/web.git", None),
        ];
        for (given, expected) in table {
            assert_eq!(without_password(given).as_deref(), expected, "{given}");
        }
    }
}

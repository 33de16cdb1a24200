//! Keeping credentials that stand in an address out of everything that is shown or stored.

use std::borrow::Cow;
use std::ops::Range;

use super::paste::{self, Wrapper};
use crate::text;

/// What was pasted, fit to be shown and stored: one line without control characters, at most `limit` characters,
/// and without anything that may be a secret. Users other than `git`, passwords, queries, fragments and the options of
/// a git command are left out.
pub fn shown(pasted: &str, limit: usize) -> String {
    let shown = match paste::find(pasted) {
        Ok(found) => {
            let mut addresses: Vec<_> = found
                .iter()
                .map(|address| without_secrets(&address.text))
                .collect();
            addresses.dedup();
            let is_command = |wrappers: &[Wrapper]| wrappers.contains(&Wrapper::GitCommand);
            let command = if found.iter().any(|found| is_command(&found.wrappers)) {
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

/// The text without the passwords of addresses in it, if there are any: `https://jane:secret@host/` becomes
/// `https://jane@host/`.
pub fn without_password(text: &str) -> Option<String> {
    let mut rest = Cow::Borrowed(text);
    while let Some(password) = password(&rest) {
        rest = Cow::Owned([&rest[..password.start], &rest[password.end..]].concat());
    }
    matches!(rest, Cow::Owned(_)).then(|| rest.into_owned())
}

/// Where a password is, with the colon before it.
fn password(text: &str) -> Option<Range<usize>> {
    let in_url = text.match_indices("://").find_map(|(at, mark)| {
        let start = at + mark.len();
        let rest = &text[start..];
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let end = rest.find("://").map_or(end, |next| next.min(end));
        in_user(&rest[..end]).map(|found| start + found.start..start + found.end)
    });
    in_url.or_else(|| without_scheme(text))
}

/// The password in `name:password@host…`.
fn in_user(address: &str) -> Option<Range<usize>> {
    // As below: the last @ counts.
    let (user, behind) = address.rsplit_once('@')?;
    let (name, password) = user.split_once(':')?;
    // `git@host:path@more` has a path there, and a name between quotes is that of a field.
    let is_name = !name.contains(|c: char| c.is_whitespace() || "@/\"'<>()[]{}".contains(c));
    let has_fields = ["\",", "\":", ",\"", ":\"", "\">"]
        .iter()
        .any(|mark| password.contains(mark));
    // `host:443/path@branch`
    let port = password.split('/').next().unwrap_or_default();
    let is_port = port.len() < password.len() && port.bytes().all(|byte| byte.is_ascii_digit());
    let is_branch = is_port && !behind.contains([':', '/']);
    let found = is_name && !password.is_empty() && !has_fields && !is_branch;
    found.then_some(name.len()..user.len())
}

/// The same in an address that lost its scheme, as a word of a text.
fn without_scheme(text: &str) -> Option<Range<usize>> {
    // A password with spaces in it is one where the whole text begins with its user.
    let words = text.split_whitespace().chain([text.trim()]);
    words.filter(|word| !word.contains("://")).find_map(|word| {
        let bare = paste::bare(word);
        let (user, behind) = bare.rsplit_once('@')?;
        let (name, password) = user.split_once(':')?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte);
        let host = behind.split(['/', ':']).next().unwrap_or_default();
        let leads_to_host = host.contains('.') && host.len() < behind.len();
        // `host:path@branch`, and `name:git@host`, where git is the user.
        let is_path = name.contains('.') && password.contains('/');
        let is_user = password.split_whitespace().next_back() == Some("git");
        let found = !name.is_empty()
            && name.bytes().all(is_name)
            && !password.is_empty()
            && !password.starts_with(char::is_whitespace)
            && !password.contains(['"', '\n'])
            && leads_to_host
            && !is_path
            && !is_user;
        let part = format!("{name}:{password}@");
        let start = found.then(|| text.find(&part)).flatten()?;
        Some(start + name.len()..start + part.len() - 1)
    })
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
            (
                "jane:s3cret@bitbucket.org/acme/web.git",
                Some("jane@bitbucket.org/acme/web.git"),
            ),
            (
                "jane:s3 cret@bitbucket.org/acme/web.git",
                Some("jane@bitbucket.org/acme/web.git"),
            ),
            (
                r#""url": "https://jane:s3cret@bitbucket.org/acme/web.git","#,
                Some(r#""url": "https://jane@bitbucket.org/acme/web.git","#),
            ),
            (
                "git clone https://a:1@h.com/x && git clone https://b:2@h.com/y",
                Some("git clone https://a@h.com/x && git clone https://b@h.com/y"),
            ),
            (
                "REPO=jane:s3cret@bitbucket.org/acme/web.git",
                Some("REPO=jane@bitbucket.org/acme/web.git"),
            ),
            ("https://jane@bitbucket.org/acme/web.git", None),
            (r#""url": "git@bitbucket.org:acme/web.git","#, None),
            (
                r#"{"a":"https://x.org:8080/y","b":"git@host.org:acme/web.git"}"#,
                None,
            ),
            ("url:git@bitbucket.org:acme/web.git", None),
            ("scm:git:git@bitbucket.org:acme/web.git", None),
            (
                "fatal: repository 'git@bitbucket.org:acme/web.git' not found",
                None,
            ),
            ("bitbucket.org:acme/web.git@v1.18", None),
            ("https://bitbucket.org:443/acme/web@v1", None),
            ("git+ssh://git@bitbucket.org:acme/web.git@v1", None),
            ("bitbucket:acme/web@v1", None),
            ("see https://host.org/x: mail jane@acme.com", None),
            ("git@host:acme/web.git", None),
            ("git@host:acme/web@2.git", None),
            ("ssh://git@host:7999/key/web.git", None),
        ];
        for (given, expected) in table {
            assert_eq!(without_password(given).as_deref(), expected, "{given}");
        }
    }
}

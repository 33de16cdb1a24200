//! Names of workspaces, projects and repositories as they stand in addresses.

use super::Refusal;
use super::suspicious::suspect;
use crate::check::Code;

const GIT_SUFFIX: &str = ".git";

/// Reads the name of a workspace, project or user.
pub(super) fn name(part: &str) -> Result<&str, Refusal> {
    if is_placeholder(part) {
        return Err(Refusal::because(
            Code::UrlNoRepository,
            "Where a name should be, something stands in its place.",
        ));
    }
    if let Some(suspect) = suspect(part) {
        return Err(suspect.refusal());
    }
    // Atlassian, "What is a repository slug?": both editions allow these and no others.
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if part.is_empty() || !part.bytes().all(allowed) {
        return Err(Refusal::not_an_address(
            "Names in it have other characters than letters, digits, dots, dashes and underscores.",
        ));
    }
    Ok(part)
}

/// Reads the name of a repository; the `.git` at its end is not part of it, nor is one that a program added to another.
pub(super) fn repository(part: &str) -> Result<&str, Refusal> {
    let mut bare = part;
    while let Some(without) = without_git_suffix(bare) {
        bare = without;
    }
    let name = name(bare)?;
    if name.ends_with("..") {
        return Err(Refusal::not_an_address(
            "Its end is cut off: dots stand for the rest.",
        ));
    }
    Ok(name)
}

/// Whether a name ends as those in clone URLs do, and those of pages do not.
pub(super) fn has_git_suffix(part: &str) -> bool {
    without_git_suffix(part).is_some()
}

fn without_git_suffix(part: &str) -> Option<&str> {
    let start = part.len().checked_sub(GIT_SUFFIX.len())?;
    let (name, end) = part.split_at_checked(start)?;
    end.eq_ignore_ascii_case(GIT_SUFFIX).then_some(name)
}

/// What guides and scripts write in place of a name: `{workspace}`, `<workspace>`, `$WORKSPACE`, `${WORKSPACE}`, `%WORKSPACE%`. (In
/// links of Bitbucket's mails an internal number can be in braces.)
pub(super) fn is_placeholder(part: &str) -> bool {
    let part = without_git_suffix(part).unwrap_or(part);
    let is_word = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_- .".contains(&byte))
    };
    let between = |open: &str, close: &str| {
        part.strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(is_word)
    };
    part.starts_with('{')
        || between("<", ">")
        || between("${", "}")
        || between("[", "]")
        || between("%", "%")
        || part.strip_prefix('$').is_some_and(is_word)
}

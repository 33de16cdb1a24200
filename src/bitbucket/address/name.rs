//! Names of workspaces, projects and repositories as they stand in addresses.

use super::Refusal;
use super::suspicious::suspect;
use crate::check::Code;

const GIT_SUFFIX: &str = ".git";

/// Reads the name of a workspace, project or user.
pub(super) fn name(part: &str) -> Result<&str, Refusal> {
    if let Some(suspect) = suspect(part) {
        return Err(suspect.refusal());
    }
    if part.starts_with('{') {
        // A placeholder from a guide, or an internal number as links in Bitbucket's mails can have it.
        return Err(Refusal::because(
            Code::UrlNoRepository,
            "Where a name should be, something stands in braces.",
        ));
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

/// Reads the name of a repository; the `.git` at its end is not part of it.
pub(super) fn repository(part: &str) -> Result<&str, Refusal> {
    name(part.strip_suffix(GIT_SUFFIX).unwrap_or(part))
}

/// Whether a name ends as those in clone URLs do, and those of pages do not.
pub(super) fn has_git_suffix(part: &str) -> bool {
    part.strip_suffix(GIT_SUFFIX).is_some()
}

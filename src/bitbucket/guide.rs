//! What to click in Bitbucket to add an access key, and what to check when the way there is missing.

use super::Edition;
use super::assets::GUIDE;

/// The clicks that add an access key to a repository, in their order; the first starts at the repository.
pub fn access_key_clicks(edition: Edition) -> &'static [String] {
    &GUIDE.of(edition).clicks
}

/// In front of what to check when the way there is missing.
pub const MISSING_SETTINGS: &str = "If \"Repository settings\" is missing";

/// What to check if "Repository settings" is missing, or has no "Access keys". The first hint is who sees them; whoever does not,
/// reads next what to do.
pub fn missing_settings_hints(edition: Edition) -> impl Iterator<Item = &'static str> {
    let mut hints = missing_settings_for_administrators(edition);
    hints
        .next()
        .into_iter()
        .chain([NO_ADMINISTRATOR])
        .chain(hints)
}

/// The same for somebody who is an administrator: what is handed to them tells nobody to hand it on.
pub fn missing_settings_for_administrators(edition: Edition) -> impl Iterator<Item = &'static str> {
    GUIDE
        .of(edition)
        .missing_settings
        .iter()
        .map(String::as_str)
}

/// The hint for somebody who is no administrator.
const NO_ADMINISTRATOR: &str = "No admin? Hand this step to your administrator.";

/// Where an address is let in, and by whom.
pub const fn where_to_let_in(edition: Edition) -> &'static str {
    match edition {
        Edition::Cloud => {
            "In Bitbucket: Workspace settings, then Access controls. It needs a workspace administrator."
        }
        Edition::DataCenter => {
            "Ask whoever runs the firewall to let it reach Bitbucket's SSH port."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::width;

    /// The room beside the list of steps in the narrowest terminal the wizard works in.
    const COLUMNS: usize = 54;

    #[test]
    fn every_click_fits_the_narrowest_screen() {
        for edition in [Edition::Cloud, Edition::DataCenter] {
            for line in access_key_clicks(edition) {
                assert!(width(line) <= COLUMNS, "{line}");
            }
        }
    }

    #[test]
    fn every_hint_is_said_in_whole_sentences() {
        for edition in [Edition::Cloud, Edition::DataCenter] {
            for hint in missing_settings_hints(edition) {
                let begins = hint.chars().next().is_some_and(char::is_uppercase);
                assert!(begins && hint.ends_with('.'), "{hint}");
            }
        }
    }

    #[test]
    fn administrators_are_not_told_to_ask_one() {
        for edition in [Edition::Cloud, Edition::DataCenter] {
            let hints: Vec<&str> = missing_settings_for_administrators(edition).collect();
            assert_eq!(hints.len() + 1, missing_settings_hints(edition).count());
            assert!(missing_settings_hints(edition).any(|hint| hint == NO_ADMINISTRATOR));
            assert!(!hints.concat().contains("your administrator"), "{hints:?}");
        }
    }

    #[test]
    fn only_data_center_has_a_permission_to_choose() {
        let names_permission = |edition| {
            access_key_clicks(edition)
                .iter()
                .any(|click| click.contains("Permission: Read"))
        };
        assert!(names_permission(Edition::DataCenter));
        assert!(!names_permission(Edition::Cloud));
    }
}

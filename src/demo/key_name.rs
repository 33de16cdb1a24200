//! Keys by the names that the footer and the help give them.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::guide::keys::NAMED_KEYS;

/// The key with this name, such as `enter`, `ctrl-u` or `w`.
pub(super) fn key_named(name: &str) -> Option<KeyEvent> {
    let (modifiers, name) = match name.strip_prefix("ctrl-") {
        Some(rest) => (KeyModifiers::CONTROL, rest),
        None => (KeyModifiers::NONE, name),
    };
    let named = NAMED_KEYS.iter().find(|(_, known)| *known == name);
    let lone = || {
        let mut characters = name.chars();
        let character = characters.next()?;
        characters
            .next()
            .is_none()
            .then_some(KeyCode::Char(character))
    };
    let code = named.map(|(code, _)| *code).or_else(lone)?;
    Some(KeyEvent::new(code, modifiers))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use super::*;
    use crate::guide::{Action, Binding, Overlay};

    #[test]
    fn a_key_is_found_by_the_name_the_footer_gives_it() {
        let mut bindings = vec![
            Binding::letter('w', Action::Watch, ""),
            Binding::letter('?', Action::Show(Overlay::Help), ""),
            Binding::control('u', Action::Edit, ""),
        ];
        bindings.extend(
            NAMED_KEYS
                .iter()
                .map(|(code, _)| Binding::new(*code, Action::Continue, "")),
        );
        for binding in bindings {
            let key = key_named(&binding.name()).unwrap();
            assert!(binding.matches(key), "{}", binding.name());
        }
        for name in ["", "return", "ctrl-", "xy"] {
            assert_eq!(key_named(name), None, "{name}");
        }
    }
}

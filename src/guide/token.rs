//! Giving an access token: a masked field, and for Cloud the e-mail address that may go with it. Nothing of it is kept but
//! what the test needs, in memory.

use std::fmt;

use crossterm::event::KeyCode;
use secrecy::SecretString;

use super::field::Field;
use super::keys::{Action, Binding};
use crate::bitbucket::Edition;
use crate::bitbucket::api::Purpose;
use crate::check::api_access::{read_email, read_token};
use crate::check::{Fix, FixId};

/// The token and the e-mail address while they are being typed.
#[derive(Clone, Default)]
pub struct TokenForm {
    /// The token. Never shown.
    pub token: Field,
    /// The e-mail address; empty for tokens that need none.
    pub email: Field,
    /// Whether the e-mail address has the focus, and not the token.
    pub in_email: bool,
}

/// What a finished form says.
pub struct Given {
    /// The token.
    pub token: SecretString,
    /// The e-mail address, if one was given.
    pub email: Option<String>,
}

/// What Enter did with the form.
pub(crate) enum Entered {
    /// There is another field to fill in.
    NextField,
    /// Something is wrong; in words that do not repeat it.
    Problem(&'static str),
    /// All is there.
    Given(Given),
}

impl TokenForm {
    /// The key that goes on without the token that was given.
    pub const FORGET_KEY: char = 'f';

    /// What that key does.
    pub const FORGET: &str = "forget the token";

    /// What giving a token is called where one was given already.
    const ANOTHER: &str = "another token";

    /// The same in a few more words.
    const GIVE_ANOTHER: &str = "Give another token";

    /// The keys that give a token, and take back one that was given. `fails` is whether that one told nothing: then both
    /// belong in the footer.
    pub(crate) fn keys(has_token: bool, fails: bool) -> Vec<Binding> {
        let fix = FixId::GiveToken;
        let give = |label| Binding::letter(fix.key(), Action::Fix(fix), label);
        if !has_token {
            return vec![give(fix.label())];
        }
        let forget = Binding::letter(Self::FORGET_KEY, Action::ForgetToken, Self::FORGET);
        let forget = if fails { forget } else { forget.only_in_help() };
        vec![give(Self::ANOTHER), forget]
    }

    /// What a fix does, if one token was given already or not.
    pub fn fix_words(fix: &Fix, has_token: bool) -> &str {
        if has_token && fix.id == FixId::GiveToken {
            Self::GIVE_ANOTHER
        } else {
            &fix.title
        }
    }

    /// What a token must be allowed.
    pub fn needs(edition: Edition) -> String {
        match edition {
            Edition::Cloud => {
                let scopes = Purpose::Add.scopes().join(", ");
                format!("Scopes: {scopes} (the second only to add the key).")
            }
            Edition::DataCenter => {
                "It must belong to an administrator of the repository.".to_owned()
            }
        }
    }

    /// The field that has the focus.
    pub(crate) fn focused(&mut self) -> &mut Field {
        if self.in_email {
            &mut self.email
        } else {
            &mut self.token
        }
    }

    /// Takes in what was typed so far.
    pub(crate) fn enter(&mut self, edition: Edition) -> Entered {
        let token = match read_token(self.token.text()) {
            Ok(Some(token)) => token,
            Ok(None) => {
                return Entered::Problem(
                    "There is no token yet. Paste it, or press esc to leave it.",
                );
            }
            Err(why) => return Entered::Problem(why),
        };
        if edition == Edition::Cloud && !self.in_email {
            self.in_email = true;
            return Entered::NextField;
        }
        let email = match self.email.text().trim() {
            "" => None,
            text => match read_email(text) {
                Ok(email) => Some(email),
                Err(why) => return Entered::Problem(why),
            },
        };
        self.wipe();
        Entered::Given(Given { token, email })
    }

    /// Overwrites all that was typed.
    pub(crate) fn wipe(&mut self) {
        self.token.wipe();
        self.email.wipe();
        self.in_email = false;
    }

    /// The keys while the form is open.
    pub(crate) fn bindings(&self, edition: Edition) -> Vec<Binding> {
        // Only Cloud has a second field.
        let has_email = edition == Edition::Cloud;
        let enter = if self.in_email || !has_email {
            "use it"
        } else {
            "next"
        };
        let mut bindings = vec![Binding::new(KeyCode::Enter, Action::Continue, enter)];
        if has_email {
            let other = Binding::new(KeyCode::Tab, Action::OtherField, "other field");
            bindings.push(other);
        }
        bindings.extend([
            Binding::control('v', Action::PasteClipboard, "paste from the clipboard"),
            Binding::new(KeyCode::Esc, Action::CloseOverlay, "leave it"),
        ]);
        bindings
    }
}

impl fmt::Debug for TokenForm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TokenForm")
            .field("token", &"[hidden]")
            .field("email", &self.email.text())
            .field("in_email", &self.in_email)
            .finish()
    }
}

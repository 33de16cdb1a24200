//! What the user gave for asking Bitbucket's REST interface.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;

use crate::bitbucket::ApiBase;
use crate::text::is_harmful;

/// The environment variable a token may stand in. Never an argument: everybody on the machine can see those.
pub const TOKEN_VARIABLE: &str = "DOORKEY_BITBUCKET_TOKEN";

/// How to get into the REST interface. Without a token nothing is asked there.
///
/// It lives in memory only. Neither the token nor anything made of it is ever shown: not by `Debug` either.
#[derive(Clone, Default)]
pub struct ApiAccess {
    /// The token.
    pub token: Option<SecretString>,
    /// The e-mail address of the account that a Cloud API token belongs to. Other tokens have none.
    pub email: Option<String>,
    /// Where the interface is, if it is not where its edition has it.
    pub base: Option<ApiBase>,
    /// Certificates to trust besides the system's, in PEM.
    pub certificates: Option<Arc<[u8]>>,
}

impl fmt::Debug for ApiAccess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ApiAccess")
            .field("token", &self.token.as_ref().map(|_| "[hidden]"))
            .field("email", &self.email)
            .field("base", &self.base)
            .field("certificates", &self.certificates.is_some())
            .finish()
    }
}

/// Reads a token as it was given; none if there is nothing in it. Fails with a sentence that does not repeat it. To wipe the
/// text is the caller's part.
pub fn read_token(text: &str) -> Result<Option<SecretString>, &'static str> {
    let token = text.trim();
    // It is sent in a header, where only visible ASCII is certain to arrive; no token of Bitbucket has anything else.
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("the token has spaces or other characters in it that no token has");
    }
    Ok((!token.is_empty()).then(|| SecretString::from(token)))
}

/// The longest address that mail is delivered to (RFC 5321 section 4.5.3.1.3, without its brackets).
const LONGEST_EMAIL: usize = 254;

/// Reads an account's e-mail address. Fails with a sentence.
pub fn read_email(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    // A colon would end the name in HTTP's Basic scheme (RFC 7617).
    let is_plain = text
        .chars()
        .all(|c| !c.is_whitespace() && !is_harmful(c) && c != ':');
    match text.split_once('@') {
        Some((name, domain))
            if is_plain
                && !name.is_empty()
                && !domain.is_empty()
                && !domain.contains('@')
                && text.len() <= LONGEST_EMAIL =>
        {
            Ok(text.to_owned())
        }
        _ => Err("This is not an e-mail address."),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::check::request::{TestRequest, TestSettings};

    #[test]
    fn tokens_are_taken_as_people_paste_them() {
        let read = read_token(" ATATT3xFfGF0=_-x \n")
            .expect("a token")
            .expect("one");
        assert_eq!(read.expose_secret(), "ATATT3xFfGF0=_-x");
        assert!(read_token(" \n").expect("nothing").is_none());
        for odd in ["two words", "caf\u{e9}", "esc\u{1b}ape", "line\nbreak"] {
            let why = read_token(odd).expect_err("refused");
            assert!(!why.contains(odd));
        }
    }

    #[test]
    fn an_email_address_looks_like_one() {
        assert_eq!(
            read_email(" ada@example.com ").as_deref(),
            Ok("ada@example.com")
        );
        for odd in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a b@example.com",
            "a:b@example.com",
            "ada@example.com@example.org",
            "ad\u{202e}a@example.com",
            "ada\u{3164}@example.com",
            "\u{feff}ada@example.com",
            "ada@exam\u{7f}ple.com",
            &format!("ada@{}.com", "x".repeat(LONGEST_EMAIL)),
        ] {
            assert!(read_email(odd).is_err(), "{odd:?}");
        }
    }

    #[test]
    fn nothing_that_holds_the_token_shows_it() {
        let access = ApiAccess {
            token: read_token("ATATT-sesame").expect("a token"),
            certificates: Some(Arc::from(*b"pem")),
            ..ApiAccess::default()
        };
        let settings = TestSettings {
            api: access.clone(),
            ..TestSettings::default()
        };
        let request = TestRequest {
            url: String::new(),
            key: crate::access_key::AccessKey::read(""),
            settings: settings.clone(),
        };
        for shown in [
            format!("{access:?}"),
            format!("{settings:?}"),
            format!("{request:#?}"),
        ] {
            assert!(shown.contains("[hidden]"), "{shown}");
            assert!(!shown.contains("sesame"), "{shown}");
        }
    }
}

//! What the user gave for asking Bitbucket's REST interface.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};

use crate::bitbucket::{Api, ApiBase, TokenKind};
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

/// What is known of a token without showing it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenGiven {
    /// Which kind it is.
    pub kind: TokenKind,
    /// Whether an e-mail address goes with it.
    pub with_email: bool,
}

/// Why a token is not sent where it would have to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Withheld {
    /// It is Bitbucket Cloud's, and this is another server.
    BelongsToCloud,
    /// Nobody has said that this is the web server; it was only made up from the SSH address.
    HostIsAGuess,
}

impl ApiAccess {
    /// What is known of the token.
    pub fn given(&self) -> TokenGiven {
        let kind = self.token.as_ref();
        TokenGiven {
            kind: kind.map_or(TokenKind::Unknown, |token| {
                TokenKind::of(token.expose_secret())
            }),
            with_email: self.email.is_some(),
        }
    }

    /// Why the token must not go to this interface, if it must not. An address on this very machine gets any token: what
    /// listens there could read the token from this program's environment anyway.
    pub fn withheld_from(&self, api: &Api) -> Option<Withheld> {
        let is_here = api.base().is_loopback();
        if self.given().kind.is_clouds() && !api.is_clouds_own() && !is_here {
            return Some(Withheld::BelongsToCloud);
        }
        api.is_guess().then_some(Withheld::HostIsAGuess)
    }
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
    use super::*;
    use crate::bitbucket::{SshAliases, read_address};
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
    fn a_token_goes_only_where_it_belongs() {
        let cloud = "git@ssh.bitbucket.org:acme/analytics.git";
        let ssh = "ssh://git@git.example.com:7999/acme/analytics.git";
        let page = "https://git.example.com/projects/ACME/repos/analytics";
        let (here, there) = ("http://127.0.0.1:7990", "https://git.example.com");
        let own = "https://api.bitbucket.org";
        let lookalike = "https://api.bitbucket.org.example.com";
        let (clouds, guess) = (Some(Withheld::BelongsToCloud), Some(Withheld::HostIsAGuess));
        let table = [
            // The address, --api-url, and what becomes of a Cloud token and of another one.
            (cloud, None, None, None),
            (cloud, Some(own), None, None),
            (cloud, Some("https://API.bitbucket.org:443/"), None, None),
            (cloud, Some("https://api.bitbucket.org:8443"), clouds, None),
            (cloud, Some("https://api.bitbucket.org."), clouds, None),
            (cloud, Some(lookalike), clouds, None),
            (cloud, Some("https://bitbucket.org"), clouds, None),
            (cloud, Some(there), clouds, None),
            (cloud, Some(here), None, None),
            (ssh, None, clouds, guess),
            (ssh, Some(there), clouds, None),
            (ssh, Some(here), None, None),
            (page, None, clouds, None),
            (page, Some(lookalike), clouds, None),
        ];
        for (address, base, of_cloud, of_other) in table {
            let place = read_address(address, &SshAliases::default())
                .expect("an address")
                .place;
            let base = base.map(|base| base.parse::<ApiBase>().expect("an address"));
            let api = Api::new(&place, base.as_ref()).expect("an interface");
            for (token, expected) in [
                ("ATATT3xFfGF0abc", of_cloud),
                ("ATCTT3xFfGN0abc", of_cloud),
                ("ATBBabcdefghijk", of_cloud),
                ("MDM0MjM5NDc2MDxx", of_other),
            ] {
                let access = ApiAccess {
                    token: read_token(token).expect("a token"),
                    ..ApiAccess::default()
                };
                let withheld = access.withheld_from(&api);
                assert_eq!(withheld, expected, "{token} {address} {base:?}");
            }
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

//! Why Bitbucket's REST interface did not tell what it was asked.

use crate::bitbucket::api::Purpose;
use crate::bitbucket::token::{api_token_page, app_passwords_ended};
use crate::bitbucket::{Api, Edition, SshRefusal, TokenKind, refusal};
use crate::check::api_access::{TokenGiven, Withheld};
use crate::check::stage::WORDS_LIMIT;
use crate::check::{Check, Code, FixId};
use crate::text::harmless;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// Bitbucket answered with an error.
    Refused(Refused),
    /// What came can't be used, if anything came at all.
    Unusable(Unusable),
}

/// An error that Bitbucket answered with. The texts come from outside: not safe to print.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// The HTTP status.
    pub status: u16,
    /// Its words, if there were any: the message, what it says of single fields, and its details.
    pub words: Option<String>,
    /// Data Center's name for the error, without the package in front, such as `AuthorisationException`.
    pub exception: Option<String>,
    /// The scopes that Cloud asks for.
    pub required: Vec<String>,
}

impl Refused {
    /// An error with these words, and nothing else in it.
    pub fn new(status: u16, words: Option<&str>) -> Self {
        Self {
            status,
            words: words.map(ToOwned::to_owned),
            ..Self::default()
        }
    }

    fn words(&self) -> &str {
        self.words.as_deref().unwrap_or_default()
    }

    /// Whether Data Center calls it like this.
    fn is_called(&self, name: &str) -> bool {
        self.exception
            .as_deref()
            .is_some_and(|own| own.ends_with(name))
    }
}

/// Why nothing came that can be used. Texts in it come from outside: not safe to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The address is not one to send a token to.
    Address(String),
    /// The host name has no address.
    NameNotFound,
    /// No connection, or it broke.
    NoConnection(String),
    /// Nothing came in time.
    TimedOut,
    /// The server's certificate is not trusted.
    NotTrusted(String),
    /// The proxy does not let it through.
    Proxy(String),
    /// It sends elsewhere; a token does not go along.
    Redirected(Option<String>),
    /// A web page came, as from a login page or a proxy, with this HTTP status.
    WebPage(u16),
    /// There is nothing at the address (HTTP status 404), and nothing of Bitbucket's came with it.
    NothingThere,
    /// There is nothing at the address, but a Bitbucket answers at this one on the same server.
    ElsewhereOnTheServer(String),
    /// Not what the interface answers.
    Unexpected(String),
    /// More than doorkey reads.
    TooLong,
    /// A list of more keys than doorkey reads.
    TooManyKeys,
    /// The list goes on at another server.
    GoesOnElsewhere(String),
    /// The list goes on in another list of the same server.
    GoesOnInAnotherList(String),
    /// Nothing was sent, because the token does not belong there.
    Withheld(Withheld),
}

impl From<Refused> for NoAnswer {
    fn from(refused: Refused) -> Self {
        NoAnswer::Refused(refused)
    }
}

impl From<Unusable> for NoAnswer {
    fn from(unusable: Unusable) -> Self {
        NoAnswer::Unusable(unusable)
    }
}

impl NoAnswer {
    /// Whether it would be the same for every repository there: it is about the interface or the way to it, or Bitbucket
    /// asks not to be asked for a while.
    pub fn is_of_the_interface(&self) -> bool {
        match self {
            NoAnswer::Refused(refused) => refused.status == 429,
            NoAnswer::Unusable(unusable) => matches!(
                unusable,
                Unusable::NameNotFound
                    | Unusable::NoConnection(_)
                    | Unusable::TimedOut
                    | Unusable::NotTrusted(_)
                    | Unusable::Proxy(_)
                    | Unusable::ElsewhereOnTheServer(_)
            ),
        }
    }

    /// The check that comes of it.
    pub fn to_check(&self, api: &Api, token: TokenGiven, purpose: Purpose) -> Check {
        match self {
            NoAnswer::Refused(error) => refused(api, token, purpose, error),
            NoAnswer::Unusable(Unusable::Withheld(why)) => withheld(api, *why),
            NoAnswer::Unusable(Unusable::ElsewhereOnTheServer(base)) => elsewhere(api, base),
            NoAnswer::Unusable(unusable) => unreachable(api, &words_of(unusable)),
        }
    }

    /// The reason, in one or two sentences.
    pub fn in_words(&self) -> String {
        match self {
            NoAnswer::Refused(error) => {
                let words = said(error.words());
                format!("It answered with HTTP status {}. {words}", error.status)
                    .trim()
                    .to_owned()
            }
            NoAnswer::Unusable(unusable) => words_of(unusable),
        }
    }
}

/// Nothing was sent: the token belongs to another server, or nobody has said that this is the right one.
fn withheld(api: &Api, why: Withheld) -> Check {
    let base = api.base();
    match why {
        Withheld::BelongsToCloud => Check::found(Code::RepositoryTokenNotForThisHost)
            .with_detail(format!("The server to ask would have been {base}.")),
        Withheld::HostIsAGuess => Check::found(Code::RepositoryWebHostUnconfirmed)
            .with_detail(format!(
                "doorkey guesses {base} from the SSH address. If that is this repository's Bitbucket, confirm it: \
                 --api-url {base}"
            ))
            .with_fix(FixId::ConfirmWebHost, format!("Ask {base}, with the token"))
            .with_fix_value(FixId::ConfirmWebHost, base.as_str()),
    }
}

/// Bitbucket is on this server, below another address.
fn elsewhere(api: &Api, base: &str) -> Check {
    let base = harmless(base, WORDS_LIMIT);
    Check::found(Code::RepositoryContextPath)
        .with_detail(format!(
            "Nothing of Bitbucket's is at {}, but a Bitbucket answers at {base}. doorkey looked without the token. Name \
             that address: --api-url {base}",
            api.base()
        ))
        .with_fix(FixId::ConfirmWebHost, format!("Ask {base}, with the token"))
        .with_fix_value(FixId::ConfirmWebHost, base)
}

fn refused(api: &Api, token: TokenGiven, purpose: Purpose, error: &Refused) -> Check {
    let (status, words) = (error.status, error.words());
    let said = said(words);
    let details = |check: Check, advice: &str| {
        let detail = format!("{said} {advice}");
        match detail.trim() {
            "" => check,
            detail => check.with_detail(detail),
        }
    };
    match SshRefusal::told(words) {
        Some(SshRefusal::AddressNotAllowed) => {
            // This machine's address was refused. Whether the vendor's is listed, and where the key is, nobody said.
            let check = Check::found(Code::RepositoryAddressNotAllowed).in_doubt();
            return details(check, "It was this machine's address that asked.");
        }
        Some(SshRefusal::TwoStepRequired) => {
            return details(Check::found(Code::RepositoryTwoStepRequired).in_doubt(), "");
        }
        _ => {}
    }
    if error.is_called("NoSuchRepositoryException") || error.is_called("NoSuchProjectException") {
        return details(Check::found(Code::RepositoryNotFound), "");
    }
    match status {
        401 | 403 | 410 if is_app_password(api, token, status) => {
            let advice = format!(
                "App passwords have not worked since {}. Make an API token ({}) and give your account's e-mail address \
                 with it (--email).",
                app_passwords_ended(),
                api_token_page()
            );
            details(Check::found(Code::RepositoryTokenRefused), &advice)
        }
        // Data Center's status for both: the token is not valid, and its owner may not do this.
        401 if error.is_called("AuthorisationException") => details(
            Check::found(Code::RepositoryTokenScope),
            &scope_advice(api, token, purpose, error),
        ),
        401 => details(
            Check::found(Code::RepositoryTokenRefused),
            token_advice(api, token, error),
        ),
        403 => {
            let advice = scope_advice(api, token, purpose, error);
            details(Check::found(Code::RepositoryTokenScope), &advice)
        }
        404 if refusal::knows_no_such_resource(words) => unreachable(
            api,
            &format!("It has no access keys at this address. {said}"),
        ),
        404 => details(Check::found(Code::RepositoryNotFound), ""),
        410 => unreachable(
            api,
            format!("This part of Bitbucket's API has been removed (HTTP status 410). {said}")
                .trim(),
        ),
        429 => details(Check::found(Code::RepositoryRateLimited), ""),
        _ => unreachable(
            api,
            &format!("It answered with HTTP status {status}. {said}"),
        ),
    }
}

/// Bitbucket's words, harmless.
fn said(words: &str) -> String {
    match harmless(words, WORDS_LIMIT).as_str() {
        "" => String::new(),
        words => format!("Bitbucket said: {words}"),
    }
}

/// Whether the token is one of Cloud's app passwords. Early ones have no beginning of their own: then a name that goes
/// with it and the status say so.
fn is_app_password(api: &Api, token: TokenGiven, status: u16) -> bool {
    let may_be_old = token.kind == TokenKind::Unknown && token.with_email && status == 410;
    api.edition() == Edition::Cloud && (token.kind == TokenKind::AppPassword || may_be_old)
}

fn token_advice(api: &Api, token: TokenGiven, error: &Refused) -> &'static str {
    match (api.edition(), token.kind, token.with_email) {
        (Edition::Cloud, TokenKind::ApiToken, true) => {
            "The API token has expired, has no scopes, or is another account's: compare the e-mail address."
        }
        (Edition::Cloud, TokenKind::ApiToken, false) => {
            "This is an account's API token, which needs the account's e-mail address with it (--email)."
        }
        (Edition::Cloud, TokenKind::AccessToken, true) => {
            "This is the token of a repository, project or workspace, which goes without an e-mail address."
        }
        (Edition::Cloud, TokenKind::AccessToken, false) => {
            "The access token has expired or was revoked. An account's API token with its e-mail address works, too."
        }
        (Edition::Cloud, _, false) => {
            "An account's API token needs the account's e-mail address with it (--email)."
        }
        (Edition::Cloud, _, true) => {
            "The token of a repository, project or workspace goes without an e-mail address."
        }
        // What it is called says that the token is at fault.
        (Edition::DataCenter, ..) if error.exception.is_some() => {
            "Give an HTTP access token of somebody who administers the repository."
        }
        // It answers 401 in both cases.
        (Edition::DataCenter, ..) => {
            "The token may also lack the permission to administer the repository."
        }
    }
}

fn scope_advice(api: &Api, token: TokenGiven, purpose: Purpose, error: &Refused) -> String {
    match api.edition() {
        Edition::Cloud if refusal::wants_other_kind_of_token(error.words()) => {
            match (token.kind, token.with_email) {
                (TokenKind::ApiToken, true) => {
                    "Bitbucket does not take this token here: use the repository's access token."
                }
                (TokenKind::ApiToken, false) => {
                    "An account's API token needs the account's e-mail address with it (--email)."
                }
                _ => {
                    "Bitbucket does not take this kind of token here: use an account's API token with its e-mail address \
                     (--email)."
                }
            }
            .to_owned()
        }
        Edition::Cloud => {
            let own: Vec<String> = error
                .required
                .iter()
                .map(|scope| harmless(scope, WORDS_LIMIT))
                .collect();
            let scopes = if own.is_empty() {
                purpose.scopes().into_iter().map(ToOwned::to_owned).collect()
            } else {
                own
            };
            let noun = if scopes.len() == 1 { "scope" } else { "scopes" };
            format!("It takes the {noun} {}.", scopes.join(" and "))
        }
        Edition::DataCenter => {
            "It takes a token of somebody who may administer the repository.".to_owned()
        }
    }
}

fn unreachable(api: &Api, why: &str) -> Check {
    let detail = format!("{}: {why}", api.base());
    let check = Check::found(Code::RepositoryApiUnreachable).with_detail(detail.trim());
    match api.edition() {
        Edition::Cloud => check,
        Edition::DataCenter => check.without_fix(FixId::OpenStatusPage),
    }
}

fn words_of(unusable: &Unusable) -> String {
    let safe = |words: &str| harmless(words, WORDS_LIMIT);
    match unusable {
        Unusable::Address(words) => format!("It can't be asked: {}.", safe(words)),
        Unusable::NameNotFound => "There is no host of this name.".to_owned(),
        Unusable::NoConnection(words) => format!("No connection: {}.", safe(words)),
        Unusable::TimedOut => "It did not answer in time.".to_owned(),
        Unusable::NotTrusted(words) => format!(
            "Its certificate is not trusted here ({}). If your organisation has an authority of its own, name its \
             certificate with --cacert.",
            safe(words)
        ),
        Unusable::Proxy(words) => {
            format!("The proxy does not let it through: {}.", safe(words))
        }
        Unusable::Redirected(Some(to)) => format!(
            "It sends elsewhere, to {}. doorkey does not go there with a token.",
            safe(to)
        ),
        Unusable::Redirected(None) => "It sends elsewhere, but does not say where.".to_owned(),
        Unusable::WebPage(status) => format!(
            "A web page came instead of an answer (HTTP status {status}): a proxy, or a login page."
        ),
        Unusable::NothingThere => "There is nothing at this address (HTTP status 404).".to_owned(),
        Unusable::ElsewhereOnTheServer(base) => {
            format!("A Bitbucket answers at {} instead.", safe(base))
        }
        Unusable::Unexpected(words) => {
            format!("Its answer is not one of Bitbucket's: {}.", safe(words))
        }
        Unusable::TooLong => "Its answer is too long to be one of Bitbucket's.".to_owned(),
        Unusable::TooManyKeys => "It lists more keys than doorkey reads.".to_owned(),
        Unusable::GoesOnElsewhere(to) => format!(
            "Its list goes on at another server, {}. doorkey does not go there with a token.",
            safe(to)
        ),
        Unusable::GoesOnInAnotherList(to) => format!(
            "Its list goes on in another list, {}, which says nothing about this repository.",
            safe(to)
        ),
        // A code of its own says it.
        Unusable::Withheld(Withheld::BelongsToCloud) => {
            Code::RepositoryTokenNotForThisHost.meaning().to_owned()
        }
        Unusable::Withheld(Withheld::HostIsAGuess) => {
            Code::RepositoryWebHostUnconfirmed.meaning().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitbucket::RepositoryPlace;
    use crate::check::Standing;

    fn api(edition: Edition) -> Api {
        let place = RepositoryPlace {
            edition,
            base: "https://git.example.com".to_owned(),
            base_guessed: edition == Edition::DataCenter,
            project: "acme".to_owned(),
            repository: "analytics".to_owned(),
        };
        Api::new(&place, None).expect("an interface")
    }

    fn check(edition: Edition, status: u16, words: &str) -> Check {
        let refused = NoAnswer::Refused(Refused::new(status, Some(words)));
        refused.to_check(&api(edition), TokenGiven::default(), Purpose::List)
    }

    #[test]
    fn each_refusal_has_its_code_and_none_decides_the_rung() {
        let table = [
            (401, "", Code::RepositoryTokenRefused),
            (
                403,
                "Your credentials lack one or more required privilege scopes.",
                Code::RepositoryTokenScope,
            ),
            (
                403,
                "This API is not accessible by this authentication mechanism",
                Code::RepositoryTokenScope,
            ),
            (
                403,
                "To access this repository, an admin must whitelist your IP.",
                Code::RepositoryAddressNotAllowed,
            ),
            (
                403,
                "To access this repository, enable two-step authentication.",
                Code::RepositoryTwoStepRequired,
            ),
            (404, "", Code::RepositoryNotFound),
            (
                429,
                "Rate limit for this resource has been exceeded",
                Code::RepositoryRateLimited,
            ),
            (500, "", Code::RepositoryApiUnreachable),
            (400, "what?", Code::RepositoryApiUnreachable),
        ];
        for edition in [Edition::Cloud, Edition::DataCenter] {
            for (status, words, code) in table {
                let check = check(edition, status, words);
                assert_eq!(check.code, Some(code), "{status} {words}");
                assert_eq!(check.standing, Standing::Unknown, "{code}");
                assert!(!check.fixes.is_empty(), "{code}");
                let detail = check.detail.unwrap_or_default();
                assert!(detail.contains(words), "{detail}");
            }
        }
    }

    #[test]
    fn what_the_token_lacks_is_said() {
        let detail = |purpose, edition, words: &str| {
            let refused = NoAnswer::Refused(Refused::new(403, Some(words)));
            let check = refused.to_check(&api(edition), TokenGiven::default(), purpose);
            check.detail.expect("a detail")
        };
        assert_eq!(
            detail(Purpose::List, Edition::Cloud, "No."),
            "Bitbucket said: No. It takes the scope admin:repository:bitbucket."
        );
        assert_eq!(
            detail(Purpose::Add, Edition::Cloud, ""),
            "It takes the scopes admin:repository:bitbucket and write:ssh-key:bitbucket."
        );
        let kind = "This API is not accessible by this authentication mechanism";
        assert!(detail(Purpose::List, Edition::Cloud, kind).contains("API token with its e-mail"));
        assert!(detail(Purpose::List, Edition::DataCenter, "").contains("administer"));
    }

    #[test]
    fn bitbuckets_words_can_not_control_a_terminal() {
        let check = check(Edition::Cloud, 403, "a\x1b]0;b\u{202e}\nc");
        let detail = check.detail.expect("a detail");
        assert!(detail.starts_with("Bitbucket said: a]0;b c"), "{detail}");
    }

    #[test]
    fn each_reason_without_an_answer_has_its_own_words() {
        let reasons = [
            Unusable::Address("why".to_owned()),
            Unusable::NameNotFound,
            Unusable::NoConnection("why".to_owned()),
            Unusable::TimedOut,
            Unusable::NotTrusted("why".to_owned()),
            Unusable::Proxy("why".to_owned()),
            Unusable::Redirected(Some("https://sso.example.com\x1b[2J".to_owned())),
            Unusable::Redirected(None),
            Unusable::WebPage(200),
            Unusable::NothingThere,
            Unusable::Unexpected("why".to_owned()),
            Unusable::TooLong,
            Unusable::TooManyKeys,
            Unusable::GoesOnElsewhere("https://evil.example".to_owned()),
            Unusable::GoesOnInAnotherList("/2.0/x".to_owned()),
        ];
        let mut told = Vec::new();
        for reason in reasons {
            let check = NoAnswer::from(reason).to_check(
                &api(Edition::Cloud),
                TokenGiven::default(),
                Purpose::List,
            );
            assert_eq!(check.code, Some(Code::RepositoryApiUnreachable));
            let detail = check.detail.expect("a detail");
            assert!(!detail.contains('\x1b'), "{detail}");
            assert!(!told.contains(&detail), "{detail}");
            told.push(detail);
        }
    }

    #[test]
    fn a_token_that_was_not_sent_says_why_and_offers_the_way_on() {
        let check = |why| {
            let none = NoAnswer::from(Unusable::Withheld(why));
            let token = TokenGiven::default();
            none.to_check(&api(Edition::DataCenter), token, Purpose::List)
        };
        let guessed = check(Withheld::HostIsAGuess);
        assert_eq!(guessed.code, Some(Code::RepositoryWebHostUnconfirmed));
        assert_eq!(guessed.standing, Standing::Unknown);
        let base = "https://git.example.com";
        assert_eq!(guessed.fix_value(FixId::ConfirmWebHost), Some(base));
        let detail = guessed.detail.expect("a detail");
        assert!(detail.contains(&format!("--api-url {base}")), "{detail}");

        let clouds = check(Withheld::BelongsToCloud);
        assert_eq!(clouds.code, Some(Code::RepositoryTokenNotForThisHost));
        assert_eq!(clouds.standing, Standing::Unknown);
        assert!(clouds.detail.is_some_and(|detail| detail.contains(base)));
    }

    #[test]
    fn an_app_password_is_told_that_its_time_is_over() {
        let refused = |edition, status, kind, with_email| {
            let none = NoAnswer::Refused(Refused::new(status, None));
            none.to_check(
                &api(edition),
                TokenGiven { kind, with_email },
                Purpose::List,
            )
        };
        let (cloud, old) = (Edition::Cloud, TokenKind::Unknown);
        for (status, kind, with_email, is_told) in [
            (410, TokenKind::AppPassword, true, true),
            (401, TokenKind::AppPassword, false, true),
            (403, TokenKind::AppPassword, true, true),
            (410, old, true, true),
            (401, old, true, false),
            (410, old, false, false),
            (410, TokenKind::ApiToken, true, false),
            (500, TokenKind::AppPassword, true, false),
        ] {
            let check = refused(cloud, status, kind, with_email);
            let detail = check.detail.unwrap_or_default();
            assert_eq!(
                detail.contains("since 28 July 2026"),
                is_told,
                "{status} {kind:?}"
            );
            assert!(!is_told || check.code == Some(Code::RepositoryTokenRefused));
        }
        let elsewhere = refused(Edition::DataCenter, 410, old, true);
        assert_eq!(elsewhere.code, Some(Code::RepositoryApiUnreachable));
    }
}

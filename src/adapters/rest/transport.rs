//! Requests and answers: who asks, how long to wait, how much to read, and what is no answer at all.

use std::io;
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION};
use ureq::http::{Request, Response};
use ureq::tls::TlsConfig;
use ureq::{Agent, AsSendBody, Body};
use zeroize::Zeroizing;

use super::{certificates, error_body};
use crate::bitbucket::ApiBase;
use crate::check::api_access::ApiAccess;
use crate::check::stage::repository::change::Sent;
use crate::check::stage::repository::{NoAnswer, Refused, Unusable};
use crate::text::hide_secret;

/// The longest answer that is read. A page of Bitbucket's lists is far below it.
const LONGEST_ANSWER: u64 = 1024 * 1024;

/// The longest error that is read; only its first words are shown.
const LONGEST_ERROR: u64 = 64 * 1024;

/// Sends requests to one server. It has no `Debug`: it holds the token.
#[derive(Clone)]
pub(super) struct Transport {
    agent: Agent,
    /// For changes: a connection that was kept while a person thought may be dead, and then nobody could say whether the
    /// change went out.
    fresh: Agent,
    authorization: HeaderValue,
    limit: Duration,
}

impl Transport {
    /// A transport that gives up a question, or a change, after `limit`.
    pub(super) fn new(
        base: &ApiBase,
        access: &ApiAccess,
        limit: Duration,
    ) -> Result<Self, NoAnswer> {
        let unusable = |why: &str| NoAnswer::from(Unusable::Address(why.to_owned()));
        let token = access
            .token
            .as_ref()
            .ok_or_else(|| unusable("there is no token"))?;
        let config = Agent::config_builder()
            .user_agent(concat!("doorkey/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            // Statuses and redirects are answers to judge. Above all, no token follows a redirect.
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .https_only(!base.is_loopback());
        let config = if base.is_loopback() {
            // What runs on this machine is not asked for through a proxy.
            config.proxy(None)
        } else {
            config
        };
        let config = if base.as_str().starts_with("https:") {
            // The library that checks certificates panics at a clock like this.
            if SystemTime::now() < SystemTime::UNIX_EPOCH {
                let why =
                    "this computer's clock is set before 1970, so no certificate can be checked";
                return Err(Unusable::NoConnection(why.to_owned()).into());
            }
            let roots = certificates::roots(access.certificates.as_deref())
                .map_err(|why| unusable(&why))?;
            // The library that russh brings along; a second one would only make the program larger.
            let provider = rustls::crypto::ring::default_provider();
            let tls = TlsConfig::builder()
                .root_certs(roots)
                .unversioned_rustls_crypto_provider(provider.into());
            config.tls_config(tls.build())
        } else {
            config
        };
        // From here on a server can repeat it, whatever it answers and however it writes it.
        hide_secret(token.expose_secret());
        let config = config.build();
        Ok(Self {
            fresh: config.clone().new_agent(),
            agent: config.new_agent(),
            authorization: authorization(token, access.email.as_deref())
                .ok_or_else(|| unusable("the token can't be sent"))?,
            limit,
        })
    }

    /// When a question that begins now is given up.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.limit
    }

    pub(super) fn get(&self, address: &str, deadline: Instant) -> Result<Value, NoAnswer> {
        json(self.send(Request::get(address), deadline)?)
    }

    /// The same without the token, for what anybody may ask. None if what comes is not JSON.
    pub(super) fn get_as_anybody(&self, address: &str, deadline: Instant) -> Option<Value> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        let request = Request::get(address).body(()).ok()?;
        let request = self
            .agent
            .configure_request(request)
            .timeout_global(Some(left))
            .build();
        let response = self.agent.run(request).ok()?;
        response
            .status()
            .is_success()
            .then(|| json(response).ok())?
    }

    pub(super) fn post(&self, address: &str, content: &Value) -> Sent {
        let request = Request::post(address).header(CONTENT_TYPE, "application/json");
        self.change(request, content.to_string())
    }

    pub(super) fn delete(&self, address: &str) -> Sent {
        self.change(Request::delete(address), ())
    }

    /// Sends a request that changes something, once, and tells whether it went out. Each phase has a limit of its own:
    /// the library names the phase that took too long, and that says whether the whole request had left.
    fn change(&self, request: ureq::http::request::Builder, content: impl AsSendBody) -> Sent {
        let request = request.header(AUTHORIZATION, self.authorization.clone());
        let request = match request.body(content) {
            Ok(request) => request,
            Err(error) => return Sent::NotSent(Unusable::Address(error.to_string()).into()),
        };
        let to_send = Some(self.limit / 4);
        let request = self
            .fresh
            .configure_request(request)
            .timeout_resolve(to_send)
            .timeout_connect(to_send)
            .timeout_send_request(to_send)
            .timeout_send_body(to_send)
            .timeout_recv_response(Some(self.limit))
            .timeout_recv_body(to_send)
            .build();
        let mut response = match self.fresh.run(request) {
            Ok(response) => response,
            Err(error) if is_before_sending(&error) => return Sent::NotSent(failure(error)),
            Err(error) => return Sent::Unclear(failure(error)),
        };
        let status = response.status();
        let bytes = match read(&mut response, LONGEST_ANSWER) {
            Ok(bytes) => bytes,
            Err(none) => return Sent::Unclear(none),
        };
        if status.is_redirection() {
            Sent::Unclear(redirected(&response))
        } else if is_web_page(&response, &bytes) {
            Sent::Unclear(Unusable::WebPage(status.as_u16()).into())
        } else if status.is_success() {
            Sent::Answered
        } else {
            let status = status.as_u16();
            match refusal_in(status, &bytes) {
                // Who is at fault does not know what became of the request (RFC 9110 section 15.6).
                NoAnswer::Refused(refused) if refused.status >= 500 => {
                    Sent::Unclear(NoAnswer::Refused(refused))
                }
                NoAnswer::Refused(refused) => Sent::Refused(refused),
                NoAnswer::Unusable(none @ Unusable::Proxy(_)) => Sent::NotSent(none.into()),
                none @ NoAnswer::Unusable(_) => Sent::Unclear(none),
            }
        }
    }

    /// Sends a request. What comes back is a success; anything else is told apart here.
    fn send(
        &self,
        request: ureq::http::request::Builder,
        deadline: Instant,
    ) -> Result<Response<Body>, NoAnswer> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Unusable::TimedOut.into());
        }
        let request = request
            .header(AUTHORIZATION, self.authorization.clone())
            .body(())
            .map_err(|error| Unusable::Address(error.to_string()))?;
        let request = self
            .agent
            .configure_request(request)
            .timeout_global(Some(left))
            .build();
        let response = self.agent.run(request).map_err(failure)?;
        let status = response.status();
        if status.is_success() {
            Ok(response)
        } else if status.is_redirection() {
            Err(redirected(&response))
        } else {
            Err(refusal(response))
        }
    }
}

fn redirected(response: &Response<Body>) -> NoAnswer {
    let to = response.headers().get(LOCATION);
    let to = to.map(|to| String::from_utf8_lossy(to.as_bytes()).into_owned());
    Unusable::Redirected(to).into()
}

/// Whether nothing, or not all of a request, had left when this happened. In doubt it had.
fn is_before_sending(error: &ureq::Error) -> bool {
    use ureq::{Error, Timeout};
    match error {
        Error::Timeout(phase) => matches!(
            phase,
            Timeout::Resolve | Timeout::Connect | Timeout::SendRequest | Timeout::SendBody
        ),
        Error::HostNotFound
        | Error::ConnectionFailed
        | Error::ConnectProxyFailed(_)
        | Error::InvalidProxyUrl
        | Error::BadUri(_)
        | Error::Http(_)
        | Error::RequireHttpsOnly(_) => true,
        Error::Rustls(error) => is_of_certificate(error),
        Error::Io(error) => {
            let inner = error.get_ref();
            let tls = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>());
            tls.is_some_and(is_of_certificate)
                || matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionRefused
                        | io::ErrorKind::HostUnreachable
                        | io::ErrorKind::NetworkUnreachable
                        | io::ErrorKind::AddrNotAvailable
                )
        }
        _ => false,
    }
}

/// A certificate is looked at before anything is sent; other errors of TLS can come later.
fn is_of_certificate(error: &rustls::Error) -> bool {
    matches!(error, rustls::Error::InvalidCertificate(_))
}

/// Cloud's API tokens are the password of an account's e-mail address; every other token stands alone.
fn authorization(token: &SecretString, email: Option<&str>) -> Option<HeaderValue> {
    let token = token.expose_secret();
    let text = Zeroizing::new(match email {
        Some(email) => {
            let pair = Zeroizing::new(format!("{email}:{token}"));
            let encoded = Zeroizing::new(BASE64_STANDARD.encode(pair.as_bytes()));
            format!("Basic {}", *encoded)
        }
        None => format!("Bearer {token}"),
    });
    let mut value = HeaderValue::from_str(&text).ok()?;
    // So that nothing that prints headers prints this one.
    value.set_sensitive(true);
    Some(value)
}

fn json(mut response: Response<Body>) -> Result<Value, NoAnswer> {
    let status = response.status().as_u16();
    let bytes = read(&mut response, LONGEST_ANSWER)?;
    serde_json::from_slice(&bytes).map_err(|_| {
        if is_web_page(&response, &bytes) {
            Unusable::WebPage(status).into()
        } else {
            Unusable::Unexpected("it is not JSON".to_owned()).into()
        }
    })
}

fn read(response: &mut Response<Body>, longest: u64) -> Result<Vec<u8>, NoAnswer> {
    let body = response.body_mut().with_config().limit(longest);
    body.read_to_vec().map_err(failure)
}

/// A status that is no success. Where a web page comes with it, somebody else than Bitbucket's interface answered; so too where
/// nothing of its own comes with a "not found".
fn refusal(mut response: Response<Body>) -> NoAnswer {
    let status = response.status().as_u16();
    // The status says enough if the words can't be read.
    let bytes = read(&mut response, LONGEST_ERROR).unwrap_or_default();
    if status != 407 && is_web_page(&response, &bytes) {
        return Unusable::WebPage(status).into();
    }
    refusal_in(status, &bytes)
}

fn refusal_in(status: u16, bytes: &[u8]) -> NoAnswer {
    if status == 407 {
        return Unusable::Proxy("it asks for a name and a password".to_owned()).into();
    }
    match serde_json::from_slice(bytes) {
        Ok(body) => error_body::read(status, &body).into(),
        Err(_) if status == 404 => Unusable::NothingThere.into(),
        Err(_) => {
            let words = String::from_utf8_lossy(bytes);
            let words = Some(words.trim()).filter(|words| !words.is_empty());
            Refused::new(status, words).into()
        }
    }
}

fn is_web_page(response: &Response<Body>, bytes: &[u8]) -> bool {
    let mime = response.body().mime_type().unwrap_or_default();
    mime.to_ascii_lowercase().contains("html") || bytes.trim_ascii_start().starts_with(b"<")
}

/// Why there was no answer. None of the library's errors holds a header of the request.
fn failure(error: ureq::Error) -> NoAnswer {
    use ureq::Error;
    match error {
        Error::Timeout(_) => Unusable::TimedOut,
        Error::HostNotFound => Unusable::NameNotFound,
        Error::Rustls(error) => tls_failure(&error),
        Error::Io(error) => io_failure(&error),
        Error::ConnectProxyFailed(words) => Unusable::Proxy(words),
        Error::InvalidProxyUrl => Unusable::Proxy("its own address is not one".to_owned()),
        Error::BodyExceedsLimit(_) | Error::LargeResponseHeader(..) => Unusable::TooLong,
        Error::Protocol(error) => Unusable::Unexpected(error.to_string()),
        error => Unusable::NoConnection(error.to_string()),
    }
    .into()
}

fn io_failure(error: &io::Error) -> Unusable {
    let inner = error.get_ref();
    if let Some(error) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return tls_failure(error);
    }
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Unusable::TimedOut,
        _ => Unusable::NoConnection(error.to_string()),
    }
}

fn tls_failure(error: &rustls::Error) -> Unusable {
    match error {
        rustls::Error::InvalidCertificate(why) => Unusable::NotTrusted(why.to_string()),
        rustls::Error::InvalidMessage(_) => {
            Unusable::NoConnection("what answers there does not speak TLS".to_owned())
        }
        error => Unusable::NoConnection(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stands_alone_or_beside_an_address() {
        let token = SecretString::from("sesame");
        let alone = authorization(&token, None).expect("a header");
        assert_eq!(alone.as_bytes(), b"Bearer sesame");
        let beside = authorization(&token, Some("ada@example.com")).expect("a header");
        // base64 of ada@example.com:sesame
        assert_eq!(beside.as_bytes(), b"Basic YWRhQGV4YW1wbGUuY29tOnNlc2FtZQ==");
        for header in [alone, beside] {
            let shown = format!("{header:?}");
            assert!(
                !shown.contains("sesame") && !shown.contains("YWRh"),
                "{shown}"
            );
        }
    }
}

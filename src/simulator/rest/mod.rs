//! The REST interface: what both editions share. Each edition's own paths and bodies are in its file.

mod cloud;
mod data_center;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::event::{Event, safe};
use super::fault::Fault;
use super::store::Place;
use super::{Premises, messages};
use crate::bitbucket::Edition;

/// The paths of the edition.
pub(super) fn routes(premises: &Arc<Premises>) -> Router<Arc<Premises>> {
    let routes = match premises.edition() {
        Edition::Cloud => cloud::routes(),
        Edition::DataCenter => data_center::routes(),
    };
    routes.route_layer(middleware::from_fn_with_state(Arc::clone(premises), admit))
}

/// Lets in who has the token, and tells what came of it.
async fn admit(State(premises): State<Arc<Premises>>, request: Request, next: Next) -> Response {
    let method = request.method().to_string();
    let path = safe(request.uri().path());
    let response = if let Some(failure) = premises
        .fault()
        .and_then(|fault| failed(fault, premises.edition()))
    {
        failure
    } else if is_authorised(request.headers(), &premises.token) {
        as_bitbucket_writes(premises.edition(), next.run(request).await)
    } else {
        unauthorised(premises.edition())
    };
    premises.announcer.announce(Event::Rest {
        method,
        path,
        status: response.status().as_u16(),
    });
    response
}

fn unauthorised(edition: Edition) -> Response {
    // The simulation's own words: neither edition's are among the known facts.
    let message = "The simulation asks for the token that doorkey printed when it started.";
    error(edition, StatusCode::UNAUTHORIZED, message)
}

fn error(edition: Edition, status: StatusCode, message: &str) -> Response {
    match edition {
        Edition::Cloud => cloud::error(status, message),
        Edition::DataCenter => data_center::error(status, message),
    }
}

/// A refusal by what takes requests apart, such as that of a page without a number, in the form of the edition's errors.
fn as_bitbucket_writes(edition: Edition, response: Response) -> Response {
    let status = response.status();
    let is_json = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if status.is_client_error() && !is_json {
        error(edition, status, UNREADABLE_ADDRESS)
    } else {
        response
    }
}

/// What is answered to an address whose parts or query can't be read. The simulation's own words, like the next.
const UNREADABLE_ADDRESS: &str =
    "The simulation can't read this address: something in it is not what belongs there.";

/// What a body is answered that is not the JSON it should be. What the reader of JSON says about it may repeat what is in it, and
/// that may be a private key in the wrong place.
const UNREADABLE_BODY: &str = "The simulation can't read this request: it takes JSON, with the fields that the documentation names.";

/// The answer of a REST interface that has this fault, if it is one of REST.
fn failed(fault: Fault, edition: Edition) -> Option<Response> {
    let (status, message) = match fault {
        Fault::TokenRefused => return Some(unauthorised(edition)),
        Fault::TokenScope => (StatusCode::FORBIDDEN, messages::MISSING_SCOPE),
        Fault::RateLimited => (StatusCode::TOO_MANY_REQUESTS, messages::RATE_LIMIT),
        Fault::WebPage => {
            return Some(
                Html("<!DOCTYPE html><title>Sign in to the proxy</title>").into_response(),
            );
        }
        _ => return None,
    };
    Some(error(edition, status, message))
}

/// Access tokens come as `Bearer`; Cloud's API tokens as the password of an account's e-mail address.
fn is_authorised(headers: &HeaderMap, token: &str) -> bool {
    let Some((scheme, credentials)) = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
    else {
        return false;
    };
    let credentials = credentials.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return credentials == token;
    }
    scheme.eq_ignore_ascii_case("basic") && basic_password(credentials).as_deref() == Some(token)
}

fn basic_password(credentials: &str) -> Option<String> {
    let decoded = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    user.contains('@').then(|| password.to_owned())
}

/// The parts of a path that say where. A project's paths have no slug, a list's have no number.
#[derive(Debug, Deserialize)]
struct At {
    /// Cloud: the workspace.
    workspace: Option<String>,
    /// The project's key.
    project: Option<String>,
    slug: Option<String>,
    id: Option<u64>,
}

impl At {
    fn place(&self) -> Place {
        let parts = |first: &Option<String>, second: &Option<String>| {
            [first, second]
                .into_iter()
                .filter_map(Option::as_deref)
                .collect::<Vec<_>>()
                .join("/")
        };
        match (&self.workspace, &self.slug) {
            (Some(_), Some(_)) => Place::Repository(parts(&self.workspace, &self.slug)),
            (None, Some(_)) => Place::Repository(parts(&self.project, &self.slug)),
            (_, None) => Place::Project(parts(&self.workspace, &self.project)),
        }
    }
}

/// A time as both editions write it.
fn timestamp(time: SystemTime) -> String {
    // What writes times can write none before 1970 or after 9999.
    const LAST_SECOND: Duration = Duration::from_secs(253_402_300_799);
    let since_1970 = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let time = SystemTime::UNIX_EPOCH + since_1970.min(LAST_SECOND);
    humantime::format_rfc3339_micros(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_token_is_taken_as_bearer_or_beside_an_address() {
        let admitted = |value: &str| {
            let mut headers = HeaderMap::new();
            let value = HeaderValue::from_str(value).expect("a header value");
            headers.insert(AUTHORIZATION, value);
            is_authorised(&headers, "sesame")
        };
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        assert!(admitted("Bearer sesame"));
        assert!(admitted(&basic("me@example.com:sesame")));
        for wrong in [
            "sesame",
            "Bearer",
            "Bearer other",
            "Basic sesame",
            &basic("me:sesame"),
            &basic("me@example.com:other"),
            &basic("sesame"),
        ] {
            assert!(!admitted(wrong), "{wrong}");
        }
        assert!(!is_authorised(&HeaderMap::new(), "sesame"));
    }
}

//! The REST interface: what both editions share. Each edition's own paths and bodies are in its file.

mod cloud;
mod data_center;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::MethodRouter;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::json;

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

/// Paths with and without a slash at the end: many clients write one.
struct Paths(Router<Arc<Premises>>);

impl Paths {
    fn new() -> Self {
        Self(Router::new())
    }

    fn with(self, path: &str, methods: MethodRouter<Arc<Premises>>) -> Self {
        let slashed = format!("{path}/");
        Self(self.0.route(path, methods.clone()).route(&slashed, methods))
    }
}

/// Lets in who has the token, and tells what came of it.
async fn admit(State(premises): State<Arc<Premises>>, request: Request, next: Next) -> Response {
    let method = request.method().to_string();
    let path = safe(request.uri().path());
    let edition = premises.edition();
    let fault = premises.fault();
    let response = if let Some(failure) = fault.and_then(|fault| failed(fault, edition)) {
        failure
    } else if is_for_anybody(&path) || is_authorised(request.headers(), edition, &premises.token) {
        as_bitbucket_writes(edition, next.run(request).await)
    } else {
        unauthorised(edition, request.headers().contains_key(AUTHORIZATION))
    };
    premises.announcer.announce(Event::Rest {
        method,
        path,
        status: response.status().as_u16(),
    });
    response
}

/// Data Center tells its version to anybody.
fn is_for_anybody(path: &str) -> bool {
    path.trim_end_matches('/')
        .ends_with("/application-properties")
}

/// The answer to somebody without the token. `with_credentials`: they had others.
fn unauthorised(edition: Edition, with_credentials: bool) -> Response {
    let mut response = match edition {
        Edition::Cloud => cloud::error(StatusCode::UNAUTHORIZED, messages::CLOUD_WRONG_TOKEN),
        Edition::DataCenter if with_credentials => data_center::error(
            StatusCode::UNAUTHORIZED,
            messages::DATA_CENTER_WRONG_TOKEN,
            Some(data_center::WRONG_PASSWORD),
        ),
        Edition::DataCenter => data_center::not_permitted(),
    };
    // RFC 9110 section 11.6.1: a 401 names what would do.
    for scheme in ["Bearer", "Basic"] {
        let challenge = format!("{scheme} realm=\"doorkey simulation\"");
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            response.headers_mut().append(WWW_AUTHENTICATE, challenge);
        }
    }
    response
}

fn error(edition: Edition, status: StatusCode, message: &str) -> Response {
    match edition {
        Edition::Cloud => cloud::error(status, message),
        Edition::DataCenter => data_center::error(status, message, None),
    }
}

/// What is answered to a path of REST that there is not. None if the path is another one.
pub(super) fn nothing_here(edition: Edition, path: &str) -> Option<Response> {
    match edition {
        Edition::Cloud if path.starts_with("/2.0") => {
            Some(cloud::error(StatusCode::NOT_FOUND, "Resource not found"))
        }
        Edition::DataCenter if path.starts_with("/rest/") => {
            let message = format!("null for uri: {}", safe(path));
            let body = json!({"message": message, "status-code": 404});
            Some((StatusCode::NOT_FOUND, Json(body)).into_response())
        }
        _ => None,
    }
}

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
    let response = match (fault, edition) {
        (Fault::TokenRefused, _) => unauthorised(edition, true),
        (Fault::TokenScope, Edition::Cloud) => cloud::missing_scope(),
        // It has no 403 for access keys (its OpenAPI description).
        (Fault::TokenScope, Edition::DataCenter) => data_center::not_permitted(),
        (Fault::RateLimited, _) => {
            error(edition, StatusCode::TOO_MANY_REQUESTS, messages::RATE_LIMIT)
        }
        (Fault::WebPage, _) => {
            Html("<!DOCTYPE html><title>Sign in to the proxy</title>").into_response()
        }
        _ => return None,
    };
    Some(response)
}

/// Access tokens come as `Bearer`, and as the password beside a name: on Cloud that is an account's e-mail address.
fn is_authorised(headers: &HeaderMap, edition: Edition, token: &str) -> bool {
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
    let is_basic = scheme.eq_ignore_ascii_case("basic");
    is_basic && basic_password(credentials, edition).as_deref() == Some(token)
}

fn basic_password(credentials: &str, edition: Edition) -> Option<String> {
    let decoded = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    let may_be_a_name = match edition {
        Edition::Cloud => user.contains('@'),
        Edition::DataCenter => !user.is_empty(),
    };
    may_be_a_name.then(|| password.to_owned())
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
    permission: Option<String>,
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

/// A time since 1970, as far as it can be written.
fn since_1970(time: SystemTime) -> Duration {
    // What writes times can write none before 1970 or after 9999.
    const LAST_SECOND: Duration = Duration::from_secs(253_402_300_799);
    let since_1970 = time.duration_since(SystemTime::UNIX_EPOCH);
    since_1970.unwrap_or_default().min(LAST_SECOND)
}

/// A number that a name always gets, for what has one in Bitbucket.
fn number(kind: &str, name: &str) -> u128 {
    let digest = digest(
        &SHA256,
        format!("{kind} {name}").to_ascii_lowercase().as_bytes(),
    );
    let first = digest.as_ref().iter().take(16);
    first.fold(0, |number, byte| (number << 8) | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_taken_as_bearer_or_beside_a_name() {
        let admitted = |edition, value: &str| {
            let mut headers = HeaderMap::new();
            let value = HeaderValue::from_str(value).expect("a header value");
            headers.insert(AUTHORIZATION, value);
            is_authorised(&headers, edition, "sesame")
        };
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        for edition in Edition::ALL {
            assert!(admitted(edition, "Bearer sesame"));
            assert!(admitted(edition, &basic("me@example.com:sesame")));
            for wrong in [
                "sesame",
                "Bearer",
                "Bearer other",
                "Basic sesame",
                &basic(":sesame"),
                &basic("me@example.com:other"),
                &basic("sesame"),
            ] {
                assert!(!admitted(edition, wrong), "{wrong}");
            }
            assert!(!is_authorised(&HeaderMap::new(), edition, "sesame"));
        }
        assert!(!admitted(Edition::Cloud, &basic("me:sesame")));
        assert!(admitted(Edition::DataCenter, &basic("me:sesame")));
    }
}

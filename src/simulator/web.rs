//! The web server: who may come in, what every answer carries, and where the page and REST are.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, SERVER,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use futures::StreamExt as _;
use tokio::net::TcpListener;

use super::event::Event;
use super::visitors::{Bounds, Entrance, Visitor};
use super::{Premises, page, rest};

/// The longest request body; the longest key is far below it.
const LONGEST_BODY: usize = 64 * 1024;

/// How much is listened to all the same: a browser hears an answer only when it was let to say everything.
const LISTENED_TO: usize = 64 * 1024 * 1024;

/// What every answer carries.
///
/// The referrer policy is not `no-referrer`: with that, browsers send `Origin: null` with a form, which is refused.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (SERVER, HeaderValue::from_static("doorkey-simulation")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

/// Far more than a browser and a few clients need at once. A request that stays unfinished takes up memory, so it may not do
/// so for long.
const BOUNDS: Bounds = Bounds {
    visitors: 128,
    silence: Duration::from_secs(30),
    stay: Duration::from_secs(15 * 60),
};

/// Takes requests for ever.
pub(super) async fn serve(listener: TcpListener, premises: Arc<Premises>) {
    let Ok(address) = listener.local_addr() else {
        return;
    };
    let listener = Bounded {
        entrance: Entrance::new(listener, BOUNDS),
        address,
    };
    // axum answers no error: it never gives up listening.
    let _ = axum::serve(listener, router(premises)).await;
}

struct Bounded {
    entrance: Entrance,
    address: SocketAddr,
}

impl Listener for Bounded {
    type Io = Visitor;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Visitor, SocketAddr) {
        let (stream, place, from) = self.entrance.next().await;
        (place.seat(stream), from)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

fn router(premises: Arc<Premises>) -> Router {
    Router::new()
        .merge(rest::routes(&premises))
        .merge(page::routes(&premises))
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(middleware::from_fn(hear_out))
        .layer(middleware::from_fn_with_state(Arc::clone(&premises), guard))
        .layer(middleware::map_response(with_headers))
        .with_state(premises)
}

/// Takes in the whole body, and keeps of one that is too long no more than shows that it is.
async fn hear_out(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut pieces = body.into_data_stream();
    let (mut kept, mut heard) = (Vec::new(), 0_usize);
    while let Some(piece) = pieces.next().await {
        let Ok(piece) = piece else {
            // It broke off: nobody is left to read an answer, and half of a form must not be taken for all of it.
            return StatusCode::BAD_REQUEST.into_response();
        };
        heard = heard.saturating_add(piece.len());
        if kept.len() <= LONGEST_BODY {
            kept.extend_from_slice(&piece);
        }
        if heard > LISTENED_TO {
            break;
        }
    }
    next.run(Request::from_parts(parts, Body::from(kept))).await
}

async fn nothing_here(State(premises): State<Arc<Premises>>, request: Request) -> Response {
    if let Some(response) = rest::nothing_here(premises.edition(), request.uri().path()) {
        return response;
    }
    (
        StatusCode::NOT_FOUND,
        "This is a doorkey simulation, not Bitbucket. There is nothing at this address; the address of its page is \
         in the output of doorkey.\n",
    )
        .into_response()
}

async fn with_headers(mut response: Response) -> Response {
    response
        .headers_mut()
        .extend(HEADERS.map(|(name, value)| (Some(name), value)));
    response
}

/// Turns away what another web page could have sent: through a name that it made point here (DNS rebinding), or
/// as a form of its own (request forgery).
async fn guard(State(premises): State<Arc<Premises>>, request: Request, next: Next) -> Response {
    let refusal = refuse(&premises, request.method(), request.headers());
    let Some((status, reason)) = refusal else {
        return next.run(request).await;
    };
    premises.announcer.announce(Event::WebRefused {
        reason: reason.to_owned(),
    });
    let text = format!("This is a doorkey simulation. It refused this request: {reason}.\n");
    (status, text).into_response()
}

fn refuse(
    premises: &Premises,
    method: &Method,
    headers: &HeaderMap,
) -> Option<(StatusCode, &'static str)> {
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    let Some(host) = host.filter(|host| is_own_name(premises, host)) else {
        return Some((
            StatusCode::MISDIRECTED_REQUEST,
            "it was meant for another host",
        ));
    };
    let changes_something = !matches!(*method, Method::GET | Method::HEAD);
    let foreign = headers
        .get_all(ORIGIN)
        .iter()
        .any(|origin| origin.as_bytes() != format!("http://{host}").as_bytes());
    (changes_something && foreign)
        .then_some((StatusCode::FORBIDDEN, "it came from another web page"))
}

/// Whether a `Host` header names this server.
fn is_own_name(premises: &Premises, host: &str) -> bool {
    let address = premises.web_address;
    host == address.to_string() || host == format!("localhost:{}", address.port())
}

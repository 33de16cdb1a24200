//! Data Center's REST interface, as far as access keys go.
//!
//! Source: the REST reference at developer.atlassian.com/server/bitbucket.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use ssh_key::public::KeyData;

use super::{At, UNREADABLE_BODY};
use crate::bitbucket::Edition;
use crate::simulator::store::{NewKey, Permission, Place, Refusal, Repository, StoredKey};
use crate::simulator::{Premises, messages};

const USUAL_LIMIT: usize = 25;
const GREATEST_LIMIT: usize = 1000;

pub(super) fn routes() -> Router<Arc<Premises>> {
    const REPOSITORY: &str = "/projects/{project}/repos/{slug}";
    const PROJECT: &str = "/projects/{project}";
    let mut routes = Router::new().route(&format!("/rest/api/1.0{REPOSITORY}"), get(repository));
    for place in [REPOSITORY, PROJECT] {
        let keys = format!("/rest/keys/1.0{place}/ssh");
        routes = routes
            .route(&keys, get(list).post(add))
            .route(&format!("{keys}/{{id}}"), delete(remove));
    }
    routes
}

/// An error as Data Center writes it.
pub(super) fn error(status: StatusCode, message: &str) -> Response {
    let body = json!({"errors": [{"message": message, "exceptionName": null}]});
    (status, Json(body)).into_response()
}

fn not_found() -> Response {
    error(StatusCode::NOT_FOUND, messages::DATA_CENTER_NO_REPOSITORY)
}

#[derive(Debug, Deserialize)]
struct Paging {
    start: Option<usize>,
    limit: Option<usize>,
}

async fn list(
    State(premises): State<Arc<Premises>>,
    Path(at): Path<At>,
    Query(asked): Query<Paging>,
) -> Result<Json<Value>, Response> {
    let keys = premises
        .store
        .access_keys(&at.place())
        .ok_or_else(not_found)?;
    let limit = asked.limit.unwrap_or(USUAL_LIMIT).clamp(1, GREATEST_LIMIT);
    let start = asked.start.unwrap_or(0);
    let values: Vec<Value> = keys.iter().skip(start).take(limit).map(key_json).collect();
    let next = start.saturating_add(limit);
    let is_last = next >= keys.len();
    Ok(Json(json!({
        "size": values.len(),
        "limit": limit,
        "isLastPage": is_last,
        "start": start,
        "nextPageStart": (!is_last).then_some(next),
        "values": values,
    })))
}

#[derive(Debug, Deserialize)]
struct Addition {
    key: AddedKey,
    permission: String,
}

#[derive(Debug, Deserialize)]
struct AddedKey {
    text: String,
    label: Option<String>,
}

async fn add(
    State(premises): State<Arc<Premises>>,
    Path(at): Path<At>,
    body: Result<Json<Addition>, JsonRejection>,
) -> Result<Json<Value>, Response> {
    let Json(addition) = body.map_err(|_| error(StatusCode::BAD_REQUEST, UNREADABLE_BODY))?;
    let place = at.place();
    let Some(permission) = permission_named(&addition.permission, &place) else {
        return Err(error(
            StatusCode::BAD_REQUEST,
            "The simulation does not know this permission.",
        ));
    };
    let new = NewKey {
        line: &addition.key.text,
        label: addition.key.label.as_deref().unwrap_or_default(),
        permission,
        expires: None,
    };
    match premises.store.add_access_key(&place, new) {
        Ok(key) => Ok(Json(key_json(&key))),
        Err(Refusal::NoSuchPlace) => Err(not_found()),
        Err(refusal) => Err(error(
            refused_with(refusal),
            refusal.message(Edition::DataCenter),
        )),
    }
}

fn refused_with(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::NotAKey | Refusal::PrivateKey => StatusCode::BAD_REQUEST,
        Refusal::NoSuchPlace => StatusCode::NOT_FOUND,
        Refusal::AlreadyHere | Refusal::AccountKey | Refusal::FormerAccountKey => {
            StatusCode::CONFLICT
        }
    }
}

async fn remove(State(premises): State<Arc<Premises>>, Path(at): Path<At>) -> Response {
    let removed = at
        .id
        .and_then(|id| premises.store.remove_access_key(&at.place(), id));
    match removed {
        Some(_) => StatusCode::NO_CONTENT.into_response(),
        None => not_found(),
    }
}

async fn repository(
    State(premises): State<Arc<Premises>>,
    Path((project, slug)): Path<(String, String)>,
) -> Result<Json<Value>, Response> {
    let repository = premises.store.repository(&project, &slug);
    repository
        .map(|repository| Json(repository_json(repository, &premises)))
        .ok_or_else(not_found)
}

/// The permissions' names: what they are on is part of them.
fn permission_name(permission: Permission, place: &Place) -> &'static str {
    match (place, permission) {
        (Place::Repository(_), Permission::Read) => "REPO_READ",
        (Place::Repository(_), Permission::ReadWrite) => "REPO_WRITE",
        (Place::Project(_), Permission::Read) => "PROJECT_READ",
        (Place::Project(_), Permission::ReadWrite) => "PROJECT_WRITE",
    }
}

fn permission_named(name: &str, place: &Place) -> Option<Permission> {
    [Permission::Read, Permission::ReadWrite]
        .into_iter()
        .find(|&permission| permission_name(permission, place) == name)
}

fn key_json(key: &StoredKey) -> Value {
    let (algorithm, bits) = algorithm_and_bits(&key.key);
    let mut body = json!({
        "key": {
            "id": key.id,
            "text": format!("{} {}", key.line(), key.label).trim_end(),
            "label": key.label,
            "algorithmType": algorithm,
            "bitLength": bits,
        },
        "permission": permission_name(key.permission, &key.place),
    });
    match &key.place {
        Place::Repository(name) => {
            let (project, slug) = name.split_once('/').unwrap_or_default();
            body["repository"] =
                json!({"slug": slug, "project": {"key": project.to_ascii_uppercase()}});
        }
        Place::Project(project) => body["project"] = json!({"key": project}),
    }
    body
}

fn algorithm_and_bits(key: &KeyData) -> (&'static str, Option<u32>) {
    match key {
        KeyData::Rsa(rsa) => ("RSA", Some(rsa.key_size())),
        KeyData::Ecdsa(ecdsa) => ("ECDSA", Some(ecdsa_bits(ecdsa.curve()))),
        _ => ("ED25519", Some(256)),
    }
}

fn ecdsa_bits(curve: ssh_key::EcdsaCurve) -> u32 {
    match curve {
        ssh_key::EcdsaCurve::NistP256 => 256,
        ssh_key::EcdsaCurve::NistP384 => 384,
        ssh_key::EcdsaCurve::NistP521 => 521,
    }
}

fn repository_json(repository: &Repository, premises: &Premises) -> Value {
    let name = repository.full_name();
    json!({
        "slug": repository.slug,
        "name": repository.slug,
        "project": {"key": repository.project},
        "links": {"clone": [
            {"name": "ssh", "href": format!("ssh://git@{}/{name}.git", premises.ssh_name())},
            {"name": "http", "href": format!("{}/scm/{name}.git", premises.web_base())},
        ]},
    })
}

//! Cloud's REST interface, version 2.0, as far as access keys ("deploy keys" there) go.
//!
//! Source: the `OpenAPI` description at developer.atlassian.com/cloud/bitbucket.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{At, UNREADABLE_BODY, timestamp};
use crate::bitbucket::Edition;
use crate::simulator::store::{NewKey, Permission, Place, Refusal, Repository, StoredKey};
use crate::simulator::{Premises, messages};

const LEAST_PAGE_LENGTH: usize = 1;
const USUAL_PAGE_LENGTH: usize = 10;
const GREATEST_PAGE_LENGTH: usize = 100;

pub(super) fn routes() -> Router<Arc<Premises>> {
    const REPOSITORY: &str = "/2.0/repositories/{workspace}/{slug}";
    const PROJECT: &str = "/2.0/workspaces/{workspace}/projects/{project}";
    let mut routes = Router::new().route(REPOSITORY, get(repository));
    for place in [REPOSITORY, PROJECT] {
        routes = routes
            .route(&format!("{place}/deploy-keys"), get(list).post(add))
            .route(&format!("{place}/deploy-keys/{{id}}"), delete(remove));
    }
    routes
}

/// An error as Cloud writes it.
pub(super) fn error(status: StatusCode, message: &str) -> Response {
    let body = json!({"type": "error", "error": {"message": message}});
    (status, Json(body)).into_response()
}

fn not_found() -> Response {
    error(StatusCode::NOT_FOUND, messages::CLOUD_NO_REPOSITORY)
}

#[derive(Debug, Deserialize)]
struct Paging {
    page: Option<usize>,
    pagelen: Option<usize>,
}

async fn list(
    State(premises): State<Arc<Premises>>,
    Path(at): Path<At>,
    Query(asked): Query<Paging>,
) -> Result<Json<Value>, Response> {
    let place = at.place();
    let keys = premises.store.access_keys(&place).ok_or_else(not_found)?;
    let length = asked
        .pagelen
        .unwrap_or(USUAL_PAGE_LENGTH)
        .clamp(LEAST_PAGE_LENGTH, GREATEST_PAGE_LENGTH);
    let page = asked.page.unwrap_or(1).max(1);
    let start = (page - 1).saturating_mul(length);
    let values: Vec<Value> = keys.iter().skip(start).take(length).map(key_json).collect();
    let mut body = json!({"values": values, "pagelen": length, "page": page, "size": keys.len()});
    if start.saturating_add(length) < keys.len() {
        let next = page + 1;
        let path = list_path(&place);
        body["next"] = json!(format!(
            "{}{path}?pagelen={length}&page={next}",
            premises.web_base()
        ));
    }
    Ok(Json(body))
}

fn list_path(place: &Place) -> String {
    match place {
        Place::Repository(name) => format!("/2.0/repositories/{name}/deploy-keys"),
        Place::Project(name) => {
            let (workspace, project) = name.split_once('/').unwrap_or_default();
            format!("/2.0/workspaces/{workspace}/projects/{project}/deploy-keys")
        }
    }
}

#[derive(Debug, Deserialize)]
struct Addition {
    key: String,
    #[serde(default)]
    label: String,
}

async fn add(
    State(premises): State<Arc<Premises>>,
    Path(at): Path<At>,
    body: Result<Json<Addition>, JsonRejection>,
) -> Result<Json<Value>, Response> {
    let Json(addition) = body.map_err(|_| error(StatusCode::BAD_REQUEST, UNREADABLE_BODY))?;
    let new = NewKey {
        line: &addition.key,
        label: &addition.label,
        permission: Permission::Read,
        expires: None,
    };
    match premises.store.add_access_key(&at.place(), new) {
        Ok(key) => Ok(Json(key_json(&key))),
        Err(Refusal::NoSuchPlace) => Err(not_found()),
        Err(refusal) => Err(field_error(refusal.message(Edition::Cloud))),
    }
}

/// A refusal of the field `key`, as Cloud writes it.
fn field_error(message: &str) -> Response {
    let body = json!({"key": [{"message": message}]});
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
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
    Path((workspace, slug)): Path<(String, String)>,
) -> Result<Json<Value>, Response> {
    let repository = premises.store.repository(&workspace, &slug);
    repository
        .map(|repository| Json(repository_json(repository)))
        .ok_or_else(not_found)
}

fn key_json(key: &StoredKey) -> Value {
    let mut body = json!({
        "id": key.id,
        "key": key.line(),
        "label": key.label,
        "comment": key.comment,
        "created_on": timestamp(key.created_on),
        "last_used": key.last_used.map(timestamp),
    });
    match &key.place {
        Place::Repository(name) => body["repository"] = json!({"full_name": name}),
        Place::Project(name) => {
            let project = name.split_once('/').map(|(_, project)| project);
            body["project"] = json!({"key": project});
        }
    }
    body
}

fn repository_json(repository: &Repository) -> Value {
    let name = repository.full_name();
    json!({
        "type": "repository",
        "full_name": name,
        "name": repository.slug,
        "slug": repository.slug,
        "is_private": true,
        "project": {"type": "project", "key": repository.project},
        "mainbranch": {"type": "branch", "name": repository.main_branch()},
        "links": {"clone": [
            {"name": "https", "href": format!("https://bitbucket.org/{name}.git")},
            {"name": "ssh", "href": format!("git@ssh.bitbucket.org:{name}.git")},
        ]},
    })
}

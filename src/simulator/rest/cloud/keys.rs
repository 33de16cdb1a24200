//! The access keys of a repository or a project.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{At, UNREADABLE_BODY};
use super::{Paging, error, not_found, project_in_short, repository_in_short, timestamp};
use crate::bitbucket::Edition;
use crate::simulator::Premises;
use crate::simulator::store::{NewKey, Permission, Place, Refusal, StoredKey};

pub(super) async fn list(
    State(premises): State<Arc<Premises>>,
    Path(at): Path<At>,
    Query(asked): Query<Paging>,
) -> Result<Json<Value>, Response> {
    let place = at.place();
    let keys = premises.store.access_keys(&place).ok_or_else(not_found)?;
    let values: Vec<Value> = keys.iter().map(|key| described(&premises, key)).collect();
    Ok(asked.page(&premises, &list_path(&place), &values))
}

pub(super) async fn one(
    State(premises): State<Arc<Premises>>,
    Path(at): Path<At>,
) -> Result<Json<Value>, Response> {
    let key = at
        .id
        .and_then(|id| premises.store.access_key(&at.place(), id));
    key.map(|key| Json(described(&premises, &key)))
        .ok_or_else(not_found)
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
pub(super) struct Addition {
    key: String,
    #[serde(default)]
    label: String,
}

pub(super) async fn add(
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
        Ok(key) => Ok(Json(described(&premises, &key))),
        Err(Refusal::NoSuchPlace) => Err(not_found()),
        Err(refusal) => Err(refused(refusal)),
    }
}

/// A refusal of the field `key`. Both forms were seen: a key that is somewhere else as one of the fields of an error, and else
/// the field alone.
fn refused(refusal: Refusal) -> Response {
    let message = refusal.message(Edition::Cloud);
    let body = match refusal {
        Refusal::FormerAccountKey => json!({
            "type": "error",
            "error": {"message": "Bad request", "fields": {"key": [message]}},
        }),
        _ => json!({"key": [{"message": message}]}),
    };
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

#[derive(Debug, Deserialize)]
pub(super) struct Change {
    label: Option<String>,
    comment: Option<String>,
}

/// The label and the comment can be changed, the key itself can't.
pub(super) async fn update(
    State(premises): State<Arc<Premises>>,
    Path(at): Path<At>,
    body: Result<Json<Change>, JsonRejection>,
) -> Result<Json<Value>, Response> {
    let Json(change) = body.map_err(|_| error(StatusCode::BAD_REQUEST, UNREADABLE_BODY))?;
    let (label, comment) = (change.label.as_deref(), change.comment.as_deref());
    let id = at.id.ok_or_else(not_found)?;
    match premises.store.relabel(&at.place(), id, label, comment) {
        Ok(key) => Ok(Json(described(&premises, &key))),
        Err(Refusal::NoSuchPlace) => Err(not_found()),
        Err(refusal) => Err(refused(refusal)),
    }
}

pub(super) async fn remove(State(premises): State<Arc<Premises>>, Path(at): Path<At>) -> Response {
    let removed = at
        .id
        .and_then(|id| premises.store.remove_access_key(&at.place(), id));
    match removed {
        Some(_) => StatusCode::NO_CONTENT.into_response(),
        None => not_found(),
    }
}

/// A key with all that the description requires and its examples show. `added_on` is the description's name for what its
/// examples call `created_on`.
fn described(premises: &Premises, key: &StoredKey) -> Value {
    let created = timestamp(key.created_on);
    let address = format!(
        "{}{}/{}",
        premises.web_base(),
        list_path(&key.place),
        key.id
    );
    let mut body = json!({
        "type": match &key.place {
            Place::Repository(_) => "deploy_key",
            Place::Project(_) => "project_deploy_key",
        },
        "id": key.id,
        "key": key.line(),
        "label": key.label,
        "comment": key.comment,
        "created_on": created,
        "added_on": created,
        "last_used": key.last_used.map(timestamp),
        "links": {"self": {"href": address}},
    });
    match &key.place {
        Place::Repository(name) => {
            let (owner, slug) = name.split_once('/').unwrap_or_default();
            if let Some(repository) = premises.store.repository(owner, slug) {
                body["repository"] = repository_in_short(premises, repository);
            }
        }
        Place::Project(name) => {
            let (owner, project) = name.split_once('/').unwrap_or_default();
            body["project"] = project_in_short(premises, owner, project);
        }
    }
    body
}

//! The access keys of a repository or a project.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use ssh_key::public::KeyData;

use super::super::{At, UNREADABLE_BODY};
use super::{Paging, described_project, described_repository, error, milliseconds, not_found};
use crate::bitbucket::Edition;
use crate::simulator::Premises;
use crate::simulator::store::{NewKey, Permission, Place, Refusal, StoredKey};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest that a key can be added for: a hundred years.
const MOST_DAYS: u32 = 36_500;

#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    /// A permission that the keys must have.
    permission: Option<String>,
    /// Whether the project's keys are among those of a repository.
    #[serde(default)]
    effective: bool,
    /// What the label must begin with.
    filter: Option<String>,
}

pub(super) async fn list(
    State(premises): State<Arc<Premises>>,
    Path(at): Path<At>,
    Query(asked): Query<Paging>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Value>, Response> {
    let place = at.place();
    let mut keys = premises
        .store
        .access_keys(&place)
        .ok_or_else(|| not_found(&place))?;
    if wanted.effective
        && let Place::Repository(name) = &place
    {
        let (project, _) = name.split_once('/').unwrap_or_default();
        let on_project = Place::Project(project.to_owned());
        keys.extend(premises.store.access_keys(&on_project).unwrap_or_default());
    }
    let is_wanted = |key: &&StoredKey| {
        let permission = permission_name(key.permission, &key.place);
        let label = key.label.to_lowercase();
        wanted
            .permission
            .as_deref()
            .is_none_or(|wanted| wanted == permission)
            && wanted
                .filter
                .as_deref()
                .is_none_or(|start| label.starts_with(&start.to_lowercase()))
    };
    let keys = keys.iter().filter(is_wanted);
    let values: Vec<Value> = keys.map(|key| described(&premises, key)).collect();
    Ok(asked.page(&values))
}

pub(super) async fn one(
    State(premises): State<Arc<Premises>>,
    Path(at): Path<At>,
) -> Result<Json<Value>, Response> {
    let place = at.place();
    let key = at.id.and_then(|id| premises.store.access_key(&place, id));
    key.map(|key| Json(described(&premises, &key)))
        .ok_or_else(|| not_found(&place))
}

#[derive(Debug, Deserialize)]
pub(super) struct Addition {
    key: AddedKey,
    permission: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AddedKey {
    text: String,
    label: Option<String>,
    expiry_days: Option<u32>,
}

pub(super) async fn add(
    State(premises): State<Arc<Premises>>,
    Path(at): Path<At>,
    body: Result<Json<Addition>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Response> {
    let Json(addition) = body.map_err(|_| invalid(UNREADABLE_BODY))?;
    let place = at.place();
    let permission = match &addition.permission {
        // It may only read unless somebody says otherwise.
        None => Permission::Read,
        Some(name) => permission_named(name, &place).ok_or_else(unknown_permission)?,
    };
    let days = addition.key.expiry_days.filter(|days| *days > 0);
    if days.is_some_and(|days| days > MOST_DAYS) {
        return Err(invalid(
            "The simulation adds a key for a hundred years at most.",
        ));
    }
    let new = NewKey {
        line: &addition.key.text,
        label: addition.key.label.as_deref().unwrap_or_default(),
        permission,
        expires: days.map(|days| SystemTime::now() + DAY * days),
    };
    match premises.store.add_access_key(&place, new) {
        Ok(key) => Ok((StatusCode::CREATED, Json(described(&premises, &key)))),
        Err(refusal) => Err(refused(refusal, &place)),
    }
}

fn invalid(message: &str) -> Response {
    let exception = "com.atlassian.bitbucket.validation.ArgumentValidationException";
    error(StatusCode::BAD_REQUEST, message, Some(exception))
}

fn unknown_permission() -> Response {
    invalid("The simulation does not know this permission.")
}

fn refused(refusal: Refusal, place: &Place) -> Response {
    let message = refusal.message(Edition::DataCenter);
    match refusal {
        Refusal::NoSuchPlace => not_found(place),
        Refusal::NotAKey | Refusal::PrivateKey => invalid(message),
        Refusal::AlreadyHere | Refusal::AccountKey | Refusal::FormerAccountKey => {
            let exception = "com.atlassian.bitbucket.ssh.DuplicateSshKeyException";
            error(StatusCode::CONFLICT, message, Some(exception))
        }
    }
}

pub(super) async fn set_permission(
    State(premises): State<Arc<Premises>>,
    Path(at): Path<At>,
) -> Result<Json<Value>, Response> {
    let place = at.place();
    let named = at.permission.as_deref().unwrap_or_default();
    let permission = permission_named(named, &place).ok_or_else(unknown_permission)?;
    let changed = at
        .id
        .and_then(|id| premises.store.set_permission(&place, id, permission));
    changed
        .map(|key| Json(described(&premises, &key)))
        .ok_or_else(|| not_found(&place))
}

pub(super) async fn remove(State(premises): State<Arc<Premises>>, Path(at): Path<At>) -> Response {
    let place = at.place();
    let removed = at
        .id
        .and_then(|id| premises.store.remove_access_key(&place, id));
    match removed {
        Some(_) => StatusCode::NO_CONTENT.into_response(),
        None => not_found(&place),
    }
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

fn described(premises: &Premises, key: &StoredKey) -> Value {
    let (algorithm, bits) = algorithm_and_bits(&key.key);
    let fingerprint = key.fingerprint();
    let mut about_key = json!({
        "id": key.id,
        "text": format!("{} {}", key.line(), key.label).trim_end(),
        "label": key.label,
        "algorithmType": algorithm,
        "bitLength": bits,
        "createdDate": milliseconds(key.created_on),
        "fingerprint": fingerprint.strip_prefix("SHA256:").unwrap_or(&fingerprint),
    });
    if let Some(used) = key.last_used {
        // Its description shows this one as text.
        about_key["lastAuthenticated"] = json!(milliseconds(used).to_string());
    }
    if let Some(days) = key.expires.and_then(|end| days_from(key.created_on, end)) {
        about_key["expiryDays"] = json!(days);
    }
    let mut body = json!({
        "key": about_key,
        "permission": permission_name(key.permission, &key.place),
    });
    match &key.place {
        Place::Repository(name) => {
            let (project, slug) = name.split_once('/').unwrap_or_default();
            if let Some(repository) = premises.store.repository(project, slug) {
                body["repository"] = described_repository(premises, repository);
            }
        }
        Place::Project(project) => body["project"] = described_project(premises, project),
    }
    body
}

/// The days between two times, to the nearest: a key ends on the day that its page shows.
fn days_from(start: SystemTime, end: SystemTime) -> Option<u64> {
    let between = end.duration_since(start).ok()?;
    Some((between + DAY / 2).as_secs() / DAY.as_secs())
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

//! What there is beside access keys: the server itself, projects, repositories and branches, as far as clients ask about them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Paging, described_project, described_repository, not_found};
use crate::simulator::Premises;
use crate::simulator::store::{Branch, Place, Repository};

type Answer = Result<Json<Value>, Response>;

/// What it tells to anybody.
pub(super) async fn properties() -> Json<Value> {
    Json(json!({
        "version": "9.4.0",
        "buildNumber": "9004000",
        "buildDate": "1704067200000",
        "displayName": "Bitbucket",
    }))
}

/// What it tells of its SSH server to whoever is signed in. `accessKeysEnabled` is the description's name for what live servers
/// were seen to call `accessKeys.enabled`.
pub(super) async fn ssh_settings(State(premises): State<Arc<Premises>>) -> Json<Value> {
    let name = premises.ssh_name();
    let port: Option<u16> = name.rsplit(':').next().and_then(|port| port.parse().ok());
    let fingerprint = premises.host_fingerprint.as_str();
    Json(json!({
        "enabled": true,
        "baseUrl": format!("ssh://{name}"),
        "port": port,
        "fingerprint": {
            "algorithm": "SHA-256",
            "value": fingerprint.strip_prefix("SHA256:").unwrap_or(fingerprint),
        },
        "accessKeysEnabled": true,
        "accessKeys": {"enabled": true},
    }))
}

#[derive(Debug, Deserialize)]
pub(super) struct Named {
    name: Option<String>,
}

pub(super) async fn projects(
    State(premises): State<Arc<Premises>>,
    Query(asked): Query<Paging>,
    Query(named): Query<Named>,
) -> Json<Value> {
    let name = named.name.map(|name| name.to_lowercase());
    let is_named = |key: &&str| {
        let key = key.to_lowercase();
        name.as_deref().is_none_or(|name| key.starts_with(name))
    };
    let keys = project_keys(&premises).into_iter().filter(is_named);
    let all: Vec<Value> = keys.map(|key| described_project(&premises, key)).collect();
    asked.page(&all)
}

/// The projects' keys, each once, in order.
fn project_keys(premises: &Premises) -> Vec<&str> {
    let repositories = premises.store.repositories().iter();
    let mut keys: Vec<&str> = repositories
        .map(|repository| &*repository.project)
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

pub(super) async fn project(
    State(premises): State<Arc<Premises>>,
    Path(key): Path<String>,
) -> Answer {
    let key = project_key(&premises, &key).map_err(|missing| not_found(&missing))?;
    Ok(Json(described_project(&premises, key)))
}

fn project_key<'a>(premises: &'a Premises, key: &str) -> Result<&'a str, Place> {
    let keys = project_keys(premises).into_iter();
    let mut keys = keys.filter(|own| own.eq_ignore_ascii_case(key));
    keys.next().ok_or_else(|| Place::Project(key.to_owned()))
}

pub(super) async fn repositories(
    State(premises): State<Arc<Premises>>,
    Path(key): Path<String>,
    Query(asked): Query<Paging>,
) -> Answer {
    let key = project_key(&premises, &key).map_err(|missing| not_found(&missing))?;
    let own = premises.store.repositories().iter();
    let own = own.filter(|repository| repository.project == key);
    let all: Vec<Value> = own
        .map(|own| described_repository(&premises, own))
        .collect();
    Ok(asked.page(&all))
}

pub(super) async fn all_repositories(
    State(premises): State<Arc<Premises>>,
    Query(asked): Query<Paging>,
) -> Json<Value> {
    let all = premises.store.repositories().iter();
    let all: Vec<Value> = all
        .map(|one| described_repository(&premises, one))
        .collect();
    asked.page(&all)
}

pub(super) async fn repository(
    State(premises): State<Arc<Premises>>,
    Path((project, slug)): Path<(String, String)>,
) -> Answer {
    let found = repository_at(&premises, &project, &slug);
    let found = found.map_err(|missing| not_found(&missing))?;
    Ok(Json(described_repository(&premises, found)))
}

/// The repository; what is missing, the project first, if there is none.
fn repository_at<'a>(
    premises: &'a Premises,
    project: &str,
    slug: &str,
) -> Result<&'a Repository, Place> {
    project_key(premises, project)?;
    let found = premises.store.repository(project, slug);
    found.ok_or_else(|| Place::Repository(format!("{project}/{slug}")))
}

pub(super) async fn branches(
    State(premises): State<Arc<Premises>>,
    Path((project, slug)): Path<(String, String)>,
    Query(asked): Query<Paging>,
) -> Answer {
    let found = repository_at(&premises, &project, &slug);
    let found = found.map_err(|missing| not_found(&missing))?;
    let branches = found.branches.iter();
    let all: Vec<Value> = branches
        .map(|branch| described_branch(found, branch))
        .collect();
    Ok(asked.page(&all))
}

pub(super) async fn default_branch(
    State(premises): State<Arc<Premises>>,
    Path((project, slug)): Path<(String, String)>,
) -> Answer {
    let found = repository_at(&premises, &project, &slug);
    let found = found.map_err(|missing| not_found(&missing))?;
    let main = found.branches.first();
    let main = main.ok_or_else(|| not_found(&Place::Repository(found.full_name())))?;
    Ok(Json(described_branch(found, main)))
}

fn described_branch(repository: &Repository, branch: &Branch) -> Value {
    json!({
        "id": format!("refs/heads/{}", branch.name),
        "displayId": branch.name,
        "type": "BRANCH",
        "latestCommit": branch.commit,
        "latestChangeset": branch.commit,
        "isDefault": branch.name == repository.main_branch(),
        "default": branch.name == repository.main_branch(),
    })
}

//! Data Center's REST interface: access keys, what it tells of its SSH server, and what clients ask on their way there.
//!
//! Source: the REST reference at developer.atlassian.com/server/bitbucket and its `OpenAPI` description (9.x), which has
//! `latest` in every path; `1.0` leads to the same.

mod keys;
mod listings;

use std::sync::Arc;
use std::time::SystemTime;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Paths, number, since_1970};
use crate::simulator::store::{Place, Repository};
use crate::simulator::{Premises, messages};

const USUAL_LIMIT: usize = 25;
const GREATEST_LIMIT: usize = 1000;

/// What it calls its errors, where that was seen.
const NO_SUCH_REPOSITORY: &str = "com.atlassian.bitbucket.repository.NoSuchRepositoryException";
const NO_SUCH_PROJECT: &str = "com.atlassian.bitbucket.project.NoSuchProjectException";
const NOT_AUTHORISED: &str = "com.atlassian.bitbucket.AuthorisationException";
pub(super) const WRONG_PASSWORD: &str =
    "com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException";

pub(super) fn routes() -> Router<Arc<Premises>> {
    const PROJECT: &str = "/projects/{project}";
    const REPOSITORY: &str = "/projects/{project}/repos/{slug}";
    let mut paths = Paths::new();
    for version in ["1.0", "latest"] {
        let (api, keys) = (
            format!("/rest/api/{version}"),
            format!("/rest/keys/{version}"),
        );
        let of_repository = format!("{api}{REPOSITORY}");
        paths = paths
            .with(
                &format!("{api}/application-properties"),
                get(listings::properties),
            )
            .with(
                &format!("/rest/ssh/{version}/settings"),
                get(listings::ssh_settings),
            )
            .with(&format!("{api}/projects"), get(listings::projects))
            .with(&format!("{api}/repos"), get(listings::all_repositories))
            .with(&format!("{api}{PROJECT}"), get(listings::project))
            .with(
                &format!("{api}{PROJECT}/repos"),
                get(listings::repositories),
            )
            .with(&of_repository, get(listings::repository))
            .with(
                &format!("{of_repository}/branches"),
                get(listings::branches),
            )
            .with(
                &format!("{of_repository}/branches/default"),
                get(listings::default_branch),
            )
            .with(
                &format!("{of_repository}/default-branch"),
                get(listings::default_branch),
            );
        for place in [REPOSITORY, PROJECT] {
            let list = format!("{keys}{place}/ssh");
            let permission = format!("{list}/{{id}}/permission/{{permission}}");
            paths = paths
                .with(&list, get(keys::list).post(keys::add))
                .with(
                    &format!("{list}/{{id}}"),
                    get(keys::one).delete(keys::remove),
                )
                .with(&permission, put(keys::set_permission));
        }
    }
    paths.0
}

/// An error as Data Center writes it.
pub(super) fn error(status: StatusCode, message: &str, exception: Option<&str>) -> Response {
    let error = json!({"context": null, "message": message, "exceptionName": exception});
    (status, Json(json!({"errors": [error]}))).into_response()
}

/// 401, also for somebody who is signed in and may not do this.
pub(super) fn not_permitted() -> Response {
    let message = messages::DATA_CENTER_NOT_PERMITTED;
    error(StatusCode::UNAUTHORIZED, message, Some(NOT_AUTHORISED))
}

/// There is no such place, as far as the token's owner can see.
fn not_found(place: &Place) -> Response {
    let (message, exception) = match place {
        Place::Repository(name) => {
            let (project, slug) = name.split_once('/').unwrap_or_default();
            let project = project.to_ascii_uppercase();
            (
                format!("Repository {project}/{slug} does not exist."),
                NO_SUCH_REPOSITORY,
            )
        }
        Place::Project(key) => {
            let key = key.to_ascii_uppercase();
            (format!("Project {key} does not exist."), NO_SUCH_PROJECT)
        }
    };
    error(StatusCode::NOT_FOUND, &message, Some(exception))
}

#[derive(Debug, Deserialize)]
struct Paging {
    start: Option<usize>,
    limit: Option<usize>,
}

impl Paging {
    /// One page of a list, as Data Center writes it.
    fn page(&self, all: &[Value]) -> Json<Value> {
        let limit = self.limit.unwrap_or(USUAL_LIMIT).clamp(1, GREATEST_LIMIT);
        let start = self.start.unwrap_or(0);
        let values: Vec<&Value> = all.iter().skip(start).take(limit).collect();
        let next = start.saturating_add(limit);
        let is_last = next >= all.len();
        let mut body = json!({
            "size": values.len(),
            "limit": limit,
            "isLastPage": is_last,
            "start": start,
            "values": values,
        });
        if !is_last {
            body["nextPageStart"] = json!(next);
        }
        Json(body)
    }
}

/// A time as Data Center writes it: in milliseconds.
fn milliseconds(time: SystemTime) -> u64 {
    u64::try_from(since_1970(time).as_millis()).unwrap_or(u64::MAX)
}

/// The number that Data Center gives to a project or a repository.
fn id(kind: &str, name: &str) -> u128 {
    number(kind, name) % 10_000
}

/// A project, from its key as the store spells it.
fn described_project(premises: &Premises, key: &str) -> Value {
    let is_personal = key.starts_with('~');
    let address = format!("{}/rest/api/latest/projects/{key}", premises.web_base());
    json!({
        "key": key,
        "id": id("project", key),
        "name": key.trim_start_matches('~'),
        "public": false,
        "scope": "PROJECT",
        "type": if is_personal { "PERSONAL" } else { "NORMAL" },
        "links": {"self": [{"href": address}]},
    })
}

fn described_repository(premises: &Premises, repository: &Repository) -> Value {
    let name = repository.full_name();
    let (key, slug) = (&repository.project, &repository.slug);
    let base = premises.web_base();
    json!({
        "slug": slug,
        "id": id("repository", &name),
        "name": slug,
        "hierarchyId": format!("{:020x}", number("hierarchy", &name) >> 48),
        "scmId": "git",
        "state": "AVAILABLE",
        "statusMessage": "Available",
        "forkable": true,
        "archived": false,
        "public": false,
        "scope": "REPOSITORY",
        "project": described_project(premises, key),
        "links": {
            "clone": [
                {"name": "ssh", "href": format!("ssh://git@{}/{name}.git", premises.ssh_name())},
                {"name": "http", "href": format!("{base}/scm/{name}.git")},
            ],
            "self": [{"href": format!("{base}/rest/api/latest/projects/{key}/repos/{slug}")}],
        },
    })
}

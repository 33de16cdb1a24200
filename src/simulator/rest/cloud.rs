//! Cloud's REST interface, version 2.0: access keys ("deploy keys" there), and what clients ask on their way to them.
//!
//! Source: the `OpenAPI` description at developer.atlassian.com/cloud/bitbucket.

mod keys;
mod listings;

use std::sync::Arc;
use std::time::SystemTime;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Paths, number, since_1970};
use crate::bitbucket::api::Purpose;
use crate::simulator::store::Repository;
use crate::simulator::{Premises, messages};

const LEAST_PAGE_LENGTH: usize = 1;
const USUAL_PAGE_LENGTH: usize = 10;
const GREATEST_PAGE_LENGTH: usize = 100;

/// When everything was made that is there from the beginning.
const BEGINNING: &str = "2024-01-01T00:00:00.000000+00:00";

pub(super) fn routes() -> Router<Arc<Premises>> {
    const WORKSPACE: &str = "/2.0/workspaces/{workspace}";
    const REPOSITORIES: &str = "/2.0/repositories/{workspace}";
    const REPOSITORY: &str = "/2.0/repositories/{workspace}/{slug}";
    const PROJECT: &str = "/2.0/workspaces/{workspace}/projects/{project}";
    let repository_key = get(keys::one).put(keys::update).delete(keys::remove);
    let project_key = get(keys::one).delete(keys::remove);
    Paths::new()
        .with("/2.0/user", get(listings::user))
        .with("/2.0/user/workspaces", get(listings::memberships))
        .with("/2.0/workspaces", get(listings::workspaces))
        .with(WORKSPACE, get(listings::workspace))
        .with(&format!("{WORKSPACE}/members"), get(listings::members))
        .with(&format!("{WORKSPACE}/projects"), get(listings::projects))
        .with(PROJECT, get(listings::project))
        .with(REPOSITORIES, get(listings::repositories))
        .with(REPOSITORY, get(listings::repository))
        .with(
            &format!("{REPOSITORY}/refs/branches"),
            get(listings::branches),
        )
        // A branch may have slashes in its name.
        .with(
            &format!("{REPOSITORY}/deploy-keys"),
            get(keys::list).post(keys::add),
        )
        .with(
            &format!("{PROJECT}/deploy-keys"),
            get(keys::list).post(keys::add),
        )
        .with(&format!("{REPOSITORY}/deploy-keys/{{id}}"), repository_key)
        .with(&format!("{PROJECT}/deploy-keys/{{id}}"), project_key)
        .0
        .route(
            &format!("{REPOSITORY}/refs/branches/{{*branch}}"),
            get(listings::branch),
        )
}

/// An error as Cloud writes it.
pub(super) fn error(status: StatusCode, message: &str) -> Response {
    let body = json!({"type": "error", "error": {"message": message}});
    (status, Json(body)).into_response()
}

/// 403: the token lacks a scope. It names those that it has and those that it takes.
pub(super) fn missing_scope() -> Response {
    let detail =
        json!({"granted": ["read:repository:bitbucket"], "required": Purpose::List.scopes()});
    let error = json!({"message": messages::MISSING_SCOPE, "detail": detail});
    let body = json!({"type": "error", "error": error});
    (StatusCode::FORBIDDEN, Json(body)).into_response()
}

fn not_found() -> Response {
    error(StatusCode::NOT_FOUND, messages::CLOUD_NO_REPOSITORY)
}

#[derive(Debug, Deserialize)]
struct Paging {
    page: Option<usize>,
    pagelen: Option<usize>,
    /// A filter, as far as one is known: `project.key="DATA"`.
    q: Option<String>,
}

impl Paging {
    /// One page of the list at this path, as Cloud writes it.
    fn page(&self, premises: &Premises, path: &str, all: &[Value]) -> Json<Value> {
        let length = self
            .pagelen
            .unwrap_or(USUAL_PAGE_LENGTH)
            .clamp(LEAST_PAGE_LENGTH, GREATEST_PAGE_LENGTH);
        let page = self.page.unwrap_or(1).max(1);
        let start = (page - 1).saturating_mul(length);
        let values: Vec<&Value> = all.iter().skip(start).take(length).collect();
        let mut body =
            json!({"values": values, "pagelen": length, "page": page, "size": all.len()});
        let at = |page: usize| {
            let base = premises.web_base();
            json!(format!("{base}{path}?pagelen={length}&page={page}"))
        };
        if start.saturating_add(length) < all.len() {
            body["next"] = at(page + 1);
        }
        if page > 1 {
            body["previous"] = at(page - 1);
        }
        Json(body)
    }
}

/// A time as Cloud writes it.
fn timestamp(time: SystemTime) -> String {
    let time = SystemTime::UNIX_EPOCH + since_1970(time);
    let utc = humantime::format_rfc3339_micros(time).to_string();
    utc.replace('Z', "+00:00")
}

/// The id that Cloud gives to everything, in its braces.
fn uuid(kind: &str, name: &str) -> String {
    let hex = format!("{:032x}", number(kind, name));
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    format!("{{{}}}", parts.join("-"))
}

/// A link to a resource of REST, and to its page. There is no page of most.
fn links(premises: &Premises, path: &str, page: &str) -> Value {
    let api = format!("{}/2.0{path}", premises.web_base());
    let html = format!("https://bitbucket.org/{page}");
    json!({
        "self": {"href": api},
        "html": {"href": html},
        "avatar": {"href": format!("{html}/avatar")},
    })
}

/// What other resources say of a repository.
fn repository_in_short(premises: &Premises, repository: &Repository) -> Value {
    let name = repository.full_name();
    json!({
        "type": "repository",
        "uuid": uuid("repository", &name),
        "full_name": name,
        "name": repository.slug,
        "links": links(premises, &format!("/repositories/{name}"), &name),
    })
}

/// What other resources say of a project.
fn project_in_short(premises: &Premises, owner: &str, key: &str) -> Value {
    let path = format!("/workspaces/{owner}/projects/{key}");
    json!({
        "type": "project",
        "uuid": uuid("project", &format!("{owner}/{key}")),
        "key": key,
        "name": key,
        "links": links(premises, &path, &format!("{owner}/workspace/projects/{key}")),
    })
}

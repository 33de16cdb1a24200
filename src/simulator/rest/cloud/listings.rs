//! What there is beside access keys: workspaces, projects, repositories and branches, as far as clients ask about them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::{BEGINNING, Paging, links, not_found, project_in_short, repository_in_short, uuid};
use crate::simulator::Premises;
use crate::simulator::store::{Branch, Repository};

type Answer = Result<Json<Value>, Response>;

pub(super) async fn user() -> Json<Value> {
    Json(account())
}

/// Whoever has the token.
fn account() -> Value {
    json!({
        "type": "user",
        "uuid": uuid("user", "simulation"),
        "account_id": "000000:simulation",
        "display_name": "A simulation",
        "nickname": "simulation",
        "created_on": BEGINNING,
    })
}

pub(super) async fn memberships(
    State(premises): State<Arc<Premises>>,
    Query(asked): Query<Paging>,
) -> Json<Value> {
    let all: Vec<Value> = owners(&premises)
        .into_iter()
        .map(|owner| {
            json!({
                "type": "workspace_access",
                "administrator": true,
                "workspace": workspace_in_short(&premises, owner),
            })
        })
        .collect();
    asked.page(&premises, "/2.0/user/workspaces", &all)
}

pub(super) async fn workspaces(
    State(premises): State<Arc<Premises>>,
    Query(asked): Query<Paging>,
) -> Json<Value> {
    let all = owners(&premises).into_iter();
    let all: Vec<Value> = all
        .map(|owner| described_workspace(&premises, owner))
        .collect();
    asked.page(&premises, "/2.0/workspaces", &all)
}

pub(super) async fn workspace(
    State(premises): State<Arc<Premises>>,
    Path(name): Path<String>,
) -> Answer {
    let owner = owner(&premises, &name).ok_or_else(not_found)?;
    Ok(Json(described_workspace(&premises, owner)))
}

pub(super) async fn members(
    State(premises): State<Arc<Premises>>,
    Path(name): Path<String>,
    Query(asked): Query<Paging>,
) -> Answer {
    let owner = owner(&premises, &name).ok_or_else(not_found)?;
    let member = json!({
        "type": "workspace_membership",
        "user": account(),
        "workspace": workspace_in_short(&premises, owner),
    });
    Ok(asked.page(
        &premises,
        &format!("/2.0/workspaces/{owner}/members"),
        &[member],
    ))
}

pub(super) async fn projects(
    State(premises): State<Arc<Premises>>,
    Path(name): Path<String>,
    Query(asked): Query<Paging>,
) -> Answer {
    let owner = owner(&premises, &name).ok_or_else(not_found)?;
    let mut keys: Vec<&str> = owned(&premises, owner).map(|own| &*own.project).collect();
    keys.sort_unstable();
    keys.dedup();
    let all: Vec<Value> = keys
        .into_iter()
        .map(|key| described_project(&premises, owner, key))
        .collect();
    Ok(asked.page(
        &premises,
        &format!("/2.0/workspaces/{owner}/projects"),
        &all,
    ))
}

pub(super) async fn project(
    State(premises): State<Arc<Premises>>,
    Path((name, key)): Path<(String, String)>,
) -> Answer {
    let owner = owner(&premises, &name).ok_or_else(not_found)?;
    let mut own = owned(&premises, owner).map(|own| &*own.project);
    let key = own.find(|own| own.eq_ignore_ascii_case(&key));
    let key = key.ok_or_else(not_found)?;
    Ok(Json(described_project(&premises, owner, key)))
}

pub(super) async fn repositories(
    State(premises): State<Arc<Premises>>,
    Path(name): Path<String>,
    Query(asked): Query<Paging>,
) -> Answer {
    let owner = owner(&premises, &name).ok_or_else(not_found)?;
    let project = asked.q.as_deref().and_then(project_in_filter);
    let all: Vec<Value> = owned(&premises, owner)
        .filter(|own| project.is_none_or(|project| own.project.eq_ignore_ascii_case(project)))
        .map(|own| described_repository(&premises, own))
        .collect();
    Ok(asked.page(&premises, &format!("/2.0/repositories/{owner}"), &all))
}

/// The key in `project.key="DATA"`, the filter that a project's own link has.
fn project_in_filter(filter: &str) -> Option<&str> {
    let value = filter.trim().strip_prefix("project.key")?.trim_start();
    Some(value.strip_prefix('=')?.trim().trim_matches('"'))
}

pub(super) async fn repository(
    State(premises): State<Arc<Premises>>,
    Path((owner, slug)): Path<(String, String)>,
) -> Answer {
    let found = premises.store.repository(&owner, &slug);
    found
        .map(|found| Json(described_repository(&premises, found)))
        .ok_or_else(not_found)
}

pub(super) async fn branches(
    State(premises): State<Arc<Premises>>,
    Path((owner, slug)): Path<(String, String)>,
    Query(asked): Query<Paging>,
) -> Answer {
    let found = premises.store.repository(&owner, &slug);
    let found = found.ok_or_else(not_found)?;
    let branches = found.branches.iter();
    let all: Vec<Value> = branches
        .map(|branch| described_branch(&premises, found, branch))
        .collect();
    let path = format!("/2.0/repositories/{}/refs/branches", found.full_name());
    Ok(asked.page(&premises, &path, &all))
}

pub(super) async fn branch(
    State(premises): State<Arc<Premises>>,
    Path((owner, slug, name)): Path<(String, String, String)>,
) -> Answer {
    let found = premises.store.repository(&owner, &slug);
    let found = found.ok_or_else(not_found)?;
    let name = name.trim_end_matches('/');
    let branch = found.branches.iter().find(|branch| branch.name == name);
    branch
        .map(|branch| Json(described_branch(&premises, found, branch)))
        .ok_or_else(not_found)
}

/// The workspaces, each once.
fn owners(premises: &Premises) -> Vec<&str> {
    let mut owners: Vec<&str> = Vec::new();
    for repository in premises.store.repositories() {
        if !owners.contains(&&*repository.owner) {
            owners.push(&repository.owner);
        }
    }
    owners
}

/// The workspace of this name, or with this id in braces, as it is spelt.
fn owner<'a>(premises: &'a Premises, name: &str) -> Option<&'a str> {
    let is_meant =
        |owner: &&str| owner.eq_ignore_ascii_case(name) || uuid("workspace", owner) == name;
    owners(premises).into_iter().find(is_meant)
}

fn owned<'a>(premises: &'a Premises, owner: &'a str) -> impl Iterator<Item = &'a Repository> {
    let all = premises.store.repositories().iter();
    all.filter(move |repository| repository.owner == owner)
}

fn workspace_in_short(premises: &Premises, owner: &str) -> Value {
    json!({
        "type": "workspace",
        "uuid": uuid("workspace", owner),
        "slug": owner,
        "name": owner,
        "links": links(premises, &format!("/workspaces/{owner}"), owner),
    })
}

fn described_workspace(premises: &Premises, owner: &str) -> Value {
    let base = format!("{}/2.0", premises.web_base());
    let mut body = workspace_in_short(premises, owner);
    body["is_private"] = json!(true);
    body["created_on"] = json!(BEGINNING);
    body["updated_on"] = json!(BEGINNING);
    for (name, path) in [
        ("projects", format!("workspaces/{owner}/projects")),
        ("members", format!("workspaces/{owner}/members")),
        ("repositories", format!("repositories/{owner}")),
    ] {
        body["links"][name] = json!({"href": format!("{base}/{path}")});
    }
    body
}

fn described_project(premises: &Premises, owner: &str, key: &str) -> Value {
    let mut body = project_in_short(premises, owner, key);
    body["description"] = json!("");
    body["is_private"] = json!(true);
    body["has_publicly_visible_repos"] = json!(false);
    body["created_on"] = json!(BEGINNING);
    body["updated_on"] = json!(BEGINNING);
    body["owner"] = account();
    body["workspace"] = workspace_in_short(premises, owner);
    let base = premises.web_base();
    let repositories = format!("{base}/2.0/repositories/{owner}?q=project.key%3D%22{key}%22");
    body["links"]["repositories"] = json!({"href": repositories});
    body
}

fn described_repository(premises: &Premises, repository: &Repository) -> Value {
    let name = repository.full_name();
    let mut body = repository_in_short(premises, repository);
    let more = json!({
        "slug": repository.slug,
        "description": "",
        "language": "",
        "scm": "git",
        "is_private": true,
        "has_issues": false,
        "has_wiki": false,
        "fork_policy": "no_public_forks",
        "size": 0,
        "created_on": BEGINNING,
        "updated_on": BEGINNING,
        "owner": account(),
        "workspace": workspace_in_short(premises, &repository.owner),
        "project": project_in_short(premises, &repository.owner, &repository.project),
        "mainbranch": {"type": "branch", "name": repository.main_branch()},
    });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    let api = format!("{}/2.0/repositories/{name}", premises.web_base());
    body["links"]["branches"] = json!({"href": format!("{api}/refs/branches")});
    body["links"]["clone"] = json!([
        {"name": "https", "href": format!("https://bitbucket.org/{name}.git")},
        {"name": "ssh", "href": format!("git@ssh.bitbucket.org:{name}.git")},
    ]);
    body
}

fn described_branch(premises: &Premises, repository: &Repository, branch: &Branch) -> Value {
    let name = repository.full_name();
    let path = format!("/repositories/{name}/refs/branches/{}", branch.name);
    let commit = format!("/repositories/{name}/commit/{}", branch.commit);
    json!({
        "type": "branch",
        "name": branch.name,
        "default_merge_strategy": "merge_commit",
        "merge_strategies": ["merge_commit", "squash", "fast_forward"],
        "target": {
            "type": "commit",
            "hash": branch.commit,
            "date": BEGINNING,
            "message": "",
            "repository": repository_in_short(premises, repository),
            "links": links(premises, &commit, &format!("{name}/commits/{}", branch.commit)),
        },
        "links": links(premises, &path, &format!("{name}/branch/{}", branch.name)),
    })
}

//! What Data Center's interface says and wants to be told.
//!
//! Source: the REST reference at developer.atlassian.com/server/bitbucket.

use serde_json::{Value, json};

use super::page::{Owner, Page, id, text};
use crate::access_key::AccessKey;
use crate::check::stage::repository::{Details, LastUse, ListedKey, Permission};

/// A page of the list at this address; none if it is none.
pub(super) fn page(owner: Owner<'_>, body: &Value) -> Option<Page> {
    let named = |entry: &Value| {
        let repository = &entry["repository"];
        let project = text(&repository["project"]["key"]);
        let repository = project.zip(text(&repository["slug"]));
        (
            repository.map(|(project, slug)| format!("{project}/{slug}")),
            text(&entry["project"]["key"]),
        )
    };
    let is_last = body["isLastPage"].as_bool().unwrap_or(true);
    let next = body["nextPageStart"].as_u64().filter(|_| !is_last);
    Some(Page {
        next: next.map(|start| format!("?start={start}")),
        ..Page::of(body["values"].as_array()?, owner, entry, named)
    })
}

fn entry(entry: &Value) -> Option<(String, ListedKey)> {
    let key = &entry["key"];
    let listed = ListedKey {
        id: id(&key["id"]),
        label: key["label"].as_str().unwrap_or_default().to_owned(),
        permission: match entry["permission"].as_str().unwrap_or_default() {
            "REPO_READ" | "PROJECT_READ" => Permission::Read,
            "REPO_WRITE" | "PROJECT_WRITE" => Permission::ReadWrite,
            other => Permission::Other(other.to_owned()),
        },
        last_use: LastUse::NotTold,
    };
    Some((key["text"].as_str()?.to_owned(), listed))
}

/// What it says about the repository. The main branch is not among it.
pub(super) fn details(body: &Value) -> Details {
    Details {
        ssh_url: super::page::ssh_url(body),
        ..Details::default()
    }
}

/// What a key is added with. The label is what stands behind the key.
pub(super) fn addition(key: &AccessKey, label: &str) -> Value {
    let line = key.line();
    let without_comment: Vec<&str> = line.split(' ').take(2).collect();
    let text = format!("{} {label}", without_comment.join(" "));
    json!({"key": {"text": text.trim_end()}, "permission": "REPO_READ"})
}

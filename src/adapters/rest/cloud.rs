//! What Cloud's interface, version 2.0, says and wants to be told.
//!
//! Source: the `OpenAPI` description at developer.atlassian.com/cloud/bitbucket.

use serde_json::{Value, json};

use super::page::{Owner, Page, id, text};
use crate::access_key::AccessKey;
use crate::check::stage::repository::{Details, LastUse, ListedKey, Permission};

/// A page of a list; none if it is none.
pub(super) fn page(owner: Owner<'_>, body: &Value) -> Option<Page> {
    let named = |entry: &Value| {
        let repository = text(&entry["repository"]["full_name"]);
        (repository, text(&entry["project"]["key"]))
    };
    let next = body["next"].as_str().filter(|next| !next.is_empty());
    Some(Page {
        next: next.map(ToOwned::to_owned),
        ..Page::of(body["values"].as_array()?, owner, entry, named)
    })
}

fn entry(entry: &Value) -> Option<(String, ListedKey)> {
    let listed = ListedKey {
        id: id(&entry["id"]),
        label: entry["label"].as_str().unwrap_or_default().to_owned(),
        // Cloud's access keys only ever read (support.atlassian.com: use access keys).
        permission: Permission::Read,
        last_use: match entry.get("last_used") {
            Some(Value::String(time)) => LastUse::At(time.clone()),
            Some(Value::Null) => LastUse::Never,
            _ => LastUse::NotTold,
        },
    };
    Some((entry["key"].as_str()?.to_owned(), listed))
}

/// What it says about the repository.
pub(super) fn details(body: &Value) -> Details {
    Details {
        main_branch: text(&body["mainbranch"]["name"]),
        ssh_url: super::page::ssh_url(body),
        project: text(&body["project"]["key"]),
    }
}

/// What a key is added with.
pub(super) fn addition(key: &AccessKey, label: &str) -> Value {
    json!({"key": key.line(), "label": label})
}

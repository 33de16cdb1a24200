//! What Cloud's interface, version 2.0, says and wants to be told.
//!
//! Source: the `OpenAPI` description at developer.atlassian.com/cloud/bitbucket.

use serde_json::{Value, json};

use super::moment::since_1970;
use super::page::{Owner, Page, id, text};
use crate::access_key::AccessKey;
use crate::check::stage::repository::{Details, LastUse, ListedKey, Permission};
use crate::text::rfc3339;

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
        id: id(entry),
        label: entry["label"].as_str().unwrap_or_default().to_owned(),
        // Cloud's access keys only ever read (support.atlassian.com: use access keys).
        permission: Permission::Read,
        last_use: last_use(entry),
        // Cloud knows no end.
        ending: None,
    };
    Some((entry["key"].as_str()?.to_owned(), listed))
}

/// Its last use: only a time, and not one before the key was made, shows that there was one.
fn last_use(entry: &Value) -> LastUse {
    let Some(last_used) = entry.get("last_used") else {
        return LastUse::NotTold;
    };
    if last_used.is_null() {
        return LastUse::Never;
    }
    // The schema calls it added_on, the examples created_on.
    let made = ["created_on", "added_on"].map(|name| since_1970(&entry[name]));
    let made = made.into_iter().flatten().max();
    match since_1970(last_used) {
        Some(used) if made.is_none_or(|made| made <= used) => LastUse::At(rfc3339(used)),
        _ => LastUse::NotTold,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_time_that_is_not_before_the_key_is_a_use() {
        let made = "2026-11-22T10:00:00.5+00:00";
        let at = |time: &str| LastUse::At(time.to_owned());
        for (entry, expected) in [
            (json!({"last_used": null}), LastUse::Never),
            (
                json!({"last_used": null, "created_on": made}),
                LastUse::Never,
            ),
            (json!({}), LastUse::NotTold),
            (
                json!({"last_used": "2026-11-22T12:00:00+00:00"}),
                at("2026-11-22T12:00:00Z"),
            ),
            (
                json!({"last_used": "2026-11-22T12:00:00+00:00", "created_on": made}),
                at("2026-11-22T12:00:00Z"),
            ),
            (
                json!({"last_used": made, "created_on": made}),
                at("2026-11-22T10:00:00Z"),
            ),
            (
                json!({"last_used": "2026-11-22T11:00:00+02:00", "created_on": made}),
                LastUse::NotTold,
            ),
            (
                json!({"last_used": "1970-01-01T00:00:00+00:00", "created_on": made}),
                LastUse::NotTold,
            ),
            (
                json!({"last_used": "2026-11-22T09:00:00+00:00", "added_on": made}),
                LastUse::NotTold,
            ),
            (
                json!({"last_used": "yes", "created_on": made}),
                LastUse::NotTold,
            ),
            (
                json!({"last_used": "", "created_on": made}),
                LastUse::NotTold,
            ),
            (json!({"last_used": true}), LastUse::NotTold),
            (json!({"last_used": {"date": made}}), LastUse::NotTold),
        ] {
            assert_eq!(last_use(&entry), expected, "{entry}");
        }
    }
}

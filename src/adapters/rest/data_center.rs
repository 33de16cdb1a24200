//! What Data Center's interface says and wants to be told.
//!
//! Source: the REST reference at developer.atlassian.com/server/bitbucket.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::moment::since_1970;
use super::page::{Owner, Page, id, text};
use crate::access_key::AccessKey;
use crate::check::stage::repository::{Details, Ending, LastUse, ListedKey, Permission};
use crate::text::rfc3339;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

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
    let next = match &body["nextPageStart"] {
        Value::Number(start) => start.as_u64(),
        Value::String(start) => start.parse().ok(),
        _ => None,
    };
    // Where only one of the two is told, it counts.
    let is_last = body["isLastPage"].as_bool().unwrap_or(next.is_none());
    let next = next.filter(|_| !is_last);
    Some(Page {
        breaks_off: !is_last && next.is_none(),
        next: next.map(|start: u64| format!("?start={start}")),
        ..Page::of(body["values"].as_array()?, owner, entry, named)
    })
}

fn entry(entry: &Value) -> Option<(String, ListedKey)> {
    let key = &entry["key"];
    let listed = ListedKey {
        id: id(key),
        label: key["label"].as_str().unwrap_or_default().to_owned(),
        permission: match entry["permission"].as_str().unwrap_or_default() {
            "REPO_READ" | "PROJECT_READ" => Permission::Read,
            "REPO_WRITE" | "PROJECT_WRITE" => Permission::ReadWrite,
            other => Permission::Other(other.to_owned()),
        },
        last_use: last_use(key),
        ending: ending(key, now()),
    };
    Some((key["text"].as_str()?.to_owned(), listed))
}

/// Its last use. That there was none is not told apart from a version that does not tell.
fn last_use(key: &Value) -> LastUse {
    let made = since_1970(&key["createdDate"]);
    match since_1970(&key["lastAuthenticated"]) {
        Some(used) if made.is_none_or(|made| made <= used) => LastUse::At(rfc3339(used)),
        _ => LastUse::NotTold,
    }
}

/// The end of a key that was added for a number of days.
fn ending(key: &Value, now: Duration) -> Option<Ending> {
    let days = match &key["expiryDays"] {
        Value::Number(days) => days.as_u64()?,
        Value::String(days) => days.trim().parse().ok()?,
        _ => return None,
    };
    // Longer than anybody means it.
    let days = u32::try_from(days).ok().filter(|days| *days > 0)?;
    let Some(made) = since_1970(&key["createdDate"]) else {
        let noun = if days == 1 { "day" } else { "days" };
        return Some(Ending {
            when: format!("{days} {noun} after it was added"),
            is_past: false,
        });
    };
    let end = made + DAY * days;
    let day: String = rfc3339(end).chars().take(10).collect();
    Some(Ending {
        when: format!("on {day}"),
        is_past: end < now,
    })
}

fn now() -> Duration {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    since_1970.unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_shows_a_use_and_its_absence_shows_nothing() {
        let at = || LastUse::At("2026-11-22T23:25:20Z".to_owned());
        for (key, expected) in [
            (json!({"lastAuthenticated": 1_795_389_920_000_u64}), at()),
            (json!({"lastAuthenticated": "1795389920000"}), at()),
            (
                json!({"lastAuthenticated": "2026-11-22T23:25:20+0000"}),
                at(),
            ),
            (
                json!({"lastAuthenticated": "1795389920000", "createdDate": 1_795_389_920_000_u64}),
                at(),
            ),
            (
                json!({"lastAuthenticated": 1_795_389_920_000_u64, "createdDate": "1795389920001"}),
                LastUse::NotTold,
            ),
            (json!({"lastAuthenticated": null}), LastUse::NotTold),
            (json!({"lastAuthenticated": 0}), LastUse::NotTold),
            (json!({"lastAuthenticated": ""}), LastUse::NotTold),
            (json!({"lastAuthenticated": "never"}), LastUse::NotTold),
            (json!({"lastAuthenticated": false}), LastUse::NotTold),
            (json!({}), LastUse::NotTold),
        ] {
            assert_eq!(last_use(&key), expected, "{key}");
        }
    }

    #[test]
    fn the_end_is_so_many_days_after_the_key_was_made() {
        let made = 1_795_389_920_000_u64;
        let now = Duration::from_millis(made);
        let later = now + DAY * 31;
        let on = |day: &str, is_past| {
            Some(Ending {
                when: format!("on {day}"),
                is_past,
            })
        };
        for (key, now, expected) in [
            (
                json!({"expiryDays": 30, "createdDate": made}),
                now,
                on("2026-12-22", false),
            ),
            (
                json!({"expiryDays": "30", "createdDate": "1795389920000"}),
                now,
                on("2026-12-22", false),
            ),
            (
                json!({"expiryDays": 1, "createdDate": "2026-11-22T23:25:20Z"}),
                now,
                on("2026-11-23", false),
            ),
            (
                json!({"expiryDays": 30, "createdDate": made}),
                later,
                on("2026-12-22", true),
            ),
            (
                json!({"expiryDays": 30}),
                now,
                Some(Ending {
                    when: "30 days after it was added".to_owned(),
                    is_past: false,
                }),
            ),
            (json!({"expiryDays": 0, "createdDate": made}), now, None),
            (json!({"expiryDays": -1, "createdDate": made}), now, None),
            (json!({"expiryDays": null, "createdDate": made}), now, None),
            (json!({"expiryDays": "soon"}), now, None),
            (json!({"expiryDays": 1e300}), now, None),
            (json!({"createdDate": made}), now, None),
        ] {
            assert_eq!(ending(&key, now), expected, "{key}");
        }
    }

    #[test]
    fn a_list_goes_on_where_it_says_and_breaks_off_where_it_does_not() {
        for (mut body, next, breaks_off) in [
            (json!({"isLastPage": true}), None, false),
            (
                json!({"isLastPage": true, "nextPageStart": null}),
                None,
                false,
            ),
            (
                json!({"isLastPage": false, "nextPageStart": 25}),
                Some("?start=25"),
                false,
            ),
            (
                json!({"isLastPage": false, "nextPageStart": "25"}),
                Some("?start=25"),
                false,
            ),
            (json!({"nextPageStart": 25}), Some("?start=25"), false),
            (json!({}), None, false),
            (json!({"isLastPage": false}), None, true),
            (
                json!({"isLastPage": false, "nextPageStart": null}),
                None,
                true,
            ),
            (
                json!({"isLastPage": false, "nextPageStart": -1}),
                None,
                true,
            ),
            (
                json!({"isLastPage": false, "nextPageStart": "https://x"}),
                None,
                true,
            ),
        ] {
            body["values"] = json!([]);
            let page = page(Owner::Project("ACME"), &body).expect("a page");
            assert_eq!(page.next.as_deref(), next, "{body}");
            assert_eq!(page.breaks_off, breaks_off, "{body}");
        }
    }
}

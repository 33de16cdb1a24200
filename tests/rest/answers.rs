//! Answers as the published descriptions allow them, as live servers were seen to give them, and near relatives.
//!
//! Source: the `OpenAPI` descriptions at developer.atlassian.com/cloud/bitbucket and /server/bitbucket, and answers quoted in
//! public issue threads.

use std::time::{Duration, SystemTime};

use doorkey::bitbucket::Edition;
use doorkey::check::Standing::{self, Proven, Refuted, Unknown};
use doorkey::check::api_access::{ApiAccess, read_email};
use doorkey::check::{CheckId, Code, FixId, Report, Rung};
use doorkey::simulator::{NewKey, Permission};
use serde_json::{Value, json};

use crate::provoked::assert_provoked;
use crate::raw::{Raw, answer};
use crate::world::{REPOSITORY, World, access, check, code, detail, repository, upper};

/// What a test of the world's key comes to where the interface answers like this.
fn answered(
    world: &mut World,
    answer: impl Fn(&str) -> Vec<u8> + Send + 'static,
) -> (Report, Vec<String>) {
    let raw = Raw::answering(answer);
    let email = world.settings.api.email.take();
    world.settings.api = ApiAccess {
        email,
        ..access(world.simulator.token(), &raw.http())
    };
    let report = world.test();
    (report, raw.heads())
}

fn list_with(edition: Edition, entries: &[Value]) -> Value {
    match edition {
        Edition::Cloud => json!({"values": entries, "pagelen": 10}),
        Edition::DataCenter => {
            json!({"values": entries, "isLastPage": true, "start": 0, "limit": 25, "size": 1})
        }
    }
}

/// The standing of "this repository" where the repository's list is this, and its project's list is empty.
fn standing_with(edition: Edition, make: impl Fn(&str) -> Value) -> (Standing, Report) {
    let mut world = World::new(edition);
    world.add_key();
    let line = world.key.line();
    let line: Vec<&str> = line.split(' ').take(2).collect();
    let list = make(&line.join(" "));
    let (report, _) = answered(&mut world, move |head| json_for(edition, head, &list));
    (upper(&report)[0], report)
}

/// Answers the repository's list with this, its project's with none, and the repository itself with its project.
fn json_for(edition: Edition, head: &str, list: &Value) -> Vec<u8> {
    let path = head.split(' ').nth(1).unwrap_or_default();
    let body = if path.contains("/repositories/") && path.contains("/deploy-keys")
        || path.contains("/repos/") && path.contains("/ssh")
    {
        list.clone()
    } else if path.contains("/deploy-keys") || path.contains("/ssh") {
        list_with(edition, &[])
    } else {
        json!({"project": {"key": "DATA"}})
    };
    answer("200 OK", "application/json", &body.to_string())
}

#[test]
fn an_entry_needs_nothing_but_its_key() {
    for (name, entry) in [
        (
            "the published schema",
            json!({"type": "deploy_key", "key": "KEY"}),
        ),
        ("the key alone", json!({"key": "KEY"})),
        ("an id as text", json!({"key": "KEY", "id": "7"})),
        (
            "an id as a UUID",
            json!({"key": "KEY", "id": "{b15b6026-9c02-4626-b4ad-b905f99f763a}"}),
        ),
        ("no id", json!({"key": "KEY", "id": null})),
        ("a list as id", json!({"key": "KEY", "id": [7]})),
        ("a number with a fraction", json!({"key": "KEY", "id": 7.5})),
        ("no label", json!({"key": "KEY", "label": null})),
        ("a number as label", json!({"key": "KEY", "label": 7})),
        (
            "a comment",
            json!({"key": "KEY me@example.com", "comment": "me@example.com"}),
        ),
        ("a line end", json!({"key": "KEY\n"})),
        (
            "times that are none",
            json!({"key": "KEY", "created_on": 7, "last_used": {"at": "now"}}),
        ),
        (
            "added_on",
            json!({"key": "KEY", "added_on": "2026-11-22T10:00:00+00:00"}),
        ),
        (
            "fields of tomorrow",
            json!({"key": "KEY", "expires_on": "2027-01-01", "scopes": ["read"]}),
        ),
        (
            "an owner and links",
            json!({"key": "KEY", "owner": {"type": "team"}, "links": {}}),
        ),
        (
            "the repository's id",
            json!({"key": "KEY", "repository": {"uuid": "{x}", "type": "repository"}}),
        ),
    ] {
        let (standing, report) = standing_with(Edition::Cloud, |key| {
            let entry = entry.to_string().replace("KEY", key);
            list_with(
                Edition::Cloud,
                &[serde_json::from_str(&entry).expect("JSON")],
            )
        });
        assert_eq!(standing, Proven, "{name}: {}", report.to_json());
    }
    for (name, entry) in [
        ("the key alone", json!({"key": {"text": "KEY"}})),
        (
            "a label behind it",
            json!({"key": {"text": "KEY Coalesce Quality"}, "permission": "REPO_READ"}),
        ),
        (
            "an id as text",
            json!({"key": {"text": "KEY", "id": "601"}, "permission": "REPO_READ"}),
        ),
        (
            "a permission of tomorrow",
            json!({"key": {"text": "KEY"}, "permission": "REPO_CLONE"}),
        ),
        (
            "a warning",
            json!({"key": {"text": "KEY", "warning": "RSA_UNSAFE_MODULUS"}}),
        ),
        (
            "times",
            json!({"key": {"text": "KEY", "createdDate": "x", "lastAuthenticated": []}}),
        ),
    ] {
        let (standing, report) = standing_with(Edition::DataCenter, |key| {
            let entry = entry.to_string().replace("KEY", key);
            list_with(
                Edition::DataCenter,
                &[serde_json::from_str(&entry).expect("JSON")],
            )
        });
        assert_eq!(standing, Proven, "{name}: {}", report.to_json());
    }
}

#[test]
fn an_entry_that_cannot_be_read_leaves_a_key_that_was_not_found_unknown() {
    let half = |key: &str| key[..key.len() - 12].to_owned();
    let garbled: [fn(&str) -> Value; 10] = [
        |_| json!({"id": 7, "label": "no key"}),
        |_| json!({"id": 7, "key": null}),
        |_| json!({"id": 7, "key": ""}),
        |_| json!({"id": 7, "key": 7}),
        |_| json!({"id": 7, "key": ["ssh-ed25519"]}),
        |_| json!({"id": 7, "key": "ssh-ed25519"}),
        |_| json!({"id": 7, "key": "ssh-ed25519 ***"}),
        |_| json!({"id": 7, "key": "[hidden]"}),
        |_| json!("ssh-ed25519"),
        |_| json!(null),
    ];
    for make in garbled {
        let (standing, report) = standing_with(Edition::Cloud, |key| {
            list_with(Edition::Cloud, &[make(key)])
        });
        assert_eq!(standing, Unknown, "{}", report.to_json());
        assert_eq!(
            code(&report, CheckId::Repository),
            Some(Code::RepositoryApiUnreachable)
        );
    }
    let (standing, _) = standing_with(Edition::Cloud, |key| {
        list_with(Edition::Cloud, &[json!({"key": half(key)})])
    });
    assert_eq!(standing, Unknown, "a key that is cut off may be this one");
    let (standing, _) = standing_with(Edition::Cloud, |key| {
        list_with(Edition::Cloud, &[json!({"key": null}), json!({"key": key})])
    });
    assert_eq!(standing, Proven, "a key that was found is there");
    let other = include_str!("../fixtures/keys/rsa2048.pub");
    let (standing, _) = standing_with(Edition::Cloud, |_| {
        list_with(Edition::Cloud, &[json!({"key": other})])
    });
    assert_eq!(standing, Refuted, "all was read");
}

#[test]
fn a_key_that_was_found_stays_found_whatever_a_later_page_does() {
    let error = |status: &str| {
        answer(
            status,
            "application/json",
            r#"{"error": {"message": "no"}}"#,
        )
    };
    let page = |body: &str| answer("200 OK", "application/json", body);
    let later: Vec<(&str, Vec<u8>)> = vec![
        ("a server error", error("500 Internal Server Error")),
        ("a limit", error("429 Too Many Requests")),
        ("no permission", error("401 Unauthorized")),
        ("no scope", error("403 Forbidden")),
        ("nothing there", error("404 Not Found")),
        ("gone", error("410 Gone")),
        ("a redirect", b"HTTP/1.1 302 Found\r\nLocation: https://sso.example.com/\r\nContent-Length: 0\r\n\r\n".to_vec()),
        ("a page of HTML", answer("200 OK", "text/html", "<html></html>")),
        ("no JSON", page("<")),
        ("no list", page("{}")),
        ("a broken entry", page(r#"{"values": [{"id": 7}]}"#)),
        ("a list elsewhere", page(r#"{"values": [], "next": "https://elsewhere.example/2.0/x?page=3"}"#)),
        ("no answer", Vec::new()),
    ];
    for (name, later) in later {
        let mut world = World::cloud();
        world.add_key();
        let entry = json!({"key": world.key.line()});
        let (report, _) = answered(&mut world, move |head| {
            if head.contains("page=2") {
                return later.clone();
            }
            let mut first = list_with(Edition::Cloud, std::slice::from_ref(&entry));
            first["next"] = json!(format!("/2.0/repositories/{REPOSITORY}/deploy-keys?page=2"));
            json_for(Edition::Cloud, head, &first)
        });
        assert_eq!(upper(&report)[0], Proven, "{name}: {}", report.to_json());
    }
}

#[test]
fn a_list_goes_on_where_next_says_as_long_as_that_is_the_same_list() {
    let list = format!("/2.0/repositories/{REPOSITORY}/deploy-keys");
    for (next, standing) in [
        (json!("?page=2"), Proven),
        (json!(format!("{list}?page=2")), Proven),
        (json!(format!("{list}/?page=2&pagelen=10")), Proven),
        (json!(format!("BASE{list}?page=2")), Proven),
        (json!(format!("BASE{list}?pagelen=1&page=2")), Proven),
        (json!(""), Refuted),
        (json!(null), Refuted),
        (
            json!(format!("https://elsewhere.example{list}?page=2")),
            Unknown,
        ),
        (json!(format!("//elsewhere.example{list}?page=2")), Unknown),
        (
            json!("/2.0/repositories/acme/other/deploy-keys?page=2"),
            Unknown,
        ),
        (json!("page 2"), Unknown),
    ] {
        let mut world = World::cloud();
        world.add_key();
        let entry = json!({"key": world.key.line()});
        let told = next.clone();
        let (report, heads) = answered(&mut world, move |head| {
            if head.contains("page=2") {
                return json_for(
                    Edition::Cloud,
                    head,
                    &list_with(Edition::Cloud, std::slice::from_ref(&entry)),
                );
            }
            let host = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("host").then_some(value)
            });
            let base = format!("http://{}", host.unwrap_or_default());
            let mut first = list_with(Edition::Cloud, &[]);
            first["next"] = match told.as_str() {
                Some(next) => json!(next.replace("BASE", &base)),
                None => told.clone(),
            };
            json_for(Edition::Cloud, head, &first)
        });
        assert_eq!(upper(&report)[0], standing, "{next}: {}", report.to_json());
        assert!(
            heads.iter().all(|head| !head.contains("elsewhere")),
            "{next}"
        );
    }
}

#[test]
fn data_centers_401_is_told_apart_by_the_name_of_its_error() {
    let package = "com.atlassian.bitbucket";
    for (status, exception, expected) in [
        (
            "401 Unauthorized",
            Some(format!("{package}.AuthorisationException")),
            Code::RepositoryTokenScope,
        ),
        (
            "401 Unauthorized",
            Some(format!(
                "{package}.auth.IncorrectPasswordAuthenticationException"
            )),
            Code::RepositoryTokenRefused,
        ),
        (
            "401 Unauthorized",
            Some(format!("{package}.auth.AuthenticationSystemException")),
            Code::RepositoryTokenRefused,
        ),
        (
            "401 Unauthorized",
            Some(format!(
                "{package}.auth.InactiveUserAuthenticationException"
            )),
            Code::RepositoryTokenRefused,
        ),
        (
            "401 Unauthorized",
            Some(format!(
                "{package}.auth.ExpiredPasswordAuthenticationException"
            )),
            Code::RepositoryTokenRefused,
        ),
        (
            "401 Unauthorized",
            Some("AuthorisationException".to_owned()),
            Code::RepositoryTokenScope,
        ),
        ("401 Unauthorized", None, Code::RepositoryTokenRefused),
        (
            "404 Not Found",
            Some(format!("{package}.repository.NoSuchRepositoryException")),
            Code::RepositoryNotFound,
        ),
        (
            "404 Not Found",
            Some(format!("{package}.project.NoSuchProjectException")),
            Code::RepositoryNotFound,
        ),
        (
            "401 Unauthorized",
            Some(format!("{package}.repository.NoSuchRepositoryException")),
            Code::RepositoryNotFound,
        ),
        (
            "403 Forbidden",
            Some(format!("{package}.AuthorisationException")),
            Code::RepositoryTokenScope,
        ),
        ("429 Too Many Requests", None, Code::RepositoryRateLimited),
    ] {
        let mut world = World::data_center();
        world.add_key();
        let body = json!({"errors": [{"context": null, "message": "Words of the server", "exceptionName": exception}]});
        let (report, _) = answered(&mut world, move |_| {
            answer(status, "application/json", &body.to_string())
        });
        assert_provoked(&report, expected);
        assert_eq!(upper(&report), [Unknown; 3], "{exception:?}");
        let detail = detail(&report);
        assert!(detail.contains("Words of the server"), "{detail}");
        assert!(
            !detail.contains("e-mail"),
            "Data Center's tokens need none: {detail}"
        );
    }
}

#[test]
fn a_path_that_the_interface_does_not_have_says_nothing_of_the_repository() {
    let mut world = World::data_center();
    world.add_key();
    let (report, _) = answered(&mut world, |_| {
        let body =
            r#"{"message": "null for uri: https://git.example.com/rest/x", "status-code": 404}"#;
        answer("404 Not Found", "application/json", body)
    });
    assert_eq!(
        code(&report, CheckId::Repository),
        Some(Code::RepositoryApiUnreachable)
    );
    assert!(
        detail(&report).contains("null for uri"),
        "{}",
        detail(&report)
    );
}

#[test]
fn the_advice_fits_the_kind_of_token_and_what_bitbucket_said() {
    let mechanism = json!({"type": "error", "error": {"message": "This API is not accessible by this authentication mechanism"}});
    let invalid = json!({"type": "error", "error": {"message": "Token is invalid, expired, or not supported for this endpoint."}});
    let scopes = json!({"type": "error", "error": {
        "message": "Your credentials lack one or more required privilege scopes.",
        "detail": {"granted": ["read:repository:bitbucket"], "required": ["admin:repository:bitbucket"]},
    }});
    #[rustfmt::skip]
    let table = [
        ("403 Forbidden", &mechanism, "ATCTT3xFfGN0", false, Code::RepositoryTokenScope, "an account's API token with its e-mail address"),
        ("403 Forbidden", &mechanism, "sesame", false, Code::RepositoryTokenScope, "an account's API token with its e-mail address"),
        ("403 Forbidden", &mechanism, "ATATT3xFfGF0", false, Code::RepositoryTokenScope, "needs the account's e-mail address"),
        ("403 Forbidden", &mechanism, "ATATT3xFfGF0", true, Code::RepositoryTokenScope, "the repository's access token"),
        ("401 Unauthorized", &invalid, "ATATT3xFfGF0", false, Code::RepositoryTokenRefused, "needs the account's e-mail address"),
        ("401 Unauthorized", &invalid, "ATATT3xFfGF0", true, Code::RepositoryTokenRefused, "compare the e-mail address"),
        ("401 Unauthorized", &invalid, "ATCTT3xFfGN0", true, Code::RepositoryTokenRefused, "goes without an e-mail address"),
        ("401 Unauthorized", &invalid, "ATCTT3xFfGN0", false, Code::RepositoryTokenRefused, "has expired or was revoked"),
        ("401 Unauthorized", &invalid, "ATBBsesame", true, Code::RepositoryTokenRefused, "App passwords have not worked"),
        ("410 Gone", &invalid, "ATBBsesame", true, Code::RepositoryTokenRefused, "App passwords have not worked"),
        ("410 Gone", &invalid, "ATATT3xFfGF0", true, Code::RepositoryApiUnreachable, "has been removed"),
        ("403 Forbidden", &scopes, "ATATT3xFfGF0", true, Code::RepositoryTokenScope, "takes the scope admin:repository:bitbucket"),
    ];
    for (status, body, token, email, expected, advice) in table {
        let mut world = World::cloud();
        world.add_key();
        let (body, kept) = (body.to_string(), body.clone());
        let raw = Raw::answering(move |_| answer(status, "application/json", &body));
        world.settings.api = ApiAccess {
            email: email.then(|| read_email("ada@example.com").expect("an address")),
            ..access(token, &raw.http())
        };
        let report = world.test();
        assert_provoked(&report, expected);
        let detail = detail(&report);
        assert!(detail.contains(advice), "{token} {email}: {detail}");
        let words = kept["error"]["message"].as_str().expect("a message");
        assert!(detail.contains(words), "{detail}");
    }
}

#[test]
fn below_which_path_a_data_center_is_gets_looked_up_without_the_token() {
    let properties =
        r#"{"version": "9.4.0", "buildNumber": "1", "buildDate": "1", "displayName": "Bitbucket"}"#;
    for (given, at, found) in [
        ("", "/bitbucket", true),
        ("", "/stash", true),
        ("/bitbucket", "", true),
        ("/git", "/stash", true),
        ("", "/elsewhere", false),
    ] {
        for page in [
            answer(
                "404 Not Found",
                "text/html",
                "<html><title>Oops</title></html>",
            ),
            answer("404 Not Found", "text/plain", "no"),
        ] {
            let mut world = World::data_center();
            world.add_key();
            let own = format!("GET {at}/rest/api/1.0/application-properties ");
            let raw = Raw::answering(move |head| {
                if head.starts_with(&own) {
                    answer("200 OK", "application/json", properties)
                } else {
                    page.clone()
                }
            });
            let base = raw.http();
            world.settings.api = access(world.simulator.token(), &format!("{base}{given}"));
            let report = world.test();
            assert_eq!(upper(&report), [Unknown; 3]);
            let expected = format!("{base}{at}");
            if found {
                assert_provoked(&report, Code::RepositoryContextPath);
                let words = format!("--api-url {expected}");
                assert!(detail(&report).contains(&words), "{}", detail(&report));
                let fix = check(&report, CheckId::Repository).fix_value(FixId::ConfirmWebHost);
                assert_eq!(fix, Some(&*expected));
            } else {
                assert_eq!(
                    code(&report, CheckId::Repository),
                    Some(Code::RepositoryApiUnreachable)
                );
            }
            let looked = raw.heads();
            let looked: Vec<&String> = looked
                .iter()
                .filter(|head| head.contains("application-properties"))
                .collect();
            assert!(!looked.is_empty());
            for head in looked {
                assert!(!head.to_lowercase().contains("authorization"), "{head}");
            }
        }
    }
    // What answers there must look like Bitbucket.
    let mut world = World::data_center();
    world.add_key();
    let (report, _) = answered(&mut world, |head| {
        if head.contains("application-properties") {
            answer("200 OK", "application/json", r#"{"status": "up"}"#)
        } else {
            answer("404 Not Found", "text/html", "<html></html>")
        }
    });
    assert_eq!(
        code(&report, CheckId::Repository),
        Some(Code::RepositoryApiUnreachable)
    );
}

#[test]
fn a_key_that_was_added_for_a_time_is_ready_with_a_warning_that_names_the_day() {
    let world = World::data_center();
    let days = 30;
    let expires = SystemTime::now() + Duration::from_secs(days * 24 * 60 * 60);
    let new = NewKey {
        line: &world.key.line(),
        label: "Coalesce Quality",
        permission: Permission::Read,
        expires: Some(expires),
    };
    let added = world
        .simulator
        .store()
        .add_access_key(&repository(REPOSITORY), new);
    assert!(added.is_ok());
    let report = world.test();
    assert_provoked(&report, Code::RepositoryKeyEnds);
    let day = humantime::format_rfc3339_seconds(expires).to_string();
    let summary = &check(&report, CheckId::Repository).summary;
    assert_eq!(*summary, format!("the key ends on {}", &day[..10]));
    assert_eq!(upper(&report)[..2], [Proven, Proven]);
}

#[test]
fn a_login_proves_the_vendors_use_on_data_center_too() {
    let world = World::data_center();
    world.add_key();
    assert_eq!(upper(&world.test())[2], Unknown);
    world.simulator.vendor_connects(&world.key.line());
    let report = world.test();
    assert_eq!(report.proof().standing(Rung::UsedByVendor), Proven);
}

//! A server that repeats the token, in any field and in any encoding, does not make doorkey show it. Nor does it get a
//! sequence onto the terminal.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use doorkey::bitbucket::Edition;
use doorkey::check::api_access::ApiAccess;
use doorkey::check::request::TestRequest;
use doorkey::check::{CheckId, Report};
use doorkey::runtime::connection_test;
use serde_json::{Value, json};

use crate::program::Program;
use crate::raw::{Raw, answer};
use crate::world::{World, access, closed_port};

/// Made up, in the form in which Atlassian makes them.
const TOKEN: &str = "ATCTT3xFfGN0T4Xy7-qLw_9bZr2Nc8Kd5Vh1Jm6Ps3Qe0Ua=5E1F2B7C";
const EMAIL: &str = "ada@example.com";

/// A piece as long as this could be recognised.
const RECOGNISABLE: usize = 20;

/// How a server may write what it repeats.
fn encodings() -> Vec<(&'static str, String)> {
    let each = |encode: &dyn Fn(u32) -> String| -> String {
        TOKEN.chars().map(|c| encode(u32::from(c))).collect()
    };
    let alternating = || {
        let mut text = String::new();
        for (at, c) in TOKEN.chars().enumerate() {
            if at % 2 == 0 {
                write!(text, "%{:02x}", u32::from(c)).expect("a text");
            } else {
                text.push(c);
            }
        }
        text
    };
    vec![
        ("as it is", TOKEN.to_owned()),
        ("half of it", TOKEN[..30].to_owned()),
        ("small", TOKEN.to_lowercase()),
        ("percent", each(&|c| format!("%{c:02X}"))),
        ("some of it in percent", alternating()),
        ("percent twice", each(&|c| format!("%25{c:02x}"))),
        ("JSON", each(&|c| format!("\\u{c:04x}"))),
        ("HTML", each(&|c| format!("&#{c};"))),
        ("hexadecimal HTML", each(&|c| format!("&#x{c:X};"))),
        ("hexadecimal", each(&|c| format!("{c:02x}"))),
        ("large hexadecimal", each(&|c| format!("{c:02X}"))),
        (
            "zero width between",
            TOKEN.chars().flat_map(|c| [c, '\u{200b}']).collect(),
        ),
        (
            "a direction between",
            TOKEN.chars().flat_map(|c| [c, '\u{202e}']).collect(),
        ),
        (
            "spaces between",
            TOKEN.chars().flat_map(|c| [c, ' ']).collect(),
        ),
        ("Basic", BASE64_STANDARD.encode(format!("{EMAIL}:{TOKEN}"))),
        ("Base64", BASE64_STANDARD.encode(TOKEN)),
    ]
}

/// Whether a piece of this is in a text, once what nobody sees is out of both.
fn is_recognised(text: &str, repeated: &str) -> bool {
    let visible = |text: &str| -> Vec<char> {
        let hidden = |c: &char| !matches!(c, '\u{200b}' | '\u{202e}');
        text.chars().filter(hidden).collect()
    };
    let (text, repeated) = (visible(text), visible(repeated));
    let text: String = text.into_iter().collect();
    let mut pieces = repeated.windows(RECOGNISABLE.min(repeated.len()));
    pieces.any(|piece| text.contains(&piece.iter().collect::<String>()))
}

/// What a hostile server answers to `path`, with `text` wherever a text can be.
type Hostile = fn(Edition, &str, &str, &str) -> Vec<u8>;

fn listed(edition: Edition, path: &str, text: &str, key: &str) -> Vec<u8> {
    let body = match edition {
        _ if !path.contains("/deploy-keys") && !path.contains("/ssh") => json!({
            "mainbranch": {"name": text}, "project": {"key": text},
            "links": {"clone": [{"name": "ssh", "href": format!("git@ssh.bitbucket.org:acme/{text}.git")}]},
        }),
        Edition::Cloud => json!({"values": [
            {"id": text, "key": key, "label": text, "comment": text, "last_used": text},
        ]}),
        Edition::DataCenter => json!({"isLastPage": true, "values": [
            {"key": {"id": text, "text": key, "label": text}, "permission": text},
        ]}),
    };
    answer("200 OK", "application/json", &body.to_string())
}

fn on_the_project(edition: Edition, path: &str, text: &str, key: &str) -> Vec<u8> {
    let is_repository = path.contains("/repositories/") || path.contains("/repos/");
    let is_list = path.ends_with("/deploy-keys") || path.ends_with("/ssh");
    if is_repository && is_list {
        return answer("200 OK", "application/json", r#"{"values": []}"#);
    }
    listed(edition, path, text, key)
}

fn going_on(_: Edition, _: &str, text: &str, _: &str) -> Vec<u8> {
    let body = json!({"values": [], "next": format!("https://elsewhere.example/{text}")});
    answer("200 OK", "application/json", &body.to_string())
}

fn sending_elsewhere(_: Edition, _: &str, text: &str, _: &str) -> Vec<u8> {
    let text = text.replace(['\r', '\n'], "");
    format!("HTTP/1.1 302 Found\r\nLocation: https://sso.example.com/?{text}\r\nContent-Length: 0\r\n\r\n")
        .into_bytes()
}

fn saying_in_json(status: &str, text: &str) -> Vec<u8> {
    let text = format!("You sent {text}, which is wrong.");
    let body = json!({
        "error": {"message": text}, "errors": [{"message": text, "exceptionName": text}],
        "key": [{"message": text}],
    });
    answer(status, "application/json", &body.to_string())
}

const HOSTILE: &[(&str, Hostile)] = &[
    ("listed", listed),
    ("on the project", on_the_project),
    ("next", going_on),
    ("Location", sending_elsewhere),
    ("400", |_, _, text, _| {
        saying_in_json("400 Bad Request", text)
    }),
    ("401", |_, _, text, _| {
        saying_in_json("401 Unauthorized", text)
    }),
    ("403", |_, _, text, _| saying_in_json("403 Forbidden", text)),
    ("404", |_, _, text, _| saying_in_json("404 Not Found", text)),
    ("410", |_, _, text, _| saying_in_json("410 Gone", text)),
    ("429", |_, _, text, _| {
        saying_in_json("429 Too Many Requests", text)
    }),
    ("500", |_, _, text, _| {
        saying_in_json("500 Internal Server Error", text)
    }),
    ("text", |_, _, text, _| {
        answer("403 Forbidden", "text/plain", text)
    }),
];

/// The report of a test whose REST interface is hostile. SSH is not there, so it takes no time.
fn report(edition: Edition, hostile: Hostile, text: &str, email: Option<&str>) -> (Report, String) {
    let key = crate::world::new_key();
    let (line, text) = (key.line(), text.to_owned());
    let raw = Raw::answering(move |head| {
        let path = head.split(' ').nth(1).unwrap_or_default();
        hostile(edition, path, &text, &line)
    });
    let port = closed_port().port();
    let url = match edition {
        Edition::Cloud => "git@ssh.bitbucket.org:acme/analytics.git".to_owned(),
        Edition::DataCenter => format!("ssh://git@127.77.0.1:{port}/acme/analytics.git"),
    };
    let mut request = TestRequest {
        url,
        key: Ok(key),
        settings: doorkey::check::request::TestSettings::default(),
    };
    let nowhere = doorkey::check::connect_to::ConnectTo::any("127.77.0.1", port);
    request.settings.connect_to = vec![nowhere];
    request.settings.api = ApiAccess {
        email: email.map(ToOwned::to_owned),
        ..access(TOKEN, &raw.http())
    };
    let mut told = String::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let report = runtime.block_on(connection_test::run(&request, |event| {
        write!(told, "{event:?}").expect("a text");
    }));
    told.push_str(&report.to_json());
    (report, told)
}

#[test]
fn no_field_gives_the_token_back_in_any_encoding() {
    for edition in Edition::ALL {
        for (name, text) in encodings() {
            for (field, hostile) in HOSTILE {
                let email = (name == "Basic").then_some(EMAIL);
                let (report, told) = report(edition, *hostile, &text, email);
                let repository = report.check(CheckId::Repository).expect("a check");
                assert!(repository.code.is_some() || repository.summary.contains("listed"));
                for secret in [text.as_str(), TOKEN] {
                    assert!(
                        !is_recognised(&told, secret),
                        "{edition:?} {field}, {name}: {told}"
                    );
                }
            }
        }
    }
}

#[test]
fn no_field_gets_a_sequence_onto_the_terminal() {
    let text = "a\u{1b}]0;b\u{7}\u{9b}31m\u{202e}c\u{200b}\u{85}";
    for edition in Edition::ALL {
        for (field, hostile) in HOSTILE {
            let (report, _) = report(edition, *hostile, text, None);
            for check in &report.checks {
                let fixes = check.fixes.iter().map(|fix| fix.title.clone());
                let values = check.fixes.iter().filter_map(|fix| fix.value.clone());
                let shown = [Some(check.summary.clone()), check.detail.clone()];
                for shown in shown.into_iter().flatten().chain(fixes).chain(values) {
                    let is_harmful = shown.chars().any(doorkey::text::is_harmful);
                    assert!(!is_harmful, "{edition:?} {field}: {shown:?}");
                }
            }
        }
    }
}

/// Everything that a run of the program leaves: what it prints, and the files in its home.
fn all_of(run: &crate::program::Run, files: &[String]) -> String {
    let files = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap_or_default());
    [run.output.clone(), run.message.clone()]
        .into_iter()
        .chain(files)
        .collect()
}

#[test]
fn the_program_shows_it_nowhere() {
    let world = World::cloud();
    let program = Program::with_token(TOKEN);
    let key = program.key(&world.key);
    let junit = program.file("junit.xml", "");
    let csv = format!(
        "name,url,key\nbill,git@ssh.bitbucket.org:acme/analytics.git,{}\n",
        world.key.line()
    );
    let csv = program.file("list.csv", &csv);
    let imported = program.run(&["import", &csv]);
    assert_eq!(imported.status, 0, "{}", imported.message);
    let url = "git@ssh.bitbucket.org:acme/analytics.git";
    let page = "https://bitbucket.org/acme/analytics/src/main/";
    let nowhere = format!(":::{}", closed_port()).replace(":::127.77.0.1", "::127.77.0.1");
    // The mechanism is tried with all of them above; here it is whether every way out goes through it.
    let chosen = ["as it is", "percent twice", "zero width between"];
    for (name, text) in encodings() {
        if !chosen.contains(&name) {
            continue;
        }
        for (field, hostile) in [HOSTILE[0], HOSTILE[3], HOSTILE[6]] {
            let (line, repeated) = (world.key.line(), text.clone());
            let raw = Raw::answering(move |head| {
                let path = head.split(' ').nth(1).unwrap_or_default();
                hostile(Edition::Cloud, path, &repeated, &line)
            });
            let api = raw.http();
            let common = ["--api-url", &api];
            let ssh = ["--connect-to", &nowhere];
            for arguments in [
                [&["check", url, "--key", &key], &common[..], &ssh].concat(),
                [&["check", url, "--key", &key, "--json"], &common[..], &ssh].concat(),
                [&["verify", "--all", "--junit", &junit], &common[..], &ssh].concat(),
                [&["grant", page, "--key", &key, "--yes"], &common[..]].concat(),
                [&["revoke", page, "--key", &key, "--yes"], &common[..]].concat(),
            ] {
                let run = program.run(&arguments);
                let told = all_of(&run, std::slice::from_ref(&junit));
                for secret in [text.as_str(), TOKEN] {
                    assert!(
                        !is_recognised(&told, secret),
                        "{arguments:?} {field}, {name}: {told}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_server_may_still_say_something_else() {
    let words: Hostile = |_, _, text, _| saying_in_json("403 Forbidden", text);
    let (report, _) = report(Edition::Cloud, words, TOKEN, None);
    let repository = report.check(CheckId::Repository).expect("a check");
    let detail = repository.detail.clone().unwrap_or_default();
    assert!(
        detail.contains("Bitbucket said: You sent [hidden], which is wrong."),
        "{detail}"
    );
    let _: Value = serde_json::from_str(&report.to_json()).expect("JSON");
}

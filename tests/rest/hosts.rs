//! Where a token goes, and where it never goes.

use doorkey::bitbucket::{ApiBase, Edition};
use doorkey::check::Standing::{Proven, Unknown};
use doorkey::check::api_access::read_token;
use doorkey::check::{Code, FixId, Rung};

use crate::authority::Authority;
use crate::program::Program;
use crate::provoked::assert_provoked;
use crate::raw::{Raw, answer};
use crate::world::{World, detail, new_key, upper};

/// Tokens of each kind that Cloud makes. Nobody's.
const OF_CLOUD: [&str; 3] = [
    "ATATT3xFfGF0T4Xy7qLw9bZr2Nc8Kd5Vh1Jm6",
    "ATCTT3xFfGN0T4Xy7qLw9bZr2Nc8Kd5Vh1Jm6",
    "ATBBT4Xy7qLw9bZr2Nc8Kd5Vh1Jm6",
];

/// One that some Data Center made.
const OF_DATA_CENTER: &str = "MDM0MjM5NDc2MDxxT4Xy7qLw9bZr2Nc8";

#[test]
fn a_cloud_token_does_not_go_to_another_server_and_ssh_still_shows_what_it_shows() {
    for token in OF_CLOUD {
        for edition in Edition::ALL {
            let mut world = World::new(edition);
            world.add_key();
            world.settings.api.token = read_token(token).expect("a token");
            // No resolver is asked about it: a label is longer than any may be.
            let base = format!("https://{}.example.com", "a".repeat(64));
            world.settings.api.base = Some(base.parse::<ApiBase>().expect("an address"));
            let report = world.test();
            assert_provoked(&report, Code::RepositoryTokenNotForThisHost);
            assert!(detail(&report).contains(&base), "{}", detail(&report));
            assert_eq!(upper(&report), [Unknown; 3]);
            assert_eq!(report.proof().standing(Rung::Recognised), Proven);
            assert!(!report.to_json().contains(token));
        }
    }
}

#[test]
fn a_guessed_web_server_is_asked_only_when_somebody_confirms_it() {
    let mut world = World::data_center();
    world.add_key();
    world.settings.api.base = None;
    let report = world.test_of("ssh://git@git.example.com:7999/acme/analytics-platform.git");
    assert_provoked(&report, Code::RepositoryWebHostUnconfirmed);
    assert_eq!(upper(&report), [Unknown; 3]);
    assert_eq!(report.proof().standing(Rung::Recognised), Proven);
    let check = report.check(Code::RepositoryWebHostUnconfirmed.check());
    let check = check.expect("the check");
    let guessed = "https://git.example.com";
    assert_eq!(check.fix_value(FixId::ConfirmWebHost), Some(guessed));
    assert!(detail(&report).contains("--api-url https://git.example.com"));
}

#[test]
fn commands_refuse_a_token_that_does_not_belong_there() {
    let proxy = Raw::answering(|_| answer("407 Proxy Authentication Required", "text/html", ""));
    for command in ["grant", "revoke"] {
        for (token, url, more, code) in [
            (
                OF_CLOUD[0],
                "https://git.example.com/projects/ACME/repos/x",
                None,
                "repository.token_not_for_this_host",
            ),
            (
                OF_CLOUD[1],
                "git@ssh.bitbucket.org:acme/x.git",
                Some("https://git.example.com"),
                "repository.token_not_for_this_host",
            ),
            (
                OF_CLOUD[2],
                "git@ssh.bitbucket.org:acme/x.git",
                Some("https://api.bitbucket.org.example.com"),
                "repository.token_not_for_this_host",
            ),
            (
                OF_CLOUD[0],
                "ssh://git@git.example.com:7999/acme/x.git",
                None,
                "repository.token_not_for_this_host",
            ),
            (
                OF_DATA_CENTER,
                "ssh://git@git.example.com:7999/acme/x.git",
                None,
                "repository.web_host_unconfirmed",
            ),
        ] {
            // Whatever goes out would go through this proxy, and be seen.
            let program = Program::with_token(token).with("ALL_PROXY", proxy.http());
            let key = program.key(&new_key());
            let mut arguments = vec![command, url, "--key", &key, "--yes"];
            if let Some(base) = more {
                arguments.extend(["--api-url", base]);
            }
            let run = program.run(&arguments);
            assert_eq!(run.status, 2, "{url}: {}", run.message);
            assert!(run.message.contains(code), "{url}: {}", run.message);
        }
    }
    assert!(proxy.heads().is_empty(), "{:?}", proxy.heads());
}

#[test]
fn what_is_on_this_machine_is_asked_without_the_proxy() {
    let proxy = Raw::answering(|_| answer("407 Proxy Authentication Required", "text/html", ""));
    let list = |_: &str| answer("200 OK", "application/json", r#"{"values": []}"#);
    let authority = Authority::new();
    let (clear, tls) = (
        Raw::answering(list),
        Raw::over_tls(authority.server("127.0.0.1"), list),
    );
    for base in [clear.http(), tls.https()] {
        let mut program = Program::with_token(OF_CLOUD[1]);
        for name in [
            "ALL_PROXY",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "http_proxy",
            "https_proxy",
        ] {
            program = program.with(name, proxy.http());
        }
        let key = program.key(&new_key());
        let file = program.file("ca.pem", &authority.pem);
        let run = program.run(&[
            "revoke",
            "https://bitbucket.org/acme/analytics/src/main/",
            "--key",
            &key,
            "--api-url",
            &base,
            "--cacert",
            &file,
            "--yes",
        ]);
        assert_eq!(run.status, 1, "{}", run.message);
    }
    assert!(proxy.heads().is_empty(), "{:?}", proxy.heads());
    assert!(clear.heads()[0].contains(OF_CLOUD[1]));
    assert!(tls.heads()[0].contains(OF_CLOUD[1]));
}

#[test]
fn a_token_that_fails_leaves_what_ssh_has_shown() {
    use doorkey::check::Verdict;
    let page = "<!doctype html><title>Log in</title>";
    let statuses = [
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "410 Gone",
        "418 I'm a teapot",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
    ];
    let mut bodies: Vec<Vec<u8>> = statuses
        .into_iter()
        .flat_map(|status| {
            [
                answer(status, "application/json", "{}"),
                answer(status, "text/html", page),
            ]
        })
        .collect();
    bodies.extend([
        answer("200 OK", "text/html", page),
        answer("200 OK", "application/json", "{}"),
        Vec::new(),
    ]);
    for edition in Edition::ALL {
        for token in [OF_CLOUD[2], OF_DATA_CENTER] {
            for bytes in &bodies {
                let answered = bytes.clone();
                let raw = Raw::answering(move |_| answered.clone());
                let mut world = World::new(edition);
                world.add_key();
                world.settings.api = crate::world::access(token, &raw.http());
                let report = world.test();
                let shown = String::from_utf8_lossy(bytes);
                assert_eq!(upper(&report), [Unknown; 3], "{shown}");
                assert_eq!(report.verdict(), Verdict::Ready, "{shown}");
                let json = report.to_json();
                assert!(!json.contains("no such key is listed"), "{shown}");
            }
        }
    }
}

#[test]
fn an_app_password_is_told_that_it_is_over() {
    for status in ["401 Unauthorized", "410 Gone"] {
        let raw = Raw::answering(move |_| answer(status, "application/json", "{}"));
        let mut world = World::cloud();
        world.settings.api = crate::world::access(OF_CLOUD[2], &raw.http());
        let report = world.test();
        assert_provoked(&report, Code::RepositoryTokenRefused);
        assert!(
            detail(&report).contains("28 July 2026"),
            "{}",
            detail(&report)
        );
    }
}

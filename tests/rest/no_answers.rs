//! Everything that can come instead of an answer, and how each is told apart.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use doorkey::bitbucket::Edition;
use doorkey::check::Standing::{Proven, Unknown};
use doorkey::check::{CheckId, Code, Report, Rung};
use serde_json::json;

use crate::authority::Authority;
use crate::provoked::assert_provoked;
use crate::raw::{Raw, answer, error};
use crate::world::{REPOSITORY, World, access, check, closed_port, code, detail, upper};

/// Far more than anything here takes; only reached when something hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// The report where the interface is at this address. Whatever comes from there, SSH's rungs stay as they are.
fn asked_at(world: &mut World, base: &str) -> Report {
    world.add_key();
    let certificates = world.settings.api.certificates.take();
    world.settings.api = access(world.simulator.token(), base);
    world.settings.api.certificates = certificates;
    let report = world.test();
    for rung in [Rung::Reachable, Rung::Genuine, Rung::Recognised] {
        assert_eq!(report.proof().standing(rung), Proven, "{rung:?}");
    }
    report
}

/// The report where the interface gives this answer to whatever it is asked.
fn told(edition: Edition, bytes: Vec<u8>) -> Report {
    let raw = Raw::answering(move |_| bytes.clone());
    let report = asked_at(&mut World::new(edition), &raw.http());
    assert_eq!(upper(&report), [Unknown; 3]);
    report
}

#[test]
fn a_wrong_token_is_refused() {
    for edition in [Edition::Cloud, Edition::DataCenter] {
        let mut world = World::new(edition);
        world.settings.api = access("open-sesame", &world.simulator.api());
        let report = world.test();
        assert_provoked(&report, Code::RepositoryTokenRefused);
        assert!(
            detail(&report).starts_with("Bitbucket said: "),
            "{}",
            detail(&report)
        );
        assert!(!report.to_json().contains("open-sesame"));
        assert_eq!(upper(&report), [Unknown; 3]);
    }
}

#[test]
fn a_repository_that_is_not_there_is_not_found() {
    for (edition, words) in [
        (Edition::Cloud, "no longer exists in this workspace"),
        (Edition::DataCenter, "ACME/nowhere does not exist"),
    ] {
        let world = World::new(edition);
        let report = world.test_of(&world.url("acme/nowhere"));
        assert_provoked(&report, Code::RepositoryNotFound);
        assert!(detail(&report).contains(words), "{}", detail(&report));
        assert_eq!(upper(&report), [Unknown; 3]);
    }
}

#[test]
fn errors_have_their_codes_and_bring_bitbuckets_words() {
    let scope = "Your credentials lack one or more required privilege scopes.";
    let kind = "This API is not accessible by this authentication mechanism";
    let listed = "To access this repository, an admin must whitelist your IP.";
    let steps = "To access this repository, enable two-step authentication.";
    let rate = "Rate limit for this resource has been exceeded";
    for (status, words, expected) in [
        (
            "401 Unauthorized",
            "Token is invalid",
            Code::RepositoryTokenRefused,
        ),
        ("403 Forbidden", scope, Code::RepositoryTokenScope),
        ("403 Forbidden", kind, Code::RepositoryTokenScope),
        ("403 Forbidden", listed, Code::RepositoryAddressNotAllowed),
        ("403 Forbidden", steps, Code::RepositoryTwoStepRequired),
        ("429 Too Many Requests", rate, Code::RepositoryRateLimited),
        (
            "500 Internal Server Error",
            "Oops",
            Code::RepositoryApiUnreachable,
        ),
    ] {
        let report = told(Edition::Cloud, error(status, words));
        assert_provoked(&report, expected);
        assert!(detail(&report).contains(words), "{}", detail(&report));
    }
    let plain = answer("429 Too Many Requests", "text/plain", rate);
    let report = told(Edition::DataCenter, plain);
    assert_provoked(&report, Code::RepositoryRateLimited);
}

#[test]
fn odd_answers_are_told_apart() {
    let page = "<!doctype html><title>Log in</title>";
    let redirect =
        b"HTTP/1.1 302 Found\r\nLocation: https://sso.example.com/\xe2\x80\xae?a\r\nContent-Length: 0\r\n\r\n";
    let table = [
        (answer("200 OK", "text/html", page), "A web page came"),
        (
            answer("200 OK", "application/json", page),
            "A web page came",
        ),
        (
            answer("403 Forbidden", "text/html; charset=utf-8", page),
            "A web page came",
        ),
        (
            answer("404 Not Found", "text/plain", "nothing"),
            "nothing at this address",
        ),
        (
            answer("407 Proxy Authentication Required", "text/html", page),
            "The proxy",
        ),
        (answer("200 OK", "application/json", "hello"), "not JSON"),
        (
            answer("200 OK", "application/json", "{}"),
            "a list without keys",
        ),
        (
            answer("200 OK", "application/json", "[1, 2]"),
            "a list without keys",
        ),
        (
            answer("200 OK", "application/json", "null"),
            "a list without keys",
        ),
        (
            redirect.to_vec(),
            "It sends elsewhere, to https://sso.example.com/?a.",
        ),
        (
            b"HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\n\r\n".to_vec(),
            "does not say where",
        ),
        (b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), ""),
        (Vec::new(), "No connection"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec(),
            "No connection",
        ),
    ];
    for edition in [Edition::Cloud, Edition::DataCenter] {
        for (bytes, words) in &table {
            let report = told(edition, bytes.clone());
            let shown = String::from_utf8_lossy(bytes);
            assert_eq!(
                code(&report, CheckId::Repository),
                Some(Code::RepositoryApiUnreachable),
                "{shown}"
            );
            assert!(
                detail(&report).contains(words),
                "{shown}\n{}",
                detail(&report)
            );
        }
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Raw::answering(|_| answer("200 OK", "application/json", "{}"));
    let to = elsewhere.http();
    let raw = Raw::answering(move |_| {
        format!("HTTP/1.1 302 Found\r\nLocation: {to}/\r\nContent-Length: 0\r\n\r\n").into_bytes()
    });
    let report = asked_at(&mut World::cloud(), &raw.http());
    assert!(detail(&report).contains("doorkey does not go there with a token"));
    assert!(elsewhere.heads().is_empty());
}

#[test]
fn a_list_that_goes_on_at_another_server_is_not_followed() {
    let elsewhere = Raw::answering(|_| answer("200 OK", "application/json", "{}"));
    let next = format!("{}/2.0/x?page=2", elsewhere.http());
    let body = json!({"values": [], "next": next}).to_string();
    let raw = Raw::answering(move |_| answer("200 OK", "application/json", &body));
    let report = asked_at(&mut World::cloud(), &raw.http());
    assert_provoked(&report, Code::RepositoryApiUnreachable);
    assert!(
        detail(&report).contains("goes on at another server"),
        "{}",
        detail(&report)
    );
    assert!(elsewhere.heads().is_empty());
}

#[test]
fn a_list_without_end_is_left() {
    for (edition, body) in [
        (Edition::Cloud, json!({"values": []})),
        (
            Edition::DataCenter,
            json!({"values": [], "isLastPage": false, "nextPageStart": 0}),
        ),
    ] {
        let raw = Raw::answering(move |head| {
            let mut body = body.clone();
            if edition == Edition::Cloud {
                let host = head.lines().find_map(|line| {
                    let (name, value) = line.split_once(": ")?;
                    name.eq_ignore_ascii_case("host").then_some(value)
                });
                let list = format!("2.0/repositories/{REPOSITORY}/deploy-keys?page=2");
                body["next"] = json!(format!("http://{}/{list}", host.expect("a host")));
            }
            answer("200 OK", "application/json", &body.to_string())
        });
        let report = asked_at(&mut World::new(edition), &raw.http());
        assert!(
            detail(&report).contains("more keys than"),
            "{}",
            detail(&report)
        );
        assert_eq!(raw.heads().len(), 100);
    }
}

#[test]
fn no_more_is_read_than_bitbucket_would_send() {
    let endless_body = |stream: &mut std::net::TcpStream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            .ok();
        while stream.write_all(&[b' '; 8192]).is_ok() {}
    };
    let endless_head = |stream: &mut std::net::TcpStream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nX-Filler: ").ok();
        while stream.write_all(&[b'a'; 8192]).is_ok() {}
    };
    let kinds: [fn(&mut std::net::TcpStream); 2] = [endless_body, endless_head];
    for serve in kinds {
        let raw = Raw::start(move |mut stream, _| serve(&mut stream));
        let report = asked_at(&mut World::cloud(), &raw.http());
        assert!(detail(&report).contains("too long"), "{}", detail(&report));
    }
}

#[test]
fn a_silent_server_is_given_up_after_its_own_limit() {
    let held = Mutex::new(Vec::new());
    let silent = Raw::start(move |stream, _| held.lock().expect("streams").push(stream));
    let dripping = Raw::start(|mut stream, _| {
        thread::spawn(move || {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok();
            while stream.write_all(b" ").is_ok() {
                thread::park_timeout(Duration::from_millis(1));
            }
        });
    });
    for base in [silent.http(), silent.https(), dripping.http()] {
        let mut world = World::cloud();
        world.settings.limits.api = Duration::from_millis(300);
        let started = Instant::now();
        let report = asked_at(&mut world, &base);
        assert!(
            detail(&report).contains("did not answer in time"),
            "{}",
            detail(&report)
        );
        assert!(started.elapsed() < PATIENCE);
        let took = check(&report, CheckId::Repository).elapsed;
        assert!(took.is_some_and(|took| took >= world.settings.limits.api));
    }
}

#[test]
fn nothing_listening_is_no_connection() {
    let report = asked_at(&mut World::cloud(), &format!("http://{}", closed_port()));
    assert!(
        detail(&report).contains("No connection"),
        "{}",
        detail(&report)
    );
}

#[test]
fn a_certificate_must_be_trusted_and_cacert_makes_it_so() {
    let authority = Authority::new();
    let list = |_: &str| answer("200 OK", "application/json", r#"{"values": []}"#);
    let server = Raw::over_tls(authority.server("127.0.0.1"), list);
    let report = asked_at(&mut World::cloud(), &server.https());
    assert_provoked(&report, Code::RepositoryApiUnreachable);
    assert!(
        detail(&report).contains("certificate is not trusted"),
        "{}",
        detail(&report)
    );
    assert!(detail(&report).contains("--cacert"));
    assert!(server.heads().is_empty(), "nothing was sent");

    let mut world = World::cloud();
    world.settings.api.certificates = Some(Arc::from(authority.pem.as_bytes()));
    let report = asked_at(&mut world, &server.https());
    assert_provoked(&report, Code::RepositoryKeyNotHere);
    let token = world.simulator.token();
    assert!(server.heads()[0].contains(&format!("Bearer {token}")));

    let other = Raw::over_tls(authority.server("git.example.com"), list);
    let mut world = World::cloud();
    world.settings.api.certificates = Some(Arc::from(authority.pem.as_bytes()));
    let report = asked_at(&mut world, &other.https());
    assert!(
        detail(&report).contains("certificate is not trusted"),
        "{}",
        detail(&report)
    );
    assert!(other.heads().is_empty(), "nothing was sent");
}

#[test]
fn what_answers_without_tls_gets_no_token() {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&sent);
    let raw = Raw::start(move |mut stream, _| {
        let mut sent = seen.lock().expect("what was sent");
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").ok();
        stream.shutdown(std::net::Shutdown::Write).ok();
        stream.read_to_end(&mut sent).ok();
    });
    let mut world = World::cloud();
    let report = asked_at(&mut world, &raw.https());
    assert!(
        detail(&report).contains("does not speak TLS"),
        "{}",
        detail(&report)
    );
    let sent = String::from_utf8_lossy(&sent.lock().expect("what was sent")).into_owned();
    assert!(!sent.contains(world.simulator.token()));
}

#[test]
fn a_server_that_repeats_the_token_does_not_make_doorkey_show_it() {
    for email in [None, Some("ada@example.com".to_owned())] {
        let raw = Raw::answering(|head| error("403 Forbidden", head));
        let mut world = World::cloud();
        world.settings.api = access(world.simulator.token(), &raw.http());
        world.settings.api.email = email;
        // That no token is in what is told, the world itself makes sure.
        let report = world.test();
        let head = raw.heads().remove(0);
        let sent = head.lines().find_map(|line| {
            line.split_once(": ")
                .filter(|(name, _)| *name == "authorization")
        });
        let (_, credentials) = sent.expect("a header").1.split_once(' ').expect("a scheme");
        assert!(
            !detail(&report).contains(credentials),
            "{}",
            detail(&report)
        );
        assert!(detail(&report).contains("[hidden]"), "{}", detail(&report));
    }
}

#[test]
fn where_the_project_is_hidden_nothing_is_refuted() {
    let scope = "Your credentials lack one or more required privilege scopes.";
    let raw = Raw::answering(move |head| {
        let path = head.split(' ').nth(1).unwrap_or_default();
        if path.contains("/projects/") {
            error("403 Forbidden", scope)
        } else if path.ends_with("/deploy-keys") {
            answer("200 OK", "application/json", r#"{"values": []}"#)
        } else {
            answer(
                "200 OK",
                "application/json",
                r#"{"project": {"key": "DATA"}}"#,
            )
        }
    });
    let report = asked_at(&mut World::cloud(), &raw.http());
    assert_provoked(&report, Code::RepositoryKeyNotHere);
    assert!(detail(&report).contains(scope), "{}", detail(&report));
    assert_eq!(upper(&report), [Unknown; 3]);
    let paths: Vec<String> = raw
        .heads()
        .iter()
        .filter_map(|head| head.split(' ').nth(1).map(ToOwned::to_owned))
        .collect();
    assert_eq!(
        paths,
        [
            format!("/2.0/repositories/{REPOSITORY}/deploy-keys"),
            format!("/2.0/repositories/{REPOSITORY}"),
            "/2.0/workspaces/acme/projects/DATA/deploy-keys".to_owned(),
        ]
    );
}

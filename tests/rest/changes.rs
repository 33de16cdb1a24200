//! Adding a key and taking it out again, and `check` with a token, as commands.

use doorkey::bitbucket::Edition;
use doorkey::simulator::{Permission, Place};
use serde_json::{Value, json};

use crate::authority::Authority;
use crate::program::{Program, Run, TOKEN_VARIABLE};
use crate::raw::{Raw, answer, error};
use crate::world::{REPOSITORY, World, new_key, repository};

const CLOUD_PAGE: &str = "https://bitbucket.org/acme/analytics-platform/src/main/";

impl World {
    fn run(&self, command: &str, url: &str, more: &[&str]) -> Run {
        let program = Program::for_world(self);
        let key = program.key(&self.key);
        let api = self.simulator.api();
        let mut arguments = vec![command, url, "--key", &key, "--api-url", &api];
        arguments.extend(more);
        program.run(&arguments)
    }

    fn keys(&self) -> usize {
        let keys = self.simulator.store().access_keys(&repository(REPOSITORY));
        keys.expect("the repository").len()
    }
}

#[test]
fn check_with_a_token_shows_all_that_is_proven() {
    let world = World::cloud();
    world.add_key();
    let ssh = world.simulator.ssh_address();
    let route = format!("ssh.bitbucket.org:22:127.0.0.1:{}", ssh.port());
    let pin = world.simulator.fingerprint();
    let run = world.run(
        "check",
        &world.url(REPOSITORY),
        &[
            "--json",
            "--connect-to",
            &route,
            "--host-key",
            &pin,
            "--email",
            "ada@example.com",
        ],
    );
    assert_eq!(run.status, 0, "{}", run.message);
    let report: Value = serde_json::from_str(&run.output).expect("JSON");
    assert_eq!(
        report["proof"],
        json!({
            "reachable": "proven", "genuine": "proven", "recognised": "proven",
            "this_repository": "proven", "read_only": "proven", "used_by_vendor": "unknown",
        })
    );
    assert_eq!(report["checks"][9]["code"], "vendor_use.never");
}

#[test]
fn grant_adds_and_revoke_removes_on_both_editions() {
    for edition in [Edition::Cloud, Edition::DataCenter] {
        let world = World::new(edition);
        let url = world.url(REPOSITORY);
        let run = world.run("grant", &url, &["--yes", "--label", "Coalesce, by me"]);
        assert_eq!(run.status, 0, "{}", run.message);
        let fingerprint = world.key.fingerprint();
        for said in [
            "analytics-platform",
            &fingerprint,
            "Coalesce, by me",
            "read only",
        ] {
            assert!(run.output.contains(said), "{}", run.output);
        }
        let listed = world.simulator.store().access_keys(&repository(REPOSITORY));
        let listed = listed.expect("the repository");
        assert_eq!(listed[0].label, "Coalesce, by me");
        assert_eq!(listed[0].permission, Permission::Read);
        assert_eq!(listed[0].fingerprint(), fingerprint);

        let again = world.run("grant", &url, &["--yes"]);
        assert_eq!(again.status, 0, "{}", again.message);
        assert!(
            again.output.contains("already as \"Coalesce, by me\""),
            "{}",
            again.output
        );
        assert_eq!(world.keys(), 1);

        let run = world.run("revoke", &url, &["--yes"]);
        assert_eq!(run.status, 0, "{}", run.message);
        assert!(run.output.contains("Coalesce, by me"), "{}", run.output);
        assert_eq!(world.keys(), 0);

        let again = world.run("revoke", &url, &["--yes"]);
        assert_eq!(again.status, 1);
        assert!(again.message.contains("is not on"), "{}", again.message);
    }
}

#[test]
fn any_address_of_the_repository_will_do() {
    let world = World::cloud();
    assert_eq!(world.run("grant", CLOUD_PAGE, &["--yes"]).status, 0);
    assert_eq!(world.keys(), 1);
}

#[test]
fn nothing_is_changed_without_consent() {
    let world = World::cloud();
    let run = world.run("grant", CLOUD_PAGE, &[]);
    assert_eq!(run.status, 2);
    assert!(run.message.contains("--yes"), "{}", run.message);
    assert_eq!(world.keys(), 0);
    world.add_key();
    let run = world.run("revoke", CLOUD_PAGE, &[]);
    assert_eq!(run.status, 2);
    assert_eq!(world.keys(), 1);
}

#[test]
fn at_a_terminal_it_is_asked_what_to_do() {
    let world = World::cloud();
    let program = Program::for_world(&world);
    let (key, api) = (program.key(&world.key), world.simulator.api());
    let at_a_terminal = |command: &str, typed: &str| {
        let arguments = [command, CLOUD_PAGE, "--key", &key, "--api-url", &api];
        let (status, shown) = program.run_at_a_terminal(&arguments, typed);
        for said in [
            REPOSITORY,
            &world.key.fingerprint(),
            "Coalesce Quality",
            "read only",
        ] {
            assert!(shown.contains(said), "{shown}");
        }
        (status, world.keys())
    };
    // To say no is an answer like another, and what was wanted was done: nothing.
    assert_eq!(at_a_terminal("grant", "n\r"), (0, 0));
    assert_eq!(at_a_terminal("grant", "\r"), (0, 0));
    assert_eq!(at_a_terminal("grant", "y\r"), (0, 1));
    assert_eq!(at_a_terminal("revoke", "no\r"), (0, 1));
    assert_eq!(at_a_terminal("revoke", "yes\r"), (0, 0));
}

#[test]
fn a_key_that_may_write_is_not_what_was_asked_for() {
    let world = World::data_center();
    world.add(&world.key, &repository(REPOSITORY), Permission::ReadWrite);
    let run = world.run("grant", &world.url(REPOSITORY), &["--yes"]);
    assert_eq!(run.status, 3);
    assert!(run.message.contains("may also write"), "{}", run.message);
}

#[test]
fn bitbuckets_refusals_come_with_cause_and_cure() {
    for edition in [Edition::Cloud, Edition::DataCenter] {
        let world = World::new(edition);
        let url = world.url(REPOSITORY);
        let line = world.key.line();
        let store = world.simulator.store();
        store
            .add_account_key("ada", &line, &["acme"])
            .expect("added");
        let run = world.run("grant", &url, &["--yes"]);
        assert_eq!(run.status, 3);
        for said in [
            "belongs to somebody's account",
            "Make a new key",
            "Bitbucket said: ",
        ] {
            assert!(run.message.contains(said), "{}", run.message);
        }
    }
    let world = World::cloud();
    let line = world.key.line();
    let store = world.simulator.store();
    store
        .add_account_key("ada", &line, &["acme"])
        .expect("added");
    store.remove_account_key(&line).expect("removed");
    let run = world.run("grant", CLOUD_PAGE, &["--yes"]);
    assert!(run.message.contains("up to 30 days"), "{}", run.message);
}

#[test]
fn other_refusals_bring_bitbuckets_words() {
    let world = World::cloud();
    let invalid = json!({"key": [{"message": "Invalid SSH Key (ssh-keygen)\u{1b}[31m"}]});
    let invalid = answer("400 Bad Request", "application/json", &invalid.to_string());
    let other = json!({"errors": [{"message": "SSH access keys are switched off"}]});
    let other = answer("409 Conflict", "application/json", &other.to_string());
    let scope = error(
        "403 Forbidden",
        "Your credentials lack one or more required privilege scopes.",
    );
    for (bytes, said) in [
        (
            invalid,
            vec![
                "does not take this text as a key",
                "Copy the key from Coalesce",
            ],
        ),
        (
            other,
            vec!["SSH access keys are switched off", "Access keys page"],
        ),
        (
            scope,
            vec!["repository.token_scope", "write:ssh-key:bitbucket"],
        ),
    ] {
        let raw = Raw::answering(move |head| {
            if head.starts_with("GET ") {
                answer("200 OK", "application/json", r#"{"values": []}"#)
            } else {
                bytes.clone()
            }
        });
        let program = Program::for_world(&world);
        let key = program.key(&world.key);
        let base = raw.http();
        let run = program.run(&[
            "grant",
            CLOUD_PAGE,
            "--key",
            &key,
            "--api-url",
            &base,
            "--yes",
        ]);
        assert_eq!(run.status, 3, "{}", run.message);
        assert!(!run.message.contains('\u{1b}'));
        for words in said {
            assert!(run.message.contains(words), "{}", run.message);
        }
    }
}

#[test]
fn revoke_does_not_choose_between_several() {
    let world = World::cloud();
    let line = world.key.line();
    let values: Vec<Value> = [1, 2]
        .map(|id| json!({"id": id, "key": line, "label": "twice", "last_used": null}))
        .into();
    let body = json!({"values": values}).to_string();
    let raw = Raw::answering(move |_| answer("200 OK", "application/json", &body));
    let program = Program::for_world(&world);
    let key = program.key(&world.key);
    let base = raw.http();
    let run = program.run(&[
        "revoke",
        CLOUD_PAGE,
        "--key",
        &key,
        "--api-url",
        &base,
        "--yes",
    ]);
    assert_eq!(run.status, 3);
    assert!(run.message.contains("2 times"), "{}", run.message);
    assert_eq!(raw.heads().len(), 1, "nothing was removed");
}

#[test]
fn revoke_says_where_the_key_is_instead() {
    let world = World::cloud();
    let place = Place::Project("acme/DATA".to_owned());
    world.add(&world.key, &place, Permission::Read);
    world.add(&new_key(), &repository(REPOSITORY), Permission::Read);
    let run = world.run("revoke", CLOUD_PAGE, &["--yes"]);
    assert_eq!(run.status, 1);
    assert!(
        run.message.contains("on the project DATA"),
        "{}",
        run.message
    );
    assert_eq!(world.keys(), 1, "another's key stays");
}

#[test]
fn what_can_not_be_used_is_refused_before_anything_is_asked() {
    let world = World::cloud();
    let program = Program::for_world(&world);
    let key = program.key(&world.key);
    let file = program.file("ca.pem", "no certificate");
    let grant = |program: &Program, more: &[&str]| {
        let mut arguments = vec!["grant", CLOUD_PAGE, "--key", &key, "--yes"];
        arguments.extend(more);
        program.run(&arguments)
    };
    for more in [
        vec!["--api-url", "http://git.example.com"],
        vec!["--api-url", "git.example.com"],
        vec!["--email", "ada"],
        vec!["--cacert", &file],
        vec!["--cacert", "missing.pem"],
        vec!["--label", "two\nlines"],
    ] {
        let run = grant(&program, &more);
        assert_eq!(run.status, 2, "{more:?} {}", run.message);
    }
    let api = world.simulator.api();
    let none = Program::with_token("unused").without_token();
    let run = grant(&none, &["--api-url", &api]);
    assert_eq!(run.status, 2);
    assert!(run.message.contains(TOKEN_VARIABLE), "{}", run.message);
    let odd = Program::with_token("two words");
    let run = grant(&odd, &["--api-url", &api]);
    assert_eq!(run.status, 2);
    let run = program.run(&["grant", "https://bitbucket.org/", "--key", &key, "--yes"]);
    assert_eq!(run.status, 2);
    assert!(run.message.contains("url.no_repository"), "{}", run.message);
    assert_eq!(world.keys(), 0);
}

#[test]
fn cacert_makes_a_certificate_trusted() {
    let world = World::cloud();
    let authority = Authority::new();
    let list = |_: &str| answer("200 OK", "application/json", r#"{"values": []}"#);
    let server = Raw::over_tls(authority.server("127.0.0.1"), list);
    let program = Program::for_world(&world);
    let (key, file) = (
        program.key(&world.key),
        program.file("ca.pem", &authority.pem),
    );
    let base = server.https();
    let revoke = |more: &[&str]| {
        let mut arguments = vec![
            "revoke",
            CLOUD_PAGE,
            "--key",
            &key,
            "--api-url",
            &base,
            "--yes",
        ];
        arguments.extend(more);
        program.run(&arguments)
    };
    let run = revoke(&[]);
    assert_eq!(run.status, 3);
    assert!(
        run.message.contains("certificate is not trusted"),
        "{}",
        run.message
    );
    let run = revoke(&["--cacert", &file]);
    assert_eq!(run.status, 1, "{}", run.message);
}

#[test]
fn so_does_a_variable_that_other_programs_know() {
    let world = World::cloud();
    let authority = Authority::new();
    let list = |_: &str| answer("200 OK", "application/json", r#"{"values": []}"#);
    let server = Raw::over_tls(authority.server("127.0.0.1"), list);
    let program = Program::for_world(&world);
    let (key, file) = (
        program.key(&world.key),
        program.file("ca.pem", &authority.pem),
    );
    let program = program.with("SSL_CERT_FILE", file);
    let base = server.https();
    let run = program.run(&[
        "revoke",
        CLOUD_PAGE,
        "--key",
        &key,
        "--api-url",
        &base,
        "--yes",
    ]);
    assert_eq!(run.status, 1, "{}", run.message);
}

/// A proxy that lets nothing through.
fn closed_proxy() -> Raw {
    Raw::answering(|_| {
        answer(
            "407 Proxy Authentication Required",
            "text/html",
            "<html>Log in</html>",
        )
    })
}

#[test]
fn a_proxy_that_does_not_let_through_is_named() {
    let world = World::cloud();
    let proxy = closed_proxy();
    let before = |program: Program| program.with("HTTP_PROXY", "http://127.0.0.1:1");
    for program in [
        Program::for_world(&world).with("ALL_PROXY", proxy.http()),
        before(Program::for_world(&world)).with("HTTPS_PROXY", proxy.http()),
        Program::for_world(&world).with("HTTP_PROXY", proxy.http()),
    ] {
        let key = program.key(&world.key);
        let run = program.run(&["revoke", CLOUD_PAGE, "--key", &key, "--yes"]);
        assert_eq!(run.status, 3);
        assert!(
            run.message.contains("The proxy does not let it through"),
            "{}",
            run.message
        );
    }
    let asked = proxy.heads();
    assert_eq!(asked.len(), 3);
    for head in asked {
        assert!(head.starts_with("CONNECT api.bitbucket.org:443 "), "{head}");
        assert!(!head.contains(world.simulator.token()), "{head}");
    }
}

#[test]
fn a_host_can_be_asked_without_the_proxy() {
    let world = World::cloud();
    let proxy = closed_proxy();
    // Longer than a label may be (RFC 1035 section 2.3.4): no resolver even asks about it.
    let host = format!("{}.example.com", "a".repeat(64));
    let program = Program::for_world(&world)
        .with("HTTPS_PROXY", proxy.http())
        .with("NO_PROXY", &host);
    let key = program.key(&world.key);
    let base = &format!("https://{host}");
    let run = program.run(&[
        "revoke",
        CLOUD_PAGE,
        "--key",
        &key,
        "--api-url",
        base,
        "--yes",
    ]);
    assert_eq!(run.status, 3, "{}", run.message);
    assert!(proxy.heads().is_empty());
}

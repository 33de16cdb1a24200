//! The report of a test as a text for a ticket: what it says, and what it keeps to itself.

use std::net::IpAddr;
use std::time::Duration;

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::Edition;
use doorkey::check::stage::dns::{self, Lookup};
use doorkey::check::stage::key_query::{self, Answer, Answers};
use doorkey::check::{
    Check, CheckId, Code, FixId, HostKeyTrust, KnownHosts, Report, Required, Status,
};
use insta::assert_snapshot;
use proptest::prelude::*;
use pulldown_cmark::{Event, Parser};
use ssh_key::PublicKey;

use super::breaking_out::hostile;
use super::{CLOUD, DATA_CENTER, KEY, key, reading};

/// A host key.
const HOST_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIazEu89wgQZ4bqs3d63QSMzYVa0MuJ2e2gKTKqu+UUO";

/// What must never be told.
const FILE: &str = "/home/ada/.ssh/known_hosts";
const ADDRESS: &str = "10.11.12.13";

fn report(url: &str, checks: Vec<Check>) -> Report {
    Report {
        checked_at: "2026-11-22T17:40:00Z".to_owned(),
        elapsed: Duration::from_millis(51),
        given: "git@work-alias:acme/analytics".to_owned(),
        address: Some(reading(url).address),
        key: Some(key()),
        checks,
        required: Required::default(),
    }
}

fn refused() -> Answer {
    Answer::Refused {
        takes_keys: true,
        methods: vec!["publickey".to_owned()],
    }
}

/// The checks up to the question, on a server whose name and host key are known here in ways that concern nobody.
fn reached() -> Vec<Check> {
    showing(Edition::DataCenter, &HOST_KEY.parse().unwrap())
}

/// The same on a server that shows another host key.
fn showing(edition: Edition, shown: &PublicKey) -> Vec<Check> {
    let line = format!("[git.example.com]:7999 {HOST_KEY}");
    let trust = HostKeyTrust {
        known_hosts: KnownHosts::parse(&line, FILE),
        ..HostKeyTrust::default()
    };
    let address: IpAddr = ADDRESS.parse().unwrap();
    vec![
        Check::pass(CheckId::Url, CLOUD),
        Check::pass(CheckId::Key, "ssh-ed25519"),
        dns::judge("git.example.com", &Lookup::Found(vec![address]), false),
        Check::pass(CheckId::Tcp, "git.example.com:7999"),
        Check::pass(CheckId::Ssh, "SSH-2.0-example"),
        trust
            .judge(edition, "git.example.com", 7999, shown)
            .to_check(),
    ]
}

fn ready() -> Vec<Check> {
    let mut checks = reached();
    let answers = Answers {
        control: Some(refused()),
        ..Answer::Accepted.into()
    };
    let query = key_query::judge(Edition::DataCenter, 7999, &answers);
    checks.push(query);
    checks
}

#[test]
fn a_ready_test_says_what_is_proven_and_what_would_prove_the_rest() {
    assert_snapshot!(
        "ready",
        report(DATA_CENTER, ready()).document().to_markdown()
    );
}

#[test]
fn a_failed_test_says_why_and_what_to_do() {
    let mut checks = reached();
    checks.push(key_query::judge(
        Edition::DataCenter,
        7999,
        &refused().into(),
    ));
    assert_snapshot!(
        "failed",
        report(DATA_CENTER, checks).document().to_markdown()
    );
}

#[test]
fn with_a_token_all_can_be_proven() {
    let mut checks = ready();
    checks.extend([
        Check::pass(CheckId::Repository, "listed here as \"Coalesce Quality\""),
        Check::pass(CheckId::Permission, "may only read"),
        Check::pass(CheckId::VendorUse, "last used 2026-11-21T09:00:00Z"),
    ]);
    // A private address is worth a warning all the same.
    let text = report(DATA_CENTER, checks).document().to_markdown();
    assert!(text.contains("All is proven: Coalesce Quality is in."));
    assert!(!text.contains("not proven"), "{text}");
}

#[test]
fn what_could_not_be_read_is_left_out() {
    let bare = Report {
        address: None,
        key: None,
        ..report(CLOUD, vec![Check::found(Code::UrlSshConfigAlias)])
    };
    let text = bare.document().to_markdown();
    assert!(text.starts_with("# Connection test\n"), "{text}");
    assert!(!text.contains("work-alias"), "{text}");
}

#[test]
fn nothing_of_this_machine_is_told() {
    let mut all = vec![
        report(DATA_CENTER, ready()),
        report(DATA_CENTER, reached()),
        report(DATA_CENTER, showing(Edition::Cloud, key().public_key())),
        report(
            DATA_CENTER,
            showing(Edition::DataCenter, key().public_key()),
        ),
    ];
    // Whatever particulars a check has that may be about this machine.
    let is_servers = |code: &Code| {
        let by = code.check();
        matches!(
            by,
            CheckId::Ssh | CheckId::KeyQuery | CheckId::Permission | CheckId::VendorUse
        )
    };
    let local = Code::ALL.iter().filter(|code| !is_servers(code));
    all.extend(local.map(|code| {
        let check = Check::found(*code).with_detail(format!("{FILE}, line 3: {ADDRESS}"));
        report(CLOUD, vec![check])
    }));
    for report in all {
        let text = report.document().to_markdown();
        for own in ["/home", "known_hosts", ADDRESS, "work-alias"] {
            assert!(!text.contains(own), "{own} in {text}");
        }
    }
}

#[test]
fn a_changed_host_key_is_shown_without_the_file_that_knew_it() {
    let mut checks = showing(Edition::DataCenter, key().public_key());
    let host_key = checks.pop().unwrap();
    assert_eq!(host_key.status, Status::Fail);
    let shown = host_key.for_others.clone().unwrap();
    assert!(
        shown.starts_with("The server shows ssh-ed25519 SHA256:"),
        "{shown}"
    );
    checks.push(host_key);
    assert!(
        report(DATA_CENTER, checks)
            .document()
            .to_markdown()
            .contains(&shown)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_words_of_a_server_leave_their_place(words in hostile(), title in hostile(), comment in hostile()) {
        let made = |words: &str, title: &str, comment: &str| {
            let query = Check::found(Code::KeyQueryClosed)
                .with_detail(words)
                .with_fix(FixId::Retry, title);
            let mut report = report(CLOUD, vec![
                Check::pass(CheckId::Tcp, "ssh.bitbucket.org:22"),
                query,
            ]);
            if let Ok(key) = AccessKey::read(&format!("{} {comment}", KEY.trim())) {
                report.key = Some(key);
            }
            report.document()
        };
        let headings = |text: &str| {
            let events = Parser::new(text).filter(|event| !matches!(event, Event::Text(_) | Event::Code(_)));
            events.map(|event| format!("{event:?}")).collect::<Vec<_>>()
        };
        prop_assume!(!title.trim().is_empty());
        let odd = made(&words, &title, &comment).to_markdown();
        let plain = made("words", "title", "comment").to_markdown();
        let mut expected = headings(&plain);
        let mut got = headings(&odd);
        // Nothing said is no paragraph.
        let paragraphs = |lines: &mut Vec<String>| lines.retain(|line| !line.contains("Paragraph"));
        paragraphs(&mut expected);
        paragraphs(&mut got);
        prop_assert_eq!(got, expected, "{}", odd);
    }
}

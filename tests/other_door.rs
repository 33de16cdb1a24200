//! When nothing answers where the address says, the test knocks at Bitbucket's other door and says what it heard.

#![allow(clippy::expect_used, reason = "a test may fail this way")]

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::Edition;
use doorkey::check::connect_to::ConnectTo;
use doorkey::check::request::{TestRequest, TestSettings};
use doorkey::check::{Check, CheckId, Code, FixId, Standing};
use doorkey::runtime::connection_test;
use doorkey::simulator::{Fault, Options, SilentPort, Simulator};

const KEY: &str = include_str!("fixtures/keys/ed25519.pub");

const CLOUD: &str = "git@ssh.bitbucket.org:acme/analytics.git";
const DATA_CENTER: &str = "ssh://git@git.example.com:22/data/analytics.git";

/// The check that fails when connections go where these rules say, and nowhere else.
async fn failure(url: &str, rules: Vec<ConnectTo>) -> Check {
    let request = TestRequest {
        url: url.to_owned(),
        key: AccessKey::read(KEY),
        settings: TestSettings {
            connect_to: rules,
            ..TestSettings::default()
        },
    };
    let report = connection_test::run(&request, |_| {}).await;
    let failed = report
        .checks
        .into_iter()
        .find(|check| check.standing == Standing::Refuted);
    failed.expect("a failure")
}

fn rule(host: &str, port: u16, to_port: u16) -> ConnectTo {
    ConnectTo::new(host, port, "127.0.0.1", to_port)
}

fn title(check: &Check, id: FixId) -> Option<&str> {
    let fix = check.fixes.iter().find(|fix| fix.id == id)?;
    Some(&fix.title)
}

#[tokio::test]
async fn data_center_answers_on_its_usual_port() {
    let closed = SilentPort::take().expect("a port");
    let bitbucket = Simulator::start(Options::new(Edition::DataCenter)).expect("a simulation");
    let rules = vec![
        rule("git.example.com", 22, closed.port()),
        rule("git.example.com", 7999, bitbucket.ssh_address().port()),
    ];
    let check = failure(DATA_CENTER, rules).await;
    assert_eq!(check.code, Some(Code::TcpRefused));
    assert_eq!(
        title(&check, FixId::TryPort7999),
        Some("Use port 7999, which answers")
    );
    assert!(
        check
            .detail
            .is_some_and(|detail| detail.ends_with("Port 7999 answers."))
    );
}

#[tokio::test]
async fn the_machines_own_server_is_told_from_bitbucket_beside_it() {
    let machine = Simulator::start(Options {
        fault: Some(Fault::MachineSshd),
        ..Options::new(Edition::DataCenter)
    })
    .expect("a simulation");
    let closed = SilentPort::take().expect("a port");
    let rules = vec![
        rule("git.example.com", 22, machine.ssh_address().port()),
        rule("git.example.com", 7999, closed.port()),
    ];
    let check = failure(DATA_CENTER, rules).await;
    assert_eq!(check.code, Some(Code::SshMachineSshd));
    assert_eq!(
        title(&check, FixId::TryPort7999),
        None,
        "it does not answer either"
    );
}

#[tokio::test]
async fn cloud_answering_on_443_shows_that_the_network_blocks_22() {
    let closed = SilentPort::take().expect("a port");
    let bitbucket = Simulator::start(Options::new(Edition::Cloud)).expect("a simulation");
    let rules = vec![
        rule("ssh.bitbucket.org", 22, closed.port()),
        rule("altssh.bitbucket.org", 443, bitbucket.ssh_address().port()),
    ];
    let check = failure(CLOUD, rules).await;
    let detail = check.detail.unwrap_or_default();
    assert!(
        detail.contains("your network that blocks port 22"),
        "{detail}"
    );
}

#[tokio::test]
async fn a_redirected_test_knocks_nowhere_else() {
    let closed = SilentPort::take().expect("a port");
    let check = failure(CLOUD, vec![rule("ssh.bitbucket.org", 22, closed.port())]).await;
    assert_eq!(check.id, CheckId::Tcp);
    let detail = check.detail.unwrap_or_default();
    assert!(!detail.contains("altssh"), "{detail}");
}

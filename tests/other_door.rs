//! When nothing answers where the address says, the test knocks at Bitbucket's other door and says what it heard.

#![allow(clippy::expect_used, reason = "a test may fail this way")]

use std::sync::Arc;

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::Edition;
use doorkey::check::connect_to::ConnectTo;
use doorkey::check::request::{TestRequest, TestSettings};
use doorkey::check::{
    Check, CheckId, Code, FixId, HostKeyTrust, PublishedHostKeys, Rung, Standing, Verdict,
};
use doorkey::runtime::connection_test;
use doorkey::simulator::{Fault, Options, SilentPort, Simulator};

const KEY: &str = include_str!("fixtures/keys/ed25519.pub");

const CLOUD: &str = "git@ssh.bitbucket.org:acme/analytics.git";
const DATA_CENTER: &str = "ssh://git@git.example.com:22/data/analytics.git";

/// The check that fails when connections go where these rules say, and nowhere else.
async fn failure(url: &str, rules: Vec<ConnectTo>) -> Check {
    let request = request(url, rules);
    let report = connection_test::run(&request, |_| {}).await;
    let failed = report
        .checks
        .into_iter()
        .find(|check| check.standing == Standing::Refuted);
    failed.expect("a failure")
}

fn request(url: &str, rules: Vec<ConnectTo>) -> TestRequest {
    TestRequest {
        url: url.to_owned(),
        key: AccessKey::read(KEY),
        settings: TestSettings {
            connect_to: rules,
            ..TestSettings::default()
        },
    }
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
    let detail = check.detail.as_deref().unwrap_or_default();
    assert!(
        detail.contains("your network that blocks port 22"),
        "{detail}"
    );
    assert_eq!(
        title(&check, FixId::TryPort443),
        Some("Test over port 443, which answers")
    );
}

#[tokio::test]
async fn over_443_the_key_is_tested_and_port_22_stays_unknown() {
    let closed = SilentPort::take().expect("a port");
    let bitbucket = Simulator::start(Options::new(Edition::Cloud)).expect("a simulation");
    bitbucket.add_key(KEY.trim()).expect("the key is added");
    let mut request = request(
        CLOUD,
        vec![
            rule("ssh.bitbucket.org", 22, closed.port()),
            rule("altssh.bitbucket.org", 443, bitbucket.ssh_address().port()),
        ],
    );
    request.settings.beside_blocked_port = true;
    request.settings.host_keys = Arc::new(HostKeyTrust {
        published: PublishedHostKeys::simulated(bitbucket.host_keys().to_vec().leak()),
        ..HostKeyTrust::default()
    });
    let report = connection_test::run(&request, |_| {}).await;
    // The vendor's own port was not reached from here, and that it is reachable is required.
    assert_eq!(report.verdict(), Verdict::Inconclusive, "{report:#?}");
    let proof = report.proof();
    assert_eq!(proof.standing(Rung::Recognised), Standing::Proven);
    assert_eq!(proof.standing(Rung::Reachable), Standing::Unknown);
    let tcp = report.check(CheckId::Tcp).expect("the check");
    assert_eq!(tcp.summary, "over altssh.bitbucket.org:443");
    let detail = tcp.detail.as_deref().unwrap_or_default();
    assert!(
        detail.contains(&format!("form still takes {CLOUD}")),
        "{detail}"
    );

    // With nothing behind that door either, it is not offered again.
    request.settings.connect_to[1] = rule("altssh.bitbucket.org", 443, closed.port());
    let report = connection_test::run(&request, |_| {}).await;
    let tcp = report.check(CheckId::Tcp).expect("the check");
    assert_eq!(tcp.code, Some(Code::TcpRefused));
    assert_eq!(title(tcp, FixId::TryPort443), None);
}

#[tokio::test]
async fn a_data_center_has_no_port_443() {
    let bitbucket = Simulator::start(Options::new(Edition::DataCenter)).expect("a simulation");
    let rules = vec![rule("git.example.com", 22, bitbucket.ssh_address().port())];
    let mut request = request(DATA_CENTER, rules);
    request.settings.beside_blocked_port = true;
    let report = connection_test::run(&request, |_| {}).await;
    let tcp = report.check(CheckId::Tcp).expect("the check");
    assert_eq!(tcp.summary, "git.example.com:22");
    assert_eq!(tcp.standing, Standing::Proven);
}

#[tokio::test]
async fn a_redirected_test_knocks_nowhere_else() {
    let closed = SilentPort::take().expect("a port");
    let check = failure(CLOUD, vec![rule("ssh.bitbucket.org", 22, closed.port())]).await;
    assert_eq!(check.id, CheckId::Tcp);
    let detail = check.detail.as_deref().unwrap_or_default();
    assert!(!detail.contains("altssh"), "{detail}");
    assert_eq!(title(&check, FixId::TryPort443), None);
}

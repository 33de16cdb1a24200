//! Every fault of the embedded Bitbucket gives the code it says it provokes, with fixes, and no more than was proven.

#![allow(clippy::expect_used, reason = "a test may fail this way")]

use std::sync::Arc;
use std::time::Duration;

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::Edition;
use doorkey::check::api_access::ApiAccess;
use doorkey::check::connect_to::ConnectTo;
use doorkey::check::request::{Limits, TestRequest, TestSettings};
use doorkey::check::{CheckId, Code, HostKeyTrust, OwnIdentity, Report, Standing, Verdict};
use doorkey::runtime::connection_test;
use doorkey::simulator::{Fault, Options, Simulator};
use ssh_key::{Algorithm, PrivateKey};

const KEY: &str = include_str!("fixtures/keys/ed25519.pub");

/// A simulation with a fault, from its start or from its next connection on.
fn start(fault: Fault, from_start: bool) -> Simulator {
    let edition = match fault {
        Fault::MachineSshd => Edition::DataCenter,
        _ => Edition::Cloud,
    };
    let simulator = Simulator::start(Options {
        fault: from_start.then_some(fault),
        ..Options::new(edition)
    })
    .expect("a simulation");
    if !from_start {
        simulator.set_fault(Some(fault));
    }
    simulator
}

/// Tests a simulation with a fault. The key is added only where the fault would not show otherwise.
async fn test(simulator: &Simulator, fault: Fault) -> Report {
    let is_of_rest = matches!(
        fault,
        Fault::TokenRefused | Fault::TokenScope | Fault::RateLimited | Fault::WebPage
    );
    let refuses_readers = fault.provokes().check() == CheckId::Repository;
    let own = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).expect("a key");
    let own_line = own.public_key().to_openssh().expect("one line");
    if fault != Fault::UnknownWords {
        let store = simulator.store();
        store
            .add_account_key("ada", &own_line, &["acme"])
            .expect("the key is added");
    }
    if refuses_readers || fault == Fault::AnyKey {
        simulator.add_key(KEY.trim()).expect("the key is added");
    }
    let url = match simulator.edition() {
        Edition::Cloud => "git@ssh.bitbucket.org:acme/analytics-platform.git".to_owned(),
        Edition::DataCenter => simulator.ssh_url(),
    };
    let key = if fault == Fault::UnknownWords {
        // Only of the key itself something is expected.
        simulator.add_key(&own_line).expect("the key is added");
        AccessKey::read(&own_line)
    } else {
        AccessKey::read(KEY)
    };
    let request = TestRequest {
        url,
        key,
        settings: TestSettings {
            host_keys: Arc::new(HostKeyTrust {
                pinned: vec![simulator.fingerprint().parse().expect("a fingerprint")],
                ..HostKeyTrust::default()
            }),
            connect_to: vec![ConnectTo::new(
                "ssh.bitbucket.org",
                22,
                "127.0.0.1",
                simulator.ssh_address().port(),
            )],
            // Only who reads is refused.
            own_identity: refuses_readers.then(|| OwnIdentity::Key(Arc::new(own))),
            api: ApiAccess {
                token: is_of_rest.then(|| simulator.token().into()),
                base: simulator.api().parse().ok(),
                ..ApiAccess::default()
            },
            limits: Limits {
                greeting: Duration::from_millis(300),
                ..Limits::default()
            },
            ..TestSettings::default()
        },
    };
    connection_test::run(&request, |_| {}).await
}

#[tokio::test]
async fn every_fault_gives_its_code() {
    for (fault, from_start) in Fault::ALL
        .iter()
        .flat_map(|fault| [(fault, true), (fault, false)])
    {
        let report = test(&start(*fault, from_start), *fault).await;
        let code = fault.provokes();
        let check = report.check(code.check()).expect("the check");
        assert_eq!(check.code, Some(code), "{fault}: {check:?}");
        assert!(!check.fixes.is_empty(), "{fault}");
        let is_required = |rung| report.required.contains(rung);
        let expected = match check.standing {
            Standing::Refuted => Verdict::NotReady,
            Standing::Unknown if code.check().rung().is_some_and(is_required) => {
                Verdict::Inconclusive
            }
            // What can't be told of the upper rungs leaves what SSH has shown.
            _ => Verdict::Ready,
        };
        assert_eq!(report.verdict(), expected, "{fault}");
    }
}

#[tokio::test]
async fn a_fault_that_is_over_leaves_no_trace() {
    for fault in [Fault::NotSsh, Fault::OtherHostKey, Fault::NoPublickey] {
        let simulator = start(fault, true);
        simulator.set_fault(None);
        let report = test(&simulator, fault).await;
        let codes: Vec<Code> = report
            .checks
            .iter()
            .filter_map(|check| check.code)
            .collect();
        assert_eq!(codes, [Code::KeyQueryNotRecognised], "{fault}");
    }
}

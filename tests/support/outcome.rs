//! Running a connection test, and what must be true of every one.

#[allow(
    clippy::duplicate_mod,
    reason = "a test program may use both of the modules that hold reports to it"
)]
#[path = "verdict_rule.rs"]
mod verdict_rule;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use doorkey::access_key::AccessKey;
use doorkey::check::connect_to::ConnectTo;
use doorkey::check::request::{Limits, TestRequest, TestSettings};
use doorkey::check::{Check, CheckId, Code, HostKeyTrust, Report, Status, TestEvent, Verdict};
use doorkey::runtime::connection_test;
use doorkey::text::is_harmful;
use ssh_key::{Algorithm, PrivateKey};

pub(crate) const CLOUD: &str = "git@ssh.bitbucket.org:acme/analytics-platform.git";
pub(crate) const DATA_CENTER: &str = "ssh://git@git.example.com:7999/acme/analytics-platform.git";

/// Far more than any test here takes; only reached when something hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A limit for what never comes, where a test has to wait for it.
pub(crate) const SHORT: Duration = Duration::from_millis(300);

/// A key nobody has added anywhere.
pub(crate) fn fresh_key() -> AccessKey {
    let key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).expect("a key");
    let line = key.public_key().to_openssh().expect("one line");
    AccessKey::read(&line).expect("a key that Bitbucket takes")
}

/// A request for `url`, with `key`, that trusts whatever host key is new.
pub(crate) fn request(url: &str, key: AccessKey) -> TestRequest {
    TestRequest {
        url: url.to_owned(),
        key: Ok(key),
        settings: TestSettings {
            host_keys: Arc::new(HostKeyTrust {
                accept_new: true,
                ..HostKeyTrust::default()
            }),
            limits: Limits {
                total: PATIENCE,
                other_door: Duration::from_secs(5),
                lookup: PATIENCE,
                connect: PATIENCE,
                greeting: PATIENCE,
                exchange: PATIENCE,
                query: PATIENCE,
                api: PATIENCE,
                own_identity: PATIENCE,
            },
            ..TestSettings::default()
        },
    }
}

/// The same for a Data Center with a fresh key, connected to a port of this machine.
pub(crate) fn to_port(port: u16) -> TestRequest {
    request(DATA_CENTER, fresh_key()).connected_to(port)
}

pub(crate) trait RequestExt {
    /// Connects to this port of 127.0.0.1, whatever the address says.
    fn connected_to(self, port: u16) -> Self;
    fn trusting(self, trust: HostKeyTrust) -> Self;
    fn limited(self, limit: impl FnOnce(&mut Limits)) -> Self;
}

impl RequestExt for TestRequest {
    fn connected_to(mut self, port: u16) -> Self {
        let everything = format!("::{}:{port}", Ipv4Addr::LOCALHOST);
        let rule: ConnectTo = everything.parse().expect("a rule");
        self.settings.connect_to.push(rule);
        self
    }

    fn trusting(mut self, trust: HostKeyTrust) -> Self {
        self.settings.host_keys = Arc::new(trust);
        self
    }

    fn limited(mut self, limit: impl FnOnce(&mut Limits)) -> Self {
        limit(&mut self.settings.limits);
        self
    }
}

/// What came of a connection test.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) report: Report,
    pub(crate) events: Vec<TestEvent>,
}

/// Runs a connection test, and asserts what must be true of every one.
pub(crate) async fn run(request: &TestRequest) -> Outcome {
    let started = Instant::now();
    let mut events = Vec::new();
    let test = connection_test::run(request, |event| events.push(event));
    let report = tokio::time::timeout(2 * PATIENCE, test).await;
    let report = report.expect("it keeps its own limits");
    // Generous: a busy machine may be late, but not by this much.
    let limit = request.settings.limits.total + Duration::from_secs(10);
    assert!(started.elapsed() < limit, "{:?}", started.elapsed());
    let outcome = Outcome { report, events };
    outcome.assert_every_failure_can_be_helped();
    outcome.assert_harmless();
    verdict_rule::assert_every_verdict_follows(&outcome.report.to_json());
    outcome.assert_told_in_order();
    outcome
}

impl Outcome {
    pub(crate) fn check(&self, id: CheckId) -> &Check {
        self.report.check(id).expect("every check is reported")
    }

    /// The first cause found.
    pub(crate) fn cause(&self) -> Option<Code> {
        self.report.checks.iter().find_map(|check| check.code)
    }

    /// The particulars of the first cause.
    pub(crate) fn detail(&self) -> &str {
        let mut causes = self
            .report
            .checks
            .iter()
            .filter(|check| check.code.is_some());
        let check = causes.next().expect("a cause");
        check.detail.as_deref().unwrap_or_default()
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.report.verdict()
    }

    #[track_caller]
    pub(crate) fn assert_ready(&self) {
        assert_eq!(self.verdict(), Verdict::Ready, "{:#?}", self.report);
        assert_eq!(self.cause(), None, "{:#?}", self.report);
    }

    /// Nothing was begun after the address and the key were looked at.
    #[track_caller]
    pub(crate) fn assert_nothing_contacted(&self) {
        let begun: Vec<CheckId> = self.begun().collect();
        assert_eq!(begun, [CheckId::Url, CheckId::Key]);
        assert!(self.report.bad_input());
        for check in &self.report.checks[2..] {
            assert_eq!(check.status, Status::Skip);
        }
    }

    fn begun(&self) -> impl Iterator<Item = CheckId> {
        self.events.iter().filter_map(|event| match event {
            TestEvent::Started(id) => Some(*id),
            _ => None,
        })
    }

    #[track_caller]
    fn assert_every_failure_can_be_helped(&self) {
        for check in &self.report.checks {
            if check.status == Status::Fail {
                assert!(!check.fixes.is_empty(), "{check:?}");
            }
            match check.code {
                Some(code) => {
                    assert_eq!(code.check(), check.id);
                    assert_eq!(code.status(), check.status);
                }
                None => assert!(matches!(check.status, Status::Pass | Status::Skip)),
            }
        }
    }

    /// Nothing in the report can control a terminal, and nothing is long.
    #[track_caller]
    fn assert_harmless(&self) {
        const LONG: usize = 1500;
        for check in &self.report.checks {
            let fixes = check.fixes.iter().map(|fix| &fix.title);
            for text in fixes.chain(check.detail.as_ref()).chain([&check.summary]) {
                assert!(!text.chars().any(is_harmful), "{text:?}");
                assert!(text.chars().count() <= LONG, "{text}");
            }
        }
        let json = self.report.to_json();
        assert!(!json.chars().any(is_harmful), "{json:?}");
    }

    /// Each check begins after the one before came out, none is left open, and the report comes last.
    #[track_caller]
    fn assert_told_in_order(&self) {
        let (last, checks) = self.events.split_last().expect("events");
        match last {
            TestEvent::Done(report) => assert_eq!(**report, self.report),
            other => panic!("{other:?} came last"),
        }
        let mut open = None;
        let mut told: Vec<Check> = Vec::new();
        for event in checks {
            match event {
                TestEvent::Started(id) => {
                    assert_eq!(open, None, "{id:?} began too early");
                    let before = told.last().map(|check| check.id);
                    assert!(before < Some(*id), "{id:?} began after {before:?}");
                    open = Some(*id);
                }
                TestEvent::Finished(check) => {
                    // What is learned later may replace a check, but never begin one again.
                    if let Some(earlier) = told.iter_mut().find(|told| told.id == check.id) {
                        *earlier = check.clone();
                    } else {
                        assert_eq!(open.take(), Some(check.id));
                        told.push(check.clone());
                    }
                }
                TestEvent::Done(_) => panic!("done twice"),
            }
        }
        assert_eq!(open, None);
        told.retain(|check| check.status != Status::Skip);
        let reported = self.report.checks.iter();
        let made: Vec<&Check> = reported
            .filter(|check| check.status != Status::Skip)
            .collect();
        assert_eq!(made, told.iter().collect::<Vec<_>>());
    }
}

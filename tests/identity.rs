//! Reading a repository with one's own SSH identity: over real sockets, with a real agent, and on a real terminal.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

#[path = "support/program.rs"]
#[allow(dead_code, reason = "each test program takes what it needs")]
mod program;
#[path = "support/pty.rs"]
mod pty;
mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::Edition;
use doorkey::check::api_access::read_token;
use doorkey::check::connect_to::ConnectTo;
use doorkey::check::request::TestRequest;
use doorkey::check::{
    CheckId, Code, HostKeyPin, HostKeyTrust, KnownHosts, OwnIdentity, Rung, Standing, Status,
    Verdict,
};
use doorkey::simulator::{Event, Fault, NewKey, Options, Permission, Place, Simulator};
use program::Program;
use pty::{OnTerminal, eventually};
use rustix::process::Signal;
use ssh_key::private::RsaKeypair;
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey};
use support::listing::Listing;
use support::outcome::{CLOUD, Outcome, RequestExt as _, SHORT, fresh_key, request, run};
use support::peer::Peer;
use support::provoked::assert_provoked;
use support::requirements;
use support::scripted::Server;
use tempfile::TempDir;
use tokio::net::TcpStream;

const HERE: &str = "acme/analytics-platform";
const ELSEWHERE: &str = "acme/website";

fn new_key(algorithm: Algorithm) -> PrivateKey {
    PrivateKey::random(&mut rand::rng(), algorithm).unwrap()
}

fn ed25519() -> PrivateKey {
    new_key(Algorithm::Ed25519)
}

fn line(key: &PrivateKey) -> String {
    key.public_key().to_openssh().unwrap()
}

fn fingerprint(key: &PrivateKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

/// Of the least length that Bitbucket takes: longer ones take long to make.
fn rsa() -> PrivateKey {
    let pair = RsaKeypair::random(&mut rand::rng(), 2048).unwrap();
    PrivateKey::from(pair)
}

fn access_key(key: &PrivateKey) -> AccessKey {
    AccessKey::read(&line(key)).unwrap()
}

fn simulation(edition: Edition) -> Simulator {
    Simulator::start(Options::new(edition)).unwrap()
}

/// Puts a key on a repository.
fn grant(simulator: &Simulator, repository: &str, line: &str) {
    let key = NewKey {
        line,
        label: "Coalesce Quality",
        permission: Permission::Read,
        expires: None,
    };
    let place = Place::Repository(repository.to_owned());
    simulator.store().add_access_key(&place, key).unwrap();
}

/// A test of the vendor's `key` on the embedded Bitbucket, with an identity of one's own.
fn test_of(
    simulator: &Simulator,
    repository: &str,
    key: AccessKey,
    own: OwnIdentity,
) -> TestRequest {
    let url = match simulator.edition() {
        Edition::Cloud => format!("git@ssh.bitbucket.org:{repository}.git"),
        Edition::DataCenter => simulator.ssh_url().replace(HERE, repository),
    };
    let mut request = request(&url, key).trusting(HostKeyTrust {
        pinned: vec![simulator.fingerprint().parse().unwrap()],
        ..HostKeyTrust::default()
    });
    let port = simulator.ssh_address().port();
    request.settings.connect_to = vec![ConnectTo::new("ssh.bitbucket.org", 22, "127.0.0.1", port)];
    request.settings.own_identity = Some(own);
    request
}

fn kept(key: PrivateKey) -> OwnIdentity {
    OwnIdentity::Key(Arc::new(key))
}

fn rung(outcome: &Outcome) -> Standing {
    outcome.report.proof().standing(Rung::ThisRepository)
}

fn cause(outcome: &Outcome) -> Option<Code> {
    outcome.check(CheckId::Repository).code
}

fn words(outcome: &Outcome) -> String {
    let check = outcome.check(CheckId::Repository);
    format!(
        "{} {}",
        check.summary,
        check.detail.as_deref().unwrap_or_default()
    )
}

// ---- an identity of one's own ---------------------------------------------------------------------------------

#[tokio::test]
async fn your_own_identity_shows_that_the_address_is_right_and_no_more() {
    for edition in [Edition::Cloud, Edition::DataCenter] {
        let simulator = simulation(edition);
        let (vendors, own) = (ed25519(), ed25519());
        grant(&simulator, HERE, &line(&vendors));
        let store = simulator.store();
        store
            .add_account_key("ada", &line(&own), &["acme"])
            .unwrap();
        let fingerprint = fingerprint(&own);
        let request = test_of(&simulator, HERE, access_key(&vendors), kept(own));
        let outcome = run(&request).await;
        let check = outcome.check(CheckId::Repository);
        assert_eq!(
            check.summary,
            format!("found with your own identity ({fingerprint}): 3 branches, main branch main")
        );
        assert_eq!(check.status, Status::Pass);
        assert!(words(&outcome).contains("develop, feature/orders-model, main"));
        assert_eq!(rung(&outcome), Standing::Unknown, "it is not the vendor's");
        assert_eq!(outcome.verdict(), Verdict::Ready);
    }
}

#[tokio::test]
async fn every_type_of_key_can_sign() {
    let curve = ssh_key::EcdsaCurve::NistP384;
    for own in [new_key(Algorithm::Ecdsa { curve }), rsa()] {
        let simulator = simulation(Edition::Cloud);
        let store = simulator.store();
        store
            .add_account_key("ada", &line(&own), &["acme"])
            .unwrap();
        let request = test_of(&simulator, HERE, fresh_key(), kept(own));
        let outcome = run(&request).await;
        assert!(
            words(&outcome).contains("found with your own"),
            "{}",
            words(&outcome)
        );
        // What the vendor's key lacks is told as it would be without.
        assert_eq!(outcome.cause(), Some(Code::KeyQueryNotRecognised));
    }
}

#[tokio::test]
async fn a_repository_that_you_do_not_see() {
    for (edition, repository) in [
        (Edition::Cloud, "acme/no-such"),
        (Edition::Cloud, "globex/pipelines"),
        (Edition::DataCenter, "acme/no-such"),
        (Edition::DataCenter, "ops/pipelines"),
    ] {
        let simulator = simulation(edition);
        let (vendors, own) = (ed25519(), ed25519());
        grant(&simulator, HERE, &line(&vendors));
        let store = simulator.store();
        store
            .add_account_key("ada", &line(&own), &["acme"])
            .unwrap();
        let request = test_of(&simulator, repository, access_key(&vendors), kept(own));
        let outcome = run(&request).await;
        assert_provoked(&outcome.report, Code::RepositoryNotFound);
        assert!(
            words(&outcome).contains("nothing about the key"),
            "{}",
            words(&outcome)
        );
        assert_eq!(rung(&outcome), Standing::Unknown);
        let recognised = outcome.report.proof().standing(Rung::Recognised);
        assert_eq!(
            recognised,
            Standing::Proven,
            "the other connection tells of it"
        );
    }
}

#[tokio::test]
async fn an_access_key_of_ones_own_that_is_elsewhere_says_nothing() {
    let simulator = simulation(Edition::Cloud);
    let (vendors, own) = (ed25519(), ed25519());
    grant(&simulator, HERE, &line(&vendors));
    grant(&simulator, ELSEWHERE, &line(&own));
    let request = test_of(&simulator, HERE, access_key(&vendors), kept(own));
    let outcome = run(&request).await;
    outcome.assert_ready();
    assert!(
        words(&outcome).contains("an access key of another"),
        "{}",
        words(&outcome)
    );
    assert_eq!(rung(&outcome), Standing::Unknown);
}

#[tokio::test]
async fn a_main_branch_of_another_name() {
    let simulator = simulation(Edition::Cloud);
    let own = ed25519();
    let store = simulator.store();
    store
        .add_account_key("ada", &line(&own), &["acme"])
        .unwrap();
    let vendors = ed25519();
    grant(&simulator, "acme/legacy-reports", &line(&vendors));
    let request = test_of(
        &simulator,
        "acme/legacy-reports",
        access_key(&vendors),
        kept(own),
    );
    let outcome = run(&request).await;
    assert_provoked(&outcome.report, Code::RepositoryNoMainBranch);
    assert!(words(&outcome).contains("main branch trunk"));
    assert_eq!(rung(&outcome), Standing::Unknown);
    assert_eq!(outcome.verdict(), Verdict::Ready, "a warning");
}

#[tokio::test]
async fn what_a_workspace_asks_of_its_members() {
    for (fault, code) in [
        (Fault::AddressNotAllowed, Code::RepositoryAddressNotAllowed),
        (Fault::TwoStepRequired, Code::RepositoryTwoStepRequired),
    ] {
        let simulator = Simulator::start(Options {
            fault: Some(fault),
            ..Options::new(Edition::Cloud)
        })
        .unwrap();
        let own = ed25519();
        let store = simulator.store();
        store
            .add_account_key("ada", &line(&own), &["acme"])
            .unwrap();
        let vendors = ed25519();
        grant(&simulator, HERE, &line(&vendors));
        let request = test_of(&simulator, HERE, access_key(&vendors), kept(own));
        let outcome = run(&request).await;
        assert_provoked(&outcome.report, code);
        assert_eq!(rung(&outcome), Standing::Unknown);
    }
}

#[tokio::test]
async fn an_identity_nobody_knows_leaves_everything_as_it_was() {
    let simulator = simulation(Edition::Cloud);
    let vendors = ed25519();
    grant(&simulator, HERE, &line(&vendors));
    let request = test_of(&simulator, HERE, access_key(&vendors), kept(ed25519()));
    let outcome = run(&request).await;
    outcome.assert_ready();
    let check = outcome.check(CheckId::Repository);
    assert_eq!(check.status, Status::Skip);
    assert!(
        check.summary.contains("does not know your key"),
        "{check:?}"
    );
}

#[tokio::test]
async fn a_server_of_unknown_identity_gets_no_signature() {
    let simulator = simulation(Edition::Cloud);
    let own = ed25519();
    let store = simulator.store();
    store
        .add_account_key("ada", &line(&own), &["acme"])
        .unwrap();
    let mut events = simulator.subscribe();
    let request =
        test_of(&simulator, HERE, fresh_key(), kept(own)).trusting(HostKeyTrust::default());
    // Cloud's keys are published, so that another one is no unknown one.
    let outcome = run(&request).await;
    assert!(!outcome.check(CheckId::HostKey).lets_through());
    let data_center = simulation(Edition::DataCenter);
    let own = ed25519();
    let store = data_center.store();
    store
        .add_account_key("ada", &line(&own), &["acme"])
        .unwrap();
    let mut others = data_center.subscribe();
    let request =
        test_of(&data_center, HERE, fresh_key(), kept(own)).trusting(HostKeyTrust::default());
    let outcome = run(&request).await;
    assert_eq!(
        outcome.check(CheckId::HostKey).code,
        Some(Code::HostKeyUnknown)
    );
    assert!(
        words(&outcome).contains("may not be the right server"),
        "{}",
        words(&outcome)
    );
    for events in [&mut events, &mut others] {
        while let Ok(event) = events.try_recv() {
            assert!(!matches!(event, Event::Login { .. }), "{event:?}");
        }
    }
}

/// A server at one place that another one takes over after the first connection.
async fn taken_over(first: u16, then: u16) -> Peer {
    let connections = Arc::new(AtomicUsize::new(0));
    Peer::start(move |mut stream| {
        let is_first = connections.fetch_add(1, Ordering::SeqCst) == 0;
        let port = if is_first { first } else { then };
        async move {
            let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
            tokio::io::copy_bidirectional(&mut stream, &mut server).await?;
            Ok(())
        }
    })
    .await
}

fn trusting_what_is_new() -> HostKeyTrust {
    HostKeyTrust {
        accept_new: true,
        ..HostKeyTrust::default()
    }
}

/// Whether anybody logged in.
fn was_signed_for(events: &mut tokio::sync::broadcast::Receiver<Event>) -> bool {
    let mut events = std::iter::from_fn(|| events.try_recv().ok());
    events.any(|event| matches!(event, Event::Login { .. }))
}

#[tokio::test]
async fn a_server_that_takes_over_gets_no_signature_and_proves_nothing() {
    let real = simulation(Edition::DataCenter);
    let impostor = Simulator::start(Options {
        fault: Some(Fault::AnyKey),
        ..Options::new(Edition::DataCenter)
    });
    let impostor = impostor.unwrap();
    let key = ed25519();
    for simulator in [&real, &impostor] {
        grant(simulator, HERE, &line(&key));
    }
    let url = "ssh://git@git.example.com:7999/acme/analytics-platform.git";
    let known = |line: &PublicKey| HostKeyTrust {
        known_hosts: KnownHosts::parse(
            &format!("[git.example.com]:7999 {}", line.to_openssh().unwrap()),
            "known_hosts",
        ),
        ..trusting_what_is_new()
    };
    let pinned = HostKeyTrust {
        pinned: vec![HostKeyPin::of(&real.host_keys()[0])],
        ..HostKeyTrust::default()
    };
    let mut trusted = HostKeyTrust::default();
    trusted.trust(&real.fingerprint(), "git.example.com", 7999);
    for (trust, code) in [
        (trusting_what_is_new(), Code::HostKeyChanged),
        (known(&real.host_keys()[0]), Code::HostKeyChanged),
        (pinned, Code::HostKeyChanged),
        (trusted, Code::HostKeyUnknown),
    ] {
        let mut events = impostor.subscribe();
        let ports = (real.ssh_address().port(), impostor.ssh_address().port());
        let peer = taken_over(ports.0, ports.1).await;
        let mut request = request(url, access_key(&key))
            .connected_to(peer.port())
            .trusting(trust);
        request.settings.own_identity = Some(kept(key.clone()));
        let outcome = run(&request).await;
        assert_eq!(peer.connections(), 2);
        assert!(!was_signed_for(&mut events), "{code}");
        assert_eq!(outcome.check(CheckId::HostKey).code, Some(code));
        let detail = outcome.check(CheckId::HostKey).detail.clone().unwrap();
        assert!(detail.contains(&impostor.fingerprint()), "{detail}");
        assert_eq!(rung(&outcome), Standing::Unknown, "{}", words(&outcome));
        assert_ne!(outcome.verdict(), Verdict::Ready, "{code}");
    }
    // The same with the real server on both connections is what such a test is for.
    let port = real.ssh_address().port();
    let peer = taken_over(port, port).await;
    let mut request = request(url, access_key(&key))
        .connected_to(peer.port())
        .trusting(trusting_what_is_new());
    request.settings.own_identity = Some(kept(key));
    let outcome = run(&request).await;
    assert_eq!(rung(&outcome), Standing::Proven, "{}", words(&outcome));
}

#[tokio::test]
async fn a_key_of_an_unknown_type_on_a_further_connection_gets_no_signature() {
    let real = simulation(Edition::DataCenter);
    let key = ed25519();
    grant(&real, HERE, &line(&key));
    // Only the ECDSA key is known; the impostor has an Ed25519 one, so that there is nothing to compare it with.
    let known = real.host_keys()[1].to_openssh().unwrap();
    let trust = HostKeyTrust {
        known_hosts: KnownHosts::parse(&format!("[git.example.com]:7999 {known}"), "known_hosts"),
        ..HostKeyTrust::default()
    };
    let signed = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&signed);
    let impostor = Server::start(move |mut connection| {
        let counter = Arc::clone(&counter);
        async move {
            loop {
                let query = connection.query().await?;
                counter.fetch_add(usize::from(query.is_signed), Ordering::SeqCst);
                connection.accept(&query).await?;
            }
        }
    })
    .await;
    let peer = taken_over(real.ssh_address().port(), impostor.port()).await;
    let url = "ssh://git@git.example.com:7999/acme/analytics-platform.git";
    let mut request = request(url, access_key(&key))
        .connected_to(peer.port())
        .trusting(trust);
    request.settings.own_identity = Some(kept(key));
    let outcome = run(&request).await;
    assert_eq!(impostor.connections(), 1);
    assert_eq!(signed.load(Ordering::SeqCst), 0);
    let host_key = outcome.check(CheckId::HostKey);
    assert_eq!(host_key.code, Some(Code::HostKeyUnknown), "{host_key:?}");
    assert_eq!(outcome.verdict(), Verdict::Inconclusive);
}

// ---- the vendor's own key -------------------------------------------------------------------------------------

#[tokio::test]
async fn the_vendors_key_itself_shows_what_it_opens() {
    let simulator = simulation(Edition::Cloud);
    let key = ed25519();
    grant(&simulator, HERE, &line(&key));
    grant(&simulator, ELSEWHERE, &line(&key));
    let request = test_of(&simulator, HERE, access_key(&key), kept(key));
    let outcome = run(&request).await;
    outcome.assert_ready();
    assert_eq!(rung(&outcome), Standing::Proven);
    let words = words(&outcome);
    assert!(
        words.starts_with("this key opens it: 3 branches, main branch main"),
        "{words}"
    );
    assert!(
        words.contains("the key opens: acme/analytics-platform, acme/website."),
        "{words}"
    );
}

#[tokio::test]
async fn words_nobody_knows_leave_open_what_the_vendors_key_opens() {
    for edition in [Edition::Cloud, Edition::DataCenter] {
        let simulator = simulation(edition);
        simulator.set_fault(Some(Fault::UnknownWords));
        let key = ed25519();
        grant(&simulator, HERE, &line(&key));
        let request = test_of(&simulator, HERE, access_key(&key), kept(key));
        let outcome = run(&request).await;
        assert_provoked(&outcome.report, Code::RepositoryAnswerUnclear);
        assert_eq!(rung(&outcome), Standing::Unknown);
        assert_eq!(outcome.verdict(), Verdict::Inconclusive);
        let words = words(&outcome);
        assert!(words.contains("hibernates until spring"), "{words}");
    }
}

#[tokio::test]
async fn the_vendors_key_on_another_repository() {
    for (edition, code) in [
        (Edition::Cloud, Code::RepositoryKeyElsewhere),
        // It gives one answer for all reasons.
        (Edition::DataCenter, Code::RepositoryNotFound),
    ] {
        let simulator = simulation(edition);
        let key = ed25519();
        grant(&simulator, ELSEWHERE, &line(&key));
        let request = test_of(&simulator, HERE, access_key(&key), kept(key));
        let outcome = run(&request).await;
        assert_provoked(&outcome.report, code);
        assert_eq!(rung(&outcome), Standing::Refuted);
        assert_eq!(outcome.verdict(), Verdict::NotReady);
        if edition == Edition::Cloud {
            assert!(
                words(&outcome).contains("It opens: acme/website."),
                "{}",
                words(&outcome)
            );
        }
    }
}

#[tokio::test]
async fn a_repository_that_is_none_is_told_by_the_list() {
    let simulator = simulation(Edition::Cloud);
    let key = ed25519();
    grant(&simulator, HERE, &line(&key));
    let request = test_of(&simulator, "acme/no-such", access_key(&key), kept(key));
    let outcome = run(&request).await;
    assert_provoked(&outcome.report, Code::RepositoryKeyElsewhere);
    assert_eq!(rung(&outcome), Standing::Refuted);
}

#[tokio::test]
async fn the_vendors_key_nowhere() {
    let simulator = simulation(Edition::Cloud);
    let key = ed25519();
    let request = test_of(&simulator, HERE, access_key(&key), kept(key));
    let outcome = run(&request).await;
    assert_eq!(outcome.cause(), Some(Code::KeyQueryNotRecognised));
    assert_eq!(outcome.check(CheckId::Repository).status, Status::Skip);
    assert_eq!(rung(&outcome), Standing::Unknown);
}

// ---- beside a token -------------------------------------------------------------------------------------------

fn with_token(mut request: TestRequest, simulator: &Simulator, token: &str) -> TestRequest {
    request.settings.api.token = read_token(token).unwrap();
    request.settings.api.base = Some(simulator.api().parse().unwrap());
    request
}

#[tokio::test]
async fn what_bitbucket_itself_says_of_the_key_counts_for_more() {
    let simulator = simulation(Edition::Cloud);
    let (vendors, own) = (ed25519(), ed25519());
    grant(&simulator, HERE, &line(&vendors));
    let store = simulator.store();
    store
        .add_account_key("ada", &line(&own), &["acme"])
        .unwrap();
    let request = test_of(&simulator, HERE, access_key(&vendors), kept(own));
    let outcome = run(&with_token(request, &simulator, simulator.token())).await;
    assert_eq!(rung(&outcome), Standing::Proven);
    assert!(
        !words(&outcome).contains("own identity"),
        "{}",
        words(&outcome)
    );
}

#[tokio::test]
async fn a_use_of_the_key_that_may_be_ones_own_is_not_the_vendors() {
    let simulator = simulation(Edition::Cloud);
    let key = ed25519();
    grant(&simulator, HERE, &line(&key));
    let request = test_of(&simulator, HERE, access_key(&key), kept(key.clone()));
    run(&request).await.assert_ready();
    let outcome = run(&with_token(request, &simulator, simulator.token())).await;
    let used = outcome.check(CheckId::VendorUse);
    assert_eq!(used.status, Status::Skip, "{used:?}");
    assert!(used.summary.contains("you use this key"), "{used:?}");
}

#[tokio::test]
async fn a_refused_token_is_not_hidden_by_an_identity() {
    let simulator = simulation(Edition::Cloud);
    let (vendors, own) = (ed25519(), ed25519());
    grant(&simulator, HERE, &line(&vendors));
    let store = simulator.store();
    store
        .add_account_key("ada", &line(&own), &["acme"])
        .unwrap();
    let key = || access_key(&vendors);
    let request = test_of(&simulator, HERE, key(), kept(own));
    let outcome = run(&with_token(request, &simulator, "wrong")).await;
    assert_provoked(&outcome.report, Code::RepositoryTokenRefused);
    assert!(
        words(&outcome).contains("found with your own identity"),
        "{}",
        words(&outcome)
    );

    // The vendor's key shows by itself what the token was to show.
    let request = test_of(&simulator, HERE, key(), kept(vendors.clone()));
    let outcome = run(&with_token(request, &simulator, "wrong")).await;
    assert_eq!((cause(&outcome), rung(&outcome)), (None, Standing::Proven));
    assert!(
        words(&outcome).contains("Beside this: Bitbucket refused the token"),
        "{}",
        words(&outcome)
    );
}

// ---- a list of branches ---------------------------------------------------------------------------------------

#[tokio::test]
async fn a_list_of_branches_that_breaks_off_shows_nothing() {
    const ID: &str = "1111111111111111111111111111111111111111";
    let packet = |line: String| format!("{:04x}{line}", line.len() + 4);
    let first = packet(format!(
        "{ID} refs/heads/main\0symref=HEAD:refs/heads/main\n"
    ));
    let second = packet(format!("{ID} refs/heads/not-found\n"));
    for (rest, expected) in [
        ("", "broke off"),
        ("00", "broke off"),
        (&second, "broke off"),
        ("0040cut", "broke off"),
        ("zzzz", "broke off"),
        ("000eERR sorry\n", "The server said: sorry"),
        ("0000", "1 branch, main branch main"),
    ] {
        // Also where it is the vendor's very key.
        for is_vendors in [true, false] {
            let own = ed25519();
            let answer = format!("{first}{rest}").into_bytes();
            let knows = own.public_key().key_data().clone();
            let server = Listing::start(knows, answer).await;
            let key = if is_vendors {
                access_key(&own)
            } else {
                fresh_key()
            };
            let url = "ssh://git@git.example.com:7999/acme/analytics-platform.git";
            let mut request = request(url, key).trusting(HostKeyTrust {
                pinned: vec![server.fingerprint.parse().unwrap()],
                ..HostKeyTrust::default()
            });
            request.settings.connect_to = vec![ConnectTo::any("127.0.0.1", server.port)];
            request.settings.own_identity = Some(kept(own));
            let outcome = run(&request).await;
            let is_proven = rest == "0000" && is_vendors;
            let expected_rung = if is_proven {
                Standing::Proven
            } else {
                Standing::Unknown
            };
            let words = words(&outcome);
            assert_eq!(rung(&outcome), expected_rung, "{rest:?}: {words}");
            assert!(words.contains(expected), "{rest:?}: {words}");
        }
    }
}

// ---- the agent ------------------------------------------------------------------------------------------------

/// A real ssh-agent. Ended when dropped.
struct Agent {
    process: Child,
    folder: TempDir,
}

impl Agent {
    /// None where ssh-agent or ssh-add is missing.
    fn start() -> Option<Self> {
        if !requirements::are_here(&["ssh-agent", "ssh-add", "ssh-keygen"]) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let process = Command::new(requirements::program("ssh-agent").unwrap())
            .arg("-D")
            .arg("-a")
            .arg(folder.path().join("agent"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let agent = Self { process, folder };
        eventually("the agent", || agent.socket().exists().then_some(()));
        Some(agent)
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("agent")
    }

    fn identity(&self) -> OwnIdentity {
        OwnIdentity::Agent(self.socket())
    }

    fn add(&self, key: &PrivateKey) {
        let file = save(key, self.folder.path(), "key");
        self.tool("ssh-add", &["-q", file.to_str().unwrap()]);
        fs::remove_file(file).unwrap();
    }

    /// Adds a key of its own with a certificate beside it, and takes the key out again.
    fn add_certificate_of(&self, key: &PrivateKey) {
        let folder = self.folder.path();
        let authority = save(&ed25519(), folder, "authority");
        let file = save(key, folder, "certified");
        let public = folder.join("certified.pub");
        fs::write(&public, line(key)).unwrap();
        let (authority, public) = (authority.to_str().unwrap(), public.to_str().unwrap());
        self.tool(
            "ssh-keygen",
            &["-q", "-s", authority, "-I", "ada", "-n", "git", public],
        );
        self.tool("ssh-add", &["-q", file.to_str().unwrap()]);
        self.tool("ssh-add", &["-q", "-d", "-k", public]);
    }

    fn tool(&self, name: &str, arguments: &[&str]) {
        let done = Command::new(requirements::program(name).unwrap())
            .args(arguments)
            .env("SSH_AUTH_SOCK", self.socket())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Writes a private key as ssh-add wants it: for its owner only.
fn save(key: &PrivateKey, folder: &Path, name: &str) -> PathBuf {
    let file = folder.join(name);
    key.write_openssh_file(&file, LineEnding::LF).unwrap();
    file
}

#[tokio::test]
async fn the_agents_keys_are_tried_in_turn() {
    let Some(agent) = Agent::start() else {
        return;
    };
    let simulator = simulation(Edition::Cloud);
    let (vendors, own) = (ed25519(), ed25519());
    grant(&simulator, HERE, &line(&vendors));
    let store = simulator.store();
    store
        .add_account_key("ada", &line(&own), &["acme"])
        .unwrap();
    agent.add(&ed25519());
    agent.add(&rsa());
    agent.add(&own);
    let request = test_of(&simulator, HERE, access_key(&vendors), agent.identity());
    let outcome = run(&request).await;
    outcome.assert_ready();
    assert!(
        words(&outcome).contains(&fingerprint(&own)),
        "{}",
        words(&outcome)
    );
    assert_eq!(rung(&outcome), Standing::Unknown);
}

#[tokio::test]
async fn the_vendors_key_in_the_agent_goes_first() {
    let Some(agent) = Agent::start() else {
        return;
    };
    let simulator = simulation(Edition::Cloud);
    let (vendors, own) = (rsa(), ed25519());
    grant(&simulator, HERE, &line(&vendors));
    let store = simulator.store();
    store
        .add_account_key("ada", &line(&own), &["acme"])
        .unwrap();
    agent.add(&own);
    agent.add(&vendors);
    let request = test_of(&simulator, HERE, access_key(&vendors), agent.identity());
    let outcome = run(&request).await;
    outcome.assert_ready();
    assert_eq!(rung(&outcome), Standing::Proven);
}

#[tokio::test]
async fn an_agent_with_many_keys_is_not_emptied_at_the_door() {
    let Some(agent) = Agent::start() else {
        return;
    };
    let simulator = simulation(Edition::Cloud);
    let vendors = ed25519();
    grant(&simulator, HERE, &line(&vendors));
    for _ in 0..7 {
        agent.add(&ed25519());
    }
    let mut events = simulator.subscribe();
    let request = test_of(&simulator, HERE, access_key(&vendors), agent.identity());
    let outcome = run(&request).await;
    outcome.assert_ready();
    let words = words(&outcome);
    assert!(
        words.contains("first 5 keys of your agent, and 2 more"),
        "{words}"
    );
    let mut asked = 0;
    while let Ok(event) = events.try_recv() {
        asked += usize::from(matches!(event, Event::KeyQuery { .. }));
    }
    assert_eq!(
        asked,
        2 + 5,
        "the vendor's key and the control key, then five of the agent's"
    );
}

#[tokio::test]
async fn certificates_are_passed_over() {
    let Some(agent) = Agent::start() else {
        return;
    };
    let simulator = simulation(Edition::Cloud);
    let vendors = ed25519();
    grant(&simulator, HERE, &line(&vendors));
    let request = || test_of(&simulator, HERE, access_key(&vendors), agent.identity());
    assert!(words(&run(&request()).await).contains("has no keys"));
    agent.add_certificate_of(&ed25519());
    let words = words(&run(&request()).await);
    assert!(words.contains("certificates only"), "{words}");
}

#[tokio::test]
async fn an_agent_that_is_gone() {
    let simulator = simulation(Edition::Cloud);
    let vendors = ed25519();
    grant(&simulator, HERE, &line(&vendors));
    let gone = OwnIdentity::Agent("/nowhere/agent".into());
    let outcome = run(&test_of(&simulator, HERE, access_key(&vendors), gone)).await;
    outcome.assert_ready();
    assert!(
        words(&outcome).contains("agent can't be asked"),
        "{}",
        words(&outcome)
    );
}

#[tokio::test]
async fn an_agent_that_never_answers_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("agent");
    let _silent = UnixListener::bind(&socket).unwrap();
    let simulator = simulation(Edition::Cloud);
    let vendors = ed25519();
    grant(&simulator, HERE, &line(&vendors));
    let silent = OwnIdentity::Agent(socket);
    let request = test_of(&simulator, HERE, access_key(&vendors), silent)
        .limited(|limits| limits.own_identity = SHORT);
    let outcome = run(&request).await;
    outcome.assert_ready();
    assert!(
        words(&outcome).contains("took too long"),
        "{}",
        words(&outcome)
    );
}

/// A string of SSH's.
fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap();
    [&length.to_be_bytes(), bytes].concat()
}

/// What an agent says that has these keys, as far as it can spell them.
fn list_of(keys: &[Vec<u8>]) -> Vec<u8> {
    let count = u32::try_from(keys.len()).unwrap();
    let mut list = vec![12];
    list.extend(count.to_be_bytes());
    for key in keys {
        list.extend([string(key), string(b"ada@example")].concat());
    }
    string(&list)
}

/// An agent that gives one answer to everybody, and hangs up. It ends with the test program.
fn scripted_agent(socket: &Path, answer: Vec<u8>) {
    let listener = UnixListener::bind(socket).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut question = [0; 5];
            if stream.read_exact(&mut question).is_ok() {
                // Who hangs up first is of no interest.
                stream.write_all(&answer).ok();
            }
        }
    });
}

#[tokio::test]
async fn an_agent_that_talks_nonsense_is_not_one_without_keys() {
    let simulator = simulation(Edition::Cloud);
    let vendors = ed25519();
    grant(&simulator, HERE, &line(&vendors));
    let folder = tempfile::tempdir().unwrap();
    let blob = vendors.public_key().to_bytes().unwrap();
    let nonsense = "not the answer of an SSH agent";
    for (number, (answer, expected)) in [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), nonsense),
        (string(b""), nonsense),
        (string(&[6]), nonsense),
        (string(&[12, 0, 0]), nonsense),
        (string(&[12, 0, 0, 0, 9]), nonsense),
        (string(&[5]), "declines to list its keys"),
        (Vec::new(), "ended the connection"),
        (string(&[12])[..4].to_vec(), "ended the connection"),
        (list_of(&[]), "has no keys"),
        (list_of(&[b"bad".to_vec()]), "no keys that doorkey can read"),
        // The good one is found, and only then it matters that this agent does not sign.
        (list_of(&[b"bad".to_vec(), blob]), "did not sign; 1 more"),
    ]
    .into_iter()
    .enumerate()
    {
        let socket = folder.path().join(number.to_string());
        scripted_agent(&socket, answer);
        let agent = OwnIdentity::Agent(socket);
        let outcome = run(&test_of(&simulator, HERE, access_key(&vendors), agent)).await;
        outcome.assert_ready();
        let words = words(&outcome);
        assert!(words.contains(expected), "{expected}: {words}");
    }
}

// ---- the program ----------------------------------------------------------------------------------------------

/// A Bitbucket that knows the vendor's key and one's own, and what a command needs to test there.
struct Setting {
    simulator: Simulator,
    vendors: PrivateKey,
    own: PrivateKey,
}

impl Setting {
    fn new() -> Self {
        let simulator = simulation(Edition::Cloud);
        let (vendors, own) = (ed25519(), ed25519());
        grant(&simulator, HERE, &line(&vendors));
        let store = simulator.store();
        store
            .add_account_key("ada", &line(&own), &["acme"])
            .unwrap();
        Self {
            simulator,
            vendors,
            own,
        }
    }

    fn arguments(&self, more: &[&str]) -> Vec<String> {
        self.with_options(["check", CLOUD], more)
    }

    fn with_options(&self, first: [&str; 2], more: &[&str]) -> Vec<String> {
        let port = self.simulator.ssh_address().port();
        let connect_to = format!("ssh.bitbucket.org:22:127.0.0.1:{port}");
        let fingerprint = self.simulator.fingerprint();
        let usual = [
            "--key",
            "key.pub",
            "--connect-to",
            &connect_to,
            "--host-key",
            &fingerprint,
        ];
        first
            .iter()
            .chain(&usual)
            .chain(more)
            .map(|&one| one.to_owned())
            .collect()
    }

    fn program(&self, more: &[&str]) -> Program {
        Program::new(self.arguments(more))
            .file("key.pub", line(&self.vendors))
            .file("id", &*self.own.to_openssh(LineEnding::LF).unwrap())
    }

    fn locked(&self) -> String {
        let locked = self.own.encrypt(&mut rand::rng(), PASSPHRASE).unwrap();
        locked.to_openssh(LineEnding::LF).unwrap().to_string()
    }

    /// Nothing of the private key stands in a text: no line of its file, no part of its bytes in hexadecimal.
    #[track_caller]
    fn assert_secret(&self, text: &str) {
        let kept = self.own.to_openssh(LineEnding::LF).unwrap();
        let seed = self.own.key_data().ed25519().unwrap().private.to_bytes();
        let hexadecimal = format!("{:016x}", u64::from_be_bytes(seed[..8].try_into().unwrap()));
        let decimal = format!("{:?}", &seed[..4]);
        let decimal = decimal.trim_matches(['[', ']']);
        let body = kept.lines().filter(|line| !line.starts_with("-----"));
        for secret in body.skip(1).chain([&*hexadecimal, decimal, PASSPHRASE]) {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

const PASSPHRASE: &str = "öffne dich, Sesam";

#[test]
fn a_command_reads_with_the_identity_in_a_file() {
    let setting = Setting::new();
    let table = setting.program(&["--identity", "id"]).run().only_output(0);
    let own = fingerprint(&setting.own);
    let line = format!(
        "Repository        found with your own identity ({own}): 3 branches, main branch main"
    );
    assert!(table.contains(&line), "{table}");
    assert!(
        table.contains("Not proven: This repository, Read-only"),
        "{table}"
    );
    setting.assert_secret(&table);
    let json = setting
        .program(&["--identity", "id", "--json"])
        .run()
        .only_output(0);
    let json_value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json_value["proof"]["this_repository"], "unknown");
    assert_eq!(json_value["checks"][7]["status"], "pass");
    setting.assert_secret(&json);
}

#[test]
fn a_command_reads_with_the_agent() {
    let Some(agent) = Agent::start() else {
        return;
    };
    let setting = Setting::new();
    agent.add(&setting.own);
    let socket = agent.socket();
    let program = setting.program(&["--agent"]).env("SSH_AUTH_SOCK", &socket);
    let table = program.run().only_output(0);
    assert!(table.contains("found with your own identity"), "{table}");
    // Said, where it led to nothing.
    let folder = tempfile::tempdir().unwrap();
    let dead = folder.path().join("dead");
    drop(UnixListener::bind(&dead).unwrap());
    for (named, words) in [
        (Path::new("/nowhere"), "/nowhere, which does not exist"),
        (Path::new("/dev/null"), "/dev/null, which is not a socket"),
        (&dead, "where no agent listens any longer"),
    ] {
        let program = setting.program(&["--agent"]).env("SSH_AUTH_SOCK", named);
        let table = program.run().only_output(0);
        assert!(
            table.contains("skip  Repository        not tested with your own identity"),
            "{table}"
        );
        let table = table.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(table.contains(words), "{table}");
    }
}

#[test]
fn what_is_no_identity_is_bad_input() {
    let setting = Setting::new();
    for (arguments, words) in [
        (&["--agent"][..], "SSH_AUTH_SOCK is not set"),
        (&["--identity", "key.pub"], "holds a public key"),
        (&["--identity", "missing"], "missing can't be read"),
        (&["--identity", "/dev/zero"], "/dev/zero is a terminal or"),
        (&["--identity", "/dev/ptmx"], "/dev/ptmx is a terminal or"),
        (&["--identity", "."], ". is a folder, not a file"),
        (&["--identity", "id", "--agent"], "cannot be used with"),
    ] {
        let message = setting.program(arguments).run().only_message(2);
        assert!(message.contains(words), "{message}");
        setting.assert_secret(&message);
    }
}

#[test]
fn without_a_terminal_no_passphrase_is_asked_for() {
    if !requirements::are_here(&["setsid"]) {
        return;
    }
    let setting = Setting::new();
    let program = Program::detached(setting.arguments(&["--identity", "locked"]))
        .file("key.pub", line(&setting.vendors))
        .file("locked", setting.locked());
    let message = program.run().only_message(2);
    assert!(
        message.contains("no terminal to ask for it on"),
        "{message}"
    );
    setting.assert_secret(&message);
}

/// The program on a terminal, with the identity locked in a file.
fn on_terminal(setting: &Setting, more: &[&str]) -> OnTerminal {
    let program = OnTerminal::doorkey(setting.arguments(more)).size(200, 40);
    fs::write(program.home().join("key.pub"), line(&setting.vendors)).unwrap();
    fs::write(program.home().join("locked"), setting.locked()).unwrap();
    program
}

#[test]
fn a_passphrase_is_asked_for_and_not_shown() {
    let setting = Setting::new();
    let mut terminal = on_terminal(&setting, &["--identity", "locked"]).start();
    terminal.wait_for_text("Passphrase of locked: ");
    terminal.press("wrong\r");
    terminal.wait_for_text("That was not it. Passphrase of locked: ");
    terminal.press(format!("x\x7f{PASSPHRASE}\r"));
    terminal.wait_for_text("found with your own identity");
    terminal.ends_with(0);
    let written = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    setting.assert_secret(&written);
    assert!(!written.contains("wrong"), "{written}");
}

#[test]
fn three_wrong_passphrases_are_enough_and_it_can_be_broken_off() {
    let setting = Setting::new();
    let mut terminal = on_terminal(&setting, &["--identity", "locked"]).start();
    for asked in 1..=3 {
        terminal.wait_for("the next question", |screen| {
            screen.contents().matches("Passphrase of locked: ").count() == asked
        });
        terminal.press("wrong\r");
    }
    terminal.wait_for_text("none of the 3 passphrases opens locked");
    terminal.ends_with(2);

    let mut terminal = on_terminal(&setting, &["--identity", "locked"]).start();
    terminal.wait_for_text("Passphrase of locked: ");
    terminal.press("secr\x03");
    terminal.ends_with(130);

    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let mut terminal = on_terminal(&setting, &["--identity", "locked"]).start();
        terminal.wait_for_text("Passphrase of locked: ");
        terminal.press("secr");
        terminal.signal(signal);
        terminal.ends_with(130);
    }
}

/// A stop from outside, under a shell that leaves the terminal as it finds it.
#[cfg(target_os = "linux")]
#[test]
fn a_stop_at_the_passphrase_gives_the_terminal_back_until_it_goes_on() {
    const SCRIPT: &str = r#"
        set -m
        "$@"
        for time in 1 2; do
            echo "stopped $time, modes:" $(stty -a | grep -o -e '-\?echo ')
            fg
        done
        echo "ended, modes:" $(stty -a | grep -o -e '-\?echo ')
    "#;
    let setting = Setting::new();
    let mut shell = OnTerminal::program("bash", ["-c", SCRIPT, "bash"]).size(200, 60);
    fs::write(shell.home().join("key.pub"), line(&setting.vendors)).unwrap();
    fs::write(shell.home().join("locked"), setting.locked()).unwrap();
    shell = shell.argument(env!("CARGO_BIN_EXE_doorkey"));
    for argument in setting.arguments(&["--identity", "locked"]) {
        shell = shell.argument(argument);
    }
    let shell = shell.start();
    shell.wait_for_text("Passphrase of locked: ");
    let children = format!("/proc/{0}/task/{0}/children", shell.id());
    let doorkey = fs::read_to_string(children).unwrap();
    let doorkey: u32 = doorkey.trim().parse().unwrap();
    for time in [1, 2] {
        pty::send(doorkey, Signal::TSTP);
        shell.wait_for_text(&format!("stopped {time}, modes: echo"));
        shell.wait_for("the question once more", |screen| {
            screen.contents().matches("go on typing").count() == time
        });
    }
    shell.press(format!("{PASSPHRASE}\r"));
    shell.wait_for_text("found with your own identity");
    shell.wait_for_text("ended, modes: echo");
    let written = String::from_utf8_lossy(&shell.bytes()).into_owned();
    setting.assert_secret(&written);
}

#[test]
fn a_test_can_be_ended_after_a_passphrase_was_asked_for() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let to_silent = format!("::127.0.0.1:{}", silent.local_addr().unwrap().port());
    let setting = Setting::new();
    let arguments = [
        "check",
        CLOUD,
        "--key",
        "key.pub",
        "--identity",
        "locked",
        "--connect-to",
        &to_silent,
        "--timeout",
        "60s",
    ];
    for signal in [Signal::TERM, Signal::INT] {
        let program = OnTerminal::doorkey(arguments);
        fs::write(program.home().join("key.pub"), line(&setting.vendors)).unwrap();
        fs::write(program.home().join("locked"), setting.locked()).unwrap();
        let mut terminal = program.start();
        terminal.wait_for_text("Passphrase of locked: ");
        terminal.press(format!("{PASSPHRASE}\r"));
        terminal.wait_for_text("testing: SSH");
        terminal.signal(signal);
        terminal.ends_with(130);
    }
}

// ---- the wizard -----------------------------------------------------------------------------------------------

/// The wizard on a terminal at its last step, with what it needs to test and the identity locked in a file.
fn wizard(setting: &Setting, agent: &Path) -> pty::Terminal {
    let program = OnTerminal::doorkey(setting.with_options(["--url", CLOUD], &[]))
        .size(120, 45)
        .env("SSH_AUTH_SOCK", agent);
    fs::write(program.home().join("key.pub"), line(&setting.vendors)).unwrap();
    fs::write(program.home().join("locked"), setting.locked()).unwrap();
    let terminal = program.start();
    for step in 1..=5 {
        terminal.wait_for_text(&format!("step {step} of 6"));
        // Three questions, and one.
        terminal.press("\r".repeat(if step == 1 { 3 } else { 1 }));
    }
    terminal.wait_for_text("The key is in");
    terminal
}

/// Empties a field.
const CLEAR: &str = "\x15";

/// Types a text, and presses Enter once it is there: together they would be a paste.
fn enter(terminal: &pty::Terminal, text: &str, shown: &str) {
    terminal.press(text);
    terminal.wait_for_text(shown);
    terminal.press("\r");
}

#[test]
fn in_the_wizard_a_locked_file_is_opened_unseen_and_used() {
    let setting = Setting::new();
    let mut terminal = wizard(&setting, Path::new("/nowhere"));
    terminal.press("ia");
    terminal.wait_for_text("your SSH agent can't be asked");
    terminal.press("f");
    terminal.wait_for_text("Which file holds your private key?");
    enter(&terminal, "missing", "missing");
    terminal.wait_for_text("missing can't be read");
    terminal.press(CLEAR);
    enter(&terminal, "/dev/tty", "/dev/tty");
    terminal.wait_for_text("/dev/tty is a terminal or another device");
    terminal.press(CLEAR);
    enter(&terminal, "key.pub", "key.pub");
    terminal.wait_for_text("holds a public key");
    terminal.press(CLEAR);
    enter(&terminal, "~/locked", "~/locked");
    terminal.wait_for_text("The passphrase of this key");
    enter(&terminal, "wrong", "•••••");
    terminal.wait_for_text("does not open the key");
    enter(&terminal, PASSPHRASE, "•••••");
    terminal.wait_for_text("Found with your own identity");
    terminal.wait_for_text("Your own identity, not the vendor's key");
    terminal.wait_for_text("not known from a public key alone");
    terminal.press("q");
    terminal.ends_with(0);
    let written = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    setting.assert_secret(&written);
}

#[test]
fn in_the_wizard_the_agent_is_asked() {
    let Some(agent) = Agent::start() else {
        return;
    };
    let setting = Setting::new();
    agent.add(&setting.own);
    let mut terminal = wizard(&setting, &agent.socket());
    terminal.press("ia");
    terminal.wait_for_text("Found with your own identity");
    terminal.press("q");
    terminal.ends_with(0);
}

#[test]
fn line_by_line_a_signal_at_a_secret_gives_the_terminal_back() {
    let setting = Setting::new();
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let arguments = setting.with_options(["--url", CLOUD], &["--plain"]);
        let program = OnTerminal::doorkey(arguments).size(150, 200);
        fs::write(program.home().join("key.pub"), line(&setting.vendors)).unwrap();
        fs::write(program.home().join("locked"), setting.locked()).unwrap();
        let mut terminal = program.start();
        terminal.wait_for_text("Your answer, or Enter for 1: ");
        terminal.press("\r".repeat(7));
        terminal.wait_for_text("The key is in");
        terminal.press("i\rf\r~/locked\r");
        terminal.wait_for_text("Passphrase, or Enter to leave it: ");
        terminal.signal(signal);
        terminal.ends_with(130);
    }
}

#[test]
fn line_by_line_a_locked_file_is_opened_unseen_and_used() {
    let setting = Setting::new();
    let arguments = setting.with_options(["--url", CLOUD], &["--plain"]);
    let program = OnTerminal::doorkey(arguments).size(150, 200);
    fs::write(program.home().join("key.pub"), line(&setting.vendors)).unwrap();
    fs::write(program.home().join("locked"), setting.locked()).unwrap();
    let mut terminal = program.start();
    terminal.wait_for_text("Your answer, or Enter for 1: ");
    terminal.press("\r".repeat(7));
    terminal.wait_for_text("The key is in");
    terminal.press("i\rf\r~/locked\r");
    terminal.wait_for_text("Passphrase, or Enter to leave it: ");
    terminal.press(format!("{PASSPHRASE}\r"));
    terminal.wait_for_text("Found with your own identity");
    terminal.press("quit\r");
    terminal.ends_with(0);
    let written = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    setting.assert_secret(&written);
}

#[test]
fn a_demo_has_an_agent_of_its_own() {
    let lines = ["", "", "", "", "", "", "", "u", "i", "a", ""];
    let ended = Program::new(["demo", "--plain"])
        .env("SSH_AUTH_SOCK", "/nowhere")
        .input(lines.join("\n"))
        .run();
    assert!(
        ended.stdout.contains("Found with your own identity"),
        "{}",
        ended.stdout
    );
}

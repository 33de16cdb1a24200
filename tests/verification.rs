//! Testing many connections together, over real sockets: the same reports as one by one, with fewer connections.
#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

mod support;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::Edition;
use doorkey::check::api_access::{ApiAccess, read_token};
use doorkey::check::connect_to::ConnectTo;
use doorkey::check::request::{FormerKey, TestRequest, TestSettings, VerificationRequest};
use doorkey::check::{Check, CheckId, Code, HostKeyPin, HostKeyTrust, KnownHosts, Report, Verdict};
use doorkey::runtime::connection_test;
use doorkey::runtime::verification::{self, Progress};
use doorkey::simulator::{Fault, Options, SilentPort, Simulator};
use support::outcome::{PATIENCE, RequestExt as _, SHORT, fresh_key, request, to_port};
use support::peer::{self, Peer};
use support::provoked::assert_provoked;
use support::scripted::{Server, refusing_all};
use support::simulation::{add, publishing, start, to_simulator};
use support::ssh_server::{Connection, HostKey, Manners};
use tokio::sync::mpsc;

/// So many servers at a time.
const JOBS: usize = 8;

fn connection(url: &str, key: AccessKey) -> VerificationRequest {
    VerificationRequest {
        url: url.to_owned(),
        place: None,
        api: None,
        key: Ok(key),
        retired: Vec::new(),
        trusted: Vec::new(),
    }
}

/// Tests all of them together; the reports in the order of the list.
async fn verify(requests: &[VerificationRequest], settings: &TestSettings) -> Vec<Report> {
    let mut reports = BTreeMap::new();
    let verification = verification::run(requests, settings, JOBS, |progress| {
        if let Progress::Finished(index, report) = progress {
            assert!(reports.insert(index, *report).is_none(), "told twice");
        }
    });
    let in_time = tokio::time::timeout(2 * PATIENCE, verification).await;
    in_time.expect("it keeps its limits");
    assert_eq!(reports.len(), requests.len());
    reports.into_values().collect()
}

/// The same connection with each of these keys.
async fn verify_keys(like: &TestRequest, keys: &[AccessKey]) -> Vec<Report> {
    let requests: Vec<_> = keys
        .iter()
        .map(|key| connection(&like.url, key.clone()))
        .collect();
    verify(&requests, &like.settings).await
}

fn fresh_keys(count: usize) -> Vec<AccessKey> {
    (0..count).map(|_| fresh_key()).collect()
}

/// The reports' checks, without the time they took.
fn timeless(report: &Report) -> Vec<Check> {
    let without_time = |check: &Check| Check {
        elapsed: None,
        ..check.clone()
    };
    report.checks.iter().map(without_time).collect()
}

fn causes(report: &Report) -> Vec<Code> {
    report
        .checks
        .iter()
        .filter_map(|check| check.code)
        .collect()
}

/// A server that knows some keys and hangs up at a number of refusals, as OpenSSH does. Counts how often it hung up.
struct Doorkeeper {
    server: Server,
    hung_up: Arc<AtomicUsize>,
}

impl Doorkeeper {
    async fn knowing(keys: &[AccessKey], attempts: usize) -> Self {
        let hung_up = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&hung_up);
        let known: Arc<Vec<Vec<u8>>> = Arc::new(keys.iter().map(blob).collect());
        let server = Server::start(move |connection| {
            keep_the_door(
                connection,
                Arc::clone(&known),
                attempts,
                Arc::clone(&counter),
            )
        });
        Self {
            server: server.await,
            hung_up,
        }
    }

    fn hung_up(&self) -> usize {
        self.hung_up.load(Ordering::SeqCst)
    }
}

fn blob(key: &AccessKey) -> Vec<u8> {
    key.public_key().to_bytes().unwrap()
}

async fn keep_the_door(
    mut connection: Connection,
    known: Arc<Vec<Vec<u8>>>,
    attempts: usize,
    hung_up: Arc<AtomicUsize>,
) -> io::Result<()> {
    let mut refusals = 0;
    loop {
        let query = connection.query().await?;
        if known.contains(&query.key) {
            connection.accept(&query).await?;
            continue;
        }
        refusals += 1;
        if refusals >= attempts {
            hung_up.fetch_add(1, Ordering::SeqCst);
            return connection
                .disconnect("Too many authentication failures")
                .await;
        }
        connection.refuse("publickey").await?;
    }
}

// ---- each session has its own host key ------------------------------------------------------------------------

/// A server that shows the first of these host keys in its first session and the second in all others. It refuses in the
/// first and accepts whatever it is asked in the others; each session ends after one question.
async fn taken_over(after: usize) -> (Peer, [Arc<HostKey>; 2]) {
    let keys = [Arc::new(HostKey::new()), Arc::new(HostKey::new())];
    let (shown, sessions) = (keys.clone(), Arc::new(AtomicUsize::new(0)));
    let peer = Peer::start(move |stream| {
        let is_first = sessions.fetch_add(1, Ordering::SeqCst) < after;
        let key = Arc::clone(&shown[usize::from(!is_first)]);
        async move {
            let mut connection = Connection::open(stream, &Manners::default(), &key).await?;
            let query = connection.query().await?;
            if is_first {
                connection.refuse("publickey").await?;
                connection.query().await?;
            } else {
                connection.accept(&query).await?;
                connection.query().await?;
                connection.refuse("publickey").await?;
            }
            connection.hang_up().await
        }
    });
    (peer.await, keys)
}

#[tokio::test]
async fn a_server_that_shows_another_host_key_later_is_not_believed() {
    let (peer, [first, second]) = taken_over(1).await;
    let like = to_port(peer.port());
    let reports = verify_keys(&like, &fresh_keys(4)).await;
    assert!(peer.connections() > 1);
    let shown = |report: &Report| report.check(CheckId::HostKey).unwrap().detail.clone();
    let mut of_the_first = 0;
    for report in &reports {
        assert_ne!(report.verdict(), Verdict::Ready, "{report:#?}");
        let shown = shown(report).unwrap();
        if causes(report).contains(&Code::HostKeyChanged) {
            assert!(shown.contains(&second.fingerprint()), "{shown}");
        } else {
            assert!(shown.contains(&first.fingerprint()), "{shown}");
            assert_eq!(causes(report), [Code::KeyQueryNotRecognised]);
            of_the_first += 1;
        }
    }
    assert_eq!(of_the_first, 1);
}

#[tokio::test]
async fn what_another_server_says_of_a_replaced_key_is_no_answer() {
    let keys = [Arc::new(HostKey::new()), Arc::new(HostKey::new())];
    let known = KnownHosts::default();
    let (shown, sessions) = (keys.clone(), Arc::new(AtomicUsize::new(0)));
    let key = fresh_key();
    let blob_of_key = blob(&key);
    let peer = Peer::start(move |stream| {
        let is_first = sessions.fetch_add(1, Ordering::SeqCst) == 0;
        let host_key = Arc::clone(&shown[usize::from(!is_first)]);
        let known = blob_of_key.clone();
        async move {
            let mut connection = Connection::open(stream, &Manners::default(), &host_key).await?;
            loop {
                let query = connection.query().await?;
                if is_first && query.key == known {
                    connection.accept(&query).await?;
                    connection.query().await?;
                    connection.refuse("publickey").await?;
                } else if is_first {
                    return connection.hang_up().await;
                } else {
                    connection.accept(&query).await?;
                }
            }
        }
    })
    .await;
    let mut like = to_port(peer.port());
    like.settings.host_keys = Arc::new(HostKeyTrust {
        known_hosts: known,
        ..HostKeyTrust::default()
    });
    let mut request = connection(&like.url, key);
    // The first is trusted, and the other is not known.
    request.trusted = vec![HostKeyPin::of(&keys[0].public())];
    request.retired = vec![fresh_key().into()];
    let reports = verify(&[request], &like.settings).await;
    assert_eq!(peer.connections(), 2);
    assert_eq!(reports[0].verdict(), Verdict::Ready);
    let detail = reports[0].check(CheckId::KeyQuery).unwrap().detail.clone();
    assert!(
        detail
            .unwrap()
            .contains("gave no answer about the replaced key")
    );
}

// ---- the same reports -----------------------------------------------------------------------------------------

/// Compares testing these keys together with testing each alone.
async fn assert_the_same(what: &str, like: &TestRequest, keys: &[AccessKey]) {
    let together = verify_keys(like, keys).await;
    for (index, key) in keys.iter().enumerate() {
        let alone = TestRequest {
            key: Ok(key.clone()),
            ..like.clone()
        };
        let alone = connection_test::run(&alone, |_| {}).await;
        let together = &together[index];
        assert_eq!(timeless(together), timeless(&alone), "{what}, key {index}");
        assert_eq!(together.verdict(), alone.verdict(), "{what}");
        assert_eq!(
            (&together.given, &together.address, &together.key),
            (&alone.given, &alone.address, &alone.key)
        );
    }
}

/// Known and unknown keys of different types in turn.
fn mixed_keys() -> (Vec<AccessKey>, Vec<AccessKey>) {
    let read = |line| AccessKey::read(line).unwrap();
    let mut known = fresh_keys(4);
    known.push(read(include_str!("fixtures/keys/rsa2048.pub")));
    known.push(read(include_str!("fixtures/keys/ec256.pub")));
    let mut strangers = fresh_keys(4);
    strangers.push(read(include_str!("fixtures/keys/rsa4096.pub")));
    strangers.push(read(include_str!("fixtures/keys/ec384.pub")));
    let all = known
        .iter()
        .zip(&strangers)
        .flat_map(|(known, stranger)| [stranger.clone(), known.clone()])
        .collect();
    (known, all)
}

#[tokio::test]
async fn a_server_that_allows_any_number_of_attempts_says_of_each_key_what_it_says_of_it_alone() {
    let (known, all) = mixed_keys();
    for attempts in [1, 2, 3, 6, 100] {
        let doorkeeper = Doorkeeper::knowing(&known, attempts).await;
        let what = format!("{attempts} attempts");
        assert_the_same(&what, &doorkeeper.server.request(), &all).await;
    }
}

#[tokio::test]
async fn every_fault_of_a_server_gives_the_same_reports_as_alone() {
    for fault in Fault::ALL {
        if fault.provokes().check() > CheckId::KeyQuery {
            continue;
        }
        let edition = match fault {
            Fault::MachineSshd => Edition::DataCenter,
            _ => Edition::Cloud,
        };
        let simulator = Simulator::start(Options {
            fault: Some(*fault),
            ..Options::new(edition)
        });
        let simulator = simulator.unwrap();
        let keys = fresh_keys(7);
        add(&simulator, &keys[3]);
        let like = match edition {
            Edition::Cloud => to_simulator(&simulator, fresh_key()),
            Edition::DataCenter => request(&simulator.ssh_url(), fresh_key()),
        };
        let like = like.limited(|limits| limits.greeting = SHORT);
        assert_the_same(fault.id(), &like, &keys).await;
    }
}

#[tokio::test]
async fn servers_of_bad_manners_give_the_same_reports_as_alone() {
    let keys = fresh_keys(7);
    let (first, second) = (blob(&keys[0]), blob(&keys[1]));
    let odd = Server::start(move |mut connection| {
        let (first, second) = (first.clone(), second.clone());
        async move {
            // What it does depends on the key; and it bears a single question, or an accepted key and one more.
            let query = connection.query().await?;
            if query.key == first {
                connection.accept(&query).await?;
                connection.query().await?;
                connection.hang_up().await
            } else if query.key == second {
                connection.refuse("password").await?;
                connection.until_the_client_leaves().await
            } else {
                connection.refuse("").await?;
                connection.until_the_client_leaves().await
            }
        }
    });
    assert_the_same("each its own", &odd.await.request(), &keys).await;

    let let_in = Server::start(|mut connection| async move {
        connection.query().await?;
        connection.let_in().await?;
        connection.until_the_client_leaves().await
    });
    assert_the_same("let in", &let_in.await.request(), &keys).await;

    let deaf = Server::start(|mut connection| async move {
        connection.query().await?;
        connection.refuse("publickey").await?;
        // From the second question on.
        connection.until_the_client_leaves().await
    });
    // It must outlast the statement, or nothing listens any more.
    let deaf = deaf.await;
    let like = deaf.request().limited(|limits| limits.query = SHORT);
    assert_the_same("deaf to more", &like, &keys).await;
}

#[tokio::test]
async fn what_is_no_server_gives_the_same_reports_as_alone() {
    let keys = fresh_keys(3);
    let gone = SilentPort::take().unwrap();
    assert_the_same("refused", &to_port(gone.port()), &keys).await;
    let web = Peer::saying("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    assert_the_same("web", &to_port(web.port()), &keys).await;
    let mut nameless = to_port(1);
    let name = format!("{}.example.com", "a".repeat(64));
    nameless.settings.connect_to = vec![ConnectTo::new("git.example.com", 7999, &name, 1)];
    assert_the_same("no name", &nameless, &keys).await;
    let server = Server::start(refusing_all).await;
    let unknown = server.request().trusting(HostKeyTrust::default());
    assert_the_same("unknown host key", &unknown, &keys).await;
    let mut bad = to_port(1);
    bad.url = "https://bitbucket.org/acme/analytics.git".to_owned();
    assert_the_same("bad address", &bad, &keys).await;
}

#[tokio::test]
async fn a_retired_host_is_tried_at_both_addresses() {
    let simulator = start(Edition::Cloud);
    let keys = fresh_keys(3);
    add(&simulator, &keys[1]);
    let gone = SilentPort::take().unwrap();
    let new = simulator.ssh_address().port();
    for old in [gone.port(), new] {
        let mut like = request("git@bitbucket.org:acme/analytics-platform.git", fresh_key())
            .trusting(publishing(simulator.host_keys()));
        like.settings.connect_to = vec![
            ConnectTo::new("bitbucket.org", 22, "127.0.0.1", old),
            ConnectTo::new("ssh.bitbucket.org", 22, "127.0.0.1", new),
        ];
        assert_the_same("retired host", &like, &keys).await;
    }
}

#[tokio::test]
async fn a_token_shows_as_much_as_alone() {
    let simulator = start(Edition::Cloud);
    let keys = fresh_keys(7);
    add(&simulator, &keys[0]);
    add(&simulator, &keys[5]);
    let access = |token: &str, base: &str| ApiAccess {
        token: read_token(token).unwrap(),
        base: Some(base.parse().unwrap()),
        ..ApiAccess::default()
    };
    let gone = SilentPort::take().unwrap();
    let nobody = format!("http://127.0.0.1:{}", gone.port());
    for access in [
        access(simulator.token(), &simulator.api()),
        access("wrong", &simulator.api()),
        access(simulator.token(), &nobody),
    ] {
        let mut like = to_simulator(&simulator, fresh_key());
        like.settings.api = access;
        assert_the_same("with a token", &like, &keys).await;
        // A wrong server ends the test, and what the interface says with it.
        assert_the_same("host key", &like.trusting(HostKeyTrust::default()), &keys).await;
    }
}

#[tokio::test]
async fn what_cannot_be_asked_about_is_reported_without_a_connection() {
    let peer = Peer::saying("").await;
    let like = to_port(peer.port());
    let mut bad_url = connection("https://bitbucket.org/acme/analytics.git", fresh_key());
    bad_url.retired = vec![fresh_key().into()];
    let mut bad_key = connection(&like.url, fresh_key());
    bad_key.key = AccessKey::read("");
    let reports = verify(&[bad_url, bad_key], &like.settings).await;
    assert_eq!(causes(&reports[0]), [Code::UrlHttps]);
    assert_eq!(causes(&reports[1]), [Code::KeyEmpty]);
    assert_eq!(peer.connections(), 0);
    assert!(verify(&[], &like.settings).await.is_empty());
}

// ---- with fewer connections -----------------------------------------------------------------------------------

#[tokio::test]
async fn accepted_keys_share_a_session_and_a_control_key() {
    let keys = fresh_keys(20);
    let (told, mut asked) = mpsc::unbounded_channel();
    let known: Vec<_> = keys.iter().map(blob).collect();
    let server = Server::start(move |mut connection| {
        let (known, told) = (known.clone(), told.clone());
        async move {
            loop {
                let query = connection.query().await?;
                let is_known = known.contains(&query.key);
                told.send(is_known).ok();
                if is_known {
                    connection.accept(&query).await?;
                } else {
                    connection.refuse("publickey").await?;
                }
            }
        }
    })
    .await;
    for report in verify_keys(&server.request(), &keys).await {
        assert_eq!(report.verdict(), Verdict::Ready, "{report:#?}");
    }
    assert_eq!(server.connections(), 2, "two at once, for twenty");
    drop(server);
    let mut answers = Vec::new();
    while let Some(answer) = asked.recv().await {
        answers.push(answer);
    }
    let controls = answers.iter().filter(|is_known| !**is_known).count();
    assert_eq!((answers.len(), controls), (22, 2), "a control key for each");
}

#[tokio::test]
async fn a_session_is_left_before_the_server_hangs_up() {
    let doorkeeper = Doorkeeper::knowing(&[], 6).await;
    let reports = verify_keys(&doorkeeper.server.request(), &fresh_keys(20)).await;
    for report in reports {
        assert_eq!(causes(&report), [Code::KeyQueryNotRecognised]);
    }
    assert_eq!(doorkeeper.hung_up(), 0);
    // Five refusals each.
    let connections = doorkeeper.server.connections();
    assert!((4..=5).contains(&connections), "{connections}");
}

#[tokio::test]
async fn how_many_attempts_a_server_allows_is_learned() {
    let keys = fresh_keys(20);
    let doorkeeper = Doorkeeper::knowing(&keys[..5], 3).await;
    let reports = verify_keys(&doorkeeper.server.request(), &keys).await;
    for (index, report) in reports.iter().enumerate() {
        let is_known = report.verdict() == Verdict::Ready;
        assert_eq!(is_known, index < 5, "{report:#?}");
    }
    // Once by each of the two that are there at once.
    assert!(doorkeeper.hung_up() <= 2, "{}", doorkeeper.hung_up());
}

#[tokio::test]
async fn a_server_that_answers_nobody_is_found_out_twice() {
    for (words, limited) in [("", "greeting"), ("SSH-2.0-SSHD-CORE\r\n", "exchange")] {
        let peer = Peer::saying(words).await;
        let like = to_port(peer.port()).limited(|limits| {
            limits.greeting = SHORT;
            limits.exchange = SHORT;
        });
        let reports = verify_keys(&like, &fresh_keys(30)).await;
        assert_eq!(peer.connections(), 2, "{limited}");
        for report in &reports {
            let expected = match limited {
                "greeting" => Code::SshNoGreeting,
                _ => Code::SshProtocolError,
            };
            assert_eq!(causes(report), [expected]);
        }
    }
}

#[tokio::test]
async fn a_server_that_leaves_questions_unanswered_is_soon_asked_no_more() {
    let server = Server::start(|mut connection| async move {
        connection.query().await?;
        connection.until_the_client_leaves().await
    })
    .await;
    let like = server.request().limited(|limits| limits.query = SHORT);
    let reports = verify_keys(&like, &fresh_keys(30)).await;
    assert_eq!(server.connections(), 2);
    let detail = |report: &Report| report.check(CheckId::KeyQuery).unwrap().detail.clone();
    let asked = "It did not answer in time.";
    let unasked = reports
        .iter()
        .inspect(|report| assert_eq!(causes(report), [Code::KeyQueryClosed]))
        .filter(|report| detail(report).as_deref() != Some(asked));
    assert_eq!(unasked.count(), 28);
    let last = detail(reports.last().unwrap()).unwrap();
    assert!(last.ends_with("this one was not asked about."), "{last}");
}

#[tokio::test]
async fn one_bad_moment_is_not_held_against_the_rest() {
    let keys = fresh_keys(5);
    let known: Vec<_> = keys.iter().map(blob).collect();
    let met = Arc::new(AtomicUsize::new(0));
    let server = Server::start(move |connection| {
        let (known, met) = (Arc::new(known.clone()), Arc::clone(&met));
        async move {
            if met.fetch_add(1, Ordering::SeqCst) == 0 {
                return connection.hang_up().await;
            }
            keep_the_door(connection, known, 6, Arc::default()).await
        }
    })
    .await;
    let reports = verify_keys(&server.request(), &keys).await;
    assert_eq!(causes(&reports[0]), [Code::KeyQueryClosed]);
    for report in &reports[1..] {
        assert_eq!(report.verdict(), Verdict::Ready);
    }
}

#[tokio::test]
async fn a_silent_server_holds_up_no_other() {
    let silent = Peer::saying("").await;
    let doorkeeper = Doorkeeper::knowing(&[], 6).await;
    let mut settings = to_port(1).settings;
    settings.connect_to = vec![
        ConnectTo::new("silent.example.com", 7999, "127.0.0.1", silent.port()),
        doorkeeper.server.request().settings.connect_to[0].clone(),
    ];
    let url = |host| format!("ssh://git@{host}.example.com:7999/acme/analytics.git");
    let mut requests = Vec::new();
    for _ in 0..20 {
        requests.push(connection(&url("silent"), fresh_key()));
        requests.push(connection(&url("quick"), fresh_key()));
    }
    let (told, mut finished) = mpsc::unbounded_channel();
    let verification = verification::run(&requests, &settings, JOBS, move |progress| {
        if let Progress::Finished(index, _) = progress {
            told.send(index).ok();
        }
    });
    let all_quick_ones = async {
        for _ in 0..20 {
            assert_eq!(finished.recv().await.unwrap() % 2, 1);
        }
    };
    tokio::select! {
        () = verification => panic!("nobody is that patient"),
        () = all_quick_ones => {}
    }
    assert_eq!(silent.connections(), 2, "no more than two at once");
}

#[tokio::test]
async fn so_many_servers_are_visited_at_a_time() {
    let (here, mut reached) = mpsc::unbounded_channel();
    let (gone, mut left) = mpsc::unbounded_channel();
    let mut servers = Vec::new();
    for _ in 0..5 {
        let (here, gone) = (here.clone(), gone.clone());
        servers.push(
            Peer::start(move |mut stream| {
                let (here, gone) = (here.clone(), gone.clone());
                async move {
                    here.send(()).unwrap();
                    peer::until_the_client_leaves(&mut stream).await.ok();
                    gone.send(()).ok();
                    Ok(())
                }
            })
            .await,
        );
    }
    let mut settings = to_port(1).settings;
    settings.connect_to.clear();
    let to = |peer: &Peer| {
        let url = format!("ssh://git@127.0.0.1:{}/acme/analytics.git", peer.port());
        connection(&url, fresh_key())
    };
    let requests: Vec<_> = servers.iter().map(to).collect();
    {
        let verification = verification::run(&requests, &settings, 2, |_| {});
        let two = async {
            reached.recv().await;
            reached.recv().await;
        };
        tokio::select! {
            () = verification => panic!("nobody answers"),
            () = two => {}
        }
    }
    // Dropped: all connections end at once.
    for _ in 0..2 {
        let in_time = tokio::time::timeout(PATIENCE, left.recv()).await;
        in_time.expect("the connection ends");
    }
    let connections: usize = servers.iter().map(Peer::connections).sum();
    assert_eq!(connections, 2);
}

#[tokio::test]
async fn a_host_key_is_trusted_for_the_connections_it_was_trusted_for() {
    let keys = fresh_keys(2);
    let doorkeeper = Doorkeeper::knowing(&keys, 6).await;
    let like = doorkeeper
        .server
        .request()
        .trusting(HostKeyTrust::default());
    let mut trusting = connection(&like.url, keys[0].clone());
    trusting.trusted = vec![HostKeyPin::of(&doorkeeper.server.host_key.public())];
    let doubting = connection(&like.url, keys[1].clone());
    let reports = verify(&[trusting, doubting], &like.settings).await;
    assert_eq!(reports[0].verdict(), Verdict::Ready);
    assert_eq!(causes(&reports[1]), [Code::HostKeyUnknown]);
}

// ---- keys of earlier times ------------------------------------------------------------------------------------

#[tokio::test]
async fn a_retired_key_should_be_refused() {
    let [new, old, older, stranger] = fresh_keys(4).try_into().unwrap();
    let known = [new.clone(), old.clone()];
    let doorkeeper = Doorkeeper::knowing(&known, 2).await;
    let like = doorkeeper.server.request();
    let with = |key: &AccessKey, retired: &[&AccessKey]| VerificationRequest {
        retired: retired.iter().copied().cloned().map(Into::into).collect(),
        ..connection(&like.url, key.clone())
    };
    let requests = [
        with(&new, &[&older]),
        with(&new, &[&older, &old]),
        with(&stranger, &[&old]),
        // The key itself is none of those.
        with(&new, &[&new]),
    ];
    let reports = verify(&requests, &like.settings).await;
    assert_eq!(causes(&reports[0]), []);
    assert_provoked(&reports[1], Code::KeyQueryRetiredKeyAccepted);
    assert_eq!(causes(&reports[1]).len(), 1);
    assert_eq!(reports[1].verdict(), Verdict::Ready);
    let check = reports[1].check(CheckId::KeyQuery).unwrap();
    let detail = format!("It would still let in {}.", old.fingerprint());
    assert_eq!(check.detail.as_deref(), Some(detail.as_str()));
    assert_eq!(causes(&reports[2]), [Code::KeyQueryNotRecognised]);
    let check = reports[2].check(CheckId::KeyQuery).unwrap();
    let detail = format!(
        "It would still let in the replaced key {}.",
        old.fingerprint()
    );
    assert_eq!(check.detail.as_deref(), Some(detail.as_str()));
    assert_eq!(causes(&reports[3]), []);
}

/// A key that it had before and that a genuine server refused in an earlier test.
fn removed(key: &AccessKey) -> FormerKey {
    FormerKey {
        refused_at: Some("2026-11-01T10:00:00Z".to_owned()),
        ..FormerKey::from(key.clone())
    }
}

#[tokio::test]
async fn a_removed_key_that_gets_in_again_refutes_what_the_connection_proves() {
    let [new, old, older, stranger] = fresh_keys(4).try_into().unwrap();
    let doorkeeper = Doorkeeper::knowing(&[new.clone(), old.clone(), older.clone()], 2).await;
    let like = doorkeeper.server.request();
    let with = |key: &AccessKey, retired: Vec<FormerKey>| VerificationRequest {
        retired,
        ..connection(&like.url, key.clone())
    };
    let requests = [
        with(&new, vec![removed(&old)]),
        with(&new, vec![FormerKey::from(older.clone()), removed(&old)]),
        with(&stranger, vec![removed(&old)]),
        with(&new, vec![removed(&fresh_key())]),
    ];
    let mut answers = BTreeMap::new();
    let mut reports = BTreeMap::new();
    verification::run(&requests, &like.settings, JOBS, |progress| match progress {
        Progress::AskedAboutRetired(index, told) => {
            let told: Vec<Option<bool>> = told.iter().map(|key| key.is_accepted).collect();
            answers.insert(index, told);
        }
        Progress::Finished(index, report) => {
            reports.insert(index, *report);
        }
        Progress::Began(_) => {}
    })
    .await;
    assert_provoked(&reports[&0], Code::KeyQueryRemovedKeyAccepted);
    assert_eq!(reports[&0].verdict(), Verdict::NotReady);
    assert_eq!(causes(&reports[&1]), [Code::KeyQueryRemovedKeyAccepted]);
    let detail = reports[&1]
        .check(CheckId::KeyQuery)
        .unwrap()
        .detail
        .clone()
        .unwrap();
    for key in [&old, &older] {
        assert!(detail.contains(&key.fingerprint()), "{detail}");
    }
    // Its own key matters more.
    assert_eq!(causes(&reports[&2]), [Code::KeyQueryNotRecognised]);
    assert_eq!(causes(&reports[&3]), []);
    let expected = [
        (0, vec![true]),
        (1, vec![true, true]),
        (2, vec![true]),
        (3, vec![false]),
    ];
    let expected = expected.map(|(index, told)| (index, told.into_iter().map(Some).collect()));
    assert_eq!(answers, BTreeMap::from(expected));
}

#[tokio::test]
async fn a_server_that_takes_any_key_says_nothing_about_a_retired_one() {
    let doorkeeper = Server::start(|mut connection| async move {
        loop {
            let query = connection.query().await?;
            connection.accept(&query).await?;
        }
    })
    .await;
    let like = doorkeeper.request();
    let mut request = connection(&like.url, fresh_key());
    request.retired = vec![fresh_key().into()];
    let reports = verify(&[request], &like.settings).await;
    assert_eq!(causes(&reports[0]), [Code::KeyQueryAnyKeyAccepted]);
    let check = reports[0].check(CheckId::KeyQuery).unwrap();
    assert_eq!(check.detail, None);
}

#[tokio::test]
async fn that_nothing_was_said_about_a_retired_key_is_said() {
    let [new, old] = fresh_keys(2).try_into().unwrap();
    let (new_blob, old_blob) = (blob(&new), blob(&old));
    let server = Server::start(move |mut connection| {
        let (new, old) = (new_blob.clone(), old_blob.clone());
        async move {
            loop {
                let query = connection.query().await?;
                if query.key == old {
                    return connection.hang_up().await;
                } else if query.key == new {
                    connection.accept(&query).await?;
                } else {
                    connection.refuse("publickey").await?;
                }
            }
        }
    })
    .await;
    let like = server.request();
    let mut request = connection(&like.url, new);
    request.retired = vec![old.clone().into()];
    let mut was_back = connection(&like.url, request.key.clone().unwrap());
    was_back.retired = vec![FormerKey {
        is_back: true,
        ..removed(&old)
    }];
    let reports = verify(&[request], &like.settings).await;
    assert_eq!(reports[0].verdict(), Verdict::Ready);
    let check = reports[0].check(CheckId::KeyQuery).unwrap();
    let detail = check.detail.as_deref().unwrap();
    assert!(detail.contains(&old.fingerprint()), "{detail}");
    assert!(detail.contains("not known"), "{detail}");
    assert_eq!(
        server.connections(),
        2,
        "asked again in a session of its own"
    );
    // One that was seen to be in again may be in still.
    let reports = verify(&[was_back], &like.settings).await;
    assert_eq!(reports[0].verdict(), Verdict::Inconclusive);
}

// ---- many -----------------------------------------------------------------------------------------------------

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_on_several_servers_is_told_as_it_goes() {
    const SERVERS: usize = 5;
    const EACH: usize = 20;
    let mut settings = to_port(1).settings;
    settings.connect_to.clear();
    settings.limits.greeting = Duration::from_secs(20);
    let (mut doorkeepers, mut requests) = (Vec::new(), Vec::new());
    for _ in 0..SERVERS {
        let keys = fresh_keys(EACH);
        // Every other key.
        let known: Vec<_> = keys.iter().step_by(2).cloned().collect();
        let doorkeeper = Doorkeeper::knowing(&known, 6).await;
        let port = doorkeeper.server.port();
        for key in keys {
            let url = format!("ssh://git@127.0.0.1:{port}/acme/analytics.git");
            requests.push(connection(&url, key));
        }
        doorkeepers.push(doorkeeper);
    }
    let reports = verify(&requests, &settings).await;
    for (index, report) in reports.iter().enumerate() {
        let key = requests[index].key.as_ref().unwrap();
        assert!(report.key.as_ref().unwrap().is_same_key(key));
        let ready = report.verdict() == Verdict::Ready;
        assert_eq!(ready, index % 2 == 0, "{index}");
    }
    for doorkeeper in &doorkeepers {
        assert_eq!(doorkeeper.hung_up(), 0);
        assert!(doorkeeper.server.connections() <= 4);
    }
}

//! The connection test over real sockets of this machine: every cause it can name is provoked, by servers that do what
//! Bitbucket, other servers and networks do.
#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

mod support;

use std::net::Ipv4Addr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::Edition;
use doorkey::check::connect_to::ConnectTo;
use doorkey::check::request::TestRequest;
use doorkey::check::{
    CheckId, Code, FixId, HostKeyPin, HostKeyTrust, KnownHosts, PublishedHostKeys, Rung, Standing,
    Status, Verdict,
};
use doorkey::runtime::connection_test;
use doorkey::simulator::{Event, SilentPort, Simulator};
use ssh_key::{HashAlg, PublicKey};
use support::outcome::{
    CLOUD, DATA_CENTER, Outcome, PATIENCE, RequestExt as _, SHORT, fresh_key, request, run, to_port,
};
use support::peer::{self, Peer};
use support::provoked::assert_provoked;
use support::scripted::{Server, refusing_all};
use support::simulation::{add, publishing, start, to_simulator};
use support::ssh_server::{Connection, DISCONNECT, HostKey, Manners};
use support::wire::Message;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::sync::mpsc;

/// Declares tests that provoke a cause each.
macro_rules! provoked {
    ($($(#[$attribute:meta])* $name:ident: $code:ident $body:block)+) => {
        $($(#[$attribute])* #[tokio::test]
        async fn $name() {
            let outcome: Outcome = async $body.await;
            assert_provoked(&outcome.report, Code::$code);
            assert_eq!(outcome.cause(), Some(Code::$code), "it is the first");
            // Only what refutes a rung makes it not ready. The address and the key are on no rung.
            let expected = match (Code::$code.check().rung(), Code::$code.standing()) {
                (None, _) | (_, Standing::Refuted) => Verdict::NotReady,
                _ => Verdict::Inconclusive,
            };
            // A private address is worth a warning and no obstacle.
            if Code::$code != Code::DnsPrivateAddress {
                assert_eq!(outcome.verdict(), expected);
            }
        })+
    };
}

// ---- address and key ------------------------------------------------------------------------------------------

const URLS: &[(&str, Code)] = &[
    (" \n", Code::UrlEmpty),
    ("https://bitbucket.org/acme/analytics.git", Code::UrlHttps),
    (
        "https://bitbucket.org/acme/analytics/src/main",
        Code::UrlBrowserPage,
    ),
    (
        "git clone git@ssh.bitbucket.org:acme/analytics.git",
        Code::UrlGitCloneCommand,
    ),
    ("git@ssh.bitbucket.org:22:acme/analytics", Code::UrlScpPort),
    ("ssh.bitbucket.org:acme/analytics.git", Code::UrlUserMissing),
    (
        "ada@ssh.bitbucket.org:acme/analytics.git",
        Code::UrlUserNotGit,
    ),
    ("git@bitbucket.org:acme/analytics.git", Code::UrlRetiredHost),
    ("git@bb-work:acme/analytics.git", Code::UrlSshConfigAlias),
    (
        "git@bitbucket.org-work:acme/analytics.git",
        Code::UrlSshConfigAlias,
    ),
    ("git@bitbuket.org:acme/analytics.git", Code::UrlMisspeltHost),
    ("git@foo.com:acme/analytics", Code::UrlUnknownServer),
    (
        "ssh://git@ssh.bitbucket.org:7999/acme/analytics.git",
        Code::UrlWrongPort,
    ),
    (
        "git@bitbucket.org:acme/a.git git@bitbucket.org:acme/b.git",
        Code::UrlSeveral,
    ),
    ("[email protected]:acme/analytics.git", Code::UrlMailHidden),
    (
        "git@git.example.com:acme/analytics.git",
        Code::UrlDataCenterPort22,
    ),
    ("git@ssh.bitbucket.org:acme", Code::UrlNoRepository),
    ("ssh://-oProxyCommand=x/acme/analytics.git", Code::UrlUnsafe),
    ("git@github.com:acme/analytics.git", Code::UrlOtherForge),
    ("analytics", Code::UrlNotAnAddress),
];

const KEYS: &[(&str, Code)] = &[
    ("\n", Code::KeyEmpty),
    (
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\n-----END OPENSSH PRIVATE KEY-----",
        Code::KeyPrivate,
    ),
    (
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINunPPbw66xJ",
        Code::KeyCutOff,
    ),
    (
        "AAAAC3NzaC1lZDI1NTE5AAAAINunPPbw66xJorWIHTSRSx9p3FuX2xdPJIAsIvcGz8uC",
        Code::KeyPrefixMissing,
    ),
    (include_str!("fixtures/keys/dsa.pub"), Code::KeyUnsupported),
    (include_str!("fixtures/keys/rsa1024.pub"), Code::KeyTooShort),
    (
        concat!(
            include_str!("fixtures/keys/ed25519.pub"),
            include_str!("fixtures/keys/ec256.pub")
        ),
        Code::KeySeveral,
    ),
    ("an example", Code::KeyNotAKey),
];

#[tokio::test]
async fn an_address_that_will_not_do_is_not_contacted() {
    let peer = Peer::saying("").await;
    for (url, code) in URLS {
        let mut request = request(url, fresh_key())
            .connected_to(peer.port())
            .limited(|limits| limits.greeting = Duration::ZERO);
        let aliases = "Host bb-work\n HostName git.example.com\n Port 7999\n";
        request.settings.aliases = doorkey::bitbucket::SshAliases::parse(aliases);
        let outcome = run(&request).await;
        assert_provoked(&outcome.report, *code);
        if code.status() == Status::Fail {
            outcome.assert_nothing_contacted();
        }
    }
}

#[tokio::test]
async fn what_may_be_meant_by_an_address_is_offered_and_not_tested() {
    let peer = Peer::saying("").await;
    let meant = "git@ssh.bitbucket.org:acme/analytics.git";
    for url in [
        "git@bitbucket.org-work:acme/analytics.git",
        "git@bitbuket.org:acme/analytics.git",
        "[email protected]:acme/analytics.git",
    ] {
        let outcome = run(&request(url, fresh_key()).connected_to(peer.port())).await;
        let check = &outcome.report.checks[0];
        let fix = check
            .fixes
            .iter()
            .find(|fix| fix.id == FixId::UseSuggestedUrl);
        assert_eq!(
            fix.and_then(|fix| fix.value.as_deref()),
            Some(meant),
            "{url}"
        );
        outcome.assert_nothing_contacted();
    }
    assert_eq!(peer.connections(), 0);
}

#[tokio::test]
async fn a_key_that_will_not_do_is_not_asked_about() {
    let peer = Peer::saying("").await;
    for (text, code) in KEYS {
        let mut request = to_port(peer.port());
        request.key = AccessKey::read(text);
        let outcome = run(&request).await;
        assert_provoked(&outcome.report, *code);
        outcome.assert_nothing_contacted();
    }
    assert_eq!(peer.connections(), 0);
}

// ---- the way to an answer -------------------------------------------------------------------------------------

/// A listener whose queue is full: the kernel drops whatever knocks, as a firewall does.
#[cfg(target_os = "linux")]
struct FullQueue {
    port: u16,
    _listener: tokio::net::TcpListener,
    _queue: Vec<tokio::net::TcpStream>,
}

#[cfg(target_os = "linux")]
impl FullQueue {
    async fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let listener = socket.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let mut queue = Vec::new();
        // How many find room is the kernel's affair; the first to be left out shows that the queue is full.
        while let Ok(connected) =
            tokio::time::timeout(SHORT, tokio::net::TcpStream::connect(address)).await
        {
            queue.push(connected.unwrap());
        }
        Self {
            port: address.port(),
            _listener: listener,
            _queue: queue,
        }
    }
}

provoked! {
    a_name_nobody_has: DnsNotFound {
        let mut request = to_port(1);
        // Longer than a label may be (RFC 1035 section 2.3.4): no resolver even asks about it.
        let name = format!("{}.example.com", "a".repeat(64));
        request.settings.connect_to = vec![ConnectTo::new("git.example.com", 7999, &name, 1)];
        run(&request).await
    }

    an_address_the_vendor_can_not_reach: DnsPrivateAddress {
        let (simulator, key) = data_center_with_key();
        let trust = knowing_nothing_but_pinned(simulator.host_keys());
        let request = request(&simulator.ssh_url(), key).trusting(trust);
        let outcome = run(&request).await;
        assert_eq!(outcome.verdict(), Verdict::Ready);
        assert!(outcome.detail().contains("127.0.0.1"));
        outcome
    }

    nothing_listens: TcpRefused {
        let port = SilentPort::take().unwrap();
        let outcome = run(&to_port(port.port())).await;
        assert!(outcome.detail().contains("refused the connection"));
        outcome
    }

    #[cfg(target_os = "linux")]
    nobody_answers: TcpTimeout {
        let full = FullQueue::new().await;
        let request = to_port(full.port).limited(|limits| limits.connect = SHORT);
        let outcome = run(&request).await;
        assert!(outcome.detail().contains("did not answer"));
        outcome
    }

    #[cfg(target_os = "linux")]
    there_is_no_way: TcpUnreachable {
        // A broadcast address takes no connections, so the kernel says at once that there is no way to it.
        let mut request = to_port(1);
        request.settings.connect_to = vec!["::127.255.255.255:1".parse().unwrap()];
        run(&request).await
    }

    silence: SshNoGreeting {
        let peer = Peer::saying("").await;
        run(&to_port(peer.port()).limited(|limits| limits.greeting = SHORT)).await
    }

    a_greeting_byte_by_byte: SshNoGreeting {
        let peer = Peer::start(|mut stream| async move {
            for byte in b"SSH-2.0-".iter().chain([b'.'; 10_000].iter()) {
                stream.write_u8(*byte).await?;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Ok(())
        }).await;
        let outcome = run(&to_port(peer.port()).limited(|limits| limits.greeting = SHORT)).await;
        assert!(outcome.detail().contains("only: S"), "{}", outcome.detail());
        outcome
    }

    a_web_server_that_hangs_up: SshNotSsh {
        let peer = Peer::saying_goodbye_after(BAD_REQUEST).await;
        let outcome = run(&to_port(peer.port())).await;
        assert!(outcome.detail().contains("web server (HTTP): HTTP/1.1 400 Bad Request"));
        outcome
    }

    a_web_server_that_waits: SshNotSsh {
        // No limit runs out: the first line says enough.
        let peer = Peer::saying(BAD_REQUEST).await;
        run(&to_port(peer.port())).await
    }

    a_tls_server: SshNotSsh {
        // A fatal alert, "protocol version" (RFC 8446 section 6).
        let peer = Peer::saying_goodbye_after([0x15, 3, 1, 0, 2, 2, 70]).await;
        let outcome = run(&to_port(peer.port())).await;
        assert!(outcome.detail().contains("TLS server"));
        outcome
    }

    a_mail_server: SshNotSsh {
        let peer = Peer::saying("220 mail.example.com ESMTP Postfix\r\n").await;
        let outcome = run(&to_port(peer.port())).await;
        assert!(outcome.detail().contains("mail or FTP server: 220 mail.example.com"));
        outcome
    }

    an_unknown_server_that_waits: SshNotSsh {
        let peer = Peer::saying("Welcome!\r\nlogin: ").await;
        run(&to_port(peer.port()).limited(|limits| limits.greeting = SHORT)).await
    }

    noise: SshNotSsh {
        let mut bytes = b"\x1b]0;title\x07\x1b[2J\xc2\x9b31m\xe2\x80\xae".to_vec();
        bytes.extend((0..=255).cycle().take(100_000));
        let peer = Peer::saying_goodbye_after(bytes).await;
        run(&to_port(peer.port())).await
    }

    lines_without_end: SshNotSsh {
        let peer = Peer::start(|mut stream| async move {
            loop {
                stream.write_all(b"There is a lot to say first.\r\n").await?;
            }
        }).await;
        let outcome = run(&to_port(peer.port())).await;
        assert!(outcome.detail().contains("There is a lot to say first."));
        outcome
    }

    a_line_without_end: SshNotSsh {
        let peer = Peer::start(|mut stream| async move {
            loop {
                stream.write_all(&[b'x'; 1000]).await?;
            }
        }).await;
        run(&to_port(peer.port())).await
    }

    the_old_protocol: SshNotSsh {
        let peer = Peer::saying("SSH-1.5-1.2.27\n").await;
        let outcome = run(&to_port(peer.port())).await;
        assert!(outcome.detail().contains("old protocol 1: SSH-1.5-1.2.27"));
        outcome
    }

    closed_at_once: SshClosed {
        let peer = Peer::saying_goodbye_after("").await;
        run(&to_port(peer.port())).await
    }

    reset_at_once: TcpReset {
        let peer = Peer::start(|stream| async move { peer::reset(stream) }).await;
        let outcome = run(&to_port(peer.port())).await;
        assert_eq!(outcome.report.proof().standing(Rung::Reachable), Standing::Unknown);
        outcome
    }

    reset_before_the_greeting: TcpReset {
        let peer = Peer::start(|mut stream| async move {
            // Until the client has said something, so that it is certainly connected.
            stream.read_u8().await?;
            peer::reset(stream)
        }).await;
        let outcome = run(&to_port(peer.port())).await;
        assert_eq!(outcome.check(CheckId::Ssh).status, Status::Skip);
        outcome
    }

    turned_away_by_a_busy_server: SshTurnedAway {
        let peer = Peer::saying_goodbye_after("Exceeded MaxStartups\r\n").await;
        let outcome = run(&to_port(peer.port())).await;
        assert_eq!(outcome.detail(), "The server said: Exceeded MaxStartups");
        assert_eq!(outcome.report.proof().standing(Rung::Reachable), Standing::Unknown);
        outcome
    }

    turned_away_with_a_reset: SshTurnedAway {
        let peer = Peer::start(|mut stream| async move {
            stream.write_all(b"Welcome\r\nNot allowed at this time\r\n").await?;
            stream.read_u8().await?;
            peer::reset(stream)
        }).await;
        let outcome = run(&to_port(peer.port())).await;
        assert_eq!(outcome.detail(), "The server said: Welcome Not allowed at this time");
        outcome
    }

    turned_away_in_words_of_its_own: SshTurnedAway {
        let peer = Peer::saying_goodbye_after("Maintenance until 18:00").await;
        run(&to_port(peer.port())).await
    }

    only_lines_and_no_greeting: SshNoGreeting {
        let peer = Peer::saying("Welcome!\r\n").await;
        let outcome = run(&to_port(peer.port()).limited(|limits| limits.greeting = SHORT)).await;
        assert!(outcome.detail().contains("only: Welcome!"), "{}", outcome.detail());
        outcome
    }

    closed_after_the_greeting: SshClosed {
        let peer = Peer::saying_goodbye_after("SSH-2.0-SSHD-CORE\r\n").await;
        run(&to_port(peer.port())).await
    }

    reset_after_the_greeting: SshClosed {
        let peer = Peer::start(|mut stream| async move {
            stream.write_all(b"SSH-2.0-SSHD-CORE\r\n").await?;
            stream.read_u8().await?;
            peer::reset(stream)
        }).await;
        run(&to_port(peer.port())).await
    }

    sent_away_before_the_keys: SshClosed {
        let peer = Peer::start(|stream| async move {
            let mut connection = Connection::in_clear_text(stream);
            connection.greet(&Manners::default()).await?;
            connection.disconnect("Too many users \x1b[31m(16)\u{9b}0m").await
        }).await;
        let outcome = run(&to_port(peer.port())).await;
        assert_eq!(outcome.detail(), "The server said: Too many users [31m(16)0m");
        outcome
    }

    no_common_algorithm: SshNoCommonAlgorithm {
        let manners = Manners {
            key_exchange: "diffie-hellman-group1-sha1",
            ..Manners::default()
        };
        let server = Server::with_manners(manners, |mut connection| async move {
            connection.query().await.map(drop)
        }).await;
        let outcome = run(&server.request()).await;
        assert!(outcome.detail().contains("key exchange"), "{}", outcome.detail());
        assert!(outcome.detail().contains("diffie-hellman-group1-sha1"));
        outcome
    }

    the_machines_own_server: SshMachineSshd {
        let peer = Peer::saying("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n").await;
        let outcome = run(&to_port(peer.port())).await;
        assert!(outcome.detail().contains("OpenSSH_9.2p1"));
        assert_eq!(peer.connections(), 1);
        outcome
    }

    a_giant_packet: SshProtocolError {
        let peer = Peer::start(|stream| async move {
            let mut connection = Connection::in_clear_text(stream);
            connection.greet(&Manners::default()).await?;
            connection.send_raw(&[0xff; 64]).await?;
            connection.until_the_client_leaves().await
        }).await;
        run(&to_port(peer.port())).await
    }

    another_protocol_after_the_greeting: SshProtocolError {
        let peer = Peer::saying("SSH-2.0-SSHD-CORE\r\nHTTP/1.1 400 Bad Request\r\n\r\n").await;
        run(&to_port(peer.port())).await
    }

    silence_after_the_greeting: SshProtocolError {
        let peer = Peer::saying("SSH-2.0-SSHD-CORE\r\n").await;
        let outcome = run(&to_port(peer.port()).limited(|limits| limits.exchange = SHORT)).await;
        assert_eq!(
            outcome.detail(),
            "It greeted, then sent no whole answer within 0.3 seconds."
        );
        outcome
    }

    a_host_key_without_its_private_half: SshProtocolError {
        let manners = Manners {
            forges_signature: true,
            ..Manners::default()
        };
        let server = Server::with_manners(manners, |mut connection| async move {
            connection.query().await.map(drop)
        }).await;
        run(&server.request()).await
    }

    a_host_key_that_is_not_published: HostKeyChanged {
        let server = Server::start(refusing_all).await;
        let outcome = run(&server.request_for(CLOUD).trusting(HostKeyTrust::default())).await;
        assert!(outcome.detail().contains(&server.host_key.fingerprint()));
        assert_eq!(outcome.check(CheckId::KeyQuery).status, Status::Skip);
        assert_eq!(server.connections(), 1);
        outcome
    }

    a_host_key_other_than_the_known_one: HostKeyChanged {
        let server = Server::start(refusing_all).await;
        let other = HostKey::new().public().to_openssh().unwrap();
        let line = format!("[git.example.com]:7999 {other}\n");
        let trust = HostKeyTrust {
            known_hosts: KnownHosts::parse(&line, "known_hosts"),
            accept_new: true,
            ..HostKeyTrust::default()
        };
        let outcome = run(&server.request().trusting(trust)).await;
        assert!(outcome.detail().contains("known_hosts, line 1"));
        outcome
    }

    a_withdrawn_host_key: HostKeyWithdrawn {
        let server = Server::start_with(withdrawn_host_key(), refusing_all).await;
        let trust = HostKeyTrust {
            published: PublishedHostKeys {
                is_withdrawn: |fingerprint| fingerprint == withdrawn_host_key().fingerprint(),
                ..PublishedHostKeys::default()
            },
            accept_new: true,
            ..HostKeyTrust::default()
        };
        let outcome = run(&server.request_for(CLOUD).trusting(trust)).await;
        assert_eq!(outcome.check(CheckId::KeyQuery).status, Status::Skip);
        outcome
    }

    a_host_key_nobody_knows: HostKeyUnknown {
        let (simulator, key) = data_center_with_key();
        let request = request(DATA_CENTER, key)
            .connected_to(simulator.ssh_address().port())
            .trusting(HostKeyTrust::default());
        let outcome = run(&request).await;
        let check = outcome.check(CheckId::HostKey);
        assert_eq!(check.fix_value(FixId::TrustHostKey), Some(simulator.fingerprint().as_str()));
        // The question is asked all the same.
        assert_eq!(outcome.check(CheckId::KeyQuery).status, Status::Pass);
        outcome
    }

    a_key_that_was_not_added: KeyQueryNotRecognised {
        let simulator = start(Edition::Cloud);
        let mut events = simulator.subscribe();
        let key = fresh_key();
        let outcome = run(&to_simulator(&simulator, key.clone())).await;
        assert_eq!(queries(&mut events), [(key.fingerprint(), false)]);
        assert_eq!(outcome.report.proof().standing(Rung::Genuine), Standing::Proven);
        assert_eq!(outcome.report.proof().standing(Rung::Recognised), Standing::Refuted);
        outcome
    }

    one_refusal_on_one_connection: KeyQueryNotRecognised {
        let server = Server::start(refusing_all).await;
        let outcome = run(&server.request()).await;
        assert_eq!(server.connections(), 1);
        outcome
    }

    a_refusal_that_leaves_no_way: KeyQueryNotRecognised {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.refuse("").await?;
            connection.until_the_client_leaves().await
        }).await;
        run(&server.request()).await
    }

    an_rsa_key_that_the_server_knows_by_sha1_alone: KeyQuerySha1Only {
        let vendors = rsa_key().public_key().to_bytes().unwrap();
        let server = Server::start(move |mut connection| {
            let vendors = vendors.clone();
            async move {
                loop {
                    let query = connection.query().await?;
                    if query.algorithm == "ssh-rsa" && query.key == vendors {
                        connection.accept(&query).await?;
                    } else {
                        connection.refuse("publickey").await?;
                    }
                }
            }
        }).await;
        let outcome = run(&server.request_with(rsa_key())).await;
        assert_eq!(server.connections(), 1);
        outcome
    }

    a_server_that_takes_any_rsa_key_with_sha1: KeyQueryAnyKeyAccepted {
        let server = Server::start(|mut connection| async move {
            loop {
                let query = connection.query().await?;
                if query.algorithm == "ssh-rsa" {
                    connection.accept(&query).await?;
                } else {
                    connection.refuse("publickey").await?;
                }
            }
        }).await;
        run(&server.request_with(rsa_key())).await
    }

    a_refused_rsa_key: KeyQueryNotRecognised {
        // Without a list of algorithms all three signatures are tried, then no more.
        let (asked, mut algorithms) = mpsc::unbounded_channel();
        let server = Server::start(move |mut connection| {
            let asked = asked.clone();
            async move {
                loop {
                    asked.send(connection.query().await?.algorithm).ok();
                    connection.refuse("publickey").await?;
                }
            }
        }).await;
        let outcome = run(&server.request_with(rsa_key())).await;
        assert_eq!(algorithms.recv().await.unwrap(), "rsa-sha2-512");
        assert_eq!(algorithms.recv().await.unwrap(), "rsa-sha2-256");
        assert_eq!(algorithms.recv().await.unwrap(), "ssh-rsa");
        assert!(algorithms.try_recv().is_err());
        outcome
    }

    any_key_accepted: KeyQueryAnyKeyAccepted {
        let server = Server::start(|mut connection| async move {
            loop {
                let query = connection.query().await?;
                connection.accept(&query).await?;
            }
        }).await;
        let outcome = run(&server.request()).await;
        assert_eq!(server.connections(), 1);
        assert_eq!(outcome.report.proof().standing(Rung::Recognised), Standing::Unknown);
        outcome
    }

    let_in_without_a_signature: KeyQueryAnyKeyAccepted {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.let_in().await?;
            connection.until_the_client_leaves().await
        }).await;
        let outcome = run(&server.request()).await;
        assert!(outcome.detail().contains("without any signature"));
        outcome
    }

    keys_are_not_taken: KeyQueryPublickeyNotOffered {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.refuse("password,keyboard-interactive").await?;
            connection.until_the_client_leaves().await
        }).await;
        let outcome = run(&server.request()).await;
        assert_eq!(outcome.detail(), "It offers: password, keyboard-interactive.");
        outcome
    }

    one_attempt_is_a_refusal: KeyQueryNotRecognised {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.disconnect("Too many authentication failures").await
        }).await;
        let outcome = run(&server.request()).await;
        assert_eq!(outcome.detail(), "The server said: Too many authentication failures");
        assert_eq!(outcome.verdict(), Verdict::NotReady);
        outcome
    }

    the_second_of_two_questions_about_an_rsa_key_is_one_too_many: KeyQueryNotRecognised {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.refuse("publickey").await?;
            connection.query().await?;
            connection.disconnect("Too many authentication failures").await
        }).await;
        run(&server.request_with(rsa_key())).await
    }

    sent_away_over_attempts_before_the_question: KeyQueryTooManyAttempts {
        let server = Server::start(|mut connection| async move {
            // The service is asked for, and not opened.
            connection.receive().await?;
            connection.disconnect("Too many authentication failures").await
        }).await;
        let outcome = run(&server.request()).await;
        assert_eq!(outcome.verdict(), Verdict::Inconclusive);
        outcome
    }

    another_key_is_accepted: KeyQueryClosed {
        let server = Server::start(|mut connection| async move {
            let mut query = connection.query().await?;
            query.key = fresh_key().public_key().to_bytes().map_err(std::io::Error::other)?;
            connection.accept(&query).await?;
            loop {
                connection.query().await?;
                connection.refuse("publickey").await?;
            }
        }).await;
        let outcome = run(&server.request()).await;
        assert!(outcome.detail().contains("another key"), "{}", outcome.detail());
        assert_eq!(outcome.verdict(), Verdict::Inconclusive);
        outcome
    }

    two_keys_are_accepted: KeyQueryClosed {
        let server = Server::start(|mut connection| async move {
            let query = connection.query().await?;
            let other = Message::new(60).string(&query.algorithm).string("no key at all");
            connection.send(&other.finish()).await?;
            connection.accept(&query).await?;
            loop {
                connection.query().await?;
                connection.refuse("publickey").await?;
            }
        }).await;
        run(&server.request()).await
    }

    a_late_acceptance_of_the_key_is_none_of_the_control_key: KeyQueryClosed {
        let server = Server::start(|mut connection| async move {
            let query = connection.query().await?;
            connection.accept(&query).await?;
            connection.query().await?;
            connection.accept(&query).await?;
            connection.until_the_client_leaves().await
        }).await;
        let outcome = run(&server.request()).await;
        assert!(outcome.detail().contains("gave no answer about a fresh one"));
        outcome
    }

    a_success_in_part_without_a_signature: KeyQueryClosed {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            let failure = Message::new(51).string("publickey,password").byte(1);
            connection.send(&failure.finish()).await?;
            connection.until_the_client_leaves().await
        }).await;
        run(&server.request()).await
    }

    only_methods_nobody_knows: KeyQueryPublickeyNotOffered {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.refuse("gssapi-keyex,telepathy@example.com").await?;
            connection.until_the_client_leaves().await
        }).await;
        let outcome = run(&server.request()).await;
        assert!(outcome.detail().contains("telepathy@example.com"), "{}", outcome.detail());
        outcome
    }

    closed_on_the_question: KeyQueryClosed {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.hang_up().await
        }).await;
        run(&server.request()).await
    }

    closed_after_the_keys: KeyQueryClosed {
        let server = Server::start(|connection| async move { connection.hang_up().await }).await;
        run(&server.request()).await
    }

    sent_away_with_words: KeyQueryClosed {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            let words = format!("\x1b[2J\x07Go\r\n away\u{202e}!\u{9b}31m {}", "x".repeat(100_000));
            connection.disconnect(words).await
        }).await;
        let outcome = run(&server.request()).await;
        let beginning = "The server said: [2JGo away!31m xxx";
        assert!(outcome.detail().starts_with(beginning), "{}", outcome.detail());
        assert!(outcome.detail().ends_with("xxx…"));
        outcome
    }

    sent_away_with_words_that_are_none: KeyQueryClosed {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.disconnect(b"\xff\xfe\x9b31m").await
        }).await;
        run(&server.request()).await
    }

    sent_away_with_more_words_than_fit: KeyQueryClosed {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.disconnect("x".repeat(1 << 20)).await
        }).await;
        run(&server.request()).await
    }

    refused_with_a_banner: KeyQueryNotRecognised {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.banner("\u{9b}2JThis account \u{202e}is locked.\x1b[8m\n").await?;
            connection.refuse("publickey").await?;
            connection.until_the_client_leaves().await
        }).await;
        let outcome = run(&server.request()).await;
        assert_eq!(outcome.detail(), "The server's banner: \"2JThis account is locked.[8m\"");
        outcome
    }

    sent_away_after_a_banner: KeyQueryClosed {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.banner("For staff only").await?;
            connection.disconnect("Go away").await
        }).await;
        let outcome = run(&server.request()).await;
        assert_eq!(outcome.detail(), "The server said: Go away (Its banner: \"For staff only\")");
        outcome
    }

    a_megabyte_of_banners: KeyQueryNotRecognised {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            for _ in 0..32 {
                connection.banner("x".repeat(1 << 15)).await?;
            }
            connection.refuse("publickey").await?;
            connection.until_the_client_leaves().await
        }).await;
        let outcome = run(&server.request()).await;
        assert!(outcome.detail().ends_with("xxx…\""), "{}", outcome.detail());
        outcome
    }

    a_banner_of_a_megabyte: KeyQueryClosed {
        // More than a packet may hold.
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.banner("x".repeat(1 << 20)).await?;
            connection.refuse("publickey").await?;
            connection.until_the_client_leaves().await
        }).await;
        run(&server.request()).await
    }

    a_banner_that_is_no_text: KeyQueryClosed {
        // It has to be UTF-8 (RFC 4252 section 5.4); a lone C1 byte is none.
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.banner(b"\x9b31m\xff").await?;
            connection.refuse("publickey").await?;
            connection.until_the_client_leaves().await
        }).await;
        let outcome = run(&server.request()).await;
        assert!(outcome.detail().contains("not understood"), "{}", outcome.detail());
        outcome
    }

    banners_without_end: KeyQueryClosed {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            loop {
                connection.banner("Please wait. ").await?;
            }
        }).await;
        let outcome = run(&server.request().limited(|limits| limits.query = SHORT)).await;
        let beginning = "It did not answer in time. (Its banner: \"Please wait. Please wait.";
        assert!(outcome.detail().starts_with(beginning), "{}", outcome.detail());
        outcome
    }

    an_answer_that_is_none: KeyQueryClosed {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.send(&[0xff; 100]).await?;
            connection.until_the_client_leaves().await
        }).await;
        let outcome = run(&server.request()).await;
        assert!(outcome.detail().contains("not understood"), "{}", outcome.detail());
        outcome
    }

    sent_away_in_half_a_message: KeyQueryClosed {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            // No language, and a reason nobody defined.
            let message = Message::new(DISCONNECT).number(99).string("Go away");
            connection.send(&message.finish()).await?;
            connection.hang_up().await
        }).await;
        run(&server.request()).await
    }

    no_answer_to_the_question: KeyQueryClosed {
        let server = Server::start(|mut connection| async move {
            connection.query().await?;
            connection.until_the_client_leaves().await
        }).await;
        let outcome = run(&server.request().limited(|limits| limits.query = SHORT)).await;
        assert_eq!(outcome.detail(), "It did not answer in time.");
        outcome
    }

    no_answer_about_the_control_key: KeyQueryClosed {
        let server = Server::start(|mut connection| async move {
            let query = connection.query().await?;
            connection.accept(&query).await?;
            connection.query().await?;
            connection.hang_up().await
        }).await;
        let outcome = run(&server.request()).await;
        assert!(outcome.detail().contains("nothing is proven"));
        outcome
    }
}

const BAD_REQUEST: &str =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>Bad Request</html>\r\n";

// ---- what passes ----------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_added_key_is_recognised_on_one_connection() {
    let simulator = start(Edition::Cloud);
    let key = fresh_key();
    add(&simulator, &key);
    let mut events = simulator.subscribe();
    let outcome = run(&to_simulator(&simulator, key.clone())).await;
    outcome.assert_ready();
    let queries = queries(&mut events);
    assert_eq!(queries.len(), 2, "the key, then the control key");
    assert_eq!(queries[0], (key.fingerprint(), true));
    assert!(!queries[1].1 && queries[1].0 != key.fingerprint());
}

#[tokio::test]
async fn too_many_attempts_on_the_control_key_refuse_it() {
    let server = Server::start(|mut connection| async move {
        let query = connection.query().await?;
        assert_eq!(query.user, "git");
        assert!(!query.is_signed);
        connection.accept(&query).await?;
        connection.query().await?;
        connection
            .disconnect("Too many authentication failures")
            .await
    })
    .await;
    run(&server.request()).await.assert_ready();
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_banner_changes_nothing() {
    let server = Server::start(|mut connection| async move {
        let query = connection.query().await?;
        connection
            .banner("\x1b[2J\x1b]0;owned\x07Authorised\r\nusers\u{202e} only!\u{9b}31m")
            .await?;
        connection.accept(&query).await?;
        connection.query().await?;
        connection.banner(&"x".repeat(100_000)).await?;
        connection.refuse("publickey").await?;
        connection.until_the_client_leaves().await
    })
    .await;
    let outcome = run(&server.request()).await;
    outcome.assert_ready();
    let detail = outcome.check(CheckId::KeyQuery).detail.as_deref();
    let beginning = "The server's banner: \"[2J]0;ownedAuthorised users only!31m xxx";
    assert!(
        detail.is_some_and(|words| words.starts_with(beginning) && words.ends_with("xxx…\"")),
        "{detail:?}"
    );
}

#[tokio::test]
async fn an_acceptance_may_name_another_algorithm() {
    let server = Server::start(|mut connection| async move {
        let query = connection.query().await?;
        assert_eq!(query.algorithm, "rsa-sha2-512");
        connection.accept_as(&query, "ssh-rsa").await?;
        loop {
            connection.query().await?;
            connection.refuse("publickey").await?;
        }
    })
    .await;
    let outcome = run(&server.request_with(rsa_key())).await;
    assert_eq!(outcome.verdict(), Verdict::Ready);
}

#[tokio::test]
async fn an_rsa_key_is_ready_with_a_warning_where_clients_will_not_use_it() {
    for (announced, code) in [
        (None, Some(Code::KeyQueryRsaNotAnnounced)),
        (
            Some("ssh-ed25519,ssh-rsa"),
            Some(Code::KeyQueryRsaNotAnnounced),
        ),
        (Some("rsa-sha2-512,rsa-sha2-256"), None),
        (Some("ssh-ed25519,rsa-sha2-512"), None),
    ] {
        for key in [rsa_key(), fresh_key()] {
            let is_rsa = key.public_key().algorithm().is_rsa();
            let vendors = key.public_key().to_bytes().unwrap();
            let server = Server::start(move |mut connection| {
                let vendors = vendors.clone();
                async move {
                    if let Some(algorithms) = announced {
                        connection.take_signatures(algorithms).await?;
                    }
                    loop {
                        let query = connection.query().await?;
                        if query.key == vendors {
                            connection.accept(&query).await?;
                        } else {
                            connection.refuse("publickey").await?;
                        }
                    }
                }
            })
            .await;
            let outcome = run(&server.request_with(key)).await;
            assert_eq!(outcome.verdict(), Verdict::Ready, "{announced:?}");
            if is_rsa && code.is_some() {
                assert_provoked(&outcome.report, Code::KeyQueryRsaNotAnnounced);
            } else {
                assert_eq!(outcome.check(CheckId::KeyQuery).code, None, "{announced:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_old_signature_is_not_asked_about_where_the_server_takes_new_ones() {
    for (announced, last) in [
        ("rsa-sha2-512,rsa-sha2-256,ssh-rsa", "rsa-sha2-512"),
        ("rsa-sha2-256", "rsa-sha2-256"),
        ("ssh-ed25519", "rsa-sha2-256"),
        ("rsa-sha2-256,ssh-rsa", "ssh-rsa"),
        ("ssh-rsa", "ssh-rsa"),
    ] {
        let (asked, mut algorithms) = mpsc::unbounded_channel();
        let server = Server::start(move |mut connection| {
            let asked = asked.clone();
            async move {
                connection.take_signatures(announced).await?;
                loop {
                    asked.send(connection.query().await?.algorithm).ok();
                    connection.refuse("publickey").await?;
                }
            }
        })
        .await;
        run(&server.request_with(rsa_key())).await;
        let mut told = Vec::new();
        while let Ok(algorithm) = algorithms.try_recv() {
            told.push(algorithm);
        }
        assert_eq!(told.last().map(String::as_str), Some(last), "{announced}");
    }
}

#[tokio::test]
async fn an_rsa_key_is_asked_about_with_the_hash_the_server_takes() {
    for (says_so, taken) in [
        (true, "rsa-sha2-512"),
        (true, "rsa-sha2-256"),
        // As Data Center's old versions do (BSERV-13013).
        (false, "rsa-sha2-256"),
    ] {
        let key = rsa_key();
        let vendors = key.public_key().to_bytes().unwrap();
        let server = Server::start(move |mut connection| {
            let vendors = vendors.clone();
            async move {
                if says_so {
                    connection.take_signatures(taken).await?;
                }
                loop {
                    let query = connection.query().await?;
                    if query.algorithm == taken && query.key == vendors {
                        connection.accept(&query).await?;
                    } else {
                        connection.refuse("publickey").await?;
                    }
                }
            }
        })
        .await;
        let outcome = run(&server.request_with(key)).await;
        assert_eq!(outcome.verdict(), Verdict::Ready);
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn a_host_key_is_trusted_for_what_is_known_of_it() {
    let (simulator, key) = data_center_with_key();
    let host_keys = simulator.host_keys();
    let ed25519 = host_keys[0].to_openssh().unwrap();
    let ecdsa = host_keys[1].to_openssh().unwrap();
    let known = |lines: String| HostKeyTrust {
        known_hosts: KnownHosts::parse(&lines, "known_hosts"),
        ..HostKeyTrust::default()
    };
    let mut trusted = HostKeyTrust::default();
    trusted.trust(&simulator.fingerprint(), "git.example.com", 7999);
    for (trust, words) in [
        (knowing_nothing_but_pinned(&host_keys[..1]), "you gave"),
        // The type of the pinned key is asked for first.
        (knowing_nothing_but_pinned(&host_keys[1..]), "you gave"),
        (known(format!("[git.example.com]:7999 {ed25519}")), "line 1"),
        (known(format!("\n[git.example.com]:7999 {ecdsa}")), "line 2"),
        (known(format!("git.example.com {ed25519}")), "line 1"),
        (trusted, "said to trust"),
        (
            HostKeyTrust {
                accept_new: true,
                ..HostKeyTrust::default()
            },
            "accepted as you asked",
        ),
    ] {
        let request = request(DATA_CENTER, key.clone())
            .connected_to(simulator.ssh_address().port())
            .trusting(trust);
        let outcome = run(&request).await;
        outcome.assert_ready();
        let summary = &outcome.check(CheckId::HostKey).summary;
        assert!(summary.contains(words), "{summary}");
    }
}

#[tokio::test]
async fn a_pinned_fingerprint_is_looked_for_among_all_types_of_host_key() {
    let (simulator, key) = data_center_with_key();
    let port = simulator.ssh_address().port();
    let pinning = |fingerprint: &str| HostKeyTrust {
        pinned: vec![fingerprint.parse().unwrap()],
        ..HostKeyTrust::default()
    };
    let request = request(DATA_CENTER, key).connected_to(port);
    for host_key in simulator.host_keys() {
        let fingerprint = host_key.fingerprint(HashAlg::Sha256).to_string();
        let outcome = run(&request.clone().trusting(pinning(&fingerprint))).await;
        outcome.assert_ready();
        let detail = outcome.check(CheckId::HostKey).detail.clone().unwrap();
        assert_eq!(detail, format!("{} {fingerprint}", host_key.algorithm()));
    }
    let stranger = HostKey::new().fingerprint();
    let outcome = run(&request.trusting(pinning(&stranger))).await;
    assert_eq!(outcome.cause(), Some(Code::HostKeyChanged));
    // The key shown first is the one that is told.
    assert!(outcome.detail().contains(&simulator.fingerprint()));
}

#[tokio::test]
async fn an_ipv6_address_will_do() {
    let Ok(listener) = tokio::net::TcpListener::bind("[::1]:0").await else {
        eprintln!("skipped: this machine has no IPv6");
        return;
    };
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await?;
        let (manners, host_key) = (Manners::default(), HostKey::new());
        refusing_all(Connection::open(stream, &manners, &host_key).await?).await
    });
    let url = format!("ssh://git@[::1]:{port}/acme/analytics.git");
    let outcome = run(&request(&url, fresh_key())).await;
    serving.abort();
    let causes: Vec<_> = outcome
        .report
        .checks
        .iter()
        .filter_map(|check| check.code)
        .collect();
    assert_eq!(
        causes,
        [Code::DnsPrivateAddress, Code::KeyQueryNotRecognised]
    );
}

// ---- a retired host -------------------------------------------------------------------------------------------

const RETIRED: &str = "git@bitbucket.org:acme/analytics-platform.git";

/// The old host at one port, the new one at another.
fn between(old: u16, new: u16, key: AccessKey, simulator: &Simulator) -> TestRequest {
    let mut request = request(RETIRED, key).trusting(publishing(simulator.host_keys()));
    let here = Ipv4Addr::LOCALHOST.to_string();
    request.settings.connect_to = vec![
        ConnectTo::new("bitbucket.org", 22, &here, old),
        ConnectTo::new("ssh.bitbucket.org", 22, &here, new),
    ];
    request
}

#[tokio::test]
async fn a_retired_host_that_is_gone_gives_way_to_the_new_one() {
    let simulator = start(Edition::Cloud);
    let key = fresh_key();
    add(&simulator, &key);
    let gone = SilentPort::take().unwrap();
    let new = simulator.ssh_address().port();
    let outcome = run(&between(gone.port(), new, key, &simulator)).await;
    assert_eq!(outcome.verdict(), Verdict::NotReady);
    let url = outcome.check(CheckId::Url);
    assert_eq!(url.code, Some(Code::UrlRetiredHost));
    let words = format!("It does not work as given; {CLOUD} does.");
    assert!(url.detail.as_ref().unwrap().ends_with(&words), "{url:?}");
    let tcp = outcome.check(CheckId::Tcp);
    assert_eq!(tcp.code, Some(Code::TcpRefused));
    assert_eq!(tcp.fixes[0].id, FixId::UseSuggestedUrl);
    assert_eq!(tcp.fix_value(FixId::UseSuggestedUrl), Some(CLOUD));
}

#[tokio::test]
async fn a_retired_host_that_still_answers_may_stay() {
    let simulator = start(Edition::Cloud);
    let key = fresh_key();
    add(&simulator, &key);
    let port = simulator.ssh_address().port();
    let outcome = run(&between(port, port, key, &simulator)).await;
    assert_eq!(outcome.verdict(), Verdict::Ready);
    let url = outcome.check(CheckId::Url);
    let words = format!("Both work; {CLOUD} is the one to use.");
    assert!(url.detail.as_ref().unwrap().ends_with(&words), "{url:?}");
}

#[tokio::test]
async fn a_new_host_that_fails_like_the_retired_one_is_no_way_out() {
    let simulator = start(Edition::Cloud);
    let gone = SilentPort::take().unwrap();
    let outcome = run(&between(gone.port(), gone.port(), fresh_key(), &simulator)).await;
    let url = outcome.check(CheckId::Url);
    assert!(url.detail.as_ref().unwrap().contains("was tried too"));
    let tcp = outcome.check(CheckId::Tcp);
    assert_eq!(tcp.fix_value(FixId::UseSuggestedUrl), None);
}

// ---- ending early ---------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_test_that_is_dropped_leaves_at_once() {
    let (here, mut reached) = mpsc::unbounded_channel();
    let tell = move |what: &'static str| {
        let here = here.clone();
        move || here.send(what).unwrap()
    };
    let (arrived, left) = (tell("arrived"), tell("left"));
    let greeting = {
        let (arrived, left) = (arrived.clone(), left.clone());
        Peer::start(move |mut stream| {
            let (arrived, left) = (arrived.clone(), left.clone());
            async move {
                arrived();
                peer::until_the_client_leaves(&mut stream).await.ok();
                left();
                Ok(())
            }
        })
        .await
    };
    let exchange = {
        let (arrived, left) = (arrived.clone(), left.clone());
        Peer::start(move |mut stream| {
            let (arrived, left) = (arrived.clone(), left.clone());
            async move {
                stream.write_all(b"SSH-2.0-SSHD-CORE\r\n").await?;
                arrived();
                peer::until_the_client_leaves(&mut stream).await.ok();
                left();
                Ok(())
            }
        })
        .await
    };
    let query = Server::start(move |mut connection| {
        let (arrived, left) = (arrived.clone(), left.clone());
        async move {
            connection.query().await?;
            arrived();
            connection.until_the_client_leaves().await.ok();
            left();
            Ok(())
        }
    })
    .await;
    for request in [
        to_port(greeting.port()),
        to_port(exchange.port()),
        query.request(),
    ] {
        {
            let test = connection_test::run(&request, |_| {});
            tokio::select! {
                report = test => panic!("it ended by itself: {report:?}"),
                what = reached.recv() => assert_eq!(what, Some("arrived")),
            }
        }
        let what = tokio::time::timeout(PATIENCE, reached.recv()).await;
        assert_eq!(what.expect("the connection ends"), Some("left"));
    }
}

#[tokio::test]
async fn the_whole_test_has_a_limit_of_its_own() {
    let peer = Peer::saying("").await;
    let outcome = run(&to_port(peer.port()).limited(|limits| limits.total = SHORT)).await;
    assert_eq!(outcome.cause(), Some(Code::SshNoGreeting));
}

// ---- servers --------------------------------------------------------------------------------------------------

/// The key that counts as withdrawn here: a function can't keep one of its own.
fn withdrawn_host_key() -> Arc<HostKey> {
    static KEY: LazyLock<Arc<HostKey>> = LazyLock::new(|| Arc::new(HostKey::new()));
    Arc::clone(&KEY)
}

fn rsa_key() -> AccessKey {
    AccessKey::read(include_str!("fixtures/keys/rsa2048.pub")).unwrap()
}

fn data_center_with_key() -> (Simulator, AccessKey) {
    let simulator = start(Edition::DataCenter);
    let key = fresh_key();
    add(&simulator, &key);
    (simulator, key)
}

fn knowing_nothing_but_pinned(keys: &[PublicKey]) -> HostKeyTrust {
    HostKeyTrust {
        pinned: keys.iter().map(HostKeyPin::of).collect(),
        ..HostKeyTrust::default()
    }
}

/// The questions about keys that were asked so far: fingerprint and answer.
fn queries(events: &mut tokio::sync::broadcast::Receiver<Event>) -> Vec<(String, bool)> {
    let mut queries = Vec::new();
    while let Ok(event) = events.try_recv() {
        match event {
            Event::KeyQuery {
                fingerprint,
                accepted,
                ..
            } => queries.push((fingerprint, accepted)),
            Event::Login { .. } => panic!("nobody logs in"),
            _ => {}
        }
    }
    queries
}

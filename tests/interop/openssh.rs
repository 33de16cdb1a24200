//! OpenSSH's server.

use doorkey::check::request::VerificationRequest;
use doorkey::check::{CheckId, Code, HostKeyTrust, Status};
use doorkey::runtime::verification::{self, Progress};
use ssh_key::HashAlg;

use crate::support::outcome::{CLOUD, RequestExt as _, fresh_key, run};
use crate::support::servers::openssh::start;
use crate::support::servers::{AUTHORISED, STRANGERS, count, key, pinning};

#[tokio::test]
async fn accepts_authorised_keys_of_every_type() {
    for line in AUTHORISED {
        let Some(server) = start("") else {
            return;
        };
        run(&server.as_cloud(key(line))).await.assert_ready();
        let log = server.log_of_one_visit();
        assert_eq!(count(&log, "Postponed publickey for git"), 1, "{log}");
        assert_eq!(count(&log, "Failed publickey for git"), 1, "{log}");
        server.assert_nobody_came_in();
    }
}

#[tokio::test]
async fn refuses_other_keys_of_every_type() {
    for line in STRANGERS {
        let Some(server) = start("") else {
            return;
        };
        let outcome = run(&server.as_cloud(key(line))).await;
        assert_eq!(outcome.cause(), Some(Code::KeyQueryNotRecognised));
        // One question, and no control key.
        let log = server.log_of_one_visit();
        assert_eq!(count(&log, "publickey for git"), 1, "{log}");
        server.assert_nobody_came_in();
    }
}

#[tokio::test]
async fn with_a_single_attempt_accepts_an_authorised_key() {
    let Some(server) = start("MaxAuthTries 1") else {
        return;
    };
    run(&server.as_cloud(key(AUTHORISED[0])))
        .await
        .assert_ready();
    let log = server.log_of_one_visit();
    assert!(log.contains("maximum authentication attempts exceeded"));
    server.assert_nobody_came_in();
}

#[tokio::test]
async fn with_a_single_attempt_hangs_up_on_another_key() {
    let Some(server) = start("MaxAuthTries 1") else {
        return;
    };
    let outcome = run(&server.as_cloud(fresh_key())).await;
    // Only refusals are counted, so running out on the first question refuses this key.
    assert_eq!(outcome.cause(), Some(Code::KeyQueryNotRecognised));
    assert!(
        outcome
            .detail()
            .contains("Too many authentication failures")
    );
    server.log_of_one_visit();
}

#[tokio::test]
async fn without_public_keys_says_what_it_takes() {
    let options = "PubkeyAuthentication no\nPasswordAuthentication yes";
    let Some(server) = start(options) else {
        return;
    };
    let outcome = run(&server.as_cloud(key(AUTHORISED[0]))).await;
    assert_eq!(outcome.cause(), Some(Code::KeyQueryPublickeyNotOffered));
    assert_eq!(outcome.detail(), "It offers: password.");
}

#[tokio::test]
async fn with_a_host_key_that_is_not_published_is_asked_nothing() {
    let Some(server) = start("") else {
        return;
    };
    let request = server.as_cloud(key(AUTHORISED[0]));
    let outcome = run(&request.trusting(HostKeyTrust::default())).await;
    assert_eq!(outcome.cause(), Some(Code::HostKeyChanged));
    assert_eq!(outcome.check(CheckId::KeyQuery).status, Status::Skip);
    let log = server.log_of_one_visit();
    assert!(!log.contains("publickey"), "{log}");
}

#[tokio::test]
async fn host_keys_of_any_type_can_be_pinned_by_fingerprint() {
    let Some(server) = start("") else {
        return;
    };
    assert_eq!(server.host_keys.len(), 3);
    for host_key in &server.host_keys {
        let request = server.as_cloud(key(AUTHORISED[0]));
        let outcome = run(&request.trusting(pinning(host_key))).await;
        outcome.assert_ready();
        let detail = &outcome.check(CheckId::HostKey).detail;
        let fingerprint = host_key.fingerprint(HashAlg::Sha256).to_string();
        assert!(detail.as_ref().unwrap().ends_with(&fingerprint));
    }
    server.assert_nobody_came_in();
}

#[tokio::test]
async fn in_place_of_a_data_center_is_the_machines_own() {
    let Some(server) = start("") else {
        return;
    };
    let outcome = run(&server.as_data_center(key(AUTHORISED[0]))).await;
    let ssh = outcome.check(CheckId::Ssh);
    assert_eq!(ssh.code, Some(Code::SshMachineSshd));
    assert!(ssh.detail.as_ref().unwrap().contains("SSH-2.0-OpenSSH_"));
}

/// Tests keys together: the servers' three and three others, in turn.
#[tokio::test]
async fn keys_of_every_type_share_sessions() {
    for options in ["", "MaxAuthTries 2", "MaxAuthTries 1"] {
        let Some(server) = start(options) else {
            return;
        };
        let mut requests = Vec::new();
        for line in AUTHORISED
            .into_iter()
            .zip(STRANGERS)
            .flat_map(|(one, other)| [one, other])
        {
            requests.push(VerificationRequest {
                url: CLOUD.to_owned(),
                place: None,
                api: None,
                key: Ok(key(line)),
                retired: Vec::new(),
                trusted: Vec::new(),
            });
        }
        let settings = server.as_cloud(fresh_key()).settings;
        let mut causes = vec![None; requests.len()];
        verification::run(&requests, &settings, 1, |progress| {
            if let Progress::Finished(index, report) = progress {
                causes[index] = Some(report.checks.iter().find_map(|check| check.code));
            }
        })
        .await;
        let expected = [None, Some(Code::KeyQueryNotRecognised)].map(Some);
        assert_eq!(causes, expected.repeat(3), "{options}");
        server.assert_nobody_came_in();
    }
}

#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

use super::*;
use crate::bitbucket::{RepositoryAddress, SshAliases, SshRefusal, read_address};
use crate::check::{CheckId, Code, FixId, Proof, Rung};
use crate::text::is_harmful;

const OWN: &str = "SHA256:own";

fn address() -> RepositoryAddress {
    let url = "git@ssh.bitbucket.org:acme/analytics.git";
    read_address(url, &SshAliases::default()).unwrap().address
}

fn let_in(is_vendors: bool) -> Login {
    Login::In {
        fingerprint: OWN.to_owned(),
        is_vendors,
    }
}

fn branches(main: &str) -> Reading {
    Reading::Branches(Branches {
        names: vec!["develop".into(), main.into()],
        count: 2,
        main: Some(main.into()),
        is_whole: true,
    })
}

fn said(refusal: SshRefusal) -> Reading {
    let words = refusal.words(crate::bitbucket::Edition::Cloud);
    Reading::Said(format!("conq: {words}"))
}

fn seen(is_vendors: bool, reading: Reading, opened: Option<&[&str]>) -> Check {
    let observation = Observation {
        login: let_in(is_vendors),
        reading: Some(reading),
        opened: opened.map(|names| names.iter().map(|&name| name.to_owned()).collect()),
    };
    judge(&address(), Subject::default(), &observation)
}

fn rung(check: &Check) -> Standing {
    Proof::from_checks(std::slice::from_ref(check)).standing(Rung::ThisRepository)
}

/// Whether the identity is the vendor's key, what was read, what Cloud lists; the cause, and how the rung stands.
type Row = (
    bool,
    Reading,
    Option<&'static [&'static str]>,
    Option<Code>,
    Standing,
);

const HERE: Option<&[&str]> = Some(&["acme/website", "Acme/Analytics"]);
const ELSEWHERE: Option<&[&str]> = Some(&["acme/website"]);

/// Somebody's own identity shows nothing about the vendor's key, whatever it finds.
fn own_identities() -> Vec<Row> {
    let row = |reading, code| (false, reading, None, code, Standing::Unknown);
    vec![
        row(branches("main"), None),
        row(branches("trunk"), Some(Code::RepositoryNoMainBranch)),
        row(said(SshRefusal::NotFound), Some(Code::RepositoryNotFound)),
        row(
            said(SshRefusal::AccessDenied),
            Some(Code::RepositoryNotFound),
        ),
        row(said(SshRefusal::OtherRepository), None),
        row(
            said(SshRefusal::AddressNotAllowed),
            Some(Code::RepositoryAddressNotAllowed),
        ),
        row(
            said(SshRefusal::TwoStepRequired),
            Some(Code::RepositoryTwoStepRequired),
        ),
        row(Reading::Said("Disk full".into()), None),
        row(Reading::Closed, None),
        row(Reading::TimedOut, None),
        row(Reading::BrokeOff, None),
    ]
}

/// The vendor's own key shows what it opens, and a list may tell where reading did not.
fn vendors_keys() -> Vec<Row> {
    use Standing::{Proven, Refuted, Unknown};
    let row = |reading, opened, code, standing| (true, reading, opened, code, standing);
    let not_found = Some(Code::RepositoryNotFound);
    let elsewhere = Some(Code::RepositoryKeyElsewhere);
    let not_allowed = Some(Code::RepositoryAddressNotAllowed);
    let unclear = Some(Code::RepositoryAnswerUnclear);
    vec![
        row(branches("main"), None, None, Proven),
        row(branches("master"), HERE, None, Proven),
        row(
            branches("trunk"),
            None,
            Some(Code::RepositoryNoMainBranch),
            Proven,
        ),
        row(said(SshRefusal::NotFound), None, not_found, Refuted),
        row(said(SshRefusal::NotFound), ELSEWHERE, elsewhere, Refuted),
        row(said(SshRefusal::NotFound), Some(&[]), elsewhere, Refuted),
        row(
            said(SshRefusal::OtherRepository),
            ELSEWHERE,
            elsewhere,
            Refuted,
        ),
        row(
            said(SshRefusal::AddressNotAllowed),
            None,
            not_allowed,
            Unknown,
        ),
        row(
            said(SshRefusal::AddressNotAllowed),
            HERE,
            not_allowed,
            Proven,
        ),
        row(Reading::Closed, HERE, None, Proven),
        row(Reading::TimedOut, ELSEWHERE, elsewhere, Refuted),
        row(Reading::BrokeOff, HERE, None, Proven),
        row(Reading::BrokeOff, ELSEWHERE, elsewhere, Refuted),
        row(Reading::Closed, None, unclear, Unknown),
        row(Reading::TimedOut, None, unclear, Unknown),
        row(Reading::BrokeOff, None, unclear, Unknown),
        // Words that nobody wrote down yet may be a refusal, whatever is listed.
        row(unheard_of(), None, unclear, Unknown),
        row(unheard_of(), HERE, unclear, Unknown),
        row(unheard_of(), ELSEWHERE, elsewhere, Refuted),
    ]
}

fn unheard_of() -> Reading {
    Reading::Said("This repository \x1b[31mhibernates.".into())
}

#[test]
fn words_nobody_knows_are_shown_and_prove_nothing() {
    for opened in [None, HERE] {
        let check = seen(true, unheard_of(), opened);
        assert_eq!(check.status, Status::Fail);
        let detail = check.detail.unwrap();
        assert!(
            detail.starts_with("The server said: This repository [31mhibernates."),
            "{detail}"
        );
    }
}

#[test]
fn the_vendors_key_that_is_known_and_not_let_in_is_told() {
    let refused = Login::Refused {
        tried: 1,
        left: 0,
        unsigned: 0,
        unreadable: 0,
    };
    for login in [
        refused,
        Login::NotConnected,
        Login::Closed(Some("go away".into())),
        Login::TimedOut,
    ] {
        for (is_vendors, is_recognised) in
            [(true, true), (true, false), (false, true), (false, false)]
        {
            let subject = Subject {
                any_key: false,
                is_recognised,
                is_vendors,
            };
            let check = judge(&address(), subject, &Observation::without(login.clone()));
            let is_told = is_vendors && is_recognised;
            let code = is_told.then_some(Code::RepositoryAnswerUnclear);
            assert_eq!(check.code, code, "{login:?} {subject:?}");
            assert_eq!(rung(&check), Standing::Unknown);
        }
    }
}

#[test]
fn sessions_and_what_they_show() {
    for (is_vendors, reading, opened, code, standing) in
        own_identities().into_iter().chain(vendors_keys())
    {
        let check = seen(is_vendors, reading.clone(), opened);
        let case = format!("{is_vendors} {reading:?} {opened:?}: {check:#?}");
        assert_eq!(check.id, CheckId::Repository, "{case}");
        assert_eq!(check.code, code, "{case}");
        assert_eq!(rung(&check), standing, "{case}");
        assert_eq!(check.fixes.is_empty(), code.is_none(), "{case}");
        if let Some(code) = code {
            assert_eq!(check.status, code.status(), "{case}");
        }
        // Where it was not the vendor's, it is always said whose it was.
        let words = format!("{} {}", check.summary, check.detail.unwrap_or_default());
        let is_labelled = words.contains(OWN) && words.contains("nothing about the key");
        assert!(
            is_vendors || check.status == Status::Skip || is_labelled,
            "{case}"
        );
    }
}

#[test]
fn your_own_identity_is_named() {
    let check = seen(false, branches("main"), None);
    assert_eq!(check.status, Status::Pass);
    assert_eq!(
        check.summary,
        "found with your own identity (SHA256:own): 2 branches, main branch main"
    );
    let detail = check.detail.unwrap();
    assert!(detail.starts_with("Branches: develop, main. "), "{detail}");
    assert!(
        detail.contains("nothing about the key of Coalesce Quality"),
        "{detail}"
    );
    let other_main = seen(false, branches("trunk"), None).detail.unwrap();
    assert!(other_main.contains("own identity (SHA256:own): 2 branches, main branch trunk"));
}

#[test]
fn the_vendors_key_says_what_it_opens() {
    let check = seen(true, branches("main"), Some(&["acme/analytics"]));
    assert_eq!(
        check.summary,
        "this key opens it: 2 branches, main branch main"
    );
    assert_eq!(
        check.detail.unwrap(),
        "Branches: develop, main. Bitbucket says the key opens: acme/analytics."
    );
    let refused = seen(true, said(SshRefusal::NotFound), None);
    assert!(
        refused
            .fixes
            .iter()
            .any(|fix| fix.id == FixId::OpenAccessKeys)
    );
}

#[test]
fn a_server_that_lets_any_key_in_proves_nothing() {
    let observation = Observation {
        login: let_in(true),
        reading: Some(branches("main")),
        opened: Some(vec!["acme/analytics".into()]),
    };
    let subject = Subject {
        any_key: true,
        ..Subject::default()
    };
    let check = judge(&address(), subject, &observation);
    assert_eq!(rung(&check), Standing::Unknown);
    assert!(check.summary.contains("any key"), "{check:?}");
}

#[test]
fn a_list_that_broke_off_shows_nothing() {
    for is_vendors in [false, true] {
        let observation = Observation {
            login: let_in(is_vendors),
            reading: Some(Reading::BrokeOff),
            opened: None,
        };
        let check = judge(&address(), Subject::default(), &observation);
        // Of the vendor's key it must not be passed over.
        let status = if is_vendors {
            Status::Fail
        } else {
            Status::Skip
        };
        assert_eq!((check.status, rung(&check)), (status, Standing::Unknown));
        let words = format!("{} {}", check.summary, check.detail.unwrap_or_default());
        assert!(words.contains("broke off"), "{words}");
    }
}

#[test]
fn an_identity_that_is_not_let_in_changes_nothing() {
    let refused = |tried, left, unsigned| Login::Refused {
        tried,
        left,
        unsigned,
        unreadable: 0,
    };
    let no_keys = |certificates, unreadable| Login::NoKeys {
        certificates,
        unreadable,
    };
    let refused_beside_unreadable = |unreadable| Login::Refused {
        tried: 2,
        left: 0,
        unsigned: 0,
        unreadable,
    };
    for (login, words) in [
        (Login::NotConnected, "no second connection"),
        (
            Login::NoAgent("No such file\x1b[2J".into()),
            "(No such file[2J)",
        ),
        (no_keys(0, 0), "no keys"),
        (no_keys(2, 0), "certificates only"),
        (no_keys(0, 1), "no keys that doorkey can read, and 1 that"),
        (no_keys(2, 3), "no keys that doorkey can read, and 3 that"),
        (refused_beside_unreadable(1), "1 more key of your agent"),
        (refused_beside_unreadable(2), "2 more keys of your agent"),
        (refused(1, 0, 0), "does not know your key"),
        (refused(3, 0, 0), "none of your 3 keys"),
        (refused(5, 4, 0), "4 more"),
        (refused(2, 0, 1), "did not sign"),
        (Login::Closed(Some("go \x1b[31maway".into())), "go [31maway"),
        (Login::Closed(None), "ended the session"),
        (Login::TimedOut, "too long"),
    ] {
        let check = judge(&address(), Subject::default(), &Observation::without(login));
        assert_eq!(
            (check.status, rung(&check)),
            (Status::Skip, Standing::Unknown)
        );
        assert!(check.summary.contains(words), "{}", check.summary);
        assert!(!check.summary.chars().any(is_harmful));
    }
}

#[test]
fn names_are_harmless_and_few() {
    let names: Vec<String> = (0..20)
        .map(|n| format!("\x1b[31m{n}\u{202e}{}", "x".repeat(500)))
        .collect();
    let reading = Reading::Branches(Branches {
        main: Some(names[0].clone()),
        names,
        count: 90_000,
        is_whole: false,
    });
    let check = seen(false, reading, None);
    let detail = check.detail.unwrap();
    assert!(!detail.chars().any(is_harmful), "{detail}");
    assert!(detail.len() < 1000, "{detail}");
    assert!(detail.contains("at least 90000 branches"), "{detail}");
    assert!(detail.contains("and 89995 more"), "{detail}");
}

#[test]
fn an_empty_repository_is_a_repository() {
    let empty = Branches {
        is_whole: true,
        main: Some("trunk".into()),
        ..Branches::default()
    };
    let check = seen(true, Reading::Branches(empty), None);
    assert_eq!((check.status, check.detail), (Status::Pass, None));
    assert!(check.summary.contains("no branches yet"));
}

#[test]
fn what_rest_says_of_the_key_counts_for_more() {
    let rest = || Check::found(Code::RepositoryKeyNotHere);
    let own = || seen(false, branches("main"), None);
    let told = beside(rest(), own());
    assert_eq!(told.code, Some(Code::RepositoryKeyNotHere));
    assert!(told.detail.unwrap().contains("own identity"));
    // It said nothing about the key.
    let refused_token = || Check::found(Code::RepositoryTokenRefused);
    assert_eq!(
        beside(refused_token(), own()).code,
        Some(Code::RepositoryTokenRefused)
    );
    let vendors = seen(true, branches("main"), None);
    let told = beside(refused_token(), vendors);
    assert_eq!((told.status, rung(&told)), (Status::Pass, Standing::Proven));
    // It was not asked.
    let skipped = Check::skip(CheckId::Repository, "");
    assert_eq!(beside(skipped.clone(), own()), own());
    assert_eq!(beside(rest(), skipped), rest());
}

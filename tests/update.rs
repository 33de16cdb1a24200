//! The wizard's rules: what each event changes and asks for, as tables; what must hold for all of them, as properties.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail this way"
)]

#[path = "support/walk.rs"]
mod walk;

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use doorkey::bitbucket::{Edition, pages};
use doorkey::check::request::TestSettings;
use doorkey::check::stage::key_query::Answer;
use doorkey::check::{
    Check, CheckId, Code, FixId, HostKeyPin, HostKeyTrust, NotOpened, OwnIdentity, Rung, Standing,
    TestEvent, Verdict,
};
use doorkey::coalesce::Region;
use doorkey::connections::Finished;
use doorkey::guide::effect::IdentitySource;
use doorkey::guide::identity::Asks;
use doorkey::guide::parts::ladder::telling;
use doorkey::guide::values::numbered;
use doorkey::guide::{
    Action, Binding, BrowserHere, Copied, CopyId, Distance, Effect, Event, Leaving, Opened,
    Overlay, Reply, Request, Saved, Surroundings, Target, Ticket, values,
};
use doorkey::setup::act::USE_SUGGESTION;
use doorkey::setup::{Draft, Setup, StepId};
use proptest::prelude::*;
use secrecy::ExposeSecret;
use ssh_key::{Algorithm, PrivateKey};
use walk::answers::possible;
use walk::{CLOUD_URL, KEY, Walk, climb, refused, started, test_events};

const PRIVATE: &str = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n";

fn recognised(url: &str) -> Walk {
    Walk::given(url)
        .to(StepId::ConnectionTest)
        .answered(&Answer::Accepted, Some(&refused()))
}

fn not_recognised(url: &str) -> Walk {
    Walk::given(url)
        .to(StepId::ConnectionTest)
        .answered(&refused(), None)
}

// ── going through the steps ─────────────────────────────────────────────────────────────────────

#[test]
fn enter_goes_through_all_steps_when_everything_is_given() {
    let walk = Walk::given(CLOUD_URL).to(StepId::ConnectionTest);
    assert!(
        started(&walk.effects).is_some(),
        "the test begins by itself"
    );
    assert!(walk.wizard.connection_test().running);
}

#[test]
fn without_a_key_there_is_no_way_past_its_step() {
    let mut walk = Walk::empty().to(StepId::PublicKey);
    for _ in 0..3 {
        walk.press(KeyCode::Enter);
    }
    assert_eq!(walk.wizard.journey.step, StepId::PublicKey);
    assert!(
        walk.wizard
            .notice
            .as_ref()
            .is_some_and(|notice| notice.is_problem)
    );
    walk.paste(KEY);
    walk.press(KeyCode::Enter);
    assert_eq!(walk.wizard.journey.step, StepId::AccessKeysPage);
}

#[test]
fn going_back_and_forth_keeps_everything() {
    let mut walk = recognised(CLOUD_URL);
    let typed = walk.typed();
    for _ in 0..5 {
        walk.press(KeyCode::Left);
    }
    assert_eq!(walk.wizard.journey.step, StepId::FIRST);
    walk.keys("6");
    assert_eq!(walk.wizard.journey.step, StepId::ConnectionTest);
    assert_eq!(walk.typed(), typed);
    assert_eq!(
        walk.wizard.connection_test().verdict(),
        Some(Verdict::Ready),
        "and the result"
    );
}

#[test]
fn only_steps_that_were_reached_can_be_jumped_to() {
    let mut walk = Walk::given(CLOUD_URL);
    walk.keys("6");
    assert_eq!(walk.wizard.journey.step, StepId::Prerequisites);
}

#[test]
fn the_address_of_step_four_becomes_the_url_of_step_five() {
    let mut walk = Walk::empty().to(StepId::PublicKey);
    walk.paste(KEY);
    walk.press(KeyCode::Enter);
    walk.paste("https://bitbucket.org/acme/analytics/src/main/README.md\n");
    walk.press(KeyCode::Enter);
    assert_eq!(walk.wizard.journey.step, StepId::SshUrl);
    assert_eq!(walk.wizard.journey.ssh_url.field.text(), CLOUD_URL);
}

#[test]
fn an_address_typed_in_step_five_is_not_overwritten_by_step_four() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::SshUrl);
    walk.keys("e");
    walk.control('u');
    walk.paste("git@ssh.bitbucket.org:acme/other.git");
    walk.press(KeyCode::Esc);
    walk.press(KeyCode::Left);
    walk.keys("e");
    walk.control('u');
    walk.paste("https://bitbucket.org/acme/analytics");
    walk.press(KeyCode::Enter);
    assert_eq!(
        walk.wizard.journey.ssh_url.field.text(),
        "git@ssh.bitbucket.org:acme/other.git"
    );
}

#[test]
fn an_address_given_beforehand_follows_a_change_in_step_four() {
    let mut walk = Walk::given("git@bitbucket.org:acme/other.git").to(StepId::AccessKeysPage);
    assert_eq!(
        walk.wizard.journey.ssh_url.field.text(),
        "git@bitbucket.org:acme/other.git",
        "as it was given"
    );
    walk.keys("e");
    walk.control('u');
    walk.paste("https://bitbucket.org/acme/analytics");
    assert_eq!(walk.wizard.journey.ssh_url.field.text(), CLOUD_URL);
}

#[test]
fn secrets_in_an_address_are_dropped_at_once() {
    for step in [StepId::AccessKeysPage, StepId::SshUrl] {
        let mut walk = Walk::given(CLOUD_URL).to(step);
        walk.keys("e");
        walk.control('u');
        walk.paste("https://jane:s3cret@bitbucket.org/acme/analytics.git");
        assert!(!format!("{:?}", walk.wizard).contains("s3cret"), "{step:?}");
        assert_eq!(
            walk.typed()[step.number() - 3],
            "https://jane@bitbucket.org/acme/analytics.git",
            "the rest of the address stays"
        );
        assert!(
            walk.wizard
                .notice
                .as_ref()
                .is_some_and(|notice| notice.is_problem)
        );
        walk.control('u');
        walk.paste(PRIVATE);
        assert!(
            !format!("{:?}", walk.wizard).contains("b3BlbnNzaC1"),
            "{step:?}"
        );
    }
    let given = Walk::given("https://jane:s3cret@bitbucket.org/acme/analytics.git");
    assert!(!format!("{:?}", given.wizard).contains("s3cret"));
}

#[test]
fn no_password_is_dropped_where_there_was_none() {
    for step in [StepId::AccessKeysPage, StepId::SshUrl] {
        for pasted in [
            r#""url": "git@bitbucket.org:acme/analytics.git","#,
            "fatal: repository 'git@bitbucket.org:acme/analytics.git' not found",
            "scm:git:git@bitbucket.org:acme/analytics.git",
        ] {
            let mut walk = Walk::given(CLOUD_URL).to(step);
            walk.keys("e");
            walk.control('u');
            walk.paste(pasted);
            assert!(walk.wizard.notice.is_none(), "{step:?} {pasted}");
            let shown = match step {
                StepId::SshUrl => walk.wizard.journey.ssh_url.field.text(),
                _ => walk.wizard.journey.access_keys_page.field.text(),
            };
            assert_eq!(shown, pasted, "{step:?}");
        }
    }
}

#[test]
fn what_may_be_meant_is_used_with_one_key() {
    let alias = "git@bitbucket.org-work:acme/analytics.git";
    let mut walk = Walk::given(CLOUD_URL).to(StepId::AccessKeysPage);
    walk.keys("e");
    walk.control('u');
    walk.paste(alias);
    walk.press(KeyCode::Esc);
    assert!(walk.wizard.journey.access_keys_page.place().is_none());
    walk.keys("u");
    assert_eq!(walk.wizard.journey.access_keys_page.field.text(), CLOUD_URL);
    assert!(walk.wizard.journey.access_keys_page.place().is_some());

    let mut walk = Walk::given(CLOUD_URL).to(StepId::SshUrl);
    walk.keys("e");
    walk.control('u');
    walk.paste(alias);
    walk.press(KeyCode::Esc);
    assert!(!walk.wizard.journey.ssh_url.can_be_tested());
    walk.keys("u");
    assert_eq!(walk.wizard.journey.ssh_url.field.text(), CLOUD_URL);
    assert!(walk.wizard.journey.ssh_url.can_be_tested());
}

#[test]
fn a_watch_that_nobody_sees_wants_no_tick() {
    let mut walk = not_recognised(CLOUD_URL);
    walk.keys("w");
    let mut walk = walk.answered(&refused(), None);
    assert!(walk.wizard.wants_tick().is_some());
    walk.press(KeyCode::Left);
    assert_eq!(walk.wizard.wants_tick(), None);
    walk.keys("6");
    assert!(walk.wizard.wants_tick().is_some());
}

#[test]
fn while_a_watch_tests_its_fixes_stay_at_hand() {
    let mut walk = not_recognised(CLOUD_URL);
    walk.keys("w");
    assert!(walk.wizard.connection_test().running);
    assert!(matches!(
        &walk.keys("c")[..],
        [Effect::Ask(_, Request::Copy(CopyId::Key, _))]
    ));
}

#[test]
fn the_address_decides_which_bitbucket_it_is() {
    let walk = Walk::given("ssh://git@git.example.com:7999/data/analytics.git");
    assert_eq!(walk.wizard.edition(), Edition::DataCenter);
}

#[test]
fn an_address_decides_also_against_an_answer_that_was_picked_later() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::AccessKeysPage);
    walk.keys("1");
    walk.press(KeyCode::Down);
    assert_eq!(walk.wizard.edition(), Edition::DataCenter);
    for _ in 0..3 {
        walk.press(KeyCode::Enter);
    }
    assert_eq!(walk.wizard.edition(), Edition::Cloud);
    let notice = walk.wizard.notice.expect("a notice");
    assert!(notice.text.contains("Bitbucket Cloud"), "{}", notice.text);
}

#[test]
fn back_goes_to_the_question_before_and_changes_no_answer() {
    let mut walk = Walk::empty();
    walk.press(KeyCode::Enter);
    walk.press(KeyCode::Down);
    walk.press(KeyCode::Enter);
    let picks = walk.wizard.journey.prerequisites.picks.clone();
    assert_eq!(picks.focus(), 2);
    walk.press(KeyCode::Left);
    walk.press(KeyCode::Left);
    let back = &walk.wizard.journey.prerequisites.picks;
    assert_eq!(back.focus(), 0);
    for question in 0..3 {
        assert_eq!(back.answer(question), picks.answer(question));
    }
    // From the first question of a later step it goes to the step before.
    let mut walk = Walk::given(CLOUD_URL).to(StepId::Allowlist);
    walk.press(KeyCode::Left);
    assert_eq!(walk.wizard.journey.step, StepId::Prerequisites);
}

#[test]
fn a_demo_opens_nothing_but_its_own_page() {
    let mut walk = Walk::demo(CLOUD_URL).to(StepId::Allowlist);
    walk.press(KeyCode::Down);
    assert!(walk.keys("o").is_empty());
    let notice = walk.wizard.notice.clone().expect("a notice");
    assert!(notice.text.contains("https://"), "{}", notice.text);
    let mut walk = Walk::demo(CLOUD_URL).to(StepId::AccessKeysPage);
    assert!(matches!(
        &walk.keys("o")[..],
        [Effect::Ask(_, Request::OpenPage(_))]
    ));
}

#[test]
fn only_cloud_has_a_second_field_beside_the_token() {
    for (url, has_email) in [
        (CLOUD_URL, true),
        ("ssh://git@git.example.com:7999/data/analytics.git", false),
    ] {
        let mut walk = Walk::given(url)
            .to(StepId::ConnectionTest)
            .answered(&refused(), None);
        walk.keys("g");
        walk.press(KeyCode::Tab);
        assert_eq!(walk.wizard.token.in_email, has_email, "{url}");
    }
}

#[test]
fn an_address_that_needs_a_repair_is_not_tested_but_repaired_with_one_key() {
    let mut walk = Walk::given("https://bitbucket.org/acme/analytics.git").to(StepId::SshUrl);
    walk.press(KeyCode::Enter);
    assert_eq!(walk.wizard.journey.step, StepId::SshUrl);
    walk.keys("u");
    assert_eq!(walk.wizard.journey.ssh_url.field.text(), CLOUD_URL);
    walk.press(KeyCode::Enter);
    assert_eq!(walk.wizard.journey.step, StepId::ConnectionTest);
}

#[test]
fn an_address_that_only_warns_can_be_tested_as_it_is() {
    let walk = Walk::given("git@bitbucket.org:acme/analytics.git").to(StepId::ConnectionTest);
    assert!(walk.wizard.connection_test().running);
}

#[test]
fn the_region_is_asked_only_where_there_is_an_allowlist() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::Allowlist);
    let asked = |walk: &Walk| {
        let allowlist = &walk.wizard.journey.allowlist;
        allowlist.questions(Edition::Cloud).len()
    };
    assert_eq!(asked(&walk), 1);
    walk.press(KeyCode::Down);
    assert_eq!(asked(&walk), 2);
    let effects = walk.keys("c");
    assert!(
        matches!(&effects[..], [Effect::Ask(_, Request::Copy(CopyId::EgressAddress, text))] if text == "34.105.135.39"),
        "{effects:?}"
    );
}

// ── keys and pastes ─────────────────────────────────────────────────────────────────────────────

#[test]
fn a_wrapped_key_is_put_right_and_said_so() {
    let (head, tail) = KEY.trim().split_at(40);
    let mut walk = Walk::empty().to(StepId::PublicKey);
    walk.paste(&format!("{head}\n{tail}\n"));
    let key = walk.wizard.key().expect("a key");
    assert!(!key.repairs().is_empty());
}

#[test]
fn a_private_key_is_wiped_at_once_however_it_comes() {
    let ways: [fn(&mut Walk); 3] = [
        |walk| drop(walk.paste(PRIVATE)),
        |walk| drop(walk.clipboard(PRIVATE)),
        |walk| {
            let bytes = PRIVATE.as_bytes().to_vec();
            walk.press(KeyCode::Esc);
            walk.keys("fvendor.pub");
            walk.press(KeyCode::Enter);
            walk.reply(Reply::KeyFileRead(Ok(bytes.into())));
        },
    ];
    for way in ways {
        let mut walk = Walk::empty().to(StepId::PublicKey);
        way(&mut walk);
        let refusal = walk
            .wizard
            .public_key
            .reading
            .clone()
            .expect_err("a private key");
        assert_eq!(refusal.code, Code::KeyPrivate);
        assert!(walk.wizard.public_key.field.is_empty());
        walk.control('y');
        assert!(
            walk.wizard.public_key.field.is_empty(),
            "it can't be brought back"
        );
        assert!(
            !format!("{:?}", walk.wizard).contains("b3BlbnNzaC1"),
            "nothing of it is left"
        );
    }
}

#[test]
fn a_paste_goes_into_the_field_even_when_it_is_not_being_typed_in() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::SshUrl);
    walk.keys("e");
    walk.control('u');
    walk.press(KeyCode::Esc);
    walk.paste("git@ssh.bitbucket.org:acme/web.git");
    assert_eq!(
        walk.wizard.journey.ssh_url.field.text(),
        "git@ssh.bitbucket.org:acme/web.git"
    );
}

#[test]
fn a_pasted_address_takes_the_place_of_another() {
    const OTHER: &str = "https://bitbucket.org/other/repo";
    const PAGE: &str = "https://bitbucket.org/acme/analytics";
    let in_field = |walk: &mut Walk, step, text: &str| {
        walk.keys("e");
        walk.control('u');
        walk.keys(text);
        assert_eq!(walk.wizard.journey.step, step);
    };
    for step in [StepId::AccessKeysPage, StepId::SshUrl] {
        // Where somebody types, what is pasted may be a part.
        for (typed, pasted, expected) in [
            ("", OTHER, OTHER),
            (PAGE, OTHER, OTHER),
            (
                PAGE,
                "/src/main",
                "https://bitbucket.org/acme/analytics/src/main",
            ),
            ("https://", "bitbucket.org/other/repo", OTHER),
            ("git@", "ssh.bitbucket.org:acme/analytics.git", CLOUD_URL),
            ("no address", OTHER, OTHER),
        ] {
            let mut walk = Walk::given(CLOUD_URL).to(step);
            in_field(&mut walk, step, typed);
            walk.paste(pasted);
            let text = &walk.typed()[step.number() - 3];
            assert_eq!(text, expected, "{step:?}: {pasted} after {typed}");
        }
        // Elsewhere it is the whole answer, whatever it is.
        for pasted in [OTHER, "no address"] {
            let ways: [fn(&mut Walk, String); 2] = [
                |walk, text| drop(walk.event(Event::Paste(text))),
                |walk, text| drop(walk.clipboard(&text)),
            ];
            for way in ways {
                let mut walk = Walk::given(CLOUD_URL).to(step);
                way(&mut walk, pasted.to_owned());
                assert_eq!(walk.typed()[step.number() - 3], pasted, "{step:?}");
            }
        }
    }
}

#[test]
fn what_was_replaced_can_be_brought_back() {
    const OTHER: &str = "https://bitbucket.org/other/repo";
    type Way<'a> = &'a dyn Fn(&mut Walk);
    let other_key = KEY.replace("Coalesce", "Another");
    let ways: [(StepId, Way<'_>); 6] = [
        (StepId::PublicKey, &|walk| drop(walk.paste(&other_key))),
        (StepId::PublicKey, &|walk| {
            let bytes = other_key.as_bytes().to_vec();
            walk.keys("fvendor.pub");
            walk.press(KeyCode::Enter);
            walk.reply(Reply::KeyFileRead(Ok(bytes.into())));
        }),
        (StepId::PublicKey, &|walk| drop(walk.paste("no key"))),
        (StepId::AccessKeysPage, &|walk| drop(walk.paste(OTHER))),
        (StepId::SshUrl, &|walk| drop(walk.paste(OTHER))),
        (StepId::SshUrl, &|walk| drop(walk.keys("u"))),
    ];
    for (number, (step, change)) in ways.into_iter().enumerate() {
        let mut walk = Walk::given("git@bitbucket.org:acme/analytics.git").to(step);
        let text = |walk: &Walk| walk.typed()[step.number() - 3].clone();
        let before = text(&walk);
        change(&mut walk);
        let changed = text(&walk);
        assert_ne!(changed, before, "{number}");
        walk.control('y');
        assert_eq!(text(&walk), before, "{number}");
        assert!(walk.wizard.key().is_some(), "{number}");
        assert!(walk.wizard.address().is_some(), "{number}");
        walk.control('y');
        assert_eq!(text(&walk), changed, "{number}");
    }
}

#[test]
fn a_megabyte_is_refused_and_what_was_there_stays() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::SshUrl);
    walk.paste(&"x".repeat(1 << 20));
    assert_eq!(walk.wizard.journey.ssh_url.field.text(), CLOUD_URL);
    assert!(
        walk.wizard
            .notice
            .as_ref()
            .is_some_and(|notice| notice.is_problem)
    );
}

#[test]
fn letters_are_text_in_a_field_and_keys_outside_of_it() {
    let mut walk = Walk::empty().to(StepId::PublicKey);
    walk.paste(KEY);
    walk.press(KeyCode::Enter);
    walk.keys("q?hou");
    assert_eq!(walk.wizard.journey.access_keys_page.field.text(), "q?hou");
    assert_eq!(walk.wizard.overlay(), None);
    walk.press(KeyCode::Esc);
    walk.keys("?");
    assert_eq!(walk.wizard.overlay(), Some(Overlay::Help));
}

#[test]
fn f1_shows_the_help_everywhere_and_leads_back() {
    let tested = || not_recognised(CLOUD_URL);
    let mut places: Vec<(String, Walk)> = StepId::ALL
        .into_iter()
        .map(|step| (format!("{step:?}"), Walk::given(CLOUD_URL).to(step)))
        .collect();
    for (step, keys) in [
        (StepId::PublicKey, "e"),
        (StepId::PublicKey, "f~/key"),
        (StepId::AccessKeysPage, "e/src"),
        (StepId::SshUrl, "e?"),
        (StepId::SshUrl, "q"),
        (StepId::SshUrl, "h"),
        (StepId::AccessKeysPage, "#"),
    ] {
        let mut walk = Walk::given(CLOUD_URL).to(step);
        walk.keys(keys);
        places.push((format!("{step:?}, {keys}"), walk));
    }
    for keys in ["gs3cret", "i", "if~/.ssh/id", "b"] {
        let mut walk = tested();
        walk.keys(keys);
        places.push((keys.to_owned(), walk));
    }
    for (place, mut walk) in places {
        let state = |walk: &Walk| {
            let wizard = &walk.wizard;
            let token = wizard.token.token.text().to_owned();
            let file = wizard.identity.file.text().to_owned();
            let asked = wizard
                .public_key
                .file
                .as_ref()
                .map(|file| file.text().to_owned());
            (
                wizard.overlay(),
                wizard.is_typing(),
                walk.typed(),
                token,
                file,
                asked,
            )
        };
        let before = state(&walk);
        for leave in [KeyCode::Esc, KeyCode::F(1)] {
            walk.press(KeyCode::F(1));
            assert_eq!(walk.wizard.overlay(), Some(Overlay::Help), "{place}");
            walk.press(leave);
            assert_eq!(state(&walk), before, "{place}");
        }
    }
}

#[test]
fn v_takes_the_clipboard_while_the_key_field_is_empty() {
    let mut walk = Walk::empty().to(StepId::PublicKey);
    assert!(matches!(
        &walk.keys("v")[..],
        [Effect::Ask(_, Request::ReadClipboard)]
    ));
    walk.reply(Reply::ClipboardRead(Ok(KEY.to_owned())));
    assert!(walk.wizard.key().is_some());
}

#[test]
fn a_clipboard_is_offered_only_where_there_may_be_one() {
    let places = [
        (StepId::PublicKey, ""),
        (StepId::PublicKey, "e"),
        (StepId::SshUrl, "e"),
        (StepId::ConnectionTest, "g"),
    ];
    for (step, keys) in places {
        for (clipboard, expected) in [(None, true), (Some(true), true), (Some(false), false)] {
            let mut walk = Walk::given(CLOUD_URL).to(step);
            if step == StepId::ConnectionTest {
                walk = walk.answered(&refused(), None);
            }
            walk.keys(keys);
            if let Some(clipboard) = clipboard {
                walk.reply(Reply::Surroundings(Surroundings {
                    clipboard,
                    ..Surroundings::default()
                }));
            }
            let bound = walk.wizard.bindings().into_iter();
            let mut reading = bound.filter(|binding| binding.action == Action::PasteClipboard);
            let is_offered = reading.clone().any(|binding| binding.in_footer);
            assert_eq!(is_offered, expected, "{step:?} {keys} {clipboard:?}");
            // Help knows it all the same, and it says what to do instead.
            let key = reading.next().expect("a key").pressed();
            let effects = walk.event(Event::Key(key));
            assert!(matches!(
                &effects[..],
                [Effect::Ask(_, Request::ReadClipboard)]
            ));
        }
    }
}

/// What a key does, in the same word for what a person would call the same.
fn meaning(action: Action) -> String {
    let word = match action {
        Action::Copy(_) | Action::Fix(FixId::CopyKey) => "copy",
        Action::OpenPage | Action::Fix(FixId::OpenAccessKeys) => "open the page",
        Action::Edit | Action::Fix(FixId::EditUrl) => "edit",
        Action::PasteClipboard | Action::Fix(FixId::RepasteKey) => "paste",
        Action::Show(Overlay::HandOff) | Action::Fix(FixId::HandOff) => "ask an administrator",
        USE_SUGGESTION | Action::Fix(FixId::UseSuggestedUrl) => "use the suggestion",
        Action::Down | Action::Scroll(Distance::Lines(1)) => "down",
        Action::Up | Action::Scroll(Distance::Lines(-1)) => "up",
        other => return format!("{other:?}"),
    };
    word.to_owned()
}

#[test]
fn a_letter_means_the_same_everywhere() {
    let mut states: Vec<Walk> = StepId::ALL
        .into_iter()
        .map(|step| Walk::given(CLOUD_URL).to(step))
        .collect();
    states.extend(Code::ALL.iter().map(|code| {
        let mut walk = Walk::given(CLOUD_URL).to(StepId::ConnectionTest);
        walk.tell(vec![Check::found(*code)]);
        walk
    }));
    let mut known: Vec<(KeyCode, String)> = Vec::new();
    for binding in states.iter().flat_map(|walk| walk.wizard.bindings()) {
        if binding.control || !matches!(binding.key, KeyCode::Char(_)) {
            continue;
        }
        let meaning = meaning(binding.action);
        match known.iter().find(|(key, _)| *key == binding.key) {
            Some((key, other)) => assert_eq!(*other, meaning, "{key}"),
            None => known.push((binding.key, meaning)),
        }
    }
    // It has seen fixes and steps.
    assert!(known.len() > 20, "{known:?}");
}

#[test]
fn a_page_has_a_qr_code_where_its_link_is_known() {
    for (step, has_page) in [
        (StepId::Prerequisites, false),
        (StepId::Allowlist, false),
        (StepId::PublicKey, false),
        (StepId::AccessKeysPage, true),
        (StepId::SshUrl, true),
        (StepId::ConnectionTest, true),
    ] {
        let mut walk = Walk::given(CLOUD_URL).to(step);
        walk.keys("#");
        assert_eq!(
            walk.wizard.overlay(),
            has_page.then_some(Overlay::QrCode),
            "{step:?}"
        );
        walk.keys("#");
        assert_eq!(walk.wizard.overlay(), None, "{step:?}");
    }
    // Where an allowlist is used, the page is the guide to it, which is what is copied and opened, too.
    let mut walk = Walk::given(CLOUD_URL).to(StepId::Allowlist);
    walk.press(KeyCode::Down);
    let guide = walk.wizard.page_link().expect("a page");
    walk.keys("#");
    assert!(
        matches!(&walk.keys("l")[..], [Effect::Ask(_, Request::Copy(CopyId::AllowlistGuide, link))] if *link == guide)
    );
    walk.keys("#");
    assert!(
        matches!(&walk.keys("o")[..], [Effect::Ask(_, Request::OpenPage(link))] if *link == guide)
    );
}

#[test]
fn what_is_shortened_can_be_seen_whole() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::SshUrl);
    walk.keys("z");
    assert_eq!(walk.wizard.overlay(), Some(Overlay::Values));
    let values = walk.wizard.values();
    for whole in [KEY.trim(), CLOUD_URL] {
        assert!(values.iter().any(|value| value.text == whole), "{values:?}");
    }
    walk.press(KeyCode::Esc);
    assert_eq!(walk.wizard.overlay(), None);
    // So can what a key would use.
    let walk = Walk::given("git@bitbucket.org:acme/analytics.git").to(StepId::SshUrl);
    let suggested = values::text_of(walk.wizard.values(), CopyId::SuggestedAddress);
    assert_eq!(suggested.as_deref(), Some(CLOUD_URL));
    // There is nothing yet.
    let mut walk = Walk::empty();
    walk.keys("z");
    assert_eq!(walk.wizard.overlay(), None);
}

#[test]
fn each_value_can_be_copied_by_its_number() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::Allowlist);
    walk.press(KeyCode::Down);
    let mut walk = walk.to(StepId::SshUrl);
    walk.keys("z");
    let region = walk.wizard.journey.allowlist.region();
    let page = "https://bitbucket.org/acme/analytics/admin/access-keys/";
    let guide = pages::access_controls_guide(Edition::Cloud).expect("a guide");
    let fingerprint = walk.wizard.key().expect("a key").fingerprint();
    for (digit, id, whole) in [
        ("1", CopyId::EgressAddress, &*region.egress_addresses()),
        ("2", CopyId::AllowlistGuide, guide),
        ("3", CopyId::Key, KEY.trim()),
        ("4", CopyId::Fingerprint, &*fingerprint),
        ("5", CopyId::RepositoryAddress, CLOUD_URL),
        ("6", CopyId::PageLink, page),
        ("7", CopyId::SshUrl, CLOUD_URL),
    ] {
        assert!(
            matches!(&walk.keys(digit)[..], [Effect::Ask(_, Request::Copy(copied, text))] if *copied == id && text == whole),
            "{digit}"
        );
    }
    // There are no more, and no step is gone to.
    assert!(walk.keys("8").is_empty());
    assert_eq!(walk.wizard.journey.step, StepId::SshUrl);
    assert_eq!(walk.wizard.overlay(), Some(Overlay::Values));
}

#[test]
fn all_values_can_be_saved_and_selected_as_plain_lines() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::SshUrl);
    // Here the letter has no meaning yet.
    assert!(walk.keys("s").is_empty());
    walk.keys("z");
    let saved = walk.keys("s");
    let [Effect::Ask(_, Request::WriteFile("doorkey-values.txt", text))] = &saved[..] else {
        panic!("nothing was saved: {saved:?}");
    };
    let expected = [
        "Public key",
        KEY.trim(),
        "",
        "Fingerprint",
        &*walk.wizard.key().expect("a key").fingerprint(),
        "",
        "Address of the repository",
        CLOUD_URL,
        "",
        "Access keys page",
        "https://bitbucket.org/acme/analytics/admin/access-keys/",
        "",
        "SSH URL",
        CLOUD_URL,
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    assert!(text.ends_with('\n'));
    assert_eq!(values::plain_lines(&walk.wizard), expected);
    walk.keys("z");
    assert_eq!(walk.wizard.overlay(), Some(Overlay::PlainLines));
    walk.press(KeyCode::Enter);
    assert_eq!(walk.wizard.overlay(), None);
    assert_eq!(walk.wizard.journey.step, StepId::SshUrl);
}

#[test]
fn a_copy_that_may_not_have_come_far_names_a_key_that_leads_on() {
    let unsure = [
        Copied::InTmux,
        Copied::SentToTerminal,
        Copied::Failed("no".to_owned()),
    ];
    for copied in unsure {
        for (open, id, letter) in [
            ("", CopyId::Key, "z"),
            ("z", CopyId::Key, "z"),
            ("h", CopyId::HandOff, "s"),
        ] {
            let mut walk = Walk::given(CLOUD_URL).to(StepId::PublicKey);
            if id == CopyId::HandOff {
                walk = Walk::given(CLOUD_URL);
            }
            walk.keys(open);
            let digit = numbered(walk.wizard.values()).find(|(_, value)| value.copy == id);
            let copy = match (open, digit) {
                ("z", Some((digit, _))) => digit,
                _ => 'c',
            };
            walk.keys(&copy.to_string());
            walk.reply(Reply::Copied(id, copied.clone()));
            let notice = walk.wizard.notice.clone().expect("a notice").text;
            assert!(notice.contains(&format!("press {letter} to")), "{notice}");
            let is_bound = |binding: &Binding| binding.name() == letter;
            assert!(walk.wizard.bindings().iter().any(is_bound), "{open} {id:?}");
        }
    }
}

#[test]
fn a_whole_address_that_is_pasted_leaves_nothing_to_type() {
    for step in [StepId::AccessKeysPage, StepId::SshUrl] {
        let mut walk = Walk::given(CLOUD_URL).to(step);
        walk.keys("e");
        walk.paste("git@bitbucket.org:acme/other.git");
        assert!(!walk.wizard.is_typing(), "{step:?}");
        walk.keys("e");
        walk.paste("/a part");
        assert!(walk.wizard.is_typing(), "{step:?}: it goes on");
    }
}

#[test]
fn help_over_a_text_knows_its_name_and_leads_back_to_where_it_was_read() {
    let mut walk = not_recognised(CLOUD_URL);
    walk.keys("b");
    walk.press(KeyCode::PageDown);
    let read_to = walk.wizard.scroll();
    assert!(read_to.is_some());
    walk.keys("?");
    assert_eq!(walk.wizard.overlay(), Some(Overlay::Help));
    let beneath = walk.wizard.beneath_help();
    assert_eq!(
        beneath.overlay().and_then(Overlay::title),
        Some("Report of the last test")
    );
    walk.keys("?");
    assert_eq!(walk.wizard.overlay(), Some(Overlay::Report));
    assert_eq!(walk.wizard.scroll(), read_to);
}

#[test]
fn the_ssh_url_is_the_one_that_stands_there_and_is_tested() {
    let old = "git@bitbucket.org:acme/analytics.git";
    let mut walk = Walk::given(old).to(StepId::SshUrl);
    let copied = walk.keys("c");
    let is_it =
        |effect: &Effect| matches!(effect, Effect::Ask(_, Request::Copy(_, text)) if text == old);
    assert!(copied.iter().any(is_it), "{copied:?}");
    let https = Walk::given("https://bitbucket.org/acme/analytics.git");
    let names = |walk: &Walk| {
        let values = walk.wizard.values().into_iter();
        values.map(|value| value.name).collect::<Vec<_>>()
    };
    assert!(names(&walk).contains(&"SSH URL"));
    assert!(!names(&https).contains(&"SSH URL"));
    assert!(names(&https).contains(&"Suggested address"));
}

#[test]
fn a_click_on_a_key_beside_a_field_does_what_the_key_is_for() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::SshUrl);
    walk.keys("e");
    walk.control('u');
    walk.keys("git@bitbucket.org:acme/other.git");
    assert!(walk.wizard.is_typing());
    walk.event(Event::Click(Target::Key(KeyCode::Char('u').into())));
    let text = walk.wizard.journey.ssh_url.field.text();
    assert_eq!(text, "git@ssh.bitbucket.org:acme/other.git");
}

#[test]
fn a_click_does_what_a_key_would() {
    let click = |walk: &mut Walk, target| walk.event(Event::Click(target));
    let mut walk = Walk::given(CLOUD_URL).to(StepId::Allowlist);
    click(
        &mut walk,
        Target::Answer {
            question: 0,
            answer: 1,
        },
    );
    assert!(walk.wizard.journey.allowlist.is_used());
    // There is no such answer.
    click(
        &mut walk,
        Target::Answer {
            question: 9,
            answer: 0,
        },
    );
    assert_eq!(walk.wizard.journey.allowlist.picks.focus(), 0);
    click(&mut walk, Target::Step(StepId::Prerequisites.number()));
    assert_eq!(walk.wizard.journey.step, StepId::Prerequisites);
    // One that was not reached yet stays out of reach.
    click(&mut walk, Target::Step(StepId::ConnectionTest.number()));
    assert_eq!(walk.wizard.journey.step, StepId::Prerequisites);

    let mut walk = walk.to(StepId::SshUrl);
    click(&mut walk, Target::Field { number: 0, at: 3 });
    assert!(walk.wizard.journey.ssh_url.typing);
    assert_eq!(walk.wizard.journey.ssh_url.field.around_cursor().0, "git");
    // Out of a field, too.
    click(&mut walk, Target::Step(StepId::PublicKey.number()));
    assert_eq!(walk.wizard.journey.step, StepId::PublicKey);
    click(&mut walk, Target::Key(KeyCode::Char('?').into()));
    assert_eq!(walk.wizard.overlay(), Some(Overlay::Help));
    // What lies over a step is answered first.
    click(&mut walk, Target::Step(StepId::SshUrl.number()));
    assert_eq!(walk.wizard.journey.step, StepId::PublicKey);
    assert_eq!(walk.wizard.overlay(), Some(Overlay::Help));
}

#[test]
fn a_click_goes_to_either_field_of_the_token() {
    let mut walk = Walk::given(CLOUD_URL)
        .to(StepId::ConnectionTest)
        .answered(&refused(), None);
    walk.keys("g");
    let click = |walk: &mut Walk, number, at| {
        walk.event(Event::Click(Target::Field { number, at }));
    };
    click(&mut walk, 1, 0);
    assert!(walk.wizard.token.in_email);
    walk.keys("ada");
    click(&mut walk, 0, usize::MAX);
    assert!(!walk.wizard.token.in_email);
    walk.keys("tken");
    click(&mut walk, 0, 1);
    walk.keys("o");
    assert_eq!(walk.wizard.token.token.text(), "token");
    assert_eq!(walk.wizard.token.email.text(), "ada");
}

#[test]
fn a_click_goes_into_the_name_of_a_file_and_not_past_it() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::PublicKey);
    walk.keys("fkey");
    for number in [0, 1] {
        walk.event(Event::Click(Target::Field { number, at: 0 }));
        walk.keys("x");
    }
    let file = walk
        .wizard
        .public_key
        .file
        .as_ref()
        .map(|file| file.text().to_owned());
    assert_eq!(file.as_deref(), Some("xkeyx"));

    let mut walk = not_recognised(CLOUD_URL);
    walk.keys("ifkey");
    walk.event(Event::Click(Target::Field { number: 0, at: 0 }));
    walk.keys("x");
    assert_eq!(walk.wizard.identity.file.text(), "xkey");
}

#[test]
fn what_has_the_focus_is_brought_back_into_sight() {
    let mut walk = Walk::empty();
    walk.event(Event::Wheel(3));
    assert_eq!(walk.wizard.scroll(), Some(3));
    // The top is a place like any other.
    walk.event(Event::Wheel(-9));
    assert_eq!(walk.wizard.scroll(), Some(0));
    walk.press(KeyCode::Down);
    assert_eq!(walk.wizard.scroll(), None);
    let mut walk = walk.to(StepId::PublicKey);
    walk.press(KeyCode::PageDown);
    assert_eq!(walk.wizard.scroll(), Some(8));
    walk.keys("s");
    assert_eq!(walk.wizard.scroll(), None, "where something is typed");
}

#[test]
fn what_is_shown_on_demand_is_brought_into_sight() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::AccessKeysPage);
    for are_shown in [true, false] {
        walk.event(Event::Wheel(3));
        walk.keys("m");
        assert_eq!(walk.wizard.journey.access_keys_page.hints, are_shown);
        assert_eq!(walk.wizard.scroll(), None);
    }
}

#[test]
fn everything_that_may_be_taller_than_the_screen_scrolls_by_key() {
    let mut places: Vec<(String, Walk)> = StepId::ALL
        .into_iter()
        .skip(2)
        .map(|step| (format!("{step:?}"), Walk::given(CLOUD_URL).to(step)))
        .collect();
    places.extend(
        [StepId::PublicKey, StepId::AccessKeysPage, StepId::SshUrl].map(|step| {
            let mut walk = Walk::given(CLOUD_URL).to(step);
            walk.keys("e");
            (format!("{step:?}, typing"), walk)
        }),
    );
    places.extend(["?", "g", "i", "if", "h", "b", "z"].map(|keys| {
        let mut walk = not_recognised(CLOUD_URL);
        walk.keys(keys);
        (keys.to_owned(), walk)
    }));
    let mut quit = Walk::given(CLOUD_URL).to(StepId::SshUrl);
    quit.keys("q");
    places.push(("q".to_owned(), quit));
    let mut grant = with_token(not_recognised(CLOUD_URL));
    grant.keys("d");
    places.push(("d".to_owned(), grant));
    for (place, mut walk) in places {
        let typed = walk.typed();
        for (key, expected) in [
            (KeyCode::Down, 1),
            (KeyCode::PageDown, 9),
            (KeyCode::Up, 8),
            (KeyCode::PageUp, 0),
        ] {
            walk.press(key);
            assert_eq!(walk.wizard.scroll(), Some(expected), "{place}: {key:?}");
        }
        assert_eq!(walk.typed(), typed, "{place}");
        if !walk.wizard.is_typing() {
            walk.keys("jjk");
            assert_eq!(walk.wizard.scroll(), Some(1), "{place}");
        }
    }
}

#[test]
fn a_key_in_place_of_a_files_name_is_taken_as_the_key() {
    for (pasted, is_good) in [
        (KEY, true),
        (
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n",
            false,
        ),
    ] {
        let mut walk = Walk::empty().to(StepId::PublicKey);
        walk.press(KeyCode::Esc);
        walk.keys("f");
        walk.paste(pasted);
        let step = &walk.wizard.public_key;
        assert!(step.file.is_none());
        assert_eq!(step.reading.is_ok(), is_good);
        assert!(!step.field.text().contains("PRIVATE"));
    }
}

#[test]
fn a_file_can_be_read_instead() {
    let mut walk = Walk::empty().to(StepId::PublicKey);
    walk.press(KeyCode::Esc);
    walk.keys("f");
    walk.keys("~/vendor.pub");
    let effects = walk.press(KeyCode::Enter);
    assert!(
        matches!(&effects[..], [Effect::Ask(_, Request::ReadKeyFile(name))] if name == "~/vendor.pub")
    );
    walk.reply(Reply::KeyFileRead(Err(
        "vendor.pub can't be read: not found".to_owned(),
    )));
    assert!(
        walk.wizard.public_key.file.is_some(),
        "the name is kept, to be corrected"
    );
    walk.press(KeyCode::Enter);
    walk.reply(Reply::KeyFileRead(Ok(KEY.as_bytes().to_vec().into())));
    assert!(walk.wizard.key().is_some());
}

#[test]
fn what_was_copied_is_told_no_better_than_it_is_known() {
    let table = [
        (Copied::Confirmed, "is on the clipboard", false),
        (Copied::SentToTerminal, "check by pasting", false),
        (Copied::InTmux, "tmux's paste buffer", false),
        (Copied::Failed("no".to_owned()), "could not be copied", true),
    ];
    for (copied, words, is_problem) in table {
        let mut walk = Walk::given(CLOUD_URL).to(StepId::PublicKey);
        let effects = walk.keys("c");
        assert!(
            matches!(&effects[..], [Effect::Ask(_, Request::Copy(CopyId::Key, line))] if line == KEY.trim())
        );
        walk.reply(Reply::Copied(CopyId::Key, copied));
        let notice = walk.wizard.notice.expect("a notice");
        assert!(notice.text.contains(words), "{}", notice.text);
        assert_eq!(notice.is_problem, is_problem);
    }
}

#[test]
fn the_page_is_opened_and_a_missing_browser_is_told() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::AccessKeysPage);
    let effects = walk.keys("o");
    let page = "https://bitbucket.org/acme/analytics/admin/access-keys/";
    assert!(
        matches!(&effects[..], [Effect::Ask(_, Request::OpenPage(link))] if link == page),
        "{effects:?}"
    );
    walk.reply(Reply::PageOpened(Opened::NoBrowser(
        "this is an SSH session".to_owned(),
    )));
    let notice = walk.wizard.notice.take().expect("a notice");
    assert!(notice.text.contains("SSH session"));
    walk.keys("o");
    walk.reply(Reply::PageOpened(Opened::Asked));
    let notice = walk.wizard.notice.take().expect("a notice");
    assert!(notice.text.contains("was asked") && !notice.is_problem);
    // Told later.
    walk.reply(Reply::PageOpened(Opened::Failed(
        "xdg-open knows no browser here".to_owned(),
    )));
    let notice = walk.wizard.notice.expect("a notice");
    assert!(notice.text.contains("xdg-open knows no browser here") && notice.is_problem);
}

#[test]
fn where_a_browser_is_doubtful_a_qr_code_is_offered_too() {
    for (browser, is_doubtful) in [
        (BrowserHere::Likely, false),
        (BrowserHere::Perhaps, true),
        (BrowserHere::No, true),
    ] {
        let mut walk = Walk::given(CLOUD_URL).to(StepId::AccessKeysPage);
        walk.reply(Reply::Surroundings(Surroundings {
            browser,
            ..Surroundings::default()
        }));
        assert_eq!(walk.wizard.has_no_browser(), is_doubtful, "{browser:?}");
        let words = walk.wizard.surroundings.clone().unwrap_or_default();
        assert_eq!(words.browser_words().contains("a link"), is_doubtful);
    }
}

#[test]
fn a_demo_opens_the_simulated_page() {
    let mut walk = Walk::demo(CLOUD_URL).to(StepId::AccessKeysPage);
    let effects = walk.keys("o");
    assert!(
        matches!(&effects[..], [Effect::Ask(_, Request::OpenPage(link))] if link.starts_with("http://127.0.0.1:"))
    );
}

// ── the test and its fixes ──────────────────────────────────────────────────────────────────────

#[test]
fn an_accepted_key_is_ready_and_finishing_needs_no_question() {
    let mut walk = recognised(CLOUD_URL);
    assert_eq!(
        walk.wizard.connection_test().verdict(),
        Some(Verdict::Ready)
    );
    let effects = walk.press(KeyCode::Enter);
    assert!(matches!(&effects[..], [Effect::Quit(Leaving::Quit)]));
    assert!(matches!(&walk.keys("q")[..], [Effect::Quit(Leaving::Quit)]));
}

#[test]
fn every_fix_that_is_offered_has_a_key_that_does_something() {
    for code in Code::ALL {
        let mut walk = Walk::given(CLOUD_URL).to(StepId::ConnectionTest);
        let check = Check::found(*code).with_fix_value(
            FixId::TrustHostKey,
            "SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM",
        );
        walk.tell(vec![check]);
        let offered = walk.wizard.connection_test().fixes_to_offer();
        let offered: Vec<FixId> = offered.iter().map(|fix| fix.id).collect();
        for fix in offered {
            let mut after = walk.clone();
            let bound = after
                .wizard
                .bindings()
                .into_iter()
                .find(|binding| binding.key == KeyCode::Char(fix.key()));
            assert!(bound.is_some(), "{code}: {fix:?} has no key");
            let before = format!("{:?}", after.wizard);
            let effects = after.keys(&fix.key().to_string());
            let changed = format!("{:?}", after.wizard) != before;
            assert!(
                changed || !effects.is_empty(),
                "{code}: {fix:?} does nothing"
            );
        }
    }
}

#[test]
fn each_fix_does_its_work_by_one_key_and_keeps_what_was_learned() {
    const FINGERPRINT: &str = "SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM";
    for fix in FixId::ALL {
        let mut walk = with_token(not_recognised(CLOUD_URL));
        let unknown =
            Check::found(Code::HostKeyUnknown).with_fix_value(FixId::TrustHostKey, FINGERPRINT);
        walk.tell(vec![unknown]);
        walk.keys("t");
        let value = match fix {
            FixId::TrustHostKey => FINGERPRINT,
            _ => "git@ssh.bitbucket.org:acme/other.git",
        };
        let check = Check::found(Code::KeyQueryClosed).with_fix_value(*fix, value);
        walk.tell(vec![check]);
        let effects = walk.keys(&fix.key().to_string());
        let wizard = &walk.wizard;
        match fix {
            FixId::UseSuggestedUrl
            | FixId::TrustHostKey
            | FixId::TryPort7999
            | FixId::TryPort443
            | FixId::ConfirmWebHost
            | FixId::Watch
            | FixId::Retry => {
                let Some(Effect::StartTest(_, request)) = effects.first() else {
                    panic!("{fix:?} starts no test: {effects:?}");
                };
                assert!(request.settings.api.token.is_some(), "{fix:?}");
                let trusted = &request.settings.host_keys.trusted;
                assert!(!trusted.is_empty(), "{fix:?}");
            }
            FixId::EditUrl => assert_eq!(wizard.journey.step, StepId::SshUrl),
            FixId::RepasteKey => assert_eq!(wizard.journey.step, StepId::PublicKey),
            FixId::CopyKey => {
                assert!(matches!(
                    &effects[..],
                    [Effect::Ask(_, Request::Copy(CopyId::Key, _))]
                ));
            }
            FixId::OpenAccessKeys | FixId::OpenAccessControls | FixId::OpenStatusPage => {
                assert!(
                    matches!(&effects[..], [Effect::Ask(_, Request::OpenPage(_))]),
                    "{fix:?}"
                );
            }
            FixId::HandOff => assert_eq!(wizard.overlay(), Some(Overlay::HandOff)),
            FixId::GiveToken => assert_eq!(wizard.overlay(), Some(Overlay::Token)),
            FixId::UseIdentity => assert_eq!(wizard.overlay(), Some(Overlay::Identity)),
        }
    }
}

#[test]
fn the_suggested_address_is_used_and_tested_at_once() {
    let mut walk = Walk::given("git@bitbucket.org:acme/analytics.git").to(StepId::ConnectionTest);
    let refused = Check::found(Code::TcpRefused).with_fix_value(FixId::UseSuggestedUrl, CLOUD_URL);
    walk.tell(vec![Check::found(Code::UrlRetiredHost), refused]);
    let effects = walk.keys("u");
    assert_eq!(walk.wizard.journey.ssh_url.field.text(), CLOUD_URL);
    assert!(started(&effects).is_some());
}

#[test]
fn a_trusted_host_key_counts_in_the_next_test() {
    let fingerprint = "SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM";
    let mut walk =
        Walk::given("ssh://git@git.example.com:7999/data/analytics.git").to(StepId::ConnectionTest);
    let unknown =
        Check::found(Code::HostKeyUnknown).with_fix_value(FixId::TrustHostKey, fingerprint);
    walk.tell(vec![unknown]);
    let effects = walk.keys("t");
    let Some(Effect::StartTest(_, request)) = effects.first() else {
        panic!("no test was started: {effects:?}");
    };
    let trusted = &request.settings.host_keys.trusted;
    assert_eq!(trusted[0].fingerprint().to_string(), fingerprint);
}

#[test]
fn who_the_server_is_comes_before_what_it_says() {
    let mut walk =
        Walk::given("ssh://git@git.example.com:7999/data/analytics.git").to(StepId::ConnectionTest);
    let unknown =
        Check::found(Code::HostKeyUnknown).with_fix_value(FixId::TrustHostKey, "SHA256:x");
    walk.tell(vec![unknown, Check::found(Code::KeyQueryNotRecognised)]);
    let fixes = walk.wizard.connection_test().fixes_to_offer();
    let ids: Vec<FixId> = fixes.iter().map(|fix| fix.id).collect();
    assert_eq!(ids[0], FixId::TrustHostKey);
    assert!(
        ids.contains(&FixId::OpenAccessKeys),
        "and the fixes of both work"
    );
}

#[test]
fn editing_the_address_or_the_key_leads_back_there_and_forgets_the_result() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::ConnectionTest);
    walk.tell(vec![Check::found(Code::DnsNotFound)]);
    walk.keys("e");
    assert_eq!(walk.wizard.journey.step, StepId::SshUrl);
    assert!(walk.wizard.is_typing());
    walk.keys("x");
    assert_eq!(walk.wizard.connection_test().verdict(), None);
}

#[test]
fn after_a_detour_enter_leads_back_to_the_test() {
    for (code, key, step) in [
        (Code::DnsNotFound, "e", StepId::SshUrl),
        (Code::KeyEmpty, "v", StepId::PublicKey),
    ] {
        for is_changed in [true, false] {
            let mut walk = Walk::given(CLOUD_URL).to(StepId::ConnectionTest);
            walk.tell(vec![Check::found(code)]);
            walk.keys(key);
            assert_eq!(walk.wizard.journey.step, step);
            if is_changed || step == StepId::PublicKey {
                walk.control('u');
                walk.paste(if step == StepId::PublicKey {
                    KEY
                } else {
                    CLOUD_URL
                });
            }
            let effects = walk.press(KeyCode::Enter);
            assert_eq!(walk.wizard.journey.step, StepId::ConnectionTest, "{code}");
            assert!(started(&effects).is_some(), "{code}: and the test goes on");
        }
    }
}

#[test]
fn bitbuckets_own_address_is_used_with_one_key_though_the_test_passed() {
    let own = "ssh://git@ssh.example.com:7999/data/analytics.git";
    let mut walk =
        Walk::given("ssh://git@git.example.com:7999/data/analytics.git").to(StepId::ConnectionTest);
    walk.keys("r");
    let mut checks = climb(&walk.wizard, &Answer::Accepted, Some(&refused()));
    let listed = Check::pass(CheckId::Repository, "listed here");
    checks.push(
        listed
            .with_detail(format!("Bitbucket's own SSH URL for it is {own}."))
            .with_fix(FixId::UseSuggestedUrl, format!("Use {own}"))
            .with_fix_value(FixId::UseSuggestedUrl, own),
    );
    walk.tell(checks.clone());
    walk.keys("g");
    walk.paste(TOKEN);
    walk.press(KeyCode::Enter);
    walk.tell(checks);
    let effects = walk.keys("u");
    let Some(Effect::StartTest(_, request)) = effects.first() else {
        panic!("no test was started: {effects:?}");
    };
    assert_eq!(request.url, own);
    let asked = request.settings.api.base.as_ref().map(ToString::to_string);
    assert_eq!(
        asked.as_deref(),
        Some("https://git.example.com"),
        "as before"
    );
    assert!(request.settings.api.token.is_some());
}

#[test]
fn port_7999_is_written_into_the_address() {
    let mut walk =
        Walk::given("ssh://git@git.example.com:2222/data/analytics.git").to(StepId::ConnectionTest);
    walk.tell(vec![Check::found(Code::SshMachineSshd)]);
    let effects = walk.keys("p");
    assert_eq!(
        walk.wizard.journey.ssh_url.field.text(),
        "ssh://git@git.example.com:7999/data/analytics.git"
    );
    assert!(started(&effects).is_some());
}

#[test]
fn the_test_goes_around_a_blocked_port_and_back() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::ConnectionTest);
    walk.tell(vec![Check::found(Code::TcpTimeout)]);
    for is_around in [true, false] {
        let effects = walk.keys("x");
        let Some(Effect::StartTest(_, request)) = effects.first() else {
            panic!("no test was started: {effects:?}");
        };
        assert_eq!(request.settings.beside_blocked_port, is_around);
        assert_eq!(request.url, CLOUD_URL, "the form's address stays");
        walk = walk.answered(&refused(), None);
    }
}

#[test]
fn results_of_an_abandoned_run_are_dropped() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::ConnectionTest);
    let abandoned = walk.wizard.connection_test().last_run;
    let late = test_events(
        &walk.wizard,
        climb(&walk.wizard, &Answer::Accepted, Some(&refused())),
    );
    let effects = walk.keys("r");
    assert!(effects.is_empty(), "while a test runs, r does nothing");
    let effects = walk.press(KeyCode::Esc);
    assert!(matches!(&effects[..], [Effect::CancelTest(run)] if *run == abandoned));
    walk.keys("r");
    for event in late {
        walk.event(Event::Test(abandoned, event));
    }
    assert_eq!(walk.wizard.connection_test().verdict(), None);
    assert!(walk.wizard.connection_test().checks.is_empty());
}

#[test]
fn a_demo_can_add_the_key_and_tests_again() {
    let mut walk = Walk::demo(CLOUD_URL)
        .to(StepId::ConnectionTest)
        .answered(&refused(), None);
    let effects = walk.keys("d");
    assert!(
        matches!(&effects[..], [Effect::Ask(_, Request::AddKeyForMe(line))] if line == KEY.trim())
    );
    assert!(started(&walk.reply(Reply::KeyAdded(Ok(())))).is_some());
    let mut real = not_recognised(CLOUD_URL);
    assert!(real.keys("d").is_empty(), "only in a demo");
}

#[test]
fn a_watching_demo_does_not_wait_for_what_it_can_be_told() {
    let mut walk = Walk::demo(CLOUD_URL)
        .to(StepId::ConnectionTest)
        .answered(&refused(), None);
    walk.event(Event::BitbucketChanged);
    assert_eq!(walk.wizard.wants_tick(), None, "nobody watches");
    walk.keys("w");
    walk = walk.answered(&refused(), None);
    assert_ne!(walk.wizard.wants_tick(), Some(Duration::ZERO));
    walk.event(Event::BitbucketChanged);
    assert_eq!(walk.wizard.wants_tick(), Some(Duration::ZERO));
    assert!(started(&walk.event(Event::Tick)).is_some());
}

// ── the token ──────────────────────────────────────────────────────────────────────────────────

const TOKEN: &str = "ATATT3x-s3cret";

fn with_token(mut walk: Walk) -> Walk {
    walk.keys("g");
    walk.paste(TOKEN);
    walk.press(KeyCode::Enter);
    walk.paste("jane@example.com");
    walk.press(KeyCode::Enter);
    walk
}

#[test]
fn a_token_is_taken_masked_and_the_test_begins_again() {
    let walk = with_token(not_recognised(CLOUD_URL));
    let Some(Effect::StartTest(_, request)) = walk.effects.last() else {
        panic!("no test was started: {:?}", walk.effects);
    };
    assert!(request.settings.api.token.is_some());
    assert_eq!(
        request.settings.api.email.as_deref(),
        Some("jane@example.com")
    );
    assert!(!format!("{:?}{:?}", walk.wizard, walk.effects).contains("s3cret"));
}

#[test]
fn a_token_that_is_left_is_forgotten() {
    let mut walk = not_recognised(CLOUD_URL);
    walk.keys("g");
    walk.keys("s3cret");
    assert!(walk.wizard.is_typing(), "letters go into the field");
    walk.press(KeyCode::Esc);
    assert_eq!(walk.wizard.overlay(), None);
    assert!(walk.wizard.token.token.is_empty());
    assert!(!walk.wizard.has_token());
    walk.keys("g");
    walk.press(KeyCode::Enter);
    assert_eq!(
        walk.wizard.overlay(),
        Some(Overlay::Token),
        "without one there is nothing to go on with"
    );
}

#[test]
fn data_center_needs_no_email_address() {
    let mut walk = Walk::given("ssh://git@git.example.com:7999/data/analytics.git")
        .to(StepId::ConnectionTest)
        .answered(&refused(), None);
    walk.keys("g");
    walk.paste(TOKEN);
    assert!(started(&walk.press(KeyCode::Enter)).is_some());
}

#[test]
fn a_token_goes_to_the_server_it_was_given_for_and_to_no_other() {
    let mut walk = Walk::given("ssh://git@git.example.com:7999/data/analytics.git")
        .to(StepId::ConnectionTest)
        .answered(&refused(), None);
    walk.keys("g");
    walk.paste(TOKEN);
    walk.press(KeyCode::Enter);
    let mut walk = walk.answered(&refused(), None);
    for (url, is_kept) in [
        ("ssh://git@git.example.com:7999/data/other.git", true),
        ("ssh://git@git.example.org:7999/data/other.git", false),
        ("ssh://git@git.example.com:7999/data/other.git", false),
    ] {
        walk.keys("5e");
        walk.control('u');
        walk.paste(url);
        let effects = walk.press(KeyCode::Enter);
        let Some(Effect::StartTest(_, request)) = effects.first() else {
            panic!("no test was started: {effects:?}");
        };
        assert_eq!(request.settings.api.token.is_some(), is_kept, "{url}");
        walk = walk.answered(&refused(), None);
    }
}

#[test]
fn the_web_server_of_step_four_is_asked_about_its_own_repository_only() {
    let mut walk = Walk::empty().to(StepId::PublicKey);
    walk.paste(KEY);
    walk.press(KeyCode::Enter);
    walk.paste("https://web.example.com/bitbucket/projects/DATA/repos/analytics/browse");
    let mut walk = walk.to(StepId::ConnectionTest).answered(&refused(), None);
    walk.keys("g");
    walk.paste(TOKEN);
    let effects = walk.press(KeyCode::Enter);
    let Some(Effect::StartTest(_, request)) = effects.first() else {
        panic!("no test was started: {effects:?}");
    };
    let base = request.settings.api.base.as_ref().map(ToString::to_string);
    assert_eq!(base.as_deref(), Some("https://web.example.com/bitbucket"));
    let granted = walk.wizard.grant_request().expect("a token and a key");
    assert_eq!(granted.place.base, "https://web.example.com/bitbucket");

    let mut walk = walk.answered(&refused(), None);
    walk.keys("5e");
    walk.control('u');
    walk.paste("ssh://git@web.example.com:7999/data/another.git");
    walk.press(KeyCode::Enter);
    let granted = walk.wizard.grant_request().expect("a token and a key");
    assert_eq!(granted.place.repository, "another");
}

#[test]
fn with_a_token_the_key_is_added_after_a_question_that_can_be_declined() {
    let mut walk = with_token(not_recognised(CLOUD_URL)).answered(&refused(), None);
    assert!(walk.keys("d").is_empty());
    assert_eq!(walk.wizard.overlay(), Some(Overlay::GrantQuestion));
    assert!(walk.keys("n").is_empty());
    walk.keys("d");
    let effects = walk.keys("y");
    let Some(Effect::Ask(_, Request::Grant(request))) = effects.first() else {
        panic!("nothing was added: {effects:?}");
    };
    assert_eq!(request.place.repository, "analytics");
    assert_eq!(request.label, "Coalesce Quality");
    assert!(started(&walk.reply(Reply::KeyAdded(Ok(())))).is_some());
    let mut walk = walk.answered(&refused(), None);
    walk.keys("dy");
    walk.reply(Reply::KeyAdded(Err("Bitbucket did not add it.".to_owned())));
    assert!(walk.wizard.notice.is_some_and(|notice| notice.is_problem));
}

/// Everything that an API can fail with.
const WITHOUT_ANSWER: [Code; 4] = [
    Code::RepositoryTokenRefused,
    Code::RepositoryTokenScope,
    Code::RepositoryRateLimited,
    Code::RepositoryApiUnreachable,
];

/// A test with a token, of which SSH has shown the key to be in and Bitbucket's API told this.
fn known_with_token_but(code: Code) -> Walk {
    let mut walk = with_token(recognised(CLOUD_URL));
    let mut checks = climb(&walk.wizard, &Answer::Accepted, Some(&refused()));
    checks.push(Check::found(code));
    checks.extend([CheckId::Permission, CheckId::VendorUse].map(|id| Check::skip(id, "not known")));
    walk.tell(checks);
    walk
}

#[test]
fn a_token_that_fails_leaves_the_proof_and_the_key_to_finish() {
    for code in WITHOUT_ANSWER {
        let mut walk = known_with_token_but(code);
        let test = &walk.wizard.connection_test();
        assert_eq!(test.verdict(), Some(Verdict::Ready), "{code}");
        assert!(
            test.is_good() && walk.wizard.is_done(StepId::ConnectionTest),
            "{code}"
        );
        let effects = walk.press(KeyCode::Enter);
        assert!(
            matches!(&effects[..], [Effect::Quit(Leaving::Quit)]),
            "{code}: {effects:?}"
        );
    }
}

#[test]
fn a_token_that_fails_can_be_replaced_or_forgotten_with_a_key_of_the_footer() {
    for code in WITHOUT_ANSWER {
        let walk = known_with_token_but(code);
        let offered = |key: char| {
            let mut bound = walk.wizard.bindings().into_iter();
            bound.find(|it| it.in_footer && it.key == KeyCode::Char(key))
        };
        assert!(
            offered('g').is_some_and(|it| it.label == "another token"),
            "{code}"
        );
        assert!(
            offered('f').is_some_and(|it| it.label == "forget the token"),
            "{code}"
        );
        let mut replaced = walk.clone();
        replaced.keys("gother");
        replaced.press(KeyCode::Enter);
        let effects = replaced.press(KeyCode::Enter);
        assert!(started(&effects).is_some() && replaced.wizard.has_token());
        let mut forgotten = walk.clone();
        let effects = forgotten.keys("f");
        assert!(started(&effects).is_some() && !forgotten.wizard.has_token());
    }
}

#[test]
fn a_key_that_may_write_is_not_ready_and_says_so_first() {
    let mut walk = with_token(recognised(CLOUD_URL));
    let mut checks = climb(&walk.wizard, &Answer::Accepted, Some(&refused()));
    checks.extend([
        Check::pass(CheckId::Repository, "listed here"),
        Check::found(Code::PermissionReadWrite),
        Check::found(Code::VendorUseNever),
    ]);
    walk.tell(checks);
    let test = &walk.wizard.connection_test();
    assert_eq!(test.verdict(), Some(Verdict::NotReady));
    assert_eq!(test.troubles()[0].code, Some(Code::PermissionReadWrite));
    assert_eq!(test.fixes_to_offer()[0].id, FixId::OpenAccessKeys);
    let finishes = |binding: &Binding| binding.action == Action::Finish;
    assert!(!walk.wizard.bindings().iter().any(finishes));
    assert!(walk.press(KeyCode::Enter).is_empty());
}

#[test]
fn a_key_that_may_write_is_not_cured_by_adding_it() {
    let mut walk = with_token(recognised(CLOUD_URL));
    walk.tell(vec![Check::found(Code::PermissionReadWrite)]);
    assert!(walk.keys("d").is_empty());
    assert_eq!(walk.wizard.overlay(), None);
    assert!(matches!(
        &walk.keys("o")[..],
        [Effect::Ask(_, Request::OpenPage(_))]
    ));
}

#[test]
fn on_a_ready_test_the_watch_waits_for_coalesce() {
    let mut walk = with_token(recognised(CLOUD_URL));
    let mut checks = climb(&walk.wizard, &Answer::Accepted, Some(&refused()));
    checks.push(Check::found(Code::VendorUseNever));
    walk.tell(checks.clone());
    assert_eq!(
        walk.wizard.connection_test().verdict(),
        Some(Verdict::Ready)
    );
    walk.keys("w");
    walk.tell(checks.clone());
    assert!(
        walk.wizard.connection_test().watch.is_some(),
        "ready is not what it waits for"
    );
    assert!(started(&walk.wait(Duration::from_secs(5))).is_some());
    checks.pop();
    checks.push(Check::pass(CheckId::VendorUse, "last used just now"));
    walk.tell(checks);
    assert_eq!(walk.wizard.connection_test().watch, None);
    assert!(
        walk.effects
            .iter()
            .any(|effect| matches!(effect, Effect::CallBack(_)))
    );
}

// ── one's own identity ──────────────────────────────────────────────────────────────────────────

fn own_key() -> OwnIdentity {
    let key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).expect("a key");
    OwnIdentity::Key(Arc::new(key))
}

/// The attempt and the source that an effect names.
fn attempted(effects: &[Effect]) -> (Ticket, IdentitySource) {
    match effects {
        [Effect::Ask(attempt, Request::TakeIdentity(source))] => (*attempt, source.clone()),
        other => panic!("no identity was asked for: {other:?}"),
    }
}

#[test]
fn the_agent_is_used_where_somebody_asks_for_it_and_the_test_goes_on() {
    let mut walk = with_token(not_recognised(CLOUD_URL)).answered(&refused(), None);
    walk.keys("i");
    assert_eq!(walk.wizard.overlay(), Some(Overlay::Identity));
    assert!(!walk.wizard.is_typing(), "its letters are keys");
    let (_, source) = attempted(&walk.keys("a"));
    assert!(matches!(source, IdentitySource::Agent));
    let effects = walk.reply(Reply::IdentityTaken(Ok(own_key())));
    let Some(Effect::StartTest(_, request)) = effects.first() else {
        panic!("no test was started: {effects:?}");
    };
    assert!(request.settings.own_identity.is_some());
    assert!(request.settings.api.token.is_some(), "the token is kept");
    assert_eq!(walk.wizard.overlay(), None);
    walk.tell(vec![Check::found(Code::KeyQueryNotRecognised)]);
    walk.keys("i");
    let effects = walk.keys("n");
    let Some(Effect::StartTest(_, request)) = effects.first() else {
        panic!("no test was started: {effects:?}");
    };
    assert!(
        request.settings.own_identity.is_none(),
        "until they have enough"
    );
}

#[test]
fn a_locked_file_asks_for_its_passphrase_which_is_never_kept() {
    let mut walk = not_recognised(CLOUD_URL);
    walk.keys("if");
    walk.keys("~/.ssh/id");
    let (_, source) = attempted(&walk.press(KeyCode::Enter));
    assert!(
        matches!(&source, IdentitySource::File { name, passphrase: None } if name == "~/.ssh/id"),
        "{source:?}"
    );
    assert!(walk.press(KeyCode::Enter).is_empty(), "one at a time");
    walk.reply(Reply::IdentityTaken(Err(NotOpened::Locked)));
    walk.keys("wrong-s3cret");
    let (_, source) = attempted(&walk.press(KeyCode::Enter));
    let IdentitySource::File { passphrase, .. } = &source else {
        panic!("not a file: {source:?}");
    };
    let passphrase = passphrase.as_ref().map(ExposeSecret::expose_secret);
    assert_eq!(passphrase, Some("wrong-s3cret"));
    assert!(walk.wizard.identity.passphrase.is_empty());
    walk.reply(Reply::IdentityTaken(Err(NotOpened::WrongPassphrase)));
    assert!(
        walk.wizard
            .notice
            .as_ref()
            .is_some_and(|notice| notice.is_problem)
    );
    assert_eq!(walk.wizard.identity.asks, Asks::Passphrase);
    walk.keys("other-s3cret");
    let shown = format!("{:?}{:?}", walk.wizard, walk.effects);
    assert!(!shown.contains("s3cret"), "{shown}");
    walk.press(KeyCode::Enter);
    let effects = walk.reply(Reply::IdentityTaken(Ok(own_key())));
    assert!(started(&effects).is_some());
    assert!(
        walk.wizard.identity.file.is_empty(),
        "nothing is left of it"
    );
}

#[test]
fn what_is_no_identity_is_said_and_can_be_corrected() {
    let mut walk = not_recognised(CLOUD_URL);
    walk.keys("if");
    assert!(walk.press(KeyCode::Enter).is_empty());
    assert!(
        walk.wizard
            .notice
            .as_ref()
            .is_some_and(|notice| notice.is_problem)
    );
    walk.keys("id.pub");
    walk.press(KeyCode::Enter);
    let why = "id.pub holds a public key\u{1b}[2J".to_owned();
    walk.reply(Reply::IdentityTaken(Err(NotOpened::Unusable(why))));
    let notice = walk.wizard.notice.as_ref().expect("words");
    assert_eq!(notice.text, "id.pub holds a public key[2J.");
    assert_eq!(walk.wizard.identity.file.text(), "id.pub");
    walk.control('u');
    walk.paste(PRIVATE);
    assert!(
        walk.wizard.identity.file.is_empty(),
        "the key in place of its file"
    );
    assert!(!format!("{:?}", walk.wizard).contains("b3BlbnNzaC1"));
}

#[test]
fn an_identity_that_comes_late_is_not_used() {
    let mut walk = not_recognised(CLOUD_URL);
    walk.keys("i");
    let (attempt, _) = attempted(&walk.keys("a"));
    walk.press(KeyCode::Esc);
    let late = walk.event(Event::Answer(attempt, Reply::IdentityTaken(Ok(own_key()))));
    assert!(late.is_empty() && !walk.wizard.has_own_identity());
    walk.keys("i");
    let (next, _) = attempted(&walk.keys("a"));
    let late = walk.event(Event::Answer(attempt, Reply::IdentityTaken(Ok(own_key()))));
    assert!(late.is_empty(), "that was another attempt");
    assert!(
        started(&walk.event(Event::Answer(next, Reply::IdentityTaken(Ok(own_key()))))).is_some()
    );
}

#[test]
fn what_ones_own_identity_finds_stands_beside_the_ladder() {
    let mut walk = recognised(CLOUD_URL);
    walk.keys("i");
    walk.keys("a");
    walk.reply(Reply::IdentityTaken(Ok(own_key())));
    let mut checks = climb(&walk.wizard, &Answer::Accepted, Some(&refused()));
    checks.push(Check::pass(CheckId::Repository, "found with your own").in_doubt());
    walk.tell(checks);
    let test = &walk.wizard.connection_test();
    assert_eq!(test.standing(Rung::ThisRepository), Standing::Unknown);
    assert!(telling(test, Rung::ThisRepository).is_none());
    let found = walk.wizard.found_with_own_identity().expect("it is told");
    assert_eq!(found.summary, "found with your own");
}

// ── the watch ───────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_watch_tests_again_after_growing_pauses() {
    let mut walk = not_recognised(CLOUD_URL);
    assert!(started(&walk.keys("w")).is_some(), "at once");
    let mut pauses = Vec::new();
    for _ in 0..8 {
        walk = walk.answered(&refused(), None);
        let before = walk.now;
        while started(&walk.wait(Duration::from_millis(500))).is_none() {}
        pauses.push(walk.now.saturating_sub(before).as_secs());
    }
    assert_eq!(pauses[0], 5);
    assert!(
        pauses.windows(2).all(|pair| pair[0] <= pair[1]),
        "{pauses:?}"
    );
    assert_eq!(pauses[7], 30, "but never longer than half a minute");
}

#[test]
fn a_watch_stops_on_green_and_calls_back() {
    let mut walk = not_recognised(CLOUD_URL);
    walk.keys("w");
    let run = walk.wizard.connection_test().last_run;
    let green = test_events(
        &walk.wizard,
        climb(&walk.wizard, &Answer::Accepted, Some(&refused())),
    );
    let effects: Vec<Effect> = green
        .into_iter()
        .flat_map(|event| walk.event(Event::Test(run, event)))
        .collect();
    assert!(matches!(&effects[..], [Effect::CallBack(_)]), "{effects:?}");
    assert_eq!(walk.wizard.connection_test().watch, None);
    assert_eq!(walk.wizard.wants_tick(), None, "and then nothing moves");
}

#[test]
fn a_watch_stops_on_what_waiting_cannot_cure_and_after_ten_minutes() {
    let mut walk = not_recognised(CLOUD_URL);
    walk.keys("w");
    walk.tell(vec![Check::found(Code::UrlUnsafe)]);
    assert_eq!(walk.wizard.connection_test().watch, None);

    let mut walk = not_recognised(CLOUD_URL);
    walk.keys("w");
    walk.now += Duration::from_secs(11 * 60);
    let walk = walk.answered(&refused(), None);
    assert_eq!(walk.wizard.connection_test().watch, None);
}

#[test]
fn a_watch_can_be_stopped() {
    let mut walk = not_recognised(CLOUD_URL);
    walk.keys("w");
    let mut walk = walk.answered(&refused(), None);
    walk.keys("w");
    assert_eq!(walk.wizard.connection_test().watch, None);
    assert!(started(&walk.wait(Duration::from_secs(60))).is_none());
}

// ── leaving ─────────────────────────────────────────────────────────────────────────────────────

#[test]
fn quitting_asks_only_when_something_would_be_lost() {
    let mut walk = Walk::empty();
    assert!(matches!(&walk.keys("q")[..], [Effect::Quit(Leaving::Quit)]));

    let mut walk = Walk::given(CLOUD_URL).to(StepId::AccessKeysPage);
    assert!(walk.keys("q").is_empty());
    assert_eq!(walk.wizard.overlay(), Some(Overlay::QuitQuestion));
    walk.keys("n");
    assert_eq!(walk.wizard.overlay(), None);
    walk.keys("q");
    assert!(matches!(&walk.keys("y")[..], [Effect::Quit(Leaving::Quit)]));
}

#[test]
fn ctrl_c_ends_it_in_every_step_and_field() {
    for step in StepId::ALL {
        let mut walk = Walk::given(CLOUD_URL).to(step);
        assert!(
            matches!(&walk.control('c')[..], [Effect::Quit(Leaving::Interrupted)]),
            "{step:?}"
        );
    }
    let mut typing = Walk::empty().to(StepId::PublicKey);
    assert!(typing.wizard.is_typing());
    assert!(matches!(
        &typing.control('c')[..],
        [Effect::Quit(Leaving::Interrupted)]
    ));
}

#[test]
fn the_text_for_the_administrator_holds_what_is_needed_to_act() {
    let mut walk = Walk::given(CLOUD_URL);
    walk.keys("h");
    assert_eq!(walk.wizard.overlay(), Some(Overlay::HandOff));
    let Some(Effect::Ask(_, Request::Copy(CopyId::HandOff, text))) = walk.keys("c").pop() else {
        panic!("nothing was copied");
    };
    for needed in [
        KEY.trim(),
        "https://bitbucket.org/acme/analytics/admin/access-keys/",
        "It only reads",
        "Add SSH key",
        "doorkey check \"git@ssh.bitbucket.org:acme/analytics.git\" --key -",
    ] {
        assert!(text.contains(needed), "{needed} is missing in:\n{text}");
    }
}

#[test]
fn the_text_for_the_administrator_can_be_saved() {
    let mut walk = Walk::given(CLOUD_URL);
    walk.keys("h");
    let Some(Effect::Ask(_, Request::WriteFile(name, text))) = walk.keys("s").pop() else {
        panic!("nothing was saved");
    };
    assert_eq!(name, "doorkey-handoff.md");
    let Some(Effect::Ask(_, Request::Copy(CopyId::HandOff, copied))) = walk.keys("c").pop() else {
        panic!("nothing was copied");
    };
    assert_eq!(text, copied);
    walk.reply(Reply::FileWritten(Ok("/tmp/doorkey-handoff.md".to_owned())));
    let told = walk.wizard.notice.clone().expect("a notice");
    assert_eq!(
        (told.text.as_str(), told.is_problem),
        ("Written to /tmp/doorkey-handoff.md", false)
    );
    walk.keys("s");
    walk.reply(Reply::FileWritten(Err("no\x1b[31m room".to_owned())));
    let told = walk.wizard.notice.clone().expect("a notice");
    assert_eq!(
        (told.text.as_str(), told.is_problem),
        ("It could not be saved: no[31m room. Copy it instead.", true)
    );
}

#[test]
fn a_finished_test_has_a_report_to_copy_and_to_save() {
    for (vendor, control) in [(refused(), None), (Answer::Accepted, Some(refused()))] {
        let mut walk = Walk::given(CLOUD_URL).to(StepId::ConnectionTest);
        assert!(walk.keys("b").is_empty());
        assert_eq!(walk.wizard.overlay(), None, "nothing is known yet");
        let mut walk = walk.answered(&vendor, control.as_ref());
        walk.keys("b");
        assert_eq!(walk.wizard.overlay(), Some(Overlay::Report));
        let report = walk
            .wizard
            .connection_test()
            .report
            .clone()
            .expect("a report");
        let markdown = report.document().to_markdown();
        assert!(matches!(
            &walk.keys("c")[..],
            [Effect::Ask(_, Request::Copy(CopyId::Report, text))] if *text == markdown
        ));
        assert!(matches!(
            &walk.keys("s")[..],
            [Effect::Ask(_, Request::WriteFile("doorkey-report.md", text))] if *text == markdown
        ));
        walk.keys("b");
        assert_eq!(walk.wizard.overlay(), None);
        assert!(started(&walk.keys("r")).is_some());
    }
}

#[test]
fn the_text_for_the_administrator_names_a_region_only_if_somebody_did() {
    let mut walk = Walk::given(CLOUD_URL);
    assert_eq!(walk.wizard.hand_off().region, None);
    walk = walk.to(StepId::Allowlist);
    walk.press(KeyCode::Down);
    walk.press(KeyCode::Enter);
    assert_eq!(walk.wizard.hand_off().region, Some(Region::usual()));
    let given = Walk::new(Setup {
        region: Region::from_id("us"),
        ..Setup::default()
    });
    assert_eq!(given.wizard.hand_off().region, Region::from_id("us"));
}

// ── the key table ───────────────────────────────────────────────────────────────────────────────

#[test]
fn no_key_means_two_things_at_once() {
    let failures = Code::ALL.iter().map(|code| {
        let mut walk = Walk::demo(CLOUD_URL).to(StepId::ConnectionTest);
        walk.tell(vec![Check::found(*code)]);
        walk
    });
    let steps = StepId::ALL
        .into_iter()
        .map(|step| Walk::given(CLOUD_URL).to(step));
    for walk in failures.chain(steps) {
        let bound = walk.wizard.bindings();
        for (index, binding) in bound.iter().enumerate() {
            let twin = bound[..index]
                .iter()
                .find(|other| other.key == binding.key && other.control == binding.control);
            assert!(
                twin.is_none_or(|twin| twin.action == binding.action),
                "{:?}: {} is {:?} and {:?}",
                walk.wizard.journey.step,
                binding.name(),
                twin.map(|twin| twin.action),
                binding.action
            );
        }
    }
}

#[test]
fn what_is_typed_at_once_comes_into_each_field_as_letter_by_letter() {
    let ways: [fn() -> Walk; 7] = [
        || Walk::empty().to(StepId::PublicKey),
        || Walk::given(CLOUD_URL).to(StepId::PublicKey),
        || {
            let mut walk = Walk::given(CLOUD_URL).to(StepId::PublicKey);
            walk.keys("f");
            walk
        },
        || {
            let mut walk = Walk::given(CLOUD_URL).to(StepId::AccessKeysPage);
            walk.keys("e");
            walk
        },
        || {
            let mut walk = Walk::given(CLOUD_URL).to(StepId::SshUrl);
            walk.keys("e");
            walk
        },
        || {
            let mut walk = recognised(CLOUD_URL);
            walk.keys("g");
            assert_eq!(walk.wizard.overlay(), Some(Overlay::Token));
            walk
        },
        || Walk::given(CLOUD_URL),
    ];
    for (number, way) in ways.into_iter().enumerate() {
        let (mut at_once, mut by_letters) = (way(), way());
        let text = "-data_2";
        at_once.event(Event::Typed(text.to_owned()));
        // Where nobody types, they would be keys.
        if by_letters.wizard.is_typing() {
            by_letters.keys(text);
        }
        assert_eq!(at_once.typed(), by_letters.typed(), "{number}");
        let others = |walk: &Walk| {
            let file = walk.wizard.public_key.file.clone();
            (
                file,
                walk.wizard.token.token.clone(),
                walk.wizard.notice.clone(),
            )
        };
        assert_eq!(others(&at_once), others(&by_letters), "{number}");
    }
}

// ── properties ──────────────────────────────────────────────────────────────────────────────────

fn any_key() -> impl Strategy<Value = Event> {
    let letters = prop::sample::select(
        "abcdefghijklmnopqrstuvwxyz?123456 :/@é字"
            .chars()
            .collect::<Vec<_>>(),
    );
    let code = prop_oneof![
        4 => letters.prop_map(KeyCode::Char),
        4 => prop::sample::select(vec![
            KeyCode::Enter,
            KeyCode::Esc,
            KeyCode::Tab,
            KeyCode::BackTab,
            KeyCode::Left,
            KeyCode::Right,
            KeyCode::Up,
            KeyCode::Down,
            KeyCode::PageDown,
            KeyCode::PageUp,
            KeyCode::Backspace,
            KeyCode::Delete,
            KeyCode::Home,
            KeyCode::F(1),
        ]),
    ];
    let modifiers = prop_oneof![
        8 => Just(KeyModifiers::NONE),
        1 => Just(KeyModifiers::CONTROL),
        1 => Just(KeyModifiers::ALT),
    ];
    (code, modifiers).prop_map(|(code, modifiers)| Event::Key(KeyEvent::new(code, modifiers)))
}

fn any_check() -> impl Strategy<Value = Check> {
    prop::sample::select(Code::ALL).prop_map(Check::found)
}

fn any_target() -> impl Strategy<Value = Target> {
    prop_oneof![
        (1..=6usize).prop_map(Target::Step),
        (0usize..4, 0usize..4).prop_map(|(question, answer)| Target::Answer { question, answer }),
        (0usize..3, 0usize..200).prop_map(|(number, at)| Target::Field { number, at }),
    ]
}

/// Something that happens to a wizard.
#[derive(Clone, Debug)]
enum Happens {
    Event(Event),
    /// One of the questions it ever asked is answered, wanted or not.
    Answered(prop::sample::Index, bool),
    /// One of the tests it ever began tells something.
    Tells(prop::sample::Index, TestEvent),
}

/// What stands on the clipboard and in every file.
const ELSEWHERE: &str = "git@ssh.bitbucket.org:elsewhere/other.git";

impl Happens {
    /// The event that it is for this wizard, if it can happen to it.
    fn event(self, walk: &Walk) -> Option<Event> {
        let asked = |effect: &Effect| match effect {
            Effect::Ask(ticket, request) => Some((*ticket, request.clone())),
            _ => None,
        };
        let begun = |effect: &Effect| started(std::slice::from_ref(effect));
        match self {
            Happens::Event(event) => Some(event),
            Happens::Answered(which, is_good) => {
                let asked: Vec<_> = walk.effects.iter().filter_map(asked).collect();
                let (ticket, request) = asked.get(which.index(asked.len().max(1)))?.clone();
                let [good, bad] = possible(&request, ELSEWHERE);
                Some(Event::Answer(ticket, if is_good { good } else { bad }))
            }
            Happens::Tells(which, told) => {
                let begun: Vec<_> = walk.effects.iter().filter_map(begun).collect();
                let run = begun.get(which.index(begun.len().max(1)))?;
                Some(Event::Test(*run, told))
            }
        }
    }
}

/// Anything but what is meant to change a field.
fn anything() -> impl Strategy<Value = Happens> {
    use prop::sample::Index;
    let event = prop_oneof![
        12 => any_key(),
        1 => Just(Event::Tick),
        1 => Just(Event::Resized),
        1 => any_target().prop_map(Event::Click),
        1 => any::<i16>().prop_map(Event::Wheel),
        1 => "[a-z @:/é]{1,9}".prop_map(Event::Typed),
    ];
    prop_oneof![
        16 => event.prop_map(Happens::Event),
        4 => any::<(Index, bool)>().prop_map(|(which, is_good)| Happens::Answered(which, is_good)),
        2 => (any::<Index>(), any_told()).prop_map(|(which, told)| Happens::Tells(which, told)),
    ]
}

fn any_told() -> impl Strategy<Value = TestEvent> {
    let report = |checks: Vec<Check>| {
        let walk = Walk::given(CLOUD_URL);
        test_events(&walk.wizard, checks).pop().expect("its end")
    };
    prop_oneof![
        any_check().prop_map(TestEvent::Finished),
        prop::collection::vec(any_check(), 0..4).prop_map(report),
    ]
}

fn anything_at_all() -> impl Strategy<Value = Happens> {
    let texts = prop_oneof![
        Just(KEY.to_owned()),
        Just(CLOUD_URL.to_owned()),
        Just(PRIVATE.to_owned()),
        ".{0,40}"
    ];
    prop_oneof![
        6 => anything(),
        1 => texts.prop_map(|text| Happens::Event(Event::Paste(text))),
    ]
}

fn any_walk() -> impl Strategy<Value = Walk> {
    prop_oneof![
        Just(Walk::empty()),
        Just(Walk::given(CLOUD_URL)),
        Just(Walk::given("git@git.example.com:data/analytics.git").to(StepId::SshUrl)),
        Just(
            Walk::demo(CLOUD_URL)
                .to(StepId::ConnectionTest)
                .answered(&refused(), None)
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_quitting_is_always_possible(
        mut walk in any_walk(),
        happens in prop::collection::vec(anything_at_all(), 0..80),
    ) {
        for it in happens {
            walk.now += Duration::from_millis(700);
            if let Some(event) = it.event(&walk) {
                walk.event(event);
            }
        }
        let mut interrupted = walk.clone();
        prop_assert!(matches!(&interrupted.control('c')[..], [Effect::Quit(Leaving::Interrupted)]));
        for _ in 0..3 {
            walk.press(KeyCode::Esc);
        }
        let mut effects = walk.keys("q");
        effects.extend(walk.keys("y"));
        prop_assert!(effects.iter().any(|effect| matches!(effect, Effect::Quit(_))), "{:?}", walk.wizard.overlay());
    }

    /// Text changes only by typing, or by a key that says so.
    #[test]
    fn typed_text_is_never_lost(
        mut walk in any_walk(),
        happens in prop::collection::vec(anything(), 0..80),
    ) {
        for it in happens {
            let Some(event) = it.event(&walk) else {
                continue;
            };
            let before = walk.typed();
            let may_change = walk.wizard.is_typing() || changes_text(&walk, &event);
            walk.event(event.clone());
            if !may_change {
                prop_assert_eq!(walk.typed(), before, "{:?}", event);
            }
        }
    }
}

/// Whether a key is bound to a fix that is meant to change an address or to make room for another key, or the answer to a
/// question for a text.
fn changes_text(walk: &Walk, event: &Event) -> bool {
    let key = match event {
        Event::Key(key) => key,
        // What somebody asked for and still waits for.
        Event::Answer(ticket, Reply::ClipboardRead(_) | Reply::KeyFileRead(_)) => {
            return walk.wizard.awaits(*ticket);
        }
        _ => return false,
    };
    let bound = walk
        .wizard
        .bindings()
        .into_iter()
        .find(|binding| binding.matches(*key));
    bound.is_some_and(|binding| {
        matches!(
            binding.action,
            USE_SUGGESTION
                | Action::Restore
                | Action::Fix(FixId::UseSuggestedUrl | FixId::RepasteKey | FixId::TryPort7999)
        )
    })
}

// ── what is kept for the next time ──────────────────────────────────────────────────────────────

fn keeping(url: &str) -> Walk {
    Walk::new(Setup {
        url: url.to_owned(),
        keeps: true,
        ..Setup::default()
    })
}

/// The last thing asked to be kept, if any was: a draft, or nothing any more.
#[allow(clippy::option_option, reason = "three cases, each its own")]
fn kept(effects: &[Effect]) -> Option<Option<Draft>> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Ask(_, Request::KeepUnfinished(draft)) => Some(draft.as_deref().map(read_draft)),
        _ => None,
    })
}

fn read_draft(file: &str) -> Draft {
    Draft::from_file(file).expect("a draft that was kept")
}

fn finished(effects: &[Effect]) -> Option<&Finished> {
    effects.iter().find_map(|effect| match effect {
        Effect::Ask(_, Request::Save(finished)) => Some(&**finished),
        _ => None,
    })
}

fn saved(name: &str) -> Reply {
    Reply::Saved(Ok(Saved {
        name: name.parse().expect("a name"),
        beside: None,
        remark: None,
    }))
}

#[test]
fn a_page_given_beforehand_leads_to_its_ssh_url() {
    let walk = Walk::given("https://bitbucket.org/acme/analytics/src/main/");
    assert_eq!(
        walk.typed()[1],
        "https://bitbucket.org/acme/analytics/src/main/"
    );
    assert_eq!(walk.typed()[2], CLOUD_URL);
}

#[test]
fn only_looking_keeps_nothing() {
    let mut walk = keeping("");
    walk.keys("?");
    walk.press(KeyCode::Esc);
    assert!(kept(&walk.effects).is_none());
}

#[test]
fn what_is_not_kept_or_saved_is_told_with_its_reason() {
    let reason = || "the disk is full".to_owned();
    let mut unfinished = keeping("").to(StepId::Allowlist);
    unfinished.press(KeyCode::Down);
    let mut ready = keeping(CLOUD_URL);
    ready.wizard.public_key.give(KEY);
    let ready = ready
        .to(StepId::ConnectionTest)
        .answered(&Answer::Accepted, Some(&refused()));
    for (mut walk, reply, words) in [
        (
            unfinished,
            Reply::NotKept(reason()),
            "This setup can't be kept for the next time: the disk is full.",
        ),
        (
            ready,
            Reply::Saved(Err(reason())),
            "The connection was not saved: the disk is full.",
        ),
    ] {
        assert!(walk.wizard.is_kept());
        let is_about_keeping = matches!(reply, Reply::NotKept(_));
        walk.reply(reply);
        assert!(walk.wizard.saved.is_none());
        assert_eq!(walk.wizard.is_kept(), !is_about_keeping);
        let notice = walk.wizard.notice.expect("a notice");
        assert_eq!((&*notice.text, notice.is_problem), (words, true));
    }
}

#[test]
fn a_setup_is_kept_and_gone_on_with_at_its_step() {
    let mut walk = keeping("").to(StepId::Allowlist);
    walk.press(KeyCode::Down);
    let mut walk = walk.to(StepId::PublicKey);
    walk.paste(KEY);
    let mut walk = walk.to(StepId::AccessKeysPage);
    walk.paste("https://bitbucket.org/acme/analytics/src/main/");
    let walk = walk.to(StepId::SshUrl);
    let draft = kept(&walk.effects).flatten().expect("a draft").clone();

    let read = Draft::from_file(&draft.to_file()).expect("what was written");
    assert_eq!(read, draft);
    let mut resumed = keeping("");
    resumed.wizard.resume(&read);
    assert_eq!(resumed.wizard.journey.step, StepId::SshUrl);
    assert_eq!(resumed.wizard.journey.reached, walk.wizard.journey.reached);
    assert_eq!(resumed.wizard.key(), walk.wizard.key());
    assert_eq!(resumed.wizard.address(), walk.wizard.address());
    assert!(resumed.wizard.journey.allowlist.is_used());
    // What is there already is not kept again, and what changes is.
    assert!(resumed.event(Event::Resized).is_empty());
    resumed.press(KeyCode::Left);
    assert!(matches!(kept(&resumed.effects), Some(Some(_))));
}

#[test]
fn an_address_typed_by_hand_is_kept_beside_the_one_it_came_from() {
    let mut walk = keeping("https://git.example.com/projects/DATA/repos/models");
    walk.wizard.public_key.give(KEY);
    let mut walk = walk.to(StepId::SshUrl);
    walk.keys("e");
    walk.control('u');
    walk.paste("ssh://git@git.example.com:7998/data/models.git");
    let draft = kept(&walk.effects).flatten().expect("a draft").clone();
    let mut resumed = keeping("");
    resumed.wizard.resume(&draft);
    assert_eq!(
        resumed.typed().map(|text| text.trim().to_owned()),
        walk.typed().map(|text| text.trim().to_owned())
    );
}

#[test]
fn what_cannot_be_read_is_never_kept() {
    for (step, text) in [
        (StepId::PublicKey, PRIVATE),
        (StepId::PublicKey, "hunter2"),
        (StepId::AccessKeysPage, "hunter2"),
        (
            StepId::AccessKeysPage,
            "https://ada:hunter2@bitbucket.org/acme/analytics",
        ),
        (StepId::AccessKeysPage, "hunter2@"),
    ] {
        let mut walk = keeping("");
        if step == StepId::AccessKeysPage {
            walk.wizard.public_key.give(KEY);
        }
        let mut walk = walk.to(step);
        walk.keys(text.split('\n').next().unwrap_or_default());
        walk.control('u');
        walk.paste(text);
        for effect in &walk.effects {
            if let Effect::Ask(_, Request::KeepUnfinished(Some(file))) = effect {
                assert!(!file.contains("hunter2"), "{text}: {file}");
                assert!(!file.contains("b3Blbn"), "{text}: {file}");
            }
        }
    }
}

#[test]
fn a_finished_setup_is_saved_and_no_longer_unfinished() {
    let mut walk = keeping(CLOUD_URL);
    walk.wizard.public_key.give(KEY);
    let mut walk = walk
        .to(StepId::ConnectionTest)
        .answered(&Answer::Accepted, Some(&refused()));
    let report = &finished(&walk.effects).expect("something to save").report;
    assert_eq!(report.verdict(), Verdict::Ready);
    assert!(
        matches!(kept(&walk.effects), Some(Some(_))),
        "until it is saved"
    );
    let after = walk.reply(saved("analytics"));
    assert!(matches!(kept(&after), Some(None)));
    // A change makes it unfinished again.
    walk.press(KeyCode::Left);
    walk.keys("e");
    walk.keys("x");
    assert!(matches!(kept(&walk.effects), Some(Some(_))));
}

#[test]
fn what_was_named_for_the_test_is_saved_with_the_connection() {
    let pin = |letter: &str| {
        let text = format!("SHA256:{}", letter.repeat(42) + "o");
        text.parse::<HostKeyPin>().expect("a fingerprint")
    };
    let mut settings = TestSettings::default();
    settings.api.base = Some(
        "https://bitbucket.example.com/api"
            .parse()
            .expect("an address"),
    );
    settings.host_keys = std::sync::Arc::new(HostKeyTrust {
        trusted: vec![pin("a")],
        pinned: vec![pin("b")],
        ..HostKeyTrust::default()
    });
    let mut walk = Walk::new(Setup {
        url: CLOUD_URL.to_owned(),
        keeps: true,
        settings: settings.clone(),
        ..Setup::default()
    });
    walk.wizard.public_key.give(KEY);
    let walk = walk
        .to(StepId::ConnectionTest)
        .answered(&Answer::Accepted, Some(&refused()));
    let finished = finished(&walk.effects).expect("something to save");
    assert_eq!(finished.api, settings.api.base);
    assert_eq!(finished.host_keys, [pin("a"), pin("b")]);
}

#[test]
fn what_is_kept_can_be_left_without_a_question() {
    let mut walk = keeping("").to(StepId::PublicKey);
    let effects = walk.control('c');
    assert!(matches!(effects.as_slice(), [Effect::Quit(_)]));
    walk.press(KeyCode::Esc);
    let effects = walk.keys("q");
    assert!(matches!(effects.as_slice(), [Effect::Quit(Leaving::Quit)]));
}

#[test]
fn what_is_not_ready_is_not_saved() {
    let mut walk = keeping(CLOUD_URL);
    walk.wizard.public_key.give(KEY);
    let walk = walk.to(StepId::ConnectionTest).answered(&refused(), None);
    assert!(finished(&walk.effects).is_none());
    assert!(matches!(kept(&walk.effects), Some(Some(_))));
}

#[test]
fn a_demo_keeps_and_saves_nothing() {
    let walk = Walk::demo(CLOUD_URL)
        .to(StepId::ConnectionTest)
        .answered(&Answer::Accepted, Some(&refused()));
    assert!(finished(&walk.effects).is_none());
    assert!(kept(&walk.effects).is_none());
}

#[test]
fn a_setup_left_at_its_test_goes_on_with_it() {
    let mut walk = keeping(CLOUD_URL);
    walk.wizard.public_key.give(KEY);
    let walk = walk.to(StepId::ConnectionTest).answered(&refused(), None);
    let draft = kept(&walk.effects).flatten().expect("a draft").clone();
    let mut resumed = keeping("");
    resumed.wizard.resume(&draft);
    let effects = resumed.wizard.first_effects();
    assert!(started(&effects).is_some());
}

proptest! {
    #[test]
    fn no_text_is_too_strange_for_a_draft(text in ".*") {
        prop_assert!(Draft::from_file(&text).is_err());
    }

    #[test]
    fn a_draft_from_anywhere_is_taken_or_refused(at in any::<prop::sample::Index>(), letter in any::<char>()) {
        let mut walk = keeping(CLOUD_URL);
        walk.wizard.public_key.give(KEY);
        let walk = walk.to(StepId::SshUrl);
        let draft = kept(&walk.effects).flatten().expect("a draft");
        let mut letters: Vec<char> = draft.to_file().chars().collect();
        *at.get_mut(&mut letters) = letter;
        let damaged: String = letters.into_iter().collect();
        if let Ok(draft) = Draft::from_file(&damaged) {
            let mut wizard = keeping("").wizard;
            wizard.resume(&draft);
        }
    }
}

#[test]
fn a_test_that_shows_the_same_again_says_so() {
    let again = Some("Tested again: no change.");
    let notice = |walk: &Walk| {
        walk.wizard
            .notice
            .as_ref()
            .map(|notice| notice.text.clone())
    };
    let mut walk = Walk::given(CLOUD_URL)
        .to(StepId::ConnectionTest)
        .answered(&refused(), None);
    assert_eq!(notice(&walk), None);
    walk.keys("r");
    let mut walk = walk.answered(&refused(), None);
    assert_eq!(notice(&walk).as_deref(), again);
    walk.keys("r");
    let mut walk = walk.answered(&Answer::Accepted, Some(&refused()));
    assert_eq!(notice(&walk), None, "it is another outcome");
    // Of a test that nobody asked for again, and of one that was stopped, nothing is said.
    walk.keys("r");
    walk.press(KeyCode::Esc);
    walk.keys("w");
    let walk = walk.answered(&Answer::Accepted, Some(&refused()));
    assert_ne!(notice(&walk).as_deref(), again);
}

//! The wizard line by line: what each line means, what must hold for any lines, and whole talks from a pipe.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail this way"
)]

#[allow(dead_code, reason = "not every test needs all of it")]
#[path = "support/program.rs"]
mod program;
#[path = "support/walk.rs"]
mod walk;

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use crossterm::event::KeyCode;
use doorkey::access_key::AccessKey;
use doorkey::bitbucket::Edition;
use doorkey::check::stage::key_query::Answer;
use doorkey::check::{FixId, NotOpened};
use doorkey::guide::effect::IdentitySource;
use doorkey::guide::{BrowserHere, CopyId, Effect, Leaving, Overlay, Reply, Request, Surroundings};
use doorkey::plain::{Misunderstood, Narrator, Understood, help, prompt, understand};
use doorkey::setup::StepId;
use doorkey::simulator::{NewKey, Options, Permission, Place, Simulator};
use insta::assert_snapshot;
use proptest::prelude::*;
use secrecy::ExposeSecret;
use ssh_key::{Algorithm, LineEnding, PrivateKey};

use program::{Ended, Program};
use walk::{CLOUD_URL, KEY, Walk, refused, started};

const RETIRED_URL: &str = "git@bitbucket.org:acme/analytics.git";

/// Answers a line, and gives the effects it asks for.
fn answer(walk: &mut Walk, line: &str) -> Vec<Effect> {
    match understand(&walk.wizard, line) {
        Ok(Understood::Events(events)) => events
            .into_iter()
            .flat_map(|event| walk.event(event))
            .collect(),
        Ok(Understood::Help) | Err(_) => Vec::new(),
    }
}

#[track_caller]
fn misunderstood(walk: &Walk, line: &str) -> String {
    match understand(&walk.wizard, line) {
        Err(Misunderstood(words)) => words,
        Ok(understood) => panic!("{line:?} is understood as {understood:?}"),
    }
}

fn not_recognised() -> Walk {
    Walk::demo(CLOUD_URL)
        .to(StepId::ConnectionTest)
        .answered(&refused(), None)
}

fn recognised() -> Walk {
    Walk::given(CLOUD_URL)
        .to(StepId::ConnectionTest)
        .answered(&Answer::Accepted, Some(&refused()))
}

// ---- what a line means ------------------------------------------------------------------------------------------

#[test]
fn a_question_takes_a_number_the_beginning_of_an_answer_or_its_default() {
    for (line, edition) in [
        ("", Edition::Cloud),
        ("1", Edition::Cloud),
        ("2", Edition::DataCenter),
        (" 2 ", Edition::DataCenter),
        ("bitbucket data", Edition::DataCenter),
    ] {
        let mut walk = Walk::empty();
        answer(&mut walk, line);
        assert_eq!(walk.wizard.edition(), edition, "{line:?}");
        assert_eq!(
            walk.wizard.journey.prerequisites.picks.focus(),
            1,
            "{line:?}"
        );
    }
    for line in ["0", "3", "9", "bitbucket", "maybe", "x", "k"] {
        misunderstood(&Walk::empty(), line);
    }
}

#[test]
fn yes_and_no_are_enough() {
    let mut walk = Walk::empty();
    for line in ["1", "no", "yes"] {
        answer(&mut walk, line);
    }
    assert_eq!(walk.wizard.journey.prerequisites.picks.answer(1), 1);
    assert_eq!(walk.wizard.journey.step, StepId::Allowlist);
}

#[test]
fn back_goes_to_the_question_before_then_to_the_step_before() {
    let mut walk = Walk::empty();
    misunderstood(&walk, "back");
    answer(&mut walk, "1");
    answer(&mut walk, "3");
    answer(&mut walk, "back");
    assert_eq!(walk.wizard.journey.prerequisites.picks.focus(), 1);
    for _ in 0..2 {
        answer(&mut walk, "");
    }
    answer(&mut walk, "back");
    assert_eq!(walk.wizard.journey.step, StepId::Prerequisites);
    answer(&mut walk, "step 2");
    assert_eq!(walk.wizard.journey.step, StepId::Allowlist);
    misunderstood(&walk, "step 6");
}

#[test]
fn the_address_of_a_region_is_said_before_going_on() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::Allowlist);
    answer(&mut walk, "yes");
    answer(&mut walk, "2");
    assert_eq!(walk.wizard.journey.step, StepId::Allowlist);
    let asked = prompt(&walk.wizard).expect("a question");
    let address = walk.wizard.journey.allowlist.region().egress_addresses();
    assert!(asked.lines.contains(&address), "{asked:?}");
    assert!(matches!(
        &answer(&mut walk, "c")[..],
        [Effect::Ask(_, Request::Copy(CopyId::EgressAddress, _))]
    ));
    answer(&mut walk, "");
    assert_eq!(walk.wizard.journey.step, StepId::PublicKey);
}

#[test]
fn a_text_takes_the_place_of_what_is_there_and_letters_are_keys() {
    let mut walk = Walk::empty().to(StepId::PublicKey);
    answer(&mut walk, KEY.trim_end());
    assert!(walk.wizard.key().is_some());
    assert!(matches!(
        &answer(&mut walk, "1")[..],
        [Effect::Ask(_, Request::Copy(CopyId::Key, _))]
    ));
    assert!(matches!(
        &answer(&mut walk, "V")[..],
        [Effect::Ask(_, Request::ReadClipboard)]
    ));
    answer(&mut walk, "");
    assert_eq!(walk.wizard.journey.step, StepId::AccessKeysPage);
    answer(&mut walk, "https://bitbucket.org/acme/other");
    answer(&mut walk, "https://bitbucket.org/acme/analytics");
    assert_eq!(
        walk.wizard.journey.access_keys_page.field.text(),
        "https://bitbucket.org/acme/analytics"
    );
    assert!(matches!(
        &answer(&mut walk, "o")[..],
        [Effect::Ask(_, Request::OpenPage(_))]
    ));
    assert!(matches!(
        &answer(&mut walk, "ctrl-v")[..],
        [Effect::Ask(_, Request::ReadClipboard)]
    ));
    misunderstood(&walk, "e");
    misunderstood(&walk, "y");
    answer(&mut walk, "");
    assert_eq!(walk.wizard.journey.ssh_url.field.text(), CLOUD_URL);
    answer(&mut walk, RETIRED_URL);
    answer(&mut walk, "u");
    assert_eq!(walk.wizard.journey.ssh_url.field.text(), CLOUD_URL);
    assert!(started(&answer(&mut walk, "")).is_some());
}

#[test]
fn the_clipboard_is_offered_only_where_there_is_one_that_can_be_read() {
    for (clipboard, is_offered) in [(None, true), (Some(true), true), (Some(false), false)] {
        let mut walk = Walk::given(CLOUD_URL).to(StepId::PublicKey);
        if let Some(clipboard) = clipboard {
            walk.reply(Reply::Surroundings(Surroundings {
                clipboard,
                ..Surroundings::default()
            }));
        }
        let asked = prompt(&walk.wizard).expect("a question").lines;
        for said in [asked, help(&walk.wizard)] {
            let offers = said
                .iter()
                .any(|line| line.contains("Paste from the clipboard"));
            assert_eq!(offers, is_offered, "{said:?}");
        }
        // Who asks for it all the same is told why there is none.
        let effects = answer(&mut walk, "v");
        assert!(matches!(
            &effects[..],
            [Effect::Ask(_, Request::ReadClipboard)]
        ));
        let numbered = answer(&mut walk, "3");
        let reads = matches!(&numbered[..], [Effect::Ask(_, Request::ReadClipboard)]);
        assert_eq!(reads, is_offered);
        answer(&mut walk, "2");
        assert!(
            walk.wizard.public_key.file.is_some(),
            "the others keep their numbers"
        );
    }
}

#[test]
fn a_file_is_asked_for_and_nothing_is_read_without_a_name() {
    let mut walk = Walk::empty().to(StepId::PublicKey);
    for line in ["f", ""] {
        answer(&mut walk, line);
    }
    assert_eq!(walk.wizard.public_key.file, None);
    answer(&mut walk, "f");
    let effects = answer(&mut walk, "~/c");
    assert!(
        matches!(&effects[..], [Effect::Ask(_, Request::ReadKeyFile(name))] if name == "~/c"),
        "{effects:?}"
    );
    walk.reply(Reply::KeyFileRead(Err("it is not there".to_owned())));
    let effects = answer(&mut walk, "other.pub");
    assert!(
        matches!(&effects[..], [Effect::Ask(_, Request::ReadKeyFile(name))] if name == "other.pub"),
        "{effects:?}"
    );
    answer(&mut walk, "back");
    assert_eq!(walk.wizard.journey.step, StepId::PublicKey);
}

#[test]
fn fixes_have_a_letter_and_a_number() {
    let numbered = |walk: &Walk, wanted: FixId| {
        let lines = prompt(&walk.wizard).expect("a question").lines;
        let named = format!(" or {}: ", wanted.key());
        let line = lines
            .iter()
            .find(|line| line.contains(&named))
            .expect("the fix");
        line.split(' ').next().expect("its number").to_owned()
    };
    for by_number in [false, true] {
        let line = |walk: &Walk, fix: FixId| {
            if by_number {
                numbered(walk, fix)
            } else {
                fix.key().to_string()
            }
        };
        let mut walk = not_recognised();
        let fix = line(&walk, FixId::CopyKey);
        assert!(matches!(
            &answer(&mut walk, &fix)[..],
            [Effect::Ask(_, Request::Copy(CopyId::Key, _))]
        ));
        let fix = line(&walk, FixId::Retry);
        assert!(started(&answer(&mut walk, &fix)).is_some());
    }
    let mut walk = not_recognised();
    misunderstood(&walk, "");
    assert!(matches!(
        &answer(&mut walk, "d")[..],
        [Effect::Ask(_, Request::AddKeyForMe(_))]
    ));
    answer(&mut walk, "h");
    assert_eq!(walk.wizard.overlay(), Some(Overlay::HandOff));
    answer(&mut walk, "");
    assert_eq!(walk.wizard.overlay(), None);
}

#[test]
fn texts_for_others_are_said_copied_and_saved() {
    for (step, letter, copy, file) in [
        (StepId::FIRST, "h", CopyId::HandOff, "doorkey-handoff.md"),
        (
            StepId::ConnectionTest,
            "b",
            CopyId::Report,
            "doorkey-report.md",
        ),
    ] {
        let mut walk = Walk::given(CLOUD_URL).to(step);
        if step == StepId::ConnectionTest {
            walk = walk.answered(&Answer::Accepted, Some(&walk::refused()));
        }
        answer(&mut walk, letter);
        let asked = prompt(&walk.wizard).expect("a question");
        assert_eq!(
            asked.lines,
            ["1 or c: Copy it all.", "2 or s: Save to a file."]
        );
        assert!(
            matches!(&answer(&mut walk, "c")[..], [Effect::Ask(_, Request::Copy(id, _))] if *id == copy)
        );
        assert!(
            matches!(&answer(&mut walk, "2")[..], [Effect::Ask(_, Request::WriteFile(name, _))] if *name == file)
        );
        let said = Narrator::default().news(&walk.wizard).join("\n");
        assert!(!said.contains('`') && !said.contains("**"), "{said}");
        answer(&mut walk, "");
        assert_eq!(walk.wizard.overlay(), None);
    }
}

#[test]
fn values_are_said_whole_copied_by_their_numbers_and_saved() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::SshUrl);
    answer(&mut walk, "z");
    let said = Narrator::default().news(&walk.wizard);
    assert!(
        said.contains(&format!("Public key: {}", walk::KEY.trim())),
        "{said:?}"
    );
    let asked = prompt(&walk.wizard).expect("a question");
    assert_eq!(
        asked.lines,
        [
            "1: Copy the public key.",
            "2: Copy the fingerprint.",
            "3: Copy the address.",
            "4: Copy the link.",
            "5: Copy the SSH URL.",
            "6 or s: Save to a file.",
        ]
    );
    assert!(matches!(
        &answer(&mut walk, "5")[..],
        [Effect::Ask(_, Request::Copy(CopyId::SshUrl, url))] if url == CLOUD_URL
    ));
    for line in ["s", "6"] {
        assert!(matches!(
            &answer(&mut walk, line)[..],
            [Effect::Ask(_, Request::WriteFile("doorkey-values.txt", _))]
        ));
    }
    answer(&mut walk, "z");
    let said = Narrator::default().news(&walk.wizard);
    assert!(said.iter().any(|line| line == walk::KEY.trim()), "{said:?}");
    answer(&mut walk, "");
    assert_eq!(walk.wizard.overlay(), None);
}

#[test]
fn the_address_of_the_page_can_be_taken_out_again() {
    for given in ["no address", "https://bitbucket.org/acme/analytics"] {
        let mut walk = Walk::given(CLOUD_URL).to(StepId::AccessKeysPage);
        answer(&mut walk, given);
        let lines = help(&walk.wizard);
        let named = "none: Go on without an address.".to_owned();
        assert!(lines.contains(&named), "{lines:?}");
        answer(&mut walk, "None");
        assert_eq!(walk.wizard.journey.step, StepId::SshUrl, "{given:?}");
        assert!(walk.wizard.journey.access_keys_page.field.is_empty());
    }
    // Where an address is needed, none is no answer.
    let mut walk = Walk::given(CLOUD_URL).to(StepId::SshUrl);
    answer(&mut walk, "none");
    assert_eq!(walk.wizard.journey.step, StepId::SshUrl);
}

#[test]
fn hints_that_are_left_out_again_are_offered_again() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::AccessKeysPage);
    let mut narrator = Narrator::default();
    let mut offered = || {
        answer(&mut walk, "m");
        narrator.news(&walk.wizard);
        let asked = narrator.question(&walk.wizard).expect("a question");
        asked.lines.join("\n")
    };
    assert!(offered().contains("m: Leave out again"));
    assert!(offered().contains("m: Settings missing?"));
}

#[test]
fn enter_says_why_it_does_not_go_on() {
    let mut walk = Walk::empty().to(StepId::PublicKey);
    answer(&mut walk, KEY.trim_end());
    answer(&mut walk, "");
    for line in ["no address", ""] {
        answer(&mut walk, line);
    }
    assert_eq!(walk.wizard.journey.step, StepId::AccessKeysPage);
    let mut narrator = Narrator::default();
    let said = narrator.news(&walk.wizard);
    assert!(
        said.iter().any(|line| line.contains("to go on without")),
        "{said:?}"
    );
}

#[test]
fn a_qr_code_is_the_link_itself() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::AccessKeysPage);
    let link = walk.wizard.page_link().expect("a page");
    let lines = help(&walk.wizard);
    assert!(
        lines.contains(&"#: The link to the page.".to_owned()),
        "{lines:?}"
    );
    let mut narrator = Narrator::default();
    narrator.news(&walk.wizard);
    answer(&mut walk, "#");
    assert_eq!(narrator.news(&walk.wizard), [format!("The page: {link}")]);
    assert!(matches!(
        &answer(&mut walk, "l")[..],
        [Effect::Ask(_, Request::Copy(CopyId::PageLink, text))] if *text == link
    ));
    answer(&mut walk, "");
    assert_eq!(walk.wizard.overlay(), None);
    // Nor is one promised where no browser opens.
    let mut walk = Walk::empty();
    walk.reply(Reply::Surroundings(Surroundings {
        browser: BrowserHere::No,
        ..Surroundings::default()
    }));
    let said = Narrator::default().news(&walk.wizard).join("\n");
    assert!(
        said.contains("browser not from here, so you get links."),
        "{said}"
    );
}

#[test]
fn help_over_a_step_is_about_what_lies_there() {
    let mut walk = not_recognised();
    for (line, text) in [
        ("g", "A text: the token. It is not shown."),
        ("secret", "A text: the e-mail address."),
    ] {
        answer(&mut walk, line);
        assert_eq!(help(&walk.wizard)[..2], ["Answers here:", text]);
    }
    let mut walk = not_recognised();
    answer(&mut walk, "i");
    answer(&mut walk, "f");
    assert_eq!(help(&walk.wizard)[1], "A text: the name of the file.");
}

#[test]
fn a_watch_ends_with_an_empty_line_or_stop() {
    for line in ["", "stop", "w"] {
        let mut walk = not_recognised();
        misunderstood(&walk, "stop");
        answer(&mut walk, "w");
        walk.tell(walk::climb(&walk.wizard, &refused(), None));
        assert!(walk.wizard.connection_test().watch.is_some());
        answer(&mut walk, line);
        assert!(walk.wizard.connection_test().watch.is_none(), "{line:?}");
    }
}

#[test]
fn a_running_test_can_be_stopped() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::ConnectionTest);
    assert_eq!(prompt(&walk.wizard), None);
    assert!(matches!(
        &answer(&mut walk, "stop")[..],
        [Effect::CancelTest(_)]
    ));
}

#[test]
fn quitting_asks_where_work_would_be_lost() {
    for (line, quits) in [
        ("y", true),
        ("yes", true),
        ("quit", true),
        ("n", false),
        ("", false),
        ("back", false),
    ] {
        let mut walk = not_recognised();
        assert!(answer(&mut walk, "quit").is_empty());
        assert_eq!(walk.wizard.overlay(), Some(Overlay::QuitQuestion));
        let effects = answer(&mut walk, line);
        assert_eq!(
            matches!(&effects[..], [Effect::Quit(Leaving::Quit)]),
            quits,
            "{line:?}"
        );
        assert_eq!(walk.wizard.overlay().is_some(), quits, "{line:?}");
    }
    assert!(matches!(
        &answer(&mut recognised(), "")[..],
        [Effect::Quit(Leaving::Quit)]
    ));
    assert!(matches!(
        &answer(&mut recognised(), "quit")[..],
        [Effect::Quit(Leaving::Quit)]
    ));
}

#[test]
fn a_wrapped_key_is_joined_wherever_it_was_broken() {
    let key = KEY.trim_end();
    for first in 1..key.len() {
        let second = (first + 20).min(key.len());
        let mut walk = Walk::empty().to(StepId::PublicKey);
        let lines = [&key[..first], &key[first..second], &key[second..]];
        for line in lines {
            if !line.trim().is_empty() {
                answer(&mut walk, line);
            }
        }
        let at_once = AccessKey::read(&lines.join("\n"));
        let line_by_line = walk.wizard.key().map(AccessKey::fingerprint);
        assert_eq!(
            line_by_line,
            at_once.ok().map(|key| key.fingerprint()),
            "broken after {first}"
        );
    }
}

#[test]
fn a_new_key_is_not_joined_with_the_one_before() {
    let mut walk = Walk::empty().to(StepId::PublicKey);
    answer(&mut walk, &KEY[..50]);
    answer(&mut walk, KEY.trim_end());
    assert_eq!(walk.wizard.public_key.field.text(), KEY.trim_end());
    answer(&mut walk, &KEY[..50]);
    assert!(walk.wizard.key().is_none());
}

// ---- what must hold for any lines -------------------------------------------------------------------------------

fn any_line() -> impl Strategy<Value = String> {
    let usual = [
        "",
        "back",
        "help",
        "quit",
        "stop",
        "1",
        "2",
        "3",
        "9",
        "yes",
        "no",
        "n",
        "c",
        "o",
        "u",
        "w",
        "d",
        "h",
        "f",
        "m",
        "v",
        "e",
        "g",
        "s3cret",
        "r",
        "k",
        "t",
        "l",
        "a",
        "ctrl-v",
        "esc",
        "tab",
        "step 1",
        "step 3",
        "step 6",
        CLOUD_URL,
        RETIRED_URL,
        "https://bitbucket.org/acme/analytics",
        "https://jane:pw@bitbucket.org/acme/x.git",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "---- END SSH2 PUBLIC KEY ----",
        "AAAAC3NzaC1lZDI1NTE5AAAA",
        "\x1b[31m",
    ];
    prop_oneof![
        8 => prop::sample::select(usual.map(str::to_owned).to_vec()),
        2 => Just(KEY.trim_end().to_owned()),
        2 => (1..KEY.len()).prop_map(|length| KEY[..length].trim_end().to_owned()),
        1 => "\\PC{0,40}",
    ]
}

/// Lets everything that was asked for come out.
fn come_out(walk: &mut Walk, effects: Vec<Effect>, is_green: bool) {
    for effect in effects {
        match effect {
            Effect::StartTest(..) => {
                let vendor = if is_green {
                    Answer::Accepted
                } else {
                    refused()
                };
                let control = is_green.then(refused);
                if walk.wizard.address().is_some() && walk.wizard.key().is_some() {
                    let checks = walk::climb(&walk.wizard, &vendor, control.as_ref());
                    walk.tell(checks);
                }
            }
            Effect::Ask(_, Request::LookAround) => {
                drop(walk.reply(Reply::Surroundings(Surroundings::default())));
            }
            Effect::Ask(_, Request::AddKeyForMe(_)) => drop(walk.reply(Reply::KeyAdded(Ok(())))),
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn no_lines_panic_or_make_quitting_impossible(
        lines in prop::collection::vec(any_line(), 0..40),
        is_demo in any::<bool>(),
        is_green in any::<bool>(),
    ) {
        let mut walk = if is_demo { Walk::demo(RETIRED_URL) } else { Walk::empty() };
        let mut narrator = Narrator::default();
        let mut said = Vec::new();
        for line in lines {
            if let Ok(Understood::Events(events)) = understand(&walk.wizard, &line) {
                narrator.answered(&walk.wizard, &events);
                for event in events {
                    let effects = walk.event(event);
                    come_out(&mut walk, effects, is_green);
                }
            }
            said.extend(narrator.news(&walk.wizard));
            said.extend(help(&walk.wizard));
            if let Some(asked) = narrator.question(&walk.wizard) {
                said.extend(asked.lines);
                said.extend(asked.ask);
            }
            prop_assert!(!said.iter().any(|line| line.chars().any(char::is_control)), "{said:?}");
            said.clear();
        }
        let first = answer(&mut walk, "quit");
        let second = answer(&mut walk, "quit");
        let quits = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::Quit(Leaving::Quit)));
        prop_assert!(quits(&first) || quits(&second));
    }

    #[test]
    fn what_is_refused_is_never_repeated(step in prop::sample::select(StepId::ALL.to_vec())) {
        let mut walk = Walk::given(CLOUD_URL).to(step);
        let secret = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ";
        if let Err(Misunderstood(words)) = understand(&walk.wizard, secret) {
            prop_assert!(!words.contains(secret));
        }
        answer(&mut walk, secret);
        let mut narrator = Narrator::default();
        let said = [narrator.news(&walk.wizard), help(&walk.wizard)].concat().join("\n");
        prop_assert!(!said.contains(secret));
        let kept = format!("{:?}", walk.wizard).contains(secret);
        prop_assert!(!kept);
    }
}

#[test]
fn going_on_line_by_line_is_the_same_as_on_the_full_screen() {
    let mut lines = Walk::given(CLOUD_URL);
    let mut keys = Walk::given(CLOUD_URL);
    for _ in 0..7 {
        answer(&mut lines, "");
        keys.press(KeyCode::Enter);
        assert_eq!(format!("{:?}", lines.wizard), format!("{:?}", keys.wizard));
    }
}

// ---- whole talks ------------------------------------------------------------------------------------------------

fn vendor_key() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys/ed25519.pub")
}

fn talk<const N: usize>(arguments: [&str; N], lines: &[&str]) -> Ended {
    let input: String = lines.iter().flat_map(|line| [*line, "\n"]).collect();
    Program::new(arguments).input(input).run()
}

/// What was said, with what differs from run to run named instead. It may hold nothing but ASCII text and line ends.
#[track_caller]
fn said(ended: &Ended) -> String {
    let both = [ended.stdout.as_str(), ended.stderr.as_str()].concat();
    let strange: String = both
        .chars()
        .filter(|c| !matches!(c, ' '..='~' | '\n'))
        .collect();
    assert_eq!(strange, "", "{both}");
    let mut said = String::new();
    for line in ended.stdout.lines() {
        let words: Vec<String> = line.split(' ').map(named).collect();
        said.push_str(&without_time(&words.join(" ")));
        said.push('\n');
    }
    said
}

fn named(word: &str) -> String {
    if let Some(rest) = word.strip_prefix("http://127.0.0.1:") {
        let path = rest.splitn(3, '/').nth(2).unwrap_or_default();
        return format!("http://127.0.0.1:[port]/[secret]/{path}");
    }
    if word.starts_with("127.0.0.1:") {
        return "127.0.0.1:[port]".to_owned();
    }
    if word.starts_with("SHA256:") {
        return "[fingerprint]".to_owned();
    }
    word.to_owned()
}

/// A rung without the time it took: where that is too short to be said, it is missing.
fn without_time(line: &str) -> String {
    let is_rung = [": proven", ": failed"]
        .iter()
        .any(|standing| line.contains(standing));
    match line.rsplit_once(", ") {
        _ if line.starts_with("Found on this machine:") => "[what this machine offers]".to_owned(),
        Some((before, time))
            if is_rung && (time.contains(" millisecond") || time.contains(" second")) =>
        {
            before.to_owned()
        }
        _ if is_rung => line.trim_end_matches('.').to_owned(),
        _ => line.to_owned(),
    }
}

#[test]
fn the_demo_turns_green() {
    let ended = talk(
        ["demo", "--plain"],
        &["", "", "", "", "", "", "", "u", "w", "d", ""],
    );
    assert_eq!(ended.code(), Some(0));
    assert_snapshot!("demo", said(&ended));
    assert_snapshot!(ended.stderr, @r"
    That was the demo: nothing outside this computer was touched.
    To set up your own repository, run doorkey.
    ");
}

#[test]
fn a_refused_key_is_explained_and_never_repeated() {
    let private = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap();
    let private = private.to_openssh(LineEnding::LF).unwrap();
    let mut lines = vec!["1", "yes", "yes", "no"];
    lines.extend(private.lines());
    lines.extend(["", "ssh-dss AAAA", "1.5", "back"]);
    let ended = talk(["--plain"], &lines);
    let said = said(&ended);
    for line in private.lines().filter(|line| !line.starts_with("-----")) {
        assert!(!said.contains(line), "a private key was repeated");
    }
    assert_eq!(ended.code(), Some(3));
    assert_snapshot!("refused_key", said);
    assert_snapshot!(ended.stderr, @"Left at step 2 of 6, IP allowlist. Run doorkey to go on where you left off.");
}

#[test]
fn a_wrapped_key_comes_through_a_pipe() {
    let key = fs::read_to_string(vendor_key()).unwrap();
    let (first, rest) = key.trim_end().split_at(30);
    let (second, third) = rest.split_at(30);
    let ended = talk(["--plain"], &["", "", "", "", first, second, third, ""]);
    assert_snapshot!("wrapped_key", said(&ended));
}

#[test]
fn what_a_file_holds_is_told_each_time_and_nothing_while_it_is_asked_for() {
    let lines = ["", "", "", "", "f", "bad", "f", "none", "", "f", "bad"];
    let input: String = lines.iter().flat_map(|line| [*line, "\n"]).collect();
    let ended = Program::new(["--plain"])
        .file("bad", "no key")
        .input(input)
        .run();
    let count = |words: &str| ended.stdout.matches(words).count();
    assert_eq!(count("This is not a public key."), 2, "{}", ended.stdout);
    assert_eq!(count("none can't be read"), 1, "{}", ended.stdout);
}

#[test]
fn help_lists_all_keys_of_the_step() {
    let key = vendor_key();
    let arguments = [
        "--plain",
        "--url",
        CLOUD_URL,
        "--key",
        key.to_str().unwrap(),
    ];
    let lines = [
        "help", "", "", "", "help", "", "help", "", "help", "m", "", "help", "h", "quit",
    ];
    let ended = talk(arguments, &lines);
    assert_snapshot!("help", said(&ended));
}

#[test]
fn a_failed_check_is_fixed_by_its_letter() {
    let bitbucket = Simulator::start(Options::new(Edition::DataCenter)).unwrap();
    let new = NewKey {
        line: &fs::read_to_string(vendor_key()).unwrap(),
        label: "Coalesce Quality",
        permission: Permission::Read,
        expires: None,
    };
    let place = Place::Repository(bitbucket.repository().to_owned());
    bitbucket.store().add_access_key(&place, new).unwrap();
    let address = bitbucket.ssh_address();
    let connect_to = format!("git.example.com:7999:{}:{}", address.ip(), address.port());
    let key = vendor_key();
    let url = "ssh://git@git.example.com:7999/acme/analytics-platform.git";
    let arguments = [
        "--plain",
        "--url",
        url,
        "--key",
        key.to_str().unwrap(),
        "--connect-to",
        &connect_to,
    ];
    let untrusted = talk(arguments, &["", "", "", "", "", "", ""]);
    assert_eq!(untrusted.code(), Some(3), "{}", untrusted.stdout);
    let ended = talk(arguments, &["", "", "", "", "", "", "", "t", "quit"]);
    assert_eq!(ended.code(), Some(0));
    assert_snapshot!("failed_check_and_its_fix", said(&ended));
}

#[test]
fn a_hanging_test_can_be_stopped_and_says_that_it_goes_on() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let connect_to = format!("::{}:{}", address.ip(), address.port());
    let key = vendor_key();
    let arguments = [
        "--plain",
        "--url",
        CLOUD_URL,
        "--key",
        key.to_str().unwrap(),
        "--connect-to",
        &connect_to,
    ];
    let ended = talk(
        arguments,
        &["", "", "", "", "", "", "", "stop", "quit", "yes"],
    );
    assert_eq!(ended.code(), Some(3));
    assert!(
        ended.stdout.contains("The test was stopped."),
        "{}",
        ended.stdout
    );
    assert!(!ended.stdout.contains("Not ready"), "{}", ended.stdout);
}

#[test]
fn a_test_that_takes_long_says_so_every_ten_seconds() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::ConnectionTest);
    let mut narrator = Narrator::default();
    narrator.news(&walk.wizard);
    walk.wait(Duration::from_secs(9));
    assert_eq!(narrator.news(&walk.wizard), [] as [&str; 0]);
    let due = narrator.next(&walk.wizard).expect("a sentence is due");
    walk.wait(due.saturating_sub(walk.now));
    let first = narrator.news(&walk.wizard);
    assert_eq!(
        first,
        ["Still testing, 10 seconds. To end the test, answer stop."]
    );
    walk.wait(Duration::from_secs(10));
    assert_eq!(narrator.news(&walk.wizard), ["Still testing, 20 seconds."]);
    walk.tell(walk::climb(&walk.wizard, &refused(), None));
    narrator.news(&walk.wizard);
    assert_eq!(narrator.next(&walk.wizard), None, "and then nothing moves");
}

#[test]
fn a_token_proves_the_upper_rungs_and_is_never_said() {
    let lines = [
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "u",
        "d",
        "g",
        "help",
        "back",
        "g",
        "",
        "jane@example.com",
        "quit",
        "y",
    ];
    let ended = talk(["demo", "--plain"], &lines);
    assert_eq!(ended.code(), Some(0), "{}", ended.stdout);
    let said = said(&ended);
    let (_, with_token) = said.split_once("Access token.").unwrap();
    assert_snapshot!("token", with_token);
}

#[test]
fn a_token_is_taken_as_it_is_and_a_grant_is_asked_about() {
    let mut walk = not_recognised();
    walk.wizard.demo = None;
    answer(&mut walk, "g");
    assert!(prompt(&walk.wizard).is_some_and(|asked| asked.is_secret));
    answer(&mut walk, "12");
    assert!(walk.wizard.token.in_email);
    answer(&mut walk, "back");
    assert!(!walk.wizard.token.in_email);
    answer(&mut walk, "s3cret");
    assert!(started(&answer(&mut walk, "")).is_some());
    let mut walk = walk.answered(&refused(), None);
    for (line, asks) in [("", false), ("no", false), ("back", false), ("y", true)] {
        answer(&mut walk, "d");
        assert_eq!(walk.wizard.overlay(), Some(Overlay::GrantQuestion));
        let effects = answer(&mut walk, line);
        assert_eq!(
            matches!(&effects[..], [Effect::Ask(_, Request::Grant(_))]),
            asks,
            "{line:?}"
        );
        assert_eq!(walk.wizard.overlay(), None);
    }
}

#[test]
fn ones_own_identity_is_asked_for_in_turn() {
    let mut walk = not_recognised();
    for line in ["", "back"] {
        answer(&mut walk, "i");
        assert_eq!(walk.wizard.overlay(), Some(Overlay::Identity));
        answer(&mut walk, line);
        assert_eq!(walk.wizard.overlay(), None, "{line:?}");
    }
    answer(&mut walk, "i");
    misunderstood(&walk, "id");
    answer(&mut walk, "2");
    let effects = answer(&mut walk, "a");
    let [Effect::Ask(_, Request::TakeIdentity(IdentitySource::File { name, .. }))] = &effects[..]
    else {
        panic!("{effects:?}");
    };
    assert_eq!(name, "a", "a file may have any name");
    walk.reply(Reply::IdentityTaken(Err(NotOpened::Locked)));
    assert!(prompt(&walk.wizard).is_some_and(|asked| asked.is_secret));
    let effects = answer(&mut walk, "2");
    let [Effect::Ask(_, Request::TakeIdentity(IdentitySource::File { passphrase, .. }))] =
        &effects[..]
    else {
        panic!("{effects:?}");
    };
    let passphrase = passphrase.as_ref().map(ExposeSecret::expose_secret);
    assert_eq!(passphrase, Some("2"));
}

#[test]
fn the_end_of_the_input_ends_it_with_the_status_it_deserves() {
    for (lines, code) in [
        (&[] as &[&str], 3),
        (&["", "", "", "", "", "", ""], 1),
        (&["", "", "", "", "", "", "", "u", "d"], 0),
        (&["", "", "", "", "", "", "", "u", "quit", "yes"], 1),
    ] {
        let ended = talk(["demo", "--plain"], lines);
        assert_eq!(ended.code(), Some(code), "{lines:?}\n{}", ended.stdout);
    }
    let last = talk(["demo", "--plain"], &[]).stdout;
    assert!(
        last.ends_with("There are no more answers, so doorkey ends here.\n"),
        "{last}"
    );
}

#[test]
fn a_copy_without_a_clipboard_is_printed_to_be_selected() {
    let key = vendor_key();
    let ended = talk(
        ["--plain", "--key", key.to_str().unwrap()],
        &["", "", "", "", "c"],
    );
    let line = fs::read_to_string(&key).unwrap();
    assert!(
        ended
            .stdout
            .contains("There is no clipboard here for the public key. To select, it is:\n"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stdout.lines().any(|said| said == line.trim_end()),
        "{}",
        ended.stdout
    );
}

#[cfg(unix)]
#[test]
fn what_goes_to_tmux_is_printed_as_well() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let (tmux, buffer) = (folder.path().join("tmux"), folder.path().join("buffer"));
    let script = format!("#!/bin/sh\nexec cat > '{}'\n", buffer.display());
    fs::write(&tmux, script).unwrap();
    fs::set_permissions(&tmux, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    let key = vendor_key();
    let ended = Program::new(["--plain", "--key", key.to_str().unwrap()])
        .env("TMUX", "socket,1,0")
        .env("PATH", format!("{}:{path}", folder.path().display()))
        .input("\n\n\n\nc\n")
        .run();
    let line = fs::read_to_string(&key).unwrap();
    let line = line.trim_end();
    let said = ended.stdout;
    assert!(
        said.contains("clipboard none, so texts to copy are printed"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&buffer).unwrap(), line);
    let told = format!("The public key is in tmux's paste buffer. To select, it is:\n{line}\n");
    assert!(said.contains(&told), "{said}");
}

#[test]
fn a_private_key_is_told_from_other_slips_at_every_question() {
    let private = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap();
    let private = private.to_openssh(LineEnding::LF).unwrap();
    for step in [
        StepId::Prerequisites,
        StepId::Allowlist,
        StepId::ConnectionTest,
    ] {
        let walk = Walk::given(CLOUD_URL).to(step);
        let words = misunderstood(&walk, &private);
        assert!(words.contains("This is a private key"), "{step:?}: {words}");
    }
}

#[test]
fn that_nothing_changed_is_said_after_what_was_tested() {
    let ended = talk(
        ["demo", "--plain"],
        &["", "", "", "", "", "", "", "r", "", "quit", "y"],
    );
    let said = said(&ended);
    let (_, again) = said.split_once("Tested again: no change.").unwrap();
    assert!(!again.contains("Reachable"), "{again}");
    assert!(!again.contains("Not ready yet."), "{again}");
}

#[test]
fn lines_of_any_length_and_any_bytes_are_taken_in() {
    let mut input = b"\n\n\n\n".to_vec();
    input.extend(vec![b'x'; 1 << 20]);
    input.extend(b"\n\xff\xfe\x1b]0;owned\x07\n\nquit\n");
    let ended = Program::new(["--plain"]).input(input).run();
    assert_eq!(ended.code(), Some(3));
    assert!(
        ended.stdout.contains("far longer than any key or address"),
        "{}",
        ended.stdout
    );
    let _ = said(&ended);
}

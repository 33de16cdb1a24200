//! Answers that come late: what they were asked for is gone, so they change nothing. And answers in time go where they
//! were asked for, whatever happened in between. The rotation's are in `tests/rotation`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail this way"
)]

#[path = "support/walk.rs"]
mod walk;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use doorkey::check::stage::key_query::Answer;
use doorkey::check::{Check, Code, OwnIdentity, TestEvent};
use doorkey::guide::{
    Copied, CopyId, Effect, Event, Opened, Overlay, Reply, Request, Saved, Surroundings, Target,
    Ticket,
};
use doorkey::setup::{Setup, StepId};
use proptest::prelude::*;
use proptest::sample::Index;
use walk::answers::{possible, ticket_for};
use walk::{CLOUD_URL, KEY, Walk, climb, refused, started};

const OTHER_URL: &str = "git@ssh.bitbucket.org:acme/other.git";
const OTHER_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g other";

fn refused_test(walk: Walk) -> Walk {
    walk.to(StepId::ConnectionTest).answered(&refused(), None)
}

fn ready_test(walk: Walk) -> Walk {
    walk.to(StepId::ConnectionTest)
        .answered(&Answer::Accepted, Some(&refused()))
}

/// Goes to step 5 and puts another address there.
fn change_address(walk: &mut Walk) {
    walk.keys("5e");
    walk.control('u');
    walk.paste(OTHER_URL);
}

fn saved() -> Saved {
    Saved {
        name: "analytics".parse().expect("a name"),
        beside: None,
        remark: None,
    }
}

/// What somebody asks for, what they do before the answer comes, and the answer.
struct Late {
    name: &'static str,
    walk: fn() -> Walk,
    asks: fn(&mut Walk),
    meanwhile: fn(&mut Walk),
    reply: fn() -> Reply,
}

#[allow(clippy::too_many_lines, reason = "it is one table")]
fn cases() -> Vec<Late> {
    let in_file = || Reply::KeyFileRead(Ok(OTHER_KEY.as_bytes().to_vec().into()));
    let on_clipboard = || Reply::ClipboardRead(Ok(OTHER_URL.to_owned()));
    let added = || Reply::KeyAdded(Ok(()));
    vec![
        Late {
            name: "an added key after the address was changed",
            walk: || refused_test(Walk::demo(CLOUD_URL)),
            asks: |walk| drop(walk.keys("d")),
            meanwhile: change_address,
            reply: added,
        },
        Late {
            name: "an added key after the key was changed",
            walk: || refused_test(Walk::demo(CLOUD_URL)),
            asks: |walk| drop(walk.keys("d")),
            meanwhile: |walk| {
                walk.keys("3");
                walk.paste(OTHER_KEY);
            },
            reply: added,
        },
        Late {
            name: "an added key after the address was changed and changed back",
            walk: || refused_test(Walk::demo(CLOUD_URL)),
            asks: |walk| drop(walk.keys("d")),
            meanwhile: |walk| {
                change_address(walk);
                walk.control('u');
                walk.paste(CLOUD_URL);
            },
            reply: added,
        },
        Late {
            name: "a clipboard in another step",
            walk: || Walk::given(CLOUD_URL).to(StepId::AccessKeysPage),
            asks: |walk| drop(walk.control('v')),
            meanwhile: |walk| drop(walk.press(KeyCode::Enter)),
            reply: on_clipboard,
        },
        Late {
            name: "a clipboard for the key where a file's name is typed",
            walk: || Walk::given(CLOUD_URL).to(StepId::PublicKey),
            asks: |walk| drop(walk.keys("v")),
            meanwhile: |walk| drop(walk.keys("f")),
            reply: on_clipboard,
        },
        Late {
            name: "a clipboard for a token in the field of the e-mail address",
            walk: || refused_test(Walk::given(CLOUD_URL)),
            asks: |walk| {
                walk.keys("g");
                walk.control('v');
            },
            meanwhile: |walk| drop(walk.press(KeyCode::Tab)),
            reply: || Reply::ClipboardRead(Ok("s3cret".to_owned())),
        },
        Late {
            name: "a clipboard for a token after the form was closed and opened again",
            walk: || refused_test(Walk::given(CLOUD_URL)),
            asks: |walk| {
                walk.keys("g");
                walk.control('v');
            },
            meanwhile: |walk| {
                walk.press(KeyCode::Esc);
                walk.keys("g");
            },
            reply: || Reply::ClipboardRead(Ok("s3cret".to_owned())),
        },
        Late {
            name: "a clipboard for a passphrase after its form was closed",
            walk: || refused_test(Walk::given(CLOUD_URL)),
            asks: |walk| {
                walk.keys("if");
                walk.control('v');
            },
            meanwhile: |walk| drop(walk.press(KeyCode::Esc)),
            reply: on_clipboard,
        },
        Late {
            name: "a file after esc",
            walk: || Walk::given(CLOUD_URL).to(StepId::PublicKey),
            asks: |walk| {
                walk.keys("fother.pub");
                walk.press(KeyCode::Enter);
            },
            meanwhile: |walk| drop(walk.press(KeyCode::Esc)),
            reply: in_file,
        },
        Late {
            name: "a file after esc, where another one is named",
            walk: || Walk::given(CLOUD_URL).to(StepId::PublicKey),
            asks: |walk| {
                walk.keys("fother.pub");
                walk.press(KeyCode::Enter);
            },
            meanwhile: |walk| {
                walk.press(KeyCode::Esc);
                walk.keys("fother.pub");
            },
            reply: in_file,
        },
        Late {
            name: "a file after a key was pasted",
            walk: || Walk::given(CLOUD_URL).to(StepId::PublicKey),
            asks: |walk| {
                walk.keys("fother.pub");
                walk.press(KeyCode::Enter);
            },
            meanwhile: |walk| drop(walk.paste(KEY)),
            reply: in_file,
        },
        Late {
            name: "why a file can't be read, after esc",
            walk: || Walk::given(CLOUD_URL).to(StepId::PublicKey),
            asks: |walk| {
                walk.keys("fother.pub");
                walk.press(KeyCode::Enter);
            },
            meanwhile: |walk| drop(walk.press(KeyCode::Esc)),
            reply: || Reply::KeyFileRead(Err("there is no such file".to_owned())),
        },
        Late {
            name: "an identity after its form was closed",
            walk: || refused_test(Walk::given(CLOUD_URL)),
            asks: |walk| drop(walk.keys("ia")),
            meanwhile: |walk| {
                walk.press(KeyCode::Esc);
                walk.keys("i");
            },
            reply: || Reply::IdentityTaken(Ok(OwnIdentity::Agent("/tmp/agent".into()))),
        },
        Late {
            name: "a copied key after the key was changed",
            walk: || Walk::given(CLOUD_URL).to(StepId::PublicKey),
            asks: |walk| drop(walk.keys("c")),
            meanwhile: |walk| drop(walk.paste(OTHER_KEY)),
            reply: || Reply::Copied(CopyId::Key, Copied::Confirmed),
        },
        Late {
            name: "an opened page after the address was changed",
            walk: || Walk::given(CLOUD_URL).to(StepId::AccessKeysPage),
            asks: |walk| drop(walk.keys("o")),
            meanwhile: |walk| drop(walk.paste(OTHER_URL)),
            reply: || Reply::PageOpened(Opened::Asked),
        },
        Late {
            name: "a saved connection after the address was changed",
            walk: || {
                ready_test(Walk::new(Setup {
                    url: CLOUD_URL.to_owned(),
                    key: Some(KEY.as_bytes().to_vec().into()),
                    keeps: true,
                    ..Setup::default()
                }))
            },
            asks: |_| {},
            meanwhile: change_address,
            reply: || Reply::Saved(Ok(saved())),
        },
        Late {
            name: "that an older state can't be kept",
            walk: || {
                Walk::new(Setup {
                    keeps: true,
                    ..Setup::default()
                })
            },
            asks: |walk| drop(walk.press(KeyCode::Down)),
            meanwhile: |_| {},
            reply: || Reply::NotKept("no space left on device".to_owned()),
        },
    ]
}

#[test]
fn a_late_answer_changes_nothing_and_says_nothing() {
    for Late {
        name,
        walk,
        asks,
        meanwhile,
        reply,
    } in cases()
    {
        let mut walk = walk();
        asks(&mut walk);
        let ticket = ticket_for(&walk.effects, &reply());
        assert!(walk.wizard.awaits(ticket), "{name}: it was asked");
        if name.starts_with("that an older") {
            walk.press(KeyCode::Up);
        }
        meanwhile(&mut walk);
        let before = format!("{:?}", walk.wizard);
        let effects = walk.event(Event::Answer(ticket, reply()));
        assert!(effects.is_empty(), "{name}: {effects:?}");
        assert_eq!(format!("{:?}", walk.wizard), before, "{name}");
    }
}

#[test]
fn each_of_these_answers_counts_if_nothing_comes_between() {
    for case in cases() {
        let mut walk = (case.walk)();
        (case.asks)(&mut walk);
        let before = format!("{:?}", walk.wizard);
        walk.reply((case.reply)());
        assert_ne!(format!("{:?}", walk.wizard), before, "{}", case.name);
    }
}

#[test]
fn an_answer_counts_once() {
    let mut walk = Walk::given(CLOUD_URL).to(StepId::AccessKeysPage);
    walk.control('v');
    walk.reply(Reply::ClipboardRead(Ok(OTHER_URL.to_owned())));
    let before = format!("{:?}", walk.wizard);
    walk.reply(Reply::ClipboardRead(Ok("elsewhere".to_owned())));
    assert_eq!(format!("{:?}", walk.wizard), before);
    // But a browser that was asked may still fail.
    walk.keys("o");
    walk.reply(Reply::PageOpened(Opened::Asked));
    walk.reply(Reply::PageOpened(Opened::Failed("status 1".to_owned())));
    let notice = walk.wizard.notice.expect("a notice");
    assert!(notice.is_problem, "{notice:?}");
}

#[test]
fn what_was_found_of_the_machine_is_not_overwritten_by_what_nobody_asked_for() {
    let mut walk = Walk::empty();
    let ticket = ticket_for(&walk.effects, &Reply::Surroundings(Surroundings::default()));
    let found = |clipboard| Surroundings {
        clipboard,
        ..Surroundings::default()
    };
    walk.event(Event::Answer(ticket, Reply::Surroundings(found(true))));
    walk.event(Event::Answer(ticket, Reply::Surroundings(found(false))));
    walk.event(Event::Answer(Ticket(77), Reply::Surroundings(found(false))));
    assert_eq!(walk.wizard.surroundings, Some(found(true)));
}

// ── tests that nobody waits for any more ────────────────────────────────────────────────────────

#[test]
fn a_test_ends_with_the_address_or_the_key_it_is_about() {
    type Way = fn(&mut Walk) -> Vec<Effect>;
    let ways: [(&str, Way); 6] = [
        ("typing in the address", |walk| {
            walk.keys("5e");
            walk.keys("x")
        }),
        ("pasting an address", |walk| {
            walk.keys("4");
            walk.paste(OTHER_URL)
        }),
        ("pasting a key", |walk| {
            walk.keys("3");
            walk.paste(OTHER_KEY)
        }),
        ("a key from a file", |walk| {
            walk.keys("3fother.pub");
            walk.press(KeyCode::Enter);
            walk.reply(Reply::KeyFileRead(Ok(OTHER_KEY.as_bytes().to_vec().into())))
        }),
        ("bringing back", |walk| {
            walk.keys("3");
            walk.paste(OTHER_KEY);
            walk.keys("6");
            walk.keys("3");
            walk.control('y')
        }),
        ("stopping", |walk| walk.press(KeyCode::Esc)),
    ];
    for (name, way) in ways {
        let mut walk = Walk::given(CLOUD_URL).to(StepId::ConnectionTest);
        assert!(walk.wizard.connection_test().running);
        let effects = way(&mut walk);
        let is_ended = |effect: &Effect| matches!(effect, Effect::CancelTest(_));
        assert_eq!(
            effects.iter().filter(|effect| is_ended(effect)).count(),
            1,
            "{name}: {effects:?}"
        );
        assert!(!walk.wizard.connection_test().running, "{name}");
    }
}

#[test]
fn a_test_that_takes_the_place_of_another_begins_after_that_ended() {
    let mut walk = refused_test(Walk::demo(CLOUD_URL));
    walk.keys("wd");
    let effects = walk.reply(Reply::KeyAdded(Ok(())));
    assert!(
        matches!(&effects[..], [Effect::CancelTest(old), Effect::StartTest(new, _)] if old < new),
        "{effects:?}"
    );
}

#[test]
fn a_stopped_test_leaves_what_the_last_one_found() {
    let mut walk = ready_test(Walk::given(CLOUD_URL));
    let before = walk.wizard.connection_test().checks.clone();
    let run = started(&walk.keys("r")).expect("a test");
    let half = TestEvent::Finished(Check::found(Code::TcpRefused));
    walk.event(Event::Test(run, half));
    walk.press(KeyCode::Esc);
    assert_eq!(walk.wizard.connection_test().checks, before);
}

// ── whatever happens ────────────────────────────────────────────────────────────────────────────

#[derive(Clone, Debug)]
enum Happens {
    Key(KeyCode),
    Control(char),
    Click(Target),
    Paste(&'static str),
    Passes(u64),
    /// One of the questions it ever asked is answered.
    Answered(Index, bool),
    /// One of the tests it ever began comes out.
    ComesOut(Index, bool),
}

fn anything() -> impl Strategy<Value = Happens> {
    let letters = "123456abcdefghijlmnoprstuvwxyz#?";
    let keys: Vec<KeyCode> = letters
        .chars()
        .map(KeyCode::Char)
        .chain([
            KeyCode::Enter,
            KeyCode::Enter,
            KeyCode::Enter,
            KeyCode::Esc,
            KeyCode::Tab,
            KeyCode::Down,
            KeyCode::Left,
        ])
        .collect();
    let pastes = vec![KEY, OTHER_KEY, CLOUD_URL, OTHER_URL, "s3cret"];
    let asked = || any::<(Index, bool)>();
    prop_oneof![
        10 => prop::sample::select(keys).prop_map(Happens::Key),
        2 => prop::sample::select(vec!['v', 'u', 'y']).prop_map(Happens::Control),
        1 => (1..=6usize).prop_map(|step| Happens::Click(Target::Step(step))),
        2 => prop::sample::select(pastes).prop_map(Happens::Paste),
        1 => (1..60u64).prop_map(Happens::Passes),
        5 => asked().prop_map(|(which, is_good)| Happens::Answered(which, is_good)),
        3 => asked().prop_map(|(which, is_good)| Happens::ComesOut(which, is_good)),
    ]
}

/// Where a text would go.
type Place = (StepId, Option<Overlay>, bool, bool);

fn place(walk: &Walk) -> Place {
    let wizard = &walk.wizard;
    let names_file = wizard.public_key.file.is_some();
    (
        wizard.journey.step,
        wizard.overlay(),
        wizard.token.in_email,
        names_file,
    )
}

/// What stands on the clipboard and in every file.
const ELSEWHERE: &str = "git@ssh.bitbucket.org:elsewhere/other.git";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    /// The walk itself holds that there is never more than one test, and none that nobody waits for.
    #[test]
    fn answers_in_any_order_go_where_they_were_asked_for_or_nowhere(
        is_demo in any::<bool>(),
        keeps in any::<bool>(),
        happens in prop::collection::vec(anything(), 0..80),
    ) {
        let demo = Walk::demo(CLOUD_URL).wizard.demo;
        let mut walk = Walk::new(Setup {
            url: CLOUD_URL.to_owned(),
            key: Some(KEY.as_bytes().to_vec().into()),
            demo: demo.filter(|_| is_demo),
            keeps,
            ..Setup::default()
        });
        // Every question, with how things stood when it was asked.
        let mut asked: Vec<(Ticket, Request, Place, [String; 3])> = Vec::new();
        let mut begun: Vec<Ticket> = Vec::new();
        for it in happens {
            let known = walk.effects.len();
            match it {
                Happens::Key(code) => drop(walk.press(code)),
                Happens::Control(letter) => {
                    let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
                    walk.event(Event::Key(key));
                }
                Happens::Click(target) => drop(walk.event(Event::Click(target))),
                Happens::Paste(text) => drop(walk.paste(text)),
                Happens::Passes(seconds) => drop(walk.wait(std::time::Duration::from_secs(seconds))),
                Happens::Answered(which, is_good) => {
                    if asked.is_empty() {
                        continue;
                    }
                    let (ticket, request, then, typed) = asked[which.index(asked.len())].clone();
                    let [good, bad] = possible(&request, ELSEWHERE);
                    let reply = if is_good { good } else { bad };
                    let is_wanted = walk.wizard.awaits(ticket);
                    let before = format!("{:?}", walk.wizard);
                    let effects = walk.event(Event::Answer(ticket, reply.clone()));
                    if !is_wanted {
                        prop_assert!(effects.is_empty(), "{request:?}");
                        prop_assert_eq!(format!("{:?}", walk.wizard), before, "{:?}", request);
                    }
                    match reply {
                        Reply::ClipboardRead(_) | Reply::KeyFileRead(_) if is_wanted => {
                            prop_assert_eq!(place_without_file(place(&walk)), place_without_file(then));
                        }
                        Reply::KeyAdded(_) | Reply::Saved(_) if is_wanted => {
                            let now = walk.typed();
                            prop_assert_eq!((&now[0], &now[2]), (&typed[0], &typed[2]));
                        }
                        _ => {}
                    }
                }
                Happens::ComesOut(which, is_good) => {
                    if begun.is_empty() {
                        continue;
                    }
                    let run = begun[which.index(begun.len())];
                    if walk.wizard.awaits(run) {
                        let vendor = if is_good { Answer::Accepted } else { refused() };
                        let control = is_good.then(refused);
                        let checks = climb(&walk.wizard, &vendor, control.as_ref());
                        walk.tell(checks);
                    } else {
                        let before = format!("{:?}", walk.wizard);
                        let late = TestEvent::Finished(Check::found(Code::TcpRefused));
                        prop_assert!(walk.event(Event::Test(run, late)).is_empty());
                        prop_assert_eq!(format!("{:?}", walk.wizard), before);
                    }
                }
            }
            let now = (place(&walk), walk.typed());
            for effect in &walk.effects[known..] {
                match effect {
                    Effect::Ask(ticket, request) => {
                        asked.push((*ticket, request.clone(), now.0, now.1.clone()));
                    }
                    Effect::StartTest(run, _) => begun.push(*run),
                    _ => {}
                }
            }
        }
        let mut tickets: Vec<Ticket> = asked.iter().map(|it| it.0).chain(begun).collect();
        let count = tickets.len();
        tickets.sort_unstable();
        tickets.dedup();
        prop_assert_eq!(tickets.len(), count, "no two questions have the same ticket");
    }
}

/// A key that comes from the file that was named answers the question for the name, too.
fn place_without_file((step, overlay, in_email, _): Place) -> (StepId, Option<Overlay>, bool) {
    (step, overlay, in_email)
}

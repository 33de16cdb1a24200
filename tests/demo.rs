//! The demo: every scenario plays itself to its end over real sockets, and a person can lead it, take over, and read along.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail this way"
)]

#[allow(dead_code, reason = "not every test needs all of it")]
#[path = "support/program.rs"]
mod program;
#[path = "support/pty.rs"]
#[cfg(unix)]
mod pty;
#[path = "support/walk.rs"]
mod walk;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use doorkey::demo::{Keys, Pace, Presentation, Pressed, Scenario};
use doorkey::guide::Seen;
use doorkey::guide::{Drive as _, Effect, Event, Overlay, Simulated};
use doorkey::setup::{NewConnection, Setup, Wizard};
use doorkey::view::render;
use doorkey::view::theme::{Background, Colours, Theme};
use insta::assert_snapshot;
use program::Program;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use walk::KEY;

const SECOND: Duration = Duration::from_secs(1);

// ── over real sockets ──────────────────────────────────────────────────────────────────────────

/// Plays a scenario as fast as can be, and gives its story.
fn story(scenario: &str) -> String {
    // Nobody watches, so nothing waits.
    let arguments = ["demo", "--auto", "--plain", "--scenario", scenario];
    let began = Instant::now();
    let ended = Program::new(arguments).run();
    let took = began.elapsed();
    assert_eq!(
        ended.status.code(),
        Some(0),
        "{}{}",
        ended.stdout,
        ended.stderr
    );
    assert!(
        ended.stderr.starts_with("That was the demo"),
        "{}",
        ended.stderr
    );
    assert!(took < 10 * SECOND, "{scenario} took {took:?}");
    let is_read_aloud = |c: char| c.is_ascii() && c != '>';
    assert!(ended.stdout.chars().all(is_read_aloud), "{}", ended.stdout);
    ended.stdout
}

/// Whether words come one after the other.
#[track_caller]
fn tells(story: &str, words: &[&str]) {
    let mut rest = story;
    for word in words {
        let Some((_, after)) = rest.split_once(word) else {
            panic!("{word:?} does not come in its place:\n{story}");
        };
        rest = after;
    }
}

#[test]
fn a_first_setup() {
    let story = story("first-setup");
    tells(
        &story,
        &[
            "Say: Coalesce Quality holds the private half",
            "Pressed enter: Bitbucket Cloud",
            "Bitbucket moved SSH to another host.",
            "Nothing listens there.",
            "Pressed u: Use git@ssh.bitbucket.org:acme/analytics-platform.git",
            "Bitbucket does not know this key.",
            "Pressed w: Watch until it turns green",
            "Pressed d: Do it for me (demo only)",
            "The key is in: Bitbucket recognises it.",
        ],
    );
}

#[test]
fn a_data_center() {
    let story = story("data-center");
    tells(
        &story,
        &[
            "This address means port 22.",
            "OpenSSH answered.",
            "Pressed u: ",
            "This host key is not known yet.",
            "Pressed t: Trust",
            "The key is in",
            "Pressed g: ",
            "Read-only: failed.",
            "The key may also write.",
            "Pressed r: ",
            "Read-only",
            "The key is on this repository.",
        ],
    );
    assert!(!story.contains("ssh://git@127"), "{story}");
}

#[test]
fn five_causes() {
    let story = story("troubleshooting");
    tells(
        &story,
        &[
            "This is an HTTPS address.",
            "Pressed u: Use this instead: git@ssh.bitbucket.org:acme/analytics-platform.git",
            "What answers there is not SSH.",
            "Pressed r: ",
            "Bitbucket does not know this key.",
            "Pressed w: ",
            "Recognised: proven",
            "Pressed g: ",
            "The key is not on this repository.",
            "Pressed d: ",
            "Pressed y: ",
            "This repository: proven",
            "Coalesce has not used the key yet.",
            "Pressed w: ",
            "Used by Coalesce: proven",
            "All is proven",
        ],
    );
    for note in [
        "The first:",
        "The second:",
        "The third:",
        "The fourth:",
        "The fifth:",
    ] {
        assert_eq!(story.matches(note).count(), 1, "{note}");
    }
}

#[test]
fn somebody_else_is_the_administrator() {
    let story = story("not-admin");
    tells(
        &story,
        &[
            "Pressed down: No, somebody else is",
            "Adding a key needs an administrator of the repository.",
            "Pressed enter: No, somebody else is",
            "Typed https://bitbucket.org/acme/analytics-platform/src/main/",
            "Pressed h: ",
            "Please add an access key to acme/analytics-platform",
            "Pressed c: ",
            // There is no clipboard where tests run.
            "The text could not be copied",
            "Bitbucket does not know this key.",
            "Pressed w: ",
            "The key is in",
        ],
    );
}

#[test]
fn a_rotation() {
    let story = story("rotation");
    tells(
        &story,
        &[
            "Pressed d: ",
            "The new key is in",
            "Then the old key has to stay for now",
            "Bitbucket has not seen the new key in use yet.",
            "Pressed w: ",
            "Step 5 of 6: Remove the old key.",
            "Coalesce Quality uses the new key: Bitbucket has seen it.",
            "Pressed d: ",
            "Old key: refused, as it should be",
        ],
    );
}

#[test]
fn a_story_is_told_to_somebody_who_listens() {
    for story in ["first-setup", "troubleshooting", "rotation"].map(story) {
        // Nobody can answer, and nothing is kept.
        for words in [
            "An empty line stops it",
            "answer stop",
            "Each step is saved",
        ] {
            assert!(!story.contains(words), "{words}\n{story}");
        }
        let lines: Vec<&str> = story.lines().collect();
        let is_note = |line: &&str| line.starts_with("Say: ");
        assert!(lines.iter().filter(|line| is_note(line)).count() > 7);
        for pair in lines.windows(2) {
            assert!(!(is_note(&pair[0]) && is_note(&pair[1])), "{pair:?}");
        }
    }
    let not_admin = story("not-admin");
    assert!(!not_admin.contains("page down"), "{not_admin}");
    // What is asked comes before or after a test, and not in the middle of its lines.
    tells(
        &story("rotation"),
        &[
            "Bitbucket has never seen this key in use.",
            "Does Coalesce Quality use the new key?",
            "Pressed w: ",
        ],
    );
}

#[test]
fn every_scenario_is_played_here() {
    let names: Vec<&str> = Scenario::all()
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let played = [
        "first-setup",
        "data-center",
        "troubleshooting",
        "not-admin",
        "rotation",
    ];
    assert_eq!(names, played);
}

// ── on the command line ────────────────────────────────────────────────────────────────────────

#[test]
fn scenarios_are_listed() {
    let listed = Program::new(["demo", "--list"]).run().only_output(0);
    assert_snapshot!(listed, @r"
    first-setup      A first setup: the address is out of date, and nobody has added the key yet
    data-center      Data Center: the wrong port, a host key to trust, and a key that may also write
    troubleshooting  A tour: five causes one after the other, each put right with a key, up to the last rung
    not-admin        Somebody else is the administrator: a text that asks them, and a watch until they have done it
    rotation         A rotation: the new key beside the old one, in an order that protects, until the old one is refused
    ");
}

#[test]
fn without_a_terminal_the_story_is_told() {
    let ended = Program::new(["demo", "--auto"]).run();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    tells(
        &ended.stdout,
        &["It plays itself", "Pressed w: ", "The key is in"],
    );
    assert!(ended.stderr.starts_with("That was the demo"));
}

#[test]
fn a_reader_that_has_heard_enough_is_no_trouble() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_doorkey"))
        .args(["demo", "--auto", "--plain"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let output = child.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut first).unwrap();
    assert!(first.starts_with("doorkey lets"), "{first}");
    let ended = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
    assert_ne!(
        ended.status.code(),
        Some(0),
        "nobody knows how it would end"
    );
}

#[test]
fn what_cannot_be_played_is_refused() {
    let refused = |arguments: &[&str]| Program::new(arguments).run().only_message(2);
    assert_snapshot!(refused(&["demo", "--scenario", "nonsense"]), @r"
    doorkey: invalid value 'nonsense' for '--scenario <NAME>'
      [possible values: first-setup, data-center, troubleshooting, not-admin, rotation]

    For more information, try '--help'.
    ");
    assert_snapshot!(refused(&["demo", "--auto", "--speed", "0"]), @r"
    doorkey: invalid value '0' for '--speed <N>': it takes a number from 0.1 to 1000

    For more information, try '--help'.
    ");
    assert_snapshot!(refused(&["demo", "--speed", "2"]), @r"
    doorkey: the following required arguments were not provided:
      --auto

    Usage: doorkey demo --auto --speed <N>

    For more information, try '--help'.
    ");
}

// ── on a terminal ──────────────────────────────────────────────────────────────────────────────

#[cfg(unix)]
mod on_terminal {
    use super::pty::OnTerminal;

    #[test]
    fn it_plays_itself_to_the_end() {
        let arguments = ["demo", "--auto", "--speed", "20"];
        let mut terminal = OnTerminal::doorkey(arguments).start();
        terminal.wait_for_text("Nothing listens there");
        terminal.wait_for_text("The key is in");
        terminal.ends_with(0);
    }

    #[test]
    fn it_is_led_by_keys() {
        // So slow that nothing comes by itself.
        let arguments = ["demo", "--auto", "--speed", "0.1"];
        let mut terminal = OnTerminal::doorkey(arguments).start();
        terminal.wait_for_text("Playing  space pause");
        terminal.press(" ");
        terminal.wait_for_text("Paused  space go on");
        terminal.press("n");
        terminal.wait_for_text("Say  Coalesce Quality holds");
        for _ in 0..3 {
            // The right arrow.
            terminal.press("\x1b[C");
        }
        terminal.wait_for_text("step 2 of 6");
        terminal.press("q");
        terminal.ends_with(1);
    }

    #[test]
    fn a_story_that_is_stopped_half_way_is_not_played_though_all_is_green() {
        const STEP: &str = "\x1b[C";
        let arguments = [
            "demo",
            "--auto",
            "--scenario",
            "data-center",
            "--speed",
            "0.1",
        ];
        let mut terminal = OnTerminal::doorkey(arguments).size(120, 40).start();
        terminal.wait_for_text("Playing  space pause");
        terminal.press(STEP.repeat(7));
        terminal.wait_for_text("OpenSSH answered");
        terminal.press(STEP);
        // Its title stands beside the ladder before the test has ended.
        terminal.wait_for_text("t  Trust");
        terminal.press(STEP);
        terminal.wait_for_text("Bitbucket recognises it");
        terminal.press("q");
        terminal.ends_with(1);
    }

    #[test]
    fn a_page_that_is_too_long_is_read_to_its_end() {
        let arguments = [
            "demo",
            "--auto",
            "--scenario",
            "data-center",
            "--speed",
            "30",
        ];
        let mut terminal = OnTerminal::doorkey(arguments).size(60, 18).start();
        terminal.wait_for_text("The key may also write");
        terminal.wait_for_text("Remove the key and add it again");
        terminal.ends_with(0);
    }

    #[test]
    fn any_other_key_takes_over() {
        let arguments = ["demo", "--auto", "--speed", "0.1"];
        let mut terminal = OnTerminal::doorkey(arguments).start();
        terminal.wait_for_text("other keys: by hand");
        terminal.press("\r");
        terminal.wait_for_text("You have the keys now");
        terminal.wait_until_gone("other keys: by hand");
        terminal.press("\r\r");
        terminal.wait_for_text("step 2 of 6");
        terminal.press("\x03");
        terminal.ends_with(130);
    }
}

// ── on a stage, without a clock ────────────────────────────────────────────────────────────────

type OnStage = Presentation<NewConnection>;

/// A scenario that a person plays.
fn by_hand(name: &str) -> OnStage {
    let scenario = Scenario::from_name(name).expect("a scenario");
    let wizard = Wizard::new(Setup {
        url: scenario.address.clone(),
        key: Some(KEY.as_bytes().to_vec().into()),
        ..Setup::default()
    });
    let keys = Keys {
        new: KEY.trim().to_owned(),
        old: "ssh-ed25519 AAAA".to_owned(),
    };
    Presentation::by_hand(wizard, scenario, keys)
}

fn playing(name: &str, speed: &str) -> OnStage {
    let pace: Pace = speed.parse().expect("a pace");
    by_hand(name).playing_itself(pace, true)
}

fn press(stage: &mut OnStage, now: Duration, code: KeyCode) -> Vec<Effect> {
    stage.update(now, Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
}

fn pressed(stage: &OnStage) -> Vec<String> {
    stage.pressed().iter().map(Pressed::words).collect()
}

/// Lets time pass as a loop does, until a test begins.
fn run(stage: &mut OnStage, mut now: Duration) -> Duration {
    while !stage.guide().is_testing() {
        now += stage.wants_tick().expect("something is due");
        stage.update(now, Event::Tick);
    }
    now
}

#[test]
fn it_presses_as_a_person_would_and_no_sooner() {
    let mut stage = playing("first-setup", "1");
    stage.first_effects();
    assert_eq!(stage.wants_tick(), Some(4 * SECOND));
    stage.update(3 * SECOND, Event::Tick);
    assert_eq!(pressed(&stage), [""; 0]);
    stage.update(4 * SECOND, Event::Tick);
    assert_eq!(
        pressed(&stage),
        ["enter: Bitbucket Cloud, at bitbucket.org"]
    );
    let ended = run(&mut stage, 4 * SECOND);
    assert_eq!(stage.guide().journey.step.number(), 6);
    assert!((20 * SECOND..60 * SECOND).contains(&ended), "{ended:?}");
}

#[test]
fn twice_the_speed_takes_half_the_time() {
    let until_test = |speed| {
        let mut stage = playing("first-setup", speed);
        stage.first_effects();
        run(&mut stage, Duration::ZERO)
    };
    let (once, twice) = (until_test("1"), until_test("2"));
    assert!(once.abs_diff(2 * twice) < SECOND / 10, "{once:?} {twice:?}");
    assert_eq!(until_test("1000"), Duration::ZERO, "no waiting at all");
}

#[test]
fn a_person_takes_over_with_the_first_key() {
    let mut stage = playing("first-setup", "1");
    stage.first_effects();
    press(&mut stage, SECOND, KeyCode::Down);
    assert_eq!(stage.guide().playing(), None);
    assert_eq!(
        stage.guide().journey.prerequisites.picks.answer(0),
        1,
        "the key counts"
    );
    assert!(
        stage
            .guide()
            .notice()
            .unwrap()
            .text
            .starts_with("You have the keys now")
    );
    assert_eq!(stage.wants_tick(), None);
}

#[test]
fn whoever_scrolls_does_not_take_over() {
    let mut stage = playing("first-setup", "1");
    stage.first_effects();
    stage.update(SECOND, Event::Wheel(3));
    press(&mut stage, SECOND, KeyCode::PageDown);
    assert_eq!(stage.guide().scroll(), Some(11));
    press(&mut stage, SECOND, KeyCode::PageUp);
    assert!(stage.guide().playing().is_some());
    assert_eq!(stage.wants_tick(), Some(3 * SECOND), "it goes on as before");
    // Where an arrow picks another answer, it does not scroll.
    press(&mut stage, SECOND, KeyCode::Down);
    assert_eq!(stage.guide().playing(), None);
}

#[test]
fn the_answer_no_is_not_the_key_of_the_notes() {
    let mut wizard = by_hand("first-setup").guide().clone();
    wizard.show(Overlay::GrantQuestion);
    let scenario = Scenario::usual();
    let keys = Keys {
        new: String::new(),
        old: String::new(),
    };
    let stage = Presentation::by_hand(wizard, scenario, keys);
    let mut stage = stage.playing_itself(Pace::default(), true);
    press(&mut stage, SECOND, KeyCode::Char('n'));
    assert_eq!(stage.guide().overlay(), None);
    assert_eq!(
        (stage.guide().playing(), stage.guide().note()),
        (None, None)
    );
}

const TOO_SMALL: Seen = Seen {
    is_shown: false,
    has_more_below: false,
    page_rows: 0,
};

#[test]
fn what_is_not_seen_does_not_go_on() {
    let mut stage = playing("first-setup", "1");
    stage.first_effects();
    stage.drawn(TOO_SMALL);
    assert_eq!(stage.wants_tick(), None);
    stage.update(60 * SECOND, Event::Resized);
    stage.drawn(TOO_SMALL);
    assert_eq!(stage.wants_tick(), None);
    stage.update(90 * SECOND, Event::Resized);
    stage.drawn(Seen::ALL);
    assert_eq!(stage.wants_tick(), Some(4 * SECOND));
    assert_eq!(pressed(&stage), [""; 0]);
}

#[test]
fn the_player_reads_on_only_where_there_is_more() {
    let text = |stage: &OnStage| stage.pressed().last().map(Pressed::words);
    for (more, first) in [(true, "page down: scroll"), (false, "c: copy it all")] {
        let seen = Seen {
            is_shown: true,
            has_more_below: more,
            ..Seen::ALL
        };
        let mut stage = playing("not-admin", "1000");
        stage.first_effects();
        let mut now = Duration::ZERO;
        while stage.guide().overlay().is_none() {
            now += stage.wants_tick().expect("something is due");
            stage.update(now, Event::Tick);
        }
        stage.drawn(seen);
        while text(&stage).is_some_and(|words| words.starts_with("h: ")) {
            now += stage.wants_tick().expect("something is due");
            stage.update(now, Event::Tick);
        }
        let words = text(&stage).unwrap();
        assert!(words.starts_with(first), "{words}");
    }
}

#[test]
fn a_note_that_fits_no_more_is_not_shown() {
    let mut stage = by_hand("first-setup");
    stage.first_effects();
    press(&mut stage, SECOND, KeyCode::Char('n'));
    for _ in 0..7 {
        press(&mut stage, SECOND, KeyCode::Enter);
    }
    assert!(stage.guide().is_testing());
    let kept = stage.guide().note().expect("the note from before the test");
    assert!(
        kept.contains("Press enter to test it all the same"),
        "{kept}"
    );
    // Nobody knows what came of a test that was stopped.
    press(&mut stage, SECOND, KeyCode::Esc);
    assert!(!stage.guide().is_testing());
    assert_eq!(stage.guide().note(), None);
    press(&mut stage, SECOND, KeyCode::Left);
    assert!(stage.guide().note().is_some());
    press(&mut stage, SECOND, KeyCode::Char('u'));
    let told = stage.guide().note().expect("another note");
    assert!(told.contains("Coalesce Quality's form"), "{told}");
}

#[test]
fn a_note_asks_only_for_keys_that_do_something() {
    let about_the_fault = "an HTTPS address";
    let about_the_form = "Coalesce Quality's form";
    let mut stage = by_hand("troubleshooting");
    stage.first_effects();
    press(&mut stage, SECOND, KeyCode::Char('n'));
    for _ in 0..6 {
        press(&mut stage, SECOND, KeyCode::Enter);
    }
    for (key, words) in [
        // Refused, and told so.
        (KeyCode::Enter, about_the_fault),
        (KeyCode::Char('u'), about_the_form),
        (KeyCode::Left, "Any address will do here"),
        (KeyCode::Enter, about_the_form),
        (KeyCode::Char('c'), about_the_form),
    ] {
        press(&mut stage, SECOND, key);
        let note = stage.guide().note().unwrap();
        assert!(note.contains(words), "{key:?}: {note}");
    }
}

#[test]
fn pausing_stops_the_time_of_the_story() {
    let mut stage = playing("first-setup", "1");
    stage.first_effects();
    press(&mut stage, SECOND, KeyCode::Char(' '));
    assert!(stage.guide().playing().unwrap().is_paused);
    assert_eq!(stage.wants_tick(), None);
    stage.update(90 * SECOND, Event::Resized);
    assert_eq!(stage.guide().now, SECOND);
    press(&mut stage, 91 * SECOND, KeyCode::Char(' '));
    assert_eq!(stage.wants_tick(), Some(3 * SECOND));
}

#[test]
fn a_story_that_gets_stuck_is_given_up() {
    let mut stage = by_hand("first-setup").playing_itself("1000".parse().unwrap(), false);
    stage.first_effects();
    let now = run(&mut stage, Duration::ZERO);
    // The test never comes out.
    let tells = doorkey::check::TestEvent::Started(doorkey::check::CheckId::Dns);
    let last_run = stage.guide().connection_test().last_run;
    stage.update(now + 39 * SECOND, Event::Test(last_run, tells));
    assert!(!stage.has_given_up());
    stage.update(now + 41 * SECOND, Event::Tick);
    assert!(stage.has_given_up());
}

#[test]
fn what_happens_at_the_start_happens_once() {
    let mut stage = by_hand("data-center");
    let added = |effects: &[Effect]| {
        let mut effects = effects.iter();
        effects.any(|effect| matches!(effect, Effect::Simulate(Simulated::AddKey { writes: true, line, .. }) if line == KEY.trim()))
    };
    assert!(added(&stage.first_effects()));
    assert!(!added(&stage.update(SECOND, Event::Tick)));
}

#[test]
fn the_notes_do_not_take_a_letter_from_a_text() {
    let mut stage = by_hand("not-admin");
    stage.first_effects();
    press(&mut stage, SECOND, KeyCode::Char('n'));
    let note = stage.guide().note().expect("a note").to_owned();
    for _ in 0..5 {
        press(&mut stage, SECOND, KeyCode::Enter);
    }
    assert!(stage.guide().is_typing());
    assert_ne!(
        stage.guide().note(),
        Some(note.as_str()),
        "the note follows the step"
    );
    press(&mut stage, SECOND, KeyCode::Char('n'));
    assert_eq!(stage.guide().journey.access_keys_page.field.text(), "n");
    assert!(stage.guide().note().is_some());
    press(&mut stage, SECOND, KeyCode::Esc);
    press(&mut stage, SECOND, KeyCode::Char('n'));
    assert_eq!(stage.guide().note(), None);
}

// ── pictures ───────────────────────────────────────────────────────────────────────────────────

fn picture(stage: &OnStage, columns: u16, rows: u16) -> String {
    let theme = Theme::new(Background::Dark, Colours::None, false);
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let frame = terminal
        .draw(|frame| drop(render(stage.guide(), &theme, frame)))
        .unwrap();
    let area = frame.area;
    let lines = (0..area.height).map(|row| {
        let line: String = (0..area.width)
            .map(|column| frame.buffer[(column, row)].symbol())
            .collect();
        format!("|{}\n", line.trim_end())
    });
    lines.collect()
}

#[test]
fn notes_and_the_player_on_the_screen() {
    let mut stage = playing("first-setup", "1");
    stage.first_effects();
    press(&mut stage, SECOND, KeyCode::Char('n'));
    // Twenty-nine words are said before anything goes on.
    stage.update(11 * SECOND, Event::Tick);
    assert_eq!(pressed(&stage), [""; 0]);
    stage.update(13 * SECOND, Event::Tick);
    let pictures = [(60, 18), (80, 24), (120, 40)]
        .map(|(columns, rows)| format!("{columns}×{rows}\n{}", picture(&stage, columns, rows)));
    assert_snapshot!("on_stage", pictures.concat());
    press(&mut stage, 13 * SECOND, KeyCode::Char(' '));
    assert!(
        picture(&stage, 60, 18)
            .contains(" Paused  space go on  → step  q stop  other keys: by hand")
    );
}

#[test]
fn help_names_the_notes() {
    let mut stage = by_hand("first-setup");
    stage.first_effects();
    press(&mut stage, SECOND, KeyCode::Char('?'));
    assert!(picture(&stage, 80, 40).contains("n  notes"));
}

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

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use doorkey::demo::{Keys, Pace, Presentation, Pressed, Scenario};
use doorkey::view::render;
use doorkey::view::theme::{Background, Colours, Theme};
use doorkey::wizard::{Effect, Event, Guide, Setup, Simulated, Wizard};
use insta::assert_snapshot;
use program::Program;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use walk::KEY;

const SECOND: Duration = Duration::from_secs(1);

// ── over real sockets ──────────────────────────────────────────────────────────────────────────

/// Plays a scenario as fast as can be, and gives its story.
fn story(scenario: &str) -> String {
    let arguments = [
        "demo",
        "--auto",
        "--plain",
        "--speed",
        "1000",
        "--scenario",
        scenario,
    ];
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
            "Bitbucket moved SSH to another host.",
            "Nothing listens there.",
            "Pressed u: ",
            "Bitbucket does not know this key.",
            "Pressed w: watch",
            "Pressed d: do it for me",
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
            "Pressed t: trust",
            "The key is in",
            "Pressed g: ",
            "Read-only: no.",
            "The key may also write.",
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
            "Pressed u: ",
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
}

#[test]
fn somebody_else_is_the_administrator() {
    let story = story("not-admin");
    tells(
        &story,
        &[
            "Adding a key needs an administrator of the repository.",
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

type OnStage = Presentation<Wizard>;

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

/// Lets time pass as a loop does, until a test begins.
fn run(stage: &mut OnStage, mut now: Duration) -> Duration {
    while !stage.is_testing() {
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
    assert_eq!(stage.pressed(), []);
    stage.update(4 * SECOND, Event::Tick);
    assert_eq!(stage.pressed(), [Pressed::Key("enter: next".to_owned())]);
    let ended = run(&mut stage, 4 * SECOND);
    assert_eq!(stage.guide().step.number(), 6);
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
    assert_eq!(stage.playing(), None);
    assert_eq!(
        stage.guide().prerequisites.picks.answer(0),
        1,
        "the key counts"
    );
    assert!(
        stage
            .notice()
            .unwrap()
            .text
            .starts_with("You have the keys now")
    );
    assert_eq!(stage.wants_tick(), None);
}

#[test]
fn pausing_stops_the_clock_of_the_player() {
    let mut stage = playing("first-setup", "1");
    stage.first_effects();
    press(&mut stage, SECOND, KeyCode::Char(' '));
    assert!(stage.playing().unwrap().is_paused);
    assert_eq!(stage.wants_tick(), None);
    stage.update(90 * SECOND, Event::Tick);
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
    let last_run = stage.guide().connection_test.last_run;
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
    let note = stage.note().expect("a note").to_owned();
    for _ in 0..5 {
        press(&mut stage, SECOND, KeyCode::Enter);
    }
    assert!(stage.is_typing());
    assert_ne!(
        stage.note(),
        Some(note.as_str()),
        "the note follows the step"
    );
    press(&mut stage, SECOND, KeyCode::Char('n'));
    assert_eq!(stage.guide().access_keys_page.field.text(), "n");
    assert!(stage.note().is_some());
    press(&mut stage, SECOND, KeyCode::Esc);
    press(&mut stage, SECOND, KeyCode::Char('n'));
    assert_eq!(stage.note(), None);
}

// ── pictures ───────────────────────────────────────────────────────────────────────────────────

fn picture(stage: &OnStage, columns: u16, rows: u16) -> String {
    let theme = Theme::new(Background::Dark, Colours::None, false);
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let frame = terminal
        .draw(|frame| drop(render(stage, &theme, frame)))
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
    stage.update(5 * SECOND, Event::Tick);
    let pictures = [(60, 18), (80, 24), (120, 40)]
        .map(|(columns, rows)| format!("{columns}×{rows}\n{}", picture(&stage, columns, rows)));
    assert_snapshot!("on_stage", pictures.concat());
    press(&mut stage, 5 * SECOND, KeyCode::Char(' '));
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

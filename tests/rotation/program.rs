//! The whole program against a Bitbucket over real sockets: on a terminal, and line by line.

#![cfg(unix)]

use doorkey::connections::Stage;
use rustix::process::Signal;

use crate::program_support::{Ended, Program};
use crate::pty::{OnTerminal, Terminal};
use crate::walk::{NEW, OLD, key};
use crate::world::World;

const ENTER: &str = "\r";
const DOWN: &str = "\x1b[B";
const CTRL_C: &str = "\x03";

fn on_terminal(world: &World, more: &[&str]) -> Terminal {
    let program = OnTerminal::doorkey(world.rotate(more));
    program.env("XDG_STATE_HOME", world.state.path()).start()
}

fn stage(world: &World) -> Option<Stage> {
    world.saved().rotation.map(|rotation| rotation.stage())
}

#[test]
fn from_start_to_end_with_a_kill_at_every_step() {
    let world = World::new();
    let kill = |mut terminal: Terminal, expected: Option<Stage>| {
        terminal.signal(Signal::KILL);
        terminal.wait_for_end();
        assert_eq!(stage(&world), expected);
        on_terminal(&world, &[])
    };

    let terminal = on_terminal(&world, &[]);
    terminal.wait_for_text("step 1 of 6");
    terminal.paste(NEW);
    terminal.wait_for_text("It is another key than the old one");
    terminal.wait_for_text(&key(OLD).fingerprint());
    terminal.wait_for_text(&key(NEW).fingerprint());
    let terminal = kill(terminal, None);

    terminal.wait_for_text("step 1 of 6");
    terminal.paste(NEW);
    terminal.wait_for_text("It is another key than the old one");
    terminal.press(ENTER);
    terminal.wait_for_text("Bitbucket does not know it yet");
    let terminal = kill(terminal, Some(Stage::Add));

    terminal.wait_for_text("step 2 of 6");
    terminal.wait_for_text("goes on where it was left");
    terminal.press(ENTER);
    terminal.wait_for_text("✗ Recognised");
    let terminal = kill(terminal, Some(Stage::Prove));

    terminal.wait_for_text("✗ Recognised");
    terminal.press("w");
    terminal.wait_for_text("Watching: next test in");
    world.add_new();
    terminal.wait_for_text("✓ Recognised");
    terminal.wait_for_text("enter next");
    terminal.press(ENTER);
    terminal.wait_for_text("Does Coalesce Quality use the new key?");
    let terminal = kill(terminal, Some(Stage::Switch));

    terminal.wait_for_text("Does Coalesce Quality use the new key?");
    terminal.press(ENTER);
    terminal.wait_for_text("the old key has to stay for now");
    terminal.press(DOWN);
    terminal.press(ENTER);
    terminal.wait_for_text("Now take the old key out");
    let terminal = kill(terminal, Some(Stage::Remove));

    terminal.wait_for_text("Now take the old key out");
    terminal.press(ENTER);
    terminal.wait_for_text("✗ Old key");
    let mut terminal = kill(terminal, Some(Stage::Refuse));

    terminal.wait_for_text("✗ Old key");
    terminal.press("w");
    terminal.wait_for_text("Watching: next test in");
    world.remove_old();
    terminal.wait_for_text("✓ Old key           refused");
    terminal.wait_for_text("✓ New key           still let in");
    terminal.wait_for_text("enter finish");
    terminal.press(ENTER);
    terminal.ends_with(0);
    terminal.wait_for_text("Done: analytics has its new key");

    let saved = world.saved();
    assert!(saved.key.is_same_key(&key(NEW)));
    assert!(saved.retired[0].key.is_same_key(&key(OLD)));
    assert_eq!(saved.rotation, None);
    assert_eq!(world.fingerprints(), [key(NEW).fingerprint()]);
}

#[test]
fn how_it_was_left_is_said_and_told_by_the_exit_status() {
    let world = World::new();
    let file = world.file("new.pub", NEW);
    let mut terminal = on_terminal(&world, &["--key", file.to_str().unwrap()]);
    terminal.wait_for_text("It is another key than the old one");
    terminal.press("q");
    terminal.ends_with(3);
    terminal.wait_for_text("Nothing has changed yet. Go on with: doorkey rotate analytics");

    let mut terminal = on_terminal(&world, &["--key", file.to_str().unwrap()]);
    terminal.wait_for_text("It is another key than the old one");
    terminal.press(ENTER);
    terminal.wait_for_text("Bitbucket does not know it yet");
    terminal.press("q");
    terminal.ends_with(1);
    terminal
        .wait_for_text("The new key is still to be added. Go on with: doorkey rotate analytics");

    let mut terminal = on_terminal(&world, &["--key", file.to_str().unwrap()]);
    terminal.wait_for_text("step 2 of 6");
    terminal.press(CTRL_C);
    terminal.ends_with(130);
}

// ── line by line ────────────────────────────────────────────────────────────────────────────────

fn talk(world: &World, more: &[&str], lines: &[&str]) -> Ended {
    let input: String = lines.iter().flat_map(|line| [*line, "\n"]).collect();
    let more: Vec<&str> = ["--plain"].iter().chain(more).copied().collect();
    let program = Program::new(world.rotate(&more)).input(input);
    program.env("XDG_STATE_HOME", world.state.path()).run()
}

/// The lines in their order, without times and the Bitbucket's port.
fn said(ended: &Ended) -> String {
    let lines = ended
        .stdout
        .lines()
        .map(|line| match line.rsplit_once(", ") {
            Some((before, time)) if time.contains(" millisecond") => before.to_owned(),
            _ => line.trim_end_matches('.').to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn line_by_line_it_is_the_same() {
    let world = World::new();
    world.add_new();
    world.remove_old();
    let ended = talk(
        &world,
        &[],
        &[OLD.trim_end(), "", NEW, "", "", "", "2", "", ""],
    );
    assert_eq!(ended.code(), Some(0), "{}{}", ended.stdout, ended.stderr);
    insta::assert_snapshot!("lines_to_the_end", said(&ended));
    assert!(
        ended.stderr.starts_with("Done: analytics has its new key"),
        "{}",
        ended.stderr
    );
    assert!(world.saved().key.is_same_key(&key(NEW)));
}

#[test]
fn lines_left_in_the_middle_go_on_there() {
    let world = World::new();
    world.add_new();
    let file = world.file("new.pub", NEW);
    let first = talk(
        &world,
        &["--key", file.to_str().unwrap()],
        &["", "", "", "help", "1", "2", "", "quit"],
    );
    assert_eq!(first.code(), Some(1), "{}{}", first.stdout, first.stderr);
    insta::assert_snapshot!("lines_to_the_old_key", said(&first));
    let second = talk(&world, &[], &["u", "no", "quit"]);
    assert_eq!(second.code(), Some(1));
    insta::assert_snapshot!("lines_resumed", said(&second));
    assert_eq!(stage(&world), Some(Stage::Refuse));
}

// ── what can't be used ──────────────────────────────────────────────────────────────────────────

#[test]
fn names_and_keys_that_cannot_be_used_are_refused() {
    let world = World::new();
    let message = |arguments: &[&str]| {
        let program = Program::new(arguments).env("XDG_STATE_HOME", world.state.path());
        program.run().only_message(2)
    };
    insta::assert_snapshot!(message(&["rotate", "billing"]), @"doorkey: no saved connection is called billing; doorkey list shows all");
    let again = OLD.replace("Coalesce Quality", "another comment");
    let same = world.file("same.pub", &again);
    insta::assert_snapshot!(message(&["rotate", "analytics", "--key", same.to_str().unwrap()]), @"doorkey: this is the key that analytics has already, whatever its comment says; a rotation takes another one");
    let cut = world.file("cut.pub", &NEW[..50]);
    insta::assert_snapshot!(message(&["rotate", "analytics", "--key", cut.to_str().unwrap()]), @"doorkey: The key is incomplete. Part of it is missing, most often the end of a long line. Copy it again with the copy button in Coalesce Quality.");
    let begun = talk(&world, &[], &[NEW, "", "quit"]);
    assert_eq!(begun.code(), Some(1));
    let third =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDxE3a0h7Wf5cWnJTBXlnXKJkZ5gHzN5bBGuO3S0rJ1L third";
    let third = world.file("third.pub", third);
    insta::assert_snapshot!(message(&["rotate", "analytics", "--key", third.to_str().unwrap()]), @"doorkey: analytics is on its way to another key, SHA256:mKqU+0K8OhKmA8bBQi9Rz0Q5l7/g160hIP+rJYSTNj4. Go on with it, or give it up there with u: doorkey rotate analytics");
}

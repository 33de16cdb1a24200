//! What each event leads to, and above all what nothing leads to: the old key taken out too early.

use std::time::Duration;

use crossterm::event::KeyCode;
use doorkey::check::FixId;
use doorkey::connections::{RotationChange, Stage, SwitchedBy};
use doorkey::guide::{
    Action, Copied, CopyId, Effect, Event, Leaving, Overlay, Reply, Request, Target,
};
use doorkey::plain::{Narrator, Understood, prompt, understand};
use doorkey::rotation::{Outcome, StepId};
use proptest::prelude::*;

use crate::walk::{NEW, OLD, Says, Walk, connection, demo, had_before, key, setup, with_token};

// ── the way ─────────────────────────────────────────────────────────────────────────────────────

#[test]
fn from_the_new_key_to_the_refused_old_one() {
    let steps = vec![
        (Walk::new(), StepId::NewKey),
        (Walk::to_add(), StepId::AddNew),
        (Walk::to_test_new(), StepId::TestNew),
        (Walk::to_switch(), StepId::Switch),
        (Walk::to_remove(), StepId::RemoveOld),
        (Walk::to_test_old(), StepId::TestOld),
        (Walk::finished(), StepId::TestOld),
    ];
    for (walk, step) in &steps {
        walk.is_at(*step);
    }
    let (finished, _) = &steps[6];
    assert_eq!(finished.rotation.outcome(), Outcome::Finished);
    assert!(finished.saved.key.is_same_key(&key(NEW)));
    assert!(finished.saved.retired[0].key.is_same_key(&key(OLD)));
    assert_eq!(finished.saved.rotation, None);
    let mut finished = finished.clone();
    finished.press(KeyCode::Enter);
    assert!(matches!(
        finished.effects.last(),
        Some(Effect::Quit(Leaving::Quit))
    ));
}

#[test]
fn killed_anywhere_it_goes_on_at_the_same_step() {
    let ways: [fn() -> Walk; 6] = [
        Walk::new,
        Walk::to_add,
        Walk::to_test_new,
        Walk::to_switch,
        Walk::to_remove,
        Walk::to_test_old,
    ];
    for walk in ways.map(|way| Box::new(way())) {
        let again = walk.killed_and_resumed();
        again.is_at(walk.rotation.journey.step);
        assert_eq!(again.saved, walk.saved);
    }
}

#[test]
fn a_resumed_rotation_can_be_finished() {
    let walk = Walk::to_test_old().killed_and_resumed();
    let walk = walk.says(OLD, Says::Refused).says(NEW, Says::Known);
    assert_eq!(walk.rotation.outcome(), Outcome::Finished);
}

#[test]
fn going_back_keeps_what_is_saved() {
    let mut walk = Walk::to_test_old();
    for _ in 0..5 {
        walk.press(KeyCode::Left);
    }
    walk.is_at(StepId::NewKey);
    assert_eq!(walk.saved, Walk::to_test_old().saved);
    walk.keys("6");
    walk.is_at(StepId::TestOld);
}

// ── the new key ─────────────────────────────────────────────────────────────────────────────────

/// What lines say of the step on the screen.
fn heard(walk: &Walk) -> String {
    Narrator::default().news(&walk.rotation).join("\n")
}

#[test]
fn the_key_it_has_is_no_new_one_whatever_its_comment() {
    let again = OLD.replace("Coalesce Quality", "quite another comment");
    assert_ne!(again, OLD);
    let walk = Walk::new().paste(&again).enter();
    walk.is_at(StepId::NewKey).tells("the key it has already");
    assert!(heard(&walk).contains("This is the old key"));
    assert_eq!(walk.saved, connection());
}

#[test]
fn a_key_it_had_before_is_told_and_may_be_meant() {
    let walk = Walk::of(setup(had_before(NEW))).paste(NEW);
    let heard = heard(&walk);
    assert!(heard.contains("retired on 2026-03-01"), "{heard}");
    walk.enter().is_at(StepId::AddNew);
}

#[test]
fn a_private_key_is_wiped() {
    let walk = Walk::new().paste("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n");
    assert!(walk.rotation.public_key.field.is_empty());
    walk.enter().is_at(StepId::NewKey);
}

#[test]
fn a_file_and_the_clipboard_give_a_key_too() {
    let mut walk = Walk::new();
    walk.keys("v");
    walk.reply(Reply::ClipboardRead(Ok(NEW.to_owned())));
    assert!(walk.rotation.new_key().is_some());
    let mut walk = Walk::new();
    walk.press(KeyCode::Esc);
    walk.keys("fnext.pub");
    walk.press(KeyCode::Enter);
    walk.reply(Reply::KeyFileRead(Ok(NEW.as_bytes().to_vec().into())));
    assert!(walk.rotation.new_key().is_some());
}

#[test]
fn once_it_has_begun_no_paste_takes_another_key() {
    let mut walk = Walk::to_add();
    walk.press(KeyCode::Left);
    let walk = walk.paste(OLD);
    walk.tells("Nothing can be pasted here");
    assert!(
        walk.rotation
            .new_key()
            .is_some_and(|new| new.is_same_key(&key(NEW)))
    );
}

#[test]
fn a_key_that_was_known_before_proves_less() {
    let walk = Walk::to_add().says(NEW, Says::Known);
    let heard = heard(&walk);
    assert!(heard.contains("somewhere else"), "{heard}");
    let walk = walk.enter().says(NEW, Says::Known);
    assert!(
        walk.saved
            .rotation
            .is_some_and(|rotation| rotation.was_known)
    );
}

// ── the order protects ──────────────────────────────────────────────────────────────────────────

#[test]
fn without_a_proof_of_the_new_key_there_is_no_way_on() {
    for says in [Says::Refused, Says::Nothing, Says::NotListed] {
        let mut walk = Walk::to_test_new().says(NEW, says).enter();
        walk.keys("456");
        walk.is_at(StepId::TestNew);
    }
}

#[test]
fn a_key_known_before_it_was_added_is_proven_only_afterwards() {
    let mut walk = Walk::to_add().says(NEW, Says::Known);
    walk.keys("3456");
    walk.is_at(StepId::AddNew);
}

#[test]
fn enter_alone_does_not_say_that_coalesce_has_switched() {
    let mut walk = Walk::to_switch();
    for _ in 0..5 {
        walk.press(KeyCode::Enter);
    }
    walk.keys("56");
    walk.is_at(StepId::Switch).tells("the old key has to stay");
}

#[test]
fn the_old_key_is_not_asked_to_go_before_the_new_one_is_tested_once_more() {
    let mut walk = Walk::to_switch();
    walk.press(KeyCode::Down);
    let mut walk = walk.enter();
    walk.is_at(StepId::RemoveOld);
    assert!(!suggests_removal(&walk), "while the test runs");
    walk.press(KeyCode::Esc);
    assert!(!suggests_removal(&walk), "when it was stopped");
    walk.press(KeyCode::Enter);
    walk.is_at(StepId::RemoveOld);
    walk.keys("r");
    let silent = walk.clone().says(NEW, Says::Nothing).enter();
    silent.is_at(StepId::RemoveOld);
    assert!(!suggests_removal(&silent), "when it could not tell");
    let gone = walk.clone().says(NEW, Says::Refused);
    gone.is_at(StepId::TestNew).tells("the old one has to stay");
    let good = walk.says(NEW, Says::Known);
    assert!(suggests_removal(&good));
}

#[test]
fn who_takes_out_the_wrong_key_is_told() {
    let walk = Walk::to_test_old()
        .says(OLD, Says::Refused)
        .says(NEW, Says::Refused);
    walk.is_at(StepId::TestNew).tells("so is the new one");
    let stage = walk
        .saved
        .rotation
        .as_ref()
        .map(doorkey::connections::Rotation::stage);
    assert_eq!(stage, Some(Stage::Prove));
    assert!(walk.saved.key.is_same_key(&key(OLD)));
}

#[test]
fn a_last_test_that_could_not_tell_finishes_nothing() {
    let mut walk = Walk::to_test_old()
        .says(OLD, Says::Refused)
        .says(NEW, Says::Nothing);
    walk.is_at(StepId::TestOld);
    assert_eq!(walk.rotation.outcome(), Outcome::NotThere);
    walk.keys("r");
    let walk = walk.says(OLD, Says::Refused).says(NEW, Says::Known);
    assert_eq!(walk.rotation.outcome(), Outcome::Finished);
}

#[test]
fn a_last_round_that_was_stopped_finishes_nothing() {
    let mut walk = Walk::to_test_old().says(OLD, Says::Refused);
    assert!(walk.rotation.new_key_beside().is_some());
    walk.press(KeyCode::Esc);
    assert_eq!(walk.rotation.new_key_beside(), None);
    assert_ne!(walk.rotation.outcome(), Outcome::Finished);
    assert!(!offers(&walk, Action::Finish));
    walk.keys("r");
    let walk = walk.says(OLD, Says::Refused).says(NEW, Says::Known);
    assert_eq!(walk.rotation.outcome(), Outcome::Finished);
    assert!(offers(&walk, Action::Finish));
}

fn offers(walk: &Walk, action: Action) -> bool {
    let mut bindings = walk.rotation.bindings().into_iter();
    bindings.any(|binding| binding.action == action)
}

#[test]
fn a_last_round_shows_nothing_of_before() {
    let walk = Walk::to_test_old().says(OLD, Says::Refused);
    let beside = walk.rotation.new_key_beside();
    assert_eq!(beside, Some((None, "being tested once more")));
    let walk = walk.says(NEW, Says::Nothing);
    let beside = walk.rotation.new_key_beside();
    assert_eq!(beside, Some((None, "could not be told")));
}

// ── answers that come late ──────────────────────────────────────────────────────────────────────

#[test]
fn a_late_answer_changes_nothing_here_either() {
    type Way = fn(&mut Walk);
    let file = || Reply::KeyFileRead(Ok(OLD.as_bytes().to_vec().into()));
    let name_file: Way = |walk| {
        walk.press(KeyCode::Esc);
        walk.keys("fnext.pub");
        walk.press(KeyCode::Enter);
    };
    #[allow(clippy::type_complexity, reason = "each row says what it is")]
    let table: [(fn() -> Walk, Way, Way, fn() -> Reply); 5] = [
        (
            || Walk::new().paste(NEW),
            name_file,
            |walk| walk.press(KeyCode::Esc),
            file,
        ),
        (
            Walk::new,
            |walk| walk.keys("v"),
            |walk| {
                walk.press(KeyCode::Esc);
                walk.keys("f");
            },
            || Reply::ClipboardRead(Ok(OLD.to_owned())),
        ),
        (
            || Walk::of(demo(Walk::to_add().saved)).says(NEW, Says::Refused),
            |walk| walk.keys("d"),
            |walk| walk.keys("uy"),
            || Reply::KeyAdded(Ok(())),
        ),
        (
            || Walk::of(demo(Walk::to_test_old().saved)).says(OLD, Says::Known),
            |walk| walk.keys("d"),
            |walk| walk.keys("uy"),
            || Reply::KeyRemoved(Ok(())),
        ),
        (
            || Walk::to_add().says(NEW, Says::Refused),
            |walk| walk.keys("c"),
            |walk| walk.keys("uy"),
            || Reply::Copied(CopyId::Key, Copied::Confirmed),
        ),
    ];
    for (number, (way, asks, meanwhile, reply)) in table.into_iter().enumerate() {
        let mut walk = Box::new(way());
        asks(&mut walk);
        let mut in_time = walk.clone();
        let before = format!("{:?}", in_time.rotation);
        in_time.reply(reply());
        assert_ne!(
            format!("{:?}", in_time.rotation),
            before,
            "{number} in time"
        );
        meanwhile(&mut walk);
        let before = (format!("{:?}", walk.rotation), walk.effects.len());
        walk.reply(reply());
        let after = (format!("{:?}", walk.rotation), walk.effects.len());
        assert_eq!(after, before, "{number} late");
    }
}

#[test]
fn what_cannot_be_saved_does_not_count() {
    let mut walk = Walk::new().paste(NEW);
    walk.is_disk_full = true;
    let walk = walk.enter();
    walk.is_at(StepId::NewKey).tells("no space left on device");
    let mut walk = Walk::to_test_old().says(OLD, Says::Refused);
    walk.is_disk_full = true;
    let mut walk = walk.says(NEW, Says::Known);
    assert_ne!(walk.rotation.outcome(), Outcome::Finished);
    walk.is_disk_full = false;
    walk.keys("r");
    let walk = walk.says(OLD, Says::Refused).says(NEW, Says::Known);
    assert_eq!(walk.rotation.outcome(), Outcome::Finished);
}

fn suggests_removal(walk: &Walk) -> bool {
    if walk.rotation.overlay().is_some() {
        return false;
    }
    let is_told = heard(walk).contains("take the old key out");
    let is_offered = walk.rotation.journey.step == StepId::RemoveOld
        && walk
            .rotation
            .bindings()
            .iter()
            .any(|binding| binding.label.contains("removed it"));
    assert_eq!(is_told, is_offered);
    is_told
}

#[test]
fn a_click_goes_no_further_than_a_key() {
    let mut walk = Walk::to_switch();
    walk.event(Event::Click(Target::Step(5)));
    walk.is_at(StepId::Switch);
    walk.event(Event::Click(Target::Answer {
        question: 0,
        answer: 1,
    }));
    walk.is_at(StepId::Switch);
    assert_eq!(walk.rotation.journey.picks.answer(0), 1);
    walk.event(Event::Click(Target::Step(2)));
    walk.is_at(StepId::AddNew);
}

// ── Coalesce Quality ────────────────────────────────────────────────────────────────────────────

#[test]
fn with_a_token_the_switch_is_seen() {
    let walk = Walk::of(with_token(connection())).paste(NEW).enter();
    let walk = walk.says(NEW, Says::Refused).enter();
    let mut walk = walk.says(NEW, Says::Listed { is_used: false }).enter();
    walk.is_at(StepId::Switch);
    walk.keys("w");
    let mut walk = walk.says(NEW, Says::Listed { is_used: false });
    walk.wait(Duration::from_secs(6));
    let walk = walk.says(NEW, Says::Listed { is_used: true });
    walk.is_at(StepId::RemoveOld);
    let switched = walk
        .saved
        .rotation
        .as_ref()
        .and_then(|it| it.switched.as_ref());
    assert_eq!(switched.map(|it| it.by), Some(SwitchedBy::Bitbucket));
}

#[test]
fn a_token_can_be_given_on_the_way() {
    let mut walk = Walk::to_switch();
    walk.keys("g");
    assert_eq!(walk.rotation.overlay(), Some(Overlay::Token));
    let walk = walk.paste("s3cret").enter().enter();
    assert!(walk.rotation.has_token());
    let walk = walk.says(NEW, Says::Listed { is_used: true });
    walk.is_at(StepId::RemoveOld);
    assert!(!format!("{:?}", walk.rotation).contains("s3cret"));
}

#[test]
fn a_token_that_fails_does_not_block_the_rotation() {
    let walk = Walk::of(with_token(connection())).paste(NEW).enter();
    let walk = walk.says(NEW, Says::RefusedTokenToo).enter();
    let walk = walk.says(NEW, Says::KnownTokenRefused).enter();
    walk.is_at(StepId::Switch);
    let mut walk = walk;
    walk.press(KeyCode::Down);
    let walk = walk.enter().says(NEW, Says::KnownTokenRefused);
    assert!(suggests_removal(&walk));
    let walk = walk.enter().says(OLD, Says::RefusedTokenToo);
    let walk = walk.says(NEW, Says::KnownTokenRefused);
    assert_eq!(walk.rotation.outcome(), Outcome::Finished);
}

#[test]
fn a_token_can_be_forgotten_in_every_step_after_the_first() {
    let ways: [fn() -> Walk; 4] = [
        || Walk::of(with_token(Walk::to_add().saved)).says(NEW, Says::RefusedTokenToo),
        || Walk::of(with_token(Walk::to_test_new().saved)).says(NEW, Says::KnownTokenRefused),
        || Walk::of(with_token(Walk::to_switch().saved)).says(NEW, Says::KnownTokenRefused),
        || Walk::of(with_token(Walk::to_test_old().saved)).says(OLD, Says::KnownTokenRefused),
    ];
    for mut walk in ways.map(|way| Box::new(way())) {
        let step = walk.rotation.journey.step;
        let in_footer = |walk: &Walk, key| {
            let mut bound = walk.rotation.bindings().into_iter();
            bound.any(|it| it.key == KeyCode::Char(key) && it.in_footer)
        };
        assert!(in_footer(&walk, 'g') && in_footer(&walk, 'f'), "{step:?}");
        walk.keys("f");
        walk.tells("The token is forgotten.");
        assert!(!walk.rotation.has_token(), "{step:?}");
        walk.is_at(step);
    }
}

// ── the old key ─────────────────────────────────────────────────────────────────────────────────

#[test]
fn an_old_key_that_is_still_in_is_watched_until_it_goes() {
    let mut walk = Walk::to_test_old().says(OLD, Says::Known);
    assert_eq!(
        walk.rotation.old_key_row(),
        (Some(false), "still recognised")
    );
    walk.keys("w");
    let mut walk = walk.says(OLD, Says::Known);
    walk.wait(Duration::from_secs(6));
    let walk = walk.says(OLD, Says::Refused);
    assert!(
        walk.effects
            .iter()
            .any(|effect| matches!(effect, Effect::CallBack(_)))
    );
    let walk = walk.says(NEW, Says::Known);
    assert_eq!(walk.rotation.outcome(), Outcome::Finished);
}

#[test]
fn a_refused_old_key_is_no_trouble() {
    let walk = Walk::to_test_old().says(OLD, Says::Refused);
    assert_eq!(
        walk.rotation.old_test().troubles(),
        Vec::<&doorkey::check::Check>::new()
    );
    assert!(walk.rotation.old_key_row().0 == Some(true));
}

#[test]
fn with_a_token_a_key_that_sits_elsewhere_is_out_of_here() {
    let walk = Walk::of(with_token(Walk::to_test_old().saved));
    let walk = walk
        .says(OLD, Says::NotListed)
        .says(NEW, Says::Listed { is_used: true });
    assert_eq!(walk.rotation.outcome(), Outcome::Finished);
    let words = walk.rotation.parting_words();
    assert!(words.contains("knows it from elsewhere"), "{words}");
}

#[test]
fn without_one_it_takes_a_persons_word_and_stays_unproven() {
    let mut walk = Walk::to_test_old().says(OLD, Says::Known);
    walk.keys("e");
    assert_eq!(walk.rotation.overlay(), Some(Overlay::ElsewhereQuestion));
    walk.keys("n");
    walk.is_at(StepId::TestOld);
    walk.keys("ey");
    let walk = walk.says(NEW, Says::Known);
    assert_eq!(walk.rotation.outcome(), Outcome::FinishedUnproven);
    assert!(walk.rotation.parting_words().contains("your word"));
    assert!(walk.saved.key.is_same_key(&key(NEW)));
}

#[test]
fn a_persons_word_does_not_stand_in_for_the_new_key() {
    let mut walk = Walk::to_test_old().says(OLD, Says::Known);
    walk.keys("ey");
    let walk = walk.says(NEW, Says::Refused);
    walk.is_at(StepId::TestNew).tells("the old one has to stay");
}

#[test]
fn a_key_on_the_list_is_still_in() {
    let walk = Walk::of(with_token(Walk::to_test_old().saved));
    let walk = walk.says(OLD, Says::Listed { is_used: true });
    assert_eq!(
        walk.rotation.old_key_row(),
        (Some(false), "still on this repository's list")
    );
}

// ── giving up, and the demo ─────────────────────────────────────────────────────────────────────

#[test]
fn giving_up_asks_and_says_what_is_left_in_bitbucket() {
    let mut walk = Walk::to_switch();
    walk.keys("u");
    let question = walk.rotation.give_up_question().join(" ");
    assert!(question.contains(&key(NEW).fingerprint()), "{question}");
    walk.keys("n");
    assert!(walk.saved.rotation.is_some());
    walk.keys("uy");
    walk.is_at(StepId::NewKey).tells("take it out again on");
    assert_eq!(walk.saved.rotation, None);
    assert!(walk.saved.key.is_same_key(&key(OLD)));
    walk.paste(NEW).enter().is_at(StepId::AddNew);
}

#[test]
fn giving_up_late_warns_of_neither_key_being_in() {
    let walk = Walk::to_test_old()
        .says(OLD, Says::Refused)
        .says(NEW, Says::Nothing);
    let question = walk.rotation.give_up_question().join(" ");
    assert!(question.contains("Without either key"), "{question}");
    let early = Walk::to_add().says(NEW, Says::Refused);
    assert_eq!(early.rotation.give_up_question().len(), 2);
}

#[test]
fn a_demo_adds_and_removes_but_never_too_early() {
    let is_removal = |effect: &Effect| matches!(effect, Effect::Ask(_, Request::RemoveKeyForMe(_)));
    let mut walk = Walk::of(demo(connection())).paste(NEW).enter();
    walk.comes_out(Says::Refused);
    walk.keys("d");
    assert!(
        matches!(walk.effects.last(), Some(Effect::Ask(_, Request::AddKeyForMe(line))) if line.contains("next"))
    );
    walk.reply(Reply::KeyAdded(Ok(())));
    let mut walk = walk.says(NEW, Says::Known).enter();
    walk.keys("d");
    walk.press(KeyCode::Down);
    let mut walk = walk.enter();
    walk.keys("d");
    assert!(
        !walk.effects.iter().any(is_removal),
        "the new key is being tested"
    );
    let mut walk = walk.says(NEW, Says::Known);
    walk.keys("d");
    assert!(walk.effects.iter().any(is_removal));
    walk.reply(Reply::KeyRemoved(Ok(())));
    walk.is_at(StepId::TestOld);
}

#[test]
fn the_key_that_is_copied_is_the_new_one() {
    let refused = std::iter::once_with(|| Walk::to_test_new().says(NEW, Says::Refused));
    for mut walk in std::iter::once_with(Walk::to_add).chain(refused) {
        walk.keys("c");
        assert!(
            matches!(walk.effects.last(), Some(Effect::Ask(_, Request::Copy(CopyId::Key, line))) if *line == NEW)
        );
    }
}

#[test]
fn values_are_copied_and_saved_as_in_a_setup() {
    let mut walk = Walk::to_add();
    walk.keys("z");
    for (digit, id, line) in [("1", CopyId::OldKey, OLD.trim()), ("2", CopyId::Key, NEW)] {
        walk.keys(digit);
        assert!(
            matches!(walk.effects.last(), Some(Effect::Ask(_, Request::Copy(copied, text))) if *copied == id && text == line),
            "{digit}"
        );
    }
    walk.keys("s");
    assert!(
        matches!(walk.effects.last(), Some(Effect::Ask(_, Request::WriteFile("doorkey-values.txt", text))) if text.contains(NEW))
    );
    walk.reply(Reply::FileWritten(Ok("/tmp/doorkey-values.txt".to_owned())));
    let told = walk.rotation.notice.clone().expect("a notice");
    assert_eq!(told.text, "Written to /tmp/doorkey-values.txt");
    walk.keys("z");
    assert_eq!(walk.rotation.overlay(), Some(Overlay::PlainLines));
    walk.press(KeyCode::Enter);
    assert_eq!(walk.rotation.overlay(), None);
    walk.is_at(StepId::AddNew);
}

#[test]
fn no_fix_of_a_setup_is_offered() {
    let walk = Walk::to_test_new().says(NEW, Says::Refused);
    let offered = walk.rotation.new_test().fixes_to_offer();
    let setups_own = [
        FixId::EditUrl,
        FixId::RepasteKey,
        FixId::UseSuggestedUrl,
        FixId::HandOff,
    ];
    assert!(
        offered.iter().all(|fix| !setups_own.contains(&fix.id)),
        "{offered:?}"
    );
}

#[test]
fn every_key_of_the_footer_does_something() {
    let ways: [fn() -> Walk; 5] = [
        || Walk::to_add().says(NEW, Says::Refused),
        || Walk::to_test_new().says(NEW, Says::Refused),
        Walk::to_switch,
        Walk::to_remove,
        || Walk::to_test_old().says(OLD, Says::Known),
    ];
    for walk in ways.map(|way| Box::new(way())) {
        let bindings = walk.rotation.bindings().into_iter();
        // Above the first answer there is none.
        let shown = bindings.filter(|it| it.in_footer && it.action != Action::Up);
        for binding in shown {
            let mut pressed = walk.clone();
            let before = format!("{:?}{}", pressed.rotation, pressed.effects.len());
            pressed.press(binding.key);
            let after = format!("{:?}{}", pressed.rotation, pressed.effects.len());
            assert!(
                before != after,
                "{binding:?} at {:?}",
                walk.rotation.journey.step
            );
        }
    }
}

// ── whatever happens ────────────────────────────────────────────────────────────────────────────

#[derive(Clone, Debug)]
enum Happens {
    Key(KeyCode),
    Says(Says),
    Disk(bool),
    Killed,
    Passes(u64),
    /// One of the questions it ever asked is answered, wanted or not.
    Answered(prop::sample::Index, bool),
}

fn anything() -> impl Strategy<Value = Happens> {
    let codes = "123456cdefgklnoruvwxyq?"
        .chars()
        .map(KeyCode::Char)
        .chain([
            KeyCode::Enter,
            KeyCode::Enter,
            KeyCode::Down,
            KeyCode::Up,
            KeyCode::Left,
            KeyCode::Esc,
        ])
        .collect::<Vec<_>>();
    let says = vec![
        Says::Known,
        Says::Known,
        Says::Refused,
        Says::Nothing,
        Says::NotListed,
        Says::KnownTokenRefused,
        Says::RefusedTokenToo,
        Says::Listed { is_used: false },
        Says::Listed { is_used: true },
    ];
    prop_oneof![
        8 => prop::sample::select(codes).prop_map(Happens::Key),
        6 => prop::sample::select(says).prop_map(Happens::Says),
        1 => any::<bool>().prop_map(Happens::Disk),
        1 => Just(Happens::Killed),
        1 => (1..60u64).prop_map(Happens::Passes),
        3 => any::<(prop::sample::Index, bool)>()
            .prop_map(|(which, is_good)| Happens::Answered(which, is_good)),
    ]
}

/// What must hold after every event.
fn is_safe(walk: &Walk, last_says_of_new: Option<Says>) {
    let progress = walk.rotation.progress();
    let is_removal_suggested = suggests_removal(walk);
    if is_removal_suggested {
        let progress = progress.expect("a rotation");
        assert!(progress.recognised.is_some() && progress.switched.is_some());
        let is_proven = matches!(
            last_says_of_new,
            Some(Says::Known | Says::KnownTokenRefused | Says::Listed { .. })
        );
        assert!(
            is_proven,
            "the last that was heard of it: {last_says_of_new:?}"
        );
    }
    if let Some(rotation) = &walk.saved.rotation {
        let is_in_order = rotation.removed.is_none()
            || rotation.recognised.is_some() && rotation.switched.is_some();
        assert!(is_in_order, "{rotation:?}");
    }
    assert_eq!(
        walk.saved.rotation.is_none() && walk.saved.key.is_same_key(&key(NEW)),
        !walk.saved.retired.is_empty()
    );
}

fn is_finish(effect: &Effect) -> bool {
    let Effect::Ask(_, Request::SaveRotation(step)) = effect else {
        return false;
    };
    matches!(step.change, RotationChange::Finish)
}

/// A rotation ends only after a round in which the old key was seen to be out, or a person said so, and then the new one
/// to be in.
fn is_after_the_last_round(rounds: &[(bool, Says)], outcome: Outcome) -> Result<(), TestCaseError> {
    let last = rounds.last().copied();
    let is_in = matches!(
        last,
        Some((
            true,
            Says::Known | Says::KnownTokenRefused | Says::Listed { .. }
        ))
    );
    prop_assert!(is_in, "{rounds:?}");
    let of_old = rounds.iter().rev().find(|(is_new, _)| !is_new);
    let is_out = match of_old {
        Some((_, Says::Refused | Says::RefusedTokenToo | Says::NotListed)) => true,
        Some((_, Says::Known | Says::KnownTokenRefused)) => outcome != Outcome::Finished,
        _ => false,
    };
    prop_assert!(is_out, "{rounds:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 256, ..ProptestConfig::default() })]

    /// The walk itself holds that there is never more than one test, and that a late answer changes nothing.
    #[test]
    fn nothing_leads_to_the_old_key_taken_out_too_early(happens in prop::collection::vec(anything(), 0..80)) {
        let mut walk = Walk::new().paste(NEW);
        let mut of_new = None;
        // What came out of the tests, one after the other: of the new key or not, and what.
        let mut rounds: Vec<(bool, Says)> = Vec::new();
        let mut finished = 0;
        for it in happens {
            match it {
                Happens::Key(code) => walk.press(code),
                Happens::Says(says) => {
                    let is_new = walk.asked().map(|asked| asked.is_same_key(&key(NEW)));
                    rounds.extend(is_new.map(|is_new| (is_new, says)));
                    if is_new == Some(true) {
                        of_new = Some(says);
                    }
                    walk.comes_out(says);
                }
                Happens::Disk(is_full) => walk.is_disk_full = is_full,
                Happens::Killed => {
                    walk = walk.killed_and_resumed();
                    if walk.rotation.journey.step == StepId::NewKey && walk.saved.key.is_same_key(&key(OLD)) {
                        walk = walk.paste(NEW);
                    }
                }
                Happens::Passes(seconds) => walk.wait(Duration::from_secs(seconds)),
                Happens::Answered(which, is_good) => walk.answer_any(which, is_good),
            }
            let count = walk.effects.iter().filter(|effect| is_finish(effect)).count();
            if std::mem::replace(&mut finished, count) < count {
                is_after_the_last_round(&rounds, walk.rotation.outcome())?;
            }
            if walk.saved.key.is_same_key(&key(NEW)) {
                // A finished rotation, begun anew, would be another one.
                break;
            }
            is_safe(&walk, of_new);
        }
        prop_assert!(finished <= 2);
    }
}

// ── line by line ────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_test_is_told_once_on_the_way_and_again_to_who_comes_back() {
    let mut narrator = Narrator::default();
    let walk = Walk::of(with_token(connection())).paste(NEW).enter();
    let walk = walk.says(NEW, Says::NotListed).enter();
    let walk = walk.says(NEW, Says::Listed { is_used: false });
    walk.is_at(StepId::TestNew);
    let told = |said: Vec<String>| said.iter().any(|line| line.starts_with("Reachable:"));
    assert!(told(narrator.news(&walk.rotation)));
    let mut walk = walk.enter();
    walk.is_at(StepId::Switch);
    assert!(!told(narrator.news(&walk.rotation)));
    walk.press(KeyCode::Left);
    walk.is_at(StepId::TestNew);
    assert!(told(narrator.news(&walk.rotation)));
}

#[test]
fn a_token_says_nothing_new_about_the_step_it_lies_over() {
    let mut narrator = Narrator::default();
    let mut walk = Walk::to_add().says(NEW, Says::Refused);
    let answer = |walk: &mut Walk, narrator: &mut Narrator, line: &str| {
        let Ok(Understood::Events(events)) = understand(&walk.rotation, line) else {
            panic!("{line:?} is no answer");
        };
        narrator.answered(&walk.rotation, &events);
        for event in events {
            walk.event(event);
        }
        narrator.news(&walk.rotation)
    };
    narrator.news(&walk.rotation);
    for line in ["g", "s3cret", ""] {
        let said = answer(&mut walk, &mut narrator, line);
        // But that Bitbucket is asked again, now with the token.
        let is_news = |said: &String| said != "Asking whether Bitbucket knows it already.";
        assert!(!said.iter().any(is_news), "{line:?}: {said:?}");
    }
    assert_eq!(walk.rotation.overlay(), None);
    walk.comes_out(Says::NotListed);
    let said = narrator.news(&walk.rotation);
    assert!(
        !said.iter().any(|line| line.starts_with("Click")),
        "{said:?}"
    );
}

// ── in a demo: what somebody does on the page ──────────────────────────────────────────────────

#[test]
fn whoever_changes_the_page_is_told_how_to_go_on() {
    let mut walk = Walk::of(demo(connection()))
        .paste(NEW)
        .enter()
        .says(NEW, Says::Refused);
    walk.is_at(StepId::AddNew);
    let was_unknown = |walk: &Walk| heard(walk).contains("Bitbucket does not know it yet.");
    assert!(was_unknown(&walk));
    walk.event(Event::BitbucketChanged);
    walk.is_at(StepId::AddNew)
        .tells("the new key is there, press enter");
    assert!(!was_unknown(&walk), "that was before");

    let mut walk = walk.enter().says(NEW, Says::Known).enter();
    walk.is_at(StepId::Switch);
    walk.press(KeyCode::Down);
    let mut walk = walk.enter().says(NEW, Says::Known);
    walk.is_at(StepId::RemoveOld);
    walk.event(Event::BitbucketChanged);
    walk.is_at(StepId::RemoveOld)
        .tells("the old key is gone there, press enter");

    let mut walk = walk.enter().says(OLD, Says::Known);
    walk.is_at(StepId::TestOld);
    walk.event(Event::BitbucketChanged);
    walk.tells("To test again, press r");
}

#[test]
fn what_doorkey_was_asked_to_do_on_the_page_is_no_news() {
    let mut walk = Walk::of(demo(connection()))
        .paste(NEW)
        .enter()
        .says(NEW, Says::Refused);
    walk.keys("d");
    walk.event(Event::BitbucketChanged);
    assert_eq!(walk.rotation.notice, None);
    walk.reply(Reply::KeyAdded(Err("no".to_owned())));
    walk.event(Event::BitbucketChanged);
    walk.tells("press enter");
}

#[test]
fn that_nobody_has_used_the_old_key_is_no_trouble() {
    let walk = Walk::to_test_old().says(OLD, Says::Listed { is_used: false });
    assert_eq!(
        walk.rotation.old_test().troubles(),
        Vec::<&doorkey::check::Check>::new()
    );
}

#[test]
fn an_empty_line_ends_a_watch_where_there_is_a_question_too() {
    let walk = Walk::of(with_token(connection())).paste(NEW).enter();
    let walk = walk.says(NEW, Says::Refused).enter();
    let mut walk = walk.says(NEW, Says::Listed { is_used: false }).enter();
    walk.is_at(StepId::Switch);
    let asks = |walk: &Walk| prompt(&walk.rotation).and_then(|asked| asked.ask);
    assert!(asks(&walk).is_some());
    walk.keys("w");
    let mut walk = walk.says(NEW, Says::Listed { is_used: false });
    assert_eq!(asks(&walk), None, "Enter takes no answer meanwhile");
    let Ok(Understood::Events(events)) = understand(&walk.rotation, "") else {
        panic!("an empty line is an answer");
    };
    for event in events {
        walk.event(event);
    }
    assert!(walk.rotation.new_test().watch.is_none());
    walk.is_at(StepId::Switch);
}

#[test]
fn a_test_that_shows_the_same_again_says_so() {
    let mut walk = Walk::to_test_old().says(OLD, Says::Known);
    assert_eq!(walk.rotation.notice, None);
    walk.keys("r");
    walk.says(OLD, Says::Known)
        .tells("Tested again: no change.");
}

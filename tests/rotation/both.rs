//! Rules that hold for both journeys, the setup and the rotation: typing, clicking, other keys, stopping, notices, forms.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use doorkey::check::{Check, Code, TestEvent};
use doorkey::guide::{
    Copied, CopyId, Effect, Event, Guide, Journey, Leaving, Overlay, Reply, Target, Ticket,
};
use doorkey::rotation::{KeyChange, KeyRotation};
use doorkey::setup::{NewConnection, Setup, Wizard};

use crate::answers::ticket_for;
use crate::walk::{CLOUD_URL, NEW, OLD, connection, setup};

/// A journey on its way.
#[derive(Clone)]
struct Walk<J> {
    guide: Guide<J>,
    effects: Vec<Effect>,
}

impl<J: Journey> Walk<J> {
    fn of(mut guide: Guide<J>) -> Self {
        let effects = guide.first_effects();
        let mut walk = Self { guide, effects };
        // The first event tells it the time.
        walk.event(Event::Resized);
        walk
    }

    fn event(&mut self, event: Event) -> Vec<Effect> {
        let effects = self.guide.update(Duration::from_secs(1), event);
        self.effects.extend(effects.iter().cloned());
        effects
    }

    fn press(&mut self, code: KeyCode) -> Vec<Effect> {
        self.event(Event::Key(KeyEvent::from(code)))
    }

    fn control(&mut self, letter: char) -> Vec<Effect> {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
        self.event(Event::Key(key))
    }

    fn keys(&mut self, letters: &str) {
        for letter in letters.chars() {
            self.press(KeyCode::Char(letter));
        }
    }

    fn reply(&mut self, reply: Reply) -> Vec<Effect> {
        let ticket = ticket_for(&self.effects, &reply);
        self.event(Event::Answer(ticket, reply))
    }

    fn notice(&self) -> &str {
        self.guide.notice().map_or("", |notice| &notice.text)
    }

    fn key_field(&self) -> &str {
        let step = self.guide.key_step().expect("it takes a key");
        step.field.text()
    }

    fn run(&self) -> Ticket {
        let shown = self.guide.shown_test().expect("a test");
        shown.test.last_run
    }

    fn state(&self) -> String
    where
        J: std::fmt::Debug,
    {
        format!("{:?}", self.guide)
    }
}

/// A setup whose key is to be given.
fn wizard_at_key() -> Walk<NewConnection> {
    let mut walk = Walk::of(Wizard::new(Setup {
        url: CLOUD_URL.to_owned(),
        ..Setup::default()
    }));
    while walk.guide.key_step().is_none() {
        walk.press(KeyCode::Enter);
    }
    walk
}

/// A setup whose test runs.
fn wizard_at_test() -> Walk<NewConnection> {
    let mut walk = wizard_at_key();
    walk.event(Event::Paste(OLD.to_owned()));
    while !walk.guide.is_testing() {
        walk.press(KeyCode::Enter);
    }
    walk
}

/// A rotation whose new key is to be given.
fn rotation_at_key() -> Walk<KeyChange> {
    Walk::of(KeyRotation::new(setup(connection())))
}

/// A rotation that tests its new key.
fn rotation_at_test() -> Walk<KeyChange> {
    let on_its_way = crate::walk::Walk::to_test_new();
    let mut walk = Walk::of(on_its_way.rotation);
    walk.effects = on_its_way.effects;
    // What was begun by coming back to it takes the place of what ran.
    assert!(walk.guide.is_testing());
    walk
}

macro_rules! over_both {
    ($($name:ident: $rule:ident at $wizard:ident, $rotation:ident;)+) => {
        $(mod $name {
            #[test]
            fn in_a_setup() {
                super::$rule(super::$wizard());
            }

            #[test]
            fn in_a_rotation() {
                super::$rule(super::$rotation());
            }
        })+
    };
}

over_both! {
    letters_go_into_the_field: types at wizard_at_key, rotation_at_key;
    keys_with_ctrl: other_keys at wizard_at_key, rotation_at_key;
    keys_with_ctrl_beside_a_test: other_keys at wizard_at_test, rotation_at_test;
    a_click_does_what_its_key_does: clicks at wizard_at_key, rotation_at_key;
    the_clipboard: reads_the_clipboard at wizard_at_key, rotation_at_key;
    a_test_is_stopped: stops at wizard_at_test, rotation_at_test;
    a_notice_lasts_until_the_next_key: forgets_notices at wizard_at_test, rotation_at_test;
    the_help_gives_back_the_form: keeps_the_form at wizard_at_test, rotation_at_test;
    a_form_that_is_left_is_wiped: wipes_the_form at wizard_at_test, rotation_at_test;
    a_token_is_replaced_and_forgotten: changes_tokens at wizard_at_test, rotation_at_test;
    scrolling: scrolls at wizard_at_test, rotation_at_test;
    what_is_closed_gives_back_what_is_below_it: goes_back at wizard_at_test, rotation_at_test;
    a_paste_without_a_field_is_refused: refuses_pastes at wizard_at_test, rotation_at_test;
}

fn types(mut walk: Walk<impl Journey>) {
    walk.keys("ssh-x");
    walk.press(KeyCode::Backspace);
    walk.event(Event::Typed("rsa".to_owned()));
    assert_eq!(walk.key_field(), "ssh-rsa");
    let released = KeyEvent::new_with_kind(
        KeyCode::Char('!'),
        KeyModifiers::NONE,
        KeyEventKind::Release,
    );
    walk.event(Event::Key(released));
    assert_eq!(
        walk.key_field(),
        "ssh-rsa",
        "a key that is let go types nothing"
    );
    walk.press(KeyCode::Esc);
    assert!(!walk.guide.is_typing());
    walk.event(Event::Typed("more".to_owned()));
    assert_eq!(
        walk.key_field(),
        "ssh-rsa",
        "nothing is typed outside the field"
    );
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "the rules of both journeys have one form"
)]
fn other_keys(walk: Walk<impl Journey + std::fmt::Debug>) {
    let ended = walk.clone().control('c');
    assert!(matches!(&ended[..], [Effect::Quit(Leaving::Interrupted)]));
    let mut stopped = walk.clone();
    let before = stopped.state();
    assert!(matches!(&stopped.control('z')[..], [Effect::Suspend]));
    assert_eq!(stopped.state(), before);
    let mut terminated = walk.clone();
    let ended = terminated.event(Event::Terminated);
    assert!(matches!(&ended[..], [Effect::Quit(Leaving::Interrupted)]));
    // Those that a field knows may change it; no other does anything.
    for letter in "gjnopqrstx".chars() {
        let mut pressed = walk.clone();
        let before = pressed.state();
        assert!(pressed.control(letter).is_empty(), "ctrl-{letter}");
        assert_eq!(pressed.state(), before, "ctrl-{letter}");
    }
}

fn clicks(mut walk: Walk<impl Journey>) {
    walk.keys("abc");
    walk.event(Event::Click(Target::Field { number: 0, at: 1 }));
    walk.keys("x");
    assert_eq!(walk.key_field(), "axbc");
    // A key that stands on the page works while letters go into the field, and leaves it.
    let file = KeyEvent::from(KeyCode::Char('f'));
    walk.event(Event::Click(Target::Key(file)));
    let step = walk.guide.key_step().expect("it takes a key");
    assert!(step.file.is_some() && !step.typing);
    // The key's field waits until the question for the file is answered.
    walk.event(Event::Click(Target::Field { number: 0, at: 0 }));
    walk.keys("name");
    let step = walk.guide.key_step().expect("it takes a key");
    assert_eq!(
        step.file.as_ref().map(doorkey::guide::field::Field::text),
        Some("name")
    );
    assert_eq!(walk.key_field(), "axbc");
}

fn reads_the_clipboard(mut walk: Walk<impl Journey>) {
    for (read, words) in [
        (Ok(" \n".to_owned()), "holds no text"),
        (Err("there is none.".to_owned()), "can't be read"),
    ] {
        walk.control('v');
        walk.reply(Reply::ClipboardRead(read));
        assert!(walk.notice().contains(words), "{}", walk.notice());
    }
    walk.control('v');
    walk.reply(Reply::ClipboardRead(Ok(NEW.to_owned())));
    assert_eq!(walk.key_field(), NEW);
}

fn stops(mut walk: Walk<impl Journey + std::fmt::Debug>) {
    let run = walk.run();
    let effects = walk.press(KeyCode::Esc);
    assert!(
        matches!(&effects[..], [Effect::CancelTest(ended)] if *ended == run),
        "{effects:?}"
    );
    assert!(!walk.guide.is_testing());
    assert_eq!(walk.notice(), "The test was stopped.");
    let before = walk.state();
    let late = Event::Test(run, TestEvent::Finished(Check::found(Code::TcpRefused)));
    assert!(walk.event(late).is_empty());
    assert_eq!(walk.state(), before, "what it still tells changes nothing");
    walk.keys("r");
    assert!(walk.guide.is_testing());
    assert!(walk.run() > run, "another run has a ticket of its own");
}

fn forgets_notices(mut walk: Walk<impl Journey>) {
    walk.press(KeyCode::Esc);
    assert!(!walk.notice().is_empty());
    walk.press(KeyCode::Down);
    assert!(!walk.notice().is_empty(), "one can scroll and read it");
    walk.keys("?");
    assert_eq!(walk.notice(), "");
}

fn keeps_the_form(mut walk: Walk<impl Journey>) {
    walk.press(KeyCode::Esc);
    walk.keys("gs3cret");
    walk.press(KeyCode::F(1));
    assert_eq!(walk.guide.overlay(), Some(Overlay::Help));
    walk.press(KeyCode::Esc);
    assert_eq!(walk.guide.overlay(), Some(Overlay::Token));
    assert_eq!(walk.guide.token.token.text(), "s3cret");
    // A step can't be gone to before the form is left.
    walk.event(Event::Click(Target::Step(1)));
    assert_eq!(walk.guide.overlay(), Some(Overlay::Token));
    walk.event(Event::Click(Target::Field { number: 1, at: 0 }));
    walk.keys("me@example.com");
    assert_eq!(walk.guide.token.email.text(), "me@example.com");
}

fn wipes_the_form(mut walk: Walk<impl Journey + std::fmt::Debug>) {
    walk.press(KeyCode::Esc);
    walk.keys("gs3cret");
    walk.press(KeyCode::Esc);
    assert_eq!(walk.guide.overlay(), None);
    assert!(walk.guide.token.token.is_empty());
    assert!(!walk.state().contains("s3cret"));
}

fn changes_tokens(mut walk: Walk<impl Journey>) {
    let token_of = |effects: &[Effect]| {
        let started = effects.iter().find_map(|effect| match effect {
            Effect::StartTest(_, request) => Some(request.settings.api.token.is_some()),
            _ => None,
        });
        started.expect("a test")
    };
    let label = |walk: &Walk<_>, key: char| {
        let bound = walk.guide.bindings().into_iter();
        let mut bound = bound.filter(|it| it.key == KeyCode::Char(key));
        bound.next().map(|it| it.label.into_owned())
    };
    walk.press(KeyCode::Esc);
    assert_eq!(label(&walk, 'g').as_deref(), Some("give token"));
    assert_eq!(label(&walk, 'f'), None, "there is none to forget");
    for token in ["gfirst", "gsecond"] {
        walk.keys(token);
        walk.press(KeyCode::Enter);
        let effects = walk.press(KeyCode::Enter);
        assert!(token_of(&effects));
        walk.press(KeyCode::Esc);
        assert_eq!(label(&walk, 'g').as_deref(), Some("another token"));
        assert_eq!(label(&walk, 'f').as_deref(), Some("forget the token"));
    }
    let effects = walk.press(KeyCode::Char('f'));
    assert!(!token_of(&effects));
    assert_eq!(walk.notice(), "The token is forgotten.");
    walk.press(KeyCode::Esc);
    assert_eq!(label(&walk, 'f'), None);
}

fn scrolls(mut walk: Walk<impl Journey>) {
    walk.press(KeyCode::Esc);
    walk.event(Event::Wheel(3));
    assert_eq!(walk.guide.scroll(), Some(3));
    walk.press(KeyCode::Up);
    assert_eq!(walk.guide.scroll(), Some(2));
    walk.event(Event::Wheel(-9));
    assert_eq!(walk.guide.scroll(), Some(0));
    walk.guide.scroll_to(5);
    walk.keys("z");
    assert_eq!(walk.guide.scroll(), None, "what is new begins at its top");
    walk.keys("1");
    walk.reply(Reply::Copied(copied(&walk), Copied::Confirmed));
    assert!(walk.notice().contains("on the clipboard"));
}

fn goes_back(mut walk: Walk<impl Journey>) {
    walk.press(KeyCode::Esc);
    walk.guide.scroll_to(5);
    walk.keys("z");
    walk.guide.scroll_to(2);
    walk.press(KeyCode::F(1));
    let seen = |walk: &Walk<_>| (walk.guide.overlay(), walk.guide.scroll());
    assert_eq!(seen(&walk), (Some(Overlay::Help), None));
    walk.press(KeyCode::Esc);
    assert_eq!(seen(&walk), (Some(Overlay::Values), Some(2)));
    // The same as plain lines takes the place of the values.
    walk.keys("z");
    assert_eq!(seen(&walk), (Some(Overlay::PlainLines), None));
    walk.press(KeyCode::Esc);
    assert_eq!(seen(&walk), (None, Some(5)));
}

fn refuses_pastes(mut walk: Walk<impl Journey>) {
    walk.press(KeyCode::Esc);
    for over in [None, Some(Overlay::Help), Some(Overlay::Values)] {
        if let Some(over) = over {
            walk.guide.show(over);
        }
        walk.event(Event::Paste("text".to_owned()));
        assert!(walk.notice().starts_with("Nothing can be pasted here"));
        assert_eq!(walk.guide.overlay(), over);
        walk.press(KeyCode::Esc);
    }
}

/// What the first digit copies.
fn copied(walk: &Walk<impl Journey>) -> CopyId {
    let values = walk.guide.values();
    values.first().expect("a value").copy
}

//! Pictures of every step in its main states, each at three sizes.

use crossterm::event::KeyCode;
use doorkey::rotation::StepId;

use crate::picture::pictures;
use crate::walk::{NEW, OLD, Says, Walk, connection, demo, had_before, setup, with_token};

macro_rules! screens {
    ($($name:ident: $walk:expr;)+) => {
        $(#[test]
        fn $name() {
            insta::with_settings!({ omit_expression => true }, {
                insta::assert_snapshot!(pictures(&$walk.rotation));
            });
        })+
    };
}

fn pressed(mut walk: Walk, keys: &str) -> Walk {
    walk.keys(keys);
    walk
}

fn to_switch_with_token() -> Walk {
    let mut walk = Walk::of(with_token(Walk::to_switch().saved));
    walk.is_at(StepId::Switch);
    walk.comes_out(Says::Listed { is_used: false });
    walk
}

screens! {
    new_key_empty: Walk::new();
    new_key_good: Walk::new().paste(NEW);
    new_key_is_the_old_one: Walk::new().paste(OLD).enter();
    new_key_was_retired: Walk::of(setup(had_before(NEW))).paste(NEW);
    new_key_cut_off: Walk::new().paste(&NEW[..50]);
    new_key_under_way: pressed(Walk::to_switch(), "1");
    add_the_new_key: Walk::to_add().says(NEW, Says::Refused);
    add_a_new_key_that_is_known: Walk::to_add().says(NEW, Says::Known);
    add_the_new_key_in_a_demo: Walk::of(demo(connection())).paste(NEW).enter().says(NEW, Says::Refused);
    test_the_new_key_refused: Walk::to_test_new().says(NEW, Says::Refused);
    test_the_new_key_recognised: Walk::to_test_new().says(NEW, Says::Known);
    test_the_new_key_known_before: Walk::to_add().says(NEW, Says::Known).enter().says(NEW, Says::Known);
    switch: Walk::to_switch();
    switch_with_a_token: to_switch_with_token();
    remove_the_old_key: Walk::to_remove();
    remove_the_old_key_testing: {
        let mut walk = Walk::to_switch();
        walk.press(KeyCode::Down);
        walk.enter()
    };
    test_the_old_key_still_known: Walk::to_test_old().says(OLD, Says::Known);
    test_the_old_key_elsewhere: Walk::of(with_token(Walk::to_test_old().saved)).says(OLD, Says::NotListed);
    test_the_old_key_watching: pressed(Walk::to_test_old().says(OLD, Says::Known), "w").says(OLD, Says::Known);
    test_the_old_key_could_not_tell: Walk::to_test_old().says(OLD, Says::Nothing);
    finished: Walk::finished();
    wrong_key_taken_out: Walk::to_test_old().says(OLD, Says::Refused).says(NEW, Says::Refused);
    give_up_question: pressed(Walk::to_switch(), "u");
    elsewhere_question: pressed(Walk::to_test_old().says(OLD, Says::Known), "e");
    help: pressed(Walk::to_remove(), "?");
    access_token: pressed(Walk::to_switch(), "g");
}

//! What is said and done when doorkey itself is at fault.

use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe, Location};
use std::process;

use super::Exit;
use crate::runtime::screen;

/// Runs the program, and tells a panic kindly; the exit status is then one of doorkey's own, too. What a panic says is left out,
/// for it may repeat what was typed.
pub(super) fn told_kindly(program: impl FnOnce() -> Exit) -> Exit {
    panic::set_hook(Box::new(|information| {
        // Held to the end, so that no other thread draws over what is said.
        let _alone = io::stdout().lock();
        let had_screen = screen::give_back();
        let place = information.location().map(Location::to_string);
        let place = place.unwrap_or_else(|| "an unknown place".to_owned());
        log::error!("a mistake in doorkey itself, at {place}");
        // If even standard error is closed, the exit status still tells.
        writeln!(io::stderr(), "{}", words(&place)).ok();
        if had_screen {
            // Whichever thread it was, the wizard can't go on without its screen.
            process::exit(Exit::CouldNotTell.status().into());
        }
    }));
    // What fell on the way out has given back what it had of the terminal. A panic of another thread ends only that one:
    // the task of a connection, say.
    panic::catch_unwind(AssertUnwindSafe(program)).unwrap_or(Exit::CouldNotTell)
}

fn words(place: &str) -> String {
    format!(
        "doorkey: something went wrong inside doorkey, at {place}. It is a mistake in doorkey, not yours.\n\
         Run doorkey again. If it comes back, please report this line."
    )
}

/// Fails as no program should, for the test of what is done about it: `DOORKEY_PANIC` names the thread. Not in a release.
#[cfg(debug_assertions)]
pub(super) fn provoke() {
    /// Stands for something that was typed.
    const SECRET: &str = "s3cret";
    match std::env::var("DOORKEY_PANIC").as_deref() {
        Ok("main") => panic!("{SECRET}"),
        Ok("task") => drop(tokio::spawn(async { panic!("{SECRET}") })),
        _ => {}
    }
}

//! Showing or saying a guide on the terminal until it ends.

use std::io::{self, ErrorKind, IsTerminal, Write as _};

use super::Exit;
use super::look::{Form, LookOptions};
use crate::demo::Presentation;
use crate::guide::{Drive, Journey, Leaving};
use crate::runtime::plain_terminal::{self, PlainTerminal};
use crate::runtime::ports::RealPorts;
use crate::runtime::screen::{self, TerminalScreen};
use crate::runtime::storyteller::Storyteller;
use crate::runtime::{engine, grant, plain_loop, wizard_loop};

/// Shows or says a guide until it ends, and gives it back as it was left. What stood in the way was said on standard error.
/// The ports are made where the runtime is there for them.
pub(super) fn meet<D: Drive>(
    driven: D,
    look: &LookOptions,
    ports: impl FnOnce() -> RealPorts,
    keyboard_elsewhere: bool,
) -> Result<(D, Leaving), Exit> {
    can_be_met(look, keyboard_elsewhere)?;
    run(async {
        let mut ports = ports();
        match look.form() {
            Form::Screen => {
                let (input, answer) = screen::input()?;
                let mut screen = TerminalScreen::take(look.theme(), LookOptions::opens_links())?;
                if look.asks_terminal() {
                    screen.ask_for_background(answer)?;
                }
                #[cfg(debug_assertions)]
                super::panic::provoke();
                wizard_loop::run(driven, input, &mut screen, &mut ports).await
            }
            Form::Plain | Form::PlainOnDumbTerminal => {
                let signals = screen::signals()?;
                let answers = plain_terminal::answers(keyboard_elsewhere)?;
                let mut terminal = PlainTerminal::new(keyboard_elsewhere);
                plain_loop::run(driven, answers, signals, &mut terminal, &mut ports).await
            }
        }
    })
}

/// Tells a demo that plays itself, until it ends, and gives it back as it was left. It needs no terminal.
pub(super) fn tell<J: Journey>(
    presentation: Presentation<J>,
    ports: impl FnOnce() -> RealPorts,
) -> Result<(Presentation<J>, Leaving), Exit> {
    run(async {
        let mut ports = ports();
        let signals = screen::signals()?;
        let mut storyteller = Storyteller::default();
        wizard_loop::run(presentation, signals, &mut storyteller, &mut ports).await
    })
}

/// Runs it to its end. A reader that closed its end early, such as `head`, has all it wanted; how it would have ended, nobody knows.
fn run<T>(meeting: impl Future<Output = io::Result<T>>) -> Result<T, Exit> {
    let runtime = engine::for_a_wizard().map_err(super::could_not_run)?;
    let ended = runtime.block_on(meeting);
    say_what_was_left_open();
    // A lookup that still waits for a name server must not hold up the end.
    runtime.shutdown_background();
    ended.map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Exit::CouldNotTell,
        _ => super::could_not_run(format!("the terminal can't be used: {error}")),
    })
}

/// A request that is out is not undone by leaving.
fn say_what_was_left_open() {
    if grant::is_left_open() {
        let mut words = io::stderr();
        writeln!(
            words,
            "doorkey was adding the key. It reads Bitbucket's list once more."
        )
        .ok();
        if let Some(said) = grant::what_was_left_open() {
            writeln!(words, "{said}").ok();
        }
    }
}

/// What can be done where a guide can't be shown.
const WITHOUT_TERMINAL: &str = "In scripts use: doorkey check URL --key FILE; or give the wizard's answers line by line, with --plain";

/// Whether there is somebody to meet. A script that asked for lines brings its own answers; who did not ask for them would be
/// surprised by an end at once.
pub(super) fn can_be_met(look: &LookOptions, keyboard_elsewhere: bool) -> Result<(), Exit> {
    if look.form() == Form::Plain {
        return Ok(());
    }
    let redirected = match (
        keyboard_elsewhere || io::stdin().is_terminal(),
        io::stdout().is_terminal(),
    ) {
        (true, true) => return Ok(()),
        (false, true) => "standard input is not one",
        (true, false) => "standard output is not one",
        (false, false) => "neither standard input nor output is one",
    };
    Err(super::refuse(format!(
        "the wizard needs a terminal, and {redirected}. {WITHOUT_TERMINAL}"
    )))
}

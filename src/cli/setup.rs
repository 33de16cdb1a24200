//! `doorkey` without a command: the wizard.

use std::io::{self, IsTerminal, Write};

use clap::Args;

use super::look::{Form, LookOptions};
use super::test_options::TestOptions;
use super::{Exit, key_source};
use crate::check::Verdict;
use crate::coalesce::Region;
use crate::runtime::plain_terminal::{self, PlainTerminal};
use crate::runtime::ports::{DemoWorld, RealPorts};
use crate::runtime::screen::{self, TerminalScreen};
use crate::runtime::{plain_loop, wizard_loop};
use crate::wizard::{Leaving, Setup, StepId, Wizard};

/// What the wizard can be given beforehand.
#[derive(Debug, Args)]
#[command(next_help_heading = "What you have already")]
pub(super) struct Arguments {
    /// An address of the repository: its page, its clone URL, or its SSH URL
    #[arg(long, value_name = "ADDRESS")]
    url: Option<String>,
    /// The public key's file, or - for standard input
    #[arg(long, value_name = "FILE")]
    key: Option<String>,
    /// The region your Coalesce Quality is in
    #[arg(long, value_name = "REGION", value_parser = super::allowlist::region())]
    region: Option<&'static Region>,
    #[command(flatten)]
    look: LookOptions,
    #[command(flatten)]
    test: TestOptions,
}

/// Runs the wizard.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let key = match arguments.key.as_deref().map(key_source::bytes).transpose() {
        Ok(key) => key,
        Err(why) => return super::refuse(&why),
    };
    let settings = match arguments.test.settings() {
        Ok(settings) => settings,
        Err(why) => return super::refuse(&why),
    };
    let setup = Setup {
        url: arguments.url.clone().unwrap_or_default(),
        key,
        region: arguments.region,
        settings,
        demo: None,
    };
    // A key that came through standard input leaves only the terminal itself to type at.
    let keyboard_elsewhere = arguments.key.as_deref() == Some(key_source::STANDARD_INPUT);
    meet(
        Wizard::new(setup),
        &arguments.look,
        None,
        keyboard_elsewhere,
    )
}

/// Shows or says a wizard until it ends, and says in a line where things stand.
pub(super) fn meet(
    wizard: Wizard,
    look: &LookOptions,
    demo: Option<DemoWorld>,
    keyboard_elsewhere: bool,
) -> Exit {
    let form = look.form();
    // A script that asked for lines brings its own answers; who did not ask for them would be surprised by an end at once.
    if form != Form::Plain && !is_on_terminal(keyboard_elsewhere) {
        return super::refuse(NO_TERMINAL);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return super::could_not_run(error.to_string()),
    };
    let ended = runtime.block_on(async {
        let mut ports = RealPorts::new(demo);
        match form {
            Form::Screen => {
                let input = screen::input()?;
                let mut screen = TerminalScreen::take(look.theme())?;
                wizard_loop::run(wizard, input, &mut screen, &mut ports).await
            }
            Form::Plain | Form::PlainOnDumbTerminal => {
                let signals = screen::ending_signals()?;
                let answers = plain_terminal::answers(keyboard_elsewhere)?;
                let mut terminal = PlainTerminal::new(keyboard_elsewhere);
                plain_loop::run(wizard, answers, signals, &mut terminal, &mut ports).await
            }
        }
    });
    // A lookup that still waits for a name server must not hold up the end.
    runtime.shutdown_background();
    match ended {
        Ok((wizard, leaving)) => {
            writeln!(io::stderr(), "{}", parting_words(&wizard)).ok();
            exit(&wizard, leaving)
        }
        Err(error) => super::could_not_run(format!("the terminal can't be used: {error}")),
    }
}

/// Where the wizard can't be shown, and what can be done instead.
const NO_TERMINAL: &str = "the wizard needs a terminal, and standard input or output is not one. In scripts use: doorkey check URL --key FILE; \
                           or give the wizard's answers line by line, with --plain";

/// Whether somebody can see and type.
fn is_on_terminal(keyboard_elsewhere: bool) -> bool {
    io::stdout().is_terminal() && (keyboard_elsewhere || io::stdin().is_terminal())
}

/// Where things stand, and how to go on.
fn parting_words(wizard: &Wizard) -> String {
    if wizard.demo.is_some() {
        return "That was the demo: nothing outside this computer was touched.\n\
                To set up your own repository, run doorkey."
            .to_owned();
    }
    let url = wizard
        .address()
        .map(crate::bitbucket::RepositoryAddress::ssh);
    match (wizard.connection_test.verdict(), url) {
        (Some(Verdict::Ready), Some(url)) => {
            let conclusion = wizard.connection_test.conclusion();
            match conclusion.open {
                Some(_) => format!(
                    "Ready: Bitbucket recognises the key for {url}.\nNext: press Test connection in Coalesce Quality."
                ),
                None => format!("Ready for {url}.\n{}", conclusion.proven),
            }
        }
        (Some(Verdict::NotReady | Verdict::Inconclusive), Some(url)) => {
            format!("Not ready yet. Test again with: doorkey check '{url}' --key FILE")
        }
        _ => format!(
            "Left at step {} of {}, {}. Run doorkey to begin again.",
            wizard.step.number(),
            StepId::ALL.len(),
            wizard.step.title()
        ),
    }
}

fn exit(wizard: &Wizard, leaving: Leaving) -> Exit {
    match (leaving, wizard.connection_test.verdict()) {
        (Leaving::Interrupted, _) => Exit::Interrupted,
        (Leaving::Quit, Some(Verdict::Ready)) => Exit::Done,
        (Leaving::Quit, Some(Verdict::NotReady)) => Exit::NotReady,
        (Leaving::Quit, Some(Verdict::Inconclusive) | None) => Exit::CouldNotTell,
    }
}

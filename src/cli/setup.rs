//! `doorkey` without a command: the wizard.

use std::io::{self, Write};

use clap::Args;

use super::error_form::ErrorForm;
use super::lock_option::LockOption;
use super::log_option::LogOption;
use super::look::LookOptions;
use super::test_options::TestOptions;
use super::{Exit, key_source, meeting};
use crate::adapters::store::{Store, StoreError};
use crate::check::Verdict;
use crate::coalesce::Region;
use crate::guide::Leaving;
use crate::runtime::keeper::Keeper;
use crate::runtime::ports::RealPorts;
use crate::setup::{Draft, Setup, StepId, Wizard};
use crate::text::harmless;

/// As much of a path as is shown, in characters.
const LONGEST_PATH: usize = 300;

/// What the wizard can be given beforehand.
#[derive(Debug, Args)]
#[command(next_help_heading = "Prefill")]
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
    /// Start a new setup; an unfinished one is kept until this one completes
    #[arg(long)]
    fresh: bool,
    #[command(flatten)]
    look: LookOptions,
    #[command(flatten)]
    test: TestOptions,
    #[command(flatten)]
    lock: LockOption,
    #[command(flatten)]
    log: LogOption,
}

/// Runs the wizard.
pub(super) fn run(arguments: &Arguments) -> Exit {
    if let Err(refused) = arguments.log.begin() {
        return refused;
    }
    let key = match arguments.key.as_deref().map(key_source::bytes).transpose() {
        Ok(key) => key,
        Err(why) => return super::refuse(&why),
    };
    let settings = match arguments.test.settings() {
        Ok(settings) => settings,
        Err(stop) => return stop.say(ErrorForm::Words),
    };
    let setup = Setup {
        url: arguments.url.clone().unwrap_or_default(),
        key,
        region: arguments.region,
        settings,
        demo: None,
        keeps: true,
    };
    // A key that came through standard input leaves only the terminal itself to type at.
    let keyboard_elsewhere = arguments.key.as_deref() == Some(key_source::STANDARD_INPUT);
    if let Err(refused) = meeting::can_be_met(&arguments.look, keyboard_elsewhere) {
        return refused;
    }
    let mut wizard = Wizard::new(setup);
    // What is given on the command line begins a setup of its own.
    let fresh = arguments.fresh || arguments.url.is_some() || arguments.key.is_some();
    let keeper = match begin(&mut wizard, arguments, fresh) {
        Ok(keeper) => Some(keeper),
        Err(error) => {
            wizard.keep_nothing(&error);
            None
        }
    };
    meet(wizard, &arguments.look, keeper, keyboard_elsewhere)
}

/// Takes a place to keep the setup in, and goes on with the one that was left there.
fn begin(wizard: &mut Wizard, arguments: &Arguments, fresh: bool) -> Result<Keeper, String> {
    let words = |error: StoreError| error.to_string();
    let store = arguments.lock.silent_store().map_err(words)?;
    if fresh {
        let place = store.begin_afresh().map_err(words)?;
        return Keeper::start(store, place);
    }
    let (mut place, left) = store.resume().map_err(words)?;
    match left.as_deref().map(Draft::from_file) {
        None => {}
        Some(Ok(draft)) => wizard.resume(&draft),
        Some(Err(problem)) => {
            let path = harmless(&place.path().to_string_lossy(), LONGEST_PATH);
            wizard.warn(&format!(
                "{path} can't be used: {problem}. It is left there."
            ));
            place = store.begin_beside().map_err(words)?;
        }
    }
    Keeper::start(store, place)
}

/// Shows or says a wizard until it ends, and says in a line where things stand.
fn meet(
    wizard: Wizard,
    look: &LookOptions,
    keeper: Option<Keeper>,
    keyboard_elsewhere: bool,
) -> Exit {
    let ports = || RealPorts::new(None, keeper);
    match meeting::meet(wizard, look, ports, keyboard_elsewhere) {
        Ok((wizard, leaving)) => {
            writeln!(io::stderr(), "{}", parting_words(&wizard)).ok();
            exit(&wizard, leaving)
        }
        Err(exit) => exit,
    }
}

/// Where things stand, and how to go on.
fn parting_words(wizard: &Wizard) -> String {
    let url = wizard
        .address()
        .map(crate::bitbucket::RepositoryAddress::ssh);
    match (wizard.connection_test().verdict(), url) {
        (Some(Verdict::Ready), Some(url)) => {
            let saved = wizard.saved.as_ref().map(|saved| {
                let name = &saved.name;
                format!("\nSaved as {name}. Test it again any time with: doorkey verify {name}")
            });
            let conclusion = wizard.connection_test().conclusion();
            let next = match conclusion.open {
                Some(_) => "Next: press Test connection in Coalesce Quality.",
                None => conclusion.proven,
            };
            format!(
                "Ready: Bitbucket recognises the key for {url}.\n{next}{}",
                saved.unwrap_or_default()
            )
        }
        (Some(Verdict::NotReady | Verdict::Inconclusive), Some(_)) => {
            format!("Not ready yet. {}", how_to_go_on(wizard))
        }
        _ => format!(
            "Left at step {} of {}, {}. {}",
            wizard.journey.step.number(),
            StepId::ALL.len(),
            wizard.journey.step.title(),
            how_to_go_on(wizard)
        ),
    }
}

fn how_to_go_on(wizard: &Wizard) -> &'static str {
    if wizard.is_kept() {
        "Run doorkey to go on where you left off."
    } else if is_older_left() {
        "Run doorkey to go on with the setup you left before, or doorkey --fresh to begin again."
    } else {
        "Run doorkey to begin again."
    }
}

/// Whether there is an older setup that the next doorkey goes on with.
fn is_older_left() -> bool {
    let left = Store::of_user().ok().and_then(|store| store.left());
    left.is_some_and(|text| Draft::from_file(&text).is_ok())
}

/// How it stands.
pub(super) fn exit(wizard: &Wizard, leaving: Leaving) -> Exit {
    match (leaving, wizard.connection_test().verdict()) {
        (Leaving::Interrupted, _) => Exit::Interrupted,
        (Leaving::Quit, Some(Verdict::Ready)) => Exit::Done,
        (Leaving::Quit, Some(Verdict::NotReady)) => Exit::NotReady,
        (Leaving::Quit, Some(Verdict::Inconclusive) | None) => Exit::CouldNotTell,
    }
}

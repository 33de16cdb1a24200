//! `doorkey verify`: tests saved connections again, for people, cron and CI.

mod ending;
mod junit;
mod outcome;
mod selection;
mod under_way;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{ArgGroup, Args};
use tokio::runtime::Runtime;

use self::ending::{Ending, Phase};
use self::outcome::{Outcome, Tested};
use self::selection::Selection;
use self::under_way::UnderWay;
use super::answer::Answer;
use super::error_form::ErrorForm;
use super::lock_option::LockOption;
use super::sheet::Sheet;
use super::test_options::TestOptions;
use super::told_to_end::told_to_end;
use super::verdict_options::VerdictOptions;
use super::{Exit, Stop, saved};
use crate::adapters::store::{Store, StoreError};
use crate::adapters::text_file::Replacement;
use crate::bitbucket::{Api, ApiBase};
use crate::check::api_access::Withheld;
use crate::check::request::{FormerKey, TestSettings, VerificationRequest};
use crate::connections::{Connection, RetiredKey};
use crate::runtime::engine;
use crate::runtime::verification::{self, Progress, USUAL_SERVERS_AT_ONCE};
use crate::text::harmless;

/// Test saved connections again
///
/// Tests all keys in as few SSH sessions as possible, and checks that replaced keys are refused. Saves what it finds. Exit status:
/// 0 all are ready; 1 one is not ready; 3 nothing failed, but at least one result is inconclusive.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").args(["names", "all"]).required(true))]
pub(super) struct Arguments {
    /// The connections' names, or the beginnings of them
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Test all that are saved
    #[arg(long)]
    all: bool,
    /// Skip connections that were ready in the last N days
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    since_days: Option<u16>,
    /// Test up to N servers at once
    #[arg(long, value_name = "N", default_value_t = USUAL_SERVERS_AT_ONCE, value_parser = RangedU64ValueParser::<usize>::new().range(1..=1000))]
    jobs: usize,
    /// Print an array of reports as JSON, each with its connection's name
    #[arg(long, conflicts_with = "json_lines")]
    json: bool,
    /// Print each report as JSON on a line of its own, as soon as it is there
    #[arg(long)]
    json_lines: bool,
    /// Also write the outcome to this file, as JUnit XML for CI
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    #[command(flatten)]
    verdict: VerdictOptions,
    #[command(flatten)]
    lock: LockOption,
    #[command(flatten)]
    test: TestOptions,
}

/// How long a run that was interrupted waits for another doorkey that is saving.
const PATIENCE_AT_THE_END: Duration = Duration::from_millis(200);

impl Arguments {
    fn errors(&self) -> ErrorForm {
        ErrorForm::of(self.json || self.json_lines)
    }
}

/// Tests what was chosen and prints what came out.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let junit = match arguments.junit.as_deref().map(begin_junit).transpose() {
        Ok(junit) => junit,
        Err(why) => return arguments.errors().refuse(why),
    };
    let ready = prepare(arguments).and_then(|prepared| {
        let runtime = engine::for_many_tests().map_err(Stop::could_not_run)?;
        Ok((prepared, runtime))
    });
    match ready {
        Ok((prepared, runtime)) => prepared.run(arguments, junit, runtime),
        Err(stop) => nothing_tested(arguments, junit, stop),
    }
}

/// Makes ready to write the document for CI. An old one goes away at once: should this run be killed, nobody may take the old
/// outcome for the new one.
fn begin_junit(path: &Path) -> Result<Replacement, String> {
    Replacement::begin(path)
        .and_then(|junit| junit.remove_old().map(|()| junit))
        .map_err(|error| format!("{} can't be written: {error}", path.display()))
}

/// Says why nothing was tested, in the document for CI, too.
fn nothing_tested(arguments: &Arguments, junit: Option<Replacement>, stop: Stop) -> Exit {
    let document = junit::nothing_tested(&harmless(&stop.why, super::SAID_AT_MOST));
    let written = write_junit(junit, arguments, &document);
    let exit = stop.say(arguments.errors());
    match written {
        Ok(()) => exit,
        Err(why) => {
            super::tell(&why);
            exit
        }
    }
}

/// Everything that can be wrong before anything is tested is known to be right.
struct Prepared {
    store: Store,
    selection: Selection,
    settings: TestSettings,
}

fn prepare(arguments: &Arguments) -> Result<Prepared, Stop> {
    let store = arguments.lock.store().map_err(Stop::could_not_run)?;
    let saved = store.connections().map_err(Stop::could_not_run)?;
    saved::warn_of_unreadable(&saved);
    let required = arguments.verdict.required();
    let selection = selection::select(&saved, &arguments.names, arguments.since_days, required);
    let selection = selection.map_err(|none| saved::not_found(&none))?;
    let mut settings = arguments.test.settings()?;
    settings.required = required;
    one_place_for_the_token(&selection.chosen, &settings).map_err(Stop::bad_input)?;
    Ok(Prepared {
        store,
        selection,
        settings,
    })
}

/// A token belongs to one Bitbucket; no other one may see it.
fn one_place_for_the_token(
    connections: &[Connection],
    settings: &TestSettings,
) -> Result<(), String> {
    let access = &settings.api;
    if access.token.is_none() || access.base.is_some() {
        return Ok(());
    }
    let mut bases: Vec<String> = connections
        .iter()
        .filter_map(|connection| Api::new(&connection.place, connection.api.as_ref()).ok())
        // A Cloud token is sent to no other server; those connections say so.
        .filter(|api| access.withheld_from(api) != Some(Withheld::BelongsToCloud))
        .map(|api| api.base().to_string())
        .collect();
    bases.sort();
    bases.dedup();
    match bases.as_slice() {
        [] | [_] => Ok(()),
        [first, second, ..] => Err(format!(
            "the token would be sent to {} and to {}, and it belongs to one of them; name connections of one Bitbucket only, or say with --api-url where to ask",
            harmless(first, 200),
            harmless(second, 200)
        )),
    }
}

impl Prepared {
    fn run(self, arguments: &Arguments, junit: Option<Replacement>, runtime: Runtime) -> Exit {
        let Selection {
            chosen,
            skipped,
            unreadable,
        } = self.selection;
        let ending = Ending::watch(&runtime);
        let mut tested: Vec<Tested> = chosen.into_iter().map(Tested::not_yet).collect();
        let lines = arguments.json_lines;
        let was_interrupted =
            runtime.block_on(test(&mut tested, &self.settings, arguments.jobs, lines));
        let outcome = Outcome {
            tested,
            skipped,
            unreadable,
            was_interrupted,
            rule: arguments.verdict.clone(),
        };
        // Before anything that can fail for want of a reader or of room.
        let store = if was_interrupted {
            self.store.with_patience(PATIENCE_AT_THE_END)
        } else {
            ending.come_to(Phase::Saving);
            self.store
        };
        let saving = save(&store, &outcome, self.settings.api.base.as_ref());
        if !was_interrupted {
            ending.come_to(Phase::Telling);
        }
        let mut message = outcome.interruption();
        if let Err(error) = saving {
            // Writing to a string can't fail.
            let _ = writeln!(
                message,
                "doorkey: what was proven could not be saved: {error}"
            );
        }
        let mut exit = outcome.exit();
        if let Err(error) = write_junit(junit, arguments, &junit::document(&outcome)) {
            // Writing to a string can't fail.
            let _ = writeln!(message, "doorkey: {error}");
            exit = exit.or_could_not_tell();
        }
        let output = match (arguments.json, arguments.json_lines) {
            (_, true) => String::new(),
            (true, _) => saved::pretty(&outcome.named_reports()),
            _ => outcome.table(Sheet::stdout(), arguments.since_days),
        };
        let answer = Answer {
            output,
            message,
            exit,
        };
        let exit = answer.print();
        // Whatever is still under way belongs to an interrupted run.
        runtime.shutdown_background();
        exit
    }
}

/// Tests all of them, until told to end. Says whether it was.
async fn test(tested: &mut [Tested], settings: &TestSettings, jobs: usize, lines: bool) -> bool {
    let connections = tested.iter().map(|tested| &tested.connection);
    let requests: Vec<VerificationRequest> = connections.map(request).collect();
    let names = tested.iter().map(|tested| tested.connection.name.clone());
    let mut under_way = UnderWay::new(names.collect());
    let tell = |progress| match progress {
        Progress::Began(index) => under_way.began(index),
        Progress::AskedAboutRetired(index, answers) => tested[index].retired = answers,
        Progress::Finished(index, report) => {
            under_way.finished(index, &report);
            tested[index].finish(*report);
            if lines {
                under_way.make_room();
                outcome::print_line(&tested[index]);
            }
        }
    };
    let was_interrupted = tokio::select! {
        // Signals are listened for before anything is contacted.
        biased;
        () = told_to_end() => true,
        () = verification::run(&requests, settings, jobs, tell) => false,
    };
    under_way.make_room();
    was_interrupted
}

fn request(connection: &Connection) -> VerificationRequest {
    let retired = connection.retired.iter();
    VerificationRequest {
        url: connection.address.ssh(),
        place: Some(connection.place.clone()),
        key: Ok(connection.key.clone()),
        api: connection.api.clone(),
        retired: retired.map(former_key).collect(),
        trusted: connection.host_keys.clone(),
    }
}

fn former_key(retired: &RetiredKey) -> FormerKey {
    FormerKey {
        key: retired.key.clone(),
        refused_at: retired.refused_at.clone(),
        is_back: retired.accepted_at.is_some(),
    }
}

/// Saves what was shown, once for all, with what other doorkeys saved in the meantime left as it is.
fn save(store: &Store, outcome: &Outcome, api: Option<&ApiBase>) -> Result<(), StoreError> {
    if outcome.reports().next().is_none() {
        return Ok(());
    }
    store.change(|saved| {
        for tested in &outcome.tested {
            if let Some(current) = saved.get_mut(&tested.connection.name) {
                tested.remember(current, api);
            }
        }
    })
}

/// Writes the document for CI, if there is to be one. Fails with a sentence.
fn write_junit(
    junit: Option<Replacement>,
    arguments: &Arguments,
    document: &str,
) -> Result<(), String> {
    let (Some(junit), Some(path)) = (junit, &arguments.junit) else {
        return Ok(());
    };
    junit.finish(document).map_err(|error| {
        let path = harmless(&path.to_string_lossy(), 300);
        format!("{path} can't be written: {error}")
    })
}

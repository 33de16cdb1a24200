//! `doorkey verify`: tests saved connections again, for people, cron and CI.

mod junit;
mod outcome;
mod selection;
mod under_way;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::builder::RangedU64ValueParser;
use clap::{ArgGroup, Args};

use self::outcome::{Outcome, Tested};
use self::selection::Selection;
use self::under_way::UnderWay;
use super::answer::Answer;
use super::error_form::ErrorForm;
use super::test_options::TestOptions;
use super::told_to_end::told_to_end;
use super::verdict_options::VerdictOptions;
use super::{Exit, saved};
use crate::adapters::store::{Store, StoreError};
use crate::bitbucket::Api;
use crate::check::Report;
use crate::check::request::{TestSettings, VerificationRequest};
use crate::connections::Connection;
use crate::runtime::verification::{self, Progress, USUAL_SERVERS_AT_ONCE};
use crate::text::harmless;

/// Test saved connections again
///
/// Asks about all their keys in few sessions, and about keys that were replaced: none of those should get in any more. What is proven
/// is saved. Exit status: 0 all are ready; 1 one is not ready; 3 none is known not to be ready, but of one it could not be told.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").args(["names", "all"]).required(true))]
pub(super) struct Arguments {
    /// The connections' names, or the beginnings of them
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Test all that are saved
    #[arg(long)]
    all: bool,
    /// Leave out those that were ready in the last N days
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    since_days: Option<u16>,
    /// Test so many servers at a time
    #[arg(long, value_name = "N", default_value_t = USUAL_SERVERS_AT_ONCE, value_parser = RangedU64ValueParser::<usize>::new().range(1..=1000))]
    jobs: usize,
    /// Print an array of reports as JSON, each with its connection's name
    #[arg(long, conflicts_with = "json_lines")]
    json: bool,
    /// Print each report as JSON on a line of its own, as soon as it is there
    #[arg(long)]
    json_lines: bool,
    /// Write the outcome to this file, too, as JUnit XML for CI
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    #[command(flatten)]
    verdict: VerdictOptions,
    #[command(flatten)]
    test: TestOptions,
}

impl Arguments {
    fn errors(&self) -> ErrorForm {
        ErrorForm::of(self.json || self.json_lines)
    }
}

/// Tests what was chosen and prints what came out.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match prepare(arguments) {
        Ok(prepared) => prepared.run(arguments),
        Err(exit) => exit,
    }
}

/// Everything that can be wrong before anything is tested is known to be right.
struct Prepared {
    store: Store,
    selection: Selection,
    settings: TestSettings,
    junit: Option<File>,
}

fn prepare(arguments: &Arguments) -> Result<Prepared, Exit> {
    let errors = arguments.errors();
    let could_not_run = |error: StoreError| errors.could_not_run(error);
    let refuse = |why: String| errors.refuse(why);
    let store = Store::of_user().map_err(could_not_run)?;
    let saved = store.connections().map_err(could_not_run)?;
    let selection = selection::select(&saved, &arguments.names, arguments.since_days);
    let selection = selection.map_err(|none| errors.refuse(none))?;
    let mut settings = arguments.test.settings().map_err(refuse)?;
    settings.required = arguments.verdict.required();
    one_place_for_the_token(&selection.chosen, &settings).map_err(refuse)?;
    let junit = match &arguments.junit {
        None => None,
        Some(path) => Some(File::create(path).map_err(|error| {
            errors.refuse(format!("{} can't be written: {error}", path.display()))
        })?),
    };
    Ok(Prepared {
        store,
        selection,
        settings,
        junit,
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
        .filter_map(|connection| Api::new(&connection.place, None).ok())
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
    fn run(self, arguments: &Arguments) -> Exit {
        let Selection { chosen, skipped } = self.selection;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => return arguments.errors().could_not_run(error),
        };
        let mut reports: Vec<Option<Report>> = Vec::new();
        reports.resize_with(chosen.len(), || None);
        let lines = arguments.json_lines;
        let was_interrupted = runtime.block_on(test(
            &chosen,
            &self.settings,
            arguments.jobs,
            lines,
            &mut reports,
        ));
        // Whatever is still under way belongs to an interrupted run.
        runtime.shutdown_background();
        let tested = chosen.into_iter().zip(reports);
        let outcome = Outcome {
            tested: tested
                .map(|(connection, report)| Tested { connection, report })
                .collect(),
            skipped,
            was_interrupted,
            rule: arguments.verdict.clone(),
        };
        // Before anything that can fail for want of a reader or of room.
        let saving = save(&self.store, &outcome);
        let mut message = outcome.interruption();
        if let Err(error) = saving {
            // Writing to a string can't fail.
            let _ = writeln!(
                message,
                "doorkey: what was proven could not be saved: {error}"
            );
        }
        let mut exit = outcome.exit();
        if let (Some(file), Some(path)) = (self.junit, &arguments.junit)
            && let Err(error) = write(file, path, &junit::document(&outcome))
        {
            message += &error;
            exit = exit.or_could_not_tell();
        }
        let output = match (arguments.json, arguments.json_lines) {
            (_, true) => String::new(),
            (true, _) => saved::pretty(&outcome.named_reports()),
            _ => outcome.table(arguments.since_days),
        };
        Answer {
            output,
            message,
            exit,
        }
        .print()
    }
}

/// Tests all of them, until told to end. Says whether it was.
async fn test(
    chosen: &[Connection],
    settings: &TestSettings,
    jobs: usize,
    lines: bool,
    reports: &mut [Option<Report>],
) -> bool {
    let requests: Vec<VerificationRequest> = chosen.iter().map(request).collect();
    let mut under_way = UnderWay::new(chosen);
    let tell = |progress| match progress {
        Progress::Began(index) => under_way.began(index),
        Progress::Finished(index, report) => {
            under_way.finished(index, &report);
            if lines {
                under_way.make_room();
                outcome::print_line(&chosen[index], &report);
            }
            reports[index] = Some(*report);
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
        retired: retired.map(|retired| retired.key.clone()).collect(),
        trusted: connection.host_keys.clone(),
    }
}

/// Saves what was proven, once for all, with what other doorkeys saved in the meantime left as it is.
fn save(store: &Store, outcome: &Outcome) -> Result<(), StoreError> {
    if outcome.reports().next().is_none() {
        return Ok(());
    }
    store.change(|saved| {
        for (connection, report) in outcome.reports() {
            if let Some(current) = saved.get_mut(&connection.name) {
                current.remember(report);
            }
        }
    })
}

fn write(mut file: File, path: &Path, text: &str) -> Result<(), String> {
    let written = file.write_all(text.as_bytes()).and_then(|()| file.flush());
    written.map_err(|error: io::Error| {
        let path = harmless(&path.to_string_lossy(), 300);
        format!("doorkey: {path} can't be written: {error}\n")
    })
}

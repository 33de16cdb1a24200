//! `doorkey demo`: the wizard against the embedded Bitbucket, no network needed.

mod stage;

use std::io::{self, IsTerminal, Write};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use self::stage::Stage;
use super::answer::Answer;
use super::log_option::LogOption;
use super::look::{Form, LookOptions};
use super::{Exit, meeting, rotate, setup};
use crate::demo::{Guided, Pace, Presentation, Scenario};
use crate::guide::{Drive as _, Guide, Journey, Leaving};
use crate::rotation::KeyRotation;
use crate::runtime::engine;
use crate::runtime::keeper::Keeper;
use crate::runtime::ports::RealPorts;
use crate::setup::Wizard;

/// Try the wizard against an embedded Bitbucket: no network, no account
///
/// Everything is simulated on this computer: the addresses are Bitbucket's, the connections go to a Bitbucket inside doorkey.
/// doorkey connects to nothing outside. Press n for the speaker notes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The scenario to show (--list describes them); the first one by default
    #[arg(long, value_name = "NAME", value_parser = scenario(), conflicts_with = "list")]
    scenario: Option<&'static Scenario>,
    /// Print the scenarios and exit
    #[arg(long)]
    list: bool,
    /// Play automatically: space pauses, → steps, q stops, n shows the notes, page up and down scroll, and with any other key you take
    /// over. With --plain or without a terminal, print text instead. Exits with 0 only if the whole scenario ran and every rung it
    /// promises is proven, otherwise with 1
    #[arg(long)]
    auto: bool,
    /// Playback speed, from 0.1 to 1000; 1 is human pace. Without it, text that does not go to a terminal is not delayed
    #[arg(long, value_name = "N", requires = "auto")]
    speed: Option<Pace>,
    #[command(flatten)]
    look: LookOptions,
    #[command(flatten)]
    log: LogOption,
}

/// Reads a scenario by its name.
fn scenario() -> impl TypedValueParser<Value = &'static Scenario> {
    let names = Scenario::all()
        .iter()
        .map(|scenario| scenario.name.as_str());
    PossibleValuesParser::new(names)
        .try_map(|name| Scenario::from_name(&name).ok_or("no such scenario"))
}

/// Runs the demo.
pub(super) fn run(arguments: &Arguments) -> Exit {
    if arguments.list {
        return list().print();
    }
    if let Err(refused) = arguments.log.begin() {
        return refused;
    }
    let scenario = arguments.scenario.unwrap_or_else(|| Scenario::usual());
    match play(arguments, scenario) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn play(arguments: &Arguments, scenario: &'static Scenario) -> Result<Exit, Exit> {
    // Its simulations, and the neighbours that some scenarios have, come before the wizard.
    engine::FOR_A_SIMULATION
        .find()
        .map_err(super::could_not_run)?;
    let stage = Stage::set(scenario).map_err(super::could_not_run)?;
    match scenario.guided {
        Guided::Setup => {
            let wizard = Wizard::new(stage.setup());
            present(arguments, scenario, &stage, wizard, None, setup::exit)
        }
        Guided::Rotation => {
            let (setup, saved) = stage.rotation().map_err(super::could_not_run)?;
            let rotation = KeyRotation::new(setup);
            let keeper = Some(Keeper::in_memory(saved).map_err(super::could_not_run)?);
            present(arguments, scenario, &stage, rotation, keeper, rotate::exit)
        }
    }
}

/// Presents a guide until it ends. `exit` says how it stands then.
fn present<J: Journey>(
    arguments: &Arguments,
    scenario: &'static Scenario,
    stage: &Stage,
    guide: Guide<J>,
    keeper: Option<Keeper>,
    exit: impl FnOnce(&Guide<J>, Leaving) -> Exit,
) -> Result<Exit, Exit> {
    let look = &arguments.look;
    let presentation = Presentation::by_hand(guide, scenario, stage.keys.clone());
    let world = stage.world.clone();
    let ports = || RealPorts::new(Some(world), keeper);
    let (presentation, leaving) = if !arguments.auto {
        meeting::meet(presentation, look, ports, false)?
    } else if is_watched(look) {
        let pace = arguments.speed.unwrap_or_default();
        meeting::meet(presentation.playing_itself(pace, true), look, ports, false)?
    } else {
        let pace = arguments.speed.unwrap_or_else(pace_of_telling);
        let told = presentation.with_notes().playing_itself(pace, false);
        meeting::tell(told, ports)?
    };
    if presentation.has_given_up() {
        writeln!(io::stderr(), "{GIVEN_UP}").ok();
    }
    writeln!(io::stderr(), "{PARTING_WORDS}").ok();
    let usual = exit(presentation.guide(), leaving);
    Ok(match usual {
        _ if !arguments.auto => usual,
        Exit::Interrupted => usual,
        Exit::Done if presentation.has_played_out() => usual,
        _ => Exit::NotReady,
    })
}

/// Whether a demo that plays itself can be shown to somebody who can take over. Anything else is told: it needs no terminal.
fn is_watched(look: &LookOptions) -> bool {
    look.form() == Form::Screen && io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Where somebody reads along, as fast as a person plays; otherwise without waiting.
fn pace_of_telling() -> Pace {
    if io::stdout().is_terminal() {
        Pace::default()
    } else {
        Pace::FASTEST
    }
}

/// Said when a demo that plays itself did not come to its end.
const GIVEN_UP: &str =
    "doorkey: the demo did not go as it should: what it waited for did not come.";

/// Said at the end.
const PARTING_WORDS: &str = "That was the demo: nothing outside this computer was touched.\n\
                             To set up your own repository, run doorkey.";

/// Every scenario, with what it shows.
fn list() -> Answer {
    let lines = Scenario::all()
        .iter()
        .map(|scenario| format!("{:<17}{}\n", scenario.name, scenario.summary));
    Answer {
        output: lines.collect(),
        message: String::new(),
        exit: Exit::Done,
    }
}

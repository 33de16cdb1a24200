//! `doorkey simulate`: the embedded Bitbucket alone, until it is told to end.

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use serde::Serialize;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::oneshot;

use super::Exit;
use super::answer::Answer;
use crate::bitbucket::Edition;
use crate::runtime::engine;
use crate::simulator::{Event, Fault, Options, RepositoryName, Simulator};

/// Run the embedded Bitbucket alone, on this computer only
///
/// Its first line on stdout is JSON and says where it listens; each later line is one thing that happened.
/// It ends on Ctrl-C, on SIGTERM, or when nobody reads its output any longer.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The edition to simulate
    #[arg(long, value_enum, default_value_t = EditionArgument::Cloud)]
    edition: EditionArgument,
    /// The port for SSH; 0 picks a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    ssh_port: u16,
    /// The port for the web page and REST; 0 picks a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    web_port: u16,
    /// Simulate a fault (--fault help lists them)
    #[arg(long, value_name = "NAME", value_parser = fault(), hide_possible_values = true)]
    fault: Option<Asked>,
    /// Also hold this repository (may be repeated)
    #[arg(long, value_name = "KEY/SLUG")]
    repository: Vec<RepositoryName>,
}

/// A fault, or the question which there are.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Help,
    Fault(Fault),
}

/// What asks which faults there are, in the place of one.
const HELP: &str = "help";

/// Reads a fault by its name.
fn fault() -> impl TypedValueParser<Value = Asked> {
    let faults = Fault::ALL.iter();
    let faults = faults.map(|fault| PossibleValue::new(fault.id()).help(fault.words()));
    let help = PossibleValue::new(HELP).help("list what can be wrong");
    PossibleValuesParser::new(faults.chain([help])).try_map(|name| match name.as_str() {
        HELP => Ok(Asked::Help),
        name => name.parse::<Fault>().map(Asked::Fault),
    })
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EditionArgument {
    /// Bitbucket Cloud
    Cloud,
    /// Bitbucket Data Center (earlier: Server)
    DataCenter,
}

impl From<EditionArgument> for Edition {
    fn from(argument: EditionArgument) -> Self {
        match argument {
            EditionArgument::Cloud => Edition::Cloud,
            EditionArgument::DataCenter => Edition::DataCenter,
        }
    }
}

/// The first line: where everything is.
#[derive(Serialize)]
struct Listening<'a> {
    event: &'static str,
    edition: &'static str,
    ssh: SocketAddr,
    host_key: String,
    web: String,
    api: String,
    token: &'a str,
    repository: &'a str,
}

impl<'a> Listening<'a> {
    fn new(simulator: &'a Simulator) -> Self {
        Self {
            event: "listening",
            edition: simulator.edition().id(),
            ssh: simulator.ssh_address(),
            host_key: simulator.fingerprint(),
            web: simulator.web_page(),
            api: simulator.api(),
            token: simulator.token(),
            repository: simulator.repository(),
        }
    }
}

/// Said when events came faster than they could be written.
#[derive(Serialize)]
struct Missed {
    event: &'static str,
    count: u64,
}

/// Runs the embedded Bitbucket until it is told to end.
pub(super) fn run(arguments: Arguments) -> Exit {
    if matches!(arguments.fault, Some(Asked::Help)) {
        return faults().print();
    }
    let runtime = match engine::for_a_simulation() {
        Ok(runtime) => runtime,
        Err(why) => return super::could_not_run(why),
    };
    let exit = runtime.block_on(simulate(arguments));
    // Nothing worth waiting for is left.
    runtime.shutdown_background();
    exit
}

/// Every fault, with the code it provokes.
fn faults() -> Answer {
    let lines = Fault::ALL.iter().map(|fault| {
        format!(
            "{:<21}{:<34}{}\n",
            fault.id(),
            fault.provokes().id(),
            fault.words()
        )
    });
    Answer {
        output: lines.collect(),
        message: String::new(),
        exit: Exit::Done,
    }
}

async fn simulate(arguments: Arguments) -> Exit {
    // Listened for first, so that no signal can come too early.
    let told_to_end = match Signals::new() {
        Ok(signals) => signals,
        Err(error) => return could_not_run(&error),
    };
    let options = Options {
        edition: arguments.edition.into(),
        ssh_port: arguments.ssh_port,
        web_port: arguments.web_port,
        fault: arguments.fault.and_then(|asked| match asked {
            Asked::Fault(fault) => Some(fault),
            Asked::Help => None,
        }),
        repositories: arguments.repository,
    };
    let simulator = match Simulator::start(options) {
        Ok(simulator) => simulator,
        Err(error) => return could_not_run(&error),
    };
    let events = simulator.subscribe();
    if print_line(&Listening::new(&simulator)).is_err() {
        return Exit::Done;
    }
    if io::stderr().is_terminal() {
        invite(&simulator);
    }
    let exit = tokio::select! {
        exit = told_to_end.wait() => exit,
        () = printed(events) => Exit::Done,
        () = output_closed() => Exit::Done,
    };
    simulator.stop().await;
    exit
}

fn could_not_run(error: &dyn std::error::Error) -> Exit {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        message.push_str(": ");
        message.push_str(&deeper.to_string());
        cause = deeper.source();
    }
    super::could_not_run(message)
}

/// Tells a person at a terminal what can be tried.
fn invite(simulator: &Simulator) {
    let page = simulator.web_page();
    let url = simulator.ssh_url();
    let _ = writeln!(
        io::stderr(),
        "A simulated {}, on this computer only. Ctrl-C ends it.\n  Add a public key:  {page}\n  Then try:          git ls-remote {url}",
        simulator.edition().title(),
    );
}

/// Prints events until stdout is closed.
async fn printed(events: broadcast::Receiver<Event>) {
    on_a_thread(move || {
        // An error says that stdout is closed, which is what this waits for.
        let _ = print_events(events);
    })
    .await;
}

/// Does something that blocks without holding up anything else: a reader of stdout that stands still must not keep
/// signals from being heard. When the program ends, it does not wait for this.
async fn on_a_thread(work: impl FnOnce() + Send + 'static) {
    let (working, done) = oneshot::channel::<()>();
    let thread = std::thread::Builder::new().spawn(move || {
        work();
        drop(working);
    });
    if thread.is_err() {
        // The simulation goes on without it until it is told to end.
        return std::future::pending().await;
    }
    // Nothing is ever sent; the error says that the other end is gone.
    let _ = done.await;
}

fn print_events(mut events: broadcast::Receiver<Event>) -> io::Result<()> {
    loop {
        match events.blocking_recv() {
            Ok(event) => print_line(&event)?,
            Err(RecvError::Lagged(count)) => print_line(&Missed {
                event: "missed",
                count,
            })?,
            Err(RecvError::Closed) => return Ok(()),
        }
    }
}

/// Writes one line and makes sure that it is out.
fn print_line(line: &impl Serialize) -> io::Result<()> {
    let mut json = serde_json::to_vec(line)?;
    json.push(b'\n');
    let mut stdout = io::stdout().lock();
    stdout.write_all(&json)?;
    stdout.flush()
}

/// Waits until the reader of stdout has gone, even if there is nothing to write: whoever started the simulation
/// may have died, and it would outlive them unnoticed.
#[cfg(unix)]
async fn output_closed() {
    on_a_thread(|| {
        use rustix::event::{PollFd, PollFlags, poll};
        let stdout = io::stdout();
        // Errors and hang-ups are told without being asked for.
        let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
        while poll(&mut watched, None) == Err(rustix::io::Errno::INTR) {}
    })
    .await;
}

#[cfg(not(unix))]
async fn output_closed() {
    std::future::pending().await
}

/// The signals that end the program.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    ends: crate::adapters::console::Ends,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for one. SIGTERM is how the simulation is meant to be ended; Ctrl-C interrupts it.
    async fn wait(mut self) -> Exit {
        tokio::select! {
            _ = self.terminate.recv() => Exit::Done,
            _ = self.interrupt.recv() => Exit::Interrupted,
        }
    }
}

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        let ends = crate::adapters::console::Ends::listen()?;
        Ok(Self { ends })
    }

    async fn wait(mut self) -> Exit {
        self.ends.next().await;
        Exit::Interrupted
    }
}

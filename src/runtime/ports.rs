//! Carries out the wizard's effects in the real world.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;

use super::keeper::Keeper;
use super::wizard_loop::{Answer, Ports};
use super::{connection_test, grant, identity, simulated};
use crate::adapters::browser::{self, Prospect};
use crate::adapters::clipboard::{self, Clipboard, Kept};
use crate::adapters::{key_file, network, text_file};
use crate::check::OwnIdentity;
use crate::guide::effect::IdentitySource;
use crate::guide::{
    BrowserHere, Copied, Effect, Event, Opened, Reply, Request, Surroundings, Ticket,
};
use crate::simulator::Simulator;

/// What stands in for the world in a demo.
#[derive(Clone, Debug)]
pub struct DemoWorld {
    /// The embedded Bitbucket.
    pub simulator: Arc<Simulator>,
    /// What the simulated agent holds: the key of somebody in the workspace.
    pub agent: OwnIdentity,
}

/// The real world, or what stands in for it in a demo.
pub struct RealPorts {
    clipboard: Clipboard,
    test: Option<(Ticket, JoinHandle<()>)>,
    demo: Option<DemoWorld>,
    /// Whether changes in the embedded Bitbucket are told.
    tells_changes: bool,
    keeper: Option<Keeper>,
}

impl RealPorts {
    /// Ports to the real world; `demo` is what stands in for it, and without a `keeper` nothing is kept or saved.
    pub fn new(demo: Option<DemoWorld>, keeper: Option<Keeper>) -> Self {
        Self {
            clipboard: Clipboard::start(),
            test: None,
            demo,
            tells_changes: false,
            keeper,
        }
    }

    /// From the first effect on, changes in the embedded Bitbucket are told.
    fn tell_changes(&mut self, answers: &UnboundedSender<Answer>) {
        if let (Some(demo), false) = (&self.demo, self.tells_changes) {
            self.tells_changes = true;
            let changes = demo.simulator.subscribe();
            tokio::spawn(simulated::tell_changes(changes, answers.clone()));
        }
    }

    fn cancel_test(&mut self) {
        if let Some((_, running)) = self.test.take() {
            running.abort();
        }
    }
}

impl Drop for RealPorts {
    fn drop(&mut self) {
        self.cancel_test();
    }
}

impl Ports for RealPorts {
    fn perform(&mut self, effect: Effect, answers: &UnboundedSender<Answer>) {
        self.tell_changes(answers);
        match effect {
            Effect::Ask(ticket, request) => self.carry_out(ticket, request, answers),
            Effect::StartTest(run, request) => {
                self.cancel_test();
                let answers = answers.clone();
                // The loop may have ended in the meantime; then nobody wants the answer.
                let tell = move |told| drop(answers.send(Answer::Event(Event::Test(run, told))));
                let task = tokio::spawn(async move {
                    connection_test::run(&request, tell).await;
                });
                self.test = Some((run, task));
            }
            Effect::CancelTest(run) => {
                if self
                    .test
                    .as_ref()
                    .is_some_and(|(running, _)| *running == run)
                {
                    self.cancel_test();
                }
            }
            Effect::Simulate(what) => {
                if let Some(demo) = &self.demo {
                    simulated::happen(&demo.simulator, what);
                }
            }
            // The loop does these itself.
            Effect::CallBack(_) | Effect::Suspend | Effect::Quit(_) => {}
        }
    }
}

impl RealPorts {
    /// Does what is asked for. What comes of it goes back with the ticket.
    fn carry_out(&mut self, ticket: Ticket, request: Request, answers: &UnboundedSender<Answer>) {
        let terminal = answers.clone();
        let answers = answers.clone();
        // The loop may have ended in the meantime; then nobody wants the answer.
        let answer = move |reply| drop(answers.send(Answer::Event(Event::Answer(ticket, reply))));
        match request {
            Request::LookAround => answer(Reply::Surroundings(Surroundings {
                network: network::has_route(),
                clipboard: clipboard::is_local(),
                browser: browser_here(),
            })),
            Request::Copy(id, text) => self.clipboard.copy(text, move |kept, text| match kept {
                Kept::Confirmed => answer(Reply::Copied(id, Copied::Confirmed)),
                Kept::InTmux => answer(Reply::Copied(id, Copied::InTmux)),
                Kept::NotKept => {
                    drop(terminal.send(Answer::CopyThroughTerminal(ticket, id, text)));
                }
            }),
            Request::WriteFile(name, text) => {
                tokio::task::spawn_blocking(move || {
                    answer(Reply::FileWritten(write_file(name, &text)));
                });
            }
            Request::ReadClipboard => self
                .clipboard
                .read(move |text| answer(Reply::ClipboardRead(text))),
            Request::ReadKeyFile(name) => {
                tokio::task::spawn_blocking(move || {
                    answer(Reply::KeyFileRead(key_file::read_regular(&expand_home(
                        &name,
                    ))));
                });
            }
            Request::OpenPage(link) => {
                open_page(&link, move |opened| answer(Reply::PageOpened(opened)));
            }
            Request::Grant(request) => {
                tokio::task::spawn_blocking(move || {
                    answer(Reply::KeyAdded(grant::add_key(&request)));
                });
            }
            Request::TakeIdentity(source) => match (&self.demo, source) {
                (Some(demo), IdentitySource::Agent) => {
                    answer(Reply::IdentityTaken(Ok(demo.agent.clone())));
                }
                (_, source) => drop(tokio::task::spawn_blocking(move || {
                    answer(Reply::IdentityTaken(identity::take(&source)));
                })),
            },
            Request::AddKeyForMe(line) => {
                if let Some(demo) = &self.demo {
                    answer(Reply::KeyAdded(simulated::add_key(&demo.simulator, &line)));
                }
            }
            Request::RemoveKeyForMe(line) => {
                if let Some(demo) = &self.demo {
                    demo.simulator.remove_key(&line);
                    answer(Reply::KeyRemoved(Ok(())));
                }
            }
            Request::KeepUnfinished(draft) => {
                if let Some(keeper) = &self.keeper {
                    keeper.keep(draft, answer);
                }
            }
            Request::Save(finished) => {
                if let Some(keeper) = &self.keeper {
                    keeper.save(finished, answer);
                }
            }
            Request::SaveRotation(step) => {
                if let Some(keeper) = &self.keeper {
                    keeper.rotate(step, answer);
                }
            }
        }
    }
}

fn browser_here() -> BrowserHere {
    match browser::prospect() {
        Prospect::Likely => BrowserHere::Likely,
        Prospect::InContainer => BrowserHere::Perhaps,
        Prospect::None(_) => BrowserHere::No,
    }
}

fn open_page(link: &str, answer: impl Fn(Opened) + Send + 'static) {
    match browser::open(link) {
        Ok(asked) => {
            answer(Opened::Asked);
            asked.follow(move |why| answer(Opened::Failed(why)));
        }
        Err(why) => answer(Opened::NoBrowser(why)),
    }
}

/// Writes a text to a new file in the current directory. Gives its path.
fn write_file(name: &str, text: &str) -> Result<String, String> {
    let written =
        env::current_dir().and_then(|folder| text_file::write_beside(&folder, name, text));
    let path = written.map_err(|error| error.to_string())?;
    Ok(path.display().to_string())
}

/// A file name as people type it: `~/`, on Windows also `~\`, stands for the home directory.
pub(super) fn expand_home(name: &str) -> PathBuf {
    let below_home = name.strip_prefix('~').and_then(|rest| {
        rest.strip_prefix(|character| character == '/' || cfg!(windows) && character == '\\')
    });
    match (below_home, etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => PathBuf::from(name),
    }
}

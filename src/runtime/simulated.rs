//! The embedded Bitbucket of a demo: letting things happen there, and telling that they have.

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::UnboundedSender;

use super::wizard_loop::Answer;
use crate::guide::{Event, Simulated};
use crate::simulator::{self, Fault, NewKey, Permission, Place, Refusal, Simulator};

/// Tells of every change that a watch may be waiting for, as long as somebody listens: whoever adds a key on the simulated page
/// sees it at once, as on a stage, and not after a pause that spares a real server.
pub(super) async fn tell_changes(
    mut happened: Receiver<simulator::Event>,
    answers: UnboundedSender<Answer>,
) {
    use simulator::Event::{KeyAdded, KeyRemoved, Login};
    loop {
        match happened.recv().await {
            Ok(KeyAdded { .. } | KeyRemoved { .. } | Login { .. }) | Err(RecvError::Lagged(_)) => {
                let told = Answer::Event(Event::BitbucketChanged);
                if answers.send(told).is_err() {
                    return;
                }
            }
            Ok(_) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

/// Adds the key as a person would on the simulated Access keys page. One that is there already is as good.
pub(super) fn add_key(simulator: &Simulator, line: &str) -> Result<(), String> {
    match simulator.add_key(line) {
        Ok(_) | Err(Refusal::AlreadyHere) => Ok(()),
        Err(refusal) => Err(refusal.message(simulator.edition()).to_owned()),
    }
}

/// Lets something happen that nobody has asked for at the wizard. A key that can't be added is announced by the simulator.
pub(super) fn happen(simulator: &Simulator, what: Simulated) {
    match what {
        Simulated::AddKey {
            line,
            label,
            repository,
            writes,
        } => {
            let name = repository.unwrap_or_else(|| simulator.repository().to_owned());
            let permission = if writes {
                Permission::ReadWrite
            } else {
                Permission::Read
            };
            add(simulator, name, &line, label, permission);
        }
        Simulated::MakeReadOnly(line) => {
            let name = simulator.repository().to_owned();
            let place = Place::Repository(name.clone());
            let keys = simulator.store().access_keys(&place).unwrap_or_default();
            if let Some(key) = keys.iter().find(|key| line.starts_with(&key.line())) {
                simulator.store().remove_access_key(&place, key.id);
                add(simulator, name, &line, &key.label, Permission::Read);
            }
        }
        Simulated::Fault(code) => {
            let causes = |fault: &&Fault| Some(fault.provokes()) == code;
            simulator.set_fault(Fault::ALL.iter().find(causes).copied());
        }
        Simulated::VendorConnects(line) => simulator.vendor_connects(&line),
    }
}

fn add(simulator: &Simulator, repository: String, line: &str, label: &str, permission: Permission) {
    let key = NewKey {
        line,
        label,
        permission,
        expires: None,
    };
    // The simulator announces a key that it refuses.
    simulator
        .store()
        .add_access_key(&Place::Repository(repository), key)
        .ok();
}

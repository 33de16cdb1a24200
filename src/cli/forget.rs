//! `doorkey forget`: takes a saved connection out of the list.

use clap::Args;

use super::answer::Answer;
use super::confirm::{self, Consent};
use super::lock_option::LockOption;
use super::{Exit, saved};
use crate::connections::{Connection, NotFound};

/// Forget a saved connection
///
/// Only doorkey forgets it: the key stays in Bitbucket. To take that out, use doorkey revoke or Bitbucket's Access keys page.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The connection's whole name
    name: String,
    /// Answer the confirmation with yes
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    lock: LockOption,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let connections = match saved::connections() {
        Ok(connections) => connections,
        Err(error) => return super::could_not_run(error),
    };
    let connection = match connections.called(&arguments.name) {
        Ok(connection) => connection.clone(),
        Err(NotFound::Unreadable(_)) => return forget_unreadable(arguments),
        Err(none) => return super::refuse(none),
    };
    match confirm::ask(arguments.yes, &plan(&connection), "Forget it?") {
        Consent::Given => forget(&connection, &arguments.lock),
        Consent::Withheld => confirm::withheld("Nothing was forgotten.").print(),
        Consent::NobodyThere => confirm::nobody_to_ask("forget").print(),
    }
}

fn plan(connection: &Connection) -> String {
    format!(
        "doorkey forgets {} ({}).\nThe key {} stays in Bitbucket.\n",
        connection.name,
        connection.address,
        connection.key.fingerprint()
    )
}

/// What can't be read can't be described, but its name can.
fn forget_unreadable(arguments: &Arguments) -> Exit {
    let name = &arguments.name;
    let plan = format!("doorkey takes the entry {name}, which it can't read, out of its file.\n");
    match confirm::ask(arguments.yes, &plan, "Forget it?") {
        Consent::Given => {}
        Consent::Withheld => return confirm::withheld("Nothing was forgotten.").print(),
        Consent::NobodyThere => return confirm::nobody_to_ask("forget").print(),
    }
    let store = arguments.lock.store();
    match store.and_then(|store| store.change(|all| all.remove_unreadable(name))) {
        Ok(_) => Answer::result(format!("Forgotten: {name}\n")).print(),
        Err(error) => super::could_not_run(error),
    }
}

fn forget(connection: &Connection, lock: &LockOption) -> Exit {
    let name = &connection.name;
    let forgotten = lock
        .store()
        .and_then(|store| store.change(|all| all.remove(name)));
    match forgotten {
        Ok(Some(_)) => Answer::result(format!("Forgotten: {name}\n")).print(),
        Ok(None) => Answer::result(format!(
            "{name} is forgotten already: another doorkey was faster.\n"
        ))
        .print(),
        Err(error) => super::could_not_run(error),
    }
}

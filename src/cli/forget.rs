//! `doorkey forget`: takes a saved connection out of the list.

use clap::Args;

use super::answer::Answer;
use super::confirm::{self, Consent};
use super::lock_option::LockOption;
use super::{Exit, saved};
use crate::connections::Connection;

/// Forget a saved connection
///
/// Only doorkey forgets it: the key stays in Bitbucket. To take that out, use doorkey revoke or Bitbucket's Access keys page.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The connection's whole name
    name: String,
    /// Don't ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    lock: LockOption,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let connection = match saved::called(&arguments.name) {
        Ok(connection) => connection,
        Err(exit) => return exit,
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

//! `doorkey forget`: takes a saved connection out of the list.

use clap::Args;

use super::answer::Answer;
use super::confirm::{self, Consent};
use super::error_form::ErrorForm;
use super::{Exit, saved};
use crate::adapters::store::Store;
use crate::connections::Connection;

/// Forget a saved connection
///
/// Only doorkey forgets it: the key stays in Bitbucket. To take that out, use doorkey revoke or Bitbucket's Access keys page.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The connection's name, or the beginning of it
    name: String,
    /// Don't ask
    #[arg(long)]
    yes: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let connection = match saved::find(&arguments.name, ErrorForm::Words) {
        Ok(connection) => connection,
        Err(exit) => return exit,
    };
    match confirm::ask(arguments.yes, &plan(&connection), "Forget it?") {
        Consent::Given => forget(&connection),
        Consent::Withheld => Answer::said("Nothing was forgotten.\n", Exit::NotReady).print(),
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

fn forget(connection: &Connection) -> Exit {
    let name = &connection.name;
    let forgotten = Store::of_user().and_then(|store| store.change(|all| all.remove(name)));
    match forgotten {
        Ok(_) => Answer::result(format!("Forgotten: {name}\n")).print(),
        Err(error) => super::could_not_run(error),
    }
}

//! `doorkey rotate`: from a saved connection's old key to a new one.

use std::io::{self, Write};

use clap::Args;
use zeroize::Zeroizing;

use super::error_form::ErrorForm;
use super::lock_option::LockOption;
use super::log_option::LogOption;
use super::look::LookOptions;
use super::test_options::TestOptions;
use super::{Exit, key_source, meeting, saved};
use crate::access_key::AccessKey;
use crate::connections::Connection;
use crate::guide::Leaving;
use crate::rotation::{KeyRotation, Outcome, Setup};
use crate::runtime::keeper::Keeper;
use crate::runtime::ports::RealPorts;

/// Replace a saved connection's key: prove the new one, then see the old one refused
///
/// Guides you step by step and saves each step: run it again to continue. It never has you remove the old key before the new one is
/// proven and Coalesce Quality uses it. Exit status: 0 finished, 1 tested and not there yet, 2 name or key can't be
/// used, 3 could not tell.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The connection's whole name
    #[arg(value_name = "NAME")]
    name: String,
    /// The new public key's file, or - for standard input
    #[arg(long, value_name = "FILE")]
    key: Option<String>,
    #[command(flatten)]
    look: LookOptions,
    #[command(flatten)]
    test: TestOptions,
    #[command(flatten)]
    lock: LockOption,
    #[command(flatten)]
    log: LogOption,
}

/// Runs the rotation.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match begin(arguments) {
        Ok(rotation) => meet(rotation, arguments),
        Err(exit) => exit,
    }
}

fn begin(arguments: &Arguments) -> Result<KeyRotation, Exit> {
    arguments.log.begin()?;
    let connection = saved::called(&arguments.name)?;
    let key = match &arguments.key {
        Some(name) => Some(new_key(name, &connection).map_err(super::refuse)?),
        None => None,
    };
    let settings = arguments.test.settings();
    let settings = settings.map_err(|stop| stop.say(ErrorForm::Words))?;
    Ok(KeyRotation::new(Setup {
        connection,
        key,
        settings,
        demo: None,
    }))
}

/// The new key, if it can be one for this connection. Fails with a sentence.
fn new_key(file: &str, connection: &Connection) -> Result<Zeroizing<Vec<u8>>, String> {
    let bytes = key_source::bytes(file)?;
    let key = AccessKey::read_bytes(&bytes).map_err(|refusal| {
        let code = refusal.code;
        format!("{}. {} {}", code.title(), code.meaning(), code.remedy())
    })?;
    let name = &connection.name;
    if key.is_same_key(&connection.key) {
        return Err(format!(
            "this is the key that {name} has already, whatever its comment says; a rotation takes another one"
        ));
    }
    match &connection.rotation {
        Some(rotation) if !rotation.key.is_same_key(&key) => Err(format!(
            "{name} is on its way to another key, {}. Go on with it, or give it up there with u: doorkey rotate {name}",
            rotation.key.fingerprint()
        )),
        _ => Ok(bytes),
    }
}

fn meet(rotation: KeyRotation, arguments: &Arguments) -> Exit {
    let store = match arguments.lock.silent_store() {
        Ok(store) => store,
        Err(error) => return super::could_not_run(error),
    };
    let keeper = match Keeper::of_rotation(store) {
        Ok(keeper) => keeper,
        Err(why) => return super::could_not_run(why),
    };
    let keyboard_elsewhere = arguments.key.as_deref() == Some(key_source::STANDARD_INPUT);
    let ports = || RealPorts::new(None, Some(keeper));
    match meeting::meet(rotation, &arguments.look, ports, keyboard_elsewhere) {
        Ok((rotation, leaving)) => {
            writeln!(io::stderr(), "{}", rotation.parting_words()).ok();
            exit(&rotation, leaving)
        }
        Err(exit) => exit,
    }
}

/// How it stands.
pub(super) fn exit(rotation: &KeyRotation, leaving: Leaving) -> Exit {
    match (rotation.outcome(), leaving) {
        (_, Leaving::Interrupted) => Exit::Interrupted,
        (Outcome::Finished, Leaving::Quit) => Exit::Done,
        (Outcome::NotThere, Leaving::Quit) => Exit::NotReady,
        (Outcome::FinishedUnproven | Outcome::CouldNotTell, Leaving::Quit) => Exit::CouldNotTell,
    }
}

//! How a command says that it has no result: in words on standard error, and with `--json` as JSON on standard output too,
//! so that whoever reads that always gets something to read.

use std::fmt::Display;

use serde::Serialize;

use super::answer::Answer;
use super::{Exit, SAID_AT_MOST};
use crate::text::harmless;

/// The name and version of the JSON form.
pub const SCHEMA: &str = "doorkey.error/1";

/// In what form a command says that it has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ErrorForm {
    /// In words alone.
    Words,
    /// In words, and as JSON.
    Json,
}

#[derive(Serialize)]
struct Json<'a> {
    schema: &'static str,
    exit_status: u8,
    message: &'a str,
}

impl ErrorForm {
    /// The form for a command that was or was not asked for JSON.
    pub(super) fn of(json: bool) -> Self {
        if json { Self::Json } else { Self::Words }
    }

    /// Says what can't be used, and why. What the system or a file's name contributes may hold anything.
    pub(super) fn refuse(self, why: impl Display) -> Exit {
        let why = harmless(&why.to_string(), SAID_AT_MOST);
        self.say(&format!("doorkey: {why}\n"), Exit::BadInput)
    }

    /// Says why the command could not do its work.
    pub(super) fn could_not_run(self, why: impl Display) -> Exit {
        let why = harmless(&why.to_string(), SAID_AT_MOST);
        self.say(&format!("doorkey: {why}\n"), Exit::CouldNotTell)
    }

    /// Says these words, which must be safe to print, and ends like this.
    pub(super) fn say(self, words: &str, exit: Exit) -> Exit {
        let output = match self {
            ErrorForm::Words => String::new(),
            ErrorForm::Json => {
                let json = Json {
                    schema: SCHEMA,
                    exit_status: exit.status(),
                    message: words.strip_prefix("doorkey: ").unwrap_or(words).trim_end(),
                };
                // Serialising plain structs of strings and numbers can't fail.
                serde_json::to_string(&json).unwrap_or_default() + "\n"
            }
        };
        let answer = Answer {
            output,
            message: words.to_owned(),
            exit,
        };
        answer.print()
    }
}

//! `doorkey import`: saves many connections at once.

use std::fmt::Write as _;

use clap::Args;
use zeroize::Zeroizing;

use super::answer::Answer;
use super::lock_option::LockOption;
use super::{Exit, key_source};
use crate::adapters::store::StoreError;
use crate::connections::import::{Format, Import, Remark, read};
use crate::connections::{Connection, Connections};

/// Save many connections at once, from a CSV or TOML file
///
/// CSV: one connection a line, as name,url,key and optionally region; a header line with these words may give another order. TOML:
/// a [[connection]] for each, with the same keys. The name is optional. doorkey checks every address and key as it does a paste, and
/// names the line of each problem, at most fifty. It saves all rows or none, and tests nothing. To test next: doorkey verify --all
#[derive(Debug, Args)]
#[allow(
    rustdoc::broken_intra_doc_links,
    reason = "this is the help text, and TOML's brackets are meant"
)]
pub(super) struct Arguments {
    /// The file, or - for standard input
    file: String,
    /// Save the valid rows and skip the others
    #[arg(long)]
    skip_bad: bool,
    #[command(flatten)]
    lock: LockOption,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let bytes = match key_source::many(&arguments.file) {
        Ok(bytes) => bytes,
        Err(why) => return super::refuse(why),
    };
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return super::refuse("the file is not UTF-8 text; save it as CSV in UTF-8");
    };
    let text = Zeroizing::new(text.to_owned());
    match import(&text, arguments) {
        Ok(answer) => answer.print(),
        Err(error) => super::could_not_run(error),
    }
}

fn import(text: &str, arguments: &Arguments) -> Result<Answer, StoreError> {
    let skip_bad = arguments.skip_bad;
    let store = arguments.lock.store()?;
    let format = Format::of(text);
    // Read under the lock: whether a name is free must still be true when it is taken.
    let (import, aside) = store.add(|saved| {
        let import = read(text, format, saved);
        if skip_bad || import.problems.count() == 0 {
            put(&import.connections, saved);
        }
        import
    })?;
    let mut answer = tell(&import, skip_bad);
    if let Some(aside) = aside {
        answer.message.insert_str(0, &format!("doorkey: {aside}\n"));
    }
    Ok(answer)
}

fn put(connections: &[Connection], saved: &mut Connections) {
    for connection in connections {
        saved.put(connection.clone());
    }
}

fn tell(import: &Import, skip_bad: bool) -> Answer {
    let Import {
        connections,
        already,
        remarks,
        problems,
    } = import;
    let mut told: Vec<&Remark> = remarks.first().iter().chain(problems.first()).collect();
    told.sort_by_key(|remark| remark.line);
    let mut message: String = told.into_iter().map(line).collect();
    for (all, what) in [(problems, "problem"), (remarks, "repair")] {
        if all.count() > all.first().len() {
            // Writing to a string can't fail.
            let _ = writeln!(
                message,
                "These are the first {} of {}.",
                all.first().len(),
                counted(all.count(), what)
            );
        }
    }
    let bad = problems.count();
    if bad > 0 && (!skip_bad || connections.len() + already == 0) {
        let others = match connections.len() {
            0 => String::new(),
            good => format!(
                " To save the {} without one all the same, add --skip-bad.",
                counted(good, "connection")
            ),
        };
        // Writing to a string can't fail.
        let _ = writeln!(
            message,
            "Nothing was saved: {} to put right.{others}",
            counted(bad, "problem")
        );
        return Answer::said(message, Exit::BadInput);
    }
    if connections.len() + already == 0 {
        return Answer::said(
            "doorkey: there is no connection in the file; a line is name,url,key\n",
            Exit::BadInput,
        );
    }
    let mut output = format!("Saved {}.", counted(connections.len(), "connection"));
    if *already > 0 {
        let _ = write!(output, " {already} saved before.");
    }
    if bad > 0 {
        let _ = write!(output, " Left out: {}.", counted(bad, "problem"));
    }
    if !connections.is_empty() {
        output.push_str(" Test them with: doorkey verify --all");
    }
    output.push('\n');
    let nothing_good = connections.is_empty() && *already == 0;
    Answer {
        output,
        message,
        exit: if nothing_good {
            Exit::BadInput
        } else {
            Exit::Done
        },
    }
}

fn line(remark: &Remark) -> String {
    match remark.code {
        Some(code) => format!("line {}: {code}: {}\n", remark.line, remark.words),
        None => format!("line {}: {}\n", remark.line, remark.words),
    }
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    }
}

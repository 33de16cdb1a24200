//! `doorkey explain`: what a code means and what to do.

use clap::Args;

use super::Exit;
use super::answer::Answer;
use super::sheet::Sheet;
use crate::check::Code;
use crate::check::code::reference;

/// Say what a code means and what to do about it
///
/// Every report names codes, such as key_query.not_recognised. Without a code, lists all of them.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The code, or the beginning of one
    #[arg(value_name = "CODE", default_value = "", hide_default_value = true)]
    code: String,
    /// Print Markdown, as the page of all codes in the documentation has it
    #[arg(long)]
    markdown: bool,
}

/// Prints the codes that begin with what was given.
pub(super) fn run(arguments: &Arguments) -> Exit {
    answer(&arguments.code, arguments.markdown).print()
}

fn answer(given: &str, markdown: bool) -> Answer {
    let given = given.trim();
    let exact = Code::from_id(given).map(|code| vec![code]);
    let codes = exact.unwrap_or_else(|| {
        let all = Code::ALL.iter().copied();
        all.filter(|code| code.id().starts_with(given)).collect()
    });
    if codes.is_empty() {
        let given = crate::text::harmless(given, 80);
        return Answer {
            output: String::new(),
            message: format!(
                "doorkey: there is no code {given}. doorkey explain lists them all.\n"
            ),
            exit: Exit::BadInput,
        };
    }
    let output = match codes.as_slice() {
        _ if markdown => reference::markdown(&codes, |_| None),
        [code] => Sheet::stdout().prose(&explained(*code)),
        several => several
            .iter()
            .copied()
            .map(line)
            .collect::<Vec<_>>()
            .concat(),
    };
    Answer {
        output,
        message: String::new(),
        exit: Exit::Done,
    }
}

fn line(code: Code) -> String {
    format!("{:<34}{}\n", code.id(), code.title())
}

fn explained(code: Code) -> String {
    format!(
        "{code}: {}\n\n{}\n{}\n\nIn the wizard: {}.\n",
        code.title(),
        code.meaning(),
        code.remedy(),
        code.fix_titles().join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_explained_with_its_remedy_and_fixes() {
        let answer = answer("key_query.not_recognised", false);
        assert_eq!(answer.exit, Exit::Done);
        for part in [
            "Bitbucket does not know this key",
            "Add it on",
            "Watch until",
        ] {
            assert!(answer.output.contains(part), "{part}");
        }
    }

    #[test]
    fn the_beginning_of_codes_lists_them() {
        let answer = answer("tcp.", false);
        assert_eq!(answer.output.lines().count(), 4);
        assert_eq!(
            super::answer("", false).output.lines().count(),
            Code::ALL.len()
        );
    }

    #[test]
    fn what_is_no_code_is_bad_input() {
        let answer = answer("nonsense\x1b[2J", false);
        assert_eq!(answer.exit, Exit::BadInput);
        assert!(!answer.message.contains('\x1b'));
    }
}

//! `doorkey url`: any pasted address becomes the SSH URL.

use std::io::{self, Read as _};

use clap::Args;
use serde::Serialize;

use super::answer::{Answer, explain};
use super::error_form::ErrorForm;
use super::{Exit, usage_error};
use crate::adapters::ssh_files;
use crate::bitbucket::address::shown;
use crate::bitbucket::{
    Problem, Reading, Refusal, Repair, RepositoryAddress, SshAliases, read_address,
};
use crate::check::Code;

/// As much of standard input is read: far more than any address.
const READ_AT_MOST: u64 = 64 * 1024;

/// How much of what was pasted is shown.
const SHOWN_AT_MOST: usize = 500;

/// Turn any address of a Bitbucket repository into its SSH URL
///
/// Takes the address of a page, an HTTPS or SSH URL, or a whole git clone command. Prints the SSH URL on standard output, and each
/// repair with its code on standard error.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The text; - reads standard input
    #[arg(required = true, allow_hyphen_values = true, value_name = "TEXT")]
    text: Vec<String>,
    /// Print one JSON object, also for an address that can't be read
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(arguments: Arguments) -> Exit {
    let Arguments { mut text, mut json } = arguments;
    // Behind words that may begin with a dash, clap takes the option for one of them.
    if text.len() > 1 && text.last().is_some_and(|last| last == "--json") {
        text.pop();
        json = true;
    }
    if let Some(option) = text.first().filter(|word| is_option(word)) {
        return usage_error::unknown_option("url", option);
    }
    let text = match text.as_slice() {
        [dash] if dash == "-" => match standard_input() {
            Ok(Some(text)) => text,
            Ok(None) => {
                let refusal = Refusal {
                    code: Code::UrlNotAnAddress,
                    detail: Some("It is longer than 64 KB; no address is.".to_owned()),
                    suggestion: None,
                };
                return of("", &Err(refusal), json).print();
            }
            Err(error) => {
                let why = format!("standard input can't be read: {error}");
                return ErrorForm::of(json).refuse(why);
            }
        },
        words => words.join(" "),
    };
    match ssh_files::aliases() {
        Ok(aliases) => answer(&text, &aliases, json).print(),
        Err(why) => ErrorForm::of(json).could_not_run(why),
    }
}

/// Whether a word is meant as an option: it begins with a dash, and nothing in it could be part of an address.
fn is_option(word: &str) -> bool {
    let name = word.trim_start_matches('-');
    word.starts_with('-')
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// All of standard input; none if it is longer than what is read.
fn standard_input() -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    io::stdin().take(READ_AT_MOST + 1).read_to_end(&mut bytes)?;
    let is_whole = bytes.len() as u64 <= READ_AT_MOST;
    Ok(is_whole.then(|| String::from_utf8_lossy(&bytes).into_owned()))
}

fn answer(text: &str, aliases: &SshAliases, json: bool) -> Answer {
    of(text, &read_address(text, aliases), json)
}

fn of(text: &str, result: &Result<Reading, Refusal>, json: bool) -> Answer {
    let exit = match result {
        Ok(_) => Exit::Done,
        Err(_) => Exit::BadInput,
    };
    let (output, message) = match result {
        _ if json => (as_json(text, result), String::new()),
        Ok(reading) => (
            format!("{}\n", reading.address),
            reading
                .repair
                .as_ref()
                .map(repair_message)
                .unwrap_or_default(),
        ),
        Err(refusal) => (String::new(), refusal_message(refusal)),
    };
    Answer {
        output,
        message,
        exit,
    }
}

/// What was repaired, and why: the most telling first.
pub(super) fn repair_message(repair: &Repair) -> String {
    let guess = repair
        .guessed
        .then_some("In the repaired address, host or port is a guess. Compare it with Bitbucket's Clone button.");
    let lines = [Some(repair.code.meaning()), repair.detail.as_deref(), guess];
    let first = explain(repair.code, lines.into_iter().flatten());
    let others = repair.others.iter().map(|Problem { code, detail }| {
        let lines = [Some(code.meaning()), detail.as_deref()];
        explain(*code, lines.into_iter().flatten())
    });
    std::iter::once(first).chain(others).collect()
}

/// Why a text is no address, and what to do about it.
pub(super) fn refusal_message(refusal: &Refusal) -> String {
    let remedy = refusal.remedy();
    let why = refusal.detail.as_deref().unwrap_or(refusal.code.meaning());
    let lines = [Some(why), Some(remedy.as_str())];
    explain(refusal.code, lines.into_iter().flatten())
}

#[derive(Serialize)]
struct Json<'a> {
    given: String,
    ssh: Option<String>,
    edition: &'static str,
    host: Option<&'a str>,
    port: Option<u16>,
    project: Option<&'a str>,
    repository: Option<&'a str>,
    code: Option<&'static str>,
    title: Option<&'static str>,
    detail: Option<&'a str>,
    guessed: bool,
    also: Vec<JsonProblem<'a>>,
    /// What may be meant by an address that can't be read.
    suggestion: Option<String>,
    access_keys_page: Option<String>,
}

/// Another thing that had to be repaired.
#[derive(Serialize)]
struct JsonProblem<'a> {
    code: &'static str,
    title: &'static str,
    detail: Option<&'a str>,
}

impl<'a> From<&'a Problem> for JsonProblem<'a> {
    fn from(problem: &'a Problem) -> Self {
        Self {
            code: problem.code.id(),
            title: problem.code.title(),
            detail: problem.detail.as_deref(),
        }
    }
}

fn as_json(text: &str, result: &Result<Reading, Refusal>) -> String {
    let reading = result.as_ref().ok();
    let address = reading.map(|reading| &reading.address);
    let suggestion = result
        .as_ref()
        .err()
        .and_then(|refusal| refusal.suggestion.as_ref());
    let repair = reading.and_then(|reading| reading.repair.as_ref());
    let (code, detail) = match result {
        Ok(_) => (
            repair.map(|repair| repair.code),
            repair.and_then(|repair| repair.detail.as_deref()),
        ),
        Err(refusal) => (Some(refusal.code), refusal.detail.as_deref()),
    };
    let json = Json {
        given: shown(text, SHOWN_AT_MOST),
        ssh: address.map(RepositoryAddress::ssh),
        edition: address
            .or(suggestion)
            .map_or("unknown", |address| address.edition().id()),
        host: address.map(RepositoryAddress::host),
        port: address.map(RepositoryAddress::port),
        project: address.map(RepositoryAddress::project),
        repository: address.map(RepositoryAddress::repository),
        code: code.map(Code::id),
        title: code.map(Code::title),
        detail,
        guessed: repair.is_some_and(|repair| repair.guessed),
        also: repair
            .map(|repair| repair.others.iter().map(JsonProblem::from).collect())
            .unwrap_or_default(),
        suggestion: suggestion.map(RepositoryAddress::ssh),
        access_keys_page: reading.map(|reading| reading.place.access_keys_page()),
    };
    // Serialising a plain struct of strings and numbers can't fail.
    serde_json::to_string(&json).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;

    fn ask(text: &str) -> Answer {
        answer(text, &SshAliases::default(), false)
    }

    fn ask_json(text: &str) -> String {
        answer(text, &SshAliases::default(), true).output
    }

    #[test]
    fn a_correct_address_is_printed_and_nothing_said() {
        let answer = ask(" git@ssh.bitbucket.org:acme/analytics\n");
        assert_eq!(answer.output, "git@ssh.bitbucket.org:acme/analytics.git\n");
        assert_eq!(answer.message, "");
        assert_eq!(answer.exit, Exit::Done);
    }

    #[test]
    fn a_repair_is_named_and_a_guess_called_one() {
        let answer = ask("https://git.example.com/projects/DATA/repos/analytics/browse");
        assert_eq!(
            answer.output,
            "ssh://git@git.example.com:7999/data/analytics.git\n"
        );
        assert_eq!(answer.exit, Exit::Done);
        assert_snapshot!(answer.message, @r"
        url.browser_page: This is the address of a web page
          It shows the repository in a browser, but Coalesce Quality needs the address Git uses.
          In the repaired address, host or port is a guess. Compare it with Bitbucket's Clone button.
        ");
    }

    #[test]
    fn everything_that_was_repaired_is_named() {
        let answer = ask("git clone me@bitbucket.org:acme/analytics.git");
        assert_eq!(answer.output, "git@ssh.bitbucket.org:acme/analytics.git\n");
        let codes = answer.message.lines().filter(|line| !line.starts_with(' '));
        let codes: Vec<_> = codes.filter_map(|line| line.split(':').next()).collect();
        assert_eq!(
            codes,
            [
                "url.user_not_git",
                "url.git_clone_command",
                "url.retired_host"
            ]
        );
        let retired = Code::UrlRetiredHost.meaning();
        assert!(answer.message.contains(retired), "{}", answer.message);
        let json = ask_json("git clone git@bitbucket.org:acme/analytics.git");
        assert!(
            json.contains(r#""code":"url.git_clone_command","#)
                && json.contains(r#""also":[{"code":"url.retired_host","title":"Bitbucket moved SSH to another host","detail":null}]"#),
            "{json}"
        );
    }

    #[test]
    fn a_refusal_prints_no_address() {
        let answer = ask("git@gitlab.com:acme/analytics.git");
        assert_eq!(answer.output, "");
        assert_eq!(answer.exit, Exit::BadInput);
        assert_snapshot!(answer.message, @r"
        url.other_forge: This is not Bitbucket
          It belongs to GitLab. Coalesce Quality's guide: docs.synq.io/code-integrations/gitlab
          Follow Coalesce Quality's guide for that service, or paste a Bitbucket address.
        ");
    }

    #[test]
    fn json_is_one_object_for_every_outcome() {
        let repaired = ask_json("https://ada:s3cret@bitbucket.org/acme/analytics.git");
        assert_snapshot!(repaired, @r#"{"given":"https://…@bitbucket.org/acme/analytics.git","ssh":"git@ssh.bitbucket.org:acme/analytics.git","edition":"cloud","host":"ssh.bitbucket.org","port":22,"project":"acme","repository":"analytics","code":"url.https","title":"This is an HTTPS address","detail":null,"guessed":false,"also":[],"suggestion":null,"access_keys_page":"https://bitbucket.org/acme/analytics/admin/access-keys/"}"#);
        let refused = ask_json("\u{1b}[31mhello\u{202e}");
        assert_snapshot!(refused, @r#"{"given":"[31mhello","ssh":null,"edition":"unknown","host":null,"port":null,"project":null,"repository":null,"code":"url.unsafe","title":"This address could do harm","detail":"There are invisible characters in it.","guessed":false,"also":[],"suggestion":null,"access_keys_page":null}"#);
    }
}

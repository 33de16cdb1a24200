//! The pages speak only of codes, fixes, steps, commands and options that there are.

use std::collections::BTreeMap;

use doorkey::check::{CheckId, Code, FixId, Rung};
use doorkey::setup::StepId;

use crate::page::{Page, blocks, code_spans, rows};
use crate::program::Program;

/// In it the same words are names of fields; its own test reads it.
const FIELDS: &str = "docs/json.md";

/// It is made from the commands.
const GENERATED: &str = "docs/commands.md";

#[test]
fn every_code_that_is_named_exists() {
    let mut named = 0;
    for page in Page::all() {
        for span in code_spans(&page.text) {
            if page.name != FIELDS && is_like_a_code(span) {
                let exists = span.strip_suffix('*').map_or_else(
                    || Code::from_id(span).is_some(),
                    |start| Code::ALL.iter().any(|code| code.id().starts_with(start)),
                );
                assert!(exists, "{} names {span}", page.name);
                named += 1;
            }
        }
    }
    assert!(named > Code::ALL.len(), "only {named} were found");
}

/// `key.cut_off`, or `key.*` for all that begin so.
fn is_like_a_code(span: &str) -> bool {
    let parts = span.split_once('.');
    parts.is_some_and(|(check, cause)| {
        let is_check = CheckId::ALL.iter().any(|id| id.id() == check);
        let is_cause = |cause: &str| {
            cause
                .bytes()
                .all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
        };
        is_check && (cause == "*" || is_cause(cause))
    })
}

#[test]
fn the_readme_names_every_kind_of_cause() {
    let page = Page::read("README.md");
    let rows = rows(page.section("Causes it tells apart"));
    let named: Vec<&str> = rows.iter().flat_map(|row| code_spans(&row[0])).collect();
    let all: Vec<String> = CheckId::ALL
        .iter()
        .map(|check| format!("{}.*", check.id()))
        .collect();
    assert_eq!(named, all);
}

/// From the ground up and downwards, as on the screen: what is still to prove stands below.
#[test]
fn the_readme_lists_the_rungs_in_their_order() {
    let page = Page::read("README.md");
    let section = page.section("What it proves, and what it can't");
    let named = rows(section).into_iter().map(|row| row[0].clone());
    let all = Rung::ALL.map(|rung| format!("**{}**", rung.title()));
    assert_eq!(named.collect::<Vec<_>>(), all);
    assert!(section.contains(" rungs below ") && !section.contains(" above "));
}

/// A line such as: Public key: `key.cut_off`, `key.several` → `v` Paste the key again
#[test]
fn every_trouble_is_matched_with_what_there_is() {
    let page = Page::read("docs/troubleshooting.md");
    let troubles: Vec<&str> = page.text.split("\n- **").skip(1).collect();
    assert!(troubles.len() > 20, "only {} were found", troubles.len());
    let mut answers: Vec<&str> = Vec::new();
    for trouble in troubles {
        let before = answers.len();
        answers.extend(trouble.lines().filter_map(|line| line.strip_prefix("  - ")));
        assert!(answers.len() > before, "no answer to {trouble}");
    }
    for answer in answers {
        let (title, causes) = answer.split_once(": ").unwrap_or((answer, ""));
        let step = StepId::ALL.iter().find(|step| step.title() == title);
        let step = *step.unwrap_or_else(|| panic!("there is no step {title}"));
        if causes.is_empty() {
            continue;
        }
        let (codes, fixes) = causes.split_once(" → ").expect("codes and fixes");
        let codes: Vec<Code> = codes
            .split(", ")
            .map(|code| {
                Code::from_id(code.trim_matches('`')).unwrap_or_else(|| panic!("no {code}"))
            })
            .collect();
        for code in &codes {
            assert!(found_in(*code).contains(&step), "{answer}: {code}");
        }
        for fix in fixes.split(" · ") {
            let words = |id: &FixId| format!("`{}` {}", id.key(), id.title());
            let id = FixId::ALL.iter().find(|id| words(id) == fix);
            let id = id.unwrap_or_else(|| panic!("there is no fix {fix}"));
            let offers = |code: &Code| code.fixes().contains(id);
            assert!(codes.iter().any(offers), "{answer}: none offers {fix}");
        }
    }
}

/// The steps in which a code is found: what was typed is judged where it is typed, and all else takes a test of the connection.
fn found_in(code: Code) -> &'static [StepId] {
    match code.check() {
        CheckId::Url => &[StepId::AccessKeysPage, StepId::SshUrl],
        CheckId::Key => &[StepId::PublicKey],
        _ => &[StepId::ConnectionTest],
    }
}

#[test]
fn every_sentence_on_troubles_begins_like_one() {
    let page = Page::read("docs/troubleshooting.md");
    let words: Vec<&str> = page.text.split_whitespace().collect();
    let ends = |word: &str| word.trim_end_matches(['*', ')']).ends_with('.');
    let beginnings = words.windows(2).filter(|pair| ends(pair[0]));
    for pair in beginnings {
        let is_lower = pair[1].starts_with(|first: char| first.is_ascii_lowercase());
        assert!(!is_lower || pair[1] == "doorkey", "{pair:?}");
    }
}

/// Of `doorkey check --json` and the like, in words and in blocks.
#[test]
fn every_command_and_option_that_is_named_exists() {
    let mut helps: BTreeMap<String, String> = BTreeMap::new();
    let pages = Page::all().into_iter();
    for page in pages.filter(|page| page.name != GENERATED) {
        let (blocks, words) = (blocks(&page.text), without_blocks(&page.text));
        let lines = blocks.iter().flat_map(|block| &block.lines);
        let lines = lines.map(String::as_str).chain(code_spans(&words));
        for command in lines.filter_map(|line| line.strip_prefix("doorkey ")) {
            let mut words = command.split_whitespace().peekable();
            let name = words.next_if(|word| !word.starts_with('-')).unwrap_or("");
            let help = helps.entry(name.to_owned()).or_insert_with(|| help(name));
            for option in words.filter(|word| word.starts_with("--")) {
                let option = option.split(['=', '`', ',', '.']).next().unwrap_or(option);
                let is_there = help
                    .split(|c: char| c.is_whitespace() || "[=,`".contains(c))
                    .any(|word| word == option);
                assert!(is_there, "{}: {command}: no {option}", page.name);
            }
        }
    }
    assert!(helps.len() > 10, "only {:?}", helps.keys());
}

fn without_blocks(page: &str) -> String {
    page.split("```").step_by(2).collect()
}

fn help(command: &str) -> String {
    let arguments = [command, "--help"];
    let arguments = arguments.iter().filter(|argument| !argument.is_empty());
    let ended = Program::new(arguments).run();
    assert_eq!(ended.code(), Some(0), "doorkey {command}: {}", ended.stderr);
    ended.stdout
}

//! What can stand at the cursor, read from the definitions of the commands.

use clap::{Arg, ArgAction, Command};

use crate::check::Code;

/// A word that can stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The whole word.
    pub(super) word: String,
    /// What it means; may be empty.
    pub(super) meaning: String,
}

impl Candidate {
    fn new(word: impl Into<String>, meaning: Option<String>) -> Self {
        let meaning = meaning.unwrap_or_default();
        Self {
            word: word.into(),
            // One line, for each candidate is one.
            meaning: meaning.lines().next().unwrap_or_default().to_owned(),
        }
    }
}

/// What a shell is to offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// These words.
    Candidates(Vec<Candidate>),
    /// The names of files, which shells know best.
    Files {
        /// What stands before the file's name in the word, such as `--key=`.
        before: String,
    },
}

/// What a shell asks.
pub(super) struct Question<'a> {
    /// The commands, built.
    pub(super) doorkey: &'a Command,
    /// The words between doorkey and the cursor's.
    pub(super) before: &'a [&'a str],
    /// The word at the cursor, as far as it is there.
    pub(super) current: &'a str,
    /// The names of the saved connections. Asked only where one can stand.
    pub(super) saved: &'a dyn Fn() -> Vec<Candidate>,
}

/// What an argument takes.
enum Takes {
    Words(Vec<Candidate>),
    Files,
    /// Something that only the person knows.
    Anything,
}

impl<'a> Question<'a> {
    pub(super) fn offer(&self) -> Offer {
        let place = Place::after(self.doorkey, self.before);
        if let Some(option) = place.awaiting {
            return self.values(option, &place, "");
        }
        if !place.only_operands && self.current.starts_with('-') {
            return match self.current.split_once('=') {
                Some((name, _)) => match place.long(name) {
                    Some(option) => self.values(option, &place, &format!("{name}=")),
                    None => Offer::Candidates(Vec::new()),
                },
                None => self.fitting(place.options()),
            };
        }
        let commands = place.commands();
        match place.operand() {
            Some(operand) => match self.values(operand, &place, "") {
                // Rather the options than nothing at all.
                Offer::Candidates(none) if none.is_empty() => self.fitting(place.options()),
                offer => offer,
            },
            None if commands.is_empty() => self.fitting(place.options()),
            None => self.fitting(commands),
        }
    }

    fn values(&self, argument: &Arg, place: &Place<'a>, before: &str) -> Offer {
        match self.takes(argument) {
            Takes::Files => Offer::Files {
                before: before.to_owned(),
            },
            Takes::Anything => Offer::Candidates(Vec::new()),
            Takes::Words(words) => {
                let is_new = |word: &Candidate| !place.operands.contains(&word.word.as_str());
                let words = words.into_iter().filter(is_new);
                let whole = words.map(|candidate| Candidate {
                    word: format!("{before}{}", candidate.word),
                    ..candidate
                });
                self.fitting(whole.collect())
            }
        }
    }

    /// A closed set is known from the argument itself. Otherwise what its value is called says what it is.
    fn takes(&self, argument: &Arg) -> Takes {
        let closed = argument.get_possible_values();
        if !closed.is_empty() {
            let shown = closed.iter().filter(|value| !value.is_hide_set());
            let words = shown.map(|value| {
                let meaning = value.get_help().map(ToString::to_string);
                Candidate::new(value.get_name(), meaning)
            });
            return Takes::Words(words.collect());
        }
        match value_name(argument).as_str() {
            "FILE" => Takes::Files,
            "NAME" => Takes::Words((self.saved)()),
            "CODE" => {
                let codes = Code::ALL.iter();
                let words =
                    codes.map(|code| Candidate::new(code.id(), Some(code.title().to_owned())));
                Takes::Words(words.collect())
            }
            "COMMAND" => Takes::Words(shown_commands(self.doorkey).collect()),
            _ => Takes::Anything,
        }
    }

    fn fitting(&self, candidates: Vec<Candidate>) -> Offer {
        let candidates = candidates.into_iter();
        let fitting = candidates.filter(|candidate| candidate.word.starts_with(self.current));
        Offer::Candidates(fitting.collect())
    }
}

fn value_name(argument: &Arg) -> String {
    let given = argument.get_value_names().and_then(|names| names.first());
    // As clap calls it in help.
    given.map_or_else(
        || argument.get_id().as_str().to_ascii_uppercase(),
        ToString::to_string,
    )
}

fn shown_commands(command: &Command) -> impl Iterator<Item = Candidate> {
    let commands = command.get_subcommands();
    commands
        .filter(|command| !command.is_hide_set())
        .map(|command| {
            let about = command.get_about().map(ToString::to_string);
            Candidate::new(command.get_name(), about)
        })
}

/// Where the words before the cursor have led.
struct Place<'a> {
    command: &'a Command,
    /// The option whose value comes next.
    awaiting: Option<&'a Arg>,
    /// The options of this command that were given.
    options: Vec<&'a Arg>,
    /// The operands of this command that were given.
    operands: Vec<&'a str>,
    /// Whether `--` has ended the options.
    only_operands: bool,
}

impl<'a> Place<'a> {
    fn after(doorkey: &'a Command, words: &[&'a str]) -> Self {
        let mut place = Self::beginning_of(doorkey);
        for word in words {
            place.go_on(word);
        }
        place
    }

    fn beginning_of(command: &'a Command) -> Self {
        Self {
            command,
            awaiting: None,
            options: Vec::new(),
            operands: Vec::new(),
            only_operands: false,
        }
    }

    fn go_on(&mut self, word: &'a str) {
        if self.awaiting.take().is_some() {
            return;
        }
        if self.only_operands || word == "-" || !word.starts_with('-') {
            match self.command.find_subcommand(word) {
                Some(command) if self.takes_command() => *self = Self::beginning_of(command),
                _ => self.operands.push(word),
            }
        } else if word == "--" {
            self.only_operands = true;
        } else if word.starts_with("--") {
            let (name, value) = word.split_once('=').unzip();
            if let Some(option) = self.long(name.unwrap_or(word)) {
                self.take(option, value.is_some());
            }
        } else {
            self.short(&word[1..]);
        }
    }

    /// Letters behind one dash: flags, the last of which may take a value.
    fn short(&mut self, letters: &str) {
        for (at, letter) in letters.char_indices() {
            let known = |argument: &&Arg| argument.get_short() == Some(letter);
            if let Some(option) = self.command.get_arguments().find(known) {
                let has_value = at + letter.len_utf8() < letters.len();
                self.take(option, has_value);
                if takes_value(option) {
                    return;
                }
            }
        }
    }

    fn take(&mut self, option: &'a Arg, has_value: bool) {
        self.options.push(option);
        let comes_next = takes_value(option) && !option.is_require_equals_set();
        self.awaiting = (comes_next && !has_value).then_some(option);
    }

    fn long(&self, name: &str) -> Option<&'a Arg> {
        let name = name.strip_prefix("--")?;
        let mut arguments = self.command.get_arguments();
        arguments.find(|argument| argument.get_long() == Some(name))
    }

    /// Options that can still be given.
    fn options(&self) -> Vec<Candidate> {
        if self.only_operands {
            return Vec::new();
        }
        let arguments = self.command.get_arguments();
        let can_be_given = |argument: &&Arg| {
            let is_given = self
                .options
                .iter()
                .any(|given| given.get_id() == argument.get_id());
            !argument.is_hide_set() && (!is_given || can_be_repeated(argument))
        };
        let named = arguments.filter(can_be_given).filter_map(|argument| {
            let long = argument.get_long()?;
            let help = argument.get_help().map(ToString::to_string);
            Some(Candidate::new(format!("--{long}"), help))
        });
        named.collect()
    }

    fn commands(&self) -> Vec<Candidate> {
        if self.takes_command() {
            shown_commands(self.command).collect()
        } else {
            Vec::new()
        }
    }

    fn takes_command(&self) -> bool {
        let is_bare = self.operands.is_empty() && !self.only_operands;
        is_bare
            && (self.options.is_empty() || !self.command.is_args_conflicts_with_subcommands_set())
    }

    /// The operand at the cursor, if there can be one.
    fn operand(&self) -> Option<&'a Arg> {
        let operands: Vec<&Arg> = self.command.get_positionals().collect();
        let next = operands.get(self.operands.len()).copied();
        next.or_else(|| {
            let last = operands.last().copied();
            last.filter(|last| can_be_repeated(last))
        })
    }
}

fn takes_value(argument: &Arg) -> bool {
    argument.get_action().takes_values()
}

fn can_be_repeated(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::Append | ArgAction::Count)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    fn doorkey() -> Command {
        let mut doorkey = Cli::command();
        doorkey.build();
        doorkey
    }

    /// What is offered at the end of a line, in words, and whether the saved names were read for it.
    fn offered(line: &str) -> (String, bool) {
        let doorkey = doorkey();
        let words: Vec<&str> = line.split(' ').collect();
        let (current, before) = words.split_last().expect("a word");
        let were_read = Cell::new(false);
        let saved = || {
            were_read.set(true);
            ["acme-analytics", "acme-models"]
                .map(|name| Candidate::new(name, None))
                .to_vec()
        };
        let question = Question {
            doorkey: &doorkey,
            before,
            current,
            saved: &saved,
        };
        let words = match question.offer() {
            Offer::Files { before } => format!("{before}<file>"),
            Offer::Candidates(candidates) => {
                let words: Vec<String> = candidates.into_iter().map(|one| one.word).collect();
                words.join(" ")
            }
        };
        (words, were_read.get())
    }

    #[test]
    fn what_fits_the_cursor_is_offered() {
        for (line, expected) in [
            ("ch", "check"),
            ("c", "check completions"),
            ("--pl", "--plain"),
            // After an option of the wizard there can be no command.
            ("--plain ch", ""),
            ("--plain --pl", ""),
            ("--plain --ver", "--version"),
            ("--region ", "eu us au"),
            ("handoff --region=", "--region=eu --region=us --region=au"),
            ("handoff --region u", "us"),
            ("handoff --region=u", "--region=us"),
            ("handoff --region us --reg", ""),
            ("allowlist --region ", "eu us au"),
            ("--theme ", "auto dark light"),
            ("simulate --edition ", "cloud data-center"),
            ("simulate --fault hang", "hang-up hang-up-on-query"),
            ("completions ", "bash elvish fish powershell zsh"),
            (
                "show --report=",
                "--report=markdown --report=text --report=html",
            ),
            // Its value is not a word of its own.
            ("show --report acme-m", "acme-models"),
            ("handoff --format ", "markdown text html"),
            (
                "explain dns",
                "dns.not_found dns.timeout dns.failed dns.private_address",
            ),
            ("man ver", "verify"),
            ("help forg", "forget"),
            ("show ", "acme-analytics acme-models"),
            ("forget acme-m", "acme-models"),
            ("rotate --plain ", "acme-analytics acme-models"),
            ("handoff ", "acme-analytics acme-models"),
            ("verify acme-models ", "acme-analytics"),
            ("show acme-models --j", "--json"),
            ("show -- -", ""),
            ("show -- acme-m", "acme-models"),
            ("check --key ", "<file>"),
            ("check --key=", "--key=<file>"),
            ("check --key=~/.ssh/a=b", "--key=<file>"),
            ("check --key a.pub --timeout ", ""),
            ("check --host-key x --host", "--host-key"),
            ("key ", "<file>"),
            ("import ", "<file>"),
            ("verify --junit ", "<file>"),
            ("check --nonsense ", "--key"),
            ("check --nonsense=", ""),
            ("url git@", ""),
            ("url -- ", ""),
            ("hold", ""),
            ("help hold", ""),
            ("man hold", ""),
            ("complete", ""),
        ] {
            let (words, _) = offered(line);
            match expected {
                "--key" => assert!(words.starts_with(expected), "{line:?}: {words}"),
                _ => assert_eq!(words, expected, "{line:?}"),
            }
        }
    }

    #[test]
    fn names_are_read_only_where_one_can_stand() {
        for (line, are_read) in [
            ("", false),
            ("sh", false),
            ("show", false),
            ("show ", true),
            ("show --", false),
            ("check --key ", false),
            ("simulate --fault ", false),
            ("demo --scenario ", false),
            ("explain ", false),
            ("show acme-models ", false),
        ] {
            assert_eq!(offered(line).1, are_read, "{line:?}");
        }
    }

    /// What is written after an option or in an operand is known here, or only the person knows it.
    #[test]
    fn of_every_value_it_is_known_what_it_is() {
        const KNOWN: [&str; 4] = ["CODE", "COMMAND", "FILE", "NAME"];
        const ONLY_THE_PERSON_KNOWS: [&str; 9] = [
            "ADDRESS",
            "FINGERPRINT",
            "HOST:PORT:ADDR:PORT",
            "KEY/SLUG",
            "N",
            "TEXT",
            "TIME",
            "URL",
            "WORD",
        ];
        let doorkey = doorkey();
        for command in doorkey.get_subcommands().chain([&doorkey]) {
            if command.get_name() == "help" {
                continue;
            }
            for argument in command.get_arguments().filter(|one| takes_value(one)) {
                let name = value_name(argument);
                assert!(
                    !argument.get_possible_values().is_empty()
                        || KNOWN.contains(&name.as_str())
                        || ONLY_THE_PERSON_KNOWS.contains(&name.as_str()),
                    "{} of {}: what is a {name}?",
                    argument.get_id(),
                    command.get_name()
                );
            }
        }
    }

    #[test]
    fn every_command_and_option_that_is_shown_is_offered() {
        let doorkey = doorkey();
        for command in doorkey.get_subcommands().filter(|one| !one.is_hide_set()) {
            let name = command.get_name();
            assert_eq!(offered(name).0.split(' ').next(), Some(name));
            for option in command.get_opts().filter(|option| !option.is_hide_set()) {
                let long = format!("--{}", option.get_long().expect("a long name"));
                let (words, _) = offered(&format!("{name} {long}"));
                assert!(words.split(' ').any(|word| word == long), "{name} {long}");
            }
        }
    }
}

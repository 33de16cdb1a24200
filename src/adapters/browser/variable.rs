//! `BROWSER` as other programs read it (xdg-open(1), Python's `webbrowser`): several commands, tried in turn, each of words,
//! in which `%s` stands for the link.

/// How a system writes lists and words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Writing {
    /// What stands between two commands, as between the folders of `PATH`.
    separator: char,
    /// What takes its meaning from the next character.
    escape: Option<char>,
}

impl Writing {
    /// As Unix writes.
    pub(super) const UNIX: Self = Self {
        separator: ':',
        escape: Some('\\'),
    };

    /// As Windows writes: colons and backslashes are parts of paths there.
    pub(super) const WINDOWS: Self = Self {
        separator: ';',
        escape: None,
    };

    /// As this system writes.
    pub(super) const HERE: Self = if cfg!(windows) {
        Self::WINDOWS
    } else {
        Self::UNIX
    };
}

/// A program and its arguments, of which one is or holds the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BrowserCommand {
    /// The program, a name or a path.
    pub(super) program: String,
    /// Its arguments.
    pub(super) arguments: Vec<String>,
}

/// The commands of the variable that open this link. No shell reads them, so nothing in the link can become more than an
/// argument.
pub(super) fn commands(variable: &str, link: &str, writing: Writing) -> Vec<BrowserCommand> {
    let commands = variable.split(writing.separator);
    let commands = commands.map(|command| words(command, writing.escape));
    commands
        .filter_map(|words| command(words.into_iter(), link))
        .collect()
}

fn command(mut words: impl Iterator<Item = String>, link: &str) -> Option<BrowserCommand> {
    let program = words.next()?;
    let mut templates: Vec<String> = words.collect();
    // "In the background" of a shell, where everything is here.
    if templates.last().is_some_and(|word| word == "&") {
        templates.pop();
    }
    let mut names_link = false;
    let mut arguments: Vec<String> = templates
        .iter()
        .map(|template| {
            let (argument, has_link) = filled(template, link);
            names_link |= has_link;
            argument
        })
        .collect();
    if !names_link {
        arguments.push(link.to_owned());
    }
    Some(BrowserCommand { program, arguments })
}

/// An argument with the link for `%s`, a colon for `%c` and a percent sign for `%%`, and whether the link is in it.
fn filled(template: &str, link: &str) -> (String, bool) {
    let mut argument = String::new();
    let mut has_link = false;
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('%') {
        argument.push_str(before);
        let mut signs = after.chars();
        match signs.next() {
            Some('s') => {
                argument.push_str(link);
                has_link = true;
            }
            Some('c') => argument.push(':'),
            Some('%') => argument.push('%'),
            _ => {
                argument.push('%');
                signs = after.chars();
            }
        }
        rest = signs.as_str();
    }
    argument.push_str(rest);
    (argument, has_link)
}

/// Words as a shell parts them: quotes keep blanks, and an escape keeps the next character. A quote that is not closed
/// reaches to the end.
fn words(text: &str, escape: Option<char>) -> Vec<String> {
    let mut words = Vec::new();
    // A word that is being read; an empty one may be meant, by quotes around nothing.
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if Some(character) == escape && quote != Some('\'') {
            let kept = characters.next().unwrap_or(character);
            word.get_or_insert_default().push(kept);
        } else if quote == Some(character) {
            quote = None;
        } else if quote.is_none() && matches!(character, '"' | '\'') {
            quote = Some(character);
            word.get_or_insert_default();
        } else if quote.is_none() && character.is_whitespace() {
            words.extend(word.take());
        } else {
            word.get_or_insert_default().push(character);
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://example.org/a?b=%73&c=$(id)";

    /// The commands, one a line, with `|` between words and `LINK` for the link.
    fn read(variable: &str, writing: Writing) -> Vec<String> {
        let commands = commands(variable, LINK, writing);
        let line = |command: BrowserCommand| {
            let words = [vec![command.program], command.arguments].concat();
            words.join("|").replace(LINK, "LINK")
        };
        commands.into_iter().map(line).collect()
    }

    #[test]
    fn commands_words_and_the_place_of_the_link() {
        let cases: &[(&str, &[&str])] = &[
            ("firefox", &["firefox|LINK"]),
            ("/opt/b.sh %s", &["/opt/b.sh|LINK"]),
            ("firefox --new-window", &["firefox|--new-window|LINK"]),
            (
                "firefox --new-window %s -P work",
                &["firefox|--new-window|LINK|-P|work"],
            ),
            ("b --app=%s", &["b|--app=LINK"]),
            ("b %s %s", &["b|LINK|LINK"]),
            ("firefox:chromium", &["firefox|LINK", "chromium|LINK"]),
            (":: firefox ::", &["firefox|LINK"]),
            ("b %s &", &["b|LINK"]),
            ("b &", &["b|LINK"]),
            ("b & c", &["b|&|c|LINK"]),
            ("b %%s", &["b|%s|LINK"]),
            ("b 100%% %s", &["b|100%|LINK"]),
            ("b host%c80 %s", &["b|host:80|LINK"]),
            ("b 5% %d %s", &["b|5%|%d|LINK"]),
            ("b %", &["b|%|LINK"]),
            ("%s", &["%s|LINK"]),
            (r#""/opt/my b" '%s'"#, &["/opt/my b|LINK"]),
            (
                r#"/opt/my\ b "a \"b\"" 'c\d'"#,
                &[r#"/opt/my b|a "b"|c\d|LINK"#],
            ),
            (r#"b "" %s"#, &["b||LINK"]),
            ("b 'not closed", &["b|not closed|LINK"]),
            ("b \\", &["b|\\|LINK"]),
            ("b $(id) `id` ;", &["b|$(id)|`id`|;|LINK"]),
            ("\tb\n", &["b|LINK"]),
            ("", &[]),
            (" : ", &[]),
        ];
        for (variable, expected) in cases {
            assert_eq!(read(variable, Writing::UNIX), *expected, "{variable}");
        }
    }

    #[test]
    fn paths_of_windows_stay_whole() {
        for (variable, expected) in [
            (r"C:\b\b.exe %s", r"C:\b\b.exe|LINK"),
            (r#""C:\My b\b.exe" -new"#, r"C:\My b\b.exe|-new|LINK"),
        ] {
            assert_eq!(read(variable, Writing::WINDOWS), [expected], "{variable}");
        }
        assert_eq!(read("a;b", Writing::WINDOWS), ["a|LINK", "b|LINK"]);
    }
}

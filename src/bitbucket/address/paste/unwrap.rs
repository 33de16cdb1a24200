//! Taking off one word whatever is fastened to it: quotes, brackets, names of fields, prefixes of tools, punctuation.

use std::borrow::Cow;

use super::wrapper::Wrapper;
use super::{looks_like_address, trim};

/// A word without what was fastened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unwrapped<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) wrappers: Vec<Wrapper>,
}

/// One step: what it takes off, and how. None if there is nothing of it.
struct Step {
    /// None for what may stand around an address without making another text of it.
    wrapper: Option<Wrapper>,
    off: fn(&str) -> Option<Cow<'_, str>>,
}

const STEPS: [Step; 8] = [
    // Before the pairs: a bracket at each end may belong to two of them.
    Step {
        wrapper: Some(Wrapper::Markup),
        off: markup,
    },
    Step {
        wrapper: None,
        off: pair,
    },
    Step {
        wrapper: Some(Wrapper::Punctuation),
        off: punctuation_behind,
    },
    Step {
        wrapper: Some(Wrapper::Punctuation),
        off: punctuation_before,
    },
    Step {
        wrapper: Some(Wrapper::Label),
        off: label,
    },
    Step {
        wrapper: Some(Wrapper::Prefix),
        off: prefix,
    },
    Step {
        wrapper: Some(Wrapper::Prefix),
        off: short_form,
    },
    Step {
        wrapper: Some(Wrapper::Scheme),
        off: scheme,
    },
];

/// Nobody fastens more to an address.
const MOST_STEPS: usize = 24;

/// What can be around an address, besides spaces.
const PAIRS: [(&str, &str); 12] = [
    ("<", ">"),
    ("\"", "\""),
    ("'", "'"),
    ("`", "`"),
    ("(", ")"),
    ("[", "]"),
    ("{", "}"),
    ("**", "**"),
    ("“", "”"),
    ("‘", "’"),
    ("«", "»"),
    ("„", "“"),
];

/// Ends a sentence, a field or a line of code, and no address.
const ENDS: &str = ".,;:!?。，；、\\";

/// Closes what something before opened.
const CLOSERS: [(char, char); 11] = [
    (')', '('),
    (']', '['),
    ('}', '{'),
    ('>', '<'),
    ('"', '"'),
    ('\'', '\''),
    ('`', '`'),
    ('”', '“'),
    ('’', '‘'),
    ('»', '«'),
    ('*', '*'),
];

/// The same as a program encodes them at the end of a link.
const ENCODED_ENDS: [&str; 10] = [
    "%20", "%09", "%0a", "%0d", "%22", "%27", "%29", "%2c", "%3e", "%c2%a0",
];

/// What tools write in front of an address to say that it is Git's.
const PREFIXES: [&str; 17] = [
    "git::",
    "ssh::",
    "git+",
    "vcs+",
    "scm:git:",
    "scm:",
    "git:",
    "vcs:",
    "url:",
    "repo:",
    "repository:",
    "source:",
    "mailto:",
    "view-source:",
    "link:",
    "git@git@",
    "ssh://git@git@",
];

/// Options of git's that make it run a program.
const OPTIONS_THAT_RUN: [&str; 4] = ["upload-pack", "receive-pack", "exec", "config"];

/// Takes off all there is.
pub(super) fn unwrap(word: &str) -> Unwrapped<'_> {
    let mut text = Cow::Borrowed(trim(word));
    let mut wrappers = Vec::new();
    for _ in 0..MOST_STEPS {
        let step = STEPS.iter().find_map(|step| {
            let without = (step.off)(&text)?;
            Some((step.wrapper, trim(&without).to_owned()))
        });
        let Some((wrapper, without)) = step else {
            break;
        };
        wrappers.extend(wrapper);
        text = Cow::Owned(without);
    }
    Unwrapped { text, wrappers }
}

/// Quotes, brackets and marks of Markdown's, the same at both ends.
fn pair(text: &str) -> Option<Cow<'_, str>> {
    PAIRS
        .iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
        .map(Cow::Borrowed)
}

/// What languages of texts and of programs put around a link, without spaces.
fn markup(text: &str) -> Option<Cow<'_, str>> {
    let inner = call(text)
        .or_else(|| default_value(text))
        .or_else(|| bb_code(text))
        .or_else(|| link_with_label(text))?;
    looks_like_address(unwrap_quotes(inner)).then_some(Cow::Borrowed(inner))
}

fn unwrap_quotes(text: &str) -> &str {
    text.trim_matches(['"', '\'', '<', '>', '[', ']'])
}

/// `url(address)`, `\url{address}`, `\href{address}{label}`
fn call(text: &str) -> Option<&str> {
    let at = text.find(['(', '{'])?;
    let (name, rest) = text.split_at(at);
    let bare = name.strip_prefix('\\').unwrap_or(name);
    let is_name = !bare.is_empty()
        && bare
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.');
    let (inner, _) = match rest.strip_prefix('(') {
        Some(rest) => rest.rsplit_once(')')?,
        None => rest[1..].split_once('}')?,
    };
    (is_name && (rest.starts_with('(') || name.starts_with('\\'))).then_some(inner)
}

/// `${REPO:-address}`
fn default_value(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("${")?.strip_suffix('}')?;
    let (name, value) = inner.split_once(":-").or_else(|| inner.split_once('-'))?;
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some(value)
}

/// `[url]address[/url]`, `[url=address]label[/url]`
fn bb_code(text: &str) -> Option<&str> {
    if let Some(rest) = strip_prefix(text, "[url=") {
        return rest.split(']').next();
    }
    let rest = strip_prefix(text, "[url]")?;
    rest.split("[/").next()
}

/// `[label|address]` in Jira, `[[address][label]]` in Org, `address[label]` in `AsciiDoc`.
fn link_with_label(text: &str) -> Option<&str> {
    let inner = text.strip_suffix(']')?;
    if let Some((before, address)) = inner.rsplit_once('|') {
        return (address.contains("://") && !before.contains('@')).then_some(address);
    }
    if let Some((address, _)) = inner.split_once("][") {
        return Some(address.trim_start_matches('['));
    }
    let (address, _) = inner.rsplit_once('[')?;
    address.contains("://").then_some(address)
}

fn punctuation_behind(text: &str) -> Option<Cow<'_, str>> {
    let lower = text.get(..).map(str::to_ascii_lowercase)?;
    if let Some(end) = ENCODED_ENDS.iter().find(|end| lower.ends_with(**end)) {
        return text.get(..text.len() - end.len()).map(Cow::Borrowed);
    }
    let last = text.chars().next_back()?;
    let before = &text[..text.len() - last.len_utf8()];
    let closes_nothing = CLOSERS.iter().any(|&(close, open)| {
        let balance = before.matches(open).count() > before.matches(close).count();
        let is_even = before.matches(open).count() % 2 == 0;
        last == close && if open == close { is_even } else { !balance }
    });
    // Several dots stand for what was cut away; only behind a whole name are they just dots.
    let is_cut = last == '.' && before.ends_with('.') && !ends_whole(before.trim_end_matches('.'));
    let is_end = ENDS.contains(last) && !is_cut;
    // `bitbucket.org.` and `..` are no ends of sentences.
    ((closes_nothing || is_end) && !before.is_empty() && before != ".")
        .then_some(Cow::Borrowed(before))
}

/// Whether nothing can be missing behind this: it ends as the addresses do that Git takes.
pub(super) fn ends_whole(text: &str) -> bool {
    let text = text.trim_end_matches('/');
    text.len() >= ".git".len()
        && text
            .get(text.len() - ".git".len()..)
            .is_some_and(|end| end.eq_ignore_ascii_case(".git"))
}

fn punctuation_before(text: &str) -> Option<Cow<'_, str>> {
    let first = text.chars().next()?;
    let rest = &text[first.len_utf8()..];
    let opens_nothing = CLOSERS
        .iter()
        .any(|&(close, open)| first == open && !rest.contains(close));
    let is_mark = "→•*,;=>|".contains(first);
    ((opens_nothing || is_mark) && !rest.is_empty()).then_some(Cow::Borrowed(rest))
}

/// `url=…`, `REPO_URL=…`, `--repo=…`: the name of a field in front of its value.
fn label(text: &str) -> Option<Cow<'_, str>> {
    let (name, value) = text.split_once('=')?;
    let bare = name.strip_prefix("--").unwrap_or(name);
    let is_name = bare.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && bare
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.[]".contains(&byte));
    let runs = OPTIONS_THAT_RUN.contains(&bare);
    (is_name && !runs && looks_like_address(value.trim_start_matches(['"', '\''])))
        .then_some(Cow::Borrowed(value))
}

fn prefix(text: &str) -> Option<Cow<'_, str>> {
    // Older than ssh://, and the same.
    if let Some(rest) = strip_prefix(text, "ssh+git://") {
        return Some(Cow::Owned(format!("ssh://{rest}")));
    }
    PREFIXES.iter().find_map(|prefix| {
        let rest = strip_prefix(text, prefix)?;
        let is_doubled = prefix.ends_with("git@git@");
        if is_doubled {
            return text
                .get("git@".len()..)
                .map(|rest| match text.strip_prefix("ssh://git@") {
                    Some(rest) => Cow::Owned(format!("ssh://{rest}")),
                    None => Cow::Borrowed(rest),
                });
        }
        let names_more = rest.contains("://") || rest.contains('@') || rest.contains("::");
        // The colon of `git:` may be the one behind a host.
        (names_more && !rest.starts_with('/')).then_some(Cow::Borrowed(rest))
    })
}

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start
        .eq_ignore_ascii_case(prefix)
        .then(|| &text[prefix.len()..])
}

/// `pkg:bitbucket/acme/analytics@v1`, a package URL.
fn short_form(text: &str) -> Option<Cow<'_, str>> {
    let rest = strip_prefix(text, "pkg:bitbucket/")?;
    Some(Cow::Owned(format!("https://bitbucket.org/{rest}")))
}

/// A slip in the scheme of a web address: one slash, no colon, a first letter that was not marked with the rest.
fn scheme(text: &str) -> Option<Cow<'_, str>> {
    const SLIPS: [&str; 5] = ["ttps", "tps", "ttp", "htps", "htttps"];
    if let Some((scheme, rest)) = text.split_once("://") {
        let scheme = scheme.to_ascii_lowercase();
        return SLIPS
            .contains(&scheme.as_str())
            .then(|| Cow::Owned(format!("https://{rest}")));
    }
    let rest = [
        "https:/",
        "http:/",
        "https//",
        "http//",
        "ssh:/",
        "ssh//",
        "https:\\\\",
        "http:\\\\",
    ]
    .iter()
    .find_map(|slip| Some((slip.starts_with("ssh"), strip_prefix(text, slip)?)));
    let (is_ssh, rest) = rest?;
    let scheme = if is_ssh { "ssh" } else { "https" };
    // Whoever writes the scheme with backslashes means slashes by the others, too.
    let rest = if text.contains(":\\\\") {
        rest.replace('\\', "/")
    } else {
        rest.to_owned()
    };
    (!rest.is_empty()).then(|| Cow::Owned(format!("{scheme}://{rest}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_takes_off_one_kind() {
        use Wrapper::{Label, Markup, Prefix, Punctuation, Scheme};
        let cases: [(&str, &str, &[Wrapper]); 26] = [
            ("(\"git@h.com:a/b\")", "git@h.com:a/b", &[]),
            ("git@h.com:a/b.git.", "git@h.com:a/b.git", &[Punctuation]),
            (
                "git@h.com:a/b.git\",",
                "git@h.com:a/b.git",
                &[Punctuation, Punctuation],
            ),
            (
                "git@h.com:a/b.git...",
                "git@h.com:a/b.git",
                &[Punctuation; 3],
            ),
            ("git@h.com:a/anal...", "git@h.com:a/anal...", &[]),
            ("https://h.com/a/b%0A", "https://h.com/a/b", &[Punctuation]),
            ("(https://h.com/a/b", "https://h.com/a/b", &[Punctuation]),
            ("https://h.com/a_(b)", "https://h.com/a_(b)", &[]),
            ("--repo=git@h.com:a/b", "git@h.com:a/b", &[Label]),
            ("URL=\"git@h.com:a/b\"", "git@h.com:a/b", &[Label]),
            (
                "--upload-pack=git@h.com:a/b",
                "--upload-pack=git@h.com:a/b",
                &[],
            ),
            ("git::ssh://git@h.com/a", "ssh://git@h.com/a", &[Prefix]),
            ("scm:git:git@h.com:a/b", "git@h.com:a/b", &[Prefix]),
            ("git+ssh://git@h.com/a", "ssh://git@h.com/a", &[Prefix]),
            ("git:7999/a/b", "git:7999/a/b", &[]),
            ("https:/h.com/a/b", "https://h.com/a/b", &[Scheme]),
            ("[::1]:7999/a/b", "[::1]:7999/a/b", &[]),
            ("url(https://h.com/a/b)", "https://h.com/a/b", &[Markup]),
            (
                r"\href{https://h.com/a/b}{b}",
                "https://h.com/a/b",
                &[Markup],
            ),
            ("${REPO:-git@h.com:a/b.git}", "git@h.com:a/b.git", &[Markup]),
            (
                "[url=https://h.com/a/b]b[/url]",
                "https://h.com/a/b",
                &[Markup],
            ),
            (
                "[url]https://h.com/a/b[/url]",
                "https://h.com/a/b",
                &[Markup],
            ),
            ("[b|https://h.com/a/b]", "https://h.com/a/b", &[Markup]),
            ("[[https://h.com/a/b][b]]", "https://h.com/a/b", &[Markup]),
            ("https://h.com/a/b[b]", "https://h.com/a/b", &[Markup]),
            ("git@h.com:a/$(id)", "git@h.com:a/$(id)", &[]),
        ];
        for (text, expected, wrappers) in cases {
            let found = unwrap(text);
            assert_eq!(
                (found.text.as_ref(), found.wrappers.as_slice()),
                (expected, wrappers),
                "{text}"
            );
        }
    }
}

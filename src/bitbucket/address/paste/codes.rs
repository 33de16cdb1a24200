//! Encodings of a whole text: what a page, a log or a program made of the characters of an address.

use std::borrow::Cow;

use super::wrapper::Wrapper;
use crate::bitbucket::percent;

/// One encoding: what it is, and how it is undone. None if there is nothing of it.
type Encoding = (Wrapper, fn(&str) -> Option<String>);

/// In the order in which they lie over each other, the outermost first.
const ENCODINGS: [Encoding; 6] = [
    (Wrapper::PercentCodes, percent_codes),
    (Wrapper::HtmlCodes, html_codes),
    (Wrapper::Backslashes, backslashes),
    (Wrapper::Invisible, invisible),
    (Wrapper::FullWidth, full_width),
    (Wrapper::Link, mail_links),
];

/// An encoding may lie over itself; nobody has more layers than these.
const LAYERS: usize = 3;

/// The codes of HTML for characters of addresses and for what stands around them.
const HTML_CODES: [(&str, &str); 15] = [
    ("amp", "&"),
    ("apos", "'"),
    ("colon", ":"),
    ("commat", "@"),
    ("gt", ">"),
    ("lowbar", "_"),
    ("lt", "<"),
    ("nbsp", "\u{a0}"),
    ("num", "#"),
    ("percnt", "%"),
    ("period", "."),
    ("quot", "\""),
    ("shy", "\u{ad}"),
    ("sol", "/"),
    ("ZeroWidthSpace", "\u{200b}"),
];

/// What is put into long words so that they may break there.
const MAY_BREAK: [&str; 3] = ["<wbr>", "<wbr/>", "<wbr />"];

/// The text without its encodings, and which they were.
pub(super) fn undo(text: &str) -> (Cow<'_, str>, Vec<Wrapper>) {
    let mut plain = Cow::Borrowed(text);
    let mut undone = Vec::new();
    for _ in 0..LAYERS {
        let before = undone.len();
        for (wrapper, undo) in ENCODINGS {
            if let Some(without) = undo(&plain) {
                plain = Cow::Owned(without);
                undone.push(wrapper);
            }
        }
        if undone.len() == before {
            break;
        }
    }
    undone.sort_unstable();
    undone.dedup();
    (plain, undone)
}

/// A link that was encoded as a whole: it has a colon or an @ only in codes.
fn percent_codes(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let has_code = lower.contains("%3a%2f%2f") || lower.contains("git%40");
    let is_plain = text.contains("://") || text.contains('@') || text.contains(char::is_whitespace);
    // Twice encoded, the percent sign itself is a code.
    let twice = lower.contains("%253a%252f") || lower.contains("git%2540");
    ((has_code || twice) && !is_plain).then(|| percent::decode(text))
}

fn html_codes(text: &str) -> Option<String> {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        decoded.push_str(before);
        if let Some((character, after)) = html_code(from) {
            decoded.push_str(&character);
            rest = after;
            found = true;
        } else {
            decoded.push('&');
            rest = &from[1..];
        }
    }
    decoded.push_str(rest);
    found.then_some(decoded)
}

/// The character of the code that a text begins with, and what follows.
fn html_code(text: &str) -> Option<(Cow<'static, str>, &str)> {
    /// Longer ones are no codes of ours.
    const LONGEST: usize = 16;
    let inner = text.strip_prefix('&')?;
    let end = inner.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let (code, after) = (&inner[..end], &inner[end + 1..]);
    if let Some(number) = code.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        let character = char::from_u32(number.ok()?)?;
        return Some((character.to_string().into(), after));
    }
    let (_, character) = HTML_CODES.iter().find(|(name, _)| *name == code)?;
    Some(((*character).into(), after))
}

/// What JSON and the strings of programs write with a backslash. One before anything else stays: it may be there to deceive.
fn backslashes(text: &str) -> Option<String> {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at(at);
        decoded.push_str(before);
        if let Some((character, after)) = escape(from) {
            decoded.push(character);
            rest = after;
            found = true;
        } else {
            decoded.push('\\');
            rest = &from[1..];
        }
    }
    decoded.push_str(rest);
    found.then_some(decoded)
}

fn escape(text: &str) -> Option<(char, &str)> {
    let inner = text.strip_prefix('\\')?;
    if let Some(digits) = inner.strip_prefix('u').and_then(|rest| rest.get(..4)) {
        let number = u32::from_str_radix(digits, 16).ok()?;
        return Some((char::from_u32(number)?, &inner[5..]));
    }
    let after = inner.get(1..)?;
    match inner.as_bytes().first()? {
        // JSON's, Markdown's, those of Java's properties, and of shells that quote a pasted link.
        mark if b"/\"':?=&#_-.~".contains(mark) => Some((char::from(*mark), after)),
        // A line's end, where the text goes on as it would behind one; in `C:\new` it does not.
        b'n' | b'r' if !after.starts_with(|next: char| next.is_ascii_lowercase()) => {
            Some(('\n', after))
        }
        _ => None,
    }
}

/// Characters of no width, which break or join words, and nothing that turns the direction: that could deceive.
fn invisible(text: &str) -> Option<String> {
    let is_invisible = |character: char| {
        matches!(
            character,
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
        )
    };
    let has_break = MAY_BREAK.iter().any(|tag| text.contains(tag));
    if !has_break && !text.contains(is_invisible) {
        return None;
    }
    let mut without = text.replace(is_invisible, "");
    for tag in MAY_BREAK {
        without = without.replace(tag, "");
    }
    Some(without)
}

/// Signs and letters as wide as those of Chinese, which mean the same in a host (RFC 5895), and hyphens that do not break.
fn full_width(text: &str) -> Option<String> {
    let narrow = |character: char| match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0),
        '\u{2010}' | '\u{2011}' => Some('-'),
        _ => None,
    };
    text.contains(|character| narrow(character).is_some())
        .then(|| {
            text.chars()
                .map(|character| narrow(character).unwrap_or(character))
                .collect()
        })
}

/// Programs take `git@host` for somebody's mail and make a link of it: `<mailto:git@host|git@host>` in Slack,
/// `[git@host](mailto:git@host)` in Markdown.
fn mail_links(text: &str) -> Option<String> {
    let (before, rest) = text.split_once("mailto:")?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || "@.-_+".contains(c);
    let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
    let (mail, after) = rest.split_at(end);
    let without = if let Some(before) = before.strip_suffix('<') {
        let after = after.split_once('>').map_or(after, |(_, after)| after);
        format!("{before}{mail}{after}")
    } else if let Some((before, _)) = before
        .strip_suffix("](")
        .and_then(|before| before.rsplit_once('['))
    {
        format!("{before}{mail}{}", after.strip_prefix(')').unwrap_or(after))
    } else {
        format!("{before}{mail}{after}")
    };
    mail.contains('@').then_some(without)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_undone_and_named() {
        let cases = [
            (
                "https%3A%2F%2Fbitbucket.org%2Facme%2Fx",
                "https://bitbucket.org/acme/x",
                vec![Wrapper::PercentCodes],
            ),
            (
                "ssh%253A%252F%252Fgit%2540bitbucket.org%252Facme%252Fx",
                "ssh://git@bitbucket.org/acme/x",
                vec![Wrapper::PercentCodes],
            ),
            (
                "git&#64;bitbucket&period;org:acme&#x2F;x",
                "git@bitbucket.org:acme/x",
                vec![Wrapper::HtmlCodes],
            ),
            (
                r#"\"https:\/\/bitbucket.org\/acme\/x\""#,
                r#""https://bitbucket.org/acme/x""#,
                vec![Wrapper::Backslashes],
            ),
            (
                "git@bitbucket.org:<wbr>acme/\u{200b}x",
                "git@bitbucket.org:acme/x",
                vec![Wrapper::Invisible],
            ),
            (
                "<mailto:git@bitbucket.org|git@bitbucket.org>:acme/x",
                "git@bitbucket.org:acme/x",
                vec![Wrapper::Link],
            ),
            (
                "see [git@bitbucket.org](mailto:git@bitbucket.org):acme/x",
                "see git@bitbucket.org:acme/x",
                vec![Wrapper::Link],
            ),
            (
                r"bitbucket.org\@evil.example",
                r"bitbucket.org\@evil.example",
                vec![],
            ),
            (
                "git＠bitbucket.org：acme／x",
                "git@bitbucket.org:acme/x",
                vec![Wrapper::FullWidth],
            ),
            (
                r"url=https\://bitbucket.org/acme/my\_x",
                "url=https://bitbucket.org/acme/my_x",
                vec![Wrapper::Backslashes],
            ),
            (r"C:\new\x", r"C:\new\x", vec![]),
            (
                "a & b &unknown; &#xffffffff;",
                "a & b &unknown; &#xffffffff;",
                vec![],
            ),
            ("a\u{202e}b", "a\u{202e}b", vec![]),
        ];
        for (text, plain, wrappers) in cases {
            assert_eq!(undo(text), (plain.into(), wrappers), "{text}");
        }
    }
}

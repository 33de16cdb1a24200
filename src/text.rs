//! Making text from outside harmless, and fitting text into a given width.

use std::time::{Duration, UNIX_EPOCH};

use icu_properties::props::{
    BinaryProperty, DefaultIgnorableCodePoint, EnumeratedProperty, GeneralCategory,
};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

mod secrets;

pub use secrets::{HIDDEN, hide as hide_secret};

/// What stands for something that was cut away.
pub const ELLIPSIS: &str = "…";

/// Whether a terminal or a reader could be misled by this character: it controls something, breaks the line, changes direction
/// or does not show. Unicode's own properties say which these are (general categories Cc, Cf, Zl and Zp,
/// `Default_Ignorable_Code_Point`, noncharacters). Emoji lose their joiners and variation selectors, which hide things as well.
pub fn is_harmful(character: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator};
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    let category = GeneralCategory::for_char(character);
    matches!(
        category,
        Control | Format | LineSeparator | ParagraphSeparator
    ) || DefaultIgnorableCodePoint::for_char(character)
        || is_noncharacter(character)
        || character == BRAILLE_BLANK
}

/// The Braille pattern without a dot: a letter as Unicode has it, and blank wherever it is shown.
const BRAILLE_BLANK: char = '\u{2800}';

fn is_noncharacter(character: char) -> bool {
    matches!(character, '\u{fdd0}'..='\u{fdef}') || u32::from(character) & 0xfffe == 0xfffe
}

/// Text from a server, a file or a paste as one line that can't control a terminal: line ends and tabs become
/// spaces, harmful characters disappear, runs of spaces shrink to one, and at most `limit` characters are kept.
///
/// Looks at no more than sixteen times `limit` characters, so that a megabyte of noise costs little. Secrets that are
/// in use are hidden before the text is cut: half a secret would not be recognised, and is one all the same.
pub fn harmless(text: &str, limit: usize) -> String {
    if secrets::are_in_use() {
        let whole = cleaned(text, limit.saturating_mul(16));
        return cleaned(&secrets::masked(&whole), limit);
    }
    cleaned(text, limit)
}

fn cleaned(text: &str, limit: usize) -> String {
    let mut result = String::new();
    let mut kept = 0;
    let mut space_due = false;
    for character in text.chars().take(limit.saturating_mul(16)) {
        if character.is_whitespace() {
            space_due = kept > 0;
            continue;
        }
        if is_harmful(character) {
            continue;
        }
        let needed = 1 + usize::from(space_due);
        if kept + needed > limit {
            result.push_str(ELLIPSIS);
            break;
        }
        if space_due {
            result.push(' ');
            space_due = false;
        }
        result.push(character);
        kept += needed;
    }
    result
}

/// A time, by how long it is after 1970 began, as RFC 3339 has it: UTC, to the second. The form ends with the year 9999; a later
/// time is told as its last second.
pub fn rfc3339(since_1970: Duration) -> String {
    const LAST_SECOND: Duration = Duration::from_secs(253_402_300_799);
    humantime::format_rfc3339_seconds(UNIX_EPOCH + since_1970.min(LAST_SECOND)).to_string()
}

/// Text as one word of a shell. A plain one stands between double quotes, which PowerShell takes, too, and which doorkey takes off
/// where cmd leaves them; between single quotes a POSIX shell takes everything else as it is.
pub fn shell_word(text: &str) -> String {
    let means_itself = |c: char| c.is_ascii_alphanumeric() || " @:/._-+=~".contains(c);
    if text.chars().all(means_itself) {
        return format!("\"{text}\"");
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A limit or a duration for people, to a tenth of a second.
pub fn in_seconds(duration: Duration) -> String {
    let seconds = (duration.as_secs_f64() * 10.0).round() / 10.0;
    match seconds.to_string().as_str() {
        "1" => "1 second".to_owned(),
        several => format!("{several} seconds"),
    }
}

/// A text begun large.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    // A name of two parts, such as a repository's, is written as it is.
    let first = letters
        .next()
        .filter(|_| !text.split(' ').next().unwrap_or_default().contains('/'));
    match first {
        Some(first) => first.to_ascii_uppercase().to_string() + letters.as_str(),
        None => text.to_owned(),
    }
}

/// Words that begin a sentence and are no names, so that they begin small within one.
const NO_NAMES: [&str; 12] = [
    "The", "This", "That", "There", "A", "An", "It", "No", "Not", "Nothing", "Only", "Too",
];

/// A sentence that goes on within another. Names and abbreviations stay large.
pub fn uncapitalised(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    if NO_NAMES.contains(&first) {
        first.to_ascii_lowercase() + &text[first.len()..]
    } else {
        text.to_owned()
    }
}

/// The number of terminal columns a text takes.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Cuts the middle out of a text so that it takes at most `columns` terminal columns: both ends tell more about
/// a key, an address or a path than its middle.
pub fn shorten_middle(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(width(ELLIPSIS));
    let head = take_columns(text.chars(), room.div_ceil(2));
    let tail = take_columns(text.chars().rev(), room / 2);
    if columns == 0 {
        return String::new();
    }
    head.into_iter()
        .chain(ELLIPSIS.chars())
        .chain(tail.into_iter().rev())
        .collect()
}

/// Cuts an address so that it takes at most `columns` terminal columns, in the middle of its path: scheme, host and port are what
/// people compare. Only where these alone do not fit are they cut, too.
pub fn shorten_address(address: &str, columns: usize) -> String {
    // As much of the path as tells anything: the slash, a letter, the ellipsis and another letter.
    const SHORTEST_PATH: usize = 4;
    let after_scheme = address.find("://").map_or(0, |scheme| scheme + "://".len());
    let Some(slash) = address[after_scheme..].find('/') else {
        return shorten_middle(address, columns);
    };
    let (place, path) = address.split_at(after_scheme + slash);
    match columns.checked_sub(width(place)) {
        Some(room @ SHORTEST_PATH..) => format!("{place}{}", shorten_middle(path, room)),
        _ => shorten_middle(address, columns),
    }
}

fn take_columns(characters: impl Iterator<Item = char>, columns: usize) -> Vec<char> {
    let mut used = 0;
    characters
        .take_while(|character| {
            used += UnicodeWidthChar::width(*character).unwrap_or(1);
            used <= columns
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex_syntax::hir::{Class, ClassUnicode, HirKind};

    #[test]
    fn an_address_is_cut_in_its_path() {
        let address = "ssh://git@git.example.com:7999/warehouse/analytics-models.git";
        assert_eq!(shorten_address(address, 80), address);
        assert_eq!(
            shorten_address(address, 40),
            "ssh://git@git.example.com:7999/ware….git"
        );
        assert_eq!(width(&shorten_address(address, 20)), 20);
        assert_eq!(
            shorten_address("acme/analytics-platform", 12),
            "acme/ana…orm"
        );
    }

    #[test]
    fn escape_sequences_and_direction_tricks_lose_their_power() {
        assert_eq!(harmless("\x1b[31mred\x1b[0m", 80), "[31mred[0m");
        assert_eq!(harmless("a\u{202e}b\u{9b}c\u{200b}d", 80), "abcd");
        assert_eq!(harmless("  one\r\n\ttwo  ", 80), "one two");
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        assert_eq!(harmless("abcdef", 3), "abc…");
        assert_eq!(harmless("abc", 3), "abc");
    }

    #[test]
    fn a_word_for_a_shell_ends_where_it_should() {
        assert_eq!(shell_word("git@host:a/b.git"), "\"git@host:a/b.git\"");
        assert_eq!(shell_word("it's $(x)"), r"'it'\''s $(x)'");
        assert_eq!(shell_word(""), "\"\"");
    }

    #[test]
    fn durations_read_like_speech() {
        let read = |milliseconds| in_seconds(Duration::from_millis(milliseconds));
        assert_eq!(read(10_000), "10 seconds");
        assert_eq!(read(9_876), "9.9 seconds");
        assert_eq!(read(1_000), "1 second");
        assert_eq!(read(0), "0 seconds");
    }

    #[test]
    fn a_name_of_two_parts_is_not_begun_large() {
        assert_eq!(capitalised("test again"), "Test again");
        assert_eq!(
            capitalised("acme/analytics on Bitbucket"),
            "acme/analytics on Bitbucket"
        );
        assert_eq!(capitalised(""), "");
    }

    #[test]
    fn within_a_sentence_only_names_are_large() {
        assert_eq!(uncapitalised("The key may write"), "the key may write");
        assert_eq!(uncapitalised("It hung up"), "it hung up");
        for name in ["Bitbucket knows it", "SSH", "A-key", ""] {
            assert_eq!(uncapitalised(name), name);
        }
    }

    #[test]
    fn the_middle_goes_first() {
        assert_eq!(shorten_middle("SHA256:voNIiiVQT0", 9), "SHA2…VQT0");
        assert_eq!(shorten_middle("short", 9), "short");
        assert_eq!(shorten_middle("short", 0), "");
    }

    /// What may not be shown, as another library reads Unicode's tables.
    const FORBIDDEN: &str = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Noncharacter_Code_Point}]";

    fn forbidden() -> ClassUnicode {
        let class = regex_syntax::parse(FORBIDDEN).expect("a class of characters");
        match class.into_kind() {
            HirKind::Class(Class::Unicode(class)) => class,
            other => unreachable!("{other:?}"),
        }
    }

    fn contains(class: &ClassUnicode, character: char) -> bool {
        let place = class.ranges().binary_search_by(|range| {
            if range.end() < character {
                std::cmp::Ordering::Less
            } else if range.start() > character {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        });
        place.is_ok()
    }

    #[test]
    fn what_unicode_calls_invisible_is_harmful_and_nothing_else() {
        let forbidden = forbidden();
        for character in '\0'..=char::MAX {
            let is_forbidden = contains(&forbidden, character) || character == BRAILLE_BLANK;
            assert_eq!(
                is_harmful(character),
                is_forbidden,
                "U+{:04X}",
                u32::from(character)
            );
        }
    }

    #[test]
    fn letters_that_do_not_show_disappear_and_those_of_every_language_stay() {
        for hidden in [
            '\u{34f}',
            '\u{115f}',
            '\u{17b4}',
            '\u{2066}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{ffa0}',
            '\u{1d173}',
            '\u{e0100}',
        ] {
            assert_eq!(harmless(&format!("a{hidden}b"), 80), "ab", "{hidden:?}");
        }
        for shown in [
            "Zoë",
            "日本語",
            "한국어",
            "हिन्दी",
            "العربية",
            "e\u{301}",
            "🚀",
        ] {
            assert_eq!(harmless(shown, 80), shown);
        }
    }

    proptest! {
        #[test]
        fn nothing_harmful_survives(text in "\\PC*|.*|(\\p{Default_Ignorable_Code_Point}|\\p{Cf}|.){0,60}", limit in 0usize..200) {
            let (safe, forbidden) = (harmless(&text, limit), forbidden());
            prop_assert!(!safe.chars().any(|character| contains(&forbidden, character)));
            prop_assert!(safe.chars().count() <= limit + 1);
        }

        #[test]
        fn shortened_text_fits(text in ".*", columns in 0usize..60) {
            prop_assert!(width(&shorten_middle(&text, columns)) <= columns);
        }
    }
}

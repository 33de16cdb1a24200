//! Undoes the escapes and encodings in which a text can hold another one, and remembers where each character came from.

/// A character, and the part of the text it was written as.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    pub(super) character: char,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Every character as itself.
pub(super) fn as_written(characters: &[char]) -> Vec<Glyph> {
    let glyph = |(at, &character)| Glyph {
        character,
        from: at,
        to: at + 1,
    };
    characters.iter().enumerate().map(glyph).collect()
}

/// One layer of escapes undone: percent-encoding, HTML's references, the escapes of JSON and of programming languages,
/// quoted-printable. None if there are none.
pub(super) fn once(glyphs: &[Glyph]) -> Option<Vec<Glyph>> {
    let mut result = Vec::with_capacity(glyphs.len());
    let mut at = 0;
    let mut was_escaped = false;
    while let Some(glyph) = glyphs.get(at) {
        if let Some((character, length)) = escaped(&glyphs[at..]) {
            was_escaped = true;
            result.push(Glyph {
                character,
                from: glyph.from,
                to: glyphs[at + length - 1].to,
            });
            at += length;
        } else {
            result.push(*glyph);
            at += 1;
        }
    }
    was_escaped.then_some(result)
}

/// The character that an escape at the start stands for, and the escape's length.
fn escaped(glyphs: &[Glyph]) -> Option<(char, usize)> {
    let second = glyphs.get(1)?.character;
    match (glyphs[0].character, second) {
        ('%' | '\\', 'u' | 'U') if braced(glyphs, 2).is_some() => braced(glyphs, 2),
        ('\\', 'U') => hexadecimal(glyphs, 2, 8),
        ('%' | '\\', 'u' | 'U') => hexadecimal(glyphs, 2, 4),
        ('%' | '=', _) => hexadecimal(glyphs, 1, 2),
        ('\\' | '0', 'x' | 'X') => braced(glyphs, 2).or_else(|| hexadecimal(glyphs, 2, 2)),
        ('\\', '0'..='7') => number(glyphs, 1, 3, 8),
        ('\\', '\\' | '/' | '"' | '\'') => Some((second, 2)),
        ('&', '#') => {
            let is_hexadecimal = matches!(glyphs.get(2)?.character, 'x' | 'X');
            let (start, radix) = if is_hexadecimal { (3, 16) } else { (2, 10) };
            let (character, length) = number(glyphs, start, 8, radix)?;
            let ends = glyphs.get(length).is_some_and(|end| end.character == ';');
            Some((character, length + usize::from(ends)))
        }
        ('&', _) => named(glyphs),
        _ => None,
    }
}

/// HTML's names for what starts or ends another escape.
fn named(glyphs: &[Glyph]) -> Option<(char, usize)> {
    const NAMES: [(&str, char); 7] = [
        ("&amp;", '&'),
        ("&percnt;", '%'),
        ("&num;", '#'),
        ("&bsol;", '\\'),
        ("&equals;", '='),
        ("&semi;", ';'),
        ("&sol;", '/'),
    ];
    NAMES.into_iter().find_map(|(name, character)| {
        let is_it = name.chars().enumerate().all(|(at, wanted)| {
            glyphs
                .get(at)
                .is_some_and(|glyph| glyph.character.eq_ignore_ascii_case(&wanted))
        });
        is_it.then_some((character, name.len()))
    })
}

/// Exactly so many hexadecimal digits.
fn hexadecimal(glyphs: &[Glyph], start: usize, digits: usize) -> Option<(char, usize)> {
    number(glyphs, start, digits, 16).filter(|(_, length)| *length == start + digits)
}

/// Hexadecimal digits between braces.
fn braced(glyphs: &[Glyph], start: usize) -> Option<(char, usize)> {
    (glyphs.get(start)?.character == '{').then_some(())?;
    let (character, length) = number(glyphs, start + 1, 8, 16)?;
    (glyphs.get(length)?.character == '}').then_some((character, length + 1))
}

/// The character whose number starts here, of at most so many digits. One that is none stands for itself as a sign that
/// nothing is compared with.
fn number(glyphs: &[Glyph], start: usize, most: usize, radix: u32) -> Option<(char, usize)> {
    let digits: Vec<u32> = glyphs
        .get(start..)?
        .iter()
        .take(most)
        .map_while(|glyph| glyph.character.to_digit(radix))
        .collect();
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().try_fold(0_u32, |value, digit| {
        value.checked_mul(radix)?.checked_add(*digit)
    });
    let character = value.and_then(char::from_u32);
    Some((character.unwrap_or('\u{fffd}'), start + digits.len()))
}

/// What the runs of Base64 in a text say, standard or for URLs, wherever in a run it starts.
pub(super) fn from_base64(glyphs: &[Glyph], least: usize) -> Vec<Vec<Glyph>> {
    glyphs
        .split(|glyph| value_in_base64(glyph.character).is_none())
        .filter(|run| run.len() >= least)
        .flat_map(|run| (0..4).map(move |start| decoded(&run[start.min(run.len())..])))
        .collect()
}

fn decoded(run: &[Glyph]) -> Vec<Glyph> {
    let mut result = Vec::with_capacity(run.len());
    for group in run.chunks(4) {
        let bits = group.iter().fold(0_u32, |bits, glyph| {
            bits << 6 | u32::from(value_in_base64(glyph.character).unwrap_or_default())
        });
        let bits = bits << (6 * (4 - group.len()));
        let [_, bytes @ ..] = bits.to_be_bytes();
        let whole = group.len() * 6 / 8;
        let (from, to) = (group[0].from, group[group.len() - 1].to);
        result.extend(bytes[..whole].iter().map(|&byte| Glyph {
            character: char::from(byte),
            from,
            to,
        }));
    }
    result
}

fn value_in_base64(character: char) -> Option<u8> {
    let byte = u8::try_from(character).ok()?;
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// The text that a list of numbers spells, such as `65, 84, 65`. None if there are none.
pub(super) fn from_numbers(glyphs: &[Glyph]) -> Option<Vec<Glyph>> {
    let is_digit = |glyph: &Glyph| glyph.character.is_ascii_digit();
    let numbers: Vec<Glyph> = glyphs
        .chunk_by(|one, other| is_digit(one) == is_digit(other))
        .filter(|run| is_digit(&run[0]) && run.len() <= 3)
        .filter_map(|run| {
            let (character, _) = number(run, 0, 3, 10)?;
            Some(Glyph {
                character,
                from: run[0].from,
                to: run[run.len() - 1].to,
            })
        })
        .collect();
    (!numbers.is_empty()).then_some(numbers)
}

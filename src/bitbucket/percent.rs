//! Percent-encoding (RFC 3986, section 2.1), as far as addresses of repositories need it.

/// Undoes the encoding once. What is not a valid escape stays as it is; bytes that are not UTF-8 become U+FFFD.
pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escape = (byte == b'%').then(|| escaped_byte(after)).flatten();
        bytes.push(escape.unwrap_or(byte));
        rest = if escape.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn escaped_byte(after_percent: &[u8]) -> Option<u8> {
    let digit = |index: usize| char::from(*after_percent.get(index)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

/// Encodes all that RFC 3986 does not call unreserved, so that the text stays within one part of a path.
pub(super) fn encode_part(text: &str) -> String {
    encode(text, "")
}

/// Encodes all that can't stand anywhere in a URL.
pub(super) fn encode_url(text: &str) -> String {
    encode(text, ":/?#[]@!$&'()*+,;=%")
}

fn encode(text: &str, also_kept: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let character = char::from(byte);
        if byte.is_ascii_alphanumeric()
            || "-._~".contains(character)
            || also_kept.contains(character)
        {
            encoded.push(character);
        } else {
            // Writing to a String can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_undone_once_and_broken_ones_stay() {
        assert_eq!(decode("%7Euser"), "~user");
        assert_eq!(decode("%257E"), "%7E");
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%4"), "%4");
        assert_eq!(decode("%zz%41"), "%zzA");
        assert_eq!(decode("%ff"), "\u{fffd}");
    }

    proptest! {
        #[test]
        fn what_was_encoded_can_be_decoded(text in "\\PC*") {
            prop_assert_eq!(decode(&encode_part(&text)), text);
        }

        #[test]
        fn an_encoded_part_can_not_leave_its_place(text in ".*") {
            let encoded = encode_part(&text);
            prop_assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
        }
    }
}

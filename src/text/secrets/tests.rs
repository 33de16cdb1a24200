use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::*;

/// As Atlassian makes them; nobody's.
const TOKEN: &str = "ATATT3xFfGF0T4Xy7-qLw_9bZr2Nc8Kd5Vh1Jm6Ps3Qe0Ua=5E1F2B7C";

type Encoding = (&'static str, fn(&str) -> String);

/// The ways in which a server could give a text back.
const ENCODINGS: &[Encoding] = &[
    ("as it is", |text| text.to_owned()),
    ("in capitals", str::to_uppercase),
    ("backwards", |text| text.chars().rev().collect()),
    ("percent", |text| {
        each(text, |c| format!("%{:02X}", u32::from(c)))
    }),
    ("small percent", |text| {
        each(text, |c| format!("%{:02x}", u32::from(c)))
    }),
    ("percent twice", |text| {
        each(text, |c| format!("%25{:02x}", u32::from(c)))
    }),
    ("percent thrice", |text| {
        each(text, |c| format!("%2525{:02x}", u32::from(c)))
    }),
    ("every other letter", |text| {
        let mut is_odd = false;
        each(text, |c| {
            is_odd = !is_odd;
            if is_odd {
                c.to_string()
            } else {
                format!("%{:02x}", u32::from(c))
            }
        })
    }),
    ("JSON", |text| {
        each(text, |c| format!("\\u{:04x}", u32::from(c)))
    }),
    ("JSON in JSON", |text| {
        each(text, |c| format!("\\\\u{:04X}", u32::from(c)))
    }),
    ("braces", |text| {
        each(text, |c| format!("\\u{{{:x}}}", u32::from(c)))
    }),
    ("bytes of C", |text| {
        each(text, |c| format!("\\x{:02x}", u32::from(c)))
    }),
    ("octal", |text| {
        each(text, |c| format!("\\{:03o}", u32::from(c)))
    }),
    ("HTML", |text| {
        each(text, |c| format!("&#{};", u32::from(c)))
    }),
    ("HTML without its end", |text| {
        each(text, |c| format!("&#x{:x} ", u32::from(c)))
    }),
    ("HTML in HTML", |text| {
        each(text, |c| format!("&amp;#x{:X};", u32::from(c)))
    }),
    ("quoted-printable", |text| {
        each(text, |c| format!("={:02X}", u32::from(c)))
    }),
    ("hexadecimal", |text| {
        each(text, |c| format!("{:02x}", u32::from(c)))
    }),
    ("large hexadecimal", |text| {
        each(text, |c| format!("{:02X}", u32::from(c)))
    }),
    ("pairs", |text| {
        each(text, |c| format!("{:02x}:", u32::from(c)))
    }),
    ("numbers of C", |text| {
        each(text, |c| format!("0x{:02x}, ", u32::from(c)))
    }),
    ("decimal", |text| {
        each(text, |c| format!("{}, ", u32::from(c)))
    }),
    ("spaces between", |text| each(text, |c| format!("{c} "))),
    ("zero width between", |text| {
        each(text, |c| format!("{c}\u{200b}"))
    }),
    ("accents between", |text| {
        each(text, |c| format!("{c}\u{301}"))
    }),
    ("fullwidth", |text| {
        let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c);
        text.chars().map(wide).collect()
    }),
    ("Basic", |text| {
        BASE64_STANDARD.encode(format!("ada@example.com:{text}"))
    }),
    ("Base64", |text| BASE64_STANDARD.encode(text)),
    ("Base64 for URLs", |text| {
        BASE64_URL_SAFE_NO_PAD.encode(format!("a{text}"))
    }),
    ("Base64 of escapes", |text| {
        BASE64_STANDARD.encode(each(text, |c| format!("%{:02x}", u32::from(c))))
    }),
    ("Base64 twice", |text| {
        BASE64_STANDARD.encode(BASE64_STANDARD.encode(text))
    }),
    ("Base64 in percent", |text| {
        BASE64_STANDARD
            .encode(text)
            .replace('=', "%3D")
            .replace('A', "%41")
    }),
];

fn each(text: &str, encode: impl FnMut(char) -> String) -> String {
    text.chars().map(encode).collect()
}

#[test]
fn a_secret_is_hidden_in_every_encoding_whole_and_in_part() {
    hide(TOKEN);
    for (name, encode) in ENCODINGS {
        for part in [TOKEN, &TOKEN[..30], &TOKEN[20..]] {
            let text = encode(part);
            let masked = masked(&format!("It said {text} and more"));
            assert!(masked.contains(HIDDEN), "{name}: {masked}");
            // Nothing is left of it that is longer than a scrap.
            assert!(
                masked.len() < "It said  and more".len() + HIDDEN.len() + 40,
                "{name}: {masked}"
            );
            assert!(masked.starts_with("It said "), "{name}: {masked}");
        }
    }
}

#[test]
fn what_is_no_secret_stays_as_it_is() {
    hide(TOKEN);
    for text in [
        "",
        "Your credentials lack one or more required privilege scopes.",
        "https://git.example.com/rest/keys/1.0/projects/DATA/repos/analytics/ssh?start=25",
        "100% of 50%20of &amp; &#65; \\u0041 =41 0x41 1, 2, 3",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIazEu89wgQZ4bqs3d63QSMzYVa0MuJ2e2gKTKqu+UUO",
        "SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM",
        "ATATT is how an API token begins",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn escapes_without_end_are_hidden_as_a_whole() {
    hide(TOKEN);
    let nested = format!("see %{}41", "25".repeat(20));
    assert_eq!(masked(&nested), HIDDEN);
}

#[test]
fn a_secret_is_kept_once() {
    let count = || IN_USE.read().map(|in_use| in_use.len()).unwrap_or_default();
    hide("the-same-secret-of-this-test");
    let before = count();
    for _ in 0..3 {
        hide("the-same-secret-of-this-test");
    }
    // Other tests may have added theirs meanwhile.
    assert!(count() <= before + 4);
}

proptest! {
    #[test]
    fn any_text_is_masked_without_a_panic(text in ".{0,200}") {
        hide(TOKEN);
        masked(&text);
    }

    #[test]
    fn a_secret_anywhere_in_any_encoding_never_gets_through(
        secret in "[A-Za-z0-9_=+/-]{16,200}",
        before in "[ -~]{0,40}",
        after in "[ -~]{0,40}",
        which in 0..ENCODINGS.len(),
    ) {
        let letters = folded(secret.chars());
        prop_assume!(letters.len() >= 12);
        let (_, encode) = ENCODINGS[which];
        let text = format!("{before} {} {after}", encode(&secret));
        let masked = without(&[Secret::new(&secret)], &text);
        let left = masked.chars().count();
        prop_assert!(masked.contains(HIDDEN), "{text}");
        prop_assert!(left < before.len() + after.len() + HIDDEN.len() + 60, "{text}\n{masked}");
    }
}

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail this way"
)]

use base64::Engine as _;
use proptest::prelude::*;
use ssh_key::encoding::Encode as _;
use ssh_key::getrandom::SysRng;
use ssh_key::public::RsaPublicKey;
use ssh_key::rand_core::UnwrapErr;
use ssh_key::{Algorithm, EcdsaCurve, LineEnding, PrivateKey};

use super::control_key::control_key;
use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../tests/fixtures/keys/", $name))
    };
}

const ED25519: &str = fixture!("ed25519.pub");
const RSA: &str = fixture!("rsa2048.pub");
const LONG_RSA: &str = fixture!("rsa4096.pub");
const ECDSA: &str = fixture!("ec256.pub");
const GOOD: [&str; 6] = [
    ED25519,
    RSA,
    LONG_RSA,
    ECDSA,
    fixture!("ec384.pub"),
    fixture!("ec521.pub"),
];

/// Keys between marks, and the same keys on one line.
const BLOCKS: [(&str, &str); 8] = [
    (fixture!("ed25519.rfc4716"), ED25519),
    (fixture!("rsa2048.rfc4716"), RSA),
    (fixture!("ed25519.pem"), ED25519),
    (fixture!("rsa2048.pem"), RSA),
    (fixture!("rsa2048.pkcs1.pem"), RSA),
    (fixture!("ec256.pem"), ECDSA),
    (fixture!("ec384.pem"), GOOD[4]),
    (fixture!("ec521.pem"), GOOD[5]),
];

fn read(text: &str) -> AccessKey {
    AccessKey::read(text).unwrap_or_else(|refusal| panic!("{refusal:?} for {text:?}"))
}

fn refused(text: &str) -> Refusal {
    AccessKey::read(text).expect_err(text)
}

fn key_data(text: &str) -> KeyData {
    PublicKey::from_openssh(text).unwrap().key_data().clone()
}

/// The second field of the line.
fn base64_of(line: &str) -> &str {
    line.split(' ').nth(1).unwrap()
}

fn wrapped(line: &str, columns: usize, between: &str) -> String {
    let characters: Vec<char> = line.trim_end().chars().collect();
    let lines = characters.chunks(columns).map(String::from_iter);
    lines.collect::<Vec<_>>().join(between)
}

mod good_keys {
    use super::*;

    #[test]
    fn a_key_as_it_should_be_needs_no_repair() {
        for text in GOOD {
            let key = read(text);
            assert_eq!(key.public_key().key_data(), &key_data(text));
            assert_eq!(key.line(), text.trim_end());
            assert_eq!(key.repairs(), []);
        }
    }

    #[test]
    fn type_length_fingerprint_and_comment_are_told() {
        let key = read(ED25519);
        assert_eq!(key.algorithm(), "ssh-ed25519");
        assert_eq!(key.bits(), 256);
        assert_eq!(key.comment(), "Coalesce Quality");
        // As `ssh-keygen -lf` prints it.
        assert_eq!(
            read(RSA).fingerprint(),
            PublicKey::from_openssh(RSA)
                .unwrap()
                .fingerprint(HashAlg::Sha256)
                .to_string()
        );
        let bits: Vec<u32> = GOOD.iter().map(|text| read(text).bits()).collect();
        assert_eq!(bits, [256, 2048, 4096, 256, 384, 521]);
    }

    #[test]
    fn without_a_comment_the_line_ends_after_the_data() {
        let line = ED25519.rsplitn(3, ' ').last().unwrap();
        assert_eq!(read(line).line(), line);
        assert_eq!(read(line).comment(), "");
    }

    #[test]
    fn a_comment_can_not_control_a_terminal() {
        let text = ED25519.replace("Coalesce", "\x1b]0;owned\x07");
        assert_eq!(read(&text).comment(), "]0;owned Quality");
    }

    #[test]
    fn spaces_and_line_ends_around_it_are_no_repair() {
        for text in [
            format!("  \n\t{ED25519}\r\n\r\n  "),
            ED25519.replace(' ', "  "),
            format!("\u{feff}{ED25519}"),
        ] {
            assert_eq!(read(&text).line(), ED25519.trim_end());
            assert_eq!(read(&text).repairs(), []);
        }
    }
}

mod repairs {
    use super::*;

    fn assert_repaired(text: &str, original: &str, repairs: &[Repair]) {
        let key = read(text);
        assert_eq!(key.public_key().key_data(), &key_data(original), "{text}");
        assert_eq!(key.repairs(), repairs, "{text}");
    }

    #[test]
    fn every_repair_has_its_own_name_and_words() {
        for (index, repair) in Repair::ALL.iter().enumerate() {
            assert!(!repair.words().is_empty() && !repair.words().ends_with('.'));
            assert!(
                Repair::ALL[..index]
                    .iter()
                    .all(|other| other.id() != repair.id())
            );
        }
    }

    #[test]
    fn wrapped_lines_are_put_back_together() {
        for line in GOOD {
            for columns in [20, 64, 72, 79, 80] {
                // Where the comment is wrapped, too, its end is text around the key.
                let line = line
                    .rsplitn(if line == ED25519 { 3 } else { 2 }, ' ')
                    .last()
                    .unwrap();
                if line.len() <= columns {
                    continue;
                }
                let joined = [Repair::Joined(wrapped(line, columns, "\n").lines().count())];
                assert_repaired(&wrapped(line, columns, "\n"), line, &joined);
                assert_repaired(&wrapped(line, columns, "\r\n    "), line, &joined);
            }
        }
    }

    #[test]
    fn a_type_on_a_line_of_its_own_belongs_to_the_next() {
        assert_repaired(
            &ED25519.replacen(' ', "\n", 1),
            ED25519,
            &[Repair::Joined(2)],
        );
    }

    #[test]
    fn the_marks_of_an_e_mail_reply_are_taken_off() {
        let quoted = format!("> {}", wrapped(RSA, 72, "\n> > "));
        let lines = quoted.lines().count();
        assert_repaired(&quoted, RSA, &[Repair::ReplyMarks, Repair::Joined(lines)]);
    }

    #[test]
    fn invisible_characters_are_taken_out() {
        let text = format!("{}\u{200b}{}", &ED25519[..40], &ED25519[40..]).replace(' ', "\u{a0}");
        assert_repaired(&text, ED25519, &[Repair::InvisibleCharacters]);
        assert_eq!(read(&text).comment(), "Coalesce Quality");
    }

    #[test]
    fn text_around_the_key_is_left_out() {
        let line = ED25519.trim_end();
        for text in [
            format!("$ cat key.pub\n{line}\n$ "),
            format!("command=\"a b\",no-pty {line}"),
            format!("Hello,\nthis is the key:\n\n{line}\n\nBest,\nJo"),
            format!("restrict {line}"),
            format!("key: {line}"),
            format!("1. {line}"),
            format!("use ssh-rsa or ssh-ed25519 keys:\n{line}"),
        ] {
            assert_repaired(&text, ED25519, &[Repair::TextAround]);
            assert_eq!(read(&text).comment(), "Coalesce Quality", "{text}");
        }
    }

    #[test]
    fn quotation_marks_end_the_comment() {
        let line = ED25519.trim_end();
        for text in [
            format!("\"{line}\""),
            format!("“{line}”"),
            format!("{{\"publicKey\": \"{line}\\n\", \"id\": 3}}"),
            format!("key='{line}'"),
            format!("`{line}`"),
        ] {
            assert_repaired(&text, ED25519, &[Repair::TextAround]);
            assert_eq!(read(&text).line(), line);
        }
    }

    /// Forms in which people were seen to paste a key, or to which tools turn one.
    #[test]
    fn a_line_end_that_is_written_out_is_no_part_of_the_comment() {
        for end in ["\\n", "\\r\\n", "\\n,", "\\n;", " \\n", "\\n\n", "\\r\\n |"] {
            let text = format!("{}{end}", ED25519.trim());
            assert_eq!(read(&text).comment(), "Coalesce Quality", "{end:?}");
        }
        let inside = format!("{} of \\new", ED25519.trim());
        assert_eq!(read(&inside).comment(), "Coalesce Quality of \\new");
    }

    #[test]
    fn an_encoding_is_undone() {
        use base64::prelude::{BASE64_STANDARD, Engine as _};
        let data = base64_of(RSA);
        let comment = RSA.trim().rsplit(' ').next().unwrap();
        let percent = |text: &str| {
            let strict = percent_encoding::NON_ALPHANUMERIC;
            percent_encoding::utf8_percent_encode(text, strict).to_string()
        };
        let line = RSA.trim();
        let table = [
            (percent(line), Repair::PercentEncoding),
            (percent(&percent(line)), Repair::PercentEncoding),
            (percent(line).replace("%20", "+"), Repair::PercentEncoding),
            (
                format!("ssh-rsa {} {comment}", percent(data)),
                Repair::PercentEncoding,
            ),
            (
                line.replace('+', "&#43;").replace('/', "&#x2f;"),
                Repair::HtmlEntities,
            ),
            (
                line.replace('+', "&plus;").replace('=', "&equals;"),
                Repair::HtmlEntities,
            ),
            (line.replace(' ', "&nbsp;"), Repair::HtmlEntities),
            (wrapped(line, 70, "<wbr>"), Repair::HtmlEntities),
            (wrapped(line, 70, "<br />"), Repair::HtmlEntities),
            (wrapped(line, 70, "\\n"), Repair::WrittenOut),
            (wrapped(line, 70, "\\r\\n"), Repair::WrittenOut),
            (wrapped(line, 70, "\\\n"), Repair::WrittenOut),
            (line.replace('/', "\\/"), Repair::WrittenOut),
            (line.replace('+', "\\u002b"), Repair::WrittenOut),
            (line.replace('+', "\\x2B"), Repair::WrittenOut),
            (
                wrapped(&line.replace('=', "=3D"), 70, "=\n"),
                Repair::QuotedPrintable,
            ),
            (BASE64_STANDARD.encode(line), Repair::Base64),
            (
                wrapped(&BASE64_STANDARD.encode(RSA), 76, "\n"),
                Repair::Base64,
            ),
            (
                line.replace('+', "-")
                    .replace('/', "_")
                    .replace("ssh_rsa", "ssh-rsa"),
                Repair::UrlSafe,
            ),
            (line.replacen(' ', "", 1), Repair::Type),
            (line.replacen("ssh-rsa", "Ssh-rsa", 1), Repair::Type),
            (line.replacen("ssh-rsa", "SSH-RSA", 1), Repair::Type),
            (line.replacen("ssh-rsa", "ssh\u{2013}rsa", 1), Repair::Type),
            (
                wrapped(data, 64, " "),
                Repair::Joined(data.len().div_ceil(64)),
            ),
        ];
        for (text, repair) in table {
            let text = if text.starts_with("AAAA") {
                format!("ssh-rsa {text}")
            } else {
                text
            };
            let key = AccessKey::read(&text);
            let key = key.unwrap_or_else(|refusal| panic!("{refusal:?}: {text}"));
            assert_eq!(key.public_key().key_data(), &key_data(RSA), "{text}");
            assert!(
                key.repairs().contains(&repair),
                "{:?}: {text}",
                key.repairs()
            );
        }
    }

    #[test]
    fn an_encoded_key_that_is_cut_off_is_measured_as_it_is() {
        let line = RSA.trim();
        let encoded = line.replace('+', "%2B").replace('/', "%2F");
        let cut = &encoded[..encoded.len() / 2];
        let missing = refused(cut);
        let plain = percent_encoding::percent_decode_str(cut).decode_utf8_lossy();
        assert_eq!(missing.code, Code::KeyCutOff);
        assert_eq!(missing.detail, refused(&plain).detail);
    }

    #[test]
    fn what_follows_a_comment_is_no_part_of_it() {
        let bare = format!("ssh-rsa {}", base64_of(RSA));
        for (text, comment) in [
            (format!("{bare} ada@example.com,"), "ada@example.com"),
            (format!("{bare} ada@example.com;"), "ada@example.com"),
            (format!("| {bare} ada@example.com |"), "ada@example.com"),
            (
                format!("<key>{bare} ada@example.com</key>"),
                "ada@example.com",
            ),
            (format!("{bare} </b> is fine"), "</b> is fine"),
            (
                wrapped(&format!("{bare} ada@example.com"), 100, "\n"),
                "ada@example.com",
            ),
            (
                format!("{}\nada@example.com", wrapped(&bare, 100, "\n")),
                "ada@example.com",
            ),
        ] {
            let key = read(&text);
            assert_eq!(key.comment(), comment, "{text}");
        }
    }

    #[test]
    fn the_ssh2_form_becomes_one_line() {
        for (text, original) in &BLOCKS[..2] {
            assert_repaired(text, original, &[Repair::FromRfc4716]);
            assert_repaired(
                &text.replace('\n', "\r\n"),
                original,
                &[Repair::FromRfc4716],
            );
        }
        assert_eq!(
            read(fixture!("ed25519.rfc4716")).comment(),
            "256-bit ED25519, converted from OpenSSH"
        );
    }

    #[test]
    fn headers_of_the_ssh2_form_may_go_on_in_the_next_line() {
        let data = base64_of(ED25519);
        let text = format!(
            "---- BEGIN SSH2 PUBLIC KEY ----\nx-note: AAAA\\\nBBBB\nComment: \"Coalesce \\\nQuality\"\n{data}\n---- END SSH2 PUBLIC KEY ----"
        );
        for line_end in ["\n", "\r\n", "\r\r\n"] {
            let text = text.replace('\n', line_end);
            assert_repaired(&text, ED25519, &[Repair::FromRfc4716]);
            assert_eq!(read(&text).comment(), "Coalesce Quality");
        }
    }

    #[test]
    fn the_pem_form_becomes_one_line() {
        for (text, original) in &BLOCKS[2..] {
            assert_repaired(text, original, &[Repair::FromPem]);
            assert_repaired(&text.replace('\n', " "), original, &[Repair::FromPem]);
            let around = format!("Here it is:\n{text}");
            assert_repaired(&around, original, &[Repair::FromPem, Repair::TextAround]);
        }
    }

    #[test]
    fn lost_padding_is_put_back() {
        assert!(base64_of(ECDSA).ends_with('='));
        assert_repaired(&ECDSA.replace('=', ""), ECDSA, &[Repair::Padding]);
        assert_repaired(&ECDSA.replace('=', "=="), ECDSA, &[Repair::Padding]);
        assert_eq!(read(&ECDSA.replace('=', "")).line(), ECDSA.trim_end());
    }

    #[test]
    fn the_same_key_twice_is_one_key() {
        let text = format!("{RSA}{RSA}");
        assert_repaired(&text, RSA, &[Repair::TextAround, Repair::Repeated]);
        let text = format!("{}{RSA}", fixture!("rsa2048.pem"));
        assert_repaired(&text, RSA, &[Repair::FromPem, Repair::Repeated]);
    }

    #[test]
    fn a_comment_ends_where_the_next_key_begins() {
        for key in [RSA, ED25519] {
            let bare = read(key).bare_line();
            let both = read(&format!("{bare} laptop {key}"));
            assert_eq!(both.comment(), "laptop");
            assert_eq!(both.repairs(), [Repair::Repeated]);
        }
        let named = format!(
            "{} about ssh-rsa and ssh-ed25519",
            read(ED25519).bare_line()
        );
        assert_eq!(read(&named).comment(), "about ssh-rsa and ssh-ed25519");
    }

    #[test]
    fn utf_16_is_read() {
        for (mark, bytes) in [
            (true, u16::to_le_bytes as fn(u16) -> [u8; 2]),
            (true, u16::to_be_bytes),
            (false, u16::to_le_bytes),
            (false, u16::to_be_bytes),
        ] {
            let text = format!("{}{ED25519}", if mark { "\u{feff}" } else { "" });
            let file: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
            let key = AccessKey::read_bytes(&file).unwrap();
            assert_eq!(key.line(), ED25519.trim_end());
            assert_eq!(key.repairs(), [Repair::Utf16]);
        }
    }

    #[test]
    fn a_comment_in_an_old_code_page_does_not_matter() {
        let mut file = base64_of(ED25519).to_owned().into_bytes();
        file.splice(0..0, *b"ssh-ed25519 ");
        file.extend_from_slice(b" J\xfcrgen@pc\r\n");
        let key = AccessKey::read_bytes(&file).unwrap();
        assert_eq!(key.comment(), "J\u{fffd}rgen@pc");
    }
}

mod refusals {
    use super::*;

    fn assert_refused(text: &str, code: Code, detail: &str) {
        let refusal = refused(text);
        assert_eq!(refusal.code, code, "{text:?}");
        let found = refusal.detail.unwrap_or_default();
        assert!(found.contains(detail), "{found:?} for {text:?}");
    }

    #[test]
    fn nothing() {
        for text in ["", " \n\t\r\n", "\u{feff}", "\u{200b}"] {
            assert_refused(text, Code::KeyEmpty, "");
        }
    }

    #[test]
    fn cut_off() {
        assert_refused(&ED25519[..79], Code::KeyCutOff, "Missing: 1 of the 68");
        assert_refused(&ED25519[..40], Code::KeyCutOff, "Missing: 40 of the 68");
        assert_refused(&RSA[..30], Code::KeyCutOff, "Missing: at least");
        assert_refused("ssh-ed25519", Code::KeyCutOff, "begins with AAAA");
        assert_refused("ssh-ed25519 \n", Code::KeyCutOff, "begins with AAAA");
        assert_refused(&base64_of(ED25519)[..50], Code::KeyCutOff, "Missing");
        assert_refused(&base64_of(ED25519)[5..], Code::KeyCutOff, "beginning");
        assert_refused(
            &format!("{} user@host", &ED25519[..60]),
            Code::KeyCutOff,
            "",
        );
        let pem = fixture!("rsa2048.pem");
        assert_refused(&pem[..200], Code::KeyCutOff, "ends too early");
        let rfc4716 = fixture!("rsa2048.rfc4716");
        assert_refused(&rfc4716[..300], Code::KeyCutOff, "Missing");
    }

    #[test]
    fn a_comment_is_never_taken_for_the_end_of_a_cut_key() {
        // "coalesce" has exactly the length of what is missing, and only characters of base64.
        for between in [" ", "\n"] {
            let text = format!("{}{between}coalesce", &ED25519[..72]);
            assert_refused(&text, Code::KeyCutOff, "");
        }
        let spaced = format!("{} {}", &ED25519[..60], &ED25519[60..]);
        assert_refused(&spaced, Code::KeyCutOff, "a space in the middle");
    }

    #[test]
    fn type_missing() {
        for line in GOOD {
            let whole = line
                .rsplitn(if line == ED25519 { 3 } else { 2 }, ' ')
                .last()
                .unwrap();
            assert_refused(base64_of(line), Code::KeyPrefixMissing, whole);
            assert_refused(&whole[5..], Code::KeyPrefixMissing, whole);
            assert_refused(
                &wrapped(base64_of(line), 60, "\n"),
                Code::KeyPrefixMissing,
                whole,
            );
        }
    }

    #[test]
    fn unsupported() {
        let security_key = "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIM+jN8tzuHvpYSJEfrB1xPm4MPrHHaEtFDLYeFRn2a4pAAAABHNzaDo= yubikey";
        for (text, detail) in [
            (fixture!("dsa.pub"), "DSA"),
            (base64_of(fixture!("dsa.pub")), "DSA"),
            (fixture!("ed25519-cert.pub"), "certificate"),
            (security_key, "security key"),
            (base64_of(security_key), "security key"),
            (
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
                "X.509",
            ),
            (
                "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQIN\n-----END PGP PUBLIC KEY BLOCK-----",
                "PGP",
            ),
            // X25519, from RFC 8410 §10.
            (
                "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----",
                "not used in SSH",
            ),
        ] {
            assert_refused(text, Code::KeyUnsupported, detail);
        }
    }

    #[test]
    fn too_short_or_absurdly_long() {
        assert_refused(fixture!("rsa1024.pub"), Code::KeyTooShort, "1024 bits");
        assert_refused(
            base64_of(fixture!("rsa1024.pub")),
            Code::KeyTooShort,
            "1024 bits",
        );
        assert_refused(&rsa_line(2047), Code::KeyTooShort, "2047 bits");
        assert_eq!(read(&rsa_line(16_384)).bits(), 16_384);
        assert_refused(&rsa_line(16_385), Code::KeyUnsupported, "16385 bits");
    }

    /// A well-formed RSA key of this length.
    fn rsa_line(bits: u32) -> String {
        let mut modulus = vec![0xff_u8; bits.div_ceil(8) as usize];
        modulus[0] >>= bits.next_multiple_of(8) - bits;
        let number = ssh_key::Mpint::from_positive_bytes;
        let key = RsaPublicKey::new(number(&[1, 0, 1]), number(&modulus)).unwrap();
        wire::line(&KeyData::Rsa(key), "")
    }

    #[test]
    fn several() {
        assert_refused(&format!("{ED25519}{RSA}"), Code::KeySeveral, "2 keys");
        assert_refused(
            &format!("{} {RSA}", ED25519.trim_end()),
            Code::KeySeveral,
            "2 keys",
        );
        assert_refused(
            &format!("{RSA}{}", fixture!("ec256.pem")),
            Code::KeySeveral,
            "2 keys",
        );
        assert_refused(
            &format!("{ED25519}{}", &RSA[..90]),
            Code::KeySeveral,
            "2 keys",
        );
    }

    #[test]
    fn not_a_key() {
        for (text, detail) in [
            ("hello", ""),
            (
                "SHA256:voNIiiVQT0voNIiiVQT0voNIiiVQT0voNIiiVQT0abc",
                "fingerprint",
            ),
            ("256 SHA256:voNIiiVQT0 you@host (ED25519)", "fingerprint"),
            (
                "MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48",
                "fingerprint",
            ),
            ("+--[ED25519 256]--+\n|  o.   |", "picture"),
            ("id_ed25519.pub", "name of a file"),
            ("~/.ssh/id_rsa.pub", "name of a file"),
            ("C:\\Users\\jo\\.ssh\\id_rsa.pub", "name of a file"),
            ("https://app.synq.io/settings", "address"),
            ("git@ssh.bitbucket.org:acme/analytics.git", "address"),
            ("cat ~/.ssh/id_rsa.pub", "command"),
            (
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKx\"}",
                "JSON Web Key",
            ),
            (
                "-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----",
                "not of a public key",
            ),
            (
                "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----",
                "ends too early",
            ),
        ] {
            let code = refused(text).code;
            assert!(matches!(code, Code::KeyNotAKey | Code::KeyCutOff), "{text}");
            assert_refused(text, code, detail);
        }
    }

    #[test]
    fn a_line_that_contradicts_itself() {
        assert_refused(
            &ED25519.replacen("ssh-ed25519", "ssh-rsa", 1),
            Code::KeyNotAKey,
            "says ssh-rsa",
        );
        let glued = ED25519.replacen(" Coalesce", "Coalesce", 1);
        assert_refused(&glued, Code::KeyNotAKey, "added at the end");
    }

    #[test]
    fn a_servers_key() {
        for host in [
            "bitbucket.org",
            "[git.example.com]:7999",
            "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=",
            "git.example.com,192.0.2.7",
            "@revoked *.example.com",
        ] {
            assert_refused(
                &format!("{host} {ED25519}"),
                Code::KeyNotAKey,
                "known_hosts",
            );
        }
    }

    #[test]
    fn an_ed25519_key_of_the_wrong_length() {
        let mut bytes = key_data(ED25519).encode_vec().unwrap();
        bytes[18] = 31;
        bytes.pop();
        let base64 = base64::prelude::BASE64_STANDARD.encode(&bytes);
        assert_refused(
            &format!("ssh-ed25519 {base64}"),
            Code::KeyNotAKey,
            "makes no sense",
        );
    }

    #[test]
    fn bytes_that_are_no_text() {
        let refusal =
            AccessKey::read_bytes(&[0x89, 0x50, 0x4e, 0x47, 0xff, 0x00, 0xd8]).unwrap_err();
        assert_eq!(
            refusal,
            Refusal::because(Code::KeyNotAKey, "It is not text.")
        );
    }

    #[test]
    fn a_megabyte_is_refused_quickly() {
        for text in [
            "A".repeat(1 << 20),
            "AAAA\n".repeat(200_000),
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAgAA\n".repeat(30_000),
            "PRIVATEKEY".repeat(100_000),
            "-----BEGIN ".repeat(100_000),
        ] {
            let begun = std::time::Instant::now();
            assert_ne!(refused(&text).code, Code::KeyEmpty);
            // Generous: this runs unoptimised, beside other tests.
            assert!(begun.elapsed().as_secs() < 5, "{}", &text[..20]);
        }
    }

    #[test]
    fn within_the_limit_hostile_text_is_refused_quickly() {
        for piece in [
            "A\n",
            "AAAA\n",
            "AAAAB3NzaC1yc2EAAAADAQABAAAgAA\n",
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAgAA\n",
            "-----BEGIN ",
            "-----BEGIN PUBLIC KEY-----",
            "---- ",
        ] {
            let text = piece.repeat(LONGEST_TEXT / piece.len());
            let begun = std::time::Instant::now();
            refused(&text);
            assert!(begun.elapsed().as_secs() < 2, "{piece}");
        }
    }
}

mod private_keys {
    use super::*;

    /// A key made for this run only.
    fn fresh() -> PrivateKey {
        PrivateKey::random(&mut UnwrapErr(SysRng), Algorithm::Ed25519).unwrap()
    }

    fn openssh() -> String {
        fresh().to_openssh(LineEnding::LF).unwrap().to_string()
    }

    /// PKCS#8, PKCS#1, SEC 1, PKCS#12 and encrypted PKCS#8 have these outer structures.
    const BODIES: [&[u8]; 5] = [
        &[
            0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70,
        ],
        &[
            0x30, 0x82, 0x04, 0xa3, 0x02, 0x01, 0x00, 0x02, 0x82, 0x01, 0x01, 0x00,
        ],
        &[
            0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20, 0x01, 0x02, 0x03, 0x04, 0x05,
        ],
        &[
            0x30, 0x82, 0x0a, 0x30, 0x02, 0x01, 0x03, 0x30, 0x82, 0x09, 0xf6, 0x06,
        ],
        &[
            0x30, 0x81, 0x9b, 0x30, 0x57, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
            0x05, 0x0d, 0x30, 0x4a,
        ],
    ];

    fn encoded(bytes: &[u8]) -> String {
        base64::prelude::BASE64_STANDARD.encode(bytes)
    }

    fn specimens() -> Vec<String> {
        let openssh = openssh();
        let body = openssh
            .lines()
            .skip(1)
            .take(3)
            .collect::<Vec<_>>()
            .join("\n");
        let mut specimens = vec![
            format!("{ED25519}\n{openssh}"),
            openssh.replace('\n', "\r\n"),
            openssh.replace('\n', " "),
            openssh.replace('\n', "\\n"),
            format!("> {}", openssh.replace('\n', "\n> ")),
            openssh.replace("-----", "\u{2014}\u{2014}"),
            openssh.replace("PRIVATE", "PRI\nVATE"),
            openssh.replace("PRIVATE", "PRI\u{200b}VATE"),
            encoded(openssh.as_bytes()),
            openssh[..openssh.len() / 2].to_owned(),
            openssh[openssh.len() / 2..].to_owned(),
            "-----BEGIN OPENSSH PRIVATE KEY".to_owned(),
            "RIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAA".to_owned(),
            "-----END RSA PRIVATE KEY-----".to_owned(),
            body,
            openssh,
            "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none".to_owned(),
            // A sign that only shows once the line end is undone, behind what alone would be refused as another kind.
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nPuTTY-User-Key-File\\n-3: ssh-ed25519"
                .to_owned(),
            "Private-Lines: 1\nAAAA\nPrivate-MAC: 00".to_owned(),
            "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56wAAA".to_owned(),
            "-----BEGIN PGP PRIVATE KEY BLOCK-----".to_owned(),
            "AGE-SECRET-KEY-1QQQQ".to_owned(),
            "{\"kty\": \"OKP\", \"x\": \"11qY\", \"d\": \"nWGx\"}".to_owned(),
        ];
        for kind in ["", "RSA ", "EC ", "DSA ", "ENCRYPTED "] {
            specimens.push(format!("-----BEGIN {kind}PRIVATE KEY-----\nMIIE"));
        }
        specimens.extend(BODIES.map(encoded));
        specimens
    }

    #[test]
    fn every_form_is_refused_without_a_word_of_it() {
        for specimen in specimens() {
            assert_eq!(
                refused(&specimen),
                Refusal::plain(Code::KeyPrivate),
                "{specimen}"
            );
            let bytes = AccessKey::read_bytes(specimen.as_bytes());
            assert_eq!(bytes, Err(Refusal::plain(Code::KeyPrivate)));
        }
    }

    #[test]
    fn binary_private_keys_are_recognised() {
        for body in BODIES
            .into_iter()
            .chain([&b"\x00\xffopenssh-key-v1\0\0\0\0\x04none"[..]])
        {
            let mut file = body.to_vec();
            file.push(0xff);
            assert_eq!(
                AccessKey::read_bytes(&file),
                Err(Refusal::plain(Code::KeyPrivate))
            );
        }
        let utf16: Vec<u8> = openssh()
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(
            AccessKey::read_bytes(&utf16),
            Err(Refusal::plain(Code::KeyPrivate))
        );
    }

    #[test]
    fn a_public_key_that_only_talks_of_private_keys_is_fine() {
        for comment in ["my private key", "PRIVATE KEY", "begin private key"] {
            let text = ED25519.replace("Coalesce Quality", comment);
            assert_eq!(read(&text).comment(), comment);
        }
    }

    #[test]
    fn taking_over_gives_the_same_answers() {
        let text = Zeroizing::new(openssh());
        assert_eq!(
            AccessKey::take_in(text),
            Err(Refusal::plain(Code::KeyPrivate))
        );
        let bytes = Zeroizing::new(ED25519.as_bytes().to_vec());
        assert_eq!(
            AccessKey::take_in_bytes(bytes).unwrap().line(),
            ED25519.trim_end()
        );
    }

    #[test]
    fn cut_anywhere_its_secret_never_shows() {
        let whole = openssh();
        for end in 0..whole.len() {
            for part in [&whole[..end], &whole[end..]] {
                let said = format!("{:?}", AccessKey::read(part));
                assert!(said.starts_with("Err"), "{said}");
                for line in whole.lines().filter(|line| !line.starts_with("--")) {
                    assert!(!said.contains(&line[..line.len().min(12)]), "{said}");
                }
            }
        }
    }
}

mod control_keys {
    use super::*;

    #[test]
    fn it_is_like_the_real_one_and_never_the_same() {
        for text in GOOD {
            let real = read(text);
            let control = control_key(&real, &mut UnwrapErr(SysRng)).unwrap();
            assert_eq!(control.algorithm(), real.public_key().algorithm());
            assert_eq!(bits(control.key_data()), real.bits());
            assert_ne!(control.key_data(), real.public_key().key_data());
            // It goes through the same intake as any key.
            let again = read(&control.to_openssh().unwrap());
            assert_eq!(again.public_key().key_data(), control.key_data());
        }
    }

    /// Servers refuse RSA keys with an even modulus or an unusual exponent whoever they belong to (Go's library does), and
    /// then the refusal would say nothing. Often enough that chance alone never gets through.
    #[test]
    fn one_of_rsa_is_an_ordinary_key() {
        for text in [RSA, LONG_RSA] {
            for _ in 0..40 {
                let control = control_key(&read(text), &mut UnwrapErr(SysRng)).unwrap();
                let ssh_key::public::KeyData::Rsa(rsa) = control.key_data() else {
                    panic!("{control:?}");
                };
                let modulus = rsa.n().as_positive_bytes().unwrap();
                assert_eq!(modulus.last().map(|byte| byte & 1), Some(1));
                assert_eq!(rsa.e().as_positive_bytes(), Some(&[1, 0, 1][..]));
            }
        }
    }
}

/// Keys made for this run only, besides the fixtures.
fn any_key() -> impl Strategy<Value = String> {
    let fresh = |algorithm: Algorithm| {
        let key = PrivateKey::random(&mut UnwrapErr(SysRng), algorithm).unwrap();
        key.public_key().to_openssh().unwrap()
    };
    let curve = EcdsaCurve::NistP256;
    prop_oneof![
        proptest::sample::select(&GOOD[..]).prop_map(|line| line.trim_end().to_owned()),
        Just(()).prop_map(move |()| fresh(Algorithm::Ed25519)),
        Just(()).prop_map(move |()| fresh(Algorithm::Ecdsa { curve })),
    ]
}

#[test]
fn a_saved_line_is_read_strictly() {
    let line = read(ED25519).line();
    let bare = read(ED25519).bare_line();
    for odd in [
        "",
        "laptop",
        "a \"quoted\" name",
        "ssh-rsa AAAAB3Nza",
        "Jürgen 🔑",
        "  two  spaces",
    ] {
        let line = format!("{bare} {odd}");
        let key = AccessKey::from_line(line.trim_end()).unwrap_or_else(|| panic!("{line}"));
        assert!(key.is_same_key(&read(ED25519)), "{line}");
    }
    let (name, base64) = bare.split_once(' ').unwrap();
    for no_line in [
        String::new(),
        base64.to_owned(),
        format!("ssh-rsa {base64}"),
        format!(" {bare}"),
        format!("{name}  {base64}"),
        format!("{name}\t{base64}"),
        format!("{name} {}", &base64[..base64.len() - 4]),
        format!("{name} {base64}AAAA"),
        format!("{bare}\n"),
        format!("{bare} laptop\r\n{bare}"),
        format!("> {line}"),
        format!("\"{line}\""),
        fixture!("ed25519.pem").to_owned(),
    ] {
        assert_eq!(AccessKey::from_line(&no_line), None, "{no_line:?}");
    }
}

/// What may stand behind a key: words, keys and parts of them, marks of private keys, spaces, quotation marks, invisible and foreign
/// characters.
fn any_comment() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        ".{0,12}",
        any_key().prop_map(|line| format!(" {line} ")),
        (any_key(), 0usize..400).prop_map(|(line, end)| line.chars().take(end).collect::<String>()),
        Just(" MIIEvQIBADANBgkqhkiG9w0BAQEFAASC!".to_owned()),
        Just("-----BEGIN".to_owned()),
        "[ \t\"'`“”]{1,3}",
        "[a-z]{0,220}",
        proptest::sample::select(vec![
            "\u{200b}",
            "\u{202e}",
            "\u{feff}",
            "\u{e0041}",
            "…",
            "\\n",
            "ssh-rsa",
            " ssh-ed25519 "
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_is_accepted_is_written_as_a_line_that_reads_back(
        line in any_key(), before in "(\"|> |from=\"x\" |[a-z]{0,5}: )?", comment in any_comment()
    ) {
        let bare = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
        for text in [format!("{before}{bare} {comment}"), format!("{before}{bare} {comment}\n{line}")] {
            if let Ok(key) = AccessKey::read(&text) {
                let again = AccessKey::from_line(&key.line());
                prop_assert_eq!(again, Some(key.without_repairs()), "{}", text);
            }
        }
    }

    #[test]
    fn any_text_is_answered(text in "\\PC*|(.|\n)*") {
        let _ = AccessKey::read(&text);
    }

    #[test]
    fn the_short_way_finds_what_the_search_finds(line in any_key(), comment in "[ a-zA-Z0-9@._:/-]{0,40}") {
        let words: Vec<&str> = line.split(' ').take(2).collect();
        for text in [line.clone(), format!("{} {comment}", words.join(" ")), words.join(" ")] {
            if let Some(key) = AccessKey::of_clean_line(&text) {
                prop_assert_eq!(AccessKey::search(&text), Ok(key));
            }
        }
        let clean = AccessKey::search(&words.join(" ")).map(|key| key.line());
        if let Ok(clean) = clean {
            prop_assert!(AccessKey::of_clean_line(&clean).is_some(), "{}", clean);
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = AccessKey::read_bytes(&bytes);
    }

    #[test]
    fn any_wire_form_is_answered(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let mut blob = vec![0, 0, 0, 11];
        blob.extend_from_slice(b"ssh-ed25519");
        blob.extend_from_slice(&bytes);
        let _ = wire::extent(&blob);
        let _ = wire::judge(&blob);
        let _ = pem::read_spki(&bytes);
    }

    #[test]
    fn a_disguise_does_not_change_the_key(
        line in any_key(),
        columns in 30usize..100,
        indent in "[ \t]{0,8}",
        reply in proptest::bool::ANY,
        before in "([a-z]{1,8}[:,]\n)?",
        end in "\r?\n",
    ) {
        let expected = key_data(&line);
        let data_only = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
        let mark = if reply { "> " } else { "" };
        // A break inside the name of the type leaves no type to read.
        let columns = columns.max(30);
        let text = format!("{before}{mark}{indent}{}{end}", wrapped(&data_only, columns, &format!("{end}{mark}{indent}")));
        match AccessKey::read(&text) {
            Ok(key) => prop_assert_eq!(key.public_key().key_data(), &expected),
            // A last piece that reads like a word may be refused; it must not be misread.
            Err(refusal) => prop_assert_eq!(refusal.code, Code::KeyCutOff),
        }
    }

    #[test]
    fn a_cut_key_is_never_another_key(
        line in any_key(),
        from in 0usize..900,
        to in 0usize..900,
        glue in proptest::sample::select(&["", " ", "\n"][..]),
    ) {
        let expected = key_data(&line);
        let (from, to) = (from.min(to).min(line.len()), from.max(to).min(line.len()));
        for text in [&line[from..to], &line[..from], &line[to..], &format!("{}{glue}{}", &line[..from], &line[to..])] {
            if let Ok(key) = AccessKey::read(text) {
                prop_assert_eq!(key.public_key().key_data(), &expected);
            }
        }
    }

    #[test]
    fn a_cut_block_is_never_another_key(
        (text, line) in proptest::sample::select(&BLOCKS[..]),
        from in 0usize..900,
        to in 0usize..900,
    ) {
        let (from, to) = (from.min(to).min(text.len()), from.max(to).min(text.len()));
        for part in [&text[from..to], &text[..from], &format!("{}{}", &text[..from], &text[to..])] {
            if let Ok(key) = AccessKey::read(part) {
                prop_assert_eq!(key.public_key().key_data(), &key_data(line));
            }
        }
    }

    #[test]
    fn the_clean_line_reads_back_as_it_is(line in any_key(), comment in ".{0,60}") {
        let key = read(&format!("{} {comment}", line.split(' ').take(2).collect::<Vec<_>>().join(" ")));
        let again = read(&key.line());
        prop_assert!(again.is_same_key(&key));
        prop_assert_eq!(again.line(), key.line());
    }
}

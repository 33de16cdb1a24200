//! `doorkey key`: inspecting a public key.

use clap::Args;
use serde::Serialize;

use super::answer::{Answer, explain};
use super::error_form::ErrorForm;
use super::sheet::{Sheet, Tone};
use super::{Exit, key_source};
use crate::access_key::{AccessKey, Refusal, Repair};

/// Inspect a public key: type, bits, fingerprint, and what is wrong with it
///
/// Takes a key in any form: one line, wrapped, SSH2 (RFC 4716) or PEM. Prints the clean line that Bitbucket takes. Refuses a private
/// key, never shows it, and wipes its own copy.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file that holds the key; - reads standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// Print one JSON object, also for a key that can't be used
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match key_source::read(&arguments.file) {
        Ok(reading) => answer(&reading, arguments.json).print(),
        Err(why) => ErrorForm::of(arguments.json).refuse(why),
    }
}

fn answer(reading: &Result<AccessKey, Refusal>, json: bool) -> Answer {
    let exit = match reading {
        Ok(_) => Exit::Done,
        Err(_) => Exit::BadInput,
    };
    let (output, message) = match reading {
        _ if json => (as_json(reading), String::new()),
        Ok(key) => (table(Sheet::stdout(), key), String::new()),
        Err(refusal) => (String::new(), refusal_message(refusal)),
    };
    Answer {
        output,
        message,
        exit,
    }
}

/// What is wrong and what to do about it.
pub(super) fn refusal_message(refusal: &Refusal) -> String {
    let Refusal { code, detail } = refusal;
    let lines = [Some(code.meaning()), detail.as_deref(), Some(code.remedy())];
    explain(*code, lines.into_iter().flatten())
}

fn table(sheet: Sheet, key: &AccessKey) -> String {
    let mut rows = vec![
        ("type", key.algorithm()),
        ("bits", key.bits().to_string()),
        ("fingerprint", key.fingerprint()),
        ("comment", key.comment().to_owned()),
    ];
    let repairs = key.repairs().iter();
    rows.extend(repairs.map(|repair| ("repaired", repair.words())));
    rows.push(("key", key.line()));
    let rows = rows.iter().filter(|(_, value)| !value.is_empty());
    rows.map(|(name, value)| sheet.hanging(Tone::Dim, &format!("{name:<13}"), value))
        .collect()
}

#[derive(Serialize)]
struct Json<'a> {
    algorithm: Option<String>,
    bits: Option<u32>,
    fingerprint: Option<String>,
    comment: Option<&'a str>,
    line: Option<String>,
    repairs: Vec<JsonRepair>,
    code: Option<&'static str>,
    title: Option<&'static str>,
    detail: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonRepair {
    id: &'static str,
    words: String,
}

impl From<&Repair> for JsonRepair {
    fn from(repair: &Repair) -> Self {
        Self {
            id: repair.id(),
            words: repair.words(),
        }
    }
}

fn as_json(reading: &Result<AccessKey, Refusal>) -> String {
    let key = reading.as_ref().ok();
    let refusal = reading.as_ref().err();
    let json = Json {
        algorithm: key.map(AccessKey::algorithm),
        bits: key.map(AccessKey::bits),
        fingerprint: key.map(AccessKey::fingerprint),
        comment: key.map(AccessKey::comment),
        line: key.map(AccessKey::line),
        repairs: key
            .map(|key| key.repairs().iter().map(JsonRepair::from).collect())
            .unwrap_or_default(),
        code: refusal.map(|refusal| refusal.code.id()),
        title: refusal.map(|refusal| refusal.code.title()),
        detail: refusal.and_then(|refusal| refusal.detail.as_deref()),
    };
    // Serialising a plain struct of strings and numbers can't fail.
    serde_json::to_string(&json).unwrap_or_default() + "\n"
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use super::*;
    use insta::assert_snapshot;

    const ED25519: &str = include_str!("../../tests/fixtures/keys/ed25519.pub");
    const PEM: &str = include_str!("../../tests/fixtures/keys/ed25519.pem");

    fn ask(text: &str) -> Answer {
        answer(&AccessKey::read(text), false)
    }

    #[test]
    fn a_good_key_is_described_and_printed_clean() {
        let answer = ask(ED25519);
        assert_snapshot!(answer.output, @r"
        type         ssh-ed25519
        bits         256
        fingerprint  SHA256:jjexXTJR8rajVnn8w1iDRCEkyRA7LmR7Co96aW8dwWY
        comment      Coalesce Quality
        key          ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINunPPbw66xJorWIHTSRSx9p3FuX2xdPJIAsIvcGz8uC Coalesce Quality
        ");
        assert_eq!((answer.message.as_str(), answer.exit), ("", Exit::Done));
    }

    #[test]
    fn repairs_are_told_and_an_empty_comment_is_not() {
        assert_snapshot!(ask(PEM).output, @r"
        type         ssh-ed25519
        bits         256
        fingerprint  SHA256:jjexXTJR8rajVnn8w1iDRCEkyRA7LmR7Co96aW8dwWY
        repaired     turned the PEM form into the one-line form
        key          ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINunPPbw66xJorWIHTSRSx9p3FuX2xdPJIAsIvcGz8uC
        ");
    }

    #[test]
    fn a_refusal_goes_to_standard_error_with_its_code() {
        let answer = ask(&ED25519[..60]);
        assert_eq!((answer.output.as_str(), answer.exit), ("", Exit::BadInput));
        assert_snapshot!(answer.message, @r"
        key.cut_off: The key is incomplete
          Part of it is missing, most often the end of a long line.
          Missing: 20 of the 68 characters after the type.
          Copy it again with the copy button in Coalesce Quality.
        ");
    }

    #[test]
    fn json_has_the_same_fields_either_way() {
        let json = |text| answer(&AccessKey::read(text), true).output;
        assert_snapshot!(json(PEM), @r#"{"algorithm":"ssh-ed25519","bits":256,"fingerprint":"SHA256:jjexXTJR8rajVnn8w1iDRCEkyRA7LmR7Co96aW8dwWY","comment":"","line":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINunPPbw66xJorWIHTSRSx9p3FuX2xdPJIAsIvcGz8uC","repairs":[{"id":"from_pem","words":"turned the PEM form into the one-line form"}],"code":null,"title":null,"detail":null}"#);
        assert_snapshot!(json(""), @r#"{"algorithm":null,"bits":null,"fingerprint":null,"comment":null,"line":null,"repairs":[],"code":"key.empty","title":"No key yet","detail":null}"#);
    }

    #[test]
    fn nothing_of_a_private_key_is_printed() {
        let text = "-----BEGIN RSA PRIVATE KEY-----\nMIIEsecretsecret\n";
        for json in [false, true] {
            let answer = answer(&AccessKey::read(text), json);
            assert!(
                answer.message.contains("key.private") || answer.output.contains("key.private")
            );
            assert!(!answer.message.contains("MIIE") && !answer.output.contains("MIIE"));
        }
    }
}

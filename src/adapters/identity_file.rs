//! Reading a file that holds somebody's private key, locked with a passphrase or not. What is read is wiped.

use std::path::Path;

use russh::keys::decode_secret_key;
use ssh_key::PrivateKey;
use zeroize::Zeroizing;

use super::key_file;
use crate::check::NotOpened;
use crate::text::harmless;

/// As much of a file's name as is shown, in characters.
const LONGEST_FILE_NAME: usize = 200;

/// A file with a private key, as it was read.
pub struct IdentityFile {
    name: String,
    text: Zeroizing<String>,
    form: Form,
}

/// How a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// OpenSSH's own form.
    OpenSsh,
    /// PEM as of OpenSSL: PKCS#1, PKCS#8, SEC 1.
    Pem {
        /// Whether a passphrase is needed.
        is_locked: bool,
    },
}

impl IdentityFile {
    /// Reads a file. Fails with a sentence if it holds no private key that can be used.
    pub fn read(path: &Path) -> Result<Self, String> {
        let name = harmless(&path.to_string_lossy(), LONGEST_FILE_NAME);
        let bytes = key_file::read_whole_key(path)?;
        let why_not = |why: &str| Err(format!("{name} {why}"));
        // Kept forms are text; what is none is told below.
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => Zeroizing::new(text.trim().to_owned()),
            Err(_) => return why_not("holds no private key in OpenSSH's form or in PEM"),
        };
        let form = match form(&text) {
            Ok(form) => form,
            Err(why) => return why_not(why),
        };
        Ok(Self { name, text, form })
    }

    /// The file's name, harmless.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key, opened with a passphrase where it needs one.
    pub fn open(&self, passphrase: Option<&str>) -> Result<PrivateKey, NotOpened> {
        match self.form {
            Form::OpenSsh => self.open_openssh(passphrase),
            Form::Pem { is_locked } => self.open_pem(is_locked, passphrase),
        }
    }

    fn open_openssh(&self, passphrase: Option<&str>) -> Result<PrivateKey, NotOpened> {
        let key = PrivateKey::from_openssh(self.text.as_str()).map_err(|_| self.damaged())?;
        match (key.is_encrypted(), passphrase) {
            (false, _) => Ok(key),
            (true, None) => Err(NotOpened::Locked),
            (true, Some(passphrase)) => key.decrypt(passphrase).map_err(|error| match error {
                ssh_key::Error::Crypto => NotOpened::WrongPassphrase,
                _ => self.damaged(),
            }),
        }
    }

    /// PEM does not show whether the passphrase is wrong or the file is damaged; the passphrase is likelier.
    fn open_pem(&self, is_locked: bool, passphrase: Option<&str>) -> Result<PrivateKey, NotOpened> {
        match (is_locked, passphrase) {
            (true, None) => Err(NotOpened::Locked),
            (true, passphrase) => {
                decode_secret_key(&self.text, passphrase).map_err(|_| NotOpened::WrongPassphrase)
            }
            (false, _) => decode_secret_key(&self.text, None).map_err(|_| self.damaged()),
        }
    }

    fn damaged(&self) -> NotOpened {
        NotOpened::Unusable(format!(
            "{} holds a private key that is damaged, or of a type that doorkey does not know",
            self.name
        ))
    }
}

fn form(text: &str) -> Result<Form, &'static str> {
    let has = |sign: &str| text.contains(sign);
    if has("-----BEGIN OPENSSH PRIVATE KEY-----") {
        return Ok(Form::OpenSsh);
    }
    if has("PuTTY-User-Key-File-") {
        return Err("is a key of PuTTY's; save it in OpenSSH's form first");
    }
    if !has("PRIVATE KEY-----") {
        return Err(if is_public(text) {
            "holds a public key; name the file with its private half, most often the same without .pub"
        } else {
            "holds no private key in OpenSSH's form or in PEM"
        });
    }
    let is_old = has("Proc-Type: 4,ENCRYPTED");
    // The only one of the old ways to lock a key that the SSH library knows.
    if is_old && !(has("BEGIN RSA PRIVATE KEY") && has("DEK-Info: AES-128-CBC,")) {
        return Err("is locked in an old way; ssh-keygen -p -f with its name locks it anew");
    }
    let is_locked = is_old || has("BEGIN ENCRYPTED PRIVATE KEY");
    Ok(Form::Pem { is_locked })
}

fn is_public(text: &str) -> bool {
    let is_line = ["ssh-", "ecdsa-sha2-", "sk-"]
        .iter()
        .any(|kind| text.starts_with(kind));
    is_line || text.contains("PUBLIC KEY-----")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use std::fs;

    use russh::keys::encode_pkcs8_pem;
    use ssh_key::{Algorithm, EcdsaCurve, LineEnding};

    use super::*;

    fn read(text: &str) -> Result<IdentityFile, String> {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("id");
        fs::write(&file, text).unwrap();
        IdentityFile::read(&file)
    }

    fn key(algorithm: Algorithm) -> PrivateKey {
        PrivateKey::random(&mut rand::rng(), algorithm).unwrap()
    }

    fn types() -> [Algorithm; 2] {
        let curve = EcdsaCurve::NistP256;
        [Algorithm::Ed25519, Algorithm::Ecdsa { curve }]
    }

    #[test]
    fn keys_are_read_in_both_forms() {
        for algorithm in types() {
            let key = key(algorithm);
            let openssh = key.to_openssh(LineEnding::LF).unwrap();
            let windows = key.to_openssh(LineEnding::CRLF).unwrap();
            let mut pem = Vec::new();
            encode_pkcs8_pem(&key, &mut pem).unwrap();
            let pem = String::from_utf8(pem).unwrap();
            for text in [
                openssh.as_str(),
                &windows,
                &format!("\n{}\n\n", *openssh),
                &pem,
            ] {
                let opened = read(text).unwrap().open(None).unwrap();
                assert_eq!(opened.public_key().key_data(), key.public_key().key_data());
            }
        }
    }

    #[test]
    fn a_locked_key_opens_with_its_passphrase_only() {
        let key = key(Algorithm::Ed25519);
        let locked = key.encrypt(&mut rand::rng(), "open sesame").unwrap();
        let openssh = locked.to_openssh(LineEnding::LF).unwrap();
        let mut pem = Vec::new();
        russh::keys::encode_pkcs8_pem_encrypted(&key, b"open sesame", 16, &mut pem).unwrap();
        for text in [openssh.as_str(), &String::from_utf8(pem).unwrap()] {
            let file = read(text).unwrap();
            assert_eq!(file.open(None).unwrap_err(), NotOpened::Locked);
            let wrong = file.open(Some("sesame")).unwrap_err();
            assert_eq!(wrong, NotOpened::WrongPassphrase);
            assert!(file.open(Some("open sesame")).is_ok());
        }
    }

    #[test]
    fn anything_else_is_named() {
        let body = "MC4CAQAwBQYDK2VwBCIEIJ";
        for (text, words) in [
            (
                include_str!("../../tests/fixtures/keys/ed25519.pub"),
                "without .pub",
            ),
            (
                include_str!("../../tests/fixtures/keys/ed25519.pem"),
                "without .pub",
            ),
            ("PuTTY-User-Key-File-3: ssh-ed25519\n", "PuTTY"),
            ("", "no private key"),
            (
                "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n",
                "old way",
            ),
        ] {
            let why = read(text).err().unwrap();
            assert!(why.contains(words), "{why}");
        }
        for kind in ["OPENSSH ", "RSA ", "EC ", ""] {
            let text = format!(
                "-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----\n"
            );
            let NotOpened::Unusable(why) = read(&text).unwrap().open(None).unwrap_err() else {
                panic!("{kind}");
            };
            assert!(why.contains("damaged") && !why.contains(body), "{why}");
        }
        assert!(IdentityFile::read(Path::new("/nowhere")).is_err());
    }
}

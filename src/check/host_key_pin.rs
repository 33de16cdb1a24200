//! A host key the user vouches for: the value of `--host-key`.

use std::str::FromStr;

use ssh_key::{Algorithm, Fingerprint, HashAlg, PublicKey};
use thiserror::Error;

/// A host key, by its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostKeyPin {
    fingerprint: Fingerprint,
    algorithm: Option<Algorithm>,
    /// The host, in lower case, and the port it is good for. None: wherever it is used.
    place: Option<(String, u16)>,
}

/// Why a text is not a host key to pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HostKeyPinError {
    /// The old form, sixteen pairs of hexadecimal digits.
    #[error(
        "this is an MD5 fingerprint, which is no longer safe; ask for the one that begins with SHA256: (ssh-keygen -lf prints it)"
    )]
    Md5,
    /// It says `SHA256:`, but what follows is not a fingerprint.
    #[error("this fingerprint is incomplete; after SHA256: there are 43 characters")]
    CutOff,
    /// Anything else.
    #[error(
        "this is not a host key; give its fingerprint, SHA256:…, or the whole line, ssh-ed25519 AAAA…"
    )]
    NotAHostKey,
}

impl HostKeyPin {
    /// Pins this key.
    pub fn of(key: &PublicKey) -> Self {
        Self {
            fingerprint: key.fingerprint(HashAlg::Sha256),
            algorithm: Some(key.algorithm()),
            place: None,
        }
    }

    /// The same for one host and port only.
    #[must_use]
    pub fn at(self, host: &str, port: u16) -> Self {
        Self {
            place: Some((host.to_ascii_lowercase(), port)),
            ..self
        }
    }

    /// The same for wherever it is used.
    #[must_use]
    pub fn anywhere(self) -> Self {
        Self {
            place: None,
            ..self
        }
    }

    /// Whether it is good for this host and port.
    pub fn holds_at(&self, host: &str, port: u16) -> bool {
        let is_it = |(known, known_port): &(String, u16)| {
            known.eq_ignore_ascii_case(host) && *known_port == port
        };
        self.place.as_ref().is_none_or(is_it)
    }

    /// The fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The type of the key, where it is known: a fingerprint does not say it.
    pub fn algorithm(&self) -> Option<&Algorithm> {
        self.algorithm.as_ref()
    }

    /// Whether it is this key.
    pub fn is_of(&self, key: &PublicKey) -> bool {
        key.fingerprint(self.fingerprint.algorithm()) == self.fingerprint
    }
}

impl From<Fingerprint> for HostKeyPin {
    fn from(fingerprint: Fingerprint) -> Self {
        Self {
            fingerprint,
            algorithm: None,
            place: None,
        }
    }
}

impl FromStr for HostKeyPin {
    type Err = HostKeyPinError;

    /// Reads a fingerprint, also in the line that `ssh-keygen -lf` or `ssh` prints it in, or a key on one line, also with a host
    /// in front as `ssh-keyscan` prints it.
    fn from_str(text: &str) -> Result<Self, HostKeyPinError> {
        let words: Vec<&str> = text.split_whitespace().map(bare).collect();
        let is_sha = |word: &&&str| word.starts_with("SHA256:") || word.starts_with("SHA512:");
        if let Some(word) = words.iter().find(is_sha) {
            // OpenSSH leaves the padding out; other programs write it.
            return word
                .trim_end_matches('=')
                .parse::<Fingerprint>()
                .map(Self::from)
                .map_err(|_| HostKeyPinError::CutOff);
        }
        let is_md5 = |word: &&str| word.starts_with("MD5:") || is_hexadecimal_pairs(word);
        if words.iter().any(is_md5) {
            return Err(HostKeyPinError::Md5);
        }
        if let [word] = words.as_slice()
            && is_bare_sha256(word)
        {
            return format!("SHA256:{}", word.trim_end_matches('='))
                .parse::<Fingerprint>()
                .map(Self::from)
                .map_err(|_| HostKeyPinError::CutOff);
        }
        words
            .windows(2)
            .find_map(|pair| PublicKey::from_openssh(&pair.join(" ")).ok())
            .map(|key| Self::of(&key))
            .ok_or(HostKeyPinError::NotAHostKey)
    }
}

/// A word without the quotes around it and the full stop behind it, as in a sentence of `ssh`.
fn bare(word: &str) -> &str {
    word.trim_matches(['"', '\'', '`', ',', ';', '(', ')', '.'])
}

/// The 43 characters of a SHA-256 fingerprint without the name in front; as base64 they would also fit a piece of a key, but
/// that begins with AAAA.
fn is_bare_sha256(word: &str) -> bool {
    let digits = word.trim_end_matches('=');
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    digits.len() == 43 && digits.bytes().all(is_base64) && !digits.starts_with("AAAA")
}

/// `16:27:ac:…`, sixteen pairs.
fn is_hexadecimal_pairs(text: &str) -> bool {
    let is_pair = |pair: &str| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split(':').count() == 16 && text.split(':').all(is_pair)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LINE: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIazEu89wgQZ4bqs3d63QSMzYVa0MuJ2e2gKTKqu+UUO";
    const FINGERPRINT: &str = "SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM";

    #[test]
    fn a_fingerprint_or_a_line_is_taken() {
        let key = PublicKey::from_openssh(LINE).unwrap();
        for text in [
            FINGERPRINT.to_owned(),
            format!(" {FINGERPRINT}=\n"),
            LINE.to_owned(),
            format!("{LINE} a comment"),
            format!("[git.example.com]:7999 {LINE}"),
            key.fingerprint(HashAlg::Sha512).to_string(),
            format!("256 {FINGERPRINT} git.example.com (ED25519)"),
            format!("256 {FINGERPRINT} no comment (ED25519)"),
            format!("{FINGERPRINT} (ED25519)"),
            format!("\"{FINGERPRINT}\""),
            format!("ED25519 key fingerprint is {FINGERPRINT}."),
            FINGERPRINT["SHA256:".len()..].to_owned(),
            format!(
                "256 MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48 x (ED25519) {FINGERPRINT}"
            ),
        ] {
            let pin: HostKeyPin = text.parse().unwrap();
            assert!(pin.is_of(&key), "{text}");
        }
        assert_eq!(LINE.parse(), Ok(HostKeyPin::of(&key)));
        assert_eq!(HostKeyPin::of(&key).algorithm(), Some(&Algorithm::Ed25519));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let md5 = "16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48";
        for (text, error) in [
            (md5, HostKeyPinError::Md5),
            (&format!("MD5:{md5}"), HostKeyPinError::Md5),
            (
                &format!("256 MD5:{md5} git.example.com (ED25519)"),
                HostKeyPinError::Md5,
            ),
            (
                &format!("256 {md5} git.example.com (ED25519)"),
                HostKeyPinError::Md5,
            ),
            (
                "256 SHA256:ybgmFkzw git.example.com (ED25519)",
                HostKeyPinError::CutOff,
            ),
            ("SHA256:", HostKeyPinError::CutOff),
            (&FINGERPRINT[..40], HostKeyPinError::CutOff),
            (
                "SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3S!",
                HostKeyPinError::CutOff,
            ),
            ("", HostKeyPinError::NotAHostKey),
            ("yes", HostKeyPinError::NotAHostKey),
            (&LINE[..60], HostKeyPinError::NotAHostKey),
        ] {
            assert_eq!(text.parse::<HostKeyPin>(), Err(error), "{text}");
        }
    }

    #[test]
    fn a_pin_for_one_place_holds_nowhere_else() {
        let anywhere: HostKeyPin = FINGERPRINT.parse().unwrap();
        let here = anywhere.clone().at("Git.example.com", 7999);
        for (host, port, holds) in [
            ("git.example.com", 7999, true),
            ("GIT.example.com", 7999, true),
            ("git.example.com", 22, false),
            ("hg.example.com", 7999, false),
        ] {
            assert_eq!(here.holds_at(host, port), holds, "{host} {port}");
            assert!(anywhere.holds_at(host, port));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".*|SHA256:.*|MD5:.*") {
            let _ = text.parse::<HostKeyPin>();
        }
    }
}

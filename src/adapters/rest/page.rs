//! One page of a list of access keys.

use serde_json::Value;
use ssh_key::PublicKey;

use crate::access_key::AccessKey;
use crate::check::stage::repository::ListedKey;

/// The keys of a page, and where the list goes on.
pub(super) struct Page {
    /// Each with the public key's text.
    pub(super) keys: Vec<(String, ListedKey)>,
    /// The next page's address.
    pub(super) next: Option<String>,
}

impl Page {
    /// The entries that are this key.
    pub(super) fn entries_of(&self, key: &AccessKey) -> impl Iterator<Item = ListedKey> {
        self.keys
            .iter()
            .filter(|(text, _)| is_key(text, key))
            .map(|(_, listed)| listed.clone())
    }
}

/// Whether a listed text is this key: type and base64 count, never what stands behind them. Cloud lists no comment, and Data
/// Center the label in its place.
fn is_key(text: &str, key: &AccessKey) -> bool {
    let mut fields = text.split_whitespace();
    let (Some(kind), Some(base64)) = (fields.next(), fields.next()) else {
        return false;
    };
    PublicKey::from_openssh(&format!("{kind} {base64}"))
        .is_ok_and(|listed| listed.key_data() == key.public_key().key_data())
}

/// The SSH URL among a repository's addresses; their order varies.
pub(super) fn ssh_url(repository: &Value) -> Option<String> {
    let addresses = repository["links"]["clone"].as_array()?;
    let ssh = addresses.iter().find(|address| address["name"] == "ssh")?;
    ssh["href"].as_str().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED25519: &str = include_str!("../../../tests/fixtures/keys/ed25519.pub");
    const RSA: &str = include_str!("../../../tests/fixtures/keys/rsa2048.pub");

    #[test]
    fn type_and_base64_count_and_nothing_else() {
        let key = AccessKey::read(ED25519).expect("a key");
        let mut fields = ED25519.split_whitespace();
        let (kind, base64) = (fields.next().expect("type"), fields.next().expect("base64"));
        for text in [
            format!("{kind} {base64}"),
            format!("{kind} {base64} somebody@else"),
            format!(" {kind}   {base64}\n"),
        ] {
            assert!(is_key(&text, &key), "{text}");
        }
        for text in [
            String::new(),
            kind.to_owned(),
            base64.to_owned(),
            format!("ssh-rsa {base64}"),
            RSA.to_owned(),
            format!("{RSA} {base64}"),
        ] {
            assert!(!is_key(&text, &key), "{text}");
        }
    }
}

//! One page of a list of access keys.

use serde_json::Value;
use ssh_key::PublicKey;

use crate::access_key::AccessKey;
use crate::check::stage::repository::ListedKey;

/// The keys of a page, and where the list goes on.
pub(super) struct Page {
    /// Each with the public key's text.
    pub(super) keys: Vec<(String, ListedKey)>,
    /// How many entries say no key, or say that they belong to another list. A key that was not found may be one of them.
    pub(super) unreadable: usize,
    /// The next page's address, as the server names it.
    pub(super) next: Option<String>,
}

/// Whose keys a list holds.
#[derive(Clone, Copy)]
pub(super) enum Owner<'a> {
    /// A repository's, as `acme/analytics`.
    Repository(&'a str),
    /// A project's, by its key.
    Project(&'a str),
}

impl Owner<'_> {
    /// Whether an entry names another owner than the list has. Most name none of the two.
    fn is_contradicted_by(self, repository: Option<&str>, project: Option<&str>) -> bool {
        let (own, named) = match self {
            Owner::Repository(own) => (own, repository),
            Owner::Project(own) => (own, project),
        };
        // A workspace or a repository can be addressed by its id in braces; entries have the names.
        !own.contains('{') && named.is_some_and(|named| !named.eq_ignore_ascii_case(own))
    }
}

impl Page {
    /// A page of entries that each are told apart by `entry`, with the repository and the project that they name.
    pub(super) fn of(
        values: &[Value],
        owner: Owner<'_>,
        entry: impl Fn(&Value) -> Option<(String, ListedKey)>,
        named: impl Fn(&Value) -> (Option<String>, Option<String>),
    ) -> Self {
        let keys: Vec<_> = values
            .iter()
            .filter(|value| {
                let (repository, project) = named(value);
                !owner.is_contradicted_by(repository.as_deref(), project.as_deref())
            })
            .filter_map(entry)
            .collect();
        Self {
            unreadable: values.len() - keys.len(),
            keys,
            next: None,
        }
    }

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

/// The id of an entry, a number or a text.
pub(super) fn id(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        // One that means another place in a path is none.
        Value::String(text) if !matches!(text.trim(), "" | "." | "..") => Some(text.clone()),
        _ => None,
    }
}

/// The text of a value that is one.
pub(super) fn text(value: &Value) -> Option<String> {
    value.as_str().map(ToOwned::to_owned)
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

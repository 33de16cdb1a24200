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
    /// Whether the server says that the list goes on, and not where.
    pub(super) breaks_off: bool,
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
            breaks_off: false,
        }
    }

    /// The entries that are this key, and how many can't be told from it.
    pub(super) fn entries_of(&self, key: &AccessKey) -> (Vec<ListedKey>, usize) {
        let mut unreadable = self.unreadable;
        let mut own = Vec::new();
        for (text, listed) in &self.keys {
            match compare(text, key) {
                Compared::Same => own.push(listed.clone()),
                Compared::Other => {}
                Compared::Unreadable => unreadable += 1,
            }
        }
        (own, unreadable)
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Compared {
    Same,
    Other,
    Unreadable,
}

/// Whether a listed text is this key: type and base64 count, never what stands behind them. Cloud lists no comment, and Data
/// Center the label in its place. A key that is cut off or garbled may be this one.
fn compare(text: &str, key: &AccessKey) -> Compared {
    let mut fields = text.split_whitespace();
    let (Some(kind), Some(base64)) = (fields.next(), fields.next()) else {
        return Compared::Unreadable;
    };
    match PublicKey::from_openssh(&format!("{kind} {base64}")) {
        Ok(listed) if listed.key_data() == key.public_key().key_data() => Compared::Same,
        Ok(_) => Compared::Other,
        // A type that doorkey does not know is not this key's.
        Err(_) if is_type(kind) && kind != key.public_key().algorithm().as_str() => Compared::Other,
        Err(_) => Compared::Unreadable,
    }
}

/// Whether it looks like the name of a type of key, such as `sk-ssh-ed25519@openssh.com`.
fn is_type(kind: &str) -> bool {
    ["ssh-", "ecdsa-", "sk-"]
        .iter()
        .any(|beginning| kind.starts_with(beginning))
}

/// The id of an entry, a number or a text. Cloud's published schema has none, only the entry's own address, which ends in it.
pub(super) fn id(entry: &Value) -> Option<String> {
    match &entry["id"] {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => {
            let address = entry["links"]["self"]["href"].as_str()?;
            let (_, id) = address.rsplit_once("/deploy-keys/")?;
            Some(id.trim_end_matches('/').to_owned())
        }
    }
    // One that means another place in a path is none.
    .filter(|id| !matches!(id.trim(), "" | "." | "..") && !id.contains(['/', '?', '#']))
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
    use serde_json::json;

    use super::*;

    const ED25519: &str = include_str!("../../../tests/fixtures/keys/ed25519.pub");
    const RSA: &str = include_str!("../../../tests/fixtures/keys/rsa2048.pub");

    #[test]
    fn type_and_base64_count_and_nothing_else() {
        let key = AccessKey::read(ED25519).expect("a key");
        let mut fields = ED25519.split_whitespace();
        let (kind, base64) = (fields.next().expect("type"), fields.next().expect("base64"));
        let half = &base64[..base64.len() / 2];
        for (text, compared) in [
            (format!("{kind} {base64}"), Compared::Same),
            (format!("{kind} {base64} somebody@else"), Compared::Same),
            (format!(" {kind}   {base64}\n"), Compared::Same),
            (RSA.to_owned(), Compared::Other),
            (format!("{RSA} {base64}"), Compared::Other),
            (
                format!("sk-ssh-ed25519@openssh.com {base64}"),
                Compared::Other,
            ),
            (format!("ssh-of-tomorrow {base64}"), Compared::Other),
            (String::new(), Compared::Unreadable),
            (kind.to_owned(), Compared::Unreadable),
            (base64.to_owned(), Compared::Unreadable),
            (format!("{kind} {half}"), Compared::Unreadable),
            (format!("{kind} {base64}{base64}"), Compared::Unreadable),
            (format!("{base64} {kind}"), Compared::Unreadable),
        ] {
            assert_eq!(compare(&text, &key), compared, "{text}");
        }
    }

    #[test]
    fn an_id_is_a_number_or_a_text_and_else_the_end_of_the_entrys_own_address() {
        for (entry, expected) in [
            (json!({"id": 7}), Some("7")),
            (json!({"id": "7"}), Some("7")),
            (json!({"id": "{b15b6026-9c02}"}), Some("{b15b6026-9c02}")),
            (json!({"id": " "}), None),
            (json!({"id": ".."}), None),
            (json!({"id": null}), None),
            (json!({"id": [7]}), None),
            (json!({}), None),
            (
                json!({"links": {"self": {"href": "https://x/2.0/repositories/a/b/deploy-keys/7"}}}),
                Some("7"),
            ),
            (
                json!({"links": {"self": {"href": "https://x/2.0/repositories/a/b/deploy-keys/7/"}}}),
                Some("7"),
            ),
            (
                json!({"links": {"self": {"href": "https://x/2.0/repositories/a/b/deploy-keys/"}}}),
                None,
            ),
            (
                json!({"links": {"self": {"href": "https://x/2.0/repositories/a/b"}}}),
                None,
            ),
            (
                json!({"id": 8, "links": {"self": {"href": "https://x/deploy-keys/7"}}}),
                Some("8"),
            ),
        ] {
            assert_eq!(id(&entry).as_deref(), expected, "{entry}");
        }
    }
}

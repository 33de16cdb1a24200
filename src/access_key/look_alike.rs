//! What people paste instead of a public key, so that the refusal can say what it is.

use super::Refusal;
use crate::check::Code;

/// Refuses a text in which there is nothing like a key.
pub(super) fn refuse(text: &str) -> Refusal {
    // What identifies these stands at the beginning; more need not be searched.
    let start: String = text.chars().take(2000).collect();
    // Base64 of "ssh-" as it stands near the beginning of every Ed25519 and RSA key.
    if start.contains("NzaC1") {
        return Refusal::because(Code::KeyCutOff, "The beginning of the key is missing.");
    }
    Refusal {
        code: Code::KeyNotAKey,
        detail: describe(&start).map(str::to_owned),
    }
}

fn describe(text: &str) -> Option<&'static str> {
    let first = text.split_whitespace().next().unwrap_or_default();
    if text.contains("SHA256:") || text.split_whitespace().any(is_md5_fingerprint) {
        Some("That is the fingerprint of a key, not the key.")
    } else if text.contains("+--[") || text.contains("+---[") {
        Some("That is the picture of a key's fingerprint, not the key.")
    } else if text.contains("\"kty\"") {
        Some("That is a JSON Web Key, not an SSH key.")
    } else if ["$", "%", "cat", "ssh-keygen", "pbcopy", "type"].contains(&first) {
        Some("That is a command. Paste what it prints.")
    } else if text.contains("://") || first.starts_with("git@") {
        Some("That is an address, not a key.")
    } else if is_file_name(text) {
        Some("That is the name of a file. Paste what is in it.")
    } else {
        None
    }
}

/// `16:27:ac:…`, sixteen pairs, with or without `MD5:` in front.
fn is_md5_fingerprint(word: &str) -> bool {
    let pairs = word.strip_prefix("MD5:").unwrap_or(word).split(':');
    let is_pair = |pair: &str| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
    pairs.clone().count() == 16 && pairs.clone().all(is_pair)
}

/// `id_ed25519.pub` and the like.
pub(super) fn is_public_key_file(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("pub"))
}

fn is_file_name(text: &str) -> bool {
    let is_one_line = !text.contains('\n');
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
    is_one_line && (is_public_key_file(name) || name.starts_with("id_") || text.contains(".ssh"))
}

//! Cloud's published host keys, and the withdrawn ones. (Nobody publishes those of a Data Center: each
//! installation has its own.)

use std::sync::LazyLock;

use ssh_key::PublicKey;

use super::assets::BITBUCKET;

static PUBLISHED: LazyLock<Vec<PublicKey>> = LazyLock::new(|| {
    let entries = BITBUCKET.host_keys.published.iter();
    // A test proves that each of them parses.
    entries
        .filter_map(|entry| PublicKey::from_openssh(&entry.key).ok())
        .collect()
});

/// The host keys that Atlassian publishes for Bitbucket Cloud.
pub fn published() -> &'static [PublicKey] {
    &PUBLISHED
}

/// Whether Atlassian withdrew the host key with this fingerprint (`SHA256:…`): it must not be trusted any more.
pub fn is_withdrawn(fingerprint: &str) -> bool {
    let mut withdrawn = BITBUCKET.host_keys.withdrawn.iter();
    withdrawn.any(|key| key.fingerprint == fingerprint)
}

/// Where the host keys were published.
pub fn source() -> &'static str {
    &BITBUCKET.host_keys.source
}

/// The day they were last compared with their source.
pub fn date() -> &'static str {
    &BITBUCKET.host_keys.date
}

#[cfg(test)]
mod tests {
    use super::*;
    use ssh_key::HashAlg;

    #[test]
    fn the_fingerprints_belong_to_the_keys() {
        let entries = &BITBUCKET.host_keys.published;
        assert_eq!(entries.len(), published().len(), "each of them parses");
        for (entry, key) in entries.iter().zip(published()) {
            assert_eq!(
                entry.fingerprint,
                key.fingerprint(HashAlg::Sha256).to_string()
            );
        }
    }

    #[test]
    fn no_published_key_is_withdrawn() {
        for key in published() {
            assert!(!is_withdrawn(&key.fingerprint(HashAlg::Sha256).to_string()));
        }
        assert!(is_withdrawn(
            "SHA256:zzXQOXSRBEiUtuE8AikJYKwbHaxvSc0ojez9YXaGp1A"
        ));
        assert!(is_withdrawn(
            "SHA256:RezPkAnH1sowiJM0NQXH90IohWdzHc3fAisEp7L3O3o"
        ));
    }
}

//! What is known in a setup, whole.

use super::Wizard;
use crate::access_key::AccessKey;
use crate::guide::effect::CopyId;
use crate::guide::field::CAPACITY;
use crate::guide::values::Value;
use crate::text::harmless;

impl Wizard {
    /// What is known so far, in the order of the steps.
    pub(super) fn known_values(&self) -> Vec<Value> {
        let page = &self.journey.access_keys_page;
        let place = page.place();
        let addresses = self.journey.allowlist.region().egress_addresses();
        let values = [
            Value::known(
                "Egress address",
                Some(addresses).filter(|list| self.journey.allowlist.is_used() && !list.is_empty()),
                CopyId::EgressAddress,
            ),
            Value::known(
                "Guide to the IP allowlist",
                self.allowlist_guide(),
                CopyId::AllowlistGuide,
            ),
            Value::known("Public key", self.key().map(AccessKey::line), CopyId::Key),
            Value::known(
                "Fingerprint",
                self.key().map(AccessKey::fingerprint),
                CopyId::Fingerprint,
            ),
            Value::known(
                "Address of the repository",
                place.map(|_| harmless(page.field.text(), CAPACITY)),
                CopyId::RepositoryAddress,
            ),
            Value::known(
                "Access keys page",
                self.access_keys_link(),
                CopyId::PageLink,
            ),
            Value::known(
                "SSH URL",
                self.journey
                    .ssh_url
                    .tested()
                    .map(|url| harmless(url, CAPACITY)),
                CopyId::SshUrl,
            ),
            Value::known(
                "Suggested address",
                self.suggested_address(),
                CopyId::SuggestedAddress,
            ),
        ];
        values.into_iter().flatten().collect()
    }
}

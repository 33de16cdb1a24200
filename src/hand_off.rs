//! The text with which the administrator of a repository can add the key instead of you.

use crate::access_key::AccessKey;
use crate::bitbucket::guide::access_key_clicks;
use crate::bitbucket::{Edition, RepositoryAddress, RepositoryPlace};
use crate::coalesce::{self, Region};

/// What is known of the setup, for the text. What is missing is said to be missing.
#[derive(Clone, Copy, Debug)]
pub struct HandOff<'a> {
    /// Which Bitbucket.
    pub edition: Edition,
    /// The public key.
    pub key: Option<&'a AccessKey>,
    /// Where the repository is on the web.
    pub place: Option<&'a RepositoryPlace>,
    /// The SSH URL.
    pub address: Option<&'a RepositoryAddress>,
    /// The region of Coalesce Quality.
    pub region: &'static Region,
    /// Whether Bitbucket admits only listed addresses.
    pub allowlist_used: bool,
}

impl HandOff<'_> {
    /// The text as Markdown.
    pub fn markdown(&self) -> String {
        let mut sections = vec![self.request(), self.key_section(), self.clicks()];
        sections.extend(self.allowlist());
        sections.extend(self.proof());
        sections.join("\n\n") + "\n"
    }

    fn request(&self) -> String {
        let repository = match self.place {
            Some(place) => format!("`{}/{}`", place.project, place.repository),
            None => "our repository".to_owned(),
        };
        let permission = match self.edition {
            Edition::Cloud => "An access key of Bitbucket Cloud can only read",
            Edition::DataCenter => "With the permission Read it can't change anything",
        };
        format!(
            "# Please add an access key to {repository}\n\n\
             Coalesce Quality watches over our data and needs to read this one repository. It asks for an access key: \
             the public half of an SSH key. {permission}, it opens no other repository, and you can remove it at any \
             time on the same page. There is nothing secret in this text."
        )
    }

    fn key_section(&self) -> String {
        match self.key {
            Some(key) => format!(
                "## The key\n\n```\n{}\n```\n\nFingerprint: `{}`",
                key.line(),
                key.fingerprint()
            ),
            None => "## The key\n\n(Not known yet: Coalesce Quality shows it once the integration is created.)".to_owned(),
        }
    }

    fn clicks(&self) -> String {
        let page = match self.place {
            Some(place) if place.base_guessed => format!(
                "The page should be <{}> (derived from the SSH address).\n\n",
                place.access_keys_page()
            ),
            Some(place) => format!("The page: <{}>\n\n", place.access_keys_page()),
            None => String::new(),
        };
        let clicks: Vec<String> = access_key_clicks(self.edition)
            .iter()
            .enumerate()
            .map(|(index, click)| format!("{}. {click}", index + 1))
            .collect();
        format!("## Where to add it\n\n{page}{}", clicks.join("\n"))
    }

    fn allowlist(&self) -> Option<String> {
        if !self.allowlist_used {
            return None;
        }
        let source = coalesce::addresses_page();
        let addresses = self.region.egress_addresses();
        Some(if addresses.is_empty() {
            format!(
                "## IP allowlist\n\nLet in the address of Coalesce Quality's region {}: see <{source}>.",
                self.region.title
            )
        } else {
            format!(
                "## IP allowlist\n\nLet in `{addresses}`, from which Coalesce Quality connects (region {}; source: <{source}>).",
                self.region.title
            )
        })
    }

    fn proof(&self) -> Option<String> {
        let (key, address) = (self.key?, self.address?);
        Some(format!(
            "## How to see that it worked\n\n\
             doorkey asks Bitbucket whether it would accept the key; it needs no password and no private key:\n\n\
             ```sh\necho '{}' | doorkey check '{}' --key -\n```",
            key.line().replace('\'', ""),
            address.ssh()
        ))
    }
}

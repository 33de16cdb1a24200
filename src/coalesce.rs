//! What Coalesce Quality is to a Bitbucket: its regions, the addresses it connects from, the label of its key.

use std::net::IpAddr;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::built_in;

static COALESCE: LazyLock<Coalesce> =
    LazyLock::new(|| built_in::read(include_str!("../assets/coalesce.toml")));

/// `assets/coalesce.toml`.
#[derive(Deserialize)]
struct Coalesce {
    label: String,
    addresses_page: String,
    default_region: String,
    analysed_branches: Vec<String>,
    regions: Vec<Region>,
}

/// A region in which Coalesce Quality runs. A customer's workspace is in one of them.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Region {
    /// The stable name, such as `eu`.
    pub id: String,
    /// The name on the screen.
    pub title: String,
    /// The address of the app; none if it is not published.
    pub app: Option<String>,
    /// The addresses it connects from; empty if they are not published.
    pub egress: Vec<IpAddr>,
    /// Where the addresses were published, or looked for.
    pub source: String,
    /// The day they were last compared with that source.
    pub date: String,
}

impl Region {
    /// Every region.
    pub fn all() -> &'static [Region] {
        &COALESCE.regions
    }

    /// The addresses it connects from, in one line; empty if they are not published.
    pub fn egress_addresses(&self) -> String {
        let addresses: Vec<String> = self.egress.iter().map(ToString::to_string).collect();
        addresses.join(", ")
    }

    /// The region with this name, if there is one.
    pub fn from_id(id: &str) -> Option<&'static Region> {
        Self::all().iter().find(|region| region.id == id)
    }

    /// The region most customers are in: where nothing else is said, it is this one.
    pub fn usual() -> &'static Region {
        // A test proves that it is one of them; the first is the same.
        Self::from_id(&COALESCE.default_region).unwrap_or(&Self::all()[0])
    }
}

/// The label to suggest for the access key in Bitbucket.
pub fn key_label() -> &'static str {
    &COALESCE.label
}

/// Whether Coalesce Quality analyses a branch of this name without being told to.
pub fn analyses(branch: &str) -> bool {
    COALESCE.analysed_branches.iter().any(|name| name == branch)
}

/// The page on which Coalesce Quality keeps its addresses up to date.
pub fn addresses_page() -> &'static str {
    &COALESCE.addresses_page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_is_found_by_its_name() {
        for region in Region::all() {
            assert_eq!(Region::from_id(&region.id), Some(region));
            assert!(!region.title.is_empty());
            assert!(region.source.starts_with("https://"));
        }
        assert_eq!(Region::from_id("mars"), None);
        assert_eq!(Region::usual().id, "eu");
        assert_eq!(COALESCE.default_region, "eu");
    }

    #[test]
    fn published_addresses_are_public_and_belong_to_one_region_each() {
        let mut seen = Vec::new();
        for address in Region::all().iter().flat_map(|region| &region.egress) {
            let is_public = match address {
                IpAddr::V4(address) => !address.is_private() && !address.is_loopback(),
                IpAddr::V6(address) => !address.is_unique_local() && !address.is_loopback(),
            };
            assert!(is_public, "{address}");
            assert!(!seen.contains(&address), "{address}");
            seen.push(address);
        }
    }

    #[test]
    fn what_is_not_published_is_not_invented() {
        let australia = Region::from_id("au").map(|region| (&region.app, region.egress.len()));
        assert_eq!(australia, Some((&None, 0)));
        assert_eq!(key_label(), "Coalesce Quality");
        assert!(addresses_page().starts_with("https://docs.synq.io/"));
    }
}

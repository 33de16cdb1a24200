//! Everything about Bitbucket that can change, read from the data files that are built into the program.

use std::sync::LazyLock;

use serde::Deserialize;

use super::other_door::Door;

use super::Edition;
use crate::built_in;

pub(super) static BITBUCKET: LazyLock<Bitbucket> =
    LazyLock::new(|| built_in::read(include_str!("../../assets/bitbucket.toml")));
pub(super) static FORGES: LazyLock<Forges> =
    LazyLock::new(|| built_in::read(include_str!("../../assets/forges.toml")));
pub(super) static TOP_LEVEL_DOMAINS: LazyLock<TopLevelDomains> =
    LazyLock::new(|| built_in::read(include_str!("../../assets/top_level_domains.toml")));
pub(super) static GUIDE: LazyLock<Guide> =
    LazyLock::new(|| built_in::read(include_str!("../../assets/access_key_guide.toml")));

/// `assets/bitbucket.toml`.
#[derive(Deserialize)]
pub(super) struct Bitbucket {
    pub(super) cloud: Cloud,
    pub(super) data_center: DataCenter,
    pub(super) host_keys: HostKeys,
}

#[derive(Deserialize)]
pub(super) struct Cloud {
    pub(super) web: String,
    pub(super) ssh_host: String,
    pub(super) ssh_port: u16,
    pub(super) former_ssh_host: String,
    pub(super) beside_blocked_port: Door,
    pub(super) web_hosts: Vec<String>,
    pub(super) other_name: String,
    pub(super) other_hosts: Vec<String>,
    pub(super) api_paths: Vec<Vec<String>>,
    pub(super) not_repositories: Vec<[String; 2]>,
    pub(super) pages: CloudPages,
    pub(super) api: CloudApi,
    pub(super) tokens: CloudTokens,
}

/// How Cloud's tokens begin.
#[derive(Deserialize)]
pub(super) struct CloudTokens {
    pub(super) api_token: String,
    pub(super) access_token: String,
    pub(super) app_password: String,
    pub(super) app_passwords_ended: String,
    pub(super) where_made: String,
}

#[derive(Deserialize)]
pub(super) struct CloudApi {
    pub(super) base: String,
    pub(super) repository: String,
    pub(super) access_keys: String,
    pub(super) project_access_keys: String,
    pub(super) scope_to_list: String,
    pub(super) scope_to_add: String,
    pub(super) scope_to_remove: String,
}

#[derive(Deserialize)]
pub(super) struct CloudPages {
    pub(super) repository: String,
    pub(super) access_keys: String,
    pub(super) status: String,
    pub(super) access_controls_guide: String,
}

#[derive(Deserialize)]
pub(super) struct DataCenter {
    pub(super) ssh_port: u16,
    pub(super) context_paths: Vec<String>,
    pub(super) pages: DataCenterPages,
    pub(super) api: DataCenterApi,
}

#[derive(Deserialize)]
pub(super) struct DataCenterApi {
    pub(super) repository: String,
    pub(super) access_keys: String,
    pub(super) project_access_keys: String,
    pub(super) application_properties: String,
    pub(super) context_paths: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct DataCenterPages {
    pub(super) repository: String,
    pub(super) access_keys: String,
    pub(super) project_access_keys: String,
}

#[derive(Deserialize)]
pub(super) struct HostKeys {
    pub(super) source: String,
    pub(super) date: String,
    pub(super) published: Vec<PublishedHostKey>,
    pub(super) withdrawn: Vec<WithdrawnHostKey>,
}

#[derive(Deserialize)]
pub(super) struct PublishedHostKey {
    pub(super) key: String,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "a test compares it with the key")
    )]
    pub(super) fingerprint: String,
}

#[derive(Deserialize)]
pub(super) struct WithdrawnHostKey {
    pub(super) fingerprint: String,
}

/// `assets/top_level_domains.toml`.
#[derive(Deserialize)]
pub(super) struct TopLevelDomains {
    pub(super) for_examples: Vec<String>,
    pub(super) private: Vec<String>,
    /// With spaces between them: a list of so many would be read more slowly.
    pub(super) names: String,
}

/// `assets/forges.toml`.
#[derive(Deserialize)]
pub(super) struct Forges {
    pub(super) guides: String,
    pub(super) forge: Vec<Forge>,
}

/// Another service: how its addresses are known.
#[derive(Deserialize)]
pub(super) struct Forge {
    pub(super) name: String,
    #[serde(default)]
    pub(super) domains: Vec<String>,
    pub(super) first_label: Option<String>,
    pub(super) path_part: Option<String>,
    pub(super) guide: Option<String>,
}

/// `assets/access_key_guide.toml`.
#[derive(Deserialize)]
pub(super) struct Guide {
    cloud: EditionGuide,
    data_center: EditionGuide,
}

#[derive(Deserialize)]
pub(super) struct EditionGuide {
    pub(super) clicks: Vec<String>,
    pub(super) missing_settings: Vec<String>,
}

impl Guide {
    pub(super) fn of(&self, edition: Edition) -> &EditionGuide {
        match edition {
            Edition::Cloud => &self.cloud,
            Edition::DataCenter => &self.data_center,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Provenance {
        source: String,
        date: String,
    }

    #[test]
    fn every_file_is_well_formed() {
        assert!(!BITBUCKET.host_keys.published.is_empty());
        assert!(!FORGES.forge.is_empty());
        assert!(!GUIDE.cloud.clicks.is_empty());
    }

    #[test]
    fn every_file_names_its_source_and_date() {
        let bitbucket: toml::Table = built_in::read(include_str!("../../assets/bitbucket.toml"));
        let tables = bitbucket.into_iter().map(|(_, table)| table);
        let files = [
            include_str!("../../assets/forges.toml"),
            include_str!("../../assets/top_level_domains.toml"),
            include_str!("../../assets/access_key_guide.toml"),
        ]
        .map(|text| toml::Value::Table(built_in::read(text)));
        for table in tables.chain(files) {
            let provenance: Provenance = table.try_into().expect("source and date");
            assert!(!provenance.source.is_empty());
            assert_eq!(provenance.date.len(), "2026-11-22".len());
        }
    }

    #[test]
    fn every_forge_can_be_recognised() {
        for forge in &FORGES.forge {
            assert!(
                !forge.domains.is_empty() || forge.first_label.is_some(),
                "{}",
                forge.name
            );
        }
    }
}

//! Where Bitbucket may answer when it does not on the port of an address.

use serde::Deserialize;

use super::assets::BITBUCKET;
use super::{Edition, RepositoryAddress};

/// A host and port at which an SSH server may listen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Door {
    /// The host name.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

/// Another place to knock at when an address does not answer: for Data Center its usual port, for Cloud the host for
/// networks that block port 22. None if the address is that place itself.
pub fn other_door(address: &RepositoryAddress) -> Option<Door> {
    let other = match address.edition() {
        Edition::Cloud => BITBUCKET.cloud.beside_blocked_port.clone(),
        Edition::DataCenter => Door {
            host: address.host().to_owned(),
            port: BITBUCKET.data_center.ssh_port,
        },
    };
    let is_same = other.host == address.host() && other.port == address.port();
    (!is_same).then_some(other)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use super::*;
    use crate::bitbucket::{SshAliases, read_address};

    fn door(url: &str) -> Option<(String, u16)> {
        let reading = read_address(url, &SshAliases::default()).unwrap();
        other_door(&reading.address).map(|door| (door.host, door.port))
    }

    #[test]
    fn each_edition_has_one_other_door() {
        let cloud = door("git@ssh.bitbucket.org:acme/web.git");
        assert_eq!(cloud, Some(("altssh.bitbucket.org".to_owned(), 443)));
        let other_port = door("ssh://git@git.example.com:2222/data/web.git");
        assert_eq!(other_port, Some(("git.example.com".to_owned(), 7999)));
        assert_eq!(door("ssh://git@git.example.com:7999/data/web.git"), None);
    }
}

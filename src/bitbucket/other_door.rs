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

/// The port on which the SSH server of a Data Center listens unless its administrator chose another.
pub fn data_center_port() -> u16 {
    BITBUCKET.data_center.ssh_port
}

/// The host for networks that block port 22, for an address of Cloud that may suffer from that.
pub fn beside_blocked_port(address: &RepositoryAddress) -> Option<Door> {
    let cloud = &BITBUCKET.cloud;
    let may_be_blocked = address.edition() == Edition::Cloud
        && address.host() == cloud.ssh_host
        && address.port() == cloud.ssh_port;
    may_be_blocked.then(|| cloud.beside_blocked_port.clone())
}

/// Another place to knock at when an address does not answer: for Data Center its usual port, for Cloud the host for
/// networks that block port 22. None if the address is that place itself, or another host of Cloud's: today's is tried in
/// its place anyway.
pub fn other_door(address: &RepositoryAddress) -> Option<Door> {
    match address.edition() {
        Edition::Cloud => beside_blocked_port(address),
        Edition::DataCenter => {
            let is_elsewhere = address.port() != data_center_port();
            is_elsewhere.then(|| Door {
                host: address.host().to_owned(),
                port: data_center_port(),
            })
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use super::*;
    use crate::bitbucket::{SshAliases, read_address};

    fn door(url: &str) -> Option<(String, u16)> {
        let reading = read_address(url, &SshAliases::default()).unwrap();
        let as_given = reading.repair.and_then(|repair| repair.as_given);
        let address = as_given.unwrap_or(reading.address);
        other_door(&address).map(|door| (door.host, door.port))
    }

    #[test]
    fn each_edition_has_one_other_door() {
        let cloud = door("git@ssh.bitbucket.org:acme/web.git");
        assert_eq!(cloud, Some(("altssh.bitbucket.org".to_owned(), 443)));
        assert_eq!(door("git@bitbucket.org:acme/web.git"), None);
        let other_port = door("ssh://git@git.example.com:2222/data/web.git");
        assert_eq!(other_port, Some(("git.example.com".to_owned(), 7999)));
        assert_eq!(door("ssh://git@git.example.com:7999/data/web.git"), None);
    }
}

//! Judging a name lookup: was an address found, and could the vendor reach it?

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use crate::check::{Check, CheckId, Code};
use crate::text::{harmless, in_seconds};

/// What came of looking up a host name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// These addresses, in the order the system prefers. Never empty.
    Found(Vec<IpAddr>),
    /// A name server said that there is no such name, or none with an address.
    NotFound(String),
    /// No answer within this time.
    TimedOut(Duration),
    /// Nobody could say whether there is such a name; why.
    Failed(String),
}

/// The check of a lookup of `host`.
///
/// `redirected` says that the test connects elsewhere on purpose (`--connect-to`); then the address says nothing about
/// what the vendor can reach.
pub fn judge(host: &str, lookup: &Lookup, redirected: bool) -> Check {
    let (code, words) = match lookup {
        Lookup::Found(addresses) => return found(host, addresses, redirected),
        Lookup::NotFound(words) => (Code::DnsNotFound, words.clone()),
        Lookup::Failed(words) => (Code::DnsFailed, words.clone()),
        Lookup::TimedOut(limit) => {
            let words = format!("no answer within {}", in_seconds(*limit));
            (Code::DnsTimeout, words)
        }
    };
    let words = harmless(&words, super::WORDS_LIMIT);
    Check::found(code).with_detail(format!("{host}: {words}."))
}

fn found(host: &str, addresses: &[IpAddr], redirected: bool) -> Check {
    let list: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let list = list.join(", ");
    if redirected {
        let check = Check::pass(
            CheckId::Dns,
            format!("connecting to {list} instead, as you asked"),
        );
        return check.telling_others("connected to another address instead, as asked");
    }
    // Only when no address is public is the vendor locked out: it may use any of them.
    let ranges: Option<Vec<&str>> = addresses.iter().copied().map(unreachable_range).collect();
    match ranges.as_deref() {
        Some([range, ..]) => {
            let named = if host == list {
                list
            } else {
                format!("{host} is {list}")
            };
            Check::found(Code::DnsPrivateAddress).with_detail(format!("{named}: {range}."))
        }
        _ => Check::pass(CheckId::Dns, list),
    }
}

/// Why an address can't be reached from the internet, or `None` if it can.
/// Source: the IANA special-purpose address registries (RFC 6890 and the RFCs named below).
fn unreachable_range(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => unreachable_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => unreachable_v4(mapped),
            None => unreachable_v6(address),
        },
    }
}

fn unreachable_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [first, second, ..] = address.octets();
    if address.is_loopback() {
        Some("an address of this machine itself")
    } else if address.is_private() {
        Some("an address of a private network (RFC 1918)")
    } else if address.is_link_local() {
        Some("a link-local address (RFC 3927)")
    } else if first == 100 && (64..128).contains(&second) {
        Some("an address shared behind a provider's NAT (RFC 6598)")
    } else if address.is_documentation() {
        Some("an address reserved for documentation (RFC 5737)")
    } else if address.is_unspecified() || first == 0 {
        Some("not an address of any host")
    } else {
        None
    }
}

fn unreachable_v6(address: Ipv6Addr) -> Option<&'static str> {
    let [first, second, ..] = address.segments();
    if address.is_loopback() {
        Some("an address of this machine itself")
    } else if address.is_unique_local() {
        Some("an address of a private network (RFC 4193)")
    } else if address.is_unicast_link_local() {
        Some("a link-local address (RFC 4291)")
    } else if first == 0x2001 && second == 0x0db8 {
        Some("an address reserved for documentation (RFC 3849)")
    } else if address.is_unspecified() {
        Some("not an address of any host")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Proof, Rung, Standing, Status};

    #[test]
    fn only_a_name_that_does_not_exist_refutes() {
        for (lookup, code, standing) in [
            (
                Lookup::NotFound("there is no such name".into()),
                Code::DnsNotFound,
                Standing::Refuted,
            ),
            (
                Lookup::Failed("the name server reported a failure".into()),
                Code::DnsFailed,
                Standing::Unknown,
            ),
            (
                Lookup::TimedOut(Duration::from_secs(5)),
                Code::DnsTimeout,
                Standing::Unknown,
            ),
        ] {
            let check = judge("git.example.com", &lookup, false);
            assert_eq!(check.code, Some(code), "{lookup:?}");
            assert_eq!(check.status, Status::Fail);
            let proof = Proof::from_checks(&[check]);
            assert_eq!(proof.standing(Rung::Reachable), standing, "{lookup:?}");
        }
    }

    fn code_of(addresses: &[&str]) -> Option<Code> {
        let addresses = addresses
            .iter()
            .map(|address| address.parse().expect("an address"))
            .collect();
        judge("git.example.com", &Lookup::Found(addresses), false).code
    }

    #[test]
    fn addresses_the_vendor_cannot_reach_are_named() {
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.1.1",
            "100.64.0.1",
            "100.127.255.255",
            "192.0.2.1",
            "198.51.100.1",
            "203.0.113.1",
            "0.0.0.0",
            "::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "2001:db8::1",
            "::",
            "::ffff:10.0.0.1",
        ] {
            assert_eq!(
                code_of(&[address]),
                Some(Code::DnsPrivateAddress),
                "{address}"
            );
        }
    }

    #[test]
    fn an_address_is_not_told_twice() {
        let here = || Lookup::Found(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]);
        let detail = |host| judge(host, &here(), false).detail.unwrap_or_default();
        let words = "127.0.0.1: an address of this machine itself.";
        assert_eq!(detail("127.0.0.1"), words);
        assert_eq!(detail("localhost"), format!("localhost is {words}"));
    }

    #[test]
    fn public_addresses_pass() {
        for address in [
            "104.192.141.1",
            "100.63.0.1",
            "100.128.0.1",
            "172.32.0.1",
            "2600:1f18::1",
        ] {
            assert_eq!(code_of(&[address]), None, "{address}");
        }
        assert_eq!(
            code_of(&["10.0.0.1", "104.192.141.1"]),
            None,
            "one public address is enough"
        );
    }

    #[test]
    fn a_redirected_test_says_so_and_does_not_warn() {
        let lookup = Lookup::Found(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]);
        let check = judge("ssh.bitbucket.org", &lookup, true);
        assert_eq!(check.status, Status::Pass);
        assert!(check.summary.contains("127.0.0.1 instead"));
    }
}

//! The host in an address: a DNS name or an IP address (RFC 3986, section 3.2.2).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Refusal;
use super::suspicious::{Suspect, suspect};

/// A DNS name has at most 253 characters, and a label of it at most 63 (RFC 1035, section 2.3.4).
const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;

/// A host, in its canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// A DNS name, lower case, without a dot at the end.
    Name(String),
    /// An IP address.
    Address(IpAddr),
}

impl Host {
    /// Reads a host as it stands in an address; an IPv6 address must be in brackets.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        if let Some(suspect) = suspect(text) {
            return Err(suspect.refusal());
        }
        if !text.is_ascii() {
            // Letters of other alphabets can look just like ASCII ones and lead to another host.
            return Err(Suspect::ForeignLetters.refusal());
        }
        let ipv6 = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        match ipv6 {
            Some(address) => address.parse::<Ipv6Addr>().ok().map(IpAddr::from),
            None => text.parse::<Ipv4Addr>().ok().map(IpAddr::from),
        }
        .map(Host::Address)
        .or_else(|| name(text).map(Host::Name))
        .ok_or_else(|| Refusal::not_an_address("Its host is neither a name nor an IP address."))
    }

    /// As in a socket address: the name, or the IP address without brackets.
    pub(super) fn text(&self) -> String {
        match self {
            Host::Name(name) => name.clone(),
            Host::Address(address) => address.to_string(),
        }
    }

    /// As in a URL: an IPv6 address in brackets.
    pub(super) fn in_url(&self) -> String {
        in_url(&self.text())
    }

    pub(super) fn is(&self, other: &str) -> bool {
        matches!(self, Host::Name(name) if name == other)
    }

    /// Whether only the own network, or the own SSH configuration, can know this name: it has no domain.
    pub(super) fn lacks_domain(&self) -> bool {
        matches!(self, Host::Name(name) if !name.contains('.') && name != "localhost")
    }
}

/// A host as it stands in a URL: an IPv6 address is put in brackets.
pub(super) fn in_url(host: &str) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

fn name(text: &str) -> Option<String> {
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or_default();
    // Programs take a name that ends in a number for an IPv4 address in one of its odd forms (127.1, 0x7f.1).
    let ends_in_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    (name.len() <= LONGEST_NAME && name.split('.').all(is_label) && !ends_in_number).then_some(name)
}

/// Letters, digits and dashes, and the underscore that some internal networks use.
fn is_label(label: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&label.len())
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Code;

    #[test]
    fn hosts_have_one_form() {
        let cases = [
            ("Git.Example.COM.", "git.example.com"),
            ("localhost", "localhost"),
            ("10.0.0.1", "10.0.0.1"),
            ("[2001:DB8:0::1]", "2001:db8::1"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ];
        for (text, expected) in cases {
            assert_eq!(Host::parse(text).expect(text).text(), expected);
        }
    }

    #[test]
    fn other_texts_are_no_hosts() {
        let cases = [
            ("", Code::UrlNotAnAddress),
            ("a..b", Code::UrlNotAnAddress),
            ("127.1", Code::UrlNotAnAddress),
            ("0x7f000001", Code::UrlNotAnAddress),
            ("[::1%eth0]", Code::UrlNotAnAddress),
            ("[::1", Code::UrlNotAnAddress),
            ("a_b-.example", Code::UrlNotAnAddress),
            ("-oProxyCommand=x", Code::UrlUnsafe),
            ("b\u{456}tbucket.org", Code::UrlUnsafe),
            ("a;b", Code::UrlUnsafe),
        ];
        for (text, code) in cases {
            assert_eq!(Host::parse(text).expect_err(text).code, code, "{text}");
        }
        assert!(Host::parse(&"a".repeat(64)).is_err());
        assert!(Host::parse(&"a.".repeat(127)).is_ok());
        assert!(Host::parse(&"a.".repeat(128)).is_err());
    }
}

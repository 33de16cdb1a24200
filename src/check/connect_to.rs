//! `--connect-to HOST:PORT:ADDR:PORT`, with curl's meaning: for tunnels and tests.

use std::str::FromStr;

use crate::text::is_harmful;

/// Connect to another host and port than the address says. Only the connection goes elsewhere: the host key is still
/// judged for the address's own host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectTo {
    host: Option<String>,
    port: Option<u16>,
    to_host: Option<String>,
    to_port: Option<u16>,
}

/// A value that is not of the form `HOST:PORT:ADDR:PORT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected HOST:PORT:ADDR:PORT; each part may be empty, an IPv6 address stands in brackets")]
pub struct NotConnectTo;

impl ConnectTo {
    /// Connect to `to_host:to_port` for `host:port`.
    pub fn new(host: &str, port: u16, to_host: &str, to_port: u16) -> Self {
        Self {
            host: Some(host.to_owned()),
            port: Some(port),
            to_host: Some(to_host.to_owned()),
            to_port: Some(to_port),
        }
    }

    /// Connect to `to_host:to_port` for every host and port.
    pub fn any(to_host: &str, to_port: u16) -> Self {
        Self {
            host: None,
            port: None,
            to_host: Some(to_host.to_owned()),
            to_port: Some(to_port),
        }
    }

    /// Where the first rule that matches sends `host` and `port`, if one does.
    pub fn route<'a>(rules: &'a [ConnectTo], host: &'a str, port: u16) -> Option<(&'a str, u16)> {
        let rule = rules.iter().find(|rule| {
            rule.host
                .as_deref()
                .is_none_or(|own| own.eq_ignore_ascii_case(host))
                && rule.port.is_none_or(|own| own == port)
        })?;
        Some((
            rule.to_host.as_deref().unwrap_or(host),
            rule.to_port.unwrap_or(port),
        ))
    }
}

impl FromStr for ConnectTo {
    type Err = NotConnectTo;

    fn from_str(text: &str) -> Result<Self, NotConnectTo> {
        let (host, rest) = host(text)?;
        let (first_port, rest) = rest.split_once(':').ok_or(NotConnectTo)?;
        let (to_host, to_port) = self::host(rest)?;
        Ok(Self {
            host,
            port: port(first_port)?,
            to_host,
            to_port: port(to_port)?,
        })
    }
}

/// A host up to its colon, and what follows the colon.
fn host(text: &str) -> Result<(Option<String>, &str), NotConnectTo> {
    let (host, rest) = match text.strip_prefix('[') {
        Some(bracketed) => {
            let (host, rest) = bracketed.split_once(']').ok_or(NotConnectTo)?;
            (host, rest.strip_prefix(':').ok_or(NotConnectTo)?)
        }
        None => text.split_once(':').ok_or(NotConnectTo)?,
    };
    if host.chars().any(|c| c.is_whitespace() || is_harmful(c)) {
        return Err(NotConnectTo);
    }
    Ok(((!host.is_empty()).then(|| host.to_owned()), rest))
}

fn port(text: &str) -> Result<Option<u16>, NotConnectTo> {
    if text.is_empty() {
        return Ok(None);
    }
    // `parse` alone would take a sign, and nothing listens on port 0.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let port = text
        .parse()
        .ok()
        .filter(|&port: &u16| is_number && port > 0);
    port.map(Some).ok_or(NotConnectTo)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routed(rule: &str, host: &str, port: u16) -> Option<(String, u16)> {
        let rules = [rule.parse().expect("a rule")];
        ConnectTo::route(&rules, host, port).map(|(host, port)| (host.to_owned(), port))
    }

    #[test]
    fn empty_parts_mean_any_and_unchanged_as_in_curl() {
        let here = |port| Some(("127.0.0.1".to_owned(), port));
        assert_eq!(routed("a:22:127.0.0.1:9", "a", 22), here(9));
        assert_eq!(routed("a:22:127.0.0.1:9", "A", 22), here(9));
        assert_eq!(routed("a:22:127.0.0.1:9", "a", 23), None);
        assert_eq!(routed("::127.0.0.1:9", "b", 23), here(9));
        assert_eq!(routed("a::127.0.0.1:", "a", 23), here(23));
        assert_eq!(routed("a:22::9", "a", 22), Some(("a".to_owned(), 9)));
        assert_eq!(
            routed("[::1]:22:[::2]:9", "::1", 22),
            Some(("::2".to_owned(), 9))
        );
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "a",
            "a:1",
            "a:1:b",
            "a:x:b:1",
            "a:1:b:70000",
            "a:1:b:0",
            "a:1:b:+22",
            "a:1:b\u{202e}c:22",
            "a\u{3164}:1:b:22",
            "a:1:b\u{1b}[31m:22",
            "a b:1:b:22",
            "[a:1:b:1",
            "a:1:b:1:2",
        ] {
            assert_eq!(text.parse::<ConnectTo>(), Err(NotConnectTo), "{text}");
        }
    }
}

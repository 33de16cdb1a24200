//! Reading `known_hosts` files as OpenSSH does (sshd(8), "SSH known hosts file format").

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use ssh_key::PublicKey;
use ssh_key::known_hosts::{Entry, HostPatterns, Marker};

use crate::bitbucket::SSH_PORT;

/// The host keys that are known, from one or more files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownHosts {
    hosts: Vec<KnownHost>,
}

/// One line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownHost {
    /// The file's name, as given to [`KnownHosts::parse`].
    pub file: String,
    /// The number of the line, from 1.
    pub line: usize,
    /// Whether the key is marked `@revoked`.
    pub is_revoked: bool,
    /// The key.
    pub key: PublicKey,
    patterns: HostPatterns,
}

impl KnownHosts {
    /// Reads the text of a file. Lines that can't be read are passed over, as OpenSSH does; so are those with
    /// `@cert-authority`, because doorkey does not take host certificates.
    pub fn parse(text: &str, file: &str) -> Self {
        let hosts = text
            .lines()
            .enumerate()
            .filter_map(|(index, line)| KnownHost::parse(line, file, index + 1))
            .collect();
        Self { hosts }
    }

    /// Adds the lines of another file.
    #[must_use]
    pub fn and(mut self, other: KnownHosts) -> Self {
        self.hosts.extend(other.hosts);
        self
    }

    /// The lines for this host at this port: by its name alone at port 22, else as `[host]:port`.
    pub fn entries_for(&self, host: &str, port: u16) -> impl Iterator<Item = &KnownHost> {
        let host = host.to_ascii_lowercase();
        let name = match port {
            SSH_PORT => host,
            port => format!("[{host}]:{port}"),
        };
        self.hosts.iter().filter(move |entry| entry.is_for(&name))
    }
}

impl KnownHost {
    fn parse(line: &str, file: &str, number: usize) -> Option<Self> {
        let fields: Vec<&str> = line.split_whitespace().collect();
        if fields.first()?.starts_with('#') {
            return None;
        }
        // ssh-key knows one space as the separator; OpenSSH takes any number of spaces and tabs.
        let entry: Entry = fields.join(" ").parse().ok()?;
        let is_revoked = match entry.marker() {
            None => false,
            Some(Marker::Revoked) => true,
            Some(Marker::CertAuthority) => return None,
        };
        Some(Self {
            file: file.to_owned(),
            line: number,
            is_revoked,
            key: entry.public_key().clone(),
            patterns: entry.host_patterns().clone(),
        })
    }

    /// `name` is in lower case.
    fn is_for(&self, name: &str) -> bool {
        match &self.patterns {
            HostPatterns::HashedName { salt, hash } => is_hash_of(name, salt, hash),
            HostPatterns::Patterns(patterns) => matches_list(name, patterns),
        }
    }
}

/// HMAC-SHA1 with the salt as its key (OpenSSH, hostfile.c `host_hash`).
fn is_hash_of(name: &str, salt: &[u8], hash: &[u8]) -> bool {
    Hmac::<Sha1>::new_from_slice(salt).is_ok_and(|mut mac| {
        mac.update(name.as_bytes());
        mac.verify_slice(hash).is_ok()
    })
}

/// Whether a pattern matches and no negated one does (OpenSSH, match.c `match_pattern_list`).
fn matches_list(name: &str, patterns: &[String]) -> bool {
    let mut found = false;
    for pattern in patterns {
        let pattern = pattern.to_ascii_lowercase();
        match pattern.strip_prefix('!') {
            Some(negated) if matches(name.as_bytes(), negated.as_bytes()) => return false,
            Some(_) => {}
            None => found |= matches(name.as_bytes(), pattern.as_bytes()),
        }
    }
    found
}

/// `*` stands for any characters, `?` for any one. Goes back only to the last `*`, so that no pattern takes long.
fn matches(name: &[u8], pattern: &[u8]) -> bool {
    let (mut at_name, mut at_pattern) = (0, 0);
    let mut last_star = None;
    while at_name < name.len() {
        match pattern.get(at_pattern) {
            Some(b'*') => {
                last_star = Some((at_name, at_pattern));
                at_pattern += 1;
            }
            Some(expected) if *expected == b'?' || *expected == name[at_name] => {
                at_name += 1;
                at_pattern += 1;
            }
            _ => {
                let Some((name_then, star)) = last_star else {
                    return false;
                };
                last_star = Some((name_then + 1, star));
                at_name = name_then + 1;
                at_pattern = star + 1;
            }
        }
    }
    pattern[at_pattern..].iter().all(|rest| *rest == b'*')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINunPPbw66xJorWIHTSRSx9p3FuX2xdPJIAsIvcGz8uC";

    /// Made by `ssh-keygen -H` of OpenSSH 9.2 from `git.example.com` and `[git.example.com]:7999`.
    const HASHED: &str = include_str!("../../tests/fixtures/known_hosts.hashed");

    fn lines_for(text: &str, host: &str, port: u16) -> Vec<usize> {
        let known = KnownHosts::parse(text, "known_hosts");
        known
            .entries_for(host, port)
            .map(|entry| entry.line)
            .collect()
    }

    #[test]
    fn names_ports_and_patterns() {
        for (hosts, host, port, found) in [
            ("git.example.com", "git.example.com", 22, true),
            ("GIT.example.com", "git.EXAMPLE.com", 22, true),
            ("git.example.com", "git.example.com", 7999, false),
            ("[git.example.com]:7999", "git.example.com", 7999, true),
            ("[git.example.com]:7999", "git.example.com", 22, false),
            ("[git.example.com]:7999", "git.example.com", 7998, false),
            ("a,git.example.com,192.0.2.7", "192.0.2.7", 22, true),
            ("*.example.com", "git.example.com", 22, true),
            ("*.example.com", "example.com", 22, false),
            ("g?t.example.com", "git.example.com", 22, true),
            ("g??t.example.com", "git.example.com", 22, false),
            (
                "*.example.com,!git.example.com",
                "git.example.com",
                22,
                false,
            ),
            ("!git.example.com,*.example.com", "hg.example.com", 22, true),
            ("!git.example.com", "hg.example.com", 22, false),
            ("[*.example.com]:*", "git.example.com", 7999, true),
            ("2001:db8::1", "2001:DB8::1", 22, true),
            ("[2001:db8::1]:7999", "2001:db8::1", 7999, true),
            ("*", "anything", 22, true),
            ("*ab", "acb", 22, false),
            ("*ab", "aab", 22, true),
            ("*ab", "abab", 22, true),
            ("*ab", "abc", 22, false),
            ("a*b", "acbc", 22, false),
            ("a*b*c", "abdc", 22, true),
            ("a*b*c", "adc", 22, false),
            ("a?", "a", 22, false),
            ("?", "", 22, false),
            ("ab*", "ab", 22, true),
        ] {
            let lines = lines_for(&format!("{hosts} {KEY}"), host, port);
            assert_eq!(!lines.is_empty(), found, "{hosts} {host} {port}");
        }
    }

    #[test]
    fn hashed_names_are_found_by_their_hash() {
        assert_eq!(lines_for(HASHED, "git.example.com", 22), [1]);
        assert_eq!(lines_for(HASHED, "Git.Example.Com", 7999), [2]);
        assert_eq!(lines_for(HASHED, "other.example.com", 22), [0_usize; 0]);
    }

    #[test]
    fn what_can_not_be_read_is_passed_over() {
        let text = format!(
            "# comment\n\n   # another\nnonsense\nhost ssh-ed25519\nhost ssh-ed25519 !!!!\n|1|x|y {KEY}\n@cert-authority host {KEY}\n@unheard-of host {KEY}\n host\t {KEY} a comment\r\n"
        );
        assert_eq!(lines_for(&text, "host", 22), [10]);
    }

    #[test]
    fn revoked_keys_are_marked() {
        let known = KnownHosts::parse(&format!("@revoked * {KEY}"), "known_hosts");
        assert!(known.entries_for("any", 22).all(|entry| entry.is_revoked));
        assert_eq!(known.entries_for("any", 22).count(), 1);
    }

    #[test]
    fn files_add_up() {
        let one = KnownHosts::parse(&format!("host {KEY}"), "mine");
        let both = one.and(KnownHosts::parse(&format!("\nhost {KEY}"), "everyone's"));
        let found: Vec<_> = both
            .entries_for("host", 22)
            .map(|entry| (entry.file.as_str(), entry.line))
            .collect();
        assert_eq!(found, [("mine", 1), ("everyone's", 2)]);
    }

    #[test]
    fn no_pattern_takes_long() {
        let pattern = "*a".repeat(2000);
        assert!(!matches(
            "a".repeat(1500).as_bytes(),
            format!("{pattern}b").as_bytes()
        ));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(.|\n)*", host in ".*", port: u16) {
            let _ = KnownHosts::parse(&text, "known_hosts").entries_for(&host, port).count();
        }

        #[test]
        fn a_host_finds_its_own_line(host in "[a-zA-Z0-9.-]{1,30}", port: u16) {
            let name = if port == 22 { host.clone() } else { format!("[{host}]:{port}") };
            prop_assert_eq!(lines_for(&format!("{name} {KEY}"), &host, port), [1]);
        }

        #[test]
        fn star_matches_whatever_it_replaces(name in "[a-z.]{1,20}", from in 0usize..20, to in 0usize..20) {
            let (from, to) = (from.min(to).min(name.len()), from.max(to).min(name.len()));
            let pattern = format!("{}*{}", &name[..from], &name[to..]);
            prop_assert!(matches(name.as_bytes(), pattern.as_bytes()));
        }
    }
}

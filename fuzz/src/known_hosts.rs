//! Any text as a `known_hosts` file.

use doorkey::bitbucket::Edition;
use doorkey::check::HostKeyTrust;
use doorkey::check::known_hosts::KnownHosts;

use crate::{assert_harmless_check, good_key, text};

/// Hosts that are looked for, besides those that the text begins its lines with.
const HOSTS: [(&str, u16); 4] = [
    ("git.example.com", 7999),
    ("git.example.com", 22),
    ("ssh.bitbucket.org", 22),
    ("2001:db8::1", 7999),
];

pub fn run(data: &[u8]) {
    let text = text(data);
    let known_hosts = KnownHosts::parse(&text, "known_hosts");
    let lines: Vec<&str> = text.lines().collect();
    let named = lines
        .iter()
        .filter_map(|line| line.split([',', ' ']).next());
    let named = named.take(8).map(|host| (host, 22));
    let trust = HostKeyTrust {
        known_hosts: known_hosts.clone(),
        ..HostKeyTrust::default()
    };
    let key = good_key();
    for (host, port) in HOSTS.into_iter().chain(named) {
        for entry in known_hosts.entries_for(host, port) {
            // Each entry is the line that it says it is, with the mark that stands there.
            let line = lines[entry.line - 1];
            assert_eq!(
                entry.is_revoked,
                line.trim_start().starts_with("@revoked"),
                "{line}"
            );
        }
        for edition in Edition::ALL {
            trust.preferred_algorithms(edition, host, port);
            let judged = trust.judge(edition, host, port, key.public_key());
            assert_harmless_check(&judged.to_check());
        }
        // A key that is revoked for this host is never let through.
        for entry in known_hosts
            .entries_for(host, port)
            .filter(|entry| entry.is_revoked)
        {
            let judged = trust.judge(Edition::DataCenter, host, port, &entry.key);
            assert!(!judged.lets_through(), "{}", lines[entry.line - 1]);
        }
    }
}

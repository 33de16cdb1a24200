//! Any text as OpenSSH's client configuration, and an address that goes through it.

use doorkey::bitbucket::{SshAliases, read_address};

use crate::address::assert_sound;
use crate::text;

pub fn run(data: &[u8]) {
    let text = text(data);
    let aliases = SshAliases::parse(&text);
    let named = text.split_whitespace().take(16);
    for host in ["bb-work", "git", "git.example.com"]
        .into_iter()
        .chain(named)
    {
        aliases.resolve(host);
        for address in [
            format!("git@{host}:data/analytics.git"),
            format!("ssh://git@{host}/data/analytics.git"),
        ] {
            assert_sound(read_address(&address, &aliases));
        }
    }
}

//! Any text as a repository's address.

use doorkey::bitbucket::address::{shown, without_password};
use doorkey::bitbucket::{Reading, Refusal, SshAliases, read_address};

use crate::{assert_harmless, text};

/// A configuration that an address may need.
const CONFIG: &str =
    "Host bb-work\n  HostName bitbucket.org\nHost git\n  HostName git.example.com\n  Port 7999\n";

pub fn run(data: &[u8]) {
    let text = text(data);
    for aliases in [SshAliases::default(), SshAliases::parse(CONFIG)] {
        assert_sound(read_address(&text, &aliases));
    }
    assert_harmless(&shown(&text, 80));
    if let Some(without) = without_password(&text) {
        assert_eq!(without_password(&without), None, "{without}");
    }
}

/// What was read is an address of plain characters, and read again it is itself and needs no repair.
#[track_caller]
pub fn assert_sound(read: Result<Reading, Refusal>) {
    let reading = match read {
        Ok(reading) => reading,
        Err(refusal) => {
            refusal
                .detail
                .iter()
                .for_each(|detail| assert_harmless(detail));
            return;
        }
    };
    let Reading {
        address,
        place,
        repair,
    } = &reading;
    if let Some(repair) = repair {
        let others = repair.others.iter().map(|problem| &problem.detail);
        for detail in others.chain([&repair.detail]).flatten() {
            assert_harmless(detail);
        }
    }
    let given = repair.iter().filter_map(|repair| repair.as_given.as_ref());
    for address in given.chain([address]) {
        let ssh = address.ssh();
        assert!(
            ssh.starts_with("git@") || ssh.starts_with("ssh://git@"),
            "{ssh}"
        );
        assert!(ssh.bytes().all(|byte| byte.is_ascii_graphic()), "{ssh}");
        assert!(
            !ssh.contains(['`', '$', '&', '|', ';', '<', '>', '(', ')', '\'', '"', '\\']),
            "{ssh}"
        );
        assert!(!address.host().starts_with('-'), "{ssh}");
        assert_ne!(address.port(), 0, "{ssh}");
    }
    let page = place.access_keys_page();
    assert!(page.bytes().all(|byte| byte.is_ascii_graphic()), "{page}");
    let ssh = address.ssh();
    match read_address(&ssh, &SshAliases::default()) {
        Ok(again) => assert_eq!((&again.address, again.repair), (address, None), "{ssh}"),
        Err(refusal) => panic!("{ssh} is refused: {refusal:?}"),
    }
}

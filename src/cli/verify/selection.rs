//! Which of the saved connections are to be tested.

use std::time::{Duration, SystemTime};

use crate::check::{Required, Verdict};
use crate::connections::{Connection, Connections, Name, NotFound};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What was chosen, by name, and what of it is left out.
#[derive(Debug)]
pub(super) struct Selection {
    /// To be tested.
    pub(super) chosen: Vec<Connection>,
    /// Left out, because they were ready lately.
    pub(super) skipped: Vec<Name>,
    /// How many of those meant can't be read.
    pub(super) unreadable: usize,
}

/// Those with these names; all, if there are no names.
pub(super) fn select(
    saved: &Connections,
    names: &[String],
    since_days: Option<u16>,
    required: Required,
) -> Result<Selection, NotFound> {
    let mut found: Vec<&Connection> = if names.is_empty() {
        saved.iter().collect()
    } else {
        let found = names.iter().map(|name| saved.find(name));
        found.collect::<Result<_, _>>()?
    };
    let unreadable = if names.is_empty() {
        saved.unreadable().len()
    } else {
        0
    };
    if found.is_empty() && unreadable == 0 {
        // Nothing tested is nothing proven: that must not look like success.
        return Err(NotFound::NoneSaved);
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found.dedup_by(|one, other| one.name == other.name);
    let since = since_days.map(|days| DAY * u32::from(days));
    let now = SystemTime::now();
    let (skipped, chosen) = found.into_iter().partition::<Vec<_>, _>(|connection| {
        since.is_some_and(|since| was_ready(connection, required, since, now))
    });
    Ok(Selection {
        chosen: chosen.into_iter().cloned().collect(),
        skipped: skipped
            .into_iter()
            .map(|connection| connection.name.clone())
            .collect(),
        unreadable,
    })
}

/// Whether the last test found it ready, and is not older than this. After one that could not tell it is tested again. A time that can't be read or is still to come is no
/// proof.
fn was_ready(
    connection: &Connection,
    required: Required,
    since: Duration,
    now: SystemTime,
) -> bool {
    let memory = &connection.memory;
    let (Some(test), None) = (memory.last_test(), memory.last_try()) else {
        return false;
    };
    let is_recent = |at: &str| {
        let at = humantime::parse_rfc3339(at).ok();
        let age = at.and_then(|at| now.duration_since(at).ok());
        age.is_some_and(|age| age <= since)
    };
    // That test may not have been asked for as much as this one.
    let was_proven = |rung| {
        let told = memory.rung(rung).told();
        told.is_some_and(|told| told.is_proven && is_recent(&told.seen.at))
    };
    test.verdict == Verdict::Ready && is_recent(&test.at) && required.rungs().all(was_proven)
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::access_key::AccessKey;
    use crate::bitbucket::{SshAliases, read_address};
    use crate::check::{Check, CheckId, Code, Report, Rung};

    const KEY: &str = include_str!("../../../tests/fixtures/keys/ed25519.pub");

    fn connection(name: &str, last_test: Option<(Duration, Verdict)>) -> Connection {
        let url = format!("git@ssh.bitbucket.org:acme/{name}.git");
        let reading = read_address(&url, &SshAliases::default()).expect("an address");
        let key = AccessKey::read(KEY).expect("a key");
        let name = name.parse().expect("a name");
        let mut connection = Connection::new(name, reading.address, reading.place, key);
        if let Some((age, verdict)) = last_test {
            let at = humantime::format_rfc3339_seconds(SystemTime::now() - age);
            remember(&mut connection, &at.to_string(), verdict);
        }
        connection
    }

    fn remember(connection: &mut Connection, at: &str, verdict: Verdict) {
        let reached = [CheckId::Dns, CheckId::Tcp, CheckId::Ssh, CheckId::HostKey];
        let mut checks: Vec<Check> = reached.map(|id| Check::pass(id, "so")).to_vec();
        checks.push(match verdict {
            Verdict::Ready => Check::pass(CheckId::KeyQuery, "taken"),
            Verdict::NotReady => Check::found(Code::KeyQueryNotRecognised),
            Verdict::Inconclusive => Check::found(Code::KeyQueryClosed).in_doubt(),
        });
        connection.remember(&Report {
            checked_at: at.to_owned(),
            elapsed: Duration::ZERO,
            given: String::new(),
            address: Some(connection.address.clone()),
            key: Some(connection.key.clone()),
            checks,
            required: Required::default(),
        });
    }

    fn names(connections: &[Connection]) -> Vec<&str> {
        let names = connections
            .iter()
            .map(|connection| connection.name.as_str());
        names.collect()
    }

    #[test]
    fn only_what_was_ready_lately_is_left_out() {
        let saved: Connections = [
            connection("a-ready-yesterday", Some((DAY, Verdict::Ready))),
            connection("b-ready-long-ago", Some((3 * DAY, Verdict::Ready))),
            connection("c-refused-yesterday", Some((DAY, Verdict::NotReady))),
            connection("d-never-tested", None),
        ]
        .into_iter()
        .collect();
        let all = select(&saved, &[], None, Required::default()).expect("some");
        assert_eq!((all.chosen.len(), all.skipped.len()), (4, 0));
        let some = select(&saved, &[], Some(2), Required::default()).expect("some");
        assert_eq!(
            names(&some.chosen),
            ["b-ready-long-ago", "c-refused-yesterday", "d-never-tested"]
        );
        assert_eq!(some.skipped.len(), 1);
        let more = Required::default().and(Rung::ThisRepository);
        let all = select(&saved, &[], Some(2), more).expect("some");
        assert_eq!(all.skipped.len(), 0, "that was not asked for yesterday");
    }

    #[test]
    fn one_that_could_not_be_tested_lately_is_tested_again() {
        let mut saved = connection("analytics", Some((DAY / 2, Verdict::Ready)));
        let is_left_out =
            |saved: &Connection| was_ready(saved, Required::default(), DAY, SystemTime::now());
        assert!(is_left_out(&saved));
        let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        remember(&mut saved, &now, Verdict::Inconclusive);
        assert!(!is_left_out(&saved));
    }

    #[test]
    fn a_time_that_says_nothing_is_no_proof() {
        for at in ["", "yesterday", "9999-01-01T00:00:00Z"] {
            let mut odd = connection("odd", None);
            remember(&mut odd, at, Verdict::Ready);
            assert!(
                !was_ready(&odd, Required::default(), DAY, SystemTime::now()),
                "{at}"
            );
        }
    }

    #[test]
    fn names_choose_once_and_in_order() {
        let saved: Connections = ["billing", "analytics", "models"]
            .map(|name| connection(name, None))
            .into_iter()
            .collect();
        let given = ["mod", "a", "models"].map(str::to_owned);
        let selection = select(&saved, &given, None, Required::default()).expect("some");
        assert_eq!(names(&selection.chosen), ["analytics", "models"]);
        assert!(select(&saved, &["x".to_owned()], None, Required::default()).is_err());
        let nothing = select(&Connections::default(), &[], None, Required::default());
        assert_eq!(nothing.expect_err("none"), NotFound::NoneSaved);
    }
}

//! Which of the saved connections are to be tested.

use std::time::{Duration, SystemTime};

use crate::check::Verdict;
use crate::connections::{Connection, Connections, Name, NotFound};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What was chosen, by name, and what of it is left out.
#[derive(Debug)]
pub(super) struct Selection {
    /// To be tested.
    pub(super) chosen: Vec<Connection>,
    /// Left out, because they were ready lately.
    pub(super) skipped: Vec<Name>,
}

/// Those with these names; all, if there are no names.
pub(super) fn select(
    saved: &Connections,
    names: &[String],
    since_days: Option<u16>,
) -> Result<Selection, NotFound> {
    let mut found: Vec<&Connection> = if names.is_empty() {
        saved.iter().collect()
    } else {
        let found = names.iter().map(|name| saved.find(name));
        found.collect::<Result<_, _>>()?
    };
    if found.is_empty() {
        // Nothing tested is nothing proven: that must not look like success.
        return Err(NotFound::NoneSaved);
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found.dedup_by(|one, other| one.name == other.name);
    let since = since_days.map(|days| DAY * u32::from(days));
    let now = SystemTime::now();
    let (skipped, chosen) = found.into_iter().partition::<Vec<_>, _>(|connection| {
        since.is_some_and(|since| was_ready(connection, since, now))
    });
    Ok(Selection {
        chosen: chosen.into_iter().cloned().collect(),
        skipped: skipped
            .into_iter()
            .map(|connection| connection.name.clone())
            .collect(),
    })
}

/// Whether the last test found it ready, and is not older than this. A time that can't be read or is still to come is no
/// proof.
fn was_ready(connection: &Connection, since: Duration, now: SystemTime) -> bool {
    let Some(test) = &connection.last_test else {
        return false;
    };
    let age = humantime::parse_rfc3339(&test.at)
        .ok()
        .and_then(|at| now.duration_since(at).ok());
    test.verdict == Verdict::Ready && age.is_some_and(|age| age <= since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access_key::AccessKey;
    use crate::bitbucket::{SshAliases, read_address};
    use crate::connections::LastTest;

    const KEY: &str = include_str!("../../../tests/fixtures/keys/ed25519.pub");

    fn connection(name: &str, last_test: Option<(Duration, Verdict)>) -> Connection {
        let url = format!("git@ssh.bitbucket.org:acme/{name}.git");
        let reading = read_address(&url, &SshAliases::default()).expect("an address");
        let key = AccessKey::read(KEY).expect("a key");
        let name = name.parse().expect("a name");
        let mut connection = Connection::new(name, reading.address, reading.place, key);
        connection.last_test = last_test.map(|(age, verdict)| LastTest {
            at: humantime::format_rfc3339_seconds(SystemTime::now() - age).to_string(),
            verdict,
        });
        connection
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
        let all = select(&saved, &[], None).expect("some");
        assert_eq!((all.chosen.len(), all.skipped.len()), (4, 0));
        let some = select(&saved, &[], Some(2)).expect("some");
        assert_eq!(
            names(&some.chosen),
            ["b-ready-long-ago", "c-refused-yesterday", "d-never-tested"]
        );
        assert_eq!(some.skipped.len(), 1);
    }

    #[test]
    fn a_time_that_says_nothing_is_no_proof() {
        let mut odd = connection("odd", Some((DAY, Verdict::Ready)));
        for at in ["", "yesterday", "9999-01-01T00:00:00Z"] {
            if let Some(test) = &mut odd.last_test {
                at.clone_into(&mut test.at);
            }
            assert!(!was_ready(&odd, DAY, SystemTime::now()), "{at}");
        }
    }

    #[test]
    fn names_choose_once_and_in_order() {
        let saved: Connections = ["billing", "analytics", "models"]
            .map(|name| connection(name, None))
            .into_iter()
            .collect();
        let given = ["mod", "a", "models"].map(str::to_owned);
        let selection = select(&saved, &given, None).expect("some");
        assert_eq!(names(&selection.chosen), ["analytics", "models"]);
        assert!(select(&saved, &["x".to_owned()], None).is_err());
        let nothing = select(&Connections::default(), &[], None);
        assert_eq!(nothing.expect_err("none"), NotFound::NoneSaved);
    }
}

//! A change of key that has begun: how far it has come, and what each step of it changes about its connection.
//!
//! The order protects: the old key may go only once the new one is proven and Coalesce Quality uses it.

use thiserror::Error;

use super::{Connection, Memory, Name, RetiredKey};
use crate::access_key::AccessKey;
use crate::bitbucket::ApiBase;
use crate::check::{Absence, HostKeyPin, Report, Verdict};

/// A change of key that has begun and is not finished.
#[derive(Clone, Debug, PartialEq)]
pub struct Rotation {
    /// The new key.
    pub key: AccessKey,
    /// When it began: RFC 3339, UTC, like every time here.
    pub began: String,
    /// Whether Bitbucket knew the new key before anybody said to have added it: then it sits somewhere else, too.
    pub was_known: bool,
    /// When somebody said that the new key was added.
    pub added: Option<String>,
    /// When a test proved the new key after that. Taken back if a later test refutes it.
    pub recognised: Option<String>,
    /// When Coalesce Quality had gone over to the new key, and how that is known.
    pub switched: Option<Switched>,
    /// When somebody said that the old key was taken out.
    pub removed: Option<String>,
    /// When a test showed, after that, that the server refuses the old key. Taken back if a later test finds it in again.
    pub refused: Option<String>,
    /// What tests have shown of the new key.
    pub memory: Memory,
}

/// That Coalesce Quality uses the new key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switched {
    /// When that came out.
    pub at: String,
    /// How.
    pub by: SwitchedBy,
}

/// How it is known that Coalesce Quality uses the new key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchedBy {
    /// Somebody said so.
    Person,
    /// Bitbucket says when the key was last used.
    Bitbucket,
}

impl SwitchedBy {
    /// Every way.
    pub const ALL: [SwitchedBy; 2] = [SwitchedBy::Person, SwitchedBy::Bitbucket];

    /// The stable name, as in the file.
    pub const fn id(self) -> &'static str {
        match self {
            SwitchedBy::Person => "person",
            SwitchedBy::Bitbucket => "bitbucket",
        }
    }
}

/// What a rotation has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Add the new key.
    Add,
    /// Prove the new key.
    Prove,
    /// Let Coalesce Quality go over to it.
    Switch,
    /// Take the old key out.
    Remove,
    /// Prove that the old key is out.
    Refuse,
}

impl Stage {
    /// Every stage, in their order.
    pub const ALL: [Stage; 5] = [
        Stage::Add,
        Stage::Prove,
        Stage::Switch,
        Stage::Remove,
        Stage::Refuse,
    ];

    /// The stable name, as in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Stage::Add => "add",
            Stage::Prove => "prove",
            Stage::Switch => "switch",
            Stage::Remove => "remove",
            Stage::Refuse => "refuse",
        }
    }

    /// What is to be done, in a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Stage::Add => "add the new key",
            Stage::Prove => "prove the new key",
            Stage::Switch => "let Coalesce Quality use the new key",
            Stage::Remove => "remove the old key",
            Stage::Refuse => "prove that the old key is out",
        }
    }
}

impl Rotation {
    fn new(key: &AccessKey, at: &str) -> Self {
        Self {
            key: key.clone().without_repairs(),
            began: at.to_owned(),
            was_known: false,
            added: None,
            recognised: None,
            switched: None,
            removed: None,
            refused: None,
            memory: Memory::default(),
        }
    }

    /// What is to be done next: the first thing that is missing, whatever came after it.
    pub fn stage(&self) -> Stage {
        if self.added.is_none() {
            Stage::Add
        } else if self.recognised.is_none() {
            Stage::Prove
        } else if self.switched.is_none() {
            Stage::Switch
        } else if self.removed.is_none() {
            Stage::Remove
        } else {
            Stage::Refuse
        }
    }

    /// Remembers a test of the new key.
    fn remember(&mut self, report: &Report) {
        self.memory.remember(report);
        let absence = report.absence();
        if absence.is_proven() {
            // It was taken out again: what comes after its proof is not safe any more.
            self.recognised = None;
            self.removed = None;
            self.refused = None;
        } else if report.verdict() == Verdict::Ready {
            if self.added.is_none() {
                self.was_known = true;
            } else if self.recognised.is_none() {
                self.recognised = Some(report.checked_at.clone());
            }
        }
    }

    /// Remembers a test of the old key, as far as it matters once that is out.
    fn remember_old(&mut self, report: &Report) {
        match report.absence() {
            Absence::Refused if self.removed.is_some() => {
                self.refused = Some(report.checked_at.clone());
            }
            absence if absence.is_known() => self.refused = None,
            _ => {}
        }
    }
}

/// One step of a rotation, to be taken where connections are saved.
#[derive(Clone, Debug)]
pub struct RotationStep {
    /// The connection.
    pub name: Name,
    /// The key it has while the rotation lasts. If it has another, somebody else has changed it.
    pub old: AccessKey,
    /// The new key. A rotation to another one is not touched.
    pub new: AccessKey,
    /// What happened.
    pub change: RotationChange,
}

/// What happened in a rotation.
#[derive(Clone, Debug)]
pub enum RotationChange {
    /// It begins.
    Begin,
    /// Somebody said that the new key was added.
    Added,
    /// The old key or the new one was tested.
    Tested(Box<Report>),
    /// Coalesce Quality uses the new key.
    Switched(SwitchedBy),
    /// Somebody said that the old key was taken out.
    Removed,
    /// Somebody said to trust this host key.
    Trust(HostKeyPin),
    /// Somebody said where Bitbucket's web server is, and it has answered.
    WebServer(ApiBase),
    /// The new key takes the place of the old one.
    Finish,
    /// The new key is forgotten.
    GiveUp,
}

impl RotationChange {
    /// What happened, in a few words.
    pub const fn title(&self) -> &'static str {
        match self {
            RotationChange::Begin => "begun",
            RotationChange::Added => "the new key was added",
            RotationChange::Tested(_) => "a test",
            RotationChange::Switched(_) => "Coalesce Quality uses the new key",
            RotationChange::Removed => "the old key was taken out",
            RotationChange::Trust(_) => "a host key is trusted",
            RotationChange::WebServer(_) => "the web server is known",
            RotationChange::Finish => "finished",
            RotationChange::GiveUp => "given up",
        }
    }
}

/// Why a step can't be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RotationError {
    /// Another doorkey was here.
    #[error("another doorkey has changed this connection in the meantime")]
    Changed,
    /// It is the key the connection has.
    #[error("the new key is the one the connection has already")]
    SameKey,
    /// The step before it was not taken.
    #[error("the steps before it are not done")]
    OutOfOrder,
}

impl RotationStep {
    /// Takes the step at this time. A connection that it does not fit stays as it is.
    pub fn take(&self, connection: &mut Connection, at: &str) -> Result<(), RotationError> {
        if !connection.key.is_same_key(&self.old) {
            return Err(RotationError::Changed);
        }
        if matches!(self.change, RotationChange::Begin) {
            return self.begin(connection, at);
        }
        let rotation = connection.rotation.as_mut();
        let rotation = rotation
            .filter(|rotation| rotation.key.is_same_key(&self.new))
            .ok_or(RotationError::Changed)?;
        let at = at.to_owned();
        match &self.change {
            RotationChange::Begin => {}
            RotationChange::Added => rotation.added = Some(at),
            RotationChange::Tested(report) => {
                let tested = report.key.as_ref();
                if tested.is_some_and(|key| key.is_same_key(&self.new)) {
                    rotation.remember(report);
                } else {
                    rotation.remember_old(report);
                    connection.remember(report);
                }
            }
            RotationChange::Switched(by) => {
                in_order(rotation, Stage::Switch)?;
                rotation.switched = Some(Switched { at, by: *by });
            }
            RotationChange::Removed => {
                in_order(rotation, Stage::Remove)?;
                rotation.removed = Some(at);
            }
            RotationChange::Trust(pin) => connection.trust(pin),
            RotationChange::WebServer(base) => connection.know_web_address(base.clone()),
            RotationChange::Finish => {
                in_order(rotation, Stage::Refuse)?;
                let rotation = rotation.clone();
                connection.finish(rotation, at);
            }
            RotationChange::GiveUp => connection.rotation = None,
        }
        Ok(())
    }

    fn begin(&self, connection: &mut Connection, at: &str) -> Result<(), RotationError> {
        if self.old.is_same_key(&self.new) {
            return Err(RotationError::SameKey);
        }
        match &connection.rotation {
            Some(rotation) if rotation.key.is_same_key(&self.new) => {}
            Some(_) => return Err(RotationError::Changed),
            None => connection.rotation = Some(Rotation::new(&self.new, at)),
        }
        Ok(())
    }
}

/// Whether the rotation has come as far as this.
fn in_order(rotation: &Rotation, stage: Stage) -> Result<(), RotationError> {
    if rotation.stage() < stage {
        return Err(RotationError::OutOfOrder);
    }
    Ok(())
}

impl Connection {
    /// The new key takes the place of the old one, which is remembered. One that was retired before and is taken again is
    /// retired no more.
    fn finish(&mut self, rotation: Rotation, at: String) {
        let old = std::mem::replace(&mut self.key, rotation.key);
        self.retired.push(RetiredKey {
            refused_at: rotation.refused,
            ..RetiredKey::new(old, at)
        });
        self.retired
            .retain(|retired| !retired.key.is_same_key(&self.key));
        self.memory = rotation.memory;
        self.rotation = None;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::bitbucket::{SshAliases, read_address};
    use crate::check::{Check, CheckId, Code, Required, Rung, Standing};

    const OLD: &str = include_str!("../../tests/fixtures/keys/ed25519.pub");
    const OTHER: &str = include_str!("../../tests/fixtures/keys/ec256.pub");
    const NEW: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g new";

    fn key(line: &str) -> AccessKey {
        AccessKey::read(line).unwrap()
    }

    fn connection() -> Connection {
        let url = "git@ssh.bitbucket.org:acme/analytics.git";
        let reading = read_address(url, &SshAliases::default()).unwrap();
        let name = "analytics".parse().unwrap();
        Connection::new(name, reading.address, reading.place, key(OLD))
    }

    fn report(line: &str, last: Check) -> Report {
        let reached = [CheckId::Dns, CheckId::Tcp, CheckId::Ssh, CheckId::HostKey];
        let mut checks: Vec<Check> = reached.map(|id| Check::pass(id, "so")).to_vec();
        checks.push(last);
        Report {
            checked_at: "2026-11-22T12:00:00Z".to_owned(),
            elapsed: Duration::ZERO,
            given: String::new(),
            address: Some(connection().address),
            key: Some(key(line)),
            checks,
            required: Required::default(),
        }
    }

    fn recognised(line: &str) -> RotationChange {
        let last = Check::pass(CheckId::KeyQuery, "taken");
        RotationChange::Tested(Box::new(report(line, last)))
    }

    fn refused(line: &str) -> RotationChange {
        let last = Check::found(Code::KeyQueryNotRecognised);
        RotationChange::Tested(Box::new(report(line, last)))
    }

    fn take(connection: &mut Connection, change: RotationChange) -> Result<(), RotationError> {
        let step = RotationStep {
            name: connection.name.clone(),
            old: key(OLD),
            new: key(NEW),
            change,
        };
        step.take(connection, "2026-11-22T13:00:00Z")
    }

    fn after(changes: impl IntoIterator<Item = RotationChange>) -> Connection {
        let mut connection = connection();
        for change in changes {
            take(&mut connection, change).unwrap();
        }
        connection
    }

    fn all() -> [RotationChange; 6] {
        [
            RotationChange::Begin,
            RotationChange::Added,
            recognised(NEW),
            RotationChange::Switched(SwitchedBy::Person),
            RotationChange::Removed,
            refused(OLD),
        ]
    }

    #[test]
    fn each_step_leads_to_the_next() {
        let stages = [
            Stage::Add,
            Stage::Prove,
            Stage::Switch,
            Stage::Remove,
            Stage::Refuse,
            Stage::Refuse,
        ];
        for (count, stage) in stages.into_iter().enumerate() {
            let connection = after(all().into_iter().take(count + 1));
            assert_eq!(connection.rotation.unwrap().stage(), stage, "{count}");
        }
    }

    #[test]
    fn at_the_end_the_new_key_is_the_connections_and_the_old_one_is_retired() {
        let done = after(all().into_iter().chain([RotationChange::Finish]));
        assert!(done.key.is_same_key(&key(NEW)));
        assert_eq!(done.rotation, None);
        let retired: Vec<&str> = done.retired.iter().map(|old| old.at.as_str()).collect();
        assert_eq!(retired, ["2026-11-22T13:00:00Z"]);
        assert!(done.retired[0].key.is_same_key(&key(OLD)));
        // The old key was refused before it went, so one that is let in later was added again.
        let refused: Vec<Option<&str>> = done
            .retired
            .iter()
            .map(|old| old.refused_at.as_deref())
            .collect();
        assert_eq!(refused, [Some("2026-11-22T12:00:00Z")]);
        // What was known of the old key is not said of the new one.
        assert_eq!(done.memory.last_test().unwrap().verdict, Verdict::Ready);
        let recognised = done.memory.rung(Rung::Recognised);
        assert_eq!(recognised.last_proof().unwrap().by, "taken");
    }

    #[test]
    fn nothing_can_be_left_out() {
        let late = [
            RotationChange::Switched(SwitchedBy::Bitbucket),
            RotationChange::Removed,
            RotationChange::Finish,
        ];
        for (count, change) in [(2, &late[0]), (3, &late[1]), (4, &late[2])] {
            for done in 1..=count {
                let mut connection = after(all().into_iter().take(done));
                let before = connection.clone();
                let taken = take(&mut connection, change.clone());
                assert_eq!(taken, Err(RotationError::OutOfOrder), "{change:?}");
                assert_eq!(connection, before);
            }
        }
        let mut connection = connection();
        assert_eq!(
            take(&mut connection, RotationChange::Added),
            Err(RotationError::Changed)
        );
    }

    #[test]
    fn a_new_key_that_is_gone_again_has_to_be_proven_again() {
        let mut connection = after(all());
        take(&mut connection, refused(NEW)).unwrap();
        let rotation = connection.rotation.clone().unwrap();
        assert_eq!(rotation.stage(), Stage::Prove);
        assert_eq!(rotation.removed, None);
        // What Coalesce Quality uses does not change by it.
        take(&mut connection, recognised(NEW)).unwrap();
        assert_eq!(connection.rotation.unwrap().stage(), Stage::Remove);
    }

    #[test]
    fn a_test_that_could_not_tell_takes_nothing_back() {
        let mut connection = after(all());
        let silent = report(NEW, Check::found(Code::KeyQueryClosed));
        take(&mut connection, RotationChange::Tested(Box::new(silent))).unwrap();
        assert_eq!(connection.rotation.unwrap().stage(), Stage::Refuse);
    }

    #[test]
    fn a_key_that_is_known_before_it_was_added_is_remembered_as_such() {
        let connection = after([RotationChange::Begin, recognised(NEW)]);
        let rotation = connection.rotation.unwrap();
        assert!(rotation.was_known);
        assert_eq!((rotation.stage(), rotation.recognised), (Stage::Add, None));
    }

    #[test]
    fn a_test_of_the_old_key_is_remembered_with_the_old_key() {
        let connection = after(all().into_iter().take(3).chain([refused(OLD)]));
        assert_eq!(
            connection.memory.last_test().unwrap().verdict,
            Verdict::NotReady
        );
        let new = &connection.rotation.unwrap().memory;
        assert_eq!(new.last_test().unwrap().verdict, Verdict::Ready);
        assert_eq!(new.rung(Rung::Recognised).standing(), Standing::Proven);
    }

    #[test]
    fn a_new_key_that_was_never_tested_has_no_verdict_of_the_old_one() {
        let mut connection = after([recognised(OLD)].into_iter().take(0));
        connection.remember(&report(OLD, Check::pass(CheckId::KeyQuery, "taken")));
        take(&mut connection, RotationChange::Begin).unwrap();
        let rotation = connection.rotation.as_ref().unwrap();
        assert_eq!(rotation.memory, Memory::default());
        assert_eq!(
            connection.memory.last_test().unwrap().verdict,
            Verdict::Ready
        );
    }

    #[test]
    fn beginning_again_changes_nothing_of_what_has_begun() {
        for done in 1..=all().len() {
            let mut connection = after(all().into_iter().take(done));
            let before = connection.clone();
            take(&mut connection, RotationChange::Begin).unwrap();
            assert_eq!(connection, before, "{done}");
            let other = RotationStep {
                name: connection.name.clone(),
                old: key(OLD),
                new: key(OTHER),
                change: RotationChange::Begin,
            };
            assert_eq!(other.take(&mut connection, ""), Err(RotationError::Changed));
            assert_eq!(connection, before, "{done}");
        }
    }

    #[test]
    fn only_a_refusal_after_the_removal_makes_a_later_login_a_leak() {
        let not_here = Check::found(Code::RepositoryKeyNotHere);
        let mut elsewhere = report(OLD, Check::pass(CheckId::KeyQuery, "taken"));
        elsewhere.checks.push(not_here);
        assert_eq!(elsewhere.absence(), Absence::OnlyElsewhere);
        let elsewhere = || RotationChange::Tested(Box::new(elsewhere.clone()));
        let in_again = || recognised(OLD);
        let early = all()
            .into_iter()
            .take(4)
            .chain([refused(OLD), RotationChange::Removed]);
        let table = [
            (vec![], Some(())),
            (vec![elsewhere()], None),
            (vec![in_again()], None),
            (vec![in_again(), refused(OLD)], Some(())),
        ];
        for (later, expected) in table {
            let steps = all()
                .into_iter()
                .chain(later)
                .chain([RotationChange::Finish]);
            let done = after(steps);
            assert_eq!(done.retired[0].refused_at.as_ref().map(|_| ()), expected);
        }
        let done = after(early.chain([RotationChange::Finish]));
        assert_eq!(
            done.retired[0].refused_at, None,
            "refused before it was removed"
        );
    }

    #[test]
    fn a_web_server_that_answered_is_known_from_then_on() {
        let base: ApiBase = "https://bitbucket.example.com/api".parse().unwrap();
        let changes = [
            RotationChange::Begin,
            RotationChange::WebServer(base.clone()),
        ];
        assert_eq!(after(changes).api, Some(base));
    }

    #[test]
    fn a_key_is_not_rotated_to_itself() {
        let mut connection = connection();
        let step = RotationStep {
            name: connection.name.clone(),
            old: key(OLD),
            new: key(&OLD.replace("coalesce", "another comment")),
            change: RotationChange::Begin,
        };
        assert_eq!(step.take(&mut connection, ""), Err(RotationError::SameKey));
    }

    #[test]
    fn what_another_doorkey_did_is_not_undone() {
        let mut finished = after(all().into_iter().chain([RotationChange::Finish]));
        let before = finished.clone();
        for change in all() {
            assert_eq!(take(&mut finished, change), Err(RotationError::Changed));
        }
        assert_eq!(finished, before);
    }

    #[test]
    fn giving_up_forgets_the_new_key_only() {
        let given_up = after(all().into_iter().chain([RotationChange::GiveUp]));
        assert_eq!(given_up.rotation, None);
        assert!(given_up.key.is_same_key(&key(OLD)));
        assert_eq!(given_up.retired, Vec::new());
    }

    #[test]
    fn a_retired_key_that_comes_again_is_retired_no_more() {
        let mut connection = connection();
        let retired = RetiredKey::new(key(NEW), String::new());
        connection.retired.push(retired);
        for change in all().into_iter().chain([RotationChange::Finish]) {
            take(&mut connection, change).unwrap();
        }
        assert_eq!(connection.retired.len(), 1);
        assert!(connection.retired[0].key.is_same_key(&key(OLD)));
    }
}

//! The connection test's vocabulary: checks, codes, fixes, proofs and the report. All of it pure values;
//! what touches the network lives in `adapters`, what puts the stages in order in `runtime`.

pub mod absence;
pub mod api_access;
pub mod code;
pub mod conclusion;
pub mod connect_to;
pub mod fix;
pub mod host_key;
pub mod host_key_pin;
pub mod known_hosts;
pub mod own_identity;
pub mod proof;
pub mod report;
mod report_document;
pub mod request;
pub mod stage;
mod trouble;
mod verdict;
pub mod watch;

use std::time::Duration;

pub use absence::Absence;
pub use code::Code;
pub use fix::{Fix, FixId};
pub use host_key::{HostKeyJudgement, HostKeyTrust, PublishedHostKeys};
pub use host_key_pin::HostKeyPin;
pub use known_hosts::KnownHosts;
pub use own_identity::{NotOpened, OwnIdentity};
pub use proof::{Proof, Rung, Standing};
pub use report::Report;
pub use trouble::troubles;
pub use verdict::{Required, Verdict};

/// The checks of a connection test, in the order they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckId {
    /// The address can be used as it stands.
    Url,
    /// The text is a public key that Bitbucket takes.
    Key,
    /// The host name has an address.
    Dns,
    /// The host takes connections on the port.
    Tcp,
    /// What answers there speaks SSH.
    Ssh,
    /// The server is the one it claims to be.
    HostKey,
    /// The server would accept the key.
    KeyQuery,
    /// The key opens this repository.
    Repository,
    /// The key may only read.
    Permission,
    /// Coalesce Quality has been in with the key.
    VendorUse,
}

impl CheckId {
    /// Every check, in the order they are made.
    pub const ALL: [CheckId; 10] = [
        CheckId::Url,
        CheckId::Key,
        CheckId::Dns,
        CheckId::Tcp,
        CheckId::Ssh,
        CheckId::HostKey,
        CheckId::KeyQuery,
        CheckId::Repository,
        CheckId::Permission,
        CheckId::VendorUse,
    ];

    /// The stable name, as in JSON and in front of every code.
    pub const fn id(self) -> &'static str {
        match self {
            CheckId::Url => "url",
            CheckId::Key => "key",
            CheckId::Dns => "dns",
            CheckId::Tcp => "tcp",
            CheckId::Ssh => "ssh",
            CheckId::HostKey => "host_key",
            CheckId::KeyQuery => "key_query",
            CheckId::Repository => "repository",
            CheckId::Permission => "permission",
            CheckId::VendorUse => "vendor_use",
        }
    }

    /// The rung of the proof ladder this check is about; the address and the key themselves are about none.
    pub const fn rung(self) -> Option<Rung> {
        match self {
            CheckId::Url | CheckId::Key => None,
            CheckId::Dns | CheckId::Tcp | CheckId::Ssh => Some(Rung::Reachable),
            CheckId::HostKey => Some(Rung::Genuine),
            CheckId::KeyQuery => Some(Rung::Recognised),
            CheckId::Repository => Some(Rung::ThisRepository),
            CheckId::Permission => Some(Rung::ReadOnly),
            CheckId::VendorUse => Some(Rung::UsedByVendor),
        }
    }

    /// What the check looks at, for a table.
    pub const fn title(self) -> &'static str {
        match self {
            CheckId::Url => "Address",
            CheckId::Key => "Public key",
            CheckId::Dns => "Host name",
            CheckId::Tcp => "Connection",
            CheckId::Ssh => "SSH",
            CheckId::HostKey => "Host key",
            CheckId::KeyQuery => "Access key",
            CheckId::Repository => "Repository",
            CheckId::Permission => "Permission",
            CheckId::VendorUse => "Used by Coalesce",
        }
    }
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// As it should be.
    Pass,
    /// Worth knowing, but no reason to stop.
    Warn,
    /// Wrong.
    Fail,
    /// Not made.
    Skip,
}

impl Status {
    /// Every status.
    pub const ALL: [Status; 4] = [Status::Pass, Status::Warn, Status::Fail, Status::Skip];

    /// The stable name, as in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Status::Pass => "pass",
            Status::Warn => "warn",
            Status::Fail => "fail",
            Status::Skip => "skip",
        }
    }
}

/// The outcome of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which check.
    pub id: CheckId,
    /// How it came out.
    pub status: Status,
    /// The cause, for a failure or a warning.
    pub code: Option<Code>,
    /// What it shows about the rung it is about.
    pub standing: Standing,
    /// One line: what was found.
    pub summary: String,
    /// The particulars of this case. Safe to print: nothing in it can control a terminal.
    pub detail: Option<String>,
    /// What of that may be told to others: nothing of this machine is in it, such as its files, its network or its own keys.
    pub for_others: Option<String>,
    /// What can be done; never empty for a failure.
    pub fixes: Vec<Fix>,
    /// How long it took, for what takes time.
    pub elapsed: Option<Duration>,
}

impl Check {
    /// A check that is as it should be.
    pub fn pass(id: CheckId, summary: impl Into<String>) -> Self {
        Self {
            id,
            status: Status::Pass,
            code: None,
            standing: Standing::Proven,
            summary: summary.into(),
            detail: None,
            for_others: None,
            fixes: Vec::new(),
            elapsed: None,
        }
    }

    /// A check that was not made, and why.
    pub fn skip(id: CheckId, why: impl Into<String>) -> Self {
        Self {
            status: Status::Skip,
            standing: Standing::Unknown,
            ..Self::pass(id, why)
        }
    }

    /// A check that found the cause `code`; status, words and fixes come from the code's entry.
    pub fn found(code: Code) -> Self {
        Self {
            status: code.status(),
            code: Some(code),
            standing: code.standing(),
            fixes: code.fixes().iter().copied().map(Fix::new).collect(),
            ..Self::pass(code.check(), code.title())
        }
    }

    /// Says that in this case the rung stays unknown.
    #[must_use]
    pub fn in_doubt(mut self) -> Self {
        self.standing = Standing::Unknown;
        self
    }

    /// Adds the particulars of this case.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Says what may be told to others.
    #[must_use]
    pub fn telling_others(mut self, words: impl Into<String>) -> Self {
        self.for_others = Some(words.into());
        self
    }

    /// Adds more particulars after those there are.
    #[must_use]
    pub fn and_detail(mut self, more: &str) -> Self {
        let detail = self.detail.get_or_insert_default();
        if !detail.is_empty() {
            detail.push(' ');
        }
        detail.push_str(more);
        self
    }

    /// Gives the fix `id` a title that names what it would use. Offers it first if it was not offered.
    #[must_use]
    pub fn with_fix(mut self, id: FixId, title: impl Into<String>) -> Self {
        self.fix_mut(id).title = title.into();
        self
    }

    /// Says what the fix `id` would use. Offers it first if it was not offered.
    #[must_use]
    pub fn with_fix_value(mut self, id: FixId, value: impl Into<String>) -> Self {
        self.fix_mut(id).value = Some(value.into());
        self
    }

    /// What the fix `id` would use, if it is offered.
    pub fn fix_value(&self, id: FixId) -> Option<&str> {
        self.fixes.iter().find(|fix| fix.id == id)?.value.as_deref()
    }

    fn fix_mut(&mut self, id: FixId) -> &mut Fix {
        let index = self
            .fixes
            .iter()
            .position(|fix| fix.id == id)
            .unwrap_or_else(|| {
                self.fixes.insert(0, Fix::new(id));
                0
            });
        &mut self.fixes[index]
    }

    /// Takes away a fix that makes no sense in this case.
    #[must_use]
    pub fn without_fix(mut self, id: FixId) -> Self {
        self.fixes.retain(|fix| fix.id != id);
        self
    }

    /// Says how long it took.
    #[must_use]
    pub fn took(mut self, elapsed: Duration) -> Self {
        self.elapsed = Some(elapsed);
        self
    }

    /// Whether the next stage may go on.
    pub fn lets_through(&self) -> bool {
        matches!(self.status, Status::Pass | Status::Warn)
    }
}

/// What a running connection test tells as it goes.
#[derive(Clone, Debug, PartialEq)]
pub enum TestEvent {
    /// A check has begun.
    Started(CheckId),
    /// A check has come out. A later one with the same id replaces it.
    Finished(Check),
    /// The test is over.
    Done(Box<Report>),
}

//! The proof ladder in words, as it stands during a test: which check tells about a rung, what is being done, what is
//! still open.

use std::time::Duration;

use super::connection_test::ConnectionTest;
use crate::check::watch::Goal;
use crate::check::{Check, CheckId, Code, Rung, Standing, Status};

/// How something stands, in the sign and the word that the screen and the lines show for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is proven.
    Good,
    /// It is refuted.
    Bad,
    /// A warning: something to look at, but no failure.
    Warn,
    /// It was tested and could not be told.
    Untold,
    /// Nothing is known of it yet.
    Open,
}

impl Mark {
    /// The mark of a rung that stands like this, of which this check tells. Only a refuted rung looks like a failure: a check
    /// that failed without refuting anything, such as one with a token that has expired, leaves its rung unknown.
    pub fn of_rung(standing: Standing, telling: Option<&Check>) -> Self {
        match (standing, telling.map(|check| check.status)) {
            (Standing::Proven, _) => Mark::Good,
            (Standing::Refuted, _) => Mark::Bad,
            (Standing::Unknown, Some(Status::Warn)) => Mark::Warn,
            (Standing::Unknown, Some(Status::Fail)) => Mark::Untold,
            (Standing::Unknown, _) => Mark::Open,
        }
    }

    /// The mark of a cause. One that leaves its rung proven is a warning all the same.
    pub const fn of_cause(standing: Standing, status: Status) -> Self {
        match (standing, status) {
            (Standing::Refuted, _) => Mark::Bad,
            (_, Status::Warn) => Mark::Warn,
            _ => Mark::Untold,
        }
    }

    /// The word for a rung with this mark.
    pub const fn word(self) -> &'static str {
        match self {
            Mark::Good => "proven",
            Mark::Bad => "failed",
            Mark::Warn | Mark::Untold | Mark::Open => "unknown",
        }
    }
}

/// In front of the tested address, once the ladder is green.
pub const ADDRESS_FOR_THE_FORM: &str = "The address for its form:";

/// About a warning beside a green ladder.
pub const NOT_IN_THE_WAY: &str = "This does not stand in the way.";

/// What a watch waits for.
pub const fn awaited(goal: Goal) -> &'static str {
    match goal {
        Goal::Ready => "It goes green here as soon as the key is in.",
        Goal::Gone => "It goes green here as soon as the key is out.",
        Goal::Used => {
            "Press \"Test connection\" in Coalesce Quality: it goes green once Coalesce has been in."
        }
    }
}

/// The check that tells most about a rung: the worst, and among equals the connection, which names host and port. What
/// one's own identity found is none: it tells about the address, not about the vendor's key.
pub fn telling(test: &ConnectionTest, rung: Rung) -> Option<&Check> {
    let of_rung = || {
        test.checks
            .iter()
            .filter(|check| check.id.rung() == Some(rung))
    };
    let with = |status| of_rung().find(move |check| check.status == status);
    with(Status::Fail)
        .or_else(|| {
            of_rung().find(|check| check.id == CheckId::Tcp && check.status == Status::Pass)
        })
        .or_else(|| with(Status::Warn))
        .or_else(|| with(Status::Pass).filter(|check| check.standing == Standing::Proven))
}

/// What is to be known of a connection that went another way than the address says.
pub fn way_around(test: &ConnectionTest) -> Option<&str> {
    let mut checks = test.checks.iter();
    let tcp = checks.find(|check| check.id == CheckId::Tcp)?;
    let is_around = tcp.status == Status::Pass && tcp.standing == Standing::Unknown;
    tcp.detail.as_deref().filter(|_| is_around)
}

/// How long a rung took.
pub fn elapsed(test: &ConnectionTest, rung: Rung) -> Duration {
    test.checks
        .iter()
        .filter(|check| check.id.rung() == Some(rung))
        .filter_map(|check| check.elapsed)
        .sum()
}

/// What a check is doing while it runs.
pub const fn doing(check: CheckId) -> &'static str {
    match check {
        CheckId::Dns => "looking up the host",
        CheckId::Tcp => "connecting",
        CheckId::Ssh => "setting up SSH",
        CheckId::HostKey => "looking at its host key",
        CheckId::KeyQuery => "asking about the key",
        _ => "testing",
    }
}

/// Whether a warning leaves Coalesce Quality's way free. A key that is in order is of no use to who can't reach the
/// server, or looks at other branches.
pub const fn is_no_obstacle(warning: Code) -> bool {
    matches!(warning.status(), Status::Warn)
        && !matches!(
            warning,
            Code::DnsPrivateAddress | Code::RepositoryNoMainBranch
        )
}

/// What is said of a rung about which nothing is known: where Bitbucket was asked, why it is not.
pub fn unknown(test: &ConnectionTest, rung: Rung) -> &str {
    let mut checks = test.checks.iter();
    let skipped =
        checks.find(|check| check.id.rung() == Some(rung) && check.status == Status::Skip);
    let why = skipped.map(|check| check.summary.as_str());
    why.filter(|why| why.starts_with("not known:") && rung > Rung::ThisRepository)
        .unwrap_or(waiting(rung))
}

/// Whether there is nothing to say of a rung yet: it is not being tested, and was neither tested nor asked about.
pub fn is_untold(test: &ConnectionTest, rung: Rung) -> bool {
    let is_tested_now = test.running && test.current.and_then(CheckId::rung) == Some(rung);
    !is_tested_now
        && telling(test, rung).is_none()
        && test.standing(rung) == Standing::Unknown
        && unknown(test, rung) == waiting(rung)
}

/// What is said of a rung before it was tested.
const fn waiting(rung: Rung) -> &'static str {
    match rung {
        Rung::Reachable | Rung::Genuine | Rung::Recognised => "not tested yet",
        Rung::ThisRepository | Rung::ReadOnly => "not known from a public key alone",
        Rung::UsedByVendor => "known once Coalesce connects",
    }
}

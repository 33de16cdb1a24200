//! Which checks of a report are worth explaining, and in which order.

use super::{Check, CheckId, Code, Required, Standing, Status};

/// How much a check matters to whoever reads the report; the first matters most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// It decides that the test is not ready.
    Decides,
    /// It keeps a required rung from being proven.
    StandsInTheWay,
    /// A warning of something that may do harm although the test is ready.
    MayDoHarm,
    /// A check that failed without saying anything about the key.
    Failed,
    /// A warning that is good to know.
    GoodToKnow,
}

impl Weight {
    /// Whether it keeps the test from being ready.
    fn is_in_the_way(self) -> bool {
        self <= Weight::StandsInTheWay
    }
}

/// The checks to explain, the most serious first, those of one weight in the order of the tests.
///
/// A check without a cause of its own is explained only if it leaves a required rung unknown, and nothing else says why.
pub fn troubles(checks: &[Check], required: Required) -> Vec<&Check> {
    let weighed = weighed(checks, required);
    weighed.into_iter().map(|(_, check)| check).collect()
}

/// Those of them that keep the test from being ready.
pub(super) fn obstacles(checks: &[Check], required: Required) -> Vec<&Check> {
    let weighed = weighed(checks, required).into_iter();
    let obstacles = weighed.filter(|(weight, _)| weight.is_in_the_way());
    obstacles.map(|(_, check)| check).collect()
}

fn weighed(checks: &[Check], required: Required) -> Vec<(Weight, &Check)> {
    let weigh = |check| Some((weight(check, required)?, check));
    let mut troubles: Vec<(Weight, &Check)> = checks.iter().filter_map(weigh).collect();
    // A stable sort keeps the order of the tests.
    troubles.sort_by_key(|(weight, _)| *weight);
    if !troubles.iter().any(|(weight, _)| weight.is_in_the_way()) {
        let open = checks.iter().filter(|check| {
            let is_required = check.id.rung().is_some_and(|rung| required.contains(rung));
            is_required && check.standing == Standing::Unknown
        });
        let open: Vec<_> = open.map(|check| (Weight::StandsInTheWay, check)).collect();
        troubles.splice(0..0, open);
    }
    troubles
}

fn weight(check: &Check, required: Required) -> Option<Weight> {
    if !matches!(check.status, Status::Warn | Status::Fail) {
        return None;
    }
    let is_input = matches!(check.id, CheckId::Url | CheckId::Key);
    let is_required = check.id.rung().is_some_and(|rung| required.contains(rung));
    Some(match (check.standing, check.status) {
        (Standing::Refuted, _) if !is_input => Weight::Decides,
        // A server that may be another one may say anything: that comes before what it says.
        (Standing::Unknown, _) if check.id == CheckId::HostKey => Weight::Decides,
        (_, Status::Fail) if is_input => Weight::Decides,
        (Standing::Unknown, _) if is_required => Weight::StandsInTheWay,
        (_, Status::Fail) => Weight::Failed,
        _ if check.code.is_some_and(may_do_harm) => Weight::MayDoHarm,
        _ => Weight::GoodToKnow,
    })
}

/// Whether a warning is of something that leaves a door open, or keeps the vendor out.
const fn may_do_harm(code: Code) -> bool {
    matches!(
        code,
        Code::KeyQueryRetiredKeyAccepted | Code::DnsPrivateAddress
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Rung;

    fn codes(checks: &[Check], required: Required) -> Vec<&'static str> {
        let troubles = troubles(checks, required).into_iter();
        troubles
            .map(|check| check.code.map_or(check.id.id(), Code::id))
            .collect()
    }

    #[test]
    fn a_harmless_warning_never_hides_a_serious_one() {
        let checks = [
            Check::found(Code::UrlRetiredHost),
            Check::found(Code::KeyQueryRetiredKeyAccepted),
            Check::found(Code::RepositoryTokenRefused),
            Check::found(Code::PermissionReadWrite),
            Check::found(Code::VendorUseNever),
        ];
        let expected = [
            "permission.read_write",
            "key_query.retired_key_accepted",
            "repository.token_refused",
            "url.retired_host",
            "vendor_use.never",
        ];
        assert_eq!(codes(&checks, Required::default()), expected);
    }

    #[test]
    fn what_keeps_a_required_rung_open_comes_before_warnings() {
        let checks = [
            Check::found(Code::DnsPrivateAddress),
            Check::found(Code::HostKeyUnknown),
            Check::found(Code::RepositoryTokenRefused),
        ];
        let usual = [
            "host_key.unknown",
            "dns.private_address",
            "repository.token_refused",
        ];
        assert_eq!(codes(&checks, Required::default()), usual);
        let required = Required::default().and(Rung::ThisRepository);
        let with_repository = [
            "host_key.unknown",
            "repository.token_refused",
            "dns.private_address",
        ];
        assert_eq!(codes(&checks, required), with_repository);
    }

    #[test]
    fn a_check_without_a_cause_is_explained_only_where_nothing_else_says_why() {
        let skipped = Check::skip(CheckId::Permission, "not tested");
        let required = Required::default().and(Rung::ReadOnly);
        assert_eq!(
            codes(std::slice::from_ref(&skipped), Required::default()),
            [""; 0]
        );
        assert_eq!(
            codes(std::slice::from_ref(&skipped), required),
            ["permission"]
        );
        let checks = [Check::found(Code::KeyQueryNotRecognised), skipped];
        assert_eq!(codes(&checks, required), ["key_query.not_recognised"]);
    }
}

//! What it means for the upper rungs.

use super::{Details, LastUse, ListedKey, Observed, Permission, Whereabouts};
use crate::bitbucket::api::Purpose;
use crate::bitbucket::{Api, RepositoryAddress, SshAliases, read_address};
use crate::check::api_access::TokenGiven;
use crate::check::stage::WORDS_LIMIT;
use crate::check::{Check, CheckId, Code, FixId, Status};
use crate::coalesce;
use crate::text::harmless;

/// As much of a label or a name as is shown.
const LONGEST_LABEL: usize = 40;

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Where.
    pub api: &'a Api,
    /// What is known of the token.
    pub token: TokenGiven,
    /// The address that is tested.
    pub tested: &'a RepositoryAddress,
}

/// The checks `repository`, `permission` and `vendor_use`.
pub fn judge(asked: Asked<'_>, observed: &Observed) -> [Check; 3] {
    let Asked { api, token, .. } = asked;
    let (repository, key) = match &observed.key {
        Ok(Whereabouts::OnRepository(key)) => {
            let summary = format!("listed here{}", labelled(key));
            (listed(key, summary, &observed.details), Some(key))
        }
        Ok(Whereabouts::OnProject { project, key }) => {
            let project = harmless(project, LONGEST_LABEL);
            let summary = format!("listed on its project {project}{}", labelled(key));
            (listed(key, summary, &observed.details), Some(key))
        }
        Ok(Whereabouts::Nowhere) => (Check::found(Code::RepositoryKeyNotHere), None),
        Ok(Whereabouts::ProjectUnseen(reason)) => (project_unseen(asked, reason.as_ref()), None),
        Err(none) => (none.to_check(api, token, Purpose::List), None),
    };
    let repository = with_own_url(repository, asked.tested, &observed.details);
    let [permission, vendor_use] = match key {
        Some(key) => [permission(&key.permission), vendor_use(&key.last_use)],
        None => [CheckId::Permission, CheckId::VendorUse]
            .map(|id| Check::skip(id, why_not_known(&observed.key))),
    };
    [repository.took(observed.elapsed), permission, vendor_use]
}

/// Only who has read a list can say what is not on it.
fn why_not_known(key: &Result<Whereabouts, super::NoAnswer>) -> &'static str {
    match key {
        Ok(Whereabouts::ProjectUnseen(_)) => "not known: the project's list was not seen",
        Ok(_) => "not known: no such key is listed",
        Err(_) => "not known: no list was read",
    }
}

/// A key that is listed passes; that it ends, or what the main branch is called, may still be worth a warning.
fn listed(key: &ListedKey, summary: String, details: &Details) -> Check {
    let Some(ending) = &key.ending else {
        return with_main_branch(summary, details);
    };
    let when = harmless(&ending.when, LONGEST_LABEL);
    let check = Check::found(Code::RepositoryKeyEnds).with_detail(format!("The key is {summary}."));
    let branch = with_main_branch(String::new(), details);
    let check = match (branch.code, details.main_branch.as_deref()) {
        (Some(code), Some(branch)) => check.and_detail(&format!(
            "{}: {}.",
            code.title(),
            harmless(branch, LONGEST_LABEL)
        )),
        _ => check,
    };
    if ending.is_past {
        let summary = format!("the key ended {when}");
        return Check { summary, ..check }.in_doubt();
    }
    let summary = format!("the key ends {when}");
    Check { summary, ..check }
}

fn with_main_branch(summary: String, details: &Details) -> Check {
    match details.main_branch.as_deref() {
        Some(branch) if !coalesce::analyses(branch) => {
            let branch = harmless(branch, LONGEST_LABEL);
            Check::found(Code::RepositoryNoMainBranch)
                .with_detail(format!("It is called {branch}. The key is {summary}."))
        }
        _ => Check::pass(CheckId::Repository, summary),
    }
}

fn labelled(key: &ListedKey) -> String {
    match harmless(&key.label, LONGEST_LABEL).as_str() {
        "" => String::new(),
        label => format!(" as \"{label}\""),
    }
}

/// Not on the repository. Its project may hold it, so the rung stays unknown.
fn project_unseen(asked: Asked<'_>, reason: Option<&super::NoAnswer>) -> Check {
    let words = reason
        .and_then(|none| none.to_check(asked.api, asked.token, Purpose::List).detail)
        .map(|detail| format!(" {detail}"))
        .unwrap_or_default();
    Check::found(Code::RepositoryKeyNotHere)
        .in_doubt()
        .with_detail(format!(
            "It may be on the project instead: the token does not show the project's keys.{words}"
        ))
}

/// Offers the SSH URL that Bitbucket itself names, where it is another one.
fn with_own_url(check: Check, tested: &RepositoryAddress, details: &Details) -> Check {
    let Some(own) = details.ssh_url.as_deref().and_then(own_address) else {
        return check;
    };
    if own == *tested {
        return check;
    }
    let own = own.ssh();
    let words = format!("Bitbucket's own SSH URL for it is {own}.");
    let detail = match &check.detail {
        Some(detail) => format!("{detail} {words}"),
        None => words,
    };
    check
        .with_detail(detail)
        .with_fix(FixId::UseSuggestedUrl, format!("Use {own}"))
        .with_fix_value(FixId::UseSuggestedUrl, own)
}

/// The address in an SSH URL of Bitbucket's. One that names port 22 means it; one that names a retired host is behind the
/// times.
fn own_address(url: &str) -> Option<RepositoryAddress> {
    let reading = read_address(&harmless(url, WORDS_LIMIT), &SshAliases::default()).ok()?;
    match reading.repair {
        None => Some(reading.address),
        Some(repair) if repair.code == Code::UrlDataCenterPort22 => repair.as_given,
        Some(repair) if repair.code == Code::UrlRetiredHost => Some(reading.address),
        Some(_) => None,
    }
}

fn permission(permission: &Permission) -> Check {
    match permission {
        Permission::Read => Check::pass(CheckId::Permission, "may only read"),
        Permission::ReadWrite => Check::found(Code::PermissionReadWrite),
        Permission::Other(name) => {
            let name = harmless(name, LONGEST_LABEL);
            Check::skip(
                CheckId::Permission,
                format!("not known: Bitbucket calls its permission {name}"),
            )
        }
    }
}

/// The check of the vendor's use, where whoever tests holds the same key: the use that was seen may be theirs.
pub fn used_by_its_owner(check: Check) -> Check {
    match check.status {
        Status::Pass => Check::skip(check.id, "not known: you use this key, too"),
        _ => check,
    }
}

/// `2026-11-22 23:25 UTC` from `2026-11-22T23:25:20.248085+00:00`. What is written in another way stays as it is.
fn to_the_minute(time: &str) -> String {
    let is_utc = time.ends_with('Z') || time.ends_with("+00:00");
    let (date, clock) = time.split_once('T').unwrap_or_default();
    match clock.get(..5) {
        Some(clock) if is_utc && date.len() == 10 => format!("{date} {clock} UTC"),
        _ => time.to_owned(),
    }
}

fn vendor_use(last_use: &LastUse) -> Check {
    match last_use {
        LastUse::At(time) => {
            let time = to_the_minute(&harmless(time, LONGEST_LABEL));
            Check::pass(CheckId::VendorUse, format!("last used {time}"))
        }
        LastUse::Never => Check::found(Code::VendorUseNever),
        LastUse::NotTold => Check::skip(CheckId::VendorUse, "not known: Bitbucket does not tell"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::bitbucket::Reading;
    use crate::check::Standing::{Proven, Refuted, Unknown};
    use crate::check::stage::repository::{Ending, NoAnswer, Refused, Unusable};
    use crate::check::{Proof, Rung, Standing, Status};

    const CLOUD: &str = "git@ssh.bitbucket.org:acme/analytics.git";
    const DATA_CENTER: &str = "ssh://git@git.example.com:7999/acme/analytics.git";

    fn read(url: &str) -> Reading {
        read_address(url, &SshAliases::default()).expect("an address")
    }

    fn key() -> ListedKey {
        ListedKey {
            id: Some("7".to_owned()),
            label: "Coalesce\x1b[31m Quality".to_owned(),
            permission: Permission::Read,
            last_use: LastUse::Never,
            ending: None,
        }
    }

    fn judged(url: &str, key: Result<Whereabouts, NoAnswer>, details: Details) -> [Check; 3] {
        let reading = read(url);
        let api = Api::new(&reading.place, None).expect("an interface");
        let asked = Asked {
            api: &api,
            token: TokenGiven::default(),
            tested: &reading.address,
        };
        let observed = Observed {
            key,
            details,
            elapsed: Duration::from_millis(3),
        };
        judge(asked, &observed)
    }

    fn here(key: ListedKey, details: Details) -> [Check; 3] {
        judged(CLOUD, Ok(Whereabouts::OnRepository(key)), details)
    }

    fn standings(checks: &[Check]) -> [Standing; 3] {
        let proof = Proof::from_checks(checks);
        [Rung::ThisRepository, Rung::ReadOnly, Rung::UsedByVendor].map(|rung| proof.standing(rung))
    }

    #[test]
    fn a_key_on_the_repository_proves_it() {
        let checks = here(key(), Details::default());
        assert_eq!(checks[0].status, Status::Pass);
        assert_eq!(checks[0].summary, "listed here as \"Coalesce[31m Quality\"");
        assert_eq!(checks[0].elapsed, Some(Duration::from_millis(3)));
        assert_eq!(checks[1].status, Status::Pass);
        assert_eq!(checks[2].code, Some(Code::VendorUseNever));
        assert_eq!(standings(&checks), [Proven, Proven, Unknown]);

        let used = ListedKey {
            last_use: LastUse::At("2026-11-22T17:40:00Z".to_owned()),
            label: String::new(),
            ..key()
        };
        let checks = here(used, Details::default());
        assert_eq!(checks[0].summary, "listed here");
        assert_eq!(checks[2].summary, "last used 2026-11-22 17:40 UTC");
        assert_eq!(standings(&checks), [Proven, Proven, Proven]);
    }

    #[test]
    fn a_key_on_the_project_proves_it_too_and_says_so() {
        let on_project = Whereabouts::OnProject {
            project: "DATA".to_owned(),
            key: ListedKey {
                permission: Permission::ReadWrite,
                last_use: LastUse::NotTold,
                ..key()
            },
        };
        let checks = judged(DATA_CENTER, Ok(on_project), Details::default());
        assert!(checks[0].summary.starts_with("listed on its project DATA"));
        assert_eq!(checks[1].code, Some(Code::PermissionReadWrite));
        assert_eq!(checks[2].status, Status::Skip);
        assert_eq!(standings(&checks), [Proven, Refuted, Unknown]);
    }

    #[test]
    fn the_day_on_which_a_key_ends_is_a_warning_and_a_past_one_leaves_the_rung_open() {
        for (is_past, summary, standing) in [
            (false, "the key ends on 2026-12-28", Proven),
            (true, "the key ended on 2026-12-28", Unknown),
        ] {
            let when = "on 2026-12-28".to_owned();
            let ends = ListedKey {
                ending: Some(Ending { when, is_past }),
                ..key()
            };
            let details = Details {
                main_branch: Some("trunk".to_owned()),
                ..Details::default()
            };
            let checks = judged(DATA_CENTER, Ok(Whereabouts::OnRepository(ends)), details);
            assert_eq!(checks[0].code, Some(Code::RepositoryKeyEnds));
            assert_eq!(checks[0].summary, summary);
            assert_eq!(standings(&checks)[0], standing);
            let detail = checks[0].detail.clone().unwrap_or_default();
            assert!(
                detail.contains("listed here") && detail.contains("trunk"),
                "{detail}"
            );
        }
    }

    #[test]
    fn a_permission_of_another_name_is_neither_good_nor_bad() {
        let odd = ListedKey {
            permission: Permission::Other("REPO_ADMIN".to_owned()),
            ..key()
        };
        let checks = here(odd, Details::default());
        assert_eq!(checks[1].status, Status::Skip);
        assert!(checks[1].summary.contains("REPO_ADMIN"));
    }

    #[test]
    fn a_key_that_is_not_listed_is_not_here_unless_the_project_is_hidden() {
        let words = "Your credentials lack one or more required privilege scopes.";
        let unseen = Some(NoAnswer::Refused(Refused::new(403, Some(words))));
        for (whereabouts, standing, words) in [
            (Whereabouts::Nowhere, Refuted, None),
            (
                Whereabouts::ProjectUnseen(None),
                Unknown,
                Some("on the project instead"),
            ),
            (
                Whereabouts::ProjectUnseen(unseen),
                Unknown,
                Some("lack one or more"),
            ),
        ] {
            let checks = judged(CLOUD, Ok(whereabouts), Details::default());
            assert_eq!(checks[0].code, Some(Code::RepositoryKeyNotHere));
            let detail = checks[0].detail.clone().unwrap_or_default();
            assert!(detail.contains(words.unwrap_or_default()), "{detail}");
            assert_eq!(standings(&checks), [standing, Unknown, Unknown]);
            assert!(checks[1..].iter().all(|check| check.status == Status::Skip));
        }
    }

    #[test]
    fn without_an_answer_nothing_is_known() {
        let checks = judged(CLOUD, Err(Unusable::TimedOut.into()), Details::default());
        assert_eq!(checks[0].code, Some(Code::RepositoryApiUnreachable));
        assert_eq!(standings(&checks), [Standing::Unknown; 3]);
    }

    #[test]
    fn a_main_branch_that_is_not_analysed_is_a_warning_and_the_rung_is_proven() {
        for (branch, code) in [
            ("main", None),
            ("master", None),
            ("trunk", Some(Code::RepositoryNoMainBranch)),
            ("Main", Some(Code::RepositoryNoMainBranch)),
        ] {
            let details = Details {
                main_branch: Some(branch.to_owned()),
                ..Details::default()
            };
            let checks = here(key(), details);
            assert_eq!(checks[0].code, code, "{branch}");
            assert_eq!(standings(&checks)[0], Standing::Proven);
        }
        let details = Details {
            main_branch: Some("trunk".to_owned()),
            ..Details::default()
        };
        let checks = judged(CLOUD, Ok(Whereabouts::Nowhere), details);
        assert_eq!(checks[0].code, Some(Code::RepositoryKeyNotHere));
    }

    #[test]
    fn bitbuckets_own_url_is_offered_where_it_is_another() {
        let suggestion = |tested: &str, own: &str| {
            let details = Details {
                ssh_url: Some(own.to_owned()),
                ..Details::default()
            };
            let [repository, ..] = judged(tested, Ok(Whereabouts::OnRepository(key())), details);
            assert_eq!(repository.status, Status::Pass);
            let value = repository.fix_value(FixId::UseSuggestedUrl);
            value.map(ToOwned::to_owned)
        };
        let moved = "ssh://git@ssh.example.com:7999/ACME/analytics.git";
        let moved_canonical = "ssh://git@ssh.example.com:7999/acme/analytics.git";
        let port_22 = "ssh://git@git.example.com/acme/analytics.git";
        let table = [
            (CLOUD, CLOUD, None),
            (CLOUD, "git@bitbucket.org:acme/analytics.git", None),
            (
                CLOUD,
                "git@ssh.bitbucket.org:acme/renamed.git",
                Some("git@ssh.bitbucket.org:acme/renamed.git"),
            ),
            (CLOUD, "https://bitbucket.org/acme/analytics.git", None),
            (CLOUD, "", None),
            (DATA_CENTER, DATA_CENTER, None),
            (DATA_CENTER, moved, Some(moved_canonical)),
            (
                DATA_CENTER,
                port_22,
                Some("ssh://git@git.example.com:22/acme/analytics.git"),
            ),
        ];
        for (tested, own, expected) in table {
            assert_eq!(suggestion(tested, own).as_deref(), expected, "{own}");
        }
    }
}

//! What a session with your own identity shows.

use super::super::WORDS_LIMIT;
use super::{Login, Observation, Reading};
use crate::bitbucket::{Branches, RepositoryAddress, SshRefusal};
use crate::check::{Check, CheckId, Code, FixId, Standing};
use crate::coalesce;
use crate::text::harmless;

/// How much of a branch's name is shown.
const BRANCH_LIMIT: usize = 60;

/// How many branches, or repositories, are named.
const NAMED_AT_MOST: usize = 5;

/// Whose key did the asking, and what that shows.
struct Asker<'a> {
    fingerprint: &'a str,
    is_vendors: bool,
    /// The server lets any key in, so that no key shows anything.
    any_key: bool,
}

impl Asker<'_> {
    /// Whether the answer is about the vendor's key.
    fn shows(&self) -> bool {
        self.is_vendors && !self.any_key
    }

    /// What was found about the repository, as far as it concerns the rung.
    fn about(&self, check: Check) -> Check {
        if self.shows() {
            check
        } else {
            check.in_doubt()
        }
    }

    /// For whom it holds, in front of what was found.
    fn label(&self) -> String {
        let fingerprint = self.fingerprint;
        match (self.is_vendors, self.any_key) {
            (true, false) => "this key opens it".to_owned(),
            (true, true) => "opened, as it would be for any key".to_owned(),
            (false, _) => format!("found with your own identity ({fingerprint})"),
        }
    }

    /// For whom it holds, behind what was said.
    fn remark(&self) -> String {
        match (self.is_vendors, self.any_key) {
            (true, false) => "It was asked with the very key of Coalesce Quality.".to_owned(),
            (true, true) => "The server lets any key in, so this shows nothing about the key of Coalesce Quality.".to_owned(),
            (false, _) => format!(
                "It was asked with your own identity ({}); this shows nothing about the key of Coalesce Quality.",
                self.fingerprint
            ),
        }
    }
}

/// What was known of the vendor's key before a session with an identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The server was seen to let any key in.
    pub any_key: bool,
    /// The server said that it knows the vendor's key.
    pub is_recognised: bool,
    /// The identity is known to be the vendor's key, before it was let in.
    pub is_vendors: bool,
}

/// The check of the repository.
pub fn judge(address: &RepositoryAddress, subject: Subject, observation: &Observation) -> Check {
    let (fingerprint, is_vendors) = match &observation.login {
        Login::In {
            fingerprint,
            is_vendors,
        } => (fingerprint, *is_vendors),
        // The server has said that it would let this very key in.
        login if subject.is_vendors && subject.is_recognised => {
            let why = not_let_in(login);
            return Check::found(Code::RepositoryAnswerUnclear)
                .with_detail(format!("The key itself was used to log in: {why}."));
        }
        login => {
            let why = format!("not tested with your own identity: {}", not_let_in(login));
            return Check::skip(CheckId::Repository, why);
        }
    };
    let asker = Asker {
        fingerprint,
        is_vendors,
        any_key: subject.any_key,
    };
    let listed = observation.opened.as_deref();
    match &observation.reading {
        Some(Reading::Branches(branches)) => found(&asker, branches, listed),
        Some(Reading::Said(words)) => match SshRefusal::told(words) {
            Some(refusal) => refused(address, &asker, refusal, words, listed),
            None => unread(address, &asker, Unread::Said(words), listed),
        },
        Some(Reading::BrokeOff) => unread(address, &asker, Unread::BrokeOff, listed),
        Some(Reading::TimedOut) => unread(address, &asker, Unread::TimedOut, listed),
        Some(Reading::Closed) | None => unread(address, &asker, Unread::Closed, listed),
    }
}

fn not_let_in(login: &Login) -> String {
    match login {
        // It is handled before.
        Login::In { .. } => String::new(),
        Login::NotConnected => "there was no second connection".to_owned(),
        Login::NoAgent(why) => format!(
            "your SSH agent can't be asked ({})",
            harmless(why, WORDS_LIMIT)
        ),
        Login::NoKeys {
            certificates: 0,
            unreadable: 0,
        } => "your SSH agent has no keys".to_owned(),
        Login::NoKeys { unreadable: 0, .. } => {
            "your SSH agent has certificates only, no keys".to_owned()
        }
        Login::NoKeys { unreadable, .. } => format!(
            "your SSH agent has no keys that doorkey can read, and {}",
            unreadable_keys(*unreadable)
        ),
        Login::Refused {
            tried,
            left,
            unsigned,
            unreadable,
        } => refused_keys(*tried, *left, *unsigned, *unreadable),
        Login::Closed(Some(words)) => format!(
            "the server ended the session: {}",
            harmless(words, WORDS_LIMIT)
        ),
        Login::Closed(None) => "the server ended the session".to_owned(),
        Login::TimedOut => "logging in took too long".to_owned(),
    }
}

fn unreadable_keys(count: usize) -> String {
    match count {
        1 => "1 that it can't".to_owned(),
        count => format!("{count} that it can't"),
    }
}

fn refused_keys(tried: usize, left: usize, unsigned: usize, unreadable: usize) -> String {
    let keys = match (tried, left) {
        (1, 0) => "the server does not know your key".to_owned(),
        (_, 0) => format!("the server knows none of your {tried} keys"),
        (_, left) => format!(
            "the server knows none of the first {tried} keys of your agent, and {left} more can't be tried in one session; name the file of the right one instead"
        ),
    };
    let keys = match unsigned {
        0 => keys,
        _ => format!("{keys}, or your agent did not sign"),
    };
    match unreadable {
        0 => keys,
        1 => format!("{keys}; 1 more key of your agent could not be read"),
        count => format!("{keys}; {count} more keys of your agent could not be read"),
    }
}

fn found(asker: &Asker<'_>, branches: &Branches, listed: Option<&[String]>) -> Check {
    let main = branches.main.as_deref();
    let has_other_main = main.is_some_and(|main| !coalesce::analyses(main));
    let mut details = Vec::new();
    let check = if has_other_main && branches.count > 0 {
        details.push(format!("{}: {}.", asker.label(), summary(branches)));
        Check::found(Code::RepositoryNoMainBranch)
    } else {
        let summary = format!("{}: {}", asker.label(), summary(branches));
        Check::pass(CheckId::Repository, summary)
    };
    if let Some(names) = named(&branches.names, branches.count) {
        details.push(format!("Branches: {names}."));
    }
    if let Some(names) = listed.and_then(|listed| named(listed, listed.len())) {
        details.push(format!("Bitbucket says the key opens: {names}."));
    }
    if !asker.shows() {
        details.push("This shows nothing about the key of Coalesce Quality.".to_owned());
    }
    let mut detail = details.join(" ");
    // It begins a sentence here.
    if let Some(first) = detail.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let check = if detail.is_empty() {
        check
    } else {
        check.with_detail(detail)
    };
    asker.about(check)
}

/// The number of branches and the main one.
fn summary(branches: &Branches) -> String {
    let count = match (branches.count, branches.is_whole) {
        (0, true) => return "it has no branches yet".to_owned(),
        (1, true) => "1 branch".to_owned(),
        (count, true) => format!("{count} branches"),
        (count, false) => format!("at least {count} branches"),
    };
    match &branches.main {
        Some(main) => format!("{count}, main branch {}", harmless(main, BRANCH_LIMIT)),
        None => count,
    }
}

/// The first few of these names, of which there are `count`.
fn named(names: &[String], count: usize) -> Option<String> {
    let shown: Vec<String> = names
        .iter()
        .take(NAMED_AT_MOST)
        .map(|name| harmless(name, BRANCH_LIMIT))
        .collect();
    let more = count.saturating_sub(shown.len());
    match (shown.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(shown.join(", ")),
        (false, more) => Some(format!("{} and {more} more", shown.join(", "))),
    }
}

fn refused(
    address: &RepositoryAddress,
    asker: &Asker<'_>,
    refusal: SshRefusal,
    words: &str,
    listed: Option<&[String]>,
) -> Check {
    let is_listed = listed.map(|listed| lists(listed, address));
    let said = format!(
        "The server said: {} {}",
        harmless(words, WORDS_LIMIT),
        asker.remark()
    );
    let check = match refusal {
        SshRefusal::AddressNotAllowed => {
            // What it says of this machine's address holds for no other, so it says nothing about the key.
            let check = Check::found(Code::RepositoryAddressNotAllowed).in_doubt();
            return with_list(check.with_detail(said), asker, is_listed);
        }
        SshRefusal::TwoStepRequired => {
            let check = Check::found(Code::RepositoryTwoStepRequired).in_doubt();
            return with_list(check.with_detail(said), asker, is_listed);
        }
        // The code is about the vendor's key, and so are its fixes.
        SshRefusal::OtherRepository if !asker.shows() => {
            let why = "not known: your own identity is an access key of another repository";
            return Check::skip(CheckId::Repository, why).with_detail(said);
        }
        SshRefusal::OtherRepository => Check::found(Code::RepositoryKeyElsewhere),
        SshRefusal::NotFound | SshRefusal::AccessDenied => {
            // A list without this repository says more than a refusal that leaves the reason open.
            if asker.shows() && is_listed == Some(false) {
                return elsewhere(asker, listed);
            }
            Check::found(Code::RepositoryNotFound)
        }
    };
    let check = match listed.and_then(|listed| named(listed, listed.len())) {
        Some(names) => check.with_detail(format!("It opens: {names}. {said}")),
        None => check.with_detail(said),
    };
    if asker.shows() {
        // Whatever the reason, this very key does not open what this address names.
        Check {
            standing: Standing::Refuted,
            ..check
        }
        .with_fix(FixId::OpenAccessKeys, FixId::OpenAccessKeys.title())
    } else {
        check.in_doubt()
    }
}

/// Why there is no list of branches.
#[derive(Clone, Copy)]
enum Unread<'a> {
    /// The server said something in its place that is not known.
    Said(&'a str),
    /// It began and broke off.
    BrokeOff,
    TimedOut,
    Closed,
}

impl Unread<'_> {
    fn words(self) -> String {
        match self {
            Unread::Said(words) => format!("The server said: {}", harmless(words, WORDS_LIMIT)),
            Unread::BrokeOff => {
                "The server's list of branches broke off before its end.".to_owned()
            }
            Unread::TimedOut => "The list of branches did not come in time.".to_owned(),
            Unread::Closed => "The server ended the session without a word.".to_owned(),
        }
    }
}

/// The server did not say anything that is known; a list of what the key opens may still tell. Where it said something,
/// that may be a refusal: then such a list does not show that the key reads the repository.
fn unread(
    address: &RepositoryAddress,
    asker: &Asker<'_>,
    why: Unread<'_>,
    listed: Option<&[String]>,
) -> Check {
    let is_listed = listed.map(|listed| lists(listed, address));
    let words = why.words();
    match (asker.shows(), is_listed, why) {
        (true, Some(false), _) => elsewhere(asker, listed),
        (true, Some(true), Unread::BrokeOff | Unread::TimedOut | Unread::Closed) => Check::pass(
            CheckId::Repository,
            "Bitbucket names it among what this key opens",
        ),
        (true, is_listed, _) => {
            let check = Check::found(Code::RepositoryAnswerUnclear);
            let check = check.with_detail(format!("{words} {}", asker.remark()));
            match is_listed {
                Some(true) => check.and_detail("Bitbucket names it among what this key opens."),
                _ => check,
            }
        }
        (false, _, Unread::BrokeOff) => Check::skip(
            CheckId::Repository,
            "not known: the server's list of branches broke off before its end",
        ),
        (false, ..) => Check::skip(
            CheckId::Repository,
            "not known: the server let your identity in, but gave no list of branches",
        )
        .with_detail(words),
    }
}

/// Bitbucket's own list of what the key opens leaves this repository out.
fn elsewhere(asker: &Asker<'_>, listed: Option<&[String]>) -> Check {
    let opens = match listed.and_then(|listed| named(listed, listed.len())) {
        Some(names) => format!("It opens: {names}."),
        None => "It opens no repository at all.".to_owned(),
    };
    Check::found(Code::RepositoryKeyElsewhere).with_detail(format!("{opens} {}", asker.remark()))
}

fn with_list(check: Check, asker: &Asker<'_>, is_listed: Option<bool>) -> Check {
    if !asker.shows() || is_listed != Some(true) {
        return check;
    }
    let said = check.detail.clone().unwrap_or_default();
    // Beyond the allowlist, the list has shown that the key is in its place.
    Check {
        standing: Standing::Proven,
        ..check.with_detail(format!("The key itself is on this repository. {said}"))
    }
}

/// Whether a list of repositories, as Cloud gives it, names this one.
fn lists(listed: &[String], address: &RepositoryAddress) -> bool {
    let name = format!("{}/{}", address.project(), address.repository());
    listed.iter().any(|one| one.eq_ignore_ascii_case(&name))
}

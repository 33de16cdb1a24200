//! What a test shows: the ladder, the watch, what it comes to, what is wrong and what can be done.

use std::time::Duration;

use super::{Mark, Offer, Part, ladder};
use crate::check::watch::Goal;
use crate::check::{Check, CheckId, Code, Fix, FixId, Standing, Status, Verdict};
use crate::guide::connection_test::{ConnectionTest, adding_may_cure, is_without_answer};
use crate::guide::token::TokenForm;
use crate::guide::{Ending, ShownTest};
use crate::text::capitalised;

/// What a watch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watching {
    /// What it waits for.
    pub goal: Goal,
    /// When it tests next, from now on; nothing while it tests.
    pub next_in: Option<Duration>,
}

impl Watching {
    /// What it waits for, in words.
    pub const fn awaited(self) -> &'static str {
        match self.goal {
            Goal::Ready => "It goes green here as soon as the key is in.",
            Goal::Gone => "It goes green here as soon as the key is out.",
            Goal::Used => {
                "Press \"Test connection\" in Coalesce Quality: it goes green once Coalesce has been in."
            }
        }
    }
}

/// A failed check.
pub struct Trouble<'a> {
    /// Its cause.
    pub code: Code,
    /// How serious that is.
    pub mark: Mark,
    /// What exactly was seen.
    pub detail: Option<String>,
    /// What else there is to know.
    pub more: Vec<Part<'a>>,
    /// What can be done about it, each with its key.
    pub offers: Vec<Part<'a>>,
    /// Whether it is the one to look at first: a low screen shows what can be done before why.
    pub is_first: bool,
}

/// A test with its ladder.
pub fn whole<'a>(shown: &ShownTest<'_>) -> Vec<Part<'a>> {
    let mut parts = vec![
        Part::Tested(shown.url.clone()),
        Part::Gap,
        Part::Ladder(ladder::rows(shown)),
        Part::Gap,
    ];
    parts.extend(outcome(shown));
    parts
}

/// What stands below the ladder.
pub fn outcome<'a>(shown: &ShownTest<'_>) -> Vec<Part<'a>> {
    let test = shown.test;
    let mut parts = watch(shown);
    if test.running && test.watch.is_none() {
        return parts;
    }
    if let Some(words) = way_around(test) {
        parts.extend([Part::text(words), Part::Gap]);
    }
    parts.extend(shown.own_identity.into_iter().flat_map(own_identity));
    parts.extend(ending(shown));
    parts.push(Part::Gap);
    let mut offered = Vec::new();
    for (index, check) in test.troubles().into_iter().enumerate() {
        parts.push(Part::Gap);
        parts.extend(trouble(shown, check, index == 0, &mut offered));
    }
    for check in test.remarks() {
        parts.push(Part::Gap);
        parts.extend(check.detail.as_ref().map(Part::text));
        parts.extend(offers(shown, check, &mut offered));
    }
    parts
}

/// What a watch does, if there is one.
pub fn watch<'a>(shown: &ShownTest<'_>) -> Vec<Part<'a>> {
    let watching = shown.test.watch.map(|watch| Watching {
        goal: watch.goal,
        next_in: watch
            .next
            .filter(|_| !shown.test.running)
            .map(|next| next.saturating_sub(shown.now)),
    });
    let parts = watching.map(|watching| [Part::Watch(watching), Part::Gap]);
    parts.into_iter().flatten().collect()
}

/// What the person's own identity found: nothing that the ladder is about.
fn own_identity<'a>(found: &Check) -> Vec<Part<'a>> {
    let mark = match found.status {
        Status::Pass => Mark::Good,
        Status::Warn => Mark::Warn,
        Status::Fail | Status::Skip => Mark::Untold,
    };
    let mut parts = vec![
        Part::Heading("Your own identity, not the vendor's key".to_owned()),
        Part::Marked(mark, capitalised(&found.summary)),
    ];
    parts.extend(found.detail.as_ref().map(Part::dim));
    parts.push(Part::Gap);
    parts
}

/// What the test comes to.
fn ending<'a>(shown: &ShownTest<'_>) -> Vec<Part<'a>> {
    match &shown.ending {
        Ending::LetIn {
            proven,
            open,
            names_url,
        } if shown.is_good() => {
            let mut parts = vec![Part::Proven((*proven).to_owned())];
            parts.extend(open.as_ref().map(Part::text));
            // Lines say once what was saved, whenever that is.
            parts.push(Part::Seen(shown.remarks.iter().map(Part::dim).collect()));
            if *names_url {
                parts.push(Part::Labelled(
                    "The address for its form:",
                    shown.url.clone(),
                ));
            }
            parts
        }
        Ending::LetIn { .. } => {
            // The ladder shows it.
            let words = match shown.test.verdict() {
                Some(Verdict::NotReady) => "Not ready yet.",
                Some(Verdict::Inconclusive) => "This test could not tell.",
                Some(Verdict::Ready) | None => return Vec::new(),
            };
            vec![Part::Heard(vec![Part::text(words)])]
        }
        Ending::Gone(sentences) => {
            let mut sentences = sentences.iter();
            let first = sentences.next().map(|first| {
                if shown.is_good() {
                    Part::Proven(first.clone())
                } else {
                    Part::Heading(first.clone())
                }
            });
            first.into_iter().chain(sentences.map(Part::text)).collect()
        }
    }
}

fn trouble<'a>(
    shown: &ShownTest<'_>,
    check: &Check,
    is_first: bool,
    offered: &mut Vec<char>,
) -> Option<Part<'a>> {
    let code = check.code?;
    let mut more = Vec::new();
    if code == Code::KeyQueryNotRecognised
        && let Some(key) = shown.key
    {
        more.push(Part::Values(vec![("Expected", key.fingerprint())]));
    }
    if shown.is_good() && is_no_obstacle(code) {
        more.push(Part::dim("This does not stand in the way."));
    }
    Some(Part::Trouble(Trouble {
        code,
        mark: Mark::of_cause(check.standing, check.status),
        detail: check.detail.clone(),
        more,
        offers: offers(shown, check, offered),
        is_first,
    }))
}

/// What can be done about a check and is not offered above, each with its key.
fn offers<'a>(shown: &ShownTest<'_>, check: &Check, offered: &mut Vec<char>) -> Vec<Part<'a>> {
    let mut offers = Vec::new();
    if let (true, Some(words)) = (adding_may_cure(check), shown.do_it_words) {
        offers.push(Offer {
            key: 'd',
            words: words.to_owned(),
            value: None,
        });
    }
    let fixes = shown.test.fixes_to_offer().into_iter();
    let of_check = fixes.filter(|fix| check.fixes.iter().any(|own| own.id == fix.id));
    offers.extend(of_check.map(|fix| of_fix(fix, shown.has_token)));
    if shown.has_token && is_without_answer(check) {
        offers.push(Offer {
            key: TokenForm::FORGET_KEY,
            words: TokenForm::FORGET.to_owned(),
            value: None,
        });
    }
    offers.retain(|offer| {
        let is_new = !offered.contains(&offer.key);
        offered.push(offer.key);
        is_new
    });
    offers.into_iter().map(Part::Offer).collect()
}

fn of_fix(fix: &Fix, has_token: bool) -> Offer {
    let stands_for = match fix.id {
        FixId::TrustHostKey => "this host key",
        _ => "this address",
    };
    Offer {
        key: fix.id.key(),
        words: TokenForm::fix_words(fix, has_token).to_owned(),
        value: fix.value.clone().map(|value| (value, stands_for)),
    }
}

/// What is to be known of a connection that went another way than the address says.
fn way_around(test: &ConnectionTest) -> Option<&str> {
    let mut checks = test.checks.iter();
    let tcp = checks.find(|check| check.id == CheckId::Tcp)?;
    let is_around = tcp.status == Status::Pass && tcp.standing == Standing::Unknown;
    tcp.detail.as_deref().filter(|_| is_around)
}

/// Whether a warning leaves Coalesce Quality's way free. A key that is in order is of no use to who can't reach the
/// server, or looks at other branches.
const fn is_no_obstacle(warning: Code) -> bool {
    matches!(warning.status(), Status::Warn)
        && !matches!(
            warning,
            Code::DnsPrivateAddress | Code::RepositoryNoMainBranch
        )
}

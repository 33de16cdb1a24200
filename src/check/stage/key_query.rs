//! Judging the server's answers about the vendor's key and the control key.

use crate::bitbucket::Edition;
use crate::check::{Check, CheckId, Code, Standing};
use crate::text::harmless;

/// How much of a banner is shown: most are notices that would push what can be done out of sight.
const BANNER_LIMIT: usize = 160;

/// What the server says about one public key (RFC 4252 section 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `SSH_MSG_USERAUTH_PK_OK`: it would take this key if its owner signed.
    Accepted,
    /// It refuses the key with the signatures that clients make, and accepts it with `ssh-rsa`, whose SHA-1 they no longer use.
    KnownBySha1,
    /// `SSH_MSG_USERAUTH_FAILURE`, with the methods that can go on.
    Refused {
        /// Whether keys are among these methods.
        takes_keys: bool,
        /// Their names, as the server gave them.
        methods: Vec<String>,
    },
    /// `SSH_MSG_USERAUTH_SUCCESS` without any signature: the server authenticates nobody.
    LetInUnsigned,
    /// The session ended without an answer.
    Closed {
        /// The server's words, if any.
        words: Option<String>,
        /// Whether the question can have reached the server.
        was_asked: bool,
    },
    /// Something that is no answer, so that the session could not go on; what was wrong with it.
    Garbled(String),
    /// No answer in time.
    TimedOut,
}

impl Answer {
    /// Whether it says plainly that the key is accepted or refused.
    pub fn is_plain(&self) -> bool {
        matches!(
            self,
            Answer::Accepted
                | Answer::KnownBySha1
                | Answer::Refused {
                    takes_keys: true,
                    ..
                }
        )
    }

    /// Whether the server knows the key, whatever it would take as a signature.
    pub fn is_acceptance(&self) -> bool {
        matches!(self, Answer::Accepted | Answer::KnownBySha1)
    }

    /// Whether another key can be asked about after it. A refusal that names no way to go on ends the session.
    pub fn leaves_the_session_open(&self) -> bool {
        let is_end = matches!(self, Answer::Refused { methods, .. } if methods.is_empty());
        self.is_plain() && !is_end
    }

    /// Whether it refuses the key by ending the session. Only refusals are counted against the attempts that a server allows
    /// (an accepted query is not: sshd's auth2-pubkey.c postpones it), so whoever runs out of them has just been refused.
    pub fn refuses_by_hanging_up(&self) -> bool {
        self.ended_over_attempts()
            && matches!(
                self,
                Answer::Closed {
                    was_asked: true,
                    ..
                }
            )
    }

    /// Whether the server ended the session because of failed attempts. OpenSSH and Bitbucket say so in these words.
    pub fn ended_over_attempts(&self) -> bool {
        matches!(self, Answer::Closed { words: Some(words), .. }
            if words.to_ascii_lowercase().contains("too many authentication failures"))
    }
}

/// What the server says about a connection's key, and about a fresh one of its type if that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// About the connection's key.
    pub vendor: Answer,
    /// About the fresh one.
    pub control: Option<Answer>,
    /// Whether it is an RSA key, and the server has not announced the signatures that clients make with one.
    pub is_without_signature: bool,
}

impl From<Answer> for Answers {
    fn from(vendor: Answer) -> Self {
        Self {
            vendor,
            control: None,
            is_without_signature: false,
        }
    }
}

impl Answers {
    /// Whether they say plainly that the key is recognised or not, or that any would be.
    pub fn are_conclusive(&self) -> bool {
        match (&self.vendor, &self.control) {
            (vendor, Some(Answer::LetInUnsigned | Answer::Refused { .. }))
                if vendor.is_acceptance() =>
            {
                true
            }
            // Running out of attempts may be due to the questions before, where there were any.
            (vendor, Some(control)) if vendor.is_acceptance() => control.is_plain(),
            (vendor, None) if vendor.is_acceptance() => false,
            (vendor, _) => vendor.is_plain(),
        }
    }

    /// Whether the server accepts any key, so that its answers say nothing.
    pub fn take_any_key(&self) -> bool {
        let takes = |control: &Answer| control.is_acceptance() || *control == Answer::LetInUnsigned;
        self.control.as_ref().is_some_and(takes)
    }

    /// Whether one of them did not come in time.
    pub fn timed_out(&self) -> bool {
        [Some(&self.vendor), self.control.as_ref()].contains(&Some(&Answer::TimedOut))
    }

    /// Whether the server ended the session because of failed attempts.
    pub fn ended_over_attempts(&self) -> bool {
        self.vendor.ended_over_attempts()
            || self
                .control
                .as_ref()
                .is_some_and(Answer::ended_over_attempts)
    }
}

/// What the server says about a key that a connection had before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retired {
    /// The key's fingerprint.
    pub fingerprint: String,
    /// Whether it would be let in, if the server said.
    pub is_accepted: Option<bool>,
    /// Whether a genuine server refused it in an earlier test.
    pub was_refused: bool,
    /// Whether it was let in after that, in an earlier test.
    pub is_back: bool,
}

/// Adds to the check of a connection's key what was said about those it had before: none of them should be let in any
/// more. One that was refused before and is let in again was added again, which is worse than one nobody has removed yet.
pub fn with_retired(check: Check, retired: &[Retired]) -> Check {
    let those = |is_meant: &dyn Fn(&Retired) -> bool| {
        let those = retired.iter().filter(|key| is_meant(key));
        let those: Vec<&str> = those.map(|key| key.fingerprint.as_str()).collect();
        (!those.is_empty()).then(|| those.join(" and "))
    };
    let again = those(&|key| key.is_accepted == Some(true) && key.was_refused);
    let still = those(&|key| key.is_accepted == Some(true) && !key.was_refused);
    let unanswered = those(&|key| key.is_accepted.is_none());
    let is_in = check.standing == Standing::Proven;
    let warned_of = check
        .code
        .filter(|_| is_in && (again.is_some() || still.is_some()));
    let check = match (&again, &still) {
        (Some(again), _) if is_in => Check {
            summary: "knows this key, and again a removed one".to_owned(),
            ..Check::found(Code::KeyQueryRemovedKeyAccepted)
        }
        .with_detail(format!("It lets in {again}, which it refused before.")),
        (None, Some(still)) if is_in => Check {
            // What the proof of this rung rests on is said as well.
            summary: "knows this key, and still the replaced one".to_owned(),
            ..Check::found(Code::KeyQueryRetiredKeyAccepted)
        }
        .with_detail(format!("It would still let in {still}.")),
        (Some(again), _) => check.and_detail(&format!(
            "It lets in the removed key {again} again, which it refused before."
        )),
        (None, _) => check,
    };
    let check = match warned_of {
        Some(code) => check.and_detail(code.meaning()),
        None => check,
    };
    let check = match still {
        Some(still) if again.is_some() || !is_in => {
            check.and_detail(&format!("It would still let in the replaced key {still}."))
        }
        _ => check,
    };
    let Some(unanswered) = unanswered else {
        return check;
    };
    let check = check.and_detail(&format!(
        "It gave no answer about the replaced key {unanswered}, so whether that is still in is not known."
    ));
    // What was seen to be in again is in until a server refuses it.
    let may_be_back = |key: &Retired| key.is_accepted.is_none() && key.was_refused && key.is_back;
    if check.standing == Standing::Proven && retired.iter().any(may_be_back) {
        check.in_doubt()
    } else {
        check
    }
}

/// The check of a key that was not asked about, because the server had left other questions unanswered.
pub fn not_asked() -> Check {
    Check::found(Code::KeyQueryClosed).with_detail(
        "It left questions about other keys unanswered, so this one was not asked about.",
    )
}

/// The check of the vendor's key. A fresh key of the same type is asked about only after the vendor's was accepted.
pub fn judge(edition: Edition, port: u16, answers: &Answers) -> Check {
    let vendor = &answers.vendor;
    let check = match vendor {
        Answer::Accepted if answers.is_without_signature => {
            accepted(answers, || Check::found(Code::KeyQueryRsaNotAnnounced))
        }
        Answer::Accepted => accepted(answers, recognised),
        Answer::KnownBySha1 => accepted(answers, || Check::found(Code::KeyQuerySha1Only)),
        Answer::LetInUnsigned => Check::found(Code::KeyQueryAnyKeyAccepted)
            .with_detail("It let doorkey in without any signature."),
        Answer::Refused {
            takes_keys: true, ..
        } => Check::found(Code::KeyQueryNotRecognised),
        Answer::Refused { methods, .. } => Check::found(Code::KeyQueryPublickeyNotOffered)
            .with_detail(format!(
                "It offers: {}.",
                harmless(&methods.join(", "), super::WORDS_LIMIT)
            )),
        Answer::Closed { words, .. } => {
            let code = if vendor.refuses_by_hanging_up() {
                Code::KeyQueryNotRecognised
            } else if vendor.ended_over_attempts() {
                Code::KeyQueryTooManyAttempts
            } else {
                Code::KeyQueryClosed
            };
            with_words(Check::found(code), words.as_deref())
        }
        Answer::Garbled(violation) => Check::found(Code::KeyQueryClosed).with_detail(format!(
            "What it sent is not understood: {}.",
            harmless(violation, super::WORDS_LIMIT)
        )),
        Answer::TimedOut => {
            Check::found(Code::KeyQueryClosed).with_detail("It did not answer in time.")
        }
    };
    super::suited(check, edition, port)
}

/// Adds what the server shows to whoever wants to log in: it may say why it lets nobody in.
pub fn with_banner(check: Check, banner: Option<&str>) -> Check {
    let words = harmless(banner.unwrap_or_default(), BANNER_LIMIT);
    if words.is_empty() {
        return check;
    }
    match check.detail {
        Some(_) => check.and_detail(&format!("(Its banner: \"{words}\")")),
        None => check.with_detail(format!("The server's banner: \"{words}\"")),
    }
}

/// The check of a key that the server accepts: `known` if it refuses a fresh one.
fn accepted(answers: &Answers, known: impl Fn() -> Check) -> Check {
    match &answers.control {
        Some(Answer::Accepted | Answer::KnownBySha1 | Answer::LetInUnsigned) => {
            Check::found(Code::KeyQueryAnyKeyAccepted)
        }
        Some(Answer::Refused { .. }) => known(),
        Some(answer) if answer.refuses_by_hanging_up() => known(),
        Some(Answer::Closed {
            words: Some(words), ..
        }) => unproven(&format!(
            " The server said: {}",
            harmless(words, super::WORDS_LIMIT)
        )),
        Some(Answer::Closed { .. } | Answer::Garbled(_) | Answer::TimedOut) | None => unproven(""),
    }
}

fn unproven(words: &str) -> Check {
    Check::found(Code::KeyQueryClosed).with_detail(format!(
        "It accepted your key, but gave no answer about a fresh one, so nothing is proven.{words}"
    ))
}

fn recognised() -> Check {
    Check::pass(CheckId::KeyQuery, "knows this key, refuses a fresh one")
}

fn with_words(check: Check, words: Option<&str>) -> Check {
    match words {
        Some(words) => check.with_detail(format!(
            "The server said: {}",
            harmless(words, super::WORDS_LIMIT)
        )),
        None => check,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Status;

    fn refused() -> Answer {
        Answer::Refused {
            takes_keys: true,
            methods: vec!["publickey".into()],
        }
    }

    fn closed(words: Option<&str>, was_asked: bool) -> Answer {
        Answer::Closed {
            words: words.map(str::to_owned),
            was_asked,
        }
    }

    fn too_many() -> Answer {
        closed(Some("Too many authentication failures"), true)
    }

    /// Only a plain refusal refutes, and only a refusal of the control key proves.
    #[test]
    fn answers_and_what_they_mean() {
        use Standing::{Proven, Refuted, Unknown};
        let methods = |takes_keys, method: &str| Answer::Refused {
            takes_keys,
            methods: vec![method.into()],
        };
        let refused_for_good = || Answer::Refused {
            takes_keys: true,
            methods: Vec::new(),
        };
        let garbled = || Answer::Garbled("nonsense".into());
        let any_key = (Some(Code::KeyQueryAnyKeyAccepted), Unknown);
        let not_recognised = (Some(Code::KeyQueryNotRecognised), Refuted);
        let no_answer = (Some(Code::KeyQueryClosed), Unknown);
        let not_offered = (Some(Code::KeyQueryPublickeyNotOffered), Unknown);
        let sha1_only = (Some(Code::KeyQuerySha1Only), Unknown);
        let too_many_before = || closed(Some("Too many authentication failures"), false);
        let unheard_of = || closed(Some("Keys are out of fashion"), true);
        let table = [
            (Answer::Accepted, Some(refused()), (None, Proven)),
            (Answer::Accepted, Some(refused_for_good()), (None, Proven)),
            (Answer::Accepted, Some(too_many()), (None, Proven)),
            (
                Answer::Accepted,
                Some(methods(false, "password")),
                (None, Proven),
            ),
            (Answer::Accepted, Some(Answer::Accepted), any_key),
            (Answer::Accepted, Some(Answer::LetInUnsigned), any_key),
            (Answer::Accepted, Some(too_many_before()), no_answer),
            (Answer::Accepted, Some(closed(None, true)), no_answer),
            (Answer::Accepted, Some(unheard_of()), no_answer),
            (Answer::Accepted, Some(Answer::TimedOut), no_answer),
            (Answer::Accepted, Some(garbled()), no_answer),
            (Answer::Accepted, None, no_answer),
            (Answer::KnownBySha1, Some(refused()), sha1_only),
            (Answer::KnownBySha1, Some(Answer::KnownBySha1), any_key),
            (Answer::KnownBySha1, Some(Answer::Accepted), any_key),
            (Answer::KnownBySha1, None, no_answer),
            (Answer::LetInUnsigned, None, any_key),
            (refused(), None, not_recognised),
            (refused_for_good(), None, not_recognised),
            (too_many(), None, not_recognised),
            (
                too_many_before(),
                None,
                (Some(Code::KeyQueryTooManyAttempts), Unknown),
            ),
            (methods(false, "password"), None, not_offered),
            (methods(false, "gssapi-keyex"), None, not_offered),
            (closed(None, true), None, no_answer),
            (closed(None, false), None, no_answer),
            (unheard_of(), None, no_answer),
            (Answer::TimedOut, None, no_answer),
            (garbled(), None, no_answer),
        ];
        for (vendor, control, (code, standing)) in table {
            let answers = Answers {
                vendor,
                control,
                is_without_signature: false,
            };
            let check = judge(Edition::Cloud, 22, &answers);
            let found = (check.code, check.standing);
            assert_eq!(found, (code, standing), "{answers:?}");
            assert_eq!(check.status == Status::Pass, code.is_none());
        }
        let words = judge(Edition::Cloud, 22, &too_many().into()).detail;
        let said = "The server said: Too many authentication failures";
        assert_eq!(words.as_deref(), Some(said));
    }

    #[test]
    fn an_accepted_rsa_key_that_clients_will_not_use_is_a_warning() {
        let answers = |control| Answers {
            vendor: Answer::Accepted,
            control: Some(control),
            is_without_signature: true,
        };
        let check = judge(Edition::DataCenter, 7999, &answers(refused()));
        assert_eq!(check.code, Some(Code::KeyQueryRsaNotAnnounced));
        assert_eq!(
            (check.status, check.standing),
            (Status::Warn, Standing::Proven)
        );
        let check = judge(Edition::DataCenter, 7999, &answers(Answer::Accepted));
        assert_eq!(check.code, Some(Code::KeyQueryAnyKeyAccepted));
        let retired = Retired {
            fingerprint: "SHA256:old".to_owned(),
            is_accepted: Some(true),
            was_refused: false,
            is_back: false,
        };
        let check = judge(Edition::DataCenter, 7999, &answers(refused()));
        let check = with_retired(check, &[retired]);
        assert_eq!(check.code, Some(Code::KeyQueryRetiredKeyAccepted));
        let detail = check.detail.unwrap_or_default();
        assert!(detail.contains("8.8"), "{detail}");
    }
}

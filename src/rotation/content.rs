//! What each step of a rotation says, and what lies over it.

use std::time::Duration;

use super::{KeyRotation, OnPage, StepId, Which};
use crate::access_key::AccessKey;
use crate::bitbucket::Edition;
use crate::check::{Absence, Code, Rung, Standing, Verdict};
use crate::connections::{Stage, SwitchedBy};
use crate::guide::parts::Mark;
use crate::guide::parts::ladder::{self, Heard, Row, Sign};
use crate::guide::parts::{Content, Part, access_keys_page, test};
use crate::guide::public_key::PublicKey;
use crate::guide::{Ending, Overlay, ShownTest};
use crate::text::shorten_middle;

/// As much of a key's line as is shown: both of its ends, to tell it from others on a page.
const LINE_WIDTH: usize = 50;

/// Asked before the rotation ends on a person's word.
const ELSEWHERE_QUESTION: [&str; 3] = [
    "Is the old key only elsewhere?",
    "Bitbucket still recognises it. If you took it out of this repository and it has to stay on another one, the rotation can end here.",
    "doorkey will say that this is your word, and not proven. The new key is tested once more first.",
];

/// What a public key alone can prove of the new key.
const RECOGNISED: &str = "The new key is in: Bitbucket recognises it.";

impl KeyRotation {
    /// What the step on the screen says.
    pub(super) fn content_of_step(&self) -> Content<'_> {
        Content::of_step(self.about(), self.body(), self.ask())
    }

    /// What is asked before something that can't be taken back.
    pub(super) fn words_of_question(&self, overlay: Overlay) -> Vec<String> {
        match overlay {
            Overlay::GiveUpQuestion => self.give_up_question(),
            Overlay::ElsewhereQuestion => ELSEWHERE_QUESTION.map(str::to_owned).to_vec(),
            _ => Vec::new(),
        }
    }

    fn ask(&self) -> &'static str {
        match self.journey.step {
            StepId::NewKey if self.progress().is_some() => Content::ASK_OR_GO_ON,
            StepId::NewKey => self.public_key.ask(),
            StepId::AddNew => "Enter once you added it, or your answer:",
            StepId::RemoveOld if self.new_test().is_good() => {
                "Enter once you removed it, or your answer:"
            }
            StepId::TestNew if self.new_test().is_good() => Content::ASK_OR_GO_ON,
            StepId::TestOld if self.progress().is_none() => "Enter to finish:",
            _ => Content::ASK,
        }
    }

    fn about<'a>(&self) -> Vec<Part<'a>> {
        let words = match self.journey.step {
            StepId::NewKey if self.progress().is_none() => format!(
                "Paste the new public key that Coalesce Quality shows for {}. The old one stays until the new one is proven.",
                self.journey.connection.name
            ),
            StepId::NewKey => "The rotation to this key is under way.".to_owned(),
            StepId::AddNew => {
                "Copy the new key and add it beside the old one. The old one stays where it is."
                    .to_owned()
            }
            StepId::TestNew => return Vec::new(),
            StepId::Switch => {
                "Before the old key goes, Coalesce Quality has to use the new one.".to_owned()
            }
            StepId::RemoveOld => {
                "The new key is tested once more first; then the old one can go.".to_owned()
            }
            StepId::TestOld => {
                "Bitbucket is asked about the old key. To be refused is good here.".to_owned()
            }
        };
        vec![Part::Dim(words)]
    }

    fn body(&self) -> Vec<Part<'_>> {
        let mut parts = vec![Part::Gap];
        if let Some(step) = self.key_step() {
            parts.extend(step.fields());
            parts.push(Part::Gap);
            if step.file.is_some() {
                // Said before, and not gone.
                parts.push(Part::Heard(self.found()));
                return parts;
            }
        }
        parts.extend(self.found());
        if let Some((questions, picks)) = self.questions() {
            parts.push(Part::Questions(questions, picks));
        }
        if let Some(words) = self.do_it_words() {
            // The screen has it in its footer.
            parts.push(Part::Heard(vec![Part::offer('d', words)]));
        }
        if let Some(shown) = self.shown_test() {
            parts.push(Part::Gap);
            parts.push(Part::Test(self.test_parts(&shown)));
        }
        parts.push(Part::Gap);
        parts.extend(self.ended());
        parts
    }

    fn test_parts<'a>(&self, shown: &ShownTest<'_>) -> Vec<Part<'a>> {
        match self.journey.step {
            StepId::TestOld => {
                let mut parts = vec![Part::Ladder(self.rows_of_old_key(shown)), Part::Gap];
                parts.extend(test::outcome(shown));
                parts
            }
            // What counts here is whether it was used, which is said above.
            StepId::Switch if shown.is_good() || shown.test.running => {
                let mut parts = test::watch(shown);
                parts.push(Part::Heard(test::whole(shown)));
                parts
            }
            _ => test::whole(shown),
        }
    }

    /// The ladder of a key that should be refused: the refusal is what is climbed to. The rungs above are for whoever has to know
    /// where else it is.
    fn rows_of_old_key(&self, shown: &ShownTest<'_>) -> Vec<Row> {
        let mut rows: Vec<Row> = [Rung::Reachable, Rung::Genuine]
            .map(|rung| ladder::row(shown, rung))
            .into();
        let heard = ladder::row(shown, Rung::Recognised).heard;
        let heard = match (heard, shown.test.standing(Rung::Recognised)) {
            (Heard::Found(_, time), Standing::Refuted) => {
                Heard::Found("Old key: refused, as it should be".to_owned(), time)
            }
            (Heard::Found(_, time), Standing::Proven) => {
                Heard::Found("Old key: still recognised".to_owned(), time)
            }
            (heard, _) => heard,
        };
        let (is_good, words) = self.old_key_row();
        let old = shown.test.running.then(|| ladder::climbing(shown));
        rows.push(row_of_key("Old key", is_good, words, old, heard));
        if let Some((is_good, words)) = self.new_key_beside() {
            let new = self.new_test().running.then(|| ladder::climbing(shown));
            rows.push(row_of_key("New key", is_good, words, new, Heard::Nothing));
        }
        rows
    }

    fn found<'a>(&self) -> Vec<Part<'a>> {
        match self.journey.step {
            StepId::NewKey => self.found_of_new_key(),
            StepId::AddNew => self.found_of_adding(),
            StepId::Switch => self.found_of_switching(),
            StepId::RemoveOld if self.may_remove() => self.found_of_removing(),
            StepId::TestNew => vec![self.new_fingerprint()],
            StepId::RemoveOld => Vec::new(),
            StepId::TestOld => vec![self.old_fingerprint()],
        }
    }

    fn new_fingerprint<'a>(&self) -> Part<'a> {
        Part::Key(
            "New",
            self.new_key()
                .map_or_else(|| "none yet".to_owned(), AccessKey::fingerprint),
        )
    }

    fn old_fingerprint<'a>(&self) -> Part<'a> {
        Part::Key("Old", self.journey.old.fingerprint())
    }

    fn found_of_new_key<'a>(&self) -> Vec<Part<'a>> {
        let mut parts = vec![self.old_fingerprint(), self.new_fingerprint(), Part::Gap];
        if self.progress().is_some() {
            parts.push(Part::dim(
                "To take another one, give this rotation up first, with u.",
            ));
            return parts;
        }
        match &self.public_key.reading {
            Ok(_) if self.is_same_key() => {
                parts.push(Part::warn(format!(
                    "This is the old key: the one that {} has already. A comment makes no other key of it.",
                    self.journey.connection.name
                )));
                parts.push(Part::text(
                    "If Coalesce Quality shows no other one, there is nothing to rotate yet.",
                ));
            }
            Ok(key) => {
                match self.retired() {
                    Some(retired) => parts.push(Part::warn(format!(
                        "The connection {} had this key before; it was retired on {}. See that Coalesce Quality really shows it as the new one.",
                        self.journey.connection.name,
                        day(&retired.at)
                    ))),
                    None => parts.push(Part::good("It is another key than the old one.".to_owned())),
                }
                parts.extend(PublicKey::repaired(key));
            }
            Err(refusal) if refusal.code == Code::KeyEmpty => {}
            Err(refusal) => parts.extend(PublicKey::refused(refusal)),
        }
        parts
    }

    fn found_of_adding<'a>(&self) -> Vec<Part<'a>> {
        let place = &self.journey.connection.place;
        let mut parts = vec![self.new_fingerprint()];
        parts.extend(self.known_before());
        parts.push(Part::Gap);
        let link = self.access_keys_link();
        parts.extend(access_keys_page(place, link, self.is_demo(), None));
        parts
    }

    /// What Bitbucket says about the new key before somebody added it.
    fn known_before<'a>(&self) -> Option<Part<'a>> {
        let proof = |rung| self.new_test().standing(rung);
        match (proof(Rung::Recognised), proof(Rung::ThisRepository)) {
            _ if self.new_test().running => Some(Part::dim("Asking whether Bitbucket knows it already.")),
            _ if self.new_test().verdict().is_none() => None,
            (Standing::Proven, Standing::Proven) => {
                Some(Part::good("It is on this repository already.".to_owned()))
            }
            (Standing::Proven, Standing::Refuted) => Some(Part::warn(
                "Bitbucket knows this key, but not on this repository: it sits somewhere else, too.".to_owned(),
            )),
            (Standing::Proven, Standing::Unknown) => Some(Part::warn(
                "Bitbucket knows this key already. It was added here before, or it sits somewhere else: on another repository, a project or \
                 an account. A public key alone does not tell which."
                    .to_owned(),
            )),
            // That was before.
            (Standing::Refuted, _) if self.journey.on_page == OnPage::Changed => None,
            (Standing::Refuted, _) => Some(Part::dim("Bitbucket does not know it yet.")),
            (Standing::Unknown, _) => None,
        }
    }

    fn found_of_switching<'a>(&self) -> Vec<Part<'a>> {
        let mut parts = vec![
            self.new_fingerprint(),
            Part::Gap,
            Part::text(
                "In Coalesce Quality, see that the integration shows this key, then press Test connection.",
            ),
            Part::Gap,
        ];
        let switched = self
            .progress()
            .and_then(|progress| progress.switched.as_ref());
        match switched {
            Some(switched) => parts.push(Part::good(switched_words(switched.by).to_owned())),
            None if self.has_token() => parts.push(self.use_words()),
            None if self.journey.connection.place.edition == Edition::Cloud => {
                parts.push(Part::dim(
                    "With a token, Bitbucket itself tells when the new key was used: press g.",
                ));
            }
            None => {}
        }
        parts
    }

    /// Whether Bitbucket has seen the new key in use.
    fn use_words<'a>(&self) -> Part<'a> {
        let used = self
            .new_test()
            .checks
            .iter()
            .find(|check| check.id.rung() == Some(Rung::UsedByVendor));
        match used {
            Some(check) if check.code == Some(Code::VendorUseNever) => {
                Part::text("Bitbucket has not seen the new key in use yet.")
            }
            Some(check) => Part::text(format!("Use of the new key: {}.", check.summary)),
            None => Part::dim("Asking Bitbucket when the new key was used."),
        }
    }

    fn found_of_removing<'a>(&self) -> Vec<Part<'a>> {
        let switched = self
            .progress()
            .and_then(|progress| progress.switched.as_ref());
        let line = shorten_middle(&self.journey.old.line(), LINE_WIDTH);
        let comment = self.journey.old.comment();
        let mut parts = vec![Part::good("The new key is in: just tested.".to_owned())];
        parts.extend(switched.map(|switched| Part::good(switched_words(switched.by).to_owned())));
        parts.extend([
            Part::Gap,
            Part::text("Now take the old key out on the Access keys page. This one goes:"),
            self.old_fingerprint(),
            Part::LineOfKey(line.clone()),
        ]);
        if !line.ends_with(comment) {
            parts.push(Part::Values(vec![("Comment", comment.to_owned())]));
        }
        parts.extend([
            Part::Gap,
            Part::text("This one stays:"),
            self.new_fingerprint(),
            Part::Gap,
            Part::Link(self.access_keys_link()),
        ]);
        parts
    }

    /// The test of the step on the screen, as it is shown.
    pub(super) fn test_here(&self) -> Option<ShownTest<'_>> {
        let which = self.tested_here()?;
        let ending = match which {
            Which::New => self.proven(),
            Which::Old => Ending::Gone(self.old_key_words()),
        };
        Some(ShownTest {
            test: self.test(which as usize),
            url: self.journey.url.clone(),
            // Its fingerprint stands above.
            key: None,
            now: self.now,
            has_token: self.has_token(),
            do_it_words: self.do_it_words(),
            own_identity: None,
            remarks: Vec::new(),
            ending,
        })
    }

    /// What a proof of the new key comes to.
    fn proven(&self) -> Ending {
        let is_here = self.new_test().standing(Rung::ThisRepository) == Standing::Proven;
        let was_known = self.progress().is_some_and(|progress| progress.was_known);
        let (proven, open) = match (is_here, was_known) {
            (true, _) => ("The new key is on this repository.", None),
            (false, true) => (
                RECOGNISED,
                Some(
                    "It was recognised before you said to have added it, so it may be known only from somewhere else: another repository, a \
                     project or an account. Coalesce Quality's Test connection shows whether it opens this repository, and so does a token (g).",
                ),
            ),
            (false, false) => (
                RECOGNISED,
                Some(
                    "Not proven from here: that it is on this repository and not on another one. Coalesce Quality's Test connection shows \
                     that, and so does a token (g).",
                ),
            ),
        };
        Ending::LetIn {
            proven,
            open: open.map(str::to_owned),
            names_url: false,
        }
    }

    /// How the old key stands, in sentences.
    fn old_key_words(&self) -> Vec<String> {
        let words: &[&str] = match self.old_absence() {
            None => &[],
            Some(Absence::Refused) => &["The old key is out: Bitbucket refuses it."],
            Some(Absence::OnlyElsewhere) => &[
                "The old key is out of this repository: its list does not hold it.",
                "Bitbucket still recognises it, because it sits somewhere else: on another repository or project, or on an account.",
            ],
            Some(Absence::StillHere) => &[
                "The old key is still in: it is on the list of this repository or its project.",
                "Take it out on the Access keys page, then test again, or watch until it is refused.",
            ],
            Some(Absence::StillKnown) => &[
                "The old key is still recognised.",
                "It is still on this repository, or it sits somewhere else: on another repository, a project or an account. A public key alone \
                 does not tell which.",
                "Take it out on the Access keys page, then test again, or watch until it is refused. With a token (g), Bitbucket tells whether it is \
                 here. If you know that it is only elsewhere, press e.",
            ],
            Some(Absence::Unknown) => &["This test could not tell whether the old key is out."],
        };
        words.iter().map(|words| (*words).to_owned()).collect()
    }

    /// What the end of the last step comes to.
    fn ended<'a>(&self) -> Option<Part<'a>> {
        let name = &self.journey.connection.name;
        if self.journey.step != StepId::TestOld {
            return None;
        }
        if self.journey.is_finished && self.journey.on_word {
            return Some(Part::good(format!(
                "The connection {name} has its new key now. That the old one is out of this repository is your word; doorkey has not proven it."
            )));
        }
        if self.journey.is_finished {
            return Some(Part::good(format!(
                "The connection {name} has its new key now; the old one is remembered as retired."
            )));
        }
        let is_doubtful =
            self.journey.is_last_round && !self.new_test().running && !self.new_test().is_good();
        is_doubtful.then(|| {
            Part::warn(
                "The last test of the new key could not tell whether it is still in. Test again."
                    .to_owned(),
            )
        })
    }

    /// What to do now that somebody has changed something on the Access keys page; nothing where doorkey sees for itself.
    pub(super) fn after_change(&self) -> Option<&'static str> {
        let test = self.test(self.tested_here().unwrap_or(Which::New) as usize);
        match self.journey.step {
            _ if test.running || test.watch.is_some() => None,
            StepId::AddNew => Some("The page has changed. Once the new key is there, press enter."),
            StepId::RemoveOld if self.may_remove() => {
                Some("The page has changed. Once the old key is gone there, press enter.")
            }
            StepId::TestNew | StepId::TestOld if !test.is_good() => {
                Some("The page has changed. To test again, press r.")
            }
            _ => None,
        }
    }

    /// How the new key stands beside the old one at the end: in a few words, if it was tested once more.
    pub fn new_key_beside(&self) -> Option<(Option<bool>, &'static str)> {
        if !self.journey.is_last_round {
            return None;
        }
        Some(match self.new_test().verdict() {
            _ if self.new_test().running => (None, "being tested once more"),
            Some(Verdict::Ready) => (Some(true), "still let in"),
            Some(Verdict::NotReady) => (Some(false), "not proven any more"),
            Some(Verdict::Inconclusive) | None => (None, "could not be told"),
        })
    }

    /// How the old key stands: whether that is good, if it is known, and a few words.
    pub fn old_key_row(&self) -> (Option<bool>, &'static str) {
        match self.old_absence() {
            _ if self.old_test().running => (None, "asking about it"),
            Some(Absence::Refused) => (Some(true), "refused: Bitbucket does not know it"),
            Some(Absence::OnlyElsewhere) => (Some(true), "not here, known from elsewhere"),
            Some(Absence::StillHere) => (Some(false), "still on this repository's list"),
            Some(Absence::StillKnown) => (Some(false), "still recognised"),
            Some(Absence::Unknown) => (None, "not known"),
            None => (None, "not tested yet"),
        }
    }

    /// Asked before the rotation is given up, with what that means.
    pub fn give_up_question(&self) -> Vec<String> {
        let mut words = vec![
            "Give this rotation up?".to_owned(),
            "doorkey forgets the new key; the connection keeps the old one.".to_owned(),
        ];
        words.extend(self.new_key_left_in());
        let may_be_out = self
            .progress()
            .is_some_and(|progress| progress.stage() == Stage::Refuse);
        if may_be_out {
            words.push(
                "You said that the old key was taken out. Without either key, Coalesce Quality can't get in.".to_owned(),
            );
        }
        words
    }

    /// Said once the rotation is given up.
    pub(super) fn given_up_words(&self) -> String {
        let left = self.new_key_left_in();
        let mut words =
            vec!["The rotation was given up; the old key is the connection's.".to_owned()];
        words.extend(left);
        words.join(" ")
    }

    /// That the new key is in Bitbucket and should not stay there, if the last test showed it.
    fn new_key_left_in(&self) -> Option<String> {
        let is_known = self
            .new_test()
            .report
            .as_ref()
            .is_some_and(|report| report.absence().is_known());
        let was_recognised = self
            .progress()
            .is_some_and(|progress| progress.recognised.is_some());
        let key = self.new_key()?.fingerprint();
        (is_known || was_recognised).then(|| {
            format!(
                "The new key, {key}, is in Bitbucket: take it out again on {}",
                self.access_keys_link()
            )
        })
    }

    /// Where it stands and how to go on, for the line that is left on the terminal.
    pub fn parting_words(&self) -> String {
        let name = &self.journey.connection.name;
        if self.is_demo() {
            return "That was the demo: nothing outside this computer was touched.".to_owned();
        }
        if self.journey.is_finished {
            let old = match self.old_absence() {
                _ if self.journey.on_word => {
                    "that the old one is out of this repository is your word"
                }
                Some(Absence::OnlyElsewhere) => {
                    "the old one is out of this repository, though Bitbucket knows it from elsewhere"
                }
                _ => "the old one is refused",
            };
            return format!("Done: {name} has its new key, and {old}.");
        }
        let stands = match self.progress().map(super::Rotation::stage) {
            None => "Nothing has changed yet",
            Some(Stage::Add) => "The new key is still to be added",
            Some(Stage::Prove) => "The new key is not proven yet",
            Some(Stage::Switch) => "The new key is proven; Coalesce Quality has still to use it",
            Some(Stage::Remove) => {
                "Coalesce Quality uses the new key; the old one is still to be taken out"
            }
            Some(Stage::Refuse) => "The old key is not seen to be out yet",
        };
        format!("{stands}. Go on with: doorkey rotate {name}")
    }
}

/// A key in the place of a rung.
fn row_of_key(
    title: &'static str,
    is_good: Option<bool>,
    basis: &str,
    climbing: Option<Sign>,
    heard: Heard,
) -> Row {
    let mark = match is_good {
        Some(true) => Mark::Good,
        Some(false) => Mark::Bad,
        None => Mark::Open,
    };
    Row {
        title,
        sign: climbing.unwrap_or(Sign::Marked(mark)),
        basis: basis.to_owned(),
        is_open: false,
        time: Duration::ZERO,
        may_fold: false,
        heard,
    }
}

fn switched_words(by: SwitchedBy) -> &'static str {
    match by {
        SwitchedBy::Person => "Coalesce Quality uses the new key: you said so.",
        SwitchedBy::Bitbucket => "Coalesce Quality uses the new key: Bitbucket has seen it.",
    }
}

/// The day of a time in RFC 3339.
fn day(at: &str) -> &str {
    at.split_once('T').map_or(at, |(day, _)| day)
}

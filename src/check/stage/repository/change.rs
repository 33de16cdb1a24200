//! What adding a key to a repository, or taking it out, has come to. Only a list that was read afterwards says so: what
//! the server answered to the change itself proves nothing, and an answer that was lost does not mean that nothing
//! happened.

use super::{ListedKey, Lists, NoAnswer, Permission, ProjectList, Refused, Unusable, strongest};
use crate::bitbucket::refusal::KeyRefusal;
use crate::bitbucket::{Edition, RepositoryPlace};
use crate::check::stage::WORDS_LIMIT;
use crate::text::harmless;

/// As much of a label or a name as is shown.
const LONGEST_LABEL: usize = 100;

/// What became of the request for a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It never left this machine as a whole, so nothing has changed.
    NotSent(NoAnswer),
    /// It was refused.
    Refused(Refused),
    /// It was answered as if it had been done.
    Answered,
    /// It was sent, and nothing came back that says what became of it.
    Unclear(NoAnswer),
    /// Somebody ended doorkey while it was out.
    Abandoned,
}

/// How a change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The list shows what was wanted.
    Done,
    /// It was not done, or must not be.
    NotDone,
    /// Nobody can say.
    Unknown,
}

/// What to tell about a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// How it stands.
    pub outcome: Outcome,
    /// The one sentence that matters most, without its full stop.
    pub headline: String,
    /// What else there is to say, in sentences.
    pub more: Vec<String>,
    /// The entry that a list shows.
    pub listed: Option<ListedKey>,
    /// Whether that list is the repository's own.
    pub is_on_repository: bool,
    /// Why Bitbucket did not do or tell something, where that has a code.
    pub because: Option<NoAnswer>,
}

impl Told {
    fn new(outcome: Outcome, headline: impl Into<String>) -> Self {
        Self {
            outcome,
            headline: headline.into(),
            more: Vec::new(),
            listed: None,
            is_on_repository: false,
            because: None,
        }
    }

    fn and(mut self, sentence: impl Into<String>) -> Self {
        self.more.push(sentence.into());
        self
    }

    fn showing(mut self, key: &ListedKey) -> Self {
        self.listed = Some(key.clone());
        self.is_on_repository = true;
        self
    }

    fn because(mut self, none: NoAnswer) -> Self {
        self.because = Some(none);
        self
    }

    /// All of it as sentences.
    pub fn in_sentences(&self) -> String {
        let mut text = format!("{}.", self.headline);
        for sentence in &self.more {
            text.push(' ');
            text.push_str(sentence);
        }
        text
    }
}

/// Whether there is anything to add, from the lists as they are. None if there is.
pub fn before_adding(place: &RepositoryPlace, lists: &Lists) -> Option<Told> {
    let name = place.name();
    let on_project = project_entry(lists);
    if let Some(told) = unwanted(place, &lists.repository) {
        return Some(told.and("Nothing was added."));
    }
    if let Some((project, key)) = &on_project
        && key.permission != Permission::Read
    {
        let told = Told::new(
            Outcome::NotDone,
            format!(
                "The project {project} holds the key already{}, and {}",
                labelled(key),
                may_do(&key.permission)
            ),
        );
        return Some(
            told.and("A project's keys open all its repositories. Remove it from the project, then add it again.")
                .and("Nothing was added."),
        );
    }
    if let [key] = lists.repository.as_slice() {
        let headline = format!("The key is on {name} already{}, read only", labelled(key));
        return Some(Told::new(Outcome::Done, headline).showing(key));
    }
    let (project, key) = on_project?;
    let headline = format!(
        "The key is on the project {project} already{}, and a project's keys open all its repositories, {name} too",
        labelled(&key)
    );
    Some(Told {
        listed: Some(key),
        ..Told::new(Outcome::Done, headline).and("Nothing was added.")
    })
}

/// What adding the key has come to. `after` is what the lists say since.
pub fn added(place: &RepositoryPlace, sent: &Sent, after: Result<&Lists, &NoAnswer>) -> Told {
    let name = place.name();
    let listed = match (sent, after) {
        (Sent::NotSent(why), _) => {
            let headline = "Nothing was added: the request was not sent";
            return Told::new(Outcome::NotDone, headline).because(why.clone());
        }
        (_, Err(none)) => {
            let headline = format!("doorkey can't tell whether the key is on {name} now");
            return unread(headline, sent, none, "added");
        }
        (_, Ok(lists)) => &lists.repository,
    };
    if let Some(told) = unwanted(place, listed) {
        return told;
    }
    if let [key] = listed.as_slice() {
        let told = Told::new(Outcome::Done, format!("Added to {name}, read only")).showing(key);
        return match sent {
            Sent::Refused(refused) => Told {
                headline: format!("The key is on {name} already{}, read only", labelled(key)),
                ..told
            }
            .and(format!(
                "Bitbucket refused to add it{}.",
                quoted(refused.words.as_deref())
            )),
            Sent::Unclear(why) => told.and(lost(why, "Bitbucket's list shows the key.")),
            Sent::Abandoned => told.and("Bitbucket's list shows the key."),
            Sent::Answered | Sent::NotSent(_) => told,
        };
    }
    match sent {
        Sent::Refused(refused) => not_added(place, refused),
        Sent::Answered | Sent::NotSent(_) => Told::new(
            Outcome::Unknown,
            format!("Bitbucket answered as if it had added the key, but its list for {name} does not show it"),
        )
        .and(look_at(place)),
        Sent::Unclear(why) => Told::new(Outcome::Unknown, may_have("added"))
            .and(lost(why, "Bitbucket's list does not show the key now."))
            .and(look_at(place)),
        Sent::Abandoned => Told::new(Outcome::Unknown, may_have("added"))
            .and("Bitbucket's list does not show the key now.")
            .and(look_at(place)),
    }
}

/// What taking the key out has come to. `after` is what the lists say since.
pub fn removed(place: &RepositoryPlace, sent: &Sent, after: Result<&Lists, &NoAnswer>) -> Told {
    let name = place.name();
    let lists = match (sent, after) {
        (Sent::NotSent(why), _) => {
            let headline = "Nothing was removed: the request was not sent";
            return Told::new(Outcome::NotDone, headline).because(why.clone());
        }
        (_, Err(none)) => {
            let headline = format!("doorkey can't tell whether the key is still on {name}");
            return unread(headline, sent, none, "removed");
        }
        (_, Ok(lists)) => lists,
    };
    if let Some(key) = strongest(lists.repository.clone()) {
        let still = format!("Bitbucket's list still shows the key on {name}");
        let told = match sent {
            Sent::Refused(refused) => {
                Told::new(Outcome::NotDone, still).because(NoAnswer::Refused(refused.clone()))
            }
            Sent::Answered | Sent::NotSent(_) => {
                let headline = format!(
                    "Bitbucket answered as if it had removed the key, but its list still shows it on {name}"
                );
                Told::new(Outcome::Unknown, headline)
            }
            Sent::Unclear(why) => Told::new(Outcome::Unknown, may_have("removed"))
                .and(lost(why, &format!("{still}."))),
            Sent::Abandoned => {
                Told::new(Outcome::Unknown, may_have("removed")).and(format!("{still}."))
            }
        };
        return told.and(look_at(place)).showing(&key);
    }
    let mut told = Told::new(Outcome::Done, format!("Removed from {name}"));
    match sent {
        Sent::Refused(refused) => {
            told.headline = format!("The key is no longer on {name}");
            told = told.and(format!(
                "Bitbucket refused to remove it{}.",
                quoted(refused.words.as_deref())
            ));
        }
        Sent::Unclear(why) => {
            told = told.and(lost(why, "Bitbucket's list no longer shows the key."));
        }
        Sent::Abandoned => told = told.and("Bitbucket's list no longer shows the key."),
        Sent::Answered | Sent::NotSent(_) => {}
    }
    match project_entry(lists) {
        Some((project, _)) => told.and(format!(
            "It is on the project {project} too, which opens all its repositories: there it still gets in."
        )),
        None => told,
    }
}

/// What is wrong with a key that is listed, if something is.
fn unwanted(place: &RepositoryPlace, listed: &[ListedKey]) -> Option<Told> {
    let name = place.name();
    let key = strongest(listed.to_vec())?;
    let label = labelled(&key);
    let told = if key.permission != Permission::Read {
        let headline = format!(
            "The key is on {name} already{label}, but {}",
            may_do(&key.permission)
        );
        Told::new(Outcome::NotDone, headline)
            .and("Take it out with doorkey revoke or on the Access keys page, then add it again.")
    } else if listed.len() > 1 {
        let headline = format!("The key is on {name} {} times", listed.len());
        Told::new(Outcome::NotDone, headline).and(format!(
            "doorkey does not choose between them. Remove all but one on {}",
            place.access_keys_page()
        ))
    } else {
        return None;
    };
    Some(told.showing(&key))
}

fn may_do(permission: &Permission) -> String {
    match permission {
        Permission::Read => "it may only read".to_owned(),
        Permission::ReadWrite => "it may also write".to_owned(),
        Permission::Other(name) => format!(
            "doorkey does not know its permission {}",
            harmless(name, LONGEST_LABEL)
        ),
    }
}

fn project_entry(lists: &Lists) -> Option<(String, ListedKey)> {
    match &lists.project {
        ProjectList::Read { project, keys } => {
            let key = strongest(keys.clone())?;
            Some((harmless(project, LONGEST_LABEL), key))
        }
        ProjectList::None | ProjectList::Unseen(_) => None,
    }
}

/// The change is out, and the list can't be read.
fn unread(headline: String, sent: &Sent, none: &NoAnswer, what: &str) -> Told {
    let answered = match sent {
        Sent::Answered => format!("Bitbucket answered as if it had {what} it."),
        Sent::Refused(refused) => format!("Bitbucket refused{}.", quoted(refused.words.as_deref())),
        Sent::Unclear(why) => lost(why, ""),
        Sent::Abandoned | Sent::NotSent(_) => String::new(),
    };
    let more = [
        answered,
        "Its list of access keys could not be read afterwards.".to_owned(),
    ];
    more.into_iter()
        .filter(|sentence| !sentence.is_empty())
        .fold(Told::new(Outcome::Unknown, headline), Told::and)
        .because(none.clone())
}

fn may_have(been: &str) -> String {
    format!("The key may have been {been}")
}

/// Says what came in place of an answer, and then what is known all the same.
fn lost(why: &NoAnswer, known: &str) -> String {
    let words = match why {
        NoAnswer::Unusable(Unusable::NoConnection(words)) => {
            format!("The connection broke: {}.", harmless(words, WORDS_LIMIT))
        }
        _ => why.in_words(),
    };
    format!("The request was sent, but no answer came that says what became of it. {words} {known}")
        .trim()
        .to_owned()
}

fn look_at(place: &RepositoryPlace) -> String {
    format!(
        "Look at {} or run the command again, which is safe.",
        place.access_keys_page()
    )
}

fn not_added(place: &RepositoryPlace, error: &Refused) -> Told {
    let words = error.words.as_deref();
    let refusal = KeyRefusal::told(words.unwrap_or_default());
    // Another status than these is about the token or the way there, and has a code.
    let is_about_the_key = refusal.is_some() || matches!(error.status, 400 | 409 | 422);
    let told = Told::new(Outcome::NotDone, "Bitbucket did not add the key");
    if !is_about_the_key {
        return told.because(NoAnswer::Refused(error.clone()));
    }
    let words = harmless(words.unwrap_or_default(), WORDS_LIMIT);
    let cure = match (refusal, place.edition) {
        // Its list does not show it, so there is something to be done.
        (Some(KeyRefusal::AlreadyHere), _) => {
            "Bitbucket says that the key is there already, but its list does not show it."
        }
        (Some(refusal), _) => refusal.cure(),
        (None, Edition::Cloud) => "Add it on the repository's Access keys page to see more.",
        (None, Edition::DataCenter) => {
            "The administrator of this Bitbucket may have switched access keys off, or not allow this type or length of key."
        }
    };
    let cause = refusal.filter(|refusal| *refusal != KeyRefusal::AlreadyHere);
    let said = (!words.is_empty()).then(|| format!("Bitbucket said: {words}"));
    [
        cause.map(|refusal| refusal.cause().to_owned()),
        said,
        Some(cure.to_owned()),
        Some(format!("The page: {}", place.access_keys_page())),
    ]
    .into_iter()
    .flatten()
    .fold(told, Told::and)
}

/// A server's words, where there are any, for the end of a sentence.
fn quoted(words: Option<&str>) -> String {
    match harmless(words.unwrap_or_default(), WORDS_LIMIT).trim_end_matches('.') {
        "" => String::new(),
        words => format!(": {words}"),
    }
}

fn labelled(key: &ListedKey) -> String {
    match harmless(&key.label, LONGEST_LABEL).as_str() {
        "" => String::new(),
        label => format!(" as \"{label}\""),
    }
}

//! Bitbucket's REST interface, as far as access keys go: look for one, add one, take one out.
//!
//! The client blocks; `observe` runs it on a thread of its own. That is no task of the async runtime, because a runtime
//! waits for its blocking tasks when it ends, and Ctrl-C must not wait for a server that is silent.

mod certificates;
mod cloud;
mod data_center;
mod page;
mod transport;

use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::oneshot;

pub use certificates::check as check_certificates;

use self::page::Page;
use self::transport::Transport;
use crate::access_key::AccessKey;
use crate::bitbucket::refusal::KeyRefusal;
use crate::bitbucket::{Api, Edition};
use crate::check::api_access::ApiAccess;
use crate::check::stage::repository::{
    Details, ListedKey, NoAnswer, Observed, Permission, Unusable, Whereabouts,
};

/// As many pages of a list as are read. A page has 10 keys on Cloud and 25 on Data Center, unless the server says
/// otherwise; nobody has a thousand access keys on one repository.
const MOST_PAGES: usize = 100;

/// Looks for the key, on a thread of its own that is at work when this returns. Dropping the future leaves the thread to its
/// time limit; all it does is read.
pub fn observe(
    api: &Api,
    access: &ApiAccess,
    key: &AccessKey,
    limit: Duration,
) -> impl Future<Output = Observed> + use<> {
    let (tell, told) = oneshot::channel();
    let (api, access, key) = (api.clone(), access.clone(), key.clone());
    let thread = thread::Builder::new().name("rest".to_owned());
    // Nobody may want the answer any more. A thread that can't be had drops the sender, which is told below.
    thread
        .spawn(move || drop(tell.send(look(&api, &access, &key, limit))))
        .ok();
    async move {
        told.await.unwrap_or_else(|_| {
            let why = "the system gave no thread for it".to_owned();
            unanswered(Unusable::NoConnection(why).into())
        })
    }
}

fn look(api: &Api, access: &ApiAccess, key: &AccessKey, limit: Duration) -> Observed {
    let started = Instant::now();
    let mut observed = match Client::new(api, access, limit) {
        Ok(client) => client.observe(key),
        Err(none) => unanswered(none),
    };
    observed.elapsed = started.elapsed();
    observed
}

fn unanswered(none: NoAnswer) -> Observed {
    Observed {
        key: Err(none),
        details: Details::default(),
        elapsed: Duration::ZERO,
    }
}

/// What came of adding a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addition {
    /// It was added.
    Added,
    /// It was there already; this is how it is listed, as far as that could be seen.
    AlreadyHere(Option<ListedKey>),
    /// Bitbucket does not take it.
    Refused {
        /// Why, if its words are known.
        refusal: Option<KeyRefusal>,
        /// Its words. Not safe to print.
        words: String,
    },
}

/// A client for one repository.
pub struct Client {
    api: Api,
    transport: Transport,
}

impl Client {
    /// A client that gives up after `limit`, whatever it is asked. Nothing is sent yet.
    pub fn new(api: &Api, access: &ApiAccess, limit: Duration) -> Result<Self, NoAnswer> {
        Ok(Self {
            transport: Transport::new(api.base(), access, limit)?,
            api: api.clone(),
        })
    }

    /// Where the key is, and what else Bitbucket says about the repository.
    pub fn observe(&self, key: &AccessKey) -> Observed {
        let started = Instant::now();
        let mut details = Details::default();
        let whereabouts = self.on_repository(key).map(|keys| {
            // A token that shows the keys need not show this. Then it is not known.
            details = self.details().unwrap_or_default();
            match (keys.into_iter().next(), self.api.edition()) {
                (None, _) => self.on_project(key, &details),
                (Some(listed), Edition::Cloud) => Whereabouts::OnRepository(listed),
                (Some(listed), Edition::DataCenter) => self.or_stronger(listed, key, &details),
            }
        });
        Observed {
            key: whereabouts,
            details,
            elapsed: started.elapsed(),
        }
    }

    /// How the key is listed on the repository: once, or not at all, if all is in order.
    pub fn on_repository(&self, key: &AccessKey) -> Result<Vec<ListedKey>, NoAnswer> {
        self.listed(&self.api.access_keys(), key)
    }

    /// On Data Center a key on the project may write where the same key on the repository may not. Then the one on the project
    /// is what counts.
    fn or_stronger(&self, listed: ListedKey, key: &AccessKey, details: &Details) -> Whereabouts {
        match self.on_project(key, details) {
            stronger @ Whereabouts::OnProject {
                key:
                    ListedKey {
                        permission: Permission::ReadWrite,
                        ..
                    },
                ..
            } => stronger,
            _ => Whereabouts::OnRepository(listed),
        }
    }

    fn on_project(&self, key: &AccessKey, details: &Details) -> Whereabouts {
        let project = match self.api.edition() {
            Edition::Cloud => match &details.project {
                Some(project) => project,
                None => return Whereabouts::ProjectUnseen(None),
            },
            Edition::DataCenter => match self.api.project() {
                Some(project) => project,
                // A personal repository is in no project.
                None => return Whereabouts::Nowhere,
            },
        };
        let listed = self.listed(&self.api.project_access_keys(project), key);
        match listed.map(|keys| keys.into_iter().next()) {
            Ok(Some(key)) => Whereabouts::OnProject {
                project: project.to_owned(),
                key,
            },
            Ok(None) => Whereabouts::Nowhere,
            Err(none) => Whereabouts::ProjectUnseen(Some(none)),
        }
    }

    /// The entries of a list that are this key, page after page.
    fn listed(&self, list: &str, key: &AccessKey) -> Result<Vec<ListedKey>, NoAnswer> {
        let mut found = Vec::new();
        let mut address = list.to_owned();
        for _ in 0..MOST_PAGES {
            let page = self.page(list, &self.transport.get(&address)?)?;
            found.extend(page.entries_of(key));
            match page.next {
                None => return Ok(found),
                Some(next) if self.api.base().is_origin_of(&next) => address = next,
                Some(next) => return Err(Unusable::GoesOnElsewhere(next).into()),
            }
        }
        Err(Unusable::TooManyKeys.into())
    }

    fn page(&self, list: &str, body: &Value) -> Result<Page, NoAnswer> {
        let page = match self.api.edition() {
            Edition::Cloud => cloud::page(body),
            Edition::DataCenter => data_center::page(list, body),
        };
        let missing = || Unusable::Unexpected("a list without keys in it".to_owned());
        page.ok_or_else(|| missing().into())
    }

    fn details(&self) -> Result<Details, NoAnswer> {
        let body = self.transport.get(&self.api.repository())?;
        Ok(match self.api.edition() {
            Edition::Cloud => cloud::details(&body),
            Edition::DataCenter => data_center::details(&body),
        })
    }

    /// Adds the key to the repository, to read and no more.
    pub fn add(&self, key: &AccessKey, label: &str) -> Result<Addition, NoAnswer> {
        let addition = match self.api.edition() {
            Edition::Cloud => cloud::addition(key, label),
            Edition::DataCenter => data_center::addition(key, label),
        };
        let (status, words) = match self.transport.post(&self.api.access_keys(), &addition) {
            Ok(_) => return Ok(Addition::Added),
            Err(NoAnswer::Refused {
                status: status @ (400 | 409),
                words,
            }) => (status, words.unwrap_or_default()),
            Err(none) => return Err(none),
        };
        let refusal = KeyRefusal::told(&words);
        // Data Center says the same of a key that is here and of one that belongs to an account, so it is looked for.
        if status == 409 || refusal == Some(KeyRefusal::AlreadyHere) {
            let listed = self
                .on_repository(key)
                .unwrap_or_default()
                .into_iter()
                .next();
            if listed.is_some() || refusal == Some(KeyRefusal::AlreadyHere) {
                return Ok(Addition::AlreadyHere(listed));
            }
        }
        Ok(Addition::Refused { refusal, words })
    }

    /// Takes an access key out of the repository.
    pub fn remove(&self, key: &ListedKey) -> Result<(), NoAnswer> {
        self.transport.delete(&self.api.access_key(key.id))
    }
}

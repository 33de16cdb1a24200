//! Bitbucket's REST interface, as far as access keys go: look for one, add one, take one out.
//!
//! The client blocks; `observe` runs it on a thread of its own. That is no task of the async runtime, because a runtime
//! waits for its blocking tasks when it ends, and Ctrl-C must not wait for a server that is silent.

mod certificates;
mod cloud;
mod data_center;
mod error_body;
mod moment;
mod page;
mod transport;

use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::oneshot;

pub use certificates::check as check_certificates;

use self::page::{Owner, Page};
use self::transport::Transport;
use crate::access_key::AccessKey;
use crate::bitbucket::{Api, Edition};
use crate::check::api_access::ApiAccess;
use crate::check::stage::repository::change::Sent;
use crate::check::stage::repository::{
    Details, ListedKey, Lists, NoAnswer, Observed, Permission, ProjectList, Unusable, Whereabouts,
    strongest,
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

/// A client for one repository.
#[derive(Clone)]
pub struct Client {
    api: Api,
    transport: Transport,
}

impl Client {
    /// A client that gives up after `limit` whatever it is asked; the time begins anew with each question, so that none is
    /// lost while a person thinks. Nothing is sent yet. A token that does not belong to this server never is.
    pub fn new(api: &Api, access: &ApiAccess, limit: Duration) -> Result<Self, NoAnswer> {
        if let Some(why) = access.withheld_from(api) {
            return Err(Unusable::Withheld(why).into());
        }
        Ok(Self {
            transport: Transport::new(api.base(), access, limit)?,
            api: api.clone(),
        })
    }

    /// Where the key is, and what else Bitbucket says about the repository.
    pub fn observe(&self, key: &AccessKey) -> Observed {
        let started = Instant::now();
        let question = self.question();
        let mut details = Details::default();
        let whereabouts = question.on_repository(key).map(|keys| {
            // A token that shows the keys need not show this. Then it is not known.
            details = question.details().unwrap_or_default();
            match (strongest(keys), self.api.edition()) {
                (None, _) => whereabouts_by(question.on_project(key, &details)),
                (Some(listed), Edition::Cloud) => Whereabouts::OnRepository(listed),
                // A key on the project may write where the same key on the repository may not. Then the one on the
                // project is what counts.
                (Some(listed), Edition::DataCenter) => {
                    match whereabouts_by(question.on_project(key, &details)) {
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
            }
        });
        Observed {
            key: whereabouts,
            details,
            elapsed: started.elapsed(),
        }
    }

    /// The key's entries on the repository's own list: one, or none, if all is in order.
    pub fn on_repository(&self, key: &AccessKey) -> Result<Vec<ListedKey>, NoAnswer> {
        self.question().on_repository(key)
    }

    /// The key's entries on the repository's list, and on its project's as far as that can be seen.
    pub fn lists(&self, key: &AccessKey) -> Result<Lists, NoAnswer> {
        let question = self.question();
        let repository = question.on_repository(key)?;
        let details = match self.api.edition() {
            // Only Cloud has to be asked which project it is.
            Edition::Cloud => question.details().unwrap_or_default(),
            Edition::DataCenter => Details::default(),
        };
        Ok(Lists {
            repository,
            project: question.on_project(key, &details),
        })
    }

    /// Asks for the key to be added to the repository, to read and no more.
    pub fn add(&self, key: &AccessKey, label: &str) -> Sent {
        let addition = match self.api.edition() {
            Edition::Cloud => cloud::addition(key, label),
            Edition::DataCenter => data_center::addition(key, label),
        };
        self.transport.post(&self.api.access_keys(), &addition)
    }

    /// Asks for an access key to be taken out of the repository, by the id under which the repository's own list has it.
    pub fn remove(&self, id: &str) -> Sent {
        self.transport.delete(&self.api.access_key(id))
    }

    fn question(&self) -> Question<'_> {
        Question {
            client: self,
            deadline: self.transport.deadline(),
        }
    }
}

/// Whether a reference stays on its server (RFC 3986 section 4.2).
fn is_relative(reference: &str) -> bool {
    !reference.contains("://") && !reference.starts_with("//")
}

fn whereabouts_by(list: ProjectList) -> Whereabouts {
    match list {
        ProjectList::Read { project, keys } => match strongest(keys) {
            Some(key) => Whereabouts::OnProject { project, key },
            None => Whereabouts::Nowhere,
        },
        // A personal repository is in no project.
        ProjectList::None => Whereabouts::Nowhere,
        ProjectList::Unseen(reason) => Whereabouts::ProjectUnseen(reason),
    }
}

/// One question, which may take several requests. They share its time.
struct Question<'a> {
    client: &'a Client,
    deadline: Instant,
}

impl Question<'_> {
    fn on_repository(&self, key: &AccessKey) -> Result<Vec<ListedKey>, NoAnswer> {
        let api = &self.client.api;
        let name = api.repository_name();
        let listed = self.listed(&api.access_keys(), Owner::Repository(&name), key);
        listed.map_err(|none| self.looked_elsewhere(none))
    }

    /// Where there is nothing of Bitbucket's at its address, looks below the paths that it usually has. The token stays here.
    fn looked_elsewhere(&self, none: NoAnswer) -> NoAnswer {
        let is_nothing = matches!(
            none,
            NoAnswer::Unusable(Unusable::WebPage(404) | Unusable::NothingThere)
        );
        if !is_nothing {
            return none;
        }
        let others = self.client.api.other_bases();
        let found = others.into_iter().find(|base| {
            let properties = base.application_properties();
            let told = self
                .client
                .transport
                .get_as_anybody(&properties, self.deadline);
            told.is_some_and(|told| told["version"].is_string() && told["displayName"].is_string())
        });
        match found {
            Some(base) => Unusable::ElsewhereOnTheServer(base.as_str().to_owned()).into(),
            None => none,
        }
    }

    fn on_project(&self, key: &AccessKey, details: &Details) -> ProjectList {
        let api = &self.client.api;
        let project = match (api.edition(), &details.project) {
            (Edition::Cloud, Some(project)) => project,
            (Edition::Cloud, None) => return ProjectList::Unseen(None),
            (Edition::DataCenter, _) => match api.project() {
                Some(project) => project,
                None => return ProjectList::None,
            },
        };
        let list = api.project_access_keys(project);
        match self.listed(&list, Owner::Project(project), key) {
            Ok(keys) => ProjectList::Read {
                project: project.to_owned(),
                keys,
            },
            Err(none) => ProjectList::Unseen(Some(none)),
        }
    }

    /// The entries of a list that are this key, page after page. A key that was found is there, whatever comes of a later
    /// page; that it was not found says something only if all was read.
    fn listed(
        &self,
        list: &str,
        owner: Owner<'_>,
        key: &AccessKey,
    ) -> Result<Vec<ListedKey>, NoAnswer> {
        let mut found = Vec::new();
        match self.read_all(list, owner, key, &mut found) {
            Err(none) if found.is_empty() => Err(none),
            _ => Ok(found),
        }
    }

    fn read_all(
        &self,
        list: &str,
        owner: Owner<'_>,
        key: &AccessKey,
        found: &mut Vec<ListedKey>,
    ) -> Result<(), NoAnswer> {
        let mut unreadable = 0;
        let mut address = list.to_owned();
        for _ in 0..MOST_PAGES {
            let page = self.page(owner, &self.get(&address)?)?;
            let (own, others) = page.entries_of(key);
            found.extend(own);
            unreadable += others;
            if page.breaks_off {
                let why = "its list goes on, and it does not say where".to_owned();
                return Err(Unusable::Unexpected(why).into());
            }
            let Some(next) = page.next else {
                return match unreadable {
                    0 => Ok(()),
                    // The key may be one of them.
                    count => Err(Unusable::Unexpected(format!(
                        "its list has {count} entries without a key that can be read, or of another list"
                    ))
                    .into()),
                };
            };
            let api = &self.client.api;
            address = match api.next_page(list, &next) {
                Some(address) => address,
                None if api.base().is_origin_of(&next) || is_relative(&next) => {
                    return Err(Unusable::GoesOnInAnotherList(next).into());
                }
                None => return Err(Unusable::GoesOnElsewhere(next).into()),
            };
        }
        Err(Unusable::TooManyKeys.into())
    }

    fn page(&self, owner: Owner<'_>, body: &Value) -> Result<Page, NoAnswer> {
        let page = match self.client.api.edition() {
            Edition::Cloud => cloud::page(owner, body),
            Edition::DataCenter => data_center::page(owner, body),
        };
        let missing = || Unusable::Unexpected("a list without keys in it".to_owned());
        page.ok_or_else(|| missing().into())
    }

    fn details(&self) -> Result<Details, NoAnswer> {
        let body = self.get(&self.client.api.repository())?;
        Ok(match self.client.api.edition() {
            Edition::Cloud => cloud::details(&body),
            Edition::DataCenter => data_center::details(&body),
        })
    }

    fn get(&self, address: &str) -> Result<Value, NoAnswer> {
        self.client.transport.get(address, self.deadline)
    }
}

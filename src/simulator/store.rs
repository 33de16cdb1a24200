//! The one store behind SSH, REST and the web page: repositories, and the keys that open them.

use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use ssh_key::public::KeyData;
use ssh_key::{HashAlg, PublicKey};

use super::event::{Announcer, Event, safe};
use crate::access_key::is_private;
use crate::bitbucket::Edition;
use crate::text;

/// The longest label or comment that is kept.
const LONGEST_LABEL: usize = 255;

/// The shortest RSA key Bitbucket takes, in bits (facts: Cloud's "use access keys").
const LEAST_RSA_BITS: u32 = 2048;

/// What access keys are put on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// One repository, such as `acme/analytics-platform`.
    Repository(String),
    /// A project and with it all its repositories. Cloud: workspace and project key, such as `acme/DATA`.
    /// Data Center: the project key, such as `ACME`.
    Project(String),
}

impl Place {
    /// The name that people know it by.
    pub fn name(&self) -> &str {
        match self {
            Place::Repository(name) | Place::Project(name) => name,
        }
    }
}

/// What an access key lets its holder do. Cloud's access keys only ever read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Permission {
    /// Clone and fetch.
    #[default]
    Read,
    /// Push as well.
    ReadWrite,
}

/// An access key as it stands on a repository or a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    /// Its number, unique in the store.
    pub id: u64,
    /// What it was put on.
    pub place: Place,
    /// The key. Its comment is kept apart.
    pub key: KeyData,
    /// The label it was given.
    pub label: String,
    /// The comment that stood behind the key.
    pub comment: String,
    /// What it lets its holder do.
    pub permission: Permission,
    /// When it was added.
    pub created_on: SystemTime,
    /// When somebody last came in with it.
    pub last_used: Option<SystemTime>,
    /// From when on it opens nothing any more; none: never.
    pub expires: Option<SystemTime>,
}

impl StoredKey {
    /// Whether it opens what it is on.
    fn is_valid(&self) -> bool {
        self.expires.is_none_or(|end| SystemTime::now() < end)
    }

    /// Type and base64, without a comment.
    pub fn line(&self) -> String {
        // Writing a key that was read from this very form can't fail.
        PublicKey::from(self.key.clone())
            .to_openssh()
            .unwrap_or_default()
    }

    /// The SHA256 fingerprint.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.key)
    }
}

/// A key's SHA256 fingerprint, such as `SHA256:voNIiiVQT0…`.
pub(super) fn fingerprint(key: &KeyData) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

/// An access key somebody wants to add.
#[derive(Clone, Copy, Debug)]
pub struct NewKey<'a> {
    /// The public key, on one line.
    pub line: &'a str,
    /// What to call it.
    pub label: &'a str,
    /// What it shall let its holder do.
    pub permission: Permission,
    /// From when on it shall open nothing any more, where Bitbucket knows such keys; none: never.
    pub expires: Option<SystemTime>,
}

/// Why a key was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It is no public key on one line, or too short a one.
    NotAKey,
    /// It is a private key. Nothing of it is kept.
    PrivateKey,
    /// It is on this repository or project already.
    AlreadyHere,
    /// It belongs to somebody's account.
    AccountKey,
    /// It belonged to somebody's account until a short while ago.
    FormerAccountKey,
    /// There is no such repository or project.
    NoSuchPlace,
}

/// Why a key that was let in does not get what it asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Denial {
    /// There is no such repository.
    NoSuchRepository,
    /// The access key is on another repository.
    OtherRepository,
    /// The account may not read the repository.
    NoPermission,
    /// The key only reads.
    ReadOnly,
}

/// What a client wants to do with a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Clone or fetch.
    Read,
    /// Push.
    Write,
}

/// Whose key it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Nobody's: an access key, on one or more repositories and projects.
    AccessKey,
    /// The account of that name.
    Account(String),
}

/// A branch and the commit it stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its name, without `refs/heads/`.
    pub name: &'static str,
    /// The commit, as 40 hexadecimal digits. There is no such commit anywhere.
    pub commit: &'static str,
}

/// A repository that the simulation pretends to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Cloud: the workspace. Data Center: the project key in lower case.
    pub owner: String,
    /// The slug.
    pub slug: String,
    /// The key of the project it is in.
    pub project: String,
    /// Its branches, the main branch first.
    pub branches: &'static [Branch],
}

/// The name of a repository to pretend to hold, such as `acme/reports`: a workspace or a project key, and the slug.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryName {
    owner: String,
    slug: String,
}

/// A text that is no name of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not KEY/SLUG: a workspace or a project key and a repository, in letters, digits, dots, hyphens and underscores"
)]
pub struct NotAName;

impl FromStr for RepositoryName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let (owner, slug) = text.split_once('/').ok_or(NotAName)?;
        // A personal project of Data Center begins with a tilde.
        if !is_name(owner.strip_prefix('~').unwrap_or(owner)) || !is_name(slug) {
            return Err(NotAName);
        }
        Ok(Self {
            owner: owner.to_owned(),
            slug: slug.to_ascii_lowercase(),
        })
    }
}

/// As long as Bitbucket's names are at most.
const LONGEST_NAME: usize = 128;

fn is_name(text: &str) -> bool {
    let may_stand =
        |character: char| character.is_ascii_alphanumeric() || ".-_".contains(character);
    !text.is_empty()
        && text.len() <= LONGEST_NAME
        && text.chars().all(may_stand)
        && !text.starts_with(['.', '-'])
        && text
            .rsplit_once('.')
            .is_none_or(|(_, end)| !end.eq_ignore_ascii_case("git"))
}

impl Repository {
    /// Owner and slug, such as `acme/analytics-platform`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.slug)
    }

    /// The name of the main branch.
    pub fn main_branch(&self) -> &'static str {
        self.branches.first().map_or("main", |branch| branch.name)
    }

    /// The project it is in, as a place for access keys.
    pub fn project_place(&self, edition: Edition) -> Place {
        Place::Project(match edition {
            Edition::Cloud => format!("{}/{}", self.owner, self.project),
            Edition::DataCenter => self.project.clone(),
        })
    }
}

/// The repository the demo is about.
pub const FEATURED_REPOSITORY: &str = "acme/analytics-platform";

const fn branch(name: &'static str, commit: &'static str) -> Branch {
    Branch { name, commit }
}

/// What is there from the beginning: owner, slug, the project on Cloud, and the branches.
const REPOSITORIES: [(&str, &str, &str, &[Branch]); 4] = [
    ("acme", "analytics-platform", "DATA", ANALYTICS_BRANCHES),
    ("acme", "website", "WEB", WEBSITE_BRANCHES),
    ("acme", "legacy-reports", "DATA", LEGACY_BRANCHES),
    ("globex", "pipelines", "DATA", PIPELINES_BRANCHES),
];

const ANALYTICS_BRANCHES: &[Branch] = &[
    branch("main", "5f2b1c8e9a7d4036b1e2f3c4d5a6978812345678"),
    branch("develop", "8c0d7e6f5a4b39281706f5e4d3c2b1a098765432"),
    branch(
        "feature/orders-model",
        "13579bdf02468ace13579bdf02468ace13579bdf",
    ),
];

const WEBSITE_BRANCHES: &[Branch] = &[
    branch("master", "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334"),
    branch("redesign", "00112233445566778899aabbccddeeff00112233"),
];

/// Its main branch has neither of the names that Coalesce looks at by default.
const LEGACY_BRANCHES: &[Branch] = &[branch("trunk", "ffeeddccbbaa99887766554433221100ffeeddcc")];

const PIPELINES_BRANCHES: &[Branch] = &[branch("main", "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567")];

/// The repositories of an edition, and those that were asked for.
fn repositories(edition: Edition, more: Vec<RepositoryName>) -> Vec<Repository> {
    let mut all: Vec<Repository> = Vec::new();
    let known = REPOSITORIES.map(|(owner, slug, project, branches)| {
        // Data Center has no workspaces: what owns a repository is its project.
        let (owner, project) = match (edition, owner) {
            (Edition::DataCenter, "globex") => ("ops", None),
            (Edition::DataCenter, _) => (owner, None),
            (Edition::Cloud, _) => (owner, Some(project)),
        };
        (owner.to_owned(), slug.to_owned(), project, branches)
    });
    let more = more
        .into_iter()
        .map(|name| (name.owner, name.slug, None, PIPELINES_BRANCHES));
    for (owner, slug, project, branches) in known.into_iter().chain(more) {
        let is_there = all.iter().any(|known| {
            known.owner.eq_ignore_ascii_case(&owner) && known.slug.eq_ignore_ascii_case(&slug)
        });
        if !is_there {
            let is_personal = owner.starts_with('~');
            let key = match project {
                Some(project) => project.to_owned(),
                None if is_personal => owner.clone(),
                None => owner.to_ascii_uppercase(),
            };
            all.push(Repository {
                owner: if is_personal {
                    owner
                } else {
                    owner.to_ascii_lowercase()
                },
                slug,
                project: key,
                branches,
            });
        }
    }
    all
}

#[derive(Clone, Debug)]
struct AccountKey {
    account: String,
    key: KeyData,
    /// The owners (workspaces, project keys) whose repositories the account may read. None once the key was taken
    /// off the account: it opens nothing any more, but is still refused as an access key.
    reads: Option<Vec<String>>,
}

#[derive(Debug, Default)]
struct Keys {
    last_id: u64,
    access: Vec<StoredKey>,
    account: Vec<AccountKey>,
}

/// Repositories and keys. Shared by every door of the simulation.
#[derive(Debug)]
pub struct Store {
    edition: Edition,
    repositories: Vec<Repository>,
    announcer: Announcer,
    keys: Mutex<Keys>,
}

impl Store {
    pub(super) fn new(edition: Edition, more: Vec<RepositoryName>, announcer: Announcer) -> Self {
        Self {
            edition,
            repositories: repositories(edition, more),
            announcer,
            keys: Mutex::default(),
        }
    }

    /// Which Bitbucket this is.
    pub fn edition(&self) -> Edition {
        self.edition
    }

    /// Every repository.
    pub fn repositories(&self) -> &[Repository] {
        &self.repositories
    }

    /// The repository with this owner and slug, in any case.
    pub fn repository(&self, owner: &str, slug: &str) -> Option<&Repository> {
        self.repositories().iter().find(|repository| {
            repository.owner.eq_ignore_ascii_case(owner)
                && repository.slug.eq_ignore_ascii_case(slug)
        })
    }

    /// The place with this name, spelt as the store spells it; none if there is no such place.
    pub fn find(&self, place: &Place) -> Option<Place> {
        let asked = place.name();
        let repositories = self.repositories().iter();
        match place {
            Place::Repository(_) => repositories
                .map(Repository::full_name)
                .find(|name| name.eq_ignore_ascii_case(asked))
                .map(Place::Repository),
            Place::Project(_) => repositories
                .map(|repository| repository.project_place(self.edition))
                .find_map(|place| place.name().eq_ignore_ascii_case(asked).then_some(place)),
        }
    }

    /// Adds an access key to a repository or project.
    pub fn add_access_key(&self, place: &Place, new: NewKey<'_>) -> Result<StoredKey, Refusal> {
        let result = self.try_add(place, new);
        self.announcer.announce(match &result {
            Ok(added) => Event::KeyAdded {
                place: added.place.name().to_owned(),
                id: added.id,
                label: added.label.clone(),
                fingerprint: added.fingerprint(),
            },
            Err(refusal) => Event::KeyRefused {
                place: safe(place.name()),
                message: refusal.message(self.edition).to_owned(),
            },
        });
        result
    }

    fn try_add(&self, place: &Place, new: NewKey<'_>) -> Result<StoredKey, Refusal> {
        // A private key in the wrong field is one all the same: nothing of it may be kept or told.
        if is_private(new.label) {
            return Err(Refusal::PrivateKey);
        }
        let place = self.find(place).ok_or(Refusal::NoSuchPlace)?;
        let key = read_key(new.line)?;
        let comment = text::harmless(key.comment().as_str_lossy(), LONGEST_LABEL);
        let label = text::harmless(new.label, LONGEST_LABEL);
        let mut keys = self.keys();
        keys.refuse_known(&place, key.key_data())?;
        keys.last_id += 1;
        let added = StoredKey {
            id: keys.last_id,
            place,
            label: match self.edition {
                // Data Center calls a key by its comment.
                Edition::DataCenter if label.is_empty() => comment.clone(),
                _ => label,
            },
            comment,
            permission: match self.edition {
                Edition::Cloud => Permission::Read,
                Edition::DataCenter => new.permission,
            },
            key: key.into(),
            created_on: SystemTime::now(),
            last_used: None,
            expires: match self.edition {
                Edition::Cloud => None,
                Edition::DataCenter => new.expires,
            },
        };
        keys.access.push(added.clone());
        Ok(added)
    }

    /// Takes an access key out again. None if the place has no key of that number.
    pub fn remove_access_key(&self, place: &Place, id: u64) -> Option<StoredKey> {
        let place = self.find(place)?;
        let removed = {
            let keys = &mut self.keys().access;
            let position = keys
                .iter()
                .position(|key| key.id == id && key.place == place)?;
            keys.remove(position)
        };
        self.announcer.announce(Event::KeyRemoved {
            place: removed.place.name().to_owned(),
            id: removed.id,
            label: removed.label.clone(),
            fingerprint: removed.fingerprint(),
        });
        Some(removed)
    }

    /// One access key of a place, by its number.
    pub fn access_key(&self, place: &Place, id: u64) -> Option<StoredKey> {
        let place = self.find(place)?;
        let keys = self.keys();
        let mut here = keys.access.iter();
        here.find(|key| key.id == id && key.place == place).cloned()
    }

    /// Gives an access key another label or comment.
    pub fn relabel(
        &self,
        place: &Place,
        id: u64,
        label: Option<&str>,
        comment: Option<&str>,
    ) -> Result<StoredKey, Refusal> {
        if [label, comment].into_iter().flatten().any(is_private) {
            return Err(Refusal::PrivateKey);
        }
        let [label, comment] =
            [label, comment].map(|text| text.map(|text| text::harmless(text, LONGEST_LABEL)));
        self.change(place, id, |key| {
            key.label = label.unwrap_or_else(|| key.label.clone());
            key.comment = comment.unwrap_or_else(|| key.comment.clone());
        })
        .ok_or(Refusal::NoSuchPlace)
    }

    /// Gives an access key another permission, where there is one to give. None if the place has no key of that number.
    pub fn set_permission(
        &self,
        place: &Place,
        id: u64,
        permission: Permission,
    ) -> Option<StoredKey> {
        let edition = self.edition;
        self.change(place, id, |key| {
            if edition == Edition::DataCenter {
                key.permission = permission;
            }
        })
    }

    fn change(
        &self,
        place: &Place,
        id: u64,
        change: impl FnOnce(&mut StoredKey),
    ) -> Option<StoredKey> {
        let place = self.find(place)?;
        let mut keys = self.keys();
        let mut here = keys.access.iter_mut();
        let key = here.find(|key| key.id == id && key.place == place)?;
        change(key);
        Some(key.clone())
    }

    /// Whether there was an access key of that number, and is none any more.
    pub fn is_gone(&self, id: u64) -> bool {
        let keys = self.keys();
        (1..=keys.last_id).contains(&id) && keys.access.iter().all(|key| key.id != id)
    }

    /// The access keys of a repository or project, oldest first. None if there is no such place.
    pub fn access_keys(&self, place: &Place) -> Option<Vec<StoredKey>> {
        let place = self.find(place)?;
        let keys = self.keys();
        let here = keys.access.iter().filter(|key| key.place == place);
        Some(here.cloned().collect())
    }

    /// Puts a key on somebody's account, which may read what the given owners (workspaces, project keys) have.
    pub fn add_account_key(
        &self,
        account: &str,
        line: &str,
        reads: &[&str],
    ) -> Result<(), Refusal> {
        let key = KeyData::from(read_key(line)?);
        let reads = reads.iter().map(|&owner| owner.to_owned()).collect();
        let mut keys = self.keys();
        keys.account.retain(|known| known.key != key);
        keys.account.push(AccountKey {
            account: safe(account),
            key,
            reads: Some(reads),
        });
        Ok(())
    }

    /// Takes a key off somebody's account. Bitbucket keeps refusing it as an access key for up to 30 days.
    pub fn remove_account_key(&self, line: &str) -> Result<(), Refusal> {
        let key = KeyData::from(read_key(line)?);
        let mut keys = self.keys();
        let on_account = keys.account.iter_mut().filter(|known| known.key == key);
        on_account.for_each(|known| known.reads = None);
        Ok(())
    }

    /// Whose key it is; none if nobody ever registered it.
    pub fn holder(&self, key: &KeyData) -> Option<Holder> {
        self.keys().holder(key)
    }

    /// Notes that somebody came in with the key.
    pub fn note_login(&self, key: &KeyData) {
        let now = Some(SystemTime::now());
        let mut keys = self.keys();
        let used = keys.access.iter_mut().filter(|known| known.key == *key);
        used.for_each(|known| known.last_used = now);
    }

    /// The repositories that an access key opens, each with the key as it stands there or on its project.
    pub fn opened_by(&self, key: &KeyData) -> Vec<(&Repository, StoredKey)> {
        let keys = self.keys();
        self.repositories()
            .iter()
            .filter_map(|repository| {
                let opener = keys.opener(repository, self.edition, key)?;
                Some((repository, opener.clone()))
            })
            .collect()
    }

    /// Decides whether the key's holder may have what it asks for. `path` is as git sends it.
    pub fn open(&self, key: &KeyData, path: &str, access: Access) -> Result<&Repository, Denial> {
        let repository = self.repository_at(path).ok_or(Denial::NoSuchRepository)?;
        let keys = self.keys();
        if let Some(opener) = keys.opener(repository, self.edition, key) {
            return match (access, opener.permission) {
                (Access::Write, Permission::Read) => Err(Denial::ReadOnly),
                _ => Ok(repository),
            };
        }
        match keys.account(key) {
            Some(reads) if reads.contains(&repository.owner) => Ok(repository),
            Some(_) => Err(Denial::NoPermission),
            None => Err(Denial::OtherRepository),
        }
    }

    /// `acme/website`, `/acme/website.git` and the like.
    fn repository_at(&self, path: &str) -> Option<&Repository> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        let path = path.strip_suffix(".git").unwrap_or(path);
        let (owner, slug) = path.split_once('/')?;
        self.repository(owner, slug)
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        // Nothing that holds the lock leaves the keys half changed, so a panic elsewhere does no harm here.
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keys {
    fn refuse_known(&self, place: &Place, key: &KeyData) -> Result<(), Refusal> {
        if self
            .access
            .iter()
            .any(|known| known.place == *place && known.key == *key)
        {
            return Err(Refusal::AlreadyHere);
        }
        match self.account.iter().find(|known| known.key == *key) {
            None => Ok(()),
            Some(AccountKey { reads: Some(_), .. }) => Err(Refusal::AccountKey),
            Some(AccountKey { reads: None, .. }) => Err(Refusal::FormerAccountKey),
        }
    }

    /// The access keys that have not expired.
    fn valid(&self) -> impl Iterator<Item = &StoredKey> {
        self.access.iter().filter(|key| key.is_valid())
    }

    fn holder(&self, key: &KeyData) -> Option<Holder> {
        if self.valid().any(|known| known.key == *key) {
            return Some(Holder::AccessKey);
        }
        self.account
            .iter()
            .find(|known| known.key == *key && known.reads.is_some())
            .map(|known| Holder::Account(known.account.clone()))
    }

    /// What the account the key belongs to may read.
    fn account(&self, key: &KeyData) -> Option<&[String]> {
        let known = self.account.iter().find(|known| known.key == *key)?;
        known.reads.as_deref()
    }

    /// The access key that opens the repository: the one with the wider permission, if it is on the project too.
    fn opener(
        &self,
        repository: &Repository,
        edition: Edition,
        key: &KeyData,
    ) -> Option<&StoredKey> {
        let here = Place::Repository(repository.full_name());
        let project = repository.project_place(edition);
        self.valid()
            .filter(|known| known.key == *key && (known.place == here || known.place == project))
            .max_by_key(|known| known.permission == Permission::ReadWrite)
    }
}

/// Reads a public key as strictly as Bitbucket does: OpenSSH's form, on one line.
fn read_key(text: &str) -> Result<PublicKey, Refusal> {
    if is_private(text) {
        return Err(Refusal::PrivateKey);
    }
    let line = text.trim();
    if line.contains(['\r', '\n']) {
        return Err(Refusal::NotAKey);
    }
    let key = PublicKey::from_openssh(line).map_err(|_| Refusal::NotAKey)?;
    long_enough(key.key_data())
        .then_some(key)
        .ok_or(Refusal::NotAKey)
}

fn long_enough(key: &KeyData) -> bool {
    match key {
        KeyData::Ed25519(_) | KeyData::Ecdsa(_) => true,
        KeyData::Rsa(rsa) => rsa.key_size() >= LEAST_RSA_BITS,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use ssh_key::{Algorithm, PrivateKey};

    fn store(edition: Edition) -> Store {
        Store::new(edition, Vec::new(), Announcer::new())
    }

    fn key() -> PublicKey {
        let private = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).expect("a key");
        let mut public = private.public_key().clone();
        public.set_comment("coalesce");
        public
    }

    fn line(key: &PublicKey) -> String {
        key.to_openssh().expect("a line")
    }

    fn new(line: &str, permission: Permission) -> NewKey<'_> {
        NewKey {
            line,
            label: "Coalesce Quality",
            permission,
            expires: None,
        }
    }

    fn repository(name: &str) -> Place {
        Place::Repository(name.to_owned())
    }

    fn project(name: &str) -> Place {
        Place::Project(name.to_owned())
    }

    fn put(store: &Store, place: &Place, key: &PublicKey) -> Result<StoredKey, Refusal> {
        store.add_access_key(place, new(&line(key), Permission::Read))
    }

    #[test]
    fn a_key_opens_its_own_repository_and_no_other() {
        let store = store(Edition::Cloud);
        let key = key();
        assert_eq!(store.holder(key.key_data()), None);
        put(&store, &repository("acme/analytics-platform"), &key).expect("added");
        assert_eq!(store.holder(key.key_data()), Some(Holder::AccessKey));
        for path in [
            "acme/analytics-platform",
            "/acme/analytics-platform.git",
            "acme/analytics-platform.git",
            "/Acme/Analytics-Platform/",
        ] {
            assert!(
                store.open(key.key_data(), path, Access::Read).is_ok(),
                "{path}"
            );
        }
        let open = |path, access| store.open(key.key_data(), path, access).err();
        assert_eq!(
            open("acme/website.git", Access::Read),
            Some(Denial::OtherRepository)
        );
        assert_eq!(
            open("acme/no-such.git", Access::Read),
            Some(Denial::NoSuchRepository)
        );
        assert_eq!(
            open("nonsense", Access::Read),
            Some(Denial::NoSuchRepository)
        );
        assert_eq!(
            open("acme/analytics-platform", Access::Write),
            Some(Denial::ReadOnly)
        );
    }

    #[test]
    fn a_project_key_opens_the_repositories_of_its_project() {
        let store = store(Edition::Cloud);
        let key = key();
        put(&store, &project("acme/data"), &key).expect("added");
        let opened: Vec<String> = store
            .opened_by(key.key_data())
            .iter()
            .map(|(repository, _)| repository.full_name())
            .collect();
        assert_eq!(opened, ["acme/analytics-platform", "acme/legacy-reports"]);
    }

    #[test]
    fn cloud_keys_only_read_whatever_was_asked_for() {
        let (cloud, data_center) = (store(Edition::Cloud), store(Edition::DataCenter));
        let key = key();
        let line = line(&key);
        let place = repository("acme/website");
        for store in [&cloud, &data_center] {
            store
                .add_access_key(&place, new(&line, Permission::ReadWrite))
                .expect("added");
        }
        let push = |store: &Store| {
            let opened = store.open(key.key_data(), "acme/website.git", Access::Write);
            opened.map(Repository::full_name)
        };
        assert_eq!(push(&cloud), Err(Denial::ReadOnly));
        assert!(push(&data_center).is_ok());
    }

    #[test]
    fn a_key_is_compared_without_its_comment() {
        let store = store(Edition::Cloud);
        let mut key = key();
        let place = repository("acme/website");
        put(&store, &place, &key).expect("added");
        key.set_comment("another");
        assert_eq!(put(&store, &place, &key), Err(Refusal::AlreadyHere));
        assert!(put(&store, &repository("acme/analytics-platform"), &key).is_ok());
    }

    #[test]
    fn a_key_of_an_account_is_refused_even_after_it_was_deleted() {
        let store = store(Edition::Cloud);
        let key = key();
        let line = line(&key);
        let place = repository("acme/website");
        store
            .add_account_key("alex", &line, &["acme"])
            .expect("added");
        assert_eq!(put(&store, &place, &key), Err(Refusal::AccountKey));
        assert_eq!(
            store.holder(key.key_data()),
            Some(Holder::Account("alex".into()))
        );
        let read = |path| store.open(key.key_data(), path, Access::Read);
        assert!(read("acme/website").is_ok());
        assert_eq!(read("globex/pipelines"), Err(Denial::NoPermission));
        store.remove_account_key(&line).expect("removed");
        assert_eq!(put(&store, &place, &key), Err(Refusal::FormerAccountKey));
        assert_eq!(store.holder(key.key_data()), None);
    }

    #[test]
    fn what_is_not_a_public_key_on_one_line_is_refused() {
        let store = store(Edition::Cloud);
        let place = repository("acme/website");
        let whole = line(&key());
        let wrapped = whole.replacen("AAAA", "AA\nAA", 1);
        let cut_off = &whole[..40];
        for text in ["", "ssh-ed25519", cut_off, &wrapped, "hello"] {
            assert_eq!(
                store.add_access_key(&place, new(text, Permission::Read)),
                Err(Refusal::NotAKey),
                "{text}"
            );
        }
        for private in [
            "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n",
            "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nAAAA\n",
        ] {
            assert_eq!(
                store.add_access_key(&place, new(private, Permission::Read)),
                Err(Refusal::PrivateKey)
            );
        }
        assert_eq!(store.access_keys(&place), Some(Vec::new()));
    }

    #[test]
    fn a_key_that_has_expired_opens_nothing_but_is_still_listed() {
        let (cloud, data_center) = (store(Edition::Cloud), store(Edition::DataCenter));
        let key = key();
        let (line, place) = (line(&key), repository("acme/website"));
        let ended = NewKey {
            expires: Some(SystemTime::UNIX_EPOCH),
            ..new(&line, Permission::Read)
        };
        let ends = NewKey {
            expires: Some(SystemTime::now() + Duration::from_secs(3600)),
            ..ended
        };
        let open = |store: &Store| {
            let opened = store.open(key.key_data(), "acme/website", Access::Read);
            opened.map(Repository::full_name)
        };
        let added = data_center.add_access_key(&place, ended).expect("added");
        assert_eq!(data_center.holder(key.key_data()), None);
        assert_eq!(open(&data_center), Err(Denial::OtherRepository));
        assert!(data_center.remove_access_key(&place, added.id).is_some());
        data_center.add_access_key(&place, ends).expect("added");
        assert_eq!(data_center.holder(key.key_data()), Some(Holder::AccessKey));
        assert!(open(&data_center).is_ok());
        // Cloud knows no such thing.
        cloud.add_access_key(&place, ended).expect("added");
        assert!(open(&cloud).is_ok());
    }

    #[test]
    fn a_login_marks_the_key_as_used() {
        let store = store(Edition::Cloud);
        let key = key();
        let place = repository("acme/website");
        put(&store, &place, &key).expect("added");
        store.note_login(key.key_data());
        let listed = store.access_keys(&place).expect("the place exists");
        assert!(listed[0].last_used.is_some());
    }

    #[test]
    fn a_key_is_removed_only_from_where_it_is() {
        let store = store(Edition::DataCenter);
        let key = key();
        let place = project("ACME");
        let id = put(&store, &place, &key).expect("added").id;
        assert_eq!(
            store.remove_access_key(&repository("acme/website"), id),
            None
        );
        assert!(store.remove_access_key(&project("acme"), id).is_some());
        assert_eq!(store.remove_access_key(&place, id), None);
        assert_eq!(store.access_keys(&project("NOPE")), None);
    }

    #[test]
    fn what_happens_is_announced_once() {
        let announcer = Announcer::new();
        let mut events = announcer.subscribe();
        let store = Store::new(Edition::Cloud, Vec::new(), announcer);
        let key = key();
        let place = repository("acme/website");
        let id = put(&store, &place, &key).expect("added").id;
        assert!(put(&store, &place, &key).is_err());
        store.remove_access_key(&place, id);
        assert!(matches!(events.try_recv(), Ok(Event::KeyAdded { .. })));
        assert!(matches!(events.try_recv(), Ok(Event::KeyRefused { .. })));
        assert!(matches!(events.try_recv(), Ok(Event::KeyRemoved { .. })));
        assert!(events.try_recv().is_err());
    }

    #[test]
    fn repositories_can_be_added_once_each() {
        let names = [
            "acme/reports",
            "ACME/Reports",
            "ops/etl.v2",
            "~ada/notes",
            "acme/website",
        ];
        let names: Vec<RepositoryName> = names
            .into_iter()
            .map(|name| name.parse().expect("a name"))
            .collect();
        let store = Store::new(Edition::DataCenter, names, Announcer::new());
        let told: Vec<String> = store
            .repositories()
            .iter()
            .map(|own| format!("{} in {}", own.full_name(), own.project))
            .collect();
        assert_eq!(
            told[4..],
            [
                "acme/reports in ACME",
                "ops/etl.v2 in OPS",
                "~ada/notes in ~ada"
            ]
        );
        assert!(store.repository("Acme", "REPORTS").is_some());
        for odd in [
            "",
            "acme",
            "/",
            "acme/",
            "/reports",
            "a/b/c",
            "a b/c",
            "../etc",
            "acme/..",
            "acme/-x",
            "-a/b",
            "acme/reports.git",
            "acme/\u{1b}[31m",
            "~/x",
            "acme/caf\u{e9}",
            &format!("a/{}", "x".repeat(200)),
        ] {
            assert_eq!(odd.parse::<RepositoryName>(), Err(NotAName), "{odd}");
        }
    }

    #[test]
    fn a_key_can_be_changed_where_it_is() {
        let store = store(Edition::DataCenter);
        let key = key();
        let place = project("ACME");
        let id = put(&store, &place, &key).expect("added").id;
        let changed = store.set_permission(&place, id, Permission::ReadWrite);
        assert_eq!(
            changed.map(|key| key.permission),
            Some(Permission::ReadWrite)
        );
        let changed = store
            .relabel(&place, id, Some("new\u{7}"), None)
            .expect("changed");
        assert_eq!((&*changed.label, &*changed.comment), ("new", "coalesce"));
        assert_eq!(store.access_key(&place, id), Some(changed));
        let website = repository("acme/website");
        assert_eq!(store.access_key(&website, id), None);
        assert_eq!(store.set_permission(&website, id, Permission::Read), None);
        let private = "-----BEGIN OPENSSH PRIVATE KEY-----";
        assert_eq!(
            store.relabel(&place, id, Some(private), None),
            Err(Refusal::PrivateKey)
        );
    }
}

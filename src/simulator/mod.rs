//! The embedded Bitbucket: an SSH server, a web page to add access keys on, and the REST interface, all over one
//! store of keys. Real sockets and real protocols, on this computer's loopback interface only. It serves the demo
//! and the tests, and says everywhere that it is a simulation.

mod event;
mod fault;
mod messages;
mod page;
mod rest;
mod silent_port;
mod ssh;
mod store;
mod upload_pack;
mod visitors;
mod web;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use ssh_key::private::{EcdsaKeypair, Ed25519Keypair};
use ssh_key::{EcdsaCurve, HashAlg, PrivateKey, PublicKey};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::broadcast;

use crate::bitbucket::Edition;
use event::Announcer;
use ssh::HostKeys;

pub use event::Event;
pub use fault::{Fault, UnknownFault};
pub use silent_port::SilentPort;
pub use store::{
    Access, Branch, Denial, FEATURED_REPOSITORY, Holder, NewKey, NotAName, Permission, Place,
    Refusal, Repository, RepositoryName, Store, StoredKey,
};

/// How long [`Simulator::stop`] waits for work under way.
const STOP_LIMIT: Duration = Duration::from_secs(2);

/// How to run a simulation.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which Bitbucket to be.
    pub edition: Edition,
    /// The port for SSH; 0 takes any free one.
    pub ssh_port: u16,
    /// The port for the web page and REST; 0 takes any free one.
    pub web_port: u16,
    /// What shall be wrong with it.
    pub fault: Option<Fault>,
    /// Which repositories it has besides the usual ones.
    pub repositories: Vec<RepositoryName>,
}

impl Options {
    /// The edition on any free ports.
    pub fn new(edition: Edition) -> Self {
        Self {
            edition,
            ssh_port: 0,
            web_port: 0,
            fault: None,
            repositories: Vec::new(),
        }
    }
}

/// Why a simulation could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port could not be had.
    #[error("can't listen on port {port} of this computer for {purpose}")]
    Port {
        /// What it was for.
        purpose: &'static str,
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system gave no thread to run on.
    #[error("can't start a thread for the simulation")]
    Thread(#[source] std::io::Error),
    /// The web server can write no time before 1970 or after 9999, and panics.
    #[error(
        "the simulation needs a clock between 1970 and 9999, and this computer's is set to another time"
    )]
    Clock,
    /// No host key could be made.
    #[error("can't make a host key for the simulation")]
    HostKey(#[source] ssh_key::Error),
}

/// What every door of the simulation knows: the SSH server, the page and the REST interface.
struct Premises {
    store: Store,
    fault: Mutex<Option<Fault>>,
    /// Under which host and port people know its SSH server.
    known_as: OnceLock<String>,
    announcer: Announcer,
    /// What REST asks for.
    token: String,
    /// The first part of every page's path, so that no other web page can guess one.
    secret: String,
    ssh_address: SocketAddr,
    web_address: SocketAddr,
    /// The fingerprint of the host key that its SSH server prefers to show.
    host_fingerprint: String,
}

impl Premises {
    fn edition(&self) -> Edition {
        self.store.edition()
    }

    /// What is wrong now.
    fn fault(&self) -> Option<Fault> {
        *self.locked_fault()
    }

    fn locked_fault(&self) -> MutexGuard<'_, Option<Fault>> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The SSH server as its own clone links name it, such as `git.acme.example:7999`.
    fn ssh_name(&self) -> String {
        let known_as = self.known_as.get().cloned();
        known_as.unwrap_or_else(|| self.ssh_address.to_string())
    }

    /// Where the web server is, without a slash at the end.
    fn web_base(&self) -> String {
        format!("http://{}", self.web_address)
    }
}

/// A running simulation. It ends when it is stopped or dropped.
///
/// It runs on a thread of its own, so that it never holds up whoever started it, and so that ending it closes every
/// socket and ends every task for certain. Starting one needs no async runtime.
pub struct Simulator {
    premises: Arc<Premises>,
    host_keys: Vec<PublicKey>,
    engine: Engine,
}

impl Simulator {
    /// Starts a simulation. When this returns, it takes connections.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        if !since_1970.is_ok_and(|since| since < page::END_OF_9999) {
            return Err(StartError::Clock);
        }
        let engine = Engine::new().map_err(StartError::Thread)?;
        let (ssh_listener, ssh_address) = engine.listen("SSH", options.ssh_port)?;
        let (web_listener, web_address) = engine.listen("the web page", options.web_port)?;
        let own = make_host_keys().map_err(StartError::HostKey)?;
        let others = make_host_keys().map_err(StartError::HostKey)?;
        let shown: Vec<PublicKey> = own.iter().map(|key| key.public_key().clone()).collect();
        let host_keys = HostKeys { own, others };
        let announcer = Announcer::new();
        let premises = Arc::new(Premises {
            store: Store::new(options.edition, options.repositories, announcer.clone()),
            fault: Mutex::new(options.fault),
            known_as: OnceLock::new(),
            announcer,
            token: random_name(),
            secret: random_name(),
            ssh_address,
            web_address,
            host_fingerprint: shown.first().map(sha256).unwrap_or_default(),
        });
        let simulator = Self {
            premises: Arc::clone(&premises),
            host_keys: shown,
            engine,
        };
        let ssh_server = ssh::serve(ssh_listener, host_keys, Arc::clone(&premises));
        simulator.engine.spawn(ssh_server);
        simulator.engine.spawn(web::serve(web_listener, premises));
        Ok(simulator)
    }

    /// Which Bitbucket it is.
    pub fn edition(&self) -> Edition {
        self.premises.edition()
    }

    /// Where its SSH server is.
    pub fn ssh_address(&self) -> SocketAddr {
        self.premises.ssh_address
    }

    /// The SSH server's host keys, the Ed25519 one first. They are new for each run.
    pub fn host_keys(&self) -> &[PublicKey] {
        &self.host_keys
    }

    /// The SHA256 fingerprint of the Ed25519 host key.
    pub fn fingerprint(&self) -> String {
        self.premises.host_fingerprint.clone()
    }

    /// The page with the access keys of [`Self::repository`]. The address holds a secret.
    pub fn web_page(&self) -> String {
        let (owner, slug) = self.repository().split_once('/').unwrap_or_default();
        match self.premises.store.repository(owner, slug) {
            Some(repository) => {
                self.premises.web_base() + &page::access_keys_path(&self.premises, repository)
            }
            None => self.premises.web_base(),
        }
    }

    /// What REST addresses start with, without a slash at the end.
    pub fn api(&self) -> String {
        self.premises.web_base()
    }

    /// What REST asks for: as `Bearer`, or as the password beside an e-mail address.
    pub fn token(&self) -> &str {
        &self.premises.token
    }

    /// The repository the demo is about.
    pub fn repository(&self) -> &'static str {
        FEATURED_REPOSITORY
    }

    /// The SSH URL of [`Self::repository`] at the address where the simulation listens.
    pub fn ssh_url(&self) -> String {
        format!("ssh://git@{}/{}.git", self.ssh_address(), self.repository())
    }

    /// Repositories and keys.
    pub fn store(&self) -> &Store {
        &self.premises.store
    }

    /// Adds a key to [`Self::repository`], as a person would on its page.
    pub fn add_key(&self, line: &str) -> Result<StoredKey, Refusal> {
        let place = Place::Repository(self.repository().to_owned());
        let key = NewKey {
            line,
            label: crate::coalesce::key_label(),
            permission: Permission::Read,
            expires: None,
        };
        self.store().add_access_key(&place, key)
    }

    /// Gives its SSH server the host and port that its clone links name. The first ones stay.
    pub fn make_known_as(&self, host: &str, port: u16) {
        let known_as = &self.premises.known_as;
        known_as.get_or_init(|| format!("{host}:{port}"));
    }

    /// Says what shall be wrong with it from the next connection on.
    pub fn set_fault(&self, fault: Option<Fault>) {
        *self.premises.locked_fault() = fault;
    }

    /// Notes a visit of Coalesce Quality, which holds the private half of this key. A key that is nowhere lets nobody in.
    pub fn vendor_connects(&self, line: &str) {
        let Ok(key) = line.parse::<PublicKey>() else {
            return;
        };
        if self.store().holder(key.key_data()).is_some() {
            self.store().note_login(key.key_data());
            self.premises.announcer.announce(Event::Login {
                user: ssh::USER.to_owned(),
                fingerprint: store::fingerprint(key.key_data()),
            });
        }
    }

    /// Takes a key out of [`Self::repository`], as a person would on its page. One that is not there is as good.
    pub fn remove_key(&self, line: &str) {
        let place = Place::Repository(self.repository().to_owned());
        let Ok(key) = line.parse::<PublicKey>() else {
            return;
        };
        let listed = self.store().access_keys(&place).unwrap_or_default();
        for stored in listed.iter().filter(|stored| stored.key == *key.key_data()) {
            self.store().remove_access_key(&place, stored.id);
        }
    }

    /// What happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.premises.announcer.subscribe()
    }

    /// Ends the simulation: afterwards its sockets are closed and its tasks are gone.
    pub async fn stop(self) {
        // Waiting for a thread would hold up the caller's other tasks.
        let ended = tokio::task::spawn_blocking(move || self.engine.end());
        // An error would mean that the thread panicked or the caller's runtime is ending: over, either way.
        let _ = ended.await;
    }
}

impl fmt::Debug for Simulator {
    /// Leaves out the token and the page's secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Simulator")
            .field("edition", &self.edition())
            .field("ssh_address", &self.ssh_address())
            .field("web_address", &self.premises.web_address)
            .finish_non_exhaustive()
    }
}

/// The thread that everything runs on.
#[derive(Debug)]
struct Engine(Option<Runtime>);

impl Engine {
    fn new() -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("simulator")
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.0 {
            runtime.spawn(task);
        }
    }

    /// Listens on a port of the loopback interface, and on nothing else.
    fn listen(
        &self,
        purpose: &'static str,
        port: u16,
    ) -> Result<(tokio::net::TcpListener, SocketAddr), StartError> {
        let _context = self.0.as_ref().map(Runtime::enter);
        let bind = || {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            Ok((tokio::net::TcpListener::from_std(listener)?, address))
        };
        bind().map_err(|source| StartError::Port {
            purpose,
            port,
            source,
        })
    }

    fn end(mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_timeout(STOP_LIMIT);
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Dropping a runtime waits, which async code must not; this leaves the waiting out.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Host keys for one run. The first is the one whose fingerprint is told.
fn make_host_keys() -> Result<Vec<PrivateKey>, ssh_key::Error> {
    let random = &mut rand::rng();
    Ok(vec![
        Ed25519Keypair::random(random).into(),
        EcdsaKeypair::random(random, EcdsaCurve::NistP256)?.into(),
    ])
}

fn sha256(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

/// A name that nobody can guess.
fn random_name() -> String {
    format!("{:032x}", rand::random::<u128>())
}

//! What a connection test is asked to do.

use std::sync::Arc;
use std::time::Duration;

use super::Required;
use super::api_access::ApiAccess;
use super::connect_to::ConnectTo;
use super::host_key::HostKeyTrust;
use super::host_key_pin::HostKeyPin;
use super::own_identity::OwnIdentity;
use crate::access_key::{self, AccessKey};
use crate::bitbucket::{ApiBase, RepositoryPlace, SshAliases};

/// One connection test, as a value.
#[derive(Clone, Debug)]
pub struct TestRequest {
    /// The address as the user gave it.
    pub url: String,
    /// The key, or why none could be read.
    pub key: Result<AccessKey, access_key::Refusal>,
    /// What stays the same from test to test.
    pub settings: TestSettings,
}

/// One of many connections that are tested together.
#[derive(Clone, Debug)]
pub struct VerificationRequest {
    /// The address as the user gave it.
    pub url: String,
    /// Where the repository is on the web, if that is known better than the address says it.
    pub place: Option<RepositoryPlace>,
    /// The key, or why none could be read.
    pub key: Result<AccessKey, access_key::Refusal>,
    /// Where its web server is, if somebody said it. What the settings say comes first.
    pub api: Option<ApiBase>,
    /// Keys it had before. The server should refuse them.
    pub retired: Vec<FormerKey>,
    /// Host keys the user said to trust for it.
    pub trusted: Vec<HostKeyPin>,
}

/// A key that a connection had before, and what earlier tests have shown of it.
#[derive(Clone, Debug)]
pub struct FormerKey {
    /// The key.
    pub key: AccessKey,
    /// When a genuine server last refused it: RFC 3339, UTC.
    pub refused_at: Option<String>,
    /// Whether it was let in after that.
    pub is_back: bool,
}

impl From<AccessKey> for FormerKey {
    /// One that no test has shown anything of.
    fn from(key: AccessKey) -> Self {
        Self {
            key,
            refused_at: None,
            is_back: false,
        }
    }
}

/// What stays the same from test to test.
#[derive(Clone, Debug, Default)]
pub struct TestSettings {
    /// Host aliases of this machine's SSH configuration.
    pub aliases: SshAliases,
    /// Which host keys are trusted.
    pub host_keys: Arc<HostKeyTrust>,
    /// Where to connect instead.
    pub connect_to: Vec<ConnectTo>,
    /// Whether to go to Cloud where it answers beside a blocked port 22. The address stays what it is: it is the vendor's.
    pub beside_blocked_port: bool,
    /// How to ask Bitbucket's REST interface, if at all.
    pub api: ApiAccess,
    /// With which SSH identity of your own to read the repository, if you want that.
    pub own_identity: Option<OwnIdentity>,
    /// The rungs that must be proven before a test is ready.
    pub required: Required,
    /// How long each stage may take.
    pub limits: Limits,
}

/// How long each stage of a test, and all of them together, may take before it is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The whole test.
    pub total: Duration,
    /// Looking up the name.
    pub lookup: Duration,
    /// Connecting to all of its addresses together.
    pub connect: Duration,
    /// Finding out whether the server answers elsewhere, once it did not where it should.
    pub other_door: Duration,
    /// Waiting for the server's identification.
    pub greeting: Duration,
    /// Exchanging keys.
    pub exchange: Duration,
    /// One query about a key.
    pub query: Duration,
    /// All questions to the REST interface together.
    pub api: Duration,
    /// A session with your own identity. Somebody may have to touch a key or to confirm its use.
    pub own_identity: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(30),
            lookup: Duration::from_secs(5),
            connect: Duration::from_secs(10),
            other_door: Duration::from_secs(3),
            greeting: Duration::from_secs(5),
            exchange: Duration::from_secs(10),
            query: Duration::from_secs(10),
            api: Duration::from_secs(15),
            own_identity: Duration::from_secs(20),
        }
    }
}

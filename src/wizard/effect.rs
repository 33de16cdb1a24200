//! What the wizard wants done. Effects are values: the wizard decides, the runtime does.

use secrecy::SecretString;

use super::draft::Draft;
use crate::access_key::AccessKey;
use crate::bitbucket::RepositoryPlace;
use crate::check::Code;
use crate::check::api_access::ApiAccess;
use crate::check::request::TestRequest;
use crate::connections::{Finished, RotationStep};

/// One run of a connection test. Results of an abandoned run are dropped by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub u64);

/// Which text is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CopyId {
    /// The public key, on one line.
    Key,
    /// The public key's fingerprint.
    Fingerprint,
    /// In a rotation, the key that is to go.
    OldKey,
    /// An address of the repository, as it was given.
    RepositoryAddress,
    /// The SSH URL.
    SshUrl,
    /// The address that is suggested in place of it.
    SuggestedAddress,
    /// The egress address of the region.
    EgressAddress,
    /// The address of the guide to the IP allowlist.
    AllowlistGuide,
    /// The address of the Access keys page.
    PageLink,
    /// The text for the administrator.
    HandOff,
    /// The report of the last test.
    Report,
}

impl CopyId {
    /// What it is, in the middle of a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            CopyId::Key => "the public key",
            CopyId::Fingerprint => "the fingerprint",
            CopyId::OldKey => "the old key",
            CopyId::RepositoryAddress => "the address",
            CopyId::SshUrl => "the SSH URL",
            CopyId::SuggestedAddress => "the suggested address",
            CopyId::EgressAddress => "the egress address",
            CopyId::AllowlistGuide => "the guide's link",
            CopyId::PageLink => "the link",
            CopyId::HandOff => "the text",
            CopyId::Report => "the report",
        }
    }

    /// What it is, to start a sentence with.
    pub fn title(self) -> String {
        self.name().replacen("the", "The", 1)
    }

    /// Whether all of it is shown where it is copied.
    pub const fn is_shown_whole(self) -> bool {
        matches!(self, CopyId::HandOff | CopyId::Report)
    }
}

/// A key to add to a repository, and how to get in there.
#[derive(Clone, Debug)]
pub struct GrantRequest {
    /// The repository.
    pub place: RepositoryPlace,
    /// The key.
    pub key: AccessKey,
    /// What to call it in Bitbucket.
    pub label: String,
    /// The token.
    pub access: ApiAccess,
}

impl GrantRequest {
    /// What would be added where, as labels and values.
    pub fn particulars(&self) -> [(&'static str, String); 5] {
        let place = &self.place;
        [
            ("Repository", place.name()),
            ("Permission", "read only".to_owned()),
            ("Label", self.label.clone()),
            ("Type", self.key.algorithm()),
            ("Fingerprint", self.key.fingerprint()),
        ]
    }
}

/// One attempt to take an identity. What comes of an abandoned one is dropped by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempt(pub u64);

/// Where somebody's own SSH identity is.
#[derive(Clone, Debug)]
pub enum IdentitySource {
    /// With the SSH agent.
    Agent,
    /// In a file.
    File {
        /// The file's name, as it was typed.
        name: String,
        /// What opens it, if it was found to be locked.
        passphrase: Option<SecretString>,
    },
}

/// Something to be done outside.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Find out what this machine offers; answered by [`super::Event::Surroundings`].
    LookAround,
    /// Put a text on the clipboard; answered by [`super::Event::Copied`].
    Copy(CopyId, String),
    /// Write a text to a new file in the current directory, under this name or the next that is free; answered by
    /// [`super::Event::FileWritten`].
    WriteFile(&'static str, String),
    /// Read the clipboard; answered by [`super::Event::ClipboardRead`].
    ReadClipboard,
    /// Read a file that holds a public key; answered by [`super::Event::KeyFileRead`].
    ReadKeyFile(String),
    /// Open a page that doorkey built itself; answered by [`super::Event::PageOpened`], and once more if the browser
    /// fails soon after.
    OpenPage(String),
    /// Run a connection test; answered by [`super::Event::Test`]s.
    StartTest(RunId, Box<TestRequest>),
    /// End a connection test at once.
    CancelTest(RunId),
    /// Add the key with the token that was given; answered by [`super::Event::KeyAdded`].
    Grant(Box<GrantRequest>),
    /// Take somebody's own SSH identity from where it is; answered by [`super::Event::IdentityTaken`].
    TakeIdentity(Attempt, IdentitySource),
    /// Demo only: add the key to the embedded Bitbucket; answered by [`super::Event::KeyAdded`].
    AddKeyForMe(String),
    /// Demo only: let something happen in the embedded Bitbucket. Not answered.
    Simulate(Simulated),
    /// Demo only: take the key out of the embedded Bitbucket; answered by [`super::Event::KeyRemoved`].
    RemoveKeyForMe(String),
    /// Save what happened in a rotation; answered by [`super::Event::RotationSaved`].
    SaveRotation(Box<RotationStep>),
    /// Keep an unfinished setup for the next time, in the place of what was kept of it; none: there is nothing left to keep.
    /// Answered by [`super::Event::NotKept`] if that fails.
    KeepUnfinished(Option<Box<Draft>>),
    /// Save a finished setup as a connection; answered by [`super::Event::Saved`].
    Save(Box<Finished>),
    /// Ring the terminal's bell and set its title: a watched test turned green.
    CallBack(String),
    /// Stop as a job (Ctrl-Z), and repaint afterwards.
    Suspend,
    /// End the program.
    Quit(Leaving),
}

/// Something that happens in the embedded Bitbucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Simulated {
    /// Somebody adds a key.
    AddKey {
        /// The key, on one line.
        line: String,
        /// Its label.
        label: &'static str,
        /// The repository; none: the one the demo is about.
        repository: Option<String>,
        /// Whether the key may also write, where Bitbucket knows such keys.
        writes: bool,
    },
    /// From now on something is wrong that causes this code; none: nothing is.
    Fault(Option<Code>),
    /// The administrator takes the key on this line out and adds it again, to read only.
    MakeReadOnly(String),
    /// Coalesce Quality comes in with the key on this line.
    VendorConnects(String),
}

/// Why the wizard ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// The user is done, or wants to go.
    Quit,
    /// Ctrl-C, SIGTERM or SIGHUP.
    Interrupted,
}

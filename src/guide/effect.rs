//! What the wizard wants done. Effects are values: the wizard decides, the runtime does.

use secrecy::SecretString;

use super::ticket::Ticket;
use crate::access_key::AccessKey;
use crate::bitbucket::RepositoryPlace;
use crate::check::Code;
use crate::check::api_access::ApiAccess;
use crate::check::request::TestRequest;
use crate::connections::{Finished, RotationStep};

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
    /// Do this and answer with the ticket, by [`super::Event::Answer`].
    Ask(Ticket, Request),
    /// Run a connection test. It tells how it goes by [`super::Event::Test`]s with the ticket.
    StartTest(Ticket, Box<TestRequest>),
    /// End a connection test at once.
    CancelTest(Ticket),
    /// Demo only: let something happen in the embedded Bitbucket. Not answered.
    Simulate(Simulated),
    /// Ring the terminal's bell and set its title: a watched test turned green.
    CallBack(String),
    /// Stop as a job (Ctrl-Z), and repaint afterwards.
    Suspend,
    /// End the program.
    Quit(Leaving),
}

impl Effect {
    /// Asks for something. The guide puts the ticket on it when it hands out the effects of an event.
    pub(crate) fn ask(request: Request) -> Self {
        Effect::Ask(Ticket::default(), request)
    }
}

/// Something to be done outside that is answered.
#[derive(Clone, Debug)]
pub enum Request {
    /// Find out what this machine offers; answered by [`super::Reply::Surroundings`].
    LookAround,
    /// Put a text on the clipboard; answered by [`super::Reply::Copied`].
    Copy(CopyId, String),
    /// Write a text to a new file in the current directory, under this name or the next that is free; answered by
    /// [`super::Reply::FileWritten`].
    WriteFile(&'static str, String),
    /// Read the clipboard; answered by [`super::Reply::ClipboardRead`].
    ReadClipboard,
    /// Read a file that holds a public key; answered by [`super::Reply::KeyFileRead`].
    ReadKeyFile(String),
    /// Open a page that doorkey built itself; answered by [`super::Reply::PageOpened`], and once more if the browser
    /// fails soon after.
    OpenPage(String),
    /// Add the key with the token that was given; answered by [`super::Reply::KeyAdded`].
    Grant(Box<GrantRequest>),
    /// Take somebody's own SSH identity from where it is; answered by [`super::Reply::IdentityTaken`].
    TakeIdentity(IdentitySource),
    /// Demo only: add the key to the embedded Bitbucket; answered by [`super::Reply::KeyAdded`].
    AddKeyForMe(String),
    /// Demo only: take the key out of the embedded Bitbucket; answered by [`super::Reply::KeyRemoved`].
    RemoveKeyForMe(String),
    /// Save what happened in a rotation; answered by [`super::Reply::RotationSaved`].
    SaveRotation(Box<RotationStep>),
    /// Keep an unfinished setup for the next time, as the text of its file, in the place of what was kept of it; none:
    /// there is nothing left to keep.
    /// Answered by [`super::Reply::NotKept`] if that fails.
    KeepUnfinished(Option<String>),
    /// Save a finished setup as a connection; answered by [`super::Reply::Saved`].
    Save(Box<Finished>),
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

//! What a guide is told.

use crossterm::event::KeyEvent;
use zeroize::Zeroizing;

use super::effect::CopyId;
use super::ticket::Ticket;
use crate::check::{NotOpened, OwnIdentity, TestEvent};
use crate::connections::{Connection, Name, RotationStep};

/// Something that happened: a key, a paste, or the result of an effect.
#[derive(Clone, Debug)]
pub enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// A few letters for a field were typed faster than they were taken in.
    Typed(String),
    /// Something was clicked.
    Click(Target),
    /// The wheel was turned, by so many lines down.
    Wheel(i16),
    /// Text was pasted at once: the terminal marked it (bracketed paste), or its letters came together.
    Paste(String),
    /// The terminal has another size; nothing but the picture changes.
    Resized,
    /// Time has passed, as asked for by [`super::Guide::wants_tick`].
    Tick,
    /// The program was asked to end (SIGTERM, SIGHUP).
    Terminated,
    /// What came of a request that went out with this ticket.
    Answer(Ticket, Reply),
    /// A connection test tells how it goes.
    Test(Ticket, TestEvent),
    /// Demo only: something has changed in the embedded Bitbucket, for which a watch need not wait.
    BitbucketChanged,
}

/// What came of a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// What this machine offers.
    Surroundings(Surroundings),
    /// A text went to the clipboard, or did not.
    Copied(CopyId, Copied),
    /// A text was written to the file at this path, or why it was not.
    FileWritten(Result<String, String>),
    /// The clipboard was read.
    ClipboardRead(Result<String, String>),
    /// A file was read as a key.
    KeyFileRead(Result<Zeroizing<Vec<u8>>, String>),
    /// A page was opened, or was not.
    PageOpened(Opened),
    /// Somebody's own SSH identity was taken from where it is, or why not.
    IdentityTaken(Result<OwnIdentity, NotOpened>),
    /// An unfinished setup could not be kept for the next time.
    NotKept(String),
    /// A finished setup was saved, or was not.
    Saved(Result<Saved, String>),
    /// Bitbucket, or the demo's, added the key, or why it did not.
    KeyAdded(Result<(), String>),
    /// The demo's Bitbucket took the key out, or why it did not.
    KeyRemoved(Result<(), String>),
    /// What happened in a rotation was saved, and how the connection stands by that; or why it was not.
    RotationSaved(Box<RotationStep>, Result<Box<Connection>, String>),
}

/// What a finished setup was saved as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The name of the connection.
    pub name: Name,
    /// A connection to the same repository with another key, if there is one.
    pub beside: Option<Name>,
    /// What else happened, in a sentence: an older file that could not be understood was moved out of the way.
    pub remark: Option<String>,
}

impl Saved {
    /// What it was saved as, a sentence each.
    pub fn words(&self) -> Vec<String> {
        let name = &self.name;
        let beside = self.beside.as_ref().map(|other| {
            format!(
                "{other} is the same repository with another key. If Coalesce Quality replaced that key: doorkey rotate {other}"
            )
        });
        let saved = format!("Saved as {name}. To test it again any time: doorkey verify {name}");
        [Some(saved), beside].into_iter().flatten().collect()
    }
}

/// What can be clicked. The view says where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// What a key does.
    Key(KeyEvent),
    /// A step in the list of steps, by its number.
    Step(usize),
    /// An answer to one of a step's questions, both by their places.
    Answer {
        /// Which question.
        question: usize,
        /// Which answer.
        answer: usize,
    },
    /// A place in a field.
    Field {
        /// Which field of the page.
        number: usize,
        /// How many bytes of its text stand before the place.
        at: usize,
    },
}

/// How far a copy got. A terminal does not confirm, so "sent" is not "copied".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Copied {
    /// The clipboard was read back and holds the text.
    Confirmed,
    /// In tmux's paste buffer, from which it can be pasted, and handed on to the terminal, which does not confirm.
    InTmux,
    /// Handed to the terminal (OSC 52), which does not say whether it took it.
    SentToTerminal,
    /// Said, for whoever goes line by line to select it.
    Said {
        /// Whether it is in tmux's paste buffer, too, which may be another than that of whoever reads.
        in_tmux: bool,
    },
    /// Neither way worked.
    Failed(String),
}

/// How far opening a page got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A browser was asked to open it. Whether it did can't be seen from here.
    Asked,
    /// There is no browser to ask, and why.
    NoBrowser(String),
    /// What was to ask a browser failed soon after, and how. Comes after [`Opened::Asked`].
    Failed(String),
}

/// What this machine offers the wizard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Whether there is a route to the internet; `None` if it can't be told.
    pub network: Option<bool>,
    /// Whether there is a clipboard of a local display. Without one the terminal is asked.
    pub clipboard: bool,
    /// Whether pages open in a browser from here.
    pub browser: BrowserHere,
}

/// Whether pages open in a browser from here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BrowserHere {
    /// Everything for it is here.
    #[default]
    Likely,
    /// This is a container with a display, behind which there may be somebody or nobody.
    Perhaps,
    /// Something for it is missing.
    No,
}

impl Surroundings {
    /// Whether there is a clipboard that can be read, as far as is known: the terminal's only takes texts.
    pub fn may_read_clipboard(found: Option<&Self>) -> bool {
        found.is_none_or(|found| found.clipboard)
    }

    /// The network in words.
    pub const fn network_words(&self) -> &'static str {
        match self.network {
            Some(true) => "connected",
            Some(false) => "no route to the internet",
            None => "unknown",
        }
    }

    /// The browser in words.
    pub const fn browser_words(&self) -> &'static str {
        match self.browser {
            BrowserHere::Likely => "opens from here",
            BrowserHere::Perhaps => "unsure, in a container: you get a link",
            BrowserHere::No => "not from here: you get a link to open elsewhere",
        }
    }
}

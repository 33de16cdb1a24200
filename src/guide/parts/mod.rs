//! What a guide says now, as a list of parts. The screen draws each kind of part and the lines speak it; neither knows a step.
//! Where the two have to differ, the part knows both: [`Part::Seen`] is only drawn, [`Part::Heard`] only spoken.

mod asked_field;
mod content;
mod identity;
pub mod ladder;
mod mark;
pub mod overlay;
mod page;
mod public_key;
pub mod test;

pub use asked_field::{AskedField, FieldKind};
pub use content::Content;
pub use ladder::Row;
pub use mark::Mark;
pub use page::access_keys_page;
pub use test::{Trouble, Watching};

use super::questions::{Picks, Question};
use super::{Binding, Overlay};
use crate::check::Code;
use crate::document::Document;

/// A part of what a guide says.
pub enum Part<'a> {
    /// What the parts below are about.
    Heading(String),
    /// A sentence or two.
    Text(String),
    /// An explanation.
    Dim(String),
    /// The good news a test ends with.
    Proven(String),
    /// A sentence with a sign that says how things stand.
    Marked(Mark, String),
    /// A name that was found, and the words behind it. A narrow screen shortens the name.
    Found(String, String),
    /// An IP address to copy.
    Address(String),
    /// Values with their labels, in one column.
    Values(Vec<(&'static str, String)>),
    /// A value that may stand below its label.
    Labelled(&'static str, String),
    /// The old or the new key, by its fingerprint.
    Key(&'static str, String),
    /// The line of the key above, as it stands on Bitbucket's page.
    LineOfKey(String),
    /// A link to open.
    Link(String),
    /// The link to what a fact was taken from.
    Source(String),
    /// One click after the other.
    Clicks(&'static [String]),
    /// Points to check, below their title. The screen scrolls to them.
    Points(&'static str, Vec<&'static str>),
    /// A field to fill in.
    Field(AskedField<'a>),
    /// Questions with answers to pick from.
    Questions(Vec<Question>, &'a Picks),
    /// What there is to know about the answer that is picked to this question. Lines say it before that answer is taken.
    Picked(usize, Vec<Part<'a>>),
    /// Why a text can't be used: what the code means and what to do.
    Refusal(Code, Option<String>),
    /// An address that `u` uses.
    Suggestion(&'static str, String),
    /// A key and what it does here.
    Offer(Offer),
    /// What a connection test shows. Lines tell it while it runs.
    Test(Vec<Part<'a>>),
    /// The address that is tested.
    Tested(String),
    /// The proof ladder.
    Ladder(Vec<Row>),
    /// What a watch does.
    Watch(Watching),
    /// A failed check.
    Trouble(Trouble<'a>),
    /// A text for somebody else.
    Document(Document),
    /// A value to copy.
    Copyable(Copyable),
    /// A line to take over as it is.
    Line(String),
    /// All keys.
    Keys(Keys),
    /// A link as a QR code, with what to do with it. It takes the whole screen.
    QrCode(String, &'static str),
    /// An empty line, where there is room.
    Gap,
    /// An empty line.
    Space,
    /// Only for the screen.
    Seen(Vec<Part<'a>>),
    /// Only for lines.
    Heard(Vec<Part<'a>>),
}

/// A key and what it does here.
pub struct Offer {
    /// The key.
    pub key: char,
    /// What it does.
    pub words: String,
    /// A value among the words, and what to call it where it has to stand below them.
    pub value: Option<(String, &'static str)>,
}

/// A value with the digit that copies it.
pub struct Copyable {
    /// The digit.
    pub digit: char,
    /// What it is.
    pub name: &'static str,
    /// All of it.
    pub text: String,
    /// Whether it is a link that doorkey built itself.
    pub is_link: bool,
}

/// The keys that do something in a place.
pub struct Keys {
    /// The step, or what lies over it.
    pub place: String,
    /// The keys.
    pub bindings: Vec<Binding>,
    /// Whether there is a field, which has keys of its own.
    pub has_field: bool,
}

impl<'a> Part<'a> {
    /// The key that uses a suggestion.
    pub const SUGGESTION_KEY: char = 'u';

    /// The name of what lies over the step.
    pub fn title(overlay: Overlay) -> Self {
        Part::Heading(overlay.title().unwrap_or_default().to_owned())
    }

    /// A sentence or two.
    pub fn text(words: impl Into<String>) -> Self {
        Part::Text(words.into())
    }

    /// An explanation.
    pub fn dim(words: impl Into<String>) -> Self {
        Part::Dim(words.into())
    }

    /// Something that holds.
    pub fn good(words: impl Into<String>) -> Self {
        Part::Marked(Mark::Good, words.into())
    }

    /// Something to look at.
    pub fn warn(words: impl Into<String>) -> Self {
        Part::Marked(Mark::Warn, words.into())
    }

    /// A key and what it does.
    pub fn offer(key: char, words: impl Into<String>) -> Self {
        Part::Offer(Offer {
            key,
            words: words.into(),
            value: None,
        })
    }

    /// What a key is for. The screen leaves it out while letters go into a field; lines hear it always, for an answer leaves the field.
    pub fn on_key(is_typing: bool, words: &str) -> Self {
        let words = Part::text(words);
        if is_typing {
            Part::Heard(vec![words])
        } else {
            words
        }
    }

    const fn as_field(&self) -> Option<&AskedField<'a>> {
        match self {
            Part::Field(field) => Some(field),
            _ => None,
        }
    }

    /// The parts within it.
    fn within(&self) -> impl Iterator<Item = &Part<'a>> {
        let (first, second): (&[Part<'a>], &[Part<'a>]) = match self {
            Part::Picked(_, parts) | Part::Test(parts) | Part::Seen(parts) | Part::Heard(parts) => {
                (parts, &[])
            }
            Part::Trouble(trouble) => (&trouble.more, &trouble.offers),
            _ => (&[], &[]),
        };
        first.iter().chain(second)
    }
}

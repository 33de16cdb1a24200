//! What a guide says now, as a list of parts. The screen draws each kind of part and the lines speak it; neither knows a step.
//! Where the two have to differ, the part knows both: [`Part::Seen`] is only drawn, [`Part::Heard`] only spoken.

mod asked_field;
mod identity;
pub mod ladder;
mod mark;
pub mod overlay;
mod page;
mod public_key;
pub mod test;

pub use asked_field::{AskedField, FieldKind};
pub use ladder::Row;
pub use mark::Mark;
pub use page::access_keys_page;
pub use test::{Trouble, Watching};

use super::questions::{Picks, Question};
use super::{Binding, Overlay};
use crate::check::Code;
use crate::document::Document;

/// What a step says, or what lies over it.
#[derive(Default)]
pub struct Content<'a> {
    /// What it is about. Lines say it on coming to it; a low screen does without.
    pub about: Vec<Part<'a>>,
    /// Everything else. Lines say what is new in it.
    pub body: Vec<Part<'a>>,
    /// Whether lines repeat the body each time they ask.
    pub is_asked: bool,
    /// The words before an answer that is given in a line.
    pub ask: &'static str,
}

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

impl<'a> Content<'a> {
    /// Asks where nothing but keys can be answered.
    pub const ASK: &'static str = "Your answer:";

    /// Asks where Enter goes on.
    pub const ASK_OR_GO_ON: &'static str = "Your answer, or Enter to go on:";

    /// What a step says.
    pub fn of_step(about: Vec<Part<'a>>, body: Vec<Part<'a>>, ask: &'static str) -> Self {
        Self {
            about,
            body,
            is_asked: false,
            ask,
        }
    }

    /// A text to read.
    pub fn to_read(body: Vec<Part<'a>>) -> Self {
        Self::of_step(Vec::new(), body, "Your answer, or Enter to close:")
    }

    /// A question or a form.
    pub fn to_answer(body: Vec<Part<'a>>, ask: &'static str) -> Self {
        Self {
            is_asked: true,
            ..Self::of_step(Vec::new(), body, ask)
        }
    }

    /// Leaves out why a text can't be used, while it is still on its way.
    pub fn hold_back_refusals(&mut self) {
        self.body
            .retain(|part| !matches!(part, Part::Refusal(_, _)));
    }

    /// Whether a text is refused for this reason.
    pub fn refuses_as(&self, code: Code) -> bool {
        let mut body = self.body.iter();
        body.any(|part| matches!(part, Part::Refusal(known, _) if *known == code))
    }

    /// The first of the parts for which `choose` gives something, those within others included.
    pub fn find<'c, T>(&'c self, choose: impl Fn(&'c Part<'a>) -> Option<T>) -> Option<T> {
        self.body.iter().find_map(|part| find_in(part, &choose))
    }

    /// The field that a text goes to: the one with the cursor, or else the first.
    pub fn field(&self) -> Option<&AskedField<'a>> {
        let focused = self.find(|part| part.as_field().filter(|field| field.has_focus));
        focused.or_else(|| self.find(Part::as_field))
    }

    /// The questions, and what is picked.
    pub fn questions(&self) -> Option<(&[Question], &'a Picks)> {
        self.find(|part| match part {
            Part::Questions(questions, picks) => Some((questions.as_slice(), *picks)),
            _ => None,
        })
    }

    /// What there is to know before the picked answer is taken.
    pub fn about_answer(&self) -> Option<&[Part<'a>]> {
        let (_, picks) = self.questions()?;
        self.find(|part| match part {
            Part::Picked(question, parts) if *question == picks.focus() => Some(parts.as_slice()),
            _ => None,
        })
    }

    /// What a key does here, where that is said.
    pub fn offered(&self, key: char) -> Option<String> {
        self.find(|part| match part {
            Part::Offer(offer) if offer.key == key => Some(offer.words.clone()),
            Part::Suggestion(words, address) if key == Part::SUGGESTION_KEY => {
                Some(format!("{words} {address}"))
            }
            _ => None,
        })
    }

    /// The link that is shown as a QR code, and what to do with it.
    pub fn qr_code(&self) -> Option<(&str, &'static str)> {
        self.find(|part| match part {
            Part::QrCode(link, advice) => Some((link.as_str(), *advice)),
            _ => None,
        })
    }

    /// The watch.
    pub fn watching(&self) -> Option<Watching> {
        self.find(|part| match part {
            Part::Watch(watching) => Some(*watching),
            _ => None,
        })
    }

    /// The test.
    pub fn test(&self) -> Option<&[Part<'a>]> {
        self.find(|part| match part {
            Part::Test(parts) => Some(parts.as_slice()),
            _ => None,
        })
    }

    /// The rungs of the test.
    pub fn rows(&self) -> &[Row] {
        let rows = self.find(|part| match part {
            Part::Ladder(rows) => Some(rows.as_slice()),
            _ => None,
        });
        rows.unwrap_or_default()
    }
}

impl Part<'_> {
    /// The key that uses a suggestion.
    pub const SUGGESTION_KEY: char = 'u';
}

fn find_in<'c, 'a: 'c, T>(
    part: &'c Part<'a>,
    choose: &impl Fn(&'c Part<'a>) -> Option<T>,
) -> Option<T> {
    choose(part).or_else(|| part.within().find_map(|inner| find_in(inner, choose)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guide::field::Field;

    #[test]
    fn what_a_key_does_is_found_in_any_part() {
        let body = vec![
            Part::Heard(vec![Part::offer('m', "leave it out")]),
            Part::Test(vec![Part::Seen(vec![Part::Suggestion(
                "Use",
                "a@b".into(),
            )])]),
        ];
        let content = Content::of_step(Vec::new(), body, Content::ASK);
        assert_eq!(content.offered('m').as_deref(), Some("leave it out"));
        assert_eq!(content.offered('u').as_deref(), Some("Use a@b"));
        assert_eq!(content.offered('x'), None);
    }

    #[test]
    fn a_text_goes_to_the_field_with_the_cursor_or_else_to_the_first() {
        let field = Field::default();
        let asked = |kind, has_focus| {
            Part::Field(AskedField {
                kind,
                field: &field,
                has_focus,
            })
        };
        let kind = |in_email| {
            let body = vec![
                asked(FieldKind::Token, false),
                asked(FieldKind::Email, in_email),
            ];
            let content = Content::of_step(Vec::new(), body, Content::ASK);
            content.field().map(|asked| asked.kind)
        };
        assert_eq!(kind(true), Some(FieldKind::Email));
        assert_eq!(kind(false), Some(FieldKind::Token));
    }
}

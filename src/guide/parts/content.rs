//! All that a step says, or what lies over it, and what can be asked about it.

use super::{AskedField, Part, Row, Watching};
use crate::check::Code;
use crate::guide::questions::{Picks, Question};

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
    use crate::guide::parts::FieldKind;

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

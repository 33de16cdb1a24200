//! What lies over a step, for every guide: help, questions, forms, texts, values.

use super::{AskedField, Content, Copyable, FieldKind, Keys, Part};
use crate::bitbucket::Edition;
use crate::guide::effect::GrantRequest;
use crate::guide::overlay::ShownText;
use crate::guide::token::TokenForm;
use crate::guide::values::{self, numbered};
use crate::guide::{Action, Guide, Journey, Overlay};

impl<J: Journey> Guide<J> {
    /// What the step on the screen says, or what lies over it.
    pub fn content(&self) -> Content<'_> {
        let mut content = match self.overlay() {
            None => J::content(self),
            Some(Overlay::Help) => help(&self.beneath_help()),
            Some(Overlay::Values) => values(self),
            Some(Overlay::PlainLines) => plain_lines(self),
            Some(Overlay::QrCode) => qr_code(self),
            Some(Overlay::Token) => token(self),
            Some(Overlay::Identity) => self.content_of_identity(),
            Some(Overlay::GrantQuestion) => grant(self.grant_request().as_ref()),
            Some(Overlay::QuitQuestion) => question([
                Overlay::QUIT_QUESTION,
                "The setup is not finished. What you entered here would be lost.",
            ]),
            Some(over @ (Overlay::HandOff | Overlay::Report)) => text(over, J::text(self, over)),
            Some(over @ (Overlay::GiveUpQuestion | Overlay::ElsewhereQuestion)) => {
                question(J::question(self, over))
            }
        };
        if self.stage.is_in_text {
            content.hold_back_refusals();
        }
        content
    }
}

/// A question, and what there is to know before it is answered.
fn question<'a>(words: impl IntoIterator<Item = impl Into<String>>) -> Content<'a> {
    let mut words = words.into_iter().map(Into::into);
    let mut parts: Vec<Part<'a>> = words.next().map(Part::Heading).into_iter().collect();
    parts.extend(words.flat_map(|words| [Part::Gap, Part::Text(words)]));
    Content::to_answer(parts, ASK_YES_OR_NO)
}

/// Asks where no is the answer that changes nothing.
const ASK_YES_OR_NO: &str = "Your answer, or Enter for n:";

/// Asks before a key is added: what, and where.
fn grant<'a>(request: Option<&GrantRequest>) -> Content<'a> {
    let mut parts = vec![Part::title(Overlay::GrantQuestion), Part::Gap];
    if let Some(request) = request {
        parts.extend([
            Part::text("doorkey asks Bitbucket to add this access key:"),
            Part::Gap,
            Part::Values(request.particulars().into()),
            Part::Gap,
            Part::dim("It can be taken out again on the Access keys page."),
        ]);
    }
    Content::to_answer(parts, ASK_YES_OR_NO)
}

/// A text to copy and save.
fn text<'a>(overlay: Overlay, shown: Option<ShownText>) -> Content<'a> {
    let parts = shown.map(|shown| {
        [
            Part::title(overlay),
            Part::dim(shown.advice),
            Part::Space,
            Part::Document(shown.document),
        ]
    });
    Content::to_read(parts.into_iter().flatten().collect())
}

/// Everything that the steps shorten, whole.
fn values<'a>(guide: &Guide<impl Journey>) -> Content<'a> {
    Content::to_read(value_parts(guide))
}

/// The same to select. The screen steps aside for these lines; what it shows otherwise are the values.
fn plain_lines<'a>(guide: &Guide<impl Journey>) -> Content<'a> {
    let lines = values::plain_lines(guide).into_iter();
    Content::to_read(vec![
        Part::Seen(value_parts(guide)),
        Part::Heard(lines.map(Part::Line).collect()),
    ])
}

fn value_parts<'a>(guide: &Guide<impl Journey>) -> Vec<Part<'a>> {
    let mut parts = vec![Part::Seen(vec![
        Part::title(Overlay::Values),
        Part::dim("A number copies what stands below it."),
    ])];
    let link = guide.page_link();
    parts.extend(numbered(guide.values()).flat_map(|(digit, value)| {
        // Of these values, only this link is doorkey's own.
        let is_link = link.as_ref() == Some(&value.text);
        let copyable = Copyable {
            digit,
            name: value.name,
            text: value.text,
            is_link,
        };
        [Part::Gap, Part::Copyable(copyable)]
    }));
    parts
}

/// The page of the step as a QR code.
fn qr_code<'a>(guide: &Guide<impl Journey>) -> Content<'a> {
    let advice = if guide.is_demo() {
        "This page is simulated on this computer: a phone can't open it."
    } else {
        "Point a phone's camera at it."
    };
    let link = guide.page_link();
    Content::to_read(
        link.map(|link| Part::QrCode(link, advice))
            .into_iter()
            .collect(),
    )
}

/// The fields for a token. Lines ask for one after the other, and explain it before the first.
fn token(guide: &Guide<impl Journey>) -> Content<'_> {
    let form = &guide.token;
    let mut parts = vec![
        Part::title(Overlay::Token),
        Part::text(
            "With a token, Bitbucket itself tells whether the key is on this repository, whether it only reads, and whether Coalesce \
                               Quality has used it. doorkey can then also add the key for you.",
        ),
        Part::dim(
            "It stays in memory until doorkey ends, goes only to Bitbucket, and is never shown.",
        ),
    ];
    let mut needs = vec![Part::dim(TokenForm::needs(guide.edition()))];
    if guide.is_demo() {
        needs.push(Part::dim(
            "In this demo the simulation's token is filled in: go on with enter.",
        ));
    }
    if form.in_email {
        parts = vec![Part::Seen(parts)];
        needs = vec![Part::Seen(needs)];
    }
    parts.extend([
        Part::Gap,
        Part::Seen(vec![Part::text("Token")]),
        Part::Field(AskedField {
            kind: FieldKind::Token,
            field: &form.token,
            has_focus: !form.in_email,
        }),
    ]);
    if guide.edition() == Edition::Cloud {
        parts.push(Part::Field(AskedField {
            kind: FieldKind::Email,
            field: &form.email,
            has_focus: form.in_email,
        }));
    }
    parts.push(Part::Gap);
    parts.append(&mut needs);
    let ask = if form.in_email {
        "E-mail address, or Enter for none:"
    } else if form.token.is_empty() {
        "Token, or Enter to leave it:"
    } else {
        "Token, or Enter for the one that is there:"
    };
    Content::to_answer(parts, ask)
}

/// Every key of a guide, as it is beneath the help.
fn help<'a>(beneath: &Guide<impl Journey>) -> Content<'a> {
    let place = beneath.overlay().and_then(Overlay::title);
    let bindings = beneath.bindings();
    let may_edit = bindings
        .iter()
        .any(|binding| binding.action == Action::Edit);
    Content::to_read(vec![Part::Keys(Keys {
        place: place.unwrap_or(beneath.step().1).to_owned(),
        has_field: beneath.is_typing() || may_edit,
        bindings,
    })])
}

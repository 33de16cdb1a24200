//! What is said while the person's own SSH identity is asked for.

use crossterm::event::KeyCode;

use crate::guide::identity::Asks;
use crate::guide::parts::{AskedField, Content, FieldKind, Part};
use crate::guide::{Action, Guide, Journey, Overlay};

impl<J: Journey> Guide<J> {
    pub(in crate::guide) fn content_of_identity(&self) -> Content<'_> {
        let form = &self.identity;
        let mut about = vec![
            Part::title(Overlay::Identity),
            Part::text(
                "Yours, not the vendor's: doorkey logs in with it and reads the list of branches, which shows whether the address is \
                               right. It shows nothing about the key of Coalesce Quality, unless it is that very key.",
            ),
            Part::dim(
                "It is used because you ask for it, in a connection of its own, and only where the server's host key is known. \
                               It stays in memory until doorkey ends; a passphrase is wiped once it was tried.",
            ),
        ];
        if self.is_demo() {
            about.push(Part::dim("In this demo the agent is simulated: it holds the key of somebody in the workspace."));
        }
        let field = |kind, field, has_focus| {
            Part::Field(AskedField {
                kind,
                field,
                has_focus,
            })
        };
        let file = field(FieldKind::IdentityFile, &form.file, form.asks == Asks::File);
        let (body, ask) = match form.asks {
            Asks::Where => {
                let offers = self.offers_of_identity();
                let body = about.into_iter().chain([Part::Gap]).chain(offers);
                (body.collect(), "Your answer, or Enter to leave it:")
            }
            Asks::File => (
                vec![Part::Seen(about), Part::Gap, file],
                "File, or Enter to leave it:",
            ),
            Asks::Passphrase => {
                let passphrase = field(FieldKind::Passphrase, &form.passphrase, true);
                (
                    vec![Part::Seen(about), Part::Gap, file, passphrase],
                    "Passphrase, or Enter to leave it:",
                )
            }
        };
        Content::to_answer(body, ask)
    }

    /// What can be chosen. The way out and the help are in the footer, as everywhere.
    fn offers_of_identity<'a>(&self) -> impl Iterator<Item = Part<'a>> {
        let bindings = self.bindings().into_iter();
        let shown = bindings
            .filter(|binding| binding.in_footer && binding.action != Action::Show(Overlay::Help));
        shown.filter_map(|binding| match binding.key {
            KeyCode::Char(key) => Some(Part::offer(key, binding.label)),
            _ => None,
        })
    }
}

//! The last line: the keys that do something now, read from the same table that handles them.

use std::borrow::Cow;

use ratatui::text::Span;

use super::Piece;
use super::theme::Theme;
use crate::guide::{Action, Binding, Guide, Journey, Overlay, Target};

/// What keeps two keys apart.
const GAP: usize = 2;

/// What help is called where it names keys that found no room here.
const MORE: &str = "more";

/// As many keys as fit, in their order; the ways out of where one is, and help, always. `scrolls` says whether there is anything to
/// scroll to.
pub(super) fn line(
    guide: &Guide<impl Journey>,
    theme: &Theme,
    columns: u16,
    scrolls: bool,
) -> Vec<Piece> {
    let (mut always, others): (Vec<Binding>, Vec<Binding>) = guide
        .bindings()
        .into_iter()
        .filter(|binding| binding.in_footer)
        .filter(|binding| scrolls || !matches!(binding.action, Action::Scroll(_)))
        .partition(|binding| is_always_shown(binding.action));
    let mut others: Vec<&[Binding]> = others
        .chunk_by(|one, next| one.label == next.label)
        .collect();
    let taken: usize = always
        .iter()
        .map(|binding| piece(binding, theme).width())
        .sum();
    // One column is in front, and behind the last key no gap is needed.
    let mut room = (usize::from(columns) + GAP).saturating_sub(taken + 1);
    let fitting = others.iter().take_while(|keys| {
        let needed = pieces(keys, theme).map(|piece| piece.width()).sum();
        let fits = needed <= room;
        room = room.saturating_sub(needed);
        fits
    });
    let count = fitting.count();
    if count < others.len() {
        others.truncate(count);
        let help = always
            .iter_mut()
            .find(|binding| binding.action == Action::Show(Overlay::Help));
        if let Some(help) = help {
            help.label = Cow::Borrowed(MORE);
        }
    }
    let others = others.into_iter().flat_map(|keys| pieces(keys, theme));
    let always = always.iter().map(|binding| piece(binding, theme));
    std::iter::once(Piece::new(vec![Span::raw(" ")], None))
        .chain(others)
        .chain(always)
        .collect()
}

/// Keys with the same words, which stand behind the last one.
fn pieces<'a>(keys: &'a [Binding], theme: &'a Theme) -> impl Iterator<Item = Piece> + 'a {
    keys.iter().enumerate().map(|(index, binding)| {
        if index + 1 == keys.len() {
            return piece(binding, theme);
        }
        let name = format!("{}/", theme.key_name(binding));
        let name = Span::styled(name, theme.accent());
        Piece::new(vec![name], Some(Target::Key(binding.pressed())))
    })
}

/// A key and what it does.
pub(super) fn piece(binding: &Binding, theme: &Theme) -> Piece {
    let spans = vec![
        Span::styled(theme.key_name(binding), theme.accent()),
        Span::styled(
            format!(" {}{}", binding.label, " ".repeat(GAP)),
            theme.text(),
        ),
    ];
    Piece::new(spans, Some(Target::Key(binding.pressed())))
}

const fn is_always_shown(action: Action) -> bool {
    matches!(
        action,
        Action::Back
            | Action::LeaveField
            | Action::CloseOverlay
            | Action::Cancel
            | Action::Show(Overlay::Help)
            | Action::Quit
    )
}

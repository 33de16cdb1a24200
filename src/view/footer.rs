//! The last line: the keys that do something now, read from the same table that handles them.

use ratatui::text::Span;

use super::Part;
use super::theme::Theme;
use crate::text::width;
use crate::wizard::{Action, Binding, Guide, Target};

/// As many keys as fit; the ways out of where one is, and help, always.
pub(super) fn line(guide: &impl Guide, theme: &Theme, columns: u16) -> Vec<Part> {
    let (always, others): (Vec<Binding>, Vec<Binding>) = guide
        .bindings()
        .into_iter()
        .filter(|binding| binding.in_footer)
        .partition(|binding| is_always_shown(binding.action));
    let taken: usize = always.iter().map(space).sum();
    let mut room = usize::from(columns).saturating_sub(taken + 1);
    let mut shown = Vec::new();
    for binding in others {
        let needed = space(&binding);
        if needed <= room {
            room -= needed;
            shown.push(binding);
        }
    }
    shown.extend(always);
    let mut parts = vec![Part::new(vec![Span::raw(" ")], None)];
    parts.extend(shown.into_iter().map(|binding| {
        let target = Target::Key(binding.pressed());
        let spans = vec![
            Span::styled(binding.name(), theme.accent()),
            Span::styled(format!(" {}  ", binding.label), theme.text()),
        ];
        Part::new(spans, Some(target))
    }));
    parts
}

const fn is_always_shown(action: Action) -> bool {
    matches!(
        action,
        Action::Back
            | Action::LeaveField
            | Action::CloseOverlay
            | Action::Cancel
            | Action::Help
            | Action::Quit
    )
}

fn space(binding: &Binding) -> usize {
    width(&binding.name()) + 1 + width(&binding.label) + 2
}

//! The last line: the keys that do something now, read from the same table that handles them.

use ratatui::text::{Line, Span};

use super::theme::Theme;
use crate::text::width;
use crate::wizard::{Action, Binding, Guide};

/// As many keys as fit; the way back, help and quit always.
pub(super) fn line<'a>(guide: &impl Guide, theme: &Theme, columns: u16) -> Line<'a> {
    let (always, others): (Vec<Binding>, Vec<Binding>) = guide
        .bindings()
        .into_iter()
        .filter(|binding| binding.in_footer)
        .partition(|binding| matches!(binding.action, Action::Back | Action::Help | Action::Quit));
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
    let mut spans = vec![Span::raw(" ")];
    for binding in shown {
        spans.push(Span::styled(binding.name(), theme.accent()));
        spans.push(Span::styled(format!(" {}  ", binding.label), theme.text()));
    }
    Line::from(spans)
}

fn space(binding: &Binding) -> usize {
    width(&binding.name()) + 1 + width(&binding.label) + 2
}

//! All keys of a place: the help.

use crate::guide::Binding;
use crate::guide::field::Field;
use crate::guide::parts::Keys;
use crate::text::width;
use crate::view::page::Page;

pub(super) fn draw(keys: &Keys, page: &mut Page<'_>) {
    let theme = page.theme;
    page.heading(&format!("Keys in \"{}\"", keys.place));
    page.gap();
    let mut rows: Vec<(String, &Binding)> = Vec::new();
    for binding in &keys.bindings {
        let name = theme.key_name(binding);
        let does_same =
            |known: &Binding| known.action == binding.action || known.label == binding.label;
        match rows.iter_mut().find(|(_, known)| does_same(known)) {
            Some((names, _)) => *names = format!("{names}, {name}"),
            None => rows.push((name, binding)),
        }
    }
    let widest = rows.iter().map(|(names, _)| width(names)).max();
    for (names, binding) in rows {
        let before = " ".repeat(widest.unwrap_or(0) - width(&names));
        page.hanging(
            &format!("{before}{names}  "),
            theme.accent(),
            &binding.label,
            theme.text(),
        );
    }
    if keys.has_field {
        page.gap();
        page.dim(&theme.naming_keys(Field::KEYS));
    }
    if theme.mouse {
        page.gap();
        page.dim("The mouse works, too: click on a step, an answer, a field or a key. With shift, the terminal selects text.");
    }
}

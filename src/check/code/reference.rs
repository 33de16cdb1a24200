//! The page of all codes in the documentation, made from the same table as everything else.

use std::fmt::Write;

use super::Code;
use crate::check::{FixId, Status};

/// The codes as a page of Markdown; `remark` gives a paragraph to end what is said of a code, if there is one.
pub fn markdown(codes: &[Code], remark: impl Fn(Code) -> Option<String>) -> String {
    let mut page = String::from(
        "# Codes\n\n\
         Every cause doorkey can name, by the check that finds it. The names stay the same from version to version.\n\
         A *warning* does not stop a test.\n",
    );
    let mut check = None;
    for code in codes {
        if check.replace(code.check()) != Some(code.check()) {
            // Writing to a string can't fail.
            write!(page, "\n## {}\n", code.check().title()).ok();
        }
        let status = match code.status() {
            Status::Warn => " (warning)",
            _ => "",
        };
        write!(
            page,
            "\n### `{code}`{status}\n\n**{}.** {}\n{}\n\nFixes: {}.\n",
            code.title(),
            code.meaning(),
            code.remedy(),
            code.fix_titles().join(" · ")
        )
        .ok();
        if let Some(remark) = remark(*code) {
            write!(page, "\n{remark}\n").ok();
        }
    }
    page
}

/// The fixes as a section of Markdown.
pub fn fixes() -> String {
    let mut section = String::from(
        "\n## Fixes\n\n\
         What can be done about a cause. In JSON a fix has its name; in the wizard it is on its key.\n\n\
         | fix | key | what it does |\n|---|---|---|\n",
    );
    for fix in FixId::ALL {
        let (id, key, title) = (fix.id(), fix.key(), fix.title());
        // Writing to a string can't fail.
        writeln!(section, "| `{id}` | `{key}` | {title} |").ok();
    }
    section
}

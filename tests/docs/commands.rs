//! `docs/commands.md` is made from the definitions of the commands.

use crate::page::assert_current;

#[test]
fn the_page_of_commands_is_current() {
    let page = doorkey::cli::reference::commands().to_markdown();
    let note = "Made by `UPDATE_DOCS=1 cargo test --test docs`; do not edit.";
    assert_current("docs/commands.md", &format!("{page}\n---\n\n{note}\n"));
}

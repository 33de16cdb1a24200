//! What `docs/guide.md` says of the wizard's screen is seen there.

use doorkey::setup::StepId;

use crate::page::Page;
use crate::pty::OnTerminal;

/// The line of a terminal of this size on which each step's title stands, if it does.
fn lines_of_titles(columns: u16, rows: u16) -> Vec<Option<usize>> {
    let wizard = OnTerminal::doorkey(["--fresh"]).size(columns, rows).start();
    wizard.wait_for_text("Which Bitbucket");
    let screen = wizard.contents();
    // Below the header, which names the step, too.
    let line_of = |title: &str| screen.lines().skip(1).position(|line| line.contains(title));
    StepId::ALL.map(|step| line_of(step.title())).to_vec()
}

#[test]
fn the_steps_stand_where_the_guide_says() {
    let guide = Page::read("docs/guide.md");
    let words = "always in sight, at the left or, on a small terminal, in one line at the top";
    assert!(guide.text.contains(words));
    let at_the_left = lines_of_titles(120, 40);
    assert!(at_the_left.iter().all(Option::is_some), "{at_the_left:?}");
    assert!(at_the_left.is_sorted(), "{at_the_left:?}");
    let at_the_top = lines_of_titles(60, 18);
    // The others are marks beside it.
    assert_eq!(at_the_top, [Some(1), None, None, None, None, None]);
}
